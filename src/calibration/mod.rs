//! Draws of the uncertain numbers that agree with what was observed.
//!
//! [`Data`] lays records beside simulated series, with the covariance of what sets them apart. [`Forward`] turns standard normal
//! numbers into simulated series. [`Smoother`] moves members towards the records; [`TemperedSampler`] is a slow reference for it,
//! [`replicate`] a test of it on truths that are known. [`Posterior`] says what became of each number.

mod data;
mod forward;
mod linear;
mod posterior;
mod report;
mod smoother;
mod synthetic;
mod tempered;

pub use data::{Data, DataBlock, ErrorModel, base_mean, log_of_base};
pub use forward::Forward;
pub use linear::{Factor, product};
pub use posterior::{CalibratedNumber, Identification, Posterior};
pub use report::{
    CalibrationReport, FOLDER, calibration_kind, parameter_kind, parameter_table, picture_name, posterior_kind,
    posterior_table, summary,
};
pub use smoother::{Members, Smoother, mean_misfit};
pub use synthetic::{Replicate, SyntheticPlan, holm, mean, replicate, uniformity};
pub use tempered::TemperedSampler;
