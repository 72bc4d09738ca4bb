//! Parameters from tables of posterior draws.

use super::*;

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
            "there are no values",
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
