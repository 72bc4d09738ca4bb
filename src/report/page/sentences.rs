//! The sentences of the page in the state in which it opens, as `web/src/sentences.ts` writes them.

use super::data::{GainGroup, GainRow, Headline, PageData, Spread};
use super::frame::PRICE;
use super::text::{MoneyUnit, capital, fixed, fraction, in_draws, list, month, percent, plural, round, the};
use crate::model::Month;
use crate::report::escape::escaped;

/// How a scenario stands against the reference.
#[derive(Clone, Copy, Debug)]
pub struct PageStanding {
    pub scenario: usize,
    pub mean: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub below: Option<f64>,
}

/// Writes sentences about a page's data. What it returns is HTML, or plain text where it says so.
pub struct Speaker<'d> {
    pub data: &'d PageData,
    pub start: Month,
}

impl Speaker<'_> {
    /// The heading of the page, plain.
    pub fn title(&self) -> &'static str {
        if self.data.scenarios.len() == 1 {
            "What becomes of restricted trade"
        } else {
            "What cuts trade around the restrictions, and what it costs others"
        }
    }

    /// The line above it, plain.
    pub fn about(&self) -> String {
        let scenarios = self.data.scenarios.len();
        format!(
            "{} report. {}, {} draws{}, {} to {}",
            self.data.basis.program,
            capital(&plural(scenarios, "scenario")),
            fixed(self.data.head.draws as f64, 0),
            if scenarios > 1 { " each" } else { "" },
            month(self.start),
            month(self.last())
        )
    }

    /// The last month of the run.
    pub fn last(&self) -> Month {
        self.start.plus(self.data.head.count as i32 - 1)
    }

    /// The name of a scenario as HTML.
    pub fn scenario(&self, scenario: usize) -> String {
        let title = escaped(&self.data.scenarios[scenario].name);
        format!(r#"<b class="s" data-scenario="{scenario}">{title}</b>"#)
    }

    /// The headline of a metric.
    pub fn headline(&self, metric: usize) -> Option<&Headline> {
        self.data
            .headlines
            .as_ref()?
            .iter()
            .find(|headline| headline.metric == metric)
    }

    /// The place of a metric.
    pub fn metric(&self, id: &str) -> Option<usize> {
        self.data.metrics.iter().position(|metric| metric.id == id)
    }

    /// The level of a metric over the whole run.
    pub fn level(&self, metric: usize, scenario: usize) -> Option<Spread> {
        self.headline(metric)?.level[scenario]
    }

    /// Differences of a metric from the reference over the whole run, lowest first. Of the success those scenarios alone that
    /// restrict trade.
    pub fn standings(&self, metric: usize) -> Vec<PageStanding> {
        let Some(headline) = self.headline(metric) else {
            return Vec::new();
        };
        let differences = headline.difference.iter().flatten().enumerate();
        let mut order: Vec<PageStanding> = differences
            .filter(|(scenario, _)| metric != 0 || self.restricts(*scenario))
            .filter_map(|(scenario, spread)| {
                let [mean, low, _, _, _, high] = (*spread)?;
                let below = headline.below.as_ref().and_then(|below| below[scenario]);
                Some(PageStanding {
                    scenario,
                    mean: mean.get()?,
                    low: low.get(),
                    high: high.get(),
                    below: below.and_then(super::number::PageNumber::get),
                })
            })
            .collect();
        order.sort_by(|one, other| one.mean.total_cmp(&other.mean));
        order
    }

    /// Whether a scenario restricts any trade: where nothing is restricted, nothing can go around.
    fn restricts(&self, scenario: usize) -> bool {
        let restricted = self
            .metric("restricted")
            .and_then(|metric| self.level(metric, scenario));
        restricted.is_none_or(|[mean, ..]| mean.is_something())
    }

    /// Runs of an order in which no scenario is lower than another in 95% of draws, each as long as it can be; they may overlap.
    pub fn groups(&self, metric: usize, order: &[usize]) -> Vec<Vec<usize>> {
        let lower = |one: usize, other: usize| {
            let lower = self.headline(metric)?.lower.as_ref()?;
            lower[one][other].get()
        };
        let apart = |one: usize, other: usize| match (lower(one, other), lower(other, one)) {
            (Some(there), Some(back)) => there.max(back) >= 0.95,
            _ => true,
        };
        let mut groups = Vec::new();
        let mut reached = 0;
        for start in 0..order.len() {
            let mut end = start + 1;
            while end < order.len() && order[start..end].iter().all(|one| !apart(*one, order[end])) {
                end += 1;
            }
            // A run that ends where an earlier one did lies within it.
            if end - start > 1 && end > reached {
                groups.push(order[start..end].to_vec());
            }
            reached = reached.max(end);
        }
        groups
    }

    /// The answer: a paragraph each.
    pub fn answer(&self) -> Vec<String> {
        let Some(success) = self.headline(0) else {
            return vec!["The results hold no headline metric.".to_owned()];
        };
        let levels = success.level.iter().flatten().filter_map(|spread| spread[0].get());
        let unit = MoneyUnit::fitting(levels.fold(0.0, f64::max));
        if self.data.scenarios.len() == 1 {
            return self.alone(unit);
        }
        let first = format!(
            "The reference is {}. Under it, {}.",
            self.scenario(0),
            self.stands(0, unit)
        );
        let rest = [self.best(unit), self.price(), self.countries()];
        std::iter::once(first).chain(rest.into_iter().flatten()).collect()
    }

    fn stands(&self, scenario: usize, unit: MoneyUnit) -> String {
        let span = format!("between {} and {}", month(self.start), month(self.last()));
        let Some([mean, low, _, _, _, high]) = self.level(0, scenario) else {
            return "nothing is known".to_owned();
        };
        let level = mean.get().unwrap_or_default();
        if unit.is_nothing(level) && unit.is_nothing(high.get().unwrap_or_default()) {
            return format!("no restricted trade arrives through another country or under another name {span}");
        }
        format!(
            "{}{} of restricted trade still arrives through another country or under another name {span}",
            unit.amount(level),
            unit.range(low.get(), high.get())
        )
    }

    fn best(&self, unit: MoneyUnit) -> Option<String> {
        let order = self.standings(0);
        let best = order.first()?;
        if best.mean >= 0.0 || unit.is_nothing(best.mean) {
            return Some("No other scenario cuts this trade noticeably.".to_owned());
        }
        let most = if order.len() > 1 { " most:" } else { "" };
        let mut text = format!(
            "{} cuts this trade{most} by {}{}",
            self.scenario(best.scenario),
            unit.amount(best.mean),
            cut_range(best, unit)
        );
        let whole = self
            .level(0, 0)
            .and_then(|spread| spread[0].get())
            .filter(|whole| *whole > 0.0);
        if let Some(whole) = whole {
            text += &format!(", {} of it", fraction(-best.mean / whole));
        }
        text += ".";
        if let Some(next) = order.get(1) {
            text += &format!(" Next comes {}, {}.", self.scenario(next.scenario), less(next, unit));
        }
        text += &self.sureness(best, &order);
        if let Some(last) = order.get(2..).and_then(<[PageStanding]>::last) {
            text += &format!(" Last comes {}, {}.", self.scenario(last.scenario), less(last, unit));
        }
        Some(text)
    }

    /// The scenario that the best lies below least often, and how often.
    fn closest_rival(&self, best: &PageStanding, order: &[PageStanding]) -> Option<(usize, f64)> {
        let lower = &self.headline(0)?.lower.as_ref()?[best.scenario];
        let rivals = order[1..].iter();
        let rivals = rivals.filter_map(|other| Some((other.scenario, lower[other.scenario].get()?)));
        // Of equals the first.
        rivals.reduce(|one, other| if other.1 < one.1 { other } else { one })
    }

    /// How often the best lies below its closest rival and below the reference.
    fn sureness(&self, best: &PageStanding, order: &[PageStanding]) -> String {
        if !self.data.head.paired {
            return " The draws are not paired, so only means can be compared.".to_owned();
        }
        let below = best
            .below
            .map(|share| format!("below the reference {}", in_draws(share)));
        match (self.closest_rival(best, order), below) {
            (None, None) => String::new(),
            (None, Some(below)) => format!(" It lies {below}."),
            (Some((rival, share)), below) => {
                let is_next = order.get(1).is_some_and(|next| next.scenario == rival);
                let rival = if is_next {
                    "the second".to_owned()
                } else {
                    format!("{}, its closest rival,", self.scenario(rival))
                };
                let below = below.map_or(String::new(), |below| format!(", and {below}"));
                format!(" The first lies below {rival} {}{below}.", in_draws(share))
            }
        }
    }

    fn price(&self) -> Option<String> {
        let mut order = self.standings(self.metric(PRICE)?);
        order.reverse();
        let largest = order.iter().map(|each| each.mean.abs()).reduce(f64::max)?;
        let unit = MoneyUnit::fitting(largest);
        let dear: Vec<&PageStanding> = order
            .iter()
            .filter(|each| each.mean > 0.0 && !unit.is_nothing(each.mean))
            .collect();
        let Some(costliest) = dear.first() else {
            let text =
                "Bystanders, who are buyers in the countries between, lose no more trade than under the reference.";
            return Some(text.to_owned());
        };
        let mut text = format!(
            "Bystanders are buyers in the countries between. Nobody meant to stop their trade. They lose {}{} more of it under {} \
             than under the reference",
            unit.amount(costliest.mean),
            unit.range(costliest.low, costliest.high),
            self.scenario(costliest.scenario)
        );
        // Nobody who pays is left out, unless there are too many to read.
        for next in dear.iter().skip(1).take(3) {
            text += &format!(
                ", {} more under {}",
                unit.amount(next.mean),
                self.scenario(next.scenario)
            );
        }
        text += ".";
        let free = order.iter().filter(|each| unit.is_nothing(each.mean));
        let free: Vec<String> = free.map(|each| self.scenario(each.scenario)).collect();
        if (1..=3).contains(&free.len()) {
            text += &format!(" They lose next to nothing more under {}.", list(&free));
        }
        Some(text)
    }

    fn countries(&self) -> Option<String> {
        let group = self.data.gains.as_ref()?.first()?;
        let best = self.standings(0).into_iter().next().filter(|best| best.mean < 0.0)?;
        let column = &group.columns[0];
        let rows = gain_rows(group, best.scenario, 0, 0);
        let losers: Vec<&GainRow> = rows.into_iter().filter(|row| row.4.0 < 0.0).collect();
        let loser = losers.first()?;
        let unit = MoneyUnit::fitting(loser.4.0.abs());
        let lost = |row: &GainRow| {
            let (low, high) = (row.6.get().map(|x| -x), row.5.get().map(|x| -x));
            format!("{}{}", unit.amount(row.4.0), unit.range(low, high))
        };
        let name = |row: &GainRow| escaped(&the(group.parties[row.2].shown()));
        let mut text = format!(
            "Under {}, {} loses most {}: {}",
            self.scenario(best.scenario),
            name(loser),
            column.noun,
            lost(loser)
        );
        if let Some(next) = losers.get(1).filter(|next| !unit.is_nothing(next.4.0)) {
            text += &format!(". Then comes {} with {}", name(next), lost(next));
        }
        Some(text + ".")
    }

    fn alone(&self, unit: MoneyUnit) -> Vec<String> {
        let mut paragraphs = vec![format!("Under {}, {}.", self.scenario(0), self.stands(0, unit))];
        let level = |id: &str| self.metric(id).and_then(|metric| self.level(metric, 0));
        if let Some([mean, low, _, _, _, high]) = level("circumvention_rate") {
            let ends = low.get().zip(high.get());
            let spread = ends.map(|(low, high)| format!(" ({} to {})", round(low * 100.0, 2), round(high * 100.0, 2)));
            paragraphs.push(format!(
                "That is {}{} of the trade that the restrictions keep from going direct.",
                percent(mean.0, 2),
                spread.unwrap_or_default()
            ));
        }
        if let Some([mean, low, _, _, _, high]) = level(PRICE) {
            let unit = MoneyUnit::fitting(mean.0);
            paragraphs.push(format!(
                "Bystanders lose {}{} of trade that nobody meant to stop.",
                unit.amount(mean.0),
                unit.range(low.get(), high.get())
            ));
        }
        paragraphs
    }

    /// Small print below the answer, a paragraph each.
    pub fn notes(&self) -> Vec<String> {
        let mut small =
            "Ranges in brackets hold 90% of the draws. They show what the assumptions leave open. They are no forecast."
                .to_owned();
        if self.data.scenarios.len() > 1 {
            let how = if self.data.head.paired {
                ", draw by draw."
            } else {
                ", by their means."
            };
            small += &format!(" All differences are from {}{how}", self.scenario(0));
        }
        let scenarios = self.data.scenarios.iter().enumerate();
        let assumed: Vec<usize> = scenarios
            .filter(|(_, row)| row.assumed)
            .map(|(place, _)| place)
            .collect();
        let mut notes = vec![small];
        if !assumed.is_empty() {
            let names = if assumed.len() > 5 {
                plural(assumed.len(), "scenario")
            } else {
                list(
                    &assumed
                        .iter()
                        .map(|scenario| self.scenario(*scenario))
                        .collect::<Vec<_>>(),
                )
            };
            notes.push(format!(
                "The strengths of the secondary sanctions in {names} are assumed, except where records moved them. What these \
                 sanctions cut is therefore an assumption, not a finding."
            ));
        }
        notes
    }
}

/// Rows of one column, the largest loss first.
pub fn gain_rows(group: &GainGroup, scenario: usize, good: usize, column: usize) -> Vec<&GainRow> {
    let is_wanted = |row: &&GainRow| (row.0, row.1, row.3) == (scenario, good, column);
    let mut rows: Vec<&GainRow> = group.rows.iter().filter(is_wanted).collect();
    rows.sort_by(|one, other| one.4.0.total_cmp(&other.4.0));
    rows
}

/// "with $11 bn (0.8 to 26) less"
fn less(each: &PageStanding, unit: MoneyUnit) -> String {
    if unit.is_nothing(each.mean) {
        return "with next to no change".to_owned();
    }
    let (range, word) = if each.mean < 0.0 {
        (cut_range(each, unit), "less")
    } else {
        (unit.range(each.low, each.high), "more")
    };
    format!("with {}{range} {word}", unit.amount(each.mean))
}

/// The range of a cut: that of the difference, turned over.
fn cut_range(each: &PageStanding, unit: MoneyUnit) -> String {
    unit.range(each.high.map(|high| -high), each.low.map(|low| -low))
}
