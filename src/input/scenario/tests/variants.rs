//! Variants of a scenario: other values of its numbers, or without some of its entries.

use super::*;
use crate::input::scenario::{Variation, read_families_on};
use crate::scenario::Omission;

const BY: &str = "tariff.cc-duty.rate";

fn settings(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn grid(pairs: &[(&str, &str)]) -> Variation {
    Variation {
        grid: settings(pairs),
        ..Variation::default()
    }
}

fn set(pairs: &[(&str, &str)]) -> Variation {
    Variation {
        set: settings(pairs),
        ..Variation::default()
    }
}

fn without(ids: &[&str]) -> Variation {
    Variation {
        without: ids.iter().map(ToString::to_string).collect(),
        ..Variation::default()
    }
}

fn read_family(files: &[(&str, &str)], variation: &Variation) -> Outcome {
    let folder = Folder::with(files);
    let paths = [folder.path(files[files.len() - 1].0)];
    let mut report = Report::default();
    let rules = IdleLines::Fault.into();
    let scenarios = read_families_on(&read_small_world, &paths, rules, variation, &mut report);
    Outcome {
        scenarios,
        report,
        folder: format!("{}/", folder.0.path().display()),
    }
}

fn family(text: &str, variation: &Variation) -> Vec<Scenario> {
    let outcome = read_family(&[("case.toml", text)], variation);
    let text = outcome.text();
    outcome.scenarios.unwrap_or_else(|_| panic!("{text}"))
}

fn faults(text: &str, variation: &Variation) -> Vec<(usize, String, String)> {
    let outcome = read_family(&[("case.toml", text)], variation);
    assert!(outcome.scenarios.is_err());
    outcome.found(Severity::Fault)
}

fn names(family: &[Scenario]) -> Vec<&str> {
    family.iter().map(|scenario| scenario.name.as_str()).collect()
}

fn value(scenario: &Scenario, name: &str) -> f64 {
    let slot = scenario.numbers.find(name).unwrap();
    assert!(
        scenario.parameters.iter().all(|parameter| parameter.slot != slot),
        "{name} is certain"
    );
    scenario.numbers.get(slot).value
}

fn ids(scenario: &Scenario) -> Vec<&str> {
    let all = scenario.measures.rows().iter().chain(scenario.programmes.rows());
    all.map(|measure| measure.terms.id.as_str()).collect()
}

#[test]
fn a_grid_adds_a_scenario_for_each_value_and_zero_is_no_fault() {
    let found = family(VALID, &grid(&[(BY, "0, 0.1, 0.2")]));
    assert_eq!(
        names(&found),
        ["case", "case--rate-0", "case--rate-0.1", "case--rate-0.2"]
    );
    assert_eq!(
        found[1..]
            .iter()
            .map(|scenario| value(scenario, BY))
            .collect::<Vec<_>>(),
        [0.0, 0.1, 0.2]
    );
    assert_eq!(value(&found[0], BY), 0.15);
    assert!(found[0].variant.is_none());
    assert_eq!(found[1].title, "Every kind of entry, cc-duty.rate = 0");
    let mut digests: Vec<&str> = found.iter().map(|scenario| scenario.digest.as_str()).collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 4);
    // The same tariff in a file alone can do nothing, which is a fault.
    assert!(read(&patched("rate = 0.15", "rate = 0.0")).scenarios.is_err());
}

#[test]
fn two_numbers_make_every_combination() {
    let found = family(VALID, &grid(&[(BY, "0.1, 0.2"), ("cost.hub-fee.usd_per_t", "1, 2, 3")]));
    let pairs: Vec<(f64, f64)> = found[1..]
        .iter()
        .map(|scenario| (value(scenario, BY), value(scenario, "cost.hub-fee.usd_per_t")))
        .collect();
    assert_eq!(
        pairs,
        [(0.1, 1.0), (0.1, 2.0), (0.1, 3.0), (0.2, 1.0), (0.2, 2.0), (0.2, 3.0)]
    );
}

#[test]
fn a_sweep_in_a_file_is_that_of_the_file_alone() {
    let base = format!("{VALID}\n[sweep]\n\"{BY}\" = [0.1, 0.2]\n");
    assert_eq!(
        names(&family(&base, &Variation::default())),
        ["case", "case--rate-0.1", "case--rate-0.2"]
    );
    let child = "title = \"Child\"\nextends = \"base.toml\"\n";
    let found = read_family(&[("base.toml", &base), ("child.toml", child)], &Variation::default());
    assert_eq!(names(&found.scenarios.unwrap()), ["child"]);
    // Commands that take one scenario take the file's own.
    assert_eq!(read(&base).scenario().name, "case");
}

#[test]
fn a_value_prevails_over_the_entry_and_over_parameters() {
    let numbers = ["ban.union-ban.exempt_share", "mode.rail.cost_index"];
    let found = family(VALID, &set(&[(numbers[0], "0.5"), (numbers[1], "2")]));
    assert_eq!(names(&found), ["case--exempt_share-0.5--cost_index-2"]);
    assert_eq!(numbers.map(|name| value(&found[0], name)), [0.5, 2.0]);
    let drawn = family(VALID, &set(&[(BY, "{ uniform = { low = 0.1, high = 0.3 } }")]));
    assert!(drawn[0].parameters.iter().any(|parameter| parameter.name == BY));
}

#[test]
fn what_depends_on_an_entry_goes_with_it() {
    let found = family(VALID, &without(&["union-ban"]));
    assert_eq!(names(&found), ["case--without-union-ban"]);
    let left = ids(&found[0]);
    for gone in ["union-ban", "union-ban-2", "hub-ban"] {
        assert!(!left.contains(&gone), "{left:?}");
    }
    assert!(left.contains(&"firms"));
    assert!(
        found[0].title.ends_with("without union-ban, union-ban-2, hub-ban"),
        "{}",
        found[0].title
    );
    // An amendment alone can be left out; the ban then goes on.
    let left = family(VALID, &without(&["union-ban-2"]));
    assert!(ids(&left[0]).contains(&"union-ban"));
}

#[test]
fn each_measure_is_left_out_in_turn_then_all() {
    let one_out = Variation {
        leaves_one_out: true,
        ..Variation::default()
    };
    let found = family(VALID, &one_out);
    let omissions: Vec<Omission> = found[1..]
        .iter()
        .map(|scenario| scenario.variant.as_ref().unwrap().omission)
        .collect();
    // Eight measures and an amendment, which goes with the first, and six programmes.
    let (all, single) = omissions.split_last().unwrap();
    assert_eq!(single, [Omission::InTurn; 14]);
    assert_eq!(*all, Omission::All);
    let last = found.last().unwrap();
    assert!(ids(last).is_empty() && !last.shocks.is_empty());
    assert_eq!(
        (last.name.as_str(), found[1].name.as_str()),
        ("case--without-all", "case--without-union-ban")
    );
}

#[test]
fn faults_of_variations_are_told_where_they_stand() {
    let [(line, message, help)] = &faults(VALID, &set(&[("tariff.cc-duty.rat", "1")]))[..] else {
        panic!("one fault")
    };
    assert_eq!(
        (*line, message.as_str()),
        (1, "there is no number `tariff.cc-duty.rat`")
    );
    assert_eq!(help, "did you mean `tariff.cc-duty.rate`?");
    let negative = faults(VALID, &grid(&[(BY, "0.1, -2")]));
    assert_eq!(negative.len(), 1);
    assert!(negative[0].1.contains("`tariff.cc-duty.rate` must be"), "{negative:?}");
    assert_eq!(
        faults(VALID, &grid(&[(BY, "")]))[0].1,
        "expected the values of `tariff.cc-duty.rate`, found an empty list"
    );
    assert_eq!(faults(VALID, &grid(&[(BY, "1, x")])).len(), 1, "no TOML");
    let missing = &faults(VALID, &without(&["union-bam"]))[0];
    assert_eq!(missing.2, "did you mean `union-ban`?");
    let text = format!("{VALID}\n[sweep]\n\"{BY}\" = 0.1\n");
    let [(line, message, _)] = &faults(&text, &Variation::default())[..] else {
        panic!("one fault")
    };
    assert_eq!(*line, line_of(&text, "[sweep]") + 1);
    assert_eq!(
        message,
        "expected the values of `tariff.cc-duty.rate`, found the number 0.1"
    );
    let text = format!("{VALID}\n[sweep]\n\"{BY}\" = [0.1]\n");
    assert!(faults(&text, &grid(&[(BY, "0.2")]))[0].1.contains("is varied twice"));
    let many = vec!["0.1"; 40].join(",");
    let found = faults(VALID, &grid(&[(BY, &many), ("cost.hub-fee.usd_per_t", &many)]));
    assert_eq!(found[0].1, "40 x 40 values make more than 1000 scenarios");
}

#[test]
fn names_that_are_too_long_or_equal_are_numbered() {
    let found = family(
        VALID,
        &grid(&[(
            BY,
            "0.1, 0.10, { uniform = { low = 0.1, high = 0.123456789012345678901234567890123456789 } }",
        )]),
    );
    assert_eq!(names(&found), ["case", "case--rate-0.1", "case--rate-0.10", "case--3"]);
    let found = family(VALID, &grid(&[(BY, "0.1, 0.1")]));
    assert_eq!(names(&found), ["case", "case--rate-0.1", "case--2"]);
}

#[test]
fn a_horizon_ends_with_a_month_or_after_so_many() {
    let ends = |end: &str| patched("months = 24", &format!("end = \"{end}\""));
    assert_eq!(read(&ends("2022-12")).scenario().horizon.months, 24);
    for (end, message) in [
        ("2020-12", "the horizon ends in 2020-12, before it starts in 2021-01"),
        ("2151-01", "the horizon has 1561 months"),
    ] {
        let found = read(&ends(end)).found(Severity::Fault);
        assert_eq!(found[0].1, message);
    }
    let both = read(&patched("months = 24", "months = 24\nend = \"2022-12\"")).found(Severity::Fault);
    assert_eq!(both[0].1, "the horizon has both `months` and `end`");
    let none = read(&patched("months = 24\n", "")).found(Severity::Fault);
    assert_eq!(none[0].1, "[horizon] lacks `months`");
    // An inherited `months` gives way.
    let folder = Folder::with(&[
        ("base.toml", VALID),
        (
            "child.toml",
            "title = \"Child\"\nextends = \"base.toml\"\n[horizon]\nend = \"2022-06\"\n",
        ),
    ]);
    assert_eq!(
        folder.read(&["child.toml"], IdleLines::Fault).scenario().horizon.months,
        18
    );
}

/// The valid scenario as a parent, and a file that extends it.
fn child(text: &str) -> Outcome {
    let child = format!("title = \"Child\"\nextends = \"base.toml\"\n{text}");
    let base = VALID.replace(
        "targets = [\"HUB\"]\nprimary_targets = [\"UNION\"]\nfrom = \"2021-07\"",
        "targets = [\"HUB\", \"AA\"]\nprimary_targets = [\"UNION\"]\nfrom = \"2021-07\"",
    );
    Folder::with(&[("base.toml", &base), ("child.toml", &child)]).read(&["child.toml"], IdleLines::Warn)
}

fn programme<'s>(scenario: &'s Scenario, id: &str) -> &'s Measure {
    let mut programmes = scenario.programmes.rows().iter();
    programmes.find(|programme| programme.terms.id == id).unwrap()
}

fn distribution<'s>(scenario: &'s Scenario, name: &str) -> &'s str {
    let mut parameters = scenario.parameters.iter();
    parameters
        .find(|parameter| parameter.name == name)
        .unwrap()
        .distribution
        .words()
}

#[test]
fn a_factor_scales_what_is_inherited() {
    let factor = "[parameters]\n\"tariff.cc-duty.rate\" = { times = 2 }\n\"ban.union-ban.exempt_share\" = { times = 0.5 }\n\
                  \"commodity.potash.route_choice\" = { times = 2 }\n";
    let scenario = child(factor).scenario();
    assert_eq!(value(&scenario, BY), 0.3);
    assert_eq!(
        distribution(&scenario, "ban.union-ban.exempt_share"),
        "0.5 times uniform 0, 0.2"
    );
    assert_eq!(
        distribution(&scenario, "commodity.potash.route_choice"),
        "2 times triangular 3, 4, 6"
    );
    let share = scenario
        .parameters
        .iter()
        .find(|parameter| parameter.name == "ban.union-ban.exempt_share")
        .unwrap();
    assert_eq!(share.distribution.support(), (0.0, 0.1));
    assert_eq!(share.distribution.quantile(0.25), 0.5 * 0.2 * 0.25);
    let swept = family(VALID, &grid(&[(BY, "{ times = 2 }")]));
    assert_eq!(
        (swept[1].name.as_str(), value(&swept[1], BY)),
        ("case--rate-times-2", 0.3)
    );
}

#[test]
fn factors_that_make_no_sense_are_faults() {
    for (text, message) in [
        (
            "[parameters]\n\"ban.union-ban.exempt_share\" = { times = 6 }\n",
            "6 times what is inherited reaches from 0 to 1.2",
        ),
        (
            "[parameters]\n\"tariff.cc-duty.rate\" = { times = 0 }\n",
            "a factor must be above zero, found 0",
        ),
        (
            "[parameters]\n\"tariff.cc-duty.rate\" = { times = 2, min = 1 }\n",
            "`min` cannot stand beside `times`",
        ),
    ] {
        let found = child(text).found(Severity::Fault);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.contains(message), "{found:?}");
    }
    let found = read(&patched("rate = 0.15", "rate = { times = 2 }")).found(Severity::Fault);
    assert!(
        found[0].1.contains("is not inherited, so nothing can be scaled"),
        "{found:?}"
    );
}

#[test]
fn an_entry_that_amends_its_own_id_keeps_what_it_does_not_give() {
    let text = "[[secondary.designation]]\nid = \"firms\"\namends = \"firms\"\nrate_per_month = { times = 2 }\nuntil = \"2022-06\"\n\
                [[measures.tariff]]\nid = \"cc-duty\"\namends = \"cc-duty\"\nrate = 0.3\n";
    let scenario = child(text).scenario();
    assert_eq!(value(&scenario, "designation.firms.rate_per_month"), 0.3);
    let terms = &programme(&scenario, "firms").terms;
    assert_eq!(
        (terms.from.to_string(), terms.until.unwrap().to_string()),
        ("2021-07".to_owned(), "2022-06".to_owned())
    );
    assert_eq!(value(&scenario, BY), 0.3);
    let alone = read(&patched("id = \"banks\"", "id = \"banks\"\namends = \"banks\"")).found(Severity::Fault);
    assert_eq!(alone[0].1, "no entry `banks` is inherited");
}

#[test]
fn a_programme_takes_targets_of_another_one_over() {
    let text = "[[secondary.designation]]\nid = \"firms-aa\"\namends = \"firms\"\ntargets = [\"AA\"]\nrate_per_month = { times = 2 }\n\
                [parameters]\n\"designation.firms.surge_reference\" = 3.0\n";
    let scenario = child(text).scenario();
    let rate = |id: &str| value(&scenario, &format!("designation.{id}.rate_per_month"));
    assert_eq!((rate("firms"), rate("firms-aa")), (0.15, 0.3));
    // What is said of the inherited number holds for both.
    assert_eq!(value(&scenario, "designation.firms-aa.surge_reference"), 3.0);
    let held = |id: &str| shown(programme(&scenario, id));
    assert_ne!(held("firms"), held("firms-aa"));
    for (targets, message) in [
        ("[\"BB\"]", "`BB` is no target of `firms`, which this entry amends"),
        ("[\"AA\", \"HUB\"]", "this leaves `firms` without a target"),
    ] {
        let found = child(&text.replace("[\"AA\"]", targets)).found(Severity::Fault);
        assert_eq!(found[0].1, message);
    }
    let found = child(&text.replace("amends = \"firms\"", "amends = \"banks\"")).found(Severity::Fault);
    assert_eq!(
        found[0].1,
        "`banks` is a [[secondary.payments]], not a [[secondary.designation]]"
    );
}

#[test]
fn a_split_programme_draws_what_it_keeps_together_with_the_other() {
    let base = VALID
        .replace(
            "targets = [\"HUB\"]\nprimary_targets = [\"UNION\"]\nfrom = \"2021-07\"",
            "targets = [\"HUB\", \"AA\"]\nprimary_targets = [\"UNION\"]\nfrom = \"2021-07\"",
        )
        .replace(
            "rate_per_month = 0.15",
            "rate_per_month = { uniform = { low = 0.1, high = 0.2 } }",
        );
    let child = "title = \"Child\"\nextends = \"base.toml\"\n[[secondary.designation]]\nid = \"firms-aa\"\namends = \"firms\"\n\
                 targets = [\"AA\"]\nrate_per_month = { times = 2 }\n";
    let rates = |child: &str| {
        let table = "draw,designation.firms.rate_per_month\n0,0.25\n1,0.5\n2,0.75\n";
        let files = [("base.toml", base.as_str()), ("p.csv", table), ("child.toml", child)];
        let scenario = Folder::with(&files).read(&["child.toml"], IdleLines::Warn).scenario();
        ["firms", "firms-aa"].map(|id| {
            let name = format!("designation.{id}.rate_per_month");
            let parameter = scenario.parameters.iter().find(|parameter| parameter.name == name);
            parameter.unwrap().distribution.clone()
        })
    };
    let [inherited, twice] = rates(child);
    assert_eq!(
        (inherited.shared_stream(), twice.shared_stream()),
        (None, Some("designation.firms.rate_per_month"))
    );
    assert_eq!(twice.quantile(0.3), 2.0 * inherited.quantile(0.3));
    let posterior = child.replacen("extends", "posterior = \"p.csv\"\nextends", 1);
    let [inherited, twice] = rates(&posterior);
    assert_eq!(twice.shared_stream(), inherited.shared_stream());
    assert_eq!((inherited.median(), twice.median()), (0.5, 1.0));
    let anew = child.replace("{ times = 2 }", "{ uniform = { low = 0.1, high = 0.2 } }");
    assert_eq!(rates(&anew)[1].shared_stream(), None);
    // Whatever [parameters] says prevails.
    let kept = child.replace("rate_per_month = { times = 2 }\n", "");
    let line = "\"designation.firms-aa.rate_per_month\" = { uniform = { low = 0.3, high = 0.4 } }";
    let [_, fixed] = rates(&format!("{kept}[parameters]\n{line}\n"));
    assert_eq!((fixed.shared_stream(), fixed.support()), (None, (0.3, 0.4)));
}
