//! Which uncertain numbers a result goes with: Spearman's rank correlations over draws.

use std::collections::BTreeMap;

use super::data::{DriverList, Named, PageDrivers};
use super::draws::{MOST_DRAWS, ScenarioDraws, differences};
use super::frame::Frame;
use super::number::PageNumber;
use super::parameters::parameter_name;
use crate::sensitivity::drivers::FEWEST_DRAWS;
use crate::sensitivity::{noise_level, rank_rows, row_products, standard_ranks};

/// Parameters in a list.
const LISTED: usize = 12;
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
    let parameters = rank_rows(&ranks, draws);
    let targets = targets(frame, scenario, own, reference);
    let columns: Vec<Vec<f64>> = targets.iter().map(|(_, _, ranks)| ranks.clone()).collect();
    let correlations = row_products(&parameters, &rank_rows(&columns, draws));
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
        chance: noise_level(&parameters),
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
