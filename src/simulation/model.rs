//! A plan with everything that its draws have in common.

use super::common_past::Identities;
use super::costs::{Moved, RouteNumbers};
use super::hazard::{HazardPlan, plan_hazards};
use super::markets::MarketPlan;
use super::plan::Plan;
use super::sampling::{Chance, ParameterSampler, ShockSampler};
use super::seizure::SeizurePlan;
use super::suspicion::{LearningPlan, plan_learning};
use crate::model::{DemandIndex, Table};
use crate::random::ParameterStream;
use crate::scenario::Parameter;

/// A plan with the streams of everything that is drawn on it. Shared by all threads.
#[derive(Debug)]
pub struct Model {
    pub plan: Plan,
    pub(super) parameters: ParameterSampler,
    pub(super) shocks: ShockSampler,
    pub hazards: Vec<HazardPlan>,
    pub(super) learning: Vec<LearningPlan>,
    pub(super) seizures: SeizurePlan,
    pub(super) markets: MarketPlan,
    /// Routes under central values, and which of them uncertain numbers move.
    pub(super) numbers: RouteNumbers,
    pub(super) moved: Moved,
    /// The identities of its measures and programmes.
    pub(super) identities: Identities,
    /// Routes to demands whose trade gives cover to an intermediary, with the demand.
    pub(super) genuine: Vec<(usize, DemandIndex)>,
}

impl Model {
    /// Prepares a plan for simulation.
    pub fn new(plan: Plan) -> Self {
        let parameters = ParameterSampler::new(&plan);
        Self {
            shocks: ShockSampler::new(&plan),
            hazards: plan_hazards(&plan),
            learning: plan_learning(&plan),
            seizures: SeizurePlan::new(&plan),
            markets: MarketPlan::new(&plan),
            numbers: RouteNumbers::new(&plan, parameters.central()),
            moved: Moved::by(&plan, |slot| parameters.draws(slot)),
            identities: Identities::new(&plan.scenario),
            genuine: genuine_routes(&plan),
            parameters,
            plan,
        }
    }

    /// The uncertain numbers with their streams, in the order of the scenario.
    pub fn parameters(&self) -> &[(Parameter, ParameterStream)] {
        self.parameters.parameters()
    }

    /// The value of every number in a draw, by slot.
    pub fn values(&self, chance: Chance) -> Vec<f64> {
        let mut values = self.parameters.central().to_vec();
        self.parameters.sample(chance, &mut values);
        values
    }
}

fn genuine_routes(plan: &Plan) -> Vec<(usize, DemandIndex)> {
    let demands = plan.adaptive.rows().iter().flat_map(|row| &row.genuine_demands);
    let mut is_genuine: Table<DemandIndex, bool> = Table::filled(false, plan.demand_quantity.len());
    demands.for_each(|&demand| is_genuine[demand] = true);
    let routes = plan
        .routes
        .iter()
        .enumerate()
        .map(|(number, route)| (number, route.demand));
    routes.filter(|(_, demand)| is_genuine[*demand]).collect()
}
