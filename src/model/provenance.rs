//! Where the numbers of a world come from, and how sure that is.

use std::collections::BTreeMap;

use super::table::{Index, RouteIndex, SourceIndex, Table};

/// How sure a source is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    /// Somebody measured it.
    Observed,
    /// It follows from what was measured.
    Derived,
    /// Nobody measured it.
    Assumed,
}

impl Status {
    /// All of them, the surest first.
    pub const ALL: [Self; 3] = [Self::Observed, Self::Derived, Self::Assumed];

    /// The status as files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Derived => "derived",
            Self::Assumed => "assumed",
        }
    }
}

/// A source that rows of a world cite.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// Its id in `sources.csv`; in a world without that table, the text of the column `source`.
    pub id: String,
    /// In words; empty in a world that lists no sources.
    pub citation: String,
    /// Who may use it how; empty in a world that lists no sources.
    pub licence: String,
    /// None in a world that lists no sources.
    pub status: Option<Status>,
}

/// How many rows of one table cite each source.
#[derive(Clone, PartialEq, Debug)]
pub struct TableSources {
    /// The file's name.
    pub table: &'static str,
    /// How many rows cite each source.
    pub rows: BTreeMap<SourceIndex, usize>,
}

/// The sources of a world: all of them, and those of its tables and baseline flows.
#[derive(Clone, Default, Debug)]
pub struct Provenance {
    /// Sorted by id.
    pub sources: Table<SourceIndex, Source>,
    /// Every table with a column `source`, rows out of scope included.
    pub tables: Vec<TableSources>,
    /// The source of each route's baseline flow, by route.
    pub baseline: Vec<SourceIndex>,
}

impl Provenance {
    /// The status of a source by its id. None if no table has such a source, or it has no status.
    pub fn status(&self, id: &str) -> Option<Status> {
        let rows = self.sources.rows();
        let place = rows.binary_search_by(|source| source.id.as_str().cmp(id)).ok()?;
        rows[place].status
    }

    /// The source of a route's baseline flow.
    pub fn of_baseline(&self, route: RouteIndex) -> &Source {
        &self.sources[self.baseline[route.row()]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_found_by_id_and_flows_by_route() {
        let source = |id: &str, status| Source {
            id: id.to_owned(),
            citation: String::new(),
            licence: String::new(),
            status,
        };
        let provenance = Provenance {
            sources: [
                source("Comtrade", Some(Status::Observed)),
                source("judgement", Some(Status::Assumed)),
                source("unlisted", None),
            ]
            .into_iter()
            .collect(),
            tables: Vec::new(),
            baseline: vec![SourceIndex::new(1), SourceIndex::new(0)],
        };
        assert_eq!(provenance.status("judgement"), Some(Status::Assumed));
        assert_eq!(provenance.status("unlisted"), None);
        assert_eq!(provenance.status("default"), None);
        assert_eq!(provenance.of_baseline(RouteIndex::new(1)).id, "Comtrade");
    }
}
