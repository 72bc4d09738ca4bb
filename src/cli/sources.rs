//! `roundabout sources`: lists the sources of a world, and the assumed numbers that a scenario takes for certain.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::inputs::ReadingOptions;
use super::{Error, inputs, terminal};
use crate::comparison::Format;
use crate::model::{SourceIndex, Status, World};
use crate::provenance::{
    AssumedNumber, AssumptionTreatment, Statuses, assumed_numbers, baseline_value, rows_by_status,
};
use crate::report::{DisplayScale, Grid};
use crate::results::{TextTable, shortest};
use crate::scenario::Scenario;

/// Arguments of `sources`.
#[derive(Debug, Args)]
pub struct SourcesArguments {
    /// Folder of the world
    #[arg(value_name = "WORLD")]
    world: PathBuf,
    /// Also list the assumed numbers to which this scenario gives no distribution; exit code 4 if there are any
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Ignore the tables that `posterior` names: every number of the scenario keeps its prior
    #[arg(long, requires = "scenario")]
    prior: bool,
    /// How to write the listings
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints the value of baseline trade and the rows of tables by status and source, and the assumptions of a scenario.
///
/// # Errors
/// When the world or the scenario is invalid, they do not belong together, or assumptions are taken for certain.
pub fn run(arguments: &SourcesArguments) -> Result<(), Error> {
    let (world, _) = inputs::read_world(&arguments.world)?;
    let scenario = read_scenario(arguments, &world)?;
    let assumed = scenario.as_ref().map(assumed_numbers);
    let listings = Listings::new(&world, assumed.as_deref());
    // Printed before the gate fails, so that the numbers can be seen.
    terminal::print(&listings.render(&world, arguments.format)?)?;
    let certain = listings.certain.len();
    if certain == 0 {
        return Ok(());
    }
    let what = if certain == 1 { "number has" } else { "numbers have" };
    Err(Error::Gate(format!("{certain} assumed {what} no distribution")))
}

fn read_scenario(arguments: &SourcesArguments, world: &World) -> Result<Option<Scenario>, Error> {
    let Some(path) = &arguments.scenario else {
        return Ok(None);
    };
    let reading = ReadingOptions {
        allow_idle: true,
        prior: arguments.prior,
    };
    let scenario = inputs::read(std::slice::from_ref(path), reading)?.scenarios.pop();
    // The digest covers the scope too, so a scenario on a part of the world is refused.
    let is_on = |scenario: &Scenario| scenario.world.digest == world.digest;
    if scenario.as_ref().is_some_and(|scenario| !is_on(scenario)) {
        return Err(Error::Usage(format!(
            "{} is a scenario on another world, or on a part of this one",
            path.display()
        )));
    }
    Ok(scenario)
}

/// The contents of all listings.
struct Listings {
    /// USD a month by commodity, the last being all of them.
    baseline: Vec<(String, Statuses<f64>)>,
    /// USD a month, the largest first.
    sources: Vec<(SourceIndex, f64)>,
    /// Rows by table.
    tables: Vec<(&'static str, Statuses<usize>)>,
    /// Assumed numbers by kind: all, uncertain, covered, certain. None without a scenario.
    kinds: Option<BTreeMap<String, [usize; 4]>>,
    /// How many assumed numbers need no distribution, by reason.
    reasons: BTreeMap<&'static str, usize>,
    /// Names of the assumed numbers without a distribution.
    certain: Vec<String>,
}

impl Listings {
    fn new(world: &World, assumed: Option<&[AssumedNumber]>) -> Self {
        let value = baseline_value(world);
        let mut by_source: BTreeMap<SourceIndex, f64> = BTreeMap::new();
        let mut baseline: Vec<(String, Statuses<f64>)> = world
            .commodities
            .rows()
            .iter()
            .map(|commodity| (commodity.id.clone(), Statuses::new()))
            .collect();
        let mut total = Statuses::new();
        for ((commodity, source), usd) in value {
            let status = world.provenance.sources[source].status;
            let of_good = &mut baseline[crate::model::Index::row(commodity)].1;
            *of_good.entry(status).or_insert(0.0) += usd.get();
            *total.entry(status).or_insert(0.0) += usd.get();
            *by_source.entry(source).or_insert(0.0) += usd.get();
        }
        baseline.push(("all".to_owned(), total));
        let mut sources: Vec<(SourceIndex, f64)> = by_source.into_iter().collect();
        // The sort is stable: sources of equal value stay in the order of their ids.
        sources.sort_by(|one, other| f64::total_cmp(&other.1, &one.1));
        let tables = world.provenance.tables.iter();
        let mut listings = Self {
            baseline,
            sources,
            tables: tables
                .map(|table| (table.table, rows_by_status(world, table)))
                .collect(),
            kinds: assumed.map(|_| BTreeMap::new()),
            reasons: BTreeMap::new(),
            certain: Vec::new(),
        };
        assumed.into_iter().flatten().for_each(|number| listings.count(number));
        listings
    }

    fn count(&mut self, number: &AssumedNumber) {
        let place = match number.treatment {
            AssumptionTreatment::Uncertain => 1,
            AssumptionTreatment::Covered(reason) => {
                *self.reasons.entry(reason).or_insert(0) += 1;
                2
            }
            AssumptionTreatment::Certain => {
                self.certain.push(number.name.clone());
                3
            }
        };
        let counts = self.kinds.get_or_insert_default().entry(number.kind()).or_default();
        counts[0] += 1;
        counts[place] += 1;
    }

    fn total(&self) -> f64 {
        self.sources.iter().fold(0.0, |sum, (_, usd)| sum + usd)
    }

    fn render(&self, world: &World, format: Format) -> Result<String, Error> {
        let grids = || {
            [self.values(), self.carriers(world), self.rows()]
                .into_iter()
                .chain(self.assumptions())
        };
        Ok(match format {
            Format::Table => grids()
                .map(|grid| grid.to_text(terminal::grid_width()))
                .collect::<Vec<_>>()
                .join("\n"),
            Format::Markdown => {
                let sections = grids().map(|grid| format!("## {}\n\n{}", grid.title, grid.to_markdown()));
                sections.collect::<Vec<_>>().join("\n")
            }
            Format::Csv => String::from_utf8_lossy(&self.tidy(world).to_csv()?).into_owned(),
            Format::Json => self.tidy(world).to_json(),
        })
    }

    /// The statuses that occur, the surest first and those without one last.
    fn statuses(&self) -> Vec<Option<Status>> {
        let is_unstated = self.tables.iter().any(|(_, rows)| rows.contains_key(&None));
        let stated = Status::ALL.into_iter().map(Some);
        stated.chain(is_unstated.then_some(None)).collect()
    }

    fn by_status(&self, title: &str, columns: [&str; 2]) -> Grid {
        let mut grid = Grid::new(title, &columns, 1);
        grid.columns.extend(self.statuses().into_iter().map(name));
        grid
    }

    fn values(&self) -> Grid {
        let scale = DisplayScale::fitting("usd", [self.total()]);
        let heading = scale.unit.replace("usd", "USD");
        let mut grid = self.by_status(
            "Baseline trade a month at reference prices, by status of its source",
            ["commodity", &heading],
        );
        let total = |by_status: &Statuses<f64>| by_status.values().fold(0.0, |sum, usd| sum + usd);
        let totals = self.baseline.iter().map(|(_, by_status)| total(by_status));
        // The least traded good shows two digits.
        let least = totals.filter(|total| *total > 0.0).fold(f64::INFINITY, f64::min);
        let decimals = scale.decimals([10.0 * least]);
        for (commodity, by_status) in &self.baseline {
            let total = total(by_status);
            let mut row = vec![commodity.clone(), decimals.show(total)];
            let share = |status| percent(by_status.get(&status).copied().unwrap_or(0.0), total);
            row.extend(self.statuses().into_iter().map(share));
            grid.rows.push(row);
        }
        grid
    }

    fn carriers(&self, world: &World) -> Grid {
        let mut grid = Grid::new("Sources of baseline trade", &["source", "status", "share"], 2);
        for (source, usd) in &self.sources {
            let source = &world.provenance.sources[*source];
            grid.rows.push(vec![
                source.id.clone(),
                name(source.status),
                percent(*usd, self.total()),
            ]);
        }
        grid
    }

    fn rows(&self) -> Grid {
        let mut grid = self.by_status("Rows of the tables", ["table", "rows"]);
        for (table, by_status) in &self.tables {
            let total: usize = by_status.values().sum();
            let count = |status| by_status.get(&status).copied().unwrap_or(0).to_string();
            let mut row = vec![(*table).to_owned(), total.to_string()];
            row.extend(self.statuses().into_iter().map(count));
            grid.rows.push(row);
        }
        grid
    }

    /// How the scenario treats assumed numbers; empty without a scenario.
    fn assumptions(&self) -> Vec<Grid> {
        let Some(kinds) = &self.kinds else { return Vec::new() };
        let mut by_kind = Grid::new(
            "Assumed numbers",
            &["number", "assumed", "uncertain", "covered", "certain"],
            1,
        );
        for (kind, counts) in kinds {
            let counts = counts.iter().map(usize::to_string);
            by_kind.rows.push(std::iter::once(kind.clone()).chain(counts).collect());
        }
        let mut reasons = Grid::new("Covered, because", &["reason", "numbers"], 1);
        for (reason, count) in &self.reasons {
            reasons.rows.push(vec![(*reason).to_owned(), count.to_string()]);
        }
        let mut certain = Grid::new("Assumed, and taken for certain", &["number"], 1);
        certain.rows.extend(self.certain.iter().map(|name| vec![name.clone()]));
        [by_kind, reasons, certain]
            .into_iter()
            .filter(|grid| !grid.rows.is_empty())
            .collect()
    }

    /// One row for every number of every listing.
    fn tidy(&self, world: &World) -> TextTable {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut add = |listing: &str, item: &str, status: String, value: f64, unit: &str| {
            let cells = [listing, item, &status, &shortest(value), unit];
            rows.push(cells.map(str::to_owned).to_vec());
        };
        for (commodity, by_status) in &self.baseline {
            for (status, usd) in by_status {
                add("baseline", commodity, name(*status), *usd, "usd");
            }
        }
        for (source, usd) in &self.sources {
            let source = &world.provenance.sources[*source];
            add("source", &source.id, name(source.status), *usd, "usd");
        }
        for (table, by_status) in &self.tables {
            for (status, count) in by_status {
                add("rows", table, name(*status), *count as f64, "rows");
            }
        }
        for (kind, counts) in self.kinds.iter().flatten() {
            for (standing, count) in ["uncertain", "covered", "certain"].iter().zip(&counts[1..]) {
                add("assumed", kind, (*standing).to_owned(), *count as f64, "numbers");
            }
        }
        for name in &self.certain {
            add("certain", name, Status::Assumed.name().to_owned(), 1.0, "numbers");
        }
        TextTable::new(&["listing", "item", "status", "value", "unit"], rows)
    }
}

fn name(status: Option<Status>) -> String {
    status.map_or("unstated", Status::name).to_owned()
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 {
        format!("{:.1}%", 100.0 * part / whole)
    } else {
        String::new()
    }
}
