//! Statistics over draws: what a result table says about a quantity in place of all its values.
//!
//! A [`Collector`] takes blocks of draws from any thread, in any order, for many quantities (cells) at once. Of every
//! cell it keeps [`Moments`] (mean and spread) and [`Counts`] (quantiles), never the values. A [`Summary`] is the row
//! that is printed.
//!
//! The results are the same to the bit for any number of threads. Counts are integers, so the order of their sums does
//! not matter; moments are rounded, so they are merged in an order fixed by the [`BlockTree`].

mod collector;
mod counts;
mod moments;
mod summary;
mod tree;

pub use collector::{Collected, Collector};
pub use counts::Counts;
pub use moments::{CellMoments, Moments};
pub use summary::Summary;
pub use tree::{BlockTree, Merge};
