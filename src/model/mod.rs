//! The world in valid form: places, goods and routes, months, and every number that may be uncertain.
//!
//! Nothing here reads a file or draws a random number. Values of these types have been checked by `input`; code that
//! receives them needs no further checks.

mod cargo;
mod facts;
mod matching;
mod month;
mod numbers;
mod observation;
mod period;
mod provenance;
mod quantity;
mod sphere;
mod table;
mod units;
mod world;

pub use cargo::is_open_to;
pub use facts::{Fact, Facts, MonthRange, Order, Picture, Published, Statistic, Trade, TradeSeries};
pub use matching::{Book, Flow, Legs, Places};
pub use month::{Horizon, Month};
pub use numbers::{
    Belonging, Domain, LARGEST_NUMBER, Number, NumberRange, Numbers, SMALLEST_NUMBER, Slot, Unusual, is_sized,
};
pub use observation::{Observation, Party, PriceIndex, Unit};
pub use period::{ALL, Period, ReportPeriod};
pub use provenance::{Provenance, Source, Status, TableSources};
pub use quantity::{ReportedQuantity, ResultUnit};
pub use sphere::great_circle;
pub(crate) use table::index;
pub use table::{
    CapacityIndex, CommodityIndex, DemandIndex, Index, JurisdictionIndex, LinkIndex, NodeIndex, RouteIndex,
    SourceIndex, SupplyIndex, Table, TransferIndex,
};
pub use units::{Kilometres, Share, Tonnes, Usd, UsdPerTonne};
pub use world::*;
