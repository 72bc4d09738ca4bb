//! Hands the corridors of a draft to [`crate::network`], and takes back routes, or errors to report at their rows.

use std::collections::BTreeMap;

use super::draft::WorldDraft;
use super::entries::{BaselineEntry, ExtraCost, RouteEntry, class_names};
use crate::diagnostic::Report;
use crate::model::{Index, NodeIndex, is_open_to};
use crate::network::{
    self, GeneratedRoute, GraphLink, GraphNode, GraphTransfer, RouteError, RouteGraph, RouteInputs, ShortestWays,
    SupplyDemandPair,
};

/// Relative rounding error of a length that is added up.
const ROUNDING: f64 = 1e-9;

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
    report_detours(draft, &inputs, generated.as_deref().unwrap_or_default(), report);
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
        mode: link.mode,
        kilometres: link.distance_km,
        cargo: class_names(&link.cargo),
        freight: link.freight,
        days: link.days,
    });
    let links: Vec<GraphLink> = links.collect();
    let nodes = draft.nodes.iter().map(|(_, node)| GraphNode {
        jurisdiction: node.jurisdiction,
        kind: node.kind,
    });
    let nodes: Vec<GraphNode> = nodes.collect();
    let transfers = draft.transfers.iter().map(|(_, transfer)| GraphTransfer {
        node: transfer.node,
        cargo: class_names(&transfer.cargo),
        usd_per_t: transfer.usd_per_t,
        days: transfer.days,
    });
    let goods: Vec<_> = draft.commodities.iter().map(|(_, good)| good.transported()).collect();
    let supply_nodes: Vec<NodeIndex> = draft.supplies.iter().map(|(_, supply)| supply.node).collect();
    let demand_nodes: Vec<NodeIndex> = draft.demands.iter().map(|(_, demand)| demand.node).collect();
    // Positions are used as indices, so no row may be missing.
    let is_whole = links.len() == draft.links.len()
        && nodes.len() == draft.nodes.len()
        && goods.len() == draft.commodities.len()
        && supply_nodes.len() == draft.supplies.len()
        && demand_nodes.len() == draft.demands.len();
    let beside = draft.routes.iter();
    is_whole.then(|| RouteInputs {
        graph: RouteGraph::new(nodes, links, transfers.collect()),
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
            if let RouteError::NoShare { corridor, pair } = error
                && *corridor == position
            {
                let (supply, demand) = (draft.supplies.id(pair.0), draft.demands.id(pair.1));
                report
                    .fault(
                        entry.place.clone(),
                        format!("other corridors from `{supply}` to `{demand}` state their `baseline_share`, this one does not"),
                    )
                    .help("all corridors that carry the baseline of a pair state their share of it, or none does");
            }
            if let RouteError::NoPath {
                corridor,
                stops,
                inside,
            } = error
                && *corridor == position
            {
                let names: Vec<&str> = stops.iter().map(|&node| draft.nodes.id(node)).collect();
                let mut message = format!("the links offer no path {}", names.join(" - "));
                if let Some(inside) = inside {
                    let names: Vec<&str> = inside.iter().map(|&place| draft.jurisdictions.id(place)).collect();
                    message += &format!(" inside {}", names.join(", "));
                }
                let fault = report.fault(entry.place.clone(), message);
                let good = inputs.goods[entry.corridor.commodity.row()];
                if inputs
                    .graph
                    .links()
                    .iter()
                    .any(|link| !is_open_to(&link.cargo, good.cargo))
                {
                    let good = draft.commodities.id(entry.corridor.commodity);
                    fault.help(format!(
                        "only links whose `cargo` is empty or names that of {good} are open to it"
                    ));
                }
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

/// Reports routes that are longer than their corridor allows.
fn report_detours(draft: &WorldDraft, inputs: &RouteInputs, routes: &[GeneratedRoute], report: &mut Report) {
    let mut ways = ShortestWays::new(&inputs.graph);
    for route in routes {
        let entry = &draft.corridors[route.corridor];
        let (Some(detour), [start, .., end]) = (entry.detour, &route.path.nodes[..]) else {
            continue;
        };
        let cargo = inputs.goods[entry.corridor.commodity.row()].cargo;
        let length = draft.kilometres(&route.path.links);
        if let Some(shortest) = ways.between(*start, *end, cargo)
            && length > detour * shortest * (1.0 + ROUNDING)
        {
            let names: Vec<&str> = route.path.nodes.iter().map(|&node| draft.nodes.id(node)).collect();
            let message = format!(
                "the route {} is {length:.0} km long, more than {detour} times the shortest way, {shortest:.0} km",
                names.join(" - ")
            );
            report
                .fault(entry.place.clone(), message)
                .help("mend its waypoints, jurisdictions or the links; or allow a longer `detour`");
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
        consignor: entry.corridor.consignor,
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

    #[test]
    fn a_path_outside_of_the_jurisdictions_listed_is_told_with_them() {
        let within = |list: &str| {
            Example::corridors()
                .patched("corridors.csv", "source,id\n", "source,id,jurisdictions\n")
                .patched(
                    "corridors.csv",
                    "direct,,,4,,0,x,\n",
                    &format!("direct,,,4,,0,x,,{list}\n"),
                )
                .patched("corridors.csv", "3,x,papers\n", "3,x,papers,\n")
                .patched("corridors.csv", "direct,,a,1,0.5,0,x,\n", "direct,,a,1,0.5,0,x,,O;M\n")
        };
        within("J").world();
        let cut = within("O").patched("nodes.csv", "a,A,O", "a,A,J").faults();
        assert!(cut.contains("`a` is in J, which the corridor may not pass"), "{cut}");
        let far = Example::corridors()
            .patched("corridors.csv", "source,id\n", "source,id,jurisdictions\n")
            .patched("corridors.csv", "direct,,,4,,0,x,\n", "direct,,,4,,0,x,,O\n")
            .patched("corridors.csv", "3,x,papers\n", "3,x,papers,\n")
            .patched("corridors.csv", "direct,,a,1,0.5,0,x,\n", "direct,,a,1,0.5,0,x,,\n")
            .patched("nodes.csv", "a,A,O", "a,A,J")
            .patched("nodes.csv", "b,B,O", "b,B,J")
            .patched("links.csv", "sd,s,d,sea,1,30,0,x\n", "")
            .faults();
        assert!(far.contains("the links offer no path s - d inside O, M"), "{far}");
    }

    #[test]
    fn a_route_may_be_so_many_times_the_shortest_way_long() {
        let within = |detour: &str| {
            Example::corridors()
                .patched("corridors.csv", "source,id\n", "source,id,detour\n")
                .patched(
                    "corridors.csv",
                    "direct,,,4,,0,x,\n",
                    &format!("direct,,,4,,0,x,,{detour}\n"),
                )
                .patched("corridors.csv", "3,x,papers\n", "3,x,papers,\n")
                .patched("corridors.csv", "direct,,a,1,0.5,0,x,\n", "direct,,a,1,0.5,0,x,,\n")
        };
        // Straight on is 1 km, by a and b 3 km.
        within("3").world();
        let said = within("2.5").faults();
        let told = "the route s - a - b - d is 3 km long, more than 2.5 times the shortest way, 1 km";
        assert!(said.contains(told), "{said}");
        assert!(
            within("0.5")
                .faults()
                .contains("`detour` must be one or more, found `0.5`")
        );
    }

    #[test]
    fn goods_keep_to_links_open_to_their_cargo() {
        let classes = Example::corridors()
            .patched("commodities.csv", "lot_t,source", "lot_t,source,cargo")
            .patched("commodities.csv", "2.0075,20,x", "2.0075,20,x,bulk")
            .patched("links.csv", "days,source", "days,source,cargo");
        let open = |class: &str| {
            let mut example = classes.clone();
            let rows = &example.files["links.csv"];
            let (header, rows) = rows.split_once('\n').unwrap();
            // The roads from the start by a and b are for containers alone.
            let row = |row: &str| {
                let is_meant = row.starts_with("sa,") || row.starts_with("sb,");
                format!("{row},{}\n", if is_meant { class } else { "" })
            };
            let text = format!("{header}\n{}", rows.lines().map(row).collect::<String>());
            example.files.insert("links.csv", text);
            example
        };
        let uses = |example: Example, id: &str| {
            let world = example.world();
            let link = world.links.position(|link| link.id == id).unwrap();
            world.routes.rows().iter().any(|route| route.links.contains(&link))
        };
        assert!(uses(open("bulk"), "sa"));
        let said = open("container").faults();
        assert!(said.contains("no good has the cargo `container`"), "{said}");
        let two = |example: Example| {
            example
                .patched(
                    "commodities.csv",
                    "x,bulk\n",
                    "x,bulk\nother,Other,,100,1,0,20,x,container\n",
                )
                .patched(
                    "supplies.csv",
                    "s2,good,s,50,1,x\n",
                    "s2,good,s,50,1,x\ns3,other,s,50,1,x\n",
                )
                .patched(
                    "demands.csv",
                    "d2,good,d,100,1,x\n",
                    "d2,good,d,100,1,x\nd3,other,d,100,1,x\n",
                )
                .patched("baseline.csv", "s1,d1", "s3,d3,1,x\ns1,d1")
                .patched(
                    "corridors.csv",
                    "good,s1,d1,ghost",
                    "other,s3,d3,direct,,,1,,0,x,\ngood,s1,d1,ghost",
                )
        };
        let world = two(open("container"))
            .patched(
                "links.csv",
                "sa-rail,a,s,rail,1,11,0,x,",
                "sa-rail,a,s,rail,1,11,0,x,bulk",
            )
            .world();
        let goods_over = |id: &str| -> Vec<&str> {
            let link = world.links.position(|link| link.id == id).unwrap();
            let over = world.routes.rows().iter().filter(|route| route.links.contains(&link));
            let mut goods: Vec<&str> = over
                .map(|route| world.commodities[world.commodity(route)].id.as_str())
                .collect();
            goods.dedup();
            goods
        };
        assert_eq!(["sa", "sa-rail"].map(goods_over), [["other"], ["good"]]);
    }

    #[test]
    fn a_route_that_turns_back_at_a_waypoint_is_told_unless_its_goods_are_cleared_there() {
        let by_b = |kind: &str| {
            Example::corridors().patched("corridors.csv", "good,s2,d1,direct,,a", &format!("good,s2,d1,{kind},b"))
        };
        let said = by_b("direct,").faults();
        assert!(
            said.contains("`s2>d1:direct::1` passes `a` twice: s - a - b - a - d"),
            "{said}"
        );
        let cleared = by_b("reexport,J").patched("nodes.csv", "b,B,O", "b,B,J");
        assert!(
            cleared
                .world()
                .routes
                .rows()
                .iter()
                .any(|route| route.id == "s2>d1:reexport:J:1")
        );
        let elsewhere = by_b("reexport,J").faults();
        assert!(
            elsewhere.contains("`s2>d1:reexport:J:1` passes `a` twice"),
            "{elsewhere}"
        );
    }
}
