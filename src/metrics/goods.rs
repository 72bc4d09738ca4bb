//! The goods that a reported sum is about.

use crate::model::CommodityIndex;

/// A good, or all of them in tonnes or in dollars.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Goods {
    One(CommodityIndex),
    /// All goods, in tonnes.
    AllTonnes,
    /// All goods, in dollars at reference prices.
    AllDollars,
}
