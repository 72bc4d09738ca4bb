//! Names that meet in results: a measure called like a capacity, a scenario called like a table.

use std::path::Path;

use super::draft::Draft;
use super::extends::{beside, identity};
use super::leaves::Text;
use super::wire::Placed;
use crate::diagnostic::Report;

/// Names that Windows keeps for devices, whatever follows them behind a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Why a folder of results cannot have a name, as advice; none if it can.
pub(super) fn why_no_folder(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    let is_port = |kind: &str| {
        let number = stem.strip_prefix(kind);
        number.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
    };
    if name.ends_with(".csv") || name.ends_with(".json") {
        Some("rename it: results hold tables and manifests under names that end so")
    } else if DEVICES.contains(&stem) || is_port("com") || is_port("lpt") {
        Some("rename it: Windows keeps this name for a device")
    } else if name.ends_with('.') {
        Some("rename it: Windows has no folders whose names end with a dot")
    } else {
        None
    }
}

impl Draft<'_> {
    /// Reports measures that are called like a capacity of the world: `capacities.csv` lists both by their ids.
    pub fn check_names(&mut self, world: &Placed<Text>) {
        for line in self.measures.iter().chain(&self.programmes) {
            let id = &line.value.terms.id;
            if self.world.capacities.rows().iter().all(|capacity| capacity.id != *id) {
                continue;
            }
            let folder = beside(self.report.path(world.place.source), &world.value.0);
            let row = row_of(&folder.join("capacities.csv"), id, self.report);
            let row = row.map_or(String::new(), |row| format!(", line {row} of capacities.csv"));
            let message = format!("`{id}` is the id of a capacity too{row}");
            self.report
                .fault(line.place.clone(), message)
                .help("the table capacities.csv of the results lists both by their ids: choose another id");
        }
    }
}

/// The line of a table whose first cell is `id`, counted from one.
fn row_of(table: &Path, id: &str, report: &Report) -> Option<usize> {
    let text = report.text_of(&identity(table))?;
    let is_row = |line: &str| {
        line.split(',')
            .next()
            .is_some_and(|cell| cell.trim().trim_matches('"') == id)
    };
    text.lines().position(is_row).map(|line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables_and_devices_name_no_results() {
        for name in ["summary.csv", "Manifest.JSON", "nul", "COM1", "aux.v2", "plan."] {
            assert!(why_no_folder(name).is_some(), "{name}");
        }
        for name in ["summary", "console", "com10", "v1.2", "csv"] {
            assert_eq!(why_no_folder(name), None, "{name}");
        }
    }
}
