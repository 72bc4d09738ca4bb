//! Tidy tables of statistics over draws.

use std::io::{self, Write};

use super::number::push_shortest;
use crate::ensemble::{BatchScenario, Finished, RowSpec, TableRows};
use crate::statistics::{Collected, Summary};

/// The last columns of every table of statistics.
pub const STATISTICS: [&str; 8] = ["mean", "sd", "mcse", "p05", "p25", "p50", "p75", "p95"];

/// The tables that a scenario's results may have.
pub(super) const RESULT_FILES: [&str; 9] = [
    "metrics.csv",
    "flows.csv",
    "books.csv",
    "prices.csv",
    "capacities.csv",
    "throughput.csv",
    "events.csv",
    "uncovered.csv",
    "draws.csv",
];

/// A file of result rows, which are made as they are written: together they may take more memory than all results.
pub struct ResultTable<'a> {
    pub name: &'static str,
    pub columns: Vec<String>,
    write_rows: Box<WriteRows<'a>>,
}

/// Writes the rows of a table in their order.
type WriteRows<'a> = dyn Fn(&mut Rows<'_>) -> io::Result<()> + Sync + 'a;

impl<'a> ResultTable<'a> {
    /// A table whose rows `write_rows` writes in their order.
    pub fn new(
        name: &'static str,
        columns: impl IntoIterator<Item = impl Into<String>>,
        write_rows: impl Fn(&mut Rows<'_>) -> io::Result<()> + Sync + 'a,
    ) -> Self {
        Self {
            name,
            columns: columns.into_iter().map(Into::into).collect(),
            write_rows: Box::new(write_rows),
        }
    }

    /// Writes the file: CSV with a header, lines ended by LF.
    ///
    /// # Errors
    /// When `out` takes no more, or the rows cannot be had.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut rows = Rows::new(out);
        self.columns.iter().try_for_each(|column| rows.text(column))?;
        rows.end()?;
        (self.write_rows)(&mut rows)?;
        rows.writer.flush()
    }
}

/// Writes rows field by field.
pub struct Rows<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    number: String,
}

impl<'a> Rows<'a> {
    /// Rows of a table without a header.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            writer: csv::WriterBuilder::new().flexible(false).from_writer(out),
            number: String::new(),
        }
    }

    /// A field of text.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        Ok(self.writer.write_field(text)?)
    }

    /// A field for a number, empty if it does not exist.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn number(&mut self, value: Option<f64>) -> io::Result<()> {
        self.number.clear();
        if let Some(value) = value {
            push_shortest(&mut self.number, value);
        }
        Ok(self.writer.write_field(&self.number)?)
    }

    /// The statistics columns of a summary.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        summary.values().into_iter().try_for_each(|value| self.number(value))
    }

    /// Ends the row.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn end(&mut self) -> io::Result<()> {
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }
}

/// The tables of one finished scenario.
pub fn result_tables<'a>(entry: &'a BatchScenario, finished: &'a Finished) -> Vec<ResultTable<'a>> {
    let (layout, plan) = (&entry.layout, &entry.model.plan);
    let table = |name, keys: &[&str], rows| statistics_table(name, keys, rows, &finished.collected);
    vec![
        table(
            "metrics.csv",
            &["metric", "period", "commodity", "via", "unit"],
            layout.metric_rows(plan),
        ),
        table(
            "flows.csv",
            &["month", "commodity", "supply", "demand", "kind", "via", "unit"],
            layout.flow_rows(plan),
        ),
        table(
            "books.csv",
            &["month", "reporter", "partner", "flow", "commodity", "unit"],
            layout.book_rows(plan),
        ),
        table(
            "prices.csv",
            &["month", "commodity", "side", "id", "quantity"],
            layout.price_rows(plan),
        ),
        table(
            "capacities.csv",
            &["month", "capacity", "quantity"],
            layout.capacity_rows(plan),
        ),
        table(
            "throughput.csv",
            &["month", "place", "commodity", "unit"],
            layout.throughput_rows(plan),
        ),
        table(
            "events.csv",
            &["event", "target", "month", "quantity"],
            layout.event_rows(plan),
        ),
        uncovered_table(layout.uncovered_rows(plan), &finished.collected),
        draws_table(entry, finished),
    ]
}

/// What flowed although its pair was restricted, where no ban in force covered it: the largest leak first.
fn uncovered_table(mut groups: Vec<[RowSpec; 2]>, collected: &Collected) -> ResultTable<'_> {
    let dollars = |[_, dollars]: &[RowSpec; 2]| collected.moments(dollars.cell).mean * dollars.scale;
    groups.retain(|[tonnes, _]| !collected.is_always_zero(tonnes.cell));
    // Stable: groups of equal means stay in the order of their keys.
    groups.sort_by(|one, other| one[0].key.cmp(&other[0].key));
    groups.sort_by(|one, other| f64::total_cmp(&dollars(other), &dollars(one)));
    let keys = ["commodity", "origin", "destination", "via", "kind", "unit"];
    ResultTable::new("uncovered.csv", columns(&keys), move |rows| {
        groups.iter().flatten().try_for_each(|spec| {
            spec.key.iter().try_for_each(|column| rows.text(column))?;
            rows.summary(&collected.summary(spec.cell).scaled(spec.scale))?;
            rows.end()
        })
    })
}

fn statistics_table<'a>(
    name: &'static str,
    keys: &[&str],
    specs: TableRows,
    collected: &'a Collected,
) -> ResultTable<'a> {
    ResultTable::new(name, columns(keys), move |rows| {
        // Rows of one cell in several units follow one another.
        let mut last: Option<(usize, Summary)> = None;
        specs.try_for_each(|key, cell, scale| {
            let known = last.filter(|(known, _)| *known == cell);
            let (_, summary) = *last.insert(known.unwrap_or_else(|| (cell, collected.summary(cell))));
            key.iter().try_for_each(|column| rows.text(column))?;
            rows.summary(&summary.scaled(scale))?;
            rows.end()
        })
    })
}

fn columns(keys: &[&str]) -> Vec<String> {
    keys.iter()
        .chain(&STATISTICS)
        .map(|column| (*column).to_owned())
        .collect()
}

/// The name of a headline column: metric and unit.
pub fn headline_name(metric: &str, unit: &str) -> String {
    format!("{metric}_{unit}")
}

/// `draws.csv`: a row for each draw, its headline metrics and its parameters.
fn draws_table<'a>(entry: &'a BatchScenario, finished: &'a Finished) -> ResultTable<'a> {
    let headlines = entry.layout.headlines().into_iter();
    let headlines = headlines.map(|(metric, unit, _)| headline_name(metric, unit));
    let parameters = entry.model.plan.scenario.parameters.iter();
    let parameters = parameters.map(|parameter| parameter.name.clone());
    let columns = std::iter::once("draw".to_owned()).chain(headlines).chain(parameters);
    ResultTable::new("draws.csv", columns, |rows| {
        finished.draws.try_for_each(|draw, values| {
            rows.text(&draw.to_string())?;
            values.iter().try_for_each(|value| rows.number(Some(*value)))?;
            rows.end()
        })
    })
}
