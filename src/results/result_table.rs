//! Tidy tables of statistics over draws.

use std::convert::Infallible;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zstd::zstd_safe::CParameter;

use super::month_texts::{MonthTexts, TextShare};
use super::own_inputs::OwnInputs;
use super::row_writer::{Precision, RowWriter};
use super::schema::{self, COMPRESSED, TableSchema, headline_name};
use super::world_records::WorldRecords;
use crate::ensemble::{BatchScenario, Finished, RecordedBooks, RecordedTables, RowSpec, TableRows};
use crate::model::{ALL, ResultUnit};
use crate::observation::ComparableRecord;
use crate::scenario::Scenario;
use crate::statistics::{Accumulator, Collected, Summary};

/// How hard tables are compressed: more takes twice the time for a few percent.
const ZSTD_LEVEL: i32 = 1;

/// The logarithms of bytes that are searched for what came before, and of places by which it is found. Months repeat the keys of the
/// month before, which lie further back than this level looks by itself.
const ZSTD_WINDOW: u32 = 21;
const ZSTD_HASH: u32 = 18;

/// A file of result rows. Rows are made as they are written, because all of them together may need more memory than the
/// results.
pub struct ResultTable<'a> {
    pub form: &'static TableSchema,
    pub columns: Vec<String>,
    write_rows: Box<WriteRows<'a>>,
}

/// Writes the rows of a table in their order; those of months may be shared with other scenarios.
type WriteRows<'a> = dyn Fn(&mut RowWriter<'_>, &mut TextShare) -> io::Result<()> + Sync + 'a;

impl<'a> ResultTable<'a> {
    /// A table of this form, whose rows `write_rows` writes in their order.
    pub fn new(
        form: &'static TableSchema,
        write_rows: impl Fn(&mut RowWriter<'_>) -> io::Result<()> + Sync + 'a,
    ) -> Self {
        Self {
            form,
            columns: form.names().map(str::to_owned).collect(),
            write_rows: Box::new(move |rows, _| write_rows(rows)),
        }
    }

    /// A table whose rows begin with their month. Scenarios have those of their common past in common.
    fn by_month(
        form: &'static TableSchema,
        write_rows: impl Fn(&mut RowWriter<'_>, &mut TextShare) -> io::Result<()> + Sync + 'a,
    ) -> Self {
        Self {
            form,
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
        self.write_shared(out, &mut TextShare::default())
    }

    /// As [`write_to`](Self::write_to), with months that other scenarios have too.
    ///
    /// # Errors
    /// As there.
    pub fn write_shared(&self, out: &mut dyn Write, share: &mut TextShare) -> io::Result<()> {
        let mut rows = RowWriter::new(out);
        self.columns.iter().for_each(|column| rows.text(column));
        rows.end()?;
        (self.write_rows)(&mut rows, share)?;
        rows.finish()
    }
}

/// The files of tables.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, clap::ValueEnum)]
pub enum TableFiles {
    /// Large tables, such as those by month, as CSV compressed by Zstandard (`flows.csv.zst`); the others as plain CSV
    #[default]
    #[value(name = "csv.zst")]
    #[serde(rename = "csv.zst")]
    Compressed,
    /// All tables as plain CSV
    #[value(name = "csv")]
    #[serde(rename = "csv")]
    Plain,
}

impl TableFiles {
    /// The name of the file of a table.
    pub fn name_of(self, form: &TableSchema) -> String {
        if self.compresses(form) {
            format!("{}{COMPRESSED}", form.file)
        } else {
            form.file.to_owned()
        }
    }

    fn compresses(self, form: &TableSchema) -> bool {
        self == Self::Compressed && form.is_large
    }

    /// Writes what `content` writes, in the form of the files of a table.
    ///
    /// # Errors
    /// When `out` takes no more, and those of `content`.
    pub fn write(
        self,
        form: &TableSchema,
        out: &mut dyn Write,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        if !self.compresses(form) {
            return content(out);
        }
        let mut compressed = zstd::Encoder::new(out, ZSTD_LEVEL)?;
        compressed.window_log(ZSTD_WINDOW)?;
        compressed.set_parameter(CParameter::HashLog(ZSTD_HASH))?;
        content(&mut compressed)?;
        compressed.finish().map(|_| ())
    }
}

/// How much of a scenario is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Metrics by year and for the whole run, links, events and draws: what `compare` needs, in a fifth of the space
    Years,
    /// All tables, metrics by month too: what `plot` and `report` need. Of customs records those that the world has observed, if it
    /// has any
    #[default]
    Months,
    /// All tables with all customs records, which make results half as large again
    All,
}

/// The tables of a scenario to write: those of some detail, and of these perhaps some only.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct TableChoice {
    pub detail: Detail,
    pub files: TableFiles,
    /// By their names without ending; none for all.
    pub only: Option<Vec<String>>,
}

impl TableChoice {
    /// Tables that every scenario has: what `compare` needs.
    const ALWAYS: [&TableSchema; 2] = [&schema::METRICS, &schema::DRAWS];

    /// The names that may be chosen.
    pub fn names() -> impl Iterator<Item = &'static str> {
        schema::OF_SCENARIO
            .iter()
            .map(|form| form.file.trim_end_matches(".csv"))
    }

    /// Whether a table is written, if the detail has it.
    pub fn has(&self, form: &TableSchema) -> bool {
        let is_chosen = |only: &Vec<String>| only.iter().any(|name| form.file == format!("{name}.csv"));
        Self::ALWAYS.iter().any(|always| always.file == form.file) || self.only.as_ref().is_none_or(is_chosen)
    }

    /// The cells that a simulation must record for the tables of a scenario.
    pub fn recorded(&self, scenario: &Scenario, records: &WorldRecords) -> RecordedTables {
        if self.detail == Detail::Years {
            return RecordedTables::none();
        }
        let books = match (self.has(&schema::BOOKS), self.detail) {
            (false, _) => RecordedBooks::Listed(Arc::default()),
            (true, Detail::All) => RecordedBooks::All,
            (true, _) => match records.series(scenario) {
                // Without records there are none to be preferred.
                none if none.is_empty() => RecordedBooks::All,
                listed => RecordedBooks::Listed(Arc::new(listed)),
            },
        };
        RecordedTables {
            metrics_by_month: true,
            flows: self.has(&schema::FLOWS),
            books,
            throughput: self.has(&schema::THROUGHPUT),
            prices: self.has(&schema::PRICES),
            capacities: self.has(&schema::CAPACITIES),
        }
    }
}

/// The tables of one finished scenario; `inputs` are the uncertain numbers that it does not share with the reference, `records`
/// those of worlds.
pub fn result_tables<'a>(
    entry: &'a BatchScenario,
    finished: &'a Finished,
    inputs: &'a OwnInputs,
    records: &WorldRecords,
    detail: Detail,
) -> Vec<ResultTable<'a>> {
    let (layout, plan) = (&entry.layout, &entry.model.plan);
    let table = |form, rows, shown| statistics_table(form, rows, &finished.collected, shown);
    let mut tables = vec![
        table(
            &schema::METRICS,
            layout.metric_rows(plan).without_months(),
            ShownRows::All,
        ),
        table(&schema::LINKS, layout.link_rows(plan), ShownRows::All),
        table(&schema::EVENTS, layout.event_rows(plan), ShownRows::All),
        uncovered_table(layout.uncovered_rows(plan), &finished.collected),
        draws_table(entry, finished),
        inputs_table(entry, finished, inputs),
    ];
    if detail != Detail::Years {
        let months = layout.metric_rows(plan).only_months();
        let monthly = |form, rows| monthly_table(form, rows, &finished.collected);
        tables.extend([
            table(&schema::METRICS_BY_MONTH, months, ShownRows::NotZero),
            monthly(&schema::FLOWS, layout.flow_rows(plan)),
            monthly(&schema::BOOKS, layout.book_rows(plan)),
            monthly(&schema::PRICES, layout.price_rows(plan)),
            monthly(&schema::CAPACITIES, layout.capacity_rows(plan)),
            monthly(&schema::THROUGHPUT, layout.throughput_rows(plan)),
            observed_table(entry, records.of(&plan.scenario)),
        ]);
    }
    tables
}

/// Which rows a table has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ShownRows {
    All,
    /// Those that have a value in some draw.
    WithValue,
    /// Those that have another value than zero in some draw.
    NotZero,
}

impl ShownRows {
    fn shows(self, cell: &Accumulator) -> bool {
        match self {
            Self::All => true,
            Self::WithValue => !cell.is_empty(),
            Self::NotZero => !cell.is_empty() && !cell.is_always_zero(),
        }
    }
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
        let is_all = detail != Detail::Years;
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
            spec.key.iter().for_each(|column| rows.text(column));
            let summary = collected.summary(spec.cell).scaled(spec.scale);
            rows.summary(&summary, collected.count(spec.cell), Precision::Full);
            rows.end()
        })
    })
}

/// A table of statistics. A large one leaves out the dollars of a good whose tonnes it has, for they differ by its price.
fn statistics_table<'a>(
    form: &'static TableSchema,
    specs: TableRows,
    collected: &'a Collected,
    shown: ShownRows,
) -> ResultTable<'a> {
    let statistics = StatisticsRows::new(form, &specs, collected, shown);
    ResultTable::new(form, move |rows| {
        let mut statistics = statistics.clone();
        specs.try_for_each(|key, cell, scale| statistics.write(rows, key, cell, scale))
    })
}

/// A table of statistics whose rows begin with their month: those that have a value. Months that another scenario has too are
/// taken over from its table.
fn monthly_table<'a>(form: &'static TableSchema, specs: TableRows, collected: &'a Collected) -> ResultTable<'a> {
    let statistics = StatisticsRows::new(form, &specs, collected, ShownRows::WithValue);
    ResultTable::by_month(form, move |rows, share| {
        let mut statistics = statistics.clone();
        let (mut ends, mut needed) = (Vec::new(), share.needed);
        if needed > 0 {
            rows.keep()?;
        }
        let (known, months) = share.known.take().unwrap_or_default();
        rows.rows(known.of(months))?;
        ends.extend_from_slice(&known.ends[..months]);
        let mut month: Option<String> = None;
        specs.clone().without_first(months).try_for_each(|key, cell, scale| {
            if month.as_deref() != Some(key[0]) {
                let is_first = month.replace(key[0].to_owned()).is_none();
                if !is_first && ends.len() < needed {
                    ends.push(rows.kept_bytes());
                }
                if needed > 0 && ends.len() == needed {
                    share.kept = MonthTexts {
                        text: rows.take_kept()?,
                        ends: std::mem::take(&mut ends),
                    };
                    // Later months belong to no other.
                    needed = 0;
                }
            }
            statistics.write(rows, key, cell, scale)
        })
    })
}

/// Writes rows of statistics one after the other.
#[derive(Clone)]
struct StatisticsRows<'a> {
    form: &'static TableSchema,
    collected: &'a Collected,
    shown: ShownRows,
    precision: Precision,
    /// The cell of the last row.
    last: Option<usize>,
    /// The statistics of the last cell that was looked up. Rows of one cell in several units follow one another.
    last_summary: Option<(usize, Summary)>,
    /// Two offices record the same trade, and a bloc may have one member that trades: such rows have the same text.
    texts: KnownTexts,
}

impl<'a> StatisticsRows<'a> {
    fn new(form: &'static TableSchema, specs: &TableRows, collected: &'a Collected, shown: ShownRows) -> Self {
        // The schema and the rows are declared in different places, so their keys could disagree.
        debug_assert_eq!(form.time(), Some(specs.column), "the period of {}", form.file);
        Self {
            form,
            collected,
            shown,
            precision: if form.is_large {
                Precision::OfSpread
            } else {
                Precision::Full
            },
            last: None,
            last_summary: None,
            texts: KnownTexts::default(),
        }
    }

    fn write(&mut self, rows: &mut RowWriter<'_>, key: &[&str], cell: usize, scale: f64) -> io::Result<()> {
        let (form, collected) = (self.form, self.collected);
        debug_assert_eq!(key.len(), form.keys.len(), "keys of {}", form.file);
        if !self.shown.shows(collected.cell(cell)) {
            return Ok(());
        }
        let is_again = self.last.replace(cell) == Some(cell);
        if form.is_large && is_again && is_in_dollars(form, key) {
            return Ok(());
        }
        key.iter().for_each(|column| rows.text(column));
        if let Some(text) = self.texts.find(cell, scale) {
            rows.again(text);
            return rows.end();
        }
        let known = self.last_summary.filter(|(known, _)| *known == cell);
        let summary = known.unwrap_or_else(|| (cell, collected.summary(cell)));
        self.last_summary = Some(summary);
        let text = rows.summary_text(&summary.1.scaled(scale), collected.count(cell), self.precision);
        self.texts.keep(cell, scale, text);
        rows.end()
    }
}

/// Whether a row is of one good in dollars. All goods together may be one cell too, where there is only one: both of their rows
/// stay.
pub(super) fn is_in_dollars(form: &TableSchema, key: &[&str]) -> bool {
    let good = form
        .keys
        .iter()
        .position(|column| column.name == schema::COMMODITY.name);
    key.last() == Some(&ResultUnit::Dollars.name()) && good.is_some_and(|good| key[good] != ALL)
}

/// The statistics of some cells as text, to be written again: one cell in each place, the last that came there.
#[derive(Clone, Default)]
struct KnownTexts {
    text: Vec<u8>,
    /// Cell, factor on its statistics, and where the text is.
    known: Vec<Option<(usize, f64, Range<usize>)>>,
}

impl KnownTexts {
    /// Cells of a month of a large world.
    const PLACES: usize = 1 << 13;
    /// Bytes of text that are kept.
    const MOST: usize = 1 << 21;

    fn find(&self, cell: usize, scale: f64) -> Option<&[u8]> {
        let known = self.known.get(cell % Self::PLACES)?.as_ref();
        let (_, _, place) = known.filter(|(known, by, _)| (*known, *by) == (cell, scale))?;
        Some(&self.text[place.clone()])
    }

    fn keep(&mut self, cell: usize, scale: f64, text: &[u8]) {
        if self.text.len() > Self::MOST {
            self.text.clear();
            self.known.fill(None);
        }
        self.known.resize(Self::PLACES, None);
        let first = self.text.len();
        self.text.extend_from_slice(text);
        self.known[cell % Self::PLACES] = Some((cell, scale, first..self.text.len()));
    }
}

/// The records of the world, by series and month.
fn observed_table(entry: &BatchScenario, records: Arc<Vec<ComparableRecord>>) -> ResultTable<'_> {
    let scenario = &entry.model.plan.scenario;
    ResultTable::new(&schema::OBSERVED, move |rows| {
        records.iter().try_for_each(|record| {
            let (key, world) = (&record.key, &*scenario.world);
            rows.text(&record.month.to_string());
            let names = [
                key.reporter.name(world),
                key.partner.name(world),
                key.flow.name(),
                key.goods_name(world),
                key.unit.name(),
            ];
            names.iter().for_each(|name| rows.text(name));
            rows.number(Some(record.recorded));
            rows.number(Some(record.relative));
            rows.end()
        })
    })
}

/// `draws.csv`: a row for each draw with its headline metrics.
fn draws_table<'a>(entry: &'a BatchScenario, finished: &'a Finished) -> ResultTable<'a> {
    let headlines = entry.layout.headlines();
    let count = headlines.len();
    let names = headlines.into_iter();
    let names = names.map(|(metric, unit, _)| headline_name(metric, unit));
    let table = ResultTable::new(&schema::DRAWS, move |rows| {
        finished.draws.try_for_each(|draw, values| {
            rows.count(draw);
            values[..count].iter().for_each(|value| rows.exact(*value));
            rows.end()
        })
    });
    table.with_columns(names)
}

/// `inputs.csv`: a row for each draw with the uncertain numbers that the scenario does not share with the reference.
fn inputs_table<'a>(entry: &'a BatchScenario, finished: &'a Finished, inputs: &'a OwnInputs) -> ResultTable<'a> {
    let headlines = entry.layout.headlines().len();
    let parameters = &entry.model.plan.scenario.parameters;
    let names = inputs.places.iter().map(|place| parameters[*place].name.clone());
    let table = ResultTable::new(&schema::INPUTS, move |rows| {
        finished.draws.try_for_each(|draw, values| {
            rows.count(draw);
            inputs
                .places
                .iter()
                .for_each(|place| rows.exact(values[headlines + place]));
            rows.end()
        })
    });
    table.with_columns(names)
}
