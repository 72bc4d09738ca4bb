//! Random numbers keyed by name.
//!
//! A random number belongs to what it is about, never to the moment at which it is asked for. Its key is the seed, an
//! entity (`via-KG`) and a purpose (`designation`); the draw and the month are positions behind that key. From this
//! follows what the comparison of scenarios rests on:
//!
//! - the same draw of two scenarios meets the same world, for the scenario is not part of the key;
//! - a measure, a node or a parameter more does not move anybody else's numbers;
//! - any draw and month can be computed anywhere, in any order, on any number of threads, whatever the horizon.
//!
//! Every variate takes exactly one uniform, through the inverse of its distribution function: rejection would consume
//! a varying count and let two scenarios fall out of step.
//!
//! [`Stream`] makes uniforms, [`ParameterStream`] spreads those of an uncertain parameter over Latin hypercube strata
//! if asked to, and [`Distribution`] turns a uniform into a value.

mod binomial;
mod distribution;
mod latin;
mod sampling;
mod stream;

pub use binomial::binomial_quantiles;
pub use distribution::{Distribution, DistributionError, standard_normal_quantile};
pub use latin::LatinHypercube;
pub use sampling::{ParameterStream, Sampling};
pub use stream::{MonthlyUniforms, Stream};
