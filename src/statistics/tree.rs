//! Merging the results of blocks in an order that depends on their indices alone.

use std::collections::BTreeMap;

/// Something that takes up the observations of another of its kind.
pub trait Merge {
    /// Adds the observations of `later`, which follow those of `self`.
    fn merge(&mut self, later: &Self);
}

/// Merges block results by a fixed binary tree over the block index, whatever the order in which they arrive.
///
/// A node of level `l` stands for `2^l` blocks, the first a multiple of `2^l`. As soon as both halves of a node are
/// there, they are merged, left before right. So no more than about log2(blocks) results wait at any time when blocks
/// arrive nearly in order.
#[derive(Clone, Debug)]
pub struct BlockTree<T> {
    /// Complete nodes by their first block; a node's parent is not complete.
    nodes: BTreeMap<usize, Node<T>>,
}

#[derive(Clone, Debug)]
struct Node<T> {
    level: u32,
    value: T,
}

impl<T> Default for BlockTree<T> {
    fn default() -> Self {
        Self { nodes: BTreeMap::new() }
    }
}

impl<T: Merge> BlockTree<T> {
    /// Adds the result of block `index`.
    ///
    /// # Panics
    ///
    /// If the block is there already.
    pub fn insert(&mut self, index: usize, value: T) {
        assert!(!self.contains(index), "block {index} was inserted twice");
        let mut first = index;
        let mut node = Node { level: 0, value };
        while let Some(sibling) = self.take_sibling(first, node.level) {
            let half = 1 << node.level;
            let (mut left, right) = if first & half == 0 {
                (node, sibling)
            } else {
                (sibling, node)
            };
            left.value.merge(&right.value);
            left.level += 1;
            first &= !half;
            node = left;
        }
        self.nodes.insert(first, node);
    }

    /// Whether block `index` has been inserted.
    pub fn contains(&self, index: usize) -> bool {
        let before = self.nodes.range(..=index).next_back();
        before.is_some_and(|(first, node)| (first ^ index) >> node.level == 0)
    }

    /// Merges the nodes that are left, in the order of their blocks; `None` without any block.
    ///
    /// Which nodes are left follows from the set of indices alone, hence so does the result.
    pub fn finish(self) -> Option<T> {
        let values = self.nodes.into_values().map(|node| node.value);
        values.reduce(|mut earlier, later| {
            earlier.merge(&later);
            earlier
        })
    }

    /// Removes the other half of the parent of the node at `first`, if it is complete.
    fn take_sibling(&mut self, first: usize, level: u32) -> Option<Node<T>> {
        let sibling = first ^ (1 << level);
        self.nodes.get(&sibling).filter(|node| node.level == level)?;
        self.nodes.remove(&sibling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Moments;
    use proptest::prelude::*;

    /// Writes down the merges as an expression.
    impl Merge for String {
        fn merge(&mut self, later: &Self) {
            *self = format!("({self} {later})");
        }
    }

    fn expression(indices: &[usize]) -> Option<String> {
        let mut tree = BlockTree::default();
        for &index in indices {
            tree.insert(index, index.to_string());
        }
        tree.finish()
    }

    #[test]
    fn an_empty_tree_has_no_result() {
        assert_eq!(expression(&[]), None);
    }

    #[test]
    fn halves_are_merged_left_before_right() {
        assert_eq!(expression(&[3, 1, 0, 2]).unwrap(), "((0 1) (2 3))");
    }

    #[test]
    fn remaining_nodes_are_folded_in_index_order() {
        assert_eq!(expression(&[6, 5, 4, 3, 2, 1, 0]).unwrap(), "((((0 1) (2 3)) (4 5)) 6)");
        assert_eq!(expression(&[9, 1, 2]).unwrap(), "((1 2) 9)");
    }

    #[test]
    fn complete_nodes_do_not_wait() {
        let mut tree = BlockTree::default();
        for index in 0..1000 {
            tree.insert(index, Moments::default());
            assert!(tree.nodes.len() <= 10);
        }
    }

    #[test]
    #[should_panic(expected = "block 2 was inserted twice")]
    fn a_block_counts_once_even_after_it_was_merged() {
        let _ = expression(&[0, 1, 2, 3, 2]);
    }

    /// A set of block indices with gaps, in order and shuffled.
    fn orders() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
        prop::collection::btree_set(0_usize..200, 1..60).prop_flat_map(|set| {
            let ordered: Vec<usize> = set.into_iter().collect();
            (Just(ordered.clone()), Just(ordered).prop_shuffle())
        })
    }

    proptest! {
        #[test]
        fn the_order_of_merges_is_independent_of_the_order_of_arrival((ordered, shuffled) in orders()) {
            prop_assert_eq!(expression(&ordered), expression(&shuffled));
        }

        #[test]
        fn moments_have_the_same_bits_in_any_order_of_arrival((ordered, shuffled) in orders()) {
            let moments = |indices: &[usize]| {
                let mut tree = BlockTree::default();
                for &index in indices {
                    let block: Moments = (0..7).map(|draw| 1.0 / (index * 7 + draw + 1) as f64).collect();
                    tree.insert(index, block);
                }
                let Moments { count, mean, m2 } = tree.finish().unwrap();
                (count, mean.to_bits(), m2.to_bits())
            };
            prop_assert_eq!(moments(&ordered), moments(&shuffled));
        }
    }
}
