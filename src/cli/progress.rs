//! Progress of a batch: on a terminal a bar for all its draws and one for the current scenario, elsewhere a line every half
//! minute.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::terminal;
use crate::ensemble::Progress;

/// Between two lines of progress off a terminal.
const PAUSE: Duration = Duration::from_secs(30);

const BATCH: &str = "{msg:24!} {wide_bar:.cyan/blue} {human_pos}/{human_len} draws, {rate}/s, {eta} left";
const SCENARIO: &str = "{msg:24!} {wide_bar:.green/blue} {human_pos}/{human_len} draws";

/// The bars of a run, or lines where standard error is not a terminal.
pub struct Bars {
    batch: ProgressBar,
    scenario: ProgressBar,
    names: Vec<String>,
    done: Vec<AtomicU64>,
    draws: Vec<u64>,
    lines: Option<Lines>,
}

/// Progress in lines: when the run began, and when the last line was written.
struct Lines {
    started: Instant,
    last: Mutex<Instant>,
}

impl Bars {
    /// Bars for scenarios by name, each with its number of draws.
    pub fn new(scenarios: Vec<(String, u64)>, quiet: bool) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(8)
        };
        let bars = MultiProgress::with_draw_target(target);
        let (names, draws): (Vec<String>, Vec<u64>) = scenarios.into_iter().unzip();
        let styled = |template, length| {
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let style = style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
                // A bar without its rate is no reason to stop a run.
                let _ = write!(text, "{:.0}", state.per_sec());
            });
            bars.add(ProgressBar::new(length).with_style(style))
        };
        let batch = styled(BATCH, draws.iter().sum());
        batch.set_message(format!("batch of {}", names.len()));
        batch.enable_steady_tick(Duration::from_millis(500));
        let scenario = styled(SCENARIO, draws.first().copied().unwrap_or(0));
        let done = draws.iter().map(|_| AtomicU64::new(0)).collect();
        Self {
            batch,
            scenario,
            names,
            done,
            draws,
            lines: (!quiet && !io::stderr().is_terminal()).then(|| {
                let started = Instant::now();
                Lines {
                    started,
                    last: Mutex::new(started),
                }
            }),
        }
    }

    /// Writes a line if the last was long ago.
    fn tell(&self, lines: &Lines) {
        // Whoever finds it locked leaves the line to the other.
        let Ok(mut last) = lines.last.try_lock() else { return };
        if last.elapsed() < PAUSE {
            return;
        }
        *last = Instant::now();
        let (done, all) = (
            self.done.iter().map(|done| done.load(Ordering::Relaxed)).sum(),
            self.draws.iter().sum(),
        );
        if done < all {
            terminal::say(&progress_line(done, all, lines.started.elapsed()));
        }
    }

    /// Clears the bars from the terminal.
    pub fn finish(&self) {
        self.scenario.finish_and_clear();
        self.batch.finish_and_clear();
    }
}

impl Progress for Bars {
    fn advance(&self, scenario: usize, draws: u64) {
        let done = self.done[scenario].fetch_add(draws, Ordering::Relaxed) + draws;
        self.batch.inc(draws);
        self.scenario.set_message(self.names[scenario].clone());
        self.scenario.set_length(self.draws[scenario]);
        self.scenario.set_position(done);
        if let Some(lines) = &self.lines {
            self.tell(lines);
        }
    }
}

/// How far a run is, and how long it will take if it goes on as before.
fn progress_line(done: u64, all: u64, elapsed: Duration) -> String {
    let share = done as f64 / all.max(1) as f64;
    let left = elapsed.as_secs_f64() * (1.0 - share) / share;
    let left = match left {
        left if left < 90.0 => format!("{left:.0} seconds"),
        left if left < 5400.0 => format!("{:.0} minutes", left / 60.0),
        left => format!("{:.1} hours", left / 3600.0),
    };
    format!("{done} of {all} draws ({:.0}%), about {left} left", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_and_how_long() {
        let line = |done, seconds| progress_line(done, 1000, Duration::from_secs(seconds));
        assert_eq!(line(500, 30), "500 of 1000 draws (50%), about 30 seconds left");
        assert_eq!(line(100, 60), "100 of 1000 draws (10%), about 9 minutes left");
        assert_eq!(line(10, 120), "10 of 1000 draws (1%), about 3.3 hours left");
    }
}
