//! Corridors become routes: the cheapest paths of each pair, numbered, with their part of its trade.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::graph::{RouteGraph, TransportedGood, micro_dollars};
use super::logit::logit_shares;
use super::shortest_paths::{LinkPath, PathSearch};
use crate::model::{CommodityIndex, DemandIndex, Index, JurisdictionIndex, NodeIndex, RouteKind, SupplyIndex};

/// A supply and a demand of one commodity.
pub type SupplyDemandPair = (SupplyIndex, DemandIndex);

/// Many routes at once: every supply listed to every demand listed, by way of the same nodes.
#[derive(Clone, PartialEq, Debug)]
pub struct Corridor {
    pub commodity: CommodityIndex,
    pub supplies: Vec<SupplyIndex>,
    pub demands: Vec<DemandIndex>,
    pub kind: RouteKind,
    /// The jurisdiction whose papers its routes use; none for direct routes.
    pub via: Option<JurisdictionIndex>,
    /// The jurisdiction where exports are declared, if it is not where the goods come from.
    pub consignor: Option<JurisdictionIndex>,
    /// Nodes to pass, in the order of travel.
    pub waypoints: Vec<NodeIndex>,
    /// The jurisdictions that its routes may pass beside those of their ends; none where they may pass any.
    pub inside: Option<Vec<JurisdictionIndex>>,
    /// How many of the cheapest paths become routes, for each pair.
    pub paths: usize,
    /// For a latent corridor, its potential as a share of the pair's baseline; none for one that carries the baseline.
    pub potential_share: Option<f64>,
    /// The part of each pair's baseline that its paths carry together, relative to those of the pair's other corridors;
    /// none where cost alone splits the baseline.
    pub baseline_share: Option<f64>,
    /// Cost of its routes beyond freight and time, US dollars per tonne.
    pub extra_cost: f64,
}

impl Corridor {
    /// Whether it carries nothing at baseline.
    pub fn is_latent(&self) -> bool {
        self.potential_share.is_some()
    }

    /// The pairs that it joins.
    pub fn pairs(&self) -> impl Iterator<Item = SupplyDemandPair> {
        let demands = |&supply| self.demands.iter().map(move |&demand| (supply, demand));
        self.supplies.iter().flat_map(demands)
    }

    /// The pairs that it makes routes for: all, if it is latent, else those that trade at baseline.
    pub fn served<'a>(
        &'a self,
        baseline: &'a BTreeMap<SupplyDemandPair, f64>,
    ) -> impl Iterator<Item = SupplyDemandPair> + 'a {
        self.pairs()
            .filter(|pair| self.is_latent() || baseline.contains_key(pair))
    }
}

/// Everything that routes are generated from.
#[derive(Clone, Debug)]
pub struct RouteInputs<'a> {
    pub graph: RouteGraph<'a>,
    /// By commodity.
    pub goods: Vec<TransportedGood<'a>>,
    /// Where each supply sells, by supply.
    pub supply_nodes: Vec<NodeIndex>,
    /// Where each demand buys, by demand.
    pub demand_nodes: Vec<NodeIndex>,
    pub corridors: Vec<Corridor>,
    /// Baseline to be split over corridors, tonnes per month.
    pub baseline: BTreeMap<SupplyDemandPair, f64>,
    /// Baseline flow of routes that come from no corridor, tonnes per month. It counts when potentials are computed.
    pub beside: Vec<(SupplyDemandPair, f64)>,
}

/// A route that a corridor makes.
#[derive(Clone, PartialEq, Debug)]
pub struct GeneratedRoute {
    /// The position of its corridor in the inputs.
    pub corridor: usize,
    pub pair: SupplyDemandPair,
    /// Its rank, from 1, among the routes of the same pair, kind and intermediary: by cost, then by ids of links.
    pub number: usize,
    pub path: LinkPath,
    /// Cost at baseline, extra cost included, US dollars per tonne.
    pub cost: f64,
    /// Tonnes per month; zero for a latent corridor.
    pub baseline: f64,
    /// Tonnes per month; zero for a corridor that carries the baseline.
    pub potential: f64,
}

impl GeneratedRoute {
    /// Whether it is so much dearer than other paths of its pair that it would carry nothing.
    pub fn is_too_dear(&self) -> bool {
        self.baseline == 0.0 && self.potential == 0.0
    }
}

/// Why corridors do not make routes.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum RouteError {
    /// A pair trades at baseline, but none of its corridors carries the baseline.
    #[error("no corridor carries the baseline of a pair")]
    UncoveredBaseline { pair: SupplyDemandPair },
    /// Some of the corridors that carry a pair's baseline state their share of it, but not this one.
    #[error("a corridor states no share of a baseline that others share")]
    NoShare {
        /// The position of the corridor in the inputs.
        corridor: usize,
        pair: SupplyDemandPair,
    },
    /// The links do not lead from each stop to the next.
    #[error("the links offer no path over the stops of a corridor")]
    NoPath {
        /// The position of the corridor in the inputs.
        corridor: usize,
        /// From the supply over the waypoints to the demand.
        stops: Vec<NodeIndex>,
        /// The jurisdictions that it may pass, those of its ends included, if it may not pass any.
        inside: Option<Vec<JurisdictionIndex>>,
    },
}

/// The routes of all corridors, sorted by pair, kind, intermediary, cost and ids of links.
///
/// The baseline of each pair is split over the paths of all its corridors that are not latent, by cost, or by the shares that
/// they state and then by cost; the potential of a latent corridor is a share of the pair's trade, split over the corridor's
/// paths alike.
///
/// # Errors
/// When a baseline has no corridor, a corridor has no path, or only some of a pair's corridors state their shares: all such
/// pairs, uncovered ones first.
pub fn generate_routes(inputs: &RouteInputs) -> Result<Vec<GeneratedRoute>, Vec<RouteError>> {
    let is_direct = |corridor: &Corridor| corridor.kind == RouteKind::Direct;
    debug_assert!(
        inputs
            .corridors
            .iter()
            .all(|corridor| corridor.is_latent() || is_direct(corridor)),
        "the baseline is split over direct corridors only"
    );
    let mut errors = uncovered_baseline(inputs);
    errors.extend(missing_shares(inputs));
    let mut routes = find_paths(inputs, &mut errors);
    if !errors.is_empty() {
        // Both kinds of errors were collected, so that all are reported at once.
        return Err(errors);
    }
    number(inputs, &mut routes);
    split_baseline(inputs, &mut routes);
    set_potentials(inputs, &mut routes);
    Ok(routes)
}

/// An error for every pair of the baseline that no corridor would carry.
fn uncovered_baseline(inputs: &RouteInputs) -> Vec<RouteError> {
    let carriers = inputs.corridors.iter().filter(|corridor| !corridor.is_latent());
    let carried: BTreeSet<SupplyDemandPair> = carriers.flat_map(Corridor::pairs).collect();
    let uncovered = inputs.baseline.keys().filter(|pair| !carried.contains(pair));
    uncovered.map(|&pair| RouteError::UncoveredBaseline { pair }).collect()
}

/// An error for every corridor and pair whose other corridors state their shares of the baseline.
fn missing_shares(inputs: &RouteInputs) -> Vec<RouteError> {
    let mut carriers: BTreeMap<SupplyDemandPair, Vec<usize>> = BTreeMap::new();
    for (position, corridor) in inputs.corridors.iter().enumerate() {
        if !corridor.is_latent() {
            let pairs = corridor.served(&inputs.baseline);
            pairs.for_each(|pair| carriers.entry(pair).or_default().push(position));
        }
    }
    let states_share = |&position: &usize| inputs.corridors[position].baseline_share.is_some();
    let mut errors = Vec::new();
    for (pair, positions) in carriers {
        if positions.iter().any(states_share) {
            let silent = positions.into_iter().filter(|position| !states_share(position));
            errors.extend(silent.map(|corridor| RouteError::NoShare { corridor, pair }));
        }
    }
    errors
}

/// The cheapest paths of every corridor and pair, in order, their flows still zero.
fn find_paths(inputs: &RouteInputs, errors: &mut Vec<RouteError>) -> Vec<GeneratedRoute> {
    // Goods differ in cost and in the links open to them, so each has its own searches, which all its corridors share that
    // may pass the same jurisdictions.
    let mut searches: BTreeMap<(CommodityIndex, Option<Vec<JurisdictionIndex>>), PathSearch> = BTreeMap::new();
    let mut routes = Vec::new();
    for (position, corridor) in inputs.corridors.iter().enumerate() {
        let papers = corridor.via.filter(|_| corridor.kind == RouteKind::Reexport);
        for pair in corridor.served(&inputs.baseline) {
            let inside = inside(inputs, pair, corridor);
            let good = &inputs.goods[corridor.commodity.row()];
            let search = searches
                .entry((corridor.commodity, inside.clone()))
                .or_insert_with(|| PathSearch::new(&inputs.graph, good, inside.as_deref()));
            let stops = stops(inputs, pair, &corridor.waypoints);
            let paths = search.cheapest(&stops, corridor.paths, papers);
            if paths.is_empty() {
                errors.push(RouteError::NoPath {
                    corridor: position,
                    stops,
                    inside,
                });
            }
            routes.extend(paths.into_iter().map(|path| GeneratedRoute {
                corridor: position,
                pair,
                number: 0,
                cost: path.cost + corridor.extra_cost,
                path,
                baseline: 0.0,
                potential: 0.0,
            }));
        }
    }
    routes.sort_by(|one, other| {
        let group = |route: &GeneratedRoute| {
            let corridor = &inputs.corridors[route.corridor];
            (route.pair, corridor.kind, corridor.via, micro_dollars(route.cost))
        };
        group(one)
            .cmp(&group(other))
            .then_with(|| one.path.compare(&other.path, &inputs.graph))
    });
    routes
}

/// The jurisdictions that the routes of a pair may pass, if they may not pass any: in order, each once.
fn inside(
    inputs: &RouteInputs,
    (supply, demand): SupplyDemandPair,
    corridor: &Corridor,
) -> Option<Vec<JurisdictionIndex>> {
    let ends = [inputs.supply_nodes[supply.row()], inputs.demand_nodes[demand.row()]];
    let listed = corridor.inside.iter().flatten().copied();
    let all: BTreeSet<JurisdictionIndex> = listed
        .chain(ends.map(|node| inputs.graph.node(node).jurisdiction))
        .collect();
    corridor.inside.as_ref().map(|_| all.into_iter().collect())
}

fn stops(inputs: &RouteInputs, (supply, demand): SupplyDemandPair, waypoints: &[NodeIndex]) -> Vec<NodeIndex> {
    let mut stops = vec![inputs.supply_nodes[supply.row()]];
    stops.extend_from_slice(waypoints);
    stops.push(inputs.demand_nodes[demand.row()]);
    stops
}

/// Numbers sorted routes within their pair, kind and intermediary, over the borders of corridors.
fn number(inputs: &RouteInputs, routes: &mut [GeneratedRoute]) {
    let mut counts = BTreeMap::new();
    for route in routes {
        let corridor = &inputs.corridors[route.corridor];
        let count = counts.entry((route.pair, corridor.kind, corridor.via)).or_insert(0);
        *count += 1;
        route.number = *count;
    }
}

/// Splits each pair's baseline over the paths of all its corridors that are not latent: by cost, within each corridor where
/// corridors state their shares.
fn split_baseline(inputs: &RouteInputs, routes: &mut [GeneratedRoute]) {
    let mut carriers: BTreeMap<SupplyDemandPair, Vec<usize>> = BTreeMap::new();
    for (position, route) in routes.iter().enumerate() {
        if !inputs.corridors[route.corridor].is_latent() {
            carriers.entry(route.pair).or_default().push(position);
        }
    }
    for (pair, members) in carriers {
        let flow = inputs.baseline.get(&pair).copied().unwrap_or(0.0);
        let stated = |member: usize| inputs.corridors[routes[member].corridor].baseline_share;
        let mut parts: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for &member in &members {
            let corridor = stated(member).map(|_| routes[member].corridor);
            parts.entry(corridor).or_default().push(member);
        }
        let weight = |members: &[usize]| stated(members[0]).unwrap_or(1.0);
        let whole: f64 = parts.values().map(|members| weight(members)).sum();
        let weights: Vec<f64> = parts.values().map(|members| weight(members) / whole).collect();
        for (members, weight) in parts.values().zip(weights) {
            for (&member, share) in members.iter().zip(shares(inputs, routes, members)) {
                routes[member].baseline = flow * weight * share;
            }
        }
    }
}

/// Gives each latent corridor's share of the pair's baseline to its paths, split likewise. A pair without baseline
/// counts with the smaller of the sales of its supply and the purchases of its demand.
fn set_potentials(inputs: &RouteInputs, routes: &mut [GeneratedRoute]) {
    let (mut traded, mut sold, mut bought) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut latent: BTreeMap<(usize, SupplyDemandPair), Vec<usize>> = BTreeMap::new();
    let split = routes.iter().map(|route| (route.pair, route.baseline));
    for (pair, flow) in inputs.beside.iter().copied().chain(split) {
        *traded.entry(pair).or_insert(0.0) += flow;
        *sold.entry(pair.0).or_insert(0.0) += flow;
        *bought.entry(pair.1).or_insert(0.0) += flow;
    }
    for (position, route) in routes.iter().enumerate() {
        if inputs.corridors[route.corridor].is_latent() {
            latent.entry((route.corridor, route.pair)).or_default().push(position);
        }
    }
    for ((corridor, pair), members) in latent {
        // Every route was counted above, if only with a flow of zero, so its pair is in the map.
        let trade = match traded[&pair] {
            0.0 => f64::min(sold[&pair.0], bought[&pair.1]),
            flow => flow,
        };
        let whole = trade * inputs.corridors[corridor].potential_share.unwrap_or(0.0);
        for (&member, share) in members.iter().zip(shares(inputs, routes, &members)) {
            routes[member].potential = whole * share;
        }
    }
}

/// The shares of the routes of one pair in its trade; there is at least one route.
fn shares(inputs: &RouteInputs, routes: &[GeneratedRoute], members: &[usize]) -> Vec<f64> {
    let costs: Vec<f64> = members.iter().map(|&member| routes[member].cost).collect();
    let commodity = inputs.corridors[routes[members[0]].corridor].commodity;
    logit_shares(&costs, inputs.goods[commodity.row()].theta())
}

#[cfg(test)]
mod tests {
    use super::super::{GraphLink, GraphNode};
    use super::*;
    use crate::model::{Mode, NodeKind};

    const PAIR: (usize, usize) = (0, 0);

    fn pair((supply, demand): (usize, usize)) -> SupplyDemandPair {
        (SupplyIndex::new(supply), DemandIndex::new(demand))
    }

    /// One good between two sellers at node 0 and two buyers at node 1. Theta is ln 2: a dollar more halves a flow. The
    /// links straight there cost 10 and 11, the one by node 2 costs 13; node 3 is out of reach.
    fn inputs(corridors: Vec<Corridor>, baseline: &[((usize, usize), f64)]) -> RouteInputs<'static> {
        let link = |id, ends: [usize; 2], freight| GraphLink {
            id,
            ends: ends.map(NodeIndex::new),
            mode: Mode::Road,
            kilometres: 1.0,
            cargo: Vec::new(),
            freight,
            days: 0.0,
        };
        let links = vec![
            link("road", [0, 1], 10.0),
            link("rail", [0, 1], 11.0),
            link("detour-a", [0, 2], 6.0),
            link("detour-b", [2, 1], 7.0),
        ];
        let nodes = [0, 1, 2, 3].map(|row| GraphNode {
            jurisdiction: JurisdictionIndex::new(row),
            kind: NodeKind::Border,
        });
        RouteInputs {
            graph: RouteGraph::new(nodes.to_vec(), links, Vec::new()),
            goods: vec![TransportedGood {
                reference_price: 100.0,
                route_choice: 100.0 * crate::math::ln(2.0),
                holding_rate: 0.0,
                cargo: None,
            }],
            supply_nodes: vec![NodeIndex::new(0); 2],
            demand_nodes: vec![NodeIndex::new(1); 2],
            corridors,
            baseline: baseline.iter().map(|&(ends, flow)| (pair(ends), flow)).collect(),
            beside: Vec::new(),
        }
    }

    /// A direct corridor of the first pair, without waypoints, that carries the baseline.
    fn direct(paths: usize) -> Corridor {
        Corridor {
            commodity: CommodityIndex::new(0),
            supplies: vec![SupplyIndex::new(0)],
            demands: vec![DemandIndex::new(0)],
            kind: RouteKind::Direct,
            via: None,
            consignor: None,
            waypoints: Vec::new(),
            inside: None,
            paths,
            potential_share: None,
            baseline_share: None,
            extra_cost: 0.0,
        }
    }

    /// A latent corridor of the first pair by node 2.
    fn hidden(potential_share: f64) -> Corridor {
        Corridor {
            kind: RouteKind::Ghost,
            via: Some(JurisdictionIndex::new(0)),
            consignor: None,
            waypoints: vec![NodeIndex::new(2)],
            potential_share: Some(potential_share),
            ..direct(1)
        }
    }

    fn flows(routes: &[GeneratedRoute], flow: impl Fn(&GeneratedRoute) -> f64) -> Vec<f64> {
        // Shares are exponentials, right to the last few digits.
        routes.iter().map(|route| (flow(route) * 1e9).round() / 1e9).collect()
    }

    #[test]
    fn the_baseline_halves_with_each_dollar_and_adds_up() {
        let routes = generate_routes(&inputs(vec![direct(3)], &[(PAIR, 130.0)])).unwrap();
        assert_eq!(flows(&routes, |route| route.cost), [10.0, 11.0, 13.0]);
        assert_eq!(flows(&routes, |route| route.baseline), [80.0, 40.0, 10.0]);
        assert_eq!(flows(&routes, |route| route.potential), [0.0; 3]);
    }

    #[test]
    fn corridors_of_one_pair_share_its_baseline_and_their_numbers_go_on() {
        let dear = Corridor {
            waypoints: vec![NodeIndex::new(2)],
            extra_cost: -2.5,
            ..direct(1)
        };
        let routes = generate_routes(&inputs(vec![direct(2), dear], &[(PAIR, 10.0)])).unwrap();
        let order: Vec<_> = routes.iter().map(|route| (route.corridor, route.number)).collect();
        assert_eq!(order, [(0, 1), (1, 2), (0, 3)], "by cost with extra cost: 10, 10.5, 11");
        let sum: f64 = routes.iter().map(|route| route.baseline).sum();
        assert!((sum - 10.0).abs() < 1e-12);
    }

    #[test]
    fn corridors_that_state_their_shares_split_the_baseline_by_them_and_then_by_cost() {
        let shared = |share, waypoint: Option<usize>, paths| Corridor {
            baseline_share: Some(share),
            waypoints: waypoint.map(NodeIndex::new).into_iter().collect(),
            ..direct(paths)
        };
        let routes = generate_routes(&inputs(
            vec![shared(3.0, None, 2), shared(1.0, Some(2), 1)],
            &[(PAIR, 12.0)],
        ))
        .unwrap();
        assert_eq!(flows(&routes, |route| route.baseline), [6.0, 3.0, 3.0]);
        let errors = generate_routes(&inputs(vec![shared(3.0, None, 1), direct(2)], &[(PAIR, 12.0)])).unwrap_err();
        let silent = RouteError::NoShare {
            corridor: 1,
            pair: pair(PAIR),
        };
        assert_eq!(errors, [silent]);
    }

    #[test]
    fn kinds_and_intermediaries_are_numbered_apart() {
        let routes = generate_routes(&inputs(vec![hidden(1.0), direct(1)], &[(PAIR, 1.0)])).unwrap();
        let order: Vec<_> = routes.iter().map(|route| (route.corridor, route.number)).collect();
        assert_eq!(order, [(1, 1), (0, 1)], "direct trade comes first");
    }

    #[test]
    fn a_latent_corridor_could_carry_its_share_of_the_pairs_baseline() {
        let mut inputs = inputs(vec![direct(1), hidden(0.5)], &[(PAIR, 30.0)]);
        let potential = |inputs: &RouteInputs| flows(&generate_routes(inputs).unwrap(), |route| route.potential);
        assert_eq!(potential(&inputs), [0.0, 15.0]);
        inputs.beside.push((pair(PAIR), 10.0));
        assert_eq!(potential(&inputs), [0.0, 20.0], "flows of other routes count");
    }

    #[test]
    fn a_pair_without_baseline_counts_as_the_smaller_of_its_ends() {
        let new_market = Corridor {
            demands: vec![DemandIndex::new(1)],
            ..hidden(0.5)
        };
        let others = Corridor {
            supplies: vec![SupplyIndex::new(0), SupplyIndex::new(1)],
            demands: vec![DemandIndex::new(0), DemandIndex::new(1)],
            ..direct(1)
        };
        let inputs = inputs(vec![others, new_market], &[((0, 0), 30.0), ((1, 1), 8.0)]);
        let routes = generate_routes(&inputs).unwrap();
        let hidden = routes.iter().find(|route| route.corridor == 1).unwrap();
        assert_eq!((hidden.pair, hidden.potential), (pair((0, 1)), 4.0));
    }

    #[test]
    fn a_corridor_that_carries_the_baseline_serves_only_pairs_that_trade() {
        let all = Corridor {
            supplies: vec![SupplyIndex::new(0), SupplyIndex::new(1)],
            ..direct(1)
        };
        let baseline = BTreeMap::from([(pair((1, 0)), 1.0)]);
        assert_eq!(all.served(&baseline).collect::<Vec<_>>(), [pair((1, 0))]);
        let latent = Corridor {
            potential_share: Some(1.0),
            ..all
        };
        assert_eq!(latent.served(&baseline).count(), 2);
    }

    #[test]
    fn a_path_that_would_carry_nothing_says_so_and_keeps_its_number() {
        let dear = Corridor {
            waypoints: vec![NodeIndex::new(2)],
            extra_cost: 1e6,
            ..direct(1)
        };
        let routes = generate_routes(&inputs(vec![direct(1), dear], &[(PAIR, 1.0)])).unwrap();
        let told: Vec<_> = routes.iter().map(|route| (route.number, route.is_too_dear())).collect();
        assert_eq!(told, [(1, false), (2, true)]);
    }

    #[test]
    fn every_uncovered_pair_and_every_missing_path_is_told_at_once() {
        let nowhere = Corridor {
            waypoints: vec![NodeIndex::new(3)],
            ..hidden(1.0)
        };
        let inputs = inputs(vec![hidden(1.0), nowhere], &[((0, 0), 1.0), ((1, 0), 1.0)]);
        assert_eq!(
            generate_routes(&inputs),
            Err(vec![
                RouteError::UncoveredBaseline { pair: pair((0, 0)) },
                RouteError::UncoveredBaseline { pair: pair((1, 0)) },
                RouteError::NoPath {
                    corridor: 1,
                    stops: [0, 3, 1].map(NodeIndex::new).to_vec(),
                    inside: None,
                },
            ])
        );
    }

    #[test]
    fn routes_stay_inside_the_jurisdictions_listed_and_those_of_their_ends() {
        let within = |rows: &[usize]| Corridor {
            inside: Some(rows.iter().copied().map(JurisdictionIndex::new).collect()),
            ..direct(3)
        };
        let links = |corridor| {
            let routes = generate_routes(&inputs(vec![corridor], &[(PAIR, 1.0)])).unwrap();
            routes.iter().map(|route| route.path.links.len()).collect::<Vec<_>>()
        };
        assert_eq!(links(within(&[3])), [1, 1], "the way by node 2 is closed");
        assert_eq!(links(within(&[3, 2])), [1, 1, 2]);
        let by_stranger = Corridor {
            waypoints: vec![NodeIndex::new(2)],
            ..within(&[3])
        };
        assert_eq!(
            generate_routes(&inputs(vec![by_stranger], &[(PAIR, 1.0)])),
            Err(vec![RouteError::NoPath {
                corridor: 0,
                stops: [0, 2, 1].map(NodeIndex::new).to_vec(),
                inside: Some([0, 1, 3].map(JurisdictionIndex::new).to_vec()),
            }])
        );
    }
}
