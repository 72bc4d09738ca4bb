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
                Bottleneck::Link(_) | Bottleneck::Node(_) | Bottleneck::Route(_) => None,
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
