//! The two ways to the terminal: data to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

/// How a command prints its table.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, clap::ValueEnum)]
pub enum PrintedForm {
    /// As the command shows it to people
    #[default]
    Table,
    /// Lists of objects, in full precision
    Json,
}

/// Writes a message to standard error. If that fails, there is no other place to say so.
pub fn say(message: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", message.trim_end());
}

/// Writes data to standard output.
///
/// # Errors
/// When standard output takes no more.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    // Flushed here, so that a failure is an error and not lost at the end of the program.
    out.flush()
}

/// The width of tables where none is known.
const USUAL_WIDTH: usize = 80;

/// Tables are written for terminals of this width or more.
const NARROWEST: usize = 60;

/// The width for a table: that of the terminal if it goes to one.
pub fn width(goes_to_terminal: bool) -> usize {
    let terminal = goes_to_terminal
        .then(|| terminal_size::terminal_size_of(io::stdout()))
        .flatten();
    terminal.map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0).max(NARROWEST))
}

/// The width of tables of short texts off a terminal: wider than a page, so that documents show them whole.
const WIDTH_OF_GRIDS: usize = 100;

/// The width for tables of short texts: that of the terminal if they go to one.
pub fn grid_width() -> usize {
    if io::stdout().is_terminal() {
        width(true)
    } else {
        WIDTH_OF_GRIDS
    }
}

/// Whether messages may be coloured: on a terminal, unless `NO_COLOR` is set or the terminal is dumb.
pub fn colours() -> bool {
    io::stderr().is_terminal() && is_colourful()
}

/// Whether tables may be coloured: where standard output is a terminal, under the same conditions.
pub fn output_colours() -> bool {
    io::stdout().is_terminal() && is_colourful()
}

fn is_colourful() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}
