//! Checks that need the whole world: trade without flow, one path twice, capacities below the baseline.

use std::collections::BTreeMap;

use super::draft::WorldDraft;
use super::draft_table::DraftTable;
use super::entries::class_names;
use crate::diagnostic::{Report, nearest};
use crate::model::{CapacityIndex, Index, NodeIndex, RouteIndex, RouteKind, is_open_to};
use crate::network::{self, LARGEST_GAIN};

/// Relative rounding error of a baseline that a logit has split.
const ROUNDING: f64 = 1e-9;

/// Reports cargo classes of links and transfers that no good has: they are misspelt.
pub(super) fn check_cargo(draft: &WorldDraft, report: &mut Report) {
    let goods = &draft.commodities;
    // A row at fault may be of any class.
    if !goods.is_whole() || goods.iter().count() < goods.len() {
        return;
    }
    let known: Vec<&str> = goods.iter().filter_map(|(_, good)| good.cargo.as_deref()).collect();
    let of_links = draft.links.iter().flat_map(|(_, link)| &link.cargo);
    let of_transfers = draft.transfers.iter().flat_map(|(_, transfer)| &transfer.cargo);
    for class in of_links.chain(of_transfers) {
        if !known.contains(&class.name.as_str()) {
            let fault = report.fault(class.place.clone(), format!("no good has the cargo `{}`", class.name));
            match nearest(&class.name, known.iter().copied()) {
                Some(meant) => fault.help(format!("did you mean `{meant}`?")),
                None => fault.help("the column `cargo` of commodities.csv says how each good is packed"),
            };
        }
    }
}

/// Reports routes over a link that is not open to their good.
pub(super) fn check_openness(draft: &WorldDraft, report: &mut Report) {
    for (index, route) in draft.routes.iter() {
        let cargo = draft.cargo(route);
        let closed = route.links.iter().find(|&&link| {
            let row = draft.links.get(link);
            row.is_some_and(|row| !is_open_to(&class_names(&row.cargo), cargo))
        });
        if let Some(&link) = closed {
            let (id, link) = (draft.routes.id(index), draft.links.id(link));
            report
                .fault(
                    draft.routes.place(index),
                    format!("the link `{link}` is not open to the good of `{id}`"),
                )
                .help("the column `cargo` of links.csv lists the cargo that a link is for");
        }
    }
}

/// Reports routes that pass one place twice. A re-export may, if the goods were in the jurisdiction of its papers in between.
pub(super) fn check_places(draft: &WorldDraft, report: &mut Report) {
    for (index, route) in draft.routes.iter() {
        let places = draft.places_of_goods(route);
        let is_of_papers = |node: NodeIndex| {
            let jurisdiction = draft.nodes.get(node).map(|node| node.jurisdiction);
            route.kind == RouteKind::Reexport && route.via.is_some() && jurisdiction == route.via
        };
        if let Some(twice) = network::place_passed_twice(&places, is_of_papers) {
            let names: Vec<&str> = places.iter().map(|&node| draft.nodes.id(node)).collect();
            let (id, twice) = (draft.routes.id(index), draft.nodes.id(twice));
            report
                .fault(
                    draft.routes.place(index),
                    format!("`{id}` passes `{twice}` twice: {}", names.join(" - ")),
                )
                .help("only a re-export may come back, after its goods were in the jurisdiction of its papers");
        }
    }
}

/// Reports routes whose cost cannot fit the prices at both ends. Usually one price is in another unit.
pub(super) fn check_gains(draft: &WorldDraft, report: &mut Report) {
    for (index, route) in draft.routes.iter() {
        let ends = (draft.supplies.get(route.supply), draft.demands.get(route.demand));
        let (Some(supply), Some(demand)) = ends else { continue };
        let Some(good) = draft.commodities.get(supply.commodity) else {
            continue;
        };
        let links = route.links.iter().filter_map(|&link| draft.links.get(link));
        let on_links = links.map(|link| (link.freight, link.days));
        let transfers = draft.transfers_on(route);
        let transfers = transfers.iter().filter_map(|&transfer| draft.transfers.get(transfer));
        let at_nodes = transfers.map(|transfer| (transfer.usd_per_t, transfer.days));
        let cost = on_links.chain(at_nodes).fold(0.0, |sum, (usd_per_t, days)| {
            sum + network::transport_cost(usd_per_t, days, &good.transported())
        });
        let gain = (demand.price - supply.price - cost) / good.price;
        if (gain * good.route_choice).abs() > LARGEST_GAIN {
            let id = draft.routes.id(index);
            report
                .fault(
                    draft.routes.place(index),
                    format!(
                        "prices and cost of `{id}` differ by {:.1} times the reference price",
                        gain.abs()
                    ),
                )
                .help("compare the units of the commodity's price, of both ends and of freight, and its route_choice");
        }
    }
}

/// Reports supplies and demands that trade nothing at baseline: there would be no price to move.
pub(super) fn check_flows(draft: &WorldDraft, report: &mut Report) {
    report_idle(&draft.supplies, &draft.baseline_by(|route| route.supply), report);
    report_idle(&draft.demands, &draft.baseline_by(|route| route.demand), report);
}

fn report_idle<I: Index, T>(table: &DraftTable<I, T>, flows: &BTreeMap<I, f64>, report: &mut Report) {
    for (index, _) in table.iter() {
        if flows.get(&index).copied().unwrap_or(0.0) == 0.0 {
            let (what, id) = (table.what(), table.id(index));
            report
                .fault(table.place(index), format!("the {what} `{id}` has no baseline flow"))
                .help(format!(
                    "a route with a baseline above zero must use it; otherwise remove the {what}"
                ));
        }
    }
}

/// Reports routes that have the same links, ends, kind, intermediary and consignor as another.
pub(super) fn check_paths(draft: &WorldDraft, report: &mut Report) {
    let mut known: BTreeMap<_, RouteIndex> = BTreeMap::new();
    for (index, route) in draft.routes.iter() {
        let papers = (route.via, route.consignor);
        let key = (route.supply, route.demand, route.kind, papers, &route.links);
        if let Some(first) = known.insert(key, index) {
            let (first, second) = (draft.routes.id(first), draft.routes.id(index));
            report
                .fault(
                    draft.routes.place(index),
                    format!("`{first}` and `{second}` are one path twice"),
                )
                .help("routes of one supply, demand, kind and intermediary differ in their links");
        }
    }
}

/// Reports capacities that the baseline exceeds, and those that no route uses.
pub(super) fn check_capacities(draft: &WorldDraft, report: &mut Report) {
    for (index, _) in draft.capacities.iter() {
        check_capacity(index, draft, report);
    }
}

fn check_capacity(index: CapacityIndex, draft: &WorldDraft, report: &mut Report) {
    let Some(capacity) = draft.capacities.get(index) else {
        return;
    };
    let id = draft.capacities.id(index);
    let place = draft.capacities.place(index);
    let mut users = 0;
    let mut flow = 0.0;
    for (route, entry) in draft.routes.iter() {
        if draft.counts(capacity, route, entry) {
            users += 1;
            flow += entry.baseline;
        }
    }
    let has_dead_time = capacity.adaptation.is_some_and(|adaptation| adaptation.dead_time > 0.0);
    if users == 0 {
        // Only a warning: it limits nothing, so results are right all the same.
        report.warning(place, format!("no route uses the capacity `{id}`"));
    } else if flow > capacity.limit * (1.0 + ROUNDING) {
        let limit = capacity.limit;
        report
            .fault(
                place,
                format!("the limit of `{id}`, {limit} t per month, lies below its baseline flow, {flow}"),
            )
            .help("the world must be able to carry its own baseline");
    } else if flow > 0.0 && has_dead_time {
        report
            .fault(
                place,
                format!("`{id}` has a dead time, but carries {flow} t per month at baseline"),
            )
            .help("a dead time is for routes that still have to be opened: it would stop the baseline");
    }
}
