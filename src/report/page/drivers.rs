//! Which uncertain numbers a result goes with: Spearman's rank correlations over draws.
//!
//! Of a thousand parameters some correlate by chance. What chance alone makes of the largest is found by permuting the draws.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::data::{DriverList, Named, PageDrivers};
use super::draws::{MOST_DRAWS, ScenarioDraws, differences};
use super::frame::Frame;
use super::number::PageNumber;
use super::parameters::parameter_name;
use crate::random::Stream;

/// Permutations that show what chance does.
const PERMUTATIONS: usize = 200;
/// The permutation whose largest correlation counts, of those in order: 95%.
const RANK_OF_CHANCE: usize = 190;
/// Parameters in a list.
const LISTED: usize = 12;
/// With fewer draws a rank correlation says nothing.
const FEWEST_DRAWS: usize = 20;
/// Metrics of which a page with many scenarios has drivers: the first ones.
const METRICS_OF_MANY: usize = 5;

/// Metric; level or difference; parameters and their correlations.
type MetricDrivers = (usize, &'static str, Vec<(String, f64)>);

/// Rank correlations of one scenario.
pub struct ScenarioDrivers {
    tried: usize,
    chance: f64,
    lists: Vec<MetricDrivers>,
}

/// Rank correlations by scenario.
pub type PageDriversOf = Vec<Option<ScenarioDrivers>>;

/// The correlations of the headline metrics of a scenario with its parameters; none with too few draws or no parameter that
/// varies. Metrics that do not exist in every draw are left out.
pub fn scenario_drivers(
    frame: &Frame<'_>,
    scenario: usize,
    own: &ScenarioDraws,
    reference: Option<&ScenarioDraws>,
) -> Option<ScenarioDrivers> {
    let draws = own.parameters.first()?.1.len();
    if draws < FEWEST_DRAWS {
        return None;
    }
    let ranked = own
        .parameters
        .iter()
        .filter_map(|(name, values)| Some((name, standard_ranks(values)?)));
    let (names, ranks): (Vec<&String>, Vec<Vec<f64>>) = ranked.unzip();
    if names.is_empty() {
        return None;
    }
    let parameters = matrix(&ranks, draws);
    let targets = targets(frame, scenario, own, reference);
    let columns: Vec<Vec<f64>> = targets.iter().map(|(_, _, ranks)| ranks.clone()).collect();
    let correlations = parameters.dot(&matrix(&columns, draws).t());
    let lists = targets.iter().enumerate().map(|(place, (metric, of, _))| {
        let mut rows: Vec<(String, f64)> = names
            .iter()
            .zip(correlations.column(place))
            .map(|(name, rho)| ((*name).clone(), *rho))
            .collect();
        rows.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        rows.truncate(LISTED);
        (*metric, *of, rows)
    });
    Some(ScenarioDrivers {
        tried: names.len(),
        chance: chance(&parameters, draws),
        lists: lists.collect(),
    })
}

/// The metrics to explain: place, level or difference, standardised ranks.
fn targets(
    frame: &Frame<'_>,
    scenario: usize,
    own: &ScenarioDraws,
    reference: Option<&ScenarioDraws>,
) -> Vec<(usize, &'static str, Vec<f64>)> {
    let most = if frame.has_many() {
        METRICS_OF_MANY
    } else {
        own.headlines.len()
    };
    let mut targets = Vec::new();
    for (metric, values) in own.headlines.iter().enumerate().take(most) {
        let Some(values) = values else { continue };
        let first = |values: &[f64]| values[..values.len().min(MOST_DRAWS)].to_vec();
        if let Some(ranks) = standard_ranks(&first(values)) {
            targets.push((metric, "level", ranks));
        }
        let before = reference.filter(|_| frame.paired[scenario]);
        let before = before.and_then(|draws| draws.headlines[metric].as_deref());
        let gaps = before.map(|before| first(&differences(values, before)));
        if let Some(ranks) = gaps.and_then(|gaps| standard_ranks(&gaps)) {
            targets.push((metric, "difference", ranks));
        }
    }
    targets
}

/// A row for each column of ranks.
fn matrix(columns: &[Vec<f64>], draws: usize) -> Array2<f64> {
    let mut matrix = Array2::zeros((columns.len(), draws));
    for (mut row, column) in matrix.rows_mut().into_iter().zip(columns) {
        row.iter_mut().zip(column).for_each(|(cell, value)| *cell = *value);
    }
    matrix
}

/// Ranks less their mean, of length one: the product of two is their correlation. Equal values share their mean rank. None if
/// all values are equal or some does not exist.
fn standard_ranks(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for equal in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let rank = start as f64 + (equal.len() as f64 - 1.0) / 2.0;
        equal.iter().for_each(|place| ranks[*place] = rank);
        start += equal.len();
    }
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let squares = ranks
        .iter()
        .fold(0.0, |sum, rank| sum + (rank - middle) * (rank - middle));
    let length = squares.sqrt();
    (length > 0.0).then(|| ranks.iter().map(|rank| (rank - middle) / length).collect())
}

/// The 95% quantile of the largest correlation with a metric whose draws are permuted at random.
fn chance(parameters: &Array2<f64>, draws: usize) -> f64 {
    let stream = Stream::new(0, "report", "permutation of draws");
    let permuted = (0..PERMUTATIONS).filter_map(|permutation| {
        let mut uniforms = vec![0.0; draws];
        stream.fill(permutation as u64, &mut uniforms);
        // The ranks of independent uniforms are a permutation.
        standard_ranks(&uniforms)
    });
    let permuted: Vec<Vec<f64>> = permuted.collect();
    let correlations = parameters.dot(&matrix(&permuted, draws).t());
    let columns = correlations.columns().into_iter();
    let mut largest: Vec<f64> = columns
        .map(|column| column.iter().fold(0.0, |most, rho| f64::max(most, rho.abs())))
        .collect();
    largest.sort_by(f64::total_cmp);
    largest[RANK_OF_CHANCE.min(largest.len()) - 1]
}

/// The lists of all scenarios, with the parameters that they name; none without any.
pub fn drivers(frame: &Frame<'_>, of_scenarios: PageDriversOf) -> Option<PageDrivers> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut parameters = Vec::new();
    let mut lists = Vec::new();
    for (scenario, found) in of_scenarios.into_iter().enumerate() {
        let Some(ScenarioDrivers {
            tried,
            chance,
            lists: found,
        }) = found
        else {
            continue;
        };
        for (metric, of, rows) in found {
            let row = |(name, rho): (String, f64)| {
                let place = *places.entry(name).or_insert_with_key(|name| {
                    let words = parameter_name(frame, name);
                    parameters.push(Named {
                        id: name.clone(),
                        name: words,
                    });
                    parameters.len() - 1
                });
                (place, PageNumber::new(rho))
            };
            lists.push(DriverList {
                scenario,
                metric,
                of,
                tried,
                chance: PageNumber::new(chance),
                rows: rows.into_iter().map(row).collect(),
            });
        }
    }
    (!lists.is_empty()).then_some(PageDrivers { parameters, lists })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rho(one: &[f64], other: &[f64]) -> f64 {
        let ranks = |values| standard_ranks(values).unwrap();
        ranks(one)
            .iter()
            .zip(ranks(other))
            .fold(0.0, |sum, (one, other)| sum + one * other)
    }

    #[test]
    fn ranks_correlate_whatever_the_scale() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert!((rho(&values, &[1.0, 8.0, 27.0, 64.0, 125.0]) - 1.0).abs() < 1e-12);
        assert!((rho(&values, &[9.0, 7.0, 5.0, 3.0, 1.0]) + 1.0).abs() < 1e-12);
        // Ranks 2 1 4 3 5 differ from 1 to 5 by squares of 4 in all: 1 - 6 * 4 / (5 * 24).
        assert!((rho(&values, &[2.0, 1.0, 4.0, 3.0, 5.0]) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn equal_values_share_a_rank_and_constants_have_none() {
        assert!((rho(&[1.0, 1.0, 2.0, 2.0], &[5.0, 5.0, 9.0, 9.0]) - 1.0).abs() < 1e-12);
        assert_eq!(standard_ranks(&[3.0, 3.0]), None);
        assert_eq!(standard_ranks(&[3.0, f64::NAN]), None);
    }

    #[test]
    fn more_parameters_correlate_better_by_chance() {
        let stream = Stream::new(1, "test", "parameters");
        let of = |count: u64| {
            let columns: Vec<Vec<f64>> = (0..count)
                .map(|draw| {
                    let mut uniforms = vec![0.0; 100];
                    stream.fill(draw, &mut uniforms);
                    standard_ranks(&uniforms).unwrap()
                })
                .collect();
            chance(&matrix(&columns, 100), 100)
        };
        let (one, many) = (of(1), of(300));
        // A single correlation exceeds 1.96 / sqrt(99) in one case of twenty.
        assert!((one - 0.197).abs() < 0.04, "{one}");
        assert!(many > one + 0.1 && many < 0.5, "{many}");
    }
}
