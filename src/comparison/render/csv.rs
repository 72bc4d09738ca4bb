//! A comparison for programs: tidy, in full precision.

use super::super::{Block, Comparison, Difference, PriorOrder, Quantiles, ScenarioRow, Verdict, two_sided};
use crate::results::schema::COMPARED;
use crate::results::{LineMark, shortest};

/// The probability with which the interval of a mean difference covers the true one.
pub(super) const LEVEL: f64 = 0.95;

pub(super) fn beginning() -> Vec<LineMark> {
    vec![LineMark::Is(COMPARED.header())]
}

pub(super) fn render(comparison: &Comparison) -> String {
    let mut text = record(COMPARED.names());
    for (place, scenario) in comparison.scenarios.iter().enumerate().skip(1) {
        for block in &comparison.blocks {
            let names = [scenario.name.as_str(), comparison.reference()];
            text.push_str(&record(names.map(str::to_owned).into_iter().chain(cells(block, place))));
        }
    }
    text
}

/// Key and numbers of one row, in the order of [`COMPARED`] after the names.
fn cells(block: &Block, place: usize) -> impl Iterator<Item = String> {
    let row = &block.rows[place];
    let mean = |row: &ScenarioRow| number(row.level.and_then(|level| level.mean));
    let levels = [mean(row), mean(&block.rows[0]), count(row.level_draws)];
    let differences = row.difference.as_ref().map_or_else(Default::default, difference_cells);
    let needed = match row.verdict {
        Some(Verdict::CannotTell { draws_needed }) => draws_needed,
        _ => None,
    };
    let verdicts = [
        row.verdict.map_or("", Verdict::name).to_owned(),
        count(needed),
        row.order.map_or("", PriorOrder::name).to_owned(),
        block
            .groups
            .as_ref()
            .map_or(String::new(), |groups| groups[place].clone()),
    ];
    let keys = block.key.cells().into_iter();
    keys.chain(levels).chain(differences).chain(verdicts)
}

fn difference_cells(difference: &Difference) -> [String; 13] {
    let quantile = |of: fn(&Quantiles) -> f64| number(difference.quantiles.as_ref().map(of));
    let interval = difference.interval(LEVEL);
    [
        number(Some(difference.mean)),
        number(difference.mcse),
        quantile(|quantiles| quantiles.p05),
        quantile(|quantiles| quantiles.p25),
        quantile(|quantiles| quantiles.p50),
        quantile(|quantiles| quantiles.p75),
        quantile(|quantiles| quantiles.p95),
        number(difference.probability_below_zero),
        count(difference.is_paired.then_some(difference.draws)),
        difference.is_paired.to_string(),
        number(interval.map(|(low, _)| low)),
        number(interval.map(|(_, high)| high)),
        number(difference.mcse.map(|_| two_sided(difference))),
    ]
}

/// Empty if it does not exist.
fn number(value: Option<f64>) -> String {
    value.map_or(String::new(), shortest)
}

fn count(value: Option<u64>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

/// One line; cells with commas, quotes or line ends are quoted (RFC 4180).
fn record(cells: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    let cells: Vec<String> = cells.into_iter().map(|cell| quoted(cell.as_ref())).collect();
    cells.join(",") + "\n"
}
