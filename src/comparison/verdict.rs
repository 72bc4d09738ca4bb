//! Verdicts on differences. Two questions are kept apart: whether chance explains a *mean* difference, which more draws would
//! settle; and whether the draws agree on the *order* of two scenarios, which follows from the priors and no number of
//! draws settles.

use super::difference::Difference;
use crate::random::{standard_normal_quantile, student_two_tails};

/// The probability with which chance alone makes any row of a table lower, higher or equivalent.
pub const FAMILY_ERROR: f64 = 0.05;

/// The share of draws in which a scenario must lie below (or above) another for the order to be settled.
pub const SETTLED: f64 = 0.95;

/// The probability with which the draws that a verdict is said to take are enough, if the mean seen is the true one.
const POWER: f64 = 0.8;

/// More draws than this nobody simulates: such a difference is as good as none.
const MOST_DRAWS: f64 = 1e9;

/// The verdict on a mean difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Not a single draw differs.
    Identical,
    /// The true mean difference is smaller than the margin, or no draw differs by more than the solver's tolerance.
    Equivalent,
    Lower,
    Higher,
    /// Chance may explain the difference.
    CannotTell {
        /// The draws with which a difference as large as the one seen would be told in four of five runs; none if no
        /// number would do.
        draws_needed: Option<u64>,
    },
}

impl Verdict {
    /// The verdict as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Equivalent => "equivalent",
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::CannotTell { .. } => "cannot tell",
        }
    }
}

/// Whether the priors settle the order of a scenario and the reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PriorOrder {
    /// The scenario lies below the reference in 95% of draws or more.
    Lower,
    /// It lies above in as many.
    Higher,
    /// The same in every draw, up to the tolerance of the solver.
    Same,
    /// Neither.
    Open,
}

impl PriorOrder {
    /// The order as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Same => "same",
            Self::Open => "open",
        }
    }

    /// The order that a paired difference shows.
    pub(super) fn of(difference: &Difference) -> Option<Self> {
        let (quantiles, below) = (difference.quantiles?, difference.probability_below_zero?);
        Some(if difference.is_identical || difference.is_noise() {
            Self::Same
        } else if below >= SETTLED {
            Self::Lower
        } else if quantiles.p05 > 0.0 {
            // Fewer than the twentieth part of the draws lie at zero or below it: how many lie at zero is not kept.
            Self::Higher
        } else {
            Self::Open
        })
    }
}

/// The largest difference that does not matter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Margin {
    /// In the unit of the metric.
    Amount(f64),
    /// A share of the reference's mean.
    OfReference(f64),
}

impl Margin {
    /// The margin in the unit of a metric of which the reference has this mean.
    pub fn amount(self, reference: f64) -> f64 {
        match self {
            Self::Amount(amount) => amount,
            Self::OfReference(share) => share * reference.abs(),
        }
    }
}

/// A difference to be judged together with the others of its table.
#[derive(Clone, Copy, Debug)]
pub(super) struct JudgedDifference<'a> {
    pub difference: &'a Difference,
    /// Differences below it do not matter; zero if every difference does.
    pub margin: f64,
}

/// The verdicts on the rows of one table, with Holm's correction over all of them (Holm 1979): the probability that chance
/// makes any of them lower or higher is at most [`FAMILY_ERROR`], and likewise that any is called equivalent.
pub(super) fn judge(rows: &[JudgedDifference<'_>]) -> Vec<Verdict> {
    // What the tolerance of the solver explains in every draw is no part of the family.
    let differs = |row: &JudgedDifference<'_>| {
        let difference = row.difference;
        (!difference.is_identical && !difference.is_noise()).then(|| two_sided(difference))
    };
    let (told, levels) = holm(&rows.iter().map(differs).collect::<Vec<_>>());
    let is_small = |row: &JudgedDifference<'_>| {
        (!row.difference.is_identical && row.margin > 0.0).then(|| outside(row.difference, row.margin))
    };
    let (small, _) = holm(&rows.iter().map(is_small).collect::<Vec<_>>());
    let verdict = |(place, row): (usize, &JudgedDifference<'_>)| {
        if row.difference.is_identical {
            Verdict::Identical
        } else if small[place] || row.difference.is_noise() {
            // Also where chance does not explain the difference: it is there, and does not matter.
            Verdict::Equivalent
        } else if told[place] && row.difference.mean < 0.0 {
            Verdict::Lower
        } else if told[place] {
            Verdict::Higher
        } else {
            Verdict::CannotTell {
                draws_needed: draws_needed(row.difference, levels[place]),
            }
        }
    };
    rows.iter().enumerate().map(verdict).collect()
}

/// For each p-value whether its hypothesis is rejected, and the level it was held against; rows without a p-value are no
/// part of the family.
fn holm(p_values: &[Option<f64>]) -> (Vec<bool>, Vec<f64>) {
    let mut places: Vec<(usize, f64)> = p_values
        .iter()
        .enumerate()
        .filter_map(|(place, p)| Some((place, (*p)?)))
        .collect();
    places.sort_by(|one, other| f64::total_cmp(&one.1, &other.1));
    let (mut rejected, mut levels) = (vec![false; p_values.len()], vec![FAMILY_ERROR; p_values.len()]);
    let (mut remaining, mut is_open) = (places.len(), true);
    for (place, p) in places {
        let level = FAMILY_ERROR / remaining as f64;
        levels[place] = level;
        is_open &= p <= level;
        rejected[place] = is_open;
        // After the first that is kept, the others are kept too, each at the level where it stopped.
        remaining -= usize::from(is_open);
    }
    (rejected, levels)
}

/// The probability of a mean at least as far from zero if there is no difference.
pub fn two_sided(difference: &Difference) -> f64 {
    tails(difference, difference.mean.abs() - difference.noise)
}

/// The larger of the probabilities of such a mean if the true one lay at the lower or upper end of the margin (two
/// one-sided tests: Schuirmann 1987).
fn outside(difference: &Difference, margin: f64) -> f64 {
    let within = margin - difference.mean.abs();
    if within > 0.0 {
        0.5 * tails(difference, within)
    } else {
        1.0
    }
}

/// The probability of a deviation beyond `distance` to either side.
fn tails(difference: &Difference, distance: f64) -> f64 {
    match difference.mcse {
        Some(mcse) if distance > 0.0 => student_two_tails(distance / mcse, difference.freedom),
        // One draw has no standard error, and says nothing about chance.
        _ => 1.0,
    }
}

/// The draws with which such a mean would be told at a level with probability [`POWER`], in two digits.
fn draws_needed(difference: &Difference, level: f64) -> Option<u64> {
    let distance = difference.mean.abs() - difference.noise;
    let errors = standard_normal_quantile(1.0 - 0.5 * level) + standard_normal_quantile(POWER);
    let ratio = errors * difference.mcse? / distance;
    let needed = difference.draws as f64 * ratio * ratio;
    if distance <= 0.0 || needed > MOST_DRAWS {
        return None;
    }
    // Few draws are judged by Student's t, which is wider.
    let needed = needed.max(difference.draws as f64 + 1.0).ceil() as u64;
    let unit = 10_u64.pow(needed.ilog10().saturating_sub(1));
    Some(needed.div_ceil(unit) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::paired_difference;

    fn difference(mean: f64, mcse: f64, draws: u64) -> Difference {
        Difference {
            mean,
            mcse: Some(mcse),
            freedom: draws as f64 - 1.0,
            quantiles: None,
            probability_below_zero: None,
            draws,
            is_paired: true,
            is_identical: false,
            noise: 0.0,
        }
    }

    fn verdicts(differences: &[Difference], margin: f64) -> Vec<Verdict> {
        let judged = |difference| JudgedDifference { difference, margin };
        judge(&differences.iter().map(judged).collect::<Vec<_>>())
    }

    fn paired(reference: &[f64], scenario: &[f64]) -> Difference {
        paired_difference(reference, scenario, 0.0, 1e-9).unwrap()
    }

    #[test]
    fn more_rows_ask_for_stronger_evidence() {
        let weak = difference(-2.3, 1.0, 10_000);
        assert_eq!(verdicts(&[weak], 0.0), [Verdict::Lower]);
        let with_others = verdicts(&[weak, difference(0.1, 1.0, 10_000), difference(0.2, 1.0, 10_000)], 0.0);
        assert!(
            with_others
                .iter()
                .all(|verdict| matches!(verdict, Verdict::CannotTell { .. }))
        );
        // A strong row leaves the family, so that the weak one has fewer beside it.
        let with_strong = verdicts(&[weak, difference(50.0, 1.0, 10_000)], 0.0);
        assert_eq!(with_strong, [Verdict::Lower, Verdict::Higher]);
    }

    #[test]
    fn holm_stops_at_the_first_that_is_kept() {
        let (rejected, levels) = holm(&[Some(0.02), Some(0.001), None, Some(0.03)]);
        assert_eq!(rejected, [true, true, false, true]);
        assert_eq!(levels[1], FAMILY_ERROR / 3.0);
        let (rejected, levels) = holm(&[Some(0.03), Some(0.001), Some(0.03), Some(0.04)]);
        assert_eq!(rejected, [false, true, false, false]);
        assert_eq!(levels[3], FAMILY_ERROR / 3.0);
    }

    #[test]
    fn few_draws_need_more_standard_errors() {
        let verdict = |draws| verdicts(&[difference(-2.2, 1.0, draws)], 0.0)[0];
        assert_eq!(verdict(10_000), Verdict::Lower);
        assert!(matches!(verdict(5), Verdict::CannotTell { .. }));
    }

    #[test]
    fn a_shift_of_every_draw_is_told_however_wide_the_draws_are_spread() {
        let reference = [0.0, 1e6, -1e6, 5e5];
        let lower = paired(&reference, &reference.map(|value| value - 1.0));
        assert_eq!((lower.mean, lower.mcse), (-1.0, Some(0.0)));
        let higher = paired(&reference, &reference.map(|value| value + 1.0));
        assert_eq!(verdicts(&[lower, higher], 0.0), [Verdict::Lower, Verdict::Higher]);
    }

    #[test]
    fn what_solving_to_a_tolerance_leaves_is_no_difference() {
        let reference = [1e9, 2e9, 3e9];
        let verdict = |shift: f64| verdicts(&[paired(&reference, &reference.map(|value| value + shift))], 0.0)[0];
        assert_eq!(verdict(1.0), Verdict::Equivalent);
        assert_eq!(verdict(-4.0), Verdict::Lower);
        let order = |shift: f64| PriorOrder::of(&paired(&reference, &reference.map(|value| value + shift))).unwrap();
        assert_eq!([order(-1.0), order(-4.0)], [PriorOrder::Same, PriorOrder::Lower]);
    }

    #[test]
    fn a_difference_within_the_margin_is_equivalent_even_if_it_is_there() {
        assert_eq!(verdicts(&[difference(-0.5, 0.1, 1000)], 1.0), [Verdict::Equivalent]);
        assert_eq!(verdicts(&[difference(-0.5, 0.1, 1000)], 0.6), [Verdict::Lower]);
        assert_eq!(verdicts(&[difference(-3.0, 0.1, 1000)], 1.0), [Verdict::Lower]);
        let unsure = verdicts(&[difference(0.5, 1.0, 1000)], 1.0)[0];
        assert!(matches!(unsure, Verdict::CannotTell { .. }));
    }

    #[test]
    fn one_draw_tells_nothing() {
        let one = paired(&[1.0], &[5.0]);
        assert_eq!(verdicts(&[one], 0.0), [Verdict::CannotTell { draws_needed: None }]);
        assert_eq!(verdicts(&[paired(&[1.0], &[1.0])], 0.0), [Verdict::Identical]);
    }

    #[test]
    fn the_draws_it_would_take_grow_with_the_square_of_the_error() {
        // (1.96 + 0.84)^2 = 7.85
        let needed = |mean| verdicts(&[difference(mean, 1.0, 1000)], 0.0)[0];
        assert_eq!(
            needed(1.0),
            Verdict::CannotTell {
                draws_needed: Some(7900)
            }
        );
        assert_eq!(
            needed(0.1),
            Verdict::CannotTell {
                draws_needed: Some(790_000)
            }
        );
        assert_eq!(needed(0.0), Verdict::CannotTell { draws_needed: None });
    }

    #[test]
    fn the_order_is_settled_where_nineteen_of_twenty_draws_agree() {
        let order = |below: usize, zero: usize| {
            let scenario: Vec<f64> = (0..20)
                .map(|draw| {
                    if draw < below {
                        -1.0
                    } else {
                        f64::from(u8::from(draw >= below + zero))
                    }
                })
                .collect();
            PriorOrder::of(&paired(&[0.0; 20], &scenario)).unwrap()
        };
        assert_eq!(order(19, 0), PriorOrder::Lower);
        assert_eq!(order(18, 2), PriorOrder::Open);
        assert_eq!(order(0, 0), PriorOrder::Higher);
        assert_eq!(order(0, 1), PriorOrder::Open);
        assert_eq!(order(0, 20), PriorOrder::Same);
    }
}
