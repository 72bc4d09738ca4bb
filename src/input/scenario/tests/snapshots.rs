//! Typical faults as users see them.

use super::*;

#[test]
fn typical_faults_read_well() {
    for (name, old, new) in [
        ("misspelt_key", "draws = 1_000", "drawz = 1_000"),
        ("key_in_wrong_section", "months = 24", "months = 24\nseed = 3"),
        ("missing_key", "rate = 0.15\n", ""),
        ("missing_section", "[horizon]\nstart = \"2021-01\"\nmonths = 24\n", ""),
        ("percentage", "share_closed = 0.5", "share_closed = 50"),
        ("float_draws", "draws = 1_000", "draws = 1e4"),
        ("wrong_type", "start = \"2021-01\"", "start = 2021"),
        (
            "unknown_jurisdiction",
            "destinations = [\"UNION\"]",
            "destinations = [\"UNIO\"]",
        ),
        ("unknown_number", "\"mode.rail.cost_index\"", "\"mode.rail.cost\""),
        ("support_outside_domain", "high = 0.2 }", "high = 1.2 }"),
        (
            "idle_ban",
            "origins = [\"AA\"]\ndestinations = [\"UNION\"]",
            "origins = [\"UNION\"]\ndestinations = [\"AA\"]",
        ),
        ("syntax", "seed = 42", "seed = = 42"),
        (
            "unsupported_kind",
            "[[trends.demand]]",
            "[[secondary.threats]]\nid = \"t\"\n\n[[trends.demand]]",
        ),
        ("single_brackets", "[[measures.tariff]]", "[measures.tariff]"),
    ] {
        insta::assert_snapshot!(name, read(&patched(old, new)).text());
    }
}

#[test]
fn a_fault_in_a_parent_reads_well() {
    let parent = patched("usd_per_t = 12.0", "usd_per_t = \"12\"");
    let child = "extends = \"parent.toml\"\n[[secondary.export_ban]]\nid = \"hub-ban\"\nissuer = \"UNION\"\n\
                 targets = [\"HUB\"]\nfrom = \"2021-09\"\nextends_ban = \"union\"\n";
    let folder = Folder::with(&[("parent.toml", &parent), ("child.toml", child)]);
    insta::assert_snapshot!(
        "parent_and_child",
        folder.read(&["child.toml"], IdleLines::Fault).text()
    );
}
