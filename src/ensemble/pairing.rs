//! Which metrics of a scenario are compared with which of the reference.

use std::collections::BTreeMap;
use std::ops::Range;

use super::record::{PeriodRows, RowSpec, TableRows};
use crate::math::simd::Lanes;
use crate::model::ReportPeriod;
use crate::statistics::DrawMatrix;

/// A difference of two cells, each brought to the unit of the rows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Compared {
    pub cell: usize,
    pub scale: f64,
    pub reference_cell: usize,
    pub reference_scale: f64,
}

/// The rows of metrics that a scenario and the reference both have.
#[derive(Clone, Debug, Default)]
pub struct Pairing {
    /// Rows whose cells are places in `cells`.
    pub rows: TableRows,
    pub cells: Vec<Compared>,
}

impl Pairing {
    /// Compares the metrics of a scenario with the reference's, of the periods that `is_shared` says are the same.
    pub fn new(own: &TableRows, reference: &TableRows, is_shared: impl Fn(ReportPeriod) -> bool) -> Self {
        let mut pairing = Self {
            rows: TableRows {
                column: own.column,
                parts: Vec::new(),
            },
            cells: Vec::new(),
        };
        for (own, reference) in own.parts.iter().zip(&reference.parts) {
            pairing.add(own, reference, &is_shared);
        }
        pairing
    }

    fn add(&mut self, own: &PeriodRows, reference: &PeriodRows, is_shared: &impl Fn(ReportPeriod) -> bool) {
        let (rows, compared) = compare_rows(&own.rows, &reference.rows);
        let mut periods = Vec::new();
        for &(period, first) in own.periods.iter().filter(|(period, _)| is_shared(*period)) {
            let counterpart = reference.periods.iter().find(|(other, _)| *other == period);
            let Some((_, reference_first)) = counterpart else {
                continue;
            };
            periods.push((period, self.cells.len()));
            self.cells.extend(compared.iter().map(|compared| Compared {
                cell: first + compared.cell,
                reference_cell: reference_first + compared.reference_cell,
                ..*compared
            }));
        }
        self.rows.parts.push(PeriodRows { periods, rows });
    }

    /// Differences of a group of draws. `own` has all cells of the scenario, `reference` the cells `held` of the reference.
    pub fn differences(&self, own: &DrawMatrix, reference: &DrawMatrix, held: &Range<usize>) -> DrawMatrix {
        let mut differences = DrawMatrix::zeros(own.draws(), self.cells.len());
        let groups = own.groups().zip(reference.groups());
        for (differences, (own, reference)) in differences.groups_mut().zip(groups) {
            for (difference, compared) in differences.iter_mut().zip(&self.cells) {
                let own = Lanes::all(compared.scale) * own[compared.cell];
                let reference = reference[compared.reference_cell - held.start];
                *difference = own - Lanes::all(compared.reference_scale) * reference;
            }
        }
        differences
    }
}

/// The rows of a period that both have, and what they compare, within the period.
fn compare_rows(own: &[RowSpec], reference: &[RowSpec]) -> (Vec<RowSpec>, Vec<Compared>) {
    let known: BTreeMap<&[String], &RowSpec> = reference.iter().map(|row| (row.key.as_slice(), row)).collect();
    let mut places: BTreeMap<(usize, u64, usize, u64), usize> = BTreeMap::new();
    let (mut rows, mut cells) = (Vec::new(), Vec::new());
    for row in own {
        let Some(counterpart) = known.get(row.key.as_slice()) else {
            continue;
        };
        // Rows of one cell differ by a factor only: where it is the same on both sides, one difference serves them.
        let shared = row.scale == counterpart.scale;
        let (scale, reference_scale) = if shared {
            (1.0, 1.0)
        } else {
            (row.scale, counterpart.scale)
        };
        let key = (row.cell, scale.to_bits(), counterpart.cell, reference_scale.to_bits());
        let cell = *places.entry(key).or_insert_with(|| {
            cells.push(Compared {
                cell: row.cell,
                scale,
                reference_cell: counterpart.cell,
                reference_scale,
            });
            cells.len() - 1
        });
        rows.push(RowSpec {
            key: row.key.clone(),
            cell,
            scale: if shared { row.scale } else { 1.0 },
        });
    }
    (rows, cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(first: &[(&str, usize)], keys: &[(&str, usize, f64)]) -> TableRows {
        let row = |&(key, cell, scale): &(&str, usize, f64)| RowSpec {
            key: key.split(' ').map(str::to_owned).collect(),
            cell,
            scale,
        };
        TableRows {
            column: 1,
            parts: vec![PeriodRows {
                periods: first
                    .iter()
                    .map(|&(name, first)| (name.parse().unwrap(), first))
                    .collect(),
                rows: keys.iter().map(row).collect(),
            }],
        }
    }

    #[test]
    fn rows_that_both_have_are_compared_and_one_difference_serves_rows_of_one_cell() {
        let own = rows(
            &[("all", 100), ("2022", 110)],
            &[("direct t", 0, 1.0), ("direct usd", 0, 200.0), ("new t", 1, 1.0)],
        );
        let reference = rows(
            &[("2022", 30), ("all", 50)],
            &[("direct usd", 4, 200.0), ("direct t", 4, 1.0)],
        );
        let pairing = Pairing::new(&own, &reference, |_| true);
        let compared = |cell, reference_cell| Compared {
            cell,
            scale: 1.0,
            reference_cell,
            reference_scale: 1.0,
        };
        assert_eq!(pairing.cells, [compared(100, 54), compared(110, 34)]);
        let rows: Vec<(String, f64)> = pairing.rows.parts[0]
            .rows
            .iter()
            .map(|row| (row.key.join(" "), row.scale))
            .collect();
        assert_eq!(rows, [("direct t".to_owned(), 1.0), ("direct usd".to_owned(), 200.0)]);
        let months_only = Pairing::new(&own, &reference, |period| period == "2022".parse().unwrap());
        assert_eq!(months_only.cells, [compared(110, 34)]);
    }

    #[test]
    fn where_prices_differ_each_side_is_brought_to_its_own_unit() {
        let own = rows(&[("all", 0)], &[("direct usd", 0, 200.0)]);
        let reference = rows(&[("all", 7)], &[("direct usd", 1, 150.0)]);
        let pairing = Pairing::new(&own, &reference, |_| true);
        let (mut mine, mut theirs) = (DrawMatrix::zeros(1, 1), DrawMatrix::zeros(1, 2));
        mine.groups_mut().next().unwrap()[0] = Lanes::all(3.0);
        theirs.groups_mut().next().unwrap()[1] = Lanes::all(2.0);
        let differences = pairing.differences(&mine, &theirs, &(7..9));
        assert_eq!(differences.value(0, 0), 3.0 * 200.0 - 2.0 * 150.0);
        assert_eq!(pairing.rows.parts[0].rows[0].scale, 1.0);
    }
}
