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
