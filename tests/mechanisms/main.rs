//! Each mechanism against numbers worked out by hand from docs/model.md, on the small world in `tests/worlds/hub`.
//!
//! A seller sells grain, ore and timber to a buyer in a union, to a hub and to the rest of the world. In every good a
//! price change of 50 USD/t doubles or halves the flow on a route: theta = route choice / price = 4 ln 2 / 200 =
//! ln 2 / 50. All elasticities are one, so a market with x of its baseline tonnes has p / x (buyers) or c x (sellers).
//! Time costs 0.2 USD/t a day. So every equilibrium below follows from powers of two and divisions.
//!
//! Baseline costs, USD/t: by `rail` 20 + 50 x 0.2 = 30; by `spur;sea` 10 + 30 + 50 x 0.2 = 50; `ocean` 40, `ferry` 60.

#[path = "../common/mod.rs"]
mod common;

mod accounts;
mod capacities;
mod directions;
mod drift;
mod enforcement;
mod exit;
mod hub;
mod limits;
mod measures;
mod metrics;
mod network;
mod opening;
mod passage;
mod reports;
mod secondary;
mod transit;
