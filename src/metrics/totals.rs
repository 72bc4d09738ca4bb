//! The terms of a period, added up over its months.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::accounts::Accounts;
use super::goods::Goods;
use super::term::{Term, unit_of_row};
use crate::math::simd::Lanes;
use crate::model::{Index, Unit};

/// Columns beside those of the goods: all of them in tonnes, and in dollars.
const ALL_GOODS: usize = 2;

/// The terms of a period, a lane for each draw: a row for each, a column for each good, and two for all goods, in
/// tonnes and in dollars.
#[derive(Clone, Debug)]
pub struct Totals {
    values: Vec<Lanes>,
    goods: usize,
}

impl Totals {
    /// Scratch space for the terms of a period.
    pub fn new(accounts: &Accounts) -> Self {
        let columns = accounts.commodities + ALL_GOODS;
        Self {
            values: vec![Lanes::ZERO; accounts.terms() * columns],
            goods: accounts.commodities,
        }
    }

    /// Adds up the terms of some months, each a row for each term and a column for each good.
    #[inline(always)]
    pub fn add_up<'a>(&mut self, months: impl Iterator<Item = &'a [Lanes]>, prices: &[f64]) {
        self.values.fill(Lanes::ZERO);
        let goods = self.goods;
        for month in months {
            let rows = self.values.chunks_exact_mut(goods + ALL_GOODS);
            for (totals, terms) in rows.zip(month.chunks_exact(goods)) {
                totals.iter_mut().zip(terms).for_each(|(total, term)| *total += *term);
            }
        }
        for (row, totals) in self.values.chunks_exact_mut(goods + ALL_GOODS).enumerate() {
            // Sums over goods come last, in the order of goods: the same digits whatever months were added.
            let (goods, all) = totals.split_at_mut(goods);
            let sum = goods.iter().fold(Lanes::ZERO, |sum, good| sum + *good);
            let dollars = |sum: Lanes, (good, price): (&Lanes, &f64)| sum + *good * Lanes::all(*price);
            all[0] = sum;
            all[1] = match unit_of_row(row) {
                Unit::Dollars => sum,
                Unit::Tonnes => goods.iter().zip(prices).fold(Lanes::ZERO, dollars),
            };
        }
    }

    /// A term as it is counted, for one good or all.
    #[inline(always)]
    pub fn of(&self, row: usize, goods: Goods) -> Lanes {
        let column = match goods {
            Goods::One(commodity) => commodity.row(),
            Goods::AllTonnes => self.goods,
            Goods::AllDollars => self.goods + 1,
        };
        self.values[row * (self.goods + ALL_GOODS) + column]
    }

    /// A term in dollars, for one good or all.
    #[inline(always)]
    pub fn dollars(&self, term: Term, goods: Goods, prices: &[f64]) -> Lanes {
        let value = self.of(term.row(), goods);
        match (goods, term.unit()) {
            (Goods::One(commodity), Unit::Tonnes) => value * Lanes::all(prices[commodity.row()]),
            _ => value,
        }
    }
}

/// How far restricted trade of a good is from the sum of what became of it, in either view, tonnes; `terms` are those
/// of a month, a row for each term and a column for each good.
pub fn accounting_gap(accounts: &Accounts, terms: &[Lanes], commodity: usize) -> Lanes {
    let value = |term: Term| terms[term.row() * accounts.commodities + commodity];
    let moved = value(Term::Restricted) - value(Term::Direct) - value(Term::Circumvented);
    let seller = moved - value(Term::DivertedSeller) - value(Term::DestroyedSeller);
    let buyer = moved - value(Term::DivertedBuyer) - value(Term::DestroyedBuyer);
    seller.abs().max(buyer.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::model;
    use crate::model::CommodityIndex;

    /// A month in which a term has one value for each of the three goods.
    fn month(accounts: &Accounts, term: Term, goods: [f64; 3]) -> Vec<Lanes> {
        let mut terms = vec![Lanes::ZERO; accounts.terms() * 3];
        for (column, tonnes) in goods.into_iter().enumerate() {
            terms[term.row() * 3 + column] = Lanes::all(tonnes);
        }
        terms
    }

    #[test]
    fn months_add_up_by_good_in_tonnes_and_in_dollars() {
        let accounts = Accounts::new(&model("").plan);
        let mut totals = Totals::new(&accounts);
        let months = [
            month(&accounts, Term::Circumvented, [1.0, 2.0, 0.0]),
            month(&accounts, Term::Circumvented, [10.0, 0.0, 5.0]),
        ];
        let prices = [100.0, 10.0, 1.0];
        // Sums of an earlier period do not stay.
        totals.add_up([months[0].as_slice()].into_iter(), &prices);
        totals.add_up(months.iter().map(Vec::as_slice), &prices);
        let row = Term::Circumvented.row();
        let goods = [0, 1, 2].map(|good| totals.of(row, Goods::One(CommodityIndex::new(good))).0[0]);
        assert_eq!(goods, [11.0, 2.0, 5.0]);
        assert_eq!(totals.of(row, Goods::AllTonnes).0, [18.0; 8]);
        assert_eq!(totals.of(row, Goods::AllDollars).0, [1125.0; 8]);
        let dollars = |goods| totals.dollars(Term::Circumvented, goods, &prices).0[0];
        assert_eq!(dollars(Goods::One(CommodityIndex::new(0))), 1100.0);
        assert_eq!(dollars(Goods::AllDollars), 1125.0);
    }

    #[test]
    fn a_term_in_dollars_meets_no_price() {
        let accounts = Accounts::new(&model("").plan);
        let mut totals = Totals::new(&accounts);
        let terms = month(&accounts, Term::RevenueLost, [1.0, 2.0, 3.0]);
        totals.add_up([terms.as_slice()].into_iter(), &[100.0; 3]);
        assert_eq!(totals.of(Term::RevenueLost.row(), Goods::AllDollars).0[0], 6.0);
        assert_eq!(
            totals.dollars(Term::RevenueLost, Goods::AllDollars, &[100.0; 3]).0[0],
            6.0
        );
    }

    #[test]
    fn the_books_of_a_month_that_lacks_a_tonne_show_it() {
        let accounts = Accounts::new(&model("").plan);
        let mut terms = month(&accounts, Term::Restricted, [10.0, 0.0, 0.0]);
        terms[Term::Direct.row() * 3] = Lanes::all(4.0);
        terms[Term::DivertedSeller.row() * 3] = Lanes::all(6.0);
        terms[Term::DestroyedBuyer.row() * 3] = Lanes::all(5.0);
        assert_eq!(accounting_gap(&accounts, &terms, 0).0[0], 1.0);
        assert_eq!(accounting_gap(&accounts, &terms, 1).0[0], 0.0);
    }
}
