//! What measures and programmes do to routes in one month (docs/model.md).

use super::costs::ConcernedFreight;
use super::matching::{MeasurePlan, PairEffects, opens_routes};
use super::plan::{Constraint, Plan};
use super::strength::Act;
use crate::model::{Action, Bottleneck, Charge, Instrument, Measure, Month, Programme, RouteKind};

/// What a month's measures add up to.
#[derive(Clone, Debug)]
pub struct Effects {
    /// Factor on the weight of each route.
    pub weight: Vec<f64>,
    /// Charges on each route, USD per tonne.
    pub charge: Vec<f64>,
    /// Limit of each constraint that measures set, tonnes per month; infinite where none is in force.
    pub limit: Vec<f64>,
    /// Share of each constraint's capacity that is not refused.
    pub accepted: Vec<f64>,
    /// Factors on the ceiling and the growth of each adaptive capacity.
    pub ceiling: Vec<f64>,
    pub growth: Vec<f64>,
    /// What holds for each pair's trade.
    pub pairs: Vec<PairEffects>,
    /// Whether each route is hidden and declares a leg that a ban in force forbids.
    pub covered: Vec<bool>,
    /// Whether each measure restricts and so opens routes.
    pub restricting: Vec<bool>,
    /// What each measure and each programme does.
    measures: Vec<Act>,
    programmes: Vec<Act>,
    /// Probability of passing all inspections, and the sums behind the mean fine.
    inspection: Vec<Checks>,
    /// Whether effects are known: those of an earlier month of the same draw.
    is_known: bool,
    /// Whether this month's effects differ from those of the month before.
    pub have_changed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Checks {
    pass: f64,
    probability: f64,
    fine: f64,
}

const UNCHECKED: Checks = Checks {
    pass: 1.0,
    probability: 0.0,
    fine: 0.0,
};

/// What effects depend on: the draw's values and the month.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub plan: &'a Plan,
    pub values: &'a [f64],
    pub month: Month,
    /// Factor on freight by mode.
    pub mode_factor: &'a [f64],
    /// Freight that costs multiply.
    pub concerned: &'a ConcernedFreight,
    /// Suspicion of each measure that inspects; zero for the others.
    pub suspicion: &'a [f64],
}

impl Effects {
    /// No effect on any route of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            weight: vec![1.0; plan.routes.len()],
            charge: vec![0.0; plan.routes.len()],
            limit: vec![f64::INFINITY; plan.constraints.len()],
            accepted: vec![1.0; plan.constraints.len()],
            ceiling: vec![1.0; plan.adaptive.len()],
            growth: vec![1.0; plan.adaptive.len()],
            pairs: vec![PairEffects::default(); plan.pairs.len()],
            covered: vec![false; plan.routes.len()],
            restricting: vec![false; plan.measures.len()],
            measures: vec![Act::IDLE; plan.measures.len()],
            programmes: vec![Act::IDLE; plan.programmes.len()],
            inspection: vec![UNCHECKED; plan.routes.len()],
            is_known: false,
            have_changed: true,
        }
    }

    /// Forgets the months of another draw.
    pub fn forget(&mut self) {
        self.is_known = false;
    }

    /// Evaluates all measures and programmes for one month; where they do what they did the month before, nothing changes.
    pub fn evaluate(&mut self, setting: Setting<'_>) {
        let Setting { plan, .. } = setting;
        self.have_changed = self.find_acts(setting) || !self.is_known || self.follows_freight(plan);
        self.is_known = true;
        if !self.have_changed {
            return;
        }
        self.reset(plan);
        for (number, (measure, matched)) in plan.scenario.measures.iter().zip(&plan.measures).enumerate() {
            self.apply_measure(setting, number, measure, matched);
        }
        for (number, (programme, matched)) in plan.scenario.programmes.iter().zip(&plan.programmes).enumerate() {
            self.apply_programme(setting, self.programmes[number], programme, matched);
        }
        self.limit_by_shares(setting);
        self.charge_for_risk(plan);
    }

    /// What measures and programmes do this month; returns whether some do something else than before.
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
        let measures = plan.scenario.measures.iter().zip(suspicion);
        for (known, (measure, suspicion)) in self.measures.iter_mut().zip(measures) {
            note(known, Act::of_measure(measure, values, month, *suspicion));
        }
        for (known, programme) in self.programmes.iter_mut().zip(&plan.scenario.programmes) {
            note(known, Act::of_programme(programme, values, month));
        }
        differ
    }

    /// Whether a cost acts that multiplies freight, which shocks move every month.
    fn follows_freight(&self, plan: &Plan) -> bool {
        let mut measures = plan.scenario.measures.iter().zip(&self.measures);
        measures.any(|(measure, act)| act.level != 0.0 && is_freight_factor(&measure.action))
    }

    fn reset(&mut self, plan: &Plan) {
        self.weight.fill(1.0);
        self.charge.fill(0.0);
        self.limit.fill(f64::INFINITY);
        self.accepted.fill(1.0);
        self.ceiling.fill(1.0);
        self.growth.fill(1.0);
        self.pairs.fill(PairEffects::default());
        self.covered.fill(false);
        self.restricting.fill(false);
        plan.inspected_routes
            .iter()
            .for_each(|&route| self.inspection[route] = UNCHECKED);
    }

    fn apply_measure(&mut self, setting: Setting<'_>, number: usize, measure: &Measure, matched: &MeasurePlan) {
        let Setting { plan, values, .. } = setting;
        let Act {
            in_force,
            level: strength,
        } = self.measures[number];
        if strength == 0.0 {
            return;
        }
        if in_force && opens_routes(&measure.action) {
            self.restricting[number] = true;
            self.mark_pairs(matched);
        }
        match &measure.action {
            Action::Ban { .. } => self.forbid(matched, 1.0 - strength),
            Action::Quota { .. } => {}
            Action::Tariff { .. } => {
                for route in matched.routes() {
                    self.charge[route] += strength * plan.price_of_route[route];
                }
            }
            Action::Closure { .. } => self.close(plan, matched, strength),
            Action::Cost { charge, .. } => self.charge_passages(setting, number, matched, *charge),
            Action::Inspection { fine, .. } => self.inspect(matched, strength, fine.of(values)),
        }
    }

    fn mark_pairs(&mut self, matched: &MeasurePlan) {
        for (&pair, mark) in matched.pairs.iter().zip(&matched.marks) {
            let marked = &mut self.pairs[pair];
            marked.restricted |= mark.restricted;
            marked.seller_targeted |= mark.seller_targeted;
            marked.buyer_targeted |= mark.buyer_targeted;
            marked.tariffed |= mark.tariffed;
        }
    }

    /// Hidden routes that declare a forbidden leg keep the allowed share of their weight.
    fn forbid(&mut self, matched: &MeasurePlan, allowed: f64) {
        for &route in &matched.hidden {
            self.weight[route] *= allowed;
            self.covered[route] = true;
        }
    }

    /// Latent routes lose weight by the share that is closed to them; a route that is closed altogether loses all of it.
    /// What a closure leaves of baseline passage is a limit.
    fn close(&mut self, plan: &Plan, matched: &MeasurePlan, strength: f64) {
        for &(route, exposure) in &matched.exposure {
            let open = 1.0 - strength * exposure;
            if plan.routes[route].is_latent() || open == 0.0 {
                self.weight[route] *= open;
            }
        }
    }

    fn multiply(&mut self, routes: &[usize], factor: f64) {
        routes.iter().for_each(|&route| self.weight[route] *= factor);
    }

    fn charge_passages(&mut self, setting: Setting<'_>, number: usize, matched: &MeasurePlan, charge: Charge) {
        let Setting {
            values,
            mode_factor,
            concerned,
            ..
        } = setting;
        match charge {
            Charge::PerTonne(rate) => {
                let rate = rate.of(values);
                for passages in &matched.passages {
                    self.charge[passages.route] += rate * passages.count;
                }
            }
            Charge::FreightFactor(factor) => {
                let more = factor.of(values) - 1.0;
                for (passages, by_mode) in matched.passages.iter().zip(&concerned[number]) {
                    let modes = by_mode.iter().zip(mode_factor);
                    let freight = modes.fold(0.0, |sum, (freight, factor)| sum + freight * factor);
                    self.charge[passages.route] += more * freight;
                }
            }
        }
    }

    fn inspect(&mut self, matched: &MeasurePlan, probability: f64, fine: f64) {
        for &route in &matched.hidden {
            let checks = &mut self.inspection[route];
            checks.pass *= 1.0 - probability;
            checks.probability += probability;
            checks.fine += probability * fine;
        }
    }

    fn apply_programme(&mut self, setting: Setting<'_>, act: Act, programme: &Programme, matched: &MeasurePlan) {
        let Setting { plan, values, .. } = setting;
        if !act.in_force {
            return;
        }
        match &programme.instrument {
            // Losses to designations depend on the path; clauses are limits.
            Instrument::Designation { .. } => {}
            &Instrument::NoReexportClause { share } => self.multiply(&matched.hidden, 1.0 - share.of(values)),
            &Instrument::Overcompliance { share } => self.multiply(&matched.direct, 1.0 - share.of(values)),
            &Instrument::Threat {
                exit_share,
                growth_factor,
            } => {
                for (adaptive, row) in plan.adaptive.iter().enumerate() {
                    if is_via_capacity_of(plan, row.constraint, programme) {
                        self.ceiling[adaptive] *= 1.0 - exit_share.of(values);
                        self.growth[adaptive] *= growth_factor.of(values);
                    }
                }
            }
            &Instrument::Payments {
                refused_share,
                friction_start,
                friction_end,
                ..
            } => {
                let fading = act.level;
                let accepted = 1.0 - refused_share.of(values) * fading;
                let friction = friction_end.of(values) + (friction_start.of(values) - friction_end.of(values)) * fading;
                for route in matched.routes() {
                    self.weight[route] *= accepted;
                    self.charge[route] += friction * plan.price_of_route[route];
                }
                for (place, accepted_share) in self.accepted.iter_mut().enumerate() {
                    if is_via_capacity_of(plan, place, programme) {
                        *accepted_share *= accepted;
                    }
                }
            }
            Instrument::ExportBan { .. } => {
                let allowed = act.level;
                if allowed < 1.0 {
                    self.forbid(matched, allowed);
                }
            }
        }
    }

    /// What bans, quotas, closures and programmes leave of the trade they bear on, tonnes per month; for a clause the
    /// share it leaves of a capacity.
    fn limit_by_shares(&mut self, setting: Setting<'_>) {
        let Setting { plan, values, .. } = setting;
        let programmes = &plan.scenario.programmes;
        for (place, row) in plan.constraints.iter().enumerate() {
            let limit = match row.constraint {
                Constraint::Capacity(_) => None,
                Constraint::Quota { measure, limit, .. } => self.measures[measure].in_force.then(|| limit.of(values)),
                Constraint::Ban { measure, .. } => remaining(self.measures[measure].level, row.baseline),
                Constraint::Closure { measure } => {
                    let closed = self.measures[measure].level;
                    (closed > 0.0).then(|| open_passage(plan, &plan.measures[measure], closed))
                }
                Constraint::ExtendedBan { programme, .. } => {
                    let Act { in_force, level } = self.programmes[programme];
                    remaining(if in_force { 1.0 - level } else { 0.0 }, row.baseline)
                }
                Constraint::Clause { programme, .. } => match programmes[programme].instrument {
                    Instrument::NoReexportClause { share } if self.programmes[programme].in_force => {
                        remaining(share.of(values), 1.0)
                    }
                    _ => None,
                },
            };
            self.limit[place] = limit.unwrap_or(f64::INFINITY);
        }
    }

    /// The probability that a shipment on a route is seized.
    pub fn seizure_probability(&self, route: usize) -> f64 {
        1.0 - self.inspection[route].pass
    }

    /// Expected loss to inspection: reference price x q (1 + fine) / (1 - q) (docs/model.md). A certain seizure,
    /// many near-certain checks in a row, closes the route.
    fn charge_for_risk(&mut self, plan: &Plan) {
        for &number in &plan.inspected_routes {
            let checks = self.inspection[number];
            if checks.probability <= 0.0 {
                continue;
            }
            if checks.pass <= 0.0 {
                self.weight[number] = 0.0;
                continue;
            }
            let fine = checks.fine / checks.probability;
            self.charge[number] += plan.price_of_route[number] * (1.0 - checks.pass) * (1.0 + fine) / checks.pass;
        }
    }
}

/// The limit that a restricted share leaves of `whole`; none where nothing is restricted.
fn remaining(restricted_share: f64, whole: f64) -> Option<f64> {
    (restricted_share > 0.0).then_some((1.0 - restricted_share) * whole)
}

/// Baseline passage that a closure leaves open, tonnes per month.
fn open_passage(plan: &Plan, matched: &MeasurePlan, closed: f64) -> f64 {
    matched.exposure.iter().fold(0.0, |sum, &(route, exposure)| {
        sum + (1.0 - closed * exposure) * plan.routes[route].baseline
    })
}

fn is_freight_factor(action: &Action) -> bool {
    matches!(
        action,
        Action::Cost {
            charge: Charge::FreightFactor(_),
            ..
        }
    )
}

fn is_via_capacity_of(plan: &Plan, place: usize, programme: &Programme) -> bool {
    let Constraint::Capacity(capacity) = plan.constraints[place].constraint else {
        return false;
    };
    let capacity = &plan.world().capacities[capacity];
    let of_target = matches!(capacity.bottleneck, Bottleneck::Via(via) if programme.targets.contains(&via));
    of_target
        && capacity
            .commodities
            .iter()
            .any(|good| programme.terms.commodities.contains(good))
}

/// Which latent routes are open: hidden ones while a measure that opens them restricts, direct ones from then on.
pub fn open_routes(plan: &Plan, effects: &Effects, open: &mut [bool]) {
    for &number in &plan.latent_routes {
        let route = &plan.routes[number];
        let opened = route.opened_by.iter().any(|&measure| effects.restricting[measure]);
        open[number] = opened || (open[number] && route.kind == RouteKind::Direct);
    }
}
