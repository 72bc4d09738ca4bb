//! The observed part of a series.

/// The months of a series from the first observed one to the last. There may be gaps between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ObservedSpan<'s> {
    /// The first and the last are finite; one that is not was not observed.
    pub months: &'s [f64],
    /// Months of the series after the last observed one: a forecast has to bridge them first.
    pub late: usize,
}

impl<'s> ObservedSpan<'s> {
    /// `None` where no month is observed.
    pub fn new(series: &'s [f64]) -> Option<Self> {
        let first = series.iter().position(|value| value.is_finite())?;
        let last = series.iter().rposition(|value| value.is_finite())?;
        Some(Self {
            months: &series[first..=last],
            late: series.len() - 1 - last,
        })
    }

    /// The observed months: months since the first, and the value.
    pub fn observed(self) -> impl Iterator<Item = (usize, f64)> + 's {
        self.months
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, value)| value.is_finite())
    }

    /// How many months are observed.
    pub fn count(self) -> usize {
        self.observed().count()
    }

    /// The first observed value.
    pub fn first(self) -> f64 {
        self.months[0]
    }

    /// The last observed value.
    pub fn last(self) -> f64 {
        self.months[self.months.len() - 1]
    }

    /// How many months after the last observed one the forecasts lie, for horizons 1, 2, ...
    pub fn steps(self, horizon: usize) -> impl Iterator<Item = usize> {
        self.late + 1..=self.late + horizon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_leaves_out_the_ends_that_are_not_observed() {
        let series = [f64::NAN, 1.0, f64::NEG_INFINITY, 3.0, f64::NAN, f64::NAN];
        let span = ObservedSpan::new(&series).unwrap();
        assert_eq!((span.months.len(), span.late, span.count()), (3, 2, 2));
        assert_eq!((span.first(), span.last()), (1.0, 3.0));
        assert_eq!(span.observed().collect::<Vec<_>>(), [(0, 1.0), (2, 3.0)]);
        assert_eq!(span.steps(2).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(ObservedSpan::new(&series[..1]), None);
    }
}
