//! Dated facts that a simulation can be compared with, each with its own definition.

use super::matching::Flow;
use super::month::Month;
use super::observation::{Party, Unit};
use super::table::{CommodityIndex, DemandIndex, JurisdictionIndex, LinkIndex, NodeIndex, SupplyIndex};
use super::world::RouteKind;

/// Months from the first to the last, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MonthRange {
    pub first: Month,
    pub last: Month,
}

impl MonthRange {
    /// How many months it has.
    pub fn months(self) -> usize {
        (self.last.since(self.first) + 1) as usize
    }

    /// The months, in order.
    pub fn iter(self) -> impl Iterator<Item = Month> {
        (0..=self.last.since(self.first)).map(move |later| self.first.plus(later))
    }
}

impl std::fmt::Display for MonthRange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            self.first.fmt(formatter)
        } else {
            write!(formatter, "{}..{}", self.first, self.last)
        }
    }
}

/// Which trade a series adds up. Empty lists mean any.
#[derive(Clone, PartialEq, Debug)]
pub enum Trade {
    /// Customs records of each reporter with each partner. The members of a bloc report as one.
    Book {
        reporters: Vec<Party>,
        partners: Vec<Party>,
        flow: Flow,
        commodities: Vec<CommodityIndex>,
    },
    /// Flows on routes.
    Flow {
        supplies: Vec<SupplyIndex>,
        demands: Vec<DemandIndex>,
        kinds: Vec<RouteKind>,
        vias: Vec<JurisdictionIndex>,
        commodities: Vec<CommodityIndex>,
    },
    /// Flows that pass any of some nodes and links.
    Throughput {
        nodes: Vec<NodeIndex>,
        links: Vec<LinkIndex>,
        supplies: Vec<SupplyIndex>,
        commodities: Vec<CommodityIndex>,
    },
}

/// A monthly sum of trade.
#[derive(Clone, PartialEq, Debug)]
pub struct TradeSeries {
    pub id: String,
    pub trade: Trade,
    /// Dollars are at reference prices.
    pub unit: Unit,
}

/// A number made of monthly series. These are given by their positions in [`Facts::series`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Statistic {
    /// Mean of the months over that of `against`, less one.
    Change {
        of: usize,
        months: MonthRange,
        against: MonthRange,
    },
    /// Sum of the months, and of a known part beyond the series.
    Level { of: usize, months: MonthRange, plus: f64 },
    /// Mean of the months, and of a known part beyond the series.
    Mean { of: usize, months: MonthRange, plus: f64 },
    /// Rise of the mean of `of` over the fall of the mean of `lost`.
    Offset {
        of: usize,
        lost: usize,
        months: MonthRange,
        against: MonthRange,
    },
    /// The part of the rise of `of` that is missing in `less`, as a share of that rise. Both are means over `months`; `of` is
    /// first scaled by the ratio of `less` to `of` over `against`, for two offices never record alike.
    ExcessShare {
        of: usize,
        less: usize,
        months: MonthRange,
        against: MonthRange,
    },
    /// Months after `from` until the series first reaches the middle between its means of `base` and of `end`.
    MonthsToHalf {
        of: usize,
        from: Month,
        base: MonthRange,
        end: MonthRange,
    },
}

impl Statistic {
    /// The series that it is made of. A level is in the unit of the first.
    pub fn series(&self) -> Vec<usize> {
        match *self {
            Self::Offset { of, lost: other, .. } | Self::ExcessShare { of, less: other, .. } => vec![of, other],
            Self::Change { of, .. }
            | Self::Level { of, .. }
            | Self::Mean { of, .. }
            | Self::MonthsToHalf { of, .. } => {
                vec![of]
            }
        }
    }

    /// The same statistic for observed series: without `plus`, for observations include the part that the world leaves
    /// out.
    pub fn of_observations(self) -> Self {
        match self {
            Self::Level { of, months, .. } => Self::Level { of, months, plus: 0.0 },
            Self::Mean { of, months, .. } => Self::Mean { of, months, plus: 0.0 },
            other => other,
        }
    }

    /// The ranges of months that it needs.
    pub fn ranges(&self) -> Vec<MonthRange> {
        match *self {
            Self::Level { months, .. } | Self::Mean { months, .. } => vec![months],
            Self::Change { months, against, .. }
            | Self::Offset { months, against, .. }
            | Self::ExcessShare { months, against, .. } => vec![months, against],
            Self::MonthsToHalf { from, base, end, .. } => {
                let climb = MonthRange {
                    first: from,
                    last: end.last,
                };
                vec![base, climb]
            }
        }
    }
}

/// A published number, or a range of them; an end that is open is infinite.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Published {
    pub low: f64,
    pub high: f64,
}

/// A dated fact.
#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    pub id: String,
    /// In words.
    pub what: String,
    pub statistic: Statistic,
    pub published: Published,
    pub source: String,
    /// Why a simulation may miss it.
    pub note: Option<String>,
}

/// Facts whose medians should fall from each to the next.
#[derive(Clone, PartialEq, Debug)]
pub struct Order {
    pub id: String,
    pub what: String,
    /// Positions in [`Facts::facts`], at least two.
    pub facts: Vec<usize>,
    /// Why a simulation may have another order.
    pub note: Option<String>,
}

/// A picture of a series over the months.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    pub id: String,
    pub title: String,
    /// Position in [`Facts::series`].
    pub series: usize,
    pub months: MonthRange,
}

/// The contents of a file of facts, with the names found in one scenario and its world.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Facts {
    /// Text before the comparison, in Markdown.
    pub introduction: Option<String>,
    pub series: Vec<TradeSeries>,
    pub facts: Vec<Fact>,
    pub orders: Vec<Order>,
    pub pictures: Vec<Picture>,
}

impl Facts {
    /// The last month that any fact or picture needs.
    pub fn last_month(&self) -> Option<Month> {
        let of_facts = self.facts.iter().flat_map(|fact| fact.statistic.ranges());
        let of_pictures = self.pictures.iter().map(|picture| picture.months);
        of_facts.chain(of_pictures).map(|range| range.last).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(first: &str, last: &str) -> MonthRange {
        MonthRange {
            first: first.parse().unwrap(),
            last: last.parse().unwrap(),
        }
    }

    #[test]
    fn a_range_of_months_includes_both_ends() {
        let winter = range("2021-12", "2022-02");
        let months: Vec<String> = winter.iter().map(|month| month.to_string()).collect();
        assert_eq!(months, ["2021-12", "2022-01", "2022-02"]);
        assert_eq!((winter.months(), winter.to_string().as_str()), (3, "2021-12..2022-02"));
        assert_eq!(range("2022-03", "2022-03").to_string(), "2022-03");
    }

    #[test]
    fn months_to_half_need_everything_from_the_start_of_the_climb_to_its_end() {
        let half = Statistic::MonthsToHalf {
            of: 3,
            from: "2022-02".parse().unwrap(),
            base: range("2021-01", "2021-12"),
            end: range("2022-10", "2022-11"),
        };
        assert_eq!(
            half.ranges(),
            [range("2021-01", "2021-12"), range("2022-02", "2022-11")]
        );
        assert_eq!(half.series(), [3]);
    }

    #[test]
    fn only_the_simulated_statistic_adds_what_the_world_leaves_out() {
        let months = range("2022-01", "2022-12");
        let level = Statistic::Level {
            of: 0,
            months,
            plus: 5.0,
        };
        assert_eq!(
            level.of_observations(),
            Statistic::Level {
                of: 0,
                months,
                plus: 0.0
            }
        );
        let mean = Statistic::Mean {
            of: 0,
            months,
            plus: 5.0,
        };
        assert_eq!(
            mean.of_observations(),
            Statistic::Mean {
                of: 0,
                months,
                plus: 0.0
            }
        );
    }

    #[test]
    fn facts_and_pictures_end_with_their_last_month() {
        let statistic = Statistic::Change {
            of: 0,
            months: range("2022-03", "2022-11"),
            against: range("2021-03", "2021-11"),
        };
        let fact = Fact {
            id: "rise".to_owned(),
            what: String::new(),
            statistic,
            published: Published { low: 1.0, high: 1.0 },
            source: String::new(),
            note: None,
        };
        let picture = Picture {
            id: "sold".to_owned(),
            title: String::new(),
            series: 0,
            months: range("2021-01", "2022-12"),
        };
        let mut facts = Facts::default();
        assert_eq!(facts.last_month(), None);
        facts.facts.push(fact);
        assert_eq!(facts.last_month(), Some("2022-11".parse().unwrap()));
        facts.pictures.push(picture);
        assert_eq!(facts.last_month(), Some("2022-12".parse().unwrap()));
    }
}
