//! Weighted sums over routes, compiled once and evaluated every month.

use std::collections::BTreeMap;

use crate::math::simd::Lanes;

/// A sparse matrix from route flows to totals, in compressed rows; the order of every sum is that of the routes.
#[derive(Clone, Debug, Default)]
pub struct SparseSums {
    starts: Vec<usize>,
    members: Vec<u32>,
    /// By member.
    weights: Vec<f64>,
    /// Whether all weights of a group are one, as they mostly are.
    is_plain: Vec<bool>,
}

impl SparseSums {
    /// One group for each list of (route, weight).
    pub fn new(lists: impl IntoIterator<Item = Vec<(usize, f64)>>) -> Self {
        let mut starts = vec![0];
        let (mut members, mut weights, mut is_plain) = (Vec::new(), Vec::new(), Vec::new());
        for list in lists {
            members.extend(list.iter().map(|&(route, _)| route as u32));
            weights.extend(list.iter().map(|&(_, weight)| weight));
            starts.push(members.len());
            is_plain.push(list.iter().all(|&(_, weight)| weight == 1.0));
        }
        Self {
            starts,
            members,
            weights,
            is_plain,
        }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the weighted sum of `flows` over each group to `totals`.
    pub fn sum_into(&self, flows: &[f64], totals: &mut [f64]) {
        for (bounds, total) in self.starts.windows(2).zip(totals) {
            let members = self.members[bounds[0]..bounds[1]].iter();
            let weighted = members.zip(&self.weights[bounds[0]..bounds[1]]);
            *total = weighted.fold(0.0, |sum, (&route, weight)| sum + weight * flows[route as usize]);
        }
    }

    /// Hands the weighted sum of `flows` over each group, several draws side by side, to `take`, with the group's place.
    #[inline(always)]
    #[allow(
        clippy::inline_always,
        reason = "an instruction set reaches only what is inlined, see `math::width`"
    )]
    pub fn sum_lanes(&self, flows: &[Lanes], mut take: impl FnMut(usize, Lanes)) {
        for (group, (bounds, is_plain)) in self.starts.windows(2).zip(&self.is_plain).enumerate() {
            let members = &self.members[bounds[0]..bounds[1]];
            let mut total = Lanes::ZERO;
            if *is_plain {
                for &route in members {
                    total += flows[route as usize];
                }
            } else {
                for (&route, &weight) in members.iter().zip(&self.weights[bounds[0]..bounds[1]]) {
                    total += Lanes::all(weight) * flows[route as usize];
                }
            }
            take(group, total);
        }
    }
}

/// Where a weighted sum is found: the sum of a place, times a factor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ScaledSum {
    pub place: usize,
    pub factor: f64,
}

/// Sums of which those that sum the same routes, up to a factor, are kept once.
#[derive(Debug, Default)]
pub struct SharedSums {
    lists: Vec<Vec<(usize, f64)>>,
    /// Routes with the bits of their weights.
    places: BTreeMap<Vec<(usize, u64)>, usize>,
}

impl SharedSums {
    /// The sum over a list of (route, weight) with positive weights, not empty.
    pub fn place(&mut self, mut list: Vec<(usize, f64)>) -> ScaledSum {
        list.sort_by_key(|(route, _)| *route);
        let first = list.first().map_or(1.0, |(_, weight)| *weight);
        // Tonnes and dollars of one good are the same sum up to its price.
        let factor = if list.iter().all(|(_, weight)| *weight == first) {
            first
        } else {
            1.0
        };
        list.iter_mut().for_each(|(_, weight)| *weight /= factor);
        let key = list.iter().map(|&(route, weight)| (route, weight.to_bits())).collect();
        let next = self.lists.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.lists.push(list);
        }
        ScaledSum { place, factor }
    }

    /// The groups by place.
    pub fn finish(self) -> SparseSums {
        SparseSums::new(self.lists)
    }
}

/// Lists of (route, weight) under construction, sorted by key.
#[derive(Debug)]
pub struct KeyedSums<K>(BTreeMap<K, Vec<(usize, f64)>>);

impl<K: Ord> KeyedSums<K> {
    /// Adds a route to the group of a key.
    pub fn add(&mut self, key: K, route: usize, weight: f64) {
        self.0.entry(key).or_default().push((route, weight));
    }

    /// The keys in order, each with the place of its sum.
    pub fn finish(self, shared: &mut SharedSums) -> Vec<(K, ScaledSum)> {
        let lists = self.0.into_iter();
        lists.map(|(key, list)| (key, shared.place(list))).collect()
    }
}

impl<K> Default for KeyedSums<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_the_same_routes_are_taken_once() {
        let mut shared = SharedSums::default();
        let places = [
            shared.place(vec![(0, 1.0), (2, 1.0)]),
            shared.place(vec![(2, 3.0), (0, 3.0)]),
            shared.place(vec![(0, 1.0), (2, 3.0)]),
            shared.place(vec![(1, 5.0)]),
        ];
        let expected = [(0, 1.0), (0, 3.0), (1, 1.0), (2, 5.0)];
        assert_eq!(places.map(|ScaledSum { place, factor }| (place, factor)), expected);
        let mut totals = vec![0.0; 3];
        shared.finish().sum_into(&[10.0, 20.0, 30.0], &mut totals);
        assert_eq!(totals, [40.0, 100.0, 20.0]);
    }
}
