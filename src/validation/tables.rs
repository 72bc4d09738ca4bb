//! A validation as tables: for people, and in full precision.

use super::verdict::{FactVerdict, Judged, Validation};
use super::words::{FactNumbers, key, unit};
use crate::model::Fact;
use crate::report::Grid;
use crate::results::schema::FACTS;
use crate::results::{FileKind, TextTable, shortest};

/// The facts of a validation: published, recomputed and simulated numbers.
pub fn fact_grid(validation: &Validation<'_>) -> Grid {
    let facts = || validation.facts.facts.iter().zip(&validation.judged);
    // A world without observations would only give an empty column.
    let is_recomputed = facts().any(|(_, judged)| judged.recomputed.is_some());
    let mut columns = vec!["fact", "what", "published"];
    columns.extend(is_recomputed.then_some("recomputed"));
    columns.extend(["median", "5..95%", "verdict"]);
    let mut grid = Grid::new("Facts", &columns, 2);
    for (fact, judged) in facts() {
        let numbers = numbers(validation, fact, judged);
        let show = |value: Option<f64>| value.map_or(String::new(), |value| numbers.show(value));
        let published = format!("{} {}", numbers.show_published(fact.published), numbers.unit());
        let mut row = vec![fact.id.clone(), fact.what.clone(), published.trim_end().to_owned()];
        row.extend(is_recomputed.then(|| show(judged.recomputed)));
        row.extend([
            show(judged.simulated.p50),
            numbers.show_range(judged.simulated.p05, judged.simulated.p95),
            judged.verdict.words().to_owned(),
        ]);
        grid.rows.push(row);
    }
    grid
}

/// The form of a fact's numbers.
fn numbers(validation: &Validation<'_>, fact: &Fact, judged: &Judged) -> FactNumbers {
    let simulated = &judged.simulated;
    let published = [Some(fact.published.low), Some(fact.published.high), judged.recomputed];
    let shown = published
        .into_iter()
        .chain([simulated.p05, simulated.p50, simulated.p95]);
    FactNumbers::new(validation.facts, fact, shown.flatten())
}

/// The orders of a validation.
pub fn order_grid(validation: &Validation<'_>) -> Grid {
    let mut grid = Grid::new(
        "Orders of medians",
        &["order", "what", "facts", "medians", "verdict"],
        5,
    );
    for (order, held) in validation.facts.orders.iter().zip(&validation.orders) {
        let ids: Vec<&str> = order
            .facts
            .iter()
            .map(|&fact| validation.facts.facts[fact].id.as_str())
            .collect();
        let medians = order.facts.iter().zip(&held.medians).map(|(&place, median)| {
            let fact = &validation.facts.facts[place];
            let numbers = numbers(validation, fact, &validation.judged[place]);
            median.map_or("-".to_owned(), |median| numbers.show(median))
        });
        grid.rows.push(vec![
            order.id.clone(),
            order.what.clone(),
            ids.join(" > "),
            medians.collect::<Vec<_>>().join(", "),
            if held.holds { "holds" } else { "does not hold" }.to_owned(),
        ]);
    }
    grid
}

/// How a file shows that it is a [`validation_table`].
pub fn validation_table_kind() -> FileKind {
    FileKind::csv("a table of a validation", &FACTS.header())
}

/// `validation/facts.csv`: a row for each fact, in the order of the file.
pub fn validation_table(validation: &Validation<'_>) -> TextTable {
    let row = |(fact, judged): (&Fact, &Judged)| {
        let mut cells = vec![
            fact.id.clone(),
            key(&fact.statistic).to_owned(),
            unit(validation.facts, fact).to_owned(),
            shortest(fact.published.low),
            shortest(fact.published.high),
            judged.recomputed.map_or(String::new(), shortest),
            judged.draws.to_string(),
        ];
        cells.extend(
            judged
                .simulated
                .values()
                .map(|value| value.map_or(String::new(), shortest)),
        );
        cells.push(
            if judged.verdict == FactVerdict::Inside {
                "yes"
            } else {
                "no"
            }
            .to_owned(),
        );
        cells
    };
    let rows = validation.facts.facts.iter().zip(&validation.judged).map(row);
    TextTable::of(&FACTS, rows.collect())
}
