//! Student's t distribution, which a mean over few draws follows, by the incomplete beta function.

use super::beta::BetaDistribution;
use super::continuous::{Continuous, Tails};
use super::normal::{standard_normal_cdf, standard_normal_quantile};

/// From so many degrees of freedom on the normal distribution is the same to seven digits.
const NORMAL_FROM: f64 = 1e7;

/// The share of Student's t with `freedom` degrees of freedom, at least one, that lies beyond `-t` and `t`, for `t` not
/// below zero.
pub fn student_two_tails(t: f64, freedom: f64) -> f64 {
    if t == f64::INFINITY {
        0.0
    } else if freedom >= NORMAL_FROM {
        2.0 * standard_normal_cdf(-t)
    } else {
        // With x = f / (f + t^2) it is I_x(f/2, 1/2) (DLMF 8.17; Abramowitz and Stegun 26.7.1).
        BetaDistribution::with_shape(0.5 * freedom, 0.5)
            .tails(freedom / (freedom + t * t))
            .below
    }
}

/// The `t` beyond which, on both sides together, the share `tails` of Student's t with `freedom` degrees of freedom lies;
/// `tails` is above zero and at most one.
pub fn student_critical(tails: f64, freedom: f64) -> f64 {
    if freedom >= NORMAL_FROM {
        return -standard_normal_quantile(0.5 * tails);
    }
    let x = BetaDistribution::with_shape(0.5 * freedom, 0.5).quantile(Tails::from_below(tails));
    (freedom * (1.0 - x) / x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, StudentsT};

    #[test]
    fn critical_values_are_those_of_textbooks() {
        for (tails, freedom, expected) in [
            (0.05, 1.0, 12.706),
            (0.05, 2.0, 4.303),
            (0.05, 10.0, 2.228),
            (0.05, 63.0, 1.998),
            (0.01, 30.0, 2.750),
            (0.05, 1e6, 1.960),
            (0.05, 1e9, 1.960),
        ] {
            let found = student_critical(tails, freedom);
            assert!((found - expected).abs() < 6e-4, "{tails} {freedom}: {found}");
        }
    }

    #[test]
    fn tails_and_critical_values_are_inverse_and_agree_with_another_program() {
        for freedom in [1.0, 2.5, 7.0, 63.0, 255.0, 9999.0] {
            let other = StudentsT::new(0.0, 1.0, freedom).unwrap();
            for t in [0.1, 1.0, 2.0, 5.0] {
                let tails = student_two_tails(t, freedom);
                assert!(
                    (tails / (2.0 * other.cdf(-t)) - 1.0).abs() < 1e-7,
                    "{freedom} {t}: {tails}"
                );
                assert!(
                    (student_critical(tails, freedom) / t - 1.0).abs() < 1e-8,
                    "{freedom} {t}"
                );
            }
        }
        assert_eq!(student_two_tails(0.0, 5.0), 1.0);
        assert_eq!(student_two_tails(f64::INFINITY, 5.0), 0.0);
    }
}
