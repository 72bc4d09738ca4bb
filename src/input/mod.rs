//! Reading what users wrote: files become valid model types, and every fault goes to the report.

pub mod world;
