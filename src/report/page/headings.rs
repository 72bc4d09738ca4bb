//! The headings of sections in the state in which the page opens: each states what was found, plain.

use std::collections::BTreeSet;

use super::data::{GainGroup, GainRow, MonthRow, Months};
use super::sentences::{Speaker, gain_rows};
use super::text::{MoneyUnit, capital, count, fixed, month, percent, the};

impl Speaker<'_> {
    fn quoted(&self, scenario: usize) -> String {
        format!("‘{}’", self.data.scenarios[scenario].name)
    }

    /// The heading of the ranking, plain.
    pub fn ranking_heading(&self) -> String {
        const WHAT: &str = "trade around the restrictions";
        let order = self.standings(0);
        let Some(best) = order.first() else {
            return format!("{}: nothing to compare", capital(WHAT));
        };
        if best.mean >= 0.0 {
            return format!("No scenario cuts {WHAT}");
        }
        let scenarios: Vec<usize> = order.iter().map(|each| each.scenario).collect();
        let groups = self.groups(0, &scenarios);
        let starting = |place: usize| {
            let first = scenarios.get(place)?;
            groups.iter().find(|group| group[0] == *first)
        };
        let name = self.quoted(best.scenario);
        if let Some(head) = starting(0) {
            let rest = match head.len() {
                2 => "the next cannot be told apart from it".to_owned(),
                length => format!("the first {} cannot be told apart", count(length)),
            };
            return format!("{name} cuts most on average, but {rest}");
        }
        match starting(1) {
            Some(second) => format!(
                "{name} cuts most; the next {} cannot be told apart",
                count(second.len())
            ),
            None if order.len() == 1 => format!("{name} lowers {WHAT}"),
            None => format!("{name} cuts most"),
        }
    }

    /// The scenario that the page opens with.
    pub fn shown_scenario(&self) -> usize {
        self.standings(0).first().map_or(0, |best| best.scenario)
    }

    /// The heading of gainers and losers, plain.
    pub fn gains_heading(&self, group: &GainGroup) -> String {
        let (scenario, column) = (self.shown_scenario(), &group.columns[0]);
        let rows = gain_rows(group, scenario, 0, 0);
        let name = |row: &GainRow| group.parties[row.2].shown();
        let value = |row: &GainRow| MoneyUnit::fitting(row.4.0.abs()).amount(row.4.0);
        let Some(loser) = rows.first() else {
            return format!("No {} of {} changes", column.noun, group.name);
        };
        if scenario == 0 {
            let most = rows.iter().fold(
                loser,
                |most, row| if row.4.0.abs() > most.4.0.abs() { row } else { most },
            );
            return format!(
                "{} has most {}: {}",
                capital(&the(name(most))),
                column.noun,
                value(most)
            );
        }
        if loser.4.0 >= 0.0 {
            return format!("None of the {} loses {}", group.name, column.noun);
        }
        format!(
            "{} loses most {}: {}",
            capital(&the(name(loser))),
            column.noun,
            value(loser)
        )
    }

    /// The heading of the success month by month, plain.
    pub fn months_heading(&self) -> Option<String> {
        const WHAT: &str = "trade around the restrictions";
        let (scenario, when) = (self.shown_scenario(), month(self.last()));
        let Some(now) = self.last_median(scenario)? else {
            return Some(format!("In {when} there is no {WHAT}"));
        };
        if scenario == 0 || self.last_median(0)?.is_none_or(|before| before == 0.0) {
            if now == 0.0 {
                return Some(format!("In {when} {WHAT} is nothing"));
            }
            let amount = MoneyUnit::fitting(now.abs()).amount(now);
            return Some(format!("In {when} {WHAT} is {amount} a month"));
        }
        let Some((gap, how)) = self.last_difference(scenario) else {
            return Some(format!("In {when} {WHAT} is as under the reference"));
        };
        let (unit, side) = (MoneyUnit::fitting(gap.abs()), if gap < 0.0 { "below" } else { "above" });
        if unit.is_nothing(gap) {
            return Some(format!("In {when} {WHAT} is as under the reference"));
        }
        Some(format!(
            "In {when} {WHAT} is {} a month {side} the reference{how}",
            unit.amount(gap)
        ))
    }

    /// The median of the success in the last month; none if the page does not follow it by month.
    fn last_median(&self, scenario: usize) -> Option<Option<f64>> {
        let levels = &self.data.months.as_ref()?.levels;
        // What is left out is the reference's.
        let row = success(&levels[scenario]).or_else(|| success(&levels[0]))?;
        Some(row.5.last().and_then(|last| last.get()))
    }

    /// The difference of the success from the reference in the last month: the median over the draws, or where they are not paired
    /// that of the two medians; and a word on the latter.
    fn last_difference(&self, scenario: usize) -> Option<(f64, &'static str)> {
        let months = self.data.months.as_ref()?;
        let row = months.differences.as_ref().and_then(|rows| success(&rows[scenario]));
        if let Some(row) = row {
            return Some((row.5.last()?.get()?, ""));
        }
        let gap = self.last_median(scenario)?? - self.last_median(0)??;
        Some((gap, ", median against median"))
    }

    /// The heading of listings, plain.
    pub fn designations_heading(&self) -> Option<String> {
        let scenario = self.shown_scenario();
        let rows = &self.data.designations.as_ref()?.rows[scenario];
        let targets: BTreeSet<usize> = rows.iter().map(|row| row.1).collect();
        if targets.is_empty() {
            return Some(format!("No firms are listed under {}", self.quoted(scenario)));
        }
        let is_likely = |row: &&(usize, usize, Months, Months)| row.3.last().is_some_and(|share| share.0 >= 0.5);
        let likely: BTreeSet<usize> = rows.iter().filter(is_likely).map(|row| row.1).collect();
        let countries = if targets.len() == 1 { "country" } else { "countries" };
        Some(format!(
            "By {} firms of {} of {} {countries} have been listed in most draws",
            month(self.last()),
            count(likely.len()),
            count(targets.len())
        ))
    }

    /// The heading of the basis, plain.
    pub fn basis_heading(&self) -> String {
        let basis = &self.data.basis;
        if let Some(all) = basis.baseline.iter().find(|row| row.good == 0) {
            let share = percent(all.assumed.0, 2);
            return format!("By value, {share} of the trade before the measures is assumed");
        }
        let most = basis.uncertain.iter().map(|(numbers, _)| *numbers).max();
        format!("{} numbers are uncertain", fixed(most.unwrap_or_default() as f64, 0))
    }

    /// The heading of the drivers, plain.
    pub fn drivers_heading(&self) -> Option<String> {
        let lists = &self.data.drivers.as_ref()?.lists;
        let scenario = self.shown_scenario();
        let of = |wanted: &str| {
            lists
                .iter()
                .find(|list| list.scenario == scenario && list.metric == 0 && list.of == wanted)
        };
        let list = of("difference").or_else(|| of("level"))?;
        let clear = list.rows.iter().filter(|(_, rho)| rho.0.abs() > list.chance.0).count();
        let stand = match clear {
            0 => "none stands".to_owned(),
            1 => "one stands".to_owned(),
            clear => format!("{} stand", count(clear)),
        };
        Some(format!(
            "Of {} uncertain numbers, {stand} out from chance",
            fixed(self.data.basis.uncertain[scenario].0 as f64, 0)
        ))
    }
}

/// The row of the success for all goods and ways.
fn success(rows: &[MonthRow]) -> Option<&MonthRow> {
    rows.iter().find(|row| (row.0, row.1, row.2) == (0, 0, -1))
}
