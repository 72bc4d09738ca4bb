//! Writing the routes of a world as a table, so that users can see and change the routes that corridors generate.

use std::fmt::Write;

use crate::model::{JurisdictionIndex, Route, World};

/// The header line of the table.
pub const ROUTES_HEADER: &str =
    "id,supply,demand,kind,via,links,baseline_t_per_month,potential_t_per_month,extra_cost_usd_per_t,source,consignor";

/// All routes in the format of `routes.csv`: lines end with a line feed, numbers are the shortest that read back the
/// same. The source of a generated route is that of its corridor.
pub fn routes_table(world: &World) -> String {
    let mut table = format!("{ROUTES_HEADER}\n");
    for route in world.routes.rows() {
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{}", line(world, route));
    }
    table
}

fn line(world: &World, route: &Route) -> String {
    let links: Vec<&str> = route.links.iter().map(|&link| world.links[link].id.as_str()).collect();
    let potential = world.numbers.get(route.potential);
    let jurisdiction =
        |place: Option<JurisdictionIndex>| place.map_or(String::new(), |place| world.jurisdictions[place].id.clone());
    let cells = [
        route.id.clone(),
        world.supplies[route.supply].id.clone(),
        world.demands[route.demand].id.clone(),
        route.kind.name().to_owned(),
        jurisdiction(route.via),
        links.join(";"),
        route.baseline.get().to_string(),
        potential.value.to_string(),
        world.numbers.get(route.extra_cost).value.to_string(),
        quoted(&potential.source),
        jurisdiction(route.consignor),
    ];
    cells.join(",")
}

/// A cell of free text, in quotes if it needs them. All others hold ids and numbers.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
