//! Reading a world: a folder of CSV tables becomes a [`World`].
//!
//! The way from text to world:
//!
//! 1. `file`, `scan`, `header`, `csv_rows`: the text of a file becomes rows of cells.
//! 2. `cell_reader`, `number`: a cell becomes a value.
//! 3. One file per table (`nodes`, `links`, ...) reads its rows into `entries`, which `draft` collects.
//! 4. `generate`: corridors become routes, by the rules of [`crate::network`].
//! 5. `checks`: finds the faults that only the whole world shows.
//! 6. `assemble`: a draft without faults becomes a world.
//!
//! Reading goes on after a fault, so that all faults are reported at once. A row at fault stays in its table as a hole:
//! rows that refer to it are not blamed.

mod assemble;
mod baseline;
mod capacities;
mod carriers;
mod cell;
mod cell_reader;
mod checks;
mod commodities;
mod corridors;
mod csv_rows;
mod demands;
mod draft;
mod draft_table;
mod entries;
mod file;
mod folder;
mod foreign;
mod generate;
mod header;
mod jurisdictions;
mod links;
mod named_rows;
mod neighbours;
mod nodes;
mod number;
mod number_builder;
mod observed;
mod price_index;
mod provenance;
mod ranges;
mod routes;
mod routes_table;
mod scan;
mod sources;
mod supplies;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod transfers;

pub use routes_table::{ROUTES_HEADER, routes_table};

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::{Report, Severity};
use crate::model::World;
use crate::network::SupplyDemandPair;
use draft::WorldDraft;
use draft_table::DraftTable;
use entries::{BaselineEntry, ListedSources};
use folder::WorldFolder;

/// Reads the world in `folder`; none if that added faults to the report.
///
/// `scope` names the commodities to keep. Supplies, demands, routes and capacities of other commodities are checked too,
/// then dropped with their numbers; [`World::out_of_scope`] lists them.
pub fn read(folder: &Path, scope: Option<&BTreeSet<String>>, report: &mut Report) -> Option<World> {
    let faults = report.count(Severity::Fault);
    let is_sound = |report: &Report| report.count(Severity::Fault) == faults;
    let mut folder = WorldFolder::open(folder, report)?;
    let sources = read_sources(&mut folder, report);
    let mut draft = read_tables(&mut folder, &sources, report);
    let baseline = read_corridors(&mut folder, &mut draft, &sources, report);
    // Paths are searched only in a network without holes.
    if is_sound(report) {
        generate::generate(&mut draft, &baseline, report);
    }
    if is_sound(report) {
        checks::check_openness(&draft, report);
        checks::check_places(&draft, report);
        checks::check_paths(&draft, report);
        checks::check_flows(&draft, report);
        checks::check_gains(&draft, report);
        neighbours::check(&draft, report);
    } else {
        // Routes of corridors are missing now: a capacity that names one is not at fault.
        draft.routes.lose_rows();
    }
    read_capacities(&mut folder, &mut draft, &sources, report);
    if let Some(rows) = folder.table(report) {
        draft.observed = observed::read(&rows, &draft, &sources, report);
    }
    if let Some(rows) = folder.table(report) {
        draft.price_index = price_index::read(&rows, &draft, &sources, report);
    }
    if !is_sound(report) {
        return None;
    }
    // Only in a sound draft: with routes missing, a capacity would look unused.
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

fn read_sources(folder: &mut WorldFolder, report: &mut Report) -> ListedSources {
    match folder.table(report) {
        Some(rows) => sources::read(&rows, report),
        None => ListedSources::default(),
    }
}

/// Reads the tables that the others refer to, and the routes that are spelt out.
fn read_tables(folder: &mut WorldFolder, sources: &ListedSources, report: &mut Report) -> WorldDraft {
    // Each table may refer to those before it.
    let mut draft = WorldDraft::default();
    draft.jurisdictions = match folder.table(report) {
        Some(rows) => jurisdictions::read(&rows, sources, report),
        None => DraftTable::lost("jurisdiction"),
    };
    draft.nodes = match folder.table(report) {
        Some(rows) => nodes::read(&rows, &draft, sources, report),
        None => DraftTable::lost("node"),
    };
    draft.links = match folder.table(report) {
        Some(rows) => links::read(&rows, &draft, sources, report),
        None => DraftTable::lost("link"),
    };
    draft.commodities = match folder.table(report) {
        Some(rows) => commodities::read(&rows, sources, report),
        None => DraftTable::lost("commodity"),
    };
    draft.supplies = match folder.table(report) {
        Some(rows) => supplies::read(&rows, &draft, sources, report),
        None => DraftTable::lost("supply"),
    };
    draft.demands = match folder.table(report) {
        Some(rows) => demands::read(&rows, &draft, sources, report),
        None => DraftTable::lost("demand"),
    };
    if let Some(rows) = folder.table(report) {
        draft.transfers = transfers::read(&rows, &draft, sources, report);
    }
    checks::check_cargo(&draft, report);
    if let Some(rows) = folder.table(report) {
        draft.routes = routes::read(&rows, &draft, sources, report);
    }
    draft
}

/// Reads the corridors into the draft and returns the baseline that they carry.
fn read_corridors(
    folder: &mut WorldFolder,
    draft: &mut WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> BTreeMap<SupplyDemandPair, BaselineEntry> {
    if let Some(rows) = folder.table(report) {
        draft.corridors = corridors::read(&rows, draft, sources, report);
    }
    match folder.table(report) {
        Some(rows) => baseline::read(&rows, draft, sources, report),
        None => BTreeMap::new(),
    }
}

fn read_capacities(folder: &mut WorldFolder, draft: &mut WorldDraft, sources: &ListedSources, report: &mut Report) {
    if let Some(rows) = folder.table(report) {
        draft.capacities = capacities::read(&rows, draft, sources, report);
    }
}
