//! Parameters from tables of posterior draws.

use super::*;
use crate::random::{Distribution, ParameterStream};
use crate::scenario::PosteriorUse;

const TABLE: &str = "draw,commodity.potash.route_choice,ban.union-ban.exempt_share\n0,3.5,0.1\n1,4.5,0.2\n2,5.5,0.4\n";

fn read_with(table: &str) -> Outcome {
    let text = patched(
        "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
        "{ posterior = \"p.csv\" }",
    )
    .replace("{ uniform = { low = 0.0, high = 0.2 } }", "{ posterior = \"p.csv\" }");
    Folder::with(&[("case.toml", &text), ("p.csv", table)]).read(&["case.toml"], IdleLines::Fault)
}

#[test]
fn columns_of_one_table_share_their_rows() {
    let scenario = read_with(TABLE).scenario();
    let of = |name: &str| {
        let parameter = scenario
            .parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .unwrap();
        &parameter.distribution
    };
    let (choice, share) = (of("commodity.potash.route_choice"), of("ban.union-ban.exempt_share"));
    assert_eq!((choice.median(), share.median()), (4.5, 0.2));
    assert!(choice.shared_stream().is_some());
    assert_eq!(choice.shared_stream(), share.shared_stream());
}

#[test]
fn the_digest_follows_the_content_of_the_table() {
    let digest = |table: &str| read_with(table).scenario().digest;
    assert_eq!(digest(TABLE), digest(&TABLE.replace('\n', "\r\n")));
    assert_ne!(digest(TABLE), digest(&TABLE.replace("5.5", "5.6")));
}

#[test]
fn a_table_of_more_draws_than_anybody_needs_is_not_kept() {
    let row = TABLE.lines().nth(1).unwrap();
    let header = TABLE.lines().next().unwrap();
    let outcome = read_with(&format!("{header}\n{}", format!("{row}\n").repeat(200_001)));
    let found = outcome.found(Severity::Fault);
    assert_eq!(
        (found[0].0, found[0].1.as_str()),
        (200_002, "there are more than 200000 rows")
    );
    assert!(found[0].2.contains("a few thousand rows"));
}

#[test]
fn a_table_of_nonsense_is_not_told_row_by_row() {
    let header = TABLE.lines().next().unwrap();
    for row in ["x,y,z", "1"] {
        let outcome = read_with(&format!("{header}\n{}", format!("{row}\n").repeat(1_000)));
        assert!(outcome.found(Severity::Fault).len() < 100, "{row}");
    }
}

#[test]
fn a_faulty_table_is_shown_with_its_line() {
    for (table, line, message) in [
        (
            TABLE.replace("4.5", "x"),
            3,
            "column `commodity.potash.route_choice` holds `x`, not a number",
        ),
        (
            TABLE.replace("4.5", "NaN"),
            3,
            "column `commodity.potash.route_choice` holds `NaN`, not a number",
        ),
        (
            TABLE.replace("2,5.5,0.4", "2,5.5"),
            4,
            "this row cannot be read: it has 2 cells and the first 3",
        ),
        (
            TABLE.replace("ban.union-ban.exempt_share", "other"),
            27,
            "the table has no column `ban.union-ban.exempt_share`",
        ),
        (
            TABLE.replace("0.4", "1.4"),
            27,
            "`ban.union-ban.exempt_share` must be between 0 and 1, but this distribution reaches from 0.1 to 1.4",
        ),
        (
            "commodity.potash.route_choice,ban.union-ban.exempt_share\n".to_owned(),
            14,
            "`p.csv` has no row below its header",
        ),
    ] {
        let outcome = read_with(&table);
        let found = outcome.found(Severity::Fault);
        assert!(
            found.iter().any(|fault| (fault.0, fault.1.as_str()) == (line, message)),
            "{message} at {line} is not in\n{}",
            outcome.text()
        );
    }
}

#[test]
fn a_missing_table_is_reported_where_it_is_named() {
    let text = patched(
        "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
        "{ posterior = \"q.csv\" }",
    );
    let found = read(&text).found(Severity::Fault);
    assert_eq!(found[0].1, "there is no file q.csv");
    assert_eq!(found[0].0, line_of(&text, "q.csv"));
}

#[test]
fn a_table_first_met_outside_scope_is_still_shown_at_its_line() {
    let posterior = patched(
        "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
        "{ posterior = \"p.csv\" }",
    );
    let scoped = posterior.replace("[parameters]", "[scope]\ncommodities = [\"plywood\"]\n\n[parameters]");
    let table = TABLE.replace("4.5", "x");
    let folder = Folder::with(&[("a.toml", &scoped), ("b.toml", &posterior), ("p.csv", &table)]);
    let outcome = folder.read(&["a.toml", "b.toml"], IdleLines::Fault);
    assert!(outcome.text().contains("p.csv:3:1"), "{}", outcome.text());
}

const CHOICE: &str = "commodity.potash.route_choice";
const GROWTH: &str = "capacity.hub.growth_per_month";
const EXEMPT: &str = "ban.union-ban.exempt_share";
const BAN: &str = "extends = \"parent.toml\"\n[[measures.ban]]\nid = \"union-ban\"\nissuer = \"UNION\"\n\
                   origins = [\"AA\"]\ndestinations = [\"UNION\"]\nfrom = \"2021-03\"\n";

/// The valid scenario with a table for all its numbers.
fn keyed() -> String {
    patched("world = \"world\"", "world = \"world\"\nposterior = \"p.csv\"")
}

fn read_keyed(table: &str) -> Outcome {
    Folder::with(&[("case.toml", &keyed()), ("p.csv", table)]).read(&["case.toml"], IdleLines::Fault)
}

/// A child of the keyed scenario; another table is beside it.
fn read_child(child: &str) -> Outcome {
    let other = "commodity.potash.route_choice\n8\n9\n";
    Folder::with(&[
        ("parent.toml", &keyed()),
        ("child.toml", child),
        ("p.csv", TABLE),
        ("q.csv", other),
    ])
    .read(&["child.toml"], IdleLines::Fault)
}

fn distribution<'a>(scenario: &'a Scenario, name: &str) -> Option<&'a Distribution> {
    let parameter = scenario.parameters.iter().find(|parameter| parameter.name == name);
    parameter.map(|parameter| &parameter.distribution)
}

/// Whether a number takes its column of a table.
fn takes(scenario: &Scenario, name: &str) -> bool {
    distribution(scenario, name).is_some_and(|distribution| distribution.shared_stream().is_some())
}

fn support(scenario: &Scenario, name: &str) -> Option<(f64, f64)> {
    distribution(scenario, name).map(Distribution::support)
}

fn value(scenario: &Scenario, name: &str) -> f64 {
    scenario.numbers.get(scenario.numbers.find(name).unwrap()).value
}

/// The only fault: its line and its message.
fn only_fault(outcome: &Outcome) -> (usize, String) {
    let found = outcome.found(Severity::Fault);
    assert_eq!(found.len(), 1, "{}", outcome.text());
    (found[0].0, found[0].1.clone())
}

#[test]
fn the_key_gives_every_uncertain_number_its_column() {
    let outcome = read_keyed(TABLE);
    assert_eq!(outcome.text(), "");
    let scenario = outcome.scenario();
    assert_eq!(support(&scenario, CHOICE), Some((3.5, 5.5)));
    assert_eq!(support(&scenario, EXEMPT), Some((0.1, 0.4)));
    assert_eq!((value(&scenario, CHOICE), value(&scenario, EXEMPT)), (4.5, 0.2));
    let stream = |name: &str| distribution(&scenario, name).unwrap().shared_stream();
    assert_eq!(stream(CHOICE), stream(EXEMPT));
    assert!(!takes(&scenario, GROWTH), "it has no column");
    assert!(distribution(&scenario, GROWTH).is_some());
    let taken = PosteriorUse::Taken {
        table: "p.csv".to_owned(),
        numbers: 2,
    };
    assert_eq!(scenario.posterior, taken);
    let as_lines = read_with(TABLE).scenario();
    assert_eq!(as_lines.parameters, scenario.parameters, "as if written line by line");
}

#[test]
fn columns_that_fit_no_uncertain_number_do_nothing() {
    // A fixed number, one of no entry, and one under the name of an amendment, which keeps the number of its measure.
    let table = "mode.rail.cost_index,ban.gone.exempt_share,ban.union-ban-2.exempt_share,ban.union-ban.exempt_share\n\
                 -9,x,0.9,0.1\n-8,,0.8,0.2\n";
    let outcome = read_keyed(table);
    assert_eq!(outcome.text(), "");
    let scenario = outcome.scenario();
    assert!(distribution(&scenario, "mode.rail.cost_index").is_none());
    assert_eq!(value(&scenario, "mode.rail.cost_index"), 1.25);
    assert_eq!(support(&scenario, EXEMPT), Some((0.1, 0.2)));
    let measures = scenario.measures.rows();
    for id in ["union-ban", "union-ban-2"] {
        let measure = measures.iter().find(|measure| measure.terms.id == id).unwrap();
        assert!(numbers_of(&scenario, measure).contains(&EXEMPT), "{id}");
    }
}

#[test]
fn columns_out_of_scope_do_nothing() {
    let text = keyed().replace("[parameters]", "[scope]\ncommodities = [\"plywood\"]\n\n[parameters]");
    let table = TABLE.replace("4.5", "x");
    let folder = Folder::with(&[("case.toml", &text), ("p.csv", &table)]);
    let scenario = folder.read(&["case.toml"], IdleLines::Warn).scenario();
    assert!(takes(&scenario, EXEMPT));
    assert!(distribution(&scenario, CHOICE).is_none());
}

#[test]
fn a_file_that_extends_another_keeps_what_it_gives_itself() {
    for (given, expected) in [
        (
            format!("[parameters]\n\"{EXEMPT}\" = {{ uniform = {{ low = 0.5, high = 0.6 }} }}\n"),
            Some((0.5, 0.6)),
        ),
        (format!("[parameters]\n\"{EXEMPT}\" = 0.3\n"), None),
        (
            "exempt_share = { uniform = { low = 0.5, high = 0.6 } }\n".to_owned(),
            Some((0.5, 0.6)),
        ),
        ("exempt_share = 0.3\n".to_owned(), None),
    ] {
        let extends = if given.starts_with('[') {
            "extends = \"parent.toml\"\n"
        } else {
            BAN
        };
        let outcome = read_child(&format!("{extends}{given}"));
        assert_eq!(outcome.text(), "", "{given}");
        let scenario = outcome.scenario();
        assert_eq!(support(&scenario, EXEMPT), expected, "{given}");
        assert!(takes(&scenario, CHOICE), "the parent gives it");
    }
}

#[test]
fn a_fixed_value_in_an_entry_prevails_over_inherited_parameters() {
    let prior = keyed().replace(
        "\"mode.rail.cost_index\" = 1.25",
        "\"tariff.cc-duty.rate\" = { uniform = { low = 0, high = 1 } }",
    );
    let child = "extends = \"parent.toml\"\n[[measures.tariff]]\nid = \"cc-duty\"\nissuer = \"CC\"\n\
                 origins = [\"AA\"]\ndestinations = [\"CC\"]\nfrom = \"2021-06\"\nrate = 0.3\n";
    let table = "tariff.cc-duty.rate\n0.7\n0.8\n";
    let folder = Folder::with(&[("parent.toml", &prior), ("child.toml", child), ("p.csv", table)]);
    let parent = folder.read(&["parent.toml"], IdleLines::Fault).scenario();
    assert!(takes(&parent, "tariff.cc-duty.rate"));
    let outcome = folder.read(&["child.toml"], IdleLines::Fault);
    assert_eq!(
        outcome.found(Severity::Note)[0].1,
        "`tariff.cc-duty.rate` does nothing: a file that extends this one gives it in its entry"
    );
    let scenario = outcome.scenario();
    assert!(distribution(&scenario, "tariff.cc-duty.rate").is_none());
    assert_eq!(value(&scenario, "tariff.cc-duty.rate"), 0.3);
    // In one file the line of `[parameters]` applies, so the same lines in other files have another digest.
    let whole = prior.replace("rate = 0.15\n", "rate = 0.3\n");
    let entry = whole
        .split("[[measures.tariff]]")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let child = format!("extends = \"parent.toml\"\n[[measures.tariff]]{entry}\n");
    let folder = Folder::with(&[("parent.toml", &whole), ("child.toml", &child), ("p.csv", table)]);
    let digest = |name: &str| folder.read(&[name], IdleLines::Fault).scenario().digest;
    assert_ne!(digest("parent.toml"), digest("child.toml"));
}

#[test]
fn an_amendment_in_an_extending_file_keeps_or_gives_numbers() {
    let amend = |given: &str| {
        let child = format!(
            "extends = \"parent.toml\"\n[[measures.ban]]\nid = \"union-ban-3\"\namends = \"union-ban\"\nfrom = \"2021-12\"\n{given}"
        );
        read_child(&child).scenario()
    };
    let scenario = amend("");
    assert!(takes(&scenario, EXEMPT));
    assert!(scenario.numbers.find("ban.union-ban-3.exempt_share").is_none());
    let scenario = amend("exempt_share = { uniform = { low = 0.5, high = 0.6 } }\n");
    assert!(takes(&scenario, EXEMPT));
    assert_eq!(support(&scenario, "ban.union-ban-3.exempt_share"), Some((0.5, 0.6)));
}

#[test]
fn the_key_holds_for_the_files_that_are_extended() {
    let child = "extends = \"parent.toml\"\nposterior = \"p.csv\"\n[parameters]\n\
                 \"capacity.hub.growth_per_month\" = { uniform = { low = 0.5, high = 0.6 } }\n";
    let table = "capacity.hub.growth_per_month,ban.union-ban.exempt_share\n0.7,0.3\n0.8,0.4\n";
    let leaf = "extends = \"child.toml\"\n[parameters]\n\"ban.union-ban.exempt_share\" = { uniform = { low = 0, high = 1 } }\n";
    let files = [
        ("parent.toml", VALID),
        ("child.toml", child),
        ("leaf.toml", leaf),
        ("p.csv", table),
    ];
    let folder = Folder::with(&files);
    let scenario = folder.read(&["child.toml"], IdleLines::Fault).scenario();
    assert_eq!(support(&scenario, GROWTH), Some((0.7, 0.8)), "given beside the key");
    assert_eq!(
        support(&scenario, EXEMPT),
        Some((0.3, 0.4)),
        "given in the extended file"
    );
    let scenario = folder.read(&["leaf.toml"], IdleLines::Fault).scenario();
    assert_eq!(support(&scenario, GROWTH), Some((0.7, 0.8)));
    assert_eq!(support(&scenario, EXEMPT), Some((0.0, 1.0)), "given after the key");
}

#[test]
fn a_later_key_replaces_an_earlier_one_as_a_whole() {
    let scenario = read_child("extends = \"parent.toml\"\nposterior = \"q.csv\"\n").scenario();
    assert_eq!(support(&scenario, CHOICE), Some((8.0, 9.0)));
    assert_eq!(
        support(&scenario, EXEMPT),
        Some((0.0, 0.2)),
        "the later table has no column for it"
    );
}

#[test]
fn a_line_that_names_a_table_itself_stands_beside_the_key_but_not_below_it() {
    let line = |text: &str| {
        text.replace(
            "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
            "{ posterior = \"q.csv\" }",
        )
    };
    let other = "commodity.potash.route_choice\n8\n9\n";
    let child = "extends = \"plain.toml\"\nposterior = \"p.csv\"\n";
    let folder = Folder::with(&[
        ("beside.toml", &line(&keyed())),
        ("plain.toml", &line(VALID)),
        ("child.toml", child),
        ("p.csv", TABLE),
        ("q.csv", other),
    ]);
    let of = |name: &str| support(&folder.read(&[name], IdleLines::Fault).scenario(), CHOICE);
    assert_eq!(of("beside.toml"), Some((8.0, 9.0)));
    assert_eq!(of("child.toml"), Some((3.5, 5.5)));
}

#[test]
fn the_path_is_relative_to_the_file_that_states_it() {
    let folder = Folder::with(&[("p.csv", TABLE), ("child.toml", "extends = \"below/parent.toml\"\n")]);
    fs::create_dir(folder.path("below")).unwrap();
    let parent = keyed()
        .replace("\"p.csv\"", "\"../p.csv\"")
        .replace("\"world\"", "\"../world\"");
    fs::write(folder.path("below/parent.toml"), parent).unwrap();
    assert!(takes(
        &folder.read(&["child.toml"], IdleLines::Fault).scenario(),
        CHOICE
    ));
}

#[test]
fn a_table_that_cannot_stand_for_the_priors_is_a_fault() {
    let text = keyed();
    let key = line_of(&text, "posterior = ");
    for (table, file, line, message) in [
        (
            "draw,ban.gone.exempt_share\n0,0.5\n".to_owned(),
            "case.toml",
            key,
            "no column of `p.csv` is a number of this scenario",
        ),
        (
            "commodity.potash.route_choice,ban.union-ban.exempt_share\n".to_owned(),
            "case.toml",
            key,
            "`p.csv` has no row below its header",
        ),
        (
            TABLE.replace("0.2", "1.4"),
            "p.csv",
            3,
            "`ban.union-ban.exempt_share` must be between 0 and 1, found 1.4",
        ),
        (
            TABLE.replace("5.5", ""),
            "p.csv",
            4,
            "column `commodity.potash.route_choice` holds nothing, not a number",
        ),
        (
            TABLE.replace("5.5", "NaN"),
            "p.csv",
            4,
            "column `commodity.potash.route_choice` holds `NaN`, not a number",
        ),
        (
            TABLE.replace("2,5.5,0.4", "2,5.5"),
            "p.csv",
            4,
            "this row cannot be read: it has 2 cells and the first 3",
        ),
    ] {
        let outcome = read_keyed(&table);
        assert_eq!(only_fault(&outcome), (line, message.to_owned()));
        let place = format!("{file}:{line}:");
        assert!(outcome.text().contains(&place), "{}", outcome.text());
    }
    let missing = only_fault(&read(&text.replace("p.csv", "q.csv")));
    assert_eq!(missing, (key, "there is no file q.csv".to_owned()));
    let mistyped = only_fault(&read(&text.replace("\"p.csv\"", "5")));
    assert_eq!(mistyped, (key, "expected text, found the number 5".to_owned()));
}

#[test]
fn a_table_that_fits_only_certain_numbers_is_no_fault() {
    let outcome = read_keyed("mode.rail.cost_index\n1\n");
    assert_eq!(outcome.text(), "");
    let posterior = outcome.scenario().posterior;
    assert!(matches!(posterior, PosteriorUse::Taken { numbers: 0, .. }));
}

#[test]
fn the_digest_follows_the_key_the_table_and_what_takes_it() {
    let digest = |text: &str, table: &str| {
        let folder = Folder::with(&[("case.toml", text), ("p.csv", table), ("r.csv", table)]);
        folder.read(&["case.toml"], IdleLines::Fault).scenario().digest
    };
    let whole = digest(&keyed(), TABLE);
    assert_ne!(whole, digest(VALID, TABLE));
    assert_ne!(whole, digest(&keyed(), &TABLE.replace("5.5", "5.6")));
    assert_eq!(
        whole,
        digest(&keyed().replace("p.csv", "r.csv"), TABLE),
        "the path does not matter"
    );
    // The same values, split over two files: above the key the number takes its column, below it keeps its own.
    let line = "\"commodity.potash.route_choice\" = { triangular = { low = 3, mode = 4.0, high = 6.0 } }\n";
    let split = |parent: &str, child: &str| {
        let child = format!("extends = \"parent.toml\"\n[parameters]\n{child}");
        let folder = Folder::with(&[("parent.toml", parent), ("case.toml", &child), ("p.csv", TABLE)]);
        folder.read(&["case.toml"], IdleLines::Fault).scenario().digest
    };
    assert_eq!(split(&keyed(), ""), whole);
    assert_ne!(split(&keyed().replace(line, ""), line), whole);
}

#[test]
fn the_key_can_be_ignored() {
    let rules = ReadingRules {
        idle: IdleLines::Fault,
        ignores_posterior: true,
    };
    let plain = read(VALID).scenario();
    assert_eq!(plain.posterior, PosteriorUse::Unnamed);
    let child = "extends = \"parent.toml\"\n";
    // The table need not even be there.
    let folder = Folder::with(&[("parent.toml", &keyed()), ("child.toml", child), ("plain.toml", VALID)]);
    let ignored = folder.read(&["child.toml"], rules).scenario();
    assert_eq!(ignored.parameters, plain.parameters);
    assert_eq!(ignored.digest, plain.digest);
    assert_eq!(ignored.posterior, PosteriorUse::Ignored);
    let unkeyed = folder.read(&["plain.toml"], rules).scenario();
    assert_eq!(unkeyed.posterior, PosteriorUse::Unnamed, "there was nothing to ignore");
    // A line that names a table is no key.
    let line = patched(
        "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
        "{ posterior = \"p.csv\" }",
    );
    let folder = Folder::with(&[("case.toml", &line), ("p.csv", TABLE)]);
    assert!(takes(&folder.read(&["case.toml"], rules).scenario(), CHOICE));
}

#[test]
fn a_capacity_that_a_column_makes_too_small_is_reported_at_the_key() {
    let text = patched(
        "\"mode.rail.cost_index\" = 1.25",
        "\"capacity.border.limit_t_per_month\" = { uniform = { low = 300, high = 400 } }",
    )
    .replace("world = \"world\"", "world = \"world\"\nposterior = \"p.csv\"");
    let table = "capacity.border.limit_t_per_month\n150\n350\n";
    let folder = Folder::with(&[("case.toml", &text), ("p.csv", table)]);
    let (line, message) = only_fault(&folder.read(&["case.toml"], IdleLines::Fault));
    assert!(
        message.starts_with("capacity `border` may be as low as 150 t/month"),
        "{message}"
    );
    assert_eq!(line, line_of(&text, "posterior = "));
}

#[test]
fn scenarios_that_extend_each_other_take_the_same_row_in_a_draw() {
    let child = "extends = \"parent.toml\"\n[horizon]\nmonths = 23\n[parameters]\n\"mode.rail.cost_index\" = 2\n";
    let folder = Folder::with(&[("parent.toml", &keyed()), ("child.toml", child), ("p.csv", TABLE)]);
    let outcome = folder.read(&["parent.toml", "child.toml"], IdleLines::Fault);
    let scenarios = outcome.scenarios.as_ref().unwrap();
    // As a sampler does: the stream is named after the table, not after the number.
    let drawn = |scenario: &Scenario, name: &str, draw: u64| {
        let distribution = distribution(scenario, name).unwrap();
        let simulation = scenario.simulation;
        let stream = ParameterStream::new(
            simulation.seed,
            distribution.shared_stream().unwrap(),
            simulation.sampling(),
        );
        distribution.quantile(stream.uniform(draw))
    };
    let rows = [(3.5, 0.1), (4.5, 0.2), (5.5, 0.4)];
    let mut met = BTreeSet::new();
    for draw in 0..50 {
        let pairs = [0, 1].map(|at| (drawn(&scenarios[at], CHOICE, draw), drawn(&scenarios[at], EXEMPT, draw)));
        assert_eq!(pairs[0], pairs[1]);
        met.insert(
            rows.iter()
                .position(|row| *row == pairs[0])
                .expect("a row of the table"),
        );
    }
    assert_eq!(met.len(), 3);
}
