//! The key of programmes that strike help for the primary target, and no other trade of the helper.

use crate::policy::{Form, Key};

/// `primary_targets`, which must be given.
pub const PRIMARY_TARGETS: Key = Key::required(
    "primary_targets",
    Form::Jurisdictions,
    "whose trade the programme is about: the targets of the primary measures",
)
.like("[\"RU\", \"BY\"]");
