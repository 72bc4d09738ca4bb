//! Tidy tables of statistics over draws.

use super::number::shortest;
use crate::simulation::{Entry, Finished, RowSpec};
use crate::statistics::{Collected, Summary};

/// The last columns of every table of statistics.
pub const STATISTICS: [&str; 8] = ["mean", "sd", "mcse", "p05", "p25", "p50", "p75", "p95"];

/// A file of result rows.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: Vec<String>,
    /// Sorted by their leading key columns, or as the table says.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with its rows in the order of their keys.
    pub fn sorted(name: &'static str, columns: &[&str], mut rows: Vec<Vec<String>>) -> Self {
        rows.sort_unstable();
        Self {
            name,
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows,
        }
    }

    /// The file's bytes: CSV with a header, lines ended by LF.
    ///
    /// # Errors
    /// Never in practice: writing to memory does not fail.
    pub fn to_csv(&self) -> std::io::Result<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer
            .into_inner()
            .map_err(|error| std::io::Error::other(error.to_string()))
    }
}

/// The tables of one finished scenario, without `draws.csv`.
pub fn result_tables(entry: &Entry, finished: &Finished) -> Vec<Table> {
    let (layout, plan) = (&entry.layout, &entry.model.plan);
    let table = |name, keys: &[&str], rows: Vec<RowSpec>| statistics_table(name, keys, rows, &finished.collected);
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
    ]
}

/// What flowed although its pair was restricted, where no ban in force covered it: the largest leak first.
fn uncovered_table(mut groups: Vec<[RowSpec; 2]>, collected: &Collected) -> Table {
    let dollars = |[_, dollars]: &[RowSpec; 2]| collected.summary(dollars.cell).scaled(dollars.scale).mean;
    groups.retain(|[tonnes, _]| !collected.is_always_zero(tonnes.cell));
    // Stable: groups of equal means stay in the order of their keys.
    groups.sort_by(|one, other| one[0].key.cmp(&other[0].key));
    groups.sort_by(|one, other| f64::total_cmp(&dollars(other).unwrap_or(0.0), &dollars(one).unwrap_or(0.0)));
    Table {
        name: "uncovered.csv",
        columns: columns(&["commodity", "origin", "destination", "via", "kind", "unit"]),
        rows: groups
            .into_iter()
            .flatten()
            .map(|spec| statistics_row(spec, collected))
            .collect(),
    }
}

fn statistics_table(name: &'static str, keys: &[&str], mut specs: Vec<RowSpec>, collected: &Collected) -> Table {
    specs.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let rows = specs.into_iter().map(|spec| statistics_row(spec, collected)).collect();
    Table {
        name,
        columns: columns(keys),
        rows,
    }
}

fn columns(keys: &[&str]) -> Vec<String> {
    keys.iter()
        .chain(&STATISTICS)
        .map(|column| (*column).to_owned())
        .collect()
}

fn statistics_row(spec: RowSpec, collected: &Collected) -> Vec<String> {
    let mut row = spec.key;
    row.extend(summary_cells(&collected.summary(spec.cell).scaled(spec.scale)));
    row
}

/// The statistics columns of a summary, empty where a value does not exist.
pub fn summary_cells(summary: &Summary) -> [String; 8] {
    let Summary {
        mean,
        sd,
        mcse,
        p05,
        p25,
        p50,
        p75,
        p95,
    } = *summary;
    [mean, sd, mcse, p05, p25, p50, p75, p95].map(|value| value.map_or(String::new(), shortest))
}

/// The name of a headline column: metric and unit.
pub fn headline_name(metric: &str, unit: &str) -> String {
    format!("{metric}_{unit}")
}

/// `draws.csv`: a row for each draw, its headline metrics and its parameters. `first` is the number of the first draw.
pub fn draws_table(entry: &Entry, finished: &Finished, first: u64) -> Table {
    let headlines = entry
        .layout
        .headlines()
        .into_iter()
        .map(|(metric, unit, _)| headline_name(metric, unit));
    let parameters = entry
        .model
        .plan
        .scenario
        .parameters
        .iter()
        .map(|parameter| parameter.name.clone());
    let columns = std::iter::once("draw".to_owned())
        .chain(headlines)
        .chain(parameters)
        .collect();
    let row = |(draw, values): (u64, &Vec<f64>)| {
        std::iter::once(draw.to_string())
            .chain(values.iter().map(|value| shortest(*value)))
            .collect()
    };
    Table {
        name: "draws.csv",
        columns,
        rows: (first..).zip(&finished.draws).map(row).collect(),
    }
}
