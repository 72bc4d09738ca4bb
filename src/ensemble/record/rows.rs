//! The rows of result tables, with keys in the order of the tables' schemas (`results::schema`). Tonnes and dollars of
//! one good are one cell: at its reference price they differ by a factor.

use super::events::EVENT_CELLS;
use super::periods::split_periods;
use super::table::{PeriodRows, RowSpec, TableRows};
use super::{CAPACITY_CELLS, Layout};
use crate::metrics::{Beneficiary, Goods, LeakageKey, Metric};
use crate::model::{ALL, Index, ReportPeriod, ReportedQuantity, ResultUnit, Unit};
use crate::simulation::Plan;

const TONNES: &str = Unit::Tonnes.name();
const DOLLARS: &str = Unit::Dollars.name();

/// The party of a row that is about nobody's gain.
const NO_PARTY: &str = "";

fn row<const N: usize>(key: [&str; N], cell: usize, scale: f64) -> RowSpec {
    RowSpec {
        key: key.map(str::to_owned).to_vec(),
        cell,
        scale,
    }
}

impl Layout {
    /// A table of rows that every month has; `column` is that of the month.
    fn monthly(&self, plan: &Plan, column: usize, rows: Vec<RowSpec>) -> TableRows {
        let months = plan.scenario.horizon.iter().enumerate();
        let periods = months
            .map(|(step, month)| (month.into(), step * self.month_cells()))
            .collect();
        TableRows {
            column,
            parts: vec![PeriodRows { periods, rows }],
        }
    }

    /// The rows that a sum over goods fills: commodity, unit, and the factor on the sum.
    fn in_units<'p>(&self, plan: &'p Plan, goods: Goods) -> Vec<(&'p str, &'static str, f64)> {
        match goods {
            Goods::One(good) => {
                let id = plan.world().commodities[good].id.as_str();
                vec![(id, TONNES, 1.0), (id, DOLLARS, self.prices[good.row()])]
            }
            Goods::AllTonnes => vec![(ALL, TONNES, 1.0)],
            Goods::AllDollars => vec![(ALL, DOLLARS, 1.0)],
        }
    }

    /// Rows of `flows.csv`.
    pub fn flow_rows(&self, plan: &Plan) -> TableRows {
        let world = plan.world();
        let mut rows = Vec::new();
        for &((commodity, supply, demand, kind, via), sum) in &self.flows {
            let cell = self.of_month.sums.start + sum.place;
            for (unit, scale) in [(TONNES, 1.0), (DOLLARS, self.prices[commodity.row()])] {
                let key: [&str; 6] = [
                    &world.commodities[commodity].id,
                    &world.supplies[supply].id,
                    &world.demands[demand].id,
                    kind.name(),
                    via.map_or("", |via| world.jurisdictions[via].id.as_str()),
                    unit,
                ];
                rows.push(row(key, cell, sum.factor * scale));
            }
        }
        self.monthly(plan, 0, rows)
    }

    /// Rows of `books.csv`.
    pub fn book_rows(&self, plan: &Plan) -> TableRows {
        let mut rows = Vec::new();
        for ((reporter, partner, flow, of_goods), sum) in &self.customs_records {
            let cell = self.of_month.sums.start + sum.place;
            for (commodity, unit, scale) in self.in_units(plan, *of_goods) {
                let key = [reporter, partner, flow.name(), commodity, unit];
                rows.push(row(key, cell, sum.factor * scale));
            }
        }
        self.monthly(plan, 0, rows)
    }

    /// Rows of `throughput.csv`.
    pub fn throughput_rows(&self, plan: &Plan) -> TableRows {
        let world = plan.world();
        let mut rows = Vec::new();
        for ((place, of_goods), sum) in &self.throughput {
            let (place, cell) = (place.name(world), self.of_month.sums.start + sum.place);
            for (commodity, unit, scale) in self.in_units(plan, *of_goods) {
                rows.push(row([&place, commodity, unit], cell, sum.factor * scale));
            }
        }
        self.monthly(plan, 0, rows)
    }

    /// Rows of `prices.csv`.
    pub fn price_rows(&self, plan: &Plan) -> TableRows {
        let world = plan.world();
        let good = |index: crate::model::CommodityIndex| &world.commodities.rows()[index.row()].id;
        let of_month = &self.of_month;
        let mut rows = Vec::new();
        for (place, supply) in world.supplies.rows().iter().enumerate() {
            let key = |quantity: ReportedQuantity| [good(supply.commodity), "supply", &supply.id, quantity.name()];
            let (price, netback) = (ReportedQuantity::Price, ReportedQuantity::Netback);
            rows.push(row(key(price), of_month.supply_prices.start + place, 1.0));
            rows.push(row(key(netback), of_month.netbacks.start + place, 1.0));
        }
        for (place, demand) in world.demands.rows().iter().enumerate() {
            let key = [
                good(demand.commodity),
                "demand",
                &demand.id,
                ReportedQuantity::Price.name(),
            ];
            rows.push(row(key, of_month.demand_prices.start + place, 1.0));
        }
        self.monthly(plan, 0, rows)
    }

    /// Rows of `capacities.csv`.
    pub fn capacity_rows(&self, plan: &Plan) -> TableRows {
        let mut rows = Vec::new();
        let first = self.of_month.capacities.start;
        for (cell, constraint) in (first..).step_by(CAPACITY_CELLS).zip(plan.constraints.rows()) {
            let name = plan.constraint_name(constraint.constraint);
            for (offset, quantity) in ReportedQuantity::OF_CAPACITIES.into_iter().enumerate() {
                rows.push(row([&name, quantity.name()], cell + offset, 1.0));
            }
        }
        self.monthly(plan, 0, rows)
    }

    /// Rows of `events.csv`.
    pub fn event_rows(&self, plan: &Plan) -> TableRows {
        let mut rows = Vec::new();
        let first = self.of_month.events.start;
        for (cell, &(programme, target)) in (first..).step_by(EVENT_CELLS).zip(&self.events.hazards) {
            let event = &plan.scenario.programmes[programme].terms.id;
            let target = &plan.world().jurisdictions[target].id;
            for (offset, quantity) in ReportedQuantity::OF_EVENTS.into_iter().enumerate() {
                rows.push(row([event, target, quantity.name()], cell + offset, 1.0));
            }
        }
        self.monthly(plan, 2, rows)
    }

    /// Rows of `uncovered.csv`, two for each group: tonnes and dollars.
    pub fn uncovered_rows(&self, plan: &Plan) -> Vec<[RowSpec; 2]> {
        let world = plan.world();
        let id = |jurisdiction| world.jurisdictions[jurisdiction].id.as_str();
        let rows = |(cell, &(good, origin, destination, via, kind)): (usize, &LeakageKey)| {
            let commodity = world.commodities[good].id.as_str();
            let via = via.map_or("", id);
            let of = |unit, scale| {
                row(
                    [commodity, id(origin), id(destination), via, kind.name(), unit],
                    cell,
                    scale,
                )
            };
            [of(TONNES, 1.0), of(DOLLARS, self.prices[good.row()])]
        };
        (self.first_uncovered()..).zip(&self.uncovered.keys).map(rows).collect()
    }

    /// Rows of `metrics.csv`.
    pub fn metric_rows(&self, plan: &Plan) -> TableRows {
        let id = |jurisdiction| plan.world().jurisdictions[jurisdiction].id.as_str();
        let mut rows = Vec::new();
        for (cell, &(metric, via, goods)) in self.metrics.iter().enumerate() {
            let via = via.map_or("", |via| id(self.accounts.vias[via]));
            for (unit, scale) in self.units(metric, goods) {
                let key = [metric.name, goods_name(plan, goods), via, NO_PARTY, unit.name()];
                rows.push(row(key, cell, scale));
            }
        }
        let first_of = |number| self.first_metric() + number * self.metrics.len();
        let periods = self.periods.iter().enumerate();
        let metrics = PeriodRows {
            periods: periods.map(|(number, of)| (of.period, first_of(number))).collect(),
            rows,
        };
        let first = |(cell, &(word, target)): (usize, &(&str, _))| {
            row(
                [
                    &format!("first_{word}"),
                    ALL,
                    id(target),
                    NO_PARTY,
                    ResultUnit::Months.name(),
                ],
                cell,
                1.0,
            )
        };
        let first_events = PeriodRows {
            periods: vec![(ReportPeriod::WholeRun, self.first_event())],
            rows: self.events.firsts.iter().enumerate().map(first).collect(),
        };
        TableRows {
            column: 1,
            parts: vec![metrics, first_events, self.party_rows(plan)],
        }
    }

    /// Rows of gains and losses by party, for the whole run and each year.
    fn party_rows(&self, plan: &Plan) -> PeriodRows {
        let mut rows = Vec::new();
        for (cell, &(metric, party, goods)) in self.parties.keys.iter().enumerate() {
            let party = match party {
                Beneficiary::Jurisdiction(jurisdiction) => plan.world().jurisdictions[jurisdiction].id.clone(),
                Beneficiary::Capacity(constraint) => plan.constraint_name(plan.constraints[constraint].constraint),
            };
            for (unit, scale) in self.units_of(Some(metric.unit()), goods) {
                let key = [metric.name(), goods_name(plan, goods), "", &party, unit.name()];
                rows.push(row(key, cell, scale));
            }
        }
        let first = |number| self.first_party() + number * self.parties.keys.len();
        let (whole, years, _) = split_periods(&self.periods);
        let periods = whole.iter().chain(years).enumerate();
        PeriodRows {
            periods: periods.map(|(number, of)| (of.period, first(number))).collect(),
            rows,
        }
    }

    /// Rows of `links.csv`.
    pub fn link_rows(&self, plan: &Plan) -> TableRows {
        let world = plan.world();
        let mut rows = Vec::new();
        for (cell, &(link, commodity)) in self.links.keys.iter().enumerate() {
            let row_of_link = &world.links[link];
            let [from, to] = row_of_link.ends.map(|end| world.nodes[end].id.as_str());
            let good = world.commodities[commodity].id.as_str();
            for (unit, scale) in [(TONNES, 1.0), (DOLLARS, self.prices[commodity.row()])] {
                let key = [&row_of_link.id, from, to, row_of_link.mode.name(), good, unit];
                rows.push(row(key, cell, scale));
            }
        }
        let years = self.years().iter().enumerate();
        let first = |number| self.first_link() + number * self.links.keys.len();
        TableRows {
            column: 0,
            parts: vec![PeriodRows {
                periods: years.map(|(number, of)| (of.period, first(number))).collect(),
                rows,
            }],
        }
    }

    /// The units in which a metric is reported, each with the factor from the unit of its cell.
    fn units(&self, metric: Metric, goods: Goods) -> Vec<(ResultUnit, f64)> {
        self.units_of(metric.formula.unit(), goods)
    }

    /// The units in which a sum counted in `unit`, or a ratio, is reported.
    fn units_of(&self, unit: Option<Unit>, goods: Goods) -> Vec<(ResultUnit, f64)> {
        let (tonnes, dollars) = (ResultUnit::Tonnes, ResultUnit::Dollars);
        match (unit, goods) {
            (None, _) => vec![(ResultUnit::Share, 1.0)],
            (Some(Unit::Dollars), _) | (_, Goods::AllDollars) => vec![(dollars, 1.0)],
            (_, Goods::AllTonnes) => vec![(tonnes, 1.0)],
            (_, Goods::One(commodity)) => vec![(tonnes, 1.0), (dollars, self.prices[commodity.row()])],
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
                self.units(*metric, *goods)[0].0.name(),
                self.first_metric() + place,
            )
        };
        self.metrics.iter().enumerate().filter(is_headline).map(name).collect()
    }
}

pub(super) fn goods_name(plan: &Plan, goods: Goods) -> &str {
    match goods {
        Goods::One(commodity) => &plan.world().commodities[commodity].id,
        Goods::AllTonnes | Goods::AllDollars => ALL,
    }
}
