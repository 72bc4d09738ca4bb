//! `comparison.csv` read back: what a batch kept of the differences between its scenarios. The file may be large, so rows are
//! looked at one by one and only those that are asked for are kept.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::months::GoodPrices;
use super::table::{count, number};
use super::{KeyPlaces, MetricKey, TableStream, UnreadableResults};
use crate::model::{Horizon, ReportPeriod, ResultUnit};
use crate::results::DifferenceStatistics;
use crate::results::schema::{
    self, BELOW_ZERO, COMPARED, COMPARISON, COMPARISON_BY_MONTH, OF_DIFFERENCE, PAIRED, PAIRED_DRAWS,
};

/// The differences of a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchDifferences {
    /// The file.
    pub path: PathBuf,
    /// By scenario and reference.
    rows: DifferenceRows,
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

/// Reads the tables of differences in `folder`, as far as `is_wanted` asks for their rows; `None` if there is none. `horizon` is that
/// of the reference. Months are read where the prices of goods are given, by which tonnes become dollars.
///
/// # Errors
/// When one is damaged, in any row.
pub fn read_differences(
    folder: &Path,
    horizon: Option<Horizon>,
    prices: Option<&GoodPrices>,
    is_wanted: impl Fn(&MetricKey) -> bool,
) -> Result<Option<BatchDifferences>, UnreadableResults> {
    let path = folder.join(COMPARISON.file);
    match File::open(&path) {
        Ok(mut file) => check_end(&path, &mut file)?,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(UnreadableResults::from_io(&path)(cause)),
    }
    let Some(table) = TableStream::of_batch(folder, COMPARISON.file)? else {
        return Ok(None);
    };
    // What `compare --format csv` prints may well be kept under this name; it is no table of the batch.
    if table.header().eq(COMPARED.names()) {
        return Ok(None);
    }
    let mut rows = DifferenceRows::new();
    let mut amounts = Vec::new();
    for_each_row(table, |pair, key, statistics| {
        if key.is_whole_amount() && statistics.is_paired {
            amounts.push((pair.clone(), key.clone(), statistics.draws));
        }
        add(&mut rows, &is_wanted, pair, key, statistics)
    })?;
    let mut left_out: Vec<ReportPeriod> = horizon
        .iter()
        .flat_map(Horizon::years)
        .map(ReportPeriod::year)
        .collect();
    let table = prices.map(|_| TableStream::of_batch(folder, COMPARISON_BY_MONTH.file));
    if let (Some(prices), Some(table)) = (prices, table.transpose()?.flatten()) {
        for_each_row(table, |pair, key, statistics| {
            if let Some(price) = prices.of_row(&key.commodity, &key.unit) {
                let unit = ResultUnit::Dollars.name().to_owned();
                let dollars = MetricKey { unit, ..key.clone() };
                add(&mut rows, &is_wanted, pair.clone(), dollars, statistics.scaled(price))?;
            }
            add(&mut rows, &is_wanted, pair, key, statistics)
        })?;
        left_out.extend(horizon.iter().flat_map(Horizon::iter).map(ReportPeriod::from));
    }
    // Years and months without a row are those without a difference.
    for (pair, key, draws) in amounts {
        // Months have no rows of parties.
        let is_of_it = |period: &&ReportPeriod| !period.is_month() || key.party.is_empty();
        let keys = left_out.iter().filter(is_of_it).map(|period| key.in_period(*period));
        for key in keys.filter(|key| is_wanted(key)) {
            let of_pair = rows.entry(pair.clone()).or_default();
            of_pair.entry(key).or_insert(DifferenceStatistics::zero(draws));
        }
    }
    Ok(Some(BatchDifferences { path, rows }))
}

/// By scenario and reference.
type DifferenceRows = BTreeMap<(String, String), BTreeMap<MetricKey, DifferenceStatistics>>;

fn add(
    rows: &mut DifferenceRows,
    is_wanted: &impl Fn(&MetricKey) -> bool,
    pair: (String, String),
    key: MetricKey,
    statistics: DifferenceStatistics,
) -> Result<(), String> {
    if is_wanted(&key) && rows.entry(pair).or_default().insert(key, statistics).is_some() {
        return Err("the metric of this row was there before".to_owned());
    }
    Ok(())
}

/// Calls `visit` with scenario and reference, key and statistics of every row.
fn for_each_row(
    mut table: TableStream,
    mut visit: impl FnMut((String, String), MetricKey, DifferenceStatistics) -> Result<(), String>,
) -> Result<(), UnreadableResults> {
    let places = Places::new(&table)?;
    while let Some(row) = table.next_row()? {
        let fault = |reason: String| row.fault(&reason);
        let text = |place: usize| row.text(place);
        let statistics = places.statistics(text).map_err(fault)?;
        let key = places.keys.read(text).map_err(|reason| row.fault(reason))?;
        let pair = (text(places.scenario).to_owned(), text(places.reference).to_owned());
        visit(pair, key, statistics).map_err(fault)?;
    }
    Ok(())
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
    fn new(table: &TableStream) -> Result<Self, UnreadableResults> {
        let column = |name: &str| table.column(name);
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
            draws: table.find(PAIRED_DRAWS.name),
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
