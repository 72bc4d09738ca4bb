//! The register of every number that may be uncertain, each with a dotted name.
//!
//! A world's elasticity, a port's ceiling and a ban's exempt share are all read from one vector of values by their slot.
//! A draw is that vector with some slots overwritten by samples: the model has no second way to be uncertain.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The largest number that is read. No quantity of the model is larger, and sums and products of such numbers are finite.
pub const LARGEST_NUMBER: f64 = 1e15;

/// The smallest number above zero that is read. No quantity of the model is smaller, and quotients stay finite.
pub const SMALLEST_NUMBER: f64 = 1e-15;

/// Whether a number is zero or has a size that some quantity of the model may have.
pub fn is_sized(value: f64) -> bool {
    value == 0.0 || (SMALLEST_NUMBER..=LARGEST_NUMBER).contains(&value.abs())
}

/// The place of one number in the values of a draw.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Slot(u32);

impl Slot {
    /// The value of this number in a draw's values.
    #[inline]
    pub fn of(self, values: &[f64]) -> f64 {
        values[self.0 as usize]
    }

    /// The position of this number in a draw's values.
    #[inline]
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// Which values make sense for a number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Domain {
    /// Above zero.
    Positive,
    /// Zero or more.
    NonNegative,
    /// From zero to one, both included.
    Share,
    /// From zero to below one.
    BelowOne,
    /// One or more.
    AtLeastOne,
    /// Above one.
    AboveOne,
    /// Above minus one: a growth rate.
    AboveMinusOne,
    /// Above zero, and so far at most.
    UpTo(f64),
    /// Any finite number.
    Any,
}

impl Domain {
    /// Whether every value from `low` to `high` lies in the domain; the ends may be infinite where the domain is.
    pub fn contains(self, low: f64, high: f64) -> bool {
        match self {
            Self::Positive => low > 0.0,
            Self::NonNegative => low >= 0.0,
            Self::Share => low >= 0.0 && high <= 1.0,
            Self::BelowOne => low >= 0.0 && high < 1.0,
            Self::AtLeastOne => low >= 1.0,
            Self::AboveOne => low > 1.0,
            Self::AboveMinusOne => low > -1.0,
            Self::UpTo(most) => low > 0.0 && high <= most,
            Self::Any => !low.is_nan() && !high.is_nan(),
        }
    }

    /// The domain in words, to follow "must be".
    pub fn words(self) -> Cow<'static, str> {
        let words = match self {
            Self::Positive => "above zero",
            Self::NonNegative => "zero or more",
            Self::Share => "between 0 and 1",
            Self::BelowOne => "at least 0 and below 1",
            Self::AtLeastOne => "one or more",
            Self::AboveOne => "above one",
            Self::AboveMinusOne => "above -1",
            Self::UpTo(most) => return format!("above zero and at most {most}").into(),
            Self::Any => "a finite number",
        };
        words.into()
    }

    /// What to write in the place of a value outside the domain, where that can be guessed: a share in per cent.
    pub fn meant(self, value: f64) -> Option<f64> {
        let is_share = matches!(self, Self::Share | Self::BelowOne);
        (is_share && value > 1.0 && value <= 100.0).then(|| rounded(value / 100.0))
    }

    /// The domain with the values that are usual in it: from `low` to `high`.
    pub const fn usually(self, low: f64, high: f64) -> NumberRange {
        NumberRange {
            domain: self,
            low,
            high,
            is_fraction: false,
        }
    }

    /// As [`Self::usually`], for a share, a rate or a factor, which somebody may have written in per cent.
    pub const fn usual_fraction(self, low: f64, high: f64) -> NumberRange {
        NumberRange {
            is_fraction: true,
            ..self.usually(low, high)
        }
    }

    /// The domain, of which every value is usual.
    pub const fn whole(self) -> NumberRange {
        self.usually(f64::NEG_INFINITY, f64::INFINITY)
    }
}

/// The values that a number may have, and those that it usually has. Beyond these the user is asked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NumberRange {
    /// Which values make sense.
    pub domain: Domain,
    /// The lowest usual value.
    low: f64,
    /// The highest usual value.
    high: f64,
    /// Whether it may have been written in per cent.
    is_fraction: bool,
}

/// The part of a distribution beyond what is usual from which on it is pointed out. A far tail is no mistake.
const BULK: f64 = 0.25;

/// Why a number is unusual, and what may have been meant: a message to follow its name, and advice.
#[derive(Clone, PartialEq, Debug)]
pub struct Unusual {
    pub message: String,
    pub help: String,
}

impl From<Domain> for NumberRange {
    fn from(domain: Domain) -> Self {
        domain.whole()
    }
}

impl NumberRange {
    /// Whether a value is usual.
    pub fn is_usual(self, value: f64) -> bool {
        // Nothing at all and, of a share, all of it are choices.
        value == 0.0 || (self.domain == Domain::Share && value == 1.0) || (self.low..=self.high).contains(&value)
    }

    /// Why a value is unusual; none if it is usual.
    pub fn unusual(self, value: f64) -> Option<Unusual> {
        (!self.is_usual(value)).then(|| Unusual {
            message: self.as_read(value),
            help: self.advice(value),
        })
    }

    /// Why a distribution is unusual, given its median and its distribution function; none if its bulk is usual.
    pub fn unusual_bulk(self, median: f64, cdf: impl Fn(f64) -> f64) -> Option<Unusual> {
        // More digits would not help anyone judge.
        let median = format!("{median:.2e}").parse().unwrap_or(median);
        let above = if self.high.is_finite() {
            1.0 - cdf(self.high)
        } else {
            0.0
        };
        // Zero is usual: something is left out in some draws.
        let below = match self.low {
            low if low > 0.0 => cdf(low) - cdf(0.0),
            low if low.is_finite() && low < 0.0 => cdf(low),
            _ => 0.0,
        };
        let (share, side, end) = match (above >= BULK, below >= BULK) {
            (true, _) => (above, "above", self.high),
            (false, true) => (below, "below", self.low),
            (false, false) => return None,
        };
        Some(Unusual {
            message: format!(
                "lies {side} {end} in {:.0}% of draws: its median {}",
                100.0 * share,
                self.as_read(median)
            ),
            help: self.advice(median),
        })
    }

    /// `is 15, which is 1500%` or `is 20000`.
    fn as_read(self, value: f64) -> String {
        if self.is_fraction {
            format!("is {value}, which is {}%", rounded(100.0 * value))
        } else {
            format!("is {value}")
        }
    }

    fn advice(self, value: f64) -> String {
        let usual = self.usual();
        let hundredth = rounded(value / 100.0);
        if self.is_fraction && self.is_usual(value / 100.0) && value.abs() >= 1.0 {
            format!("write {hundredth} if {value}% is meant; {usual}")
        } else {
            format!("check its unit; {usual}")
        }
    }

    fn usual(self) -> String {
        match (self.low.is_finite() && self.low != 0.0, self.high.is_finite()) {
            (true, true) => format!("usual are {} to {}", self.low, self.high),
            (true, false) => format!("usual is {} or more", self.low),
            _ => format!("usual is {} or less", self.high),
        }
    }
}

/// Without the digits that multiplying and dividing by a hundred leave behind.
fn rounded(value: f64) -> f64 {
    format!("{value:.12e}").parse().unwrap_or(value)
}

/// To what a number belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Belonging {
    /// The world.
    World,
    /// A trend or a shock.
    Background,
    /// A primary measure.
    Measure,
    /// A programme of secondary sanctions.
    Programme,
}

impl Belonging {
    /// Whether the counterfactual has it too: measures and programmes are what it lacks.
    pub fn is_in_counterfactual(self) -> bool {
        match self {
            Self::World | Self::Background => true,
            Self::Measure | Self::Programme => false,
        }
    }
}

/// One number that may be uncertain.
#[derive(Clone, PartialEq, Debug)]
pub struct Number {
    /// Dotted name, such as `commodity.potash.route_choice`.
    pub name: String,
    /// The value where no distribution is given, else the distribution's median.
    pub value: f64,
    /// Which values make sense, and which are usual.
    pub range: NumberRange,
    /// The unit, in words; empty for shares and elasticities.
    pub unit: &'static str,
    /// Where the value comes from.
    pub source: String,
    pub belongs_to: Belonging,
}

/// All numbers of a world, or of a world and a scenario on it. A batch has many scenarios of few worlds: what they have in common
/// is in memory once.
#[derive(Clone, Default, Debug)]
pub struct Numbers {
    entries: Vec<Arc<Number>>,
    /// Of the numbers that all copies have.
    common: Arc<BTreeMap<String, Slot>>,
    /// Of the others.
    by_name: BTreeMap<String, Slot>,
}

impl Numbers {
    /// Registers a number; names are unique because they are made of unique ids.
    pub fn add(&mut self, number: Number) -> Slot {
        let slot = Slot(self.entries.len() as u32);
        let is_new = self.find(&number.name).is_none();
        debug_assert!(is_new, "{} is registered twice", number.name);
        self.by_name.insert(number.name.clone(), slot);
        self.entries.push(Arc::new(number));
        slot
    }

    /// These numbers, ready to be copied often: copies have their names in common.
    pub fn to_be_copied(mut self) -> Self {
        Arc::make_mut(&mut self.common).append(&mut self.by_name);
        self
    }

    /// The slot of a dotted name.
    pub fn find(&self, name: &str) -> Option<Slot> {
        self.common.get(name).or_else(|| self.by_name.get(name)).copied()
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of a slot.
    pub fn get(&self, slot: Slot) -> &Number {
        &self.entries[slot.position()]
    }

    /// The entry of a position, see [`Slot::position`].
    pub fn at(&self, position: usize) -> Option<&Number> {
        self.entries.get(position).map(Arc::as_ref)
    }

    /// All entries, in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Number)> {
        self.entries
            .iter()
            .enumerate()
            .map(|(position, number)| (Slot(position as u32), number.as_ref()))
    }

    /// Changes the value of a number: a scenario's fixed number, or the median of its distribution.
    pub fn set(&mut self, slot: Slot, value: f64) {
        Arc::make_mut(&mut self.entries[slot.position()]).value = value;
    }

    /// The central values, by slot.
    pub fn values(&self) -> Vec<f64> {
        self.entries.iter().map(|number| number.value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: NumberRange = Domain::NonNegative.usual_fraction(0.001, 1.0);

    #[test]
    fn a_rate_in_per_cent_is_read_as_such() {
        assert_eq!(RATE.unusual(0.15), None);
        assert_eq!(RATE.unusual(0.0), None);
        let Unusual { message, help } = RATE.unusual(15.0).unwrap();
        assert_eq!(message, "is 15, which is 1500%");
        assert_eq!(help, "write 0.15 if 15% is meant; usual are 0.001 to 1");
        assert_eq!(RATE.unusual(1e6).unwrap().help, "check its unit; usual are 0.001 to 1");
        let days = Domain::NonNegative.usually(0.0, 180.0);
        assert_eq!(days.unusual(365.0).unwrap().message, "is 365");
    }

    fn number(name: &str) -> Number {
        Number {
            name: name.to_owned(),
            value: 1.0,
            range: RATE,
            unit: "",
            source: String::new(),
            belongs_to: Belonging::World,
        }
    }

    #[test]
    fn a_copy_has_its_own_values_and_further_numbers() {
        let mut world = Numbers::default();
        let freight = world.add(number("freight"));
        let world = world.to_be_copied();
        let mut scenario = world.clone();
        let share = scenario.add(number("share"));
        scenario.set(freight, 2.0);
        assert_eq!(
            (scenario.find("freight"), scenario.find("share")),
            (Some(freight), Some(share))
        );
        assert_eq!((scenario.values(), world.values()), (vec![2.0, 1.0], vec![1.0]));
        assert_eq!(world.find("share"), None);
    }

    #[test]
    fn a_far_tail_is_usual_and_a_quarter_is_not() {
        let uniform = |low: f64, high: f64| move |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0);
        assert_eq!(RATE.unusual_bulk(0.6, uniform(0.0, 1.2)), None);
        let said = RATE.unusual_bulk(5.0, uniform(0.0, 10.0)).unwrap().message;
        assert_eq!(said, "lies above 1 in 90% of draws: its median is 5, which is 500%");
        let slight = RATE.unusual_bulk(0.0005, uniform(0.0, 0.001)).unwrap().message;
        assert_eq!(
            slight,
            "lies below 0.001 in 100% of draws: its median is 0.0005, which is 0.05%"
        );
        assert_eq!(Domain::Any.whole().unusual_bulk(1e9, uniform(0.0, 2e9)), None);
    }

    #[test]
    fn a_share_above_one_looks_like_a_percentage() {
        assert_eq!(Domain::Share.meant(7.0), Some(0.07));
        assert_eq!(Domain::Share.meant(1.4), Some(0.014));
        assert_eq!([1.0, 101.0, -3.0].map(|value| Domain::Share.meant(value)), [None; 3]);
        assert_eq!(Domain::Positive.meant(7.0), None);
    }
}
