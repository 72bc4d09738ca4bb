//! The problem of a month, which every part of the fallback reads.

use super::open::OpenParts;
use crate::equilibrium::ridge::BEND;
use crate::equilibrium::{Conditions, Network};

/// Network, conditions and open parts, with the strength of the ridge.
#[derive(Clone, Copy)]
pub(super) struct DualProblem<'a> {
    pub(super) network: &'a Network,
    pub(super) conditions: &'a Conditions,
    pub(super) open: &'a OpenParts,
    /// `rho` of [`crate::equilibrium::ridge`].
    pub(super) ridge: f64,
}

impl<'a> DualProblem<'a> {
    pub(super) fn parts(&self) -> (&'a Network, &'a Conditions, &'a OpenParts) {
        (self.network, self.conditions, self.open)
    }

    /// The regularisation of a rent, see [`crate::equilibrium::ridge`].
    pub(super) fn ridge(&self, g: usize, rent: f64) -> Ridge {
        let reference_price = self.conditions.capacity_reference_price[g];
        let strength = self.ridge * self.conditions.limit[g];
        let relative = rent / reference_price;
        let bend = relative / BEND;
        let root = (1.0 + bend * bend).sqrt();
        Ridge {
            value: strength * reference_price * (BEND * BEND) * (root - 1.0),
            slope: strength * relative / root,
            curvature: strength / (reference_price * root * root * root),
        }
    }
}

/// The ridge of a rent: its cost, and the cost's first and second derivative.
pub(super) struct Ridge {
    pub(super) value: f64,
    pub(super) slope: f64,
    pub(super) curvature: f64,
}
