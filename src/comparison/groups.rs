//! Groups of scenarios whose order the priors leave open, by letters (compact letter display: Piepho 2004, by insertion
//! and absorption).

use std::collections::BTreeSet;

use super::verdict::SETTLED;

/// The letters of scenarios that stand in the order of `ranking`: two share a letter exactly if neither lies below the
/// other in [`SETTLED`] of draws. `columns` are the values of each scenario, the same draws in each; NaN where they do not
/// exist.
pub(super) fn letters(columns: &[&[f64]], ranking: &[usize]) -> Vec<String> {
    let everybody: BTreeSet<usize> = (0..columns.len()).collect();
    let mut groups = vec![everybody];
    for one in 0..columns.len() {
        for other in one + 1..columns.len() {
            if is_settled(columns[one], columns[other]) {
                groups = separate(groups, one, other);
            }
        }
    }
    let rank = |scenario: &usize| ranking.iter().position(|ranked| ranked == scenario);
    groups.sort_by_cached_key(|group| group.iter().map(rank).min());
    let of_scenario = |scenario: usize| {
        let member = groups.iter().enumerate().filter(|(_, group)| group.contains(&scenario));
        member.map(|(place, _)| letter(place)).collect()
    };
    (0..columns.len()).map(of_scenario).collect()
}

/// Whether one of two scenarios lies below the other in enough of the draws in which both exist.
fn is_settled(one: &[f64], other: &[f64]) -> bool {
    let (mut below, mut above, mut draws) = (0_usize, 0_usize, 0_usize);
    for (one, other) in one.iter().zip(other).filter(|(one, other)| (*one - *other).is_finite()) {
        draws += 1;
        below += usize::from(one < other);
        above += usize::from(one > other);
    }
    draws > 0 && below.max(above) as f64 >= SETTLED * draws as f64
}

/// Splits every group that holds both: one part loses the first, one the other. Groups within others go.
fn separate(groups: Vec<BTreeSet<usize>>, one: usize, other: usize) -> Vec<BTreeSet<usize>> {
    let mut parts: Vec<BTreeSet<usize>> = Vec::new();
    for group in groups {
        if group.contains(&one) && group.contains(&other) {
            for gone in [one, other] {
                parts.push(group.iter().copied().filter(|member| *member != gone).collect());
            }
        } else {
            parts.push(group);
        }
    }
    let is_within_another = |place: usize| {
        parts.iter().enumerate().any(|(other, group)| {
            let larger = group.len() > parts[place].len() || other < place;
            other != place && larger && parts[place].is_subset(group)
        })
    };
    let kept: Vec<usize> = (0..parts.len()).filter(|place| !is_within_another(*place)).collect();
    kept.into_iter().map(|place| parts[place].clone()).collect()
}

/// `a` to `z`, then with a number.
fn letter(place: usize) -> String {
    let letter = char::from(b'a' + (place % 26) as u8);
    if place < 26 {
        letter.to_string()
    } else {
        format!("{letter}{}", place / 26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Draws of a scenario that lies at `centre`, in one draw of ten higher by `jump`.
    fn column(centre: f64, jump: f64, at: usize) -> Vec<f64> {
        let value = |draw: usize| if draw == at { centre + jump } else { centre };
        (0..10).map(value).collect()
    }

    #[test]
    fn scenarios_between_two_groups_belong_to_both() {
        // In one draw of ten the lowest jumps over the middle one, in another the middle one over the highest.
        let (low, middle, high) = (column(0.0, 1.5, 0), column(1.0, 1.5, 1), column(2.0, 0.0, 0));
        assert_eq!(letters(&[&high, &low, &middle], &[1, 2, 0]), ["b", "a", "ab"]);
    }

    #[test]
    fn settled_orders_share_no_letter_and_equals_do() {
        let (low, high) = (column(0.0, 0.0, 0), column(1.0, 0.0, 0));
        assert_eq!(letters(&[&low, &high, &low], &[0, 2, 1]), ["a", "b", "a"]);
        assert_eq!(letters(&[&[f64::NAN, 1.0], &[2.0, 2.0]], &[0, 1]), ["a", "b"]);
        assert_eq!(
            letters(&[&[f64::NAN], &[2.0]], &[0, 1]),
            ["a", "a"],
            "nothing to tell them apart by"
        );
    }

    proptest! {
        #[test]
        fn two_share_a_letter_exactly_if_neither_is_settled(
            columns in prop::collection::vec(prop::collection::vec(0.0..10.0, 4), 2..7)
        ) {
            let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let ranking: Vec<usize> = (0..views.len()).collect();
            let found = letters(&views, &ranking);
            for one in 0..views.len() {
                for other in one + 1..views.len() {
                    let shared = found[one].chars().any(|letter| found[other].contains(letter));
                    prop_assert_eq!(shared, !is_settled(views[one], views[other]));
                }
            }
        }
    }
}
