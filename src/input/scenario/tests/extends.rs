//! Scenarios that build on others.

use super::*;

fn read_child(child: &str) -> Outcome {
    Folder::with(&[("parent.toml", VALID), ("child.toml", child)]).read(&["child.toml"], IdleLines::Fault)
}

#[test]
fn keys_and_entries_are_replaced_one_by_one() {
    let child = "extends = \"parent.toml\"\ntitle = \"Child\"\nremove = [\"hub-fee\"]\n\n[horizon]\nmonths = 12\n\n\
                 [parameters]\n\"mode.rail.cost_index\" = 2\n\n[[measures.tariff]]\nid = \"cc-duty\"\nissuer = \"CC\"\n\
                 origins = [\"AA\"]\ndestinations = [\"CC\"]\nfrom = \"2021-06\"\nrate = 0.5\n\n[[shocks.price]]\n\
                 id = \"plywood-price\"\ncommodity = \"plywood\"\npersistence = 0\nsd = 0.1\n";
    let scenario = read_child(child).scenario();
    assert_eq!((scenario.name.as_str(), scenario.title.as_str()), ("child", "Child"));
    assert_eq!(
        (scenario.horizon.start.to_string().as_str(), scenario.horizon.months),
        ("2021-01", 12)
    );
    assert_eq!(scenario.simulation.seed, 42);
    let value = |name: &str| scenario.numbers.find(name).map(|slot| scenario.numbers.get(slot).value);
    assert_eq!(value("mode.rail.cost_index"), Some(2.0));
    assert_eq!(value("tariff.cc-duty.rate"), Some(0.5));
    assert_eq!(value("cost.hub-fee.usd_per_t"), None);
    assert_eq!((scenario.measures.len(), scenario.shocks.len()), (8, 4));
    let tariff = scenario
        .measures
        .rows()
        .iter()
        .find(|measure| measure.terms.id == "cc-duty")
        .unwrap();
    assert_eq!(tariff.terms.until, None, "the whole entry is replaced");
}

#[test]
fn a_split_scenario_has_the_digest_of_the_whole() {
    let (head, rest) = VALID.split_once("[[measures.quota]]").unwrap();
    let child = format!("extends = \"base.toml\"\n[[measures.quota]]{rest}");
    let folder = Folder::with(&[("base.toml", head), ("child.toml", &child), ("whole.toml", VALID)]);
    let outcome = folder.read(&["child.toml", "whole.toml"], IdleLines::Fault);
    let scenarios = outcome
        .scenarios
        .as_ref()
        .unwrap_or_else(|_| panic!("{}", outcome.text()));
    assert_eq!(scenarios[0].digest, scenarios[1].digest);
}

#[test]
fn paths_are_relative_to_the_file_that_states_them() {
    let folder = Folder::with(&[("parent.toml", VALID)]);
    fs::create_dir_all(folder.path("a/b")).unwrap();
    fs::write(
        folder.path("a/middle.toml"),
        "extends = \"../parent.toml\"\n[simulation]\nseed = 1\n",
    )
    .unwrap();
    fs::write(
        folder.path("a/b/child.toml"),
        "extends = \"../middle.toml\"\n[simulation]\ndraws = 7\n",
    )
    .unwrap();
    let scenario = folder.read(&["a/b/child.toml"], IdleLines::Fault).scenario();
    assert_eq!((scenario.simulation.draws, scenario.simulation.seed), (7, 1));
}

#[test]
fn a_fault_is_shown_in_the_file_where_it_stands() {
    let parent = patched("rate = 0.15\n", "rate = -1\n");
    let folder = Folder::with(&[("parent.toml", &parent), ("child.toml", "extends = \"parent.toml\"\n")]);
    let text = folder.read(&["child.toml"], IdleLines::Fault).text();
    assert!(
        text.contains(&format!("parent.toml:{}:8", line_of(&parent, "rate = -1"))),
        "{text}"
    );
}

#[test]
fn faulty_inheritance_is_refused() {
    for (child, message, help) in [
        (
            "extends = \"parnt.toml\"",
            "there is no file parnt.toml",
            "relative to the file",
        ),
        (
            "extends = \"child.toml\"",
            "files extend each other in a circle: child.toml -> child.toml",
            "remove one",
        ),
        (
            "extends = \"parent.toml\"\nremove = [\"hub-fe\"]",
            "no entry `hub-fe` is inherited",
            "did you mean `hub-fee`?",
        ),
        (
            "extends = \"parent.toml\"\n[[measures.cost]]\nid = \"cc-duty\"\nissuer = \"HUB\"\nvia = [\"HUB\"]\nfrom = \"2021-04\"\nusd_per_t = 1",
            "the inherited entry of this id is a [[measures.tariff]], not a [[measures.cost]]",
            "choose another id",
        ),
        ("extends = 5", "expected text, found the number 5", "write it like"),
    ] {
        let outcome = read_child(child);
        let found = outcome.found(Severity::Fault);
        assert!(
            found.iter().any(|fault| fault.1 == message && fault.2.contains(help)),
            "{}",
            outcome.text()
        );
    }
}

#[test]
fn a_longer_circle_is_shown_with_its_chain() {
    let folder = Folder::with(&[
        ("a.toml", "extends = \"b.toml\""),
        ("b.toml", "extends = \"c.toml\""),
        ("c.toml", "extends = \"a.toml\""),
    ]);
    let outcome = folder.read(&["a.toml"], IdleLines::Fault);
    let found = outcome.found(Severity::Fault);
    assert_eq!(found.len(), 1, "{}", outcome.text());
    assert_eq!(
        found[0].1,
        "files extend each other in a circle: a.toml -> b.toml -> c.toml -> a.toml"
    );
}

#[test]
fn without_extends_nothing_can_be_removed() {
    let outcome = read(&patched(
        "world = \"world\"",
        "world = \"world\"\nremove = [\"cc-duty\"]",
    ));
    assert_eq!(outcome.found(Severity::Fault)[0].1, "no entry `cc-duty` is inherited");
}

#[test]
fn what_inheritance_makes_idle_is_a_note() {
    // The shorter horizon leaves the tariff of the parent without a month; the parameter of a removed entry has no number.
    let parent = patched("\"mode.rail.cost_index\" = 1.25", "\"cost.hub-fee.usd_per_t\" = 3")
        .replace("from = \"2021-06\"\nuntil", "from = \"2022-04\"\nuntil");
    let child = "extends = \"parent.toml\"\nremove = [\"hub-fee\"]\n[horizon]\nmonths = 15\n";
    let folder = Folder::with(&[("parent.toml", &parent), ("child.toml", child)]);
    let outcome = folder.read(&["child.toml"], IdleLines::Fault);
    assert!(outcome.scenarios.is_ok(), "{}", outcome.text());
    let notes: Vec<String> = outcome.found(Severity::Note).into_iter().map(|note| note.1).collect();
    assert!(notes.contains(&"`cost.hub-fee.usd_per_t` does nothing: its entry is no longer in effect".to_owned()));
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("`cc-duty` does nothing: it starts in 2022-04")),
        "{notes:?}"
    );
}

/// The parameter `ban.union-ban.exempt_share` after a child gave it in `[parameters]`, and the report.
fn with_parameter(value: &str) -> Scenario {
    let child = format!("extends = \"parent.toml\"\n[parameters]\n\"ban.union-ban.exempt_share\" = {value}\n");
    let outcome = read_child(&child);
    assert_eq!(outcome.text(), "");
    outcome.scenario()
}

#[test]
fn parameters_prevail_over_a_distribution_in_an_inherited_entry() {
    let find = |scenario: &Scenario| {
        let mut parameters = scenario.parameters.iter();
        let found = parameters.find(|parameter| parameter.name == "ban.union-ban.exempt_share");
        found.map(|parameter| parameter.distribution.support())
    };
    let scenario = with_parameter("{ uniform = { low = 0.5, high = 0.6 } }");
    assert_eq!(find(&scenario), Some((0.5, 0.6)));
    let scenario = with_parameter("0.3");
    assert_eq!(find(&scenario), None, "it is certain now");
    let slot = scenario.numbers.find("ban.union-ban.exempt_share").unwrap();
    assert_eq!(scenario.numbers.get(slot).value, 0.3);
}

#[test]
fn a_distribution_in_an_entry_prevails_over_inherited_parameters() {
    let parent = patched("\"mode.rail.cost_index\" = 1.25", "\"tariff.cc-duty.rate\" = 0.3");
    let child = "extends = \"parent.toml\"\n[[measures.tariff]]\nid = \"cc-duty\"\nissuer = \"CC\"\n\
                 origins = [\"AA\"]\ndestinations = [\"CC\"]\nfrom = \"2021-06\"\n\
                 rate = { uniform = { low = 0.1, high = 0.2 } }\n";
    let folder = Folder::with(&[("parent.toml", &parent), ("child.toml", child)]);
    let outcome = folder.read(&["child.toml"], IdleLines::Fault);
    let notes = outcome.found(Severity::Note);
    assert_eq!(notes.len(), 1, "{}", outcome.text());
    assert_eq!(
        notes[0].1,
        "`tariff.cc-duty.rate` does nothing: a file that extends this one gives it in its entry"
    );
    let scenario = outcome.scenario();
    let slot = scenario.numbers.find("tariff.cc-duty.rate").unwrap();
    assert!((scenario.numbers.get(slot).value - 0.15).abs() < 1e-12);
}
