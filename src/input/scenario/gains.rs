//! Numbers of a scenario under which the cost of a route cannot fit the prices at both ends (docs/model.md).

use super::draft::Draft;
use super::usage::slots_of_route;
use crate::model::{Route, Slot};
use crate::network::{self, LARGEST_GAIN, TransportedGood};

impl Draft<'_> {
    /// Reports parameters whose central value makes a route so dear or so cheap that no weight reproduces its baseline.
    pub fn check_gains(&mut self) {
        let mut faults: Vec<(Slot, f64, String)> = Vec::new();
        for route in self.world.routes.rows() {
            let gain = self.gain(route);
            if gain.abs() <= LARGEST_GAIN {
                continue;
            }
            let of_route = slots_of_route(self.world, route);
            let stated = self.parametrised.iter().map(|line| line.slot);
            let stated: Vec<Slot> = stated.filter(|slot| of_route.contains(slot)).collect();
            // Of several numbers an unusual one is to blame.
            let is_unusual = |slot: &&Slot| {
                let number = self.register.numbers.get(**slot);
                !number.range.is_usual(number.value)
            };
            if let Some(&slot) = stated.iter().find(is_unusual).or(stated.last())
                && faults.iter().all(|(known, ..)| *known != slot)
            {
                faults.push((slot, gain, route.id.clone()));
            }
        }
        for (slot, gain, route) in faults {
            let place = self.parametrised.iter().find(|line| line.slot == slot);
            let place = place.map(|line| line.place.clone());
            let number = self.register.numbers.get(slot);
            let message = format!(
                "with `{}` at {} the cost of `{route}` cannot fit the prices at its ends",
                number.name, number.value
            );
            let help = format!(
                "theta times its net gain is {gain:.0}, beyond {LARGEST_GAIN}: check the unit of the number, or lower the \
                 route choice"
            );
            self.report.fault(place, message).help(help);
        }
    }

    /// Theta times the net gain of a route at baseline prices and the central values of all numbers.
    fn gain(&self, route: &Route) -> f64 {
        let world = self.world;
        let value = |slot: Slot| self.register.numbers.get(slot).value;
        let (supply, demand) = (&world.supplies[route.supply], &world.demands[route.demand]);
        let good = &world.commodities[supply.commodity];
        let price = good.price.get();
        let transported = TransportedGood {
            reference_price: price,
            route_choice: value(good.route_choice),
            holding_rate: value(good.holding_rate),
            cargo: None,
        };
        let on_links = route.links.iter().map(|link| {
            let link = &world.links[*link];
            let index = world.mode_cost_index.get(link.mode.position());
            (
                index.map_or(1.0, |index| value(*index)) * value(link.freight),
                value(link.days),
            )
        });
        let at_nodes = route.transfers.iter().map(|transfer| {
            let transfer = &world.transfers[*transfer];
            (value(transfer.cost), value(transfer.days))
        });
        let cost = on_links.chain(at_nodes).fold(0.0, |sum, (usd_per_t, days)| {
            sum + network::transport_cost(usd_per_t, days, &transported)
        });
        (demand.price.get() - supply.price.get() - cost) / price * value(good.route_choice)
    }
}
