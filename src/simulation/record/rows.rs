//! The rows of result tables. Tonnes and dollars of one good are one cell: at its reference price they differ by a factor.

use super::events::EVENT_CELLS;
use super::periods::ALL;
use super::{CAPACITY_CELLS, Layout};
use crate::model::Index;
use crate::simulation::books::BookGoods;
use crate::simulation::metrics::{Goods, Measured, Metric};
use crate::simulation::plan::Plan;
use crate::simulation::uncovered::LeakKey;

/// One reported quantity: its key columns, its cell, and the factor from the cell's unit to the row's.
#[derive(Clone, Debug)]
pub struct RowSpec {
    pub key: Vec<String>,
    pub cell: usize,
    pub scale: f64,
}

const TONNES: &str = "t";
const DOLLARS: &str = "usd";
const SHARE: &str = "share";
const MONTHS: &str = "months";

/// The metric of the first designation of each target.
const FIRST_DESIGNATION: &str = "first_designation";

fn row<const N: usize>(key: [&str; N], cell: usize, scale: f64) -> RowSpec {
    RowSpec {
        key: key.map(str::to_owned).to_vec(),
        cell,
        scale,
    }
}

impl Layout {
    /// The months by name, with their first cell.
    fn months<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = (String, usize)> + 'a {
        let months = plan.scenario.horizon.iter().enumerate();
        months.map(|(step, month)| (month.to_string(), step * self.month_cells()))
    }

    /// Rows of `flows.csv`: month, commodity, supply, demand, kind, via, unit.
    pub fn flow_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let world = plan.world();
        let mut rows = Vec::new();
        for (month, start) in self.months(plan) {
            for (place, &(commodity, supply, demand, kind, via)) in self.flow_keys.iter().enumerate() {
                let cell = start + self.of_month.flows.start + place;
                for (unit, scale) in [(TONNES, 1.0), (DOLLARS, self.prices[commodity])] {
                    let key: [&str; 7] = [
                        &month,
                        &world.commodities.rows()[commodity].id,
                        &world.supplies.rows()[supply].id,
                        &world.demands.rows()[demand].id,
                        kind.name(),
                        via.map_or("", |via| world.jurisdictions[via].id.as_str()),
                        unit,
                    ];
                    rows.push(row(key, cell, scale));
                }
            }
        }
        rows
    }

    /// Rows of `books.csv`: month, reporter, partner, flow, commodity, unit.
    pub fn book_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let goods = plan.world().commodities.rows();
        let mut rows = Vec::new();
        for (month, start) in self.months(plan) {
            for (place, (reporter, partner, flow, of_goods)) in self.books.keys.iter().enumerate() {
                let cell = start + self.of_month.books.start + place;
                let mut add = |commodity: &str, unit: &str, scale: f64| {
                    let key = [&month, reporter, partner, flow.name(), commodity, unit];
                    rows.push(row(key, cell, scale));
                };
                match *of_goods {
                    BookGoods::One(good) => {
                        add(&goods[good].id, TONNES, 1.0);
                        add(&goods[good].id, DOLLARS, self.prices[good]);
                    }
                    BookGoods::AllTonnes => add(ALL, TONNES, 1.0),
                    BookGoods::AllDollars => add(ALL, DOLLARS, 1.0),
                }
            }
        }
        rows
    }

    /// Rows of `throughput.csv`: month, place, commodity, unit.
    pub fn throughput_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let world = plan.world();
        let throughput = &self.throughput;
        let mut rows = Vec::new();
        for (month, start) in self.months(plan) {
            let first = start + self.of_month.throughput.start;
            for (cell, &(place, good)) in (first..).zip(&throughput.of_goods) {
                let (place, good, price) = (place.name(world), &world.commodities.rows()[good].id, self.prices[good]);
                rows.push(row([&month, &place, good, TONNES], cell, 1.0));
                rows.push(row([&month, &place, good, DOLLARS], cell, price));
            }
            let totals = first + throughput.of_goods.len();
            for (cell, place) in (totals..).step_by(2).zip(&throughput.of_all) {
                let place = place.name(world);
                rows.push(row([&month, &place, ALL, TONNES], cell, 1.0));
                rows.push(row([&month, &place, ALL, DOLLARS], cell + 1, 1.0));
            }
        }
        rows
    }

    /// Rows of `prices.csv`: month, commodity, side, id, quantity.
    pub fn price_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let world = plan.world();
        let good = |index: crate::model::CommodityIndex| &world.commodities.rows()[index.row()].id;
        let mut rows = Vec::new();
        for (month, start) in self.months(plan) {
            let supply_price = start + self.of_month.supply_prices.start;
            let netback = start + self.of_month.netbacks.start;
            for (place, supply) in world.supplies.rows().iter().enumerate() {
                let key = |quantity| [&month, good(supply.commodity), "supply", &supply.id, quantity];
                rows.push(row(key("price"), supply_price + place, 1.0));
                rows.push(row(key("netback"), netback + place, 1.0));
            }
            let demand_price = start + self.of_month.demand_prices.start;
            for (place, demand) in world.demands.rows().iter().enumerate() {
                let key = [&month, good(demand.commodity), "demand", &demand.id, "price"];
                rows.push(row(key, demand_price + place, 1.0));
            }
        }
        rows
    }

    /// Rows of `capacities.csv`: month, capacity, quantity.
    pub fn capacity_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let mut rows = Vec::new();
        for (month, start) in self.months(plan) {
            let first = start + self.of_month.capacities.start;
            for (cell, constraint) in (first..).step_by(CAPACITY_CELLS).zip(&plan.constraints) {
                let name = plan.constraint_name(constraint.constraint);
                for (offset, quantity) in ["limit", "flow", "rent", "binding"].into_iter().enumerate() {
                    rows.push(row([&month, &name, quantity], cell + offset, 1.0));
                }
            }
        }
        rows
    }

    /// Rows of `events.csv`: event, target, month, quantity.
    pub fn event_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let mut rows = Vec::new();
        for (month, start) in self.months(plan) {
            let first = start + self.of_month.events.start;
            for (cell, &(programme, target)) in (first..).step_by(EVENT_CELLS).zip(&self.events.designations) {
                let event = &plan.scenario.programmes[programme].terms.id;
                let target = &plan.world().jurisdictions[target].id;
                rows.push(row([event, target, &month, "occurs"], cell, 1.0));
                rows.push(row([event, target, &month, "has_occurred"], cell + 1, 1.0));
                rows.push(row([event, target, &month, "by_genuine_growth"], cell + 2, 1.0));
            }
        }
        rows
    }

    /// Rows of `uncovered.csv`, two for each group, tonnes and dollars: commodity, origin, destination, via, kind, unit.
    pub fn uncovered_rows(&self, plan: &Plan) -> Vec<[RowSpec; 2]> {
        let world = plan.world();
        let id = |jurisdiction| world.jurisdictions[jurisdiction].id.as_str();
        let rows = |(cell, &(good, origin, destination, via, kind)): (usize, &LeakKey)| {
            let commodity = world.commodities.rows()[good].id.as_str();
            let via = via.map_or("", id);
            let of = |unit, scale| {
                row(
                    [commodity, id(origin), id(destination), via, kind.name(), unit],
                    cell,
                    scale,
                )
            };
            [of(TONNES, 1.0), of(DOLLARS, self.prices[good])]
        };
        (self.first_uncovered()..).zip(&self.uncovered.keys).map(rows).collect()
    }

    /// Rows of `metrics.csv`: metric, period, commodity, via, unit.
    pub fn metric_rows(&self, plan: &Plan) -> Vec<RowSpec> {
        let world = plan.world();
        let mut rows = Vec::new();
        for (number, period) in self.periods.iter().enumerate() {
            for (place, &(metric, via, goods)) in self.metrics.iter().enumerate() {
                let cell = self.first_metric() + number * self.metrics.len() + place;
                let via = via.map_or("", |via| world.jurisdictions[self.accounts.vias[via]].id.as_str());
                for (unit, scale) in self.units(metric, goods) {
                    let key = [metric.name, &period.name, goods_name(plan, goods), via, unit];
                    rows.push(row(key, cell, scale));
                }
            }
        }
        for (cell, &target) in (self.first_designation()..).zip(&self.events.targets) {
            let key = [FIRST_DESIGNATION, ALL, ALL, &world.jurisdictions[target].id, MONTHS];
            rows.push(row(key, cell, 1.0));
        }
        rows
    }

    fn units(&self, metric: Metric, goods: Goods) -> Vec<(&'static str, f64)> {
        match (metric.formula.measured(), goods) {
            (None, _) => vec![(SHARE, 1.0)],
            (Some(Measured::Dollars), _) | (_, Goods::AllDollars) => vec![(DOLLARS, 1.0)],
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

fn goods_name(plan: &Plan, goods: Goods) -> &str {
    match goods {
        Goods::One(commodity) => &plan.world().commodities.rows()[commodity].id,
        Goods::AllTonnes | Goods::AllDollars => ALL,
    }
}
