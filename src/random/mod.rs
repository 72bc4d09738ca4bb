//! Random numbers keyed by name: common random numbers for the comparison of scenarios.
//!
//! A random number depends on what it is for, never on when it is drawn. Its key is the seed, an entity (`via-KG`) and
//! a purpose (`designation`); draw and month are counter positions behind that key. Hence
//!
//! - the same draw of two scenarios has the same random numbers, since the scenario is not part of the key;
//! - another measure, node or parameter does not change the numbers of the others;
//! - any draw and month can be computed anywhere, in any order, on any number of threads, whatever the horizon.
//!
//! Every variate uses exactly one uniform, through the inverse of its distribution function: rejection sampling would
//! use a varying number and shift the streams of two scenarios against each other.
//!
//! - [`Stream`]: uniforms, from the counter-based generator `ChaCha8` under a BLAKE3 key;
//! - [`LatinHypercube`], [`ParameterStream`]: strata for an uncertain parameter, by a keyed permutation of the draws;
//! - [`Distribution`]: from a uniform to a value;
//! - [`binomial_quantiles`]: counts of successes, eight draws side by side.

mod binomial;
mod distribution;
mod latin;
mod sampling;
mod stream;

pub use binomial::binomial_quantiles;
pub use distribution::{
    Distribution, DistributionError, standard_normal_cdf, standard_normal_quantile, student_critical, student_two_tails,
};
pub use latin::LatinHypercube;
pub use sampling::{ParameterStream, Sampling};
pub use stream::{MonthlyUniforms, Stream};
