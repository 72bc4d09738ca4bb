//! The usual course of a year in a series.

use crate::math;

/// Months in a year.
pub const YEAR: usize = 12;

/// Half the width of the centred mean that a month is compared with: thirteen months, as far as they are known.
const HALF: usize = 6;

/// The fewest months of a centred mean.
const FEWEST: usize = 7;

/// The logarithms by which calendar months lie above the centred mean, on average over the years, less their mean over the
/// year. `logs` begins with the calendar month `first` (0 for January); NaN where nothing is known. None if a calendar month
/// is missing.
pub fn factors(logs: &[f64], first: usize) -> Option<[f64; YEAR]> {
    let (mut sums, mut counts) = ([0.0; YEAR], [0.0; YEAR]);
    for (place, deviation) in deviations(logs, HALF, FEWEST) {
        sums[(first + place) % YEAR] += deviation;
        counts[(first + place) % YEAR] += 1.0;
    }
    if counts.contains(&0.0) {
        return None;
    }
    let means: Vec<f64> = sums.iter().zip(counts).map(|(sum, count)| sum / count).collect();
    let centre = means.iter().fold(0.0, |sum, mean| sum + mean) / YEAR as f64;
    Some(std::array::from_fn(|month| means[month] - centre))
}

/// How far each known month lies from the mean of the months around it.
fn deviations(logs: &[f64], half: usize, fewest: usize) -> impl Iterator<Item = (usize, f64)> {
    logs.iter().enumerate().filter_map(move |(place, log)| {
        let around = &logs[place.saturating_sub(half)..logs.len().min(place + half + 1)];
        let known: Vec<f64> = around.iter().copied().filter(|value| value.is_finite()).collect();
        let mean = known.iter().fold(0.0, |sum, value| sum + value) / known.len() as f64;
        (log.is_finite() && known.len() >= fewest).then_some((place, log - mean))
    })
}

/// The standard deviation of a month's own noise: of its distance from the mean of five months, of which it is one, so that the
/// variance is four fifths of the noise's. NaN for fewer than six months.
pub fn noise(logs: &[f64]) -> f64 {
    let squares: Vec<f64> = deviations(logs, 2, 3)
        .map(|(_, deviation)| deviation * deviation)
        .collect();
    if squares.len() < 6 {
        return f64::NAN;
    }
    let mean = squares.iter().fold(0.0, |sum, square| sum + square) / squares.len() as f64;
    (mean * 5.0 / 4.0).sqrt()
}

/// The mean of factors and of those of the pool, half each: a few years of one series know their season badly.
pub fn shrunk(own: &[f64; YEAR], pool: &[f64; YEAR]) -> [f64; YEAR] {
    std::array::from_fn(|month| 0.5 * own[month] + 0.5 * pool[month])
}

/// The logarithm of a positive value, NaN of zero and of what is unknown.
pub fn log_or_nan(value: Option<f64>) -> f64 {
    value.filter(|value| *value > 0.0).map_or(f64::NAN, math::ln)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::testing::assert_near;

    #[test]
    fn the_season_of_a_series_is_found_whatever_month_it_begins_with() {
        // The first half of a year lies 0.3 above the second, which is 0.15 above and below the middle.
        let season = |month: usize| if month < 6 { 0.15 } else { -0.15 };
        for first in [0, 4] {
            let logs: Vec<f64> = (0..96).map(|place| 7.0 + season((first + place) % YEAR)).collect();
            let found = factors(&logs, first).unwrap();
            assert_near(found.iter().sum(), 0.0);
            for (month, factor) in found.iter().enumerate() {
                // The mean of thirteen months counts the month opposite twice, and the ends of a series know fewer.
                assert!((factor - season(month)).abs() < 0.03, "{month}: {factor}");
            }
        }
    }

    #[test]
    fn factors_by_hand() {
        // One January of 1 in thirteen months of 0: the mean of the seven months around it is 1/7 at the start.
        let mut logs = [0.0; 13];
        logs[0] = 1.0;
        let found = factors(&logs, 0).unwrap();
        // Seven months at the first, one more for each month later, of which the first six see the first month. The
        // thirteenth, a January too, sees seven months of 0.
        let raw: Vec<f64> = [6.0 / 14.0]
            .into_iter()
            .chain((8..=13).map(|known| -1.0 / f64::from(known)))
            .chain([0.0; 5])
            .collect();
        let centre = raw.iter().sum::<f64>() / 12.0;
        for (found, raw) in found.into_iter().zip(raw) {
            assert_near(found, raw - centre);
        }
    }

    #[test]
    fn a_series_without_one_of_the_calendar_months_has_no_season() {
        let mut logs = vec![0.0; 36];
        assert!(factors(&logs, 0).is_some());
        [5, 17, 29].into_iter().for_each(|june| logs[june] = f64::NAN);
        assert_eq!(factors(&logs, 0), None);
        assert_eq!(factors(&logs[..11], 0), None);
        assert_eq!(factors(&[], 3), None);
        // Six months around a month are too few.
        let sparse: Vec<f64> = (0..48)
            .map(|place| if place % 3 == 0 { 0.0 } else { f64::NAN })
            .collect();
        assert_eq!(factors(&sparse, 0), None);
    }

    #[test]
    fn noise_of_an_alternating_series_by_hand() {
        // Far from the ends, a month of 1 lies 1 - 1/5 from the mean of five, which has three of it and two of -1. At the ends
        // the means are those of three months, 1/3, and of four, 0.
        let logs = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];
        let squares: f64 = 2.0 * 4.0 / 9.0 + 2.0 * 1.0 + 4.0 * 0.8 * 0.8;
        assert_near(noise(&logs), (squares / 8.0 * 1.25).sqrt());
        assert_eq!(noise(&[2.0; 9]), 0.0);
    }

    #[test]
    fn noise_of_fewer_than_six_months_is_not_known() {
        assert!(noise(&[1.0, 2.0, 1.0, 2.0, 1.0]).is_nan());
        assert!(noise(&[1.0, f64::NAN, 1.0, f64::NAN, f64::NAN, 1.0, f64::NAN, f64::NAN, 2.0]).is_nan());
        assert!(noise(&[]).is_nan());
    }

    #[test]
    fn half_of_a_season_is_the_pools() {
        let found = shrunk(&std::array::from_fn(|month| month as f64), &[1.0; YEAR]);
        assert_eq!((found[0], found[11]), (0.5, 6.0));
    }

    #[test]
    fn zero_has_no_logarithm() {
        assert_eq!(log_or_nan(Some(1.0)), 0.0);
        assert!(log_or_nan(Some(0.0)).is_nan() && log_or_nan(None).is_nan());
    }
}
