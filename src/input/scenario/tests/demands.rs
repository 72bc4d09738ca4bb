//! Patched examples: lines that are right by themselves and do not fit what the scenario asks of them.

use super::*;

#[test]
fn months_come_in_order() {
    check_all(&[
        (
            "announced = \"2021-02\"",
            "announced = \"2021-04\"",
            "announced",
            "announced in 2021-04, after it starts in 2021-03",
            "announcement",
        ),
        (
            "until = \"2022-06\"",
            "until = \"2021-06\"",
            "until = \"2021-06\"\nrate",
            "ends in 2021-06, the month in which it starts",
            "first month",
        ),
        (
            "until = \"2022-06\"",
            "until = \"2021-05\"",
            "until = \"2021-05\"\nrate",
            "ends in 2021-05, before it starts in 2021-06",
            "first month",
        ),
    ]);
}

#[test]
fn each_kind_of_programme_has_its_own_demands() {
    check_all(&[
        (
            "announced = \"2021-06\"\n",
            "",
            "[[secondary.threat]]",
            "[[secondary.threat]] lacks `announced`",
            "announced = ",
        ),
        (
            "announced = \"2021-06\"\n",
            "announced = \"2021-06\"\nfrom = \"2021-07\"\n",
            "from = \"2021-07\"\nuntil",
            "a threat stands from its announcement in 2021-06, not from 2021-07",
            "leave one",
        ),
        (
            "exit_share = 0.2\n",
            "exit_share = 20\n",
            "exit_share = 20",
            "`threat.letters.exit_share` must be between 0 and 1, found 20",
            "write 0.2",
        ),
        (
            "growth_factor = { uniform = { low = 0.3, high = 0.6 } }",
            "growth_factor = -1",
            "growth_factor",
            "`threat.letters.growth_factor` must be zero or more, found -1",
            "",
        ),
        (
            "share = 0.4\n",
            "",
            "[[secondary.no_reexport_clause]]",
            "[[secondary.no_reexport_clause]] lacks `share`",
            "share = 0.5",
        ),
        (
            "share = 0.33\n",
            "share = 1.1\n",
            "share = 1.1",
            "`overcompliance.caution.share` must be between 0 and 1, found 1.1",
            "",
        ),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_kind_of_measure_has_its_own_demands() {
    check_all(&[
        (
            "jurisdictions = [\"BB\"]\nfrom = \"2021-04\"",
            "from = \"2021-04\"",
            "[[measures.closure]]",
            "`modes` of a closure need `jurisdictions` or `carriers`",
            "modes = [\"rail\"]",
        ),
        (
            "modes = [\"road\"]\n",
            "",
            "[[measures.closure]]\nid = \"hauliers\"",
            "`carriers` of a closure need `modes`",
            "carriers = [\"EU\"]",
        ),
        (
            "modes = [\"rail\"]\n",
            "",
            "[[measures.closure]]",
            "`jurisdictions` of a closure need `modes`",
            "modes = [\"rail\"]",
        ),
        (
            "carriers = [\"UNION\"]",
            "carriers = [\"UNION\"]\njurisdictions = [\"BB\"]",
            "[[measures.closure]]\nid = \"hauliers\"",
            "a closure of modes is either of `jurisdictions` or of `carriers`",
            "or to whose hauliers",
        ),
        (
            "carriers = [\"UNION\"]",
            "carriers = [\"UNIO\"]",
            "carriers",
            "unknown jurisdiction or bloc `UNIO`",
            "did you mean `UNION`?",
        ),
        (
            "decay = 0.1, surge",
            "decay = 15, surge",
            "suspicion",
            "`inspection.watch.suspicion.decay` must be between 0 and 1, found 15",
            "percentage",
        ),
        (
            "decay = 0.1, surge",
            "dekay = 0.1, surge",
            "suspicion",
            "unknown key `dekay` in `suspicion`",
            "did you mean `decay`?",
        ),
        (
            "decay = 0.1, surge",
            "surge",
            "suspicion",
            "`suspicion` lacks `decay`",
            "`decay = 0.1`",
        ),
        (
            "seizure_probability = 0.05",
            "seizure_probability = 0.05\nsuspicion = 0.1",
            "suspicion = 0.1",
            "expected a table of `decay`, `surge` and `seized`, found the number 0.1",
            "{ decay = 0.1,",
        ),
        (
            "modes = [\"rail\"]\njurisdictions = [\"BB\"]\n",
            "",
            "[[measures.closure]]",
            "this closure closes no place",
            "`nodes`",
        ),
        (
            "usd_per_t = 12.0",
            "usd_per_t = 12.0\nfactor = 2",
            "[[measures.cost]]",
            "a cost needs exactly one of `usd_per_t` and `factor`",
            "adds to",
        ),
        (
            "usd_per_t = 12.0",
            "",
            "[[measures.cost]]",
            "a cost needs exactly one of `usd_per_t` and `factor`",
            "adds to",
        ),
        (
            "via = [\"HUB\"]",
            "via = [\"HUB\"]\nnodes = [\"hub\"]",
            "[[measures.cost]]",
            "a cost needs exactly one of `nodes`, `links` and `via`",
            "for each",
        ),
        (
            "nodes = [\"hub\"]\nfrom",
            "nodes = [\"hub\"]\norigins = [\"AA\"]\nfrom",
            "[[measures.inspection]]",
            "an inspection needs either `nodes` or declared trade (`origins`, `destinations`)",
            "for each",
        ),
        (
            "{ potash = 50, plywood = 20.5 }",
            "50",
            "limit_t_per_month",
            "one limit for several commodities",
            "give each its own",
        ),
        (
            "{ potash = 50, plywood = 20.5 }",
            "{ potash = 50 }\ncommodities = [\"potash\", \"plywood\"]",
            "commodities = [\"potash\", \"plywood\"]",
            "the quota has no limit for `plywood`",
            "limit_t_per_month",
        ),
        (
            "{ potash = 50, plywood = 20.5 }",
            "{ potash = 50, gold = 1 }",
            "gold",
            "unknown commodity `gold`",
            "potash",
        ),
    ]);
}

#[test]
fn a_capacity_that_may_fall_below_its_baseline_is_at_fault() {
    check_all(&[(
        "\"mode.rail.cost_index\" = 1.25",
        "\"capacity.border.limit_t_per_month\" = { uniform = { low = 150, high = 300 } }",
        "capacity.border",
        "capacity `border` may be as low as 150 t/month by `capacity.border.limit_t_per_month`, but its baseline flow is 200 t/month",
        "raise",
    )]);
}

#[test]
fn a_month_without_quotes_hides_no_other_fault() {
    check_all(&[(
        "announced = \"2021-02\"",
        "announced = 2021-02",
        "announced = 2021-02",
        "a month stands in quotes",
        "write \"2021-02\"",
    )]);
    let text =
        patched("start = \"2021-01\"", "start = 2021-01").replace("rate = 0.15\n", "rate = -1\nuntil = 2021-13\n");
    let text = text.replace("until = \"2022-06\"\n", "");
    let found = read(&text).found(Severity::Fault);
    let messages: Vec<&str> = found.iter().map(|fault| fault.1.as_str()).collect();
    assert_eq!(
        messages,
        [
            "a month stands in quotes",
            "a month stands in quotes",
            "`2021-13` is not a month",
            "`tariff.cc-duty.rate` must be zero or more, found -1",
        ]
    );
}

#[test]
fn a_syntax_error_beside_a_month_without_quotes_is_one() {
    let text = patched("start = \"2021-01\"", "start = 2021-01").replace("seed = 42", "seed = = 42");
    let found = read(&text).found(Severity::Fault);
    assert!(
        found.iter().any(|fault| fault.1 == "a month stands in quotes"),
        "{found:?}"
    );
    assert!(
        found.iter().any(|fault| fault.2.contains("a line is `key = value`")),
        "{found:?}"
    );
}

#[test]
fn shocks_to_the_same_thing_are_one() {
    let shock = |kind: &str, what: &str| format!("[[shocks.{kind}]]\nid = \"x\"\n{what}\n");
    for (text, what) in [
        (
            shock("mode_cost", "mode = \"rail\"\npersistence = 0\nsd = 0.1"),
            "`rail-cost` and `x` shock the same mode",
        ),
        (
            shock("price", "commodity = \"potash\"\npersistence = 0\nsd = 0.1"),
            "`potash-price` and `x` shock the same commodity",
        ),
        (
            shock(
                "closure",
                "nodes = [\"hub\"]\nmonthly_probability = 0.1\nmean_months = 2",
            ),
            "`hub-closes` and `x` shock the same list of nodes",
        ),
    ] {
        let outcome = read(&format!("{VALID}\n{text}"));
        let found = outcome.found(Severity::Fault);
        let [(_, message, help)] = found.as_slice() else {
            panic!("{}", outcome.text())
        };
        assert_eq!(message, what);
        assert!(help.starts_with("write one shock per"), "{help}");
    }
    let other = shock("mode_cost", "mode = \"road\"\npersistence = 0\nsd = 0.1");
    assert_eq!(read(&format!("{VALID}\n{other}")).text(), "");
}

#[test]
fn one_fault_hides_no_other() {
    let text = VALID
        .replace("draws = 1_000", "drawz = 1e4")
        .replace(
            "origins = [\"AA\"]\ndestinations = [\"UNION\"]",
            "origins = [\"AAA\"]\ndestinations = 5",
        )
        .replace("rate = 0.15\n", "rate = -1\nsource = 3\n")
        .replace("commodity = \"potash\"", "commodity = 7\nextra = 8");
    let outcome = read(&text);
    let messages: Vec<String> = outcome
        .found(Severity::Fault)
        .into_iter()
        .map(|found| found.1)
        .collect();
    for expected in [
        "unknown key `drawz` in [simulation]",
        "unknown jurisdiction or bloc `AAA`",
        "expected a list of ids, found the number 5",
        "`tariff.cc-duty.rate` must be zero or more, found -1",
        "expected text, found the number 3",
        "expected an id, found the number 7",
        "unknown key `extra` in [[shocks.price]]",
    ] {
        assert!(
            messages.iter().any(|message| message == expected),
            "{expected} is not in\n{}",
            outcome.text()
        );
    }
    assert_eq!(messages.len(), 7, "{}", outcome.text());
}

/// The keys of listings by chance in the valid scenario.
const BY_CHANCE: &str = "rate_per_month = 0.15\nsurge_reference = 2.0\nsurge_floor_usd_per_month = 1e5\n";

#[test]
fn a_designation_follows_chance_or_dates() {
    const BOTH: &str = "a designation needs exactly one of `listings` and `rate_per_month`";
    check_all(&[
        (
            "rate_per_month = 0.15\n",
            "rate_per_month = 0.15\nlistings = { HUB = { \"2021-08\" = 1 } }\n",
            "[[secondary.designation]]",
            BOTH,
            "`listings` counts firms",
        ),
        (BY_CHANCE, "", "[[secondary.designation]]", BOTH, "`rate_per_month`"),
        (
            "surge_reference = 2.0\n",
            "",
            "[[secondary.designation]]",
            "a designation with `rate_per_month` needs `surge_reference`",
            "`surge_reference = 2.0`",
        ),
        (
            BY_CHANCE,
            "listings = { HUB = { \"2021-08\" = 1 } }\npressure_cap = 2\n",
            "[[secondary.designation]]",
            "`pressure_cap` has no meaning beside `listings`",
            "leave it out",
        ),
    ]);
}

#[test]
fn dated_listings_name_targets_and_months_of_their_programme() {
    check_all(&[
        (
            BY_CHANCE,
            "listings = { HUB = { \"2021-06\" = 1 } }\n",
            "listings =",
            "2021-06 lies before the programme, which starts in 2021-07",
            "`from`",
        ),
        (
            BY_CHANCE,
            "listings = { HUB = { 2021-12 = 0 } }\nuntil = \"2021-12\"\n",
            "listings =",
            "2021-12 lies after the programme, which ends in 2021-12",
            "`until`",
        ),
        (
            BY_CHANCE,
            "listings = { BB = { \"2021-08\" = 1 } }\n",
            "listings =",
            "`BB` is not among the targets",
            "`targets`",
        ),
        (
            BY_CHANCE,
            "listings = { HUBB = { \"2021-08\" = 1 } }\n",
            "listings =",
            "unknown jurisdiction `HUBB`",
            "did you mean `HUB`?",
        ),
        (
            BY_CHANCE,
            "listings = { HUB = { \"2021-8\" = 1 } }\n",
            "listings =",
            "`2021-8` is not a month",
            "YYYY-MM",
        ),
        (
            BY_CHANCE,
            "listings = { HUB = { \"2021-08\" = -1 } }\n",
            "listings =",
            "expected a whole number from 0 to 1000000, found -1",
            "write it like 4",
        ),
        (
            BY_CHANCE,
            "listings = { HUB = 4 }\n",
            "listings =",
            "expected the months of `HUB`, found the number 4",
            "2022-07",
        ),
        (
            BY_CHANCE,
            "listings = 4\n",
            "listings =",
            "expected a table of targets and months, found the number 4",
            "2022-07",
        ),
    ]);
}

#[test]
fn dated_listings_leave_no_numbers_of_chance() {
    let scenario = read(&patched(
        BY_CHANCE,
        "listings = { HUB = { \"2021-08\" = 3, \"2021-10\" = 0 } }\n",
    ))
    .scenario();
    let names = scenario.numbers.iter().map(|(_, number)| number.name.as_str());
    let own: Vec<&str> = names.filter(|name| name.starts_with("designation.")).collect();
    assert_eq!(
        own,
        ["designation.firms.share_per_firm", "designation.firms.successor_months"]
    );
}
