//! `roundabout show WORLD`: the ids and names of a world, its routes as lists of places, and a map.

use std::collections::BTreeSet;

use super::{Listing, ShowArguments};
use crate::cli::{Error, inputs};
use crate::model::{Bottleneck, CommodityIndex, Index, JurisdictionIndex, NodeIndex, RouteIndex, Tonnes, World};
use crate::network::{RouteGraph, ShortestWays};
use crate::report::map::{
    WorldMap, jurisdictions_of, kilometres, map_kind, places_of, routes_like, routes_of_corridor, transfers_of,
};
use crate::results::{OutputFile, shortest};

/// The ids and names of a world, or the chosen routes; draws the map, if one is asked for.
pub(super) fn listings(arguments: &ShowArguments) -> Result<Vec<Listing>, Error> {
    let (world, inputs) = inputs::read_world(&arguments.path)?;
    let routes = chosen_routes(&world, arguments)?;
    if let Some(path) = &arguments.map {
        let file = OutputFile::prove(path, map_kind(), true, &inputs)?;
        let title = title(arguments, routes.len());
        let map = WorldMap {
            title: &title,
            world: &world,
            routes: &routes,
            part: arguments.part,
        };
        file.write(map.render().as_bytes())?;
    }
    Ok(if routes.is_empty() {
        ids(&world)
    } else {
        vec![route_listing(&world, &routes)]
    })
}

fn title(arguments: &ShowArguments, routes: usize) -> String {
    let name = arguments.path.file_name().unwrap_or(arguments.path.as_os_str());
    let name = name.to_string_lossy();
    let chosen: Vec<&str> = arguments
        .routes
        .iter()
        .chain(&arguments.corridors)
        .map(String::as_str)
        .collect();
    if chosen.is_empty() {
        return format!("The world {name}");
    }
    let plural = if routes == 1 { "" } else { "s" };
    format!("{name}: {routes} route{plural} {}", chosen.join(", "))
}

fn chosen_routes(world: &World, arguments: &ShowArguments) -> Result<Vec<RouteIndex>, Error> {
    let mut chosen = Vec::new();
    for id in &arguments.corridors {
        let found = routes_of_corridor(world, id);
        if found.is_empty() {
            let ids: BTreeSet<&str> = world
                .routes
                .rows()
                .iter()
                .filter_map(|route| world.corridor(route))
                .collect();
            let known: Vec<&str> = ids.into_iter().collect();
            let help = if known.is_empty() {
                "this world has none with an id".to_owned()
            } else {
                format!("there are {}", known.join(", "))
            };
            return Err(Error::Usage(format!(
                "no corridor of the id `{id}` makes a route; {help}"
            )));
        }
        chosen.extend(found);
    }
    for pattern in &arguments.routes {
        let found = routes_like(world, pattern);
        if found.is_empty() {
            let example = world.routes.rows().first().map_or("", |route| &route.id);
            return Err(Error::Usage(format!(
                "no route is called like `{pattern}`; ids are like `{example}`, and * stands for any text"
            )));
        }
        chosen.extend(found);
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// The ids of a world with their names.
fn ids(world: &World) -> Vec<Listing> {
    let mut jurisdictions = Listing::new("jurisdiction", "Jurisdictions", &["id", "name", "blocs"], 3);
    for row in world.jurisdictions.rows() {
        let cells = [&row.id, &row.name, &row.blocs.join(" ")];
        jurisdictions.grid.rows.push(cells.map(Clone::clone).to_vec());
    }
    let mut commodities = Listing::new("commodity", "Commodities", &["id", "name", "usd_per_t"], 2);
    for row in world.commodities.rows() {
        let price = shortest(row.price.get());
        commodities
            .grid
            .rows
            .push(vec![row.id.clone(), row.name.clone(), price]);
    }
    vec![
        jurisdictions,
        commodities,
        nodes(world),
        markets(world, "supply", "Supplies"),
        markets(world, "demand", "Demands"),
        capacities(world),
    ]
}

fn nodes(world: &World) -> Listing {
    let mut listing = Listing::new("node", "Nodes", &["id", "name", "in", "routes"], 3);
    for (index, row) in world.nodes.iter() {
        let routes = world.routes.rows().iter().filter(|route| route.nodes.contains(&index));
        let cells = [
            row.id.clone(),
            row.name.clone(),
            id_of(world, row.jurisdiction),
            routes.count().to_string(),
        ];
        listing.grid.rows.push(cells.to_vec());
    }
    listing
}

fn markets(world: &World, name: &'static str, title: &str) -> Listing {
    let mut listing = Listing::new(name, title, &["id", "commodity", "node", "in", "t_per_month"], 4);
    let row = |id: &str, commodity: CommodityIndex, node: NodeIndex, quantity: Tonnes| {
        vec![
            id.to_owned(),
            world.commodities[commodity].id.clone(),
            world.nodes[node].id.clone(),
            id_of(world, world.nodes[node].jurisdiction),
            format!("{:.0}", quantity.get()),
        ]
    };
    if name == "supply" {
        let rows = world
            .supplies
            .rows()
            .iter()
            .zip(world.supply_quantities().rows().to_vec());
        listing.grid.rows = rows
            .map(|(supply, quantity)| row(&supply.id, supply.commodity, supply.node, quantity))
            .collect();
    } else {
        let rows = world
            .demands
            .rows()
            .iter()
            .zip(world.demand_quantities().rows().to_vec());
        listing.grid.rows = rows
            .map(|(demand, quantity)| row(&demand.id, demand.commodity, demand.node, quantity))
            .collect();
    }
    listing
}

fn capacities(world: &World) -> Listing {
    let mut listing = Listing::new("capacity", "Capacities", &["id", "limits", "commodities", "routes"], 3);
    for row in world.capacities.rows() {
        let limits = match row.bottleneck {
            Bottleneck::Link(link) => format!("link {}", world.links[link].id),
            Bottleneck::Node(node) => format!("node {}", world.nodes[node].id),
            Bottleneck::Via(via) => format!("papers of {}", id_of(world, via)),
            Bottleneck::Pair(supply, demand) => {
                format!("pair {}>{}", world.supplies[supply].id, world.demands[demand].id)
            }
            Bottleneck::Route(route) => format!("route {}", world.routes[route].id),
        };
        let goods = row.commodities.iter().map(|good| world.commodities[*good].id.as_str());
        let routes = world.routes.indices().filter(|&route| world.uses(route, row));
        let goods = if row.commodities.len() == world.commodities.len() {
            "all".to_owned()
        } else {
            goods.collect::<Vec<_>>().join(" ")
        };
        listing
            .grid
            .rows
            .push(vec![row.id.clone(), limits, goods, routes.count().to_string()]);
    }
    listing
}

/// Routes as lists of places. A detour is the length as a multiple of the shortest way open to the good.
fn route_listing(world: &World, routes: &[RouteIndex]) -> Listing {
    let columns = [
        "id",
        "places",
        "jurisdictions",
        "transfers",
        "t_per_month",
        "km",
        "detour",
    ];
    let mut listing = Listing::new("route", "Routes", &columns, 4);
    let graph = RouteGraph::of_world(world);
    let mut ways = ShortestWays::new(&graph);
    for &index in routes {
        let row = &world.routes[index];
        let flow = if row.is_latent() {
            "latent".to_owned()
        } else {
            format!("{:.0}", row.baseline.get())
        };
        let length = kilometres(world, index);
        let (from, to) = (world.supplies[row.supply].node, world.demands[row.demand].node);
        let cargo = world.commodities[world.commodity(row)].cargo.as_deref();
        let shortest = ways.between(from, to, cargo).filter(|shortest| *shortest > 0.0);
        listing.grid.rows.push(vec![
            row.id.clone(),
            places_of(world, index),
            jurisdictions_of(world, index),
            transfers_of(world, index),
            flow,
            format!("{length:.0}"),
            shortest.map_or(String::new(), |shortest| format!("{:.2}", length / shortest)),
        ]);
    }
    listing
}

fn id_of(world: &World, jurisdiction: JurisdictionIndex) -> String {
    world.jurisdictions.rows()[jurisdiction.row()].id.clone()
}
