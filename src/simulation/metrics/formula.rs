//! Metrics as formulas of the terms of a period.

use ndarray::{Array2, ArrayView2, Axis, s};

use super::accounts::Accounts;
use super::term::{Measured, Term, ViaTerm};

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
    Ratio { above: Balance, below: Balance },
}

/// Terms added up less others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Balance {
    plus: &'static [Term],
    minus: &'static [Term],
}

impl Formula {
    /// How a sum is counted; none for a ratio.
    pub fn measured(self) -> Option<Measured> {
        match self {
            Self::Sum(term) => Some(term.measured()),
            Self::SumVia(term, _) => Some(term.measured()),
            Self::Ratio { .. } => None,
        }
    }
}

/// The fall of restricted pairs' direct trade below the baseline month.
const DIRECT_FALL: Balance = less(&[Term::BaselineDirect], &[Term::Direct]);

/// The metric of what targets lose.
pub const TARGET_LOSS: &str = "target_loss";
/// The metric of what bystanders lose.
pub const GENUINE_TRADE_LOST: &str = "genuine_trade_lost";

/// The metrics by name, without those by intermediary.
pub const METRICS: [Metric; 27] = [
    sum("restricted", Term::Restricted),
    sum("direct", Term::Direct),
    sum("circumvented", Term::Circumvented),
    sum("diverted_seller", Term::DivertedSeller),
    sum("destroyed_seller", Term::DestroyedSeller),
    sum("diverted_buyer", Term::DivertedBuyer),
    sum("destroyed_buyer", Term::DestroyedBuyer),
    sum("tariffed", Term::Tariffed),
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

const fn ratio(name: &'static str, above: Balance, below: Balance) -> Metric {
    Metric {
        name,
        formula: Formula::Ratio { above, below },
    }
}

const fn plus(plus: &'static [Term]) -> Balance {
    Balance { plus, minus: &[] }
}

const fn less(plus: &'static [Term], minus: &'static [Term]) -> Balance {
    Balance { plus, minus }
}

/// The metrics by one intermediary.
pub fn metrics_via(via: usize) -> [Metric; 3] {
    let sum = |name, term| Metric {
        name,
        formula: Formula::SumVia(term, via),
    };
    [
        sum("circumvented", ViaTerm::Circumvented),
        sum("mirror_gap", ViaTerm::MirrorGap),
        sum("intermediary_rent", ViaTerm::Rent),
    ]
}

/// A good, or all of them in tonnes or in dollars.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goods {
    One(usize),
    AllTonnes,
    AllDollars,
}

/// The terms of a period: a row for each, a column for each good, and two for all goods, in tonnes and in dollars.
#[derive(Clone, Debug)]
pub struct Totals {
    totals: Array2<f64>,
    goods: usize,
}

impl Totals {
    /// Room for the terms of a period.
    pub fn new(accounts: &Accounts) -> Self {
        Self {
            totals: Array2::zeros((accounts.terms(), accounts.commodities + 2)),
            goods: accounts.commodities,
        }
    }

    /// Empties all terms.
    pub fn clear(&mut self) {
        self.totals.fill(0.0);
    }

    /// Adds the terms of a month: a row for each, a column for each good.
    pub fn add(&mut self, terms: ArrayView2<'_, f64>) {
        let mut goods = self.totals.slice_mut(s![.., ..self.goods]);
        goods += &terms;
    }

    /// Adds up the goods.
    pub fn add_goods(&mut self, prices: &[f64]) {
        for (row, mut total) in self.totals.rows_mut().into_iter().enumerate() {
            let (goods, mut all) = total.view_mut().split_at(Axis(0), self.goods);
            let sum = goods.iter().fold(0.0, |sum, good| sum + good);
            let dollars = |sum: f64, (good, price): (&f64, &f64)| sum + good * price;
            all[0] = sum;
            all[1] = match measured(row) {
                Measured::Dollars => sum,
                Measured::Tonnes => goods.iter().zip(prices).fold(0.0, dollars),
            };
        }
    }

    fn of(&self, row: usize, goods: Goods) -> f64 {
        let column = match goods {
            Goods::One(commodity) => commodity,
            Goods::AllTonnes => self.goods,
            Goods::AllDollars => self.goods + 1,
        };
        self.totals[[row, column]]
    }

    /// A term in dollars, for one good or all.
    fn dollars(&self, term: Term, goods: Goods, prices: &[f64]) -> f64 {
        let value = self.of(term.row(), goods);
        match (goods, term.measured()) {
            (Goods::One(commodity), Measured::Tonnes) => value * prices[commodity],
            _ => value,
        }
    }
}

/// How the term in a row is counted.
fn measured(row: usize) -> Measured {
    match row.checked_sub(Term::COUNT) {
        Some(place) => ViaTerm::measured_at(place),
        None => Term::measured_at(row),
    }
}

impl Accounts {
    /// The value of a metric over a period whose goods have been added up; not a number where it does not exist.
    pub fn evaluate(&self, metric: Metric, goods: Goods, totals: &Totals, prices: &[f64]) -> f64 {
        match metric.formula {
            Formula::Sum(term) if !self.has_view(term, goods) => f64::NAN,
            Formula::Sum(term) => totals.of(term.row(), goods),
            Formula::SumVia(term, via) => totals.of(term.row(via), goods),
            Formula::Ratio { above, below } => {
                let value = |term: &Term| totals.dollars(*term, goods, prices);
                let sum = |list: &[Term]| list.iter().fold(0.0, |sum, term| sum + value(term));
                let scale = sum(below.plus);
                let denominator = scale - sum(below.minus);
                // The companion and the scenario are solved to a tolerance: a denominator within it is no trade.
                if denominator > 1e-9 * scale.abs() {
                    (sum(above.plus) - sum(above.minus)) / denominator
                } else {
                    f64::NAN
                }
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
            Goods::One(commodity) => views[commodity],
            Goods::AllTonnes | Goods::AllDollars => views.iter().all(|has_view| *has_view),
        }
    }
}
