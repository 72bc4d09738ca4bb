//! Files of facts: the values read from a valid one, and the messages about one with a line changed.

use std::path::PathBuf;

use super::*;
use crate::input::{IdleLines, read_scenarios};
use crate::model::{Party, Published, Statistic, Trade};

const VALID: &str = include_str!("valid.toml");

/// Reads facts about two years on the hub world. Returns them and all messages.
fn read(text: &str) -> (Option<Facts>, String) {
    let folder = tempfile::tempdir().unwrap();
    let world = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/hub");
    let scenario = folder.path().join("hub.toml");
    let head = format!(
        "title = \"Hub\"\nworld = {:?}\n[scope]\ncommodities = [\"grain\", \"ore\"]\n",
        world.to_str().unwrap()
    );
    let horizon = "[horizon]\nstart = \"2021-01\"\nmonths = 24\n";
    let simulation = "[simulation]\ndraws = 1\nseed = 1\nsampling = { random = {} }\n";
    std::fs::write(&scenario, format!("{head}{horizon}{simulation}")).unwrap();
    let mut report = Report::default();
    let scenarios = read_scenarios(&[scenario], IdleLines::Fault, &mut report);
    let scenario = scenarios
        .unwrap_or_else(|_| panic!("{}", report.render(false)))
        .remove(0);
    let path = folder.path().join("facts.toml");
    std::fs::write(&path, text).unwrap();
    let facts = read_facts(&path, &scenario, &mut report);
    let said = report
        .render(false)
        .replace(&format!("{}/", folder.path().display()), "");
    (facts, said)
}

/// The messages about the valid file with some lines changed.
fn said_of(changes: &[(&str, &str)]) -> String {
    let mut text = VALID.to_owned();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "`{from}`");
        text = text.replacen(from, to, 1);
    }
    let (facts, said) = read(&text);
    assert!(facts.is_none(), "{said}");
    said
}

#[test]
fn every_definition_reaches_the_facts() {
    let (facts, said) = read(VALID);
    assert_eq!(said, "");
    let facts = facts.unwrap();
    let Trade::Book {
        reporters,
        partners,
        commodities,
        ..
    } = &facts.series[0].trade
    else {
        panic!("{:?}", facts.series[0])
    };
    assert_eq!(partners, &[Party::Bloc("UNION".to_owned())]);
    assert_eq!((reporters.len(), commodities.len()), (2, 0), "no list means all goods");
    assert_eq!(facts.facts.len(), 6);
    let Statistic::Offset {
        of: 0, lost: 1, months, ..
    } = facts.facts[3].statistic
    else {
        panic!("{:?}", facts.facts[3])
    };
    assert_eq!(months.to_string(), "2022-03..2022-11");
    assert_eq!(
        facts.facts[3].published,
        Published {
            low: 0.05,
            high: f64::INFINITY
        }
    );
    assert_eq!(facts.orders[0].facts, [0, 3]);
    assert_eq!(facts.last_month().unwrap().to_string(), "2022-12");
}

#[test]
fn unknown_names_are_told_with_what_was_probably_meant() {
    insta::assert_snapshot!(said_of(&[
        ("partner = \"UNION\"", "partner = \"UNIO\""),
        ("places = [\"harbour\", \"lane\"]", "places = [\"harbor\"]"),
        (
            "supplies = [\"grain-s\"], kinds = [\"direct\"]",
            "supplies = [\"grain\"], kinds = [\"drect\"]"
        ),
        ("facts = [\"rise\", \"back\"]", "facts = [\"rise\", \"bak\"]"),
        ("mean = { of = \"direct\"", "mean = { of = \"dirct\""),
        ("series = \"sold\"", "serie = \"sold\""),
    ]));
}

#[test]
fn definitions_that_cannot_be_evaluated_are_told() {
    insta::assert_snapshot!(said_of(&[
        (
            "months = \"2022-01..2022-12\", plus",
            "months = \"2022-01..2023-01\", plus"
        ),
        (
            "against = \"2021-03..2021-11\" } # change",
            "against = \"2021-11..2021-03\" }"
        ),
        ("observed = 7.5", "observed = { low = 2, high = 1 }"),
        (
            "mean = {",
            "level = { of = \"direct\", months = \"2022-01\" }\nmean = {"
        ),
        ("reporter = [\"HUB\", \"ALT\"]", "reporter = [\"BUY\", \"UNION\"]"),
        ("commodities = [\"ore\"] }", "commodities = [\"timber\"] }"),
    ]));
}

#[test]
fn ratios_have_one_unit_and_a_rise_ends_after_it_starts() {
    insta::assert_snapshot!(said_of(&[
        ("from = \"2022-02\"", "from = \"2022-11\""),
        ("lost = \"direct\"", "lost = \"passed\""),
        ("observed = 0.5", "observed = {}"),
    ]));
}

#[test]
fn each_id_and_kind_of_trade_is_given_once_and_lists_are_in_double_brackets() {
    let said = said_of(&[("throughput = {", "flow = {}\nthroughput = {")]);
    assert!(said.contains("give exactly one of book, flow, throughput"), "{said}");
    let said = said_of(&[("id = \"back\"", "id = \"rise\""), ("id = \"direct\"", "id = \"sold\"")]);
    assert!(
        said.contains("there are two facts called `rise`") && said.contains("there are two series called `sold`"),
        "{said}"
    );
    let (_, said) = read("[fact]\nid = \"x\"\n[[facts]]\n");
    assert!(
        said.contains("expected entries, found a table") && said.contains("did you mean [[fact]]?"),
        "{said}"
    );
    assert!(read("").1.contains("there is no fact in this file"));
}
