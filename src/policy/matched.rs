//! The routes that a measure bears on, found once for a scenario.

use super::indices::{AdaptiveIndex, ConstraintIndex, PairIndex};
use crate::model::{CommodityIndex, LinkIndex, Mode, Share, Tonnes};

/// The routes that a measure matches, by number, and how it bears on them.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// Matched direct routes.
    pub direct: Vec<usize>,
    /// Those of them that carry nothing at baseline.
    pub latent: Vec<usize>,
    /// Matched routes of the other kinds.
    pub hidden: Vec<usize>,
    /// Pairs of which it matches a baseline direct route.
    pub pairs: Vec<PairIndex>,
    /// How it marks the trade of each of these pairs, if it is a measure that opens routes.
    pub marks: Vec<PairMarks>,
    /// The matched direct routes that carry something at baseline, in the order of [`Matched::direct`].
    pub traded: Vec<TradedRoute>,
    /// How each matched route passes its places, if it stops a share of what passes.
    pub exposure: Vec<Exposure>,
    /// The charged places that each matched route passes, if the instrument charges by passage.
    pub passages: Vec<Passages>,
    /// Capacities of the targets for the programme's goods.
    pub capacities: Vec<ConstraintIndex>,
    /// Those of them that adapt.
    pub adaptive: Vec<AdaptiveIndex>,
}

impl Matched {
    /// All matched routes: the direct ones first.
    pub fn routes(&self) -> impl Iterator<Item = usize> + '_ {
        self.direct.iter().chain(&self.hidden).copied()
    }
}

/// A matched direct route with baseline trade.
#[derive(Clone, Copy, Debug)]
pub struct TradedRoute {
    pub route: usize,
    /// Its place in [`Matched::direct`], and so in lists by matched route.
    pub place: usize,
    /// The place of its pair in [`Matched::pairs`].
    pub pair: usize,
    pub good: CommodityIndex,
    /// Per month.
    pub baseline: Tonnes,
}

/// How measures in force mark the trade of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each may hold without the others")]
pub struct PairMarks {
    /// A measure restricts it.
    pub restricted: bool,
    /// Somebody else than the seller's jurisdiction restricts it.
    pub seller_targeted: bool,
    /// Somebody else than the buyer's jurisdiction restricts it.
    pub buyer_targeted: bool,
    /// A measure bears on it that makes trade dearer but does not restrict it.
    pub tariffed: bool,
    /// Sellers stay away from it on their own.
    pub withdrawn: bool,
}

/// How a route passes the places of a measure, and how much of it the measure can stop.
#[derive(Clone, Copy, Debug)]
pub struct Exposure {
    pub route: usize,
    /// The good that it carries.
    pub good: CommodityIndex,
    /// Share of the route's traffic.
    pub share: Share,
    /// How the goods pass; none where they pass no link.
    pub mode: Option<Mode>,
    /// Baseline flow of the route, per month; zero for a latent route.
    pub baseline: Tonnes,
}

/// The places of a measure that a route passes.
#[derive(Clone, Debug)]
pub struct Passages {
    pub route: usize,
    /// How many of them it passes; a place passed twice counts twice.
    pub count: f64,
    /// The links concerned.
    pub links: Vec<LinkIndex>,
}
