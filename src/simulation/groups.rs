//! Weighted sums over routes, compiled once and evaluated every month.

use std::collections::BTreeMap;

/// A sparse matrix from route flows to totals, in compressed rows; the order of every sum is that of the routes.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    starts: Vec<usize>,
    members: Vec<(usize, f64)>,
}

impl Groups {
    /// One group for each list of (route, weight).
    pub fn new(lists: impl IntoIterator<Item = Vec<(usize, f64)>>) -> Self {
        let mut groups = Self {
            starts: vec![0],
            members: Vec::new(),
        };
        for list in lists {
            groups.members.extend(list);
            groups.starts.push(groups.members.len());
        }
        groups
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
        for (total, bounds) in totals.iter_mut().zip(self.starts.windows(2)) {
            *total = self.members[bounds[0]..bounds[1]]
                .iter()
                .fold(0.0, |sum, &(route, weight)| sum + weight * flows[route]);
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
