//! The cells of a draw: every value that result tables report, at a fixed place in one row of numbers.
//!
//! A row holds, for each month, flows, books, prices and capacities, and after the months the metrics of every period.
//! Values that do not exist in a draw are not-a-number and are left out of its statistics.

use std::collections::BTreeMap;

use ndarray::{Array2, Array3, Axis};

use super::books::{BookGoods, BookKey, FlowKey, book_groups, flow_groups};
use super::groups::Groups;
use super::metrics::{Accounts, Companion, Formula, Goods, METRICS, Measured, Metric, accounting_gap, metrics_via};
use super::path::SolvedMonth;
use super::plan::Plan;
use crate::model::Index;

/// Rents above this share of the reference price bind (MODEL section 3).
const BINDING: f64 = 1e-6;

/// One reported quantity: its key columns, its cell, and the factor from the cell's unit to the row's.
#[derive(Clone, Debug)]
pub struct RowSpec {
    pub key: Vec<String>,
    pub cell: usize,
    pub scale: f64,
}

/// A period of the metrics.
#[derive(Clone, Debug)]
struct Period {
    name: String,
    steps: std::ops::Range<usize>,
}

/// Where every quantity of a plan stands in the row of a draw.
#[derive(Debug)]
pub struct Layout {
    flow_keys: Vec<FlowKey>,
    flow_groups: Groups,
    book_keys: Vec<BookKey>,
    book_groups: Groups,
    pub accounts: Accounts,
    /// Metrics with the intermediary's place, in the order of cells.
    metrics: Vec<(Metric, Option<usize>, Goods)>,
    periods: Vec<Period>,
    months: usize,
    supplies: usize,
    demands: usize,
    constraints: usize,
    prices: Vec<f64>,
}

impl Layout {
    /// Lays out the cells of a plan.
    pub fn new(plan: &Plan) -> Self {
        let (flow_keys, flow_groups) = flow_groups(plan);
        let (book_keys, book_groups) = book_groups(plan);
        let accounts = Accounts::new(plan);
        let metrics = list_metrics(&accounts);
        Self {
            flow_keys,
            flow_groups,
            book_keys,
            book_groups,
            metrics,
            accounts,
            periods: list_periods(plan),
            months: plan.scenario.horizon.months,
            supplies: plan.supply_quantity.len(),
            demands: plan.demand_quantity.len(),
            constraints: plan.constraints.len(),
            prices: plan.world().commodities.rows().iter().map(|good| good.price).collect(),
        }
    }

    /// Length of a row.
    pub fn cells(&self) -> usize {
        self.first_metric() + self.metrics.len() * self.periods.len()
    }

    fn month_cells(&self) -> usize {
        self.flow_groups.len() + self.book_groups.len() + 2 * self.supplies + self.demands + 4 * self.constraints
    }

    /// The cell of the first metric; all metrics follow it to the end of the row.
    pub fn first_metric(&self) -> usize {
        self.months * self.month_cells()
    }

    /// Writes the cells of one solved month.
    pub fn write_month(&self, plan: &Plan, month: SolvedMonth<'_>, row: &mut [f64]) {
        let cells = &mut row[month.step * self.month_cells()..][..self.month_cells()];
        let (flows, cells) = cells.split_at_mut(self.flow_groups.len());
        let (books, cells) = cells.split_at_mut(self.book_groups.len());
        let (supplies, cells) = cells.split_at_mut(self.supplies);
        let (netbacks, cells) = cells.split_at_mut(self.supplies);
        let (demands, constraints) = cells.split_at_mut(self.demands);
        self.flow_groups.sum_into(&month.solution.flow, flows);
        self.book_groups.sum_into(&month.solution.flow, books);
        supplies.copy_from_slice(&month.solution.supply_price);
        demands.copy_from_slice(&month.solution.demand_price);
        write_netbacks(plan, month, netbacks);
        for (place, cells) in constraints.chunks_exact_mut(4).enumerate() {
            write_constraint(plan, month, place, cells);
        }
    }

    /// Writes the metrics of all periods from the terms of every month.
    pub fn write_metrics(&self, terms: &Array3<f64>, row: &mut [f64]) {
        let mut cells = row[self.first_metric()..].iter_mut();
        for period in &self.periods {
            let total = period.steps.clone().fold(
                Array2::zeros((self.accounts.terms(), self.prices.len())),
                |sum, step| sum + terms.index_axis(Axis(0), step),
            );
            for (&(metric, _, goods), cell) in self.metrics.iter().zip(&mut cells) {
                *cell = self.accounts.evaluate(metric, goods, total.view(), &self.prices);
            }
        }
    }

    /// Adds one month to the terms of a draw.
    pub fn add_terms(&self, plan: &Plan, month: SolvedMonth<'_>, companion: &Companion, terms: &mut Array3<f64>) {
        let mut of_month = terms.index_axis_mut(Axis(0), month.step);
        self.accounts.add_month(plan, month, companion, &mut of_month);
    }

    /// The largest gap, over months, goods and both views, between restricted trade and the five terms that it splits
    /// into, as a share of the good's trade without measures: an identity up to rounding (MODEL section 8.3).
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
fn write_constraint(plan: &Plan, month: SolvedMonth<'_>, place: usize, cells: &mut [f64]) {
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
        if matches!(metric.formula, Formula::Sum(_, Measured::Tonnes)) {
            metrics.push((metric, via, Goods::AllTonnes));
        }
        metrics.push((metric, via, Goods::AllDollars));
    }
    metrics
}

fn list_periods(plan: &Plan) -> Vec<Period> {
    let horizon = plan.scenario.horizon;
    let mut years: BTreeMap<i32, std::ops::Range<usize>> = BTreeMap::new();
    for (step, month) in horizon.iter().enumerate() {
        years.entry(month.year()).or_insert(step..step).end = step + 1;
    }
    let months = horizon.iter().enumerate().map(|(step, month)| Period {
        name: month.to_string(),
        steps: step..step + 1,
    });
    let years = years.into_iter().map(|(year, steps)| Period {
        name: format!("{year:04}"),
        steps,
    });
    let all = Period {
        name: "all".to_owned(),
        steps: 0..horizon.months,
    };
    std::iter::once(all).chain(years).chain(months).collect()
}

const TONNES: &str = "t";
const DOLLARS: &str = "usd";
const SHARE: &str = "share";
const ALL: &str = "all";

/// The rows of result tables. Tonnes and dollars of one good are one cell: at its reference price they differ by a factor.
impl Layout {
    /// Rows of `flows.csv`: month, commodity, supply, demand, kind, via, unit.
    pub fn flow_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let world = plan.world();
        let mut rows = Vec::new();
        for (step, month) in plan.scenario.horizon.iter().enumerate() {
            for (place, &(commodity, supply, demand, kind, via)) in self.flow_keys.iter().enumerate() {
                let cell = step * self.month_cells() + place;
                for (unit, scale) in [(TONNES, 1.0), (DOLLARS, self.prices[commodity])] {
                    let key = vec![
                        month.to_string(),
                        world.commodities.rows()[commodity].id.clone(),
                        world.supplies.rows()[supply].id.clone(),
                        world.demands.rows()[demand].id.clone(),
                        kind.name().to_owned(),
                        via.map_or(String::new(), |via| world.jurisdictions[via].id.clone()),
                        unit.to_owned(),
                    ];
                    rows.push(RowSpec { key, cell, scale });
                }
            }
        }
        rows
    }

    /// Rows of `books.csv`: month, reporter, partner, flow, commodity, unit.
    pub fn book_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let goods = plan.world().commodities.rows();
        let mut rows = Vec::new();
        for (step, month) in plan.scenario.horizon.iter().enumerate() {
            for (place, (reporter, partner, flow, of_goods)) in self.book_keys.iter().enumerate() {
                let cell = step * self.month_cells() + self.flow_groups.len() + place;
                let key = |commodity: &str, unit: &str| {
                    [&month.to_string(), reporter, partner, flow.name(), commodity, unit]
                        .map(str::to_owned)
                        .to_vec()
                };
                match *of_goods {
                    BookGoods::One(good) => {
                        let id = &goods[good].id;
                        rows.push(RowSpec {
                            key: key(id, TONNES),
                            cell,
                            scale: 1.0,
                        });
                        rows.push(RowSpec {
                            key: key(id, DOLLARS),
                            cell,
                            scale: self.prices[good],
                        });
                    }
                    BookGoods::AllTonnes => rows.push(RowSpec {
                        key: key(ALL, TONNES),
                        cell,
                        scale: 1.0,
                    }),
                    BookGoods::AllDollars => rows.push(RowSpec {
                        key: key(ALL, DOLLARS),
                        cell,
                        scale: 1.0,
                    }),
                }
            }
        }
        rows
    }

    /// Rows of `prices.csv`: month, commodity, side, id, quantity.
    pub fn price_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let world = plan.world();
        let first = self.flow_groups.len() + self.book_groups.len();
        let mut rows = Vec::new();
        for (step, month) in plan.scenario.horizon.iter().enumerate() {
            let start = step * self.month_cells() + first;
            let mut add = |good: usize, side: &str, id: &str, quantity: &str, offset: usize| {
                let commodity = &world.commodities.rows()[good].id;
                let key = [&month.to_string(), commodity, side, id, quantity]
                    .map(str::to_owned)
                    .to_vec();
                rows.push(RowSpec {
                    key,
                    cell: start + offset,
                    scale: 1.0,
                });
            };
            for (place, supply) in world.supplies.rows().iter().enumerate() {
                add(supply.commodity.row(), "supply", &supply.id, "price", place);
                add(
                    supply.commodity.row(),
                    "supply",
                    &supply.id,
                    "netback",
                    self.supplies + place,
                );
            }
            for (place, demand) in world.demands.rows().iter().enumerate() {
                add(
                    demand.commodity.row(),
                    "demand",
                    &demand.id,
                    "price",
                    2 * self.supplies + place,
                );
            }
        }
        rows
    }

    /// Rows of `capacities.csv`: month, capacity, quantity.
    pub fn capacity_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let first = self.month_cells() - 4 * self.constraints;
        let mut rows = Vec::new();
        for (step, month) in plan.scenario.horizon.iter().enumerate() {
            for (place, row) in plan.constraints.iter().enumerate() {
                let name = plan.constraint_name(row.constraint);
                for (offset, quantity) in ["limit", "flow", "rent", "binding"].into_iter().enumerate() {
                    let key = [&month.to_string(), &name, quantity].map(str::to_owned).to_vec();
                    rows.push(RowSpec {
                        key,
                        cell: step * self.month_cells() + first + 4 * place + offset,
                        scale: 1.0,
                    });
                }
            }
        }
        rows
    }

    /// Rows of `metrics.csv`: metric, period, commodity, via, unit.
    pub fn metric_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let mut rows = Vec::new();
        for (number, period) in self.periods.iter().enumerate() {
            for (place, &(metric, via, goods)) in self.metrics.iter().enumerate() {
                let cell = self.first_metric() + number * self.metrics.len() + place;
                for (unit, scale) in self.units(metric, goods) {
                    let key = vec![
                        metric.name.to_owned(),
                        period.name.clone(),
                        goods_name(plan, goods),
                        via.map_or(String::new(), |via| {
                            plan.world().jurisdictions[self.accounts.vias[via]].id.clone()
                        }),
                        unit.to_owned(),
                    ];
                    rows.push(RowSpec { key, cell, scale });
                }
            }
        }
        rows
    }

    fn units(&self, metric: Metric, goods: Goods) -> Vec<(&'static str, f64)> {
        match (metric.formula, goods) {
            (Formula::Ratio { .. }, _) => vec![(SHARE, 1.0)],
            (Formula::Sum(_, Measured::Dollars), _) | (_, Goods::AllDollars) => vec![(DOLLARS, 1.0)],
            (_, Goods::AllTonnes) => vec![(TONNES, 1.0)],
            (_, Goods::One(commodity)) => vec![(TONNES, 1.0), (DOLLARS, self.prices[commodity])],
        }
    }

    /// The headline metrics: all months, all goods, no intermediary, in dollars or as a share; with their names.
    pub fn headlines(&self) -> Vec<(&'static str, &'static str, usize)> {
        let is_headline = |(_, (_, via, goods)): &(usize, &(Metric, Option<usize>, Goods))| {
            via.is_none() && *goods == Goods::AllDollars
        };
        let name = |(place, (metric, _, goods)): (usize, &(Metric, Option<usize>, Goods))| {
            (
                metric.name,
                self.units(*metric, *goods)[0].0,
                self.first_metric() + place,
            )
        };
        self.metrics.iter().enumerate().filter(is_headline).map(name).collect()
    }
}

fn goods_name(plan: &Plan, goods: Goods) -> String {
    match goods {
        Goods::One(commodity) => plan.world().commodities.rows()[commodity].id.clone(),
        Goods::AllTonnes | Goods::AllDollars => ALL.to_owned(),
    }
}
