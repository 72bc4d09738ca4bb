//! The key `posterior`: a table of draws in place of the distributions of numbers.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::draft::Draft;
use super::extends::Effective;
use super::posterior::{PosteriorTable, report_without_rows};
use super::register::Register;
use super::tree::quoted;
use crate::diagnostic::{Place, Report};
use crate::model::Slot;
use crate::scenario::{PosteriorUse, Scenario};

/// What a scenario takes from the table of its key `posterior`.
pub(super) struct TakenColumns {
    /// Where the table is named.
    pub place: Place,
    /// The numbers that take their column.
    pub names: BTreeSet<String>,
}

impl Draft<'_> {
    /// Gives uncertain numbers their column of the table that the scenario names, if it names one.
    pub fn apply_posterior(&mut self, effective: &Effective) {
        let Some(key) = &effective.posterior else { return };
        let (written, place) = (key.value.0.as_str(), &key.place);
        let Some(table) = self.posteriors.table(written, place, self.report) else {
            return;
        };
        if table.is_empty() {
            report_without_rows(written, place, self.report);
            return;
        }
        let numbers = &self.register.numbers;
        let columns: Vec<(Slot, usize)> = table
            .names()
            .filter_map(|(name, column)| Some((numbers.find(name)?, column)))
            .collect();
        // The numbers of a faulty entry are unknown, and its faults were reported.
        if columns.is_empty() && self.faulty.is_empty() {
            self.report
                .fault(
                    place.clone(),
                    format!("no column of {} is a number of this scenario", quoted(written)),
                )
                .help("its columns are named like the numbers that `roundabout schema SCENARIO` lists");
        }
        let mut names = BTreeSet::new();
        for (slot, column) in columns {
            if !takes_column(&self.register, slot, place, effective) {
                continue;
            }
            let number = self.register.numbers.get(slot);
            if let Some(distribution) = table.within(column, number.range, self.report) {
                names.insert(number.name.clone());
                self.register.make_uncertain(slot, distribution, place.clone());
            }
        }
        let place = place.clone();
        self.taken = Some(TakenColumns { place, names });
    }
}

/// Whether a number is uncertain by the file that states the key at `place`, or by one that this file extends.
fn takes_column(register: &Register, slot: Slot, place: &Place, effective: &Effective) -> bool {
    let Some((parameter, stated)) = register.uncertain(slot) else {
        return false;
    };
    if effective.varied.contains(&parameter.name) {
        return false;
    }
    match effective.compare(stated, place) {
        Ordering::Less => true,
        // A line that names a table itself says more than the key beside it.
        Ordering::Equal => parameter.distribution.shared_stream().is_none(),
        Ordering::Greater => false,
    }
}

/// Gives the uncertain numbers of a scenario their column of a table that the command line names. None if that added faults to the
/// report; a table without a column for any of them is one.
pub fn apply_posterior_table(scenario: &mut Scenario, path: &Path, report: &mut Report) -> Option<()> {
    let mut table = PosteriorTable::read(path, report)?;
    let columns: BTreeMap<String, usize> = table.names().map(|(name, column)| (name.to_owned(), column)).collect();
    let (mut taken, mut sound) = (0, true);
    for parameter in &mut scenario.parameters {
        let Some(&column) = columns.get(&parameter.name) else {
            continue;
        };
        let range = scenario.numbers.get(parameter.slot).range;
        match table.within(column, range, report) {
            Some(distribution) => {
                scenario.numbers.set(parameter.slot, distribution.median());
                parameter.distribution = distribution;
                taken += 1;
            }
            None => sound = false,
        }
    }
    if taken == 0 && sound {
        report
            .fault(
                None,
                format!("no column of {} is a number of this scenario", path.display()),
            )
            .help("its columns are named like the numbers that `roundabout schema SCENARIO` lists");
        sound = false;
    }
    scenario.posterior = PosteriorUse::Taken {
        table: path.display().to_string(),
        numbers: taken,
    };
    (sound && taken > 0).then_some(())
}
