//! Any bytes in place of one file of a result folder, with right digests or without; the first byte says which. The results are
//! read or refused.
#![no_main]

mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use roundabout::model::Horizon;
use roundabout::results::read::{ResultSet, read_described, read_differences, read_outcome, read_sweep};
use roundabout::results::{CONTEXT_FILE, MANIFEST_FILE, Manifest, RUN_FILE, RunRecord};
use tempfile::TempDir;

/// Files of the scenario, and then those of the batch.
const FILES: [&str; 6] = [
    MANIFEST_FILE,
    "metrics.csv",
    "draws.csv",
    CONTEXT_FILE,
    "comparison.csv",
    RUN_FILE,
];

/// Not of the program's own results here: a batch of variants has it.
const SWEEP_FILE: &str = "sweep.csv";

struct Desk {
    _folder: TempDir,
    results: PathBuf,
    scenario: PathBuf,
    manifest: Manifest,
    /// Each with the text that it has in the sound results, or none.
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
}

static DESK: OnceLock<Desk> = OnceLock::new();

fn desk() -> Desk {
    let folder = desk::desk();
    let results = desk::run(folder.path(), &[]);
    let scenario = results.join("with");
    let place = |(number, file)| {
        if number < 4 {
            scenario.join(file)
        } else {
            results.join(file)
        }
    };
    let paths = FILES.into_iter().chain([SWEEP_FILE]).enumerate().map(place);
    let files: Vec<_> = paths.map(|path| (path.clone(), fs::read(path).ok())).collect();
    assert_eq!(files.iter().filter(|(_, text)| text.is_some()).count(), FILES.len());
    Desk {
        _folder: folder,
        manifest: Manifest::read(&scenario).unwrap(),
        results,
        scenario,
        files,
    }
}

/// The bytes of a file and, beside it, a manifest as if the program had written both.
fn seal(desk: &Desk, path: &Path, bytes: &[u8]) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let read: Option<Manifest> = serde_json::from_slice(bytes).ok().filter(|_| name == MANIFEST_FILE);
    let mut manifest = read.unwrap_or_else(|| desk.manifest.clone());
    if name != MANIFEST_FILE {
        let digest = blake3::hash(bytes).to_hex().to_string();
        manifest.files.insert(name.to_owned(), digest);
    }
    manifest.digest = manifest.seal();
    fs::write(desk.scenario.join(MANIFEST_FILE), manifest.to_json().unwrap()).unwrap();
}

/// Reads what commands read of this file. What is read is used as they use it.
fn read(desk: &Desk, path: &Path) {
    if path.parent() == Some(&desk.scenario) {
        if let Ok(set) = ResultSet::read(&desk.scenario) {
            let _ = set.horizon();
            for key in set.metrics.keys() {
                let _ = (key.name(), key.particulars(), key.cells(), set.draws_of(key));
            }
        }
        for set in read_described(std::slice::from_ref(&desk.scenario)).unwrap_or_default() {
            if let Some(headline) = set.manifest.headlines.first() {
                let _ = read_outcome(&set, headline);
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            let mut table = set.table(name).ok().flatten();
            while let Some(Ok(Some(row))) = table.as_mut().map(|table| table.next_row()) {
                let _ = row.number(0);
            }
        }
    }
    match path.file_name().unwrap().to_str().unwrap() {
        "comparison.csv" => {
            let horizon = Horizon {
                start: "2022-01".parse().unwrap(),
                months: 3,
            };
            drop(read_differences(&desk.results, Some(horizon), None, |_| true));
        }
        SWEEP_FILE => drop(read_sweep(&desk.results)),
        RUN_FILE => {
            if let Ok(record) = RunRecord::read(path) {
                let _ = (record.to_json(), record.is_whole(&desk.results));
            }
        }
        _ => {}
    }
}

fuzz_target!(
    init: {
        let desk = DESK.get_or_init(desk);
        for (place, (path, text)) in desk.files.iter().enumerate() {
            let name = path.file_name().unwrap().to_str().unwrap();
            let bytes = text.as_deref().unwrap_or(b"scenario,of,change,value,metric,unit\n");
            desk::seed(name, Some(place as u8), bytes);
            desk::seed(&format!("sealed-{name}"), Some(0x80 | place as u8), bytes);
            if name.ends_with(".csv") {
                let few: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').take(5).collect();
                desk::seed(&format!("short-{name}"), Some(0x80 | place as u8), &few.concat());
            }
        }
    },
    |bytes: &[u8]| {
        let (desk, Some((choice, bytes))) = (DESK.wait(), bytes.split_first()) else {
            return;
        };
        let (path, sound) = &desk.files[usize::from(choice & 0x7f) % desk.files.len()];
        fs::write(path, bytes).unwrap();
        if choice & 0x80 != 0 && path.parent() == Some(&desk.scenario) {
            seal(desk, path, bytes);
        }
        read(desk, path);
        match sound {
            Some(sound) => fs::write(path, sound).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        fs::write(&desk.files[0].0, desk.files[0].1.as_deref().unwrap()).unwrap();
    }
);
