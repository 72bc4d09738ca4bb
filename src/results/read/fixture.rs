//! Small result folders for tests, as a run would leave them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::model::Month;
use crate::results::manifest::{FORMAT, MANIFEST_FILE, Manifest};
use crate::results::schema::{DRAWS, METRICS, METRICS_BY_MONTH};
use crate::statistics::{Histogram, Summary};

const FIRST_MONTH: &str = "2021-01";

/// A scenario with two headline metrics, `circumvented_usd` and `price_rise_share`, and a metric by intermediary of which no draws
/// are kept.
pub(crate) struct ResultFixture {
    pub name: &'static str,
    /// In dollars, per draw.
    pub circumvented: Vec<f64>,
    /// Not-a-number where it does not exist.
    pub price_rise: Vec<f64>,
    /// Keys of the manifest with other values than usual.
    pub manifest: Vec<(&'static str, Value)>,
    pub last_month: &'static str,
    /// Further months, each with its share of the total.
    pub months: Vec<(&'static str, f64)>,
}

impl ResultFixture {
    pub fn new(name: &'static str, circumvented: &[f64]) -> Self {
        Self {
            name,
            circumvented: circumvented.to_vec(),
            price_rise: circumvented.iter().map(|value| value / 1e11).collect(),
            manifest: Vec::new(),
            last_month: "2022-12",
            months: Vec::new(),
        }
    }

    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.manifest.push((key, value.into()));
        self
    }

    /// Writes the folder `name` in `batch`.
    pub fn write(&self, batch: &Path) -> PathBuf {
        let folder = batch.join(self.name);
        fs::create_dir_all(&folder).unwrap();
        let (metrics, months, draws) = (self.metrics(), self.metrics_by_month(), self.draws());
        let [first, last]: [Month; 2] = [FIRST_MONTH, self.last_month].map(|month| month.parse().unwrap());
        let mut manifest = json!({
            "format": FORMAT, "start": FIRST_MONTH, "months": last.since(first) + 1, "version": "0.1.0", "scenario": self.name, "title": "A title", "scenario_digest": "5c",
            "world_digest": "3a", "reference": "baseline", "seed": 42, "draws": self.circumvented.len(),
            "draws_simulated": [0, self.circumvented.len()], "sampling": "latin_hypercube", "tolerance": 1e-9,
            "headlines": ["circumvented_usd", "price_rise_share"], "checks": { "largest_residual": 1e-12 },
            "files": {
                METRICS.file: digest(&metrics), METRICS_BY_MONTH.file: digest(&months), DRAWS.file: digest(&draws),
                "flows.csv": "00",
            },
        });
        for (key, value) in &self.manifest {
            manifest[*key] = value.clone();
        }
        let known: Manifest = serde_json::from_value(manifest.clone()).unwrap();
        manifest["digest"] = known.seal().into();
        fs::write(folder.join(METRICS.file), metrics).unwrap();
        fs::write(folder.join(METRICS_BY_MONTH.file), months).unwrap();
        fs::write(folder.join(DRAWS.file), draws).unwrap();
        fs::write(
            folder.join(MANIFEST_FILE),
            serde_json::to_string_pretty(&manifest).unwrap(),
        )
        .unwrap();
        folder
    }

    fn scaled(&self, factor: f64) -> Vec<f64> {
        self.circumvented.iter().map(|value| value * factor).collect()
    }

    /// The share of the total in each month, and in years, which are written in another table.
    fn periods(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let ends = [(FIRST_MONTH, 0.01), (self.last_month, 0.02)];
        let months: BTreeMap<_, _> = ends.into_iter().chain(self.months.iter().copied()).collect();
        months.into_iter()
    }

    fn metrics_by_month(&self) -> String {
        let mut text = METRICS_BY_MONTH.header() + "\n";
        for (month, share) in self.periods().filter(|(period, _)| period.contains('-')) {
            text += &row(&format!("circumvented,{month},all,,usd"), &self.scaled(share));
        }
        text
    }

    fn metrics(&self) -> String {
        let mut text = METRICS.header() + "\n";
        let scaled = |factor: f64| self.scaled(factor);
        for (year, share) in self.periods().filter(|(period, _)| !period.contains('-')) {
            text += &row(&format!("circumvented,{year},all,,usd"), &scaled(share));
        }
        text += &row("circumvented,all,all,,t", &scaled(0.001));
        text += &row("circumvented,all,all,,usd", &scaled(1.0));
        text += &row("circumvented,all,all,KG,usd", &scaled(0.4));
        text += &row("circumvented,all,plywood,,usd", &scaled(0.3));
        text += &row("price_rise,all,all,,share", &self.price_rise);
        text
    }

    fn draws(&self) -> String {
        let mut text = "draw,circumvented_usd,price_rise_share\n".to_owned();
        for (draw, (circumvented, rise)) in self.circumvented.iter().zip(&self.price_rise).enumerate() {
            text += &format!("{draw},{circumvented},{}\n", cell(Some(*rise)));
        }
        text
    }
}

/// BLAKE3 as manifests hold it.
pub(crate) fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn row(key: &str, values: &[f64]) -> String {
    let existing: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let mut counts = Histogram::default();
    counts.insert_all(&existing);
    let draws = existing.len();
    let cells = Summary::new(&existing.into_iter().collect(), &counts)
        .values()
        .map(cell);
    // Nobody's gain or loss: no party stands before the unit.
    let (about, unit) = key.rsplit_once(',').unwrap();
    format!("{about},,{unit},{},{draws}\n", cells.join(","))
}

fn cell(value: Option<f64>) -> String {
    value
        .filter(|value| value.is_finite())
        .map_or(String::new(), |value| value.to_string())
}
