//! From corridors to routes: the k cheapest paths over waypoints, and the split of trade over them.
//!
//! A *corridor* says that some supplies reach some demands by way of certain nodes. This folder turns corridors into
//! routes in three steps, each with a standard name:
//!
//! 1. **Shortest paths** ([`PathSearch`]). For each supply and demand, the k cheapest loopless paths of each leg between
//!    two stops, all legs at once: Yen, "Finding the k shortest loopless paths in a network", *Management Science* 17
//!    (1971), each path looked at once as in Lawler, *Management Science* 18 (1972). The search knows by which mode goods
//!    arrive at a node where they pay for a transfer.
//! 2. **Multinomial logit** ([`logit_shares`]). The baseline of a pair is split over its paths in proportion to
//!    exp(-theta cost): "Conditional logit analysis of qualitative choice behavior", in *Frontiers in Econometrics*
//!    (1974). Theta is the elasticity of route choice over the reference price, as in docs/model.md.
//! 3. **Potentials.** The paths of a latent corridor share a part of the pair's trade in the same way.
//!
//! [`generate_routes`] does all three.
//!
//! # Two designs
//!
//! //! **On the draft of the world**: search the tables that `input` has read, as they are. Nothing is copied; but the
//! rule then depends on rows with faults, places in files and messages, and a test of it needs eight CSV tables.
//!
//! **On a graph of its own** (chosen): [`RouteGraph`] holds what decides the ways and their cost, and nothing else.
//! `input` copies these over (a few thousand numbers, once) and turns each [`RouteError`] into a message with file and
//! line. The rules are tested on graphs of three links, and work without files.
//!
//! Nothing here reads a file or makes a message. Units: US dollars per tonne, days, tonnes per month.

mod generation;
mod graph;
mod logit;
mod shortest_paths;
mod shortest_ways;

pub use generation::{Corridor, GeneratedRoute, RouteError, RouteInputs, SupplyDemandPair, generate_routes};
pub use graph::{
    BrokenWalk, GraphLink, GraphNode, GraphTransfer, LARGEST_GAIN, RouteGraph, TransportedGood, other_end,
    place_passed_twice, transport_cost, walk,
};
pub use logit::logit_shares;
pub use shortest_paths::{LinkPath, PathSearch};
pub use shortest_ways::ShortestWays;
