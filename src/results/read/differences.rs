//! `comparison.csv` read back: what a batch kept of the differences between its scenarios. The file may be large, so rows are
//! looked at one by one and only those that are asked for are kept.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::table::{count, explain, number};
use super::{KeyPlaces, MetricKey, UnreadableResults};
use crate::results::DifferenceStatistics;
use crate::results::schema::{self, BELOW_ZERO, COMPARED, COMPARISON, OF_DIFFERENCE, PAIRED, PAIRED_DRAWS};

/// The differences of a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchDifferences {
    /// The file.
    pub path: PathBuf,
    /// By scenario and reference.
    rows: BTreeMap<(String, String), BTreeMap<MetricKey, DifferenceStatistics>>,
}

impl BatchDifferences {
    /// The rows that were kept of a scenario less a reference, by their names.
    pub fn of(&self, scenario: &str, reference: &str) -> Option<&BTreeMap<MetricKey, DifferenceStatistics>> {
        self.rows.get(&(scenario.to_owned(), reference.to_owned()))
    }

    /// The keys of all rows that were kept.
    pub fn keys(&self) -> impl Iterator<Item = &MetricKey> {
        self.rows.values().flat_map(BTreeMap::keys)
    }
}

/// Reads the table of differences in `folder`, as far as `is_wanted` asks for its rows; `None` if there is none.
///
/// # Errors
/// When it is damaged, in any row.
pub fn read_differences(
    folder: &Path,
    is_wanted: impl Fn(&MetricKey) -> bool,
) -> Result<Option<BatchDifferences>, UnreadableResults> {
    let path = folder.join(COMPARISON.file);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(UnreadableResults::from_io(&path)(cause)),
    };
    check_end(&path, &mut file)?;
    let mut reader = csv::Reader::from_reader(BufReader::with_capacity(1 << 16, file));
    let header = reader.headers().map_err(|error| explain(&path, &error))?.clone();
    // What `compare --format csv` prints may well be kept under this name; it is no table of the batch.
    if header.iter().eq(COMPARED.names()) {
        return Ok(None);
    }
    let places = Places::new(&path, &header)?;
    let mut rows: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    let mut record = StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|error| explain(&path, &error))?
    {
        let fault = |reason| UnreadableResults::new(&path, record.position().map(csv::Position::line), reason);
        let text = |place: usize| record.get(place).unwrap_or_default();
        let statistics = places.statistics(text).map_err(fault)?;
        let key = places.keys.read(text).map_err(|reason| fault(reason.to_owned()))?;
        if !is_wanted(&key) {
            continue;
        }
        let pair = (text(places.scenario).to_owned(), text(places.reference).to_owned());
        if rows.entry(pair).or_default().insert(key, statistics).is_some() {
            return Err(fault("the metric of this row was there before".to_owned()));
        }
    }
    Ok(Some(BatchDifferences { path, rows }))
}

/// A file cut within its last number would read as a whole row with another number.
fn check_end(path: &Path, file: &mut File) -> Result<(), UnreadableResults> {
    let mut last = [0];
    let read = file
        .seek(SeekFrom::End(-1))
        .and_then(|_| file.read_exact(&mut last))
        .and_then(|()| file.seek(SeekFrom::Start(0)));
    match read {
        // Nothing stands before the end of an empty file.
        Err(_) => Err(UnreadableResults::new(path, None, "the file is empty".to_owned())),
        Ok(_) if last != *b"\n" => {
            let lines = io::BufRead::lines(BufReader::new(file)).count() as u64;
            let reason = "the file ends in the middle of a line".to_owned();
            Err(UnreadableResults::new(path, Some(lines), reason))
        }
        Ok(_) => Ok(()),
    }
}

/// Where the columns stand.
struct Places {
    scenario: usize,
    reference: usize,
    keys: KeyPlaces,
    numbers: [usize; OF_DIFFERENCE.len()],
    below_zero: usize,
    /// Versions that did not count them left the column out.
    draws: Option<usize>,
    is_paired: usize,
}

impl Places {
    fn new(path: &Path, header: &StringRecord) -> Result<Self, UnreadableResults> {
        let find = |name: &str| header.iter().position(|column| column == name);
        let column = |name: &str| {
            let missing = || UnreadableResults::new(path, Some(1), format!("the column `{name}` is missing"));
            find(name).ok_or_else(missing)
        };
        let mut numbers = [0; OF_DIFFERENCE.len()];
        for (place, schema) in numbers.iter_mut().zip(OF_DIFFERENCE) {
            *place = column(schema.name)?;
        }
        Ok(Self {
            scenario: column(schema::SCENARIO.name)?,
            reference: column(schema::REFERENCE.name)?,
            keys: KeyPlaces::new(column)?,
            numbers,
            below_zero: column(BELOW_ZERO.name)?,
            draws: find(PAIRED_DRAWS.name),
            is_paired: column(PAIRED.name)?,
        })
    }

    fn statistics<'t>(&self, text: impl Fn(usize) -> &'t str) -> Result<DifferenceStatistics, String> {
        let mut values = [None; OF_DIFFERENCE.len()];
        for ((value, place), schema) in values.iter_mut().zip(self.numbers).zip(OF_DIFFERENCE) {
            *value = number(text(place), schema.name)?;
        }
        let [mean, mcse, quantiles @ ..] = values;
        let draws = self.draws.map_or("", &text);
        let flag = text(self.is_paired);
        let is_paired = flag.parse();
        Ok(DifferenceStatistics {
            mean,
            mcse,
            quantiles,
            probability_below_zero: number(text(self.below_zero), BELOW_ZERO.name)?,
            draws: (!draws.is_empty())
                .then(|| count(draws, PAIRED_DRAWS.name))
                .transpose()?,
            is_paired: is_paired
                .map_err(|_| format!("`{flag}` in column `{}` is neither true nor false", PAIRED.name))?,
        })
    }
}
