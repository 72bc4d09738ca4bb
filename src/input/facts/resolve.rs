//! Turning entries into facts, orders and pictures: ids become positions, and months are checked against the horizon.

use std::collections::BTreeMap;

use super::sections::{AmountTable, FactEntry, HalfTable, OrderEntry, PictureEntry, PlacedEntry, SeriesEntry};
use crate::diagnostic::{Place, Report, Severity};
use crate::input::scenario::leaves::{Id, Reference, Text};
use crate::input::scenario::lookup;
use crate::input::scenario::wire::{Field, Placed};
use crate::model::{Domain, Fact, Facts, Horizon, MonthRange, Order, Picture, Published, Statistic, World};
use crate::scenario::Scenario;

/// The keys that define a statistic, in words.
const STATISTICS: &str = "change, level, mean, offset, excess_share, months_to_half";

/// The position of each id in its list; none for an entry at fault.
type IdPositions = BTreeMap<String, Option<usize>>;

/// Turns the entries of a file of facts into [`Facts`], and reports entries that do not fit together.
pub(super) struct Resolver<'r> {
    pub(super) world: &'r World,
    horizon: Horizon,
    pub(super) report: &'r mut Report,
    series_positions: IdPositions,
    fact_positions: IdPositions,
    pub facts: Facts,
}

impl<'r> Resolver<'r> {
    pub fn new(scenario: &'r Scenario, report: &'r mut Report) -> Self {
        Self {
            world: &scenario.world,
            horizon: scenario.horizon,
            report,
            series_positions: IdPositions::new(),
            fact_positions: IdPositions::new(),
            facts: Facts::default(),
        }
    }

    pub fn add_series(&mut self, entries: &[PlacedEntry<SeriesEntry>]) {
        for entry in entries {
            let series = self.one_series(entry);
            let position = series.is_some().then_some(self.facts.series.len());
            note(
                &mut self.series_positions,
                &entry.keys.id,
                "series",
                position,
                self.report,
            );
            self.facts.series.extend(series);
        }
    }

    pub fn add_facts(&mut self, entries: &[PlacedEntry<FactEntry>]) {
        for entry in entries {
            let fact = self.fact(entry);
            let position = fact.is_some().then_some(self.facts.facts.len());
            note(&mut self.fact_positions, &entry.keys.id, "facts", position, self.report);
            self.facts.facts.extend(fact);
        }
    }

    pub fn add_orders(&mut self, entries: &[PlacedEntry<OrderEntry>]) {
        let mut seen = IdPositions::new();
        for entry in entries {
            // Nothing refers to an order, so its position is not needed; ids given twice are reported.
            note(&mut seen, &entry.keys.id, "orders", None, self.report);
            let order = self.order(&entry.keys);
            self.facts.orders.extend(order);
        }
    }

    pub fn add_pictures(&mut self, entries: &[PlacedEntry<PictureEntry>]) {
        let mut seen = IdPositions::new();
        for entry in entries {
            // Ids name the files of pictures, so they must differ too.
            note(&mut seen, &entry.keys.id, "pictures", None, self.report);
            let picture = self.picture(&entry.keys);
            self.facts.pictures.extend(picture);
        }
    }

    fn fact(&mut self, entry: &PlacedEntry<FactEntry>) -> Option<Fact> {
        let keys = &entry.keys;
        let statistic = self.statistic(keys, &entry.header);
        if let (Some(statistic), Some(published)) = (statistic, keys.observed.given()) {
            self.check_published(statistic, published);
        }
        Some(Fact {
            id: text(&keys.id)?,
            what: words(&keys.what)?,
            statistic: statistic?,
            published: keys.observed.given()?.value,
            source: words(&keys.source)?,
            note: words(&keys.note),
        })
    }

    /// Reports a published number that its statistic cannot have, and warns of one that it hardly has: most are written in
    /// per cent.
    fn check_published(&mut self, statistic: Statistic, published: &Placed<Published>) {
        let range = match statistic {
            Statistic::Change { .. } => Domain::Any.usual_fraction(-1.0, 30.0),
            Statistic::Offset { .. } | Statistic::ExcessShare { .. } => Domain::Any.usual_fraction(-10.0, 10.0),
            Statistic::MonthsToHalf { .. } => Domain::Any.usually(0.0, 120.0),
            Statistic::Level { .. } | Statistic::Mean { .. } => return,
        };
        let ends = [published.value.low, published.value.high];
        let mut finite = ends.into_iter().filter(|end| end.is_finite());
        let Some((value, unusual)) = finite.find_map(|end| Some((end, range.unusual(end)?))) else {
            return;
        };
        // Nothing can fall by more than all of it.
        let is_impossible = matches!(statistic, Statistic::Change { .. }) && value < -1.0;
        let severity = if is_impossible {
            Severity::Fault
        } else {
            Severity::Warning
        };
        let message = format!("the published number {}", unusual.message);
        self.report
            .add(severity, Some(published.place.clone()), message)
            .help(unusual.help);
    }

    fn statistic(&mut self, keys: &FactEntry, header: &Place) -> Option<Statistic> {
        let given = [
            !keys.change.is_absent(),
            !keys.level.is_absent(),
            !keys.mean.is_absent(),
            !keys.offset.is_absent(),
            !keys.excess_share.is_absent(),
            !keys.months_to_half.is_absent(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            self.report
                .fault(header.clone(), "a fact has one definition")
                .help(format!("give exactly one of {STATISTICS}"));
            return None;
        }
        if let Some(change) = keys.change.given() {
            let table = &change.value;
            let of = self.series(&table.of);
            let [months, against] = [&table.months, &table.against].map(|range| self.range(range));
            let (of, months, against) = (of?, months?, against?);
            return Some(Statistic::Change { of, months, against });
        }
        if let Some(level) = keys.level.given() {
            let (of, months, plus) = self.amount(&level.value)?;
            return Some(Statistic::Level { of, months, plus });
        }
        if let Some(mean) = keys.mean.given() {
            let (of, months, plus) = self.amount(&mean.value)?;
            return Some(Statistic::Mean { of, months, plus });
        }
        if let Some(half) = keys.months_to_half.given() {
            return self.months_to_half(&half.value);
        }
        let (of, other, months, against) = if let Some(offset) = keys.offset.given() {
            let table = &offset.value;
            (&table.of, &table.lost, &table.months, &table.against)
        } else {
            let table = &keys.excess_share.given()?.value;
            (&table.of, &table.less, &table.months, &table.against)
        };
        let place = other.given().map(|other| other.place.clone());
        let (of, other) = (self.series(of), self.series(other));
        let [months, against] = [months, against].map(|range| self.range(range));
        let (of, other, months, against) = (of?, other?, months?, against?);
        self.check_units(of, other, place);
        Some(if keys.offset.is_absent() {
            let less = other;
            Statistic::ExcessShare {
                of,
                less,
                months,
                against,
            }
        } else {
            let lost = other;
            Statistic::Offset {
                of,
                lost,
                months,
                against,
            }
        })
    }

    fn check_units(&mut self, one: usize, other: usize, place: Option<Place>) {
        let [one, other] = [one, other].map(|series| &self.facts.series[series]);
        if one.unit != other.unit {
            let units = [one, other].map(|series| format!("`{}` is in {}", series.id, series.unit.name()));
            self.report
                .fault(place, format!("{}, but {}", units[0], units[1]))
                .help("a ratio needs two series in one unit");
        }
    }

    fn amount(&mut self, table: &AmountTable) -> Option<(usize, MonthRange, f64)> {
        let (of, months) = (self.series(&table.of), self.range(&table.months));
        let plus = match &table.plus {
            Field::Absent => 0.0,
            Field::Faulty => return None,
            Field::Given(plus) => plus.value,
        };
        Some((of?, months?, plus))
    }

    fn months_to_half(&mut self, table: &HalfTable) -> Option<Statistic> {
        let of = self.series(&table.of);
        let [end, base] = [&table.end, &table.base].map(|range| self.range(range));
        let from = table.from.given()?;
        let (of, end, base) = (of?, end?, base?);
        if self.horizon.step(from.value).is_none() {
            self.report_outside(&from.place);
            return None;
        }
        if end.first <= from.value {
            self.report
                .fault(from.place.clone(), "`from` is not before `end`")
                .help("months are counted after `from`");
            return None;
        }
        let from = from.value;
        Some(Statistic::MonthsToHalf { of, from, base, end })
    }

    fn order(&mut self, keys: &OrderEntry) -> Option<Order> {
        let list = keys.facts.given()?;
        if list.value.len() < 2 {
            self.report
                .fault(list.place.clone(), "an order has at least two facts")
                .help("name them from the largest to the smallest");
        }
        let positions = &self.fact_positions;
        let found: Vec<Option<usize>> = list
            .value
            .iter()
            .map(|id| find("fact", positions, id, self.report))
            .collect();
        Some(Order {
            id: text(&keys.id)?,
            what: words(&keys.what)?,
            facts: found.into_iter().collect::<Option<_>>()?,
            note: words(&keys.note),
        })
    }

    fn picture(&mut self, keys: &PictureEntry) -> Option<Picture> {
        let (series, months) = (self.series(&keys.series), self.range(&keys.months));
        Some(Picture {
            id: text(&keys.id)?,
            title: words(&keys.title)?,
            series: series?,
            months: months?,
        })
    }

    fn series(&mut self, id: &Field<Reference>) -> Option<usize> {
        find("series", &self.series_positions, id.given()?, self.report)
    }

    /// A range of months, all of which must be simulated.
    fn range(&mut self, range: &Field<MonthRange>) -> Option<MonthRange> {
        let range = range.given()?;
        let MonthRange { first, last } = range.value;
        if self.horizon.step(first).is_none() || self.horizon.step(last).is_none() {
            self.report_outside(&range.place);
            return None;
        }
        Some(range.value)
    }

    fn report_outside(&mut self, place: &Place) {
        let (first, last) = (self.horizon.start, self.horizon.end().plus(-1));
        self.report
            .fault(place.clone(), "these months are not all simulated")
            .help(format!("the scenario's horizon is {first} to {last}"));
    }
}

/// Remembers the position of an id. An id given twice is reported.
fn note(positions: &mut IdPositions, id: &Field<Id>, what: &str, position: Option<usize>, report: &mut Report) {
    let Some(id) = id.given() else { return };
    if positions.insert(id.value.0.clone(), position).is_some() {
        report.fault(
            id.place.clone(),
            format!("there are two {what} called `{}`", id.value.0),
        );
    }
}

/// The position of an id. None if the id is unknown, which is reported, or its entry is at fault.
fn find(what: &str, positions: &IdPositions, id: &Placed<Reference>, report: &mut Report) -> Option<usize> {
    if let Some(position) = positions.get(&id.value.0) {
        return *position;
    }
    lookup::report_unknown(what, id, positions.keys().map(String::as_str), report);
    None
}

pub(super) fn text(id: &Field<Id>) -> Option<String> {
    id.given().map(|id| id.value.0.clone())
}

fn words(text: &Field<Text>) -> Option<String> {
    text.given().map(|text| text.value.0.clone())
}
