//! Which inputs drive an outcome: mathematics on numbers alone, whatever made them.
//!
//! From draws that exist: [`drivers`], rank correlations with the noise level of chance and shares of a regression, and
//! [`prim`], boxes of inputs where outcomes of interest gather. From designs of their own: [`sobol`], shares of variance, and
//! [`morris`], screening of many inputs. The designs say which side of which input a run takes; the caller runs them.

pub mod drivers;
pub mod morris;
pub mod prim;
mod ranks;
mod regression;
pub mod sobol;

pub use ranks::{noise_level, rank_rows, row_products, standard_ranks};
pub use regression::{LinearShares, linear_shares};
