//! Interruption: SIGINT (Ctrl-C), SIGTERM and SIGHUP end a run within a second, in a state from which it can go on.

use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use signal_hook::consts;

use super::exit_code;
use super::terminal;

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// How long the run may take to end by itself. Results never have a part of a file under its name, so that it may end anywhere.
const GRACE: Duration = Duration::from_millis(800);

/// How often the signal is looked for.
const PAUSE: Duration = Duration::from_millis(20);

/// What is said of an interrupted run.
pub const MESSAGE: &str = "interrupted; the same command with --resume goes on from what is kept";

/// Listens for signals from now on, but for those that whoever started the program has it ignore, as `nohup` does.
///
/// # Errors
/// When the system does not let it.
pub fn listen() -> io::Result<()> {
    // A pilot has listened before its run.
    if INTERRUPTED.get().is_some() {
        return Ok(());
    }
    let interrupted = INTERRUPTED.get_or_init(Arc::default);
    for signal in signals().into_iter().filter(|signal| !is_ignored(*signal)) {
        signal_hook::flag::register(signal, interrupted.clone())?;
    }
    thread::Builder::new().name("signals".to_owned()).spawn(|| {
        while !has_come() {
            thread::sleep(PAUSE);
        }
        thread::sleep(GRACE);
        terminal::say(&format!("error: {MESSAGE}"));
        process::exit(exit_code::INTERRUPTED.into());
    })?;
    Ok(())
}

/// Whether a signal has come.
pub fn has_come() -> bool {
    INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

#[cfg(unix)]
fn signals() -> Vec<i32> {
    vec![consts::SIGINT, consts::SIGTERM, consts::SIGHUP]
}

#[cfg(not(unix))]
fn signals() -> Vec<i32> {
    vec![consts::SIGINT, consts::SIGTERM]
}

/// Whether a signal is ignored, where the system tells: Linux does.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
