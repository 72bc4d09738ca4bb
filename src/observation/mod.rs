//! Records and simulated trade, made comparable in one place.
//!
//! Records are money of their day, with a season and noise; simulated dollars are tonnes at the prices of the base year. A
//! [`Panel`] holds every monthly series that a world observes, with the season and the noise of each; [`KnownPrices`] says
//! what prices alone did; [`monthly_totals`] adds up the same series in draws.

mod comparable;
mod monthly;
mod panel;
mod prices;
mod records;
mod season;
mod series;
#[cfg(test)]
pub(crate) mod testing;
mod totals;

pub use comparable::{ComparableRecord, base_of, comparable_records};
pub use monthly::Monthly;
pub use panel::{GoodsOfSeries, Panel, PanelSeries, SeriesKey};
pub use prices::KnownPrices;
pub use records::Records;
pub use season::YEAR;
pub use series::{compile, empty_series};
pub use totals::{MonthlyTotals, monthly_totals};
