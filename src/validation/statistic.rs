//! The statistics of facts, computed from monthly series.

use crate::model::{MonthRange, Statistic};
use crate::observation::Monthly;

/// Computes a statistic of monthly series; none if months are not known, or if it does not exist, such as a ratio to
/// zero.
pub fn evaluate(statistic: &Statistic, monthly: &impl Monthly) -> Option<f64> {
    let number = match *statistic {
        Statistic::Change { of, months, against } => monthly.mean(of, months)? / monthly.mean(of, against)? - 1.0,
        Statistic::Level { of, months, plus } => monthly.sum(of, months)? + plus,
        Statistic::Mean { of, months, plus } => monthly.mean(of, months)? + plus,
        Statistic::Offset {
            of,
            lost,
            months,
            against,
        } => {
            let rise = monthly.mean(of, months)? - monthly.mean(of, against)?;
            let fall = monthly.mean(lost, against)? - monthly.mean(lost, months)?;
            // Nothing was lost, so no share of it can have been offset.
            if fall <= 0.0 {
                return None;
            }
            rise / fall
        }
        Statistic::ExcessShare {
            of,
            less,
            months,
            against,
        } => {
            let (recorded, before) = (monthly.mean(of, months)?, monthly.mean(of, against)?);
            // Two offices never record the same amounts, so only the change from their usual ratio counts as excess.
            let seen = monthly.mean(less, against)? / before;
            // Without a rise there is nothing to share out.
            if recorded <= before {
                return None;
            }
            (seen * recorded - monthly.mean(less, months)?) / (recorded - before)
        }
        Statistic::MonthsToHalf { of, from, base, end } => {
            let (base, target) = (monthly.mean(of, base)?, monthly.mean(of, end)?);
            // Without a rise there is no half of it to reach.
            if target <= base {
                return None;
            }
            let half = f64::midpoint(base, target);
            let climb = MonthRange {
                first: from.plus(1),
                last: end.last,
            };
            // Only the months up to the one that reaches the half need be known.
            for month in climb.iter() {
                if monthly.value(of, month)? >= half {
                    return Some(f64::from(month.since(from)));
                }
            }
            return None;
        }
    };
    // A ratio to zero is no number.
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Month;

    /// Series from January 2021 on.
    struct Given(Vec<Vec<f64>>);

    impl Monthly for Given {
        fn value(&self, series: usize, month: Month) -> Option<f64> {
            let step = usize::try_from(month.since(Month::january(2021))).ok()?;
            self.0[series].get(step).copied()
        }
    }

    fn range(first: &str, last: &str) -> MonthRange {
        MonthRange {
            first: first.parse().unwrap(),
            last: last.parse().unwrap(),
        }
    }

    /// Two months before, two after.
    fn ranges() -> (MonthRange, MonthRange) {
        (range("2021-03", "2021-04"), range("2021-01", "2021-02"))
    }

    #[test]
    fn a_change_compares_mean_months_whatever_their_number() {
        let months = range("2021-03", "2021-05");
        let against = range("2021-01", "2021-02");
        let statistic = Statistic::Change { of: 0, months, against };
        let value = |series: &[f64]| evaluate(&statistic, &Given(vec![series.to_vec()]));
        assert_eq!(value(&[1.0, 3.0, 5.0, 6.0, 7.0]), Some(2.0));
        assert_eq!(value(&[0.0, 0.0, 5.0, 6.0, 7.0]), None, "nothing to compare with");
        assert_eq!(value(&[1.0, 3.0, 5.0, 6.0]), None, "a month is not known");
    }

    #[test]
    fn a_level_is_a_sum_and_a_mean_a_month_of_it_with_what_is_known_beyond() {
        let months = range("2021-01", "2021-04");
        let series = Given(vec![vec![1.0, 2.0, 3.0, 6.0]]);
        let level = Statistic::Level {
            of: 0,
            months,
            plus: 0.5,
        };
        let mean = Statistic::Mean {
            of: 0,
            months,
            plus: 0.5,
        };
        assert_eq!(
            (evaluate(&level, &series), evaluate(&mean, &series)),
            (Some(12.5), Some(3.5))
        );
    }

    #[test]
    fn an_offset_is_a_rise_as_a_share_of_a_fall() {
        let (months, against) = ranges();
        let statistic = Statistic::Offset {
            of: 0,
            lost: 1,
            months,
            against,
        };
        let value = |lost: [f64; 4]| evaluate(&statistic, &Given(vec![vec![2.0, 2.0, 5.0, 7.0], lost.to_vec()]));
        // Up by 4 where 16 were lost.
        assert_eq!(value([20.0, 20.0, 5.0, 3.0]), Some(0.25));
        assert_eq!(value([20.0, 20.0, 20.0, 20.0]), None, "nothing was lost");
    }

    #[test]
    fn an_excess_is_what_the_other_office_no_longer_sees() {
        let (months, against) = ranges();
        let statistic = Statistic::ExcessShare {
            of: 0,
            less: 1,
            months,
            against,
        };
        let value = |less: [f64; 4]| evaluate(&statistic, &Given(vec![vec![10.0, 10.0, 30.0, 30.0], less.to_vec()]));
        assert_eq!(value([10.0, 10.0, 20.0, 20.0]), Some(0.5));
        // The importer used to see nine tenths: of 30 it would see 27.
        assert_eq!(value([9.0, 9.0, 27.0, 27.0]), Some(0.0));
        assert_eq!(value([9.0, 9.0, 17.0, 17.0]), Some(0.5));
    }

    #[test]
    fn half_way_is_counted_from_the_month_after() {
        let statistic = Statistic::MonthsToHalf {
            of: 0,
            from: "2021-02".parse().unwrap(),
            base: range("2021-01", "2021-02"),
            end: range("2021-06", "2021-07"),
        };
        let value = |series: [f64; 7]| evaluate(&statistic, &Given(vec![series.to_vec()]));
        assert_eq!(value([2.0, 2.0, 3.0, 5.9, 6.0, 10.0, 10.0]), Some(3.0));
        assert_eq!(
            value([2.0, 2.0, 6.0, 3.0, 3.0, 10.0, 10.0]),
            Some(1.0),
            "the first month counts"
        );
        assert_eq!(value([2.0, 2.0, 3.0, 3.0, 3.0, 2.0, 1.0]), None, "it does not rise");
    }
}
