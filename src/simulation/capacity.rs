//! Capacities that adapt: dead time, logistic growth driven by rent, decay when unused, ceilings raised by firms that enter
//! (docs/model.md).

use super::plan::Plan;
use crate::math::{exp, pow};
use crate::model::{Adaptation, Index, Month, Table, Tonnes, Usd, UsdPerTonne};
use crate::policy::{AdaptiveIndex, ConstraintIndex};

/// Flows below this share of a capacity leave it unused.
const USED: f64 = 0.5;

/// Firms that enter raise a ceiling at most so many times, so that a rate beyond all sense leaves finite numbers.
const MOST_ENTERED: f64 = 1e6;

/// Months of a year.
const YEAR: f64 = 12.0;

/// The adaptive capacities of one path.
#[derive(Clone, Debug)]
pub struct Capacities {
    /// Tonnes per month, before refusals and dead time.
    pub current: Table<AdaptiveIndex, f64>,
    /// The latest factor on each ceiling for cover and losses.
    ceiling_factor: Table<AdaptiveIndex, f64>,
    /// The factor on each ceiling for firms that have entered, one at the start.
    entered: Table<AdaptiveIndex, f64>,
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

impl Usage {
    /// Whether a capacity of `current` is mostly empty.
    fn leaves_unused(self, current: f64) -> bool {
        self.flow.get() < USED * current
    }
}

impl Capacities {
    /// Arrays for the capacities of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            current: Table::filled(0.0, plan.adaptive.len()),
            ceiling_factor: Table::filled(1.0, plan.adaptive.len()),
            entered: Table::filled(1.0, plan.adaptive.len()),
        }
    }

    /// Every capacity at its start.
    pub fn restart(&mut self, plan: &Plan, values: &[f64]) {
        for (adaptive, row) in plan.adaptive.iter() {
            self.current[adaptive] = plan.world().capacities[row.capacity].limit.of(values);
        }
        self.ceiling_factor.rows_mut().fill(1.0);
        self.entered.rows_mut().fill(1.0);
    }

    /// Capacity above a ceiling that a programme in force has lowered falls to it at once; `lowered` are the factors on the
    /// ceilings.
    pub fn lower_to_ceilings(&mut self, plan: &Plan, values: &[f64], lowered: &Table<AdaptiveIndex, f64>) {
        for (adaptive, row) in plan.adaptive.iter() {
            if let Some(adaptation) = plan.world().capacities[row.capacity].adaptation
                // Where no programme lowers it, an excess wears off in `advance` instead.
                && lowered[adaptive] < 1.0
            {
                let ceiling = adaptation.ceiling.of(values) * self.entered[adaptive];
                let ceiling = ceiling * self.ceiling_factor[adaptive] * lowered[adaptive];
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
            let (current, entered) = (self.current[adaptive], self.entered[adaptive]);
            let start = capacity.limit.of(values);
            let growth = LogisticGrowth::new(adaptation, values, start, entered, usage);
            self.current[adaptive] = growth.next(current, usage);
            // Who enters this month makes room for growth from the next one on.
            self.entered[adaptive] = growth.next_entered(entered, current, usage);
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
    /// Growth of the ceiling per month.
    entry: f64,
}

impl LogisticGrowth {
    fn new(adaptation: &Adaptation, values: &[f64], start: f64, entered: f64, usage: Usage) -> Self {
        Self {
            start,
            ceiling: adaptation.ceiling.of(values) * entered * usage.ceiling_factor * usage.lowered,
            growth: adaptation.growth.of(values) * usage.growth_factor,
            // What slows the growth of firms keeps new ones out as well.
            entry: adaptation.entry.of(values) / YEAR * usage.growth_factor,
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
            let speed = self.speed(self.growth, usage);
            return self.ceiling * current / (current + (self.ceiling - current) * exp(-speed));
        }
        if usage.leaves_unused(current) {
            // Unused, it decays down to its start; below that it stays as it is.
            current.min(self.start).max((1.0 - self.decay) * current)
        } else {
            current
        }
    }

    /// The factor on the ceiling for firms that have entered, from that of this month; `current` is this month's capacity.
    fn next_entered(&self, entered: f64, current: f64, usage: Usage) -> f64 {
        if usage.rent > UsdPerTonne::ZERO {
            (entered * (1.0 + self.speed(self.entry, usage))).min(MOST_ENTERED)
        } else if usage.leaves_unused(current) {
            // Firms that came for a rent leave as the capacity that nobody uses.
            ((1.0 - self.decay) * entered).max(1.0)
        } else {
            entered
        }
    }

    /// A rent says that more is wanted; it counts relative to the price of the goods, and slows down towards `fastest`.
    fn speed(&self, fastest: f64, usage: Usage) -> f64 {
        let rho = usage.rent / usage.reference_price;
        fastest * rho / (rho + self.rent_half)
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
    use proptest::prelude::*;

    use super::*;
    use crate::simulation::testing::{constraint, model, near};
    use crate::simulation::{Chance, Model};

    const GROWTH: LogisticGrowth = LogisticGrowth {
        start: 10.0,
        ceiling: 100.0,
        growth: 1.2,
        rent_half: 0.3,
        decay: 0.05,
        entry: 0.0,
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

    /// Grain by the hub: 600 t at the start, ceiling 2400 t, growth 1.2 a month, `rent_half` 0.3, decay 0.05.
    struct Hub {
        model: Model,
        values: Vec<f64>,
        adaptive: AdaptiveIndex,
        capacities: Capacities,
    }

    impl Hub {
        /// Firms enter at `entry` a year.
        fn new(entry: f64) -> Self {
            let name = "capacity.via-hub-grain.entry_per_year";
            let model = model(&format!("[parameters]\n\"{name}\" = {entry:?}\n"));
            let values = model.values(Chance::Central);
            let adaptive = model.plan.adaptive_of[constraint(&model.plan, "via-hub-grain")].unwrap();
            let mut capacities = Capacities::new(&model.plan);
            capacities.restart(&model.plan, &values);
            Self {
                model,
                values,
                adaptive,
                capacities,
            }
        }

        /// A month at a rent of `rho` reference prices; then the capacity, and the factor on its ceiling.
        fn after(&mut self, rho: f64, used: Usage) -> [f64; 2] {
            let used = Usage {
                rent: UsdPerTonne::new(100.0 * rho),
                ..used
            };
            self.capacities
                .advance(&self.model.plan, &self.values, self.adaptive, used);
            [
                self.capacities.current[self.adaptive],
                self.capacities.entered[self.adaptive],
            ]
        }
    }

    #[test]
    fn firms_that_enter_raise_the_ceiling_of_the_month_after() {
        // 1.2 a year is a tenth a month, and half of it at a rent of `rent_half`: ceilings of 2400, 2520 and 2646 t.
        // Logits of K / ceiling rise by 0.6 a month: K = ceiling x K / (K + (ceiling - K) e^-0.6).
        let mut hub = Hub::new(1.2);
        let full = usage(0.0, 600.0);
        for (capacity, entered) in [(906.8804196, 1.05), (1275.1730615, 1.1025), (1664.1725559, 1.157625)] {
            let found = hub.after(0.3, full);
            assert!((found[0] - capacity).abs() < 1e-6, "{} is not {capacity}", found[0]);
            near(found[1], entered);
        }
    }

    #[test]
    fn firms_stop_entering_without_a_rent_and_leave_what_nobody_uses() {
        let mut hub = Hub::new(1.2);
        near(hub.after(0.3, usage(0.0, 600.0))[1], 1.05);
        // Used, it keeps them; empty, it loses a twentieth of capacity and ceiling, and never more than has entered.
        assert_eq!(hub.after(0.0, usage(0.0, 900.0))[1], 1.05);
        assert_eq!(hub.after(0.0, usage(0.0, 0.0))[1], 1.0);
    }

    #[test]
    fn a_threat_slows_entry_and_an_event_leaves_it_alone() {
        let mut hub = Hub::new(1.2);
        let threatened = Usage {
            lowered: 0.5,
            growth_factor: 0.4,
            ..usage(0.0, 600.0)
        };
        near(hub.after(0.3, threatened)[1], 1.02);
        hub.capacities.lose(hub.adaptive, 0.5);
        // A third of the ceiling is gone for a time: the same share enters, of what is left.
        let listed = Usage {
            ceiling_factor: 2.0 / 3.0,
            ..usage(0.0, 600.0)
        };
        near(hub.after(0.3, listed)[1], 1.02 * 1.05);
    }

    #[test]
    fn a_ceiling_that_a_programme_lowers_counts_those_who_entered() {
        let mut hub = Hub::new(1.2);
        hub.after(0.3, usage(0.0, 600.0));
        let plan = &hub.model.plan;
        let mut lowered = Table::filled(1.0, plan.adaptive.len());
        lowered[hub.adaptive] = 0.25;
        hub.capacities.lower_to_ceilings(plan, &hub.values, &lowered);
        near(hub.capacities.current[hub.adaptive], 0.25 * 2400.0 * 1.05);
    }

    #[test]
    fn every_draw_begins_before_anybody_has_entered() {
        let mut hub = Hub::new(1.2);
        let first = hub.after(0.3, usage(0.0, 600.0));
        hub.after(2.0, usage(0.0, 600.0));
        hub.capacities.restart(&hub.model.plan, &hub.values);
        assert_eq!(hub.after(0.3, usage(0.0, 600.0)), first);
    }

    /// A month: rent in reference prices (none in every other month), flow, factors on the ceiling and on growth.
    fn months() -> impl Strategy<Value = Vec<(f64, Usage)>> {
        let rho = prop_oneof![Just(0.0), 0.001..20.0_f64];
        let month = (rho, 0.0..3000.0_f64, 0.1..1.5_f64, 0.1..=1.0_f64, 0.0..=1.0_f64);
        let month = month.prop_map(|(rho, flow, ceiling_factor, lowered, growth_factor)| {
            let used = Usage {
                ceiling_factor,
                lowered,
                growth_factor,
                ..usage(0.0, flow)
            };
            (rho, used)
        });
        prop::collection::vec(month, 1..40)
    }

    /// The rule without entry, spelt out again.
    fn without_entry(current: f64, rho: f64, used: Usage) -> f64 {
        let ceiling = 2400.0 * used.ceiling_factor * used.lowered;
        if current > ceiling {
            ceiling.max((1.0 - 0.05) * current)
        } else if rho > 0.0 {
            let rho = 100.0 * rho / 100.0;
            let speed = 1.2 * used.growth_factor * rho / (rho + 0.3);
            ceiling * current / (current + (ceiling - current) * exp(-speed))
        } else if used.flow.get() < 0.5 * current {
            current.min(600.0).max((1.0 - 0.05) * current)
        } else {
            current
        }
    }

    proptest! {
        #[test]
        fn without_entry_every_capacity_has_the_bits_of_a_fixed_ceiling(months in months()) {
            let mut hub = Hub::new(0.0);
            let mut expected = 600.0;
            for (rho, used) in months {
                expected = without_entry(expected, rho, used);
                let [capacity, entered] = hub.after(rho, used);
                prop_assert_eq!(capacity.to_bits(), expected.to_bits());
                prop_assert_eq!(entered, 1.0);
            }
        }

        #[test]
        fn entry_leaves_capacities_finite_and_ceilings_no_lower_than_the_first(
            entry in prop_oneof![0.0..2.0_f64, Just(1e15)],
            months in months(),
        ) {
            let mut hub = Hub::new(entry);
            for (rho, used) in months {
                let [capacity, entered] = hub.after(rho, used);
                prop_assert!(capacity.is_finite() && capacity > 0.0);
                prop_assert!((1.0..=MOST_ENTERED).contains(&entered));
            }
        }
    }
}
