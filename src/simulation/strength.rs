//! How strongly measures and programmes act in a month (docs/model.md).

use crate::math::exp;
use crate::model::{Action, Instrument, Measure, Month, Programme, Terms};

/// What a measure or programme does in a month, as far as the month decides it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Act {
    pub in_force: bool,
    /// Zero for what does nothing.
    ///
    /// Of a measure the restricted share, rate, closed share or seizure probability; one for a quota or a cost in force. Of
    /// an export ban the share it allows, of payments what time has left of the first refusals, one for other programmes in
    /// force.
    pub level: f64,
}

impl Act {
    /// Nothing is done.
    pub const IDLE: Self = Self {
        in_force: false,
        level: 0.0,
    };

    /// What a measure does in `month`; `suspicion` is that of an inspection.
    pub fn of_measure(measure: &Measure, values: &[f64], month: Month, suspicion: f64) -> Self {
        Self {
            in_force: measure.terms.in_force(month),
            level: strength(measure, values, month, suspicion),
        }
    }

    /// What a programme does in `month`.
    pub fn of_programme(programme: &Programme, values: &[f64], month: Month) -> Self {
        let terms = &programme.terms;
        if !terms.in_force(month) {
            return Self::IDLE;
        }
        let level = match &programme.instrument {
            Instrument::Payments { half_life_months, .. } => {
                halved(month.since(terms.from), half_life_months.of(values))
            }
            Instrument::ExportBan {
                wind_down_months,
                exempt_share,
                ..
            } => allowed_share(terms, month, exempt_share.of(values), wind_down_months.of(values)),
            _ => 1.0,
        };
        Self { in_force: true, level }
    }
}

fn strength(measure: &Measure, values: &[f64], month: Month, suspicion: f64) -> f64 {
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
