//! Capacities that adapt: dead time, logistic growth driven by rent, decay when unused (docs/model.md).

use super::plan::Plan;
use crate::math::{exp, pow};
use crate::model::{Adaptation, Index, Month, Table, Tonnes, Usd, UsdPerTonne};
use crate::policy::{AdaptiveIndex, ConstraintIndex};

/// Flows below this share of a capacity leave it unused.
const USED: f64 = 0.5;

/// The adaptive capacities of one path.
#[derive(Clone, Debug)]
pub struct Capacities {
    /// Tonnes per month, before refusals and dead time.
    pub current: Table<AdaptiveIndex, f64>,
    /// The latest factor on each ceiling for cover and losses.
    ceiling_factor: Table<AdaptiveIndex, f64>,
}

/// The use of one capacity in a month.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    pub rent: UsdPerTonne,
    /// Per month.
    pub flow: Tonnes,
    /// Flow-weighted mean reference price of what it carried.
    pub reference_price: UsdPerTonne,
    /// Factor on the largest capacity: cover by legal trade, losses to events.
    pub ceiling_factor: f64,
    /// Factor of programmes in force on the largest capacity.
    pub lowered: f64,
    /// Factor of programmes in force on growth.
    pub growth_factor: f64,
}

impl Capacities {
    /// Arrays for the capacities of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            current: Table::filled(0.0, plan.adaptive.len()),
            ceiling_factor: Table::filled(1.0, plan.adaptive.len()),
        }
    }

    /// Every capacity at its start.
    pub fn restart(&mut self, plan: &Plan, values: &[f64]) {
        for (adaptive, row) in plan.adaptive.iter() {
            self.current[adaptive] = plan.world().capacities[row.capacity].limit.of(values);
        }
        self.ceiling_factor.rows_mut().fill(1.0);
    }

    /// Capacity above a ceiling that a programme in force has lowered falls to it at once; `lowered` are the factors on the
    /// ceilings.
    pub fn lower_to_ceilings(&mut self, plan: &Plan, values: &[f64], lowered: &Table<AdaptiveIndex, f64>) {
        for (adaptive, row) in plan.adaptive.iter() {
            if let Some(adaptation) = plan.world().capacities[row.capacity].adaptation
                // Where no programme lowers it, an excess wears off in `advance` instead.
                && lowered[adaptive] < 1.0
            {
                let ceiling = adaptation.ceiling.of(values) * self.ceiling_factor[adaptive] * lowered[adaptive];
                self.current[adaptive] = self.current[adaptive].min(ceiling);
            }
        }
    }

    /// Tonnes per month that can be used in `month`: nothing during the dead time.
    pub fn usable(&self, plan: &Plan, values: &[f64], adaptive: AdaptiveIndex, month: Month) -> f64 {
        let row = &plan.adaptive[adaptive];
        let capacity = &plan.world().capacities[row.capacity];
        let dead_time = capacity
            .adaptation
            .map_or(0.0, |adaptation| adaptation.dead_time.of(values));
        // Dead time runs from the announcement, when investors learn of the need; before it the start can be used.
        let is_dead = row.announced.is_some_and(|announced| {
            let elapsed = f64::from(month.since(announced));
            elapsed >= 0.0 && elapsed < dead_time
        });
        if is_dead { 0.0 } else { self.current[adaptive] }
    }

    /// Moves one capacity to the next month.
    pub fn advance(&mut self, plan: &Plan, values: &[f64], adaptive: AdaptiveIndex, usage: Usage) {
        let capacity = &plan.world().capacities[plan.adaptive[adaptive].capacity];
        if let Some(adaptation) = &capacity.adaptation {
            self.ceiling_factor[adaptive] = usage.ceiling_factor;
            let growth = LogisticGrowth::new(adaptation, values, capacity.limit.of(values), usage);
            self.current[adaptive] = growth.next(self.current[adaptive], usage);
        }
    }

    /// A share of one capacity is lost at once.
    pub fn lose(&mut self, adaptive: AdaptiveIndex, share: f64) {
        self.current[adaptive] *= 1.0 - share;
    }
}

/// Logistic growth and decay under one draw's values.
#[derive(Clone, Copy, Debug)]
struct LogisticGrowth {
    start: f64,
    ceiling: f64,
    growth: f64,
    rent_half: f64,
    decay: f64,
}

impl LogisticGrowth {
    fn new(adaptation: &Adaptation, values: &[f64], start: f64, usage: Usage) -> Self {
        Self {
            start,
            ceiling: adaptation.ceiling.of(values) * usage.ceiling_factor * usage.lowered,
            growth: adaptation.growth.of(values) * usage.growth_factor,
            rent_half: adaptation.rent_half.of(values),
            decay: adaptation.decay.of(values),
        }
    }

    /// K_{t+1} from `K_t`: the exact logistic step for a constant rent.
    fn next(&self, current: f64, usage: Usage) -> f64 {
        if current > self.ceiling {
            // The ceiling has fallen: the excess wears off, it is not torn down.
            return self.ceiling.max((1.0 - self.decay) * current);
        }
        if usage.rent > UsdPerTonne::ZERO {
            // A rent says that more is wanted; it counts relative to the price of the goods.
            let rho = usage.rent / usage.reference_price;
            let speed = self.growth * rho / (rho + self.rent_half);
            return self.ceiling * current / (current + (self.ceiling - current) * exp(-speed));
        }
        if usage.flow.get() < USED * current {
            // Unused, it decays down to its start; below that it stays as it is.
            current.min(self.start).max((1.0 - self.decay) * current)
        } else {
            current
        }
    }
}

/// How far the intermediary's legal trade raises its ceiling: (genuine flow / its baseline)^cover; `received` by demand.
pub fn cover_factor(plan: &Plan, adaptive: AdaptiveIndex, values: &[f64], received: &[f64]) -> f64 {
    let row = &plan.adaptive[adaptive];
    let Some(adaptation) = &plan.world().capacities[row.capacity].adaptation else {
        return 1.0;
    };
    let cover = adaptation.cover.of(values);
    let baseline = row
        .genuine_demands
        .iter()
        .fold(Tonnes::ZERO, |sum, &demand| sum + plan.demand_quantity[demand]);
    // Without legal trade at baseline there is no measure of cover.
    if cover == 0.0 || baseline == Tonnes::ZERO {
        return 1.0;
    }
    let genuine = row
        .genuine_demands
        .iter()
        .fold(0.0, |sum, &demand| sum + received[demand.row()]);
    if genuine == 0.0 {
        0.0
    } else {
        pow(genuine / baseline.get(), cover)
    }
}

/// The use of a constraint, without rent and factors.
pub fn usage(plan: &Plan, constraint: ConstraintIndex, flows: &[f64]) -> Usage {
    let (mut flow, mut value) = (Tonnes::ZERO, Usd::ZERO);
    for &route in &plan.constraints[constraint].routes {
        let on_route = Tonnes::new(flows[route]);
        flow += on_route;
        value += on_route * UsdPerTonne::new(plan.price_of_route[route]);
    }
    let reference_price = if flow > Tonnes::ZERO {
        value / flow
    } else {
        plan.constraints[constraint].reference_price
    };
    Usage {
        rent: UsdPerTonne::ZERO,
        flow,
        reference_price,
        ceiling_factor: 1.0,
        lowered: 1.0,
        growth_factor: 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROWTH: LogisticGrowth = LogisticGrowth {
        start: 10.0,
        ceiling: 100.0,
        growth: 1.2,
        rent_half: 0.3,
        decay: 0.05,
    };

    fn usage(rent: f64, flow: f64) -> Usage {
        Usage {
            rent: UsdPerTonne::new(rent),
            flow: Tonnes::new(flow),
            reference_price: UsdPerTonne::new(100.0),
            ceiling_factor: 1.0,
            lowered: 1.0,
            growth_factor: 1.0,
        }
    }

    #[test]
    fn a_rent_of_rent_half_grows_at_half_the_rate() {
        let expected = 1000.0 / (10.0 + 90.0 * exp(-0.6));
        assert!((GROWTH.next(10.0, usage(30.0, 10.0)) - expected).abs() < 1e-12);
    }

    #[test]
    fn growth_over_two_months_is_growth_over_one_of_twice_the_rate() {
        let twice = GROWTH.next(GROWTH.next(10.0, usage(30.0, 10.0)), usage(30.0, 20.0));
        let once = LogisticGrowth { growth: 2.4, ..GROWTH }.next(10.0, usage(30.0, 10.0));
        assert!((twice - once).abs() < 1e-12);
    }

    #[test]
    fn unused_capacity_decays_to_its_start_and_no_further() {
        assert_eq!(GROWTH.next(50.0, usage(0.0, 1.0)), 47.5);
        assert_eq!(GROWTH.next(10.2, usage(0.0, 0.0)), 10.0);
        assert_eq!(GROWTH.next(4.0, usage(0.0, 0.0)), 4.0);
    }

    #[test]
    fn capacity_that_is_used_without_rent_stays() {
        assert_eq!(GROWTH.next(50.0, usage(0.0, 30.0)), 50.0);
    }

    #[test]
    fn above_a_lowered_ceiling_capacity_falls_by_its_decay() {
        let lowered = LogisticGrowth {
            ceiling: 40.0,
            ..GROWTH
        };
        assert_eq!(lowered.next(50.0, usage(30.0, 50.0)), 47.5);
        assert_eq!(lowered.next(41.0, usage(30.0, 41.0)), 40.0);
    }
}
