//! From folders to rows and notes.

use serde_json::json;

use super::*;
use crate::model::ReportPeriod;
use crate::results::read::fixture::ResultFixture;
use crate::results::read::{ResultSet, read_batch};

const DRAWS: [f64; 4] = [1e9, 2e9, 3e9, 4e9];
const LESS: [f64; 4] = [0.5e9, 1e9, 2e9, 3.5e9];

fn sets(scenarios: &[ResultFixture]) -> Vec<ResultSet> {
    sets_for(scenarios, &Selection::default())
}

/// Results with the months that a selection takes.
fn sets_for(scenarios: &[ResultFixture], selection: &Selection) -> Vec<ResultSet> {
    let batch = tempfile::tempdir().unwrap();
    let folders: Vec<_> = scenarios.iter().map(|scenario| scenario.write(batch.path())).collect();
    let mut sets = read_batch(&folders).unwrap();
    selection.add_months(&mut sets).unwrap();
    sets
}

fn compare(scenarios: &[ResultFixture], selection: &Selection) -> Comparison {
    lay_out_sets(&sets_for(scenarios, selection), selection)
}

fn lay_out_sets(sets: &[ResultSet], selection: &Selection) -> Comparison {
    let kept = KeptDifferences::default();
    let keys = selection.keys(sets, &kept).unwrap();
    lay_out(sets, &kept, &keys, LayoutOptions::default())
}

/// All cautions in whole sentences.
fn notes_of(comparison: &Comparison) -> Vec<&str> {
    comparison.notes.in_full().collect()
}

fn notes_between(scenarios: &[ResultFixture]) -> Vec<String> {
    let comparison = compare(scenarios, &Selection::default());
    comparison.notes.in_full().map(str::to_owned).collect()
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
    assert_eq!((difference.mean, difference.draws), (-0.75e9, 4));
    assert_eq!(difference.probability_below_zero, Some(1.0));
    assert_eq!(comparison.blocks[0].rows[1].order, Some(PriorOrder::Lower));
    assert_eq!(notes_of(&comparison), Vec::<&str>::new());
}

#[test]
fn unlike_runs_are_not_paired_and_the_note_says_why() {
    let reason = |other: ResultFixture| {
        let comparison = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default());
        assert!(!difference(&comparison).is_paired);
        let notes = notes_of(&comparison);
        let note = notes.iter().find(|note| note.contains("not paired")).unwrap();
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
    assert!(!difference(&comparison).is_paired);
    let notes = notes_of(&comparison);
    assert!(
        notes[0].contains("headline metrics only: circumvented_usd (via KG)."),
        "{notes:?}"
    );
}

#[test]
fn other_worlds_versions_and_parts_are_noted() {
    let other = ResultFixture::new("ban", &LESS)
        .with("world_digest", "3b")
        .with("version", "0.2.0");
    assert_eq!(
        notes_between(&[ResultFixture::new("baseline", &DRAWS), other]),
        [
            "ban and baseline have different worlds: differences are not those of measures alone.",
            "ban was simulated by version 0.2.0, baseline by version 0.1.0.",
        ]
    );
    let parts = ["baseline", "ban"].map(|name| ResultFixture::new(name, &LESS).with("draws", 8));
    let comparison = compare(&parts, &Selection::default());
    assert_eq!(notes_of(&comparison)[1], "ban holds only draws 0..4 of a run of 8.");
    assert!(difference(&comparison).is_paired, "the same part of like runs");
}

#[test]
fn of_different_horizons_common_months_alone_are_compared() {
    let mut other = ResultFixture::new("ban", &LESS);
    other.last_month = "2021-02";
    let mut longer = ResultFixture::new("baseline", &DRAWS);
    longer.months = vec![("2021-02", 0.02)];
    let comparison = compare(&[longer, other], &Selection::default());
    let [block] = comparison.blocks.as_slice() else {
        panic!("ratios do not add up over months")
    };
    assert_eq!(block.key.period.to_string(), "2021-01..2021-02");
    // One and two per cent of the mean, which is 2.5 and 1.75 bn.
    assert!((block.rows[0].level.unwrap().mean.unwrap() / 0.075e9 - 1.0).abs() < 1e-12);
    assert!((difference(&comparison).mean / -0.0225e9 - 1.0).abs() < 1e-12);
    assert_eq!(block.rows[1].verdict, Some(Verdict::CannotTell { draws_needed: None }));
    let notes = notes_of(&comparison);
    assert_eq!(
        notes[0],
        "Horizons differ: totals are over the common months 2021-01..2021-02 only, which ratios do not have. baseline runs \
         from 2021-01 to 2022-12, ban runs from 2021-01 to 2021-02."
    );
}

#[test]
fn a_year_of_which_results_hold_different_months_is_not_compared() {
    let mut other = ResultFixture::new("ban", &LESS);
    other.last_month = "2021-02";
    let mut longer = ResultFixture::new("baseline", &DRAWS);
    for scenario in [&mut other, &mut longer] {
        scenario.months = vec![("2021", 0.5)];
    }
    let selection = Selection {
        periods: vec!["2021".to_owned()],
        ..metrics(&["circumvented_usd"])
    };
    let comparison = compare(&[longer, other], &selection);
    assert_eq!(comparison.blocks[0].rows[1].difference, None);
    let notes = notes_of(&comparison);
    let expected = "Not compared, because they hold other months of 2021 than baseline: ban.";
    assert!(notes.contains(&expected), "{notes:?}");
}

#[test]
fn what_a_scenario_lacks_is_listed() {
    let mut other = ResultFixture::new("ban", &LESS);
    other.price_rise = vec![f64::NAN; 4];
    let comparison = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default());
    assert_eq!(notes_of(&comparison), ["ban does not have: price_rise_share."]);
    assert_eq!(comparison.blocks[1].rows[1].difference, None);
}

#[test]
fn draws_without_the_metric_are_counted() {
    let mut other = ResultFixture::new("ban", &LESS);
    other.price_rise[2] = f64::NAN;
    let comparison = compare(&[ResultFixture::new("baseline", &DRAWS), other], &Selection::default());
    assert_eq!(comparison.blocks[1].rows[1].fewer_draws(), Some(3));
    assert_eq!(comparison.blocks[0].rows[1].fewer_draws(), None);
    assert_eq!(comparison.notes.fewer_draws, ["price_rise_share of ban 3 of 4"]);
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
        notes_between(&[baseline, history])
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
    let notes = notes_between;
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
    let notes = notes_between;
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
    let pick = |selection: Selection| -> Vec<String> {
        let sets = sets_for(&[ResultFixture::new("baseline", &DRAWS)], &selection);
        let keys = selection.keys(&sets, &KeptDifferences::default()).unwrap();
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
    let message = |selection: Selection| {
        selection
            .keys(&sets, &KeptDifferences::default())
            .unwrap_err()
            .to_string()
    };
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

/// A batch whose table of differences holds these rows, after the header.
fn with_table(rows: &str) -> (tempfile::TempDir, Vec<ResultSet>) {
    let batch = tempfile::tempdir().unwrap();
    let scenarios = [ResultFixture::new("baseline", &DRAWS), ResultFixture::new("ban", &LESS)];
    let folders: Vec<_> = scenarios.iter().map(|scenario| scenario.write(batch.path())).collect();
    let header = crate::results::schema::COMPARISON.header();
    std::fs::write(batch.path().join("comparison.csv"), format!("{header}\n{rows}")).unwrap();
    let sets = read_batch(&folders).unwrap();
    (batch, sets)
}

/// The headline rows of the fixtures, and one by intermediary.
const KEPT: &str = "\
ban,baseline,circumvented,all,all,,,usd,-750000000,144337567.3,-1000000000,-1000000000,-1000000000,-500000000,-500000000,1,4,true
ban,baseline,circumvented,all,all,KG,,usd,-300000000,1,-400000000,-400000000,-400000000,-200000000,-200000000,1,4,true
ban,baseline,price_rise,all,all,,,share,-0.0075,0.001,-0.01,-0.01,-0.01,-0.005,-0.005,1,4,true
ban,baseline,effectiveness,all,all,,,share,1.5,,,,,,,,,true
";

#[test]
fn what_the_batch_knew_paired_is_shown_paired() {
    let (_batch, sets) = with_table(KEPT);
    let selection = Selection {
        vias: vec!["KG".to_owned()],
        ..metrics(&["circumvented"])
    };
    let kept = KeptDifferences::read(&sets, false, |key| selection.wants(key, ReportPeriod::WholeRun)).unwrap();
    let keys = selection.keys(&sets, &kept).unwrap();
    let comparison = lay_out(&sets, &kept, &keys, LayoutOptions::default());
    let difference = difference(&comparison);
    assert!(difference.is_paired);
    assert_eq!(
        (difference.mean, difference.mcse, difference.draws),
        (-3e8, Some(1.0), 4)
    );
    assert_eq!(difference.quantiles.unwrap().p95, -2e8);
    assert_eq!(comparison.blocks[0].rows[1].verdict, Some(Verdict::Lower));
    assert_eq!(notes_of(&comparison), Vec::<&str>::new());
}

#[test]
fn effectiveness_is_shown_where_it_was_kept() {
    let (_batch, sets) = with_table(KEPT);
    let selection = metrics(&["effectiveness"]);
    let kept = KeptDifferences::read(&sets, false, |key| selection.wants(key, ReportPeriod::WholeRun)).unwrap();
    let keys = selection.keys(&sets, &kept).unwrap();
    let comparison = lay_out(&sets, &kept, &keys, LayoutOptions::default());
    assert_eq!(difference(&comparison).mean, 1.5);
    assert_eq!(comparison.blocks[0].rows[1].verdict, None);
    assert!(selection.keys(&sets, &KeptDifferences::default()).is_err());
}

#[test]
fn a_table_of_another_batch_is_left_aside_with_a_note() {
    for other in [
        KEPT.replace("-750000000,", "-750000009,"),
        KEPT.split_inclusive('\n').skip(1).collect(),
    ] {
        let (_batch, sets) = with_table(&other);
        let kept = KeptDifferences::read(&sets, false, |_| true).unwrap();
        assert!(kept.notes[0].ends_with("comparison.csv holds differences of another run of ban: they are not used."));
        let keys = Selection::default().keys(&sets, &kept).unwrap();
        let comparison = lay_out(&sets, &kept, &keys, LayoutOptions::default());
        assert_eq!(difference(&comparison).mean, -7.5e8, "from draws");
    }
}

#[test]
fn a_damaged_table_of_differences_is_a_fault_with_its_line() {
    let fault = |rows: String| {
        let (batch, sets) = with_table(&rows);
        let error = KeptDifferences::read(&sets, false, |_| false).unwrap_err().to_string();
        error.replace(&batch.path().display().to_string(), "BATCH")
    };
    assert_eq!(
        fault(KEPT.replace("144337567.3", "much")),
        "BATCH/comparison.csv, line 2: `much` in column `mcse` is not a number"
    );
    assert_eq!(
        fault(KEPT.replace(
            ",4,true\nban,baseline,effectiveness",
            ",four,true\nban,baseline,effectiveness"
        )),
        "BATCH/comparison.csv, line 4: `four` in column `draws` is not a whole number"
    );
    assert_eq!(
        fault(KEPT.replace(",,true", ",,yes")),
        "BATCH/comparison.csv, line 5: `yes` in column `paired` is neither true nor false"
    );
    assert_eq!(
        fault(KEPT.trim_end().to_owned()),
        "BATCH/comparison.csv, line 5: the file ends in the middle of a line"
    );
    assert_eq!(
        fault(KEPT.replace("share,1.5,", "share,")),
        "BATCH/comparison.csv, line 5: 17 columns where 18 are due"
    );
    assert_eq!(
        fault(KEPT.replace("effectiveness,all", "effectiveness,ever")),
        "BATCH/comparison.csv, line 5: a month is written \"YYYY-MM\", like \"2022-03\""
    );
    let first = KEPT.lines().next().unwrap();
    assert_eq!(
        fault(format!("{KEPT}{first}\n")),
        "BATCH/comparison.csv, line 6: the metric of this row was there before"
    );
}

#[test]
fn scenarios_are_ranked_and_grouped_by_what_the_draws_settle() {
    let more = ["baseline", "ban", "aid"];
    let draws: [&[f64]; 3] = [&DRAWS, &LESS, &[1.1e9, 1.9e9, 3.1e9, 3.9e9]];
    let scenarios: Vec<ResultFixture> = more
        .into_iter()
        .zip(draws)
        .map(|(name, draws)| ResultFixture::new(name, draws))
        .collect();
    let sets = sets(&scenarios);
    let block = |sort| {
        let kept = KeptDifferences::default();
        let keys = metrics(&["circumvented_usd"]).keys(&sets, &kept).unwrap();
        let options = LayoutOptions {
            sort,
            ..LayoutOptions::default()
        };
        lay_out(&sets, &kept, &keys, options).blocks.remove(0)
    };
    assert_eq!(block(SortOrder::Mean).ranking, [1, 0, 2]);
    assert_eq!(block(SortOrder::Name).ranking, [2, 1, 0]);
    assert_eq!(block(SortOrder::Given).ranking, [0, 1, 2]);
    assert_eq!(block(SortOrder::Mean).groups.unwrap(), ["b", "a", "b"]);
}
