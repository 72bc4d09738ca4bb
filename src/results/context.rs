//! `context.json`: what a scenario was, so that a reader of its results needs neither its file nor its world: names, places,
//! measures, sources and uncertain numbers.
//!
//! The same type is written and read. Like the manifest it has no date or path, so that the same run gives the same bytes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use super::read::UnreadableResults;
use crate::model::{Bottleneck, CommodityIndex, JurisdictionIndex, Route, RouteKind, Status, World};
use crate::policy::{Bearing, Measure};
use crate::provenance::baseline_value;
use crate::scenario::{Parameter, Scenario};

/// The name of the file in a result folder.
pub const CONTEXT_FILE: &str = "context.json";

/// The scenario as it was run. Ids are those of its files; lists keep the order of the world's tables.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Context {
    /// That of the manifest.
    pub format: u32,
    pub title: String,
    /// The comment with which the scenario file begins, in one line.
    pub question: Option<String>,
    /// First month, YYYY-MM.
    pub start: String,
    pub months: usize,
    pub jurisdictions: Vec<ContextJurisdiction>,
    pub goods: Vec<ContextGood>,
    pub places: Vec<ContextPlace>,
    pub links: Vec<ContextLink>,
    pub supplies: Vec<ContextMarket>,
    pub demands: Vec<ContextMarket>,
    pub capacities: Vec<ContextCapacity>,
    /// Measures, then secondary programmes, each by id.
    pub measures: Vec<ContextMeasure>,
    /// Supply and demand of the pairs whose direct baseline trade some measure restricts, or some exit leaves, within the run.
    pub restricted_pairs: Vec<[String; 2]>,
    /// The uncertain numbers by name.
    pub numbers: Vec<ContextNumber>,
    /// The world's sources by id.
    pub sources: Vec<ContextSource>,
    /// By good, and `all`.
    pub baseline: Vec<ContextBaseline>,
}

/// A jurisdiction.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextJurisdiction {
    pub id: String,
    pub name: String,
    pub blocs: Vec<String>,
    /// Whether it stands for all countries that the world does not name.
    pub rest_of_world: bool,
}

/// A good.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextGood {
    pub id: String,
    pub name: String,
    /// The reference price, by which tonnes become dollars.
    pub usd_per_t: f64,
}

/// A node of the network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextPlace {
    pub id: String,
    pub name: String,
    pub jurisdiction: String,
    /// As `nodes.csv` spells it.
    pub kind: String,
    /// Degrees north; none for a place without a position.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
}

/// A transport link.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextLink {
    pub id: String,
    pub from: String,
    pub to: String,
    pub mode: String,
}

/// A supply or a demand.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextMarket {
    pub id: String,
    pub good: String,
    pub place: String,
}

/// A capacity of the world.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextCapacity {
    pub id: String,
    /// As `capacities.csv` spells it: `node:klaipeda`, `via:KZ`.
    pub applies_to: String,
    pub goods: Vec<String>,
}

/// A measure, or a programme of secondary sanctions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextMeasure {
    pub id: String,
    /// The word in `[[measures.WORD]]` or `[[secondary.WORD]]`.
    pub kind: String,
    pub secondary: bool,
    /// A jurisdiction or a bloc, as written.
    pub issuer: String,
    /// Those it is aimed at: the territories whose transit it forbids, by id; else, as written, targets, or destinations, or
    /// origins, none of the issuer's own.
    pub aimed_at: Vec<String>,
    /// How those stand to the trade it bears on; none where they are its targets, and in results of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<MeasureDirection>,
    pub goods: Vec<String>,
    /// First month in force, YYYY-MM.
    pub from: String,
    /// First month no longer in force.
    pub until: Option<String>,
    pub source: Option<String>,
}

/// How those a measure is aimed at stand to the trade it bears on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MeasureDirection {
    /// Goods go there.
    To,
    /// Goods come from there.
    From,
    /// Goods pass through.
    Through,
}

/// An uncertain number.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextNumber {
    /// The dotted name.
    pub name: String,
    /// In words, such as `triangular 0.05, 0.15, 0.3`.
    pub distribution: String,
    /// Whether it takes a column of a posterior table.
    pub posterior: bool,
    pub unit: String,
    /// A source of the world, or the text of the entry's key `source`; none if nothing is stated.
    pub source: Option<String>,
}

/// A source of the world.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextSource {
    pub id: String,
    pub citation: String,
    pub licence: String,
    /// `observed`, `derived` or `assumed`; empty in a world that lists no sources.
    pub status: String,
}

/// Shares of baseline value, at reference prices, by the status of its sources. Sources without a status are in none.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ContextBaseline {
    /// A good, or `all`.
    pub good: String,
    pub observed: f64,
    pub derived: f64,
    pub assumed: f64,
}

impl Context {
    /// Describes a scenario.
    pub fn new(scenario: &Scenario) -> Self {
        let world = &*scenario.world;
        let measures = scenario.measures.rows().iter().map(|row| measure(world, row, false));
        let programmes = scenario.programmes.rows().iter().map(|row| measure(world, row, true));
        Self {
            format: super::FORMAT,
            title: scenario.title.clone(),
            question: scenario.comment.clone(),
            start: scenario.horizon.start.to_string(),
            months: scenario.horizon.months,
            jurisdictions: jurisdictions(world),
            goods: goods(world),
            places: places(world),
            links: links(world),
            supplies: supplies(world),
            demands: demands(world),
            capacities: capacities(world),
            measures: measures.chain(programmes).collect(),
            restricted_pairs: restricted_pairs(scenario),
            numbers: scenario.parameters.iter().map(|row| number(scenario, row)).collect(),
            sources: sources(world),
            baseline: baseline(world),
        }
    }

    /// The file's text; ends with a newline.
    ///
    /// # Errors
    /// Never in practice: every context can be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// Reads the context in a result folder.
    ///
    /// # Errors
    /// When the results are of a version that wrote none, or the file is damaged or not as the manifest says.
    pub fn read(folder: &Path, manifest: &Manifest) -> Result<Self, UnreadableResults> {
        let path = folder.join(CONTEXT_FILE);
        let Some(digest) = manifest.files.get(CONTEXT_FILE) else {
            let reason = format!(
                "these results have no {CONTEXT_FILE}, which reports need; an older version wrote them: run the scenario again"
            );
            return Err(UnreadableResults::new(folder, None, reason));
        };
        let bytes = fs::read(&path).map_err(UnreadableResults::from_io(&path))?;
        let context = serde_json::from_slice(&bytes).map_err(|error| {
            let line = u64::try_from(error.line()).ok();
            UnreadableResults::new(&path, line, error.to_string())
        })?;
        if blake3::hash(&bytes).to_hex().as_str() != digest {
            let reason = "changed since it was written".to_owned();
            return Err(UnreadableResults::new(&path, None, reason));
        }
        Ok(context)
    }
}

fn jurisdictions(world: &World) -> Vec<ContextJurisdiction> {
    let rows = world.jurisdictions.rows().iter();
    rows.map(|row| ContextJurisdiction {
        id: row.id.clone(),
        name: row.name.clone(),
        blocs: row.blocs.clone(),
        rest_of_world: row.rest_of_world,
    })
    .collect()
}

fn goods(world: &World) -> Vec<ContextGood> {
    let rows = world.commodities.rows().iter();
    rows.map(|row| ContextGood {
        id: row.id.clone(),
        name: row.name.clone(),
        usd_per_t: row.price.get(),
    })
    .collect()
}

fn places(world: &World) -> Vec<ContextPlace> {
    let rows = world.nodes.rows().iter();
    rows.map(|row| ContextPlace {
        id: row.id.clone(),
        name: row.name.clone(),
        jurisdiction: world.jurisdictions[row.jurisdiction].id.clone(),
        kind: row.kind.name().to_owned(),
        lat: row.position.map(|(lat, _)| lat),
        lon: row.position.map(|(_, lon)| lon),
    })
    .collect()
}

fn links(world: &World) -> Vec<ContextLink> {
    let rows = world.links.rows().iter();
    rows.map(|row| {
        let [from, to] = row.ends.map(|end| world.nodes[end].id.clone());
        ContextLink {
            id: row.id.clone(),
            from,
            to,
            mode: row.mode.name().to_owned(),
        }
    })
    .collect()
}

fn supplies(world: &World) -> Vec<ContextMarket> {
    let rows = world.supplies.rows().iter();
    rows.map(|row| ContextMarket {
        id: row.id.clone(),
        good: good(world, row.commodity),
        place: world.nodes[row.node].id.clone(),
    })
    .collect()
}

fn demands(world: &World) -> Vec<ContextMarket> {
    let rows = world.demands.rows().iter();
    rows.map(|row| ContextMarket {
        id: row.id.clone(),
        good: good(world, row.commodity),
        place: world.nodes[row.node].id.clone(),
    })
    .collect()
}

fn good(world: &World, index: CommodityIndex) -> String {
    world.commodities[index].id.clone()
}

fn capacities(world: &World) -> Vec<ContextCapacity> {
    let rows = world.capacities.rows().iter();
    rows.map(|row| ContextCapacity {
        id: row.id.clone(),
        applies_to: match row.bottleneck {
            Bottleneck::Link(link) => format!("link:{}", world.links[link].id),
            Bottleneck::Node(node) => format!("node:{}", world.nodes[node].id),
            Bottleneck::Via(via) => format!("via:{}", world.jurisdictions[via].id),
            Bottleneck::Pair(supply, demand) => {
                format!("pair:{}>{}", world.supplies[supply].id, world.demands[demand].id)
            }
            Bottleneck::Route(route) => format!("route:{}", world.routes[route].id),
        },
        goods: row.commodities.iter().map(|&index| good(world, index)).collect(),
    })
    .collect()
}

fn measure(world: &World, row: &Measure, secondary: bool) -> ContextMeasure {
    let (terms, label) = (&row.terms, &row.label);
    let (aimed_at, direction) = aimed_at(world, row);
    ContextMeasure {
        id: terms.id.clone(),
        kind: label.kind.to_owned(),
        secondary,
        issuer: label.issuer.clone(),
        aimed_at,
        direction,
        goods: terms.commodities.iter().map(|&index| good(world, index)).collect(),
        from: terms.from.to_string(),
        until: terms.until.map(|month| month.to_string()),
        source: label.source.clone(),
    }
}

/// Territories of transit, or targets; else destinations, or origins if all destinations are the issuer's own.
fn aimed_at(world: &World, row: &Measure) -> (Vec<String>, Option<MeasureDirection>) {
    let label = &row.label;
    let is_own = |name: &String| {
        let members: Vec<JurisdictionIndex> = members(world, name);
        members.iter().all(|member| row.terms.issuer.contains(member))
    };
    let others = |list: &[String]| -> Vec<String> { list.iter().filter(|name| !is_own(name)).cloned().collect() };
    let territories = row.instrument.transit().iter().flatten();
    let territories = territories.map(|&territory| world.jurisdictions[territory].id.clone());
    let lists = [
        (territories.collect(), Some(MeasureDirection::Through)),
        (label.targets.clone(), None),
        (others(&label.destinations), Some(MeasureDirection::To)),
        (others(&label.origins), Some(MeasureDirection::From)),
    ];
    lists.into_iter().find(|(list, _)| !list.is_empty()).unwrap_or_default()
}

/// The jurisdictions that a name of a jurisdiction or a bloc stands for.
fn members(world: &World, name: &str) -> Vec<JurisdictionIndex> {
    let rows = world.jurisdictions.iter();
    let found = rows.filter(|(_, row)| row.id == name || row.blocs.iter().any(|bloc| bloc == name));
    found.map(|(index, _)| index).collect()
}

fn restricted_pairs(scenario: &Scenario) -> Vec<[String; 2]> {
    let (world, horizon) = (&*scenario.world, scenario.horizon);
    let acts = |row: &&Measure| {
        let bears = matches!(row.instrument.bearing(), Bearing::Restricts | Bearing::Withdraws);
        let ended = row.terms.until.is_some_and(|until| until <= horizon.start);
        bears && !ended && row.terms.from < horizon.end()
    };
    let rows = scenario.measures.rows().iter().chain(scenario.programmes.rows());
    let rows: Vec<&Measure> = rows.filter(acts).collect();
    let is_restricted = |route: &&Route| {
        route.kind == RouteKind::Direct && !route.is_latent() && rows.iter().any(|row| row.matches(world, route))
    };
    let routes = world.routes.rows().iter().filter(is_restricted);
    let pairs: BTreeSet<_> = routes.map(|route| (route.supply, route.demand)).collect();
    let name = |(supply, demand)| [world.supplies[supply].id.clone(), world.demands[demand].id.clone()];
    pairs.into_iter().map(name).collect()
}

fn number(scenario: &Scenario, parameter: &Parameter) -> ContextNumber {
    let number = scenario.numbers.get(parameter.slot);
    // These stand where nothing is stated.
    let source = Some(number.source.clone()).filter(|source| source != "scenario" && source != "default");
    ContextNumber {
        name: parameter.name.clone(),
        distribution: parameter.distribution.words().to_owned(),
        // Only columns of posterior tables share a stream.
        posterior: parameter.distribution.shared_stream().is_some(),
        unit: number.unit.to_owned(),
        source,
    }
}

fn sources(world: &World) -> Vec<ContextSource> {
    let rows = world.provenance.sources.rows().iter();
    rows.map(|row| ContextSource {
        id: row.id.clone(),
        citation: row.citation.clone(),
        licence: row.licence.clone(),
        status: row.status.map_or("", Status::name).to_owned(),
    })
    .collect()
}

fn baseline(world: &World) -> Vec<ContextBaseline> {
    let value = baseline_value(world);
    let shares = |good: &str, is_of: &dyn Fn(CommodityIndex) -> bool| {
        let of_good = || value.iter().filter(|((commodity, _), _)| is_of(*commodity));
        let total = of_good().fold(0.0, |sum, (_, usd)| sum + usd.get());
        let share = |status| {
            let has = |source| world.provenance.sources[source].status == Some(status);
            let part = of_good().filter(|((_, source), _)| has(*source));
            let usd = part.fold(0.0, |sum, (_, usd)| sum + usd.get());
            if total > 0.0 { usd / total } else { 0.0 }
        };
        ContextBaseline {
            good: good.to_owned(),
            observed: share(Status::Observed),
            derived: share(Status::Derived),
            assumed: share(Status::Assumed),
        }
    };
    let all = shares(crate::model::ALL, &|_| true);
    let goods = world.commodities.iter();
    let each = goods.map(|(index, row)| shares(&row.id, &|other| other == index));
    std::iter::once(all).chain(each).collect()
}
