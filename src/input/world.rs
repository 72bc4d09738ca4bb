//! Stub: the world's reader.

use std::collections::BTreeSet;
use std::path::Path;

use crate::diagnostic::Report;
use crate::model::World;

/// Reads a world folder.
pub fn read(_folder: &Path, _scope: Option<&BTreeSet<String>>, _report: &mut Report) -> Option<World> {
    None
}
