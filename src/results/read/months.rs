//! Rows that large tables leave out, because they follow from others: the dollars of a good whose tonnes are there, and months in
//! which an amount is zero in every draw.

use std::collections::BTreeMap;
use std::path::Path;

use super::{MetricKey, MetricTable, ResultSet, UnreadableResults, read_vouched};
use crate::model::{Horizon, ResultUnit};
use crate::results::context::{CONTEXT_FILE, Context};
use crate::results::manifest::Manifest;
use crate::results::schema::METRICS_BY_MONTH;
use crate::statistics::Summary;

/// Reference prices of goods, by id.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct GoodPrices(BTreeMap<String, f64>);

impl GoodPrices {
    /// Those of a scenario.
    pub fn new(context: &Context) -> Self {
        let goods = context.goods.iter();
        // Whatever a file says, a factor must not reorder quantiles.
        let priced = goods.filter(|good| good.usd_per_t > 0.0 && good.usd_per_t.is_finite());
        Self(priced.map(|good| (good.id.clone(), good.usd_per_t)).collect())
    }

    /// Those of the scenario whose results are in a folder; none if they keep no context.
    ///
    /// # Errors
    /// When its context cannot be read.
    pub fn read(folder: &Path, manifest: &Manifest) -> Result<Self, UnreadableResults> {
        if !manifest.files.contains_key(CONTEXT_FILE) {
            return Ok(Self::default());
        }
        Ok(Self::new(&Context::read(folder, manifest)?))
    }

    /// The dollars of a tonne, by which a row in tonnes becomes one in dollars; none for other units and for all goods.
    pub fn of_row(&self, commodity: &str, unit: &str) -> Option<f64> {
        let is_tonnes = unit == ResultUnit::Tonnes.name();
        self.0.get(commodity).copied().filter(|_| is_tonnes)
    }
}

/// The metrics of single months that are wanted, with those that `metrics-by-month.csv` leaves out.
///
/// # Errors
/// When these results have no months, or their table is damaged.
pub fn monthly_metrics(
    set: &ResultSet,
    is_wanted: impl Fn(&MetricKey) -> bool,
) -> Result<BTreeMap<MetricKey, Summary>, UnreadableResults> {
    let stored = read_vouched(&set.folder, METRICS_BY_MONTH.file, &set.manifest, |table| {
        MetricTable::read(table, None)
    })?;
    let prices = GoodPrices::read(&set.folder, &set.manifest)?;
    let mut months = BTreeMap::new();
    for (key, summary) in stored.iter() {
        if let Some(price) = prices.of_row(&key.commodity, &key.unit) {
            let dollars = MetricKey {
                unit: ResultUnit::Dollars.name().to_owned(),
                ..key.clone()
            };
            if is_wanted(&dollars) {
                months.insert(dollars, summary.scaled(price));
            }
        }
        if is_wanted(key) {
            months.insert(key.clone(), *summary);
        }
    }
    let zero =
        Summary::of_zeros(set.manifest.draws_held() - set.manifest.checks.failed_draws.min(set.manifest.draws_held()));
    let whole = set
        .metrics
        .keys()
        // Months have no rows of parties. A ratio without a row has no value.
        .filter(|key| key.is_whole_amount() && key.party.is_empty());
    for key in whole {
        for month in set.horizon().iter().flat_map(Horizon::iter) {
            let key = key.in_period(month.into());
            if is_wanted(&key) {
                months.entry(key).or_insert(zero);
            }
        }
    }
    Ok(months)
}
