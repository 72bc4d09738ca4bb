//! `roundabout show SCENARIO`: what a scenario says after all that it extends.

use std::collections::BTreeMap;

use super::{Listing, ShowArguments};
use crate::cli::Error;
use crate::cli::inputs::{self, ReadingOptions};
use crate::policy::Measure;
use crate::report::plot::picture_kind;
use crate::report::timeline::{Timeline, TimelineRow};
use crate::results::context::{Context, ContextMeasure, MeasureDirection};
use crate::results::{OutputFile, shortest};
use crate::scenario::{PosteriorUse, Scenario};

/// In a listing no more goods or jurisdictions are named than this.
const NAMED: usize = 3;

/// What a scenario is, its measures and programmes by their start, and what differs from the scenario that it extends; draws
/// the timeline, if one is asked for.
pub(super) fn listings(arguments: &ShowArguments) -> Result<Vec<Listing>, Error> {
    // Idle lines are shown like all others.
    let reading = ReadingOptions {
        allow_idle: true,
        prior: false,
    };
    let mut read = inputs::read(std::slice::from_ref(&arguments.path), reading)?;
    let Some(scenario) = read.scenarios.pop() else {
        return Ok(Vec::new());
    };
    let context = Context::new(&scenario);
    let measures = by_start(&context);
    if let Some(path) = &arguments.timeline {
        let file = OutputFile::prove(path, picture_kind(), true, &read.paths)?;
        file.write(timeline(&scenario, &measures).render().as_bytes())?;
    }
    let mut listings = vec![terms(&scenario), timeline_listing(&scenario, &context, &measures)];
    if let Some(parent) = scenario.extends.first() {
        let parents = inputs::read(std::slice::from_ref(parent), reading)?.scenarios;
        listings.extend(parents.first().map(|parent| changes(parent, &scenario)));
    }
    Ok(listings)
}

fn by_start(context: &Context) -> Vec<&ContextMeasure> {
    let mut measures: Vec<&ContextMeasure> = context.measures.iter().collect();
    measures.sort_by_key(|measure| (measure.from.as_str(), measure.id.as_str()));
    measures
}

fn terms(scenario: &Scenario) -> Listing {
    let mut listing = Listing::new("scenario", &scenario.title, &["what", "value"], 2);
    let horizon = scenario.horizon;
    let extends: Vec<String> = scenario.extends.iter().map(|path| path.display().to_string()).collect();
    let posterior = match &scenario.posterior {
        PosteriorUse::Taken { table, numbers } => format!("{numbers} numbers from {table}"),
        PosteriorUse::Ignored | PosteriorUse::Unnamed => "none".to_owned(),
    };
    let rows = [
        ("question", scenario.comment.clone().unwrap_or_default()),
        (
            "months",
            format!(
                "{} to {}, {} months",
                horizon.start,
                horizon.end().plus(-1),
                horizon.months
            ),
        ),
        ("extends", extends.join(", ")),
        (
            "draws",
            format!("{}, seed {}", scenario.simulation.draws, scenario.simulation.seed),
        ),
        ("uncertain numbers", scenario.parameters.len().to_string()),
        ("posterior", posterior),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    listing.grid.rows = rows.map(|(what, value)| vec![what.to_owned(), value]).collect();
    listing
}

/// A measure as the scenario holds it.
fn measure<'s>(scenario: &'s Scenario, id: &str) -> Option<&'s Measure> {
    let mut all = scenario.measures.rows().iter().chain(scenario.programmes.rows());
    all.find(|measure| measure.terms.id == id)
}

fn timeline_listing(scenario: &Scenario, context: &Context, measures: &[&ContextMeasure]) -> Listing {
    let columns = [
        "id",
        "kind",
        "from",
        "until",
        "issuer",
        "against",
        "goods",
        "strength",
        "announced",
        "source",
    ];
    let mut listing = Listing::new(
        "measure",
        "Measures and programmes by their start",
        &columns,
        columns.len(),
    );
    listing.further = 2;
    for row in measures {
        let announced = measure(scenario, &row.id).map(|measure| measure.terms.announced.to_string());
        let announced = announced.filter(|announced| *announced != row.from);
        let goods = if row.goods.len() == context.goods.len() {
            "all".to_owned()
        } else {
            listed(&row.goods)
        };
        listing.grid.rows.push(vec![
            row.id.clone(),
            row.kind.replace('_', " "),
            row.from.clone(),
            row.until.clone().unwrap_or_default(),
            row.issuer.clone(),
            listed(&row.aimed_at),
            goods,
            strengths(scenario, row).join("; "),
            announced.unwrap_or_default(),
            row.source.clone().unwrap_or_default(),
        ]);
    }
    listing
}

/// The first ids, and how many more there are.
fn listed(ids: &[String]) -> String {
    let named = ids[..ids.len().min(NAMED)].join(" ");
    match ids.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} +{more}"),
    }
}

/// The numbers of an entry with the value or the distribution of each.
fn strengths(scenario: &Scenario, row: &ContextMeasure) -> Vec<String> {
    let prefix = format!("{}.{}.", row.kind, row.id);
    let values = values(scenario);
    let own = values
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?, value)));
    own.map(|(key, value)| format!("{key} {value}")).collect()
}

/// Every number by name: its value, or its distribution in words.
fn values(scenario: &Scenario) -> BTreeMap<&str, String> {
    let numbers = scenario.numbers.iter();
    let mut values: BTreeMap<&str, String> = numbers
        .map(|(_, number)| (number.name.as_str(), shortest(number.value)))
        .collect();
    for parameter in &scenario.parameters {
        values.insert(&parameter.name, parameter.distribution.words().to_owned());
    }
    values
}

/// Entries and numbers that the scenario adds, drops or says otherwise than the one that it extends.
fn changes(parent: &Scenario, scenario: &Scenario) -> Listing {
    let title = format!("What differs from {}", parent.name);
    let mut listing = Listing::new("change", &title, &["name", "before", "now"], 3);
    let mut add = |name: &str, before: String, now: String| {
        if before != now {
            listing.grid.rows.push(vec![name.to_owned(), before, now]);
        }
    };
    let months = |scenario: &Scenario| format!("{} to {}", scenario.horizon.start, scenario.horizon.end().plus(-1));
    add("months", months(parent), months(scenario));
    let ids = |scenario: &Scenario| -> BTreeMap<String, String> {
        let all = Context::new(scenario).measures.into_iter();
        all.map(|row| {
            (
                row.id.clone(),
                format!("{} from {}", row.kind.replace('_', " "), row.from),
            )
        })
        .collect()
    };
    let (before, now) = (ids(parent), ids(scenario));
    let mut all: Vec<&String> = before.keys().chain(now.keys()).collect();
    all.sort_unstable();
    all.dedup();
    for id in all {
        let of = |known: &BTreeMap<String, String>| known.get(id).cloned().unwrap_or_else(|| "-".to_owned());
        add(id, of(&before), of(&now));
    }
    let (before, now) = (values(parent), values(scenario));
    // Numbers of entries that only one of the two has stand with their entry.
    for (name, value) in &now {
        if let Some(old) = before.get(name) {
            add(name, old.clone(), value.clone());
        }
    }
    listing
}

/// What a measure is: `ban, EU against BY`; trade may also be stopped on its way through a country.
fn words(row: &ContextMeasure) -> String {
    let (kind, issuer) = (row.kind.replace('_', " "), &row.issuer);
    let is_through = row.direction == Some(MeasureDirection::Through);
    match (listed(&row.aimed_at), is_through) {
        (aimed_at, _) if aimed_at.is_empty() => format!("{kind}, {issuer}"),
        (aimed_at, true) => format!("{kind}, {issuer}, through {aimed_at}"),
        (aimed_at, false) => format!("{kind}, {issuer} against {aimed_at}"),
    }
}

fn timeline(scenario: &Scenario, measures: &[&ContextMeasure]) -> Timeline {
    let horizon = scenario.horizon;
    let row = |row: &&ContextMeasure| {
        let terms = &measure(scenario, &row.id)?.terms;
        Some(TimelineRow {
            label: row.id.clone(),
            words: words(row),
            is_secondary: row.secondary,
            announced: terms.announced.since(horizon.start),
            from: terms.from.since(horizon.start),
            until: terms.until.map(|until| until.since(horizon.start)),
        })
    };
    Timeline {
        title: scenario.title.clone(),
        start: horizon.start,
        months: horizon.months,
        rows: measures.iter().filter_map(row).collect(),
    }
}
