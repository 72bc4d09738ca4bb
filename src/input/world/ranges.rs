//! The numbers of the tables: which values each column may have, and which are usual. Reading, registering and the
//! warnings all take them from here.

use crate::model::{Domain, NumberRange};

/// More trade of one good than this, tonnes per month, does not exist.
const MOST_TONNES: f64 = 1e9;

/// USD per tonne: from gravel to chips.
pub(super) const PRICE: NumberRange = Domain::Positive.usually(0.01, 1e8);

/// The route choice elasticity. Beyond the largest, weights of routes leave the range of doubles.
pub(super) const ROUTE_CHOICE: NumberRange = Domain::Positive.usually(0.5, 100.0);

/// Interest and decay of value, per year.
pub(super) const HOLDING_RATE: NumberRange = Domain::NonNegative.usual_fraction(0.0, 5.0);

/// Tonnes of a shipment.
pub(super) const LOT: NumberRange = Domain::Positive.usually(1e-4, 500_000.0);

/// Elasticities of supply and demand.
pub(super) const ELASTICITY: NumberRange = Domain::Positive.usually(0.01, 20.0);

/// The choke price, in baseline prices.
pub(super) const CHOKE: NumberRange = Domain::AboveOne.usual_fraction(1.0, 50.0);

/// Kilometres of a link.
pub(super) const DISTANCE: NumberRange = Domain::NonNegative.usually(0.0, 40_000.0);

/// USD per tonne on a link.
pub(super) const FREIGHT: NumberRange = Domain::NonNegative.usually(0.0, 10_000.0);

/// Days on a link or of a transfer.
pub(super) const DAYS: NumberRange = Domain::NonNegative.usually(0.0, 180.0);

/// USD per tonne of a transfer.
pub(super) const TRANSFER_COST: NumberRange = Domain::NonNegative.usually(0.0, 5_000.0);

/// The index of a mode's cost.
pub(super) const COST_INDEX: NumberRange = Domain::Positive.usual_fraction(0.05, 10.0);

/// USD per tonne beyond freight and time; an advantage is negative.
pub(super) const EXTRA_COST: NumberRange = Domain::Any.usually(-50_000.0, 50_000.0);

/// Baseline flows, tonnes per month; those of a pair lie above zero.
pub(super) const FLOW: NumberRange = Domain::NonNegative.usually(0.0, MOST_TONNES);
pub(super) const FLOW_OF_PAIR: NumberRange = Domain::Positive.usually(0.0, MOST_TONNES);

/// The potential of a latent route, tonnes per month.
pub(super) const POTENTIAL: NumberRange = FLOW;

/// The share of a corridor in the flow of a pair, or its weight among others.
pub(super) const CORRIDOR_SHARE: NumberRange = Domain::Positive.usual_fraction(0.0, 5.0);

/// How much longer than the shortest a way may be.
pub(super) const DETOUR: NumberRange = Domain::AtLeastOne.usually(1.0, 1e4);

/// The limit of a capacity and its ceiling, tonnes per month.
pub(super) const CAPACITY: NumberRange = Domain::Positive.usually(0.0, 1e10);

/// The growth of a capacity, per month.
pub(super) const GROWTH: NumberRange = Domain::NonNegative.usual_fraction(0.0, 4.0);

/// Months until a capacity begins to grow.
pub(super) const DEAD_TIME: NumberRange = Domain::NonNegative.usually(0.0, 60.0);

/// The rent at which a capacity grows at half its speed, in reference prices.
pub(super) const RENT_HALF: NumberRange = Domain::Positive.usual_fraction(0.001, 5.0);

/// The decay of a capacity that is not used, per month.
pub(super) const DECAY: NumberRange = Domain::Share.whole();

/// The cover that legal trade gives.
pub(super) const COVER: NumberRange = Domain::Share.whole();

/// The growth of a ceiling as new firms enter, per year.
pub(super) const ENTRY: NumberRange = Domain::NonNegative.usual_fraction(0.0, 4.0);
