//! Valid scenarios, and the model values that they become.

use super::*;
use crate::input::scenario::UnreadableScenarios;
use crate::scenario::Scheme;

#[test]
fn a_scenario_with_every_kind_of_entry_is_read_without_a_word() {
    let outcome = read(VALID);
    assert_eq!(outcome.text(), "");
    let scenario = outcome.scenario();
    assert_eq!(scenario.name, "case");
    assert_eq!(scenario.title, "Every kind of entry");
    assert_eq!(scenario.horizon.start.to_string(), "2021-01");
    assert_eq!(scenario.horizon.months, 24);
    assert_eq!((scenario.simulation.draws, scenario.simulation.seed), (1000, 42));
    assert_eq!(scenario.simulation.scheme, Scheme::LatinHypercube);
    assert_eq!(scenario.simulation.tolerance, 1e-9);
    let counts = [
        scenario.measures.len(),
        scenario.programmes.len(),
        scenario.trends.len(),
        scenario.shocks.len(),
    ];
    assert_eq!(counts, [9, 6, 2, 3]);
}

#[test]
fn entries_and_parameters_are_ordered_by_name() {
    let scenario = read(VALID).scenario();
    let measures: Vec<&str> = scenario
        .measures
        .rows()
        .iter()
        .map(|measure| measure.terms.id.as_str())
        .collect();
    assert_eq!(
        measures,
        [
            "bb-quota",
            "cc-duty",
            "checks",
            "hauliers",
            "hub-fee",
            "rail-closed",
            "union-ban",
            "union-ban-2",
            "watch"
        ]
    );
    let parameters: Vec<&str> = scenario
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
        .collect();
    assert_eq!(
        parameters,
        [
            "ban.union-ban.exempt_share",
            "capacity.hub.growth_per_month",
            "commodity.potash.route_choice",
            "designation.firms.share_per_firm",
            "designation.firms.successor_months",
            "inspection.watch.suspicion.surge",
            "threat.letters.growth_factor",
            "trend.bb-growth.growth_per_year",
        ]
    );
}

#[test]
fn numbers_hold_fixed_values_and_medians() {
    let scenario = read(VALID).scenario();
    let value = |name: &str| scenario.numbers.get(scenario.numbers.find(name).unwrap()).value;
    assert_eq!(value("mode.rail.cost_index"), 1.25);
    assert_eq!(value("ban.union-ban.wind_down_months"), 3.0);
    assert_eq!(value("ban.union-ban.exempt_share"), 0.1);
    assert_eq!(value("quota.bb-quota.limit_t_per_month.plywood"), 20.5);
    assert_eq!(value("designation.firms.surge_exponent"), 1.0);
    assert_eq!(value("inspection.checks.fine"), 0.0);
    let source = |name: &str| {
        scenario
            .numbers
            .get(scenario.numbers.find(name).unwrap())
            .source
            .as_str()
    };
    assert_eq!(source("ban.union-ban.exempt_share"), "Official Journal");
}

#[test]
fn blocs_are_expanded_in_the_order_of_the_world_without_repeats() {
    let scenario = read(VALID).scenario();
    let tariff = &scenario.measures.rows()[1];
    let destinations = "destinations: Some([JurisdictionIndex(1), JurisdictionIndex(2)])";
    assert!(shown(tariff).contains(destinations), "{tariff:?}");
    assert_eq!(tariff.terms.commodities.len(), 2);
    assert_eq!(scenario.measures.rows()[6].terms.issuer.len(), 2);
    assert_eq!(tariff.terms.announced, tariff.terms.from);
}

#[test]
fn an_export_ban_has_the_origins_and_goods_of_the_ban_it_extends_and_its_targets_as_destinations() {
    let scenario = read(VALID).scenario();
    let ban = scenario
        .measures
        .rows()
        .iter()
        .find(|measure| measure.terms.id == "union-ban")
        .unwrap();
    let mut programmes = scenario.programmes.rows().iter();
    let extension = programmes.find(|programme| programme.terms.id == "hub-ban").unwrap();
    let legs = ban.instrument.extendable().unwrap();
    for part in [
        format!("commodities: {:?}", ban.terms.commodities),
        format!("origins: {:?}", legs.origins),
        format!("destinations: {:?}", Some(&extension.targets)),
    ] {
        assert!(shown(extension).contains(&part), "{part} in {extension:?}");
    }
    assert_ne!(legs.destinations.as_ref(), Some(&extension.targets));
}

#[test]
fn a_quota_on_one_commodity_takes_one_number() {
    let text = patched(
        "limit_t_per_month = { potash = 50, plywood = 20.5 }",
        "commodities = [\"potash\"]\nlimit_t_per_month = 50",
    );
    let scenario = read(&text).scenario();
    assert!(scenario.numbers.find("quota.bb-quota.limit_t_per_month").is_some());
}

#[test]
fn the_digest_ignores_how_a_scenario_is_written() {
    let digest = |text: &str| read(text).scenario().digest;
    let original = digest(VALID);
    assert_eq!(digest(&VALID.replace('\n', "\r\n")), original, "line ends");
    assert_eq!(digest(&format!("\u{feff}{VALID}")), original, "byte order mark");
    assert_eq!(
        digest(&patched("rate = 0.15\n", "rate=1.5e-1 # high\n")),
        original,
        "formatting"
    );
    assert_eq!(digest(&patched("months = 24", "months = 2_4")), original, "digits");
    assert_eq!(
        digest(&patched("usd_per_t = 12.0", "usd_per_t = 12")),
        original,
        "whole fractions"
    );
    assert_eq!(
        digest(&patched(
            "seed = 42\nsampling = { latin_hypercube = {} }",
            "sampling.latin_hypercube = {}\nseed = 42"
        )),
        original,
        "order"
    );
    assert_ne!(digest(&patched("months = 24", "months = 25")), original, "content");
}

#[test]
fn worlds_are_shared_and_read_once() {
    use std::cell::Cell;
    use std::sync::Arc;

    let scoped = VALID.replace("[parameters]", "[scope]\ncommodities = [\"potash\"]\n\n[parameters]");
    let folder = Folder::with(&[("a.toml", VALID), ("b.toml", VALID), ("c.toml", &scoped)]);
    let reads = Cell::new(0);
    let read_world = |folder: &Path, scope: Option<&BTreeSet<String>>, report: &mut Report| {
        reads.set(reads.get() + 1);
        read_small_world(folder, scope, report)
    };
    let paths = ["a.toml", "b.toml", "c.toml"].map(|name| folder.path(name));
    let mut report = Report::default();
    let scenarios = read_scenarios_on(&read_world, &paths, IdleLines::Fault.into(), &mut report);
    let scenarios = scenarios.unwrap_or_else(|_| panic!("{}", report.render(false)));
    assert!(Arc::ptr_eq(&scenarios[0].world, &scenarios[1].world));
    assert!(!Arc::ptr_eq(&scenarios[0].world, &scenarios[2].world));
    assert_eq!(reads.get(), 2);
}

#[test]
fn two_scenarios_of_one_name_are_wrong_usage() {
    let folder = Folder::with(&[]);
    let outcome = folder.read(&["a/case.toml", "b/CASE.toml"], IdleLines::Fault);
    assert!(matches!(&outcome.scenarios, Err(UnreadableScenarios::SameName { name, .. }) if name == "CASE"));
    assert_eq!(outcome.text(), "", "nothing was read");
}

#[test]
fn the_shortest_scenario_has_no_entries() {
    let text = "title = \"t\"\nworld = \"world\"\n[horizon]\nstart = \"2021-01\"\nmonths = 2\n\
                [simulation]\ndraws = 1\nseed = 1\nsampling = { random = {} }\n";
    let scenario = read(text).scenario();
    assert_eq!(scenario.simulation.scheme, Scheme::Random);
    assert!(scenario.measures.is_empty() && scenario.parameters.is_empty());
}

#[test]
fn a_closure_to_hauliers_holds_their_jurisdictions() {
    let scenario = read(VALID).scenario();
    let text = shown(&scenario.measures.rows()[3]);
    assert!(
        text.contains("carriers: [JurisdictionIndex(1), JurisdictionIndex(2)]"),
        "{text}"
    );
    assert!(text.contains("jurisdictions: []"), "{text}");
}

#[test]
fn an_inspection_learns_by_three_numbers() {
    let scenario = read(VALID).scenario();
    let suspicion = scenario.measures.rows()[8].instrument.suspicion().unwrap();
    let slots = [suspicion.decay, suspicion.surge, suspicion.seized];
    let named: Vec<(&str, f64)> = slots
        .iter()
        .map(|slot| scenario.numbers.get(*slot))
        .map(|number| (number.name.as_str(), number.value))
        .collect();
    assert_eq!(
        named,
        [
            ("inspection.watch.suspicion.decay", 0.1),
            ("inspection.watch.suspicion.surge", 0.2),
            ("inspection.watch.suspicion.seized", 5.0),
        ]
    );
}

#[test]
fn a_threat_stands_from_its_announcement_or_its_start() {
    for text in [
        VALID.to_owned(),
        patched("announced = \"2021-06\"", "from = \"2021-06\""),
    ] {
        let scenario = read(&text).scenario();
        let mut programmes = scenario.programmes.rows().iter();
        let threat = programmes.find(|programme| programme.terms.id == "letters");
        let terms = &threat.unwrap().terms;
        assert_eq!((terms.announced, terms.from), (terms.from, "2021-06".parse().unwrap()));
    }
}

#[test]
fn units_are_spelt_as_in_the_tables_of_worlds() {
    const UNITS: [&str; 13] = [
        "",
        "USD/month",
        "USD/t",
        "baseline prices",
        "baselines",
        "days",
        "firms",
        "months",
        "per month",
        "per year",
        "reference prices",
        "t/month",
        "tonnes",
    ];
    for (_, number) in read(VALID).scenario().numbers.iter() {
        assert!(UNITS.contains(&number.unit), "{} in {}", number.name, number.unit);
    }
}

#[test]
fn the_examples_of_keys_are_valid_for_them() {
    use crate::input::scenario::scenario_keys;

    let mut text = String::new();
    let mut section = String::new();
    for described in scenario_keys() {
        if ["extends", "remove", "posterior"].contains(&described.key) {
            continue;
        }
        if described.section != section {
            section.clone_from(&described.section);
            text += &format!("{section}\n");
        }
        // Each entry needs an id of its own.
        let example = if described.key == "id" {
            format!("\"x{}\"", text.len())
        } else {
            described.example.to_owned()
        };
        // `months` stands in place of `end`.
        if !["amends", "end"].contains(&described.key) {
            text += &format!("{} = {example}\n", described.key);
        }
    }
    let text = text
        .replace("\"worlds/eurasia\"", "\"world\"")
        .replace("[scope]\ncommodities = [\"potash\", \"plywood\"]\n", "");
    for (line, message, _) in read(&text).found(Severity::Fault) {
        // The small world has other places, and no entry has all its keys at once.
        let is_known = [
            "unknown ",
            "there is no ban",
            "a closure of modes",
            "a cost needs",
            "a designation needs",
            "an inspection needs",
        ]
        .iter()
        .chain(&["shock the same", "the quota has"])
        .any(|start| message.contains(start));
        assert!(is_known, "line {line}: {message}\n{text}");
    }
}
