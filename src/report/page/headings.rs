//! The headings of sections in the state in which the page opens: each states what was found, plain.

use std::collections::BTreeSet;

use super::data::{GainGroup, GainRow, Months};
use super::sentences::{Speaker, gain_rows};
use super::text::{MoneyUnit, capital, count, fixed, month, percent, possessive, the};

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
            return format!("{name} cuts most in the mean, but {rest}");
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
        let sense = f64::from(column.sense);
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
        if sense * loser.4.0 >= 0.0 {
            return format!("No one of the {} loses {}", group.name, column.noun);
        }
        format!(
            "The largest loss of {} is {}, {}",
            column.noun,
            possessive(name(loser)),
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
        let before = self.last_median(0)?.filter(|before| scenario != 0 && *before != 0.0);
        let change = before.map(|before| now / before - 1.0);
        Some(match change {
            None if now == 0.0 => format!("In {when} {WHAT} is nothing"),
            None => format!(
                "In {when} {WHAT} is {} a month",
                MoneyUnit::fitting(now.abs()).amount(now)
            ),
            Some(change) if change.abs() < 0.005 => format!("In {when} {WHAT} is as under the reference"),
            Some(change) => {
                let side = if change < 0.0 { "below" } else { "above" };
                format!("In {when} {WHAT} is {} {side} the reference", percent(change.abs(), 2))
            }
        })
    }

    /// The median of the success in the last month; none if the page does not follow it by month.
    fn last_median(&self, scenario: usize) -> Option<Option<f64>> {
        let levels = &self.data.months.as_ref()?.levels;
        let row = |scenario: usize| levels[scenario].iter().find(|row| (row.0, row.1, row.2) == (0, 0, -1));
        // What is left out is the reference's.
        let row = row(scenario).or_else(|| row(0))?;
        Some(row.5.last().and_then(|last| last.get()))
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
            fixed(list.tried as f64, 0)
        ))
    }
}
