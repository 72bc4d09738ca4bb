//! Which uncertain numbers of a scenario differ from those of the reference of its batch. Scenarios share most of them, draw by
//! draw, so only the reference writes those.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::ensemble::{Batch, BatchScenario, Finished};

/// The uncertain numbers that a scenario writes itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnInputs {
    /// Their places among the parameters of the scenario.
    pub places: Vec<usize>,
    /// Who writes the others; none if there are no others.
    pub shared: Option<SharedInputs>,
}

/// The scenario of the batch that writes the numbers which others share with it. Its folder stands beside theirs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SharedInputs {
    pub scenario: String,
    /// The digest of that scenario.
    pub scenario_digest: String,
}

impl OwnInputs {
    /// All uncertain numbers of a scenario.
    pub fn all(entry: &BatchScenario) -> Self {
        Self {
            places: (0..entry.model.plan.scenario.parameters.len()).collect(),
            shared: None,
        }
    }

    /// Those of the scenario at a place of a batch: the numbers that the reference does not have, or not in every draw with the
    /// same bits.
    ///
    /// # Errors
    /// When the draws cannot be read back.
    pub fn new(
        batch: &Batch,
        place: usize,
        finished: &Finished,
        reference: Option<&ReferenceInputs>,
    ) -> io::Result<Self> {
        let entry = &batch.scenarios[place];
        let is_comparable = |of: &&ReferenceInputs| place != batch.reference && of.draws == finished.draws.range();
        let Some(reference) = reference.filter(is_comparable) else {
            return Ok(Self::all(entry));
        };
        let parameters = &entry.model.plan.scenario.parameters;
        let marks = finished.draws.marks(entry.layout.headlines().len())?;
        let is_own = |place: &usize| reference.marks.get(&parameters[*place].name) != Some(&marks[*place]);
        let places: Vec<usize> = (0..parameters.len()).filter(is_own).collect();
        let shared = (places.len() < parameters.len()).then(|| reference.shared.clone());
        Ok(Self { places, shared })
    }
}

/// The uncertain numbers of the reference of a batch.
#[derive(Clone, Debug)]
pub struct ReferenceInputs {
    /// By name; two columns with the same mark have the same bits in every draw.
    marks: BTreeMap<String, u128>,
    draws: Range<u64>,
    shared: SharedInputs,
}

impl ReferenceInputs {
    /// Those of a batch; none if the reference has failed.
    ///
    /// # Errors
    /// When the draws cannot be read back.
    pub fn new(batch: &Batch, finished: &[Option<&Finished>]) -> io::Result<Option<Self>> {
        let entry = &batch.scenarios[batch.reference];
        let Some(finished) = finished[batch.reference] else {
            return Ok(None);
        };
        let scenario = &entry.model.plan.scenario;
        let names = scenario.parameters.iter().map(|parameter| parameter.name.clone());
        let marks = finished.draws.marks(entry.layout.headlines().len())?;
        Ok(Some(Self {
            marks: names.zip(marks).collect(),
            draws: finished.draws.range(),
            shared: SharedInputs {
                scenario: scenario.name.clone(),
                scenario_digest: scenario.digest.clone(),
            },
        }))
    }
}
