//! The cells of a draw: every value that result tables report, at a fixed place in one row of numbers.
//!
//! A row holds, for each month, sums of flows (flows, books and throughput), prices, events and capacities; after the
//! months the metrics of every period, the first designations, and what flowed uncovered. Values that do not exist in a
//! draw are not-a-number and are left out of its statistics.

mod events;
mod periods;
mod recorder;
mod rows;
mod table;

use std::ops::Range;

use self::events::Events;
use self::periods::{PeriodSteps, list_periods};
pub use self::recorder::Room;
pub use self::table::{PeriodRows, RowSpec, TableRows};
use super::books::{BookKey, FlowKey, book_groups, flow_groups};
use super::groups::{Groups, Scaled, SharedGroups};
use super::metrics::{Accounts, Goods, METRICS, Measured, Metric, metrics_via};
use super::model::Model;
use super::throughput::{Place, PlaceGoods, throughput_groups};
use super::uncovered::Uncovered;
use crate::model::ReportedQuantity;

/// Limit, flow, rent and whether it binds.
const CAPACITY_CELLS: usize = ReportedQuantity::OF_CAPACITIES.len();

/// Where every quantity of a plan stands in the row of a draw.
#[derive(Debug)]
pub struct Layout {
    flows: Vec<(FlowKey, Scaled)>,
    books: Vec<(BookKey, Scaled)>,
    throughput: Vec<((Place, PlaceGoods), Scaled)>,
    /// Flows, books and throughput: many of them are the same sum.
    sums: Groups,
    /// What each constraint limits.
    limited: Groups,
    events: Events,
    uncovered: Uncovered,
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

impl Layout {
    /// Lays out the cells of a model.
    pub fn new(model: &Model) -> Self {
        let plan = &model.plan;
        let mut shared = SharedGroups::default();
        let flows = flow_groups(plan, &mut shared);
        let books = book_groups(plan, &mut shared);
        let throughput = throughput_groups(plan, &mut shared);
        let sums = shared.finish();
        let (accounts, events) = (Accounts::new(plan), Events::new(model));
        let supplies = plan.supply_quantity.len();
        let mut end = 0;
        let mut next = |cells: usize| {
            end += cells;
            end - cells..end
        };
        let of_month = MonthCells {
            sums: next(sums.len()),
            supply_prices: next(supplies),
            netbacks: next(supplies),
            demand_prices: next(plan.demand_quantity.len()),
            events: next(events.len()),
            capacities: next(CAPACITY_CELLS * plan.constraints.len()),
        };
        Self {
            flows,
            books,
            throughput,
            sums,
            limited: Groups::new(plan.constraints.iter().map(|row| unweighted(&row.routes))),
            events,
            uncovered: Uncovered::new(plan),
            metrics: list_metrics(&accounts),
            accounts,
            periods: list_periods(plan.scenario.horizon),
            months: plan.scenario.horizon.months,
            prices: plan.world().commodities.rows().iter().map(|good| good.price).collect(),
            of_month,
        }
    }

    /// Length of a row.
    pub fn cells(&self) -> usize {
        self.first_uncovered() + self.uncovered.keys.len()
    }

    /// The cells of what is compared between scenarios: metrics and first designations.
    pub fn compared(&self) -> Range<usize> {
        self.first_metric()..self.first_uncovered()
    }

    fn month_cells(&self) -> usize {
        self.of_month.capacities.end
    }

    fn first_metric(&self) -> usize {
        self.months * self.month_cells()
    }

    fn first_designation(&self) -> usize {
        self.first_metric() + self.metrics.len() * self.periods.len()
    }

    fn first_uncovered(&self) -> usize {
        self.first_designation() + self.events.targets.len()
    }
}

fn unweighted(routes: &[usize]) -> Vec<(usize, f64)> {
    routes.iter().map(|&route| (route, 1.0)).collect()
}

fn list_metrics(accounts: &Accounts) -> Vec<(Metric, Option<usize>, Goods)> {
    let by_via = (0..accounts.vias.len()).flat_map(|via| metrics_via(via).map(|metric| (metric, Some(via))));
    let mut metrics = Vec::new();
    for (metric, via) in METRICS.into_iter().map(|metric| (metric, None)).chain(by_via) {
        metrics.extend((0..accounts.commodities).map(|commodity| (metric, via, Goods::One(commodity))));
        if metric.formula.measured() == Some(Measured::Tonnes) {
            metrics.push((metric, via, Goods::AllTonnes));
        }
        metrics.push((metric, via, Goods::AllDollars));
    }
    metrics
}
