//! Whether the draws of a quantity are enough for its mean: what each check found, and what is wrong in words.
//!
//! The checks follow those of radiation transport (MCNP's ten statistical checks): a mean that does not drift, a variance
//! that exists and is known, no draw that outweighs the others, no draw without a value.

use crate::math::ln;
use crate::random::standard_normal_cdf;

/// Blocks into which the last half of the draws is cut to look for a trend.
const BLOCKS: usize = 20;
/// A trend is told at this probability. Many metrics are looked at, so it is small.
const TREND_LEVEL: f64 = 0.001;
/// The variance of the variance above which the error of a mean is not to be trusted.
const LARGEST_VOV: f64 = 0.1;
/// Tails of a density that fall no faster than x to this power have no variance.
const LEAST_TAIL_SLOPE: f64 = 3.0;
/// The share of a sum that one draw may have.
const LARGEST_SHARE: f64 = 0.05;
/// Draws below which tails and trends say nothing.
const FEWEST: usize = 100;
/// Draws of a tail: a hundredth of all, and no fewer.
const TAIL: usize = 25;

/// What the checks found in the values of a quantity, draw by draw. What needs more draws is none.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DrawChecks {
    pub draws: u64,
    /// Draws without a value.
    pub without_value: u64,
    /// The probability of so strong a trend of block means over the last half of the draws if there is none (Mann 1945;
    /// Kendall 1938).
    pub trend: Option<f64>,
    /// Variance of the variance, relative: sum of fourth powers over the squared sum of squares of deviations, less 1/n.
    pub variance_of_variance: Option<f64>,
    /// Slope of the density in the tail, from the draws farthest from the median (Hill 1975): a variance exists above
    /// three.
    pub tail_slope: Option<f64>,
    /// The largest share that one draw has of the sum of sizes.
    pub largest_share: Option<f64>,
}

impl DrawChecks {
    /// Checks the values of a quantity, in the order of draws; NaN where it does not exist.
    pub fn of(values: &[f64]) -> Self {
        let known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        Self {
            draws: values.len() as u64,
            without_value: (values.len() - known.len()) as u64,
            trend: trend_of_last_half(&known),
            variance_of_variance: variance_of_variance(&known),
            tail_slope: tail_slope(&known),
            largest_share: largest_share(&known),
        }
    }

    /// What is wrong, a plain sentence for each failed check.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        // A quantity that exists in no draw is none of this scenario.
        if (1..self.draws).contains(&self.without_value) {
            warnings.push(format!("{} of {} draws have no value", self.without_value, self.draws));
        }
        if let Some(probability) = self.trend.filter(|trend| *trend < TREND_LEVEL) {
            warnings.push(format!(
                "the mean still drifts over the last half of the draws (p = {probability:.1e})"
            ));
        }
        if let Some(vov) = self.variance_of_variance.filter(|vov| *vov > LARGEST_VOV) {
            warnings.push(format!(
                "the error of the mean is not known yet: the variance of the variance is {vov:.2}, above {LARGEST_VOV}"
            ));
        }
        if let Some(slope) = self.tail_slope.filter(|slope| *slope <= LEAST_TAIL_SLOPE) {
            warnings.push(format!(
                "a tail is too heavy for an error of the mean: its slope is {slope:.1}, not above {LEAST_TAIL_SLOPE}"
            ));
        }
        if let Some(share) = self.largest_share.filter(|share| *share > LARGEST_SHARE) {
            warnings.push(format!("one draw has {:.0}% of the sum", 100.0 * share));
        }
        warnings
    }
}

/// The Mann-Kendall test on the means of blocks of the last half.
fn trend_of_last_half(values: &[f64]) -> Option<f64> {
    if values.len() < FEWEST {
        return None;
    }
    let last = &values[values.len() / 2..];
    let size = last.len() / BLOCKS;
    // The first draws of the half that fill no block are left out.
    let blocks = last[last.len() - BLOCKS * size..].chunks_exact(size);
    let means: Vec<f64> = blocks.map(|block| block.iter().sum::<f64>() / size as f64).collect();
    Some(mann_kendall(&means))
}

/// The probability of so strong a trend of a series, either way, if there is none: the normal approximation of Kendall's S
/// with its correction for ties and continuity.
fn mann_kendall(series: &[f64]) -> f64 {
    let n = series.len() as f64;
    let mut s: f64 = 0.0;
    for (place, earlier) in series.iter().enumerate() {
        for later in &series[place + 1..] {
            s += if later > earlier {
                1.0
            } else if later < earlier {
                -1.0
            } else {
                0.0
            };
        }
    }
    let mut sorted = series.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let ties = sorted.chunk_by(|one, other| one == other).map(|tied| tied.len() as f64);
    let of_ties: f64 = ties.map(|t| t * (t - 1.0) * (2.0 * t + 5.0)).sum();
    let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - of_ties) / 18.0;
    if variance <= 0.0 {
        // All values are the same.
        return 1.0;
    }
    let z = (s.abs() - 1.0).max(0.0) / variance.sqrt();
    2.0 * standard_normal_cdf(-z)
}

fn variance_of_variance(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let largest = values
        .iter()
        .fold(0.0, |largest: f64, value| largest.max((value - mean).abs()));
    // In units of the largest deviation no power overflows.
    let (mut squares, mut fourths) = (0.0, 0.0);
    for value in values {
        let deviation = (value - mean) / largest;
        let square = deviation * deviation;
        squares += square;
        fourths += square * square;
    }
    (values.len() >= 2 && largest > 0.0).then(|| fourths / (squares * squares) - 1.0 / n)
}

/// The slope of the density beyond the farthest draws: Hill's index of the tail, plus one.
fn tail_slope(values: &[f64]) -> Option<f64> {
    if values.len() < FEWEST {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    let mut distances: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
    distances.sort_unstable_by(|one, other| other.total_cmp(one));
    let count = TAIL.max(values.len() / 100);
    let threshold = distances[count];
    // Without spread there is no tail.
    if threshold <= 0.0 {
        return None;
    }
    let sum: f64 = distances[..count].iter().map(|distance| ln(distance / threshold)).sum();
    (sum > 0.0).then(|| count as f64 / sum + 1.0)
}

fn largest_share(values: &[f64]) -> Option<f64> {
    let (mut sum, mut largest) = (0.0, 0.0_f64);
    for value in values {
        sum += value.abs();
        largest = largest.max(value.abs());
    }
    // Of few draws each has a large share.
    (values.len() >= FEWEST && sum > 0.0).then(|| largest / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::pow;
    use crate::random::standard_normal_quantile;

    /// Uniforms that fill the unit interval evenly, in no order: the golden ratio's multiples.
    fn uniforms(count: usize) -> impl Iterator<Item = f64> {
        (1..=count).map(|place| (place as f64 * 0.618_033_988_749_895).fract())
    }

    fn normal(count: usize) -> Vec<f64> {
        uniforms(count)
            .map(|uniform| 10.0 + standard_normal_quantile(uniform))
            .collect()
    }

    /// Pareto, of which the density falls as x to the power of -(index + 1).
    fn pareto(index: f64, count: usize) -> Vec<f64> {
        uniforms(count)
            .map(|uniform| pow(1.0 - uniform, -1.0 / index))
            .collect()
    }

    #[test]
    fn draws_without_fault_pass_every_check() {
        let checks = DrawChecks::of(&normal(4000));
        assert_eq!((checks.draws, checks.without_value), (4000, 0));
        assert_eq!(checks.warnings(), [""; 0]);
        // Of a normal distribution, (3 - 1) / n.
        let vov = checks.variance_of_variance.unwrap();
        assert!((vov * 4000.0 - 2.0).abs() < 0.2, "{vov}");
        assert!(checks.tail_slope.unwrap() > 5.0);
    }

    #[test]
    fn a_mean_that_drifts_is_told() {
        let drifting: Vec<f64> = normal(1000)
            .iter()
            .enumerate()
            .map(|(draw, value)| value + 0.01 * draw as f64)
            .collect();
        let checks = DrawChecks::of(&drifting);
        assert!(checks.trend.unwrap() < 1e-6);
        assert!(checks.warnings()[0].contains("drifts"), "{:?}", checks.warnings());
        // A drift that ended before the last half is none.
        let ended: Vec<f64> = normal(1000)
            .iter()
            .enumerate()
            .map(|(draw, value)| value + 0.01 * draw.min(500) as f64)
            .collect();
        assert!(DrawChecks::of(&ended).trend.unwrap() > 0.001);
    }

    #[test]
    fn kendalls_test_by_hand() {
        // Five values in order: S = 10, variance 5 x 4 x 15 / 18, z = 9 / sqrt(16.67).
        let rising = mann_kendall(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert!((rising - 2.0 * standard_normal_cdf(-9.0 / (300.0_f64 / 18.0).sqrt())).abs() < 1e-12);
        assert_eq!(rising, mann_kendall(&[5.0, 4.0, 3.0, 2.0, 1.0]));
        // Two ties of two take 2 x 1 x 9 each from the variance's numerator: S = 4 of 4 values.
        let tied = mann_kendall(&[1.0, 1.0, 2.0, 2.0]);
        assert!((tied - 2.0 * standard_normal_cdf(-3.0 / ((4.0 * 3.0 * 13.0 - 36.0) / 18.0_f64).sqrt())).abs() < 1e-12);
        assert_eq!(mann_kendall(&[7.0; 9]), 1.0);
    }

    #[test]
    fn a_tail_without_a_variance_is_told_and_one_with_a_variance_is_not() {
        for (index, is_heavy) in [(1.5, true), (4.0, false)] {
            let checks = DrawChecks::of(&pareto(index, 10_000));
            let slope = checks.tail_slope.unwrap();
            // Counted from the median, not from zero, tails look heavier than they are: the check is cautious.
            let expected = if is_heavy { 2.0..=3.0 } else { 3.0..=5.5 };
            assert!(expected.contains(&slope), "{index}: {slope}");
            let warnings = checks.warnings();
            assert_eq!(
                warnings.iter().any(|warning| warning.contains("tail")),
                is_heavy,
                "{warnings:?}"
            );
        }
    }

    #[test]
    fn a_draw_that_outweighs_the_others_is_told() {
        let mut values = vec![1.0; 200];
        values[17] = 50.0;
        let checks = DrawChecks::of(&values);
        assert!((checks.largest_share.unwrap() - 50.0 / 249.0).abs() < 1e-12);
        assert!(checks.warnings().contains(&"one draw has 20% of the sum".to_owned()));
        // One deviation makes all of the variance: its variance is not known.
        assert!((checks.variance_of_variance.unwrap() - 1.0).abs() < 0.02);
    }

    #[test]
    fn draws_without_a_value_are_counted() {
        let mut values = normal(500);
        values[3] = f64::NAN;
        values[4] = f64::INFINITY;
        let checks = DrawChecks::of(&values);
        assert_eq!(checks.without_value, 2);
        assert_eq!(checks.warnings(), ["2 of 500 draws have no value"]);
    }

    #[test]
    fn few_draws_and_constants_pass_what_says_nothing_of_them() {
        for values in [vec![], vec![3.0], vec![1.0, 2.0], vec![5.0; 1000], vec![0.0; 1000]] {
            assert_eq!(DrawChecks::of(&values).warnings(), [""; 0], "{} draws", values.len());
        }
        assert_eq!(DrawChecks::of(&[5.0; 1000]).tail_slope, None);
    }
}
