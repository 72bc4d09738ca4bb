//! What an outcome goes with in draws that exist.

use serde_json::json;

use super::shown::{Findings, NOISE_MARK, mark, named, share, with_error};
use super::{SensitivityArguments, SensitivityError, Target, check_wanted, is_wanted, prove_picture, show};
use crate::cli::Error;
use crate::comparison::{UnknownName, find_headline};
use crate::report::page::numbers_in_words;
use crate::report::plot::{TornadoBar, TornadoChart};
use crate::report::{DisplayScale, Grid};
use crate::results::read::{DescribedResults, OutcomeDraws, read_described, read_outcome};
use crate::results::{TextTable, shortest};
use crate::sensitivity::drivers::{Drivers, FEWEST_DRAWS, NoDrivers, drivers};
use crate::sensitivity::prim::{Limit, PrimBox, balanced, boxes};

/// A limit that chance makes in so many of a hundred is greyed, however many numbers were tried.
const RARE: f64 = 0.05;
/// Boxes in a table for people, beside the one whose limits are shown.
const BOXES_LISTED: usize = 12;

/// Explains an outcome from draws that exist.
///
/// # Errors
/// When results cannot be read or nothing varies.
pub fn run(arguments: &SensitivityArguments) -> Result<(), Error> {
    let sets = read_described(&arguments.paths).map_err(SensitivityError::from)?;
    let picture = prove_picture(arguments, &DescribedResults::inputs(&sets))?;
    let explained = Explained::read(arguments, &sets)?;
    let findings = match (arguments.above, arguments.below) {
        (None, None) => explained.drivers(arguments)?,
        (Some(threshold), _) => explained.boxes(arguments, threshold, true)?,
        (_, Some(threshold)) => explained.boxes(arguments, threshold, false)?,
    };
    show(arguments, &findings, picture.as_ref())
}

/// An outcome and the numbers it may go with, draw by draw.
struct Explained {
    target: Target,
    outcome: Vec<f64>,
    ids: Vec<String>,
    words: Vec<Option<String>>,
    numbers: Vec<Vec<f64>>,
}

impl Explained {
    fn read(arguments: &SensitivityArguments, sets: &[DescribedResults]) -> Result<Self, SensitivityError> {
        let own = choose(arguments, sets)?;
        let headline = find_headline(&own.manifest.headlines, &arguments.metric)?;
        let OutcomeDraws {
            mut outcome,
            mut numbers,
        } = read_outcome(own, &headline)?;
        let against = arguments.against.as_ref().map(|name| find(sets, name)).transpose()?;
        if let Some(other) = against {
            check_pair(own, other)?;
            find_headline(&other.manifest.headlines, &headline)?;
            let before = read_outcome(other, &headline)?;
            let pairs = outcome.iter_mut().zip(&before.outcome);
            pairs.for_each(|(own, before)| *own -= before);
            add_numbers(&mut numbers, before.numbers, &other.label);
        }
        let (ids, numbers): (Vec<String>, Vec<Vec<f64>>) = numbers.into_iter().unzip();
        Ok(Self {
            target: Target {
                headline,
                scenario: own.label.clone(),
                against: against.map(|other| other.label.clone()),
            },
            outcome,
            words: numbers_in_words(sets, &ids)?,
            ids,
            numbers,
        })
    }

    fn drivers(&self, arguments: &SensitivityArguments) -> Result<Findings, SensitivityError> {
        let found = drivers(&self.numbers, &self.outcome);
        let found = found.map_err(|reason| SensitivityError::NoDrivers {
            metric: self.target.headline.clone(),
            reason,
        })?;
        let mean = self.outcome.iter().fold(0.0, |sum, value| sum + value) / self.outcome.len() as f64;
        let senses = Senses::new(self.target.against.is_some(), mean);
        let mut grid = Grid::new(
            &format!("{} numbers that vary, the strongest first", found.rows.len()),
            &["", "number", "a higher value", "rho", "share of variance"],
            3,
        );
        for (place, row) in found.rows.iter().take(arguments.rows).enumerate() {
            let shown = row
                .share
                .map_or(String::new(), |(value, error)| with_error(value, error));
            grid.rows.push(vec![
                mark(place, !row.is_above_noise),
                named(&self.ids[row.input], self.words[row.input].as_deref()),
                senses.of(row.correlation).to_owned(),
                format!("{:.2}", row.correlation + 0.0),
                shown,
            ]);
        }
        Ok(Findings {
            heading: vec![
                format!("Which uncertain numbers {} goes with", self.target.words()),
                format!(
                    "{} draws, {} numbers tried; chance alone makes the largest of so many correlations {} (in 95% of cases)",
                    found.draws,
                    found.rows.len(),
                    share(found.noise)
                ),
            ],
            grids: vec![grid],
            table: self.driver_table(&found, &senses),
            notes: driver_notes(&found),
            facts: self.driver_facts(&found),
            chart: Some(self.chart(&found, arguments.rows)),
        })
    }

    fn driver_table(&self, found: &Drivers, senses: &Senses) -> TextTable {
        let row = |row: &crate::sensitivity::drivers::Driver| {
            let of_share = |part: fn((f64, f64)) -> f64| row.share.map_or(String::new(), |both| shortest(part(both)));
            vec![
                self.ids[row.input].clone(),
                self.words[row.input].clone().unwrap_or_default(),
                senses.of(row.correlation).to_owned(),
                shortest(row.correlation),
                of_share(|(value, _)| value),
                of_share(|(_, error)| error),
                row.is_above_noise.to_string(),
            ]
        };
        TextTable::new(
            &[
                "number",
                "words",
                "effect",
                "rho",
                "share",
                "share_error",
                "above_noise",
            ],
            found.rows.iter().map(row).collect(),
        )
    }

    fn driver_facts(&self, found: &Drivers) -> serde_json::Map<String, serde_json::Value> {
        let mut facts = self.facts();
        facts.insert("numbers_tried".to_owned(), json!(found.rows.len()));
        facts.insert("noise_level".to_owned(), json!(found.noise));
        facts.insert("explained".to_owned(), json!(found.explained));
        facts
    }

    fn facts(&self) -> serde_json::Map<String, serde_json::Value> {
        let Target {
            headline,
            scenario,
            against,
        } = &self.target;
        let mut facts = serde_json::Map::new();
        facts.insert("metric".to_owned(), json!(headline));
        facts.insert("scenario".to_owned(), json!(scenario));
        facts.insert("against".to_owned(), json!(against));
        facts.insert("draws".to_owned(), json!(self.outcome.len()));
        facts
    }

    fn chart(&self, found: &Drivers, rows: usize) -> TornadoChart {
        let bar = |row: &crate::sensitivity::drivers::Driver| TornadoBar {
            name: self.words[row.input]
                .clone()
                .unwrap_or_else(|| self.ids[row.input].clone()),
            value: row.correlation,
            part: None,
            error: None,
            is_noise: !row.is_above_noise,
        };
        TornadoChart {
            title: format!("What {} goes with", self.target.words()),
            measure: "rank correlation over draws".to_owned(),
            bars: found.rows.iter().take(rows).map(bar).collect(),
            parts: None,
            noise: Some(found.noise),
            note: format!(
                "{} draws, {} numbers. Grey band: what chance alone makes of the largest correlation.",
                found.draws,
                found.rows.len()
            ),
        }
    }

    fn boxes(
        &self,
        arguments: &SensitivityArguments,
        threshold: f64,
        is_above: bool,
    ) -> Result<Findings, SensitivityError> {
        let metric = || self.target.headline.clone();
        let draws = self.outcome.len();
        let missing = self.outcome.iter().filter(|value| value.is_nan()).count();
        let too_few = (draws < FEWEST_DRAWS).then_some(NoDrivers::TooFewDraws(draws));
        let gaps = (missing > 0).then_some(NoDrivers::Missing { missing, draws });
        if let Some(reason) = too_few.or(gaps) {
            return Err(SensitivityError::NoDrivers {
                metric: metric(),
                reason,
            });
        }
        // Numbers that some draw does not have cannot bound a box.
        let varies = |values: &Vec<f64>| values.iter().all(|v| !v.is_nan()) && values.iter().any(|v| *v != values[0]);
        check_wanted(&arguments.inputs, &self.ids)?;
        let is_asked = |place: &usize| arguments.inputs.is_empty() || is_wanted(&arguments.inputs, &self.ids[*place]);
        let places: Vec<usize> = (0..self.numbers.len())
            .filter(|place| is_asked(place) && varies(&self.numbers[*place]))
            .collect();
        let numbers: Vec<Vec<f64>> = places.iter().map(|place| self.numbers[*place].clone()).collect();
        let is_hit: Vec<bool> = self
            .outcome
            .iter()
            .map(|value| {
                if is_above {
                    *value >= threshold
                } else {
                    *value <= threshold
                }
            })
            .collect();
        let hits = is_hit.iter().filter(|hit| **hit).count();
        let found = boxes(&numbers, &is_hit).ok_or_else(|| SensitivityError::Nothing {
            metric: metric(),
            reason: if hits == 0 {
                "no draw is beyond the threshold"
            } else {
                "every draw is beyond the threshold"
            },
        })?;
        let shown = match arguments.shown_box {
            Some(wanted) if wanted < found.len() => wanted,
            Some(wanted) => {
                let last = found.len() - 1;
                return Err(SensitivityError::Usage(format!(
                    "--box {wanted} is none of the boxes 0 to {last}"
                )));
            }
            None => balanced(&found).unwrap_or(0),
        };
        let scale = DisplayScale::fitting(self.target.unit(), self.outcome.iter().copied());
        let mut limits = self.limit_grid(&found[shown], shown, &places);
        let is_chance = limits.rows.iter().all(|row| row[0] == NOISE_MARK);
        let left_out = limits.rows.len().saturating_sub(arguments.rows);
        limits.rows.truncate(arguments.rows);
        let sign = if is_above { "at least" } else { "at most" };
        let limit = scale.decimals([threshold]).show(threshold);
        Ok(Findings {
            heading: vec![
                format!(
                    "Boxes of uncertain numbers where {} is {sign} {limit} {}",
                    self.target.words(),
                    scale.unit
                ),
                format!("{hits} of {draws} draws are; {} numbers tried", places.len()),
            ],
            grids: vec![box_grid(&found, shown), limits],
            table: self.box_table(&found, &places),
            notes: box_notes(places.len(), is_chance, left_out),
            facts: {
                let mut facts = self.facts();
                facts.insert("threshold".to_owned(), json!(threshold));
                facts.insert("draws_of_interest".to_owned(), json!(hits));
                facts.insert("numbers_tried".to_owned(), json!(places.len()));
                facts.insert("shown_box".to_owned(), json!(shown));
                facts
            },
            chart: None,
        })
    }

    fn limit_grid(&self, each: &PrimBox, number: usize, places: &[usize]) -> Grid {
        let title = format!("Limits of box {number}");
        let mut grid = Grid::new(
            &title,
            &["", "number", "from", "to", "chance of from", "chance of to"],
            2,
        );
        let value = |limit: Option<Limit>| limit.map_or(String::new(), |limit| short(limit.value));
        let chance = |limit: Option<Limit>| limit.map_or(String::new(), |limit| format!("{:.1e}", limit.quasi_p));
        let rarest = |side: &crate::sensitivity::prim::BoxSide| {
            let limits = [side.low, side.high].into_iter().flatten();
            limits.map(|limit| limit.quasi_p).fold(1.0, f64::min)
        };
        let mut sides: Vec<_> = each.sides.iter().collect();
        sides.sort_by(|one, other| rarest(one).total_cmp(&rarest(other)));
        for (place, side) in sides.into_iter().enumerate() {
            let input = places[side.input];
            // Each number was tried at both ends.
            let is_noise = rarest(side) * 2.0 * places.len() as f64 > RARE;
            grid.rows.push(vec![
                mark(place, is_noise),
                named(&self.ids[input], self.words[input].as_deref()),
                value(side.low),
                value(side.high),
                chance(side.low),
                chance(side.high),
            ]);
        }
        grid
    }

    fn box_table(&self, found: &[PrimBox], places: &[usize]) -> TextTable {
        let mut rows = Vec::new();
        for (number, each) in found.iter().enumerate() {
            let of_box = |rest: [String; 6]| {
                let head = [
                    number.to_string(),
                    each.draws.to_string(),
                    shortest(each.mass),
                    shortest(each.coverage),
                    shortest(each.density),
                ];
                head.into_iter().chain(rest).collect::<Vec<String>>()
            };
            if each.sides.is_empty() {
                rows.push(of_box(Default::default()));
            }
            for side in &each.sides {
                let part = |limit: Option<Limit>, of: fn(Limit) -> f64| {
                    limit.map_or(String::new(), |limit| shortest(of(limit)))
                };
                let input = places[side.input];
                rows.push(of_box([
                    self.ids[input].clone(),
                    self.words[input].clone().unwrap_or_default(),
                    part(side.low, |limit| limit.value),
                    part(side.high, |limit| limit.value),
                    part(side.low, |limit| limit.quasi_p),
                    part(side.high, |limit| limit.quasi_p),
                ]));
            }
        }
        let columns = [
            "box",
            "draws",
            "mass",
            "coverage",
            "density",
            "number",
            "words",
            "from",
            "to",
            "quasi_p_from",
            "quasi_p_to",
        ];
        TextTable::new(&columns, rows)
    }
}

/// The scenario that is explained.
fn choose<'s>(
    arguments: &SensitivityArguments,
    sets: &'s [DescribedResults],
) -> Result<&'s DescribedResults, SensitivityError> {
    match (&arguments.scenario, sets) {
        (Some(name), _) => find(sets, name),
        (None, [only]) => Ok(only),
        (None, _) => {
            let labels: Vec<&str> = sets.iter().map(|set| set.label.as_str()).collect();
            let text = format!("say which scenario to explain with --scenario: {}", labels.join(", "));
            Err(SensitivityError::Usage(text))
        }
    }
}

fn find<'s>(sets: &'s [DescribedResults], name: &str) -> Result<&'s DescribedResults, SensitivityError> {
    let found = sets
        .iter()
        .find(|set| set.label == name || set.manifest.scenario == name);
    if let Some(found) = found {
        return Ok(found);
    }
    UnknownName::check("scenario", name, sets.iter().map(|set| set.label.as_str()))?;
    Err(SensitivityError::Usage(format!(
        "scenario `{name}` is none of the results"
    )))
}

/// Only paired draws of the same months have a difference draw by draw.
fn check_pair(own: &DescribedResults, other: &DescribedResults) -> Result<(), SensitivityError> {
    let (one, two) = (&own.label, &other.label);
    let usage = |reason: &str| Err(SensitivityError::Usage(format!("`{one}` and `{two}` {reason}")));
    if !own.pairs_with(other) {
        usage("differ in seed, draws or sampling, so their draws cannot be paired")
    } else if !own.has_same_months_as(other) {
        usage("span different months")
    } else {
        Ok(())
    }
}

/// Adds the numbers that only the other scenario has, or draws otherwise.
fn add_numbers(numbers: &mut Vec<(String, Vec<f64>)>, others: Vec<(String, Vec<f64>)>, label: &str) {
    let known = std::mem::take(numbers);
    let places: std::collections::BTreeMap<&str, usize> = known
        .iter()
        .enumerate()
        .map(|(place, (name, _))| (name.as_str(), place))
        .collect();
    let is_same = |place: usize, values: &[f64]| known[place].1.iter().zip(values).all(|(one, two)| one == two);
    let mut added = Vec::new();
    for (name, values) in others {
        match places.get(name.as_str()) {
            Some(&place) if is_same(place, &values) => {}
            Some(_) => added.push((format!("{name} in {label}"), values)),
            None => added.push((name, values)),
        }
    }
    *numbers = known.into_iter().chain(added).collect();
}

/// What a higher value of a number does, in words.
struct Senses {
    up: &'static str,
    down: &'static str,
}

impl Senses {
    fn new(is_difference: bool, mean: f64) -> Self {
        // "Raises" would be ambiguous of a difference below zero.
        let (up, down) = match (is_difference, mean < 0.0) {
            (false, _) => ("raises it", "lowers it"),
            (true, false) => ("makes the rise larger", "makes the rise smaller"),
            (true, true) => ("makes the fall smaller", "makes the fall larger"),
        };
        Self { up, down }
    }

    fn of(&self, correlation: f64) -> &'static str {
        if correlation < 0.0 { self.down } else { self.up }
    }
}

fn driver_notes(found: &Drivers) -> Vec<String> {
    let mut notes = vec![
        "rho: Spearman's rank correlation over draws. A number that acts in both directions has none: --sobol and --morris \
         find it. Rows with a dot are below the noise: with so many numbers chance alone makes such correlations."
            .to_owned(),
    ];
    notes.push(match found.explained {
        Some(explained) => format!(
            "Share of variance: of a linear regression on the numbers above the noise, divided among them by relative \
             weights, ± its standard error. Together they explain {}; the rest is shocks, chance events, curvature and \
             interactions, and numbers below the noise.",
            share(explained)
        ),
        None => "No number is above the noise, so there is no regression. More draws lower the noise.".to_owned(),
    });
    if found.left_out > 0 {
        notes.push(format!(
            "{} more numbers above the noise are not in the regression, for which there are too few draws.",
            found.left_out
        ));
    }
    notes
}

fn box_grid(found: &[PrimBox], shown: usize) -> Grid {
    let title = format!("{} boxes, from the widest; * marks the one below", found.len());
    let mut grid = Grid::new(&title, &["box", "draws", "mass", "coverage", "density", "numbers"], 0);
    let step = found.len().div_ceil(BOXES_LISTED).max(1);
    for (number, each) in found.iter().enumerate() {
        if number % step != 0 && number != shown && number + 1 != found.len() {
            continue;
        }
        let mark = if number == shown { "*" } else { "" };
        grid.rows.push(vec![
            format!("{mark}{number}"),
            each.draws.to_string(),
            share(each.mass),
            share(each.coverage),
            share(each.density),
            each.sides.len().to_string(),
        ]);
    }
    grid
}

fn box_notes(tried: usize, is_chance: bool, left_out: usize) -> Vec<String> {
    let mut notes = vec![
        "Mass: share of all draws in the box. Coverage: share of the draws of interest that lie in it. Density: share of its \
         draws that are of interest. Numbers: how many it restricts."
            .to_owned(),
        format!(
            "Chance: the quasi-p-value of a limit, how likely the box would be as dense without it. The search tried {tried} \
             numbers at both ends, so rows with a dot, whose chance times {} is above {RARE}, may be chance alone.",
            2 * tried
        ),
    ];
    if is_chance {
        notes.push(
            "No limit of this box is beyond chance: with so many numbers a search finds a dense box in any draws. --input \
             bounds fewer numbers, such as those that drive the metric; more draws help too."
                .to_owned(),
        );
    }
    if left_out > 0 {
        notes.push(format!("{left_out} more limits are not shown; --rows shows them."));
    }
    notes
}

/// A number in four digits.
fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    shortest(rounded)
}
