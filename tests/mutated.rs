//! No file can make the program panic: scenarios, worlds, results and states with random damage are read or refused.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use common::{repository, roundabout, stderr};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use roundabout::diagnostic::Report;
use roundabout::input::{IdleLines, read_scenarios, world};
use roundabout::results::Manifest;
use roundabout::results::read::{ResultSet, read_described, read_inputs};
use roundabout::results::state::read_state;
use roundabout::statistics::Merge;

/// Mutations of each kind of file: few in every test run, many if `FULL_MUTATIONS` is set.
fn mutations(few: usize, many: usize) -> usize {
    if std::env::var_os("FULL_MUTATIONS").is_some() {
        many
    } else {
        few
    }
}

/// What a mutation puts in place of a part of a file.
const PIECES: [&str; 24] = [
    "",
    "0",
    "-1",
    "1e308",
    "-1e-320",
    "nan",
    "inf",
    "1_000",
    "1,5",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "=",
    "\n",
    ",",
    ";",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "9999999999999999999999",
    "all",
];

/// Random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    /// A text with one to three words or characters replaced, doubled or cut.
    fn mutate_text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..=self.below(3) {
            let boundary = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let start = boundary(self.below(text.len()));
            let length = [1, 3, 8, 40][self.below(4)];
            let end = boundary((start + length).min(text.len()));
            let piece = match self.below(4) {
                0 => text[start..end].repeat(2),
                1 => "x".repeat([3, 300, 70_000][self.below(3)]),
                _ => PIECES[self.below(PIECES.len())].to_owned(),
            };
            text.replace_range(start..end, &piece);
        }
        text
    }

    fn mutate_bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(4) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, [0, 1, 127, 128, 255][self.below(5)]),
                _ if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                _ => {}
            }
        }
        bytes
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A folder with a world and a scenario of the oracle.
fn desk() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let oracle = repository().join("tests/oracle/005-everything");
    copy(&oracle.join("world"), &folder.path().join("world"));
    let path = folder.path().join("scenario.toml");
    fs::copy(oracle.join("scenario.toml"), &path).unwrap();
    (folder, path)
}

#[test]
fn mutated_scenarios_are_read_or_refused() {
    let (_folder, path) = desk();
    let text = fs::read_to_string(&path).unwrap();
    let (mut dice, mut refused) = (Dice(11), 0);
    let count = mutations(400, 20_000);
    for _ in 0..count {
        fs::write(&path, dice.mutate_text(&text)).unwrap();
        let mut report = Report::default();
        if read_scenarios(std::slice::from_ref(&path), IdleLines::Warn, &mut report).is_err() {
            refused += 1;
            assert!(report.render(false).contains("error"), "a refusal says why");
        }
    }
    assert!(refused > count / 4, "{refused} of {count} were refused");
}

#[test]
fn mutated_worlds_are_read_or_refused() {
    let (folder, _) = desk();
    let place = folder.path().join("world");
    let mut tables: Vec<PathBuf> = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    tables.sort();
    let (mut dice, mut refused) = (Dice(12), 0);
    let count = mutations(400, 20_000);
    for _ in 0..count {
        let table = &tables[dice.below(tables.len())];
        let text = fs::read_to_string(table).unwrap();
        fs::write(table, dice.mutate_text(&text)).unwrap();
        let mut report = Report::default();
        if world::read(&place, None, &mut report).is_none() {
            refused += 1;
            assert!(report.render(false).contains("error"), "a refusal says why");
        }
        fs::write(table, text).unwrap();
    }
    assert!(refused > count / 4, "{refused} of {count} were refused");
}

/// Results of a part of a small run, with its state.
fn part() -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = desk();
    let results = run_part(folder.path(), &path, "part", "0..64");
    (folder, results)
}

/// Runs some of the 128 draws of a scenario; returns the folder of its results.
fn run_part(folder: &Path, scenario: &Path, name: &str, draws: &str) -> PathBuf {
    let out = folder.join(name);
    let words = [
        "run",
        scenario.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--draws",
        "128",
        "--draw-range",
        draws,
    ];
    let output = roundabout(&[&words[..], &["--quiet", "--detail", "years"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    out.join("scenario")
}

#[test]
fn mutated_results_are_read_or_refused() {
    let (_folder, results) = part();
    let (mut dice, mut refused) = (Dice(13), 0);
    let count = mutations(200, 10_000);
    let manifest = Manifest::read(&results).unwrap();
    for _ in 0..count {
        let file = ["metrics.csv", "draws.csv"][dice.below(2)];
        let text = fs::read_to_string(results.join(file)).unwrap();
        let mutated = dice.mutate_text(&text);
        // As if the program had written it.
        let mut sealed = manifest.clone();
        let digest = blake3::hash(mutated.as_bytes()).to_hex().to_string();
        sealed.files.insert(file.to_owned(), digest);
        sealed.digest = sealed.seal();
        fs::write(results.join(file), mutated).unwrap();
        fs::write(results.join("manifest.json"), sealed.to_json().unwrap()).unwrap();
        refused += usize::from(ResultSet::read(&results).is_err());
        fs::write(results.join(file), text).unwrap();
        let text = dice.mutate_text(&manifest.to_json().unwrap());
        fs::write(results.join("manifest.json"), text).unwrap();
        let _ = Manifest::read(&results);
    }
    assert!(refused > count / 4, "{refused} of {count} were refused");
}

/// A state in parts: the line that begins it, and what it holds.
fn opened(state: &[u8]) -> (&[u8], Vec<u8>) {
    let (mark, rest) = state.split_at(1 + state.iter().position(|byte| *byte == b'\n').unwrap());
    let mut body = Vec::new();
    let mut decoder = ZlibDecoder::new(&rest[..rest.len() - blake3::OUT_LEN]);
    decoder.read_to_end(&mut body).unwrap();
    (mark, body)
}

/// The state of these parts as if the program had written it: the digest is right.
fn closed(mark: &[u8], body: &[u8]) -> Vec<u8> {
    let mut compressed = ZlibEncoder::new(mark.to_vec(), Compression::fast());
    compressed.write_all(body).unwrap();
    let mut state = compressed.finish().unwrap();
    let digest = blake3::hash(&state);
    state.extend_from_slice(digest.as_bytes());
    state
}

#[test]
fn states_of_other_sizes_are_refused() {
    let (folder, scenario) = desk();
    let first = run_part(folder.path(), &scenario, "part", "0..64");
    let second = run_part(folder.path(), &scenario, "rest", "64..128");
    let path = first.join("state.bin");
    let state = fs::read(&path).unwrap();
    let manifest = Manifest::read(&first).unwrap();
    let (mark, body) = opened(&state);
    let (length, rest) = body.split_at(4);
    let (head, rest) = rest.split_at(u32::from_le_bytes(length.try_into().unwrap()) as usize);
    let head: serde_json::Value = serde_json::from_slice(head).unwrap();
    let columns = head["scenarios"][0]["columns"].as_u64().unwrap();
    let said = |columns: u64| {
        let mut head = head.clone();
        head["scenarios"][0]["columns"] = columns.into();
        let head = serde_json::to_vec(&head).unwrap();
        let length = (head.len() as u32).to_le_bytes();
        let state = closed(mark, &[&length, head.as_slice(), rest].concat());
        let mut sealed = manifest.clone();
        let digest = blake3::hash(&state).to_hex().to_string();
        sealed.files.insert("state.bin".to_owned(), digest);
        sealed.digest = sealed.seal();
        fs::write(&path, &state).unwrap();
        fs::write(first.join("manifest.json"), sealed.to_json().unwrap()).unwrap();
        let words = [&first, &second].map(|results| results.parent().unwrap().to_str().unwrap());
        let out = folder.path().join("joined");
        let options = ["--out", out.to_str().unwrap(), "--overwrite", "--quiet"];
        stderr(&roundabout(&[&["merge"], &words[..], &options].concat()))
    };
    assert_eq!(said(columns), "");
    for (columns, reason) in [
        (u64::MAX, "more draws than a file can hold"),
        (1 << 61, "more draws than a file can hold"),
        (columns - 1, "it is the state of another run"),
    ] {
        let said = said(columns);
        assert!(said.contains(reason) && said.contains("state.bin"), "{columns}: {said}");
    }
}

#[test]
fn mutated_compressed_tables_are_read_or_refused() {
    let (_folder, results) = part();
    let (mut dice, mut refused) = (Dice(17), 0);
    let count = mutations(200, 10_000);
    let manifest = Manifest::read(&results).unwrap();
    let (file, folders) = ("inputs.csv.zst", [results.clone()]);
    let whole = fs::read(results.join(file)).unwrap();
    for _ in 0..count {
        let mutated = dice.mutate_bytes(&whole);
        // As if the program had written it.
        let mut sealed = manifest.clone();
        sealed
            .files
            .insert(file.to_owned(), blake3::hash(&mutated).to_hex().to_string());
        sealed.digest = sealed.seal();
        fs::write(results.join(file), mutated).unwrap();
        fs::write(results.join("manifest.json"), sealed.to_json().unwrap()).unwrap();
        let set = read_described(&folders).unwrap().remove(0);
        refused += usize::from(read_inputs(&set, usize::MAX).is_err());
    }
    assert!(refused > count / 4, "{refused} of {count} were refused");
}

#[test]
fn mutated_states_are_read_or_refused() {
    let (_folder, results) = part();
    let path = results.join("state.bin");
    let state = fs::read(&path).unwrap();
    assert!(read_state(&path, None).is_ok());
    let (mark, body) = opened(&state);
    let (mut dice, mut refused) = (Dice(14), 0);
    let count = mutations(150, 10_000);
    for _ in 0..count {
        fs::write(&path, closed(mark, &dice.mutate_bytes(&body))).unwrap();
        let Ok(read) = read_state(&path, None) else {
            refused += 1;
            continue;
        };
        for finished in read.outcomes.into_iter().flatten() {
            let mut doubled = finished.collected.clone();
            doubled.merge(&finished.collected);
            for cell in 0..doubled.cells() {
                let _ = (doubled.summary(cell), doubled.share_below_zero(cell));
            }
        }
    }
    assert!(refused > count / 4, "{refused} of {count} were refused");
    // Without the right digest every change is seen.
    for _ in 0..mutations(50, 5_000) {
        let mutated = dice.mutate_bytes(&state);
        if mutated != state {
            fs::write(&path, mutated).unwrap();
            assert!(read_state(&path, None).is_err());
        }
    }
}
