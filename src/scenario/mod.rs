//! A scenario: a world, a horizon, uncertain numbers, and the measures whose effect is simulated.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{Belonging, Horizon, Numbers, Slot, Table, World};
use crate::policy::{Measure, MeasureIndex, ProgrammeIndex};
use crate::random::{Distribution, Sampling};

mod background;

pub use background::{Shock, ShockKind, Side, Trend};

/// How the draws of uncertain parameters are spread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Random,
    LatinHypercube,
}

/// The number of draws, the seed, the sampling scheme and the solver's tolerance.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Simulation {
    /// Size of the whole run, at least one.
    pub draws: u64,
    pub seed: u64,
    pub scheme: Scheme,
    /// Largest optimality residual of a month.
    pub tolerance: f64,
}

impl Simulation {
    /// The scheme for a run of this many draws.
    pub fn sampling(&self) -> Sampling {
        match (self.scheme, NonZero::new(self.draws)) {
            // Strata depend on the size of the whole run, of which these draws may be a part.
            (Scheme::LatinHypercube, Some(draws)) => Sampling::LatinHypercube { draws },
            _ => Sampling::Random,
        }
    }
}

/// An uncertain number: its slot gets a sample in every draw.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameter {
    pub slot: Slot,
    /// The dotted name; it also keys the random numbers.
    pub name: String,
    pub distribution: Distribution,
}

/// What a scenario takes from a table of posterior draws that a file names for all numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PosteriorUse {
    /// No file names one.
    Unnamed,
    /// One is named and was ignored.
    Ignored,
    /// So many uncertain numbers take their column of this table, whose path is as written.
    Taken { table: String, numbers: usize },
}

/// A number of a scenario and the value that a variant gives it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangedNumber {
    /// The dotted name.
    pub name: String,
    /// A number or a distribution, as it was written.
    pub value: String,
}

impl ChangedNumber {
    /// The name without the kind that it begins with: `eu-ban.exempt_share`.
    pub fn short_name(&self) -> &str {
        self.name.split_once('.').map_or(self.name.as_str(), |(_, rest)| rest)
    }
}

/// What makes a scenario a variant of the one that its file describes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variant {
    /// The name of that scenario.
    pub of: String,
    pub settings: Vec<ChangedNumber>,
    /// Ids of the entries that are left out; what depends on an entry stands behind it.
    pub without: Vec<String>,
    pub omission: Omission,
}

/// Why a variant leaves entries out.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Omission {
    /// None, or those that were named.
    #[default]
    Named,
    /// Each measure and programme in turn.
    InTurn,
    /// All of them.
    All,
}

/// What a variant without any measure changes, in words.
pub const WITHOUT_ALL: &str = "without all measures";

impl Variant {
    /// What is changed, in words: `firms.rate_per_month = 0.1`, `without eu-ban`.
    pub fn words(&self) -> String {
        let settings = self.settings.iter();
        let settings = settings.map(|setting| format!("{} = {}", setting.short_name(), setting.value));
        let without = if self.omission == Omission::All {
            Some(WITHOUT_ALL.to_owned())
        } else {
            (!self.without.is_empty()).then(|| format!("without {}", self.without.join(", ")))
        };
        settings.chain(without).collect::<Vec<_>>().join(", ")
    }
}

/// A scenario whose every reference has been resolved and every number checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The file's stem: the name of its results.
    pub name: String,
    pub title: String,
    /// The comment with which the file begins, in one line; none if it begins otherwise.
    pub comment: Option<String>,
    /// The files that it extends, the nearest first.
    pub extends: Vec<PathBuf>,
    /// None if it is what its file describes.
    pub variant: Option<Variant>,
    pub world: Arc<World>,
    pub horizon: Horizon,
    pub simulation: Simulation,
    /// The world's numbers, then the scenario's.
    pub numbers: Numbers,
    pub parameters: Vec<Parameter>,
    pub posterior: PosteriorUse,
    pub measures: Table<MeasureIndex, Measure>,
    /// Programmes of secondary sanctions.
    pub programmes: Table<ProgrammeIndex, Measure>,
    pub trends: Vec<Trend>,
    pub shocks: Vec<Shock>,
    /// BLAKE3 digest of the scenario's values after `extends`.
    pub digest: String,
}

impl Simulation {
    /// Whether the same draw of both is the same world: the same seed, and the same strata.
    pub fn pairs_with(&self, other: &Self) -> bool {
        self.seed == other.seed && self.draws == other.draws && self.scheme == other.scheme
    }
}

impl Scenario {
    /// To what an uncertain number belongs.
    pub fn belonging(&self, parameter: &Parameter) -> Belonging {
        self.numbers.get(parameter.slot).belongs_to
    }

    /// Whether an uncertain number is of one of the programmes, and not of one that `[scope]` leaves out.
    pub fn is_of_programme(&self, parameter: &Parameter) -> bool {
        // A dotted name is of kind, id and key. Kinds have no dots, and an id is that of one entry, whatever its kind.
        let behind_kind = parameter.name.split_once('.').map_or("", |(_, rest)| rest);
        let names = |programme: &Measure| {
            let key = behind_kind.strip_prefix(programme.terms.id.as_str());
            key.is_some_and(|key| key.starts_with('.'))
        };
        self.belonging(parameter) == Belonging::Programme
            && self.programmes.iter().any(|(_, programme)| names(programme))
    }

    /// The counterfactual: the same world, parameters, trends and shocks without any measure.
    pub fn without_measures(&self) -> Self {
        let stays = |parameter: &&Parameter| self.belonging(parameter).is_in_counterfactual();
        Self {
            parameters: self.parameters.iter().filter(stays).cloned().collect(),
            measures: Table::default(),
            programmes: Table::default(),
            ..self.clone()
        }
    }

    /// Whether two scenarios without measures are the same run.
    pub fn meets_same_world(&self, other: &Self) -> bool {
        let background = |scenario: &Self| -> Vec<(String, f64)> {
            let numbers = scenario.numbers.iter().map(|(_, number)| number);
            // Numbers of measures do not act on a run without measures.
            let stays = numbers.filter(|number| number.belongs_to.is_in_counterfactual());
            stays.map(|number| (number.name.clone(), number.value)).collect()
        };
        // Equal digests mean equal tables. A scenario may have changed numbers of them, which `background` compares.
        self.world.digest == other.world.digest
            && self.horizon == other.horizon
            && self.simulation == other.simulation
            && self.trends == other.trends
            && self.shocks == other.shocks
            && self.parameters == other.parameters
            && background(self) == background(other)
    }
}
