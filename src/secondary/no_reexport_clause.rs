//! A no-re-export clause: the issuer's exporters must forbid re-export by contract.
//!
//! Re-exports and ghosts from its exporters through a target lose a share of their weight, and together they may use at
//! most the remaining share of each of the target's capacities. Genuine trade is untouched (docs/model.md).

use std::sync::Arc;

use crate::model::{Route, RouteKind, Slot, World};
use crate::policy::{
    Acting, Always, Effects, Form, Given, Instrument, InstrumentKind, Key, LimitOn, Limited, LimitedRoutes, Measure,
    Site, ViaCapacity, remaining,
};

const SHARE: Key = Key::required("share", Form::SHARE, "share of hidden trade that the clause stops");

/// `[[secondary.no_reexport_clause]]`
pub const KIND: InstrumentKind = InstrumentKind::new(
    "no_reexport_clause",
    "Makes exporters forbid re-export by contract; genuine trade is untouched.",
    &[SHARE],
    build,
);

#[derive(Debug)]
struct NoReexportClause {
    share: Slot,
}

fn build(given: &mut Given<'_>) -> Option<Arc<dyn Instrument>> {
    Some(Arc::new(NoReexportClause {
        share: given.number(SHARE.name)?,
    }))
}

impl Instrument for NoReexportClause {
    fn matches(&self, world: &World, programme: &Measure, route: &Route) -> bool {
        matches!(route.kind, RouteKind::Reexport | RouteKind::Ghost)
            && programme.terms.issuer.contains(&world.origin(route.supply))
            && programme.targets_via(route)
    }

    /// A limit for each capacity of a target that its routes use.
    fn limits(&self, site: Site<'_>) -> Vec<LimitedRoutes> {
        let of_target = |capacity: &&ViaCapacity| site.measure.targets.contains(&capacity.via);
        let limited = |capacity: &ViaCapacity| LimitedRoutes {
            on: LimitOn::ShareOf(capacity.constraint),
            routes: {
                let hidden = site.matched.hidden.iter().copied();
                hidden.filter(|route| capacity.routes.contains(route)).collect()
            },
        };
        site.via_capacities.iter().filter(of_target).map(limited).collect()
    }

    fn act(&self, acting: &Acting<'_>, effects: &mut Effects) {
        if acting.act.in_force {
            effects.scale_weights(&acting.matched.hidden, 1.0 - self.share.of(acting.values));
        }
    }

    fn limit(&self, acting: &Acting<'_>, _: Limited) -> Option<f64> {
        if acting.act.in_force {
            remaining(self.share.of(acting.values), 1.0)
        } else {
            None
        }
    }

    fn why_weak(&self, always: Always<'_>) -> Option<String> {
        always(self.share, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Index, Tonnes};
    use crate::policy::ConstraintIndex;
    use crate::policy::testing::{acting, effects_of, matched, numbers};

    #[test]
    fn hidden_trade_loses_the_share_and_may_use_the_rest_of_a_capacity() {
        let ([share], values) = numbers([0.25]);
        let clause = NoReexportClause { share };
        let matched = matched();
        let month = acting(1.0, &matched, &values);
        assert_eq!(effects_of(&clause, &month).weight, [1.0, 0.75, 0.75]);
        let limited = Limited {
            on: LimitOn::ShareOf(ConstraintIndex::new(0)),
            baseline: Tonnes::ZERO,
        };
        assert_eq!(clause.limit(&month, limited), Some(0.75));
    }
}
