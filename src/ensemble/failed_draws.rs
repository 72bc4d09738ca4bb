//! The draws of a scenario that failed. The other draws are still worth something, if only few failed.

use serde::{Deserialize, Serialize};

use super::driver::Failure;

/// Failures that are kept of a scenario: its lowest draws.
const KEPT: usize = 8;

/// A scenario has results if no more than one draw of so many failed. Those that remain are a choice of the easier ones, so
/// their share must be small.
const ONE_OF: u64 = 100;

/// How many draws of a scenario failed, and the lowest of them. The result does not depend on the order in which failures come.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FailedDraws {
    /// How many may fail.
    most: u64,
    count: u64,
    /// In the order of draws.
    lowest: Vec<Failure>,
}

impl FailedDraws {
    /// No failure yet, in a run of so many draws.
    pub fn none_of(draws: u64) -> Self {
        Self {
            most: draws / ONE_OF,
            count: 0,
            lowest: Vec::new(),
        }
    }

    /// How many draws failed.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The lowest draws that failed, not all of them if they are many.
    pub fn lowest(&self) -> &[Failure] {
        &self.lowest
    }

    /// The lowest failure, if so many draws failed that the scenario has no results.
    pub fn fault(&self) -> Option<&Failure> {
        self.lowest.first().filter(|_| self.count > self.most)
    }

    /// Takes note of failures of other draws.
    pub fn add(&mut self, failures: Vec<Failure>) {
        self.count += failures.len() as u64;
        self.take(failures);
    }

    /// Adds those of other draws.
    pub fn append(&mut self, other: &Self) {
        self.count += other.count;
        self.take(other.lowest.clone());
    }

    fn take(&mut self, failures: Vec<Failure>) {
        self.lowest.extend(failures);
        self.lowest.sort_by_key(|failure| failure.draw);
        self.lowest.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Month;

    fn failures(draws: impl IntoIterator<Item = u64>) -> Vec<Failure> {
        let failure = |draw| Failure {
            draw,
            month: Month::january(2022),
            reason: String::new(),
        };
        draws.into_iter().map(failure).collect()
    }

    #[test]
    fn one_draw_of_a_hundred_may_fail() {
        let mut failed = FailedDraws::none_of(200);
        failed.add(failures([7, 3]));
        assert_eq!(failed.fault(), None);
        failed.add(failures([100]));
        assert_eq!(failed.fault().unwrap().draw, 3);
        let mut of_few = FailedDraws::none_of(99);
        of_few.add(failures([5]));
        assert_eq!(of_few.fault().unwrap().draw, 5);
    }

    #[test]
    fn the_lowest_are_kept_in_whatever_order_they_come() {
        let mut one = FailedDraws::none_of(10_000);
        one.add(failures((0..20).rev()));
        let mut other = FailedDraws::none_of(10_000);
        other.add(failures(5..20));
        let mut rest = FailedDraws::none_of(10_000);
        rest.add(failures(0..5));
        other.append(&rest);
        assert_eq!(one, other);
        assert_eq!((one.count(), one.lowest()), (20, &failures(0..8)[..]));
    }
}
