//! The interface of an instrument: what every kind must provide, and what it may.

use std::fmt::Debug;
use std::sync::Arc;

use super::act::{Acting, Moment};
use super::effects::Effects;
use super::given::Given;
use super::key::Key;
use super::limit::{Limited, LimitedRoutes, Site};
use super::matched::TradedRoute;
use super::measure::Measure;
use crate::model::{CommodityIndex, JurisdictionIndex, Legs, LinkIndex, Mode, Month, Route, Share, Slot, World};

/// A kind of measure or programme, as scenario files know it.
#[derive(Debug)]
pub struct InstrumentKind {
    /// The word in `[[measures.WORD]]` or `[[secondary.WORD]]`; it also begins the dotted names of its numbers.
    pub name: &'static str,
    /// Its meaning in one plain line.
    pub meaning: &'static str,
    /// Its own keys, beyond those that every measure has.
    pub keys: &'static [Key],
    /// Sets of keys of which an entry has one only: each a list of alternatives, each of these a list of keys.
    pub alternatives: &'static [&'static [&'static [&'static str]]],
    /// Whether it is in force from its announcement, so that `announced` and `from` are one month.
    pub stands_from_announcement: bool,
    /// Makes the instrument of an entry; none if a key is faulty, which was reported, or is reported here.
    pub build: fn(&mut Given<'_>) -> Option<Arc<dyn Instrument>>,
}

impl InstrumentKind {
    /// A kind without alternatives that starts when it says.
    pub const fn new(
        name: &'static str,
        meaning: &'static str,
        keys: &'static [Key],
        build: fn(&mut Given<'_>) -> Option<Arc<dyn Instrument>>,
    ) -> Self {
        Self {
            name,
            meaning,
            keys,
            alternatives: &[],
            stands_from_announcement: false,
            build,
        }
    }

    /// Whether an alternative to a key is given, so that the key has no place in the entry.
    pub fn is_displaced(&self, key: &str, is_given: impl Fn(&str) -> bool) -> bool {
        let choices = self.alternatives.iter();
        choices
            .filter(|lists| lists.iter().any(|list| list.contains(&key)))
            .any(|lists| {
                let mut others = lists.iter().filter(|list| !list.contains(&key)).copied().flatten();
                others.any(|other| is_given(other))
            })
    }
}

/// The effect of a measure in force on a pair whose baseline direct trade it matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bearing {
    /// Its trade is restricted, and latent routes open.
    Restricts,
    /// Its trade is dearer, and latent routes open.
    Opens,
    /// Its sellers stay away from trade that is lawful, and latent routes open.
    Withdraws,
    /// Neither.
    Neutral,
}

/// Whose rent it is where a limit of a measure binds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RentHolder {
    /// Whoever has a permit to trade an amount that is rationed.
    Permits,
    /// Nobody: what a ban or a clause leaves free are other goods than those it forbids, at their own price.
    Nobody,
    /// Whoever still passes, or lets pass, a place that is partly closed.
    Passage,
}

/// Returns a text that says so if a number certainly has a value.
pub type Always<'a> = &'a dyn Fn(Slot, f64) -> Option<String>;

/// The lowest value that a number takes in any draw.
pub type Lowest<'a> = &'a dyn Fn(Slot) -> f64;

/// The baseline trade in a good that a measure bears on, tonnes per month.
pub type TradeOf<'a> = &'a dyn Fn(CommodityIndex) -> f64;

/// A limit far above the trade that it limits, tonnes per month both.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SlackLimit {
    pub good: CommodityIndex,
    pub limit: f64,
    pub trade: f64,
}

/// The behaviour of a measure or programme. Every kind must provide [`Instrument::matches`] and
/// [`Instrument::why_weak`]; the rest has defaults for what most kinds do not do.
pub trait Instrument: Debug + Send + Sync {
    /// Whether a measure with this instrument bears on a route while in force. The route's good is one of its goods.
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool;

    /// Its effect on the pairs whose baseline direct trade it matches.
    fn bearing(&self) -> Bearing {
        Bearing::Neutral
    }

    /// Whether it is aimed at sellers of some origin alone, so that buyers elsewhere are bystanders.
    fn targets_sellers_alone(&self) -> bool {
        false
    }

    /// The goods it bears on, where its own keys say so more narrowly than its terms.
    fn goods(&self) -> Option<Vec<CommodityIndex>> {
        None
    }

    /// The declared trade it forbids, where a programme may extend it to other destinations.
    fn extendable(&self) -> Option<&Legs> {
        None
    }

    /// The share of a matched route's traffic that it can stop, and the mode by which it passes, where it stops a share of
    /// what passed before it was announced.
    fn exposure(&self, _world: &World, _route: &Route) -> Option<(Share, Option<Mode>)> {
        None
    }

    /// How many of its places a matched route passes, and the links concerned, where it charges by passage.
    fn passages(&self, _world: &World, _route: &Route) -> Option<(usize, Vec<LinkIndex>)> {
        None
    }

    /// The territories through which it forbids transit, where it bears on transit rather than on trade.
    fn transit(&self) -> &[Vec<JurisdictionIndex>] {
        &[]
    }

    /// Whether it multiplies freight, which shocks move every month.
    fn multiplies_freight(&self) -> bool {
        false
    }

    /// The limits it sets while in force, in the order of their rows in result tables.
    fn limits(&self, _site: Site<'_>) -> Vec<LimitedRoutes> {
        Vec::new()
    }

    /// Its strength in a month, in the unit that the file of the kind states; zero where it does nothing.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if moment.in_force() { 1.0 } else { 0.0 }
    }

    /// Whether its effect goes on after its last month.
    fn outlasts_its_end(&self) -> bool {
        false
    }

    /// Acts on routes and capacities in a month in which it is in force or its effect goes on.
    fn act(&self, _acting: &Acting<'_>, _effects: &mut Effects) {}

    /// The size of one of its limits in a month, tonnes per month or the share of a capacity; none where it is not limited.
    fn limit(&self, _acting: &Acting<'_>, _limited: Limited) -> Option<f64> {
        None
    }

    /// The share of the baseline trade on a matched direct route that it takes away at baseline prices, at most one; below
    /// zero where it leaves room for more. Latent routes open as far as trade is taken.
    fn share_taken(&self, acting: &Acting<'_>, _trade: TradedRoute) -> f64 {
        acting.act.level
    }

    /// Who earns the rents of its limits.
    fn rent_holder(&self) -> RentHolder {
        RentHolder::Nobody
    }

    /// Whether it checks shipments on hidden routes, which may be seized.
    fn checks_shipments(&self) -> bool {
        false
    }

    /// How its checks learn from trade and seizures.
    fn suspicion(&self) -> Option<Suspicion> {
        None
    }

    /// The events by which it strikes its targets.
    fn hazard(&self) -> Option<&dyn Hazard> {
        None
    }

    /// Why it is too weak to do anything in any draw.
    fn why_weak(&self, always: Always<'_>) -> Option<String>;

    /// The goods that it limits to far more than all that it bears on at baseline.
    fn slack_limits(&self, _lowest: Lowest<'_>, _trade: TradeOf<'_>) -> Vec<SlackLimit> {
        Vec::new()
    }

    /// Why it can do nothing in this world, beyond matching no route.
    fn why_void(&self, _world: &World) -> Option<&'static str> {
        None
    }
}

/// How checks learn from trade and seizures (docs/model.md).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Suspicion {
    /// Share forgotten per month.
    pub decay: Slot,
    /// Suspicion that a surge adds, per unit of visible trade above its baseline.
    pub surge: Slot,
    /// Suspicion that seizures add, per unit of the share seized.
    pub seized: Slot,
}

/// An occasion for an event: a target in a month.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    pub target: JurisdictionIndex,
    pub month: Month,
    /// Three-month mean of the trade that the programme watches, over the larger of its baseline and [`Hazard::floor`].
    pub surge: f64,
}

/// Events that strike a target and take a share of its capacities, at most one a month for each target.
///
/// `values` are the numbers of a draw, by slot.
pub trait Hazard: Debug {
    /// The word for such an event: it keys the random numbers, and `first_WORD` is the metric of the first of them.
    fn word(&self) -> &'static str;

    /// Whether trade on a route, which carries one of its goods, makes an event for a target likelier.
    fn watches(&self, world: &World, target: JurisdictionIndex, route: &Route) -> bool;

    /// Trade that counts as baseline where there is less, USD per month.
    fn floor(&self, values: &[f64]) -> f64;

    /// The probability of an event.
    fn probability(&self, occasion: Occasion, values: &[f64]) -> f64;

    /// Share of capacity that the event takes.
    fn loss(&self, occasion: Occasion, values: &[f64]) -> f64;

    /// Share of the lost capacity that is still lost a month later.
    fn persistence(&self, values: &[f64]) -> f64;

    /// The first month of events whose dates are known, which may lie before the horizon.
    fn known_since(&self) -> Option<Month> {
        None
    }
}
