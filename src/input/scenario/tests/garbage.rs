//! Nothing a user writes may panic.

use proptest::prelude::*;

use super::*;

/// Reads bytes as a scenario; the report must be renderable whatever they are.
fn read_bytes(bytes: &[u8]) -> Outcome {
    let folder = Folder::with(&[]);
    fs::write(folder.path("case.toml"), bytes).unwrap();
    let outcome = folder.read(&["case.toml"], IdleLines::Warn);
    let _ = outcome.text();
    outcome
}

fn only_fault(bytes: &[u8]) -> (usize, String, String) {
    let outcome = read_bytes(bytes);
    let mut found = outcome.found(Severity::Fault);
    assert_eq!(found.len(), 1, "{}", outcome.text());
    found.remove(0)
}

#[test]
fn an_empty_file_is_told_what_is_required() {
    for text in ["", "\u{feff}", "# nothing\n\n"] {
        let (_, message, help) = only_fault(text.as_bytes());
        assert_eq!(message, "the scenario is empty");
        assert_eq!(help, "required: title, world, [horizon] and [simulation]");
    }
}

#[test]
fn what_is_not_utf8_is_told_where() {
    let mut bytes = VALID.as_bytes().to_vec();
    bytes[VALID.find("Every").unwrap()] = 0xE9;
    let (line, message, help) = only_fault(&bytes);
    assert_eq!(
        (line, message.as_str(), help.as_str()),
        (1, "this is not UTF-8", "save the file as UTF-8")
    );
    let utf16: Vec<u8> = [0xFEFF]
        .into_iter()
        .chain(VALID.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(only_fault(&utf16).1, "case.toml is written in UTF-16");
}

#[test]
fn a_merge_conflict_is_named() {
    let text = VALID.replace(
        "seed = 42\n",
        "<<<<<<< HEAD\nseed = 42\n=======\nseed = 43\n>>>>>>> other\n",
    );
    let outcome = read(&text);
    let found = outcome.found(Severity::Fault);
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|(_, message, _)| message == "this is the marker of a merge conflict")
    );
}

#[test]
fn every_syntax_error_is_reported() {
    let text = VALID
        .replace("seed = 42", "seed = = 42")
        .replace("rate = 0.15\n", "rate 0.15\n");
    let lines: Vec<usize> = read(&text)
        .found(Severity::Fault)
        .into_iter()
        .map(|found| found.0)
        .collect();
    assert!(lines.contains(&line_of(&text, "seed = = 42")), "{lines:?}");
    assert!(lines.contains(&line_of(&text, "rate 0.15")), "{lines:?}");
}

#[test]
fn a_key_given_twice_is_reported() {
    let found = only_fault(patched("seed = 42", "seed = 42\nseed = 43").as_bytes());
    assert!(
        found.1.contains("duplicate key") && found.2.contains("remove one"),
        "{found:?}"
    );
}

#[test]
fn what_is_no_file_is_told_so() {
    let folder = Folder::with(&[]);
    for (name, message) in [
        ("world", "cannot read world: it is a folder"),
        (
            "absent.toml",
            "cannot read absent.toml: No such file or directory (os error 2)",
        ),
    ] {
        let found = folder.read(&[name], IdleLines::Fault).found(Severity::Fault);
        assert_eq!(found[0].1, message);
    }
}

#[test]
fn a_name_that_cannot_be_a_folder_is_refused() {
    let folder = Folder::with(&[("my case.toml", VALID)]);
    let found = folder.read(&["my case.toml"], IdleLines::Fault).found(Severity::Fault);
    assert_eq!(found[0].1, "my case.toml: the file's name cannot name results");
}

#[test]
fn a_huge_file_is_refused() {
    let found = only_fault(&vec![b'#'; 5 * 1024 * 1024]);
    assert_eq!(found.1, "cannot read case.toml: it is larger than 4 MiB");
}

#[test]
fn deep_nesting_is_refused() {
    for text in [
        format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("a = {}", "{ b = ".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]", vec!["a"; 100_000].join(".")),
        (0..2_000)
            .map(|n| format!("[{}]", vec![format!("a{n}"); 70].join(".")))
            .collect::<Vec<_>>()
            .join("\n"),
    ] {
        assert!(read(&text).scenarios.is_err());
    }
}

#[test]
fn strange_values_are_faults() {
    for value in [
        "99999999999999999999999999999999",
        "-9223372036854775808",
        "0xFFFFFFFFFFFFFFFFF",
        "inf",
        "-nan",
        "1e308",
        "[]",
        "[[]]",
        "{}",
        "\"\"",
        "\"\\u0000\\u001b[31m\"",
        "1979-05-27",
        "'''\nx'''",
        "[1, \"a\", {}]",
        "{ a.b.c = 1 }",
    ] {
        for line in VALID.lines().filter(|line| line.contains(" = ")) {
            let (key, _) = line.split_once(" = ").unwrap();
            let _ = read_bytes(VALID.replacen(line, &format!("{key} = {value}"), 1).as_bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mangled_scenarios_never_panic(
        cuts in proptest::collection::vec((0.0..1.0_f64, 0usize..40, proptest::collection::vec(any::<u8>(), 0..6)), 1..6)
    ) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (at, length, inserted) in cuts {
            let start = (at * bytes.len() as f64) as usize;
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, inserted);
        }
        read_bytes(&bytes);
    }

    #[test]
    fn exchanged_lines_never_panic(swaps in proptest::collection::vec((0usize..140, 0usize..140), 1..8)) {
        let mut lines: Vec<&str> = VALID.lines().collect();
        for (one, other) in swaps {
            let count = lines.len();
            lines.swap(one % count, other % count);
        }
        read_bytes(lines.join("\n").as_bytes());
    }
}
