//! Metrics as formulas of the terms of a period.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::accounts::Accounts;
use super::goods::Goods;
use super::term::{Term, ViaTerm};
use super::totals::Totals;
use crate::math::simd::Lanes;
use crate::model::{Index, Unit};

/// A metric and how it is made of terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub formula: Formula,
}

/// How a metric follows from the terms of a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Formula {
    /// A term, added up over the period.
    Sum(Term),
    /// An intermediary's term, added up over the period; with the intermediary's place.
    SumVia(ViaTerm, usize),
    /// A quotient of dollars, where the denominator is positive.
    Ratio { above: SignedSum, below: SignedSum },
}

/// Terms added up less others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignedSum {
    plus: &'static [Term],
    minus: &'static [Term],
}

impl Formula {
    /// The unit of a sum; none for a ratio.
    pub fn unit(self) -> Option<Unit> {
        match self {
            Self::Sum(term) => Some(term.unit()),
            Self::SumVia(term, _) => Some(term.unit()),
            Self::Ratio { .. } => None,
        }
    }
}

/// The fall of restricted pairs' direct trade below the baseline month.
const DIRECT_FALL: SignedSum = less(&[Term::BaselineDirect], &[Term::Direct]);

/// The metric of the trade that measures restrict.
pub const RESTRICTED: &str = "restricted";
/// The metric of what targets lose.
pub const TARGET_LOSS: &str = "target_loss";
/// The metric of what bystanders lose.
pub const GENUINE_TRADE_LOST: &str = "genuine_trade_lost";

/// The metrics by name, without those by intermediary.
pub const METRICS: [Metric; 30] = [
    sum(RESTRICTED, Term::Restricted),
    sum("direct", Term::Direct),
    sum("circumvented", Term::Circumvented),
    sum("diverted_seller", Term::DivertedSeller),
    sum("destroyed_seller", Term::DestroyedSeller),
    sum("diverted_buyer", Term::DivertedBuyer),
    sum("destroyed_buyer", Term::DestroyedBuyer),
    sum("tariffed", Term::Tariffed),
    sum("bypassed", Term::Bypassed),
    ratio(
        "circumvention_rate",
        plus(&[Term::Circumvented]),
        less(&[Term::Restricted], &[Term::Direct]),
    ),
    ratio("offset_gross", plus(&[Term::RecordedRise]), DIRECT_FALL),
    ratio("offset_net", plus(&[Term::RecordedCircumvented]), DIRECT_FALL),
    // 1 - (fall of purchases) / (fall of direct trade).
    ratio(
        "offset_all_source",
        less(&[Term::BaselineDirect], &[Term::Direct, Term::PurchasesFall]),
        DIRECT_FALL,
    ),
    ratio("price_rise", plus(&[Term::PriceGain]), plus(&[Term::PriceBase])),
    ratio("markup", plus(&[Term::MarkupPaid]), plus(&[Term::Circumvented])),
    sum("intermediary_rent", Term::IntermediaryRent),
    sum("port_rent", Term::PortRent),
    sum("permit_rent", Term::PermitRent),
    sum("passage_rent", Term::PassageRent),
    sum("seller_rent", Term::SellerRent),
    sum("freight_paid", Term::FreightPaid),
    sum("friction_paid", Term::FrictionPaid),
    sum("seized", Term::Seized),
    sum("mirror_gap", Term::MirrorGap),
    ratio("ghost_share", plus(&[Term::MirrorGap]), plus(&[Term::RecordedHidden])),
    sum("revenue_lost", Term::RevenueLost),
    sum(TARGET_LOSS, Term::TargetLoss),
    sum("coalition_revenue_lost", Term::CoalitionRevenueLost),
    sum("coalition_trade_lost", Term::CoalitionLost),
    sum(GENUINE_TRADE_LOST, Term::GenuineLost),
];

const fn sum(name: &'static str, term: Term) -> Metric {
    Metric {
        name,
        formula: Formula::Sum(term),
    }
}

const fn ratio(name: &'static str, above: SignedSum, below: SignedSum) -> Metric {
    Metric {
        name,
        formula: Formula::Ratio { above, below },
    }
}

const fn plus(plus: &'static [Term]) -> SignedSum {
    SignedSum { plus, minus: &[] }
}

const fn less(plus: &'static [Term], minus: &'static [Term]) -> SignedSum {
    SignedSum { plus, minus }
}

/// The metrics by one intermediary.
pub fn metrics_via(via: usize) -> [Metric; 4] {
    let sum = |name, term| Metric {
        name,
        formula: Formula::SumVia(term, via),
    };
    [
        sum("circumvented", ViaTerm::Circumvented),
        sum("bypassed", ViaTerm::Bypassed),
        sum("mirror_gap", ViaTerm::MirrorGap),
        sum("intermediary_rent", ViaTerm::Rent),
    ]
}

impl Accounts {
    /// The value of a metric over a period whose goods have been added up; not a number where it does not exist.
    #[inline(always)]
    pub fn evaluate(&self, metric: Metric, goods: Goods, totals: &Totals, prices: &[f64]) -> Lanes {
        match metric.formula {
            // Without a rest of the world nothing can be told of diversion: an empty cell, not zero.
            Formula::Sum(term) if !self.has_view(term, goods) => Lanes::all(f64::NAN),
            Formula::Sum(term) => totals.of(term.row(), goods),
            Formula::SumVia(term, via) => totals.of(term.row(via), goods),
            Formula::Ratio { above, below } => {
                let value = |term: &Term| totals.dollars(*term, goods, prices);
                let sum = |list: &[Term]| list.iter().fold(Lanes::ZERO, |sum, term| sum + value(term));
                let scale = sum(below.plus);
                let denominator = scale - sum(below.minus);
                // The counterfactual and the scenario are solved to a tolerance: a denominator within it is no trade.
                let exists = (Lanes::all(1e-9) * scale.abs()).below(denominator);
                if !exists.any() {
                    return Lanes::all(f64::NAN);
                }
                let ratio = (sum(above.plus) - sum(above.minus)) / denominator;
                exists.select(ratio, Lanes::all(f64::NAN))
            }
        }
    }

    fn has_view(&self, term: Term, goods: Goods) -> bool {
        let views = match term {
            Term::DivertedSeller | Term::DestroyedSeller => &self.seller_view,
            Term::DivertedBuyer | Term::DestroyedBuyer => &self.buyer_view,
            _ => return true,
        };
        match goods {
            Goods::One(commodity) => views[commodity.row()],
            Goods::AllTonnes | Goods::AllDollars => views.iter().all(|has_view| *has_view),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::model;

    /// A metric of all goods in dollars, given some terms of the first good in tonnes or dollars; goods cost 200 USD/t.
    fn metric(name: &str, terms: &[(Term, f64)]) -> f64 {
        let accounts = Accounts::new(&model("").plan);
        let mut month = vec![Lanes::ZERO; accounts.of_month()];
        for (term, value) in terms {
            month[term.row() * accounts.commodities] = Lanes::all(*value);
        }
        let prices = vec![200.0; accounts.commodities];
        let mut totals = Totals::new(&accounts);
        totals.add_up([month.as_slice()].into_iter(), &prices);
        let metric = METRICS.into_iter().find(|metric| metric.name == name).unwrap();
        accounts.evaluate(metric, Goods::AllDollars, &totals, &prices).0[0]
    }

    #[test]
    fn shares_are_quotients_of_sums() {
        let fallen = [
            (Term::Restricted, 100.0),
            (Term::Direct, 40.0),
            (Term::BaselineDirect, 90.0),
        ];
        let with = |more: &[(Term, f64)]| [&fallen, more].concat();
        let rate = metric("circumvention_rate", &with(&[(Term::Circumvented, 15.0)]));
        assert_eq!(rate, 0.25);
        assert_eq!(metric("offset_gross", &with(&[(Term::RecordedRise, 20.0)])), 0.4);
        // Purchases fell by 30 t where direct trade fell by 50 t.
        assert_eq!(metric("offset_all_source", &with(&[(Term::PurchasesFall, 30.0)])), 0.4);
        // Dollars over tonnes at 200 USD/t.
        let paid = metric("markup", &[(Term::MarkupPaid, 600.0), (Term::Circumvented, 15.0)]);
        assert_eq!(paid, 0.2);
        assert_eq!(metric("restricted", &fallen), 20_000.0);
        assert_eq!(metric("target_loss", &[(Term::TargetLoss, 70.0)]), 70.0);
    }

    #[test]
    fn a_share_of_nothing_does_not_exist() {
        let terms = [
            (Term::Restricted, 100.0),
            (Term::Direct, 100.0),
            (Term::Circumvented, 1.0),
        ];
        assert!(metric("circumvention_rate", &terms).is_nan());
        // Nor one of less than rounding leaves.
        let terms = [
            (Term::Restricted, 100.0),
            (Term::Direct, 100.0 - 1e-8),
            (Term::Circumvented, 1.0),
        ];
        assert!(metric("circumvention_rate", &terms).is_nan());
        assert!(metric("ghost_share", &[(Term::MirrorGap, 1.0)]).is_nan());
    }
}
