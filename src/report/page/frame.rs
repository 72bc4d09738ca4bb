//! Shared by all views: scenarios with the reference first, the months of the page, and the ids that rows name by their place.

use std::collections::BTreeMap;

use super::data::{Named, PageMetric};
use super::number::PageNumber;
use super::words::plain_name;
use crate::model::{ALL, Month, ReportPeriod, ResultUnit};
use crate::results::EFFECTIVENESS;
use crate::results::read::{DescribedResults, UnreadableResults};

/// Above so many scenarios the page leaves details by good out.
pub const MANY: usize = 10;

/// The metric that counts the success, and the one that counts the price.
pub const SUCCESS: &str = "circumvented";
pub const PRICE: &str = "genuine_trade_lost";

/// The unit of a ratio of two amounts.
const RATIO: &str = "ratio";

/// Facts shared by all views.
pub struct Frame<'a> {
    /// The first is the reference.
    pub sets: &'a [DescribedResults],
    pub start: Month,
    pub count: usize,
    pub goods: PageIndex,
    pub lands: PageIndex,
    pub metrics: Vec<PageMetric>,
    /// Whether each scenario pairs with the reference by draw.
    pub paired: Vec<bool>,
    /// Whether each scenario has the months of the reference: else their totals cannot be compared.
    pub same_months: Vec<bool>,
}

/// Things of one kind, and their places.
#[derive(Default)]
pub struct PageIndex {
    pub named: Vec<Named>,
    places: BTreeMap<String, usize>,
}

impl PageIndex {
    /// Adds a thing, unless its id is there.
    pub fn add(&mut self, id: &str, name: &str) -> usize {
        if let Some(place) = self.find(id) {
            return place;
        }
        let place = self.named.len();
        self.named.push(Named::new(id, name));
        self.places.insert(id.to_owned(), place);
        place
    }

    /// The place of an id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The name of the thing at a place.
    pub fn name(&self, place: usize) -> &str {
        self.named[place].shown()
    }

    /// The name of an id; the id itself if it is unknown.
    pub fn name_of<'i>(&'i self, id: &'i str) -> &'i str {
        self.find(id).map_or(id, |place| self.name(place))
    }
}

impl<'a> Frame<'a> {
    /// Takes the months of the reference, and the names of all scenarios.
    ///
    /// # Errors
    /// When the reference has no months.
    pub fn new(sets: &'a [DescribedResults]) -> Result<Self, UnreadableResults> {
        let reference = &sets[0];
        let start = reference.context.start.parse();
        let start = start.map_err(|reason: &str| UnreadableResults {
            path: reference.folder.clone(),
            line: None,
            reason: reason.to_owned(),
        })?;
        let mut frame = Self {
            sets,
            start,
            count: reference.context.months,
            goods: PageIndex::default(),
            lands: PageIndex::default(),
            metrics: Vec::new(),
            paired: sets.iter().map(|set| set.pairs_with(reference)).collect(),
            same_months: sets.iter().map(|set| set.has_same_months_as(reference)).collect(),
        };
        frame.goods.add(ALL, "All goods");
        for set in sets {
            frame.add_names(set);
            frame.add_headlines(set);
        }
        Ok(frame)
    }

    fn add_names(&mut self, set: &DescribedResults) {
        for good in &set.context.goods {
            self.goods.add(&good.id, plain_name(&good.name));
        }
        for land in &set.context.jurisdictions {
            self.lands.add(&land.id, plain_name(&land.name));
        }
        for bloc in set.context.jurisdictions.iter().flat_map(|land| &land.blocs) {
            self.lands.add(bloc, bloc);
        }
    }

    /// The success stands first, then what it costs.
    fn add_headlines(&mut self, set: &DescribedResults) {
        let split = set.manifest.headlines.iter().filter_map(|name| split_headline(name));
        let mut found: Vec<(&str, &str)> = split.collect();
        let rank = |metric: &str| {
            let first = [SUCCESS, PRICE, "intermediary_rent", "target_loss", "circumvention_rate"];
            first.iter().position(|known| *known == metric).unwrap_or(first.len())
        };
        found.sort_by_key(|(metric, _)| rank(metric));
        for (metric, unit) in found {
            self.metric_or_new(metric, unit);
        }
    }

    /// The place of a metric.
    pub fn metric(&self, id: &str) -> Option<usize> {
        self.metrics.iter().position(|metric| metric.id == id)
    }

    /// The place of a metric, which is added if it is new; none for another unit of a metric.
    pub fn metric_or_new(&mut self, id: &str, unit: &str) -> Option<usize> {
        // Dollars for each dollar are no part of a whole.
        let unit = if id == EFFECTIVENESS { RATIO } else { unit };
        match self.metric(id) {
            Some(place) => (self.metrics[place].unit == unit).then_some(place),
            // What is counted in tonnes is counted in dollars too.
            None if unit == ResultUnit::Tonnes.name() => None,
            None => {
                self.metrics.push(PageMetric {
                    id: id.to_owned(),
                    unit: unit.to_owned(),
                });
                Some(self.metrics.len() - 1)
            }
        }
    }

    /// The index of a month; none outside of the page's months.
    pub fn month(&self, month: Month) -> Option<usize> {
        let index = usize::try_from(month.since(self.start)).ok()?;
        (index < self.count).then_some(index)
    }

    /// The months of the page in which a scenario was simulated.
    pub fn months_of(&self, set: &DescribedResults) -> std::ops::Range<usize> {
        let first = set
            .context
            .start
            .parse::<Month>()
            .map_or(0, |start| start.since(self.start));
        let end = (first + set.context.months as i32).clamp(0, self.count as i32);
        first.clamp(0, end) as usize..end as usize
    }

    /// The index of the month in a cell; none outside of the page's months.
    ///
    /// # Errors
    /// When the text is no month.
    pub fn month_of(&self, text: &str) -> Result<Option<usize>, &'static str> {
        text.parse().map(|month| self.month(month))
    }

    /// The periods of the table: the whole run and the years.
    pub fn periods(&self) -> Vec<ReportPeriod> {
        let last = self.start.plus(self.count as i32 - 1);
        let years = (self.start.year()..=last.year()).map(ReportPeriod::year);
        std::iter::once(ReportPeriod::WholeRun).chain(years).collect()
    }

    /// The places of the scenarios but the reference.
    pub fn others(&self) -> std::ops::Range<usize> {
        1..self.sets.len()
    }

    /// Whether details by good are left out.
    pub fn has_many(&self) -> bool {
        self.sets.len() > MANY
    }

    /// Whether all others pair with the reference.
    pub fn all_paired(&self) -> bool {
        self.sets.len() > 1 && self.paired.iter().all(|paired| *paired)
    }

    /// A row of empty cells, one a month.
    pub fn blank(&self) -> Vec<PageNumber> {
        vec![PageNumber::ABSENT; self.count]
    }
}

/// Metric and unit of a headline's name.
fn split_headline(name: &str) -> Option<(&str, &str)> {
    let units = [ResultUnit::Dollars, ResultUnit::Share, ResultUnit::DollarsPerTonne];
    units.into_iter().map(ResultUnit::name).find_map(|unit| {
        let metric = name.strip_suffix(unit)?.strip_suffix('_')?;
        Some((metric, unit))
    })
}

/// An amount as the page counts it: dollars in millions.
pub fn scaled(value: f64, unit: &str) -> f64 {
    if unit == ResultUnit::Dollars.name() {
        value / 1e6
    } else {
        value
    }
}

/// The first month in which a series differs from another; none if they are the same. A missing month of `before` is zero.
pub fn first_difference(series: &[&[PageNumber]], before: Option<&[&[PageNumber]]>) -> Option<usize> {
    let months = series.first().map_or(0, |column| column.len());
    (0..months).find(|&month| {
        series.iter().enumerate().any(|(place, column)| match before {
            Some(before) => before[place].get(month).is_none_or(|other| *other != column[month]),
            None => column[month].is_something(),
        })
    })
}
