//! The numbers of a world while they are registered, each under its dotted name.

use std::collections::BTreeMap;

use super::entries::CorridorEntry;
use super::ranges;
use crate::model::{Belonging, Mode, Number, NumberRange, Numbers, Slot};

/// The numbers registered so far.
#[derive(Default)]
pub(super) struct NumberBuilder {
    pub built: Numbers,
    /// The slots that the routes of a named corridor share, by its id.
    corridors: BTreeMap<String, Slot>,
}

impl NumberBuilder {
    /// Starts on the numbers of one row: `kind` and `id` begin their names.
    pub fn row<'s>(&'s mut self, kind: &'s str, id: &'s str, source: &'s str) -> RowNumbers<'s> {
        RowNumbers {
            builder: self,
            kind,
            id,
            source,
        }
    }

    /// The index of a mode's cost, one unless a scenario says otherwise.
    pub fn mode_cost_index(&mut self, mode: Mode) -> Slot {
        self.row("mode", mode.name(), "by definition")
            .add("cost_index", 1.0, ranges::COST_INDEX, "")
    }

    /// The extra cost that all routes of a named corridor share, USD per tonne.
    pub fn corridor_extra_cost(&mut self, id: &str, corridor: &CorridorEntry) -> Slot {
        if let Some(&known) = self.corridors.get(id) {
            return known;
        }
        let slot = self
            .row("corridor", id, &corridor.source)
            .extra_cost(corridor.corridor.extra_cost);
        self.corridors.insert(id.to_owned(), slot);
        slot
    }
}

/// The numbers of one row.
pub(super) struct RowNumbers<'s> {
    builder: &'s mut NumberBuilder,
    kind: &'s str,
    id: &'s str,
    source: &'s str,
}

impl RowNumbers<'_> {
    /// Registers `KIND.ID.key`.
    pub fn add(&mut self, key: &str, value: f64, range: NumberRange, unit: &'static str) -> Slot {
        self.builder.built.add(Number {
            name: format!("{}.{}.{key}", self.kind, self.id),
            value,
            range,
            unit,
            source: self.source.to_owned(),
            belongs_to: Belonging::World,
        })
    }

    /// Registers a number that has a default where its cell is blank.
    pub fn add_or(
        &mut self,
        key: &str,
        value: Option<f64>,
        default: f64,
        range: NumberRange,
        unit: &'static str,
    ) -> Slot {
        let written = self.source;
        // A default does not come from the source of the row: `provenance` counts it as assumed.
        self.source = if value.is_some() { written } else { "default" };
        let slot = self.add(key, value.unwrap_or(default), range, unit);
        self.source = written;
        slot
    }

    /// Registers a cost beyond freight and time, USD per tonne; an advantage is negative.
    pub fn extra_cost(&mut self, value: f64) -> Slot {
        self.add("extra_cost_usd_per_t", value, ranges::EXTRA_COST, "USD/t")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_called_by_kind_id_and_key() {
        let mut builder = NumberBuilder::default();
        let slot = builder
            .row("link", "west", "OSM")
            .add("days", 3.0, ranges::DAYS, "days");
        let number = builder.built.get(slot);
        assert_eq!((number.name.as_str(), number.value), ("link.west.days", 3.0));
        assert_eq!((number.unit, number.source.as_str()), ("days", "OSM"));
    }

    #[test]
    fn a_blank_cell_takes_the_default_and_says_so_but_its_row_keeps_its_source() {
        let mut builder = NumberBuilder::default();
        let mut row = builder.row("capacity", "port", "UN");
        let slots = [
            row.add_or("cover", None, 0.25, ranges::COVER, ""),
            row.add_or("decay_per_month", Some(0.5), 0.05, ranges::DECAY, ""),
        ];
        let [blank, written] = slots.map(|slot| builder.built.get(slot));
        assert_eq!((blank.value, blank.source.as_str()), (0.25, "default"));
        assert_eq!((written.value, written.source.as_str()), (0.5, "UN"));
    }

    #[test]
    fn every_mode_costs_what_its_links_say() {
        let mut builder = NumberBuilder::default();
        let slot = builder.mode_cost_index(Mode::Sea);
        let index = builder.built.get(slot);
        assert_eq!((index.name.as_str(), index.value), ("mode.sea.cost_index", 1.0));
    }
}
