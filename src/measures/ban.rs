//! A ban: trade is forbidden, except for an exempt share that is reached after a wind-down.
//!
//! Direct trade of each matched pair is limited to the allowed share of its baseline, one limit for each pair. Hidden
//! routes that declare a forbidden leg keep the allowed share of their weight (docs/model.md).
//!
//! A ban of transit bears on goods by where they come from, whatever they declare, on their way through some territory.

use std::sync::Arc;

use crate::model::{Domain, JurisdictionIndex, Legs, Mode, Route, Slot, World};
use crate::policy::{
    Acting, Always, Bearing, Effects, Form, Given, Instrument, InstrumentKind, Key, Limited, LimitedRoutes, Measure,
    Moment, Site, remaining,
};

/// `wind_down_months`, which each version of a ban counts from its own start.
pub const WIND_DOWN: Key = Key::optional(
    "wind_down_months",
    Form::number_or(Domain::NonNegative.usually(0.0, 60.0), "months", 0.0),
    "months over which the allowed share falls to what is exempt",
)
.like("6")
.of_version();

/// `exempt_share`.
pub const EXEMPT_SHARE: Key = Key::optional(
    "exempt_share",
    Form::number_or(Domain::Share.usual_fraction(0.0, 0.999), "", 0.0),
    "share of baseline trade that stays allowed",
);

/// `stop_share`, which each version of a ban has for its own wind-down.
pub const STOP_SHARE: Key = Key::optional(
    "stop_share",
    Form::SHARE,
    "share that stops at once though contracts may still be wound down; they then run until the wind-down ends",
)
.like("0.6")
.of_version();

/// `recovery_half_life_months`, likewise.
pub const RECOVERY: Key = Key::optional(
    "recovery_half_life_months",
    Form::number(Domain::Positive.usually(0.1, 120.0), "months"),
    "months in which half of what stopped at once comes back until the wind-down ends",
)
.like("1.5")
.of_version();

/// `rush`, likewise.
pub const RUSH: Key = Key::optional(
    "rush",
    Form::number(Domain::AtLeastOne.usual_fraction(1.0, 10.0), ""),
    "factor on what contracts allow in the last month before the wind-down ends",
)
.like("2")
.of_version();

/// How the allowed share of a ban falls: linearly over its wind-down, or with the end of contracts.
#[derive(Debug)]
pub struct WindDown {
    pub months: Slot,
    pub exempt_share: Slot,
    pub contracts: Option<Contracts>,
}

/// How trade under contracts ends.
#[derive(Clone, Copy, Default, Debug)]
pub struct Contracts {
    /// Share that stops at once.
    pub stop: Option<Slot>,
    /// Months in which half of that comes back.
    pub recovery: Option<Slot>,
    /// Factor on what is allowed in the last month of the wind-down.
    pub rush: Option<Slot>,
}

impl WindDown {
    /// From the five keys.
    pub fn new(given: &Given<'_>) -> Option<Self> {
        let contracts = Contracts {
            stop: given.optional_number(STOP_SHARE.name)?,
            recovery: given.optional_number(RECOVERY.name)?,
            rush: given.optional_number(RUSH.name)?,
        };
        let is_given = [contracts.stop, contracts.recovery, contracts.rush]
            .iter()
            .any(Option::is_some);
        Some(Self {
            months: given.number(WIND_DOWN.name)?,
            exempt_share: given.number(EXEMPT_SHARE.name)?,
            contracts: is_given.then_some(contracts),
        })
    }

    /// The share that is still allowed; above one in a rush that asks for more than the baseline.
    pub fn allowed(&self, moment: &Moment<'_>) -> f64 {
        let of = |slot: Slot| slot.of(moment.values);
        let (exempt, months) = (of(self.exempt_share), of(self.months));
        match self.contracts {
            None => moment.allowed_share(exempt, months),
            Some(Contracts { stop, recovery, rush }) => {
                let share = moment.share_under_contracts(exempt, months, stop.map_or(0.0, of), recovery.map(of));
                let is_last = (months - 1.0..months).contains(&f64::from(moment.elapsed()));
                share * rush.filter(|_| is_last).map_or(1.0, of)
            }
        }
    }
}

/// `[[measures.ban]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "ban",
    "Forbids trade, but for an exempt share reached after a wind-down.",
    &[
        Key::origins(),
        Key::destinations().unless(TRANSIT, "unless `transit` is given or it amends a measure"),
        Key::optional(
            TRANSIT,
            Form::Territories,
            "forbid transit through these, each bloc as one territory, rather than trade",
        )
        .like("[\"EU\"]"),
        Key::optional(
            MODES,
            Form::Modes,
            "modes of transport whose transit is forbidden; all if left out",
        ),
        WIND_DOWN,
        EXEMPT_SHARE,
        STOP_SHARE,
        RECOVERY,
        RUSH,
    ],
    build,
);

const TRANSIT: &str = "transit";
const MODES: &str = "modes";

#[derive(Debug)]
struct Ban {
    legs: Legs,
    /// Where it forbids transit; none for a ban of trade.
    transit: Option<Transit>,
    wind_down: WindDown,
}

/// Transit that is forbidden.
#[derive(Debug)]
struct Transit {
    /// Each of one or more jurisdictions.
    territories: Vec<Vec<JurisdictionIndex>>,
    /// By these modes; by all if none are listed.
    modes: Vec<Mode>,
}

impl Transit {
    /// Whether the goods come from one of the origins, whatever they declare, are bound for one of the destinations and
    /// cross a territory on the way.
    fn is_on(&self, world: &World, legs: &Legs, route: &Route) -> bool {
        let is_listed =
            |list: &Option<Vec<JurisdictionIndex>>, end| list.as_ref().is_none_or(|list| list.contains(&end));
        is_listed(&legs.origins, world.origin(route.supply))
            && is_listed(&legs.destinations, world.destination(route.demand))
            && self
                .territories
                .iter()
                .any(|territory| world.crosses(route, territory, &self.modes))
    }
}

fn transit(given: &mut Given<'_>) -> Option<Option<Transit>> {
    let (territories, modes) = (given.territories(TRANSIT)?, given.modes()?);
    if !given.is_absent(TRANSIT) {
        return Some(Some(Transit { territories, modes }));
    }
    if !modes.is_empty() {
        given.fault(
            "`modes` of a ban need `transit`",
            "say through where, transit = [\"EU\"], or close the modes by a `[[measures.closure]]`",
        );
        return None;
    }
    Some(None)
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    let transit = transit(given);
    Some(Arc::new(Ban {
        legs: given.legs()?,
        transit: transit?,
        wind_down: WindDown::new(given)?,
    }))
}

impl Instrument for Ban {
    fn matches(&self, world: &World, measure: &Measure, route: &Route) -> bool {
        match &self.transit {
            Some(transit) => transit.is_on(world, &self.legs, route),
            None => world.declares(route, &self.legs, &measure.terms.issuer),
        }
    }

    fn bearing(&self) -> Bearing {
        Bearing::Restricts
    }

    fn targets_sellers_alone(&self) -> bool {
        self.transit.is_some() && self.legs.origins.is_some() && self.legs.destinations.is_none()
    }

    fn transit(&self) -> &[Vec<JurisdictionIndex>] {
        self.transit.as_ref().map_or(&[], |transit| &transit.territories)
    }

    fn extendable(&self) -> Option<&Legs> {
        Some(&self.legs)
    }

    fn limits(&self, site: Site<'_>) -> Vec<LimitedRoutes> {
        match self.transit {
            // Latent ways through the territory are no part of what passed: they lose weight instead.
            Some(_) => site.limit_baseline_by_pair(),
            None => site.limit_by_pair(),
        }
    }

    /// The share that is no longer allowed; below zero in a rush that asks for more than the baseline.
    fn level(&self, moment: &Moment<'_>) -> f64 {
        if !moment.in_force() {
            return 0.0;
        }
        1.0 - self.wind_down.allowed(moment)
    }

    fn act(&self, Acting { act, matched, .. }: &Acting<'_>, effects: &mut Effects) {
        if act.level > 0.0 {
            effects.forbid(matched, 1.0 - act.level);
            if self.transit.is_some() {
                effects.scale_weights(&matched.latent, 1.0 - act.level);
            }
        } else if act.level < 0.0 {
            // Nothing is limited; how much more is bought follows from the market.
            effects.scale_weights(&matched.direct, 1.0 - act.level);
        }
    }

    fn limit(&self, acting: &Acting<'_>, limited: Limited) -> Option<f64> {
        remaining(acting.act.level, limited.baseline.get())
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.wind_down.exempt_share, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Tonnes};
    use crate::policy::testing::{acting, effects_of, levels, matched, numbers};
    use crate::policy::{LimitOn, Matched, PairIndex};

    fn ban(wind_down: f64, exempt: f64) -> (Ban, Vec<f64>) {
        let ([months, exempt_share], values) = numbers([wind_down, exempt]);
        let legs = Legs {
            origins: None,
            destinations: None,
        };
        let ban = Ban {
            legs,
            transit: None,
            wind_down: WindDown {
                months,
                exempt_share,
                contracts: None,
            },
        };
        (ban, values)
    }

    #[test]
    fn it_restricts_more_each_month_of_its_wind_down_and_then_all_but_the_exempt_share() {
        let (ban, values) = ban(1.0, 0.25);
        // Half of the three quarters that are not exempt goes at once.
        assert_eq!(levels(&ban, &values, None, [-1, 0, 1, 9]), [0.0, 0.375, 0.75, 0.75]);
        assert_eq!(levels(&ban, &values, Some(3), [2, 3]), [0.75, 0.0]);
    }

    #[test]
    fn contracts_stop_in_part_come_back_and_end_with_the_wind_down() {
        let ([months, exempt_share, stop, half_life], values) = numbers([3.0, 0.2, 0.5, 1.0]);
        let (mut ban, _) = ban(0.0, 0.0);
        let mut under = |contracts| {
            ban.wind_down = WindDown {
                months,
                exempt_share,
                contracts: Some(contracts),
            };
            levels(&ban, &values, None, [-1, 0, 1, 2, 3]).map(|level| (level * 1e9).round() / 1e9)
        };
        // Of the four fifths that are not exempt a half stops, then a quarter, then an eighth.
        let contracts = |stop, recovery| Contracts {
            stop,
            recovery,
            rush: None,
        };
        assert_eq!(under(contracts(Some(stop), Some(half_life))), [0.0, 0.4, 0.2, 0.1, 0.8]);
        assert_eq!(under(contracts(Some(stop), None)), [0.0, 0.4, 0.4, 0.4, 0.8]);
        assert_eq!(under(contracts(None, Some(half_life))), [0.0, 0.0, 0.0, 0.0, 0.8]);
    }

    #[test]
    fn the_last_month_before_the_deadline_is_a_rush() {
        let ([months, exempt_share, stop, half_life, rush], mut values) = numbers([3.0, 0.2, 0.5, 1.0, 1.1]);
        let (mut ban, _) = ban(0.0, 0.0);
        ban.wind_down = WindDown {
            months,
            exempt_share,
            contracts: Some(Contracts {
                stop: Some(stop),
                recovery: Some(half_life),
                rush: Some(rush),
            }),
        };
        let rounded =
            |values: &[f64]| levels(&ban, values, None, [0, 1, 2, 3]).map(|level| (level * 1e9).round() / 1e9);
        // Without it 60, 80, 90 and then 20% are allowed.
        assert_eq!(rounded(&values), [0.4, 0.2, 0.01, 0.8]);
        values[4] = 2.0;
        assert_eq!(rounded(&values), [0.4, 0.2, -0.8, 0.8], "180% of the baseline");
        // A deadline within a month leaves that month to what is exempt after it: two and a half months end in the third.
        values[0] = 2.5;
        assert_eq!(rounded(&values), [0.4, 0.2, -0.8, 0.8]);
    }

    #[test]
    fn a_rush_beyond_the_baseline_is_left_to_the_market() {
        let (ban, values) = ban(0.0, 0.25);
        let matched = Matched {
            direct: vec![0],
            hidden: vec![2],
            ..Matched::default()
        };
        let rushing = acting(-0.8, &matched, &values);
        let effects = effects_of(&ban, &rushing);
        assert_eq!(effects.weight, [1.8, 1.0, 1.0]);
        assert_eq!(effects.covered, [false; 3]);
        let limited = Limited {
            on: LimitOn::Pair(PairIndex::new(0)),
            baseline: Tonnes::new(200.0),
        };
        assert_eq!(ban.limit(&rushing, limited), None);
    }

    #[test]
    fn it_leaves_hidden_routes_the_allowed_share_of_their_weight() {
        let (ban, values) = ban(0.0, 0.25);
        let matched = matched();
        let effects = effects_of(&ban, &acting(0.75, &matched, &values));
        assert_eq!(effects.weight, [1.0, 0.25, 0.25]);
        assert_eq!(effects.covered, [false, true, true]);
        let effects = effects_of(&ban, &acting(0.0, &matched, &values));
        assert_eq!(effects.covered, [false; 3], "a ban of nothing covers nothing");
    }

    #[test]
    fn a_ban_of_transit_takes_weight_from_latent_direct_routes_as_well() {
        let (mut ban, values) = ban(0.0, 0.25);
        let matched = Matched {
            direct: vec![0, 1],
            latent: vec![1],
            hidden: vec![2],
            ..Matched::default()
        };
        let weight = |ban: &Ban| effects_of(ban, &acting(0.75, &matched, &values)).weight;
        assert_eq!(
            weight(&ban),
            [1.0, 1.0, 0.25],
            "they stand under the limit of their pair"
        );
        ban.transit = Some(Transit {
            territories: Vec::new(),
            modes: Vec::new(),
        });
        assert_eq!(weight(&ban), [1.0, 0.25, 0.25]);
    }

    #[test]
    fn transit_is_that_from_an_origin_to_a_destination_across_a_territory() {
        use crate::simulation::testing::{model, route};
        let plan = model("").plan;
        let world = plan.world();
        let of = |name: &str| world.jurisdictions.position(|row| row.id == name).unwrap();
        let is_on = |origin: &str, destination: &str, through: &str| {
            let transit = Transit {
                territories: vec![vec![of(through)]],
                modes: Vec::new(),
            };
            let legs = Legs {
                origins: Some(vec![of(origin)]),
                destinations: Some(vec![of(destination)]),
            };
            // Sold by SEL to BUY, and re-exported by the hub ALT on its way.
            transit.is_on(world, &legs, &world.routes.rows()[route(&plan, "grain-reexport")])
        };
        assert!(is_on("SEL", "BUY", "ALT"));
        assert!(!is_on("HUB", "BUY", "ALT"));
        assert!(!is_on("SEL", "HUB", "ALT"));
        assert!(!is_on("SEL", "BUY", "ROW"));
    }

    #[test]
    fn its_limit_is_the_allowed_share_of_baseline_trade() {
        let (ban, values) = ban(0.0, 0.25);
        let matched = matched();
        let limited = Limited {
            on: LimitOn::Pair(PairIndex::new(0)),
            baseline: Tonnes::new(200.0),
        };
        assert_eq!(ban.limit(&acting(0.75, &matched, &values), limited), Some(50.0));
        assert_eq!(ban.limit(&acting(0.0, &matched, &values), limited), None);
    }
}
