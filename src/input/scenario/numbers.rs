//! The numbers of entries: each key that holds one becomes a slot in the register.

use super::draft::Draft;
use super::quantity::Quantity;
use super::register::{InlineNumber, Owner, Resolved, Rule, resolve};
use super::tree::quoted;
use super::wire::{Field, Placed};
use crate::model::Slot;

impl Draft<'_> {
    /// The number of a key, which an amendment may take over; an absent key has the value `default`. None if it is
    /// absent without default, or faulty.
    pub fn number(
        &mut self,
        owner: &Owner,
        rule: Rule<'_>,
        field: &Field<Quantity>,
        default: Option<f64>,
    ) -> Option<Slot> {
        // First, because the merged table shows a key that was taken over as given.
        if let Some((name, before)) = owner.kept_name(rule.key) {
            return self.register.keep(name, &before);
        }
        match field {
            Field::Faulty => None,
            Field::Absent => default.and_then(|value| self.add_number(owner, rule, rule.key, value)),
            Field::Given(quantity) => self.given_number(owner, rule, rule.key, quantity),
        }
    }

    /// A number that was written, under the name `key` of its owner (which may go on after the rule's key).
    pub fn given_number(
        &mut self,
        owner: &Owner,
        rule: Rule<'_>,
        key: &str,
        quantity: &Placed<Quantity>,
    ) -> Option<Slot> {
        if let Some((name, before)) = owner.kept_name(key) {
            return self.register.keep(name, &before);
        }
        let name = format!("{}{key}", owner.prefix);
        let (slot, is_uncertain) = match resolve(&name, rule.range, quantity, self.posteriors, self.report)? {
            Resolved::Certain(value) => (self.add_number(owner, rule, key, value)?, false),
            Resolved::Uncertain(distribution) => {
                let slot = self.add_number(owner, rule, key, distribution.median())?;
                self.register.make_uncertain(slot, distribution, quantity.place.clone());
                (slot, true)
            }
        };
        let place = quantity.place.clone();
        self.register.note_inline(slot, InlineNumber { place, is_uncertain });
        Some(slot)
    }

    fn add_number(&mut self, owner: &Owner, rule: Rule<'_>, key: &str, value: f64) -> Option<Slot> {
        let name = format!("{}{key}", owner.prefix);
        let slot = self.register.add(owner, rule, name.clone(), value);
        if slot.is_none() {
            // Ids may hold dots, so two different entries can spell one dotted name.
            self.report
                .fault(
                    owner.header.clone(),
                    format!("two numbers would be called {}", quoted(&name)),
                )
                .help("choose another id");
        }
        slot
    }
}
