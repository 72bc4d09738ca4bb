//! `[parameters]`: distributions and fixed values for numbers that have a dotted name.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::draft::Draft;
use super::extends::Effective;
use super::idle::Idle;
use super::inherit::TIMES;
use super::kinds::EntryKind;
use super::quantity::{Quantity, is_kind};
use super::register::{Resolved, resolve, warn_unusual};
use super::sheet::ParameterLine;
use super::tree::{TomlItem, TomlValue, quoted};
use super::wire::Placed;
use crate::diagnostic::{Place, nearest};
use crate::model::Slot;
use crate::policy::Form;

/// A parameter whose number exists.
pub(super) struct Parametrised {
    pub slot: Slot,
    /// The name, where it is written.
    pub place: Place,
}

/// A factor on a number.
pub(super) struct PendingFactor {
    slot: Slot,
    factor: f64,
    place: Place,
}

impl Draft<'_> {
    /// Applies `[parameters]`.
    pub fn apply_parameters(&mut self, lines: &[ParameterLine<'_>], effective: &Effective) {
        let overridden = &effective.overridden;
        for line in lines {
            let name = line.key.name.as_str();
            match self.register.numbers.find(name) {
                Some(slot) => self.apply(slot, line, effective),
                None if self.is_out_of_scope(name) => self.idle.push(Idle {
                    place: line.key.place.clone(),
                    message: format!("`{name}` does nothing: it lies outside [scope]"),
                    only_by_scope: true,
                }),
                // Only an inherited line is excused: in the scenario's own file, a name without an entry is a mistake.
                None if starts_with_any(name, overridden) && effective.is_inherited(&line.key.place) => {
                    self.idle.push(Idle {
                        place: line.key.place.clone(),
                        message: format!("`{name}` does nothing: its entry is no longer in effect"),
                        only_by_scope: false,
                    });
                }
                // The numbers of a faulty entry are unknown, and its faults were reported.
                None if starts_with_any(name, &self.faulty) => {}
                None => self.report_unknown_number(line),
            }
        }
    }

    fn apply(&mut self, slot: Slot, line: &ParameterLine<'_>, effective: &Effective) {
        if !self.prevails(slot, line, effective) {
            return;
        }
        let Some(quantity) = line.quantity(self.report) else {
            return;
        };
        self.parametrised.push(Parametrised {
            slot,
            place: line.key.place.clone(),
        });
        if let Some(given) = self.take_factors(slot, quantity) {
            self.give(slot, line, &given);
        }
    }

    /// Puts factors aside until the number is known, and returns what else the line says.
    fn take_factors(&mut self, slot: Slot, quantity: Placed<Quantity>) -> Option<Placed<Quantity>> {
        let Quantity::Times(factor, of) = quantity.value else {
            return Some(quantity);
        };
        self.factors.push(PendingFactor {
            slot,
            factor,
            place: quantity.place,
        });
        of.and_then(|of| self.take_factors(slot, *of))
    }

    fn give(&mut self, slot: Slot, line: &ParameterLine<'_>, quantity: &Placed<Quantity>) {
        let range = self.register.numbers.get(slot).range;
        match resolve(&line.key.name, range, quantity, self.posteriors, self.report) {
            Some(Resolved::Certain(value)) => self.register.fix(slot, value),
            Some(Resolved::Uncertain(distribution)) => {
                self.register.make_uncertain(slot, distribution, quantity.place.clone());
            }
            None => {}
        }
    }

    /// Scales the numbers that lines of `[parameters]` give a factor; after posterior tables, which say what is inherited.
    pub fn apply_factors(&mut self) {
        for PendingFactor { slot, factor, place } in std::mem::take(&mut self.factors) {
            self.register.scale(slot, factor, place.clone());
            self.check_scaled(slot, &format!("{factor} times what is inherited"), place);
        }
    }

    /// Draws numbers that a programme keeps of another one, or gives a factor, together with those of the other.
    pub fn draw_together(&mut self, effective: &Effective) {
        for link in &effective.drawn_together {
            for (slot, place) in self.register.draw_together(link) {
                self.check_scaled(slot, "what is inherited", place);
            }
        }
    }

    fn check_scaled(&mut self, slot: Slot, what: &str, place: Place) {
        let (low, high) = self.register.support(slot);
        let number = self.register.numbers.get(slot);
        if !number.range.domain.contains(low, high) {
            let message = format!(
                "`{}` must be {}, but {what} reaches from {low} to {high}",
                number.name,
                number.range.domain.words()
            );
            self.report.fault(place, message).help("choose a smaller factor");
        } else if let Some(unusual) = self.register.unusual(slot) {
            warn_unusual(&number.name, unusual, &place, self.report);
        }
    }

    /// Whether a line applies to a number whose entry may give it too. The one in the extending file applies; one file
    /// must not give a distribution in the entry and a line as well.
    fn prevails(&mut self, slot: Slot, line: &ParameterLine<'_>, effective: &Effective) -> bool {
        let Some(inline) = self
            .register
            .inline(slot)
            .filter(|_| !effective.varied.contains(&line.key.name))
        else {
            return true;
        };
        let (place, name) = (line.key.place.clone(), &line.key.name);
        match effective.compare(&place, &inline.place) {
            Ordering::Greater => true,
            Ordering::Equal if !inline.is_uncertain => true,
            Ordering::Equal => {
                let message = format!("`{name}` is given here and in its entry, where it has a distribution");
                self.report.fault(place, message).help("keep one of the two");
                false
            }
            Ordering::Less => {
                self.overruled.insert(name.clone());
                self.idle.push(Idle {
                    place,
                    message: format!("`{name}` does nothing: a file that extends this one gives it in its entry"),
                    only_by_scope: false,
                });
                false
            }
        }
    }

    /// Whether `[scope]` leaves out the number of this name: a number of the world, or one that an entry has for a
    /// commodity.
    fn is_out_of_scope(&self, name: &str) -> bool {
        let dropped = &self.world.out_of_scope;
        // Ids may hold dots, so such a name is cut at its key.
        let by_commodity = EntryKind::all().filter_map(EntryKind::instrument).flat_map(|kind| {
            let keys = kind.keys.iter();
            let keys = keys.filter(|key| matches!(key.form, Form::NumberByCommodity { .. }));
            keys.map(|key| (kind.name, key.name))
        });
        let is_dropped = |(kind, key): (&str, &str)| {
            name.strip_prefix(&format!("{kind}."))
                .and_then(|rest| rest.split_once(&format!(".{key}.")))
                .is_some_and(|(_, commodity)| dropped.contains(commodity))
        };
        dropped.contains(name) || by_commodity.into_iter().any(is_dropped)
    }

    fn report_unknown_number(&mut self, line: &ParameterLine<'_>) {
        let name = line.key.name.as_str();
        let help = if let Some(kept) = self.register.name_of_kept(name) {
            format!("the amendment keeps the number of what it amends: \"{kept}\"")
        } else if is_split_name(line.item) {
            format!("put the whole dotted name in quotes: \"{name}.(...)\" = ...")
        } else {
            self.what_was_meant(name)
        };
        self.report
            .fault(line.key.place.clone(), format!("there is no number {}", quoted(name)))
            .help(help);
    }

    /// Help for an unknown name: another number of the same row or entry, or the most similar name.
    fn what_was_meant(&self, name: &str) -> String {
        let known: Vec<&str> = self
            .register
            .numbers
            .iter()
            .map(|(_, number)| number.name.as_str())
            .collect();
        let (stem, key) = name.rsplit_once('.').unwrap_or((name, ""));
        let siblings: Vec<&str> = known
            .iter()
            .filter_map(|known| known.strip_prefix(stem)?.strip_prefix('.'))
            .collect();
        // A key that was begun correctly is a surer guess than one of similar spelling.
        let begun = siblings
            .iter()
            .find(|sibling| !key.is_empty() && sibling.starts_with(key));
        if let Some(sibling) = begun.copied().or_else(|| nearest(key, siblings.iter().copied())) {
            format!("did you mean `{stem}.{sibling}`?")
        } else if !siblings.is_empty() {
            format!("the numbers of `{stem}` are {}", siblings.join(", "))
        } else if let Some(meant) = nearest(name, known) {
            format!("did you mean `{meant}`?")
        } else {
            "names are made of kind, id and key, like \"commodity.potash.route_choice\"".to_owned()
        }
    }
}

/// Whether a value is the table that TOML makes of an unquoted dotted name.
fn is_split_name(item: &TomlItem) -> bool {
    match &item.value {
        TomlValue::Table(table) => table
            .entries
            .iter()
            .all(|(key, _)| !is_kind(&key.name) && key.name != TIMES),
        _ => false,
    }
}

fn starts_with_any(name: &str, starts: &BTreeSet<String>) -> bool {
    starts.iter().any(|start| name.starts_with(start.as_str()))
}
