//! The rows of one table by their ids.

use std::collections::BTreeMap;

use crate::diagnostic::{Place, Report};
use crate::model::Index;

/// The rows of one table. A row at fault is a hole, so that rows which refer to it are not blamed.
pub(super) struct DraftTable<I, T> {
    /// The word for a row, in the singular.
    what: &'static str,
    rows: Vec<DraftRow<T>>,
    by_id: BTreeMap<String, I>,
    /// Whether every row's id is known.
    whole: bool,
}

/// One row of a table.
pub(super) struct DraftRow<T> {
    /// Empty where it was at fault.
    pub id: String,
    /// The cell of the id.
    pub place: Place,
    /// None for a row at fault.
    pub entry: Option<T>,
}

impl<I: Index, T> DraftTable<I, T> {
    /// A table without rows. `what` is the word for one of them.
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            rows: Vec::new(),
            by_id: BTreeMap::new(),
            whole: true,
        }
    }

    /// The table of a file that could not be read, so that no reference to it is blamed.
    pub fn lost(what: &'static str) -> Self {
        let mut table = Self::new(what);
        table.lose_rows();
        table
    }

    /// Adds a row; one whose id is taken is at fault.
    pub fn push(&mut self, id: Option<String>, place: Place, entry: Option<T>, report: &mut Report) {
        if let Some(id) = id {
            let index = I::new(self.rows.len());
            // The row stays in either case, so that its index is its position in the file.
            if self.by_id.contains_key(&id) {
                report.fault(
                    place.clone(),
                    format!("there are two {} called `{id}`", plural(self.what)),
                );
            } else {
                self.by_id.insert(id.clone(), index);
            }
            self.rows.push(DraftRow { id, place, entry });
        } else {
            self.whole = false;
            let id = String::new();
            self.rows.push(DraftRow { id, place, entry });
        }
    }

    /// Notes that rows are missing, so that an unknown id is not reported.
    pub fn lose_rows(&mut self) {
        self.whole = false;
    }

    /// Whether every row's id is known.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The word for a row, in the singular.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The row of an id.
    pub fn find(&self, id: &str) -> Option<I> {
        self.by_id.get(id).copied()
    }

    /// All ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// The id of a row.
    pub fn id(&self, index: I) -> &str {
        &self.rows[index.row()].id
    }

    /// The place of a row's id.
    pub fn place(&self, index: I) -> Place {
        self.rows[index.row()].place.clone()
    }

    /// The entry of a row; none if the row is at fault.
    pub fn get(&self, index: I) -> Option<&T> {
        self.rows[index.row()].entry.as_ref()
    }

    /// How many rows there are, those at fault included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows that are not at fault, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        let entries = self.rows.iter().enumerate();
        entries.filter_map(|(row, listed)| Some((I::new(row), listed.entry.as_ref()?)))
    }
}

/// The plural of the words for rows.
fn plural(what: &str) -> String {
    match what.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{what}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::messages;
    use super::*;
    use crate::model::SupplyIndex;

    /// A table of supplies, whose ids stand one after the other in a file.
    fn table(rows: &[(Option<&str>, Option<i32>)]) -> (DraftTable<SupplyIndex, i32>, String) {
        let mut report = Report::default();
        let source = report.add_source(Path::new("supplies.csv"), "x".repeat(rows.len()));
        let mut table = DraftTable::new("supply");
        for (row, (id, entry)) in rows.iter().enumerate() {
            let span = row..row + 1;
            table.push(id.map(str::to_owned), Place { source, span }, *entry, &mut report);
        }
        (table, messages(&report))
    }

    #[test]
    fn a_row_at_fault_keeps_its_index_and_its_id_is_known() {
        let (table, said) = table(&[(Some("a"), None), (Some("b"), Some(2))]);
        assert_eq!(said, "");
        assert!(table.is_whole(), "every id is known");
        assert_eq!(table.find("a").map(|index| table.get(index)), Some(None));
        assert_eq!(table.find("b").and_then(|index| table.get(index)), Some(&2));
        let sound: Vec<_> = table.iter().map(|(index, entry)| (index.row(), *entry)).collect();
        assert_eq!((sound, table.len()), (vec![(1, 2)], 2));
    }

    #[test]
    fn a_table_with_a_row_without_id_is_not_whole() {
        let (table, _) = table(&[(None, Some(1))]);
        assert!(!table.is_whole());
        assert_eq!((table.ids().count(), table.len()), (0, 1));
        assert!(!DraftTable::<SupplyIndex, i32>::lost("supply").is_whole());
    }

    #[test]
    fn an_id_given_twice_is_reported_in_the_plural_and_means_the_first_row() {
        let (table, said) = table(&[(Some("a"), Some(1)), (Some("a"), Some(2))]);
        assert_eq!(said, "supplies.csv:1:2: there are two supplies called `a`");
        assert_eq!(table.find("a").map(Index::row), Some(0));
    }
}
