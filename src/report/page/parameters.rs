//! Names of uncertain numbers for readers, from the dotted names of files and the names of the world.
//!
//! Numbers of measures are named by the page, which has the measures.

use super::frame::Frame;
use super::text::the;
use super::words::{capacity_kind, capacity_name, goods_of, lower, place, plain_name};
use crate::model::RouteKind;
use crate::results::context::{ContextLink, ContextMarket};

/// What an uncertain number is, in words; none for those of measures and for names that are not known.
pub fn parameter_name(frame: &Frame<'_>, name: &str) -> Option<String> {
    let (of, rest) = name.split_once('.')?;
    let (id, key) = rest.rsplit_once('.')?;
    match (of, key) {
        ("capacity", key) => capacity(frame, id, key),
        ("demand", "elasticity") => {
            let (good, land) = market(frame, id)?;
            Some(format!("How demand for {good} in {land} answers to prices"))
        }
        ("supply", "elasticity") => {
            let (good, land) = market(frame, id)?;
            Some(format!("How supply of {good} from {land} answers to prices"))
        }
        ("link", "days") => Some(format!("Days from {}", ends(frame, id)?)),
        ("link", "freight_usd_per_t") => Some(format!("Freight of a tonne from {}", ends(frame, id)?)),
        ("transfer", "usd_per_t") => transfer(frame, id),
        ("corridor", "extra_cost_usd_per_t") => Some(format!("Extra cost of a tonne of {}", corridor(frame, id))),
        ("route", "potential_t_per_month") => route(frame, id),
        ("commodity", "route_choice") => Some(format!("How closely routes of {} follow cost", good(frame, id))),
        ("commodity", "holding_rate_per_year") => Some(format!("What it costs to hold {} for a year", good(frame, id))),
        ("mode", "cost_index") => Some(format!("Cost of transport by {id}")),
        ("trend", "growth_per_year") => {
            let of = named(frame, id.strip_prefix("growth-").unwrap_or(id));
            Some(format!("Growth of trade a year: {}", of.join(", ")))
        }
        _ => None,
    }
}

fn good(frame: &Frame<'_>, id: &str) -> String {
    lower(frame.goods.name_of(id))
}

fn capacity(frame: &Frame<'_>, id: &str, key: &str) -> Option<String> {
    let mut capacities = frame.sets.iter().flat_map(|set| &set.context.capacities);
    let capacity = capacities.find(|capacity| capacity.id == id)?;
    let of = capacity_name(frame, capacity);
    let what = match capacity_kind(frame, capacity).as_str() {
        "network" => format!("the network of {}", the(&of)),
        "relation" => format!("trade of {}", the(&of)),
        _ => of,
    };
    let goods = goods_of(frame, &capacity.goods);
    let about = if goods.is_empty() {
        what
    } else {
        format!("{what} for {goods}")
    };
    let said = match key {
        "limit_t_per_month" => format!("How much {about} takes at the start"),
        "ceiling_t_per_month" => format!("How large {about} can become"),
        "growth_per_month" => format!("How fast {about} grows"),
        "dead_time_months" => format!("How long {about} takes to start"),
        "rent_half" => format!("What earnings make {about} grow"),
        "decay_per_month" => format!("How fast {about} decays unused"),
        "cover" => format!("How far lawful trade covers {about}"),
        "entry_per_year" => format!("How fast firms enter {about}"),
        _ => return None,
    };
    Some(said)
}

/// Good and country of a supply or a demand.
fn market(frame: &Frame<'_>, id: &str) -> Option<(String, String)> {
    let context = frame.sets.iter().map(|set| &set.context);
    let mut markets = context.flat_map(|context| context.supplies.iter().chain(&context.demands));
    let ContextMarket {
        good: of, place: at, ..
    } = markets.find(|market| market.id == id)?;
    let land = frame.lands.name_of(&place(frame, at)?.jurisdiction);
    Some((good(frame, of), the(land)))
}

/// "Khorgos to Altynkol"
fn ends(frame: &Frame<'_>, id: &str) -> Option<String> {
    let mut links = frame.sets.iter().flat_map(|set| &set.context.links);
    let ContextLink { from, to, .. } = links.find(|link| link.id == id)?;
    let name = |id: &str| Some(plain_name(&place(frame, id)?.name).to_owned());
    Some(format!("{} to {}", name(from)?, name(to)?))
}

/// A transfer is called by its place and its cargo.
fn transfer(frame: &Frame<'_>, id: &str) -> Option<String> {
    let (at, cargo) = id.rsplit_once('-')?;
    let at = plain_name(&place(frame, at)?.name);
    Some(format!("What it costs to transfer {cargo} cargo in {at}"))
}

/// A route is called SUPPLY>DEMAND:KIND:VIA:NUMBER.
fn route(frame: &Frame<'_>, id: &str) -> Option<String> {
    let (supply, rest) = id.split_once('>')?;
    let mut parts = rest.split(':').filter(|part| !part.is_empty());
    let (demand, kind) = (parts.next()?, parts.next()?);
    let (good, from) = market(frame, supply)?;
    let (_, to) = market(frame, demand)?;
    let parts: Vec<&str> = parts.collect();
    let way = match parts.as_slice() {
        [via, _] => format!("through {}", the(frame.lands.name_of(via))),
        _ if kind == RouteKind::Direct.name() => "directly".to_owned(),
        _ => return None,
    };
    let number = parts.last().map_or(String::new(), |number| format!(" (way {number})"));
    Some(format!("How much {good} could go {way} from {from} to {to}{number}"))
}

/// A corridor is called by its good, and by kind and country, or by places on its way.
fn corridor(frame: &Frame<'_>, id: &str) -> String {
    let parts: Vec<&str> = id.split('-').collect();
    let kind = |part: &&str| {
        [RouteKind::Reexport, RouteKind::Ghost, RouteKind::Relabel]
            .into_iter()
            .find(|kind| kind.name() == *part)
    };
    let found = parts
        .iter()
        .enumerate()
        .find_map(|(place, part)| Some((place, kind(part)?)));
    let Some((place, kind)) = found.filter(|(place, _)| *place > 0 && place + 1 < parts.len()) else {
        let mut names = named(frame, id).into_iter();
        let good = names.next().unwrap_or_default();
        let way: Vec<String> = names.collect();
        return if way.is_empty() {
            good
        } else {
            format!("{good} by way of {}", way.join(" and "))
        };
    };
    let of = named(frame, &parts[..place].join("-")).join(" from ");
    let land = named(frame, &parts[place + 1..].join("-")).join(", ");
    match kind {
        RouteKind::Ghost => format!("{of} declared for {land} that never arrives"),
        RouteKind::Relabel => format!("{of} sold as a product of {land}"),
        _ => format!("{of} cleared by {land} and sent on"),
    }
}

/// An id as a list of names: its parts that are goods, countries or places of the world, and the words between them.
fn named(frame: &Frame<'_>, id: &str) -> Vec<String> {
    let parts: Vec<&str> = id.split('-').collect();
    let mut names = Vec::new();
    let mut other = Vec::new();
    let mut start = 0;
    while start < parts.len() {
        // The longest run of parts that is the id of something.
        let found = (start + 1..=parts.len())
            .rev()
            .find_map(|end| Some((end, name_of(frame, &parts[start..end])?)));
        if found.is_some() && !other.is_empty() {
            names.push(std::mem::take(&mut other).join(" "));
        }
        if let Some((end, name)) = found {
            names.push(name);
            start = end;
        } else {
            other.push(parts[start].replace('_', " "));
            start += 1;
        }
    }
    if !other.is_empty() {
        names.push(other.join(" "));
    }
    names
}

fn name_of(frame: &Frame<'_>, parts: &[&str]) -> Option<String> {
    let id = parts.join("-");
    if frame.goods.find(&id).is_some() {
        return Some(good(frame, &id));
    }
    if let Some(land) = frame.lands.find(&id.to_uppercase().replace('-', "_")) {
        return Some(the(frame.lands.name(land)));
    }
    Some(plain_name(&place(frame, &id)?.name).to_owned())
}
