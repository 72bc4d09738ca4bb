//! The accumulator of one quantity's statistics over draws.
#![allow(clippy::inline_always, reason = "an instruction set reaches only what is inlined")]

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::moments::MomentSums;
use super::{Histogram, Merge, Moments, all};

/// Accumulates count, mean, spread and quantiles of one quantity; takes little memory unless its values differ.
///
/// Most quantities of the months before the first measure, of routes that are not open and of measures that are not in
/// force do not exist, are always zero or always the same. A value and its count describe them completely.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub enum Accumulator {
    /// No value exists.
    #[default]
    Empty,
    /// All values are the same.
    Constant { value: f64, count: u32 },
    /// Values differ. Apart, so that the other cases take 16 bytes, and shared by scenarios that have them in common.
    Varying(Arc<VaryingStatistics>),
}

/// The statistics of values that are not all the same.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct VaryingStatistics {
    count: u32,
    sums: MomentSums,
    histogram: Histogram,
}

impl Accumulator {
    /// Adds a group of finite values, at most 2^32 - 1 in all. The result depends on how values are grouped, because
    /// sums within a group round, but not on the order of the groups.
    #[inline(always)]
    pub fn add_group(&mut self, values: &[f64]) {
        if let Self::Varying(varying) = self {
            Arc::make_mut(varying).add_group(values);
            return;
        }
        let Some(&first) = values.first() else { return };
        // Adding zero turns -0 into 0.
        let (known, count) = match self {
            Self::Constant { value, count } => (*value, *count),
            _ => (first + 0.0, 0),
        };
        if all(values, |value| value == known) {
            *self = Self::Constant {
                value: known,
                count: count + values.len() as u32,
            };
        } else {
            *self = Self::Varying(VaryingStatistics::starting(known, count, values));
        }
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Constant { count, .. } => (*count).into(),
            Self::Varying(varying) => varying.count.into(),
        }
    }

    /// Count, mean and squared deviations.
    pub fn moments(&self) -> Moments {
        match self {
            Self::Empty => Moments::default(),
            Self::Constant { value, count } => Moments {
                count: (*count).into(),
                mean: *value,
                m2: 0.0,
            },
            Self::Varying(varying) => varying.sums.moments(varying.count.into()),
        }
    }

    /// The value of rank ceil(p n), see [`Histogram::quantile`]; `None` without values.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        match self {
            Self::Empty => None,
            Self::Constant { value, .. } => Some(*value),
            Self::Varying(varying) => varying.histogram.quantile(p),
        }
    }

    /// The values of several ranks, see [`Histogram::quantiles`]; `None` without values.
    pub fn quantiles<const N: usize>(&self, levels: [f64; N]) -> Option<[f64; N]> {
        match self {
            Self::Empty => None,
            Self::Constant { value, .. } => Some([*value; N]),
            Self::Varying(varying) => varying.histogram.quantiles(levels),
        }
    }

    /// Share of the values that are below zero; `None` without values.
    pub fn share_below_zero(&self) -> Option<f64> {
        match self {
            Self::Empty => None,
            Self::Constant { value, .. } => Some(if *value < 0.0 { 1.0 } else { 0.0 }),
            Self::Varying(varying) => varying.histogram.share_below_zero(),
        }
    }

    /// Whether no value exists.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether there are values and all are zero.
    pub fn is_always_zero(&self) -> bool {
        matches!(self, Self::Constant { value: 0.0, .. })
    }

    /// Whether this can be the statistics of `most` draws at most: those of a file may be anything.
    pub fn is_sound(&self, most: u64) -> bool {
        match self {
            Self::Empty => true,
            Self::Constant { value, count } => value.is_finite() && (1..=most).contains(&u64::from(*count)),
            Self::Varying(varying) => {
                let count = u64::from(varying.count);
                (1..=most).contains(&count) && varying.histogram.len() == count && varying.sums.are_sound()
            }
        }
    }

    /// The full statistics of these values, even if they are all the same.
    fn to_varying(&self) -> VaryingStatistics {
        match self {
            Self::Empty => VaryingStatistics::default(),
            Self::Constant { value, count } => VaryingStatistics::of_constant(*value, *count),
            Self::Varying(varying) => (**varying).clone(),
        }
    }
}

impl Merge for Accumulator {
    fn merge(&mut self, later: &Self) {
        match (&mut *self, later) {
            (_, Self::Empty) => {}
            (Self::Empty, _) => *self = later.clone(),
            (
                Self::Constant { value, count },
                Self::Constant {
                    value: other,
                    count: more,
                },
            ) if value == other => {
                *count += more;
            }
            (Self::Varying(varying), _) => Arc::make_mut(varying).merge(&later.to_varying()),
            (Self::Constant { .. }, _) => {
                let mut varying = self.to_varying();
                varying.merge(&later.to_varying());
                *self = Self::Varying(Arc::new(varying));
            }
        }
    }
}

impl VaryingStatistics {
    fn of_constant(value: f64, count: u32) -> Self {
        let mut varying = Self {
            count,
            ..Self::default()
        };
        // The same bits as if the values had been added group by group.
        varying.sums.add_constant(value, count);
        varying.histogram.insert_times(value, count);
        varying
    }

    /// Statistics of `count` values that were the same and of a group in which values begin to vary.
    #[inline(never)]
    fn starting(known: f64, count: u32, values: &[f64]) -> Arc<Self> {
        let mut varying = Self::of_constant(known, count);
        varying.add_group(values);
        Arc::new(varying)
    }

    #[inline(always)]
    fn add_group(&mut self, values: &[f64]) {
        if values.is_empty() {
            return;
        }
        self.count += values.len() as u32;
        self.sums.add_group(values);
        self.histogram.insert_all(values);
    }
}

impl Merge for VaryingStatistics {
    fn merge(&mut self, later: &Self) {
        self.count += later.count;
        self.sums.merge(&later.sums);
        self.histogram.merge(&later.histogram);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Summary;
    use proptest::prelude::*;

    fn accumulated(groups: &[Vec<f64>]) -> Accumulator {
        let mut accumulator = Accumulator::default();
        groups.iter().for_each(|group| accumulator.add_group(group));
        accumulator
    }

    /// All that can be asked of a cell, to the bit.
    fn answers(accumulator: &Accumulator) -> (u64, bool, Vec<Option<u64>>) {
        let numbers = Summary::of_accumulator(accumulator).values();
        let numbers = numbers.into_iter().chain([accumulator.share_below_zero()]);
        let bits = numbers.map(|number| number.map(f64::to_bits)).collect();
        (accumulator.moments().count, accumulator.is_always_zero(), bits)
    }

    #[test]
    fn what_never_varies_takes_sixteen_bytes() {
        assert_eq!(size_of::<Accumulator>(), 16);
        let accumulator = accumulated(&[vec![0.1; 16], vec![0.1; 3]]);
        assert!(matches!(accumulator, Accumulator::Constant { value: 0.1, count: 19 }));
    }

    #[test]
    fn what_varies_takes_a_quarter_of_a_kilobyte() {
        assert!(size_of::<VaryingStatistics>() <= 256);
    }

    #[test]
    fn a_constant_is_exact() {
        let expected = Summary {
            mean: Some(0.1),
            sd: Some(0.0),
            mcse: Some(0.0),
            p05: Some(0.1),
            p25: Some(0.1),
            p50: Some(0.1),
            p75: Some(0.1),
            p95: Some(0.1),
        };
        assert_eq!(
            Summary::of_accumulator(&accumulated(&[vec![0.1; 16], vec![0.1; 3]])),
            expected
        );
    }

    fn groups() -> impl Strategy<Value = Vec<Vec<f64>>> {
        let value = prop_oneof![4 => -1e3..1e3, 1 => Just(0.0), 1 => Just(-0.0), 4 => Just(7.0)];
        let group = prop_oneof![
            prop::collection::vec(value, 0..17),
            prop::collection::vec(Just(7.0), 0..17)
        ];
        prop::collection::vec(group, 0..20)
    }

    proptest! {
        #[test]
        fn neither_order_nor_merges_matter(
            (ordered, shuffled) in groups().prop_flat_map(|groups| (Just(groups.clone()), Just(groups).prop_shuffle())),
            cut: prop::sample::Index,
        ) {
            let expected = answers(&accumulated(&ordered));
            prop_assert_eq!(&answers(&accumulated(&shuffled)), &expected);
            let (earlier, later) = shuffled.split_at(if shuffled.is_empty() { 0 } else { cut.index(shuffled.len()) });
            let mut merged = accumulated(later);
            merged.merge(&accumulated(earlier));
            prop_assert_eq!(&answers(&merged), &expected);
        }
    }
}
