//! Places in a scenario and in its plan as types, so that a constraint can never be looked up among the pairs.

use crate::model::index;

index! {
    /// A measure of a scenario.
    MeasureIndex,
    /// A programme of secondary sanctions of a scenario.
    ProgrammeIndex,
    /// A (supply, demand) pair that some route joins.
    PairIndex,
    /// A limit on the sum of flows over some routes: a capacity that some route uses, or what a measure adds.
    ConstraintIndex,
    /// A constraint that is a capacity which adapts.
    AdaptiveIndex,
}
