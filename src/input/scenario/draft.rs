//! A scenario while it is resolved: the entries found valid so far, each with its place.

use std::collections::{BTreeMap, BTreeSet};

use super::amend::{Standing, Version};
use super::body::Body;
use super::idle::Idle;
use super::kinds::EntryKind;
use super::layer::Entry;
use super::leaves::{Reference, Text};
use super::lookup::{self, References};
use super::parameters::{Parametrised, PendingFactor};
use super::posterior::Posteriors;
use super::posterior_key::TakenColumns;
use super::register::{Kept, Owner, Register};
use super::sheet::EntryLine;
use super::wire::{Field, Placed};
use crate::diagnostic::{Place, Report};
use crate::model::{Belonging, CommodityIndex, Horizon, Month, Slot, World};
use crate::policy::{Measure, Terms};
use crate::scenario::{Shock, Trend};

/// A model value and the entry it came from.
pub(super) struct Line<T> {
    pub value: T,
    /// The entry's id.
    pub place: Place,
    /// The numbers that it depends on.
    pub slots: Vec<Slot>,
}

/// Entries resolved against a world.
pub(super) struct Draft<'a> {
    pub world: &'a World,
    /// None if `[horizon]` is faulty.
    pub horizon: Option<Horizon>,
    pub register: Register,
    pub measures: Vec<Line<Measure>>,
    pub programmes: Vec<Line<Measure>>,
    pub trends: Vec<Line<Trend>>,
    pub shocks: Vec<Line<Shock>>,
    /// Lines of `[parameters]` whose number exists.
    pub parametrised: Vec<Parametrised>,
    /// Factors of `[parameters]` that are still to be applied.
    pub factors: Vec<PendingFactor>,
    /// The names of lines of `[parameters]` that an entry of a later file overrules.
    pub overruled: BTreeSet<String>,
    /// What numbers take from the table of the key `posterior`; none without the key.
    pub taken: Option<TakenColumns>,
    /// Lines that were found to do nothing.
    pub idle: Vec<Idle>,
    /// The kind of every entry, whether faulty or not, by id.
    pub kinds: BTreeMap<String, EntryKind>,
    /// Ids of measures that others amend.
    pub amended: BTreeSet<String>,
    /// Starts of the dotted names of entries that `[scope]` leaves out.
    pub outside: BTreeSet<String>,
    /// Starts of the dotted names of entries that cannot be used; this was reported.
    pub faulty: BTreeSet<String>,
    pub posteriors: &'a mut Posteriors,
    pub report: &'a mut Report,
}

/// The resolved entries and their numbers, without places.
pub(super) struct Content {
    pub register: Register,
    pub taken: Option<TakenColumns>,
    pub overruled: BTreeSet<String>,
    pub measures: Vec<Measure>,
    pub programmes: Vec<Measure>,
    pub trends: Vec<Trend>,
    pub shocks: Vec<Shock>,
}

/// The order in which entries are resolved.
fn rank(EntryLine { version, body }: &EntryLine<'_>) -> (u8, Option<Month>) {
    match body {
        Body::Trend(..) | Body::Shock(..) => (0, None),
        Body::Measure(terms, _) => {
            // Measures that amend nothing have no month here, so they come first; amendments follow by their start.
            let follows = matches!(version.standing, Standing::Follows(_));
            (1, terms.from.given().map(|from| from.value).filter(|_| follows))
        }
        Body::Programme(..) => (2, None),
    }
}

fn values<T>(lines: Vec<Line<T>>) -> Vec<T> {
    lines.into_iter().map(|line| line.value).collect()
}

impl<'a> Draft<'a> {
    /// A scenario without entries.
    pub fn new(
        world: &'a World,
        horizon: Option<Horizon>,
        posteriors: &'a mut Posteriors,
        report: &'a mut Report,
    ) -> Self {
        Self {
            world,
            horizon,
            register: Register::new(&world.numbers),
            measures: Vec::new(),
            programmes: Vec::new(),
            trends: Vec::new(),
            shocks: Vec::new(),
            parametrised: Vec::new(),
            factors: Vec::new(),
            overruled: BTreeSet::new(),
            taken: None,
            idle: Vec::new(),
            kinds: BTreeMap::new(),
            amended: BTreeSet::new(),
            outside: BTreeSet::new(),
            faulty: BTreeSet::new(),
            posteriors,
            report,
        }
    }

    /// Resolves entries, in the order of their ids, so that nothing depends on the order in the files.
    pub fn add_entries(&mut self, entries: &[EntryLine<'_>]) {
        let mut ordered: Vec<&EntryLine<'_>> = entries.iter().filter(|line| line.version.entry.id.is_some()).collect();
        ordered.sort_by_key(|line| line.name());
        // An id given twice was reported; its second entry would only repeat the names of the first.
        ordered.dedup_by_key(|line| line.name());
        for line in &ordered {
            self.kinds.insert(line.name().to_owned(), line.version.entry.kind);
        }
        // Trends and shocks come before any measure, so that their numbers have the same slots in every scenario that
        // shares them. Amendments come after the measures whose numbers they take over. Programmes come last, because
        // their keys name measures.
        ordered.sort_by_key(|line| rank(line));
        let programmes = ordered.partition_point(|line| !matches!(line.body, Body::Programme(..)));
        self.add_lines(&ordered[..programmes]);
        self.measures
            // Amendments were resolved last; the list is by id again.
            .sort_by(|one, other| one.value.terms.id.cmp(&other.value.terms.id));
        self.add_lines(&ordered[programmes..]);
    }

    fn add_lines(&mut self, lines: &[&EntryLine<'_>]) {
        for line in lines {
            if self.add_entry(line).is_none() {
                self.faulty.extend(line.version.entry.prefix());
            }
        }
    }

    fn add_entry(&mut self, EntryLine { version, body }: &EntryLine<'_>) -> Option<()> {
        let entry = version.entry;
        let kept = match version.standing {
            Standing::First => None,
            Standing::Follows(before) => Some(self.kept(version, before)?),
            Standing::Impossible => return None,
        };
        let id = entry.id.as_ref()?;
        let mut owner = Owner {
            prefix: entry.prefix()?,
            source: "scenario".to_owned(),
            header: entry.header.clone(),
            belongs_to: match body {
                Body::Measure(..) => Belonging::Measure,
                Body::Programme(..) => Belonging::Programme,
                Body::Trend(..) | Body::Shock(..) => Belonging::Background,
            },
            kept,
        };
        let source = match body {
            Body::Measure(terms, _) => &terms.source,
            Body::Programme(terms, _) => &terms.source,
            Body::Trend(_, trend) => &trend.source,
            Body::Shock(terms, _) => &terms.source,
        };
        if let Some(Placed { value: Text(text), .. }) = source.given() {
            owner.source.clone_from(text);
        }
        match body {
            Body::Measure(terms, keys) => {
                self.add_measure(&owner, id, entry.kind.instrument()?, terms, keys)?;
                if let Standing::Follows(before) = version.standing {
                    self.date_back(&id.value, before.name());
                }
                Some(())
            }
            Body::Programme(terms, keys) => self.add_programme(&owner, id, entry.kind.instrument()?, terms, keys),
            Body::Trend(side, trend) => self.add_trend(&owner, id, *side, trend),
            Body::Shock(_, body) => self.add_shock(&owner, id, body),
        }
    }

    /// Gives a version the first announcement of the version before it, which was resolved earlier.
    fn date_back(&mut self, id: &str, before: &str) {
        let find = |id: &str| self.measures.iter().position(|line| line.value.terms.id == id);
        // Either may be left out by the scope, or faulty.
        if let (Some(version), Some(before)) = (find(id), find(before)) {
            self.measures[version].value.terms.first_announced = self.measures[before].value.terms.first_announced;
        }
    }

    /// The numbers that a version takes over from the one before it.
    fn kept(&mut self, version: &Version<'_>, before: &Entry) -> Option<Kept> {
        self.amended.insert(before.name().to_owned());
        Some(Kept {
            prefix: before.prefix()?,
            own_keys: version.own_keys().map(str::to_owned).collect(),
        })
    }

    /// The entries and their numbers.
    pub fn into_content(self) -> Content {
        Content {
            register: self.register,
            taken: self.taken,
            overruled: self.overruled,
            measures: values(self.measures),
            programmes: values(self.programmes),
            trends: values(self.trends),
            shocks: values(self.shocks),
        }
    }

    /// The terms that measures and programmes share; none if any is faulty.
    pub fn terms(&mut self, id: &Placed<String>, written: &WrittenTerms<'_>) -> Option<Terms> {
        let issuer = match written.issuer.given() {
            Some(issuer) => lookup::members(self.world, issuer, self.report),
            None => None,
        };
        let commodities = lookup::commodities(self.world, written.commodities, self.report);
        let ordered = self.check_order(written);
        let from = written.from.given()?;
        let announced = written.announced.given().unwrap_or(from).value;
        Some(Terms {
            id: id.value.clone(),
            issuer: issuer?,
            commodities: commodities?,
            announced,
            first_announced: announced,
            from: ordered.then_some(from.value)?,
            until: written.until.given().map(|until| until.value),
        })
    }

    /// Whether announcement, start and end come in this order.
    fn check_order(&mut self, written: &WrittenTerms<'_>) -> bool {
        let Some(from) = written.from.given() else {
            return false;
        };
        let mut ordered = true;
        if let Some(announced) = written
            .announced
            .given()
            .filter(|announced| announced.value > from.value)
        {
            let message = format!("announced in {}, after it starts in {}", announced.value, from.value);
            self.report
                .fault(announced.place.clone(), message)
                .help("give the month of the announcement, or leave `announced` out");
            ordered = false;
        }
        self.ends_after(from.value, written.until) && ordered
    }

    /// Reports an `until` that does not lie after `from`; whether it is fine.
    pub fn ends_after(&mut self, from: Month, until: &Field<Month>) -> bool {
        let Some(until) = until.given().filter(|until| until.value <= from) else {
            return true;
        };
        let message = if until.value == from {
            format!("ends in {from}, the month in which it starts")
        } else {
            format!("ends in {}, before it starts in {from}", until.value)
        };
        self.report
            .fault(until.place.clone(), message)
            .help("`until` is the first month in which it is no longer in force, so after `from`");
        false
    }

    /// Whether `[scope]` leaves nothing of an entry's commodities; the entry is then noted as idle and dropped.
    pub fn is_outside(&mut self, owner: &Owner, id: &Placed<String>, commodities: &[CommodityIndex]) -> bool {
        if commodities.is_empty() {
            self.drop_outside(owner, id);
        }
        commodities.is_empty()
    }

    /// Notes that an entry bears only on what `[scope]` leaves out.
    pub fn drop_outside(&mut self, owner: &Owner, id: &Placed<String>) {
        self.outside.insert(owner.prefix.clone());
        self.idle.push(Idle {
            place: id.place.clone(),
            message: format!("`{}` does nothing: what it bears on lies outside [scope]", id.value),
            only_by_scope: true,
        });
    }
}

/// The keys that measures and programmes share.
pub(super) struct WrittenTerms<'a> {
    pub issuer: &'a Field<Reference>,
    pub commodities: &'a References,
    pub announced: &'a Field<Month>,
    pub from: &'a Field<Month>,
    pub until: &'a Field<Month>,
}
