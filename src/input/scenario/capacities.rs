//! Capacities that may be too small for the baseline that the world must reproduce (docs/model.md).

use super::draft::Draft;
use crate::diagnostic::Place;
use crate::model::{Capacity, CapacityIndex, Slot, Tonnes};

/// Relative rounding error that baseline flows and limits in tables may have.
const ROUNDING: f64 = 1e-9;

impl Draft<'_> {
    /// Reports every capacity whose lowest possible value lies below the baseline flow through it, at the parameter or
    /// posterior that makes it so or at `world`.
    pub fn check_capacities(&mut self, world_place: &Place) {
        for (index, capacity) in self.world.capacities.iter() {
            let flow = self.baseline_through(index).get();
            let Some((lowest, slot)) = self
                .lowest(capacity)
                .filter(|(lowest, _)| *lowest < flow * (1.0 - ROUNDING))
            else {
                continue;
            };
            let name = &self.register.numbers.get(slot).name;
            let taken = self.taken.as_ref().filter(|taken| taken.names.contains(name));
            let stated = self.parametrised.iter().find(|line| line.slot == slot);
            let place = taken.map(|taken| &taken.place).or(stated.map(|line| &line.place));
            let place = place.unwrap_or(world_place).clone();
            let message = format!(
                "capacity `{}` may be as low as {lowest} t/month by `{name}`, but its baseline flow is {flow} t/month",
                capacity.id
            );
            let help = if lowest == 0.0 && name.ends_with(".dead_time_months") {
                "a capacity that carries baseline trade has no dead time"
            } else {
                "the month before any measure must be possible: raise the lowest value, or lower the baseline"
            };
            self.report.fault(place, message).help(help);
        }
    }

    fn baseline_through(&self, index: CapacityIndex) -> Tonnes {
        let capacity = &self.world.capacities[index];
        let mut flow = Tonnes::ZERO;
        for (route, row) in self.world.routes.iter() {
            if self.world.uses(route, capacity) {
                flow += row.baseline;
            }
        }
        flow
    }

    /// The lowest value a capacity can have, and the number that makes it so.
    fn lowest(&self, capacity: &Capacity) -> Option<(f64, Slot)> {
        let low = |slot: Slot| (self.register.support(slot).0, slot);
        let mut candidates = vec![low(capacity.limit)];
        if let Some(adaptation) = &capacity.adaptation {
            candidates.push(low(adaptation.ceiling));
            if self.register.support(adaptation.dead_time).1 > 0.0 {
                // During a dead time the capacity is zero (docs/model.md).
                candidates.push((0.0, adaptation.dead_time));
            }
        }
        candidates.into_iter().min_by(|one, other| one.0.total_cmp(&other.0))
    }
}
