use super::super::{
    Block, Comparison, LayoutOptions, Notes, PriorOrder, ScenarioNames, ScenarioRow, SortOrder, lay_out::judge_blocks,
    paired_difference, unpaired_difference,
};
use super::*;
use crate::comparison::notes::AssumedStrengths;
use crate::model::ReportPeriod;
use crate::results::read::MetricKey;
use crate::statistics::{Histogram, Summary};

fn summary(values: &[f64]) -> Summary {
    let mut counts = Histogram::default();
    counts.insert_all(values);
    Summary::new(&values.iter().copied().collect(), &counts)
}

fn block(metric: &str, unit: &str, reference: &[f64], others: &[&[f64]]) -> Block {
    let level = |values: &[f64]| ScenarioRow {
        level: Some(summary(values)),
        draws_held: 100,
        ..ScenarioRow::default()
    };
    let row = |values: &&[f64]| {
        let difference = paired_difference(reference, values, 0.0, 1e-9);
        ScenarioRow {
            difference,
            order: difference.as_ref().and_then(PriorOrder::of),
            ..level(values)
        }
    };
    let rows: Vec<ScenarioRow> = std::iter::once(level(reference))
        .chain(others.iter().map(row))
        .collect();
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
        ranking: (0..rows.len()).collect(),
        rows,
        groups: None,
    }
}

/// Three metrics: one as usual, one by month and intermediary without pairs, one that the last scenario lacks.
fn comparison(is_one_table: bool) -> Comparison {
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
    let levels: Vec<Summary> = by_month.rows.iter().map(|row| row.level.unwrap()).collect();
    let level = |place: usize| levels[place];
    for place in [1, 2] {
        by_month.rows[place].difference = unpaired_difference((&level(0), 100), (&level(place), 100), 0.0, 1e-9);
        by_month.rows[place].order = None;
    }
    let mut shares = block("price_rise", "share", &spread(0.01, 1e-4), &[&spread(0.02, 1.3e-4)]);
    shares.rows[1].difference.as_mut().unwrap().draws = 90;
    shares.rows.push(ScenarioRow::default());
    shares.ranking.push(2);
    let mut blocks = vec![dollars, by_month, shares];
    blocks[0].groups = Some(["a", "b", "ab"].map(str::to_owned).to_vec());
    let names = [
        "baseline",
        "secondary-designations-of-firms-and-banks",
        "secondary|export-ban",
    ];
    for block in &mut blocks {
        block.rank(names.into_iter(), SortOrder::Mean);
    }
    let options = LayoutOptions {
        is_one_table,
        ..LayoutOptions::default()
    };
    judge_blocks(&mut blocks, options);
    let titled = |name: &str| ScenarioNames {
        name: name.to_owned(),
        title: format!("What happens in {name}"),
    };
    Comparison {
        scenarios: names.map(titled).to_vec(),
        draws: "100 Latin hypercube draws, seed 42".to_owned(),
        blocks,
        notes: Notes {
            sentences: vec![
                "secondary|export-ban does not have: price_rise_share.".to_owned(),
                "Something is so long that it does not fit into one line of a terminal, and goes on in the next."
                    .to_owned(),
            ],
            assumed: vec![AssumedStrengths {
                count: "secondary|export-ban 3 of 4".to_owned(),
                sentence: "secondary|export-ban: three strengths are assumed.".to_owned(),
            }],
            fewer_draws: vec!["price_rise_share of secondary-designations-of-firms-and-banks 90 of 100".to_owned()],
        },
        is_stratified: true,
        is_one_table,
        margin: None,
    }
}

#[test]
fn tables_fit_terminals_of_sixty_columns_and_more() {
    for width in [60, 80, 120] {
        for is_one_table in [false, true] {
            let text = render(&comparison(is_one_table), Format::Table, width);
            assert!(
                text.lines().all(|line| line.chars().count() <= width),
                "{width}\n{text}"
            );
        }
    }
}

#[test]
fn a_table_fits_a_terminal_of_eighty_columns() {
    insta::assert_snapshot!(render(&comparison(false), Format::Table, 80));
}

#[test]
fn a_narrow_table_leaves_out_what_can_be_done_without() {
    insta::assert_snapshot!(render(&comparison(false), Format::Table, 60));
}

#[test]
fn several_metrics_are_columns_of_one_table() {
    insta::assert_snapshot!(render(&comparison(true), Format::Table, 80));
}

#[test]
fn csv_is_tidy_and_exact() {
    insta::assert_snapshot!(render(&comparison(false), Format::Csv, 80));
}

#[test]
fn markdown_has_a_table_for_each_metric_and_a_legend() {
    insta::assert_snapshot!(render(&comparison(false), Format::Markdown, 80));
}

#[test]
fn json_has_titles_and_what_does_not_exist_is_null() {
    let text = render(&comparison(false), Format::Json, 80);
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["scenarios"][2]["title"], "What happens in secondary|export-ban");
    assert_eq!(read["notes"].as_array().unwrap().len(), 3);
    let rows = &read["tables"][0]["rows"];
    assert_eq!(
        (&rows[0]["verdict"], &rows[0]["difference"]["paired"]),
        (&"lower".into(), &true.into())
    );
    let unpaired = &read["tables"][1]["rows"][0];
    assert_eq!(read["tables"][1]["key"]["via"], "KG");
    assert_eq!(
        (&unpaired["difference"]["p05"], &unpaired["order"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}
