//! Evaluates measures and programmes month by month; what they do, their own files say (docs/model.md).

use super::costs::ConcernedFreight;
use super::passage::Passage;
use super::plan::{By, Constraint, Opener, Plan};
use crate::model::{Month, RouteKind, Table};
use crate::policy::{Act, Acting, Bearing, Effects, Limited, Matched, Measure, MeasureIndex, ProgrammeIndex};

/// The effects of one draw's months, kept from month to month.
#[derive(Clone, Debug)]
pub struct Enforcement {
    pub effects: Effects,
    /// For each measure that opens routes, the baseline direct trade that it takes of each pair, in the order of
    /// [`Matched::pairs`], tonnes per month; below zero where it leaves room for more.
    pub taken: Table<MeasureIndex, Vec<f64>>,
    /// How strongly each measure and each programme acts.
    measures: Table<MeasureIndex, Act>,
    programmes: Table<ProgrammeIndex, Act>,
    /// Whether effects are known: those of an earlier month of the same draw.
    is_known: bool,
    /// Scratch space: what a measure took in the month before.
    taken_before: Vec<f64>,
    /// Whether this month's effects differ from those of the month before.
    pub have_changed: bool,
    /// Whether some measure takes another part of direct trade than in the month before.
    pub takes_otherwise: bool,
}

/// The draw's values and the month on which effects depend.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub plan: &'a Plan,
    pub values: &'a [f64],
    /// Route choice elasticity over reference price by commodity, tonnes per USD.
    pub theta: &'a [f64],
    pub month: Month,
    /// Factor on freight by mode.
    pub mode_factor: &'a [f64],
    /// Freight that measures multiply.
    pub concerned: &'a ConcernedFreight,
    /// Suspicion of each measure whose checks learn; zero for the others.
    pub suspicion: &'a Table<MeasureIndex, f64>,
    /// The passage before measures were announced; a measure acts only once this is complete, so effects that have not
    /// changed need not look at it again.
    pub passage: &'a Passage,
}

impl<'a> Setting<'a> {
    fn acting(
        &self,
        act: Act,
        matched: &'a Matched,
        passed: &'a [f64],
        freight: &'a [[f64; crate::model::Mode::ALL.len()]],
    ) -> Acting<'a> {
        Acting {
            act,
            matched,
            passed,
            values: self.values,
            price: &self.plan.price_of_route,
            theta: self.theta,
            mode_factor: self.mode_factor,
            freight,
        }
    }
}

impl Enforcement {
    /// No effect on any route of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            effects: Effects::none(
                plan.routes.len(),
                plan.constraints.len(),
                plan.adaptive.len(),
                plan.pairs.len(),
            ),
            taken: plan
                .measures
                .rows()
                .iter()
                .map(|matched| vec![0.0; matched.pairs.len()])
                .collect(),
            measures: Table::filled(Act::IDLE, plan.measures.len()),
            programmes: Table::filled(Act::IDLE, plan.programmes.len()),
            taken_before: Vec::new(),
            is_known: false,
            have_changed: true,
            takes_otherwise: true,
        }
    }

    /// Forgets the months of another draw.
    pub fn forget(&mut self) {
        self.is_known = false;
    }

    /// Evaluates all measures and programmes for one month; where they act as in the month before, nothing changes.
    pub fn evaluate(&mut self, setting: Setting<'_>) {
        let Setting { plan, .. } = setting;
        self.have_changed = self.find_acts(setting) || !self.is_known || self.follows_freight(plan);
        self.takes_otherwise = !self.is_known;
        self.is_known = true;
        if !self.have_changed {
            return;
        }
        self.effects.clear(&plan.checked_routes);
        let scenario = &plan.scenario;
        for (index, measure) in scenario.measures.iter() {
            let (act, matched) = (self.measures[index], &plan.measures[index]);
            let taken = &mut self.taken[index];
            self.taken_before.clone_from(taken);
            taken.fill(0.0);
            if act != Act::IDLE {
                let passed = setting.passage.before(index);
                let acting = setting.acting(act, matched, passed, &setting.concerned[index]);
                if act.in_force && act.level != 0.0 && measure.instrument.bearing() != Bearing::Neutral {
                    for &trade in &matched.traded {
                        taken[trade.pair] += measure.instrument.share_taken(&acting, trade) * trade.baseline.get();
                    }
                    self.effects.mark_pairs(matched, taken);
                }
                measure.instrument.act(&acting, &mut self.effects);
            }
            self.takes_otherwise |= *taken != self.taken_before;
        }
        for (index, programme) in scenario.programmes.iter() {
            let (act, matched) = (self.programmes[index], &plan.programmes[index]);
            if act != Act::IDLE {
                let acting = setting.acting(act, matched, &[], &[]);
                programme.instrument.act(&acting, &mut self.effects);
            }
        }
        self.set_limits(setting);
        self.charge_for_risk(plan);
    }

    /// Finds how strongly measures and programmes act this month; returns whether some act otherwise than before.
    fn find_acts(&mut self, setting: Setting<'_>) -> bool {
        let Setting {
            plan,
            values,
            month,
            suspicion,
            ..
        } = setting;
        let mut differ = false;
        let mut note = |known: &mut Act, act: Act| {
            differ |= *known != act;
            *known = act;
        };
        for (index, measure) in plan.scenario.measures.iter() {
            let act = measure.act_in(month, values, suspicion[index]);
            note(&mut self.measures[index], act);
        }
        for (index, programme) in plan.scenario.programmes.iter() {
            note(&mut self.programmes[index], programme.act_in(month, values, 0.0));
        }
        differ
    }

    /// Whether a measure acts that multiplies freight, which shocks move every month.
    fn follows_freight(&self, plan: &Plan) -> bool {
        let mut measures = plan.scenario.measures.iter();
        measures.any(|(index, measure)| self.measures[index].level != 0.0 && measure.instrument.multiplies_freight())
    }

    fn set_limits(&mut self, setting: Setting<'_>) {
        let Setting { plan, .. } = setting;
        for (constraint, row) in plan.constraints.iter() {
            let Constraint::Limit { by, on } = row.constraint else {
                continue;
            };
            let (act, measure, matched, passed): (Act, &Measure, &Matched, &[f64]) = match by {
                By::Measure(index) => (
                    self.measures[index],
                    &plan.scenario.measures[index],
                    &plan.measures[index],
                    setting.passage.before(index),
                ),
                By::Programme(index) => (
                    self.programmes[index],
                    &plan.scenario.programmes[index],
                    &plan.programmes[index],
                    &[],
                ),
            };
            let limited = Limited {
                on,
                baseline: row.baseline,
            };
            let limit = measure
                .instrument
                .limit(&setting.acting(act, matched, passed, &[]), limited);
            self.effects.limit[constraint] = limit.unwrap_or(f64::INFINITY);
        }
    }

    /// Expected loss to checks: reference price x q (1 + fine) / (1 - q) (docs/model.md). A certain seizure, many
    /// near-certain checks in a row, closes the route.
    fn charge_for_risk(&mut self, plan: &Plan) {
        let effects = &mut self.effects;
        for &number in &plan.checked_routes {
            let checks = effects.checks[number];
            if checks.probability <= 0.0 {
                continue;
            }
            if checks.pass <= 0.0 {
                effects.weight[number] = 0.0;
                continue;
            }
            let fine = checks.fine / checks.probability;
            effects.charge[number] += plan.price_of_route[number] * (1.0 - checks.pass) * (1.0 + fine) / checks.pass;
        }
    }
}

/// How far a latent route is open.
///
/// The trade that measures take looks for other ways. A way is open as far as this trade fills it: in full once more is
/// taken than it could carry at baseline prices, or all trade of its pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Opening {
    /// The largest share that a measure takes of the direct trade which the route could replace.
    share: f64,
    /// The most that a measure takes of it, tonnes per month.
    tonnes: f64,
}

impl Opening {
    /// As if all trade were taken; also of a route that is not latent.
    pub const FULL: Self = Self {
        share: 1.0,
        tonnes: f64::INFINITY,
    };
    /// Nothing is taken.
    pub const CLOSED: Self = Self {
        share: 0.0,
        tonnes: 0.0,
    };

    /// By one measure, which takes so much of each of its pairs.
    fn by(opener: &Opener, taken: &[f64]) -> Self {
        let tonnes = opener
            .places
            .iter()
            .fold(0.0, |sum, &place| sum + taken[place])
            .max(0.0);
        Self {
            share: (tonnes / opener.trade.get()).min(1.0),
            tonnes,
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            share: self.share.max(other.share),
            tonnes: self.tonnes.max(other.tonnes),
        }
    }

    /// The share of a route of this potential, tonnes per month, that is open.
    pub fn of(self, potential: f64) -> f64 {
        if self.tonnes == 0.0 {
            0.0
        } else if self.tonnes >= potential {
            1.0
        } else {
            self.share.max(self.tonnes / potential)
        }
    }
}

/// How far latent routes are open: hidden ones by what measures take now, direct ones by the most that they have taken.
pub fn open_routes(plan: &Plan, taken: &Table<MeasureIndex, Vec<f64>>, openings: &mut [Opening]) {
    for &number in &plan.latent_routes {
        let route = &plan.routes[number];
        let openers = route.opened_by.iter();
        let stays = if route.kind == RouteKind::Direct {
            openings[number]
        } else {
            Opening::CLOSED
        };
        openings[number] = openers.fold(stays, |most, opener| {
            most.or(Opening::by(opener, &taken[opener.measure]))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;
    use crate::simulation::testing::{constraint, measure, model, near, route};
    use crate::simulation::{Chance, Model};

    /// Evaluates a month after months at baseline.
    fn evaluate(model: &Model, enforcement: &mut Enforcement, month: &str) {
        let mut passage = Passage::new(&model.plan);
        passage.restart(&model.plan);
        enforcement.evaluate(Setting {
            plan: &model.plan,
            values: &model.values(Chance::Central),
            theta: &model.numbers.theta,
            month: month.parse().unwrap(),
            mode_factor: &[1.0; Mode::ALL.len()],
            concerned: &model.numbers.concerned,
            suspicion: &Table::filled(0.0, model.plan.measures.len()),
            passage: &passage,
        });
    }

    fn january(body: &str) -> (Model, Enforcement) {
        let model = model(body);
        let mut enforcement = Enforcement::new(&model.plan);
        evaluate(&model, &mut enforcement, "2022-01");
        (model, enforcement)
    }

    fn ban(id: &str, exempt: f64) -> String {
        measure(
            "ban",
            id,
            "grain",
            &format!("issuer = \"UNION\"\nexempt_share = {exempt:?}"),
        )
    }

    #[test]
    fn two_bans_on_one_pair_multiply_the_weight_of_hidden_routes_and_each_limits_direct_trade() {
        let (model, enforcement) = january(&(ban("one", 0.5) + &ban("two", 0.2)));
        let (plan, effects) = (&model.plan, &enforcement.effects);
        let weight = |id: &str| effects.weight[route(plan, id)];
        near(weight("grain-ghost"), 0.5 * 0.2);
        // Relabelled grain declares no leg that is forbidden.
        assert_eq!(["grain-rail", "grain-relabel", "ore-rail"].map(weight), [1.0; 3]);
        let limit = |name: &str| effects.limit[constraint(plan, name)];
        near(limit("one:grain-s>grain-b"), 0.5 * 2300.0);
        near(limit("two:grain-s>grain-b"), 0.2 * 2300.0);
        // Half and four fifths of 2300 t.
        near(enforcement.taken.rows()[0][0], 0.5 * 2300.0);
        near(enforcement.taken.rows()[1][0], 0.8 * 2300.0);
    }

    #[test]
    fn two_tariffs_add_up() {
        let duty = |id, rate: f64| measure("tariff", id, "ore", &format!("issuer = \"UNION\"\nrate = {rate:?}"));
        let (model, enforcement) = january(&(duty("one", 0.1) + &duty("two", 0.2)));
        let charge = |id: &str| enforcement.effects.charge[route(&model.plan, id)];
        near(charge("ore-rail"), 0.3 * 200.0);
        assert_eq!(charge("grain-rail"), 0.0);
    }

    #[test]
    fn two_checks_are_passed_one_after_the_other_and_the_fine_is_the_mean_by_their_probabilities() {
        let checks = |id, probability: f64, fine: f64| {
            let keys = format!("issuer = \"UNION\"\nseizure_probability = {probability:?}\nfine = {fine:?}");
            measure("inspection", id, "grain", &keys)
        };
        let (model, enforcement) = january(&(checks("one", 0.1, 1.0) + &checks("two", 0.2, 2.5)));
        let ghost = route(&model.plan, "grain-ghost");
        near(enforcement.effects.seizure_probability(ghost), 1.0 - 0.9 * 0.8);
        // (0.1 x 1 + 0.2 x 2.5) / 0.3 = 2: 200 USD/t x 0.28 x (1 + 2) / 0.72.
        near(enforcement.effects.charge[ghost], 200.0 * 0.28 * 3.0 / 0.72);
        assert!(
            enforcement.taken.rows().iter().flatten().all(|taken| *taken == 0.0),
            "checks take no trade"
        );
    }

    #[test]
    fn a_month_is_evaluated_again_only_where_measures_act_otherwise() {
        let body = ban("one", 0.5).replace("from = \"2022-01\"", "from = \"2022-02\"");
        let (model, mut enforcement) = january(&body);
        assert!(enforcement.have_changed, "nothing was known");
        let ghost = route(&model.plan, "grain-ghost");
        assert_eq!(enforcement.effects.weight[ghost], 1.0);
        evaluate(&model, &mut enforcement, "2022-02");
        assert!(enforcement.have_changed);
        near(enforcement.effects.weight[ghost], 0.5);
        evaluate(&model, &mut enforcement, "2022-03");
        assert!(!enforcement.have_changed);
        near(enforcement.effects.weight[ghost], 0.5);
    }

    #[test]
    fn hidden_routes_close_when_the_measure_ends_and_new_ports_stay_open() {
        let model = model(&measure("ban", "stop", "ore", "issuer = \"UNION\""));
        let plan = &model.plan;
        let mut openings = vec![Opening::CLOSED; plan.routes.len()];
        let mut after = |taken: f64| {
            open_routes(plan, &Table::filled(vec![taken], 1), &mut openings);
            ["ore-quay", "ore-reexport", "grain-ghost"].map(|id| openings[route(plan, id)].of(50.0))
        };
        assert_eq!(after(0.0), [0.0, 0.0, 0.0]);
        // Of 100 t of ore: they fill half of a way that could carry 50 t.
        assert_eq!(after(25.0), [0.5, 0.5, 0.0]);
        assert_eq!(after(100.0), [1.0, 1.0, 0.0]);
        assert_eq!(after(10.0), [1.0, 0.2, 0.0]);
        // A rush takes nothing.
        assert_eq!(after(-40.0), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_way_that_could_carry_more_than_its_pair_opens_by_the_share_that_is_taken() {
        let model = model(&measure("ban", "stop", "ore", "issuer = \"UNION\""));
        let number = route(&model.plan, "ore-reexport");
        let opener = &model.plan.routes[number].opened_by[0];
        assert_eq!(opener.trade.get(), 100.0);
        assert_eq!(Opening::by(opener, &[25.0]).of(400.0), 0.25);
        assert_eq!(Opening::by(opener, &[100.0]).of(400.0), 1.0);
        assert_eq!(
            [Opening::CLOSED.of(0.0), Opening::CLOSED.of(9.0), Opening::FULL.of(9.0)],
            [0.0, 0.0, 1.0]
        );
    }

    /// The trade of the pair of a good that a measure takes in January.
    fn taken(kind: &str, good: &str, keys: &str) -> f64 {
        let (_, enforcement) = january(&measure(kind, "it", good, &format!("issuer = \"UNION\"\n{keys}")));
        enforcement.taken.rows()[0][0]
    }

    #[test]
    fn a_measure_takes_what_it_leaves_no_room_for() {
        for (limit, expected) in [(0.0, 100.0), (60.0, 40.0), (100.0, 0.0), (1e12, 0.0)] {
            let keys = format!("limit_t_per_month = {limit:?}");
            near(taken("quota", "ore", &keys), expected);
        }
        // Four doublings of a flow are 200 USD/t: a tariff of a quarter of the price halves it.
        near(taken("tariff", "ore", "rate = 0.25"), 50.0);
        near(taken("tariff", "ore", "rate = 0.5"), 75.0);
        near(taken("exit", "ore", "share = 0.3"), 30.0);
        near(taken("ban", "ore", "exempt_share = 0.9"), 100.0 * (1.0 - 0.9));
        // Half of the grain goes by rail.
        near(
            taken("closure", "grain", "links = [\"rail\"]\nshare_closed = 0.5"),
            0.5 * 1150.0,
        );
    }

    #[test]
    fn a_pair_of_which_nothing_is_taken_is_not_restricted() {
        let is_restricted = |limit: f64| {
            let keys = format!("issuer = \"UNION\"\nlimit_t_per_month = {limit:?}");
            let (model, enforcement) = january(&measure("quota", "it", "ore", &keys));
            enforcement.effects.pairs[model.plan.routes[route(&model.plan, "ore-rail")].pair].restricted
        };
        assert_eq!([0.0, 99.0, 100.0, 1e12].map(is_restricted), [true, true, false, false]);
    }
}
