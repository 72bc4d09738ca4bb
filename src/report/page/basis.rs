//! The basis of the results: draws, sources, digests, limits, and how to make them again.

use std::collections::BTreeMap;

use super::data::{BaselineShares, PageBasis, PageDigest, PagePrior, PageSource};
use super::frame::Frame;
use super::number::PageNumber;
use super::parameters::parameter_name;
use crate::results::read::DescribedResults;

/// The basis of the results.
pub fn basis(frame: &Frame<'_>) -> PageBasis {
    let reference = &frame.sets[0];
    let manifest = &reference.manifest;
    let checks = frame.sets.iter().map(|set| &set.manifest.checks);
    let largest = checks.fold((0.0, 0.0), |(residual, gap), checks| {
        (
            f64::max(residual, checks.largest_residual),
            f64::max(gap, checks.largest_accounting_gap),
        )
    });
    PageBasis {
        program: "roundabout",
        version: manifest.version.clone(),
        seed: manifest.seed,
        sampling: manifest.sampling.words(),
        tolerance: manifest.tolerance,
        residual: largest.0,
        accounting_gap: largest.1,
        uncertain: frame.sets.iter().map(uncertain).collect(),
        digests: digests(frame),
        baseline: baseline(frame, reference),
        sources: sources(frame),
        priors: priors(frame),
        limits: limits(),
        cite: cite(frame),
        command: command(frame),
        credits: "Coasts and borders: Natural Earth, in the public domain. Data of the world: the owners named under sources."
            .to_owned(),
    }
}

fn uncertain(set: &DescribedResults) -> (usize, usize) {
    let numbers = &set.context.numbers;
    (numbers.len(), numbers.iter().filter(|number| number.posterior).count())
}

fn digests(frame: &Frame<'_>) -> Vec<PageDigest> {
    let mut digests = Vec::new();
    let mut add = |name: String, digest: &str| {
        digests.push(PageDigest {
            name,
            digest: digest.to_owned(),
        });
    };
    let mut worlds: Vec<&str> = Vec::new();
    for set in frame.sets {
        if !worlds.contains(&set.manifest.world_digest.as_str()) {
            worlds.push(&set.manifest.world_digest);
            add("world".to_owned(), &set.manifest.world_digest);
        }
    }
    for set in frame.sets {
        add(format!("scenario {}", set.label), &set.manifest.scenario_digest);
    }
    for set in frame.sets {
        for (file, digest) in &set.manifest.files {
            add(format!("{}/{file}", set.label), digest);
        }
    }
    digests
}

fn baseline(frame: &Frame<'_>, reference: &DescribedResults) -> Vec<BaselineShares> {
    // A world without sources has none of the three statuses.
    let rows = reference.context.baseline.iter();
    let rows = rows.filter(|row| row.observed + row.derived + row.assumed > 0.0);
    rows.filter_map(|row| {
        Some(BaselineShares {
            good: frame.goods.find(&row.good)?,
            observed: PageNumber::new(row.observed),
            derived: PageNumber::new(row.derived),
            assumed: PageNumber::new(row.assumed),
        })
    })
    .collect()
}

fn sources(frame: &Frame<'_>) -> Vec<PageSource> {
    let mut found = BTreeMap::new();
    for source in frame.sets.iter().flat_map(|set| &set.context.sources) {
        found.entry(&source.id).or_insert(source);
    }
    found
        .into_values()
        .filter(|source| !source.citation.is_empty())
        .map(|source| PageSource {
            id: source.id.clone(),
            citation: source.citation.clone(),
            licence: source.licence.clone(),
            status: source.status.clone(),
        })
        .collect()
}

/// The uncertain numbers of all scenarios; one that differs between scenarios is there with each distribution.
fn priors(frame: &Frame<'_>) -> Vec<PagePrior> {
    let mut found: BTreeMap<&String, Vec<PagePrior>> = BTreeMap::new();
    for number in frame.sets.iter().flat_map(|set| &set.context.numbers) {
        let known = found.entry(&number.name).or_default();
        if known.iter().all(|prior| prior.text != number.distribution) {
            known.push(PagePrior {
                id: number.name.clone(),
                name: parameter_name(frame, &number.name),
                text: number.distribution.clone(),
                posterior: number.posterior,
                source: number.source.clone(),
            });
        }
    }
    found.into_values().flatten().collect()
}

fn limits() -> Vec<String> {
    [
        "Results hold for the priors of the scenarios. Many of these are assumed. An interval says what they leave open. It is no \
         forecast with that probability.",
        "Trade data cannot tell some things apart: how fast networks grow and at what rent; how often firms are listed, what they \
         held and how soon they are replaced; what banks refuse and what they charge. A result that depends on one of two such \
         explanations is no evidence for it.",
        "Stockpiling before a ban, chains of two intermediaries and price discrimination are not modelled. A measure against one \
         hub looks better than it is where the world leaves other ways out.",
        "Nothing here is about any firm, bank, ship or person. A simulated gap between two customs records is no proof of a crime.",
        "A measure that lowers circumvention need not be worth its cost. Look at what bystanders lose as well.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn cite(frame: &Frame<'_>) -> String {
    let manifest = &frame.sets[0].manifest;
    let scenarios: Vec<&str> = frame.sets.iter().map(|set| set.label.as_str()).collect();
    let what = if scenarios.len() == 1 { "Scenario" } else { "Scenarios" };
    format!(
        "roundabout {}: Monte Carlo simulation of trade rerouted by sanctions. {what} {}; {} draws, seed {}; world {}.",
        manifest.version,
        scenarios.join(", "),
        manifest.draws,
        manifest.seed,
        manifest.world_digest.get(..12).unwrap_or(&manifest.world_digest)
    )
}

fn command(frame: &Frame<'_>) -> String {
    let manifest = &frame.sets[0].manifest;
    let files: Vec<String> = frame
        .sets
        .iter()
        .map(|set| format!("scenarios/{}.toml", set.manifest.scenario))
        .collect();
    let prior = if manifest.posterior_ignored { " --prior" } else { "" };
    format!(
        "roundabout run {} --draws {} --seed {}{prior}",
        files.join(" "),
        manifest.draws,
        manifest.seed
    )
}
