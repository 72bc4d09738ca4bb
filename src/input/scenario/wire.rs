//! Wire types: the keys of a file and the types of their values, before anything is looked up in a world.
//!
//! A struct declared by [`wire!`] is the only list of the keys of its section: reading, the faults for missing and
//! unknown keys, and the hints all come from it. Each key is read on its own, so that one fault hides no other. A
//! derived deserialiser could give neither that nor the places.

use super::tree::{TomlItem, TomlTable, quoted};
use crate::diagnostic::{Place, Report, nearest};

/// A valid value and where it was written.
#[derive(Clone, Debug)]
pub(in crate::input) struct Placed<T> {
    pub value: T,
    pub place: Place,
}

/// The value of a key.
#[derive(Clone, Debug)]
pub(in crate::input) enum Field<T> {
    Absent,
    /// It cannot be used; this was reported.
    Faulty,
    Given(Placed<T>),
}

impl<T> Field<T> {
    /// The value, unless absent or faulty.
    pub fn given(&self) -> Option<&Placed<T>> {
        match self {
            Self::Given(placed) => Some(placed),
            Self::Absent | Self::Faulty => None,
        }
    }

    /// Whether the key was left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// A type that one value of a file can be read as.
pub(in crate::input) trait Leaf: Sized {
    /// The type in words, for messages that say "expected ...".
    const EXPECTED: &'static str;
    /// A valid example as it is written.
    const EXAMPLE: &'static str;

    /// Reads a value; none with a fault if it is something else.
    fn read(item: &TomlItem, report: &mut Report) -> Option<Self>;

    /// Reports that a value is of another type.
    fn mismatch(item: &TomlItem, report: &mut Report) -> Option<Self> {
        report
            .fault(
                item.place.clone(),
                format!("expected {}, found {}", Self::EXPECTED, item.found()),
            )
            .help(format!("write it like {}", Self::EXAMPLE));
        None
    }
}

/// Reads the value of an item and keeps its place.
pub(in crate::input) fn read_placed<T: Leaf>(item: &TomlItem, report: &mut Report) -> Option<Placed<T>> {
    T::read(item, report).map(|value| Placed {
        value,
        place: item.place.clone(),
    })
}

/// Reads the value of a key, if it is there.
pub(in crate::input) fn read_field<T: Leaf>(table: &TomlTable, key: &str, report: &mut Report) -> Field<T> {
    match table.get(key) {
        None => Field::Absent,
        Some(item) => read_placed(item, report).map_or(Field::Faulty, Field::Given),
    }
}

/// A key of a section.
#[derive(Clone, Copy, Debug)]
pub(in crate::input) struct KeyRule {
    pub name: &'static str,
    pub required: bool,
    /// A valid value.
    pub example: &'static str,
}

/// A struct whose fields are the keys of a section or of an entry.
pub(in crate::input) trait Wire: Sized {
    /// The keys, in the order of their documentation.
    const KEYS: &'static [KeyRule];

    /// Reads the keys of this struct and leaves all others alone.
    fn read(table: &TomlTable, report: &mut Report) -> Self;
}

/// Declares the keys of a section: `required` or `optional`, name and type, and an example if that of the type is not
/// valid for the key.
macro_rules! wire {
    ($($(#[$doc:meta])* $name:ident { $($(#[$key_doc:meta])* $need:ident $key:ident: $leaf:ty $(= $example:expr)?,)* })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(super) struct $name {
            $($(#[$key_doc])* pub $key: $crate::input::scenario::wire::Field<$leaf>,)*
        }

        impl $crate::input::scenario::wire::Wire for $name {
            const KEYS: &'static [$crate::input::scenario::wire::KeyRule] = &[
                $($crate::input::scenario::wire::KeyRule {
                    name: stringify!($key),
                    required: wire!(@is_required $need),
                    example: wire!(@example $leaf $(, $example)?),
                },)*
            ];

            fn read(
                table: &$crate::input::scenario::tree::TomlTable,
                report: &mut $crate::diagnostic::Report,
            ) -> Self {
                Self {
                    $($key: $crate::input::scenario::wire::read_field(table, stringify!($key), report),)*
                }
            }
        }
    )+};
    (@example $leaf:ty) => { <$leaf as $crate::input::scenario::wire::Leaf>::EXAMPLE };
    (@example $leaf:ty, $example:expr) => { $example };
    (@is_required required) => { true };
    (@is_required optional) => { false };
}
pub(in crate::input) use wire;

/// Reports every key of a table that no rule knows; `section` is how the table is written, such as `[horizon]`.
pub(in crate::input) fn check_unknown(table: &TomlTable, rules: &[KeyRule], section: &str, report: &mut Report) {
    check_unknown_with(table, rules, section, super::sections::home_of, report);
}

/// As [`check_unknown`], in files where keys belong elsewhere: `home_of` says where, in words.
pub(in crate::input) fn check_unknown_with(
    table: &TomlTable,
    rules: &[KeyRule],
    section: &str,
    home_of: fn(&str) -> Option<String>,
    report: &mut Report,
) {
    for (key, _) in &table.entries {
        if rules.iter().all(|rule| rule.name != key.name) {
            let known = rules.iter().map(|rule| rule.name);
            report
                .fault(
                    key.place.clone(),
                    format!("unknown key {} in {section}", quoted(&key.name)),
                )
                .help(unknown_help(&key.name, known, home_of));
        }
    }
}

fn unknown_help<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    home_of: fn(&str) -> Option<String>,
) -> String {
    if let Some(meant) = nearest(name, known.clone()) {
        return format!("did you mean `{meant}`?");
    }
    if let Some(home) = home_of(name) {
        return format!("`{name}` belongs {home}");
    }
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    format!("the keys here are {}", known.join(", "))
}

/// Reports every required key that a table lacks, at the header of the table.
///
/// A misspelt key is reported as unknown; the key that was meant is not reported as missing too.
pub(in crate::input) fn check_missing(
    table: &TomlTable,
    rules: &[KeyRule],
    section: &str,
    header: &Place,
    report: &mut Report,
) {
    let known = |name: &str| rules.iter().any(|rule| rule.name == name);
    let misspelt: Vec<&str> = table
        .entries
        .iter()
        .filter(|(key, _)| !known(&key.name))
        .filter_map(|(key, _)| nearest(&key.name, rules.iter().map(|rule| rule.name)))
        .collect();
    for rule in rules.iter().filter(|rule| rule.required) {
        if table.get(rule.name).is_none() && !misspelt.contains(&rule.name) {
            report
                .fault(header.clone(), format!("{section} lacks `{}`", rule.name))
                .help(format!("add a line like `{} = {}`", rule.name, rule.example));
        }
    }
}
