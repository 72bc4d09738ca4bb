//! The keys of an entry of a scenario file, declared once: the reader, the faults for missing and unknown keys, the hints
//! and `roundabout schema` all come from here.

use crate::model::{Domain, NumberRange};

/// A key of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub required: bool,
    /// Another key that may stand in its place where it is required, and when it must be given, in words.
    pub unless: Option<(&'static str, &'static str)>,
    pub form: Form,
    /// Its meaning in one plain line.
    pub meaning: &'static str,
    /// A valid value as it is written, if the example of the form does not fit.
    pub example: Option<&'static str>,
    /// Whether an amendment does not take it over from the version before.
    pub is_of_version: bool,
}

/// The form that the value of a key must have.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A number or a distribution, which gets a dotted name.
    Number {
        range: NumberRange,
        /// In words; empty for shares and elasticities.
        unit: &'static str,
        /// The number where the key is left out.
        default: Option<f64>,
    },
    /// One number for the only commodity, or a table of numbers by commodity.
    NumberByCommodity { range: NumberRange, unit: &'static str },
    /// Whole numbers by target and month: dated facts, so no parameters.
    CountsByMonth,
    /// An inline table of numbers, each called `KEY.NAME`.
    Group(&'static [Key]),
    /// A list of jurisdictions and blocs.
    Jurisdictions,
    /// The same, of which each is a territory of its own: a bloc is one.
    Territories,
    /// A list of nodes.
    Nodes,
    /// A list of links.
    Links,
    /// A list of modes of transport.
    Modes,
    /// Yes or no.
    Flag,
    /// The id of a measure of the same scenario, of the kind with this name.
    Measure(&'static str),
}

impl Key {
    const fn new(name: &'static str, required: bool, form: Form, meaning: &'static str) -> Self {
        Self {
            name,
            required,
            unless: None,
            form,
            meaning,
            example: None,
            is_of_version: false,
        }
    }

    /// A key that must be given.
    pub const fn required(name: &'static str, form: Form, meaning: &'static str) -> Self {
        Self::new(name, true, form, meaning)
    }

    /// A key that may be left out.
    pub const fn optional(name: &'static str, form: Form, meaning: &'static str) -> Self {
        Self::new(name, false, form, meaning)
    }

    /// The key with an example of its own.
    pub const fn like(self, example: &'static str) -> Self {
        Self {
            example: Some(example),
            ..self
        }
    }

    /// The key, which need not be given where another one is.
    pub const fn unless(self, other: &'static str, in_words: &'static str) -> Self {
        Self {
            unless: Some((other, in_words)),
            ..self
        }
    }

    /// The key, not kept from the version that an entry amends.
    pub const fn of_version(self) -> Self {
        Self {
            is_of_version: true,
            ..self
        }
    }

    /// `origins`, which must be given.
    pub const fn origins() -> Self {
        Self::required("origins", Form::Jurisdictions, "where the goods come from, as declared").like("[\"BY\"]")
    }

    /// `destinations`, which must be given.
    pub const fn destinations() -> Self {
        Self::required("destinations", Form::Jurisdictions, "where the goods go, as declared").like("[\"EU\"]")
    }

    /// `nodes`, which may be left out.
    pub const fn nodes(meaning: &'static str) -> Self {
        Self::optional("nodes", Form::Nodes, meaning).like("[\"brest\"]")
    }

    /// `links`, which may be left out.
    pub const fn links(meaning: &'static str) -> Self {
        Self::optional("links", Form::Links, meaning).like("[\"brest-warsaw-rail\"]")
    }

    /// The same key, but it may be left out.
    pub const fn or_any(self) -> Self {
        Self {
            required: false,
            ..self
        }
    }
}

/// A smaller share or rate above zero does next to nothing: it is hardly meant.
pub const LEAST_SHARE: f64 = 1e-4;

impl Form {
    /// A share between zero and one.
    pub const SHARE: Self = Self::number(Domain::Share.usual_fraction(LEAST_SHARE, 1.0), "");

    /// A number without default.
    pub const fn number(range: NumberRange, unit: &'static str) -> Self {
        Self::Number {
            range,
            unit,
            default: None,
        }
    }

    /// A number with a default.
    pub const fn number_or(range: NumberRange, unit: &'static str, default: f64) -> Self {
        Self::Number {
            range,
            unit,
            default: Some(default),
        }
    }
}
