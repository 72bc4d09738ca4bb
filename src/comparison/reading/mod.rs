//! Result folders read back into memory. Nothing in them is trusted: a file may be cut short, edited, or not ours.

mod folders;
mod manifest;
mod series;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use crate::output::{InputPaths, MANIFEST, STATISTICS};
use crate::statistics::Summary;
use table::{CsvRow, CsvTable};

pub use folders::read_batch;
pub use manifest::{Manifest, SamplingScheme};
pub use series::{Condition, MonthlyTable, Series, SeriesError, read_series};

/// Results that cannot be read: where, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    pub path: PathBuf,
    /// Counted from 1; none if it concerns no line.
    pub line: Option<u64>,
    /// A lower-case fragment.
    pub reason: String,
}

impl Unreadable {
    fn new(path: &Path, line: Option<u64>, reason: String) -> Self {
        Self {
            path: path.to_owned(),
            line,
            reason,
        }
    }

    fn from_io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::new(path, None, error.to_string())
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for Unreadable {}

/// What a row of `metrics.csv` is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct MetricKey {
    pub metric: String,
    /// `all`, a year or a month.
    pub period: String,
    /// `all` or an id.
    pub commodity: String,
    /// The intermediary's jurisdiction, or empty.
    pub via: String,
    pub unit: String,
}

impl MetricKey {
    /// The name of a headline metric: metric and unit.
    pub fn name(&self) -> String {
        format!("{}_{}", self.metric, self.unit)
    }

    /// What sets it apart from the headline metric: period, commodity and intermediary, where they are not all.
    pub fn particulars(&self) -> Vec<String> {
        let narrowed = [&self.period, &self.commodity]
            .into_iter()
            .filter(|part| *part != "all")
            .cloned();
        let via = (!self.via.is_empty()).then(|| format!("via {}", self.via));
        narrowed.chain(via).collect()
    }

    /// The headline metric called `name`: its unit stands after the last underscore.
    fn headline(name: &str) -> Option<Self> {
        let (metric, unit) = name.rsplit_once('_')?;
        Some(Self {
            metric: metric.to_owned(),
            period: "all".to_owned(),
            commodity: "all".to_owned(),
            via: String::new(),
            unit: unit.to_owned(),
        })
    }
}

/// The results of one scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct ResultSet {
    pub folder: PathBuf,
    /// What tables call it: the scenario's name, or the folder where two results have one name.
    pub label: String,
    pub manifest: Manifest,
    /// `metrics.csv`.
    pub metrics: BTreeMap<MetricKey, Summary>,
    /// The headline metrics in the order of the manifest, each with a value per draw of `draws_simulated`, in order;
    /// not-a-number where it does not exist.
    pub headlines: Vec<(MetricKey, Vec<f64>)>,
}

impl ResultSet {
    /// Reads a folder that holds `manifest.json`, `metrics.csv` and `draws.csv`.
    ///
    /// # Errors
    /// When a file is missing, damaged, of another format, or not as the manifest says.
    pub fn read(folder: &Path) -> Result<Self, Unreadable> {
        let path = folder.join(MANIFEST);
        let manifest = Manifest::parse(&path, &fs::read(&path).map_err(Unreadable::from_io(&path))?)?;
        let metrics = read_vouched(folder, "metrics.csv", &manifest, read_metrics)?;
        let headlines = read_vouched(folder, "draws.csv", &manifest, |table| read_headlines(table, &manifest))?;
        Ok(Self {
            folder: folder.to_owned(),
            label: manifest.scenario.clone(),
            manifest,
            metrics,
            headlines,
        })
    }

    /// The draws of a metric, if they were kept.
    pub fn draws_of(&self, key: &MetricKey) -> Option<&[f64]> {
        let (_, values) = self.headlines.iter().find(|(headline, _)| headline == key)?;
        Some(values)
    }

    /// The manifest and the files that it lists.
    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        let names = std::iter::once(MANIFEST).chain(self.manifest.files.keys().map(String::as_str));
        names.map(|name| self.folder.join(name))
    }

    /// First and last month, as far as the metrics tell.
    pub fn horizon(&self) -> Option<(&str, &str)> {
        let months = || {
            self.metrics
                .keys()
                .map(|key| key.period.as_str())
                .filter(|period| period.contains('-'))
        };
        months().min().zip(months().max())
    }
}

/// Every file of these results: what a command that reads them must not replace.
pub fn paths_read(sets: &[ResultSet]) -> InputPaths {
    InputPaths::new(sets.iter().flat_map(ResultSet::paths))
}

/// Reads a file for whose bytes the manifest vouches. A fault at a line says more than a digest that differs, so the
/// digest is looked at last.
fn read_vouched<T>(
    folder: &Path,
    name: &str,
    manifest: &Manifest,
    read: impl FnOnce(&CsvTable<'_>) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    let path = folder.join(name);
    let digest = manifest.files.get(name);
    let digest = digest.ok_or_else(|| Unreadable::new(&path, None, "the manifest has no digest of it".to_owned()))?;
    let bytes = fs::read(&path).map_err(Unreadable::from_io(&path))?;
    let contents = read(&CsvTable::parse(&path, &bytes)?)?;
    if blake3::hash(&bytes).to_hex().as_str() != digest {
        return Err(Unreadable::new(&path, None, "changed since it was written".to_owned()));
    }
    Ok(contents)
}

fn read_metrics(table: &CsvTable<'_>) -> Result<BTreeMap<MetricKey, Summary>, Unreadable> {
    let [metric, period, commodity, via, unit] = columns(table, ["metric", "period", "commodity", "via", "unit"])?;
    let statistics = columns(table, STATISTICS)?;
    let mut metrics = BTreeMap::new();
    for row in table.rows() {
        let key = MetricKey {
            metric: row.text(metric).to_owned(),
            period: row.text(period).to_owned(),
            commodity: row.text(commodity).to_owned(),
            via: row.text(via).to_owned(),
            unit: row.text(unit).to_owned(),
        };
        if metrics.insert(key, read_summary(row, statistics)?).is_some() {
            return Err(row.fault("the metric of this row was there before".to_owned()));
        }
    }
    Ok(metrics)
}

fn columns<const N: usize>(table: &CsvTable<'_>, names: [&str; N]) -> Result<[usize; N], Unreadable> {
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        *place = table.column(name)?;
    }
    Ok(places)
}

fn read_summary(row: CsvRow<'_>, columns: [usize; 8]) -> Result<Summary, Unreadable> {
    let [mean, sd, mcse, p05, p25, p50, p75, p95] = columns;
    Ok(Summary {
        mean: row.number(mean)?,
        sd: row.number(sd)?,
        mcse: row.number(mcse)?,
        p05: row.number(p05)?,
        p25: row.number(p25)?,
        p50: row.number(p50)?,
        p75: row.number(p75)?,
        p95: row.number(p95)?,
    })
}

/// A value per draw of every headline metric. The parameters beside them are only looked at for damage.
fn read_headlines(table: &CsvTable<'_>, manifest: &Manifest) -> Result<Vec<(MetricKey, Vec<f64>)>, Unreadable> {
    let draw = table.column("draw")?;
    check_draws(table, draw, manifest)?;
    for row in table.rows() {
        for column in 0..table.width() {
            row.number(column)?;
        }
    }
    let read = |name: &String| {
        let column = table.column(name)?;
        let nameless = || {
            Unreadable::new(
                table.path(),
                Some(1),
                format!("the headline metric `{name}` has no unit"),
            )
        };
        let key = MetricKey::headline(name).ok_or_else(nameless)?;
        let values = table.rows().map(|row| Ok(row.number(column)?.unwrap_or(f64::NAN)));
        Ok((key, values.collect::<Result<_, Unreadable>>()?))
    };
    manifest.headlines.iter().map(read).collect()
}

/// Every draw of the manifest stands in the file once, in order.
fn check_draws(table: &CsvTable<'_>, column: usize, manifest: &Manifest) -> Result<(), Unreadable> {
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
        return Err(Unreadable::new(table.path(), None, reason));
    }
    Ok(())
}
