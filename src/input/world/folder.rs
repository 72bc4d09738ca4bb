//! The folder of a world: which tables it has, and their digest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::csv_rows::{CsvRows, WireRow};
use super::file::read_text;
use crate::diagnostic::{Report, nearest};

/// Tables that every world has.
const REQUIRED: [&str; 7] = [
    "jurisdictions.csv",
    "nodes.csv",
    "links.csv",
    "commodities.csv",
    "supplies.csv",
    "demands.csv",
    "capacities.csv",
];

/// Tables that some worlds have.
const OPTIONAL: [&str; 7] = [
    "transfers.csv",
    "routes.csv",
    "corridors.csv",
    "baseline.csv",
    "sources.csv",
    "observed.csv",
    "price_index.csv",
];

/// A world's folder while it is read.
pub(super) struct WorldFolder<'f> {
    path: &'f Path,
    files: BTreeSet<String>,
    hasher: blake3::Hasher,
    /// See [`Self::cited`].
    cited: Vec<(&'static str, BTreeMap<String, usize>)>,
}

impl<'f> WorldFolder<'f> {
    /// Lists the tables in a folder, and reports those that are missing or unknown. None if it cannot be listed.
    pub fn open(path: &'f Path, report: &mut Report) -> Option<Self> {
        let files = match list(path) {
            Ok(files) => files,
            Err(error) => {
                report
                    .fault(None, format!("cannot read the world {}: {error}", path.display()))
                    .help("a world is a folder of CSV tables");
                return None;
            }
        };
        report.add_folder(path);
        let folder = Self {
            path,
            files,
            hasher: blake3::Hasher::new(),
            cited: Vec::new(),
        };
        folder.report_missing(report);
        folder.report_unknown(report);
        Some(folder)
    }

    fn has(&self, file: &str) -> bool {
        self.files.contains(file)
    }

    fn report_missing(&self, report: &mut Report) {
        let missing = |file: &str| format!("{} is missing", self.path.join(file).display());
        for file in REQUIRED.iter().filter(|file| !self.has(file)) {
            let fault = report.fault(None, missing(file));
            if let Some(similar) = nearest(file, self.strangers()) {
                fault.help(format!("is {similar} meant to be it?"));
            }
        }
        let [routes, corridors, baseline] = ["routes.csv", "corridors.csv", "baseline.csv"].map(|file| self.has(file));
        if baseline && !corridors {
            report
                .fault(None, missing("corridors.csv"))
                .help("baseline.csv is split over the corridors");
        } else if corridors && !baseline && !routes {
            report
                .fault(None, missing("baseline.csv"))
                .help("it says what the corridors carry");
        } else if !corridors && !routes {
            report
                .fault(None, missing("routes.csv"))
                .help("corridors.csv and baseline.csv can take its place");
        }
    }

    fn report_unknown(&self, report: &mut Report) {
        for file in self.strangers() {
            let message = format!("{} is not read", self.path.join(file).display());
            let warning = report.warning(None, message);
            match nearest(file, REQUIRED.into_iter().chain(OPTIONAL)) {
                Some(meant) => warning.help(format!("did you mean {meant}?")),
                None => warning.help("it is no table of a world"),
            };
        }
    }

    /// Tables that no world has.
    fn strangers(&self) -> impl Iterator<Item = &str> {
        let is_table = |file: &&str| file.ends_with(".csv") && !REQUIRED.contains(file) && !OPTIONAL.contains(file);
        self.files.iter().map(String::as_str).filter(is_table)
    }

    /// Reads a table; none if it is not there or its text cannot be read.
    pub fn table<T: WireRow>(&mut self, report: &mut Report) -> Option<CsvRows<T>> {
        if !self.has(T::FILE) {
            return None;
        }
        let path = self.path.join(T::FILE);
        let text = read_text(&path, report)?;
        let rows = CsvRows::parse(&path, &text, report);
        // Tables are read in a fixed order, so the digest does not depend on how the folder is listed.
        rows.digest(&mut self.hasher);
        self.cited.extend(rows.sources().map(|cited| (T::FILE, cited)));
        Some(rows)
    }

    /// Every table read that has sources, with how many rows cite each.
    pub fn cited(&self) -> &[(&'static str, BTreeMap<String, usize>)] {
        &self.cited
    }

    /// The digest of all tables read and of the scope, in hexadecimal.
    pub fn digest(mut self, scope: Option<&BTreeSet<String>>) -> String {
        // A part of a world is another world: its results must not pass for those of the whole.
        for commodity in scope.into_iter().flatten() {
            self.hasher.update(b"\0scope\0");
            self.hasher.update(commodity.as_bytes());
        }
        self.hasher.finalize().to_hex().to_string()
    }
}

/// The names of the files in a folder. Names that are not Unicode are left out, because no table has one.
fn list(path: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(path)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}
