//! A simulation beside dated facts, each under its own definition.
//!
//! [`Facts`](crate::model::Facts) say which monthly sums of trade (`series`) make which numbers (`statistic`). Every
//! draw gives each number once ([`simulate`]), because quantiles of ratios do not follow from quantiles of their parts.
//! Published customs records give it too, where they are complete ([`Records`](crate::observation::Records)). `verdict` compares the two, and [`page`]
//! writes the page.

mod page;
mod pictures;
mod simulate;
mod statistic;
mod tables;
mod verdict;
mod words;

pub use page::{page, page_kind};
pub use pictures::{FOLDER, chart, file_name};
pub use simulate::{Simulated, simulate};
pub use statistic::evaluate;
pub use tables::{fact_grid, order_grid, validation_table, validation_table_kind};
pub use verdict::{FactVerdict, HeldOrder, Judged, Validation};
