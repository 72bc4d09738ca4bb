//! Weighted sums over routes, compiled once and evaluated every month.

use std::collections::BTreeMap;

/// A sparse matrix from route flows to totals, in compressed rows; the order of every sum is that of the routes.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    starts: Vec<usize>,
    members: Vec<u32>,
    /// By member; none where all are one, as they mostly are.
    weights: Option<Vec<f64>>,
}

impl Groups {
    /// One group for each list of (route, weight).
    pub fn new(lists: impl IntoIterator<Item = Vec<(usize, f64)>>) -> Self {
        let mut starts = vec![0];
        let (mut members, mut weights) = (Vec::new(), Vec::new());
        for list in lists {
            members.extend(list.iter().map(|&(route, _)| route as u32));
            weights.extend(list.iter().map(|&(_, weight)| weight));
            starts.push(members.len());
        }
        let is_plain = weights.iter().all(|&weight| weight == 1.0);
        Self {
            starts,
            members,
            weights: (!is_plain).then_some(weights),
        }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Writes the weighted sum of `flows` over each group to `totals`.
    pub fn sum_into(&self, flows: &[f64], totals: &mut [f64]) {
        self.sum_each(flows, |group, total| totals[group] = total);
    }

    /// Hands the weighted sum of `flows` over each group to `take`, with the group's place.
    pub fn sum_each(&self, flows: &[f64], mut take: impl FnMut(usize, f64)) {
        for (group, bounds) in self.starts.windows(2).enumerate() {
            let range = bounds[0]..bounds[1];
            let members = &self.members[range.clone()];
            let total = match &self.weights {
                None => members.iter().fold(0.0, |sum, &route| sum + flows[route as usize]),
                Some(weights) => members
                    .iter()
                    .zip(&weights[range])
                    .fold(0.0, |sum, (&route, weight)| sum + weight * flows[route as usize]),
            };
            take(group, total);
        }
    }
}

/// Groups under construction, sorted by key.
#[derive(Debug)]
pub struct Keyed<K>(BTreeMap<K, Vec<(usize, f64)>>);

impl<K: Ord> Keyed<K> {
    /// Adds a route to the group of a key.
    pub fn add(&mut self, key: K, route: usize, weight: f64) {
        self.0.entry(key).or_default().push((route, weight));
    }

    /// The keys in order, and their groups in the same order.
    pub fn finish(self) -> (Vec<K>, Groups) {
        let (keys, lists): (Vec<K>, Vec<_>) = self.0.into_iter().unzip();
        (keys, Groups::new(lists))
    }
}

impl<K> Default for Keyed<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}
