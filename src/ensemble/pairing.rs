//! Which metrics of a scenario are compared with which of the reference.

use std::collections::BTreeMap;
use std::ops::Range;

use super::record::{PeriodRows, RowSpec, TableRows};
use crate::math::simd::Lanes;
use crate::model::{Horizon, ReportPeriod, ResultUnit};
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
    /// Rows whose cells are places of differences: those of `parts`, then totals.
    pub rows: TableRows,
    parts: Vec<PairedPeriods>,
    /// Totals over the months that both have in common: the places of the differences of their months. None of a ratio, for
    /// ratios do not add up: it does not exist.
    totals: Vec<Vec<usize>>,
}

/// Differences that each of some periods has.
#[derive(Clone, Debug)]
struct PairedPeriods {
    /// The place of the first difference of the first period.
    first: usize,
    /// By period, the numbers to add to the cells of both sides.
    periods: Vec<(usize, usize)>,
    /// The differences of a period.
    compared: Vec<Compared>,
}

impl PairedPeriods {
    fn end(&self) -> usize {
        self.first + self.periods.len() * self.compared.len()
    }

    /// The difference of a period at a place within it.
    #[inline]
    fn pair(&self, (first, reference_first): (usize, usize), place: usize) -> Compared {
        let compared = self.compared[place];
        Compared {
            cell: first + compared.cell,
            reference_cell: reference_first + compared.reference_cell,
            ..compared
        }
    }

    /// Shows the differences at some places.
    #[inline]
    fn visit(&self, places: &Range<usize>, mut visit: impl FnMut(usize, Compared)) {
        let mut start = self.first;
        for period in &self.periods {
            let end = start + self.compared.len();
            for place in places.start.max(start)..places.end.min(end) {
                visit(place, self.pair(*period, place - start));
            }
            start = end;
        }
    }
}

impl Pairing {
    /// Compares the metrics of a scenario with the reference's, of the periods that `is_shared` says are the same, and
    /// totals over the months in `common`.
    pub fn new(
        own: &TableRows,
        reference: &TableRows,
        is_shared: impl Fn(ReportPeriod) -> bool,
        common: Option<Horizon>,
    ) -> Self {
        let mut pairing = Self {
            rows: TableRows {
                column: own.column,
                parts: Vec::new(),
            },
            ..Self::default()
        };
        for (own, reference) in own.parts.iter().zip(&reference.parts) {
            pairing.add(own, reference, &is_shared);
        }
        if let Some(common) = common {
            pairing.add_totals(common);
        }
        pairing
    }

    /// How many differences there are.
    pub fn len(&self) -> usize {
        self.cells() + self.totals.len()
    }

    /// How many of them are of one pair of cells.
    fn cells(&self) -> usize {
        self.parts.last().map_or(0, PairedPeriods::end)
    }

    /// Whether nothing is compared.
    pub fn is_empty(&self) -> bool {
        self.cells() == 0
    }

    /// The pair of cells at a place.
    fn pair(&self, place: usize) -> Option<Compared> {
        let part = self.parts.iter().find(|part| place < part.end())?;
        let (place, size) = (place - part.first, part.compared.len());
        Some(part.pair(part.periods[place / size], place % size))
    }

    /// Terms of a difference: one pair of cells, or those of several months; nothing where it does not exist.
    pub fn terms(&self, place: usize) -> Vec<Compared> {
        match self.totals.get(place.wrapping_sub(self.cells())) {
            Some(months) => months.iter().filter_map(|month| self.pair(*month)).collect(),
            None => self.pair(place).into_iter().collect(),
        }
    }

    /// Adds a period to the rows of every month: the total over the months in `common`.
    fn add_totals(&mut self, common: Horizon) {
        let span = ReportPeriod::Span(common.start, common.end().plus(-1));
        let pairs = self.cells();
        for part in &mut self.rows.parts {
            let is_common = |period: ReportPeriod| period.month().is_some_and(|month| common.step(month).is_some());
            let months: Vec<usize> = part
                .periods
                .iter()
                .filter(|(period, _)| is_common(*period))
                .map(|(_, first)| *first)
                .collect();
            if months.len() < common.months {
                continue;
            }
            part.periods.push((span, pairs + self.totals.len()));
            let cells = part.rows.iter().map(|row| row.cell + 1).max().unwrap_or(0);
            let mut totals = vec![Vec::new(); cells];
            for row in part.rows.iter().filter(|row| adds_up(row)) {
                totals[row.cell] = months.iter().map(|first| first + row.cell).collect();
            }
            self.totals.append(&mut totals);
        }
    }

    fn add(&mut self, own: &PeriodRows, reference: &PeriodRows, is_shared: &impl Fn(ReportPeriod) -> bool) {
        let (rows, compared) = compare_rows(&own.rows, &reference.rows);
        let first_place = self.cells();
        let (mut periods, mut firsts) = (Vec::new(), Vec::new());
        for &(period, first) in own.periods.iter().filter(|(period, _)| is_shared(*period)) {
            let counterpart = reference.periods.iter().find(|(other, _)| *other == period);
            let Some((_, reference_first)) = counterpart else {
                continue;
            };
            periods.push((period, first_place + firsts.len() * compared.len()));
            firsts.push((first, *reference_first));
        }
        self.parts.push(PairedPeriods {
            first: first_place,
            periods: firsts,
            compared,
        });
        self.rows.parts.push(PeriodRows { periods, rows });
    }

    /// Writes some differences of a group of draws, both of whose matrices have all cells that are compared.
    pub fn write_differences(&self, own: &DrawMatrix, reference: &DrawMatrix, differences: &mut DrawMatrix) {
        let written = differences.cells();
        let (first, first_of_reference) = (own.cells().start, reference.cells().start);
        let groups = own.groups().zip(reference.groups());
        for (differences, (own, reference)) in differences.groups_mut().zip(groups) {
            let of = |compared: Compared| {
                let own = Lanes::all(compared.scale) * own[compared.cell - first];
                own - Lanes::all(compared.reference_scale) * reference[compared.reference_cell - first_of_reference]
            };
            for part in &self.parts {
                part.visit(&written, |place, compared| {
                    differences[place - written.start] = of(compared);
                });
            }
            for place in written.start.max(self.cells())..written.end {
                let months = &self.totals[place - self.cells()];
                let zero = Lanes::all(if months.is_empty() { f64::NAN } else { 0.0 });
                let months = months.iter().filter_map(|month| self.pair(*month));
                differences[place - written.start] = months.fold(zero, |sum, month| sum + of(month));
            }
        }
    }
}

/// Whether the months of a row add up: amounts do, ratios do not.
fn adds_up(row: &RowSpec) -> bool {
    row.key.last().is_some_and(|unit| ResultUnit::is_of_amounts(unit))
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
        let pairing = Pairing::new(&own, &reference, |_| true, None);
        let compared = |cell, reference_cell| Compared {
            cell,
            scale: 1.0,
            reference_cell,
            reference_scale: 1.0,
        };
        let pairs: Vec<Compared> = (0..pairing.len()).flat_map(|place| pairing.terms(place)).collect();
        assert_eq!(pairs, [compared(100, 54), compared(110, 34)]);
        let rows: Vec<(String, f64)> = pairing.rows.parts[0]
            .rows
            .iter()
            .map(|row| (row.key.join(" "), row.scale))
            .collect();
        assert_eq!(rows, [("direct t".to_owned(), 1.0), ("direct usd".to_owned(), 200.0)]);
        let months_only = Pairing::new(&own, &reference, |period| period == "2022".parse().unwrap(), None);
        assert_eq!((months_only.len(), months_only.terms(0)), (1, vec![compared(110, 34)]));
    }

    #[test]
    fn where_prices_differ_each_side_is_brought_to_its_own_unit() {
        let own = rows(&[("all", 0)], &[("direct usd", 0, 200.0)]);
        let reference = rows(&[("all", 7)], &[("direct usd", 1, 150.0)]);
        let pairing = Pairing::new(&own, &reference, |_| true, None);
        let (mut mine, mut theirs) = (DrawMatrix::zeros(1, 0..1), DrawMatrix::zeros(1, 7..9));
        mine.groups_mut().next().unwrap()[0] = Lanes::all(3.0);
        theirs.groups_mut().next().unwrap()[1] = Lanes::all(2.0);
        let mut differences = DrawMatrix::zeros(1, 0..pairing.len());
        pairing.write_differences(&mine, &theirs, &mut differences);
        assert_eq!(differences.value(0, 0), 3.0 * 200.0 - 2.0 * 150.0);
        assert_eq!(pairing.rows.parts[0].rows[0].scale, 1.0);
    }

    #[test]
    fn common_months_of_amounts_add_up_and_those_of_ratios_do_not_exist() {
        let own = rows(
            &[("2022-01", 0), ("2022-02", 2), ("2022-03", 4)],
            &[("direct usd", 0, 1.0), ("rate share", 1, 1.0)],
        );
        let reference = rows(
            &[("2022-02", 0), ("2022-03", 2), ("2022-04", 4)],
            &[("direct usd", 0, 1.0), ("rate share", 1, 1.0)],
        );
        let common = Horizon {
            start: "2022-02".parse().unwrap(),
            months: 2,
        };
        let pairing = Pairing::new(&own, &reference, ReportPeriod::is_month, Some(common));
        let (span, first) = *pairing.rows.parts[0].periods.last().unwrap();
        assert_eq!((span.to_string().as_str(), first), ("2022-02..2022-03", 4));
        assert_eq!(
            (pairing.len(), pairing.terms(4).len(), pairing.terms(5).len()),
            (6, 2, 0)
        );
        let (mut mine, mut theirs) = (DrawMatrix::zeros(1, 0..6), DrawMatrix::zeros(1, 0..6));
        for place in 0..6 {
            mine.groups_mut().next().unwrap()[place] = Lanes::all(10.0 * place as f64);
            theirs.groups_mut().next().unwrap()[place] = Lanes::all(place as f64);
        }
        let mut differences = DrawMatrix::zeros(1, 0..pairing.len());
        pairing.write_differences(&mine, &theirs, &mut differences);
        assert_eq!(differences.value(0, 4), (20.0 - 0.0) + (40.0 - 2.0));
        assert!(differences.value(0, 5).is_nan());
    }
}
