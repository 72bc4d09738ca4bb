//! Tables over a whole batch: the headline metrics of every scenario, and the differences from the reference.

use std::io;

use super::replace::FileKind;
use super::result_table::{ResultTable, RowWriter};
use super::schema;
use crate::ensemble::{Batch, BatchScenario, Finished};
use crate::metrics::{GENUINE_TRADE_LOST, TARGET_LOSS};
use crate::model::{ALL, ReportPeriod, ResultUnit};
use crate::statistics::{Collected, Summary};

/// How a file shows that it is a table of the headline metrics of a batch.
pub fn summary_kind() -> FileKind {
    FileKind::csv("a table of headline metrics", &schema::SUMMARY.header())
}

/// How a file shows that it is a table of the differences within a batch.
pub fn comparison_kind() -> FileKind {
    FileKind::csv("a table of differences within a batch", &schema::COMPARISON.header())
}

/// `summary.csv`: scenario and headline metrics.
pub fn summary_table<'a>(finished: &[(&'a BatchScenario, &'a Finished)]) -> ResultTable<'a> {
    let mut lines = Vec::new();
    for &(entry, finished) in finished {
        for (metric, unit, cell) in entry.layout.headlines() {
            lines.push((&entry.model.plan.scenario.name, metric, unit, cell, &finished.collected));
        }
    }
    lines.sort_by_key(|&(name, metric, unit, ..)| (name, metric, unit));
    ResultTable::new(&schema::SUMMARY, move |rows| {
        lines.iter().try_for_each(|(name, metric, unit, cell, collected)| {
            [*name, *metric, *unit].iter().try_for_each(|key| rows.text(key))?;
            rows.summary(&collected.summary(*cell))?;
            rows.end()
        })
    })
}

/// `comparison.csv`: every metric of every scenario less the reference's; paired by draw where draws are the same
/// worlds, else from the two means alone.
pub fn comparison_table<'a>(batch: &'a Batch, finished: &[Option<&'a Finished>]) -> ResultTable<'a> {
    let of_reference = finished[batch.reference];
    let others = batch.scenarios.iter().zip(finished).enumerate();
    let mut compared: Vec<ComparedScenario<'a>> = others
        .filter(|(place, _)| *place != batch.reference)
        .filter_map(|(_, (entry, finished))| {
            Some(ComparedScenario {
                entry,
                finished: (*finished)?,
                reference: &batch.scenarios[batch.reference],
                of_reference: of_reference?,
            })
        })
        .collect();
    compared.sort_by_key(|comparison| &comparison.entry.model.plan.scenario.name);
    ResultTable::new(&schema::COMPARISON, move |rows| {
        compared.iter().try_for_each(|comparison| comparison.write(rows))
    })
}

/// A scenario beside the reference.
struct ComparedScenario<'a> {
    entry: &'a BatchScenario,
    finished: &'a Finished,
    reference: &'a BatchScenario,
    of_reference: &'a Finished,
}

/// The metric that divides the loss of the target by that of bystanders.
const EFFECTIVENESS: &str = "effectiveness";

/// The columns of a comparison after its key.
#[derive(Default)]
struct Values {
    difference: Option<f64>,
    mcse: Option<f64>,
    /// 5%, 25%, 50%, 75% and 95%, and the share below zero.
    spread: [Option<f64>; 6],
    is_paired: bool,
}

impl ComparedScenario<'_> {
    fn write(&self, rows: &mut RowWriter<'_>) -> io::Result<()> {
        let mut is_effectiveness_due = true;
        self.entry.pairing.rows.try_for_each(|key, cell, scale| {
            // Its rows stand among the others in the order of names, though they follow from two metrics.
            if is_effectiveness_due && key[0] > EFFECTIVENESS {
                is_effectiveness_due = false;
                self.write_effectiveness(rows)?;
            }
            self.write_row(rows, key, &self.values(cell, scale))
        })?;
        if is_effectiveness_due {
            self.write_effectiveness(rows)?;
        }
        Ok(())
    }

    fn write_row(&self, rows: &mut RowWriter<'_>, key: &[&str], values: &Values) -> io::Result<()> {
        rows.text(&self.entry.model.plan.scenario.name)?;
        rows.text(&self.reference.model.plan.scenario.name)?;
        key.iter().try_for_each(|column| rows.text(column))?;
        rows.number(values.difference)?;
        rows.number(values.mcse)?;
        values.spread.iter().try_for_each(|value| rows.number(*value))?;
        rows.text(if values.is_paired { "true" } else { "false" })?;
        rows.end()
    }

    fn values(&self, cell: usize, scale: f64) -> Values {
        match &self.finished.difference {
            Some(difference) => paired(difference, cell, scale),
            None => self.unpaired(cell, scale),
        }
    }

    fn unpaired(&self, cell: usize, scale: f64) -> Values {
        let compared = self.entry.pairing.cells[cell];
        let summary = |collected: &Collected, cell, factor| collected.summary(cell).scaled(scale * factor);
        let own = summary(&self.finished.collected, compared.cell, compared.scale);
        let reference = &self.of_reference.collected;
        let other = summary(reference, compared.reference_cell, compared.reference_scale);
        // Draws that are not paired are independent: variances add.
        let errors = own.mcse.zip(other.mcse);
        Values {
            difference: own.mean.zip(other.mean).map(|(own, other)| own - other),
            mcse: errors.map(|(own, other)| (own * own + other * other).sqrt()),
            ..Values::default()
        }
    }

    /// The target's additional loss over that of bystanders, both against the reference: a ratio of mean differences for
    /// the whole run and each year. Only where bystanders lose more in 95% of draws, and where the target's loss exists in
    /// the same draws: else the ratio has no meaning.
    fn write_effectiveness(&self, rows: &mut RowWriter<'_>) -> io::Result<()> {
        let (losses, collateral) = (self.in_dollars(TARGET_LOSS), self.in_dollars(GENUINE_TRADE_LOST));
        losses.iter().try_for_each(|(period, loss)| {
            let collateral = collateral.iter().find(|(other, _)| other == period);
            let values = Values {
                difference: collateral.and_then(|(_, collateral)| self.effectiveness(*loss, *collateral)),
                is_paired: self.finished.difference.is_some(),
                ..Values::default()
            };
            let key = [
                EFFECTIVENESS,
                &period.to_string(),
                ALL,
                "",
                "",
                ResultUnit::Share.name(),
            ];
            self.write_row(rows, &key, &values)
        })
    }

    fn effectiveness(&self, loss: (usize, f64), collateral: (usize, f64)) -> Option<f64> {
        let difference = self.finished.difference.as_ref()?;
        let of = |(cell, scale): (usize, f64)| {
            let summary = difference.summary(cell).scaled(scale);
            (summary, difference.moments(cell).count)
        };
        let ((loss, of_loss), (collateral, of_collateral)) = (of(loss), of(collateral));
        // Not only a positive mean: a denominator that may be zero makes a ratio of means worthless.
        let exists = of_loss == of_collateral && collateral.p05? > 0.0;
        exists.then_some(loss.mean? / collateral.mean?)
    }

    /// The cells, with scales, of a metric in dollars over all goods, for the whole run and each year.
    fn in_dollars(&self, metric: &str) -> Vec<(ReportPeriod, (usize, f64))> {
        let key = [metric, ALL, "", "", ResultUnit::Dollars.name()];
        let mut found = Vec::new();
        for part in &self.entry.pairing.rows.parts {
            for row in part.rows.iter().filter(|row| row.key == key) {
                let years = part.periods.iter().filter(|(period, _)| !period.is_month());
                found.extend(years.map(|&(period, first)| (period, (first + row.cell, row.scale))));
            }
        }
        found.sort_by_key(|(period, _)| *period);
        found
    }
}

fn paired(difference: &Collected, cell: usize, scale: f64) -> Values {
    let Summary {
        mean,
        mcse,
        p05,
        p25,
        p50,
        p75,
        p95,
        ..
    } = difference.summary(cell).scaled(scale);
    Values {
        difference: mean,
        mcse,
        spread: [p05, p25, p50, p75, p95, difference.share_below_zero(cell)],
        is_paired: true,
    }
}
