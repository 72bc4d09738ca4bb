//! Tidy tables of statistics over draws.

use std::convert::Infallible;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::number::push_shortest;
use super::schema::{self, TableSchema, headline_name};
use crate::ensemble::{BatchScenario, Finished, RowSpec, TableRows};
use crate::observation::{GoodsOfSeries, comparable_records};
use crate::statistics::{Collected, Summary};

/// A file of result rows. Rows are made as they are written, because all of them together may need more memory than the
/// results.
pub struct ResultTable<'a> {
    pub name: &'static str,
    pub columns: Vec<String>,
    write_rows: Box<WriteRows<'a>>,
}

/// Writes the rows of a table in their order.
type WriteRows<'a> = dyn Fn(&mut RowWriter<'_>) -> io::Result<()> + Sync + 'a;

impl<'a> ResultTable<'a> {
    /// A table of this form, whose rows `write_rows` writes in their order.
    pub fn new(form: &TableSchema, write_rows: impl Fn(&mut RowWriter<'_>) -> io::Result<()> + Sync + 'a) -> Self {
        Self {
            name: form.file,
            columns: form.names().map(str::to_owned).collect(),
            write_rows: Box::new(write_rows),
        }
    }

    /// The table with the columns that depend on the run.
    fn with_columns(mut self, varying: impl Iterator<Item = String>) -> Self {
        self.columns.extend(varying);
        self
    }

    /// Writes the file: CSV with a header, lines ended by LF.
    ///
    /// # Errors
    /// When `out` takes no more, or the rows cannot be read.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut rows = RowWriter::new(out);
        self.columns.iter().try_for_each(|column| rows.text(column))?;
        rows.end()?;
        (self.write_rows)(&mut rows)?;
        rows.finish()
    }
}

/// Writes rows field by field.
pub struct RowWriter<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    number: String,
}

impl<'a> RowWriter<'a> {
    /// A writer of the rows of a table, without a header.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            writer: csv::WriterBuilder::new().flexible(false).from_writer(out),
            number: String::new(),
        }
    }

    /// Hands over what is still held back.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
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

    /// Hands on all that was written.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Ends the row.
    ///
    /// # Errors
    /// When no more can be written.
    pub fn end(&mut self) -> io::Result<()> {
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }
}

/// How much of a scenario is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Metrics by year and for the whole run, links, events and draws: what `compare` needs, in a twentieth of the space
    Years,
    /// All tables, metrics by month too: what `plot` and `report` need
    #[default]
    Months,
}

/// The tables of one finished scenario.
pub fn result_tables<'a>(entry: &'a BatchScenario, finished: &'a Finished, detail: Detail) -> Vec<ResultTable<'a>> {
    let (layout, plan) = (&entry.layout, &entry.model.plan);
    let table = |form, rows| statistics_table(form, rows, &finished.collected);
    let metrics = layout.metric_rows(plan);
    if detail == Detail::Years {
        return vec![
            table(&schema::METRICS, metrics.without_months()),
            table(&schema::LINKS, layout.link_rows(plan)),
            table(&schema::EVENTS, layout.event_rows(plan)),
            uncovered_table(layout.uncovered_rows(plan), &finished.collected),
            draws_table(entry, finished),
        ];
    }
    vec![
        table(&schema::METRICS, metrics),
        table(&schema::FLOWS, layout.flow_rows(plan)),
        table(&schema::BOOKS, layout.book_rows(plan)),
        table(&schema::PRICES, layout.price_rows(plan)),
        table(&schema::CAPACITIES, layout.capacity_rows(plan)),
        table(&schema::THROUGHPUT, layout.throughput_rows(plan)),
        table(&schema::LINKS, layout.link_rows(plan)),
        table(&schema::EVENTS, layout.event_rows(plan)),
        uncovered_table(layout.uncovered_rows(plan), &finished.collected),
        observed_table(entry),
        draws_table(entry, finished),
    ]
}

/// The cells of a scenario and its differences that tables show.
pub struct ShownCells {
    levels: Vec<bool>,
    differences: Vec<bool>,
}

impl ShownCells {
    /// Those of the tables of some detail.
    pub fn new(entry: &BatchScenario, detail: Detail) -> Self {
        let (layout, plan) = (&entry.layout, &entry.model.plan);
        let is_all = detail == Detail::Months;
        let mut shown = Self {
            levels: vec![is_all; layout.cells()],
            differences: vec![is_all; entry.pairing.len()],
        };
        if is_all {
            return shown;
        }
        let groups = layout.uncovered_rows(plan);
        groups.iter().flatten().for_each(|row| shown.levels[row.cell] = true);
        let headlines = layout.headlines().into_iter();
        headlines.for_each(|(_, _, cell)| shown.levels[cell] = true);
        let metrics = layout.metric_rows(plan).without_months();
        for rows in [metrics, layout.link_rows(plan), layout.event_rows(plan)] {
            mark(&rows, &mut shown.levels);
        }
        mark(&entry.pairing.rows.clone().without_months(), &mut shown.differences);
        shown
    }

    /// Whether a table shows a cell.
    pub fn shows(&self, cell: usize) -> bool {
        self.levels[cell]
    }

    /// Whether a table shows a difference.
    pub fn shows_difference(&self, cell: usize) -> bool {
        self.differences[cell]
    }
}

fn mark(rows: &TableRows, cells: &mut [bool]) {
    let marked: Result<(), Infallible> = rows.try_for_each(|_, cell, _| {
        cells[cell] = true;
        Ok(())
    });
    debug_assert!(marked.is_ok());
}

/// The flows of restricted pairs that no ban in force covered, the largest first.
fn uncovered_table(mut groups: Vec<[RowSpec; 2]>, collected: &Collected) -> ResultTable<'_> {
    let dollars = |[_, dollars]: &[RowSpec; 2]| collected.moments(dollars.cell).mean * dollars.scale;
    groups.retain(|[tonnes, _]| !collected.is_always_zero(tonnes.cell));
    // Stable: groups of equal means stay in the order of their keys.
    groups.sort_by(|one, other| one[0].key.cmp(&other[0].key));
    groups.sort_by(|one, other| f64::total_cmp(&dollars(other), &dollars(one)));
    ResultTable::new(&schema::UNCOVERED, move |rows| {
        groups.iter().flatten().try_for_each(|spec| {
            spec.key.iter().try_for_each(|column| rows.text(column))?;
            rows.summary(&collected.summary(spec.cell).scaled(spec.scale))?;
            rows.end()
        })
    })
}

fn statistics_table<'a>(form: &'static TableSchema, specs: TableRows, collected: &'a Collected) -> ResultTable<'a> {
    // The schema and the rows are declared in different places, so their keys could disagree.
    debug_assert_eq!(form.time(), Some(specs.column), "the period of {}", form.file);
    ResultTable::new(form, move |rows| {
        // Rows of one cell in several units follow one another, so its summary is computed once.
        let mut last: Option<(usize, Summary)> = None;
        specs.try_for_each(|key, cell, scale| {
            debug_assert_eq!(key.len(), form.keys.len(), "keys of {}", form.file);
            let known = last.filter(|(known, _)| *known == cell);
            let (_, summary) = *last.insert(known.unwrap_or_else(|| (cell, collected.summary(cell))));
            key.iter().try_for_each(|column| rows.text(column))?;
            rows.summary(&summary.scaled(scale))?;
            rows.end()
        })
    })
}

/// The records of the world, by series and month; of the rest of goods there are no books to lay them beside.
fn observed_table(entry: &BatchScenario) -> ResultTable<'_> {
    let scenario = &entry.model.plan.scenario;
    let mut records = comparable_records(&scenario.world, scenario.horizon.start);
    records.retain(|record| record.key.goods != GoodsOfSeries::Rest);
    ResultTable::new(&schema::OBSERVED, move |rows| {
        records.iter().try_for_each(|record| {
            let (key, world) = (&record.key, &*scenario.world);
            rows.text(&record.month.to_string())?;
            let names = [
                key.reporter.name(world),
                key.partner.name(world),
                key.flow.name(),
                key.goods_name(world),
                key.unit.name(),
            ];
            names.iter().try_for_each(|name| rows.text(name))?;
            rows.number(Some(record.recorded))?;
            rows.number(Some(record.relative))?;
            rows.end()
        })
    })
}

/// `draws.csv`: a row for each draw, its headline metrics and its parameters.
fn draws_table<'a>(entry: &'a BatchScenario, finished: &'a Finished) -> ResultTable<'a> {
    let headlines = entry.layout.headlines().into_iter();
    let headlines = headlines.map(|(metric, unit, _)| headline_name(metric, unit));
    let parameters = entry.model.plan.scenario.parameters.iter();
    let parameters = parameters.map(|parameter| parameter.name.clone());
    let table = ResultTable::new(&schema::DRAWS, |rows| {
        finished.draws.try_for_each(|draw, values| {
            rows.text(&draw.to_string())?;
            values.iter().try_for_each(|value| rows.number(Some(*value)))?;
            rows.end()
        })
    });
    table.with_columns(headlines.chain(parameters))
}
