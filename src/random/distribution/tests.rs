//! Properties of all families; those of one family are tested in its own file.

use std::num::NonZero;
use std::sync::Arc;

use proptest::prelude::*;
use statrs::distribution::ContinuousCDF;
use statrs::distribution::{Beta, LogNormal, Normal, Triangular, Uniform};

use super::{Distribution, DistributionError};
use crate::math;
use crate::random::{ParameterStream, Sampling};

type Cdf = Box<dyn Fn(f64) -> f64>;

/// A distribution beside its distribution function by an independent library.
fn families() -> Vec<(&'static str, Distribution, Cdf)> {
    fn reference(distribution: impl ContinuousCDF<f64, f64> + 'static) -> Cdf {
        Box::new(move |x| distribution.cdf(x))
    }
    let beta = |mean: f64, sd: f64| {
        let concentration = mean * (1.0 - mean) / (sd * sd) - 1.0;
        reference(Beta::new(mean * concentration, (1.0 - mean) * concentration).unwrap())
    };
    vec![
        (
            "uniform",
            Distribution::uniform(-2.0, 5.0).unwrap(),
            reference(Uniform::new(-2.0, 5.0).unwrap()),
        ),
        (
            "triangular",
            Distribution::triangular(3.0, 4.0, 6.0).unwrap(),
            reference(Triangular::new(3.0, 6.0, 4.0).unwrap()),
        ),
        (
            "triangular with its mode at an end",
            Distribution::triangular(0.0, 0.0, 1.0).unwrap(),
            reference(Triangular::new(0.0, 1.0, 0.0).unwrap()),
        ),
        (
            "normal",
            Distribution::normal(1.0, 2.0).unwrap(),
            reference(Normal::new(1.0, 2.0).unwrap()),
        ),
        (
            "lognormal",
            Distribution::lognormal(0.8, 0.3).unwrap(),
            reference(LogNormal::new(math::ln(0.8), 0.3).unwrap()),
        ),
        ("beta", Distribution::beta(0.25, 0.1).unwrap(), beta(0.25, 0.1)),
        ("beta, narrow", Distribution::beta(0.6, 0.01).unwrap(), beta(0.6, 0.01)),
        (
            "beta, with poles at both ends",
            Distribution::beta(0.3, 0.4).unwrap(),
            beta(0.3, 0.4),
        ),
    ]
}

/// The families again, with bounds at which the whole ones have the probabilities `below` and `above`.
fn truncated_families(below: Option<f64>, above: Option<f64>) -> Vec<(&'static str, Distribution, Cdf)> {
    let truncated = |(name, whole, cdf): (&'static str, Distribution, Cdf)| {
        let min = below.map(|probability| whole.quantile(probability));
        let max = above.map(|probability| whole.quantile(1.0 - probability));
        let (at_min, at_max) = (min.map_or(0.0, &cdf), max.map_or(1.0, &cdf));
        let within: Cdf = Box::new(move |x| (cdf(x) - at_min) / (at_max - at_min));
        (name, whole.truncated(min, max).unwrap(), within)
    };
    families().into_iter().map(truncated).collect()
}

fn all_families() -> Vec<(&'static str, Distribution, Cdf)> {
    let mut all = families();
    all.extend(truncated_families(Some(0.2), Some(0.1)));
    all.extend(truncated_families(Some(0.7), None));
    all.extend(truncated_families(None, Some(0.7)));
    all
}

/// The largest distance between the empirical distribution function of the draws and `cdf`.
fn kolmogorov_smirnov(distribution: &Distribution, cdf: &Cdf, sampling: Sampling, draws: u64) -> f64 {
    let uniforms = ParameterStream::new(42, "parameter", sampling);
    let mut values: Vec<f64> = (0..draws)
        .map(|draw| distribution.quantile(uniforms.uniform(draw)))
        .collect();
    values.sort_by(f64::total_cmp);
    let distance = |(rank, &x): (usize, &f64)| {
        let (below, above) = (rank as f64 / draws as f64, (rank + 1) as f64 / draws as f64);
        (cdf(x) - below).abs().max((cdf(x) - above).abs())
    };
    values.iter().enumerate().map(distance).fold(0.0, f64::max)
}

#[test]
fn random_draws_pass_kolmogorov_smirnov() {
    const DRAWS: u64 = 4_000;
    for (name, distribution, cdf) in all_families() {
        let distance = kolmogorov_smirnov(&distribution, &cdf, Sampling::Random, DRAWS);
        // The critical distance at a level of 1%.
        assert!(
            distance < 1.63 / (DRAWS as f64).sqrt(),
            "{name}: {distribution:?} is off by {distance}"
        );
    }
}

#[test]
fn latin_hypercube_draws_lie_within_one_stratum_of_the_distribution() {
    const DRAWS: u64 = 1_000;
    let sampling = Sampling::LatinHypercube {
        draws: NonZero::new(DRAWS).unwrap(),
    };
    for (name, distribution, cdf) in all_families() {
        let distance = kolmogorov_smirnov(&distribution, &cdf, sampling, DRAWS);
        assert!(
            distance < 1.0001 / DRAWS as f64,
            "{name}: {distribution:?} is off by {distance}"
        );
    }
}

#[test]
fn the_distribution_function_agrees_with_an_independent_one() {
    for (name, distribution, cdf) in all_families() {
        for step in 1..100 {
            let x = distribution.quantile(f64::from(step) / 100.0);
            let error = distribution.cdf(x) - cdf(x);
            assert!(
                error.abs() < 1e-10,
                "{name}: {distribution:?} at {x} is off by {error:e}"
            );
        }
    }
}

#[test]
fn values_are_the_same_in_every_version() {
    const UNIFORMS: [f64; 5] = [1e-12, 0.03, 0.4, 0.5, 0.999];
    let bits = |distribution: &Distribution| UNIFORMS.map(|uniform| distribution.quantile(uniform).to_bits());
    let pinned: [[u64; 5]; 8] = [
        [
            0xbfff_ffff_ffff_84db,
            0xbffc_a3d7_0a3d_70a4,
            0x3fe9_9999_9999_999c,
            0x3ff8_0000_0000_0000,
            0x4013_f8d4_fdf3_b646,
        ],
        [
            0x4008_0000_e878_d006,
            0x400a_6666_6666_6666,
            0x4010_6918_bb24_e49a,
            0x4011_1261_45e9_ecd6,
            0x4017_b0ae_69bf_34f9,
        ],
        [
            0x3d61_9800_0000_0000,
            0x3f8e_f434_3eaa_3f00,
            0x3fcc_da04_2f02_36e0,
            0x3fd2_bec3_3301_8866,
            0x3fee_fcf2_3b15_fc59,
        ],
        [
            0xc02a_234f_ba57_a32a,
            0xc006_17bb_09d8_9140,
            0x3fdf_9252_76bf_694e,
            0x3ff0_0000_0000_0000,
            0x401c_b8cb_b720_4470,
        ],
        [
            0x3fb8_d22a_e734_2e40,
            0x3fdd_1f49_cbe0_91f5,
            0x3fe7_b9f5_2547_aa93,
            0x3fe9_9999_9999_999a,
            0x4000_2c63_b16f_80c1,
        ],
        [
            0x3f34_a295_33c1_c572,
            0x3fb6_b42a_5720_db2a,
            0x3fcb_8928_1710_5b71,
            0x3fce_c735_9ba9_e771,
            0x3fe3_64ae_5cd1_11fa,
        ],
        [
            0x3fe0_eab1_dd69_2a4a,
            0x3fe2_988e_b098_4705,
            0x3fe3_1ea7_1e02_7b85,
            0x3fe3_336d_7cec_4c2c,
            0x3fe4_2e3c_4c3d_203c,
        ],
        [
            0x25ac_fee3_a4ae_f848,
            0x3ce1_2f35_a0e3_c0b0,
            0x3f5f_2b39_9555_075d,
            0x3f94_c67e_65b1_8f39,
            0x3fef_ffff_ffff_6ce4,
        ],
    ];
    for ((name, distribution, _), pinned) in families().iter().zip(pinned) {
        assert_eq!(bits(distribution), pinned, "{name}");
    }
}

#[test]
fn truncation_keeps_its_digits_far_in_the_upper_tail() {
    let upper = Distribution::normal(0.0, 1.0)
        .unwrap()
        .truncated(Some(5.5), None)
        .unwrap();
    let lower = Distribution::normal(0.0, 1.0)
        .unwrap()
        .truncated(None, Some(-5.5))
        .unwrap();
    for uniform in [1.0 / 1_048_576.0, 0.125, 0.25, 0.5, 0.75, 0.875] {
        let (high, low) = (upper.quantile(1.0 - uniform), lower.quantile(uniform));
        assert!((high + low).abs() < 1e-13, "{high} does not mirror {low}");
        assert!((upper.cdf(high) - (1.0 - uniform)).abs() < 1e-13);
    }
}

#[test]
fn truncation_bounds_the_support() {
    let normal = || Distribution::normal(0.0, 1.0).unwrap();
    assert_eq!(normal().support(), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(
        normal().truncated(Some(-1.0), None).unwrap().support(),
        (-1.0, f64::INFINITY)
    );
    assert_eq!(
        normal().truncated(Some(-1.0), Some(2.0)).unwrap().support(),
        (-1.0, 2.0)
    );
    let beta = Distribution::beta(0.5, 0.1).unwrap();
    let wider = beta.clone().truncated(Some(-1.0), Some(2.0)).unwrap();
    assert_eq!(wider.support(), beta.support());
    assert_eq!(wider.quantile(0.3), beta.quantile(0.3));
    assert_eq!(
        Distribution::lognormal(1.0, 1.0).unwrap().support(),
        (f64::MIN_POSITIVE, f64::INFINITY)
    );
    assert_eq!(
        Distribution::constant(3.0)
            .unwrap()
            .truncated(None, None)
            .unwrap()
            .support(),
        (3.0, 3.0)
    );
}

#[test]
fn extreme_parameters_still_give_finite_values_above_their_lower_end() {
    let wide = Distribution::lognormal(1.0, 1e6).unwrap();
    assert_eq!(
        (wide.quantile(1e-15), wide.quantile(0.999)),
        (f64::MIN_POSITIVE, f64::MAX)
    );
    let nearly_certain = Distribution::beta(1e-6, 1e-4).unwrap();
    assert!(nearly_certain.quantile(0.5) >= 0.0);
    let ends = Distribution::beta(0.5, 0.499_999_999).unwrap();
    assert!(ends.quantile(0.49) < 1e-300 && ends.quantile(0.51) == 1.0);
    let concentrated = Distribution::beta(0.5, 1e-4).unwrap();
    let z = (concentrated.quantile(0.975) - 0.5) / 1e-4;
    assert!((z - 1.959_964).abs() < 1e-5, "{z}");
}

#[test]
fn medians_are_central_values() {
    let median = |distribution: Result<Distribution, DistributionError>| distribution.unwrap().median();
    assert_eq!(median(Distribution::constant(7.0)), 7.0);
    assert_eq!(median(Distribution::uniform(1.0, 2.0)), 1.5);
    assert_eq!(median(Distribution::normal(3.0, 2.0)), 3.0);
    assert_eq!(median(Distribution::lognormal(0.8, 0.3)), 0.8);
    assert!((median(Distribution::beta(0.5, 0.2)) - 0.5).abs() < 1e-15);
    assert_eq!(median(Distribution::discrete(&[3.0, 1.0, 2.0], &[1.0, 1.0, 1.0])), 2.0);
    assert_eq!(
        median(Distribution::posterior(
            Arc::from([4.0, 1.0, 9.0, 2.0]),
            Arc::from("p.csv")
        )),
        3.0
    );
}

#[test]
fn a_discrete_distribution_sorts_its_values_and_drops_those_without_weight() {
    let discrete = Distribution::discrete(&[5.0, -1.0, 2.0], &[0.0, 3.0, 1.0]).unwrap();
    assert_eq!(discrete.support(), (-1.0, 2.0));
    assert_eq!(
        [1e-9, 0.75, 0.750_001, 0.999].map(|uniform| discrete.quantile(uniform)),
        [-1.0, -1.0, 2.0, 2.0]
    );
    assert_eq!([-2.0, -1.0, 1.9, 2.0].map(|x| discrete.cdf(x)), [0.0, 0.75, 0.75, 1.0]);
    assert_eq!(discrete.shared_stream(), None);
}

#[test]
fn columns_of_one_posterior_share_their_rows() {
    let rows: Arc<str> = Arc::from("posterior.csv");
    let [one, ten] = [[3.0, 1.0, 2.0], [30.0, 10.0, 20.0]]
        .map(|column| Distribution::posterior(Arc::from(column), rows.clone()).unwrap());
    assert_eq!(one.shared_stream(), Some("posterior.csv"));
    for uniform in [1e-16, 0.3, 0.34, 0.6, 0.7, 1.0_f64.next_down()] {
        assert_eq!(ten.quantile(uniform), 10.0 * one.quantile(uniform));
    }
    assert_eq!([0.1, 0.5, 0.9].map(|uniform| one.quantile(uniform)), [3.0, 1.0, 2.0]);
    assert_eq!(one.support(), (1.0, 3.0));
    assert_eq!(one.cdf(2.0), 2.0 / 3.0);
}

#[test]
fn a_message_says_what_is_wrong_and_what_to_write() {
    let normal = || Distribution::normal(0.0, 1.0).unwrap();
    let rows = || Arc::from("p.csv");
    let cases: [(Result<Distribution, DistributionError>, &str); 19] = [
        (
            Distribution::constant(f64::NAN),
            "`value` is NaN; write a finite number",
        ),
        (
            Distribution::normal(f64::INFINITY, 1.0),
            "`mean` is inf; write a finite number",
        ),
        (
            Distribution::normal(1.0, 0.0),
            "`sd` is 0; write a number above zero, or for a certain value that value alone",
        ),
        (
            Distribution::lognormal(-1.0, 1.0),
            "`median` is -1; write a number above zero, or for a certain value that value alone",
        ),
        (
            Distribution::uniform(2.0, 2.0),
            "`low` (2) must be below `high` (2); for a certain value write that value alone",
        ),
        (
            Distribution::triangular(3.0, 2.0, 1.0),
            "`low` (3) must be below `high` (1); for a certain value write that value alone",
        ),
        (
            Distribution::triangular(1.0, 4.0, 3.0),
            "`mode` (4) lies outside the range from `low` (1) to `high` (3); write a mode within it",
        ),
        (
            Distribution::beta(1.0, 0.1),
            "the `mean` of a beta distribution is 1; write a number above 0 and below 1",
        ),
        (
            Distribution::beta(0.5, 0.5),
            "a beta distribution with `mean` 0.5 cannot have `sd` 0.5; write one below 0.5, the root of mean (1 - mean)",
        ),
        (
            Distribution::beta(0.5, 1e-6),
            "a beta distribution with `mean` 0.5 and `sd` 0.000001 is too narrow; write a larger `sd`, or the mean alone",
        ),
        (
            Distribution::discrete(&[1.0], &[1.0, 2.0]),
            "there are 1 `values` and 2 `weights`; write one weight for each value",
        ),
        (
            Distribution::discrete(&[], &[]),
            "there are no values; write at least one",
        ),
        (
            Distribution::posterior(Arc::from([]), rows()),
            "there are no values; write at least one",
        ),
        (
            Distribution::posterior(Arc::from([1.0, f64::NAN]), rows()),
            "number 2 of `posterior` is NaN; write a finite number",
        ),
        (
            Distribution::discrete(&[1.0, 2.0], &[1.0, -2.0]),
            "weight number 2 is -2; write zero or more",
        ),
        (
            Distribution::discrete(&[1.0], &[0.0]),
            "the `weights` sum to 0; write at least one above zero, and a finite sum",
        ),
        (
            normal().truncated(Some(2.0), Some(1.0)),
            "`min` (2) must be below `max` (1); for a certain value write that value alone",
        ),
        (
            normal().truncated(Some(7.0), None),
            "the range from 7 to inf left by `min` and `max` holds a probability of 1.3e-12, \
             less than 1e-9; write bounds where the distribution lies",
        ),
        (
            Distribution::constant(1.0).unwrap().truncated(Some(0.0), None),
            "`min` and `max` do not apply to a constant, a discrete distribution or a posterior; leave them out",
        ),
    ];
    for (result, message) in cases {
        assert_eq!(result.unwrap_err().to_string(), message);
    }
}

#[test]
fn truncation_outside_the_support_is_refused() {
    let uniform = || Distribution::uniform(0.0, 1.0).unwrap();
    for (min, max) in [
        (Some(2.0), None),
        (None, Some(-1.0)),
        (Some(1.0), None),
        (Some(2.0), Some(3.0)),
    ] {
        let refused = uniform().truncated(min, max).unwrap_err();
        assert!(
            matches!(refused, DistributionError::NoMass { mass: 0.0, .. }),
            "{refused:?}"
        );
    }
}

fn any_distribution() -> impl Strategy<Value = Distribution> {
    let ordered = (-100.0..100.0_f64, 0.0..1.0_f64, 1e-3..100.0_f64);
    let whole = prop_oneof![
        ordered
            .clone()
            .prop_map(|(low, _, width)| Distribution::uniform(low, low + width)),
        ordered.prop_map(|(low, mode, width)| Distribution::triangular(low, low + mode * width, low + width)),
        (-10.0..10.0_f64, 1e-2..10.0_f64).prop_map(|(mean, sd)| Distribution::normal(mean, sd)),
        (1e-3..1e3_f64, 1e-2..3.0_f64).prop_map(|(median, sigma)| Distribution::lognormal(median, sigma)),
        // Where no double is left between a quantile and one, the way back has no digits: stay away from there.
        (0.01..0.99_f64, 1e-3..0.5_f64)
            .prop_map(|(mean, share)| Distribution::beta(mean, share * (mean * (1.0 - mean)).sqrt())),
    ];
    (whole, 0.0..0.6_f64, 0.0..0.3_f64, any::<[bool; 2]>()).prop_map(|(whole, below, above, [low, high])| {
        let whole = whole.unwrap();
        let min = low.then(|| whole.quantile(below.max(1e-6)));
        let max = high.then(|| whole.quantile(1.0 - above.max(1e-6)));
        whole.truncated(min, max).unwrap()
    })
}

proptest! {
    #[test]
    fn quantiles_stay_in_the_support_rise_and_come_back(
        distribution in any_distribution(), u in 1e-9..1.0_f64, v in 1e-9..1.0_f64,
    ) {
        let (low, high) = distribution.support();
        let (at_u, at_v) = (distribution.quantile(u), distribution.quantile(v));
        prop_assert!((low..=high).contains(&at_u) && at_u.is_finite());
        prop_assert!((u < v) == (at_u < at_v) || at_u == at_v);
        // Where much probability lies within the last digit of a value, as of a beta near one, `u` comes back within
        // it.
        let (below, above) = (distribution.cdf(at_u.next_down()), distribution.cdf(at_u.next_up()));
        prop_assert!(below - 1e-9 < u && u < above + 1e-9, "{u} is not in {below}..{above} around {at_u}");
    }
}

#[test]
fn the_mean_is_that_of_the_family() {
    let near = |found: f64, expected: f64| (found - expected).abs() < 2e-3 * expected;
    assert!(near(Distribution::uniform(1.0, 4.0).unwrap().mean(), 2.5));
    assert!(near(Distribution::triangular(1.0, 2.0, 6.0).unwrap().mean(), 3.0));
    assert!(near(
        Distribution::lognormal(2.0, 0.5).unwrap().mean(),
        2.0 * math::exp(0.125)
    ));
    assert!(near(Distribution::beta(0.3, 0.15).unwrap().mean(), 0.3));
    assert_eq!(Distribution::constant(0.7).unwrap().mean(), 0.7);
    assert!((Distribution::discrete(&[0.0, 1.0], &[3.0, 2.0]).unwrap().mean() - 0.4).abs() < 1e-15);
    assert_eq!(
        Distribution::posterior([1.0, 2.0, 6.0].into(), "p".into())
            .unwrap()
            .mean(),
        3.0
    );
}
