//! The two ways to the terminal: data to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

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

/// Whether messages may be coloured: on a terminal, unless `NO_COLOR` is set or the terminal is dumb.
pub fn colours() -> bool {
    io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}
