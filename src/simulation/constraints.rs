//! Which limits a scenario puts on which routes: capacities, then what measures and programmes add.

use std::collections::BTreeMap;

use super::matching::MeasurePlan;
use super::plan::{Constraint, ConstraintPlan, PairIndex};
use crate::model::{Action, Bottleneck, Index, Instrument, Measure, Programme, Scenario, World};

/// All constraints that bear on some route, in the order of the world's capacities, of measures and of programmes.
pub fn list_constraints(
    scenario: &Scenario,
    measures: &[MeasurePlan],
    programmes: &[MeasurePlan],
    pair_of: &[PairIndex],
) -> Vec<ConstraintPlan> {
    let mut list = ConstraintList {
        world: &scenario.world,
        pair_of,
        constraints: Vec::new(),
    };
    list.add_capacities();
    for (number, (measure, plan)) in scenario.measures.iter().zip(measures).enumerate() {
        list.add_measure(number, measure, plan);
    }
    for (number, (programme, plan)) in scenario.programmes.iter().zip(programmes).enumerate() {
        list.add_programme(number, programme, plan);
    }
    list.constraints
}

struct ConstraintList<'a> {
    world: &'a World,
    pair_of: &'a [PairIndex],
    constraints: Vec<ConstraintPlan>,
}

impl ConstraintList<'_> {
    fn add_capacities(&mut self) {
        let world = self.world;
        for (index, capacity) in world.capacities.iter() {
            let users = world.routes.indices().filter(|&route| world.uses(route, capacity));
            self.add(Constraint::Capacity(index), users.map(Index::row).collect());
        }
    }

    fn add_measure(&mut self, number: usize, measure: &Measure, plan: &MeasurePlan) {
        let world = self.world;
        match &measure.action {
            Action::Ban { .. } => {
                for (pair, routes) in by_pair(&plan.direct, self.pair_of) {
                    self.add(Constraint::Ban { measure: number, pair }, routes);
                }
            }
            Action::Quota { limits, .. } => {
                for &(commodity, limit) in limits {
                    let of_commodity = |route: &usize| world.commodity(&world.routes.rows()[*route]) == commodity;
                    let quota = Constraint::Quota {
                        measure: number,
                        commodity,
                        limit,
                    };
                    self.add(quota, plan.routes().filter(of_commodity).collect());
                }
            }
            Action::Closure { .. } => {
                let carries_baseline = |route: &usize| !world.routes.rows()[*route].is_latent();
                let routes = plan.routes().filter(carries_baseline).collect();
                self.add(Constraint::Closure { measure: number }, routes);
            }
            Action::Tariff { .. } | Action::Cost { .. } | Action::Inspection { .. } => {}
        }
    }

    fn add_programme(&mut self, number: usize, programme: &Programme, plan: &MeasurePlan) {
        match programme.instrument {
            Instrument::ExportBan { .. } => {
                for (pair, routes) in by_pair(&plan.direct, self.pair_of) {
                    let ban = Constraint::ExtendedBan {
                        programme: number,
                        pair,
                    };
                    self.add(ban, routes);
                }
            }
            Instrument::NoReexportClause { .. } => self.add_clause(number, programme, plan),
            Instrument::Designation { .. }
            | Instrument::Payments { .. }
            | Instrument::Threat { .. }
            | Instrument::Overcompliance { .. } => {}
        }
    }

    /// Adds a constraint for each capacity of a target that the clause's routes use.
    fn add_clause(&mut self, number: usize, programme: &Programme, plan: &MeasurePlan) {
        let of_target = |constraint: &Constraint| match constraint {
            Constraint::Capacity(capacity) => match self.world.capacities[*capacity].bottleneck {
                Bottleneck::Via(via) => programme.targets.contains(&via),
                _ => false,
            },
            _ => false,
        };
        let clauses: Vec<(Constraint, Vec<usize>)> = self
            .constraints
            .iter()
            .enumerate()
            .filter(|(_, row)| of_target(&row.constraint))
            .map(|(capacity, row)| {
                let routes = plan
                    .hidden
                    .iter()
                    .copied()
                    .filter(|route| row.routes.contains(route))
                    .collect();
                (
                    Constraint::Clause {
                        programme: number,
                        capacity,
                    },
                    routes,
                )
            })
            .collect();
        clauses
            .into_iter()
            .for_each(|(constraint, routes)| self.add(constraint, routes));
    }

    /// Adds a constraint unless it bears on no route.
    fn add(&mut self, constraint: Constraint, routes: Vec<usize>) {
        if routes.is_empty() {
            return;
        }
        let rows = self.world.routes.rows();
        let price = |route: usize| self.world.commodities[self.world.commodity(&rows[route])].price;
        let baseline = routes.iter().fold(0.0, |sum, &route| sum + rows[route].baseline);
        let reference_price = routes.iter().fold(0.0, |sum, &route| sum + price(route)) / routes.len() as f64;
        self.constraints.push(ConstraintPlan {
            constraint,
            routes,
            baseline,
            reference_price,
        });
    }
}

fn by_pair(routes: &[usize], pair_of: &[PairIndex]) -> BTreeMap<PairIndex, Vec<usize>> {
    let mut pairs: BTreeMap<PairIndex, Vec<usize>> = BTreeMap::new();
    for &route in routes {
        pairs.entry(pair_of[route]).or_default().push(route);
    }
    pairs
}
