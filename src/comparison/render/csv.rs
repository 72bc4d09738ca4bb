//! A comparison for programs: tidy, in full precision.

use super::super::{Block, Comparison, Difference, Quantiles, ScenarioRow};
use crate::results::schema::COMPARED;
use crate::results::{LineMark, shortest};

pub(super) fn beginning() -> Vec<LineMark> {
    vec![LineMark::Is(COMPARED.header())]
}

pub(super) fn render(comparison: &Comparison) -> String {
    let mut text = record(COMPARED.names());
    for (place, scenario) in comparison.scenarios.iter().enumerate().skip(1) {
        for block in &comparison.blocks {
            let names = [scenario.as_str(), comparison.reference()];
            text.push_str(&record(names.map(str::to_owned).into_iter().chain(cells(block, place))));
        }
    }
    text
}

/// Key and numbers of one row, in the order of [`COMPARED`] after the names.
fn cells(block: &Block, place: usize) -> impl Iterator<Item = String> {
    let key = &block.key;
    let mean = |row: ScenarioRow| number(row.level.and_then(|level| level.mean));
    let means = [mean(block.rows[place]), mean(block.rows[0])];
    let period = key.period.to_string();
    let keys = [&key.metric, &period, &key.commodity, &key.via, &key.party, &key.unit].map(String::clone);
    let differences = block.rows[place]
        .difference
        .as_ref()
        .map_or_else(Default::default, difference_cells);
    keys.into_iter().chain(means).chain(differences)
}

fn difference_cells(difference: &Difference) -> [String; 10] {
    let quantile = |of: fn(&Quantiles) -> f64| number(difference.quantiles.as_ref().map(of));
    [
        number(Some(difference.mean)),
        number(difference.mcse),
        quantile(|quantiles| quantiles.p05),
        quantile(|quantiles| quantiles.p25),
        quantile(|quantiles| quantiles.p50),
        quantile(|quantiles| quantiles.p75),
        quantile(|quantiles| quantiles.p95),
        number(difference.probability_below_zero),
        difference.is_paired().to_string(),
        difference.verdict.name().to_owned(),
    ]
}

/// Empty if it does not exist.
fn number(value: Option<f64>) -> String {
    value.map_or(String::new(), shortest)
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
