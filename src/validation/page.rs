//! A validation as a page in Markdown.

use std::fmt::Write;

use super::pictures::file_name;
use super::tables::{fact_grid, order_grid};
use super::verdict::{FactVerdict, Validation};
use super::words::{definition, trade};
use crate::report::markdown_cell;
use crate::results::{FileKind, LineMark};

const TITLE: &str = "# Simulated and observed: ";

/// How a file shows that it is such a page.
pub fn page_kind() -> FileKind {
    // The scenario's name, its draws and its seed stand before this part of the sentence.
    let sentence = LineMark::Around("", " published facts. A fact is inside if the middle 90% of draws");
    FileKind::new(
        "a page of a validation",
        vec![LineMark::Around(TITLE, ""), LineMark::Is(String::new()), sentence],
    )
}

/// The page: tables, explanations of misses, pictures, definitions. It refers to the pictures in the folder beside it.
pub fn page(validation: &Validation<'_>) -> String {
    let parts = [
        heading(validation),
        misses(validation),
        pictures(validation),
        definitions(validation),
    ];
    parts.concat()
}

fn heading(validation: &Validation<'_>) -> String {
    let (scenario, facts) = (validation.scenario, validation.facts);
    let introduction = facts
        .introduction
        .as_ref()
        .map_or(String::new(), |text| format!("{text}\n\n"));
    let mut text = format!(
        "{TITLE}{}\n\n{} draws of the scenario `{}` with seed {}, beside {} published facts. A fact is \
         inside if the middle 90% of draws\nholds the published number, or meets the published range. *Recomputed* is the \
         same definition over the world's\n`observed.csv`, where that covers it. {} of {} are inside.\n\n{introduction}{}",
        markdown_cell(&scenario.title),
        scenario.simulation.draws,
        scenario.name,
        scenario.simulation.seed,
        facts.facts.len(),
        validation.inside(),
        facts.facts.len(),
        fact_grid(validation).to_markdown(),
    );
    if !facts.orders.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\nMedians that should fall:\n\n{}",
            order_grid(validation).to_markdown()
        );
    }
    text
}

/// The explanations of facts that are missed and of orders that do not hold.
fn misses(validation: &Validation<'_>) -> String {
    let mut items = String::new();
    let mut add = |id: &str, what: &str, verdict: &str, note: &Option<String>| {
        let note = note.as_deref().unwrap_or("No explanation is given.");
        let _ = write!(items, "\n**{id}** {}: *{verdict}*. {note}\n", markdown_cell(what));
    };
    for (fact, judged) in validation.facts.facts.iter().zip(&validation.judged) {
        if judged.verdict != FactVerdict::Inside {
            add(&fact.id, &fact.what, judged.verdict.words(), &fact.note);
        }
    }
    for (order, held) in validation.facts.orders.iter().zip(&validation.orders) {
        if !held.holds {
            add(&order.id, &order.what, "does not hold", &order.note);
        }
    }
    if items.is_empty() {
        // Without misses the page has no such section.
        return items;
    }
    format!("\n## What is missed, and why\n{items}")
}

fn pictures(validation: &Validation<'_>) -> String {
    if validation.facts.pictures.is_empty() {
        return String::new();
    }
    let pictures = validation.facts.pictures.iter();
    let embedded: Vec<String> = pictures
        .map(|picture| format!("![{}]({})\n", markdown_cell(&picture.title), file_name(picture)))
        .collect();
    format!("\n## Pictures\n\n{}", embedded.join("\n"))
}

/// The definition and source of each fact, and the trade that each series adds up.
fn definitions(validation: &Validation<'_>) -> String {
    let facts = validation.facts;
    let mut text = "\n## Definitions\n\n".to_owned();
    for fact in &facts.facts {
        let definition = definition(facts, &fact.statistic);
        let source = markdown_cell(&fact.source);
        let _ = writeln!(text, "- **{}**: {definition}. Published: {source}.", fact.id);
    }
    text.push_str("\nDollars are tonnes at the world's reference prices. The series:\n\n");
    for (place, series) in facts.series.iter().enumerate() {
        let silent = match validation.records.silent(place) {
            [] => String::new(),
            silent => format!(". Recomputed without {}, which have no figures", silent.join(", ")),
        };
        let trade = trade(&validation.scenario.world, series);
        let _ = writeln!(text, "- `{}`: {trade}{silent}", series.id);
    }
    text
}
