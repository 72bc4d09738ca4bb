//! Names in messages.

/// A message lists no more names than this.
const LISTED: usize = 24;

/// A guess as part of a message.
pub fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |nearest| format!(" (did you mean `{nearest}`?)"))
}

/// Names for a message, not too many of them.
pub fn list(known: &[String]) -> String {
    match known.len().checked_sub(LISTED) {
        None | Some(0) => known.join(", "),
        Some(more) => format!("{} and {more} more", known[..LISTED].join(", ")),
    }
}
