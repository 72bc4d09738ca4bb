//! The goods that a reported sum is about.

/// A good, or all of them in tonnes or in dollars.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Goods {
    /// The commodity of this row number.
    One(usize),
    /// All goods, in tonnes.
    AllTonnes,
    /// All goods, in dollars at reference prices.
    AllDollars,
}
