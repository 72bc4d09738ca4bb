//! Units as types: what leaves the model says what it is counted in, and only sums that make sense compile.
//!
//! Kernels work on plain numbers: [`Tonnes::get`] and its like give them at their door. Numbers that may be uncertain
//! are plain too, for their unit stands in [`super::Number`].

use std::ops::{Add, AddAssign, Div, Mul, Sub};

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, PartialOrd, Default, Debug)]
        pub struct $name(f64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0.0);

            /// So many of the unit.
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            /// The plain number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl Plain for $name {
            fn of(value: f64) -> Self {
                Self(value)
            }

            fn plain(self) -> f64 {
                self.0
            }
        }
    )+};
}

/// A unit, or a plain number, as the rules below see it.
trait Plain {
    fn of(value: f64) -> Self;
    fn plain(self) -> f64;
}

impl Plain for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn plain(self) -> f64 {
        self
    }
}

units! {
    /// Metric tonnes, of a shipment or of a month as the field says.
    Tonnes,
    /// US dollars.
    Usd,
    /// US dollars per tonne.
    UsdPerTonne,
    Kilometres,
    /// A fraction, from zero to one.
    Share,
}

/// Makes operators of lines such as `Usd / Tonnes = UsdPerTonne;`.
macro_rules! rules {
    ($($one:ident $operator:tt $other:ident = $result:ident;)+) => {$(
        rule!($operator, $one, $other, $result);
    )+};
}

macro_rules! rule {
    (+, $one:ident, $other:ident, $result:ident) => {
        rule!(Add, add, +, $one, $other, $result);
    };
    (-, $one:ident, $other:ident, $result:ident) => {
        rule!(Sub, sub, -, $one, $other, $result);
    };
    (*, $one:ident, $other:ident, $result:ident) => {
        rule!(Mul, mul, *, $one, $other, $result);
    };
    (/, $one:ident, $other:ident, $result:ident) => {
        rule!(Div, div, /, $one, $other, $result);
    };
    ($trait:ident, $method:ident, $operator:tt, $one:ident, $other:ident, $result:ident) => {
        impl $trait<$other> for $one {
            type Output = $result;

            fn $method(self, other: $other) -> $result {
                $result::of(self.plain() $operator other.plain())
            }
        }
    };
}

// The units of sums, differences, products and quotients.
rules! {
    Tonnes + Tonnes = Tonnes;
    Usd + Usd = Usd;
    UsdPerTonne + UsdPerTonne = UsdPerTonne;
    Share + Share = Share;
    UsdPerTonne - UsdPerTonne = UsdPerTonne;
    Tonnes * UsdPerTonne = Usd;
    UsdPerTonne * Tonnes = Usd;
    f64 * Tonnes = Tonnes;
    f64 * UsdPerTonne = UsdPerTonne;
    Usd / Tonnes = UsdPerTonne;
    UsdPerTonne / UsdPerTonne = f64;
    UsdPerTonne / f64 = UsdPerTonne;
}

impl AddAssign for Tonnes {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl AddAssign for UsdPerTonne {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tonnes_at_a_price_are_dollars_and_dollars_over_tonnes_a_price() {
        let (price, sold) = (UsdPerTonne::new(200.0), Tonnes::new(3.0));
        assert_eq!(price * sold, Usd::new(600.0));
        assert_eq!(sold * price, price * sold);
        assert_eq!((price * sold) / sold, price);
    }

    #[test]
    fn quotients_of_one_unit_are_plain_and_multiples_keep_it() {
        let price = UsdPerTonne::new(200.0);
        assert_eq!(UsdPerTonne::new(50.0) / price, 0.25);
        assert_eq!(0.5 * price, price / 2.0);
        assert_eq!(price - 0.25 * price, UsdPerTonne::new(150.0));
        assert_eq!(2.0 * Tonnes::new(1.5), Tonnes::new(3.0));
    }

    #[test]
    fn sums_are_of_one_unit() {
        let (mut sent, mut paid) = (Tonnes::ZERO, Usd::ZERO);
        for tonnes in [1.0, 2.5] {
            sent += Tonnes::new(tonnes);
            paid += Tonnes::new(tonnes) * UsdPerTonne::new(10.0);
        }
        assert_eq!((sent, paid), (Tonnes::new(3.5), Usd::new(35.0)));
        assert_eq!(sent.get() + Tonnes::new(1.0).get(), (sent + Tonnes::new(1.0)).get());
        assert_eq!(UsdPerTonne::new(4.0) + UsdPerTonne::new(5.0), UsdPerTonne::new(9.0));
    }
}
