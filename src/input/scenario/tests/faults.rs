//! Patched examples: the valid scenario with one line changed in its keys, values or numbers, and what is said of it.

use super::*;

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
            "share_per_firm",
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
            "start = \"2021-01\"\nmonths = 24",
            "start = \"9998-12\"\nmonths = 14",
            "months",
            "the horizon ends after 9999-12",
            "at most 13 months fit from 9998-12 on",
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
            "a tolerance must be above zero and at most 1e-6, found 0e0",
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
            "ends that are between 0 and 1",
        ),
        (
            "{ normal = { mean = 0.05, sd = 0.1, min = -0.5 } }",
            "{ normal = { mean = 0.05, sd = 0.1 } }",
            "growth_per_year",
            "`trend.bb-growth.growth_per_year` must be above -1, but this distribution reaches from minus infinity to plus infinity",
            "min = -0.9",
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
            "share_per_firm",
            "`designation.firms.share_per_firm` must be between 0 and 1, found 1.5",
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
