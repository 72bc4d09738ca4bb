//! What an outcome goes with, from draws that exist.

use super::ranks::{noise_level, rank_rows, row_products, standard_ranks};
use super::regression::{LinearShares, linear_shares};

/// With fewer draws a rank correlation says nothing.
pub const FEWEST_DRAWS: usize = 20;
/// Inputs in a regression: more could not be told apart.
const MOST_REGRESSED: usize = 40;
/// Draws for each input of a regression.
const DRAWS_EACH: usize = 5;

/// How an input goes with an outcome.
#[derive(Clone, PartialEq, Debug)]
pub struct Driver {
    /// Its place among the inputs.
    pub input: usize,
    /// Spearman's rank correlation.
    pub correlation: f64,
    /// Whether the correlation is larger than chance makes the largest of all.
    pub is_above_noise: bool,
    /// Share of the outcome's variance, with its standard error; none for inputs that are not in the regression.
    pub share: Option<(f64, f64)>,
}

/// How all inputs go with an outcome.
#[derive(Clone, PartialEq, Debug)]
pub struct Drivers {
    /// Inputs that vary, the largest absolute correlation first.
    pub rows: Vec<Driver>,
    /// What chance makes of the largest absolute correlation in 95% of cases.
    pub noise: f64,
    pub draws: usize,
    /// The share of variance that a regression on the inputs above the noise explains, less what as many explain by chance;
    /// none if no input is above the noise.
    pub explained: Option<f64>,
    /// Inputs above the noise that the regression leaves out, for it has too few draws.
    pub left_out: usize,
}

/// Why nothing can be said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoDrivers {
    #[error("{0} draws are too few: a rank correlation needs {FEWEST_DRAWS}")]
    TooFewDraws(usize),
    #[error("it does not exist in {missing} of {draws} draws")]
    Missing { missing: usize, draws: usize },
    #[error("it is the same in every draw, so nothing drives it")]
    Constant,
    #[error("no number is uncertain")]
    NoInputs,
}

/// The rank correlations of an outcome with its inputs, one column of draws each, and the shares of those above the noise.
///
/// The regression takes only inputs above the noise: of hundreds that do nothing each would explain a little by chance, and
/// with more inputs than draws together everything.
///
/// # Errors
/// When there are too few draws or nothing varies.
pub fn drivers(inputs: &[Vec<f64>], outcome: &[f64]) -> Result<Drivers, NoDrivers> {
    let draws = outcome.len();
    if draws < FEWEST_DRAWS {
        return Err(NoDrivers::TooFewDraws(draws));
    }
    let missing = outcome.iter().filter(|value| value.is_nan()).count();
    if missing > 0 {
        return Err(NoDrivers::Missing { missing, draws });
    }
    let of_outcome = standard_ranks(outcome).ok_or(NoDrivers::Constant)?;
    let ranked = inputs.iter().enumerate();
    let ranked = ranked.filter_map(|(place, values)| Some((place, standard_ranks(values)?)));
    let (places, ranks): (Vec<usize>, Vec<Vec<f64>>) = ranked.unzip();
    if places.is_empty() {
        return Err(NoDrivers::NoInputs);
    }
    let ranks = rank_rows(&ranks, draws);
    let noise = noise_level(&ranks);
    let correlations = row_products(&ranks, &rank_rows(&[of_outcome], draws));
    let row = |(input, correlation): (usize, &f64)| Driver {
        input,
        correlation: *correlation,
        is_above_noise: correlation.abs() > noise,
        share: None,
    };
    let mut rows: Vec<Driver> = places.into_iter().zip(correlations.column(0)).map(row).collect();
    rows.sort_by(|one, other| other.correlation.abs().total_cmp(&one.correlation.abs()));
    let above = rows.iter().filter(|row| row.is_above_noise).count();
    let regressed = above.min(MOST_REGRESSED).min(draws / DRAWS_EACH);
    let explained = regress(&mut rows[..regressed], inputs, outcome).map(|found| found.adjusted);
    Ok(Drivers {
        rows,
        noise,
        draws,
        explained,
        left_out: above - regressed,
    })
}

fn regress(rows: &mut [Driver], inputs: &[Vec<f64>], outcome: &[f64]) -> Option<LinearShares> {
    let columns: Vec<&[f64]> = rows.iter().map(|row| inputs[row.input].as_slice()).collect();
    let found = linear_shares(&columns, outcome)?;
    let shares = found.shares.iter().zip(&found.errors);
    for (row, (share, error)) in rows.iter_mut().zip(shares) {
        row.share = Some((*share, *error));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn columns(count: u64, draws: usize) -> Vec<Vec<f64>> {
        let stream = Stream::new(9, "test", "columns");
        let column = |number| {
            let mut values = vec![0.0; draws];
            stream.fill(number, &mut values);
            values
        };
        (0..count).map(column).collect()
    }

    #[test]
    fn of_more_inputs_than_draws_those_that_act_are_found_in_their_order() {
        let inputs = columns(400, 200);
        let outcome: Vec<f64> = (0..200)
            .map(|draw| 3.0 * inputs[17][draw] - 2.0 * inputs[230][draw])
            .collect();
        let found = drivers(&inputs, &outcome).unwrap();
        let above: Vec<usize> = found
            .rows
            .iter()
            .filter(|row| row.is_above_noise)
            .map(|row| row.input)
            .collect();
        assert_eq!(above, [17, 230]);
        assert!(found.rows[0].correlation > 0.0 && found.rows[1].correlation < 0.0);
        // 9 / 13 and 4 / 13, as far as 200 draws show it.
        let share = |place: usize| found.rows[place].share.unwrap().0;
        assert!(
            (share(0) - 9.0 / 13.0).abs() < 0.08 && (share(1) - 4.0 / 13.0).abs() < 0.08,
            "{found:?}"
        );
        assert!(found.explained.unwrap() > 0.999 && found.rows[2].share.is_none());
    }

    #[test]
    fn an_outcome_that_depends_on_nothing_has_no_driver() {
        let mut inputs = columns(101, 200);
        let outcome = inputs.pop().unwrap();
        let found = drivers(&inputs, &outcome).unwrap();
        assert!(found.rows.iter().all(|row| !row.is_above_noise), "{}", found.noise);
        assert_eq!(found.explained, None);
    }

    #[test]
    fn what_says_nothing_is_said_so() {
        let inputs = columns(2, 30);
        assert_eq!(drivers(&inputs, &[1.0; 5]), Err(NoDrivers::TooFewDraws(5)));
        assert_eq!(drivers(&inputs, &[1.0; 30]), Err(NoDrivers::Constant));
        assert_eq!(drivers(&[vec![2.0; 30]], &inputs[0]), Err(NoDrivers::NoInputs));
        let mut gap = inputs[0].clone();
        gap[3] = f64::NAN;
        assert_eq!(
            drivers(&inputs, &gap),
            Err(NoDrivers::Missing { missing: 1, draws: 30 })
        );
    }
}
