//! The cells of a draw: every value that result tables report, at a fixed place in one row of numbers.
//!
//! A row holds, for each month, sums of flows (flows, books and throughput), prices, events and capacities; after the
//! months the metrics of every period, the first designations, and what flowed uncovered. Values that do not exist in a draw are not-a-number
//! and are left out of its statistics.

mod events;
mod periods;
mod row;
mod rows;
mod table;

use std::ops::Range;

use ndarray::{Array3, Axis};

use self::events::{EVENT_CELLS, Events, write_events};
use self::periods::{Period, list_periods};
pub use self::row::{Row, STRIP};
pub use self::table::{PeriodRows, RowSpec, TableRows};
use super::books::{BookKey, FlowKey, book_groups, flow_groups};
use super::groups::{Groups, Scaled, SharedGroups};
use super::metrics::{
    Accounts, Companion, Goods, METRICS, Measured, Metric, Standings, Sums, Totals, accounting_gap, metrics_via,
};
use super::model::Model;
use super::path::SolvedMonth;
use super::plan::Plan;
use super::throughput::{Place, PlaceGoods, throughput_groups};
use super::trade::Trade;
use super::uncovered::Uncovered;
use crate::math::lanes::{Lanes, WIDTH};
use crate::math::width::Width;

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
    /// What each constraint limits.
    limited: Groups,
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

    /// Empties the cells that add up over the months of a draw.
    pub fn start(&self, row: &mut Row<'_>) {
        (self.first_uncovered()..self.cells()).for_each(|cell| row.set(cell, 0.0));
    }

    /// Writes the cells of one solved month that are sums of flows, for the draws of a strip from `first` whose trade stands
    /// side by side.
    pub fn write_sums(&self, step: usize, room: &mut Room, first: usize, cells: &mut [f64]) {
        let from = (step * self.month_cells() + self.of_month.sums.start) * STRIP;
        let cells = &mut cells[from..][..self.sums.len() * STRIP];
        room.trade.sum_each(&self.sums, |place, sums| {
            cells[place * STRIP + first..][..WIDTH].copy_from_slice(&sums.0);
        });
        let limited = &mut room.limited;
        room.trade.sum_each(&self.limited, |place, flow| limited[place] = flow);
    }

    /// Writes the other cells of one solved month of the draw in a lane; months come in order.
    pub fn write_month(&self, plan: &Plan, month: SolvedMonth<'_>, room: &mut Room, lane: usize, row: &mut Row<'_>) {
        let uncovered = self.first_uncovered();
        self.uncovered.add_month(month, |place, flow| {
            row.set(uncovered + place, row.get(uncovered + place) + flow);
        });
        let (first, of_month) = (month.step * self.month_cells(), &self.of_month);
        row.write(first + of_month.supply_prices.start, &month.solution.supply_price);
        row.write(first + of_month.demand_prices.start, &month.solution.demand_price);
        room.find_netbacks(plan, month, lane);
        row.write(first + of_month.netbacks.start, &room.netbacks);
        let before = (month.step > 0).then(|| first - self.month_cells() + of_month.events.start);
        write_events(month.events, before, first + of_month.events.start, row);
        for place in 0..plan.constraints.len() {
            let cells = capacity_cells(plan, month, place, room.limited[place].0[lane]);
            row.write(first + of_month.capacities.start + CAPACITY_CELLS * place, &cells);
        }
    }

    /// Writes the metrics of all periods from the terms of every month, and the first designations.
    pub fn write_metrics(&self, terms: &Array3<f64>, room: &mut Room, row: &mut Row<'_>) {
        let totals = &mut room.totals;
        let mut first = self.first_metric();
        for period in &self.periods {
            totals.clear();
            let steps = period.steps.clone();
            steps.for_each(|step| totals.add(terms.index_axis(Axis(0), step)));
            totals.add_goods(&self.prices);
            for (place, &(metric, _, goods)) in self.metrics.iter().enumerate() {
                row.set(
                    first + place,
                    self.accounts.evaluate(metric, goods, totals, &self.prices),
                );
            }
            first += self.metrics.len();
        }
        let has_occurred = |step: usize, place: usize| {
            row.get(step * self.month_cells() + self.of_month.events.start + EVENT_CELLS * place + 1) > 0.0
        };
        let firsts = self.events.first(self.months, has_occurred);
        row.write(self.first_designation(), &firsts);
    }

    /// Adds one month to the terms of the draw in a lane.
    pub fn add_terms(
        &self,
        plan: &Plan,
        month: SolvedMonth<'_>,
        room: &mut Room,
        lane: usize,
        companion: &Companion,
        terms: &mut Array3<f64>,
    ) {
        let of_month = terms.index_axis_mut(Axis(0), month.step);
        let Room { trade, standings, .. } = room;
        let usual = companion.month(month.step, lane);
        let sums = Sums { trade, lane, usual };
        self.accounts
            .add_month(plan, month, sums, &mut standings[lane], of_month);
    }

    /// The largest gap, over months, goods and both views, between restricted trade and the five terms that it splits
    /// into, as a share of the good's trade without measures: an identity up to rounding (docs/model.md).
    pub fn accounting_gap(&self, companion: &Companion, lane: usize, plan: &Plan, terms: &Array3<f64>) -> f64 {
        let mut largest = 0.0_f64;
        for (step, of_month) in terms.axis_iter(Axis(0)).enumerate() {
            let trade = companion.trade(plan, step);
            for (commodity, of_good) in of_month.axis_iter(Axis(1)).enumerate() {
                largest = largest.max(accounting_gap(of_good) / trade[commodity][lane]);
            }
        }
        largest
    }
}

/// What recording the months of up to [`WIDTH`] draws takes, kept for its room.
#[derive(Debug)]
pub struct Room {
    pub trade: Trade,
    /// By lane.
    standings: Vec<Standings>,
    /// By constraint.
    limited: Vec<Lanes>,
    /// By route.
    rents: Vec<f64>,
    /// By supply.
    netbacks: Vec<f64>,
    totals: Totals,
}

impl Room {
    /// Room for the months of a plan.
    pub fn new(layout: &Layout, plan: &Plan, width: Width) -> Self {
        Self {
            trade: Trade::new(plan, width),
            standings: (0..WIDTH).map(|_| Standings::new(plan)).collect(),
            limited: vec![Lanes::ZERO; plan.constraints.len()],
            rents: vec![0.0; plan.routes.len()],
            netbacks: vec![0.0; plan.supply_quantity.len()],
            totals: Totals::new(&layout.accounts),
        }
    }

    /// Netback: price at the market less everything spent to get there, weighted by flow; not a number without flow.
    fn find_netbacks(&mut self, plan: &Plan, month: SolvedMonth<'_>, lane: usize) {
        let Self {
            rents, netbacks, trade, ..
        } = self;
        let paid = || {
            plan.constraints
                .iter()
                .zip(&month.solution.rent)
                .filter(|(_, rent)| **rent > 0.0)
        };
        for (row, &rent) in paid() {
            row.routes.iter().for_each(|&route| rents[route] += rent);
        }
        netbacks.fill(0.0);
        let ends = plan.supply_of_route.iter().zip(&plan.demand_of_route);
        let costs = month.conditions.cost.iter().zip(&*rents);
        for ((&flow, (cost, rent)), (supply, demand)) in month.solution.flow.iter().zip(costs).zip(ends) {
            if flow > 0.0 {
                let kept = month.solution.demand_price[*demand as usize] - cost - rent;
                netbacks[*supply as usize] += flow * kept;
            }
        }
        let sent = netbacks.iter_mut().zip(&trade.supply);
        sent.for_each(|(netback, sent)| *netback /= sent.0[lane]);
        for (row, _) in paid() {
            row.routes.iter().for_each(|&route| rents[route] = 0.0);
        }
    }
}

fn unweighted(routes: &[usize]) -> Vec<(usize, f64)> {
    routes.iter().map(|&route| (route, 1.0)).collect()
}

/// Limit, flow, rent and whether it binds; nothing where no limit is in force.
fn capacity_cells(plan: &Plan, month: SolvedMonth<'_>, place: usize, flow: f64) -> [f64; CAPACITY_CELLS] {
    let limit = month.conditions.limit[place];
    if limit.is_infinite() {
        return [f64::NAN; CAPACITY_CELLS];
    }
    let rent = month.solution.rent[place];
    let binds = if rent > BINDING * plan.constraints[place].reference_price {
        1.0
    } else {
        0.0
    };
    [limit, flow, rent, binds]
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
