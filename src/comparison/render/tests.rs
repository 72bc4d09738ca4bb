use super::super::{Block, Comparison, ScenarioRow, paired_difference, unpaired_difference};
use super::*;
use crate::model::ReportPeriod;
use crate::results::read::MetricKey;
use crate::statistics::{Histogram, Summary};

fn summary(values: &[f64]) -> Summary {
    let mut counts = Histogram::default();
    counts.insert_all(values);
    Summary::new(&values.iter().copied().collect(), &counts)
}

fn block(metric: &str, unit: &str, reference: &[f64], others: &[&[f64]]) -> Block {
    let row = |values: &&[f64]| ScenarioRow {
        level: Some(summary(values)),
        difference: paired_difference(reference, values, 1e-9),
    };
    let first = ScenarioRow {
        level: Some(summary(reference)),
        difference: None,
    };
    let key = MetricKey {
        metric: metric.to_owned(),
        period: ReportPeriod::WholeRun,
        commodity: "all".to_owned(),
        party: String::new(),
        via: String::new(),
        unit: unit.to_owned(),
    };
    Block {
        key,
        rows: std::iter::once(first).chain(others.iter().map(row)).collect(),
    }
}

/// Three metrics: one as usual, one by month and intermediary without pairs, one that the last scenario lacks.
fn comparison() -> Comparison {
    let spread = |low: f64, step: f64| -> Vec<f64> { (0..100).map(|draw| low + step * f64::from(draw)).collect() };
    let before = spread(9.1e9, 1.1e8);
    let after: Vec<f64> = before
        .iter()
        .enumerate()
        .map(|(draw, value)| value * (0.5 + 0.002 * draw as f64))
        .collect();
    let dollars = block("circumvented", "usd", &before, &[&after, &before]);
    let mut by_month = block(
        "mirror_gap",
        "t",
        &spread(1e4, 10.0),
        &[&spread(9.9e3, 11.0), &spread(2e3, 1.0)],
    );
    by_month.key.period = "2022-03".parse().unwrap();
    by_month.key.via = "KG".to_owned();
    let level = |place: usize| by_month.rows[place].level.unwrap();
    let unpaired = [1, 2].map(|place| unpaired_difference(&level(0), &level(place), 100, 1e-9));
    by_month.rows[1].difference = unpaired[0];
    by_month.rows[2].difference = unpaired[1];
    let mut shares = block("price_rise", "share", &spread(0.01, 1e-4), &[&spread(0.02, 1.3e-4)]);
    shares.rows.push(ScenarioRow {
        level: None,
        difference: None,
    });
    Comparison {
        scenarios: [
            "baseline",
            "secondary-designations-of-firms-and-banks",
            "secondary|export-ban",
        ]
        .map(str::to_owned)
        .to_vec(),
        draws: "100 Latin hypercube draws, seed 42".to_owned(),
        blocks: vec![dollars, by_month, shares],
        notes: vec![
            "secondary|export-ban does not have: price_rise_share.".to_owned(),
            "Something is so long that it \
            does not fit into one line of a terminal, and goes on in the next."
                .to_owned(),
        ],
        is_stratified: true,
    }
}

#[test]
fn a_table_fits_a_terminal_of_eighty_columns() {
    let text = render(&comparison(), Format::Table);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn csv_is_tidy_and_exact() {
    insta::assert_snapshot!(render(&comparison(), Format::Csv));
}

#[test]
fn markdown_is_one_table_with_its_legend() {
    insta::assert_snapshot!(render(&comparison(), Format::Markdown));
}
