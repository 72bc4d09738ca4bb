//! Result folders read back into memory. Nothing in them is trusted: a file may be cut short, edited, or written by
//! another program.

mod described;
mod differences;
mod draws;
#[cfg(test)]
pub(crate) mod fixture;
mod folders;
mod inputs;
mod metric_table;
mod months;
mod names;
mod observed;
mod series;
mod stream;
mod sweep;
mod table;
#[cfg(test)]
mod tests;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use super::InputPaths;
use super::manifest::{MANIFEST_FILE, Manifest};
use super::result_table::Detail;
use super::schema::{self, COMPRESSED, ColumnSchema, DRAWS, METRICS, PARTY, UnitRule, headline_name};
use crate::model::{ALL, Horizon, ReportPeriod, ResultUnit};
use crate::statistics::Summary;
use table::{CsvRow, CsvTable};

pub use described::{DescribedResults, read_described};
pub use differences::{BatchDifferences, read_differences};
pub use draws::{OutcomeDraws, read_outcome};
pub use folders::read_batch;
pub use inputs::read_inputs;
pub use metric_table::MetricTable;
pub use months::{GoodPrices, monthly_metrics};
pub(crate) use names::{list, meant};
pub use observed::read_observed;
pub use series::{
    ChosenRow, Condition, DrawnTable, RowChoice, Series, SeriesError, read_chosen_rows, read_series,
    rows_of_differences, series_of_differences,
};
pub use stream::{StreamRow, TableStream};
pub use sweep::{SweepRow, choose_sweep, read_sweep};

/// Results that cannot be read: where, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreadableResults {
    pub path: PathBuf,
    /// Counted from 1; none if it concerns no line.
    pub line: Option<u64>,
    /// A lower-case fragment.
    pub reason: String,
}

impl UnreadableResults {
    /// A fault of a file, at a line if there is one.
    pub fn new(path: &Path, line: Option<u64>, reason: String) -> Self {
        Self {
            path: path.to_owned(),
            line,
            reason,
        }
    }

    pub(super) fn from_io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::new(path, None, error.to_string())
    }
}

impl fmt::Display for UnreadableResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for UnreadableResults {}

/// The keys of a row of `metrics.csv`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct MetricKey {
    pub metric: String,
    pub period: ReportPeriod,
    /// `all` or an id.
    pub commodity: String,
    /// The intermediary's jurisdiction, or empty.
    pub via: String,
    /// The jurisdiction or capacity whose gain or loss it is, or empty.
    pub party: String,
    pub unit: String,
}

impl MetricKey {
    /// The name of a headline metric: metric and unit.
    pub fn name(&self) -> String {
        headline_name(&self.metric, &self.unit)
    }

    /// Period, commodity and intermediary in words, as far as they narrow the total.
    pub fn particulars(&self) -> Vec<String> {
        let period = (self.period != ReportPeriod::WholeRun).then(|| self.period.to_string());
        let commodity = (self.commodity != ALL).then(|| self.commodity.clone());
        let via = (!self.via.is_empty()).then(|| format!("via {}", self.via));
        let party = (!self.party.is_empty()).then(|| format!("of {}", self.party));
        [period, commodity, via, party].into_iter().flatten().collect()
    }

    /// The cells of the key, in the order of the key columns of `metrics.csv`.
    pub fn cells(&self) -> [String; METRICS.keys.len()] {
        let Self {
            metric,
            period,
            commodity,
            via,
            party,
            unit,
        } = self;
        [
            metric.clone(),
            period.to_string(),
            commodity.clone(),
            via.clone(),
            party.clone(),
            unit.clone(),
        ]
    }

    /// The key in another period.
    pub fn in_period(&self, period: ReportPeriod) -> Self {
        Self { period, ..self.clone() }
    }

    /// Whether it is an amount over the whole run: its years and months that no row tells of are zero.
    pub fn is_whole_amount(&self) -> bool {
        self.period == ReportPeriod::WholeRun && ResultUnit::is_of_amounts(&self.unit)
    }

    /// Whether it is for the whole run and all goods, over any intermediary or none.
    pub fn is_total(&self) -> bool {
        self.period == ReportPeriod::WholeRun && self.commodity == ALL && self.via.is_empty() && self.party.is_empty()
    }
}

/// The results of one scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct ResultSet {
    pub folder: PathBuf,
    /// Its name in tables: the scenario's, or the folder where two results have one name.
    pub label: String,
    pub manifest: Manifest,
    /// `metrics.csv`.
    pub metrics: MetricTable,
    /// The headline metrics in the order of the manifest, each with a value per draw of `draws_simulated`, in order;
    /// NaN where it does not exist.
    pub headlines: Vec<(MetricKey, Vec<f64>)>,
    horizon: Option<Horizon>,
}

impl ResultSet {
    /// Reads a folder that holds `manifest.json`, `metrics.csv` and `draws.csv`.
    ///
    /// # Errors
    /// When a file is missing, damaged, of another format, or not as the manifest says.
    pub fn read(folder: &Path) -> Result<Self, UnreadableResults> {
        Self::read_beside(folder, None)
    }

    /// As [`read`](Self::read); the metrics may well have the keys of those results, which are then in memory once.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_beside(folder: &Path, other: Option<&Self>) -> Result<Self, UnreadableResults> {
        let manifest = Manifest::read(folder)?;
        let like = other.map(|other| &other.metrics);
        let metrics = read_vouched(folder, METRICS.file, &manifest, |table| MetricTable::read(table, like))?;
        let headlines = read_vouched(folder, DRAWS.file, &manifest, |table| {
            read_headlines(table, &manifest, &metrics)
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            horizon: months_of(&manifest),
            label: manifest.scenario.clone(),
            manifest,
            metrics,
            headlines,
        })
    }

    /// Adds the metrics of single months that are wanted.
    ///
    /// # Errors
    /// When these results have no months, or their table is damaged.
    pub fn add_months(&mut self, is_wanted: impl Fn(&MetricKey) -> bool) -> Result<(), UnreadableResults> {
        let months = monthly_metrics(self, is_wanted)?;
        self.metrics.extend(months);
        Ok(())
    }

    /// The draws of a headline metric.
    pub fn draws_of(&self, key: &MetricKey) -> Option<&[f64]> {
        let (_, values) = self.headlines.iter().find(|(headline, _)| headline == key)?;
        Some(values)
    }

    /// The manifest and the files that it lists.
    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let names = std::iter::once(MANIFEST_FILE).chain(self.manifest.files.keys().map(String::as_str));
        names.map(|name| self.folder.join(name))
    }

    /// The months that were simulated.
    pub fn horizon(&self) -> Option<Horizon> {
        self.horizon
    }
}

/// The months in the manifest.
fn months_of(manifest: &Manifest) -> Option<Horizon> {
    let (Ok(start), months @ 1..) = (manifest.start.parse(), manifest.months) else {
        return None;
    };
    Some(Horizon { start, months })
}

/// Every file of these results, none of which a command that reads them may replace.
pub fn paths_read(sets: &[ResultSet]) -> InputPaths {
    InputPaths::new(sets.iter().flat_map(ResultSet::paths))
}

/// Reads a regular file. A pipe would be waited for, and a device may never end.
///
/// # Errors
/// When it is missing, unreadable or no regular file.
pub(super) fn read_regular(path: &Path) -> Result<Vec<u8>, UnreadableResults> {
    let found = fs::metadata(path).map_err(UnreadableResults::from_io(path))?;
    if !found.is_file() {
        return Err(UnreadableResults::new(path, None, "it is no regular file".to_owned()));
    }
    fs::read(path).map_err(UnreadableResults::from_io(path))
}

/// Why a file does not have the digest of its manifest.
fn change(bytes: &[u8], digest: &str) -> &'static str {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    if blake3::hash(text.as_bytes()).to_hex().as_str() == digest {
        return "its line ends were changed to CRLF; copy results without changing line ends";
    }
    "changed since it was written"
}

/// The largest table that is taken into memory whole, in bytes: a damaged file may promise anything.
const LARGEST: u64 = 1 << 33;

/// The content of a file that Zstandard has compressed.
fn decompressed(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, UnreadableResults> {
    let mut content = Vec::new();
    let read = zstd::Decoder::new(bytes).and_then(|decoder| decoder.take(LARGEST).read_to_end(&mut content));
    read.map_err(|cause| UnreadableResults::new(path, None, format!("it cannot be decompressed: {cause}")))?;
    Ok(content)
}

/// Reads a table and compares the digest of its file with the manifest's. The digest comes last, because a fault with its line
/// helps more than "changed"; but first where the file is compressed, for then there are no lines.
fn read_vouched<T>(
    folder: &Path,
    table: &str,
    manifest: &Manifest,
    read: impl FnOnce(&CsvTable<'_>) -> Result<T, UnreadableResults>,
) -> Result<T, UnreadableResults> {
    let Some((name, digest)) = manifest.file_of(table) else {
        let reason = match manifest.detail {
            Detail::Years => "these results have no months: run the scenario again with --detail months",
            Detail::Months | Detail::All => "the manifest has no digest of it",
        };
        return Err(UnreadableResults::new(&folder.join(table), None, reason.to_owned()));
    };
    let path = folder.join(&name);
    let bytes = read_regular(&path)?;
    let is_changed = blake3::hash(&bytes).to_hex().as_str() != digest;
    let changed = |bytes| UnreadableResults::new(&path, None, change(bytes, digest).to_owned());
    if name.ends_with(COMPRESSED) {
        if is_changed {
            return Err(changed(&bytes));
        }
        return read(&CsvTable::parse(&path, &decompressed(&path, &bytes)?)?);
    }
    let contents = read(&CsvTable::parse(&path, &bytes)?)?;
    if is_changed {
        return Err(changed(&bytes));
    }
    Ok(contents)
}

/// The places of the columns of a [`MetricKey`].
struct KeyPlaces {
    metric: usize,
    period: usize,
    commodity: usize,
    via: usize,
    /// None in results of versions that said nothing of parties.
    party: Option<usize>,
    unit: usize,
}

impl KeyPlaces {
    /// Finds them by `column`, which gives the place of a name.
    fn new<E>(column: impl Fn(&str) -> Result<usize, E>) -> Result<Self, E> {
        let place = |schema: ColumnSchema| column(schema.name);
        Ok(Self {
            metric: place(schema::METRIC)?,
            period: place(schema::PERIOD)?,
            commodity: place(schema::COMMODITY)?,
            via: place(schema::VIA)?,
            party: place(PARTY).ok(),
            unit: place(schema::UNIT)?,
        })
    }

    /// Whether a row, of which `text` gives the cells by place, has this key.
    fn is_at<'t>(&self, key: &MetricKey, text: impl Fn(usize) -> &'t str) -> bool {
        // What differs most is looked at first.
        text(self.period).parse() == Ok(key.period)
            && text(self.commodity) == key.commodity
            && text(self.via) == key.via
            && self.party.map_or("", &text) == key.party
            && text(self.unit) == key.unit
            && text(self.metric) == key.metric
    }

    /// The key of a row, of which `text` gives the cells by place.
    fn read<'t>(&self, text: impl Fn(usize) -> &'t str) -> Result<MetricKey, &'static str> {
        Ok(MetricKey {
            metric: text(self.metric).to_owned(),
            period: text(self.period).parse()?,
            commodity: text(self.commodity).to_owned(),
            via: text(self.via).to_owned(),
            party: self.party.map_or("", &text).to_owned(),
            unit: text(self.unit).to_owned(),
        })
    }
}

/// The places of the eight statistics over draws.
fn statistics_places(table: &CsvTable<'_>) -> Result<[usize; 8], UnreadableResults> {
    let mut places = [0; 8];
    for (place, column) in places.iter_mut().zip(schema::statistics(UnitRule::InRow)) {
        *place = table.column(column.name)?;
    }
    Ok(places)
}

fn read_summary(row: CsvRow<'_>, places: [usize; 8]) -> Result<Summary, UnreadableResults> {
    let mut values = [None; 8];
    for (value, place) in values.iter_mut().zip(places) {
        *value = row.number(place)?;
    }
    Ok(Summary::from_values(values))
}

/// A value per draw of every headline metric.
fn read_headlines(
    table: &CsvTable<'_>,
    manifest: &Manifest,
    metrics: &MetricTable,
) -> Result<Vec<(MetricKey, Vec<f64>)>, UnreadableResults> {
    let draw = table.column(schema::DRAW.name)?;
    check_draws(table, draw, manifest)?;
    for row in table.rows() {
        for column in 0..table.width() {
            row.number(column)?;
        }
    }
    let read = |name: &String| {
        let column = table.column(name)?;
        let nameless = || {
            UnreadableResults::new(
                table.path(),
                Some(1),
                format!("the headline metric `{name}` has no unit"),
            )
        };
        // The name does not show where the metric ends and its unit begins; the row of the metric does.
        let key = metrics.keys().find(|key| key.is_total() && key.name() == *name);
        let key = key.ok_or_else(nameless)?.clone();
        let values = table.rows().map(|row| Ok(row.number(column)?.unwrap_or(f64::NAN)));
        Ok((key, values.collect::<Result<_, UnreadableResults>>()?))
    };
    manifest.headlines.iter().map(read).collect()
}

/// Checks that every draw of the manifest is in the file once, in order.
fn check_draws(table: &CsvTable<'_>, column: usize, manifest: &Manifest) -> Result<(), UnreadableResults> {
    let [start, end] = manifest.draws_simulated;
    let mut due = start;
    for row in table.rows() {
        let draw = row.count(column)?;
        if draw != due || due >= end {
            let expected = if due < end {
                format!("draw {due}")
            } else {
                "the end".to_owned()
            };
            return Err(row.fault(format!("draw {draw} where {expected} is due")));
        }
        due += 1;
    }
    if due < end {
        let reason = format!(
            "the file ends before draw {due}, but the manifest says {start} to {}",
            end - 1
        );
        return Err(UnreadableResults::new(table.path(), None, reason));
    }
    Ok(())
}
