//! The k cheapest paths of a good over a list of stops.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;

use super::graph::{RouteGraph, TransportedGood, micro_dollars, place_passed_twice, transport_cost};
use crate::model::{Index, JurisdictionIndex, LinkIndex, Mode, NodeIndex, is_open_to};

/// Links that join up, in the order of travel.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkPath {
    pub links: Vec<LinkIndex>,
    /// The nodes visited, both ends included, so one more than links.
    pub nodes: Vec<NodeIndex>,
    /// Freight, transfers and holding cost, US dollars per tonne.
    pub cost: f64,
}

impl LinkPath {
    /// Cheaper paths first, then by the ids of their links.
    pub fn compare(&self, other: &Self, graph: &RouteGraph) -> Ordering {
        let ids = |path: &Self| -> Vec<&str> { path.links.iter().map(|&link| graph.link(link).id).collect() };
        let by_cost = micro_dollars(self.cost).cmp(&micro_dollars(other.cost));
        by_cost.then_with(|| ids(self).cmp(&ids(other)))
    }
}

/// How many paths are looked at for each that is wanted, before the search for more is given up. Only paths that pass a
/// place twice are looked at in vain.
const PATIENCE: usize = 20;

/// Searches a graph for the paths of one good, and remembers what it found.
///
/// A state of the search is a node and a slot. A node where the good pays for transfers has a slot for each mode of
/// arrival. Elsewhere it does not matter how goods arrived, and there is one slot.
pub struct PathSearch<'g> {
    graph: &'g RouteGraph<'g>,
    /// US dollars per tonne, by link.
    costs: Vec<f64>,
    /// By node, what a transfer of the good costs there, US dollars per tonne; none where it is free.
    transfers: Vec<Option<f64>>,
    /// By node, the number of its first state.
    first_state: Vec<usize>,
    /// By state, its node and slot.
    states: Vec<(NodeIndex, usize)>,
    /// By state, where links lead, and whence.
    onward: Vec<Vec<Step>>,
    back: Vec<Vec<Step>>,
    /// The cost left from each state to a node, by any mode of arrival or in one slot.
    ways: BTreeMap<(NodeIndex, Option<usize>), Rc<Vec<u128>>>,
    found: BTreeMap<PathsWanted, Vec<LinkPath>>,
}

/// A link as it leads to or from a state.
#[derive(Clone, Copy)]
struct Step {
    /// The state at the other end.
    state: usize,
    link: LinkIndex,
    /// The sum that the search compares: see [`weight`].
    weight: u128,
}

/// The terms of a search.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PathsWanted {
    stops: Vec<NodeIndex>,
    count: usize,
    papers: Option<JurisdictionIndex>,
}

/// Where goods are on the way through stops: how many legs are behind them, and in which state they are.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Waypost {
    leg: usize,
    state: usize,
}

/// How goods may arrive at the end of a leg: what is left from each state to there, and from there to the last stop.
struct Arrival {
    way: Rc<Vec<u128>>,
    beyond: u128,
}

/// The rest of a path to the last stop.
struct Spur {
    weight: u128,
    links: Vec<LinkIndex>,
}

/// A path that is not looked at yet: cheaper ones first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct PathCandidate {
    weight: u128,
    links: Vec<LinkIndex>,
    /// Up to here it follows a path that was looked at before.
    deviates_at: usize,
}

impl<'g> PathSearch<'g> {
    /// A search for paths of a good that pass only the jurisdictions `inside`, or any.
    pub fn new(graph: &'g RouteGraph<'g>, good: &TransportedGood, inside: Option<&[JurisdictionIndex]>) -> Self {
        let links = graph.links().iter();
        let costs: Vec<f64> = links
            .map(|link| transport_cost(link.freight, link.days, good))
            .collect();
        let is_inside = |node: NodeIndex| inside.is_none_or(|inside| inside.contains(&graph.node(node).jurisdiction));
        let is_usable = |&link: &LinkIndex| {
            let link = graph.link(link);
            is_open_to(&link.cargo, good.cargo) && link.ends.into_iter().all(is_inside)
        };
        let mut transfers = vec![None; graph.nodes().len()];
        for transfer in graph.transfers() {
            if is_open_to(&transfer.cargo, good.cargo) {
                let cost = transport_cost(transfer.usd_per_t, transfer.days, good);
                transfers[transfer.node.row()] = (cost > 0.0).then_some(cost);
            }
        }
        let (mut first_state, mut states) = (Vec::new(), Vec::new());
        for (row, transfer) in transfers.iter().enumerate() {
            first_state.push(states.len());
            let slots = if transfer.is_some() { Mode::ALL.len() } else { 1 };
            states.extend((0..slots).map(|slot| (NodeIndex::new(row), slot)));
        }
        let mut search = Self {
            graph,
            costs,
            transfers,
            first_state,
            onward: vec![Vec::new(); states.len()],
            back: vec![Vec::new(); states.len()],
            states,
            ways: BTreeMap::new(),
            found: BTreeMap::new(),
        };
        let links = (0..graph.links().len()).map(LinkIndex::new);
        links.filter(is_usable).for_each(|link| search.add_steps(link));
        search
    }

    /// Adds the steps over a link, both ways.
    fn add_steps(&mut self, link: LinkIndex) {
        let row = self.graph.link(link);
        let [one, other] = row.ends;
        let weight = weight(row.id, self.costs[link.row()]);
        for (from, to) in [(one, other), (other, one)] {
            let next = self.state(to, row.mode);
            let slots = if self.transfers[from.row()].is_some() {
                Mode::ALL.len()
            } else {
                1
            };
            for slot in 0..slots {
                let state = self.first_state[from.row()] + slot;
                let transfer = self.transfer(state, row.mode);
                let weight = weight + transfer.map_or(0, dollars);
                self.onward[state].push(Step {
                    state: next,
                    link,
                    weight,
                });
                self.back[next].push(Step { state, link, weight });
            }
        }
    }

    /// The `count` cheapest paths through `stops`, cheapest first, then by the ids of the links. Fewer if there are fewer;
    /// none if some stop cannot be reached from the one before it.
    ///
    /// No path passes a node twice between two stops. The cheapest of all may do so on different legs: a stop at the end
    /// of a single link, for example, is reached and left by that link. It is then the only one, and no more than a
    /// message about it will come of it. The other paths pass each node once, but those of re-exports may pass it again
    /// after the goods were in the jurisdiction `papers`.
    pub fn cheapest(&mut self, stops: &[NodeIndex], count: usize, papers: Option<JurisdictionIndex>) -> Vec<LinkPath> {
        let wanted = PathsWanted {
            stops: stops.to_vec(),
            count,
            papers,
        };
        if let Some(known) = self.found.get(&wanted) {
            return known.clone();
        }
        let found = self.search(&wanted);
        self.found.insert(wanted, found.clone());
        found
    }

    /// Yen's algorithm (1971), without looking at any path twice (Lawler 1972).
    fn search(&mut self, wanted: &PathsWanted) -> Vec<LinkPath> {
        let Some((&start, targets)) = wanted.stops.split_first() else {
            return Vec::new();
        };
        let legs = self.arrivals(targets);
        let start = Waypost {
            leg: legs_behind(targets, 0, start),
            // Nothing is transferred at the start, as where only documents arrive.
            state: self.state(start, Mode::Paper),
        };
        let is_of_papers = |node: NodeIndex| wanted.papers == Some(self.graph.node(node).jurisdiction);
        let mut candidates = BinaryHeap::new();
        let first = self.spur(targets, &legs, start, &[], &[]);
        candidates.extend(first.map(|spur| {
            Reverse(PathCandidate {
                weight: spur.weight,
                links: spur.links,
                deviates_at: 0,
            })
        }));
        let (mut accepted, mut seen): (Vec<LinkPath>, Vec<Vec<LinkIndex>>) = (Vec::new(), Vec::new());
        while let Some(Reverse(candidate)) = candidates.pop() {
            let (posts, weights) = self.follow(targets, start, &candidate.links);
            let turns_back =
                place_passed_twice(&self.places_of_goods(&posts, &candidate.links), is_of_papers).is_some();
            let is_sound = self.is_loopless(targets, &posts) && (!turns_back || accepted.is_empty());
            if is_sound {
                accepted.push(self.path(&posts, candidate.links.clone()));
            }
            let is_hopeless = is_sound && turns_back;
            if is_hopeless || accepted.len() == wanted.count || seen.len() > PATIENCE * (wanted.count + 4) {
                break;
            }
            seen.push(candidate.links);
            let links = &seen[seen.len() - 1];
            for at in candidate.deviates_at..links.len() {
                let root = &links[..at];
                let known = seen.iter().filter(|path| path.len() > at && path[..at] == *root);
                let banned: Vec<LinkIndex> = known.map(|path| path[at]).collect();
                if let Some(spur) = self.spur(targets, &legs, posts[at], &posts[..=at], &banned) {
                    candidates.push(Reverse(PathCandidate {
                        weight: weights[at] + spur.weight,
                        links: root.iter().copied().chain(spur.links).collect(),
                        deviates_at: at,
                    }));
                }
            }
        }
        accepted.sort_by(|one, other| one.compare(other, self.graph));
        accepted
    }

    /// The state of goods that arrive at a node by a mode.
    fn state(&self, node: NodeIndex, arriving: Mode) -> usize {
        let slot = self.transfers[node.row()].map_or(0, |_| arriving.position());
        self.first_state[node.row()] + slot
    }

    /// The cost of going on by a mode, US dollars per tonne; none where nothing is transferred.
    fn transfer(&self, state: usize, leaving: Mode) -> Option<f64> {
        let (node, slot) = self.states[state];
        let cost = self.transfers[node.row()]?;
        let is_due = self.graph.node(node).kind.transfers(Mode::ALL[slot], leaving);
        is_due.then_some(cost)
    }

    /// How goods may arrive at the end of each leg.
    fn arrivals(&mut self, targets: &[NodeIndex]) -> Vec<Vec<Arrival>> {
        let mut legs: Vec<Vec<Arrival>> = targets.iter().map(|_| Vec::new()).collect();
        for (leg, &target) in targets.iter().enumerate().rev() {
            let next = legs_behind(targets, leg, target);
            let first = self.first_state[target.row()];
            legs[leg] = if next == targets.len() {
                let way = self.way(target, None);
                vec![Arrival { way, beyond: 0 }]
            } else if self.transfers[target.row()].is_none() {
                let (way, beyond) = (self.way(target, None), left(&legs[next], first));
                vec![Arrival { way, beyond }]
            } else {
                // What is to pay beyond depends on the mode of arrival.
                let slots = (0..Mode::ALL.len()).filter(|slot| !self.back[first + slot].is_empty());
                let slots: Vec<usize> = slots.collect();
                let arrival = |slot| Arrival {
                    way: self.way(target, Some(slot)),
                    beyond: left(&legs[next], first + slot),
                };
                slots.into_iter().map(arrival).collect()
            };
        }
        legs
    }

    /// The cost left from each state to a node, by Dijkstra's algorithm (1959) from there back. The largest number
    /// stands for no way.
    fn way(&mut self, target: NodeIndex, slot: Option<usize>) -> Rc<Vec<u128>> {
        if let Some(known) = self.ways.get(&(target, slot)) {
            return Rc::clone(known);
        }
        let mut left = vec![u128::MAX; self.states.len()];
        let mut queue = BinaryHeap::new();
        for (state, &(node, of_state)) in self.states.iter().enumerate().skip(self.first_state[target.row()]) {
            if node != target {
                break;
            }
            if slot.is_none_or(|slot| slot == of_state) {
                left[state] = 0;
                queue.push(Reverse((0, state)));
            }
        }
        while let Some(Reverse((weight, state))) = queue.pop() {
            if weight != left[state] {
                continue;
            }
            for step in &self.back[state] {
                let weight = weight + step.weight;
                // Goods that are there do not go on.
                if weight < left[step.state] && self.states[step.state].0 != target {
                    left[step.state] = weight;
                    queue.push(Reverse((weight, step.state)));
                }
            }
        }
        let left = Rc::new(left);
        self.ways.insert((target, slot), Rc::clone(&left));
        left
    }

    /// The cheapest way from a post through all targets that are left to it. It neither comes back to a node of its leg that
    /// was `visited` nor starts with a banned link: A* (Hart, Nilsson and Raphael 1968), led by what is left to pay without
    /// these bans.
    fn spur(
        &self,
        targets: &[NodeIndex],
        legs: &[Vec<Arrival>],
        start: Waypost,
        visited: &[Waypost],
        banned: &[LinkIndex],
    ) -> Option<Spur> {
        if start.leg == targets.len() {
            // A second way from a place to itself would be a loop.
            return visited.is_empty().then(|| Spur {
                weight: 0,
                links: Vec::new(),
            });
        }
        let is_visited = |leg: usize, node: NodeIndex| {
            let same = |earlier: &Waypost| earlier.leg == leg && self.states[earlier.state].0 == node;
            visited.iter().any(same)
        };
        let size = self.states.len();
        let end = targets.len() * size;
        let mut paid = vec![u128::MAX; end + 1];
        let mut came: Vec<Option<(usize, LinkIndex)>> = vec![None; end + 1];
        let mut queue = BinaryHeap::new();
        let first = start.leg * size + start.state;
        paid[first] = 0;
        queue.push(Reverse((left(&legs[start.leg], start.state), 0, first)));
        while let Some(Reverse((_, weight, place))) = queue.pop() {
            if place == end {
                break;
            }
            if weight != paid[place] {
                continue;
            }
            let leg = place / size;
            for step in &self.onward[place % size] {
                if place == first && banned.contains(&step.link) {
                    continue;
                }
                let node = self.states[step.state].0;
                let next_leg = legs_behind(targets, leg, node);
                let (next, rest) = if next_leg == targets.len() {
                    (end, 0)
                } else {
                    (next_leg * size + step.state, left(&legs[next_leg], step.state))
                };
                let weight = weight + step.weight;
                if rest == u128::MAX || weight >= paid[next] || is_visited(next_leg, node) {
                    continue;
                }
                paid[next] = weight;
                came[next] = Some((place, step.link));
                queue.push(Reverse((weight + rest, weight, next)));
            }
        }
        let (mut links, mut at) = (Vec::new(), end);
        while let Some((before, link)) = came[at] {
            links.push(link);
            at = before;
        }
        links.reverse();
        (paid[end] != u128::MAX).then_some(Spur {
            weight: paid[end],
            links,
        })
    }

    /// Where goods are before and after each link of a path, and what they have paid by then.
    fn follow(&self, targets: &[NodeIndex], start: Waypost, links: &[LinkIndex]) -> (Vec<Waypost>, Vec<u128>) {
        let (mut posts, mut weights) = (vec![start], vec![0]);
        let (mut at, mut paid) = (start, 0);
        for link in links {
            // Links of a path join up.
            if let Some(step) = self.onward[at.state].iter().find(|step| step.link == *link) {
                paid += step.weight;
                at = Waypost {
                    leg: legs_behind(targets, at.leg, self.states[step.state].0),
                    state: step.state,
                };
            }
            posts.push(at);
            weights.push(paid);
        }
        (posts, weights)
    }

    fn node(&self, post: &Waypost) -> NodeIndex {
        self.states[post.state].0
    }

    /// Whether a path passes each node once between two stops.
    fn is_loopless(&self, targets: &[NodeIndex], posts: &[Waypost]) -> bool {
        // A stop belongs to both legs that meet there.
        let mut first = 0;
        for at in 0..posts.len() {
            let node = self.node(&posts[at]);
            if posts[first..at].iter().any(|post| self.node(post) == node) {
                return false;
            }
            let is_stop = at > 0 && posts[at].leg > posts[at - 1].leg;
            if is_stop && posts[at].leg < targets.len() {
                first = at;
            }
        }
        true
    }

    /// The places that goods pass: documents travel without them.
    fn places_of_goods(&self, posts: &[Waypost], links: &[LinkIndex]) -> Vec<NodeIndex> {
        let is_paper = |link: LinkIndex| self.graph.link(link).mode == Mode::Paper;
        let reached = posts[1..].iter().zip(links).filter(|(_, link)| !is_paper(**link));
        let places = posts[..1].iter().chain(reached.map(|(post, _)| post));
        places.map(|post| self.node(post)).collect()
    }

    fn path(&self, posts: &[Waypost], links: Vec<LinkIndex>) -> LinkPath {
        // Leg by leg, and transfers at the end.
        let (mut whole, mut leg, mut transfers) = (0.0, 0.0, 0.0);
        for (ends, &link) in posts.windows(2).zip(&links) {
            leg += self.costs[link.row()];
            transfers += self.transfer(ends[0].state, self.graph.link(link).mode).unwrap_or(0.0);
            if ends[0].leg != ends[1].leg {
                whole += leg;
                leg = 0.0;
            }
        }
        LinkPath {
            links,
            nodes: posts.iter().map(|post| self.node(post)).collect(),
            cost: whole + leg + transfers,
        }
    }
}

/// The cost left from a state on a leg to the last stop; the largest number where there is no way.
fn left(arrivals: &[Arrival], state: usize) -> u128 {
    let whole = |arrival: &Arrival| arrival.way[state].saturating_add(arrival.beyond);
    arrivals.iter().map(whole).min().unwrap_or(u128::MAX)
}

/// How many legs are behind goods that were on leg `leg` and arrive at a node: a stop that is listed twice is reached once.
fn legs_behind(targets: &[NodeIndex], leg: usize, node: NodeIndex) -> usize {
    leg + targets[leg..].iter().take_while(|target| **target == node).count()
}

/// A cost at its place in a weight.
fn dollars(cost: f64) -> u128 {
    u128::from(micro_dollars(cost).unsigned_abs()) << 64
}

/// The weight of a link in a search: dollars first, then the number of links, then a sum of fingerprints of their ids.
/// So the order of paths of equal cost does not depend on the order of the rows.
fn weight(id: &str, cost: f64) -> u128 {
    dollars(cost) | 1 << 48 | fingerprint(id)
}

/// 32 bits of an id, so that the sum over 65,536 links fits into 48.
fn fingerprint(id: &str) -> u128 {
    let hash = blake3::hash(id.as_bytes());
    let bytes = hash.as_bytes().iter().take(4);
    bytes.fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}

#[cfg(test)]
mod tests;
