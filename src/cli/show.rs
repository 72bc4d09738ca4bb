//! `roundabout show`: what a world or a scenario holds.

mod scenario;
mod world;

use std::path::PathBuf;

use clap::Args;

use super::{Error, terminal};
use crate::comparison::Format;
use crate::report::Grid;
use crate::report::map::Part;
use crate::results::TextTable;

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct ShowArguments {
    /// Folder of a world, or a scenario file
    #[arg(value_name = "WORLD|SCENARIO")]
    path: PathBuf,
    /// Of a world: show the routes whose id matches, each as a list of places; * stands for any text; may be repeated
    #[arg(long = "route", value_name = "PATTERN")]
    routes: Vec<String>,
    /// Of a world: show the routes of the corridors with this id; may be repeated
    #[arg(long = "corridor", value_name = "ID")]
    corridors: Vec<String>,
    /// Draw the world, or these routes, on a map
    #[arg(long, value_name = "FILE.svg")]
    map: Option<PathBuf>,
    /// The part of the world that the map shows, in degrees
    #[arg(
        long,
        value_name = "WEST,SOUTH,EAST,NORTH",
        requires = "map",
        allow_hyphen_values = true
    )]
    part: Option<Part>,
    /// Of a scenario: draw its measures and programmes as bars over its months
    #[arg(long, value_name = "FILE.svg")]
    timeline: Option<PathBuf>,
    /// How to write the listings
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints the ids and names of a world, its chosen routes, or what a scenario says after all that it extends.
///
/// # Errors
/// When the input is invalid, an option belongs to the other of the two, or a picture cannot be written.
pub fn run(arguments: &ShowArguments) -> Result<(), Error> {
    let listings = if arguments.path.is_dir() {
        refuse(
            "a scenario, and this is the folder of a world",
            &[("--timeline", arguments.timeline.is_some())],
        )?;
        world::listings(arguments)?
    } else {
        let given = [
            ("--route", !arguments.routes.is_empty()),
            ("--corridor", !arguments.corridors.is_empty()),
            ("--map", arguments.map.is_some()),
        ];
        refuse("the folder of a world, and this is none", &given)?;
        scenario::listings(arguments)?
    };
    Ok(terminal::print(&render(&listings, arguments.format)?)?)
}

fn refuse(of: &str, options: &[(&str, bool)]) -> Result<(), Error> {
    match options.iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => Err(Error::Usage(format!("{option} is for {of}"))),
        None => Ok(()),
    }
}

/// A listing for people, and its name for programs.
struct Listing {
    name: &'static str,
    grid: Grid,
    /// The last columns that a terminal has no room for.
    further: usize,
}

impl Listing {
    fn new(name: &'static str, title: &str, columns: &[&str], words: usize) -> Self {
        Self {
            name,
            grid: Grid::new(title, columns, words),
            further: 0,
        }
    }

    /// The table for a terminal.
    fn to_text(&self) -> String {
        let mut grid = self.grid.clone();
        let shown = grid.columns.len() - self.further;
        grid.columns.truncate(shown);
        grid.rows.iter_mut().for_each(|row| row.truncate(shown));
        grid.to_text(terminal::grid_width())
    }
}

fn render(listings: &[Listing], format: Format) -> Result<String, Error> {
    Ok(match format {
        Format::Table => {
            let grids = listings.iter().map(Listing::to_text);
            grids.collect::<Vec<_>>().join("\n")
        }
        Format::Markdown => {
            let sections = listings
                .iter()
                .map(|listing| format!("## {}\n\n{}", listing.grid.title, listing.grid.to_markdown()));
            sections.collect::<Vec<_>>().join("\n")
        }
        Format::Csv => String::from_utf8_lossy(&tidy(listings).to_csv()?).into_owned(),
        Format::Json => tidy(listings).to_json(),
    })
}

/// One row for every cell of every listing.
fn tidy(listings: &[Listing]) -> TextTable {
    let mut rows = Vec::new();
    for listing in listings {
        for row in &listing.grid.rows {
            for (column, value) in listing.grid.columns.iter().zip(row).skip(1) {
                rows.push(vec![
                    listing.name.to_owned(),
                    row[0].clone(),
                    column.clone(),
                    value.clone(),
                ]);
            }
        }
    }
    TextTable::new(&["what", "id", "column", "value"], rows)
}
