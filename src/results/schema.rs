//! The form of every result table, declared once: its file and its columns, each with type, unit and meaning.
//!
//! Writers, readers and docs/results.md take columns from here; a test compares the page. Two designs were weighed:
//!
//! - **A trait per table**, with a struct for its rows. The compiler would check every cell of a row. But most rows are
//!   the same eight statistics behind other keys, made by the hundred thousand from lists of cells: a dozen structs would
//!   be filled only to be taken apart again, and a list of all tables would still need values that describe them.
//! - **Constants** (chosen), as the schemas of Frictionless Data and the component attributes of `PyPSA` are: a table is
//!   a value, so that documents, data packages and checks can go through all tables and columns. The price is that the
//!   writer and the schema could disagree on the number of keys: an assertion of debug builds looks at every row.

use super::context::CONTEXT_FILE;
use super::state::STATE_FILE;
use crate::model::{ReportedQuantity, ResultUnit};

/// The form of one table.
#[derive(Debug)]
pub struct TableSchema {
    /// The name of its file.
    pub file: &'static str,
    /// The rows it has, as in "a row for each ...".
    pub rows: &'static str,
    /// The columns that identify a row.
    pub keys: &'static [ColumnSchema],
    /// The columns after the keys.
    pub statistics: &'static [ColumnSchema],
    /// Kinds of columns after these, whose number and names depend on the run; the names here are placeholders.
    pub varying: &'static [ColumnSchema],
    /// The quantities that the key column [`QUANTITY`] may name.
    pub quantities: &'static [ReportedQuantity],
    /// Whether it has so many rows that it is compressed, unless plain files are asked for.
    pub is_large: bool,
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct ColumnSchema {
    pub name: &'static str,
    pub values: ColumnType,
    pub unit: UnitRule,
    /// One plain line about it.
    pub meaning: &'static str,
}

/// The values of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnType {
    Text,
    /// Like 2022-03.
    Month,
    /// A month, a year like 2022, the months from one to another like 2022-01..2023-06, or `all`.
    Period,
    Number,
    /// A number from 0 to 1.
    Share,
    /// Zero or more.
    Integer,
    /// `true` or `false`.
    Flag,
}

impl ColumnType {
    /// The type in a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Month => "month",
            Self::Period => "period",
            Self::Number => "number",
            Self::Share => "share",
            Self::Integer => "integer",
            Self::Flag => "true or false",
        }
    }
}

/// Where the unit of a column's numbers is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitRule {
    /// Text and pure numbers have none.
    None,
    Fixed(ResultUnit),
    /// The row's column [`UNIT`] names it.
    InRow,
    /// It is that of the quantity which the row's column [`QUANTITY`] names.
    OfQuantity,
    /// It ends the column's name, see [`headline_name`].
    InName,
    /// It is that of the scenario's number which the column is named after.
    OfParameter,
}

impl TableSchema {
    /// The columns that every such file has, in order.
    pub fn columns(&self) -> impl Iterator<Item = &'static ColumnSchema> + use<> {
        self.keys.iter().chain(self.statistics)
    }

    /// The names of these columns.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.columns().map(|column| column.name)
    }

    /// The header line of such a file.
    pub fn header(&self) -> String {
        self.names().collect::<Vec<_>>().join(",")
    }

    /// The place of the key column with the month or period.
    pub fn time(&self) -> Option<usize> {
        let is_time = |column: &ColumnSchema| matches!(column.values, ColumnType::Month | ColumnType::Period);
        self.keys.iter().position(is_time)
    }
}

/// The name of a headline metric, alone: metric and unit.
pub fn headline_name(metric: &str, unit: &str) -> String {
    format!("{metric}_{unit}")
}

const MEAN: &str = "mean";
const SD: &str = "sd";
const MCSE: &str = "mcse";
const P05: &str = "p05";
const P25: &str = "p25";
const P50: &str = "p50";
const P75: &str = "p75";
const P95: &str = "p95";

const fn text(name: &'static str, meaning: &'static str) -> ColumnSchema {
    column(name, ColumnType::Text, UnitRule::None, meaning)
}

const fn number(name: &'static str, unit: UnitRule, meaning: &'static str) -> ColumnSchema {
    column(name, ColumnType::Number, unit, meaning)
}

const fn column(name: &'static str, values: ColumnType, unit: UnitRule, meaning: &'static str) -> ColumnSchema {
    ColumnSchema {
        name,
        values,
        unit,
        meaning,
    }
}

/// The statistics over draws, in the order of [`Summary::values`](crate::statistics::Summary::values).
pub const fn statistics(unit: UnitRule) -> [ColumnSchema; 8] {
    [
        number(MEAN, unit, "mean over draws"),
        number(
            SD,
            unit,
            "standard deviation over draws, with n - 1 below; empty for a single draw",
        ),
        number(
            MCSE,
            unit,
            "Monte Carlo standard error of the mean: sd over the root of n",
        ),
        number(P05, unit, "5% quantile over draws"),
        number(P25, unit, "25% quantile over draws"),
        number(P50, unit, "median over draws"),
        number(P75, unit, "75% quantile over draws"),
        number(P95, unit, "95% quantile over draws"),
    ]
}

/// The draws that statistics are over.
pub const DRAWS_WITH_VALUE: ColumnSchema = column(
    "draws",
    ColumnType::Integer,
    UnitRule::None,
    "draws that have a value: the statistics are over them",
);

/// The statistics over draws, and over how many.
pub const fn counted_statistics(unit: UnitRule) -> [ColumnSchema; 9] {
    let [mean, sd, mcse, p05, p25, p50, p75, p95] = statistics(unit);
    [mean, sd, mcse, p05, p25, p50, p75, p95, DRAWS_WITH_VALUE]
}

pub const SCENARIO: ColumnSchema = text("scenario", "the scenario, by the name of its file");
pub const REFERENCE: ColumnSchema = text("reference", "the scenario that is subtracted");
pub const METRIC: ColumnSchema = text("metric", "the metric, by name");
pub const PERIOD: ColumnSchema = column(
    "period",
    ColumnType::Period,
    UnitRule::None,
    "a month, a year, or `all` for the whole run; in comparisons also common months",
);
pub const MONTH: ColumnSchema = column("month", ColumnType::Month, UnitRule::None, "the calendar month");
/// The good of a row that may be about all goods.
pub const COMMODITY: ColumnSchema = text("commodity", "the good, or `all`");
const ONE_COMMODITY: ColumnSchema = text("commodity", "the good");
/// The intermediary.
pub const VIA: ColumnSchema = text(
    "via",
    "the intermediary: the jurisdiction of the papers; empty for none or any",
);
/// Whose gain or loss a row is about.
pub const PARTY: ColumnSchema = text(
    "party",
    "the jurisdiction or capacity whose gain or loss it is; empty for nobody's",
);
pub const UNIT: ColumnSchema = text("unit", "the unit of the row's numbers");
pub const QUANTITY: ColumnSchema = text("quantity", "the quantity that the row gives");
const KIND: ColumnSchema = text("kind", "the kind of route: direct, reexport, ghost or relabel");
/// The draw.
pub const DRAW: ColumnSchema = column(
    "draw",
    ColumnType::Integer,
    UnitRule::None,
    "number of the draw, from 0",
);

pub const METRICS: TableSchema = TableSchema {
    file: "metrics.csv",
    rows: "metric, year or the whole run, commodity, intermediary and unit: what became of restricted trade",
    keys: &[METRIC, PERIOD, COMMODITY, VIA, PARTY, UNIT],
    statistics: &counted_statistics(UnitRule::InRow),
    varying: &[],
    quantities: &[],
    is_large: false,
};

/// The months of [`METRICS`], without rows that are zero in every draw or have no value.
pub const METRICS_BY_MONTH: TableSchema = TableSchema {
    file: "metrics-by-month.csv",
    rows: "metric, month, commodity, intermediary and unit",
    keys: METRICS.keys,
    statistics: METRICS.statistics,
    varying: &[],
    quantities: &[],
    is_large: true,
};

pub const FLOWS: TableSchema = TableSchema {
    file: "flows.csv",
    rows: "month, supply, demand, kind of route, intermediary and unit",
    keys: &[
        MONTH,
        ONE_COMMODITY,
        text("supply", "the supply where the goods come from"),
        text("demand", "the demand where they go"),
        KIND,
        VIA,
        UNIT,
    ],
    statistics: &counted_statistics(UnitRule::InRow),
    varying: &[],
    quantities: &[],
    is_large: true,
};

pub const BOOKS: TableSchema = TableSchema {
    file: "books.csv",
    rows: "month, reporter, partner, direction, commodity and unit: simulated customs statistics",
    keys: &[
        MONTH,
        text("reporter", "the jurisdiction or bloc whose customs office records"),
        text("partner", "the jurisdiction or bloc it records trade with"),
        text("flow", "the direction: export or import"),
        COMMODITY,
        UNIT,
    ],
    statistics: &counted_statistics(UnitRule::InRow),
    varying: &[],
    quantities: &[],
    is_large: true,
};

pub const PRICES: TableSchema = TableSchema {
    file: "prices.csv",
    rows: "month, supply or demand, and quantity",
    keys: &[
        MONTH,
        ONE_COMMODITY,
        text("side", "supply or demand"),
        text("id", "the supply or demand"),
        QUANTITY,
    ],
    statistics: &counted_statistics(UnitRule::OfQuantity),
    varying: &[],
    quantities: &ReportedQuantity::OF_MARKETS,
    is_large: true,
};

pub const CAPACITIES: TableSchema = TableSchema {
    file: "capacities.csv",
    rows: "month, capacity and quantity; bans, quotas and closures are capacities too",
    keys: &[
        MONTH,
        text("capacity", "the capacity, or the measure that acts as one"),
        QUANTITY,
    ],
    statistics: &counted_statistics(UnitRule::OfQuantity),
    varying: &[],
    quantities: &ReportedQuantity::OF_CAPACITIES,
    is_large: true,
};

pub const THROUGHPUT: TableSchema = TableSchema {
    file: "throughput.csv",
    rows: "month, place (port, border, terminal or limited link), commodity and unit",
    keys: &[
        MONTH,
        text("place", "the node or link that goods pass"),
        COMMODITY,
        UNIT,
    ],
    statistics: &counted_statistics(UnitRule::InRow),
    varying: &[],
    quantities: &[],
    is_large: true,
};

pub const LINKS: TableSchema = TableSchema {
    file: "links.csv",
    rows: "year, link, commodity and unit: goods on each link",
    keys: &[
        column("period", ColumnType::Period, UnitRule::None, "the year"),
        text("link", "the link"),
        text("from", "the node at its one end"),
        text("to", "the node at its other end"),
        text("mode", "how goods travel on it"),
        ONE_COMMODITY,
        UNIT,
    ],
    statistics: &counted_statistics(UnitRule::InRow),
    varying: &[],
    quantities: &[],
    is_large: true,
};

pub const EVENTS: TableSchema = TableSchema {
    file: "events.csv",
    rows: "designation programme, target, month and quantity",
    keys: &[
        text("event", "the programme"),
        text("target", "the jurisdiction whose firms are listed"),
        MONTH,
        QUANTITY,
    ],
    statistics: &counted_statistics(UnitRule::OfQuantity),
    varying: &[],
    quantities: &ReportedQuantity::OF_EVENTS,
    is_large: false,
};

pub const UNCOVERED: TableSchema = TableSchema {
    file: "uncovered.csv",
    rows: "commodity, seller, buyer, intermediary and kind: what measures leave open",
    keys: &[
        ONE_COMMODITY,
        text("origin", "the jurisdiction of the true seller"),
        text("destination", "the jurisdiction of the true buyer"),
        VIA,
        KIND,
        UNIT,
    ],
    statistics: &counted_statistics(UnitRule::InRow),
    varying: &[],
    quantities: &[],
    is_large: false,
};

pub const OBSERVED: TableSchema = TableSchema {
    file: "observed.csv",
    rows: "month and series of records of the world, to lay beside `books.csv`",
    keys: BOOKS.keys,
    statistics: &[
        number("recorded", UnitRule::InRow, "the record as published"),
        number(
            "relative",
            UnitRule::None,
            "the record without season and change of prices; 1 is the mean month of the first year",
        ),
    ],
    varying: &[],
    quantities: &[],
    is_large: true,
};

pub const DRAWS: TableSchema = TableSchema {
    file: "draws.csv",
    rows: "draw: headline metrics",
    keys: &[DRAW],
    statistics: &[],
    varying: &[number(
        "METRIC_UNIT",
        UnitRule::InName,
        "a headline metric; `manifest.json` lists them",
    )],
    quantities: &[],
    is_large: false,
};

pub const INPUTS: TableSchema = TableSchema {
    file: "inputs.csv",
    rows: "draw: uncertain numbers; where `manifest.json` names the reference, only those that differ from its",
    keys: &[DRAW],
    statistics: &[],
    varying: &[number(
        "PARAMETER",
        UnitRule::OfParameter,
        "an uncertain number, under its dotted name",
    )],
    quantities: &[],
    is_large: true,
};

/// The tables of one scenario.
pub const OF_SCENARIO: [&TableSchema; 13] = [
    &METRICS,
    &METRICS_BY_MONTH,
    &FLOWS,
    &BOOKS,
    &PRICES,
    &CAPACITIES,
    &THROUGHPUT,
    &LINKS,
    &EVENTS,
    &UNCOVERED,
    &OBSERVED,
    &DRAWS,
    &INPUTS,
];

/// The ending of the name of a compressed table.
pub const COMPRESSED: &str = ".zst";

/// Whether a scenario's results have a file of this name beside their manifest: a table, the context, or the state of a
/// part of a run.
pub fn is_of_scenario(name: &str) -> bool {
    let plain = name.strip_suffix(COMPRESSED).unwrap_or(name);
    [CONTEXT_FILE, STATE_FILE].contains(&name) || OF_SCENARIO.iter().any(|table| table.file == plain)
}

pub const SUMMARY: TableSchema = TableSchema {
    file: "summary.csv",
    rows: "scenario and headline metric",
    keys: &[SCENARIO, METRIC, UNIT],
    statistics: METRICS.statistics,
    varying: &[],
    quantities: &[],
    is_large: false,
};

const DIFFERENCE: ColumnSchema = number("difference", UnitRule::InRow, "mean of the difference");
const DIFFERENCE_MCSE: ColumnSchema = number(MCSE, UnitRule::InRow, "Monte Carlo standard error of that mean");
const DIFFERENCE_P05: ColumnSchema = number(P05, UnitRule::InRow, "5% quantile of the difference over draws");
const DIFFERENCE_P25: ColumnSchema = number(P25, UnitRule::InRow, "25% quantile of the difference");
const DIFFERENCE_P50: ColumnSchema = number(P50, UnitRule::InRow, "median of the difference");
const DIFFERENCE_P75: ColumnSchema = number(P75, UnitRule::InRow, "75% quantile of the difference");
const DIFFERENCE_P95: ColumnSchema = number(P95, UnitRule::InRow, "95% quantile of the difference");
pub(super) const BELOW_ZERO: ColumnSchema = column(
    "probability_below_zero",
    ColumnType::Share,
    UnitRule::None,
    "share of draws in which the scenario lies below the reference",
);
pub(super) const PAIRED_DRAWS: ColumnSchema = column(
    "draws",
    ColumnType::Integer,
    UnitRule::None,
    "draws in which both have the quantity; empty if draws are not paired",
);
pub(super) const PAIRED: ColumnSchema = column(
    "paired",
    ColumnType::Flag,
    UnitRule::None,
    "whether each draw was subtracted from its counterpart",
);

pub const COMPARISON: TableSchema = TableSchema {
    file: "comparison.csv",
    rows: "scenario and metric: the difference from the reference scenario",
    keys: &[SCENARIO, REFERENCE, METRIC, PERIOD, COMMODITY, VIA, PARTY, UNIT],
    statistics: &[
        DIFFERENCE,
        DIFFERENCE_MCSE,
        DIFFERENCE_P05,
        DIFFERENCE_P25,
        DIFFERENCE_P50,
        DIFFERENCE_P75,
        DIFFERENCE_P95,
        BELOW_ZERO,
        PAIRED_DRAWS,
        PAIRED,
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

/// The months of [`COMPARISON`], without rows that are zero in every draw.
pub const COMPARISON_BY_MONTH: TableSchema = TableSchema {
    file: "comparison-by-month.csv",
    rows: "scenario, metric and month: the difference from the reference scenario",
    keys: COMPARISON.keys,
    statistics: COMPARISON.statistics,
    varying: &[],
    quantities: &[],
    is_large: true,
};

pub const ORDER: TableSchema = TableSchema {
    file: "order.csv",
    rows: "scenario, another one, and headline metric: how often it is the lower of the two",
    keys: &[
        SCENARIO,
        text("other", "the scenario that it is laid beside"),
        METRIC,
        UNIT,
    ],
    statistics: &[
        column(
            "probability_lower",
            ColumnType::Share,
            UnitRule::None,
            "share of draws in which the scenario is strictly lower than the other",
        ),
        column(
            "draws",
            ColumnType::Integer,
            UnitRule::None,
            "draws in which both have the metric",
        ),
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

pub(super) const SWEEP_OF: ColumnSchema = text("of", "the scenario that this is a variant of, or itself");
pub(super) const SWEEP_CHANGE: ColumnSchema = text(
    "change",
    "what the variant changes; `sum of single differences` adds those of the variants without one measure",
);
pub(super) const SWEEP_VALUE: ColumnSchema = number(
    "value",
    UnitRule::None,
    "the value of the number that is varied, where it is one number",
);
/// What the table says of the level of a metric.
pub(super) const OF_SWEEP_LEVEL: [ColumnSchema; 5] = [
    number(MEAN, UnitRule::InRow, "mean over draws"),
    number("mean_mcse", UnitRule::InRow, "Monte Carlo standard error of the mean"),
    number("level_p05", UnitRule::InRow, "5% quantile over draws"),
    number("level_p50", UnitRule::InRow, "median over draws"),
    number("level_p95", UnitRule::InRow, "95% quantile over draws"),
];

pub const SWEEP: TableSchema = TableSchema {
    file: "sweep.csv",
    rows: "scenario or variant, and headline metric; only where scenarios are varied",
    keys: &[SCENARIO, SWEEP_OF, SWEEP_CHANGE, SWEEP_VALUE, METRIC, UNIT],
    statistics: &[
        OF_SWEEP_LEVEL[0],
        OF_SWEEP_LEVEL[1],
        OF_SWEEP_LEVEL[2],
        OF_SWEEP_LEVEL[3],
        OF_SWEEP_LEVEL[4],
        DIFFERENCE,
        DIFFERENCE_MCSE,
        DIFFERENCE_P05,
        DIFFERENCE_P25,
        DIFFERENCE_P50,
        DIFFERENCE_P75,
        DIFFERENCE_P95,
        BELOW_ZERO,
        PAIRED_DRAWS,
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

/// The tables of a batch that holds variants.
pub const OF_FAMILY: [&TableSchema; 5] = [&SUMMARY, &COMPARISON, &COMPARISON_BY_MONTH, &ORDER, &SWEEP];

/// The tables of a batch.
pub const OF_BATCH: [&TableSchema; 4] = [&SUMMARY, &COMPARISON, &COMPARISON_BY_MONTH, &ORDER];

/// Mean, error and quantiles of a difference, in the order of [`COMPARISON`].
pub(super) const OF_DIFFERENCE: [ColumnSchema; 7] = [
    DIFFERENCE,
    DIFFERENCE_MCSE,
    DIFFERENCE_P05,
    DIFFERENCE_P25,
    DIFFERENCE_P50,
    DIFFERENCE_P75,
    DIFFERENCE_P95,
];

/// The output of `roundabout compare --format csv`.
pub const COMPARED: TableSchema = TableSchema {
    file: "compare --format csv",
    rows: "scenario but the reference, and selected metric",
    keys: COMPARISON.keys,
    statistics: &[
        number(MEAN, UnitRule::InRow, "mean over the scenario's draws"),
        number("reference_mean", UnitRule::InRow, "mean over the reference's draws"),
        column(
            "mean_draws",
            ColumnType::Integer,
            UnitRule::None,
            "draws of the scenario that have the metric, where that is known",
        ),
        DIFFERENCE,
        DIFFERENCE_MCSE,
        DIFFERENCE_P05,
        DIFFERENCE_P25,
        DIFFERENCE_P50,
        DIFFERENCE_P75,
        DIFFERENCE_P95,
        BELOW_ZERO,
        PAIRED_DRAWS,
        PAIRED,
        number(
            "low",
            UnitRule::InRow,
            "lower end of the 95% interval of the mean difference",
        ),
        number("high", UnitRule::InRow, "upper end of that interval"),
        column(
            "p_value",
            ColumnType::Share,
            UnitRule::None,
            "probability of such a mean if there is no difference, uncorrected",
        ),
        text(
            "verdict",
            "on the mean: identical, equivalent, lower, higher, or cannot tell",
        ),
        column(
            "draws_needed",
            ColumnType::Integer,
            UnitRule::None,
            "where it cannot be told, the draws that it would take",
        ),
        text("order", "whether the priors settle it: lower, higher, same, or open"),
        text("group", "scenarios that share a letter cannot be told apart"),
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

const TONNES: UnitRule = UnitRule::Fixed(ResultUnit::Tonnes);
const DOLLARS_PER_TONNE: UnitRule = UnitRule::Fixed(ResultUnit::DollarsPerTonne);

pub const SOLVED_FLOWS: TableSchema = TableSchema {
    file: FLOWS.file,
    rows: "route",
    keys: &[text("route", "the route")],
    statistics: &[number("t_per_month", TONNES, "the flow")],
    varying: &[],
    quantities: &[],
    is_large: false,
};

pub const SOLVED_PRICES: TableSchema = TableSchema {
    file: PRICES.file,
    rows: "supply or demand that somebody reaches",
    keys: &[text("side", "supply or demand"), text("id", "the supply or demand")],
    statistics: &[number("usd_per_t", DOLLARS_PER_TONNE, "the price")],
    varying: &[],
    quantities: &[],
    is_large: false,
};

pub const SOLVED_CAPACITIES: TableSchema = TableSchema {
    file: CAPACITIES.file,
    rows: "capacity of the world",
    keys: &[text("id", "the capacity")],
    statistics: &[
        number("limit_t_per_month", TONNES, "the most that may pass"),
        number("flow_t_per_month", TONNES, "what passes"),
        number(
            "rent_usd_per_t",
            DOLLARS_PER_TONNE,
            "what one more tonne of limit would earn",
        ),
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

/// The tables of `roundabout solve`.
pub const OF_SOLVE: [&TableSchema; 3] = [&SOLVED_FLOWS, &SOLVED_PRICES, &SOLVED_CAPACITIES];

const FACT_STATISTICS: [ColumnSchema; 8] = statistics(UnitRule::InRow);

pub const FACTS: TableSchema = TableSchema {
    file: "validation/facts.csv",
    rows: "fact",
    keys: &[
        text("fact", "the fact"),
        text("statistic", "the kind of number it is"),
        UNIT,
    ],
    statistics: &[
        number(
            "observed_low",
            UnitRule::InRow,
            "the published number, or the low end of the range; empty if open",
        ),
        number(
            "observed_high",
            UnitRule::InRow,
            "the same number, or the high end of the range; empty if open",
        ),
        number(
            "recomputed",
            UnitRule::InRow,
            "the same definition over the world's observations",
        ),
        column(
            "draws",
            ColumnType::Integer,
            UnitRule::None,
            "draws in which the number exists",
        ),
        FACT_STATISTICS[0],
        FACT_STATISTICS[1],
        FACT_STATISTICS[2],
        FACT_STATISTICS[3],
        FACT_STATISTICS[4],
        FACT_STATISTICS[5],
        FACT_STATISTICS[6],
        FACT_STATISTICS[7],
        text(
            "inside",
            "`yes` if the middle 90% of draws meets what was published, else `no`",
        ),
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

/// What a calibration says of each uncertain number.
pub const CALIBRATED: TableSchema = TableSchema {
    file: "parameters.csv",
    rows: "uncertain number, in the order of their names",
    keys: &[text("name", "the dotted name of the number")],
    statistics: &[
        number("prior_p05", UnitRule::OfParameter, "5% quantile of the prior"),
        number("prior_p50", UnitRule::OfParameter, "median of the prior"),
        number("prior_p95", UnitRule::OfParameter, "95% quantile of the prior"),
        number("posterior_p05", UnitRule::OfParameter, "5% quantile of the members"),
        number("posterior_p50", UnitRule::OfParameter, "median of the members"),
        number("posterior_p95", UnitRule::OfParameter, "95% quantile of the members"),
        number(
            "mean",
            UnitRule::None,
            "mean of the members where the prior is standard normal",
        ),
        number(
            "spread",
            UnitRule::None,
            "standard deviation of the members where the prior is standard normal",
        ),
        text("says", "what the data say: `identified`, `weak` or `not at all`"),
        column(
            "stuck",
            ColumnType::Flag,
            UnitRule::None,
            "whether the data push it against an end of its prior",
        ),
        column(
            "in_posterior",
            ColumnType::Flag,
            UnitRule::None,
            "whether it has a column in `posterior.csv`; the others keep their priors",
        ),
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

const FORECAST_STATISTICS: [ColumnSchema; 8] = statistics(UnitRule::InRow);

/// Forecasts of recorded trade.
pub const FORECAST: TableSchema = TableSchema {
    file: "forecast.csv",
    rows: "series of records and month, quarter or year",
    keys: &[
        text("reporter", "who records: a jurisdiction or a bloc"),
        text("partner", "with whom"),
        text("flow", "`export` or `import`"),
        text(
            "commodity",
            "the good, `all`, or `rest`: all less those with series of their own",
        ),
        text(
            "period",
            "a month, a quarter like 2024-Q3, or a year; known months are added",
        ),
        UNIT,
    ],
    statistics: &[
        FORECAST_STATISTICS[0],
        FORECAST_STATISTICS[1],
        FORECAST_STATISTICS[3],
        FORECAST_STATISTICS[4],
        FORECAST_STATISTICS[5],
        FORECAST_STATISTICS[6],
        FORECAST_STATISTICS[7],
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

/// Calibrations on the records of known truths.
pub const SYNTHETIC: TableSchema = TableSchema {
    file: "synthetic.csv",
    rows: "replicate and uncertain number, and for each replicate and total of the forecast",
    keys: &[
        column("replicate", ColumnType::Integer, UnitRule::None, "the truth, from 1"),
        text("kind", "`number` or `forecast`"),
        text("name", "the dotted name of the number, or the series"),
    ],
    statistics: &[
        number("truth", UnitRule::OfParameter, "the true number; empty for a forecast"),
        column(
            "rank",
            ColumnType::Share,
            UnitRule::None,
            "the share of members below the truth; ties by chance",
        ),
        number(
            "spread",
            UnitRule::None,
            "standard deviation of the members where the prior is standard normal; empty for a forecast",
        ),
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

/// The table of `roundabout backtest`.
pub const SCORES: TableSchema = TableSchema {
    file: "scores.csv",
    rows: "scored forecast: origin, month, series and method",
    keys: &[
        column(
            "origin",
            ColumnType::Month,
            UnitRule::None,
            "the last month that was known",
        ),
        column(
            "month",
            ColumnType::Month,
            UnitRule::None,
            "the month that was forecast",
        ),
        text("reporter", "the jurisdiction or bloc whose customs office records"),
        text("partner", "the jurisdiction or bloc it records trade with"),
        text("flow", "the direction: export or import"),
        text(
            "commodity",
            "the good, `all`, or `rest` for all but the goods with series of their own",
        ),
        text("unit", "the unit of the records: t or usd"),
        column(
            "ahead",
            ColumnType::Integer,
            UnitRule::None,
            "how many months the month comes after the origin",
        ),
        text("method", "the way to forecast"),
    ],
    statistics: &[
        number(
            "crps",
            UnitRule::None,
            "continuous ranked probability score of the logarithm; lower is better",
        ),
        column(
            "within_50",
            ColumnType::Flag,
            UnitRule::None,
            "whether the record lies in the central 50% of the forecast",
        ),
        column(
            "within_90",
            ColumnType::Flag,
            UnitRule::None,
            "the same of the central 90%",
        ),
        column(
            "pit",
            ColumnType::Share,
            UnitRule::None,
            "share of the forecast below the record",
        ),
        number(
            "error",
            UnitRule::None,
            "logarithm of the record less the median forecast; positive if more came",
        ),
    ],
    varying: &[],
    quantities: &[],
    is_large: false,
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn tables() -> Vec<&'static TableSchema> {
        let others = [&COMPARED, &FACTS, &CALIBRATED, &SYNTHETIC, &FORECAST, &SCORES];
        [&OF_SCENARIO[..], &OF_FAMILY, &OF_SOLVE, &others].concat()
    }

    #[test]
    fn every_column_of_a_table_has_its_own_name_and_a_meaning() {
        for table in tables() {
            let names: BTreeSet<&str> = table.names().collect();
            assert_eq!(names.len(), table.columns().count(), "{}", table.file);
            assert!(table.columns().all(|column| !column.meaning.is_empty()));
        }
    }

    #[test]
    fn every_unit_is_found_where_its_rule_says() {
        for table in tables() {
            let has = |name| table.keys.iter().any(|key| key.name == name);
            for column in table.columns() {
                match column.unit {
                    UnitRule::InRow => assert!(has(UNIT.name), "{}", table.file),
                    UnitRule::OfQuantity => assert!(has(QUANTITY.name) && !table.quantities.is_empty()),
                    UnitRule::InName => panic!("{} varies", column.name),
                    UnitRule::None | UnitRule::Fixed(_) | UnitRule::OfParameter => {}
                }
            }
        }
    }
}
