//! What data say about the uncertain numbers of a scenario.
//!
//! A number that takes a column of a posterior table was moved by records; any other keeps the distribution that the
//! scenario states. Programmes of secondary sanctions are counted apart, because a comparison is mostly of them.

use serde::{Deserialize, Serialize};

use crate::scenario::{Parameter, PosteriorUse, Scenario};

/// How many of a scenario's uncertain numbers rest on records.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The table that the key `posterior` names, as written; none if it names none or was ignored.
    pub posterior: Option<String>,
    /// All uncertain numbers.
    #[serde(flatten)]
    pub all: EvidenceCount,
    /// Those of programmes of secondary sanctions.
    pub programmes: EvidenceCount,
}

/// Uncertain numbers, and how many of them rest on records.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct EvidenceCount {
    pub uncertain_numbers: usize,
    /// Those that take a column, of the table that the key names or of one that their own line names.
    pub drawn_from_posterior: usize,
}

/// A caution about the strengths of secondary programmes that no record has moved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StrengthCaution {
    /// How many strengths no record has moved, and of how many.
    pub kept: usize,
    pub of: usize,
    /// What it means, in whole sentences without the name of the scenario.
    pub text: String,
}

impl Evidence {
    /// The evidence of a scenario.
    pub fn new(scenario: &Scenario) -> Self {
        let posterior = match &scenario.posterior {
            PosteriorUse::Taken { table, .. } => Some(table.clone()),
            PosteriorUse::Unnamed | PosteriorUse::Ignored => None,
        };
        let is_of_programme = |parameter: &&Parameter| scenario.is_of_programme(parameter);
        Self {
            posterior,
            all: EvidenceCount::new(scenario.parameters.iter()),
            programmes: EvidenceCount::new(scenario.parameters.iter().filter(is_of_programme)),
        }
    }

    /// What must be said of the strengths that a scenario has beyond those it shares; `differences` are what rests on them.
    /// None if records moved all of them.
    pub fn caution(&self, shared: EvidenceCount, differences: &str) -> Option<StrengthCaution> {
        // A scenario that extends the reference has its strengths too, which are in no difference.
        let own = self.programmes.beyond(shared);
        let (of, moved, kept) = (own.uncertain_numbers, own.drawn_from_posterior, own.kept());
        let text = match kept {
            0 => return None,
            _ if self.all.drawn_from_posterior == 0 => no_record(kept),
            _ => some_records(of, moved, kept, differences),
        };
        Some(StrengthCaution { kept, of, text })
    }
}

/// Of a scenario whose numbers are all as its file states them.
fn no_record(kept: usize) -> String {
    let strengths = match kept {
        1 => "its one uncertain strength of a secondary programme is".to_owned(),
        2 => "both uncertain strengths of secondary programmes are".to_owned(),
        count => format!("all {count} uncertain strengths of secondary programmes are"),
    };
    format!("{strengths} assumed: no record was used.")
}

/// Of a scenario of which records moved some numbers.
fn some_records(of: usize, moved: usize, kept: usize, differences: &str) -> String {
    let said = match (moved, of) {
        (0, 1) => "records did not move its one uncertain strength of a secondary programme".to_owned(),
        (0, count) => format!("records moved none of its {count} uncertain strengths of secondary programmes"),
        (moved, count) => format!("records moved {moved} of its {count} uncertain strengths of secondary programmes"),
    };
    let priors = match (moved, kept) {
        (0, 1) => "It keeps its prior, which is".to_owned(),
        (0, _) => "They keep their priors, which are".to_owned(),
        (_, 1) => "The other one keeps its prior, which is".to_owned(),
        (_, count) => format!("The other {count} keep their priors, which are"),
    };
    let these = if kept == 1 { "this" } else { "these" };
    format!("{said}. {priors} assumed: the part of {differences} that rests on {these} is an assumption.")
}

impl EvidenceCount {
    fn new<'a>(parameters: impl Iterator<Item = &'a Parameter>) -> Self {
        let mut count = Self::default();
        for parameter in parameters {
            count.uncertain_numbers += 1;
            // Only columns of posterior tables share a stream.
            count.drawn_from_posterior += usize::from(parameter.distribution.shared_stream().is_some());
        }
        count
    }

    /// What is counted here beyond what is counted there; all of it if this cannot hold all of that.
    pub fn beyond(self, there: Self) -> Self {
        let uncertain = self.uncertain_numbers.checked_sub(there.uncertain_numbers);
        let drawn = self.drawn_from_posterior.checked_sub(there.drawn_from_posterior);
        match (uncertain, drawn) {
            (Some(uncertain_numbers), Some(drawn_from_posterior)) if drawn_from_posterior <= uncertain_numbers => {
                Self {
                    uncertain_numbers,
                    drawn_from_posterior,
                }
            }
            _ => self,
        }
    }

    /// The numbers that keep the distributions of their scenario.
    pub fn kept(self) -> usize {
        // A manifest is not trusted to count right.
        self.uncertain_numbers.saturating_sub(self.drawn_from_posterior)
    }
}
