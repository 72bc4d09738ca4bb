//! `jurisdictions.csv`: states, the blocs they belong to, and the rest of the world.

use serde::Deserialize;

use super::cell::Cell;
use super::reading::{Reading, Sources};
use super::register::{NamedRow, Register};
use super::table::{Rows, WireRow};
use crate::diagnostic::Report;
use crate::model::JurisdictionIndex;

/// A row of `jurisdictions.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct JurisdictionRow {
    id: Cell,
    name: Cell,
    blocs: Cell,
    role: Cell,
    source: Cell,
}

impl WireRow for JurisdictionRow {
    const FILE: &'static str = "jurisdictions.csv";
    const REQUIRED: &'static [&'static str] = &["id", "name", "blocs", "source"];
    const OPTIONAL: &'static [&'static str] = &["role"];
    const IS_ESSENTIAL: bool = true;
}

impl NamedRow for JurisdictionRow {
    const WHAT: &'static str = "jurisdiction";

    fn id(&self) -> &Cell {
        &self.id
    }
}

/// What a row says of its jurisdiction.
#[derive(Debug)]
pub(super) struct JurisdictionEntry {
    pub name: String,
    pub blocs: Vec<String>,
    pub rest_of_world: bool,
}

/// The jurisdictions of a world.
pub(super) type Jurisdictions = Register<JurisdictionIndex, JurisdictionEntry>;

/// Reads the jurisdictions. No bloc may be called like one of them: measures name both.
pub(super) fn read(rows: &Rows<JurisdictionRow>, sources: &Sources, report: &mut Report) -> Jurisdictions {
    let register = Register::read(rows, sources, report, |row, reading| {
        let name = reading.text(&row.name);
        let blocs = blocs(&row.blocs, reading);
        let role = role(&row.role, reading);
        let source = reading.source(&row.source);
        source?;
        Some(JurisdictionEntry {
            name: name?,
            blocs: blocs?,
            rest_of_world: role?,
        })
    });
    let mut reading = Reading::new(rows.file, sources, report);
    for bloc in rows.iter().flat_map(|row| row.blocs.entries()) {
        if register.find(&bloc.text).is_some() {
            reading.fault(&bloc, format!("`{}` is both a jurisdiction and a bloc", bloc.text));
        }
    }
    register
}

fn blocs(cell: &Cell, reading: &mut Reading) -> Option<Vec<String>> {
    let entries = cell.entries();
    let mut blocs: Vec<String> = Vec::new();
    for entry in &entries {
        let Some(bloc) = reading.id(entry) else { continue };
        if blocs.contains(&bloc) {
            reading.fault(entry, format!("`{bloc}` is listed twice"));
        } else {
            blocs.push(bloc);
        }
    }
    (blocs.len() == entries.len()).then_some(blocs)
}

fn role(cell: &Cell, reading: &mut Reading) -> Option<bool> {
    if cell.is_blank() {
        return Some(false);
    }
    reading.choice(cell, &[("rest_of_world", true)])
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    fn read_text(text: &str) -> (Jurisdictions, String) {
        let mut report = Report::default();
        let rows = testing::rows(text, &mut report);
        let jurisdictions = read(&rows, &Sources::default(), &mut report);
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
