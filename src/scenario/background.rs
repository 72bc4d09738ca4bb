//! Trends and shocks: changes that nobody decides.

use crate::model::{CommodityIndex, JurisdictionIndex, Mode, Month, NodeIndex, Slot};

/// Genuine growth of a market or a producer.
#[derive(Clone, PartialEq, Debug)]
pub struct Trend {
    pub id: String,
    pub side: Side,
    pub commodities: Vec<CommodityIndex>,
    pub jurisdictions: Vec<JurisdictionIndex>,
    pub from: Month,
    /// The month in which growth ends; quantities stay as they are then.
    pub until: Option<Month>,
    pub growth_per_year: Slot,
}

impl Trend {
    /// Months of growth up to `month`.
    pub fn months_of_growth(&self, month: Month) -> i32 {
        let last = self.until.map_or(month, |until| until.min(month));
        last.since(self.from).max(0)
    }
}

/// The two sides of a market.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    Supply,
    Demand,
}

/// A random variation from month to month that nobody decides.
#[derive(Clone, PartialEq, Debug)]
pub struct Shock {
    pub id: String,
    pub kind: ShockKind,
}

/// The quantity that a shock moves.
#[derive(Clone, PartialEq, Debug)]
pub enum ShockKind {
    /// Freight of a mode, as a first-order autoregression of its logarithm.
    ModeCost { mode: Mode, persistence: Slot, sd: Slot },
    /// Prices of a commodity at both ends, in the same way.
    Price {
        commodity: CommodityIndex,
        persistence: Slot,
        sd: Slot,
    },
    /// Nodes that close at random and reopen.
    RandomClosure {
        nodes: Vec<NodeIndex>,
        monthly_probability: Slot,
        mean_months: Slot,
    },
}
