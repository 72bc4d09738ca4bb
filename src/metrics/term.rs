//! The monthly terms, their rows, and their accumulator.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use crate::math::simd::Lanes;
use crate::model::Unit;

/// A monthly term that adds up over time and goods: those counted in tonnes first, then those in dollars.
///
/// Restricted pairs are those under a primary ban, quota or closure this month; restricted sellers and buyers have one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    /// The counterfactual's trade on restricted pairs.
    Restricted,
    /// The direct flow that is left on them.
    Direct,
    /// All hidden flow on them.
    Circumvented,
    DivertedSeller,
    DestroyedSeller,
    DivertedBuyer,
    DestroyedBuyer,
    /// Direct flow on pairs under a tariff alone.
    Tariffed,
    /// All hidden flow on pairs that sellers have left on their own and nothing restricts.
    Bypassed,
    /// Seized beyond what was delivered.
    Seized,
    /// Exports recorded by the origin that the declared destination never records.
    MirrorGap,
    /// Re-exports and ghosts of any pair: hidden goods that the exporter records towards an intermediary.
    RecordedHidden,
    /// The part of these on restricted pairs.
    RecordedCircumvented,
    /// Rise, over the baseline month, of restricted exporters' own records with intermediaries.
    RecordedRise,
    /// Direct trade of restricted pairs in the baseline month.
    BaselineDirect,
    /// Fall, below the baseline month, of what restricted buyers buy in all.
    PurchasesFall,
    /// Loss of the intermediaries' own demand where it is not restricted itself.
    GenuineLost,
    /// Trade that restricted sellers lose whom only their own jurisdiction restricts.
    CoalitionLost,
    /// Revenue that targeted sellers lose, USD.
    RevenueLost,
    /// Revenue that sellers lose whom only their own jurisdiction restricts, USD.
    CoalitionRevenueLost,
    /// Surplus that targeted sellers and buyers lose, USD.
    TargetLoss,
    /// Rent of the intermediaries' networks on restricted pairs, USD.
    IntermediaryRent,
    /// Rent of the world's other capacities on restricted pairs, USD.
    PortRent,
    /// Rent of what quotas leave, on restricted pairs, USD.
    PermitRent,
    /// Rent of what closures leave, on restricted pairs, USD.
    PassageRent,
    /// Rent of limited relations, which their sellers earn, on pairs restricted or not, USD.
    SellerRent,
    /// Freight, transfers, time and extra cost on restricted pairs, USD.
    FreightPaid,
    /// Tariffs, frictions, charges and risk on restricted pairs, USD.
    FrictionPaid,
    /// Costs and rents of hidden flows of restricted pairs beyond the usual cost of direct trade, USD.
    MarkupPaid,
    /// Price paid above the counterfactual's in restricted markets, times the counterfactual's tonnes, USD.
    PriceGain,
    /// The counterfactual's price times its tonnes in restricted markets, USD.
    PriceBase,
}

impl Term {
    /// How many there are.
    pub const COUNT: usize = Self::PriceBase as usize + 1;

    /// The unit of the term in a row: those in dollars stand last.
    pub const fn unit_at(row: usize) -> Unit {
        if row >= Self::RevenueLost as usize {
            Unit::Dollars
        } else {
            Unit::Tonnes
        }
    }

    /// The unit of the term.
    pub const fn unit(self) -> Unit {
        Self::unit_at(self.row())
    }

    /// The term's row in the arrays of terms.
    pub const fn row(self) -> usize {
        self as usize
    }
}

/// The part of a term that belongs to one intermediary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ViaTerm {
    Circumvented,
    Bypassed,
    MirrorGap,
    Rent,
}

impl ViaTerm {
    /// Terms for each intermediary.
    pub const COUNT: usize = Self::Rent as usize + 1;

    /// The unit of the term.
    pub const fn unit(self) -> Unit {
        Self::unit_at(self as usize)
    }

    /// The unit of the term at a place among those of all intermediaries.
    pub const fn unit_at(place: usize) -> Unit {
        if place % Self::COUNT == Self::Rent as usize {
            Unit::Dollars
        } else {
            Unit::Tonnes
        }
    }

    /// The row of an intermediary's term, after those of all; `via` is its place in `Accounts::vias`.
    pub const fn row(self, via: usize) -> usize {
        Term::COUNT + Self::COUNT * via + self as usize
    }
}

/// The unit of the term in a row, those of intermediaries included.
pub const fn unit_of_row(row: usize) -> Unit {
    match row.checked_sub(Term::COUNT) {
        Some(place) => ViaTerm::unit_at(place),
        None => Term::unit_at(row),
    }
}

/// Accumulates the terms of one month: a row for each term, a column for each commodity.
pub struct TermAccumulator<'a> {
    values: &'a mut [Lanes],
    commodities: usize,
}

impl<'a> TermAccumulator<'a> {
    /// No terms yet, over the values of a month, row by row.
    #[inline(always)]
    pub fn new(values: &'a mut [Lanes], commodities: usize) -> Self {
        values.fill(Lanes::ZERO);
        Self { values, commodities }
    }

    /// Adds to a term of a commodity.
    #[inline(always)]
    pub fn add(&mut self, term: Term, commodity: usize, value: Lanes) {
        self.values[term.row() * self.commodities + commodity] += value;
    }

    /// Adds to an intermediary's term of a commodity.
    #[inline(always)]
    pub fn add_via(&mut self, term: ViaTerm, via: usize, commodity: usize, value: Lanes) {
        self.values[term.row(via) * self.commodities + commodity] += value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_counted_in_dollars_and_goods_in_tonnes() {
        for term in [Term::Restricted, Term::Seized, Term::GenuineLost, Term::CoalitionLost] {
            assert_eq!(term.unit(), Unit::Tonnes, "{term:?}");
        }
        for term in [Term::RevenueLost, Term::TargetLoss, Term::PermitRent, Term::PriceBase] {
            assert_eq!(term.unit(), Unit::Dollars, "{term:?}");
        }
        assert_eq!(unit_of_row(ViaTerm::Rent.row(2)), Unit::Dollars);
        assert_eq!(unit_of_row(ViaTerm::MirrorGap.row(2)), Unit::Tonnes);
    }

    #[test]
    fn the_terms_of_an_intermediary_follow_those_of_all() {
        assert_eq!(ViaTerm::Circumvented.row(0), Term::COUNT);
        assert_eq!(ViaTerm::Circumvented.row(1), ViaTerm::Rent.row(0) + 1);
        let mut values = vec![Lanes::ONE; 2 * (Term::COUNT + ViaTerm::COUNT)];
        let mut terms = TermAccumulator::new(&mut values, 2);
        terms.add(Term::Direct, 1, Lanes::all(3.0));
        terms.add_via(ViaTerm::Rent, 0, 0, Lanes::all(5.0));
        terms.add_via(ViaTerm::Rent, 0, 0, Lanes::all(2.0));
        let found: Vec<(usize, f64)> = values
            .iter()
            .map(|lanes| lanes.0[0])
            .enumerate()
            .filter(|(_, value)| *value != 0.0)
            .collect();
        assert_eq!(
            found,
            [(2 * Term::Direct.row() + 1, 3.0), (2 * ViaTerm::Rent.row(0), 7.0)]
        );
    }
}
