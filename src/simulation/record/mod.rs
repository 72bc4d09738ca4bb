//! The cells of a draw: every value that result tables report, at a fixed place in one row of numbers.
//!
//! A row holds, for each month, sums of flows (flows, books and throughput), prices, events and capacities; after the
//! months the metrics of every period, the first designations, and what flowed uncovered. Values that do not exist in a draw are not-a-number
//! and are left out of its statistics.

mod events;
mod periods;
mod rows;
mod table;

use std::ops::Range;

use ndarray::{Array3, Axis};

use self::events::{EVENT_CELLS, Events, write_events};
use self::periods::{Period, list_periods};
pub use self::table::{PeriodRows, RowSpec, TableRows};
use super::books::{BookKey, FlowKey, book_groups, flow_groups};
use super::groups::{Groups, Scaled, SharedGroups};
use super::metrics::{Accounts, Companion, Goods, METRICS, Measured, Metric, Totals, accounting_gap, metrics_via};
use super::path::{Model, SolvedMonth};
use super::plan::Plan;
use super::throughput::{Place, PlaceGoods, throughput_groups};
use super::uncovered::Uncovered;

/// Rents above this share of the reference price bind (docs/model.md).
const BINDING: f64 = 1e-6;

/// Limit, flow, rent and whether it binds.
const CAPACITY_CELLS: usize = 4;

/// Where every quantity of a plan stands in the row of a draw.
#[derive(Debug)]
pub struct Layout {
    flows: Vec<(FlowKey, Scaled)>,
    books: Vec<(BookKey, Scaled)>,
    throughput: Vec<((Place, PlaceGoods), Scaled)>,
    /// Flows, books and throughput: many of them are the same sum.
    sums: Groups,
    events: Events,
    uncovered: Uncovered,
    pub accounts: Accounts,
    /// Metrics with the intermediary's place, in the order of cells.
    metrics: Vec<(Metric, Option<usize>, Goods)>,
    periods: Vec<Period>,
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

    /// Empties the cells that add up over the months of a draw.
    pub fn start(&self, row: &mut [f64]) {
        row[self.first_uncovered()..].fill(0.0);
    }

    /// Writes the cells of one solved month; months come in order.
    pub fn write_month(&self, plan: &Plan, month: SolvedMonth<'_>, row: &mut [f64]) {
        self.uncovered
            .add_month(plan, month, &mut row[self.first_uncovered()..]);
        let (earlier, later) = row.split_at_mut(month.step * self.month_cells());
        let cells = &mut later[..self.month_cells()];
        let of_month = &self.of_month;
        self.sums
            .sum_into(&month.solution.flow, &mut cells[of_month.sums.clone()]);
        cells[of_month.supply_prices.clone()].copy_from_slice(&month.solution.supply_price);
        write_netbacks(plan, month, &mut cells[of_month.netbacks.clone()]);
        cells[of_month.demand_prices.clone()].copy_from_slice(&month.solution.demand_price);
        let before = earlier.len().checked_sub(self.month_cells());
        let before = before.map(|start| &earlier[start..][of_month.events.clone()]);
        write_events(month.events, before, &mut cells[of_month.events.clone()]);
        let capacities = cells[of_month.capacities.clone()].chunks_exact_mut(CAPACITY_CELLS);
        for (place, cells) in capacities.enumerate() {
            write_capacity(plan, month, place, cells);
        }
    }

    /// Writes the metrics of all periods from the terms of every month, and the first designations.
    pub fn write_metrics(&self, terms: &Array3<f64>, row: &mut [f64]) {
        let (months, others) = row.split_at_mut(self.first_metric());
        let (metrics, others) = others.split_at_mut(self.metrics.len() * self.periods.len());
        let mut totals = Totals::new(&self.accounts);
        for (period, cells) in self.periods.iter().zip(metrics.chunks_exact_mut(self.metrics.len())) {
            totals.clear();
            let steps = period.steps.clone();
            steps.for_each(|step| totals.add(terms.index_axis(Axis(0), step)));
            totals.add_goods(&self.prices);
            for (&(metric, _, goods), cell) in self.metrics.iter().zip(cells) {
                *cell = self.accounts.evaluate(metric, goods, &totals, &self.prices);
            }
        }
        let has_occurred = |step: usize, place: usize| {
            months[step * self.month_cells() + self.of_month.events.start + EVENT_CELLS * place + 1] > 0.0
        };
        let firsts = &mut others[..self.events.targets.len()];
        self.events.write_first(self.months, has_occurred, firsts);
    }

    /// Adds one month to the terms of a draw.
    pub fn add_terms(&self, plan: &Plan, month: SolvedMonth<'_>, companion: &Companion, terms: &mut Array3<f64>) {
        let of_month = terms.index_axis_mut(Axis(0), month.step);
        self.accounts.add_month(plan, month, companion, of_month);
    }

    /// The largest gap, over months, goods and both views, between restricted trade and the five terms that it splits
    /// into, as a share of the good's trade without measures: an identity up to rounding (docs/model.md).
    pub fn accounting_gap(&self, companion: &Companion, plan: &Plan, terms: &Array3<f64>) -> f64 {
        let mut largest = 0.0_f64;
        for (step, of_month) in terms.axis_iter(Axis(0)).enumerate() {
            let trade = companion.trade(plan, step);
            for (commodity, of_good) in of_month.axis_iter(Axis(1)).enumerate() {
                largest = largest.max(accounting_gap(of_good) / trade[commodity]);
            }
        }
        largest
    }
}

/// Netback: price at the market less everything spent to get there, weighted by flow; not a number without flow.
fn write_netbacks(plan: &Plan, month: SolvedMonth<'_>, netbacks: &mut [f64]) {
    let mut rents = vec![0.0; plan.routes.len()];
    for (row, &rent) in plan
        .constraints
        .iter()
        .zip(&month.solution.rent)
        .filter(|(_, rent)| **rent > 0.0)
    {
        row.routes.iter().for_each(|&route| rents[route] += rent);
    }
    let mut flows = vec![0.0; netbacks.len()];
    netbacks.fill(0.0);
    for (number, route) in plan.routes.iter().enumerate() {
        let flow = month.solution.flow[number];
        if flow > 0.0 {
            let kept = month.solution.demand_price[route.demand] - month.conditions.cost[number] - rents[number];
            netbacks[route.supply] += flow * kept;
            flows[route.supply] += flow;
        }
    }
    netbacks
        .iter_mut()
        .zip(flows)
        .for_each(|(netback, flow)| *netback /= flow);
}

/// Limit, flow, rent and whether it binds; nothing where no limit is in force.
fn write_capacity(plan: &Plan, month: SolvedMonth<'_>, place: usize, cells: &mut [f64]) {
    let limit = month.conditions.limit[place];
    if limit.is_infinite() {
        cells.fill(f64::NAN);
        return;
    }
    let row = &plan.constraints[place];
    let flow = row
        .routes
        .iter()
        .fold(0.0, |sum, &route| sum + month.solution.flow[route]);
    let rent = month.solution.rent[place];
    let binds = if rent > BINDING * row.reference_price { 1.0 } else { 0.0 };
    cells.copy_from_slice(&[limit, flow, rent, binds]);
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
