//! PRIM, the patient rule induction method (Friedman and Fisher 1999): a box of inputs in which outcomes of interest gather.
//!
//! A box starts around all draws. Each peel takes off the twentieth of the draws, at the low or the high end of one input,
//! whose loss raises the share of interest most for each draw lost; then pastes give some back where that raises it. These
//! are the rules of the EMA Workbench with its defaults (`peel_alpha`, `paste_alpha` and `mass_min` of 0.05, objective
//! `lenient1`), so that the same draws give the same boxes there. One rule differs: a peel that would leave too few draws is
//! passed over, where the Workbench stops. A number with few values offers such peels at once. Each box on the way is kept: the choice between a wide box
//! and a dense one is the reader's. A limit is judged by its quasi-p-value (Bryant and Lempert 2010).

use std::ops::Range;

use crate::math::{exp, ln};

/// Share of draws that a peel takes off or a paste gives back.
const STEP: f64 = 0.05;
/// The least share of all draws that a box holds.
const LEAST_MASS: f64 = 0.05;

/// A limit of a box on an input.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limit {
    pub value: f64,
    /// How likely the box would be as dense by chance if it did not have this limit, for a binomial count; it says nothing of
    /// how many limits were tried.
    pub quasi_p: f64,
}

/// The limits of a box on one input.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BoxSide {
    pub input: usize,
    pub low: Option<Limit>,
    pub high: Option<Limit>,
}

/// A box, and what it holds.
#[derive(Clone, PartialEq, Debug)]
pub struct PrimBox {
    /// The inputs that it restricts.
    pub sides: Vec<BoxSide>,
    /// Draws in it.
    pub draws: usize,
    /// Draws of interest in it.
    pub hits: usize,
    /// Share of all draws of interest that lie in it.
    pub coverage: f64,
    /// Share of its draws that are of interest.
    pub density: f64,
    /// Share of all draws that lie in it.
    pub mass: f64,
}

/// The boxes of all peels and pastes in their order, the first around all draws. None if no draw or every draw is of
/// interest. `inputs` are columns of draws without missing values.
pub fn boxes(inputs: &[Vec<f64>], is_hit: &[bool]) -> Option<Vec<PrimBox>> {
    let hits = is_hit.iter().filter(|hit| **hit).count();
    if hits == 0 || hits == is_hit.len() {
        return None;
    }
    let mut search = Search::new(inputs, is_hit);
    let mut found = vec![search.describe(hits)];
    while search.peel() {
        found.push(search.describe(hits));
    }
    while search.paste() {
        found.push(search.describe(hits));
    }
    Some(found)
}

/// The box with the largest harmonic mean of coverage and density, the first of equal ones; none of none.
pub fn balanced(boxes: &[PrimBox]) -> Option<usize> {
    let score = |each: &PrimBox| 2.0 * each.coverage * each.density / (each.coverage + each.density);
    let mut best: Option<(usize, f64)> = None;
    for (place, each) in boxes.iter().enumerate() {
        if best.is_none_or(|(_, known)| score(each) > known) {
            best = Some((place, score(each)));
        }
    }
    best.map(|(place, _)| place)
}

/// Which end of an input a limit holds back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

/// The box at hand.
struct Search<'a> {
    inputs: &'a [Vec<f64>],
    is_hit: &'a [bool],
    /// By input, all draws in the order of their values.
    orders: Vec<Vec<u32>>,
    /// By input.
    widest: Vec<(f64, f64)>,
    limits: Vec<(f64, f64)>,
    /// By draw, whether it lies in the box.
    holds: Vec<bool>,
    count: usize,
    hits: usize,
}

/// A change of one limit, and what the box then holds.
#[derive(Clone, Copy)]
struct Move {
    input: usize,
    limits: (f64, f64),
    count: usize,
    hits: usize,
    gain: f64,
    /// Inputs that the box then restricts: of equal gains the fewest.
    restricted: usize,
}

impl<'a> Search<'a> {
    fn new(inputs: &'a [Vec<f64>], is_hit: &'a [bool]) -> Self {
        let order = |values: &Vec<f64>| {
            let mut order: Vec<u32> = (0..values.len() as u32).collect();
            order.sort_by(|one, other| values[*one as usize].total_cmp(&values[*other as usize]));
            order
        };
        let orders: Vec<Vec<u32>> = inputs.iter().map(order).collect();
        let ends = |(values, order): (&Vec<f64>, &Vec<u32>)| {
            let at = |draw: Option<&u32>| draw.map_or(0.0, |draw| values[*draw as usize]);
            (at(order.first()), at(order.last()))
        };
        let widest: Vec<(f64, f64)> = inputs.iter().zip(&orders).map(ends).collect();
        Self {
            inputs,
            is_hit,
            orders,
            limits: widest.clone(),
            widest,
            holds: vec![true; is_hit.len()],
            count: is_hit.len(),
            hits: is_hit.iter().filter(|hit| **hit).count(),
        }
    }

    fn is_restricted(&self, input: usize) -> bool {
        self.limits[input] != self.widest[input]
    }

    /// Takes the best peel; false if none makes the box better.
    fn peel(&mut self) -> bool {
        let mut best: Option<Move> = None;
        let mut values = Vec::with_capacity(self.count);
        for input in 0..self.inputs.len() {
            let within = self.orders[input].iter().filter(|draw| self.holds[**draw as usize]);
            values.clear();
            values.extend(within.map(|draw| self.inputs[input][*draw as usize]));
            for end in [End::High, End::Low] {
                let (low, high) = self.limits[input];
                let limits = match end {
                    End::High => (low, quantile(&values, 1.0 - STEP)),
                    End::Low => (quantile(&values, STEP), high),
                };
                let held = self.holds.iter().enumerate().filter(|(_, held)| **held);
                let kept = held.filter(|(draw, _)| within_limits(self.inputs[input][*draw], limits));
                self.consider(input, limits, kept.map(|(draw, _)| draw), 0..self.count, &mut best);
            }
        }
        self.take(best)
    }

    /// Takes the best paste; false if none makes the box better.
    fn paste(&mut self) -> bool {
        let mut best: Option<Move> = None;
        for input in (0..self.inputs.len()).filter(|input| self.is_restricted(*input)) {
            let beside = self.beside(input);
            for end in [End::Low, End::High] {
                let ((low, high), (lowest, highest)) = (self.limits[input], self.widest[input]);
                let slab = match end {
                    End::Low => (lowest, low),
                    End::High => (high, highest),
                };
                let mut values: Vec<f64> = beside.iter().map(|draw| self.inputs[input][*draw]).collect();
                values.retain(|value| within_limits(*value, slab));
                values.sort_by(f64::total_cmp);
                let limits = match (end, values.is_empty()) {
                    (End::Low, true) => (lowest, high),
                    (End::Low, false) => (quantile(&values, 1.0 - STEP), high),
                    (End::High, true) => (low, highest),
                    (End::High, false) => (low, quantile(&values, STEP)),
                };
                let kept = beside.iter().copied();
                let kept = kept.filter(|draw| within_limits(self.inputs[input][*draw], limits));
                self.consider(input, limits, kept, self.count + 1..self.is_hit.len() + 1, &mut best);
            }
        }
        self.take(best)
    }

    /// Keeps a change if it leaves enough draws, as many as `allowed`, and is better than the best.
    fn consider(
        &self,
        input: usize,
        limits: (f64, f64),
        kept: impl Iterator<Item = usize>,
        allowed: Range<usize>,
        best: &mut Option<Move>,
    ) {
        let (count, hits) = kept.fold((0, 0), |(count, hits), draw| {
            (count + 1, hits + usize::from(self.is_hit[draw]))
        });
        let is_enough = count as f64 / self.is_hit.len() as f64 >= LEAST_MASS;
        if !is_enough || !allowed.contains(&count) {
            return;
        }
        let change = hits as f64 / count as f64 - self.hits as f64 / self.count as f64;
        let moved = self.count.abs_diff(count) as f64;
        let others = (0..self.inputs.len()).filter(|other| *other != input && self.is_restricted(*other));
        let found = Move {
            input,
            limits,
            count,
            hits,
            gain: change / moved,
            restricted: others.count() + usize::from(limits != self.widest[input]),
        };
        let is_better = |known: &Move| (found.gain, known.restricted) > (known.gain, found.restricted);
        if best.as_ref().is_none_or(is_better) {
            *best = Some(found);
        }
    }

    fn take(&mut self, found: Option<Move>) -> bool {
        let Some(found) = found.filter(|found| found.gain > 0.0) else {
            return false;
        };
        self.limits[found.input] = found.limits;
        (self.count, self.hits) = (found.count, found.hits);
        self.holds.fill(false);
        for draw in self.beside(found.input) {
            self.holds[draw] = within_limits(self.inputs[found.input][draw], found.limits);
        }
        true
    }

    /// The draws that only one input may keep out of the box.
    fn beside(&self, left_out: usize) -> Vec<usize> {
        let others: Vec<usize> = (0..self.inputs.len())
            .filter(|input| *input != left_out && self.is_restricted(*input))
            .collect();
        let fits = |draw: usize| {
            let mut others = others.iter();
            others.all(|input| within_limits(self.inputs[*input][draw], self.limits[*input]))
        };
        (0..self.is_hit.len()).filter(|draw| fits(*draw)).collect()
    }

    fn describe(&self, all_hits: usize) -> PrimBox {
        let side = |input: usize| {
            let ((low, high), (lowest, highest)) = (self.limits[input], self.widest[input]);
            let limit = |value: f64, without: (f64, f64)| Limit {
                value,
                quasi_p: self.quasi_p(input, without),
            };
            BoxSide {
                input,
                low: (low != lowest).then(|| limit(low, (lowest, high))),
                high: (high != highest).then(|| limit(high, (low, highest))),
            }
        };
        PrimBox {
            sides: (0..self.inputs.len())
                .filter(|input| self.is_restricted(*input))
                .map(side)
                .collect(),
            draws: self.count,
            hits: self.hits,
            coverage: self.hits as f64 / all_hits as f64,
            density: self.hits as f64 / self.count as f64,
            mass: self.count as f64 / self.is_hit.len() as f64,
        }
    }

    /// The chance of as many hits or more among the draws of the box, at the density of the box with other limits on an
    /// input.
    fn quasi_p(&self, input: usize, limits: (f64, f64)) -> f64 {
        let beside = self.beside(input).into_iter();
        let wider = beside.filter(|draw| within_limits(self.inputs[input][*draw], limits));
        let (count, hits) = wider.fold((0_usize, 0_usize), |(count, hits), draw| {
            (count + 1, hits + usize::from(self.is_hit[draw]))
        });
        binomial_tail(self.count, self.hits, hits as f64 / count as f64)
    }
}

fn within_limits(value: f64, (low, high): (f64, f64)) -> bool {
    low <= value && value <= high
}

/// The middle between the two values around a quantile of sorted values, at least one. Where they are equal the next other
/// value inwards takes the place of one, so that a peel takes all equal values off.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = last as f64 * share;
    let (mut below, mut above) = (place.floor() as usize, place.ceil() as usize);
    if share > 0.5 {
        while sorted[below] == sorted[above] && below > 0 {
            below -= 1;
        }
    } else {
        while sorted[below] == sorted[above] && above < last {
            above += 1;
        }
    }
    f64::midpoint(sorted[below], sorted[above])
}

/// The probability of at least `hits` successes in so many trials.
fn binomial_tail(trials: usize, hits: usize, probability: f64) -> f64 {
    if hits == 0 || probability >= 1.0 {
        return 1.0;
    }
    if probability <= 0.0 {
        return 0.0;
    }
    let choose = libm::lgamma(trials as f64 + 1.0)
        - libm::lgamma(hits as f64 + 1.0)
        - libm::lgamma((trials - hits) as f64 + 1.0);
    let mut mass = exp(choose + hits as f64 * ln(probability) + (trials - hits) as f64 * ln(1.0 - probability));
    let odds = probability / (1.0 - probability);
    let mut sum = 0.0;
    for successes in hits..=trials {
        sum += mass;
        mass *= odds * (trials - successes) as f64 / (successes + 1) as f64;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn columns(count: u64, draws: usize) -> Vec<Vec<f64>> {
        let stream = Stream::new(4, "test", "columns");
        let column = |number| {
            let mut values = vec![0.0; draws];
            stream.fill(number, &mut values);
            values
        };
        (0..count).map(column).collect()
    }

    #[test]
    fn a_corner_of_two_inputs_is_found_and_the_others_are_left_alone() {
        let inputs = columns(6, 2_000);
        let is_hit: Vec<bool> = (0..2_000)
            .map(|draw| inputs[1][draw] > 0.6 && inputs[4][draw] < 0.5)
            .collect();
        let found = boxes(&inputs, &is_hit).unwrap();
        let best = &found[balanced(&found).unwrap()];
        assert!(best.coverage > 0.9 && best.density > 0.9, "{best:?}");
        let sides: Vec<usize> = best.sides.iter().map(|side| side.input).collect();
        assert_eq!(sides, [1, 4], "{best:?}");
        let (low, high) = (best.sides[0].low.unwrap(), best.sides[1].high.unwrap());
        assert!(
            (low.value - 0.6).abs() < 0.03 && (high.value - 0.5).abs() < 0.03,
            "{best:?}"
        );
        assert!(low.quasi_p < 1e-20 && high.quasi_p < 1e-20 && best.sides[0].high.is_none());
    }

    #[test]
    fn the_first_box_holds_all_draws_and_none_is_below_the_least_mass() {
        let mut inputs = columns(4, 300);
        let noise = inputs.pop().unwrap();
        let is_hit: Vec<bool> = noise.iter().map(|value| *value > 0.7).collect();
        let found = boxes(&inputs, &is_hit).unwrap();
        assert_eq!((found[0].mass, found[0].coverage, found[0].sides.len()), (1.0, 1.0, 0));
        assert!(found.iter().all(|each| each.mass >= LEAST_MASS));
    }

    #[test]
    fn without_a_difference_there_is_no_box() {
        let inputs = columns(1, 30);
        assert_eq!(boxes(&inputs, &[false; 30]), None);
        assert_eq!(boxes(&inputs, &[true; 30]), None);
        assert_eq!(balanced(&[]), None);
    }

    #[test]
    fn equal_values_are_peeled_together() {
        assert_eq!(quantile(&[0.0, 0.0, 0.0, 1.0], 0.05), 0.5);
        assert_eq!(quantile(&[0.0, 1.0, 1.0, 1.0], 0.95), 0.5);
        assert_eq!(quantile(&[2.0], 0.05), 2.0);
        let inputs = vec![(0..100).map(|draw| f64::from(draw % 2)).collect::<Vec<f64>>()];
        let is_hit: Vec<bool> = inputs[0].iter().map(|value| *value == 1.0).collect();
        let found = boxes(&inputs, &is_hit).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].coverage, found[1].density), (1.0, 1.0));
    }

    #[test]
    fn a_peel_that_leaves_too_few_draws_does_not_end_the_search() {
        let mut inputs = columns(2, 400);
        // Three draws stand apart from all others in one number, and are hits.
        inputs[1] = (0..400).map(|draw| f64::from(draw < 3)).collect();
        let is_hit: Vec<bool> = (0..400).map(|draw| draw < 3 || inputs[0][draw] > 0.7).collect();
        let found = boxes(&inputs, &is_hit).unwrap();
        assert!(
            found.last().unwrap().density > 0.95 && found.len() > 15,
            "{}",
            found.len()
        );
    }

    #[test]
    fn tails_are_those_of_the_binomial_distribution() {
        // Two or three heads of three: 4 of 8.
        assert!((binomial_tail(3, 2, 0.5) - 0.5).abs() < 1e-12);
        assert!((binomial_tail(5, 5, 0.2) - 0.000_32).abs() < 1e-12);
        assert_eq!(binomial_tail(5, 0, 0.2), 1.0);
        assert_eq!(binomial_tail(5, 2, 1.0), 1.0);
        assert_eq!(binomial_tail(5, 2, 0.0), 0.0);
    }
}
