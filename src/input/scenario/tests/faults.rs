//! Patched examples: the valid scenario with one line changed, and what is said of it.

use super::*;

/// Text to replace, what replaces it, the text at whose line the fault points, the message and a part of the help.
type Patch = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// The fault of each patch must be the only one.
fn check_all(patches: &[Patch]) {
    for (old, new, pointed, message, help) in patches {
        let text = patched(old, new);
        let outcome = read(&text);
        let found = outcome.found(Severity::Fault);
        let [(line, said, advised)] = found.as_slice() else {
            panic!("{new:?} gave\n{}", outcome.text());
        };
        assert_eq!(said, message, "{new:?}");
        assert!(
            advised.contains(help) && !advised.is_empty(),
            "{new:?} advised {advised:?}"
        );
        let expected = if pointed.is_empty() { 1 } else { line_of(&text, pointed) };
        assert_eq!(*line, expected, "{new:?}");
        assert!(outcome.scenarios.is_err());
    }
}

#[test]
fn an_unknown_key_is_told_its_nearest_or_its_home() {
    check_all(&[
        (
            "draws = 1_000",
            "draws = 1_000\ndrawz = 5",
            "drawz",
            "unknown key `drawz` in [simulation]",
            "did you mean `draws`?",
        ),
        (
            "months = 24",
            "months = 24\nseed = 3",
            "seed = 3",
            "unknown key `seed` in [horizon]",
            "`seed` belongs in [simulation]",
        ),
        (
            "months = 24",
            "months = 24\nextends = \"a.toml\"",
            "extends",
            "unknown key `extends` in [horizon]",
            "before the first [section]",
        ),
        (
            "title =",
            "draws = 5\ntitle =",
            "draws = 5",
            "unknown key `draws`",
            "`draws` belongs in [simulation]",
        ),
        (
            "rate = 0.15\n",
            "rate = 0.15\nshare_closed = 1\n",
            "share_closed = 1\n",
            "unknown key `share_closed` in [[measures.tariff]]",
            "belongs in [[measures.closure]]",
        ),
        (
            "mode = \"rail\"\n",
            "mode = \"rail\"\namends = \"x\"\n",
            "amends = \"x\"",
            "unknown key `amends` in [[shocks.mode_cost]]",
            "in an entry such as [[measures.ban]]",
        ),
        (
            "usd_per_t = 12.0",
            "usd_per_t = 12.0\n\n[horizn]\nx = 1",
            "[horizn]",
            "unknown section `horizn`",
            "did you mean `horizon`?",
        ),
        (
            "low = 0.0, high = 0.2",
            "low = 0.0, high = 0.2, maxx = 1",
            "maxx",
            "unknown key `maxx` in `uniform`",
            "did you mean `max`?",
        ),
    ]);
}

#[test]
fn what_is_not_supported_is_not_known() {
    check_all(&[
        (
            "[[trends.demand]]",
            "[[secondary.boycott]]\nid = \"t\"\n\n[[trends.demand]]",
            "[[secondary.boycott]]",
            "`boycott` is not known under `secondary`",
            "designation, payments, export_ban",
        ),
        (
            "[[trends.demand]]",
            "[[measures.bann]]\nid = \"t\"\n\n[[trends.demand]]",
            "[[measures.bann]]",
            "`bann` is not known under `measures`",
            "did you mean [[measures.ban]]?",
        ),
    ]);
}

#[test]
fn what_is_missing_is_asked_for_at_the_header() {
    check_all(&[
        (
            "title = \"Every kind of entry\"\n",
            "",
            "",
            "the scenario lacks `title`",
            "title = ",
        ),
        (
            "world = \"world\"\n",
            "",
            "",
            "the scenario lacks `world`",
            "before the first [section]",
        ),
        (
            "[horizon]\nstart = \"2021-01\"\nmonths = 24\n",
            "",
            "",
            "the scenario lacks the section [horizon]",
            "`start = ",
        ),
        (
            "seed = 42\n",
            "",
            "[simulation]",
            "[simulation] lacks `seed`",
            "seed = 42",
        ),
        (
            "rate = 0.15\n",
            "",
            "[[measures.tariff]]",
            "[[measures.tariff]] lacks `rate`",
            "rate = ",
        ),
        (
            "id = \"cc-duty\"\n",
            "",
            "[[measures.tariff]]",
            "[[measures.tariff]] lacks `id`",
            "id = ",
        ),
        (
            "mean = 0.25, sd = 0.10",
            "mean = 0.25",
            "capacity_loss",
            "`beta` lacks `sd`",
            "sd = ",
        ),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_value_of_another_type_is_told_what_is_expected() {
    check_all(&[
        (
            "draws = 1_000",
            "draws = 1e4",
            "draws",
            "expected a whole number of draws, found a number with a fraction or exponent",
            "write 10_000",
        ),
        (
            "draws = 1_000",
            "draws = 0",
            "draws",
            "expected a whole number of draws from 1 to 9007199254740992, found 0",
            "10_000",
        ),
        (
            "draws = 1_000",
            "draws = 99999999999999999999",
            "draws",
            "expected a whole number of draws from 1 to 9007199254740992, found `99999999999999999999`",
            "10_000",
        ),
        (
            "draws = 1_000",
            "draws = \"many\"",
            "draws",
            "expected a whole number of draws, found the text `many`",
            "write it like 10_000",
        ),
        (
            "seed = 42",
            "seed = -1",
            "seed",
            "expected a whole number as seed from 0 to 9223372036854775807, found -1",
            "42",
        ),
        (
            "months = 24",
            "months = 1201",
            "months",
            "expected a whole number of months from 1 to 1200, found 1201",
            "48",
        ),
        (
            "start = \"2021-01\"",
            "start = 2021-01-01",
            "start",
            "expected a month, found a date",
            "\"2022-03\"",
        ),
        (
            "start = \"2021-01\"",
            "start = \"2021-13\"",
            "start",
            "`2021-13` is not a month",
            "01 to 12",
        ),
        (
            "sampling = { latin_hypercube = {} }",
            "sampling = \"random\"",
            "sampling",
            "expected a sampling scheme, found the text `random`",
            "{ latin_hypercube = {} }",
        ),
        (
            "sampling = { latin_hypercube = {} }",
            "sampling = { sobol = {} }",
            "sampling",
            "unknown sampling scheme `sobol`",
            "`latin_hypercube` and `random`",
        ),
        (
            "seed = 42",
            "seed = 42\ntolerance = 0",
            "tolerance",
            "a tolerance must be above zero, found 0",
            "1e-9",
        ),
        (
            "rate = 0.15\n",
            "rate = nan\n",
            "rate = nan",
            "this number is not finite, or too large",
            "finite",
        ),
        (
            "rate = 0.15\n",
            "rate = 1e999\n",
            "rate = 1e999",
            "this number is not finite, or too large",
            "finite",
        ),
        (
            "rate = 0.15\n",
            "rate = \"0.15\"\n",
            "rate = \"0.15\"",
            "expected a number, found the text `0.15`",
            "write 0.15 without quotes",
        ),
        (
            "rate = 0.15\n",
            "rate = true\n",
            "rate = true",
            "expected a number, found true",
            "0.5",
        ),
        (
            "nodes = [\"hub\"]\nfrom",
            "nodes = \"hub\"\nfrom",
            "nodes = \"hub\"",
            "expected a list of ids, found the text `hub`",
            "[\"KZ\", \"KG\"]",
        ),
        (
            "mode = \"rail\"",
            "mode = \"trail\"",
            "mode = \"trail\"",
            "unknown mode `trail`",
            "did you mean `rail`?",
        ),
        (
            "title = \"Every kind of entry\"",
            "title = \" \"",
            "title",
            "this text is empty",
            "write something",
        ),
        (
            "[[measures.tariff]]",
            "[measures.tariff]",
            "[measures.tariff]",
            "expected a list of entries, found a table",
            "[[measures.tariff]], in double brackets",
        ),
    ]);
}

#[test]
fn an_id_is_checked_and_unique() {
    check_all(&[
        (
            "id = \"cc-duty\"",
            "id = \"cc duty\"",
            "id = \"cc duty\"",
            "`cc duty` cannot be an id",
            "1 to 64",
        ),
        (
            "id = \"cc-duty\"",
            "id = \"bb-quota\"",
            "id = \"bb-quota\"\nissuer = \"CC\"",
            "the id `bb-quota` is given twice, first in [[measures.quota]]",
            "own id",
        ),
    ]);
}

#[test]
fn an_unknown_reference_is_told_its_nearest() {
    check_all(&[
        (
            "destinations = [\"UNION\"]",
            "destinations = [\"UNIONN\"]",
            "UNIONN",
            "unknown jurisdiction or bloc `UNIONN`",
            "did you mean `UNION`?",
        ),
        (
            "issuer = \"HUB\"",
            "issuer = \"XYZ\"",
            "XYZ",
            "unknown jurisdiction or bloc `XYZ`",
            "known are AA, BB, CC, HUB, UNION",
        ),
        (
            "commodities = [\"plywood\", \"potash\"]",
            "commodities = [\"potassh\"]",
            "potassh",
            "unknown commodity `potassh`",
            "did you mean `potash`?",
        ),
        (
            "nodes = [\"hub\"]\nfrom",
            "nodes = [\"hubb\"]\nfrom",
            "hubb",
            "unknown node `hubb`",
            "did you mean `hub`?",
        ),
        (
            "via = [\"HUB\"]",
            "links = [\"hub-b\"]",
            "hub-b\"]",
            "unknown link `hub-b`",
            "did you mean `hub-bb`?",
        ),
        (
            "extends_ban = \"union-ban\"",
            "extends_ban = \"union-bann\"",
            "union-bann",
            "there is no ban `union-bann`",
            "did you mean `union-ban`?",
        ),
        (
            "extends_ban = \"union-ban\"",
            "extends_ban = \"cc-duty\"",
            "extends_ban",
            "`cc-duty` is a [[measures.tariff]], not a ban",
            "name a [[measures.ban]]",
        ),
        (
            "commodity = \"potash\"",
            "commodity = \"gold\"",
            "gold",
            "unknown commodity `gold`",
            "plywood, potash",
        ),
        (
            "destinations = [\"UNION\"]",
            "destinations = []",
            "destinations = []",
            "this list is empty",
            "name at least one",
        ),
        (
            "world = \"world\"",
            "world = \"wrld\"",
            "wrld",
            "there is no folder wrld",
            "relative to the file",
        ),
    ]);
}

#[test]
fn a_number_outside_its_domain_is_refused() {
    check_all(&[
        (
            "share_closed = 0.5",
            "share_closed = 50",
            "share_closed",
            "`closure.rail-closed.share_closed` must be between 0 and 1, found 50",
            "looks like a percentage: write 0.5",
        ),
        (
            "seizure_probability = 0.05",
            "seizure_probability = 1",
            "seizure_probability",
            "`inspection.checks.seizure_probability` must be at least 0 and below 1, found 1",
            "",
        ),
        (
            "high = 0.2 }",
            "high = 1.2 }",
            "exempt_share",
            "`ban.union-ban.exempt_share` must be between 0 and 1, but this distribution reaches from 0 to 1.2",
            "`max = 1`",
        ),
        (
            "{ normal = { mean = 0.05, sd = 0.1, min = -0.5 } }",
            "{ normal = { mean = 0.05, sd = 0.1 } }",
            "growth_per_year",
            "`trend.bb-growth.growth_per_year` must be above -1, but this distribution reaches from minus infinity to plus infinity",
            "`min = -0.9`",
        ),
        (
            "surge_reference = 2.0",
            "surge_reference = 1.0",
            "surge_reference",
            "`designation.firms.surge_reference` must be above one, found 1",
            "",
        ),
        (
            "\"mode.rail.cost_index\" = 1.25",
            "\"mode.rail.cost_index\" = 0",
            "mode.rail",
            "`mode.rail.cost_index` must be above zero, found 0",
            "",
        ),
        (
            "{ beta = { mean = 0.25, sd = 0.10 } }",
            "1.5",
            "capacity_loss",
            "`designation.firms.capacity_loss` must be between 0 and 1, found 1.5",
            "percentage",
        ),
    ]);
}

#[test]
fn a_distribution_is_checked() {
    check_all(&[
        (
            "low = 3, mode = 4.0, high = 6.0",
            "low = 3, mode = 9, high = 6",
            "route_choice",
            "`mode` (9) lies outside the range from `low` (3) to `high` (6)",
            "write a mode within it",
        ),
        (
            "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
            "{ triangula = { low = 3 } }",
            "route_choice",
            "unknown distribution `triangula`",
            "did you mean `triangular`?",
        ),
        (
            "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
            "{ uniform = { low = 3, high = 4 }, min = 1 }",
            "route_choice",
            "exactly one distribution must be given",
            "`min` and `max` stand with",
        ),
        (
            "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
            "{ discrete = { values = [1, 2], weights = [1] } }",
            "route_choice",
            "there are 2 `values` and 1 `weights`",
            "one weight for each value",
        ),
        (
            "{ triangular = { low = 3, mode = 4.0, high = 6.0 } }",
            "{ uniform = 3 }",
            "route_choice",
            "expected the keys of `uniform`, found the number 3",
            "low = 1",
        ),
        (
            "{ beta = { mean = 0.25, sd = 0.10 } }",
            "{ posterior = \"p.csv\" }",
            "capacity_loss",
            "`capacity_loss` is drawn for each event, not once per draw",
            "beta",
        ),
    ]);
}

#[test]
fn a_parameter_must_name_a_number_that_is_not_uncertain_already() {
    check_all(&[
        (
            "\"mode.rail.cost_index\"",
            "\"mode.rails.cost_index\"",
            "mode.rails",
            "there is no number `mode.rails.cost_index`",
            "did you mean `mode.rail.cost_index`?",
        ),
        (
            "\"mode.rail.cost_index\"",
            "\"capacity.hub.maximum\"",
            "capacity.hub.maximum",
            "there is no number `capacity.hub.maximum`",
            "the numbers of `capacity.hub` are limit_t_per_month",
        ),
        (
            "\"mode.rail.cost_index\" = 1.25",
            "mode.rail.cost_index = 1.25",
            "mode.rail",
            "there is no number `mode`",
            "in quotes",
        ),
        (
            "\"mode.rail.cost_index\" = 1.25",
            "\"ban.union-ban.exempt_share\" = 0.5",
            "ban.union-ban",
            "`ban.union-ban.exempt_share` is given here and in its entry, where it has a distribution",
            "keep one",
        ),
    ]);
}

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
            "decay = 1.5, surge",
            "suspicion",
            "`inspection.watch.suspicion.decay` must be between 0 and 1, found 1.5",
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
