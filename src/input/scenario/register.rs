//! The register of a scenario's numbers: the world's, then those of its entries, and which of them are uncertain.

use std::collections::{BTreeMap, BTreeSet};

use super::extends::DrawnTogether;
use super::posterior::Posteriors;
use super::quantity::Quantity;
use super::wire::Placed;
use crate::diagnostic::{Place, Report};
use crate::model::{Belonging, Domain, Number, NumberRange, Numbers, Slot, Unusual};
use crate::random::Distribution;
use crate::scenario::Parameter;

/// The key, range and unit of a number.
#[derive(Clone, Copy)]
pub(super) struct Rule<'a> {
    pub key: &'a str,
    pub range: NumberRange,
    /// As the world's tables have it, such as `t/month`, `USD/t` or `months`; empty for shares and elasticities.
    pub unit: &'static str,
}

/// Makes a rule of a key, its range and its unit.
pub(super) const fn rule(key: &'static str, range: NumberRange, unit: &'static str) -> Rule<'static> {
    Rule { key, range, unit }
}

/// Which entry a number belongs to.
pub(super) struct Owner {
    /// The start of the dotted names: `ban.eu-wood-2022.`.
    pub prefix: String,
    /// Where the numbers come from, as the entry says.
    pub source: String,
    /// Where the entry starts.
    pub header: Place,
    pub belongs_to: Belonging,
    /// For an amendment, the numbers that it takes over.
    pub kept: Option<Kept>,
}

/// The numbers that an amendment takes over from the version before it: those of all keys that it does not give.
pub(super) struct Kept {
    /// The start of the dotted names of that version.
    pub prefix: String,
    /// The keys that the amendment gives.
    pub own_keys: BTreeSet<String>,
}

impl Owner {
    /// For a number that the entry takes over: the name that it would have here, and the name that it has in the
    /// version before.
    pub fn kept_name(&self, key: &str) -> Option<(String, String)> {
        // `suspicion.decay` is a number of the key `suspicion`.
        let written = key.split('.').next().unwrap_or(key);
        let kept = self.kept.as_ref().filter(|kept| !kept.own_keys.contains(written))?;
        Some((format!("{}{key}", self.prefix), format!("{}{key}", kept.prefix)))
    }
}

/// A number that was given in its entry.
pub(super) struct InlineNumber {
    pub place: Place,
    /// Whether the entry gives it a distribution.
    pub is_uncertain: bool,
}

/// The numbers of a scenario while it is read.
pub(super) struct Register {
    pub numbers: Numbers,
    /// Uncertain numbers by name.
    parameters: BTreeMap<String, Parameter>,
    /// Where the distribution of each uncertain number was given.
    stated: BTreeMap<Slot, Place>,
    /// The numbers that were given in their entry.
    inline: BTreeMap<Slot, InlineNumber>,
    /// Numbers that amendments take over, by the names they would have there.
    kept: BTreeMap<String, Slot>,
}

impl Register {
    /// Begins with the numbers of a world.
    pub fn new(world: &Numbers) -> Self {
        Self {
            numbers: world.clone(),
            parameters: BTreeMap::new(),
            stated: BTreeMap::new(),
            inline: BTreeMap::new(),
            kept: BTreeMap::new(),
        }
    }

    /// Makes `name` refer to the number called `before`; none if there is no such number.
    pub fn keep(&mut self, name: String, before: &str) -> Option<Slot> {
        // The version before may itself have taken the number over.
        let slot = self.numbers.find(before).or_else(|| self.kept.get(before).copied())?;
        self.kept.insert(name, slot);
        Some(slot)
    }

    /// The name of the number that an amendment keeps under another name.
    pub fn name_of_kept(&self, name: &str) -> Option<&str> {
        self.kept.get(name).map(|slot| self.numbers.get(*slot).name.as_str())
    }

    /// What the entry of a number gives for it, unless it leaves the number out.
    pub fn inline(&self, slot: Slot) -> Option<&InlineNumber> {
        self.inline.get(&slot)
    }

    /// Notes that a number was given in its entry.
    pub fn note_inline(&mut self, slot: Slot, number: InlineNumber) {
        self.inline.insert(slot, number);
    }

    /// An uncertain number, and where its distribution was given; none if the number is certain.
    pub fn uncertain(&self, slot: Slot) -> Option<(&Parameter, &Place)> {
        let parameter = self.parameters.get(&self.numbers.get(slot).name)?;
        Some((parameter, self.stated.get(&slot)?))
    }

    /// Fixes a number to another value.
    pub fn fix(&mut self, slot: Slot, value: f64) {
        self.parameters.remove(&self.numbers.get(slot).name);
        self.numbers.set(slot, value);
    }

    /// Multiplies a number, or its distribution, which then stands at a place.
    pub fn scale(&mut self, slot: Slot, factor: f64, place: Place) {
        match self.parameters.get(&self.numbers.get(slot).name) {
            Some(parameter) => self.make_uncertain(slot, parameter.distribution.clone().times(factor), place),
            None => self.numbers.set(slot, factor * self.numbers.get(slot).value),
        }
    }

    /// Draws the uncertain numbers of one programme together with those of another. Returns those whose distribution changed,
    /// and where it stands.
    pub fn draw_together(&mut self, link: &DrawnTogether) -> Vec<(Slot, Place)> {
        let kept = self.parameters.values().filter_map(|parameter| {
            let rest = parameter.name.strip_prefix(&link.to)?;
            let is_own = |own: &String| {
                rest.strip_prefix(own.as_str())
                    .is_some_and(|end| end.is_empty() || end.starts_with('.'))
            };
            let other = self.parameters.get(&format!("{}{rest}", link.from))?;
            let is_drawn_apart = parameter.distribution.shared_stream().is_none() && !link.own.iter().any(is_own);
            is_drawn_apart.then(|| {
                let distribution = parameter
                    .distribution
                    .clone()
                    .drawn_with(&other.name, &other.distribution);
                (parameter.slot, distribution)
            })
        });
        let kept: Vec<(Slot, Distribution)> = kept.collect();
        let mut changed = Vec::new();
        for (slot, distribution) in kept {
            if let Some(place) = self.stated.get(&slot).cloned() {
                self.make_uncertain(slot, distribution, place.clone());
                changed.push((slot, place));
            }
        }
        changed
    }

    /// Gives a number the distribution that stands at a place, and its median as central value.
    pub fn make_uncertain(&mut self, slot: Slot, distribution: Distribution, place: Place) {
        self.stated.insert(slot, place);
        self.numbers.set(slot, distribution.median());
        let name = self.numbers.get(slot).name.clone();
        self.parameters.insert(
            name.clone(),
            Parameter {
                slot,
                name,
                distribution,
            },
        );
    }

    /// Why a number, or the bulk of its distribution, is unusual; none if it is usual.
    pub fn unusual(&self, slot: Slot) -> Option<Unusual> {
        let number = self.numbers.get(slot);
        match self.parameters.get(&number.name) {
            Some(Parameter { distribution, .. }) => number
                .range
                .unusual_bulk(distribution.median(), |value| distribution.cdf(value)),
            None => number.range.unusual(number.value),
        }
    }

    /// The lowest and highest value a number can take.
    pub fn support(&self, slot: Slot) -> (f64, f64) {
        let number = self.numbers.get(slot);
        match self.parameters.get(&number.name) {
            Some(parameter) => parameter.distribution.support(),
            None => (number.value, number.value),
        }
    }

    /// All numbers, and the uncertain ones in the order of their names.
    pub fn into_parts(self) -> (Numbers, Vec<Parameter>) {
        (self.numbers, self.parameters.into_values().collect())
    }

    /// Adds the number of an entry; none if its name is taken.
    pub fn add(&mut self, owner: &Owner, rule: Rule<'_>, name: String, value: f64) -> Option<Slot> {
        self.numbers.find(&name).is_none().then(|| {
            self.numbers.add(Number {
                name,
                value,
                range: rule.range,
                unit: rule.unit,
                source: owner.source.clone(),
                belongs_to: owner.belongs_to,
            })
        })
    }
}

/// A quantity that lies in its domain.
pub(super) enum Resolved {
    Certain(f64),
    Uncertain(Distribution),
}

/// Checks a quantity against the range of the number `name`, reading its posterior if it names one. What is unusual is
/// a warning.
pub(super) fn resolve(
    name: &str,
    range: NumberRange,
    quantity: &Placed<Quantity>,
    sources: &mut Posteriors,
    report: &mut Report,
) -> Option<Resolved> {
    let domain = range.domain;
    let distribution = match &quantity.value {
        Quantity::Number(value) => {
            if domain.contains(*value, *value) {
                if let Some(unusual) = range.unusual(*value) {
                    warn_unusual(name, unusual, &quantity.place, report);
                }
                return Some(Resolved::Certain(*value));
            }
            let message = format!("`{name}` must be {}, found {value}", domain.words());
            report
                .fault(quantity.place.clone(), message)
                .help(domain_help(domain, *value));
            return None;
        }
        Quantity::Distribution(distribution) => distribution.clone(),
        Quantity::Posterior(file) => sources.column(file, name, &quantity.place, report)?,
        Quantity::Times(factor, Some(of)) => match resolve(name, range, of, sources, report)? {
            Resolved::Certain(value) => {
                let value = Placed {
                    value: Quantity::Number(factor * value),
                    place: quantity.place.clone(),
                };
                return resolve(name, range, &value, sources, report);
            }
            Resolved::Uncertain(distribution) => distribution.times(*factor),
        },
        Quantity::Times(_, None) => {
            report
                .fault(
                    quantity.place.clone(),
                    format!("`{name}` is not inherited, so nothing can be scaled"),
                )
                .help("`times` stands in [parameters], or in an entry that amends an inherited one");
            return None;
        }
    };
    let (low, high) = distribution.support();
    if domain.contains(low, high) {
        if let Some(unusual) = range.unusual_bulk(distribution.median(), |value| distribution.cdf(value)) {
            warn_unusual(name, unusual, &quantity.place, report);
        }
        return Some(Resolved::Uncertain(distribution));
    }
    report
        .fault(
            quantity.place.clone(),
            format!(
                "`{name}` must be {}, but this distribution reaches from {} to {}",
                domain.words(),
                end(low),
                end(high)
            ),
        )
        .help(bounds_help(domain, &distribution));
    None
}

/// Warns of a number that is hardly meant.
pub(super) fn warn_unusual(name: &str, unusual: Unusual, place: &Place, report: &mut Report) {
    report
        .warning(place.clone(), format!("`{name}` {}", unusual.message))
        .help(unusual.help);
}

fn domain_help(domain: Domain, value: f64) -> String {
    match domain.meant(value) {
        Some(meant) => format!("this looks like a percentage: write {meant}"),
        None => format!("write a number {}", domain.words()),
    }
}

/// An end of a support, in words where it is infinite.
fn end(value: f64) -> String {
    if value.is_infinite() {
        let sign = if value < 0.0 { "minus" } else { "plus" };
        format!("{sign} infinity")
    } else {
        value.to_string()
    }
}

/// Advice that the reader of distributions accepts: only a density takes bounds, and they stand among its keys.
fn bounds_help(domain: Domain, distribution: &Distribution) -> String {
    if !distribution.has_density() {
        return format!("each of its values must be {}", domain.words());
    }
    let (low, high) = distribution.support();
    if low.is_finite() && high.is_finite() {
        return format!("choose ends that are {}", domain.words());
    }
    let bounds = match domain {
        Domain::Positive => "min = 0.01",
        Domain::NonNegative => "min = 0",
        Domain::Share => "min = 0, max = 1",
        Domain::BelowOne => "min = 0, max = 0.99",
        Domain::AtLeastOne => "min = 1",
        Domain::AboveOne => "min = 1.01",
        Domain::AboveMinusOne => "min = -0.9",
        Domain::UpTo(_) => "min = 0.5, max = 100",
        Domain::Any => return "choose finite numbers".to_owned(),
    };
    format!("bound it among its own keys, as in {{ normal = {{ mean = ..., sd = ..., {bounds} }} }}")
}
