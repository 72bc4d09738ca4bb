//! Every key of scenario files, for people.

use super::kinds::EntryKind;
use super::sections::{SECTIONS, TOP, section_rules};
use super::wire::KeyRule;

/// A key of scenario files, for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyDescription {
    /// How its section is written; empty for the keys before the first.
    pub section: String,
    pub key: &'static str,
    /// Whether it must be given, in words: "yes", "no", or "unless" and the alternative.
    pub required: &'static str,
    /// A valid value.
    pub example: &'static str,
}

/// Every key that a scenario file may hold, section by section.
pub fn scenario_keys() -> Vec<KeyDescription> {
    let inheritable = |rule: &KeyRule| if rule.required { "unless inherited" } else { "no" };
    let mut described = describe("", &TOP, inheritable);
    for section in SECTIONS {
        let need = |rule: &KeyRule| match (section, rule.name) {
            ("horizon", "months") => "unless `end` is given or inherited",
            ("horizon", "end") => "unless `months` is given or inherited",
            _ => inheritable(rule),
        };
        described.extend(describe(&format!("[{section}]"), section_rules(section), need));
    }
    for kind in EntryKind::all() {
        described.extend(describe(&kind.header(), &kind.rules(), |rule| {
            need_in_entry(kind, rule)
        }));
    }
    described
}

fn describe(section: &str, rules: &[KeyRule], need: impl Fn(&KeyRule) -> &'static str) -> Vec<KeyDescription> {
    let described = rules.iter().map(|rule| KeyDescription {
        section: section.to_owned(),
        key: rule.name,
        required: need(rule),
        example: rule.example,
    });
    described.collect()
}

/// Entries are inherited or replaced as a whole, but an amendment takes over the keys that it does not give.
fn need_in_entry(kind: EntryKind, rule: &KeyRule) -> &'static str {
    let either_month = kind.instrument().is_some_and(|kind| kind.stands_from_announcement);
    if let Some((_, in_words)) = kind.own_key(rule.name).and_then(|key| key.unless) {
        return in_words;
    }
    match rule.name {
        "from" if either_month => "unless `announced` is given",
        "announced" if either_month => "unless `from` is given",
        "id" | "from" => "yes",
        _ if !rule.required => "no",
        _ if kind.is_measure() => "unless it amends a measure",
        // Its targets say what it takes over.
        _ if kind.instrument().is_some() && rule.name != "targets" => "unless it amends a programme",
        _ => "yes",
    }
}
