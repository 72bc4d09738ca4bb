//! Which metrics of a scenario are compared with which of the reference.

use std::collections::BTreeMap;
use std::ops::Range;

use super::record::{PeriodRows, RowSpec, TableRows};
use crate::math::lanes::Lanes;
use crate::model::ReportPeriod;
use crate::statistics::Columns;

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
    pub fn differences(&self, own: &Columns, reference: &Columns, held: &Range<usize>) -> Columns {
        let mut differences = Columns::zeros(own.draws(), self.cells.len());
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
