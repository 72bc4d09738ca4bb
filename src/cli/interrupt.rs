//! Interruption: SIGINT (Ctrl-C), SIGTERM and SIGHUP end a run within a second, in a state from which it can go on.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::exit_code;
use super::terminal;

static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long the run may take to end by itself. Results never have a part of a file under its name, so that it may end anywhere.
const GRACE: Duration = Duration::from_millis(800);

/// What is said of an interrupted run.
pub const MESSAGE: &str = "interrupted; the same command with --resume goes on from what is kept";

/// Listens for signals from now on.
///
/// # Errors
/// When the system does not let it.
pub fn listen() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        IS_INTERRUPTED.store(true, Ordering::Relaxed);
        thread::sleep(GRACE);
        terminal::say(&format!("error: {MESSAGE}"));
        process::exit(exit_code::INTERRUPTED.into());
    })
}

/// Whether a signal has come.
pub fn has_come() -> bool {
    IS_INTERRUPTED.load(Ordering::Relaxed)
}
