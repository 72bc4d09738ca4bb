//! A measure: its terms, its targets and its instrument.

use std::sync::Arc;

use super::act::{Act, Moment};
use super::instrument::Instrument;
use crate::model::{CommodityIndex, JurisdictionIndex, Month, Route, World};

/// The terms that every measure and programme has.
#[derive(Clone, PartialEq, Debug)]
pub struct Terms {
    pub id: String,
    /// The jurisdictions that issue it: one, or the members of a bloc.
    pub issuer: Vec<JurisdictionIndex>,
    /// The commodities it bears on, never empty.
    pub commodities: Vec<CommodityIndex>,
    pub announced: Month,
    /// When the first version of it was announced that this one amends.
    pub first_announced: Month,
    /// First month in force.
    pub from: Month,
    /// First month no longer in force.
    pub until: Option<Month>,
}

impl Terms {
    /// Whether it is in force in `month`.
    pub fn in_force(&self, month: Month) -> bool {
        self.from <= month && self.until.is_none_or(|until| month < until)
    }
}

/// A measure as its scenario file states it, for readers of results: nothing is simulated from it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct MeasureLabel {
    /// The word in `[[measures.WORD]]` or `[[secondary.WORD]]`.
    pub kind: &'static str,
    /// A jurisdiction or a bloc, as written.
    pub issuer: String,
    /// Jurisdictions and blocs, as written; empty where the key was left out.
    pub origins: Vec<String>,
    /// Jurisdictions and blocs, as written; empty where the key was left out.
    pub destinations: Vec<String>,
    /// Jurisdictions and blocs that a programme is aimed at, as written.
    pub targets: Vec<String>,
    /// The key `source`.
    pub source: Option<String>,
}

/// A primary measure, or a programme of secondary sanctions.
#[derive(Clone, Debug)]
pub struct Measure {
    pub terms: Terms,
    /// The jurisdictions that a programme is aimed at; empty for a primary measure.
    pub targets: Vec<JurisdictionIndex>,
    pub instrument: Arc<dyn Instrument>,
    pub label: MeasureLabel,
}

impl Measure {
    /// Whether it bears on a route while it is in force.
    pub fn matches(&self, world: &World, route: &Route) -> bool {
        self.terms.commodities.contains(&world.commodity(route)) && self.instrument.matches(world, self, route)
    }

    /// How it acts in `month`, given a draw's `values` by slot and the `suspicion` that its checks have gathered so
    /// far.
    pub fn act_in(&self, month: Month, values: &[f64], suspicion: f64) -> Act {
        let terms = &self.terms;
        Act {
            in_force: terms.in_force(month),
            level: self.instrument.level(&Moment {
                terms,
                month,
                values,
                suspicion,
            }),
        }
    }

    /// Whether a route uses papers of a target.
    pub fn targets_via(&self, route: &Route) -> bool {
        route.via.is_some_and(|via| self.targets.contains(&via))
    }
}
