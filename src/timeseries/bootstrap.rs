//! Intervals for mean scores by the cluster bootstrap: scores of one cluster, such as the months of one series or one
//! origin, depend on each other, so whole clusters are drawn with replacement (Davison and Hinkley 1997, section 3.8).

use std::collections::BTreeMap;

use super::sample::SortedSample;
use super::scores::Predictive;
use crate::random::Stream;

/// Drawn sets of clusters.
pub const REPLICATES: u64 = 2000;

/// An estimate, and the quantiles of 5% and 95% over the replicates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterInterval {
    /// From all clusters, each once.
    pub estimate: f64,
    pub p05: f64,
    pub p95: f64,
}

/// What the values of one cluster add up to.
#[derive(Clone, Copy, Default)]
struct Totals {
    numerator: f64,
    denominator: f64,
}

/// The mean of values, such as paired differences of scores, and its interval. `clusters` labels each value; a cluster
/// with more values weighs more. The replicates are draws of the stream.
///
/// `None` where there are no values, or one is not finite.
///
/// # Panics
///
/// If there are not as many labels as values.
pub fn mean_interval(values: &[f64], clusters: &[usize], stream: &Stream) -> Option<ClusterInterval> {
    ratio_interval(values, &vec![1.0; values.len()], clusters, stream)
}

/// The ratio of two means over the same cases, such as the pooled CRPS of one method to another's, and its interval. A
/// replicate draws numerators and denominators together.
///
/// `None` where there are no cases, a value is not finite, or denominators of a replicate and its numerators add up to
/// zero.
///
/// # Panics
///
/// If there are not as many labels or denominators as numerators.
pub fn ratio_interval(
    numerators: &[f64],
    denominators: &[f64],
    clusters: &[usize],
    stream: &Stream,
) -> Option<ClusterInterval> {
    assert_eq!(
        numerators.len(),
        denominators.len(),
        "one denominator for each numerator"
    );
    assert_eq!(numerators.len(), clusters.len(), "one label for each value");
    let totals = totals(numerators, denominators, clusters);
    let mut uniforms = vec![0.0; totals.len()];
    let mut replicate = |draw| {
        stream.fill(draw, &mut uniforms);
        ratio(
            uniforms
                .iter()
                .map(|uniform| totals[(uniform * totals.len() as f64) as usize]),
        )
    };
    let estimate = ratio(totals.iter().copied());
    let replicates = SortedSample::new((0..REPLICATES).map(&mut replicate).collect())?;
    estimate.is_finite().then(|| ClusterInterval {
        estimate,
        p05: replicates.quantile(0.05),
        p95: replicates.quantile(0.95),
    })
}

/// The totals of each cluster, by ascending label.
fn totals(numerators: &[f64], denominators: &[f64], clusters: &[usize]) -> Vec<Totals> {
    let mut totals: BTreeMap<usize, Totals> = BTreeMap::new();
    for ((numerator, denominator), cluster) in numerators.iter().zip(denominators).zip(clusters) {
        let total = totals.entry(*cluster).or_default();
        total.numerator += numerator;
        total.denominator += denominator;
    }
    totals.into_values().collect()
}

/// The ratio of the sums.
fn ratio(totals: impl Iterator<Item = Totals>) -> f64 {
    let sum = totals.fold(Totals::default(), |sum, total| Totals {
        numerator: sum.numerator + total.numerator,
        denominator: sum.denominator + total.denominator,
    });
    sum.numerator / sum.denominator
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Stream {
        Stream::new(1, "scores", "bootstrap")
    }

    #[test]
    fn one_cluster_leaves_nothing_to_chance() {
        let interval = mean_interval(&[1.0, 2.0, 6.0], &[7, 7, 7], &stream()).unwrap();
        assert_eq!((interval.estimate, interval.p05, interval.p95), (3.0, 3.0, 3.0));
    }

    #[test]
    fn two_clusters_are_drawn_together_or_one_twice() {
        // Means 0, 2 and, where both are drawn, (0 + 2 + 2) / 3.
        let interval = mean_interval(&[0.0, 2.0, 2.0], &[4, 9, 9], &stream()).unwrap();
        assert_eq!((interval.p05, interval.p95), (0.0, 2.0));
        assert!((interval.estimate - 4.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn many_clusters_come_near_the_normal_interval() {
        // 400 clusters of -1 and 1: standard error 1/20.
        let values: Vec<f64> = (0..400).map(|place| f64::from(place % 2 * 2 - 1)).collect();
        let clusters: Vec<usize> = (0..400).collect();
        let interval = mean_interval(&values, &clusters, &stream()).unwrap();
        assert_eq!(interval.estimate, 0.0);
        assert!((interval.p05 + 1.645 / 20.0).abs() < 0.01, "{interval:?}");
        assert!((interval.p95 - 1.645 / 20.0).abs() < 0.01, "{interval:?}");
    }

    #[test]
    fn a_ratio_pairs_its_cases() {
        let denominators = [1.0, 2.0, 4.0, 8.0];
        let numerators = denominators.map(|value| 0.5 * value);
        let interval = ratio_interval(&numerators, &denominators, &[0, 1, 2, 3], &stream()).unwrap();
        assert_eq!((interval.estimate, interval.p05, interval.p95), (0.5, 0.5, 0.5));
    }

    #[test]
    fn without_values_there_is_no_interval() {
        assert_eq!(mean_interval(&[], &[], &stream()), None);
        assert_eq!(mean_interval(&[f64::NAN], &[0], &stream()), None);
        assert_eq!(ratio_interval(&[0.0], &[0.0], &[0], &stream()), None);
    }
}
