//! Which limits a scenario puts on which routes: capacities, then what measures and programmes add.

use super::plan::{By, Constraint, ConstraintPlan};
use crate::model::{Bottleneck, Index, Table, Tonnes, UsdPerTonne, World};
use crate::policy::{
    ConstraintIndex, LimitedRoutes, Matched, Measure, MeasureIndex, PairIndex, ProgrammeIndex, Site, ViaCapacity,
};
use crate::scenario::Scenario;

/// All constraints that bear on some route, in the order of the world's capacities, of measures and of programmes.
pub fn list_constraints(
    scenario: &Scenario,
    measures: &Table<MeasureIndex, Matched>,
    programmes: &Table<ProgrammeIndex, Matched>,
    pair_of: &[PairIndex],
) -> Table<ConstraintIndex, ConstraintPlan> {
    let mut list = ConstraintList {
        world: &scenario.world,
        pair_of,
        constraints: Table::default(),
    };
    // Capacities stand first: a limit may be a share of one, and reads it when it is written.
    list.add_capacities();
    let via_capacities = list.via_capacities();
    for (index, measure) in scenario.measures.iter() {
        list.add_measure(By::Measure(index), measure, &measures[index], &via_capacities);
    }
    for (index, programme) in scenario.programmes.iter() {
        list.add_measure(By::Programme(index), programme, &programmes[index], &via_capacities);
    }
    list.constraints
}

struct ConstraintList<'a> {
    world: &'a World,
    pair_of: &'a [PairIndex],
    constraints: Table<ConstraintIndex, ConstraintPlan>,
}

impl ConstraintList<'_> {
    fn add_capacities(&mut self) {
        let world = self.world;
        for (index, capacity) in world.capacities.iter() {
            let users = world.routes.indices().filter(|&route| world.uses(route, capacity));
            self.add(Constraint::Capacity(index), users.map(Index::row).collect());
        }
    }

    /// The capacities of intermediaries so far.
    fn via_capacities(&self) -> Vec<ViaCapacity> {
        let of_via = |(constraint, row): (ConstraintIndex, &ConstraintPlan)| match row.constraint {
            Constraint::Capacity(capacity) => match self.world.capacities[capacity].bottleneck {
                Bottleneck::Via(via) => Some(ViaCapacity {
                    constraint,
                    via,
                    routes: row.routes.clone(),
                }),
                Bottleneck::Link(_) | Bottleneck::Node(_) | Bottleneck::Pair(..) | Bottleneck::Route(_) => None,
            },
            Constraint::Limit { .. } => None,
        };
        self.constraints.iter().filter_map(of_via).collect()
    }

    fn add_measure(&mut self, by: By, measure: &Measure, matched: &Matched, via_capacities: &[ViaCapacity]) {
        let limits = measure.instrument.limits(Site {
            world: self.world,
            measure,
            matched,
            pair_of: self.pair_of,
            via_capacities,
        });
        for LimitedRoutes { on, routes } in limits {
            self.add(Constraint::Limit { by, on }, routes);
        }
    }

    /// Adds a constraint unless it bears on no route.
    fn add(&mut self, constraint: Constraint, routes: Vec<usize>) {
        if routes.is_empty() {
            return;
        }
        let rows = self.world.routes.rows();
        let price = |route: usize| self.world.commodities[self.world.commodity(&rows[route])].price;
        let baseline = routes
            .iter()
            .fold(Tonnes::ZERO, |sum, &route| sum + rows[route].baseline);
        let prices = routes.iter().fold(UsdPerTonne::ZERO, |sum, &route| sum + price(route));
        let reference_price = prices / routes.len() as f64;
        self.constraints.push(ConstraintPlan {
            constraint,
            routes,
            baseline,
            reference_price,
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::simulation::Plan;
    use crate::simulation::testing::{constraint, measure, model, near, route};

    fn names(plan: &Plan) -> Vec<String> {
        let rows = plan.constraints.rows().iter();
        rows.map(|row| plan.constraint_name(row.constraint)).collect()
    }

    const CAPACITIES: [&str; 5] = [
        "via-hub-grain",
        "via-alt-grain",
        "via-hub-ore",
        "quay-ore",
        "new-timber",
    ];

    #[test]
    fn capacities_come_first_then_the_limits_of_measures_then_those_of_programmes() {
        let clause = "[[secondary.no_reexport_clause]]\nid = \"clause\"\nissuer = \"SEL\"\ntargets = [\"HUB\"]\n\
                      commodities = [\"grain\", \"ore\"]\nfrom = \"2022-01\"\nshare = 0.5\n";
        let stop = measure("ban", "stop", "grain", "issuer = \"UNION\"");
        let quota = measure("quota", "tonnage", "ore", "issuer = \"UNION\"\nlimit_t_per_month = 60");
        let plan = model(&(clause.to_owned() + &stop + &quota)).plan;
        let limits = [
            "stop:grain-s>grain-b",
            "tonnage:ore",
            "clause:via-hub-grain",
            "clause:via-hub-ore",
        ];
        assert_eq!(names(&plan), [CAPACITIES.as_slice(), limits.as_slice()].concat());

        let row = &plan.constraints[constraint(&plan, "stop:grain-s>grain-b")];
        assert_eq!(row.routes, ["grain-rail", "grain-sea"].map(|id| route(&plan, id)));
        near(row.baseline.get(), 2300.0);
        near(row.reference_price.get(), 200.0);
        // A ghost crosses no hub, but uses its papers; relabelled grain is not sold to the hub, so no clause binds it.
        let by_papers = ["grain-ghost", "grain-relabel"].map(|id| route(&plan, id));
        assert_eq!(plan.constraints[constraint(&plan, "via-hub-grain")].routes, by_papers);
        assert_eq!(
            plan.constraints[constraint(&plan, "clause:via-hub-grain")].routes,
            [route(&plan, "grain-ghost")]
        );
    }

    #[test]
    fn a_limit_that_bears_on_no_route_is_left_out() {
        // A clause binds goods of its issuer: the union sells none.
        let clause = "[[secondary.no_reexport_clause]]\nid = \"clause\"\nissuer = \"UNION\"\ntargets = [\"HUB\"]\n\
                      commodities = [\"grain\"]\nfrom = \"2022-01\"\nshare = 0.5\n";
        assert_eq!(names(&model(clause).plan), CAPACITIES);
    }
}
