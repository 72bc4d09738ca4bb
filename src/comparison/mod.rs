//! Results laid side by side: how much a scenario differs from a reference, whether chance explains it, and whether the
//! priors settle which is lower.
//!
//! [`Selection`] picks metrics of results that were [read back](crate::results::read); [`KeptDifferences`] are those that
//! their batch has paired already; [`lay_out`] subtracts the reference where nothing was kept, draw by draw where the same
//! draw has the same world in both; [`render()`] turns the [`Comparison`] into text.
//!
//! Two designs were weighed. **Recompute**: take every difference from what results hold, so that one formula serves all.
//! But only headline metrics keep their draws, and unpaired means hide what a batch knew. **Read what was kept** (chosen):
//! `comparison.csv` comes first, draws second, means last, and each row says which it was. The price is a table that may be
//! of another batch; its headline differences are held against the draws before it is believed.

mod batch;
mod block;
mod difference;
mod groups;
mod kept;
mod lay_out;
mod notes;
pub mod render;
mod selection;
#[cfg(test)]
mod tests;
mod verdict;

pub use batch::{answer, answer_json};
pub use block::{Block, ScenarioRow, common_period};
pub use difference::{Difference, Quantiles, paired_difference, unpaired_difference};
pub use kept::KeptDifferences;
pub use lay_out::{Comparison, LayoutOptions, ScenarioNames, SortOrder, lay_out};
pub use notes::{AssumedStrengths, Notes};
pub use render::{Format, file_kind, render};
pub use selection::{OVERVIEW, Selection, UnknownName, find_headline, reference_first, split_headline};
pub use verdict::{Margin, PriorOrder, Verdict, two_sided};
