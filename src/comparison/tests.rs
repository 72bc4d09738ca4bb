//! From folders to rows and notes.

use serde_json::json;

use super::*;
use crate::results::read::fixture::ResultFixture;
use crate::results::read::{ResultSet, read_batch};

const DRAWS: [f64; 4] = [1e9, 2e9, 3e9, 4e9];
const LESS: [f64; 4] = [0.5e9, 1e9, 2e9, 3.5e9];

fn sets(scenarios: &[ResultFixture]) -> Vec<ResultSet> {
    let batch = tempfile::tempdir().unwrap();
    let folders: Vec<_> = scenarios.iter().map(|scenario| scenario.write(batch.path())).collect();
    read_batch(&folders).unwrap()
}

fn compare(scenarios: &[ResultFixture], selection: &Selection) -> Comparison {
    let sets = sets(scenarios);
    lay_out(&sets, &selection.keys(&sets).unwrap())
}

fn metrics(names: &[&str]) -> Selection {
    Selection {
        metrics: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Selection::default()
    }
}

fn difference(comparison: &Comparison) -> Difference {
    comparison.blocks[0].rows[1].difference.unwrap()
}

#[test]
fn headline_metrics_of_like_runs_are_paired() {
    let comparison = compare(
        &[ResultFixture::new("baseline", &DRAWS), ResultFixture::new("ban", &LESS)],
        &Selection::default(),
    );
    let names: Vec<String> = comparison.blocks.iter().map(|block| block.key.name()).collect();
    assert_eq!(names, ["circumvented_usd", "price_rise_share"]);
    assert_eq!(comparison.blocks[0].rows[0].difference, None);
    let difference = difference(&comparison);
    // The differences are -0.5, -1, -1 and -0.5 bn.
    assert_eq!((difference.mean, difference.pairs), (-0.75e9, Some(4)));
    assert_eq!(difference.probability_below_zero, Some(1.0));
    assert_eq!(comparison.notes, Vec::<String>::new());
}

#[test]
fn unlike_runs_are_not_paired_and_the_note_says_why() {
    let reason = |other: ResultFixture| {
        let comparison = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default());
        assert!(!difference(&comparison).is_paired());
        let note = comparison
            .notes
            .iter()
            .find(|note| note.contains("not paired"))
            .unwrap()
            .clone();
        note[note.find('(').unwrap() + 1..note.find(')').unwrap()].to_owned()
    };
    let ban = || ResultFixture::new("ban", &LESS);
    assert_eq!(reason(ban().with("seed", 43)), "seeds 42 and 43");
    assert_eq!(reason(ban().with("draws", 8)), "runs of 4 and 8 draws");
    assert_eq!(
        reason(ban().with("sampling", "random")),
        "Latin hypercube draws and independent draws"
    );
    let shorter = ResultFixture::new("ban", &LESS[..2]).with("draws", 4);
    assert_eq!(reason(shorter), "draws 0..4 and 0..2");
}

#[test]
fn the_error_of_an_unpaired_difference_adds_both_errors_in_squares() {
    let other = ResultFixture::new("ban", &LESS).with("seed", 43);
    let comparison = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default());
    // Squared deviations: 5 and 5.25 bn^2, over 3 and over 4.
    let expected = ((5.0_f64 + 5.25) / 12.0).sqrt() * 1e9;
    assert!((difference(&comparison).mcse.unwrap() / expected - 1.0).abs() < 1e-12);
    assert_eq!(difference(&comparison).quantiles, None);
}

#[test]
fn metrics_without_draws_are_unpaired_and_named() {
    let selection = Selection {
        vias: vec!["KG".to_owned()],
        ..metrics(&["circumvented"])
    };
    let comparison = compare(
        &[ResultFixture::new("baseline", &DRAWS), ResultFixture::new("ban", &LESS)],
        &selection,
    );
    assert!(!difference(&comparison).is_paired());
    assert!(
        comparison.notes[0].contains("headline metrics only: circumvented_usd (via KG)."),
        "{:?}",
        comparison.notes
    );
}

#[test]
fn other_worlds_horizons_versions_and_parts_are_noted() {
    let mut other = ResultFixture::new("ban", &LESS)
        .with("world_digest", "3b")
        .with("version", "0.2.0");
    other.last_month = "2023-06";
    let notes = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default()).notes;
    assert_eq!(
        notes,
        [
            "ban and baseline have different worlds: differences are not those of measures alone.",
            "ban runs from 2021-01 to 2023-06, baseline from 2021-01 to 2022-12: totals are over different months.",
            "ban was simulated by version 0.2.0, baseline by version 0.1.0.",
        ]
    );
    let parts = ["baseline", "ban"].map(|name| ResultFixture::new(name, &LESS).with("draws", 8));
    let comparison = compare(&parts, &Selection::default());
    assert_eq!(comparison.notes[1], "ban holds only draws 0..4 of a run of 8.");
    assert!(difference(&comparison).is_paired(), "the same part of like runs");
}

#[test]
fn what_a_scenario_lacks_is_listed() {
    let mut other = ResultFixture::new("ban", &LESS);
    other.price_rise = vec![f64::NAN; 4];
    let comparison = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default());
    assert_eq!(comparison.notes, ["ban does not have: price_rise_share."]);
    assert_eq!(comparison.blocks[1].rows[1].difference, None);
}

#[test]
fn draws_without_the_metric_are_counted() {
    let mut other = ResultFixture::new("ban", &LESS);
    other.price_rise[2] = f64::NAN;
    let notes = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default()).notes;
    assert_eq!(
        notes,
        ["ban: the difference in price_rise_share is over the 3 of 4 draws in which both have it."]
    );
}

/// A result whose scenario has so many uncertain strengths of programmes, of which so many were drawn from a posterior;
/// `others` is the number of other columns that it takes.
fn with_strengths(name: &'static str, strengths: usize, drawn: usize, others: usize) -> ResultFixture {
    let evidence = json!({
        "posterior": if drawn + others > 0 { json!("draws.csv") } else { json!(null) },
        "uncertain_numbers": strengths + 20,
        "drawn_from_posterior": drawn + others,
        "programmes": { "uncertain_numbers": strengths, "drawn_from_posterior": drawn },
    });
    ResultFixture::new(name, &DRAWS).with("evidence", evidence)
}

#[test]
fn strengths_of_programmes_that_no_record_moved_are_called_assumed() {
    let note = |strengths, drawn, others| {
        let baseline = with_strengths("baseline", 0, 0, others);
        let history = with_strengths("history", strengths, drawn, others);
        compare(&[baseline, history], &Selection::default()).notes
    };
    for (strengths, expected) in [
        (
            83,
            "history: all 83 uncertain strengths of secondary programmes are assumed: no record was used.",
        ),
        (
            2,
            "history: both uncertain strengths of secondary programmes are assumed: no record was used.",
        ),
        (
            1,
            "history: its one uncertain strength of a secondary programme is assumed: no record was used.",
        ),
    ] {
        assert_eq!(note(strengths, 0, 0), [expected]);
    }
    for (strengths, drawn, expected) in [
        (
            83,
            12,
            "history: records moved 12 of its 83 uncertain strengths of secondary programmes. The other 71 keep their \
             priors, which are assumed: the part of its differences that rests on these is an assumption.",
        ),
        (
            2,
            1,
            "history: records moved 1 of its 2 uncertain strengths of secondary programmes. The other one keeps its \
             prior, which is assumed: the part of its differences that rests on this is an assumption.",
        ),
        (
            83,
            0,
            "history: records moved none of its 83 uncertain strengths of secondary programmes. They keep their priors, \
             which are assumed: the part of its differences that rests on these is an assumption.",
        ),
        (
            1,
            0,
            "history: records did not move its one uncertain strength of a secondary programme. It keeps its prior, \
             which is assumed: the part of its differences that rests on this is an assumption.",
        ),
    ] {
        assert_eq!(note(strengths, drawn, 9), [expected]);
    }
    assert!(note(0, 0, 0).is_empty(), "there are none");
    assert!(note(12, 12, 0).is_empty(), "records moved all of them");
}

#[test]
fn a_caution_about_strengths_stands_where_a_difference_rests_on_them() {
    let notes = |scenarios: &[ResultFixture]| compare(scenarios, &Selection::default()).notes;
    let about =
        |name| format!("{name}: all 5 uncertain strengths of secondary programmes are assumed: no record was used.");
    let with_five = |name| with_strengths(name, 5, 0, 0);
    let none = || with_strengths("ban", 0, 0, 0);
    // The same number in both: differences are of something else.
    assert!(notes(&[with_five("history"), with_five("again")]).is_empty());
    assert_eq!(notes(&[with_five("history"), none()]), [about("history")]);
    assert_eq!(
        notes(&[none(), with_five("history"), with_five("again")]),
        [about("history"), about("again")]
    );
    let moved = notes(&[with_strengths("history", 5, 3, 0), none()]);
    assert_eq!(
        moved,
        [
            "history: records moved 3 of its 5 uncertain strengths of secondary programmes. The other 2 keep their priors, \
          which are assumed: the part of the differences that rests on these is an assumption."
        ]
    );
    // A scenario that extends the reference has its strengths too: they are in no difference.
    assert_eq!(
        notes(&[with_strengths("primary", 4, 3, 0), with_strengths("history", 9, 5, 0)]),
        [
            "history: records moved 2 of its 5 uncertain strengths of secondary programmes. The other 3 keep their priors, \
          which are assumed: the part of its differences that rests on these is an assumption."
        ]
    );
    // The same numbers, drawn otherwise.
    assert_eq!(
        notes(&[with_strengths("history", 5, 3, 0), with_five("again")]),
        [about("again")]
    );
}

#[test]
fn results_that_do_not_say_what_their_strengths_rest_on_bring_no_caution() {
    let notes = |scenarios: &[ResultFixture]| compare(scenarios, &Selection::default()).notes;
    let old = |name| ResultFixture::new(name, &DRAWS);
    assert!(notes(&[old("baseline"), old("history")]).is_empty());
    assert!(notes(&[with_strengths("history", 5, 0, 0), old("again")]).is_empty());
    let empty = ResultFixture::new("history", &DRAWS).with("evidence", json!({}));
    assert!(notes(&[old("baseline"), empty]).is_empty());
    // What the newer result says of itself holds beside any reference.
    let newer = notes(&[old("baseline"), with_strengths("history", 5, 0, 0)]);
    assert!(newer[0].starts_with("history: all 5 uncertain strengths"), "{newer:?}");
}

#[test]
fn metrics_are_picked_by_name_unit_period_and_commodity() {
    let sets = sets(&[ResultFixture::new("baseline", &DRAWS)]);
    let pick = |selection: Selection| -> Vec<String> {
        let keys = selection.keys(&sets).unwrap();
        keys.iter()
            .map(|key| format!("{} {} {}", key.name(), key.period, key.commodity))
            .collect()
    };
    assert_eq!(
        pick(metrics(&["circumvented"])),
        ["circumvented_t all all", "circumvented_usd all all"]
    );
    assert_eq!(
        pick(metrics(&["price_rise", "circumvented_t", "price_rise"])),
        ["price_rise_share all all", "circumvented_t all all"]
    );
    let months = Selection {
        periods: vec!["2022-12".to_owned(), "2021-01".to_owned()],
        ..Selection::default()
    };
    assert_eq!(
        pick(months),
        ["circumvented_usd 2021-01 all", "circumvented_usd 2022-12 all"]
    );
    let good = Selection {
        commodities: vec!["plywood".to_owned()],
        ..Selection::default()
    };
    assert_eq!(pick(good), ["circumvented_usd all plywood"]);
}

#[test]
fn an_unknown_name_brings_its_neighbour_and_the_known_ones() {
    let sets = sets(&[ResultFixture::new("baseline", &DRAWS)]);
    let message = |selection: Selection| selection.keys(&sets).unwrap_err().to_string();
    assert_eq!(
        message(metrics(&["circumvent"])),
        "metric `circumvent` is in none of the results (did you mean `circumvented`?); known: circumvented, price_rise"
    );
    let good = Selection {
        commodities: vec!["potash".to_owned()],
        ..Selection::default()
    };
    assert_eq!(
        message(good),
        "commodity `potash` is in none of the results; known: all, plywood"
    );
}

#[test]
fn another_reference_can_be_asked_for() {
    let mut sets = sets(&["baseline", "aid", "ban"].map(|name| ResultFixture::new(name, &DRAWS)));
    reference_first(&mut sets, "ban").unwrap();
    let labels: Vec<&str> = sets.iter().map(|set| set.label.as_str()).collect();
    assert_eq!(labels, ["ban", "baseline", "aid"]);
    let error = reference_first(&mut sets, "bann").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("scenario `bann` is in none of the results (did you mean `ban`?)")
    );
}
