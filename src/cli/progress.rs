//! Progress of a batch: a bar for all its draws and one for the current scenario, on a terminal only.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::ensemble::Progress;

const BATCH: &str = "{msg:24!} {wide_bar:.cyan/blue} {human_pos}/{human_len} draws, {rate}/s, {eta} left";
const SCENARIO: &str = "{msg:24!} {wide_bar:.green/blue} {human_pos}/{human_len} draws";

/// The bars of a run; silent where standard error is not a terminal.
pub struct Bars {
    batch: ProgressBar,
    scenario: ProgressBar,
    names: Vec<String>,
    done: Vec<AtomicU64>,
    draws: Vec<u64>,
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
    }
}
