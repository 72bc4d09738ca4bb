//! `run --until`: how many draws it takes until a metric is known well enough, by a pilot.
//!
//! Two designs were weighed. To stop a run once an error is small enough needs no pilot, but leaves the draws of a Latin hypercube
//! that was laid out for more, and scenarios of one batch with different numbers of draws. A pilot (chosen) costs 256 draws, and the
//! run is then one of a fixed number of draws: it can be repeated, cut into parts, and paired.

use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration};

use super::job::{OutputPlan, RunJob};
use super::{RunArguments, sized};
use crate::cli::{Error, terminal};
use crate::comparison::{Margin, find_headline};
use crate::ensemble::BLOCK;
use crate::results::{BatchMember, Detail, HeadlineLevel, InputPaths, TableChoice};
use crate::scenario::Scenario;

/// Draws of the pilot, and the fewest of a run.
const PILOT: u64 = 256;

/// How well a metric is to be known.
#[derive(Clone, PartialEq, Debug)]
pub struct Until {
    metric: String,
    /// The largest Monte Carlo standard error of its mean.
    error: Margin,
}

impl Until {
    /// Reads METRIC=ERROR, the error an amount or a share like 1%.
    pub fn parse(text: &str, parse_margin: impl Fn(&str) -> Result<Margin, String>) -> Result<Self, String> {
        let (metric, error) = text
            .split_once('=')
            .ok_or("an aim is written METRIC=ERROR, like circumvented=1%")?;
        Ok(Self {
            metric: metric.trim().to_owned(),
            error: parse_margin(error.trim())?,
        })
    }

    /// The draws that the error of a metric takes, given its error over some draws; none if the metric does not vary or exist.
    fn draws_for(&self, level: &HeadlineLevel) -> Option<u64> {
        let (mean, mcse) = level.summary.mean.zip(level.summary.mcse)?;
        let aim = match self.error {
            Margin::Amount(amount) => amount,
            Margin::OfReference(share) => share * mean.abs(),
        };
        let ratio = mcse / aim;
        // The error falls as one over the root of the draws.
        (ratio.is_finite() && ratio > 0.0).then(|| (level.draws as f64 * ratio * ratio).ceil() as u64)
    }
}

/// The scenarios with as many draws as the aim takes, but no more than they have.
///
/// # Errors
/// When the pilot fails, or there is no such headline metric.
pub fn enough_draws(
    until: &Until,
    arguments: &RunArguments,
    scenarios: &[Arc<Scenario>],
    reference: usize,
    inputs: &InputPaths,
) -> Result<Vec<Arc<Scenario>>, Error> {
    let most = scenarios
        .iter()
        .map(|scenario| scenario.simulation.draws)
        .max()
        .unwrap_or(PILOT);
    let with_draws = |draws: u64| -> Vec<Arc<Scenario>> {
        let scenarios = scenarios.iter();
        scenarios
            .map(|scenario| sized(Scenario::clone(scenario), Some(draws), None))
            .collect()
    };
    let pilot = with_draws(PILOT.min(most));
    let kept = tempfile::tempdir()?;
    let job = RunJob {
        scenarios: &pilot,
        reference,
        draws: None,
        parts: &[],
        tables: &TableChoice {
            detail: Detail::Years,
            ..TableChoice::default()
        },
        files: &arguments.inputs.scenarios,
        varied: arguments.inputs.varied(),
        inputs,
    };
    let begun = Instant::now();
    let done = job.run(&OutputPlan {
        out: kept.path().join("pilot"),
        overwrite: false,
        resumes: false,
        keep_after: Duration::MAX,
        threads: arguments.threads,
        quiet: true,
    })?;
    let elapsed = begun.elapsed();
    let members: Vec<BatchMember> = done
        .into_iter()
        .flat_map(|done| done.outcomes.into_values().flatten())
        .collect();
    let (due, name) = most_due(until, &members)?;
    let draws = due.next_multiple_of(BLOCK).clamp(PILOT.min(most), most);
    if !arguments.quiet {
        let time = elapsed.mul_f64(draws as f64 / PILOT as f64);
        terminal::say(&format!(
            "note: by a pilot of {PILOT} draws {} takes {} draws in `{name}`; {} are simulated, at most about {}",
            until.metric,
            HumanCount(due),
            HumanCount(draws),
            HumanDuration(time)
        ));
    }
    if due > most {
        terminal::say(&format!(
            "warning: {} will not be known that well: --draws {due} would do",
            until.metric
        ));
    }
    Ok(with_draws(draws))
}

/// The draws of the scenario that takes most, and its name.
fn most_due(until: &Until, members: &[BatchMember]) -> Result<(u64, String), Error> {
    let name = |level: &HeadlineLevel| crate::results::schema::headline_name(&level.metric, &level.unit);
    let known: Vec<String> = members
        .first()
        .map_or(Vec::new(), |member| member.headlines.iter().map(name).collect());
    let metric = find_headline(&known, &until.metric).map_err(|unknown| Error::Usage(unknown.to_string()))?;
    let due = members.iter().filter_map(|member| {
        let level = member.headlines.iter().find(|level| name(level) == metric)?;
        Some((until.draws_for(level)?, member.scenario.name.clone()))
    });
    due.max_by_key(|(draws, _)| *draws).ok_or_else(|| {
        Error::Usage(format!(
            "{metric} has no mean other than zero that varies in any scenario"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Summary;

    #[test]
    fn the_draws_follow_from_the_error_of_the_pilot() {
        let margin = |text: &str| match text {
            "1%" => Ok(Margin::OfReference(0.01)),
            _ => Ok(Margin::Amount(2.0)),
        };
        let level = HeadlineLevel {
            metric: "circumvented".to_owned(),
            unit: "usd".to_owned(),
            summary: Summary {
                mean: Some(100.0),
                mcse: Some(4.0),
                ..Summary::default()
            },
            draws: 256,
        };
        let due = |text| Until::parse(text, margin).unwrap().draws_for(&level);
        assert_eq!(due("circumvented=1%"), Some(16 * 256));
        assert_eq!(due("circumvented = 2"), Some(4 * 256));
        let never = HeadlineLevel {
            summary: Summary::of_zeros(256),
            ..level.clone()
        };
        assert_eq!(Until::parse("circumvented=1%", margin).unwrap().draws_for(&never), None);
        assert!(Until::parse("circumvented", margin).is_err());
    }
}
