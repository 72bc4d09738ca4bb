//! A scenario: a world, a horizon, what is uncertain, and the measures whose effect is asked for.

use std::num::NonZero;
use std::sync::Arc;

use super::month::{Horizon, Month};
use super::numbers::{Numbers, Slot};
use super::table::{CommodityIndex, JurisdictionIndex, LinkIndex, NodeIndex};
use super::world::{Mode, World};
use crate::random::{Distribution, Sampling};

/// How the draws of uncertain parameters are spread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Random,
    LatinHypercube,
}

/// How many draws, from which seed, how sampled, and how exactly solved.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Simulation {
    /// Size of the whole run, at least one.
    pub draws: u64,
    pub seed: u64,
    pub scheme: Scheme,
    /// Largest optimality residual of a month.
    pub tolerance: f64,
}

impl Simulation {
    /// The scheme for a run of this many draws.
    pub fn sampling(&self) -> Sampling {
        match (self.scheme, NonZero::new(self.draws)) {
            (Scheme::LatinHypercube, Some(draws)) => Sampling::LatinHypercube { draws },
            _ => Sampling::Random,
        }
    }
}

/// An uncertain number: its slot gets a sample in every draw.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameter {
    pub slot: Slot,
    /// The dotted name; it also keys the random numbers.
    pub name: String,
    pub distribution: Distribution,
}

/// Declared trade that a measure bears on; no list means any.
#[derive(Clone, PartialEq, Debug)]
pub struct Legs {
    pub origins: Option<Vec<JurisdictionIndex>>,
    pub destinations: Option<Vec<JurisdictionIndex>>,
}

/// Physical places that a measure bears on. A route matches if any list matches it.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Places {
    pub nodes: Vec<NodeIndex>,
    pub links: Vec<LinkIndex>,
    /// Links of these modes with an end in one of `jurisdictions`.
    pub modes: Vec<Mode>,
    pub jurisdictions: Vec<JurisdictionIndex>,
    /// Links of these `modes` by the share of traffic that hauliers of these jurisdictions carry.
    pub carriers: Vec<JurisdictionIndex>,
    /// Routes with papers of these intermediaries.
    pub via: Vec<JurisdictionIndex>,
}

/// What every measure and programme has.
#[derive(Clone, PartialEq, Debug)]
pub struct Terms {
    pub id: String,
    /// The jurisdictions that issue it: one, or the members of a bloc.
    pub issuer: Vec<JurisdictionIndex>,
    /// The commodities it bears on, never empty.
    pub commodities: Vec<CommodityIndex>,
    pub announced: Month,
    /// First month in force.
    pub from: Month,
    /// First month no longer in force.
    pub until: Option<Month>,
}

impl Terms {
    /// Whether it is in force in `month`.
    pub fn in_force(&self, month: Month) -> bool {
        self.from <= month && self.until.is_none_or(|until| month < until)
    }
}

/// A primary measure: what a government does to trade or to its transport.
#[derive(Clone, PartialEq, Debug)]
pub struct Measure {
    pub terms: Terms,
    pub action: Action,
}

/// What a primary measure does.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Trade is forbidden but for an exempt share, reached after a wind-down.
    Ban {
        legs: Legs,
        wind_down_months: Slot,
        exempt_share: Slot,
    },
    /// At most so many tonnes a month of each commodity.
    Quota {
        legs: Legs,
        limits: Vec<(CommodityIndex, Slot)>,
    },
    /// A rate on the reference price.
    Tariff { legs: Legs, rate: Slot },
    /// A share of the passage is closed; after reopening it returns with a half-life.
    Closure {
        places: Places,
        legs: Legs,
        share_closed: Slot,
        return_half_life_months: Option<Slot>,
    },
    /// A charge for passing.
    Cost { places: Places, charge: Charge },
    /// Checks that hidden routes may fail.
    Inspection {
        post: InspectionPost,
        seizure_probability: Slot,
        fine: Slot,
        suspicion: Option<Suspicion>,
    },
}

/// How an inspection learns from what it sees.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Suspicion {
    /// Share forgotten per month.
    pub decay: Slot,
    /// What a surge adds, per unit of visible trade above its baseline.
    pub surge: Slot,
    /// What seizures add, per unit of the share seized.
    pub seized: Slot,
}

/// How a cost measure is charged.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Charge {
    /// USD per tonne for each passage of a place.
    PerTonne(Slot),
    /// Freight of the links concerned is multiplied by this.
    FreightFactor(Slot),
}

/// Where an inspection takes place.
#[derive(Clone, PartialEq, Debug)]
pub enum InspectionPost {
    Nodes(Vec<NodeIndex>),
    Legs(Legs),
}

/// A secondary sanction: what is threatened or done to those who help others around a measure.
#[derive(Clone, Debug)]
pub struct Programme {
    pub terms: Terms,
    pub targets: Vec<JurisdictionIndex>,
    pub instrument: Instrument,
}

/// What a secondary programme does.
#[derive(Clone, Debug)]
pub enum Instrument {
    /// Firms of a target are listed when its trade surges; capacity is lost until successors appear.
    Designation {
        rate_per_month: Slot,
        surge_reference: Slot,
        surge_exponent: Slot,
        /// USD per month.
        surge_floor: Slot,
        /// Distribution of the loss per event, a share of capacity.
        capacity_loss: Distribution,
        successor_months: Slot,
    },
    /// Banks refuse a share of business, less with time; a friction stays.
    Payments {
        refused_share: Slot,
        half_life_months: Slot,
        friction_start: Slot,
        friction_end: Slot,
    },
    /// A ban by the issuer is extended to the targets as destinations.
    ExportBan {
        extends: usize,
        wind_down_months: Slot,
        exempt_share: Slot,
    },
    /// Exporters must forbid re-export by contract: hidden trade through the targets shrinks, genuine trade does not.
    NoReexportClause { share: Slot },
    /// Before any act: some leave the business, others do not enlarge it.
    Threat { exit_share: Slot, growth_factor: Slot },
    /// Exporters and banks avoid the targets beyond what the law asks.
    Overcompliance { share: Slot },
}

/// Genuine growth of a market or a producer.
#[derive(Clone, PartialEq, Debug)]
pub struct Trend {
    pub id: String,
    pub side: Side,
    pub commodities: Vec<CommodityIndex>,
    pub jurisdictions: Vec<JurisdictionIndex>,
    pub from: Month,
    /// The month in which growth has come to its end; what was reached then stays.
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

/// What varies from month to month without anyone's decision.
#[derive(Clone, PartialEq, Debug)]
pub struct Shock {
    pub id: String,
    pub kind: ShockKind,
}

/// What a shock moves.
#[derive(Clone, PartialEq, Debug)]
pub enum ShockKind {
    /// Freight of a mode, as a first-order autoregression of its logarithm.
    ModeCost { mode: Mode, persistence: Slot, sd: Slot },
    /// Prices of a commodity at both ends, likewise.
    Price {
        commodity: CommodityIndex,
        persistence: Slot,
        sd: Slot,
    },
    /// Nodes that close at random and reopen.
    Closure {
        nodes: Vec<NodeIndex>,
        monthly_probability: Slot,
        mean_months: Slot,
    },
}

/// A scenario whose every reference has been resolved and every number checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file's stem: the name of its results.
    pub name: String,
    pub title: String,
    pub world: Arc<World>,
    pub horizon: Horizon,
    pub simulation: Simulation,
    /// The world's numbers, then the scenario's.
    pub numbers: Numbers,
    pub parameters: Vec<Parameter>,
    pub measures: Vec<Measure>,
    pub programmes: Vec<Programme>,
    pub trends: Vec<Trend>,
    pub shocks: Vec<Shock>,
    /// BLAKE3 of what the scenario says after `extends`.
    pub digest: String,
}

impl Simulation {
    /// Whether the same draw of both is the same world: the same seed, and the same strata.
    pub fn pairs_with(&self, other: &Self) -> bool {
        self.seed == other.seed && self.draws == other.draws && self.scheme == other.scheme
    }
}

impl Scenario {
    /// The companion: the same world, parameters, trends and shocks without any measure.
    pub fn without_measures(&self) -> Self {
        let is_of_the_world = |parameter: &&Parameter| {
            parameter.slot.position() < self.world.numbers.len()
                || ["trend.", "shock."].iter().any(|kind| parameter.name.starts_with(kind))
        };
        Self {
            parameters: self.parameters.iter().filter(is_of_the_world).cloned().collect(),
            measures: Vec::new(),
            programmes: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether two scenarios without measures are the same run.
    pub fn meets_same_world(&self, other: &Self) -> bool {
        let background = |scenario: &Self| -> Vec<(String, f64)> {
            let numbers = scenario
                .numbers
                .iter()
                .map(|(_, number)| (number.name.clone(), number.value));
            let own = |(name, _): &(String, f64)| {
                scenario.world.numbers.find(name).is_some()
                    || ["trend.", "shock."].iter().any(|kind| name.starts_with(kind))
            };
            numbers.filter(own).collect()
        };
        self.world.digest == other.world.digest
            && self.horizon == other.horizon
            && self.simulation == other.simulation
            && self.trends == other.trends
            && self.shocks == other.shocks
            && self.parameters == other.parameters
            && background(self) == background(other)
    }
}
