//! The worth of a month: trade totals, customs records, throughput, leakage, and where restricted trade went.
//!
//! Restricted trade remains, is circumvented, diverted or destroyed, at somebody's cost (docs/model.md). All this is
//! measured against the counterfactual, the same draw without measures; offsets alone against the baseline. Every month
//! leaves terms ([`Term`]), which add up over months and goods; every metric is a formula of their sums.
//!
//! Everything here works on a month of up to eight draws side by side ([`InterleavedMonth`]).

mod accounts;
mod burdens;
mod counterfactual;
mod customs_records;
mod formula;
mod goods;
mod interleave;
mod leakage;
mod ledger;
mod link_flows;
mod markup;
mod month;
mod parties;
mod sparse_sums;
mod surplus;
mod term;
#[cfg(test)]
mod testing;
mod throughput;
mod totals;
mod trade_totals;

pub use accounts::Accounts;
pub use burdens::Burdens;
pub use counterfactual::Counterfactual;
pub use customs_records::{CustomsRecordKey, FlowKey, customs_record_sums, flow_sums};
pub use formula::{GENUINE_TRADE_LOST, METRICS, Metric, RESTRICTED, TARGET_LOSS, metrics_via};
pub use goods::Goods;
pub use interleave::InterleavedMonth;
pub use leakage::{Leakage, LeakageKey};
pub use ledger::{Ledger, Standings};
pub use link_flows::LinkFlows;
pub use month::Accountant;
pub use parties::{Beneficiary, Parties, PartyKey, PartyMetric};
pub use sparse_sums::{ScaledSum, SharedSums, SparseSums};
pub use term::Term;
pub use throughput::{ThroughputPlace, throughput_sums};
pub use totals::{Totals, accounting_gap};
pub use trade_totals::{RouteFlows, TradeTotals};
