//! The multinomial logit: how trade is shared by routes of different cost.

use crate::math;

/// Shares proportional to exp(-theta cost), adding up to one: the choice between routes of docs/model.md at baseline
/// prices, when no capacity binds.
///
/// `costs` are in US dollars per tonne, `theta` is per dollar. A share is zero where a route costs so much more than the
/// cheapest that its exponential vanishes.
pub fn logit_shares(costs: &[f64], theta: f64) -> Vec<f64> {
    // McFadden (1974), with utility -theta cost.
    // Costs less the lowest one give the same shares, and exponentials that cannot all underflow.
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = costs.iter().map(|cost| math::exp(-theta * (cost - least))).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheaper_paths_get_more_and_shares_add_up() {
        let shares = logit_shares(&[10.0, 10.0 + math::ln(2.0) / 0.5, 10.0], 0.5);
        let expected = [0.4, 0.2, 0.4];
        assert!(
            shares
                .iter()
                .zip(expected)
                .all(|(share, expected)| (share - expected).abs() < 1e-15)
        );
    }

    #[test]
    fn only_differences_of_cost_matter_however_dear_all_paths_are() {
        assert_eq!(logit_shares(&[1e6, 1e6 + 1.0], 2.0), logit_shares(&[0.0, 1.0], 2.0));
    }

    #[test]
    fn a_path_that_is_too_dear_gets_nothing() {
        assert_eq!(logit_shares(&[0.0, 1e4], 1.0), [1.0, 0.0]);
    }

    #[test]
    fn one_path_gets_all() {
        assert_eq!(logit_shares(&[123.0], 0.1), [1.0]);
    }
}
