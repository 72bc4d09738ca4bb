//! What measures and programmes do to routes in one month (docs/model.md).

use super::costs::RouteNumbers;
use super::plan::{Constraint, MeasurePlan, Plan, opens_routes, restricts_pairs};
use crate::math::exp;
use crate::model::{Action, Charge, Instrument, Measure, Month, Programme, RouteKind, Terms};

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
    /// Probability of passing all inspections, and the sums behind the mean fine.
    inspection: Vec<Checks>,
    /// Whether nothing was in force when effects were last evaluated.
    is_idle: bool,
}

/// What measures in force mean for the trade of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each may hold without the others")]
pub struct PairEffects {
    /// A ban, quota or closure restricts it.
    pub restricted: bool,
    /// Somebody else than the seller's jurisdiction restricts it.
    pub seller_targeted: bool,
    /// Somebody else than the buyer's jurisdiction restricts it.
    pub buyer_targeted: bool,
    /// A tariff bears on it.
    pub tariffed: bool,
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
            inspection: vec![UNCHECKED; plan.routes.len()],
            is_idle: true,
        }
    }

    /// Evaluates all measures and programmes for one month.
    pub fn evaluate(&mut self, setting: Setting<'_>) {
        let was_idle = self.is_idle;
        self.is_idle = is_idle(setting);
        if self.is_idle && was_idle {
            return;
        }
        self.reset();
        let Setting { plan, .. } = setting;
        for (number, (measure, matched)) in plan.scenario.measures.iter().zip(&plan.measures).enumerate() {
            self.apply_measure(setting, number, measure, matched);
        }
        for (programme, matched) in plan.scenario.programmes.iter().zip(&plan.programmes) {
            self.apply_programme(setting, programme, matched);
        }
        self.limit_by_shares(setting);
        self.charge_for_risk(plan);
    }

    fn reset(&mut self) {
        self.weight.fill(1.0);
        self.charge.fill(0.0);
        self.limit.fill(f64::INFINITY);
        self.accepted.fill(1.0);
        self.ceiling.fill(1.0);
        self.growth.fill(1.0);
        self.pairs.fill(PairEffects::default());
        self.covered.fill(false);
        self.restricting.fill(false);
        self.inspection.fill(UNCHECKED);
    }

    fn apply_measure(&mut self, setting: Setting<'_>, number: usize, measure: &Measure, matched: &MeasurePlan) {
        let Setting {
            plan,
            values,
            month,
            suspicion,
            ..
        } = setting;
        let strength = strength(measure, values, month, suspicion[number]);
        if strength == 0.0 {
            return;
        }
        if measure.terms.in_force(month) && opens_routes(&measure.action) {
            self.restricting[number] = true;
            self.mark_pairs(plan, measure, matched);
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
            Action::Cost { places, charge } => self.charge_passages(setting, matched, places, *charge),
            Action::Inspection { fine, .. } => self.inspect(matched, strength, fine.of(values)),
        }
    }

    fn mark_pairs(&mut self, plan: &Plan, measure: &Measure, matched: &MeasurePlan) {
        let restricts = restricts_pairs(&measure.action);
        for &pair in &matched.pairs {
            let (supply, demand) = plan.pairs[pair];
            let is_own = |jurisdiction| measure.terms.issuer.contains(&jurisdiction);
            let marked = &mut self.pairs[pair];
            marked.restricted |= restricts;
            marked.seller_targeted |= restricts && !is_own(plan.world().origin(supply));
            marked.buyer_targeted |= restricts && !is_own(plan.world().destination(demand));
            marked.tariffed |= !restricts;
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

    fn charge_passages(
        &mut self,
        setting: Setting<'_>,
        matched: &MeasurePlan,
        places: &crate::model::Places,
        charge: Charge,
    ) {
        let Setting {
            plan,
            values,
            mode_factor,
            ..
        } = setting;
        let rows = plan.world().routes.rows();
        for route in matched.routes() {
            self.charge[route] += match charge {
                Charge::PerTonne(rate) => rate.of(values) * plan.world().passages(&rows[route], places) as f64,
                Charge::FreightFactor(factor) => {
                    let links = plan.world().links_concerned(&rows[route], places);
                    (factor.of(values) - 1.0) * RouteNumbers::freight_of(plan, values, mode_factor, links)
                }
            };
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

    fn apply_programme(&mut self, setting: Setting<'_>, programme: &Programme, matched: &MeasurePlan) {
        let Setting {
            plan, values, month, ..
        } = setting;
        if !programme.terms.in_force(month) {
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
                half_life_months,
                friction_start,
                friction_end,
            } => {
                let fading = halved(month.since(programme.terms.from), half_life_months.of(values));
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
            &Instrument::ExportBan {
                wind_down_months,
                exempt_share,
                ..
            } => {
                let allowed = allowed_share(
                    &programme.terms,
                    month,
                    exempt_share.of(values),
                    wind_down_months.of(values),
                );
                if allowed < 1.0 {
                    self.forbid(matched, allowed);
                }
            }
        }
    }

    /// What bans, quotas, closures and programmes leave of the trade they bear on, tonnes per month; for a clause the
    /// share it leaves of a capacity.
    fn limit_by_shares(&mut self, setting: Setting<'_>) {
        let Setting {
            plan, values, month, ..
        } = setting;
        let (measures, programmes) = (&plan.scenario.measures, &plan.scenario.programmes);
        for (place, row) in plan.constraints.iter().enumerate() {
            let limit = match row.constraint {
                Constraint::Capacity(_) => None,
                Constraint::Quota { measure, limit, .. } => {
                    measures[measure].terms.in_force(month).then(|| limit.of(values))
                }
                Constraint::Ban { measure, .. } => {
                    remaining(strength(&measures[measure], values, month, 0.0), row.baseline)
                }
                Constraint::Closure { measure } => {
                    let closed = strength(&measures[measure], values, month, 0.0);
                    (closed > 0.0).then(|| open_passage(plan, &plan.measures[measure], closed))
                }
                Constraint::ExtendedBan { programme, .. } => {
                    remaining(extended_share(&programmes[programme], values, month), row.baseline)
                }
                Constraint::Clause { programme, .. } => {
                    remaining(clause_share(&programmes[programme], values, month), 1.0)
                }
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
        for (number, checks) in self
            .inspection
            .iter()
            .enumerate()
            .filter(|(_, checks)| checks.probability > 0.0)
        {
            if checks.pass <= 0.0 {
                self.weight[number] = 0.0;
                continue;
            }
            let fine = checks.fine / checks.probability;
            self.charge[number] += plan.price_of_route[number] * (1.0 - checks.pass) * (1.0 + fine) / checks.pass;
        }
    }
}

/// Whether no measure acts and no programme is in force.
fn is_idle(setting: Setting<'_>) -> bool {
    let Setting {
        plan,
        values,
        month,
        suspicion,
        ..
    } = setting;
    let mut measures = plan.scenario.measures.iter().zip(suspicion);
    let mut programmes = plan.scenario.programmes.iter();
    !programmes.any(|programme| programme.terms.in_force(month))
        && !measures.any(|(measure, suspicion)| strength(measure, values, month, *suspicion) != 0.0)
}

/// How strongly a measure acts in `month`: the restricted share, rate, closed share or seizure probability; one for a
/// quota or a cost in force; zero where it does nothing. `suspicion` is that of an inspection.
pub fn strength(measure: &Measure, values: &[f64], month: Month, suspicion: f64) -> f64 {
    let terms = &measure.terms;
    if let Action::Closure {
        share_closed,
        return_half_life_months,
        ..
    } = &measure.action
    {
        return closed_share(
            terms,
            month,
            share_closed.of(values),
            return_half_life_months.map(|slot| slot.of(values)),
        );
    }
    if !terms.in_force(month) {
        return 0.0;
    }
    match &measure.action {
        Action::Ban {
            wind_down_months,
            exempt_share,
            ..
        } => 1.0 - allowed_share(terms, month, exempt_share.of(values), wind_down_months.of(values)),
        Action::Tariff { rate, .. } => rate.of(values),
        Action::Inspection {
            seizure_probability, ..
        } => 1.0 - (1.0 - seizure_probability.of(values)) * exp(-suspicion),
        Action::Quota { .. } | Action::Cost { .. } | Action::Closure { .. } => 1.0,
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

fn clause_share(programme: &Programme, values: &[f64], month: Month) -> f64 {
    match programme.instrument {
        Instrument::NoReexportClause { share } if programme.terms.in_force(month) => share.of(values),
        _ => 0.0,
    }
}

fn extended_share(programme: &Programme, values: &[f64], month: Month) -> f64 {
    match &programme.instrument {
        Instrument::ExportBan {
            wind_down_months,
            exempt_share,
            ..
        } if programme.terms.in_force(month) => {
            1.0 - allowed_share(
                &programme.terms,
                month,
                exempt_share.of(values),
                wind_down_months.of(values),
            )
        }
        _ => 0.0,
    }
}

/// The share a ban still allows: linear over the wind-down, then what is exempt (docs/model.md).
fn allowed_share(terms: &Terms, month: Month, exempt: f64, wind_down: f64) -> f64 {
    let elapsed = f64::from(month.since(terms.from));
    if elapsed < wind_down {
        exempt + (1.0 - exempt) * (1.0 - (elapsed + 1.0) / (wind_down + 1.0))
    } else {
        exempt
    }
}

/// The closed share; after reopening it fades with a half-life, or at once without one.
fn closed_share(terms: &Terms, month: Month, share: f64, half_life: Option<f64>) -> f64 {
    match terms.until {
        _ if month < terms.from => 0.0,
        Some(until) if month >= until => {
            half_life.map_or(0.0, |half_life| share * halved(month.since(until) + 1, half_life))
        }
        _ => share,
    }
}

/// 2^(-months / half-life).
fn halved(months: i32, half_life: f64) -> f64 {
    exp(-std::f64::consts::LN_2 * f64::from(months) / half_life)
}

fn is_via_capacity_of(plan: &Plan, place: usize, programme: &Programme) -> bool {
    let Constraint::Capacity(capacity) = plan.constraints[place].constraint else {
        return false;
    };
    let capacity = &plan.world().capacities[capacity];
    let of_target =
        matches!(capacity.bottleneck, crate::model::Bottleneck::Via(via) if programme.targets.contains(&via));
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
