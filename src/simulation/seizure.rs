//! Seizures: checks take whole shipments, of several draws side by side (docs/model.md).

use super::plan::Plan;
use super::sampling::Chance;
use crate::math::simd::{Lanes, WIDTH};
use crate::math::width::{Width, Work};
use crate::policy::Effects;
use crate::random::{MonthlyUniforms, Stream, binomial_quantiles};

/// Shipments on routes where some measure checks them.
#[derive(Debug)]
pub struct SeizurePlan {
    routes: Vec<CheckedRoute>,
}

#[derive(Debug)]
struct CheckedRoute {
    route: usize,
    /// Tonnes in a shipment.
    lot: f64,
    stream: Stream,
}

impl SeizurePlan {
    /// Finds the routes with checks.
    pub fn new(plan: &Plan) -> Self {
        let seed = plan.scenario.simulation.seed;
        let world = plan.world();
        let checked = |&route: &usize| CheckedRoute {
            route,
            lot: world.commodities[plan.routes[route].commodity].lot.get(),
            stream: Stream::new(seed, &world.routes.rows()[route].id, "seizure"),
        };
        Self {
            routes: plan.checked_routes.iter().map(checked).collect(),
        }
    }
}

/// A month of one draw, as checks see it.
pub struct Sent<'a> {
    pub chance: Chance,
    pub effects: &'a Effects,
    /// Tonnes delivered by route.
    pub flow: &'a [f64],
    /// Tonnes seized by route, beyond what is delivered: to be written.
    pub seized: &'a mut [f64],
}

/// Seizes shipments; the workspace of one thread.
#[derive(Debug)]
pub struct Seizures<'m> {
    plan: &'m SeizurePlan,
    width: Width,
    /// By place in the plan, for each draw at hand.
    uniforms: Vec<[MonthlyUniforms<'m>; WIDTH]>,
    /// The routes on which some draw sends something past a check.
    shipments: Vec<Shipments>,
}

/// Shipments on one route, by draw.
#[derive(Debug)]
struct Shipments {
    place: usize,
    /// How many set out; zero where nothing is to be drawn.
    count: Lanes,
    probability: Lanes,
    uniform: Lanes,
    seized: Lanes,
}

impl<'m> Seizures<'m> {
    /// A workspace for the routes of a plan.
    pub fn new(plan: &'m SeizurePlan, width: Width) -> Self {
        let uniforms = |row: &'m CheckedRoute| std::array::from_fn(|_| MonthlyUniforms::new(&row.stream));
        Self {
            plan,
            width,
            uniforms: plan.routes.iter().map(uniforms).collect(),
            shipments: Vec::with_capacity(plan.routes.len()),
        }
    }

    /// Writes what is seized this month on the routes with checks: whole shipments, or expected tonnes where
    /// chance is central.
    pub fn seize(&mut self, step: usize, draws: &mut [Option<Sent<'_>>; WIDTH]) {
        self.shipments.clear();
        let Self {
            plan,
            uniforms,
            shipments,
            ..
        } = self;
        for (place, (row, uniforms)) in plan.routes.iter().zip(uniforms).enumerate() {
            let mut sent = Shipments::none(place);
            for (lane, draw) in draws.iter_mut().enumerate() {
                if let Some(draw) = draw {
                    sent.add(lane, row, draw, |draw| uniforms[lane].uniform(draw, step as u32));
                }
            }
            if !sent.count.is_zero().all() {
                shipments.push(sent);
            }
        }
        self.width.run(Draw(&mut self.shipments));
        self.write(draws);
    }

    fn write(&self, draws: &mut [Option<Sent<'_>>; WIDTH]) {
        for shipments in &self.shipments {
            let row = &self.plan.routes[shipments.place];
            for (lane, draw) in draws.iter_mut().enumerate() {
                if let Some(draw) = draw
                    && shipments.count.0[lane] > 0.0
                {
                    draw.seized[row.route] = row.lot * shipments.seized.0[lane];
                }
            }
        }
    }
}

impl Shipments {
    fn none(place: usize) -> Self {
        Self {
            place,
            count: Lanes::ZERO,
            probability: Lanes::ZERO,
            uniform: Lanes::ONE,
            seized: Lanes::ZERO,
        }
    }

    /// Adds a draw's shipments, of which so far none is seized.
    fn add(&mut self, lane: usize, row: &CheckedRoute, draw: &mut Sent<'_>, uniform: impl FnOnce(u64) -> f64) {
        let seized = &mut draw.seized[row.route];
        *seized = 0.0;
        let flow = draw.flow[row.route];
        if flow == 0.0 {
            return;
        }
        let probability = draw.effects.seizure_probability(row.route);
        if probability <= 0.0 || probability >= 1.0 {
            return;
        }
        // What is delivered has passed: so many shipments set out.
        let count = flow / ((1.0 - probability) * row.lot);
        match draw.chance {
            Chance::Central => *seized = row.lot * count * probability,
            Chance::Draw(number) => {
                self.count.0[lane] = count.round();
                self.probability.0[lane] = probability;
                self.uniform.0[lane] = uniform(number);
            }
        }
    }
}

/// Draws how many shipments are seized.
struct Draw<'a>(&'a mut [Shipments]);

impl Work for Draw<'_> {
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]
    fn run(self) {
        for shipments in self.0 {
            shipments.seized = binomial_quantiles(shipments.count, shipments.probability, shipments.uniform);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::testing::{measure, model, near, route, tonnes};

    /// Tonnes in a shipment on the hub world.
    const LOT: f64 = 20.0;

    /// Tonnes of grain seized by draw where 800 t pass checks that stop each shipment with `probability`.
    fn seized(probability: f64, chances: &[Chance]) -> Vec<f64> {
        let checks = "issuer = \"UNION\"\nseizure_probability = 0.5";
        let model = model(&measure("inspection", "checks", "grain", checks));
        let plan = &model.plan;
        let ghost = route(plan, "grain-ghost");
        let flow = tonnes(plan, &[("grain-ghost", 800.0)]);
        let mut effects = Effects::none(flow.len(), 0, 0, 0);
        effects.checks[ghost].pass = 1.0 - probability;
        let mut seized = vec![vec![f64::NAN; flow.len()]; chances.len()];
        let mut sent = [const { None }; WIDTH];
        for ((lane, seized), &chance) in sent.iter_mut().zip(&mut seized).zip(chances) {
            *lane = Some(Sent {
                chance,
                effects: &effects,
                flow: &flow,
                seized,
            });
        }
        Seizures::new(&model.seizures, Width::widest()).seize(0, &mut sent);
        for seized in &seized {
            for &route in plan.checked_routes.iter().filter(|&&route| route != ghost) {
                near(seized[route], 0.0);
            }
        }
        seized.iter().map(|seized| seized[ghost]).collect()
    }

    #[test]
    fn expected_seizures_are_the_share_of_all_that_set_out() {
        // 1000 t set out, of which a fifth is seized and 800 t are delivered.
        near(seized(0.2, &[Chance::Central])[0], 200.0);
    }

    #[test]
    fn draws_seize_whole_shipments_about_as_many_as_expected() {
        let chances: Vec<Chance> = (0..WIDTH as u64).map(Chance::Draw).collect();
        let draws = seized(0.2, &chances);
        for tonnes in &draws {
            near((tonnes / LOT).fract(), 0.0);
            assert!((0.0..=1000.0).contains(tonnes), "{tonnes} of 1000 t");
        }
        assert!(draws.windows(2).any(|pair| pair[0] != pair[1]), "{draws:?}");
        // Ten of fifty shipments are expected, with a standard error over eight draws of one.
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        assert!((120.0..=280.0).contains(&mean), "{draws:?}");
    }

    #[test]
    fn a_draw_seizes_the_same_alone_and_beside_others() {
        let beside = seized(0.2, &[Chance::Draw(4), Chance::Central, Chance::Draw(9)]);
        assert_eq!(beside[2], seized(0.2, &[Chance::Draw(9)])[0]);
    }

    #[test]
    fn checks_that_stop_nothing_or_everything_draw_nothing() {
        // Suspicion may raise a probability to one within rounding: then nothing sets out that could be seized.
        for probability in [0.0, 1.0] {
            assert_eq!(seized(probability, &[Chance::Central, Chance::Draw(0)]), [0.0, 0.0]);
        }
    }
}
