//! The cells of a draw: every value that result tables report, at a fixed place in one row of numbers.
//!
//! A row holds, for each month, sums of flows (flows, books and throughput), prices, events and capacities, as far as tables show
//! them; after the
//! months the metrics of every period, the first events, what parties gain by year, the uncovered leakage, and flows on
//! links by year. Values that do not exist in a
//! draw are not-a-number and are left out of its statistics.

mod events;
mod periods;
mod recorder;
mod rows;
mod table;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use self::events::{EVENT_CELLS, Events};
use self::periods::{PeriodSteps, list_periods, split_periods};
pub use self::recorder::{CellsFrom, RecordedPast, RecorderScratch};
pub use self::table::{PeriodRows, RowSpec, TableRows};
use crate::metrics::{
    Accounts, CustomsRecordKey, FlowKey, Goods, Leakage, LinkFlows, METRICS, Metric, Parties, ScaledSum, SharedSums,
    SparseSums, ThroughputPlace, customs_record_sums, flow_sums, metrics_via, throughput_sums,
};
use crate::model::{CommodityIndex, Index, ReportedQuantity, Unit};
use crate::simulation::{CommonPast, Model};

/// Limit, flow, rent and whether it binds.
const CAPACITY_CELLS: usize = ReportedQuantity::OF_CAPACITIES.len();

/// The tables by month whose cells a row has, beside events, which it has in any case.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each table may be written without the others"
)]
pub struct RecordedTables {
    pub metrics_by_month: bool,
    pub flows: bool,
    pub books: RecordedBooks,
    pub throughput: bool,
    pub prices: bool,
    pub capacities: bool,
}

/// The customs records that a row has.
#[derive(Clone, Debug)]
pub enum RecordedBooks {
    All,
    /// Only of these reporters, partners, flows and goods, by their names in tables.
    Listed(Arc<BTreeSet<[String; 4]>>),
}

impl RecordedTables {
    /// All tables, and all their rows.
    pub const ALL: Self = Self {
        metrics_by_month: true,
        flows: true,
        books: RecordedBooks::All,
        throughput: true,
        prices: true,
        capacities: true,
    };

    /// None.
    pub fn none() -> Self {
        Self {
            metrics_by_month: false,
            flows: false,
            books: RecordedBooks::Listed(Arc::default()),
            throughput: false,
            prices: false,
            capacities: false,
        }
    }
}

/// Where every quantity of a plan stands in the row of a draw.
#[derive(Debug)]
pub struct Layout {
    flows: Vec<(FlowKey, ScaledSum)>,
    customs_records: Vec<(CustomsRecordKey, ScaledSum)>,
    throughput: Vec<((ThroughputPlace, Goods), ScaledSum)>,
    /// Flows, customs records and throughput: many of them are the same sum.
    sums: SparseSums,
    /// The flow that each constraint limits.
    limited: SparseSums,
    events: Events,
    parties: Parties,
    links: LinkFlows,
    uncovered: Leakage,
    accounts: Accounts,
    /// Metrics with the intermediary's place, in the order of cells.
    metrics: Vec<(Metric, Option<usize>, Goods)>,
    periods: Vec<PeriodSteps>,
    months: usize,
    prices: Vec<f64>,
    of_month: MonthCells,
}

/// The cells of a month by what they hold, from the month's first.
#[derive(Clone, Debug)]
struct MonthCells {
    sums: Range<usize>,
    supply_prices: Range<usize>,
    netbacks: Range<usize>,
    demand_prices: Range<usize>,
    events: Range<usize>,
    capacities: Range<usize>,
}

/// The content of a cell of a common past.
#[derive(Clone, Copy, Debug)]
pub enum PastCell {
    /// The same as this cell of the leader.
    OfLeader(usize),
    /// Zero: an event that only the follower may meet later.
    Zero,
    /// Nothing: a limit that only the follower has later.
    Empty,
}

impl Layout {
    /// Lays out the cells of a model that some tables need.
    pub fn new(model: &Model, tables: &RecordedTables) -> Self {
        let plan = &model.plan;
        let mut shared = SharedSums::default();
        let flows = if tables.flows {
            flow_sums(plan, &mut shared)
        } else {
            Vec::new()
        };
        let customs_records = match &tables.books {
            RecordedBooks::All => customs_record_sums(plan, |_| true, &mut shared),
            RecordedBooks::Listed(listed) if listed.is_empty() => Vec::new(),
            RecordedBooks::Listed(listed) => {
                let is_listed = |(reporter, partner, flow, goods): &CustomsRecordKey| {
                    let goods = rows::goods_name(plan, *goods).to_owned();
                    listed.contains(&[reporter.clone(), partner.clone(), flow.name().to_owned(), goods])
                };
                customs_record_sums(plan, is_listed, &mut shared)
            }
        };
        let throughput = if tables.throughput {
            throughput_sums(plan, &mut shared)
        } else {
            Vec::new()
        };
        let sums = shared.finish();
        let (accounts, events) = (Accounts::new(plan), Events::new(model));
        let goods = plan.world().commodities.rows().iter();
        let prices: Vec<f64> = goods.map(|good| good.price.get()).collect();
        let mut periods = list_periods(plan.scenario.horizon);
        periods.retain(|of| tables.metrics_by_month || !of.period.is_month());
        let of_those = |is_shown: bool, count: usize| if is_shown { count } else { 0 };
        let supplies = of_those(tables.prices, plan.supply_quantity.len());
        let demands = of_those(tables.prices, plan.demand_quantity.len());
        let constraints = of_those(tables.capacities, plan.constraints.len());
        let mut end = 0;
        let mut next = |cells: usize| {
            end += cells;
            end - cells..end
        };
        let of_month = MonthCells {
            sums: next(sums.len()),
            supply_prices: next(supplies),
            netbacks: next(supplies),
            demand_prices: next(demands),
            events: next(events.len()),
            capacities: next(CAPACITY_CELLS * constraints),
        };
        Self {
            flows,
            customs_records,
            throughput,
            sums,
            limited: SparseSums::new(plan.constraints.rows().iter().map(|row| unweighted(&row.routes))),
            events,
            parties: Parties::new(plan, &accounts, &prices),
            links: LinkFlows::new(plan),
            uncovered: Leakage::new(plan),
            metrics: list_metrics(&accounts),
            accounts,
            periods,
            months: plan.scenario.horizon.months,
            prices,
            of_month,
        }
    }

    /// Length of a row.
    pub fn cells(&self) -> usize {
        self.first_link() + self.years().len() * self.links.keys.len()
    }

    /// The cells of what is compared between scenarios: metrics, first events, and what parties gain.
    pub fn compared(&self) -> Range<usize> {
        self.first_metric()..self.first_uncovered()
    }

    /// Whether rows have the same cells as those of a leader, but for events and capacities.
    pub fn matches(&self, leader: &Self) -> bool {
        let (own, known) = (&self.of_month, &leader.of_month);
        own.sums == known.sums
            && own.netbacks == known.netbacks
            && own.demand_prices == known.demand_prices
            && self.accounts.vias == leader.accounts.vias
            && self.accounts.commodities == leader.accounts.commodities
            && self.parties.keys == leader.parties.keys
            && self.parties.sums == leader.parties.sums
            && self.uncovered.keys == leader.uncovered.keys
            && self.months == leader.months
    }

    /// Where the cells of the months that a scenario has in common with its leader stand in the leader's row; its own row begins
    /// after them.
    pub fn past_cells(&self, leader: &Self, past: &CommonPast) -> Vec<PastCell> {
        let (own, known) = (&self.of_month, &leader.of_month);
        let mut of_month: Vec<PastCell> = (0..own.events.start).map(PastCell::OfLeader).collect();
        for place in &past.hazards {
            let cell = |cell| {
                place.map_or(PastCell::Zero, |place| {
                    PastCell::OfLeader(known.events.start + EVENT_CELLS * place + cell)
                })
            };
            of_month.extend((0..EVENT_CELLS).map(cell));
        }
        let has_capacities = !own.capacities.is_empty();
        for place in past.constraints.iter().filter(|_| has_capacities) {
            let first = |place| known.capacities.start + CAPACITY_CELLS * place;
            let cell = |cell| place.map_or(PastCell::Empty, |place| PastCell::OfLeader(first(place) + cell));
            of_month.extend((0..CAPACITY_CELLS).map(cell));
        }
        let month = |month| {
            let moved = move |cell: &PastCell| match *cell {
                PastCell::OfLeader(cell) => PastCell::OfLeader(month * leader.month_cells() + cell),
                other => other,
            };
            of_month.iter().map(moved)
        };
        (0..past.months).flat_map(month).collect()
    }

    /// How many cells the first months have.
    pub fn cells_of_months(&self, months: usize) -> usize {
        months * self.month_cells()
    }

    fn month_cells(&self) -> usize {
        self.of_month.capacities.end
    }

    fn first_metric(&self) -> usize {
        self.months * self.month_cells()
    }

    fn first_event(&self) -> usize {
        self.first_metric() + self.metrics.len() * self.periods.len()
    }

    fn first_party(&self) -> usize {
        self.first_event() + self.events.firsts.len()
    }

    fn first_uncovered(&self) -> usize {
        self.first_party() + (1 + self.years().len()) * self.parties.keys.len()
    }

    fn first_link(&self) -> usize {
        self.first_uncovered() + self.uncovered.keys.len()
    }

    /// The years, in order.
    fn years(&self) -> &[PeriodSteps] {
        let (_, years, _) = split_periods(&self.periods);
        years
    }
}

fn unweighted(routes: &[usize]) -> Vec<(usize, f64)> {
    routes.iter().map(|&route| (route, 1.0)).collect()
}

fn list_metrics(accounts: &Accounts) -> Vec<(Metric, Option<usize>, Goods)> {
    let by_via = (0..accounts.vias.len()).flat_map(|via| metrics_via(via).map(|metric| (metric, Some(via))));
    let mut metrics = Vec::new();
    for (metric, via) in METRICS.into_iter().map(|metric| (metric, None)).chain(by_via) {
        metrics.extend(
            (0..accounts.commodities).map(|commodity| (metric, via, Goods::One(CommodityIndex::new(commodity)))),
        );
        // Ratios and money have no sum in tonnes.
        if metric.formula.unit() == Some(Unit::Tonnes) {
            metrics.push((metric, via, Goods::AllTonnes));
        }
        metrics.push((metric, via, Goods::AllDollars));
    }
    metrics
}
