//! A number, certain or uncertain: the wire form of distributions.

use super::inherit::{OF, TIMES};
use super::leaves::{finite_number, sized_number};
use super::register::warn_unusual;
use super::tree::{TomlItem, TomlKey, TomlTable, TomlValue, quoted};
use super::wire::{Field, KeyRule, Leaf, Placed, Wire, check_missing, check_unknown_with, read_placed, wire};
use crate::diagnostic::{Place, Report, nearest};
use crate::model::{Domain, NumberRange};
use crate::random::{Distribution, DistributionError};

/// The value of a number in a scenario: a number, a distribution or a column of posterior draws.
#[derive(Clone, Debug)]
pub(super) enum Quantity {
    /// A number that is certain.
    Number(f64),
    /// A number drawn once per draw.
    Distribution(Distribution),
    /// A column of a table of posterior draws: the path as written.
    Posterior(String),
    /// A multiple of what is inherited; what that is, if a file says so where the factor stands.
    Times(f64, Option<Box<Placed<Quantity>>>),
}

/// The kinds of distribution, in the order of the documentation.
const KINDS: [&str; 7] = [
    "uniform",
    "triangular",
    "normal",
    "lognormal",
    "beta",
    "discrete",
    "posterior",
];

/// Whether a word names a kind of distribution.
pub(super) fn is_kind(word: &str) -> bool {
    KINDS.contains(&word)
}

wire! {
    /// Equally likely between two numbers.
    Uniform {
        required low: f64,
        required high: f64,
        optional min: f64,
        optional max: f64,
    }

    /// A density that rises to a mode and falls.
    Triangular {
        required low: f64,
        required mode: f64,
        required high: f64,
        optional min: f64,
        optional max: f64,
    }

    /// Normal.
    Normal {
        required mean: f64,
        required sd: f64,
        optional min: f64,
        optional max: f64,
    }

    /// The exponential of a normal number.
    Lognormal {
        required median: f64,
        required sigma: f64,
        optional min: f64,
        optional max: f64,
    }

    /// Beta on the unit interval.
    Beta {
        required mean: f64,
        required sd: f64,
        optional min: f64,
        optional max: f64,
    }

    /// Some values with weights.
    Discrete {
        required values: Vec<Placed<f64>>,
        required weights: Vec<Placed<f64>>,
    }
}

impl Leaf for Quantity {
    const EXPECTED: &'static str = "a number or a distribution";
    const EXAMPLE: &'static str = "0.5";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match &item.value {
            TomlValue::Table(table) => read_choice(item, table, report),
            // The name of a distribution without its numbers.
            TomlValue::Text(text) if is_kind(text) => {
                report
                    .fault(item.place.clone(), format!("{} needs its numbers", quoted(text)))
                    .help("write it like { uniform = { low = 1, high = 2 } }");
                None
            }
            _ => sized_number(item, report).map(Self::Number),
        }
    }
}

/// Reads `{ KIND = ... }`.
fn read_choice(item: &TomlItem, table: &TomlTable, report: &mut Report) -> Option<Quantity> {
    if let Some(factor) = table.get(TIMES) {
        return read_factor(table, factor, report);
    }
    let [(key, body)] = table.entries.as_slice() else {
        // If the second key is a bound, the help says where it belongs.
        let bounds = table.get("min").is_some() || table.get("max").is_some();
        report
            .fault(item.place.clone(), "exactly one distribution must be given")
            .help(if bounds {
                "`min` and `max` stand with the distribution's own keys: { normal = { mean = 1, sd = 1, min = 0 } }"
            } else {
                "write it like { uniform = { low = 1, high = 2 } }"
            });
        return None;
    };
    let name = key.name.as_str();
    match (name, &body.value) {
        ("posterior", TomlValue::Text(path)) if !path.is_empty() => Some(Quantity::Posterior(path.clone())),
        ("posterior", _) => {
            report
                .fault(
                    body.place.clone(),
                    format!("expected the path of a table, found {}", body.found()),
                )
                .help("write it like { posterior = \"posterior.csv\" }");
            None
        }
        (_, TomlValue::Table(keys)) if is_kind(name) => {
            let distribution = read_family(name, keys, &body.place, report)?;
            Some(Quantity::Distribution(distribution))
        }
        _ if is_kind(name) => {
            report
                .fault(
                    body.place.clone(),
                    format!("expected the keys of {}, found {}", quoted(name), body.found()),
                )
                .help("write it like { uniform = { low = 1, high = 2 } }");
            None
        }
        _ => unknown_kind(key, report),
    }
}

/// Reads `{ times = ... }`.
fn read_factor(table: &TomlTable, factor: &TomlItem, report: &mut Report) -> Option<Quantity> {
    if let Some((key, _)) = table
        .entries
        .iter()
        .find(|(key, _)| ![TIMES, OF].contains(&key.name.as_str()))
    {
        report
            .fault(
                key.place.clone(),
                format!("{} cannot stand beside `times`", quoted(&key.name)),
            )
            .help("write it like { times = 2 }");
        return None;
    }
    let number = finite_number(factor, report)?;
    if number <= 0.0 {
        report
            .fault(
                factor.place.clone(),
                format!("a factor must be above zero, found {number}"),
            )
            .help("give the number itself to make it zero");
        return None;
    }
    let of = table.get(OF).map(|item| read_placed(item, report).map(Box::new));
    Some(Quantity::Times(number, of.map_or(Some(None), |of| of.map(Some))?))
}

fn unknown_kind(key: &TomlKey, report: &mut Report) -> Option<Quantity> {
    let help = match nearest(&key.name, KINDS) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if key.name == "constant" => "write the number alone".to_owned(),
        None => format!("the distributions are {}", KINDS.join(", ")),
    };
    report
        .fault(key.place.clone(), format!("unknown distribution {}", quoted(&key.name)))
        .help(help);
    None
}

fn read_family(name: &str, table: &TomlTable, place: &Place, report: &mut Report) -> Option<Distribution> {
    let made = match name {
        "uniform" => {
            let Uniform { low, high, min, max } = read_keys(name, table, place, report);
            bounded(&min, &max, Distribution::uniform(number(&low)?, number(&high)?))
        }
        "triangular" => {
            let Triangular {
                low,
                mode,
                high,
                min,
                max,
            } = read_keys(name, table, place, report);
            bounded(
                &min,
                &max,
                Distribution::triangular(number(&low)?, number(&mode)?, number(&high)?),
            )
        }
        "normal" => {
            let Normal { mean, sd, min, max } = read_keys(name, table, place, report);
            bounded(&min, &max, Distribution::normal(number(&mean)?, number(&sd)?))
        }
        "lognormal" => {
            let Lognormal {
                median,
                sigma,
                min,
                max,
            } = read_keys(name, table, place, report);
            check_sigma(&sigma, report)?;
            bounded(&min, &max, Distribution::lognormal(number(&median)?, number(&sigma)?))
        }
        "beta" => {
            let Beta { mean, sd, min, max } = read_keys(name, table, place, report);
            bounded(&min, &max, Distribution::beta(number(&mean)?, number(&sd)?))
        }
        _ => {
            let Discrete { values, weights } = read_keys(name, table, place, report);
            Distribution::discrete(&numbers(&values)?, &numbers(&weights)?)
        }
    };
    made.map_err(|error| report_invalid(place, &error, report)).ok()
}

fn read_keys<T: Wire>(name: &str, table: &TomlTable, place: &Place, report: &mut Report) -> T {
    let section = format!("`{name}`");
    let rules: &[KeyRule] = T::KEYS;
    // A key of a distribution has its home in no section.
    check_unknown_with(table, rules, &section, |_| None, report);
    check_missing(table, rules, &section, place, report);
    T::read(table, report)
}

/// Refuses a lognormal that spans all orders of magnitude, and warns of one that spans many.
fn check_sigma(sigma: &Field<f64>, report: &mut Report) -> Option<()> {
    const SIGMA: NumberRange = Domain::UpTo(5.0).usual_fraction(0.0, 2.0);
    let sigma = sigma.given()?;
    // One at or below zero gets the error of the distribution.
    if sigma.value > 0.0 && !SIGMA.domain.contains(sigma.value, sigma.value) {
        let message = format!("`sigma` must be {}, found {}", SIGMA.domain.words(), sigma.value);
        report
            .fault(sigma.place.clone(), message)
            .help("it is the standard deviation of the logarithm: 0.1 is about 10% up or down");
        return None;
    }
    if let Some(unusual) = SIGMA.unusual(sigma.value).filter(|_| sigma.value > 0.0) {
        warn_unusual("sigma", unusual, &sigma.place, report);
    }
    Some(())
}

fn number(field: &Field<f64>) -> Option<f64> {
    field.given().map(|placed| placed.value)
}

fn numbers(field: &Field<Vec<Placed<f64>>>) -> Option<Vec<f64>> {
    field
        .given()
        .map(|list| list.value.iter().map(|placed| placed.value).collect())
}

fn bounded(
    min: &Field<f64>,
    max: &Field<f64>,
    whole: Result<Distribution, DistributionError>,
) -> Result<Distribution, DistributionError> {
    whole.and_then(|distribution| distribution.truncated(number(min), number(max)))
}

/// Reports an error of a distribution, whose text is the fault and, after a semicolon, the advice.
pub(super) fn report_invalid(place: &Place, error: &DistributionError, report: &mut Report) {
    let text = error.to_string();
    match text.split_once("; ") {
        Some((message, help)) => {
            report.fault(place.clone(), message).help(help);
        }
        None => {
            report.fault(place.clone(), text);
        }
    }
}
