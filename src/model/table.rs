//! Tables with index types of their own, so that a node can never be looked up among the links.

use std::fmt::Debug;
use std::marker::PhantomData;

/// A row number of one kind of table.
pub trait Index: Copy + Eq + Ord + Debug {
    /// The index of row `row`.
    fn new(row: usize) -> Self;
    /// The row number, counted from zero.
    fn row(self) -> usize;
}

/// Declares types of row numbers.
macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl $crate::model::Index for $name {
            fn new(row: usize) -> Self {
                debug_assert!(u32::try_from(row).is_ok());
                Self(row as u32)
            }

            fn row(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}
pub(crate) use index;

index! {
    /// A row of the jurisdictions.
    JurisdictionIndex,
    /// A row of the nodes.
    NodeIndex,
    /// A row of the links.
    LinkIndex,
    /// A row of the transfers.
    TransferIndex,
    /// A row of the commodities.
    CommodityIndex,
    /// A row of the supplies.
    SupplyIndex,
    /// A row of the demands.
    DemandIndex,
    /// A row of the routes.
    RouteIndex,
    /// A row of the world's capacities.
    CapacityIndex,
    /// A source that rows cite.
    SourceIndex,
}

/// Rows of one kind, in the order of their file, addressed by their own index type.
#[derive(Clone, Debug)]
pub struct Table<I, T> {
    rows: Vec<T>,
    index: PhantomData<I>,
}

impl<I: Index, T> Table<I, T> {
    /// So many rows of one value.
    pub fn filled(value: T, rows: usize) -> Self
    where
        T: Clone,
    {
        vec![value; rows].into()
    }

    /// Adds a row and returns its index.
    pub fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::new(self.rows.len() - 1)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows with their indices, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.rows.iter().enumerate().map(|(row, value)| (I::new(row), value))
    }

    /// The rows alone, in order.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The rows alone, in order, to be changed.
    pub fn rows_mut(&mut self) -> &mut [T] {
        &mut self.rows
    }

    /// The index of every row, in order.
    pub fn indices(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.rows.len()).map(I::new)
    }

    /// The first row for which `matches` holds.
    pub fn position(&self, matches: impl FnMut(&T) -> bool) -> Option<I> {
        self.rows.iter().position(matches).map(I::new)
    }
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            index: PhantomData,
        }
    }
}

impl<I: Index, T> FromIterator<T> for Table<I, T> {
    fn from_iter<R: IntoIterator<Item = T>>(rows: R) -> Self {
        Self {
            rows: rows.into_iter().collect(),
            index: PhantomData,
        }
    }
}

impl<I: Index, T> From<Vec<T>> for Table<I, T> {
    fn from(rows: Vec<T>) -> Self {
        Self {
            rows,
            index: PhantomData,
        }
    }
}

impl<I: Index, T> std::ops::Index<I> for Table<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: I) -> &T {
        &self.rows[index.row()]
    }
}

impl<I: Index, T> std::ops::IndexMut<I> for Table<I, T> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.rows[index.row()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_the_index_they_were_given() {
        let mut table: Table<NodeIndex, &str> = Table::default();
        assert!(table.is_empty());
        let indices = ["minsk", "berlin"].map(|name| table.push(name));
        assert_eq!(indices.map(|index| table[index]), ["minsk", "berlin"]);
        assert_eq!(table.indices().collect::<Vec<_>>(), indices);
        assert_eq!(table.position(|name| name.starts_with('b')), Some(indices[1]));
        assert_eq!(table.position(|name| name.is_empty()), None);
    }

    #[test]
    fn rows_of_one_value_are_changed_one_by_one() {
        let mut counts: Table<LinkIndex, u32> = Table::filled(1, 3);
        counts[LinkIndex::new(1)] += 5;
        assert_eq!(counts.rows(), [1, 6, 1]);
        counts.rows_mut().fill(0);
        assert_eq!(counts[LinkIndex::new(1)], 0);
    }
}
