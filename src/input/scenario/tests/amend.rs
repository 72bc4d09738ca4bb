//! Measures that amend others.

use super::*;
use crate::model::Month;

/// The valid scenario with further entries.
fn with(entries: &str) -> String {
    format!("{VALID}\n{entries}")
}

fn measure<'a>(scenario: &'a Scenario, id: &str) -> &'a Measure {
    let mut measures = scenario.measures.rows().iter();
    measures.find(|measure| measure.terms.id == id).unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn terms_of(scenario: &Scenario, id: &str) -> (Month, Option<Month>) {
    let terms = &measure(scenario, id).terms;
    (terms.from, terms.until)
}

fn rate_of<'a>(scenario: &'a Scenario, id: &str) -> &'a str {
    let [rate] = numbers_of(scenario, measure(scenario, id))[..] else {
        panic!("{id} has more than a rate")
    };
    rate
}

#[test]
fn an_amendment_takes_over_when_it_starts() {
    let scenario = read(VALID).scenario();
    assert_eq!(
        terms_of(&scenario, "union-ban"),
        (month("2021-03"), Some(month("2021-10")))
    );
    assert_eq!(terms_of(&scenario, "union-ban-2"), (month("2021-10"), None));
    let (before, after) = (measure(&scenario, "union-ban"), measure(&scenario, "union-ban-2"));
    assert_eq!(after.terms.issuer, before.terms.issuer);
    assert_eq!(after.terms.commodities, before.terms.commodities);
    assert_eq!(after.terms.announced, month("2021-10"), "the announcement is its own");
}

#[test]
fn an_amendment_keeps_the_very_numbers_it_does_not_give() {
    let scenario = read(VALID).scenario();
    let (before, after) = (measure(&scenario, "union-ban"), measure(&scenario, "union-ban-2"));
    let legs = |measure: &Measure| measure.instrument.extendable().cloned();
    assert!(legs(before).is_some());
    assert_eq!(legs(before), legs(after));
    assert_eq!(
        numbers_of(&scenario, before),
        ["ban.union-ban.wind_down_months", "ban.union-ban.exempt_share"]
    );
    assert_eq!(
        numbers_of(&scenario, after),
        ["ban.union-ban-2.wind_down_months", "ban.union-ban.exempt_share"]
    );
    assert!(scenario.numbers.find("ban.union-ban-2.exempt_share").is_none());
}

#[test]
fn a_wind_down_is_not_kept() {
    let scenario = read(&patched(
        "from = \"2021-10\"\nwind_down_months = 1\n",
        "from = \"2021-10\"\n",
    ))
    .scenario();
    let slot = scenario.numbers.find("ban.union-ban-2.wind_down_months").unwrap();
    assert_eq!(scenario.numbers.get(slot).value, 0.0);
}

#[test]
fn amendments_of_one_measure_follow_each_other_in_time() {
    // The first in time is written last, and both name the measure that began it all.
    let scenario = read(&with(
        "[[measures.tariff]]\nid = \"a-second\"\namends = \"cc-duty\"\nfrom = \"2022-01\"\norigins = [\"HUB\", \"AA\"]\n\
         [[measures.tariff]]\nid = \"b-first\"\namends = \"cc-duty\"\nfrom = \"2021-09\"\nrate = 0.3\n\
         [[measures.tariff]]\nid = \"c-third\"\namends = \"b-first\"\nfrom = \"2022-03\"\nuntil = \"2022-12\"\nsource = \"x\"\n",
    ))
    .scenario();
    let months: Vec<_> = ["cc-duty", "b-first", "a-second", "c-third"]
        .map(|id| terms_of(&scenario, id))
        .to_vec();
    let starts = ["2021-06", "2021-09", "2022-01", "2022-03"].map(month);
    assert_eq!(months.iter().map(|terms| terms.0).collect::<Vec<_>>(), starts);
    let ends = ["2021-09", "2022-01", "2022-03", "2022-12"].map(|end| Some(month(end)));
    assert_eq!(months.iter().map(|terms| terms.1).collect::<Vec<_>>(), ends);
    assert_eq!(rate_of(&scenario, "cc-duty"), "tariff.cc-duty.rate");
    for id in ["b-first", "a-second", "c-third"] {
        assert_eq!(rate_of(&scenario, id), "tariff.b-first.rate", "{id}");
    }
    let origins = |id: &str| {
        shown(measure(&scenario, id))
            .split_once("destinations")
            .unwrap()
            .0
            .to_owned()
    };
    assert_eq!(origins("c-third"), origins("a-second"));
    assert_ne!(origins("c-third"), origins("b-first"));
}

#[test]
fn an_amendment_without_end_keeps_the_end() {
    let scenario = read(&with(
        "[[measures.tariff]]\nid = \"duty-2\"\namends = \"cc-duty\"\nfrom = \"2021-09\"\nrate = 0.3\n",
    ))
    .scenario();
    assert_eq!(terms_of(&scenario, "duty-2").1, Some(month("2022-06")));
}

#[test]
fn what_an_amendment_gives_replaces_its_alternatives() {
    let scenario = read(&with(
        "[[measures.cost]]\nid = \"fee-2\"\namends = \"hub-fee\"\nfrom = \"2021-09\"\nfactor = 2\nlinks = [\"aa-hub\"]\n\
         [[measures.closure]]\nid = \"closed-2\"\namends = \"rail-closed\"\nfrom = \"2021-05\"\nmodes = [\"road\"]\n\
         carriers = [\"BB\"]\n\
         [[measures.inspection]]\nid = \"watch-2\"\namends = \"watch\"\nfrom = \"2021-09\"\nnodes = [\"hub\"]\n",
    ))
    .scenario();
    assert!(scenario.numbers.find("cost.fee-2.factor").is_some());
    let closure = measure(&scenario, "closed-2");
    assert!(shown(closure).contains("jurisdictions: []"));
    assert_eq!(
        numbers_of(&scenario, closure),
        [
            "closure.rail-closed.share_closed",
            "closure.rail-closed.return_half_life_months"
        ]
    );
}

#[test]
fn a_measure_amended_before_the_horizon_is_not_idle() {
    let text = with("[[measures.tariff]]\nid = \"duty-2\"\namends = \"cc-duty\"\nfrom = \"2020-09\"\nrate = 0.3\n")
        .replace("from = \"2021-06\"\nuntil", "from = \"2020-06\"\nuntil");
    assert_eq!(read(&text).text(), "");
}

#[test]
fn a_kept_number_is_a_parameter_under_its_first_name() {
    let outcome = read(&patched("\"mode.rail.cost_index\"", "\"ban.union-ban-2.exempt_share\""));
    let found = outcome.found(Severity::Fault);
    assert_eq!(found.len(), 1, "{}", outcome.text());
    assert_eq!(
        found[0].2,
        "the amendment keeps the number of what it amends: \"ban.union-ban.exempt_share\""
    );
    let fixed = patched(
        "exempt_share = { uniform = { low = 0.0, high = 0.2 } }",
        "exempt_share = 0.1",
    )
    .replace(
        "\"mode.rail.cost_index\" = 1.25",
        "\"ban.union-ban.exempt_share\" = 0.3",
    );
    assert_eq!(read(&fixed).text(), "");
}

#[test]
fn an_amendment_may_stand_in_a_file_that_extends() {
    let child = "extends = \"parent.toml\"\n[[measures.cost]]\nid = \"fee-2\"\namends = \"hub-fee\"\n\
                 from = \"2021-09\"\nusd_per_t = 5\n";
    let folder = Folder::with(&[("parent.toml", VALID), ("child.toml", child)]);
    let scenario = folder.read(&["child.toml"], IdleLines::Fault).scenario();
    assert_eq!(terms_of(&scenario, "hub-fee").1, Some(month("2021-09")));
    let child = "extends = \"parent.toml\"\nremove = [\"union-ban\"]\n";
    let folder = Folder::with(&[("parent.toml", VALID), ("child.toml", child)]);
    let outcome = folder.read(&["child.toml"], IdleLines::Fault);
    let messages: Vec<String> = outcome
        .found(Severity::Fault)
        .into_iter()
        .map(|found| found.1)
        .collect();
    assert_eq!(
        messages,
        ["there is no measure `union-ban`", "there is no ban `union-ban`"],
        "what refers to a removed measure is told"
    );
}

/// Entries to add, the message and a part of the help.
const FAULTS: [(&str, &str, &str); 8] = [
    (
        "id = \"x\"\namends = \"cc-dutie\"\nfrom = \"2021-09\"",
        "there is no measure `cc-dutie`",
        "did you mean `cc-duty`?",
    ),
    (
        "id = \"x\"\namends = \"union-ban\"\nfrom = \"2021-09\"",
        "`union-ban` is a [[measures.ban]], not a [[measures.tariff]]",
        "of the kind",
    ),
    (
        "id = \"x\"\namends = \"x\"\nfrom = \"2021-09\"",
        "measures amend each other in a circle: x -> x",
        "remove one",
    ),
    (
        "id = \"x\"\namends = \"z\"\nfrom = \"2021-09\"\n[[measures.tariff]]\nid = \"y\"\namends = \"x\"\n\
         from = \"2021-10\"\n[[measures.tariff]]\nid = \"z\"\namends = \"y\"\nfrom = \"2021-11\"\n\
         [[measures.tariff]]\nid = \"w\"\namends = \"y\"\nfrom = \"2021-11\"",
        "measures amend each other in a circle: x -> z -> y -> x",
        "remove one",
    ),
    (
        "id = \"x\"\namends = \"cc-duty\"\nfrom = \"2021-09\"\n[[measures.tariff]]\nid = \"y\"\n\
         amends = \"cc-duty\"\nfrom = \"2021-09\"",
        "`x` and `y` amend one measure in the same month",
        "join them",
    ),
    (
        "id = \"x\"\namends = \"cc-duty\"\nfrom = \"2021-06\"",
        "starts in 2021-06, but `cc-duty`, which it amends, starts in 2021-06",
        "starts after",
    ),
    (
        "id = \"x\"\namends = \"cc-duty\"\nfrom = \"2022-06\"",
        "starts in 2022-06, but `cc-duty`, which it amends, has ended in 2022-06",
        "`until` of its own",
    ),
    (
        "id = \"x\"\namends = \"cc-duty\"",
        "[[measures.tariff]] lacks `from`",
        "add a line",
    ),
];

#[test]
fn an_impossible_amendment_is_a_fault_and_the_only_one() {
    for (entry, message, help) in FAULTS {
        let outcome = read(&with(&format!("[[measures.tariff]]\n{entry}\nrate = 0.3\n")));
        let found = outcome.found(Severity::Fault);
        let [(_, said, advised)] = found.as_slice() else {
            panic!("{entry:?} gave\n{}", outcome.text());
        };
        assert_eq!(said, message);
        assert!(advised.contains(help), "{advised}");
    }
}

#[test]
fn a_fault_of_the_amended_measure_is_told_once() {
    for (old, new) in [
        ("destinations = [\"UNION\"]\nannounced", "announced"),
        ("low = 0.0, high = 0.2", "low = 0.0, high = 1.2"),
        (
            "origins = [\"AA\"]\ndestinations = [\"UNION\"]",
            "origins = [\"A\"]\ndestinations = [\"UNION\"]",
        ),
        (
            "issuer = \"UNION\"\ncommodities = [\"plywood\", \"potash\"]",
            "issuer = 5\ncommodities = [\"plywood\"]",
        ),
    ] {
        let outcome = read(&patched(old, new));
        assert_eq!(outcome.found(Severity::Fault).len(), 1, "{}", outcome.text());
    }
}
