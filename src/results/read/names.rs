//! Names in messages.

/// A message lists no more names than this.
const LISTED: usize = 24;

/// A guess as part of a message.
pub fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |nearest| format!(" (did you mean `{nearest}`?)"))
}

/// Why a column is not in a header: a spreadsheet may have saved the table with another separator.
pub fn missing_column(name: &str, header: &csv::StringRecord) -> String {
    match header.iter().collect::<Vec<_>>().as_slice() {
        [all] if all.contains(';') => "columns are separated by ';' here, but the results have commas".to_owned(),
        [all] if all.contains('\t') => "columns are separated by tabs here, but the results have commas".to_owned(),
        _ => format!("the column `{name}` is missing"),
    }
}

/// Names for a message, not too many of them.
pub fn list(known: &[String]) -> String {
    match known.len().checked_sub(LISTED) {
        None | Some(0) => known.join(", "),
        Some(more) => format!("{} and {more} more", known[..LISTED].join(", ")),
    }
}
