//! How far the growth that a simulation foresees is believed.

/// The weights that are tried: nothing of the simulated growth, up to all of it.
pub const WEIGHTS: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

/// The place of the weight where nothing is known yet: three fifths of the growth.
pub const FIRST: usize = 3;

/// The fewest scored months that a choice rests on.
const FEWEST: usize = 30;

/// A forecast that has been scored: by weight, as a ratio to the score of the local level for the same month, so that each
/// month counts alike.
pub type RelativeScores = [f64; WEIGHTS.len()];

/// The place of the weight with the least mean ratio over past forecasts; [`FIRST`] while there are too few.
pub fn choose(past: impl Iterator<Item = RelativeScores>) -> usize {
    let (mut sums, mut count) = ([0.0; WEIGHTS.len()], 0);
    for scores in past {
        sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
        count += 1;
    }
    if count < FEWEST {
        return FIRST;
    }
    let smallest = sums.iter().enumerate().min_by(|one, other| one.1.total_cmp(other.1));
    smallest.map_or(FIRST, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_fifths_of_the_growth_are_believed_until_enough_is_known() {
        let best_last = [1.0, 1.0, 1.0, 1.0, 1.0, 0.5];
        assert_eq!(choose(std::iter::repeat_n(best_last, FEWEST - 1)), FIRST);
        assert_eq!(choose(std::iter::repeat_n(best_last, FEWEST)), 5);
    }

    #[test]
    fn of_equal_weights_the_smaller_is_chosen() {
        assert_eq!(choose(std::iter::repeat_n([1.0, 0.8, 0.9, 0.8, 1.0, 1.0], 40)), 1);
    }
}
