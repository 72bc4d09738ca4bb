//! Draws of the uncertain numbers that agree with what was observed.

mod data;
mod forward;
mod linear;
mod smoother;

pub use data::{Data, DataBlock, ErrorModel, base_mean, base_of, is_bloc, log_of_base};
pub use forward::Forward;
pub use linear::{Factor, product};
pub use smoother::{Members, Smoother, mean_misfit};
