//! Turning cells into values. Each fault is reported at its cell.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::cell::CsvCell;
use super::csv_rows::MOST_FAULTS;
use super::draft_table::DraftTable;
use super::entries::{CargoClass, ListedSources};
use super::number::{self, NumberError};
use crate::diagnostic::{Diagnostic, Place, Report, Severity, SourceId, nearest};
use crate::input::scenario::leaves::TOTAL;
use crate::model::{Index, NumberRange, Unusual};

/// Longest id. Users type ids in files, commands and dotted names, so they should be short.
const LONGEST_ID: usize = 64;

/// An unknown id is told which are known if they are no more than this.
const MOST_LISTED: usize = 12;

/// So many unusual numbers of a table are pointed out one by one.
const MOST_DOUBTS: usize = 10;

/// Reads the cells of one table. Its methods return none after a fault, which they have reported.
pub(super) struct CellReader<'r> {
    pub report: &'r mut Report,
    file: SourceId,
    sources: &'r ListedSources,
    /// How many faults were found at cells of this table.
    faults: usize,
    /// How many numbers of this table are unusual.
    doubts: usize,
    /// Receives the faults beyond the most that are reported, and is dropped.
    untold: Diagnostic,
}

impl<'r> CellReader<'r> {
    /// Begins to read a table.
    pub fn new(file: SourceId, sources: &'r ListedSources, report: &'r mut Report) -> Self {
        let untold = Diagnostic {
            severity: Severity::Fault,
            message: String::new(),
            place: None,
            help: None,
            more: 0,
        };
        Self {
            report,
            file,
            sources,
            faults: 0,
            doubts: 0,
            untold,
        }
    }

    /// Where a cell stands.
    pub fn place(&self, cell: &CsvCell) -> Place {
        Place {
            source: self.file,
            span: cell.span.clone(),
        }
    }

    /// Reports a fault at a cell. Only the first [`MOST_FAULTS`] of a table are reported: a file of another kind would
    /// have one in every cell.
    pub fn fault(&mut self, cell: &CsvCell, message: impl Into<String>) -> &mut Diagnostic {
        let place = self.place(cell);
        self.faults += 1;
        match self.faults.cmp(&MOST_FAULTS) {
            Ordering::Less => self.report.fault(place, message),
            // Said once, in place of the first fault that is left out.
            Ordering::Equal => self.report.fault(place, "further faults in this table are not told"),
            Ordering::Greater => &mut self.untold,
        }
    }

    /// The cell if something is written in it. A blank one is reported; a missing column has been already.
    fn filled<'c>(&mut self, cell: &'c CsvCell) -> Option<&'c CsvCell> {
        if cell.is_absent() {
            return None;
        }
        if cell.is_blank() {
            self.fault(cell, format!("`{}` is empty", cell.column));
            return None;
        }
        Some(cell)
    }

    /// A text that must not be blank.
    pub fn text(&mut self, cell: &CsvCell) -> Option<String> {
        self.filled(cell).map(|cell| cell.text.clone())
    }

    /// Where a row comes from: one of the listed sources, if the world lists them.
    pub fn source(&mut self, cell: &CsvCell) -> Option<String> {
        let source = self.text(cell)?;
        let Some(listed) = &self.sources.listed else {
            return Some(source);
        };
        if listed.contains_key(&source) {
            return Some(source);
        }
        let meant = nearest(&source, listed.keys().map(String::as_str)).map(str::to_owned);
        let place = self.place(cell);
        let fault = self
            .report
            .fault_once(place, format!("the source `{source}` is not in sources.csv"), false);
        if let Some(meant) = meant {
            fault.help(format!("did you mean `{meant}`?"));
        }
        None
    }

    /// The name of a row.
    pub fn id(&mut self, cell: &CsvCell) -> Option<String> {
        let id = self.text(cell)?;
        if id.len() > LONGEST_ID {
            self.fault(cell, format!("an id has at most {LONGEST_ID} characters"));
            return None;
        }
        self.well_formed(cell, id, "._-")
    }

    /// The name of a route: ids of generated routes are made of other ids, joined by `>` and `:`.
    pub fn route_id(&mut self, cell: &CsvCell) -> Option<String> {
        let id = self.text(cell)?;
        self.well_formed(cell, id, "._->:")
    }

    fn well_formed(&mut self, cell: &CsvCell, id: String, signs: &str) -> Option<String> {
        // Result tables could not tell such a row from the total.
        if id == TOTAL {
            self.fault(cell, format!("`{TOTAL}` is no id: results call totals so"));
            return None;
        }
        let is_sound = id.starts_with(|first: char| first.is_ascii_alphanumeric())
            && id
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || signs.contains(letter));
        if is_sound {
            return Some(id);
        }
        let listed: Vec<String> = signs.chars().map(|sign| format!("'{sign}'")).collect();
        self.fault(cell, format!("`{id}` is not an id")).help(format!(
            "an id begins with a letter or digit and has only letters (a-z, A-Z), digits, {}",
            listed.join(", ")
        ));
        None
    }

    /// A number that must be there.
    pub fn number(&mut self, cell: &CsvCell, range: impl Into<NumberRange>) -> Option<f64> {
        let range = range.into();
        let parsed = number::parse(&self.filled(cell)?.text, range.domain);
        let value = self.accept(cell, parsed)?;
        if let Some(unusual) = range.unusual(value) {
            self.doubt(cell, unusual);
        }
        Some(value)
    }

    /// Warns of a number that is hardly meant, of the first few in a table: a table in other units is full of them.
    fn doubt(&mut self, cell: &CsvCell, unusual: Unusual) {
        let place = self.place(cell);
        self.doubts += 1;
        match self.doubts.cmp(&MOST_DOUBTS) {
            Ordering::Less => self
                .report
                .warning(place, format!("`{}` {}", cell.column, unusual.message))
                .help(unusual.help),
            Ordering::Equal => self
                .report
                .warning(place, "further unusual numbers in this table are not told"),
            Ordering::Greater => &mut self.untold,
        };
    }

    /// A number or a blank. The outer option is none after a fault.
    pub fn number_or_blank(&mut self, cell: &CsvCell, range: impl Into<NumberRange>) -> Option<Option<f64>> {
        if cell.is_blank() {
            return Some(None);
        }
        self.number(cell, range).map(Some)
    }

    /// A whole number from 1 to `most`.
    pub fn count(&mut self, cell: &CsvCell, most: usize) -> Option<usize> {
        let text = &self.filled(cell)?.text;
        let count = text.parse().ok().filter(|count| (1..=most).contains(count));
        if count.is_none() {
            let message = format!(
                "`{}` must be a whole number from 1 to {most}, found `{text}`",
                cell.column
            );
            self.fault(cell, message);
        }
        count
    }

    /// One of a few words.
    pub fn choice<C: Copy>(&mut self, cell: &CsvCell, choices: &[(&str, C)]) -> Option<C> {
        let word = self.filled(cell)?.text.as_str();
        let chosen = choices
            .iter()
            .find(|(name, _)| *name == word)
            .map(|&(_, choice)| choice);
        if chosen.is_none() {
            let names: Vec<&str> = choices.iter().map(|&(name, _)| name).collect();
            self.fault(cell, format!("unknown {} `{word}`", cell.column))
                .help(format!("it is one of {}", names.join(", ")));
        }
        chosen
    }

    /// The row of another table that a cell names.
    pub fn reference<I: Index, T>(&mut self, cell: &CsvCell, table: &DraftTable<I, T>) -> Option<I> {
        let id = self.filled(cell)?.text.as_str();
        let found = table.find(id);
        // In a table with unread rows the id may be in one of them.
        if found.is_none() && table.is_whole() {
            let fault = self.fault(cell, format!("unknown {} `{id}`", table.what()));
            if let Some(meant) = nearest(id, table.ids()) {
                fault.help(format!("did you mean `{meant}`?"));
            } else if (1..=MOST_LISTED).contains(&table.ids().count()) {
                let known: Vec<&str> = table.ids().collect();
                fault.help(format!("known are {}", known.join(", ")));
            }
        }
        found
    }

    /// The rows that a list names. With `once`, a name given twice is a fault.
    pub fn references<I: Index, T>(&mut self, cell: &CsvCell, table: &DraftTable<I, T>, once: bool) -> Option<Vec<I>> {
        let entries = cell.entries();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for entry in &entries {
            // A blank entry is reported as such below.
            if once && !entry.is_blank() && !seen.insert(entry.text.as_str()) {
                self.fault(entry, format!("`{}` is listed twice", entry.text));
            } else if let Some(index) = self.reference(entry, table) {
                found.push(index);
            }
        }
        (found.len() == entries.len() && !cell.is_absent()).then_some(found)
    }

    /// Like [`Self::references`], for a list that must not be empty and names nothing twice.
    pub fn some_references<I: Index, T>(&mut self, cell: &CsvCell, table: &DraftTable<I, T>) -> Option<Vec<I>> {
        self.filled(cell)?;
        self.references(cell, table, true)
    }

    /// A list of cargo classes, none of them twice; it may be blank. Whether some good is of each is checked later.
    pub fn cargo_classes(&mut self, cell: &CsvCell) -> Option<Vec<CargoClass>> {
        let entries = cell.entries();
        let mut classes: Vec<CargoClass> = Vec::new();
        for entry in &entries {
            let Some(name) = self.id(entry) else { continue };
            if classes.iter().any(|class| class.name == name) {
                self.fault(entry, format!("`{name}` is listed twice"));
            } else {
                let place = self.place(entry);
                classes.push(CargoClass { name, place });
            }
        }
        (classes.len() == entries.len()).then_some(classes)
    }

    fn accept<V>(&mut self, cell: &CsvCell, parsed: Result<V, NumberError>) -> Option<V> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                let fault = self.fault(cell, format!("`{}` {}", cell.column, error.message));
                fault.help = error.help;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Example, messages};
    use super::super::{jurisdictions, testing};
    use super::*;

    #[test]
    fn a_table_of_nonsense_is_not_told_cell_by_cell() {
        let mut report = Report::default();
        let text = format!("id,name,blocs,source\n{}", "?,?,?,?\n".repeat(MOST_FAULTS));
        let rows = testing::rows(&text, &mut report);
        jurisdictions::read(&rows, &ListedSources::default(), &mut report);
        assert_eq!(report.count(Severity::Fault), MOST_FAULTS);
        assert!(messages(&report).ends_with("further faults in this table are not told"));
    }

    #[test]
    fn ids_are_short_but_those_of_routes() {
        let long = "x".repeat(LONGEST_ID + 1);
        let example = Example::spelt_out();
        example
            .clone()
            .patched("routes.csv", "pellets-west", &format!("{long}>a:b"))
            .world();
        let said = example.patched("capacities.csv", "road-west", &long).faults();
        assert!(said.contains("an id has at most 64 characters"), "{said}");
    }
}
