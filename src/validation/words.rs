//! Facts in words, and their numbers with only as many digits as carry information.

use crate::model::{CommodityIndex, Fact, Facts, Index, Party, Published, Statistic, Table, Trade, TradeSeries, World};
use crate::report::DisplayScale;

/// The numbers of one fact in one unit.
pub struct FactNumbers {
    statistic: Statistic,
    scale: DisplayScale,
    /// All numbers of the fact; they share their decimals.
    values: Vec<f64>,
}

impl FactNumbers {
    /// The common form of all numbers that are shown of a fact.
    pub fn new(facts: &Facts, fact: &Fact, values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        Self {
            statistic: fact.statistic,
            scale: DisplayScale::fitting(unit(facts, fact), values.iter().copied()),
            values,
        }
    }

    /// A number without its unit, except for per cents.
    pub fn show(&self, value: f64) -> String {
        match self.statistic {
            Statistic::Change { .. } => {
                let text = percent(value);
                if value >= 0.0 { format!("+{text}") } else { text }
            }
            Statistic::Offset { .. } | Statistic::ExcessShare { .. } => percent(value),
            Statistic::MonthsToHalf { .. } => format!("{value:.0}"),
            Statistic::Level { .. } | Statistic::Mean { .. } => {
                self.scale.decimals(self.values.iter().copied()).show(value)
            }
        }
    }

    /// A number or a range, which may be open at an end.
    pub fn show_published(&self, published: Published) -> String {
        let Published { low, high } = published;
        match (low.is_finite(), high.is_finite()) {
            (true, false) => format!("above {}", self.show(low)),
            (false, true) => format!("below {}", self.show(high)),
            _ => self.show_range(Some(low), Some(high)),
        }
    }

    /// A range; one number if both ends are the same, nothing if there is none.
    pub fn show_range(&self, low: Option<f64>, high: Option<f64>) -> String {
        match (low, high) {
            (Some(low), Some(high)) if low == high => self.show(low),
            (Some(low), Some(high)) => format!("{}..{}", self.show(low), self.show(high)),
            _ => String::new(),
        }
    }

    /// The unit of the numbers shown; empty for per cents.
    pub fn unit(&self) -> String {
        match self.statistic {
            Statistic::Change { .. } | Statistic::Offset { .. } | Statistic::ExcessShare { .. } => String::new(),
            Statistic::MonthsToHalf { .. } => "months".to_owned(),
            Statistic::Level { .. } => self.scale.unit.replace("usd", "USD"),
            Statistic::Mean { .. } => format!("{} a month", self.scale.unit.replace("usd", "USD")),
        }
    }
}

fn percent(value: f64) -> String {
    let percent = 100.0 * value;
    // One decimal up to the number that would be rounded to 10.0.
    let decimals = usize::from(percent.abs() < 9.95);
    format!("{percent:.decimals$}%")
}

/// The unit of a fact's numbers: `share`, `months`, `usd` or `t`.
pub fn unit(facts: &Facts, fact: &Fact) -> &'static str {
    match fact.statistic {
        Statistic::Change { .. } | Statistic::Offset { .. } | Statistic::ExcessShare { .. } => "share",
        Statistic::MonthsToHalf { .. } => "months",
        Statistic::Level { of, .. } | Statistic::Mean { of, .. } => facts.series[of].unit.name(),
    }
}

/// The key of a statistic in files of facts.
pub fn key(statistic: &Statistic) -> &'static str {
    match statistic {
        Statistic::Change { .. } => "change",
        Statistic::Level { .. } => "level",
        Statistic::Mean { .. } => "mean",
        Statistic::Offset { .. } => "offset",
        Statistic::ExcessShare { .. } => "excess_share",
        Statistic::MonthsToHalf { .. } => "months_to_half",
    }
}

/// The definition of a statistic, in words.
pub fn definition(facts: &Facts, statistic: &Statistic) -> String {
    let name = |series: usize| format!("`{}`", facts.series[series].id);
    let beyond = |plus: f64| {
        if plus == 0.0 {
            String::new()
        } else {
            format!(", and {plus} that the series leaves out")
        }
    };
    match *statistic {
        Statistic::Change { of, months, against } => {
            format!(
                "mean month of {} in {months} over that in {against}, less one",
                name(of)
            )
        }
        Statistic::Level { of, months, plus } => format!("sum of {} in {months}{}", name(of), beyond(plus)),
        Statistic::Mean { of, months, plus } => format!("mean month of {} in {months}{}", name(of), beyond(plus)),
        Statistic::Offset {
            of,
            lost,
            months,
            against,
        } => format!(
            "rise of the mean month of {} from {against} to {months} over the fall of {}",
            name(of),
            name(lost)
        ),
        Statistic::ExcessShare {
            of,
            less,
            months,
            against,
        } => format!(
            "what {} shows in {months} beyond the part of it that {} had in {against}, over its rise",
            name(of),
            name(less)
        ),
        Statistic::MonthsToHalf { of, from, base, end } => format!(
            "months after {from} until {} first reaches the middle between its means of {base} and of {end}",
            name(of)
        ),
    }
}

/// The trade that a series adds up, in words.
pub fn trade(world: &World, series: &TradeSeries) -> String {
    let unit = series.unit.name();
    let goods = |commodities: &[CommodityIndex]| listed(commodities, &world.commodities, "all goods", |row| &row.id);
    let sum = match &series.trade {
        Trade::Book {
            reporters,
            partners,
            flow,
            commodities,
        } => format!(
            "{} of {} that {} {} with {}",
            flow.name(),
            goods(commodities),
            parties(world, reporters),
            if reporters.len() == 1 { "records" } else { "record" },
            parties(world, partners)
        ),
        Trade::Flow {
            supplies,
            demands,
            kinds,
            vias,
            commodities,
        } => {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            format!(
                "{} on {} routes from {} to {} over {}",
                goods(commodities),
                if kinds.is_empty() {
                    "all".to_owned()
                } else {
                    kinds.join(", ")
                },
                listed(supplies, &world.supplies, "all supplies", |row| &row.id),
                listed(demands, &world.demands, "all demands", |row| &row.id),
                listed(vias, &world.jurisdictions, "any intermediary or none", |row| &row.id),
            )
        }
        Trade::Throughput {
            nodes,
            links,
            supplies,
            commodities,
        } => {
            let nodes = nodes.iter().map(|&node| world.nodes[node].id.as_str());
            let places = nodes.chain(links.iter().map(|&link| world.links[link].id.as_str()));
            format!(
                "{} from {} that pass {}",
                goods(commodities),
                listed(supplies, &world.supplies, "all supplies", |row| &row.id),
                places.collect::<Vec<_>>().join(" or ")
            )
        }
    };
    format!("{sum}, in {unit}")
}

fn parties(world: &World, parties: &[Party]) -> String {
    parties
        .iter()
        .map(|party| party.name(world))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The ids of some rows; `all` for an empty list.
fn listed<I: Index, T>(list: &[I], table: &Table<I, T>, all: &str, id_of: impl Fn(&T) -> &String) -> String {
    if list.is_empty() {
        return all.to_owned();
    }
    let ids: Vec<&str> = list.iter().map(|&index| id_of(&table[index]).as_str()).collect();
    ids.join(", ")
}
