//! Tables over a whole batch: the headline metrics of every scenario, and the differences from the reference.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::member::{BatchMember, HeadlineDifferences, HeadlineLevel};
use super::replace::FileKind;
use super::result_table::{Detail, ResultTable, is_in_dollars};
use super::row_writer::{Precision, RowWriter};
use super::schema::{self, TableSchema};
use crate::ensemble::{Batch, BatchScenario, Compared, Finished, TableRows};
use crate::metrics::{GENUINE_TRADE_LOST, TARGET_LOSS};
use crate::model::{ALL, ReportPeriod, ResultUnit};
use crate::statistics::{Collected, QUANTILES, Summary, order_statistic};

/// How a file shows that it is a table of the headline metrics of a batch.
pub fn summary_kind() -> FileKind {
    FileKind::csv("a table of headline metrics", &schema::SUMMARY.header())
}

/// How a file shows that it is a table of the differences within a batch.
pub fn comparison_kind() -> FileKind {
    // The table of months has the same columns.
    FileKind::csv("a table of differences within a batch", &schema::COMPARISON.header())
}

/// `summary.csv`: scenario and headline metrics.
pub fn summary_table<'a>(members: &[&'a BatchMember]) -> ResultTable<'a> {
    let mut lines: Vec<(&str, &HeadlineLevel)> = Vec::new();
    for member in members {
        lines.extend(
            member
                .headlines
                .iter()
                .map(|headline| (member.scenario.name.as_str(), headline)),
        );
    }
    lines.sort_by_key(|(name, headline)| (*name, headline.metric.as_str(), headline.unit.as_str()));
    ResultTable::new(&schema::SUMMARY, move |rows| {
        lines.iter().try_for_each(|(name, headline)| {
            [*name, &headline.metric, &headline.unit]
                .iter()
                .for_each(|key| rows.text(key));
            rows.summary(&headline.summary, headline.draws, Precision::Full);
            rows.end()
        })
    })
}

/// A table of the differences within a batch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ComparisonPart {
    /// `comparison.csv`: years and the whole run, without years in which an amount is the same in every draw.
    Totals,
    /// `comparison-by-month.csv`, without rows that are zero in every draw.
    Months,
}

impl ComparisonPart {
    /// The parts that a batch of some detail has.
    pub fn of(detail: Detail) -> &'static [Self] {
        match detail {
            Detail::Years => &[Self::Totals],
            Detail::Months | Detail::All => &[Self::Totals, Self::Months],
        }
    }

    /// The form of the table.
    pub fn form(self) -> &'static TableSchema {
        match self {
            Self::Totals => &schema::COMPARISON,
            Self::Months => &schema::COMPARISON_BY_MONTH,
        }
    }
}

/// The rows of the tables of differences: every metric of every scenario less the reference's; paired by draw where draws are
/// the same worlds, else from the two means alone. They are kept in files without names, for a batch comes in parts.
#[derive(Debug, Default)]
pub struct ComparisonRows {
    parts: BTreeMap<(String, ComparisonPart), File>,
}

impl ComparisonRows {
    /// Adds the rows of a batch; `folder` is where they are kept, or else where the system keeps such files.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub fn add(
        &mut self,
        batch: &Batch,
        finished: &[Option<&Finished>],
        detail: Detail,
        folder: Option<&Path>,
    ) -> io::Result<()> {
        let compared = (0..batch.scenarios.len()).filter_map(|place| ComparedScenario::new(batch, finished, place));
        let compared: Vec<ComparedScenario<'_>> = compared.collect();
        let write = |(compared, part): (&ComparedScenario<'_>, ComparisonPart)| -> io::Result<_> {
            let mut file = kept_file(folder)?;
            let mut rows = RowWriter::new(&mut file);
            compared.write(part, &mut rows)?;
            rows.finish()?;
            Ok(((compared.entry.model.plan.scenario.name.clone(), part), file))
        };
        let due: Vec<_> = compared
            .iter()
            .flat_map(|compared| ComparisonPart::of(detail).iter().map(move |part| (compared, *part)))
            .collect();
        let written = due.into_par_iter().map(write).collect::<io::Result<Vec<_>>>()?;
        self.parts.extend(written);
        Ok(())
    }

    /// Whether there are rows of a scenario.
    pub fn holds(&self, scenario: &str, part: ComparisonPart) -> bool {
        self.parts.contains_key(&(scenario.to_owned(), part))
    }

    /// Writes the rows of a scenario.
    ///
    /// # Errors
    /// When `out` takes no more, or the rows cannot be read back.
    pub fn write_part(&self, scenario: &str, part: ComparisonPart, out: &mut dyn Write) -> io::Result<()> {
        if let Some(mut file) = self.parts.get(&(scenario.to_owned(), part)) {
            file.seek(SeekFrom::Start(0))?;
            io::copy(&mut file, out)?;
        }
        Ok(())
    }

    /// Takes up the rows of a scenario that [`write_part`](Self::write_part) wrote; they are kept in `folder`.
    ///
    /// # Errors
    /// When they cannot be read or kept.
    pub fn read_part(
        &mut self,
        scenario: &str,
        part: ComparisonPart,
        from: &mut dyn Read,
        folder: Option<&Path>,
    ) -> io::Result<()> {
        let mut file = kept_file(folder)?;
        io::copy(from, &mut file)?;
        self.parts.insert((scenario.to_owned(), part), file);
        Ok(())
    }

    /// Writes a table, scenarios in the order of their names.
    ///
    /// # Errors
    /// When `out` takes no more, or the rows cannot be read back.
    pub fn write_to(&self, part: ComparisonPart, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", part.form().header())?;
        let of_part = self.parts.keys().filter(|(_, of)| *of == part);
        of_part
            .into_iter()
            .try_for_each(|(scenario, _)| self.write_part(scenario, part, out))?;
        out.flush()
    }
}

/// A file without a name in `folder`, or else where the system keeps such files.
fn kept_file(folder: Option<&Path>) -> io::Result<File> {
    folder.map_or_else(tempfile::tempfile, tempfile::tempfile_in)
}

/// The headline differences of a scenario from the reference of its batch, by metric and unit; none for the reference, and
/// for one that failed. They are those of `comparison.csv`.
///
/// # Errors
/// When the draws cannot be read back.
pub(super) fn headline_differences(
    batch: &Batch,
    finished: &[Option<&Finished>],
    place: usize,
) -> io::Result<HeadlineDifferences> {
    let Some(compared) = ComparedScenario::new(batch, finished, place) else {
        return Ok(BTreeMap::new());
    };
    let exact = compared.exact_quantiles()?;
    let difference = |(metric, unit, _): (&str, &str, usize)| {
        let (cell, scale) = compared.whole_run([metric, ALL, "", "", unit])?;
        let statistics = compared.statistics(cell, scale, &exact);
        Some(((metric.to_owned(), unit.to_owned()), statistics))
    };
    let headlines = compared.entry.layout.headlines().into_iter();
    Ok(headlines.filter_map(difference).collect())
}

/// A difference between two scenarios over draws, in the unit of its row.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct DifferenceStatistics {
    pub mean: Option<f64>,
    /// Monte Carlo standard error of the mean.
    pub mcse: Option<f64>,
    /// 5%, 25%, 50%, 75% and 95%; only of paired draws, as what follows.
    pub quantiles: [Option<f64>; 5],
    pub probability_below_zero: Option<f64>,
    /// Draws in which both have the quantity.
    pub draws: Option<u64>,
    /// Whether each draw was subtracted from its counterpart.
    pub is_paired: bool,
}

impl DifferenceStatistics {
    /// No difference in any of so many draws, paired.
    pub fn zero(draws: Option<u64>) -> Self {
        Self {
            mean: Some(0.0),
            // One draw has no error.
            mcse: draws.is_none_or(|draws| draws > 1).then_some(0.0),
            quantiles: [Some(0.0); 5],
            probability_below_zero: Some(0.0),
            draws,
            is_paired: true,
        }
    }

    /// The difference times a positive factor, such as a price.
    pub fn scaled(&self, factor: f64) -> Self {
        let scale = |value: Option<f64>| value.map(|value| value * factor);
        Self {
            mean: scale(self.mean),
            mcse: scale(self.mcse),
            quantiles: self.quantiles.map(scale),
            ..*self
        }
    }
}

/// A scenario beside the reference.
struct ComparedScenario<'a> {
    entry: &'a BatchScenario,
    finished: &'a Finished,
    reference: &'a BatchScenario,
    of_reference: &'a Finished,
}

/// Quantiles of differences by cell, from the draws themselves rather than from counts in bins.
type ExactQuantiles = BTreeMap<usize, [f64; 5]>;

/// Numbers of draws that are held at a time for exact quantiles, of both sides together: 64 MB.
const HELD: usize = 8 << 20;

/// The metric that divides the loss of the target by that of bystanders.
pub const EFFECTIVENESS: &str = "effectiveness";

impl<'a> ComparedScenario<'a> {
    /// `None` for the reference, and where one of the two has failed.
    fn new(batch: &'a Batch, finished: &[Option<&'a Finished>], place: usize) -> Option<Self> {
        let compared = Self {
            entry: &batch.scenarios[place],
            finished: finished[place]?,
            reference: &batch.scenarios[batch.reference],
            of_reference: finished[batch.reference]?,
        };
        (place != batch.reference).then_some(compared)
    }

    fn write(&self, part: ComparisonPart, rows: &mut RowWriter<'_>) -> io::Result<()> {
        match part {
            ComparisonPart::Totals => self.write_totals(rows),
            ComparisonPart::Months => self.write_months(rows),
        }
    }

    /// Dollars of a good whose tonnes are there differ by its price, so they are left out, as rows without a difference are.
    fn write_months(&self, rows: &mut RowWriter<'_>) -> io::Result<()> {
        let mut last = None;
        let specs = self.entry.pairing.rows.clone().only_months();
        specs.try_for_each(|key, cell, scale| {
            let difference = self.finished.difference.as_ref();
            let is_nothing = difference.is_some_and(|all| all.cell(cell).is_empty() || all.is_always_zero(cell));
            let is_derived = last == Some(cell) && is_in_dollars(&schema::METRICS, key);
            last = Some(cell);
            if is_nothing || is_derived {
                return Ok(());
            }
            let values = self.statistics(cell, scale, &ExactQuantiles::new());
            self.write_row(rows, key, &values, Precision::OfSpread)
        })
    }

    fn write_totals(&self, rows: &mut RowWriter<'_>) -> io::Result<()> {
        let exact = self.exact_quantiles()?;
        let mut is_effectiveness_due = true;
        let specs = self.entry.pairing.rows.clone().without_months();
        specs.try_for_each(|key, cell, scale| {
            // Its rows stand among the others in the order of names, though they follow from two metrics.
            if is_effectiveness_due && key[0] > EFFECTIVENESS {
                is_effectiveness_due = false;
                self.write_effectiveness(rows)?;
            }
            if self.has_no_difference(&specs, cell) && is_amount_of_year(key) {
                return Ok(());
            }
            self.write_row(rows, key, &self.statistics(cell, scale, &exact), Precision::Full)
        })?;
        if is_effectiveness_due {
            self.write_effectiveness(rows)?;
        }
        Ok(())
    }

    /// Whether the difference in a cell is zero in all draws in which that of the whole run exists, whose row tells how many these are.
    fn has_no_difference(&self, specs: &TableRows, cell: usize) -> bool {
        self.finished.difference.as_ref().is_some_and(|difference| {
            let counts = || Some((difference.count(cell), difference.count(specs.whole_run_of(cell)?)));
            difference.is_always_zero(cell) && counts().is_some_and(|(count, of_whole_run)| count == of_whole_run)
        })
    }

    fn write_row(
        &self,
        rows: &mut RowWriter<'_>,
        key: &[&str],
        values: &DifferenceStatistics,
        precision: Precision,
    ) -> io::Result<()> {
        rows.text(&self.entry.model.plan.scenario.name);
        rows.text(&self.reference.model.plan.scenario.name);
        key.iter().for_each(|column| rows.text(column));
        rows.number(values.mean);
        rows.number(values.mcse);
        // As the error is the standard deviation over the root of the draws.
        let sd = values
            .mcse
            .zip(values.draws)
            .map(|(mcse, draws)| mcse * (draws as f64).sqrt());
        let sd = sd.filter(|_| precision == Precision::OfSpread).unwrap_or(0.0);
        values.quantiles.iter().for_each(|value| rows.quantile(*value, sd));
        rows.number(values.probability_below_zero);
        rows.text(&values.draws.map_or(String::new(), |draws| draws.to_string()));
        rows.text(if values.is_paired { "true" } else { "false" });
        rows.end()
    }

    fn statistics(&self, cell: usize, scale: f64, exact: &ExactQuantiles) -> DifferenceStatistics {
        match &self.finished.difference {
            Some(difference) => paired(difference, cell, scale, exact.get(&cell)),
            None => self.unpaired(cell, scale),
        }
    }

    /// The quantiles of the headline differences, sorted from all draws, which `draws.csv` keeps anyway. Columns are read a
    /// few at a time, so that memory does not grow with what is kept.
    fn exact_quantiles(&self) -> io::Result<ExactQuantiles> {
        let mut exact = ExactQuantiles::new();
        if self.finished.difference.is_none() {
            return Ok(exact);
        }
        let (own, reference) = (self.entry.layout.headlines(), self.reference.layout.headlines());
        let same = own
            .iter()
            .zip(&reference)
            .all(|(own, other)| (own.0, own.1) == (other.0, other.1));
        debug_assert!(
            same && own.len() == reference.len(),
            "scenarios have the same headline metrics"
        );
        let at_a_time = (HELD / (2 * self.finished.draws.draws() as usize).max(1)).max(1);
        for first in (0..own.len()).step_by(at_a_time) {
            let columns = first..(first + at_a_time).min(own.len());
            let differences = self.headline_columns(columns.clone())?;
            for ((metric, unit, _), values) in own[columns].iter().zip(differences) {
                if let Some((cell, _)) = self.whole_run([metric, ALL, "", "", unit])
                    && !values.is_empty()
                {
                    exact.insert(cell, QUANTILES.map(|percent| order_statistic(&values, percent)));
                }
            }
        }
        Ok(exact)
    }

    /// Differences of some headline metrics, each in the order of size.
    fn headline_columns(&self, columns: Range<usize>) -> io::Result<Vec<Vec<f64>>> {
        let mut own = self.finished.draws.columns(columns.clone())?;
        let reference = self.of_reference.draws.columns(columns)?;
        for (own, reference) in own.iter_mut().zip(&reference) {
            own.iter_mut()
                .zip(reference)
                .for_each(|(own, reference)| *own -= reference);
            own.retain(|difference| difference.is_finite());
            own.sort_unstable_by(f64::total_cmp);
        }
        Ok(own)
    }

    /// The place among the differences, with scale, of a row for the whole run.
    fn whole_run(&self, key: [&str; 5]) -> Option<(usize, f64)> {
        self.entry.pairing.rows.parts.iter().find_map(|part| {
            let (_, first) = part
                .periods
                .iter()
                .find(|(period, _)| *period == ReportPeriod::WholeRun)?;
            let row = part.rows.iter().find(|row| row.key == key)?;
            Some((first + row.cell, row.scale))
        })
    }

    fn unpaired(&self, cell: usize, scale: f64) -> DifferenceStatistics {
        match self.entry.pairing.terms(cell)[..] {
            [compared] => self.unpaired_of_one(compared, scale),
            // The errors of months are not independent: the error of a total cannot be told from theirs.
            ref months => DifferenceStatistics {
                mean: (!months.is_empty())
                    .then(|| {
                        months
                            .iter()
                            .map(|month| self.unpaired_of_one(*month, scale).mean)
                            .sum()
                    })
                    .flatten(),
                ..DifferenceStatistics::default()
            },
        }
    }

    fn unpaired_of_one(&self, compared: Compared, scale: f64) -> DifferenceStatistics {
        let summary = |collected: &Collected, cell, factor| collected.summary(cell).scaled(scale * factor);
        let own = summary(&self.finished.collected, compared.cell, compared.scale);
        let reference = &self.of_reference.collected;
        let other = summary(reference, compared.reference_cell, compared.reference_scale);
        // Draws that are not paired are independent: variances add.
        let errors = own.mcse.zip(other.mcse);
        DifferenceStatistics {
            mean: own.mean.zip(other.mean).map(|(own, other)| own - other),
            mcse: errors.map(|(own, other)| (own * own + other * other).sqrt()),
            ..DifferenceStatistics::default()
        }
    }

    /// The target's additional loss over that of bystanders, both against the reference: a ratio of mean differences for
    /// the whole run and each year. Only where bystanders lose more in 95% of draws, and where the target's loss exists in
    /// the same draws: else the ratio has no meaning.
    fn write_effectiveness(&self, rows: &mut RowWriter<'_>) -> io::Result<()> {
        let (losses, collateral) = (self.in_dollars(TARGET_LOSS), self.in_dollars(GENUINE_TRADE_LOST));
        losses.iter().try_for_each(|(period, loss)| {
            let collateral = collateral.iter().find(|(other, _)| other == period);
            let values = DifferenceStatistics {
                mean: collateral.and_then(|(_, collateral)| self.effectiveness(*loss, *collateral)),
                is_paired: self.finished.difference.is_some(),
                ..DifferenceStatistics::default()
            };
            let key = [
                EFFECTIVENESS,
                &period.to_string(),
                ALL,
                "",
                "",
                ResultUnit::Share.name(),
            ];
            self.write_row(rows, &key, &values, Precision::Full)
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

/// Whether a row is of an amount in a year.
fn is_amount_of_year(key: &[&str]) -> bool {
    let [_, period, .., unit] = key else {
        return false;
    };
    ResultUnit::is_of_amounts(unit) && period.parse::<ReportPeriod>().is_ok_and(ReportPeriod::is_year)
}

fn paired(difference: &Collected, cell: usize, scale: f64, exact: Option<&[f64; 5]>) -> DifferenceStatistics {
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
    DifferenceStatistics {
        mean,
        mcse,
        quantiles: match exact {
            Some(exact) => exact.map(|quantile| Some(quantile * scale)),
            None => [p05, p25, p50, p75, p95],
        },
        probability_below_zero: difference.share_below_zero(cell),
        draws: Some(difference.moments(cell).count),
        is_paired: true,
    }
}
