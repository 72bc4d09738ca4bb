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
