//! Evaluates measures and programmes month by month; what they do, their own files say (docs/model.md).

use super::costs::ConcernedFreight;
use super::passage::Passage;
use super::plan::{By, Constraint, Plan};
use crate::model::{Month, RouteKind, Table};
use crate::policy::{Act, Acting, Bearing, Effects, Limited, Matched, Measure, MeasureIndex, ProgrammeIndex};

/// The effects of one draw's months, kept from month to month.
#[derive(Clone, Debug)]
pub struct Enforcement {
    pub effects: Effects,
    /// Whether each measure restricts trade, makes it dearer or takes its sellers away, and so opens routes.
    pub opening: Table<MeasureIndex, bool>,
    /// How strongly each measure and each programme acts.
    measures: Table<MeasureIndex, Act>,
    programmes: Table<ProgrammeIndex, Act>,
    /// Whether effects are known: those of an earlier month of the same draw.
    is_known: bool,
    /// Whether this month's effects differ from those of the month before.
    pub have_changed: bool,
}

/// The draw's values and the month on which effects depend.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub plan: &'a Plan,
    pub values: &'a [f64],
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
            opening: Table::filled(false, plan.measures.len()),
            measures: Table::filled(Act::IDLE, plan.measures.len()),
            programmes: Table::filled(Act::IDLE, plan.programmes.len()),
            is_known: false,
            have_changed: true,
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
        self.is_known = true;
        if !self.have_changed {
            return;
        }
        self.effects.clear(&plan.checked_routes);
        self.opening.rows_mut().fill(false);
        let scenario = &plan.scenario;
        for (index, measure) in scenario.measures.iter() {
            let (act, matched) = (self.measures[index], &plan.measures[index]);
            if act == Act::IDLE {
                continue;
            }
            if act.in_force && act.level != 0.0 && measure.instrument.bearing() != Bearing::Neutral {
                self.opening[index] = true;
                self.effects.mark_pairs(matched);
            }
            let passed = setting.passage.before(index);
            let acting = setting.acting(act, matched, passed, &setting.concerned[index]);
            measure.instrument.act(&acting, &mut self.effects);
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

/// Which latent routes are open: hidden ones while a measure that opens them restricts, direct ones from then on.
pub fn open_routes(plan: &Plan, opening: &Table<MeasureIndex, bool>, open: &mut [bool]) {
    for &number in &plan.latent_routes {
        let route = &plan.routes[number];
        let opened = route.opened_by.iter().any(|&measure| opening[measure]);
        open[number] = opened || (open[number] && route.kind == RouteKind::Direct);
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
        assert_eq!(enforcement.opening.rows(), [true, true]);
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
        assert_eq!(enforcement.opening.rows(), [false, false], "checks open no route");
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
        let mut open = vec![false; plan.routes.len()];
        let of = |open: &[bool]| ["ore-quay", "ore-reexport", "grain-ghost"].map(|id| open[route(plan, id)]);
        open_routes(plan, &Table::filled(false, 1), &mut open);
        assert_eq!(of(&open), [false, false, false]);
        open_routes(plan, &Table::filled(true, 1), &mut open);
        assert_eq!(of(&open), [true, true, false]);
        open_routes(plan, &Table::filled(false, 1), &mut open);
        assert_eq!(of(&open), [true, false, false]);
    }
}
