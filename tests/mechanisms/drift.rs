//! Trends and shocks: what changes without anyone's decision.

use roundabout::math::{ln, pow};
use roundabout::model::Index;

use crate::hub::{choice, each_draw, near, route, run, same, scenario};

fn trend(side: &str, jurisdiction: &str, growth: f64) -> String {
    format!(
        "\n[[trends.{side}]]\nid = \"{side}-growth\"\ncommodities = [\"ore\"]\njurisdictions = [\"{jurisdiction}\"]\n\
         from = \"2022-01\"\ngrowth_per_year = {growth:?}\n"
    )
}

#[test]
fn trends_on_both_sides_scale_trade_and_leave_prices() {
    // 21% a year is 10% in six months.
    let run = run(13, &(trend("demand", "BUY", 0.21) + &trend("supply", "SEL", 0.21)));
    for (month, factor) in [(0, 1.0), (6, 1.1), (12, 1.21)] {
        near(run.flow(month, "ore-rail"), 100.0 * factor);
        near(run.demand_price(month, "ore-b"), 200.0);
        near(run.supply_price(month, "ore-s"), 100.0);
        near(run.flow(month, "grain-rail"), 1150.0);
    }
}

#[test]
fn a_demands_trend_scales_its_quantity_and_weights_a_supplys_its_quantity() {
    let demand = run(7, &trend("demand", "BUY", 0.21));
    let supply = run(7, &trend("supply", "SEL", -0.19));
    let [buyer, seller] = ["ore-rail"; 2].map(|id| {
        let plan = demand.plan();
        let row = &plan.routes[route(plan, id)];
        (row.demand.row(), row.supply.row())
    });
    near(demand.months[6].conditions.demand_quantity[buyer.0], 110.0);
    near(demand.months[6].conditions.supply_quantity[seller.1], 100.0);
    near(demand.weight(6, "ore-rail") / demand.weight(0, "ore-rail"), 1.1);
    near(supply.months[6].conditions.supply_quantity[seller.1], 90.0);
    near(supply.months[6].conditions.demand_quantity[buyer.0], 100.0);
    same(supply.weight(6, "ore-rail"), supply.weight(0, "ore-rail"));
}

#[test]
fn a_trend_that_began_before_the_horizon_has_grown_already() {
    let early = trend("demand", "BUY", 0.21).replace("2022-01", "2021-01");
    let run = run(1, &early);
    near(run.weight(0, "ore-rail") / (100.0 * choice(-70.0)), 1.21);
}

#[test]
fn a_trend_that_ends_keeps_what_it_reached() {
    let ended = trend("demand", "BUY", 0.21) + "until = \"2022-07\"\n";
    let run = run(13, &ended);
    for (month, factor) in [(3, pow(1.21, 0.25)), (6, 1.1), (7, 1.1), (12, 1.1)] {
        near(run.weight(month, "ore-rail") / run.weight(0, "ore-rail"), factor);
    }
}

/// Mean, variance, and covariance with the month before, of one month over draws.
struct Statistics {
    mean: f64,
    variance: f64,
    covariance: f64,
}

fn statistics(paths: &[Vec<f64>], month: usize) -> Statistics {
    let n = paths.len() as f64;
    let mean_of = |month: usize| paths.iter().map(|path| path[month]).sum::<f64>() / n;
    let product = |one: usize, other: usize| {
        let means = (mean_of(one), mean_of(other));
        paths
            .iter()
            .map(|path| (path[one] - means.0) * (path[other] - means.1))
            .sum::<f64>()
            / n
    };
    Statistics {
        mean: mean_of(month),
        variance: product(month, month),
        covariance: product(month, month - 1),
    }
}

/// Asserts the moments of `x_t = persistence x_{t-1} + sd sqrt(1 - persistence^2) z` from `x_0 = 0`: mean 0, variance
/// sd^2 (1 - persistence^(2 t)), covariance persistence times the variance of the month before; within four standard
/// errors of so many normal draws.
fn assert_autoregression(paths: &[Vec<f64>], persistence: f64, sd: f64) {
    let n = paths.len() as f64;
    assert!(paths.iter().all(|path| path[0] == 0.0));
    let variance_of = |month: usize| sd * sd * (1.0 - pow(persistence, 2.0 * month as f64));
    for month in [1, 2, 5, 23] {
        let found = statistics(paths, month);
        let variance = variance_of(month);
        assert!(
            found.mean.abs() < 4.0 * (variance / n).sqrt(),
            "month {month}: mean {}",
            found.mean
        );
        let error = 4.0 * variance * (2.0 / n).sqrt();
        assert!(
            (found.variance - variance).abs() < error,
            "month {month}: {} not {variance}",
            found.variance
        );
        let before = variance_of(month - 1);
        let covariance = persistence * before;
        let error = 4.0 * ((variance * before + covariance * covariance) / n).sqrt();
        assert!(
            (found.covariance - covariance).abs() <= error,
            "month {month}: {} not {covariance}",
            found.covariance
        );
    }
}

#[test]
fn price_and_freight_shocks_are_autoregressions_around_one() {
    let body = "[scope]\ncommodities = [\"ore\"]\n\
                [[shocks.price]]\nid = \"p\"\ncommodity = \"ore\"\npersistence = 0.8\nsd = 0.2\n\
                [[shocks.mode_cost]]\nid = \"m\"\nmode = \"rail\"\npersistence = 0.5\nsd = 0.1\n";
    let draws = 1500;
    let (mut prices, mut freights) = (vec![Vec::new(); draws], vec![Vec::new(); draws]);
    each_draw(scenario(24, body), draws as u64, |plan, draw, _, conditions| {
        let row = &plan.routes[route(plan, "ore-rail")];
        let factor = conditions.supply_price[row.supply.row()] / 100.0;
        // p_m and c_o move together.
        same(conditions.demand_price[row.demand.row()], 200.0 * factor);
        prices[draw as usize].push(ln(factor));
        // Rail's freight is 20 of 30; time is no freight.
        let cost = conditions.cost[route(plan, "ore-rail")];
        freights[draw as usize].push(if cost == 30.0 { 0.0 } else { ln((cost - 10.0) / 20.0) });
        // The sea is not concerned: ore-reexport has 10 of rail in its 130.
        same(
            conditions.cost[route(plan, "ore-reexport")],
            120.0 + 10.0 * (cost - 10.0) / 20.0,
        );
    });
    assert_autoregression(&prices, 0.8, 0.2);
    assert_autoregression(&freights, 0.5, 0.1);
    // The two are drawn apart.
    let n = draws as f64;
    let together = prices.iter().zip(&freights).map(|(p, m)| p[23] * m[23]).sum::<f64>() / n;
    assert!(together.abs() < 4.0 * 0.2 * 0.1 / n.sqrt(), "{together}");
}

#[test]
fn random_closures_begin_and_end_as_often_as_they_should() {
    // Open at first; closing with probability 0.2, a mean length of 4 months: closed in month t with probability
    // 0.2 / 0.45 x (1 - 0.55^t).
    let body = "[scope]\ncommodities = [\"grain\"]\n\
                [[shocks.closure]]\nid = \"c\"\nnodes = [\"harbour\"]\nmonthly_probability = 0.2\nmean_months = 4\n";
    let draws = 1500;
    let mut closed = vec![Vec::new(); draws];
    each_draw(scenario(18, body), draws as u64, |plan, draw, _, conditions| {
        let [by_sea, to_town, by_rail] =
            ["grain-sea", "grain-row", "grain-rail"].map(|id| conditions.weight[route(plan, id)] == 0.0);
        assert!(by_sea == to_town && !by_rail);
        closed[draw as usize].push(by_sea);
    });
    let n = draws as f64;
    for month in [0, 1, 2, 4, 17] {
        let found = closed.iter().filter(|path| path[month]).count() as f64 / n;
        let expected = 0.2 / 0.45 * (1.0 - pow(0.55, month as f64));
        let error = 4.0 * (expected * (1.0 - expected) / n).sqrt();
        assert!(
            (found - expected).abs() <= error,
            "month {month}: {found}, not {expected}"
        );
    }
    let (mut months_closed, mut reopened) = (0.0, 0.0);
    for path in &closed {
        for pair in path.windows(2).filter(|pair| pair[0]) {
            months_closed += 1.0;
            reopened += f64::from(u8::from(!pair[1]));
        }
    }
    let share: f64 = reopened / months_closed;
    assert!(
        (share - 0.25).abs() < 4.0 * (0.25 * 0.75 / months_closed).sqrt(),
        "{share}"
    );
}
