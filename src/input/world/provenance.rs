//! Where a world comes from: its sources, the rows that cite them, and the sources of baseline flows.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::WorldDraft;
use super::entries::ListedSources;
use crate::model::{Provenance, Source, SourceIndex, Table, TableSources, World};

/// Finds the sources of all rows of a draft without faults. `cited` has, for each table, how many rows cite each source.
pub(super) fn trace(
    sources: &ListedSources,
    cited: &[(&'static str, BTreeMap<String, usize>)],
    draft: &WorldDraft,
    world: &World,
) -> Provenance {
    let sources = list(sources, cited);
    let by_id: BTreeMap<&str, SourceIndex> = sources
        .iter()
        .map(|(index, source)| (source.id.as_str(), index))
        .collect();
    let of_table = |(table, rows): &(&'static str, BTreeMap<String, usize>)| TableSources {
        table,
        rows: rows.iter().map(|(id, &rows)| (by_id[id.as_str()], rows)).collect(),
    };
    let tables = cited.iter().map(of_table).collect();
    let of_baseline = |id: &String| {
        let entry = draft.routes.find(id).and_then(|route| draft.routes.get(route))?;
        by_id.get(entry.baseline_source.as_str()).copied()
    };
    let routes = world.routes.rows().iter();
    let baseline: Vec<SourceIndex> = routes.filter_map(|route| of_baseline(&route.id)).collect();
    debug_assert_eq!(
        baseline.len(),
        world.routes.len(),
        "every route of a sound draft cites a source"
    );
    Provenance {
        sources,
        tables,
        baseline,
    }
}

/// The sources sorted by id: those of `sources.csv`, or all that rows cite in a world without that table.
fn list(sources: &ListedSources, cited: &[(&'static str, BTreeMap<String, usize>)]) -> Table<SourceIndex, Source> {
    let Some(listed) = &sources.listed else {
        let ids: BTreeSet<&String> = cited.iter().flat_map(|(_, rows)| rows.keys()).collect();
        let unlisted = |id: &String| Source {
            id: id.clone(),
            citation: String::new(),
            licence: String::new(),
            status: None,
        };
        return ids.into_iter().map(unlisted).collect();
    };
    let sources = listed.iter().map(|(id, entry)| Source {
        id: id.clone(),
        citation: entry.citation.clone(),
        licence: entry.licence.clone(),
        status: Some(entry.status),
    });
    sources.collect()
}
