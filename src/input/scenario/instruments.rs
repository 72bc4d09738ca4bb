//! Resolves measures and programmes: reads their terms, and builds their instruments from the keys that their kinds
//! declare.

use super::body::{WrittenKeys, WrittenValue};
use super::draft::{Draft, Line, WrittenTerms};
use super::instrument_keys::{EntryContext, slots_of};
use super::leaves::{Reference, Text};
use super::lookup::{self, References};
use super::register::Owner;
use super::sections::{MeasureTerms, ProgrammeTerms};
use super::wire::{Field, Placed};
use crate::model::{JurisdictionIndex, Month};
use crate::policy::{Given, InstrumentKind, Measure, MeasureLabel, Terms, Value};

impl Draft<'_> {
    /// Adds a measure, or notes that `[scope]` leaves it out; none if it is faulty.
    pub fn add_measure(
        &mut self,
        owner: &Owner,
        id: &Placed<String>,
        kind: &'static InstrumentKind,
        written: &MeasureTerms,
        keys: &WrittenKeys,
    ) -> Option<()> {
        let terms = self.terms(
            id,
            &WrittenTerms {
                issuer: &written.issuer,
                commodities: &written.commodities,
                announced: &written.announced,
                from: &written.from,
                until: &written.until,
            },
        );
        let label = label(kind, &written.issuer, None, &written.source, keys);
        let line = self.instrument(
            owner,
            id,
            label,
            (terms, Some(Vec::new()), &written.commodities),
            (kind, keys),
        )?;
        self.measures.extend(line);
        Some(())
    }

    /// Adds a programme, or notes that `[scope]` leaves it out; none if it is faulty.
    pub fn add_programme(
        &mut self,
        owner: &Owner,
        id: &Placed<String>,
        kind: &'static InstrumentKind,
        written: &ProgrammeTerms,
        keys: &WrittenKeys,
    ) -> Option<()> {
        let start = if kind.stands_from_announcement {
            self.start_of_announced(owner, kind, written)
        } else {
            written.from.clone()
        };
        let terms = self.terms(
            id,
            &WrittenTerms {
                issuer: &written.issuer,
                commodities: &written.commodities,
                announced: &written.announced,
                from: &start,
                until: &written.until,
            },
        );
        let targets = lookup::jurisdictions(self.world, &written.targets, self.report);
        let label = label(kind, &written.issuer, written.targets.given(), &written.source, keys);
        let line = self.instrument(owner, id, label, (terms, targets, &written.commodities), (kind, keys))?;
        self.programmes.extend(line);
        Some(())
    }

    /// The start of a programme that is in force from its announcement: `announced` and `from` are one month, and
    /// either key gives it.
    fn start_of_announced(&mut self, owner: &Owner, kind: &InstrumentKind, written: &ProgrammeTerms) -> Field<Month> {
        match (&written.announced, &written.from) {
            (Field::Absent, Field::Absent) => {
                self.report
                    .fault(
                        owner.header.clone(),
                        format!("[[secondary.{}]] lacks `announced`", kind.name),
                    )
                    .help("add a line like `announced = \"2022-03\"`");
                Field::Faulty
            }
            (Field::Given(announced), Field::Given(from)) if announced.value != from.value => {
                let message = format!(
                    "a {} stands from its announcement in {}, not from {}",
                    kind.name, announced.value, from.value
                );
                self.report
                    .fault(from.place.clone(), message)
                    .help("leave one of `announced` and `from` out");
                Field::Faulty
            }
            (announced, Field::Absent) => announced.clone(),
            (_, from) => from.clone(),
        }
    }

    /// The line of a measure or programme; `Some(None)` if `[scope]` leaves it out, none if it is faulty.
    fn instrument(
        &mut self,
        owner: &Owner,
        id: &Placed<String>,
        label: MeasureLabel,
        (terms, targets, listed): (Option<Terms>, Option<Vec<JurisdictionIndex>>, &References),
        (kind, keys): (&'static InstrumentKind, &WrittenKeys),
    ) -> Option<Option<Line<Measure>>> {
        let entry = EntryContext {
            owner,
            kind,
            terms: terms.as_ref(),
            targets: targets.as_deref(),
            listed,
        };
        let values = self.resolve_keys(&entry, kind.keys, "", keys);
        let is_any = |is: fn(&Value) -> bool| values.values().any(is);
        let is_outside = is_any(|value| matches!(value, Value::OutOfScope));
        let is_faulty = is_any(|value| matches!(value, Value::Faulty));
        let slots = values.values().flat_map(slots_of).collect();
        // The kind checks its keys against each other even where one is faulty, so that all faults are reported at
        // once.
        let aimed_at = targets.as_deref().unwrap_or_default();
        let instrument = (kind.build)(&mut Given::new(values, aimed_at, owner.header.clone(), self.report));
        let (mut terms, targets) = (terms?, targets?);
        // The scope excuses an entry only if nothing else is wrong with it.
        if is_outside && !is_faulty {
            self.drop_outside(owner, id);
            return Some(None);
        }
        let instrument = instrument?;
        // The kind's own keys name commodities, so it bears on these alone, whatever its terms list.
        if let Some(goods) = instrument.goods() {
            terms.commodities = goods;
        }
        if self.is_outside(owner, id, &terms.commodities) {
            return Some(None);
        }
        let value = Measure {
            terms,
            targets,
            instrument,
            label,
        };
        Some(Some(Line {
            value,
            place: id.place.clone(),
            slots,
        }))
    }
}

/// The entry as its file states it.
fn label(
    kind: &InstrumentKind,
    issuer: &Field<Reference>,
    targets: Option<&Placed<Vec<Placed<Reference>>>>,
    source: &Field<Text>,
    keys: &WrittenKeys,
) -> MeasureLabel {
    let names = |list: &[Placed<Reference>]| list.iter().map(|id| id.value.0.clone()).collect();
    let key = |name: &str| match keys.get(name).and_then(Field::given) {
        Some(Placed {
            value: WrittenValue::References(list),
            ..
        }) => names(list),
        _ => Vec::new(),
    };
    MeasureLabel {
        kind: kind.name,
        issuer: issuer.given().map_or(String::new(), |issuer| issuer.value.0.clone()),
        origins: key("origins"),
        destinations: key("destinations"),
        targets: targets.map_or(Vec::new(), |targets| names(&targets.value)),
        source: source.given().map(|source| source.value.0.clone()),
    }
}
