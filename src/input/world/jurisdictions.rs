//! `jurisdictions.csv`: states, the blocs they belong to, and the rest of the world.

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::entries::{JurisdictionEntry, Jurisdictions, ListedSources};
use super::named_rows::{self, NamedRow};
use crate::diagnostic::Report;

/// A row of `jurisdictions.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct JurisdictionRow {
    id: CsvCell,
    name: CsvCell,
    blocs: CsvCell,
    role: CsvCell,
    source: CsvCell,
}

impl WireRow for JurisdictionRow {
    const FILE: &'static str = "jurisdictions.csv";
    const REQUIRED: &'static [&'static str] = &["id", "name", "blocs", "source"];
    const OPTIONAL: &'static [&'static str] = &["role"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for JurisdictionRow {
    const WHAT: &'static str = "jurisdiction";

    fn id(&self) -> &CsvCell {
        &self.id
    }
}

/// Reads the jurisdictions. No bloc may be called like one of them: measures name both.
pub(super) fn read(rows: &CsvRows<JurisdictionRow>, sources: &ListedSources, report: &mut Report) -> Jurisdictions {
    let table = named_rows::read(rows, sources, report, |row, reader| {
        let name = reader.text(&row.name);
        let blocs = blocs(&row.blocs, reader);
        let role = role(&row.role, reader);
        let source = reader.source(&row.source);
        source?;
        Some(JurisdictionEntry {
            name: name?,
            blocs: blocs?,
            rest_of_world: role?,
        })
    });
    let mut reader = CellReader::new(rows.file, sources, report);
    for bloc in rows.iter().flat_map(|row| row.blocs.entries()) {
        if table.find(&bloc.text).is_some() {
            reader.fault(&bloc, format!("`{}` is both a jurisdiction and a bloc", bloc.text));
        }
    }
    table
}

fn blocs(cell: &CsvCell, reader: &mut CellReader) -> Option<Vec<String>> {
    let entries = cell.entries();
    let mut blocs: Vec<String> = Vec::new();
    for entry in &entries {
        let Some(bloc) = reader.id(entry) else { continue };
        if blocs.contains(&bloc) {
            reader.fault(entry, format!("`{bloc}` is listed twice"));
        } else {
            blocs.push(bloc);
        }
    }
    (blocs.len() == entries.len()).then_some(blocs)
}

fn role(cell: &CsvCell, reader: &mut CellReader) -> Option<bool> {
    if cell.is_blank() {
        return Some(false);
    }
    reader.choice(cell, &[("rest_of_world", true)])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Jurisdictions, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let jurisdictions = read(&rows, &ListedSources::default(), &mut report);
        (jurisdictions, messages(&report))
    }

    #[test]
    fn blocs_and_role_are_read() {
        let (jurisdictions, said) =
            read_text("id,name,blocs,source,role\nDE,Germany,EU;G7,x,\nRW,Rest,,x,rest_of_world\n");
        assert_eq!(said, "");
        let entries: Vec<_> = jurisdictions.iter().map(|(_, entry)| entry).collect();
        assert_eq!(entries[0].blocs, ["EU", "G7"]);
        assert_eq!([entries[0].rest_of_world, entries[1].rest_of_world], [false, true]);
    }

    #[test]
    fn a_bloc_is_no_jurisdiction_and_is_listed_once() {
        let (_, said) = read_text("id,name,blocs,source\nEU,Union,,x\nDE,Germany,EU;G7;G7,x\n");
        assert_eq!(
            said,
            "jurisdictions.csv:3:18: `G7` is listed twice\n\
             jurisdictions.csv:3:12: `EU` is both a jurisdiction and a bloc"
        );
    }

    #[test]
    fn ids_are_names_and_not_the_word_for_totals() {
        let (_, said) = read_text("id,name,blocs,source\n-a,A,,x\nall,A,,x\nÄ,A,,x\n,A,,x\n");
        assert_eq!(
            said,
            "jurisdictions.csv:2:1: `-a` is not an id\n\
             jurisdictions.csv:3:1: `all` is no id: results call totals so\n\
             jurisdictions.csv:4:1: `Ä` is not an id\n\
             jurisdictions.csv:5:1: `id` is empty"
        );
    }
}
