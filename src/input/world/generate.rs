//! Corridors become routes: the cheapest paths of each pair, numbered, with their part of the flow.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::{BaselineEntry, Pair};
use super::draft::Draft;
use super::paths::{Network, Path, micro_dollars};
use super::routes::{ExtraCost, RouteEntry};
use crate::diagnostic::{Place, Report, Severity};
use crate::math;
use crate::model::{CommodityIndex, NodeIndex, RouteKind};

/// A route in the making.
struct Candidate {
    /// Position among the draft's corridors.
    corridor: usize,
    pair: Pair,
    path: Path,
    /// Cost at baseline, extra cost included, USD per tonne.
    cost: f64,
    /// Its part of what its corridors carry or could carry; zero if it is too dear by far.
    share: f64,
    /// Tonnes per month.
    baseline: f64,
    /// Tonnes per month.
    potential: f64,
}

/// Adds the routes of all corridors to the draft, whose tables have no faults so far.
pub(super) fn generate(draft: &mut Draft, baseline: &BTreeMap<Pair, BaselineEntry>, report: &mut Report) {
    let faults = report.count(Severity::Fault);
    report_uncovered(draft, baseline, report);
    let mut candidates = find_paths(draft, baseline, report);
    if report.count(Severity::Fault) > faults {
        return;
    }
    split_baseline(draft, baseline, &mut candidates);
    set_potentials(draft, &mut candidates);
    add_routes(draft, baseline, candidates, report);
}

/// Reports every row of the baseline that no direct corridor would carry.
fn report_uncovered(draft: &Draft, baseline: &BTreeMap<Pair, BaselineEntry>, report: &mut Report) {
    let carriers = draft
        .corridors
        .iter()
        .filter(|corridor| corridor.potential_share.is_none());
    let carried: BTreeSet<Pair> = carriers.flat_map(super::corridors::CorridorEntry::pairs).collect();
    for (pair, entry) in baseline.iter().filter(|(pair, _)| !carried.contains(pair)) {
        let (supply, demand) = (draft.supplies.id(pair.0), draft.demands.id(pair.1));
        report
            .fault(
                entry.place.clone(),
                format!("no direct corridor carries the baseline from `{supply}` to `{demand}`"),
            )
            .help("a row of corridors.csv with kind `direct` and without a potential share does");
    }
}

/// The cheapest paths of every corridor and pair, sorted by pair, kind, intermediary, cost and links.
fn find_paths(draft: &Draft, baseline: &BTreeMap<Pair, BaselineEntry>, report: &mut Report) -> Vec<Candidate> {
    let mut network = Network::new(draft);
    let mut candidates = Vec::new();
    for (position, corridor) in draft.corridors.iter().enumerate() {
        let before = candidates.len();
        let served = |pair: &Pair| corridor.potential_share.is_some() || baseline.contains_key(pair);
        for pair in corridor.pairs().filter(served) {
            let Some(stops) = stops(draft, pair, &corridor.waypoints) else {
                continue;
            };
            let paths = network.cheapest(corridor.commodity, &stops, corridor.paths);
            if paths.is_empty() {
                report_no_path(draft, &stops, &corridor.place, report);
            }
            candidates.extend(paths.into_iter().map(|path| Candidate {
                corridor: position,
                pair,
                cost: path.cost + corridor.extra_cost,
                path,
                share: 0.0,
                baseline: 0.0,
                potential: 0.0,
            }));
        }
        if candidates.len() == before && !report.has_faults() {
            report.warning(
                corridor.place.clone(),
                "this corridor has no pair with a baseline and makes no route",
            );
        }
    }
    candidates.sort_by(|one, other| {
        let group = |candidate: &Candidate| {
            let corridor = &draft.corridors[candidate.corridor];
            (
                candidate.pair,
                corridor.kind,
                corridor.via,
                micro_dollars(candidate.cost),
            )
        };
        group(one)
            .cmp(&group(other))
            .then_with(|| network.order(&one.path, &other.path))
    });
    candidates
}

fn stops(draft: &Draft, (supply, demand): Pair, waypoints: &[NodeIndex]) -> Option<Vec<NodeIndex>> {
    let (start, end) = (draft.supplies.get(supply)?.node, draft.demands.get(demand)?.node);
    let mut stops = vec![start];
    stops.extend_from_slice(waypoints);
    stops.push(end);
    Some(stops)
}

fn report_no_path(draft: &Draft, stops: &[NodeIndex], place: &Place, report: &mut Report) {
    let names: Vec<&str> = stops.iter().map(|&node| draft.nodes.id(node)).collect();
    report.fault(place.clone(), format!("the links offer no path {}", names.join(" - ")));
}

/// Splits each pair's baseline over the paths of all its direct corridors that have no potential share.
fn split_baseline(draft: &Draft, baseline: &BTreeMap<Pair, BaselineEntry>, candidates: &mut [Candidate]) {
    let mut carriers: BTreeMap<Pair, Vec<usize>> = BTreeMap::new();
    for (position, candidate) in candidates.iter().enumerate() {
        if draft.corridors[candidate.corridor].potential_share.is_none() {
            carriers.entry(candidate.pair).or_default().push(position);
        }
    }
    for (pair, members) in carriers {
        let flow = baseline.get(&pair).map_or(0.0, |entry| entry.flow);
        for (&member, share) in members.iter().zip(shares(draft, candidates, &members)) {
            candidates[member].share = share;
            candidates[member].baseline = flow * share;
        }
    }
}

/// Gives each latent corridor's share of the pair's baseline to its paths, split likewise. A pair without baseline counts
/// as the smaller of what its supply sells and its demand buys.
fn set_potentials(draft: &Draft, candidates: &mut [Candidate]) {
    let mut pairs = draft.baseline_by(|route| (route.supply, route.demand));
    let mut sold = draft.baseline_by(|route| route.supply);
    let mut bought = draft.baseline_by(|route| route.demand);
    let mut latent: BTreeMap<(usize, Pair), Vec<usize>> = BTreeMap::new();
    for (position, candidate) in candidates.iter().enumerate() {
        let (supply, demand) = candidate.pair;
        *pairs.entry(candidate.pair).or_insert(0.0) += candidate.baseline;
        *sold.entry(supply).or_insert(0.0) += candidate.baseline;
        *bought.entry(demand).or_insert(0.0) += candidate.baseline;
        if draft.corridors[candidate.corridor].potential_share.is_some() {
            latent
                .entry((candidate.corridor, candidate.pair))
                .or_default()
                .push(position);
        }
    }
    for ((corridor, pair), members) in latent {
        let trade = match pairs[&pair] {
            0.0 => sold[&pair.0].min(bought[&pair.1]),
            flow => flow,
        };
        let whole = trade * draft.corridors[corridor].potential_share.unwrap_or(0.0);
        for (&member, share) in members.iter().zip(shares(draft, candidates, &members)) {
            candidates[member].share = share;
            candidates[member].potential = whole * share;
        }
    }
}

fn shares(draft: &Draft, candidates: &[Candidate], members: &[usize]) -> Vec<f64> {
    let costs: Vec<f64> = members.iter().map(|&member| candidates[member].cost).collect();
    let commodity = draft.corridors[candidates[members[0]].corridor].commodity;
    logit(&costs, theta(draft, commodity))
}

fn theta(draft: &Draft, commodity: CommodityIndex) -> f64 {
    draft
        .commodities
        .get(commodity)
        .map_or(0.0, super::commodities::CommodityEntry::theta)
}

/// Shares proportional to exp(-theta cost), adding up to one: the logit of docs/model.md at baseline prices.
fn logit(costs: &[f64], theta: f64) -> Vec<f64> {
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = costs.iter().map(|cost| math::exp(-theta * (cost - least))).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// Names the candidates and makes them routes of the draft.
fn add_routes(
    draft: &mut Draft,
    baseline: &BTreeMap<Pair, BaselineEntry>,
    candidates: Vec<Candidate>,
    report: &mut Report,
) {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for candidate in candidates {
        let stem = stem(draft, &candidate);
        let number = numbers.entry(stem.clone()).or_insert(0);
        *number += 1;
        let id = format!("{stem}:{number}");
        let place = draft.corridors[candidate.corridor].place.clone();
        if candidate.baseline == 0.0 && candidate.potential == 0.0 {
            report.warning(
                place,
                format!("`{id}` costs so much more than other paths that it would carry nothing"),
            );
            continue;
        }
        let entry = route(draft, baseline, candidate);
        draft.routes.push(Some(id), place, entry, report);
    }
}

/// What the ids of a pair's routes of one kind and intermediary have in common.
fn stem(draft: &Draft, candidate: &Candidate) -> String {
    let corridor = &draft.corridors[candidate.corridor];
    let (supply, demand) = candidate.pair;
    let (supply, demand) = (draft.supplies.id(supply), draft.demands.id(demand));
    let via = corridor.via.map_or("", |via| draft.jurisdictions.id(via));
    format!("{supply}>{demand}:{}:{via}", corridor.kind.name())
}

fn route(draft: &Draft, baseline: &BTreeMap<Pair, BaselineEntry>, candidate: Candidate) -> Option<RouteEntry> {
    let corridor = &draft.corridors[candidate.corridor];
    debug_assert!(corridor.potential_share.is_some() || corridor.kind == RouteKind::Direct);
    let (supply, demand) = candidate.pair;
    let baseline = baseline.get(&candidate.pair).filter(|_| candidate.baseline > 0.0);
    let nodes = draft
        .walk(draft.supplies.get(supply)?.node, &candidate.path.links)?
        .ok()?;
    Some(RouteEntry {
        supply,
        demand,
        kind: corridor.kind,
        via: corridor.via,
        links: candidate.path.links,
        nodes,
        baseline: candidate.baseline,
        potential: candidate.potential,
        extra_cost: match corridor.id {
            Some(_) => ExtraCost::OfCorridor(candidate.corridor),
            None => ExtraCost::Own(corridor.extra_cost),
        },
        source: corridor.source.clone(),
        baseline_source: baseline.map_or(&corridor.source, |entry| &entry.source).clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheaper_paths_get_more_and_shares_add_up() {
        let shares = logit(&[10.0, 10.0 + math::ln(2.0) / 0.5, 10.0], 0.5);
        let expected = [0.4, 0.2, 0.4];
        assert!(
            shares
                .iter()
                .zip(expected)
                .all(|(share, expected)| (share - expected).abs() < 1e-15)
        );
    }
}
