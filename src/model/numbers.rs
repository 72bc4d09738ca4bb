//! The register of every number that may be uncertain, each with a dotted name.
//!
//! A world's elasticity, a port's ceiling and a ban's exempt share are all read from one vector of values by their slot.
//! A draw is that vector with some slots overwritten by samples: the model has no second way to be uncertain.

use std::collections::BTreeMap;

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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
            Self::Any => !low.is_nan() && !high.is_nan(),
        }
    }

    /// The domain in words, to follow "must be".
    pub fn words(self) -> &'static str {
        match self {
            Self::Positive => "above zero",
            Self::NonNegative => "zero or more",
            Self::Share => "between 0 and 1",
            Self::BelowOne => "at least 0 and below 1",
            Self::AtLeastOne => "one or more",
            Self::AboveOne => "above one",
            Self::AboveMinusOne => "above -1",
            Self::Any => "a finite number",
        }
    }
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
    /// Which values make sense.
    pub domain: Domain,
    /// The unit, in words; empty for shares and elasticities.
    pub unit: &'static str,
    /// Where the value comes from.
    pub source: String,
    pub belongs_to: Belonging,
}

/// All numbers of a world, or of a world and a scenario on it.
#[derive(Clone, Default, Debug)]
pub struct Numbers {
    entries: Vec<Number>,
    by_name: BTreeMap<String, Slot>,
}

impl Numbers {
    /// Registers a number; names are unique because they are made of unique ids.
    pub fn add(&mut self, number: Number) -> Slot {
        let slot = Slot(self.entries.len() as u32);
        let earlier = self.by_name.insert(number.name.clone(), slot);
        debug_assert!(earlier.is_none(), "{} is registered twice", number.name);
        self.entries.push(number);
        slot
    }

    /// The slot of a dotted name.
    pub fn find(&self, name: &str) -> Option<Slot> {
        self.by_name.get(name).copied()
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

    /// All entries, in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Number)> {
        self.entries
            .iter()
            .enumerate()
            .map(|(position, number)| (Slot(position as u32), number))
    }

    /// Changes the value of a number: a scenario's fixed number, or the median of its distribution.
    pub fn set(&mut self, slot: Slot, value: f64) {
        self.entries[slot.position()].value = value;
    }

    /// The central values, by slot.
    pub fn values(&self) -> Vec<f64> {
        self.entries.iter().map(|number| number.value).collect()
    }
}
