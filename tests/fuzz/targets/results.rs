//! Any bytes in place of one file of a result folder, with right digests or without; the first byte says which. The results are
//! read or refused.
#![no_main]

mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use roundabout::results::read::{ResultSet, read_batch, read_described, read_differences, read_outcome, read_sweep};
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

/// All that commands read of results. Numbers that are read are used as commands use them.
fn read(desk: &Desk) {
    if let Ok(set) = ResultSet::read(&desk.scenario) {
        let _ = set.horizon();
        for key in set.metrics.keys() {
            let _ = (key.name(), key.particulars(), key.cells(), set.draws_of(key));
        }
    }
    let folders = [desk.results.clone()];
    let _ = read_batch(&folders);
    for set in read_described(&folders).unwrap_or_default() {
        for headline in &set.manifest.headlines {
            let _ = read_outcome(&set, headline);
        }
        for file in set.manifest.files.keys() {
            let Ok(Some(mut table)) = set.table(file) else {
                continue;
            };
            while let Ok(Some(row)) = table.next_row() {
                let _ = row.number(0);
            }
        }
    }
    let _ = read_differences(&desk.results, |_| true);
    let _ = read_sweep(&desk.results);
    if let Ok(record) = RunRecord::read(&desk.results.join(RUN_FILE)) {
        let _ = (record.to_json(), record.is_whole(&desk.results));
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
        read(desk);
        match sound {
            Some(sound) => fs::write(path, sound).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        fs::write(&desk.files[0].0, desk.files[0].1.as_deref().unwrap()).unwrap();
    }
);
