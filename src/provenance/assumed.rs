//! Assumed numbers, and whether a scenario lets them vary.
//!
//! A number that nobody measured needs a distribution, or the results look surer than they are. Some numbers need none
//! of their own, because another number that varies has the same effect, or because they cannot matter.

use std::collections::BTreeSet;

use crate::model::{Bottleneck, Capacity, LinkIndex, Route, RouteIndex, Slot, Status, World};
use crate::scenario::Scenario;

/// How a scenario treats a number that is assumed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AssumptionTreatment {
    /// The scenario gives it a distribution.
    Uncertain,
    /// It needs no distribution, for this reason.
    Covered(&'static str),
    /// It has no distribution and would need one.
    Certain,
}

/// A number of a world's tables whose source says that it is assumed.
#[derive(Clone, PartialEq, Debug)]
pub struct AssumedNumber {
    /// Dotted name.
    pub name: String,
    pub treatment: AssumptionTreatment,
}

impl AssumedNumber {
    /// Its name without the id, such as `link.days`.
    pub fn kind(&self) -> String {
        let (kind, rest) = self.name.split_once('.').unwrap_or((&self.name, ""));
        let key = rest.rsplit('.').next().unwrap_or_default();
        format!("{kind}.{key}")
    }
}

const MODE: &str = "the cost index of its mode varies";
const HOLDING: &str = "the holding rate of a good that passes varies";
const UNUSED: &str = "no route uses it";
const CALIBRATED: &str = "the baseline flow is matched whatever it is";
const BASELINE: &str = "a route with baseline flow has no potential";
const NETWORK: &str = "the capacity of its network varies";
const GROWTH: &str = "the growth of the capacity varies, which acts alike";
const NO_DEAD_TIME: &str = "baseline trade passes it, so it has no dead time";
const DEFAULT: &str = "its cell is blank: a default of the program";

/// Every assumed number of a scenario's world, in the order of the world's numbers. The default of a blank cell counts
/// as assumed.
pub fn assumed_numbers(scenario: &Scenario) -> Vec<AssumedNumber> {
    let coverage = Coverage::new(scenario);
    let world = &scenario.world;
    let numbers = world.numbers.iter();
    let assumed = numbers.filter_map(|(slot, number)| {
        let is_default = number.source == "default";
        let is_assumed = is_default || world.provenance.status(&number.source) == Some(Status::Assumed);
        is_assumed.then(|| AssumedNumber {
            name: number.name.clone(),
            treatment: match coverage.covered.iter().find(|(covered, _)| *covered == slot) {
                // A distribution counts even where the number would need none.
                _ if coverage.is_uncertain(slot) => AssumptionTreatment::Uncertain,
                Some((_, reason)) => AssumptionTreatment::Covered(reason),
                None if is_default => AssumptionTreatment::Covered(DEFAULT),
                None => AssumptionTreatment::Certain,
            },
        })
    });
    assumed.collect()
}

/// The uncertain numbers of a scenario, and those that need not be.
struct Coverage<'s> {
    world: &'s World,
    uncertain: BTreeSet<Slot>,
    covered: Vec<(Slot, &'static str)>,
}

impl<'s> Coverage<'s> {
    fn new(scenario: &'s Scenario) -> Self {
        let mut coverage = Self {
            world: &scenario.world,
            uncertain: scenario.parameters.iter().map(|parameter| parameter.slot).collect(),
            covered: Vec::new(),
        };
        coverage.cover_links();
        coverage.cover_transfers();
        coverage.cover_routes();
        coverage.cover_capacities();
        coverage
    }

    fn is_uncertain(&self, slot: Slot) -> bool {
        self.uncertain.contains(&slot)
    }

    fn cover(&mut self, slot: Slot, reason: Option<&'static str>) {
        self.covered.extend(reason.map(|reason| (slot, reason)));
    }

    fn cover_links(&mut self) {
        for (index, link) in self.world.links.iter() {
            let routes: Vec<&Route> = self.routes_over(index).collect();
            let unused = routes.is_empty().then_some(UNUSED);
            let index_varies = self.is_uncertain(self.world.mode_cost_index[link.mode.position()]);
            // Days cost by the holding rate, so an uncertain rate varies the same cost.
            let holding_varies = routes.iter().any(|route| self.holding_varies(route));
            self.cover(link.freight, unused.or(index_varies.then_some(MODE)));
            self.cover(link.days, unused.or(holding_varies.then_some(HOLDING)));
        }
    }

    /// Transfers cost the same whatever the cost index of a mode.
    fn cover_transfers(&mut self) {
        for (index, transfer) in self.world.transfers.iter() {
            let routes = self.world.routes.rows().iter();
            let routes: Vec<&Route> = routes.filter(|route| route.transfers.contains(&index)).collect();
            let unused = routes.is_empty().then_some(UNUSED);
            let holding_varies = routes.iter().any(|route| self.holding_varies(route));
            self.cover(transfer.cost, unused);
            self.cover(transfer.days, unused.or(holding_varies.then_some(HOLDING)));
        }
    }

    /// Whether the holding rate of the good of a route is uncertain.
    fn holding_varies(&self, route: &Route) -> bool {
        let commodity = &self.world.commodities[self.world.commodity(route)];
        self.is_uncertain(commodity.holding_rate)
    }

    fn routes_over(&self, link: LinkIndex) -> impl Iterator<Item = &'s Route> {
        let routes = self.world.routes.rows().iter();
        routes.filter(move |route| route.links.contains(&link))
    }

    /// Weights reproduce the baseline whatever routes cost (docs/model.md), so the cost of a route that carries the baseline
    /// matters only beside that of a latent route: an extra cost that no latent route pays changes nothing.
    fn cover_routes(&mut self) {
        let latent = |route: &&Route| route.is_latent();
        let routes = self.world.routes.rows().iter();
        let paid_by_latent: BTreeSet<Slot> = routes.filter(latent).map(|route| route.extra_cost).collect();
        for (index, route) in self.world.routes.iter() {
            let matched = !paid_by_latent.contains(&route.extra_cost);
            self.cover(route.extra_cost, matched.then_some(CALIBRATED));
            // Only latent routes have a weight of their own; the others are calibrated to the baseline.
            let potential = if route.is_latent() {
                self.network_varies(index).then_some(NETWORK)
            } else {
                Some(BASELINE)
            };
            self.cover(route.potential, potential);
        }
    }

    /// Whether the weight of a latent route follows an adaptive capacity that is uncertain.
    fn network_varies(&self, route: RouteIndex) -> bool {
        let varies = |capacity: &Capacity| {
            capacity.adaptation.is_some_and(|adaptation| {
                [capacity.limit, adaptation.ceiling, adaptation.growth]
                    .into_iter()
                    .any(|slot| self.is_uncertain(slot))
            })
        };
        let capacities = self.world.capacities.rows().iter();
        capacities
            .filter(|capacity| self.world.uses(route, capacity))
            .any(varies)
    }

    /// Growth and the rent of half growth have the same effect (docs/model.md), so one of them may be fixed. A capacity
    /// that counts no route limits nothing.
    fn cover_capacities(&mut self) {
        for capacity in self.world.capacities.rows() {
            let counts_any = self
                .world
                .routes
                .indices()
                .any(|route| self.world.uses(route, capacity));
            let idle = (!counts_any && !matches!(capacity.bottleneck, Bottleneck::Route(_))).then_some(UNUSED);
            self.cover(capacity.limit, idle);
            let Some(adaptation) = capacity.adaptation else {
                continue;
            };
            let growth_varies = self.is_uncertain(adaptation.growth).then_some(GROWTH);
            self.cover(adaptation.rent_half, idle.or(growth_varies));
            let carries_baseline = self
                .world
                .routes
                .iter()
                .any(|(index, route)| !route.is_latent() && self.world.uses(index, capacity));
            let stays = carries_baseline.then_some(NO_DEAD_TIME);
            self.cover(adaptation.dead_time, idle.or(stays));
            for slot in [
                adaptation.ceiling,
                adaptation.growth,
                adaptation.decay,
                adaptation.cover,
                adaptation.entry,
            ] {
                self.cover(slot, idle);
            }
        }
    }
}
