//! Lines that do nothing.

use super::*;

/// The faults, warnings and notes about a valid scenario after a replacement.
fn said(text: &str, idle: IdleLines) -> [Vec<(usize, String, String)>; 3] {
    let outcome = Folder::with(&[("case.toml", text)]).read(&["case.toml"], idle);
    [Severity::Fault, Severity::Warning, Severity::Note].map(|severity| outcome.found(severity))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_line_that_does_nothing_is_a_fault_or_a_warning_if_allowed() {
    for (old, new, message) in [
        (
            "origins = [\"AA\"]\ndestinations = [\"UNION\"]",
            "origins = [\"UNION\"]\ndestinations = [\"AA\"]",
            "`union-ban` does nothing: it matches no route",
        ),
        (
            "from = \"2021-06\"\nuntil = \"2022-06\"",
            "from = \"2023-01\"",
            "`cc-duty` does nothing: it starts in 2023-01, and the horizon ends with 2022-12",
        ),
        (
            "from = \"2021-06\"\nuntil = \"2022-06\"",
            "from = \"2019-01\"\nuntil = \"2021-01\"",
            "`cc-duty` does nothing: it ends in 2021-01, and the horizon starts in 2021-01",
        ),
        ("rate = 0.15\n", "rate = 0\n", "`cc-duty` does nothing: `rate` is 0"),
        (
            "share_closed = 0.5",
            "share_closed = 0",
            "`rail-closed` does nothing: `share_closed` is 0",
        ),
        (
            "usd_per_t = 12.0",
            "factor = 1",
            "`hub-fee` does nothing: `factor` is 1",
        ),
        (
            "exempt_share = { uniform = { low = 0.0, high = 0.2 } }",
            "exempt_share = 1",
            "`union-ban` does nothing: `exempt_share` is 1",
        ),
        (
            "seizure_probability = 0.05",
            "seizure_probability = 0",
            "`checks` does nothing: `seizure_probability` is 0",
        ),
        (
            "rate_per_month = 0.15",
            "rate_per_month = 0",
            "`firms` does nothing: `rate_per_month` is 0",
        ),
        (
            "{ beta = { mean = 0.25, sd = 0.10 } }",
            "0",
            "`firms` does nothing: `share_per_firm` is 0",
        ),
        (
            "rate_per_month = 0.15\nsurge_reference = 2.0\nsurge_floor_usd_per_month = 1e5\n",
            "listings = { HUB = { \"2021-08\" = 0 } }\n",
            "`firms` does nothing: no firm is listed",
        ),
        (
            "refused_share = 0.3\nhalf_life_months = 6\nfriction_start = 0.1\nfriction_end = 0.02",
            "refused_share = 0\nhalf_life_months = 6\nfriction_start = 0\nfriction_end = 0",
            "`banks` does nothing: nothing is refused and there is no friction",
        ),
        (
            "carriers = [\"UNION\"]",
            "carriers = [\"HUB\"]",
            "`hauliers` does nothing: these carriers work no link of these modes",
        ),
        (
            "surge = { uniform = { low = 0.1, high = 0.3 } }",
            "surge = 0",
            "`watch` does nothing: `seizure_probability` is 0",
        ),
        ("share = 0.4\n", "share = 0\n", "`clause` does nothing: `share` is 0"),
        (
            "targets = [\"HUB\"]\ncommodities",
            "targets = [\"BB\"]\ncommodities",
            "`clause` does nothing: it matches no route",
        ),
        (
            "exit_share = 0.2\ngrowth_factor = { uniform = { low = 0.3, high = 0.6 } }",
            "exit_share = 0\ngrowth_factor = 1",
            "`letters` does nothing: `growth_factor` is 1",
        ),
        ("share = 0.33\n", "share = 0\n", "`caution` does nothing: `share` is 0"),
        (
            "targets = [\"AA\", \"HUB\"]",
            "targets = [\"HUB\"]",
            "`caution` does nothing: it matches no route",
        ),
        (
            "jurisdictions = [\"AA\"]\nfrom",
            "jurisdictions = [\"BB\"]\nfrom",
            "`aa-growth` does nothing: it matches no supply",
        ),
        (
            "growth_per_year = 0.01",
            "growth_per_year = 0",
            "`aa-growth` does nothing: `growth_per_year` is 0",
        ),
        (
            "mode = \"rail\"",
            "mode = \"sea\"",
            "`rail-cost` does nothing: no route uses this mode",
        ),
        (
            "nodes = [\"hub\"]\nmonthly_probability = 0.05",
            "nodes = [\"hub\"]\nmonthly_probability = 0",
            "`hub-closes` does nothing: `monthly_probability` is 0",
        ),
        (
            "\"mode.rail.cost_index\"",
            "\"mode.sea.cost_index\"",
            "`mode.sea.cost_index` does nothing: no route uses this mode",
        ),
        (
            "\"mode.rail.cost_index\"",
            "\"link.hub-cc.days\"",
            "`link.hub-cc.days` does nothing: no route uses this link",
        ),
        (
            "\"mode.rail.cost_index\"",
            "\"transfer.yard.days\"",
            "`transfer.yard.days` does nothing: no route makes this transfer",
        ),
        (
            "\"mode.rail.cost_index\"",
            "\"route.potash-bb-hub.potential_t_per_month\"",
            "`route.potash-bb-hub.potential_t_per_month` does nothing: only a latent route without a capacity that grows has a potential",
        ),
    ] {
        let text = patched(old, new);
        let [faults, warnings, notes] = said(&text, IdleLines::Fault);
        assert!(faults.iter().any(|fault| fault.1 == message), "{new:?} gave {faults:?}");
        assert!(faults[0].2.contains("--allow-idle"));
        assert!(warnings.is_empty() && notes.is_empty());
        let [allowed, warnings, _] = said(&text, IdleLines::Warn);
        assert!(allowed.is_empty() && warnings.iter().any(|warning| warning.1 == message));
    }
}

#[test]
fn a_number_of_an_idle_entry_is_idle_too() {
    let text = patched("rate = 0.15\n", "rate = 0\n")
        .replace("\"mode.rail.cost_index\" = 1.25", "\"tariff.cc-duty.rate\" = 0.0");
    let [faults, ..] = said(&text, IdleLines::Fault);
    let messages: Vec<&str> = faults.iter().map(|fault| fault.1.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`cc-duty` does nothing: `rate` is 0",
            "`tariff.cc-duty.rate` does nothing: its entry does nothing"
        ]
    );
}

#[test]
fn a_closure_that_ended_before_the_horizon_may_still_be_returning() {
    let text = patched(
        "from = \"2021-04\"\nuntil = \"2021-06\"\nshare_closed",
        "from = \"2020-04\"\nuntil = \"2021-01\"\nshare_closed",
    );
    assert_eq!(read(&text).text(), "");
}

#[test]
fn what_does_nothing_only_because_of_scope_is_a_note() {
    let scope = "[scope]\ncommodities = [\"plywood\"]\n\n[parameters]";
    let [faults, warnings, notes] = said(&patched("[parameters]", scope), IdleLines::Fault);
    assert!(faults.is_empty() && warnings.is_empty(), "{faults:?}");
    let messages: Vec<&str> = notes.iter().map(|note| note.1.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`aa-growth` does nothing: what it bears on lies outside [scope]",
            "`potash-price` does nothing: what it bears on lies outside [scope]",
            "`clause` does nothing: what it bears on lies outside [scope]",
            "`commodity.potash.route_choice` does nothing: it lies outside [scope]",
        ]
    );
}

#[test]
fn many_notes_of_a_sort_become_one_for_each_file() {
    let trend = |number: usize| {
        format!(
            "[[trends.supply]]\nid = \"t{number}\"\ncommodities = [\"potash\"]\njurisdictions = [\"AA\"]\n\
             from = \"2021-01\"\ngrowth_per_year = 0.01\n"
        )
    };
    let parent = format!("{VALID}\n{}", (0..40).map(trend).collect::<String>());
    let child = format!(
        "extends = \"parent.toml\"\n[scope]\ncommodities = [\"plywood\"]\n{}",
        (40..50).map(trend).collect::<String>()
    );
    let folder = Folder::with(&[("parent.toml", &parent), ("child.toml", &child)]);
    let outcome = folder.read(&["child.toml"], IdleLines::Fault);
    let mut notes: Vec<String> = outcome.found(Severity::Note).into_iter().map(|note| note.1).collect();
    notes.sort();
    assert_eq!(
        notes,
        [
            "10 lines lie outside [scope], this one the first",
            "44 inherited lines lie outside [scope], this one the first",
        ]
    );
    assert!(outcome.found(Severity::Fault).is_empty());
}

#[test]
fn what_does_nothing_in_the_whole_world_is_no_fault_of_scope() {
    let scope = "[scope]\ncommodities = [\"plywood\"]\n\n[parameters]";
    let text = patched("[parameters]", scope).replace("mode = \"rail\"", "mode = \"sea\"");
    let [faults, ..] = said(&text, IdleLines::Fault);
    let messages: Vec<&str> = faults.iter().map(|fault| fault.1.as_str()).collect();
    assert_eq!(messages, ["`rail-cost` does nothing: no route uses this mode"]);
}

#[test]
fn a_scope_of_everything_is_noted_and_an_unknown_one_refused() {
    let with = |list: &str| {
        patched(
            "[parameters]",
            &format!("[scope]\ncommodities = {list}\n\n[parameters]"),
        )
    };
    let [faults, _, notes] = said(&with("[\"potash\", \"plywood\"]"), IdleLines::Fault);
    assert!(faults.is_empty());
    assert_eq!(notes[0].1, "[scope] lists every commodity, so it leaves nothing out");
    let [faults, ..] = said(&with("[\"potash\", \"plywod\"]"), IdleLines::Fault);
    assert_eq!(
        (faults[0].1.as_str(), faults[0].2.as_str()),
        ("unknown commodity `plywod`", "did you mean `plywood`?")
    );
    let [faults, ..] = said(&with("[]"), IdleLines::Fault);
    assert_eq!(faults[0].1, "this scope leaves nothing of the world");
}

#[test]
fn a_ban_on_trade_of_others_is_pointed_out() {
    let ban = |issuer: &str| {
        format!(
            "{VALID}\n[[measures.ban]]\nid = \"others\"\nissuer = \"{issuer}\"\norigins = [\"AA\"]\ndestinations = [\"BB\"]\n\
             from = \"2021-05\"\n"
        )
    };
    let found = read(&ban("HUB")).found(Severity::Warning);
    let [(_, message, _)] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(
        message,
        "the issuer of `others` is neither an origin nor a destination of the trade that it bans"
    );
    assert!(read(&ban("AA")).found(Severity::Warning).is_empty());
}
