//! Reading a world: a folder of CSV tables becomes a [`World`].
//!
//! Text becomes rows of cells (`table`), cells become values (`reading`), one reader per table fills a `draft`,
//! corridors become routes (`generate`), and a draft without faults becomes a world (`assemble`). Every fault of
//! every cell is told at once: a row at fault stays in its table as a hole, so that rows which refer to it are not
//! blamed.

mod assemble;
mod baseline;
mod capacities;
mod carriers;
mod cell;
mod checks;
mod commodities;
mod corridors;
mod demands;
mod draft;
mod file;
mod folder;
mod generate;
mod header;
mod jurisdictions;
mod links;
mod nodes;
mod number;
mod observed;
mod paths;
mod provenance;
mod reading;
mod register;
mod routes;
mod routes_table;
mod scan;
mod slots;
mod sources;
mod supplies;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use routes_table::{ROUTES_HEADER, routes_table};

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::{Report, Severity};
use crate::model::World;
use baseline::{BaselineEntry, Pair};
use draft::Draft;
use folder::Folder;
use reading::Sources;
use register::Register;

/// Reads the world in `folder`; none if that added faults to the report.
///
/// `scope` names the commodities to keep. Supplies, demands, routes and capacities of others are checked like all, then
/// dropped, and so are their numbers; [`World::out_of_scope`] tells what was.
pub fn read(folder: &Path, scope: Option<&BTreeSet<String>>, report: &mut Report) -> Option<World> {
    let faults = report.count(Severity::Fault);
    let is_sound = |report: &Report| report.count(Severity::Fault) == faults;
    let mut folder = Folder::open(folder, report)?;
    let sources = read_sources(&mut folder, report);
    let mut draft = read_tables(&mut folder, &sources, report);
    let baseline = read_corridors(&mut folder, &mut draft, &sources, report);
    if is_sound(report) {
        generate::generate(&mut draft, &baseline, report);
    }
    if is_sound(report) {
        checks::check_paths(&draft, report);
        checks::check_flows(&draft, report);
        checks::check_gains(&draft, report);
    } else {
        draft.routes.lose_rows();
    }
    read_capacities(&mut folder, &mut draft, &sources, report);
    if let Some(rows) = folder.table(report) {
        draft.observed = observed::read(&rows, &draft, &sources, report);
    }
    if !is_sound(report) {
        return None;
    }
    checks::check_capacities(&draft, report);
    is_sound(report).then(|| {
        let world = assemble::assemble(&draft, scope);
        World {
            provenance: provenance::trace(&sources, folder.cited(), &draft, &world),
            digest: folder.digest(scope),
            ..world
        }
    })
}

fn read_sources(folder: &mut Folder, report: &mut Report) -> Sources {
    match folder.table(report) {
        Some(rows) => sources::read(&rows, report),
        None => Sources::default(),
    }
}

/// Reads the tables that the others refer to, and the routes that are spelt out.
fn read_tables(folder: &mut Folder, sources: &Sources, report: &mut Report) -> Draft {
    let mut draft = Draft::default();
    draft.jurisdictions = match folder.table(report) {
        Some(rows) => jurisdictions::read(&rows, sources, report),
        None => Register::lost("jurisdiction"),
    };
    draft.nodes = match folder.table(report) {
        Some(rows) => nodes::read(&rows, &draft, sources, report),
        None => Register::lost("node"),
    };
    draft.links = match folder.table(report) {
        Some(rows) => links::read(&rows, &draft, sources, report),
        None => Register::lost("link"),
    };
    draft.commodities = match folder.table(report) {
        Some(rows) => commodities::read(&rows, sources, report),
        None => Register::lost("commodity"),
    };
    draft.supplies = match folder.table(report) {
        Some(rows) => supplies::read(&rows, &draft, sources, report),
        None => Register::lost("supply"),
    };
    draft.demands = match folder.table(report) {
        Some(rows) => demands::read(&rows, &draft, sources, report),
        None => Register::lost("demand"),
    };
    if let Some(rows) = folder.table(report) {
        draft.routes = routes::read(&rows, &draft, sources, report);
    }
    draft
}

/// Reads the corridors into the draft and returns the baseline that they carry.
fn read_corridors(
    folder: &mut Folder,
    draft: &mut Draft,
    sources: &Sources,
    report: &mut Report,
) -> BTreeMap<Pair, BaselineEntry> {
    if let Some(rows) = folder.table(report) {
        draft.corridors = corridors::read(&rows, draft, sources, report);
    }
    match folder.table(report) {
        Some(rows) => baseline::read(&rows, draft, sources, report),
        None => BTreeMap::new(),
    }
}

fn read_capacities(folder: &mut Folder, draft: &mut Draft, sources: &Sources, report: &mut Report) {
    if let Some(rows) = folder.table(report) {
        draft.capacities = capacities::read(&rows, draft, sources, report);
    }
}
