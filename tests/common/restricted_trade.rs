//! The fate of restricted trade, added up again from flows and from the flows of the same draw without measures. Shares
//! nothing with `roundabout::metrics`.

use std::collections::BTreeMap;
use std::sync::Arc;

use roundabout::ensemble::{Batch, Finished};
use roundabout::model::{Index, Month, RouteKind};
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

/// Tonnes by month, commodity (its row), and name of a metric.
pub type Fates = BTreeMap<(Month, usize, &'static str), f64>;

/// A seller and a buyer, by row number.
type Pair = (usize, usize);

/// A month of a draw: flow on each pair by direct and hidden routes, the pairs that are restricted, and those that sellers
/// have left though nothing restricts them.
#[derive(Default)]
struct Traded {
    direct: BTreeMap<Pair, f64>,
    hidden: BTreeMap<Pair, f64>,
    restricted: Vec<Pair>,
    left: Vec<Pair>,
}

impl Traded {
    fn on(&self, is_counted: impl Fn(Pair) -> bool) -> f64 {
        let flows = self.direct.iter().chain(&self.hidden);
        flows.filter(|(pair, _)| is_counted(**pair)).map(|(_, flow)| flow).sum()
    }
}

fn follow(model: &Model, draw: u64) -> Vec<Traded> {
    let mut months = Vec::new();
    PathRunner::new(model)
        .run(Chance::Draw(draw), |month| {
            let mut traded = Traded::default();
            for (route, &flow) in model.plan.world().routes.rows().iter().zip(&month.solution.flow) {
                let kind = if route.kind == RouteKind::Direct {
                    &mut traded.direct
                } else {
                    &mut traded.hidden
                };
                *kind.entry((route.supply.row(), route.demand.row())).or_default() += flow;
            }
            let marks = month.effects.pairs.rows();
            for (&(supply, demand), marks) in model.plan.pairs.rows().iter().zip(marks) {
                if marks.restricted {
                    traded.restricted.push((supply.row(), demand.row()));
                } else if marks.withdrawn {
                    traded.left.push((supply.row(), demand.row()));
                }
            }
            months.push(traded);
        })
        .unwrap();
    months
}

/// Adds up what became of restricted trade in every month of a draw, by seller and by buyer.
pub fn fates(model: &Model, draw: u64) -> Fates {
    let bare = Model::new(Plan::new(Arc::new(model.plan.scenario.without_measures())));
    let world = model.plan.world();
    let mut fates = Fates::new();
    let months = follow(model, draw).into_iter().zip(follow(&bare, draw));
    for (month, (now, usual)) in model.plan.scenario.horizon.iter().zip(months) {
        for good in world.commodities.indices() {
            let is_of_good = |pair: Pair| world.supplies.rows()[pair.0].commodity == good;
            let is_restricted = |pair: Pair| is_of_good(pair) && now.restricted.contains(&pair);
            let has_restricted_seller =
                |pair: Pair| is_of_good(pair) && now.restricted.iter().any(|(seller, _)| *seller == pair.0);
            let has_restricted_buyer =
                |pair: Pair| is_of_good(pair) && now.restricted.iter().any(|(_, buyer)| *buyer == pair.1);
            let of_restricted = |flows: &BTreeMap<Pair, f64>| -> f64 {
                let flows = flows.iter().filter(|(pair, _)| is_restricted(**pair));
                flows.map(|(_, flow)| flow).sum()
            };
            let beyond = |is_counted: &dyn Fn(Pair) -> bool| now.on(is_counted) - usual.on(is_counted);
            let mut add = |name, tonnes| fates.insert((month, good.row(), name), tonnes);
            add("restricted", usual.on(is_restricted));
            add("direct", of_restricted(&now.direct));
            add("circumvented", of_restricted(&now.hidden));
            let left = now
                .hidden
                .iter()
                .filter(|(pair, _)| is_of_good(**pair) && now.left.contains(*pair));
            add("bypassed", left.map(|(_, flow)| flow).sum());
            add(
                "diverted_seller",
                beyond(&|pair| has_restricted_seller(pair) && !is_restricted(pair)),
            );
            add("destroyed_seller", -beyond(&has_restricted_seller));
            add(
                "diverted_buyer",
                beyond(&|pair| has_restricted_buyer(pair) && !is_restricted(pair)),
            );
            add("destroyed_buyer", -beyond(&has_restricted_buyer));
        }
    }
    fates
}

/// Compares the monthly rows of `metrics.csv` of a run of one draw with those added up here, and their sums in either
/// view with restricted trade. Returns how many rows of restricted trade were compared, or the first fault.
pub fn compare(batch: &Batch, scenario: usize, finished: &Finished, draw: u64) -> Result<usize, String> {
    let entry = &batch.scenarios[scenario];
    let plan = &entry.model.plan;
    let world = plan.world();
    let fates = fates(&entry.model, draw);
    let mut table: BTreeMap<(Month, usize, String), f64> = BTreeMap::new();
    for row in entry.layout.metric_rows(plan).to_specs() {
        let [metric, period, commodity, via, party, unit] = row.key.as_slice() else {
            return Err(format!("a row {:?}", row.key));
        };
        let good = world.commodities.position(|good| good.id == *commodity);
        let (Ok(month), Some(good)) = (period.parse::<Month>(), good) else {
            continue;
        };
        // A view that does not exist for a good has no value.
        let is_of_all = via.is_empty() && party.is_empty();
        if let (true, "t", Some(value)) = (is_of_all, unit.as_str(), finished.collected.summary(row.cell).mean) {
            table.insert((month, good.row(), metric.clone()), value * row.scale);
        }
    }
    let mut compared = 0;
    for ((month, good, metric), expected) in &fates {
        let commodity = world.commodities.rows()[*good].id.as_str();
        let place = format!("{}, {month}, {commodity}", plan.scenario.name);
        let traded: f64 = plan
            .demand_quantity
            .rows()
            .iter()
            .zip(world.demands.rows())
            .filter(|(_, demand)| demand.commodity.row() == *good)
            .map(|(quantity, _)| quantity.get())
            .sum();
        // What is no number differs from everything.
        let differs = |one: f64, other: f64| (one - other).is_nan() || (one - other).abs() > 1e-9 * traded;
        let found = |name: &str| table.get(&(*month, *good, name.to_owned())).copied();
        let Some(value) = found(metric) else {
            if metric.ends_with("_seller") || metric.ends_with("_buyer") {
                continue;
            }
            return Err(format!("{place}: no {metric}"));
        };
        if differs(value, *expected) {
            return Err(format!("{place}: {metric} is {value} t, not {expected}"));
        }
        if *metric == "restricted" && value > 0.0 {
            compared += 1;
            for view in ["seller", "buyer"] {
                let terms = [format!("diverted_{view}"), format!("destroyed_{view}")].map(|name| found(&name));
                let [Some(diverted), Some(destroyed)] = terms else {
                    continue;
                };
                let sum = found("direct").unwrap() + found("circumvented").unwrap() + diverted + destroyed;
                if differs(value, sum) {
                    return Err(format!(
                        "{place}: {value} t restricted, {sum} t in the view of the {view}"
                    ));
                }
            }
        }
    }
    Ok(compared)
}
