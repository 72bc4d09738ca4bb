//! The rows of a table without a copy for each period: most tables have the same rows in every month.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::ReportPeriod;

/// One reported quantity: its key columns, its cell, and the factor from the cell's unit to the row's.
#[derive(Clone, Debug)]
pub struct RowSpec {
    pub key: Vec<String>,
    pub cell: usize,
    pub scale: f64,
}

/// Rows that each of some periods has.
#[derive(Clone, Debug, Default)]
pub struct PeriodRows {
    /// Periods, each with the number to add to the cells of its rows.
    pub periods: Vec<(ReportPeriod, usize)>,
    /// Rows with keys that lack the period.
    pub rows: Vec<RowSpec>,
}

impl PeriodRows {
    /// The number to add to the cells of rows in a period, if it has the period.
    fn first_of(&self, period: ReportPeriod) -> Option<usize> {
        self.periods.iter().find(|of| of.0 == period).map(|of| of.1)
    }
}

/// The rows of a table.
#[derive(Clone, Debug, Default)]
pub struct TableRows {
    /// Column of the period.
    pub column: usize,
    /// No two have rows whose keys and periods are the same.
    pub parts: Vec<PeriodRows>,
}

impl TableRows {
    /// The cell of the whole run that corresponds to a cell of another period, if its rows have one.
    pub fn whole_run_of(&self, cell: usize) -> Option<usize> {
        self.parts.iter().find_map(|part| {
            let cells = part.rows.iter().map(|row| row.cell + 1).max()?;
            let of_cell = part.periods.iter().find(|of| (of.1..of.1 + cells).contains(&cell))?;
            Some(part.first_of(ReportPeriod::WholeRun)? + cell - of_cell.1)
        })
    }

    /// Without the rows of single months.
    pub fn without_months(mut self) -> Self {
        for part in &mut self.parts {
            part.periods.retain(|(period, _)| !period.is_month());
        }
        self
    }

    /// The rows of single months alone.
    pub fn only_months(mut self) -> Self {
        for part in &mut self.parts {
            part.periods.retain(|(period, _)| period.is_month());
        }
        self
    }

    /// Without the first periods of each part.
    pub fn without_first(mut self, periods: usize) -> Self {
        for part in &mut self.parts {
            part.periods.drain(..periods.min(part.periods.len()));
        }
        self
    }

    /// Calls `visit` with key, cell and scale of every row, in the order of keys.
    ///
    /// # Errors
    /// The first that `visit` returns.
    pub fn try_for_each<E>(&self, mut visit: impl FnMut(&[&str], usize, f64) -> Result<(), E>) -> Result<(), E> {
        // By the keys before the period; rows of several parts may share them.
        let mut groups: BTreeMap<&[String], Vec<(usize, &RowSpec)>> = BTreeMap::new();
        for (part, rows) in self.parts.iter().enumerate() {
            for row in &rows.rows {
                groups.entry(&row.key[..self.column]).or_default().push((part, row));
            }
        }
        let periods: BTreeSet<ReportPeriod> = self
            .parts
            .iter()
            .flat_map(|part| &part.periods)
            .map(|of| of.0)
            .collect();
        for (before, mut rows) in groups {
            rows.sort_unstable_by_key(|(_, row)| &row.key);
            for period in &periods {
                let firsts: Vec<Option<usize>> = self.parts.iter().map(|part| part.first_of(*period)).collect();
                let period = period.to_string();
                let mut key: Vec<&str> = Vec::new();
                for &(part, row) in &rows {
                    let Some(first) = firsts[part] else { continue };
                    key.clear();
                    key.extend(before.iter().map(String::as_str));
                    key.push(&period);
                    key.extend(row.key[self.column..].iter().map(String::as_str));
                    visit(&key, first + row.cell, row.scale)?;
                }
            }
        }
        Ok(())
    }

    /// Every row with its key, in the order of keys: for a few lookups, for it takes memory.
    pub fn to_specs(&self) -> Vec<RowSpec> {
        let mut specs = Vec::new();
        let done: Result<(), std::convert::Infallible> = self.try_for_each(|key, cell, scale| {
            let key = key.iter().map(|&column| column.to_owned()).collect();
            specs.push(RowSpec { key, cell, scale });
            Ok(())
        });
        match done {
            Ok(()) => specs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &[&str], cell: usize) -> RowSpec {
        let key = key.iter().map(|&column| column.to_owned()).collect();
        RowSpec { key, cell, scale: 1.0 }
    }

    #[test]
    fn rows_come_in_the_order_of_keys_with_the_period_among_them() {
        let monthly = PeriodRows {
            periods: vec![(ReportPeriod::WholeRun, 20), (ReportPeriod::year(2021), 10)],
            rows: vec![
                row(&["seized", "usd"], 1),
                row(&["seized", "t"], 0),
                row(&["direct", "t"], 2),
            ],
        };
        let whole = PeriodRows {
            periods: vec![(ReportPeriod::WholeRun, 30)],
            rows: vec![row(&["first", "months"], 0)],
        };
        let table = TableRows {
            column: 1,
            parts: vec![monthly, whole],
        };
        let found: Vec<(String, usize)> = table
            .to_specs()
            .into_iter()
            .map(|row| (row.key.join(" "), row.cell))
            .collect();
        let expected = [
            ("direct 2021 t", 12),
            ("direct all t", 22),
            ("first all months", 30),
            ("seized 2021 t", 10),
            ("seized 2021 usd", 11),
            ("seized all t", 20),
            ("seized all usd", 21),
        ];
        assert_eq!(found, expected.map(|(key, cell)| (key.to_owned(), cell)));
    }
}
