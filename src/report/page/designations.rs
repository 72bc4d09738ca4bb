//! When firms of a target are listed: `events.csv`.

use std::collections::BTreeMap;

use super::data::{Months, PageDesignations};
use super::frame::Frame;
use super::number::PageNumber;
use crate::results::read::UnreadableResults;
use crate::results::schema::EVENTS;

/// Shares of draws in which firms are listed, by scenario, programme and target. `measures` has, for each scenario, the place of
/// each of its measures by id. None if no scenario has such a programme.
///
/// # Errors
/// When a table is damaged or was changed.
pub fn designations(
    frame: &Frame<'_>,
    measures: &[BTreeMap<String, usize>],
) -> Result<Option<PageDesignations>, UnreadableResults> {
    let mut rows = Vec::new();
    for (set, measures) in frame.sets.iter().zip(measures) {
        let mut found: BTreeMap<(usize, usize), [Months; 2]> = BTreeMap::new();
        if let Some(mut table) = set.table(EVENTS.file)? {
            let [event, target, month, quantity, mean] =
                table.columns(["event", "target", "month", "quantity", "mean"])?;
            while let Some(row) = table.next_row()? {
                let at = frame.month_of(row.text(month)).map_err(|reason| row.fault(reason))?;
                let key = measures
                    .get(row.text(event))
                    .copied()
                    .zip(frame.lands.find(row.text(target)));
                let (Some(at), Some(key)) = (at, key) else { continue };
                let column = usize::from(row.text(quantity) == "has_occurred");
                let cells = found.entry(key).or_insert_with(|| [frame.blank(), frame.blank()]);
                cells[column][at] = PageNumber::new(row.number(mean)?);
            }
        }
        let row = |((measure, target), [occurs, occurred]): ((usize, usize), [Months; 2])| {
            (measure, target, occurs, occurred)
        };
        rows.push(found.into_iter().map(row).collect::<Vec<_>>());
    }
    let has_rows = rows.iter().any(|rows| !rows.is_empty());
    Ok(has_rows.then_some(PageDesignations { rows }))
}
