//! The page's data: one JSON object. `web/src/data.ts` says what every key means; the types here have its shape.
//!
//! Money is in million USD, mass in tonnes, a share in fractions of one, a price in USD per tonne. Numbers have three digits.

use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};

use super::number::PageNumber;
use crate::results::context::MeasureDirection;

/// The version of this form.
pub const PAGE_FORMAT: u32 = 1;

/// A column of numbers, one a month.
pub type Months = Vec<PageNumber>;

/// All data of a page.
#[derive(Debug, Serialize)]
pub struct PageData {
    pub format: u32,
    pub head: PageHead,
    pub scenarios: Vec<PageScenario>,
    pub goods: Vec<Named>,
    pub lands: Vec<Named>,
    pub metrics: Vec<PageMetric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measures: Option<Vec<PageMeasure>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headlines: Option<Vec<Headline>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gains: Option<Vec<GainGroup>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<PageMonths>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<PageRecords>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flows: Option<PageFlows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<PageMap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacities: Option<PageCapacities>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub designations: Option<PageDesignations>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drivers: Option<PageDrivers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<PageTable>,
    pub basis: PageBasis,
}

/// A thing with an id of the files and a name for readers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Named {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Named {
    /// A thing; a name that is the id is left out.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: (name != id && !name.is_empty()).then(|| name.to_owned()),
        }
    }

    /// The name, or the id.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

#[derive(Debug, Serialize)]
pub struct PageHead {
    pub start: String,
    pub count: usize,
    pub reference: Option<usize>,
    pub paired: bool,
    pub draws: u64,
}

#[derive(Debug, Serialize)]
pub struct PageScenario {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PageMetric {
    pub id: String,
    pub unit: String,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PageMeasure {
    pub id: String,
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<MeasureDirection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods: Option<Vec<usize>>,
    pub from: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Mean, p05, p25, p50, p75, p95.
pub type Spread = [PageNumber; 6];

#[derive(Debug, Serialize)]
pub struct Headline {
    pub metric: usize,
    pub level: Vec<Option<Spread>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Vec<Option<Spread>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<Vec<Option<PageNumber>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<Vec<Vec<PageNumber>>>,
}

#[derive(Debug, Serialize)]
pub struct GainGroup {
    pub name: &'static str,
    pub id: &'static str,
    pub parties: Vec<Named>,
    pub columns: Vec<GainColumn>,
    pub rows: Vec<GainRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct GainColumn {
    pub id: &'static str,
    pub name: &'static str,
    pub unit: &'static str,
    pub noun: &'static str,
}

/// Scenario, good, party, column, mean, p05, p95.
pub type GainRow = (usize, usize, usize, usize, PageNumber, PageNumber, PageNumber);

#[derive(Debug, Serialize)]
pub struct PageMonths {
    pub via: Vec<usize>,
    pub levels: Vec<Vec<MonthRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Vec<Vec<MonthRow>>>,
}

/// Metric, good, via, from, p05, p50, p95.
pub type MonthRow = (usize, usize, i32, usize, Months, Months, Months);

#[derive(Debug, Serialize)]
pub struct PageRecords {
    pub series: Vec<RecordSeries>,
    pub levels: Vec<Vec<RecordRow>>,
    pub observed: Vec<(usize, usize, Months)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Series, from, p05, p50, p95.
pub type RecordRow = (usize, usize, Months, Months, Months);

#[derive(Clone, Debug, Serialize)]
pub struct RecordSeries {
    pub reporter: usize,
    pub partner: usize,
    pub flow: String,
    pub good: usize,
    pub unit: String,
}

#[derive(Debug, Serialize)]
pub struct PageFlows {
    pub sellers: Vec<Named>,
    pub buyers: Vec<Named>,
    pub ways: Vec<PageWay>,
    pub rows: Vec<Vec<FlowRow>>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PageWay {
    pub kind: String,
    pub via: i32,
}

/// Good, seller, way, buyer, from, mean.
pub type FlowRow = (usize, usize, usize, usize, usize, Months);

#[derive(Debug, Serialize)]
pub struct PageMap {
    pub width: u32,
    pub height: u32,
    pub km: PageNumber,
    pub land: String,
    pub borders: String,
    pub credit: &'static str,
    pub places: Vec<MapPlace>,
    pub links: Vec<MapLink>,
    pub periods: Vec<String>,
    pub rows: Vec<Vec<MapRow>>,
}

#[derive(Debug, Serialize)]
pub struct MapPlace {
    #[serde(flatten)]
    pub named: Named,
    pub x: i32,
    pub y: i32,
    pub kind: String,
    pub land: usize,
}

#[derive(Debug, Serialize)]
pub struct MapLink {
    pub from: usize,
    pub to: usize,
    pub mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Link, good, amounts by period.
pub type MapRow = (usize, usize, Vec<PageNumber>);

#[derive(Debug, Serialize)]
pub struct PageCapacities {
    pub items: Vec<CapacityItem>,
    pub rows: Vec<Vec<PageCapacityRow>>,
}

#[derive(Debug, Serialize)]
pub struct CapacityItem {
    #[serde(flatten)]
    pub named: Named,
    pub kind: String,
    pub goods: Vec<usize>,
}

/// Item, from, limit, flow p05, p50 and p95, rent, binding.
pub type PageCapacityRow = (usize, usize, Months, Months, Months, Months, Months, Months);

#[derive(Debug, Serialize)]
pub struct PageDesignations {
    pub rows: Vec<Vec<(usize, usize, Months, Months)>>,
}

#[derive(Debug, Serialize)]
pub struct PageDrivers {
    pub parameters: Vec<Named>,
    pub lists: Vec<DriverList>,
}

#[derive(Debug, Serialize)]
pub struct DriverList {
    pub scenario: usize,
    pub metric: usize,
    pub of: &'static str,
    pub tried: usize,
    pub chance: PageNumber,
    pub rows: Vec<(usize, PageNumber)>,
}

#[derive(Debug, Serialize)]
pub struct PageTable {
    pub periods: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Named>,
    pub rows: Vec<PageRow>,
}

/// A row of the table, written as one list.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PageRow {
    /// Scenario, metric, period, good, via, party.
    pub keys: [i32; 6],
    /// Mean, p05, p95; difference, its p05 and p95, share below zero.
    pub numbers: [PageNumber; 7],
}

impl Serialize for PageRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_tuple(self.keys.len() + self.numbers.len())?;
        self.keys.iter().try_for_each(|key| row.serialize_element(key))?;
        self.numbers
            .iter()
            .try_for_each(|number| row.serialize_element(number))?;
        row.end()
    }
}

#[derive(Debug, Serialize)]
pub struct PageBasis {
    pub program: &'static str,
    pub version: String,
    pub seed: u64,
    pub sampling: &'static str,
    pub tolerance: f64,
    pub residual: f64,
    #[serde(rename = "accountingGap")]
    pub accounting_gap: f64,
    pub uncertain: Vec<(usize, usize)>,
    pub digests: Vec<PageDigest>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub baseline: Vec<BaselineShares>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<PageSource>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub priors: Vec<PagePrior>,
    pub limits: Vec<String>,
    pub cite: String,
    pub command: String,
    pub credits: String,
}

#[derive(Debug, Serialize)]
pub struct PageDigest {
    pub name: String,
    pub digest: String,
}

#[derive(Debug, Serialize)]
pub struct BaselineShares {
    pub good: usize,
    pub observed: PageNumber,
    pub derived: PageNumber,
    pub assumed: PageNumber,
}

#[derive(Debug, Serialize)]
pub struct PageSource {
    pub id: String,
    pub citation: String,
    pub licence: String,
    pub status: String,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PagePrior {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub posterior: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}
