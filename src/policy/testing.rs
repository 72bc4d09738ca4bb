//! A few routes on which the tests of instruments act.

use super::{Act, Acting, Effects, Instrument, Matched, Moment, Terms};
use crate::model::{Belonging, Domain, Mode, Month, Number, Numbers, Slot};

/// Numbers with these values, in order: their slots, and the values of a draw.
pub fn numbers<const N: usize>(values: [f64; N]) -> ([Slot; N], Vec<f64>) {
    let mut numbers = Numbers::default();
    let mut place = 0;
    let slots = values.map(|value| {
        place += 1;
        numbers.add(Number {
            name: format!("number.{place}"),
            value,
            range: Domain::Any.whole(),
            unit: "",
            source: String::new(),
            belongs_to: Belonging::Measure,
        })
    });
    (slots, values.to_vec())
}

/// In force from January 2022, for so many months if it ends.
fn terms(months: Option<i32>) -> Terms {
    let from = Month::january(2022);
    Terms {
        id: "test".to_owned(),
        issuer: Vec::new(),
        commodities: Vec::new(),
        announced: from,
        first_announced: from,
        from,
        until: months.map(|months| from.plus(months)),
    }
}

/// The levels of an instrument so many months after it came into force; it ends after `months`, if at all.
pub fn levels<const N: usize>(
    instrument: &dyn Instrument,
    values: &[f64],
    months: Option<i32>,
    later: [i32; N],
) -> [f64; N] {
    let terms = terms(months);
    later.map(|later| {
        instrument.level(&Moment {
            terms: &terms,
            month: terms.from.plus(later),
            values,
            suspicion: 0.0,
        })
    })
}

/// Reference price by route, USD per tonne.
const PRICE: [f64; 3] = [100.0, 200.0, 300.0];

/// Tonnes per USD, by commodity: a route choice elasticity of one for a good of 100 USD per tonne.
const THETA: [f64; 1] = [0.01];

/// A month in which an instrument acts at a level on three routes with reference prices of 100, 200 and 300 USD per tonne.
pub fn acting<'a>(level: f64, matched: &'a Matched, values: &'a [f64]) -> Acting<'a> {
    Acting {
        act: Act { in_force: true, level },
        matched,
        passed: &[],
        values,
        price: &PRICE,
        theta: &THETA,
        mode_factor: &[1.0; Mode::ALL.len()],
        freight: &[],
    }
}

/// The effects of a month on three routes, two constraints, two adaptive capacities and a pair.
pub fn effects_of(instrument: &dyn Instrument, acting: &Acting<'_>) -> Effects {
    let mut effects = Effects::none(3, 2, 2, 1);
    instrument.act(acting, &mut effects);
    effects
}

/// The first route direct, the others hidden.
pub fn matched() -> Matched {
    Matched {
        direct: vec![0],
        hidden: vec![1, 2],
        ..Matched::default()
    }
}
