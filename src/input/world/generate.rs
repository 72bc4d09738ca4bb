//! Hands the corridors of a draft to [`crate::network`], and takes back routes, or errors to report at their rows.

use std::collections::BTreeMap;

use super::draft::WorldDraft;
use super::entries::{BaselineEntry, ExtraCost, RouteEntry};
use crate::diagnostic::Report;
use crate::model::NodeIndex;
use crate::network::{self, GeneratedRoute, GraphLink, RouteError, RouteGraph, RouteInputs, SupplyDemandPair};

/// The rows of `baseline.csv`.
type Baseline = BTreeMap<SupplyDemandPair, BaselineEntry>;

/// Adds the routes of all corridors to the draft, whose tables have no faults so far.
pub(super) fn generate(draft: &mut WorldDraft, baseline: &Baseline, report: &mut Report) {
    let Some(inputs) = inputs(draft, baseline) else {
        return;
    };
    let generated = network::generate_routes(&inputs);
    let errors = generated.as_ref().err().map_or(&[][..], Vec::as_slice);
    report_errors(draft, baseline, &inputs, errors, report);
    if let Ok(routes) = generated {
        // Ends the borrow of the draft's links by the graph.
        drop(inputs);
        for route in routes {
            add_route(draft, baseline, route, report);
        }
    }
}

/// The plain values that routes are generated from; none if a row is at fault.
fn inputs<'d>(draft: &'d WorldDraft, baseline: &Baseline) -> Option<RouteInputs<'d>> {
    let links = draft.links.iter().map(|(index, link)| GraphLink {
        id: draft.links.id(index),
        ends: link.ends,
        freight: link.freight,
        days: link.days,
    });
    let links: Vec<GraphLink> = links.collect();
    let goods: Vec<_> = draft.commodities.iter().map(|(_, good)| good.transported()).collect();
    let supply_nodes: Vec<NodeIndex> = draft.supplies.iter().map(|(_, supply)| supply.node).collect();
    let demand_nodes: Vec<NodeIndex> = draft.demands.iter().map(|(_, demand)| demand.node).collect();
    // Positions are used as indices, so no row may be missing.
    let is_whole = links.len() == draft.links.len()
        && goods.len() == draft.commodities.len()
        && supply_nodes.len() == draft.supplies.len()
        && demand_nodes.len() == draft.demands.len();
    let beside = draft.routes.iter();
    is_whole.then(|| RouteInputs {
        graph: RouteGraph::new(draft.nodes.len(), links),
        goods,
        supply_nodes,
        demand_nodes,
        corridors: draft.corridors.iter().map(|entry| entry.corridor.clone()).collect(),
        baseline: baseline.iter().map(|(&pair, entry)| (pair, entry.flow)).collect(),
        beside: beside
            .map(|(_, route)| ((route.supply, route.demand), route.baseline))
            .collect(),
    })
}

/// Reports each error at its row, and corridors that make no route.
fn report_errors(
    draft: &WorldDraft,
    baseline: &Baseline,
    inputs: &RouteInputs,
    errors: &[RouteError],
    report: &mut Report,
) {
    for error in errors {
        if let RouteError::UncoveredBaseline { pair } = error {
            report_uncovered(draft, *pair, &baseline[pair], report);
        }
    }
    // In the order of the table, not of the search.
    for (position, entry) in draft.corridors.iter().enumerate() {
        for error in errors {
            if let RouteError::NoPath { corridor, stops } = error
                && *corridor == position
            {
                let names: Vec<&str> = stops.iter().map(|&node| draft.nodes.id(node)).collect();
                let message = format!("the links offer no path {}", names.join(" - "));
                report.fault(entry.place.clone(), message);
            }
        }
        // Beside faults it may make no route only because something else is wrong.
        let is_idle = entry.corridor.served(&inputs.baseline).next().is_none();
        if is_idle && !report.has_faults() {
            report.warning(
                entry.place.clone(),
                "this corridor has no pair with a baseline and makes no route",
            );
        }
    }
}

fn report_uncovered(draft: &WorldDraft, pair: SupplyDemandPair, entry: &BaselineEntry, report: &mut Report) {
    let (supply, demand) = (draft.supplies.id(pair.0), draft.demands.id(pair.1));
    report
        .fault(
            entry.place.clone(),
            format!("no direct corridor carries the baseline from `{supply}` to `{demand}`"),
        )
        .help("a row of corridors.csv with kind `direct` and without a potential share does");
}

/// Names a route and adds it to the draft.
fn add_route(draft: &mut WorldDraft, baseline: &Baseline, route: GeneratedRoute, report: &mut Report) {
    let id = id(draft, &route);
    let entry = &draft.corridors[route.corridor];
    let place = entry.place.clone();
    if route.is_too_dear() {
        report.warning(
            place,
            format!("`{id}` costs so much more than other paths that it would carry nothing"),
        );
        return;
    }
    let (supply, demand) = route.pair;
    let stated = baseline.get(&route.pair).filter(|_| route.baseline > 0.0);
    let row = RouteEntry {
        supply,
        demand,
        kind: entry.corridor.kind,
        via: entry.corridor.via,
        links: route.path.links,
        nodes: route.path.nodes,
        baseline: route.baseline,
        potential: route.potential,
        extra_cost: match entry.id {
            Some(_) => ExtraCost::OfCorridor(route.corridor),
            None => ExtraCost::Own(entry.corridor.extra_cost),
        },
        source: entry.source.clone(),
        baseline_source: stated.map_or(&entry.source, |stated| &stated.source).clone(),
    };
    draft.routes.push(Some(id), place, Some(row), report);
}

/// The id of a route: `supply>demand:kind:via:number`.
fn id(draft: &WorldDraft, route: &GeneratedRoute) -> String {
    let corridor = &draft.corridors[route.corridor].corridor;
    let (supply, demand) = route.pair;
    let (supply, demand) = (draft.supplies.id(supply), draft.demands.id(demand));
    let via = corridor.via.map_or("", |via| draft.jurisdictions.id(via));
    format!("{supply}>{demand}:{}:{via}:{}", corridor.kind.name(), route.number)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Example;

    const IDLE: &str = "this corridor has no pair with a baseline and makes no route";

    fn with_idle_corridor() -> Example {
        let idle = "good,s1;s2,d1;d2,direct,,,4,,0,x,\ngood,s1,d2,direct,,,1,,0,x,\n";
        Example::corridors().patched("corridors.csv", "good,s1;s2,d1;d2,direct,,,4,,0,x,\n", idle)
    }

    #[test]
    fn a_corridor_without_a_pair_that_trades_is_worth_a_warning() {
        let (world, said) = with_idle_corridor().read(None);
        assert!(world.is_some());
        assert_eq!(said.matches(IDLE).count(), 1, "{said}");
    }

    #[test]
    fn nothing_is_idle_behind_a_corridor_at_fault() {
        let cut = with_idle_corridor().patched(
            "corridors.csv",
            "good,s1;s2,d1;d2,direct,,,4,,0,x,\n",
            "good,s1;s2,d1;d2,direct,,,4,,0,x,\ngood,s1,d1,direct,,p,1,1,0,x,\n",
        );
        let cut =
            cut.patched("links.csv", "ap,a,p,paper,0,50,0,x\n", "")
                .patched("links.csv", "pd,p,d,road,1,0,100,x\n", "");
        let said = cut.faults();
        assert!(said.contains("the links offer no path s - p - d"), "{said}");
        assert!(!said.contains(IDLE), "{said}");
    }

    #[test]
    fn a_generated_route_may_not_take_the_id_of_one_that_is_spelt_out() {
        let header =
            "id,supply,demand,kind,via,links,baseline_t_per_month,potential_t_per_month,extra_cost_usd_per_t,source";
        let said = Example::corridors()
            .with(
                "routes.csv",
                format!("{header}\ns1>d1:direct::1,s1,d1,direct,,sd,60,,0,x\n"),
            )
            .faults();
        assert!(said.contains("there are two routes called `s1>d1:direct::1`"), "{said}");
    }
}
