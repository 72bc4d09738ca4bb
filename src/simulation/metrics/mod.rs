//! Where restricted trade went: what remains, what is circumvented, diverted or destroyed, and at whose cost
//! (docs/model.md). All against the companion, the same draw without measures; offsets alone against the baseline.
//!
//! Every month leaves terms ([`term`]), which add up over months and goods; every metric is a formula of their sums.

mod accounts;
mod companion;
mod formula;
mod ledger;
mod markup;
mod month;
mod surplus;
mod term;
mod totals;

pub use accounts::Accounts;
pub use companion::Companion;
pub use formula::{GENUINE_TRADE_LOST, Goods, METRICS, Metric, TARGET_LOSS, metrics_via};
pub use ledger::Ledger;
pub use month::Accountant;
pub use term::Measured;
pub use totals::{Totals, accounting_gap};
