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
