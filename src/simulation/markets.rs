//! Supplies and demands of a month: the baseline, moved by price shocks and trends (docs/model.md).

use super::plan::Plan;
use crate::equilibrium::Conditions;
use crate::math::pow;
use crate::model::{CommodityIndex, Index, JurisdictionIndex, Month, Table, index};
use crate::scenario::{Side, Trend};

index! {
    /// A trend of a scenario.
    TrendIndex,
}

/// The markets of a plan: the same in all draws and months.
#[derive(Debug)]
pub struct MarketPlan {
    supplies: Vec<Market>,
    demands: Vec<Market>,
    pub has_trends: bool,
}

#[derive(Debug)]
struct Market {
    commodity: usize,
    /// USD per tonne and tonnes per month at baseline.
    price: f64,
    quantity: f64,
    /// The trends that concern it.
    trends: Vec<TrendIndex>,
}

impl Market {
    fn growth(&self, trend_factors: &Table<TrendIndex, f64>) -> f64 {
        self.trends
            .iter()
            .fold(1.0, |growth, &trend| growth * trend_factors[trend])
    }
}

/// The factors that move the markets of one month.
#[derive(Clone, Copy)]
pub struct Movement<'a> {
    /// Factors on prices by commodity.
    pub price_factor: &'a [f64],
    /// Factors on quantities.
    pub trend_factor: &'a Table<TrendIndex, f64>,
    /// By demand, multiples of the baseline price above which nobody buys.
    pub choke: &'a [f64],
}

impl MarketPlan {
    /// Finds the markets of a plan with the trends that concern them.
    pub fn new(plan: &Plan) -> Self {
        let world = plan.world();
        let supplies = world.supplies.iter().zip(plan.supply_quantity.rows());
        let supplies = supplies.map(|((index, row), &quantity)| Market {
            commodity: row.commodity.row(),
            price: row.price.get(),
            quantity: quantity.get(),
            trends: concerning(plan, Side::Supply, row.commodity, world.origin(index)),
        });
        let demands = world.demands.iter().zip(plan.demand_quantity.rows());
        let demands = demands.map(|((index, row), &quantity)| Market {
            commodity: row.commodity.row(),
            price: row.price.get(),
            quantity: quantity.get(),
            trends: concerning(plan, Side::Demand, row.commodity, world.destination(index)),
        });
        Self {
            supplies: supplies.collect(),
            demands: demands.collect(),
            has_trends: !plan.scenario.trends.is_empty(),
        }
    }

    /// Writes prices and quantities of a month, and to `growth` what trends have made of each demand.
    pub fn write(&self, movement: Movement<'_>, conditions: &mut Conditions, growth: &mut [f64]) {
        let Movement {
            price_factor,
            trend_factor,
            choke,
        } = movement;
        for (row, market) in self.supplies.iter().enumerate() {
            conditions.supply_price[row] = market.price * price_factor[market.commodity];
            conditions.supply_quantity[row] = market.quantity * market.growth(trend_factor);
        }
        for (row, market) in self.demands.iter().enumerate() {
            let price = market.price * price_factor[market.commodity];
            let quantity = market.quantity * market.growth(trend_factor);
            conditions.demand_price[row] = price;
            conditions.demand_quantity[row] = quantity;
            // The choke price moves with the world price: it is a multiple of what buyers are used to.
            conditions.choke[row] = price * choke[row];
            growth[row] = quantity / market.quantity;
        }
    }
}

fn concerning(plan: &Plan, side: Side, good: CommodityIndex, jurisdiction: JurisdictionIndex) -> Vec<TrendIndex> {
    let concerns = |trend: &Trend| {
        trend.side == side && trend.commodities.contains(&good) && trend.jurisdictions.contains(&jurisdiction)
    };
    let trends = plan.scenario.trends.iter().enumerate();
    trends
        .filter(|(_, trend)| concerns(trend))
        .map(|(place, _)| TrendIndex::new(place))
        .collect()
}

/// Writes (1 + g)^(months / 12) for every trend (docs/model.md).
pub fn write_trend_factors(plan: &Plan, values: &[f64], month: Month, factors: &mut Table<TrendIndex, f64>) {
    for (factor, trend) in factors.rows_mut().iter_mut().zip(&plan.scenario.trends) {
        *factor = if month > trend.from {
            let years = f64::from(trend.months_of_growth(month)) / 12.0;
            pow(1.0 + trend.growth_per_year.of(values), years)
        } else {
            1.0
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::model;

    #[test]
    fn shocks_move_prices_at_both_ends_and_trends_move_quantities() {
        let trend = "[[trends.demand]]\nid = \"appetite\"\ncommodities = [\"grain\"]\njurisdictions = [\"BUY\"]\n\
                     from = \"2022-01\"\ngrowth_per_year = 0.21\n";
        let plan = model(trend).plan;
        let markets = MarketPlan::new(&plan);
        let mut conditions = Conditions::neutral(&plan.network);
        let mut growth = vec![0.0; plan.demand_quantity.len()];
        let mut trend_factor = Table::filled(0.0, 1);
        write_trend_factors(
            &plan,
            &plan.scenario.numbers.values(),
            "2022-07".parse().unwrap(),
            &mut trend_factor,
        );
        assert!(
            (trend_factor[TrendIndex::new(0)] - 1.1).abs() < 1e-12,
            "21% a year is 10% in half a year"
        );
        let movement = Movement {
            price_factor: &[1.5, 1.0, 1.0],
            trend_factor: &Table::filled(1.1, 1),
            choke: &vec![3.0; plan.demand_quantity.len()],
        };
        markets.write(movement, &mut conditions, &mut growth);
        let demand = |id: &str| plan.world().demands.position(|row| row.id == id).unwrap().row();
        let supply = |id: &str| plan.world().supplies.position(|row| row.id == id).unwrap().row();
        let (grain, ore) = (demand("grain-b"), demand("ore-b"));
        assert_eq!(conditions.demand_price[grain], 300.0);
        assert_eq!(conditions.choke[grain], 900.0);
        assert_eq!(conditions.supply_price[supply("grain-s")], 150.0);
        assert_eq!(
            (conditions.demand_price[ore], conditions.supply_price[supply("ore-s")]),
            (200.0, 100.0)
        );
        assert!((conditions.demand_quantity[grain] - 2970.0).abs() < 1e-9);
        assert!((growth[grain] - 1.1).abs() < 1e-12);
        assert_eq!(
            (growth[ore], conditions.supply_quantity[supply("grain-s")]),
            (1.0, 2600.0)
        );
    }
}
