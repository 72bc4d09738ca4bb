//! Results shown to people: small tables, numbers in a unit that fits them, and pictures.

mod escape;
mod grid;
pub mod map;
pub mod page;
pub mod picture;
pub mod plot;
mod scale;
mod svg;
pub mod timeline;

pub use grid::{Grid, markdown_cell};
pub(crate) use scale::{Decimals, DisplayScale};
pub use svg::DrawnPicture;
