//! How far the growth that a simulation foresees is believed.

use std::collections::BTreeMap;

/// The weights that are tried: nothing of the simulated growth, up to all of it.
pub const WEIGHTS: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

/// The place of the weight where nothing is known yet: three fifths of the growth.
pub const FIRST: usize = 3;

/// The fewest scored months that a choice rests on.
const FEWEST: usize = 30;

/// A forecast that has been scored: by weight, as a ratio to the score of the local level for the same month, so that each
/// month counts alike.
pub type RelativeScores = [f64; WEIGHTS.len()];

/// The place of the weight to use after past forecasts, each with the place of its series: the smallest whose mean ratio exceeds the
/// least by no more than a standard error of that difference over series. [`FIRST`] while there are too few.
///
/// It is the rule of one standard error (Breiman, Friedman, Olshen and Stone 1984, "Classification and Regression Trees"): of choices
/// that the past cannot tell apart, the most careful. Months of one series are no independent trials, so series are.
pub fn choose(past: impl Iterator<Item = (usize, RelativeScores)>) -> usize {
    let mut by_series: BTreeMap<usize, (RelativeScores, f64)> = BTreeMap::new();
    for (series, scores) in past {
        let (sums, count) = by_series.entry(series).or_default();
        sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
        *count += 1.0;
    }
    if by_series.values().fold(0.0, |sum, (_, count)| sum + count) < FEWEST as f64 {
        return FIRST;
    }
    let means: Vec<RelativeScores> = by_series
        .values()
        .map(|(sums, count)| sums.map(|sum| sum / count))
        .collect();
    let mean = |place: usize| means.iter().fold(0.0, |sum, scores| sum + scores[place]) / means.len() as f64;
    let best = (0..WEIGHTS.len()).min_by(|one, other| mean(*one).total_cmp(&mean(*other)));
    let best = best.unwrap_or(FIRST);
    let is_as_good = |place: &usize| mean(*place) - mean(best) <= standard_error(&means, *place, best);
    (0..best).find(is_as_good).unwrap_or(best)
}

/// The standard error over series of the difference between two weights; zero for a single series.
fn standard_error(means: &[RelativeScores], one: usize, other: usize) -> f64 {
    let count = means.len() as f64;
    let differences: Vec<f64> = means.iter().map(|scores| scores[one] - scores[other]).collect();
    let mean = differences.iter().fold(0.0, |sum, value| sum + value) / count;
    let squares = differences
        .iter()
        .fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
    (squares / (count - 1.0).max(1.0) / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(series: usize, scores: RelativeScores, times: usize) -> impl Iterator<Item = (usize, RelativeScores)> {
        std::iter::repeat_n((series, scores), times)
    }

    #[test]
    fn three_fifths_of_the_growth_are_believed_until_enough_is_known() {
        let best_last = [1.0, 1.0, 1.0, 1.0, 1.0, 0.5];
        assert_eq!(choose(repeated(0, best_last, FEWEST - 1)), FIRST);
        assert_eq!(choose(repeated(0, best_last, FEWEST)), 5);
    }

    #[test]
    fn of_equal_weights_the_smaller_is_chosen() {
        assert_eq!(choose(repeated(0, [1.0, 0.8, 0.9, 0.8, 1.0, 1.0], 40)), 1);
    }

    #[test]
    fn what_series_disagree_on_is_decided_carefully() {
        // The last weight gains 0.4 on the first in one series and loses 0.1 in the other: 0.15 on average, with an error of 0.25.
        let (one, other) = ([1.0, 1.0, 1.0, 1.0, 0.9, 0.6], [1.0, 1.0, 1.0, 1.0, 0.9, 1.1]);
        assert_eq!(choose(repeated(0, one, 20).chain(repeated(1, other, 20))), 0);
        // Both agree.
        assert_eq!(choose(repeated(0, one, 20).chain(repeated(1, one, 20))), 5);
    }
}
