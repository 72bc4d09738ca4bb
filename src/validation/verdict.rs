//! Simulated facts beside published ones.

use super::simulate::Simulated;
use super::statistic::evaluate;
use crate::model::{Fact, Facts, Published};
use crate::observation::Records;
use crate::scenario::Scenario;
use crate::statistics::Summary;

/// Where the middle 90% of draws lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactVerdict {
    /// It holds the published number, or meets the published range.
    Inside,
    /// All of it lies below.
    Lower,
    /// All of it lies above.
    Higher,
    /// Nowhere, because the number exists in no draw.
    Nowhere,
}

impl FactVerdict {
    fn new(simulated: &Summary, published: Published) -> Self {
        match (simulated.p05, simulated.p95) {
            (_, Some(p95)) if is_below(p95, published.low) => Self::Lower,
            (Some(p05), _) if is_below(published.high, p05) => Self::Higher,
            (Some(_), Some(_)) => Self::Inside,
            _ => Self::Nowhere,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Lower => "simulated lower",
            Self::Higher => "simulated higher",
            Self::Nowhere => "in no draw",
        }
    }
}

/// Whether a number is below another by more than rounding: published numbers have fewer than ten digits.
fn is_below(one: f64, other: f64) -> bool {
    const ROUNDING: f64 = 1e-10;
    other - one > ROUNDING * one.abs().max(other.abs())
}

/// A fact with its simulated and recomputed values.
#[derive(Clone, Debug)]
pub struct Judged {
    pub simulated: Summary,
    /// In how many draws it exists.
    pub draws: u64,
    /// The same definition over the world's observations, where they cover it.
    pub recomputed: Option<f64>,
    pub verdict: FactVerdict,
}

/// An order of facts with its simulated medians.
#[derive(Clone, Debug)]
pub struct HeldOrder {
    /// Medians of its facts, in its order.
    pub medians: Vec<Option<f64>>,
    /// Whether they fall from each to the next.
    pub holds: bool,
}

/// A simulation beside facts.
#[derive(Debug)]
pub struct Validation<'f> {
    pub scenario: &'f Scenario,
    pub facts: &'f Facts,
    pub simulated: Simulated,
    pub records: Records,
    /// In the order of the facts.
    pub judged: Vec<Judged>,
    /// In the order of the orders.
    pub orders: Vec<HeldOrder>,
}

impl<'f> Validation<'f> {
    /// Judges every fact and order.
    pub fn new(scenario: &'f Scenario, facts: &'f Facts, simulated: Simulated) -> Self {
        let records = Records::new(&scenario.world, &facts.series);
        let judge = |(place, fact): (usize, &Fact)| {
            let summary = simulated.fact(place);
            Judged {
                simulated: summary,
                draws: simulated.draws(place),
                recomputed: evaluate(&fact.statistic.of_observations(), &records),
                verdict: FactVerdict::new(&summary, fact.published),
            }
        };
        let judged: Vec<Judged> = facts.facts.iter().enumerate().map(judge).collect();
        let orders = facts
            .orders
            .iter()
            .map(|order| hold(order.facts.iter().map(|&fact| judged[fact].simulated.p50).collect()))
            .collect();
        Self {
            scenario,
            facts,
            simulated,
            records,
            judged,
            orders,
        }
    }

    /// How many facts lie inside.
    pub fn inside(&self) -> usize {
        let inside = |judged: &&Judged| judged.verdict == FactVerdict::Inside;
        self.judged.iter().filter(inside).count()
    }

    /// Ids of the facts that are missed, and of the orders that do not hold, without a note that says why.
    pub fn unexplained(&self) -> Vec<&str> {
        let facts = self.facts.facts.iter().zip(&self.judged);
        let missed = facts.filter(|(fact, judged)| judged.verdict != FactVerdict::Inside && fact.note.is_none());
        let orders = self.facts.orders.iter().zip(&self.orders);
        let broken = orders.filter(|(order, held)| !held.holds && order.note.is_none());
        let missed = missed.map(|(fact, _)| fact.id.as_str());
        missed.chain(broken.map(|(order, _)| order.id.as_str())).collect()
    }
}

fn hold(medians: Vec<Option<f64>>) -> HeldOrder {
    // A fact without a median breaks the order: it cannot be shown to hold.
    let falls = |pair: &[Option<f64>]| matches!(pair, [Some(one), Some(next)] if is_below(*next, *one));
    HeldOrder {
        holds: medians.windows(2).all(falls),
        medians,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_a_number_or_meets_a_range() {
        let summary = Summary {
            p05: Some(2.0),
            p95: Some(4.0),
            ..Summary::default()
        };
        let verdict = |low, high| FactVerdict::new(&summary, Published { low, high });
        assert_eq!(verdict(4.0, 4.0), FactVerdict::Inside);
        assert_eq!(verdict(1.0, 2.5), FactVerdict::Inside);
        assert_eq!(verdict(4.5, 4.5), FactVerdict::Lower);
        assert_eq!(verdict(1.0, 1.9), FactVerdict::Higher);
        // An ulp is no difference.
        assert_eq!(verdict(4.0_f64.next_up(), 5.0), FactVerdict::Inside);
        assert_eq!(verdict(1.0, 2.0_f64.next_down()), FactVerdict::Inside);
        assert_eq!(verdict(f64::NEG_INFINITY, 2.5), FactVerdict::Inside);
        assert_eq!(verdict(3.5, f64::INFINITY), FactVerdict::Inside);
        let nothing = FactVerdict::new(&Summary::default(), Published { low: 0.0, high: 1.0 });
        assert_eq!(nothing, FactVerdict::Nowhere);
    }

    #[test]
    fn an_order_falls_at_every_step() {
        let holds = |medians: &[f64]| hold(medians.iter().copied().map(Some).collect()).holds;
        assert!(holds(&[3.0, 2.0, 1.0]));
        assert!(!holds(&[3.0, 2.0, 2.0]));
        assert!(!holds(&[3.0, 2.0_f64.next_up(), 2.0]));
        assert!(!hold(vec![Some(3.0), None]).holds);
    }
}
