//! How strongly a measure acts in a month.

use super::matched::Matched;
use super::measure::Terms;
use crate::math::exp;
use crate::model::{Mode, Month};

/// Whether a measure is in force in a month, and how strongly it acts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Act {
    pub in_force: bool,
    /// Strength in the unit of the instrument, as its file says: a share, a rate, a probability. Zero while it is not in
    /// force, unless its effect outlasts its end.
    pub level: f64,
}

impl Act {
    /// Nothing is done.
    pub const IDLE: Self = Self {
        in_force: false,
        level: 0.0,
    };
}

/// The month and the draw in which the level of a measure is needed.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    pub terms: &'a Terms,
    pub month: Month,
    /// The numbers of the draw, by slot.
    pub values: &'a [f64],
    /// Suspicion that checks have gathered so far; zero at first.
    pub suspicion: f64,
}

impl Moment<'_> {
    /// Whether the measure is in force.
    pub fn in_force(&self) -> bool {
        self.terms.in_force(self.month)
    }

    /// Months since the measure came into force; negative before.
    pub fn elapsed(&self) -> i32 {
        self.month.since(self.terms.from)
    }

    /// The share that a ban still allows: linear over the wind-down, then the exempt share (docs/model.md).
    pub fn allowed_share(&self, exempt: f64, wind_down: f64) -> f64 {
        let elapsed = f64::from(self.elapsed());
        if elapsed < wind_down {
            // One step more than months: the first month already allows less than everything, the last still more than
            // the exempt share.
            exempt + (1.0 - exempt) * (1.0 - (elapsed + 1.0) / (wind_down + 1.0))
        } else {
            exempt
        }
    }

    /// The share that a ban still allows while contracts are wound down: a share of them stops at once and comes back with a
    /// half-life, or never without one; after the wind-down the exempt share (docs/model.md).
    pub fn share_under_contracts(&self, exempt: f64, wind_down: f64, stop: f64, half_life: Option<f64>) -> f64 {
        let elapsed = self.elapsed();
        if f64::from(elapsed) < wind_down {
            let stopped = half_life.map_or(stop, |half_life| stop * Self::halved(elapsed, half_life));
            exempt + (1.0 - exempt) * (1.0 - stopped)
        } else {
            exempt
        }
    }

    /// 2^(-months / half-life).
    pub fn halved(months: i32, half_life: f64) -> f64 {
        exp(-std::f64::consts::LN_2 * f64::from(months) / half_life)
    }
}

/// The state of a month of a draw in which a measure acts.
#[derive(Clone, Copy)]
pub struct Acting<'a> {
    pub act: Act,
    pub matched: &'a Matched,
    /// Mean tonnes per month on each of [`Matched::exposure`] in the three months before the announcement.
    pub passed: &'a [f64],
    /// The numbers of the draw, by slot.
    pub values: &'a [f64],
    /// Reference price by route, USD per tonne.
    pub price: &'a [f64],
    /// Route choice elasticity over reference price by commodity, tonnes per USD.
    pub theta: &'a [f64],
    /// Factor of this month's shocks on freight, by mode.
    pub mode_factor: &'a [f64],
    /// Freight by mode, USD per tonne, on the links of each of [`Matched::passages`], if the instrument multiplies freight.
    pub freight: &'a [[f64; Mode::ALL.len()]],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wind_down_is_linear_and_ends_in_the_exempt_share() {
        let terms = Terms {
            id: "ban".to_owned(),
            issuer: Vec::new(),
            commodities: Vec::new(),
            announced: Month::january(2022),
            first_announced: Month::january(2022),
            from: Month::january(2022),
            until: None,
        };
        let allowed = |later, exempt, wind_down| {
            let month = terms.from.plus(later);
            let moment = Moment {
                terms: &terms,
                month,
                values: &[],
                suspicion: 0.0,
            };
            moment.allowed_share(exempt, wind_down)
        };
        // Three months of wind-down: a quarter goes at once, and a quarter more each month.
        assert_eq!(
            [0, 1, 2, 3, 9].map(|later| allowed(later, 0.0, 3.0)),
            [0.75, 0.5, 0.25, 0.0, 0.0]
        );
        assert_eq!(
            [0, 1, 2].map(|later| allowed(later, 0.2, 1.0)),
            [0.2 + 0.8 * 0.5, 0.2, 0.2]
        );
        assert_eq!(allowed(0, 0.3, 0.0), 0.3);
    }

    #[test]
    fn half_is_left_after_a_half_life() {
        assert_eq!(Moment::halved(0, 6.0), 1.0);
        assert!((Moment::halved(6, 6.0) - 0.5).abs() < 1e-15);
        assert!((Moment::halved(12, 6.0) - 0.25).abs() < 1e-15);
    }
}
