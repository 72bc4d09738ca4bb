//! A closure of places: nodes, links, a mode in jurisdictions, or a mode to the hauliers of jurisdictions.
//!
//! It can stop a share of each matched route, the exposure: all of the route where a place is closed, else the largest
//! share of any of its links that the listed hauliers carry. For each good and mode of transport, the rest of what passed
//! in the three months before the announcement is a limit on all that passes, whatever carried it then. Where nothing
//! passed, routes lose weight instead. After reopening the closed share fades with a half-life (docs/model.md).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{CommodityIndex, Domain, Legs, Link, Mode, Places, Route, Share, Slot, World};
use crate::policy::{
    Acting, Always, Bearing, Effects, Exposure, Form, Given, Instrument, InstrumentKind, Key, LimitOn, Limited,
    LimitedRoutes, Measure, Moment, RentHolder, Site, TradedRoute,
};

const SHARE_CLOSED: Key = Key::required("share_closed", Form::SHARE, "share of the passage that is closed");

const RETURN_HALF_LIFE: Key = Key::optional(
    "return_half_life_months",
    Form::number(Domain::Positive.usually(0.1, 120.0), "months"),
    "months in which half of the trade returns after reopening; without it all returns at once",
)
.like("6");

const REROUTES_ONLY: Key = Key::optional(
    "reroutes_only",
    Form::Flag,
    "whether it closes one way among others: then its pairs do not count as restricted, and no latent route opens",
);

/// The part of the closed share below which trade counts as back.
const RETURNED: f64 = 0.05;

/// `[[measures.closure]]`
pub const KIND: InstrumentKind = InstrumentKind {
    alternatives: &[&[&["jurisdictions"], &["carriers"]]],
    ..InstrumentKind::new(
        "closure",
        "Closes a share of the passage of places, or of modes to some hauliers.",
        &[
            Key::nodes("places that are closed"),
            Key::links("links that are closed"),
            Key::optional(
                "modes",
                Form::Modes,
                "modes of transport, with `jurisdictions` or `carriers`",
            ),
            Key::optional(
                "jurisdictions",
                Form::Jurisdictions,
                "where links of these modes are closed",
            )
            .like("[\"BY\"]"),
            Key::optional(
                "carriers",
                Form::Jurisdictions,
                "whose hauliers may not use links of these modes",
            )
            .like("[\"EU\"]"),
            Key::origins().or_any(),
            Key::destinations().or_any(),
            SHARE_CLOSED,
            RETURN_HALF_LIFE,
            REROUTES_ONLY,
        ],
        build,
    )
};

#[derive(Debug)]
struct Closure {
    places: Places,
    legs: Legs,
    share_closed: Slot,
    return_half_life_months: Option<Slot>,
    reroutes_only: bool,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    let places = closed_places(given);
    Some(Arc::new(Closure {
        places: places?,
        legs: given.legs()?,
        share_closed: given.number(SHARE_CLOSED.name)?,
        return_half_life_months: given.optional_number(RETURN_HALF_LIFE.name)?,
        reroutes_only: given.flag(REROUTES_ONLY.name)?,
    }))
}

fn closed_places(given: &mut Given<'_>) -> Option<Places> {
    let places = Places {
        nodes: given.nodes()?,
        links: given.links()?,
        modes: given.modes()?,
        jurisdictions: given.jurisdictions("jurisdictions")?,
        carriers: given.jurisdictions("carriers")?,
        via: Vec::new(),
    };
    if let Some(message) = misfit_of_modes(&places) {
        given.fault(
            message,
            "a closure of modes says where, modes = [\"rail\"], jurisdictions = [\"BY\"], or to whose hauliers, \
             modes = [\"road\"], carriers = [\"EU\"]",
        );
        return None;
    }
    if places == Places::default() {
        given.fault(
            "this closure closes no place",
            "give at least one of `nodes`, `links`, or `modes` with `jurisdictions` or `carriers`",
        );
        return None;
    }
    Some(places)
}

/// Why the modes that a closure stops do not fit its other keys.
fn misfit_of_modes(places: &Places) -> Option<&'static str> {
    let has_modes = !places.modes.is_empty();
    match (places.jurisdictions.is_empty(), places.carriers.is_empty()) {
        (false, false) => Some("a closure of modes is either of `jurisdictions` or of `carriers`"),
        (true, true) if has_modes => Some("`modes` of a closure need `jurisdictions` or `carriers`"),
        (false, true) if !has_modes => Some("`jurisdictions` of a closure need `modes`"),
        (true, false) if !has_modes => Some("`carriers` of a closure need `modes`"),
        _ => None,
    }
}

impl Instrument for Closure {
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        world.passes(route, &self.places) && world.declares(route, &self.legs, &measure.terms.issuer)
    }

    fn bearing(&self) -> Bearing {
        if self.reroutes_only {
            Bearing::Neutral
        } else {
            Bearing::Restricts
        }
    }

    fn targets_sellers_alone(&self) -> bool {
        self.legs.origins.is_some() && self.legs.destinations.is_none()
    }

    fn exposure(&self, world: &World, route: &Route) -> Option<(Share, Option<Mode>)> {
        let mode = world.mode_of_passage(route, &self.places);
        Some((world.exposure(route, &self.places), mode))
    }

    fn limits(&self, Site { matched, .. }: Site<'_>) -> Vec<LimitedRoutes> {
        // Goods apart: a post that is shut for half a month stops half of each, and their markets stay apart too.
        let mut pools: BTreeMap<(Option<Mode>, CommodityIndex), Vec<usize>> = BTreeMap::new();
        for exposure in &matched.exposure {
            pools
                .entry((exposure.mode, exposure.good))
                .or_default()
                .push(exposure.route);
        }
        let modes: BTreeSet<_> = pools.keys().map(|(mode, _)| mode).collect();
        let goods: BTreeSet<_> = pools.keys().map(|(_, good)| good).collect();
        let (is_only_mode, is_only_good) = (modes.len() == 1, goods.len() == 1);
        let limited = pools.iter().map(|(&(mode, good), routes)| LimitedRoutes {
            on: LimitOn::Passage {
                mode,
                good,
                is_only_mode,
                is_only_good,
            },
            routes: routes.clone(),
        });
        limited.collect()
    }

    /// The closed share; after reopening it fades with a half-life, or at once without one.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        let share = self.share_closed.of(moment.values);
        match moment.terms.until {
            _ if moment.month < moment.terms.from => 0.0,
            Some(until) if moment.month >= until => self.return_half_life_months.map_or(0.0, |half_life| {
                // The month of reopening already counts as one month of return.
                let left = Moment::halved(moment.month.since(until) + 1, half_life.of(moment.values));
                // Else what once passed would stay a limit for ever.
                if left < RETURNED { 0.0 } else { share * left }
            }),
            _ => share,
        }
    }

    fn outlasts_its_end(&self) -> bool {
        self.return_half_life_months.is_some()
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        let level = acting.act.level;
        if level <= 0.0 {
            return;
        }
        let flow_of = |(exposure, &flow): (&Exposure, &f64)| (flow > 0.0).then_some((exposure.mode, exposure.good));
        let exposed = acting.matched.exposure.iter();
        let passed: BTreeSet<_> = exposed.zip(acting.passed).filter_map(flow_of).collect();
        for exposure in &acting.matched.exposure {
            let open = 1.0 - level * exposure.share.get();
            // A route that is closed altogether loses all its weight. Of others the limit stops the closed part, unless
            // there was no passage to take a share of.
            if open == 0.0 || !passed.contains(&(exposure.mode, exposure.good)) {
                effects.weight[exposure.route] *= open;
            }
        }
    }

    /// The share that stays open of what passed of the good by the mode, each route counted by its exposure.
    fn limit(
        &self,
        Acting {
            act, matched, passed, ..
        }: &Acting<'_>,
        limited: Limited,
    ) -> Option<f64> {
        let LimitOn::Passage { mode, good, .. } = limited.on else {
            return None;
        };
        let pool = matched.exposure.iter().zip(*passed);
        let pool = pool.filter(|(exposure, _)| act.level > 0.0 && (exposure.mode, exposure.good) == (mode, good));
        let (before, open) = pool.fold((0.0, 0.0), |(before, open), (exposure, passed)| {
            (
                before + passed,
                open + (1.0 - act.level * exposure.share.get()) * passed,
            )
        });
        (before > 0.0).then_some(open)
    }

    /// The closed share of what the route exposes to it.
    fn share_taken(&self, acting: &Acting<'_>, trade: TradedRoute) -> f64 {
        let exposure = acting.matched.exposure.get(trade.place);
        acting.act.level * exposure.map_or(1.0, |exposure| exposure.share.get())
    }

    fn rent_holder(&self) -> RentHolder {
        RentHolder::Passage
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.share_closed, 0.0)
    }

    /// A closure to hauliers alone stops nothing where they work no link.
    fn why_void(&self, world: &World) -> Option<&'static str> {
        let places = &self.places;
        let only_hauliers = !places.carriers.is_empty() && places.nodes.is_empty() && places.links.is_empty();
        let is_worked = |link: &Link| {
            let mut listed = link
                .carriers
                .iter()
                .filter(|(haulier, _)| places.carriers.contains(haulier));
            places.modes.contains(&link.mode) && listed.any(|(_, share)| *share > Share::ZERO)
        };
        (only_hauliers && !world.links.rows().iter().any(is_worked))
            .then_some("these carriers work no link of these modes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Tonnes};
    use crate::policy::testing::{acting, effects_of, levels, numbers};
    use crate::policy::{Act, Matched};

    fn closure(share: f64, half_life: f64) -> (Closure, Vec<f64>) {
        let ([share_closed, return_half_life], values) = numbers([share, half_life]);
        let closure = Closure {
            places: Places::default(),
            legs: Legs {
                origins: None,
                destinations: None,
            },
            share_closed,
            return_half_life_months: Some(return_half_life),
            reroutes_only: false,
        };
        (closure, values)
    }

    /// Half of a route by rail is exposed, and all of two others; all of one by road.
    fn exposed() -> Matched {
        let exposure = |route, share, mode| Exposure {
            route,
            good: CommodityIndex::new(0),
            share: Share::new(share),
            mode: Some(mode),
            baseline: Tonnes::ZERO,
        };
        Matched {
            direct: vec![0, 1, 2],
            exposure: vec![
                exposure(0, 0.5, Mode::Rail),
                exposure(1, 1.0, Mode::Rail),
                exposure(2, 1.0, Mode::Road),
            ],
            ..Matched::default()
        }
    }

    fn by(mode: Mode) -> Limited {
        Limited {
            on: LimitOn::Passage {
                mode: Some(mode),
                good: CommodityIndex::new(0),
                is_only_mode: false,
                is_only_good: true,
            },
            baseline: Tonnes::ZERO,
        }
    }

    #[test]
    fn the_closed_share_fades_with_its_half_life_after_reopening() {
        let (mut closure, values) = closure(0.8, 2.0);
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-15, "{found}, not {expected}");
        let [before, closed, first, second] = levels(&closure, &values, Some(3), [-1, 2, 3, 4]);
        assert_eq!((before, closed), (0.0, 0.8));
        near(second, 0.4);
        near(first * first, 0.8 * 0.4);
        assert!(closure.outlasts_its_end());
        assert_eq!(levels(&closure, &values, Some(3), [12]), [0.0], "trade is back");
        closure.return_half_life_months = None;
        assert_eq!(levels(&closure, &values, Some(3), [2, 3]), [0.8, 0.0]);
    }

    #[test]
    fn it_limits_each_mode_to_the_open_share_of_what_passed_by_it() {
        let (closure, values) = closure(0.8, 2.0);
        let matched = exposed();
        let acting_now = Acting {
            passed: &[100.0, 0.0, 60.0],
            ..acting(0.8, &matched, &values)
        };
        assert_eq!(
            closure.limit(&acting_now, by(Mode::Rail)),
            Some((1.0 - 0.8 * 0.5) * 100.0)
        );
        assert_eq!(closure.limit(&acting_now, by(Mode::Road)), Some((1.0 - 0.8) * 60.0));
        // Under the limit of its mode, a route that carried nothing keeps its weight.
        assert_eq!(effects_of(&closure, &acting_now).weight, [1.0; 3]);
        let idle = Acting {
            act: Act::IDLE,
            ..acting_now
        };
        assert_eq!(closure.limit(&idle, by(Mode::Rail)), None);
        assert_eq!(effects_of(&closure, &idle).weight, [1.0; 3]);
    }

    #[test]
    fn where_nothing_passed_by_a_mode_its_routes_lose_weight() {
        let (closure, values) = closure(0.8, 2.0);
        let matched = exposed();
        let acting_now = Acting {
            passed: &[0.0, 0.0, 60.0],
            ..acting(0.8, &matched, &values)
        };
        assert_eq!(closure.limit(&acting_now, by(Mode::Rail)), None);
        let open = [1.0 - 0.8 * 0.5, 1.0 - 0.8, 1.0];
        assert_eq!(effects_of(&closure, &acting_now).weight, open);
    }

    #[test]
    fn a_route_that_is_closed_altogether_has_no_weight() {
        let (closure, values) = closure(1.0, 2.0);
        let matched = exposed();
        let acting_now = Acting {
            passed: &[100.0, 0.0, 60.0],
            ..acting(1.0, &matched, &values)
        };
        assert_eq!(effects_of(&closure, &acting_now).weight, [1.0, 0.0, 0.0]);
    }
}
