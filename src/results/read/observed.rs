//! Records of customs offices, laid beside a series of `books.csv`.

use std::collections::BTreeMap;

use super::series::Series;
use super::{ResultSet, UnreadableResults, read_vouched};
use crate::model::Month;
use crate::results::schema::{MONTH, OBSERVED};

const RELATIVE: &str = "relative";

/// The records of the months of a series of `books.csv`, without season and at the prices of the first year, in the unit of the
/// series: multiples of the simulated mean month of that year. Empty if the world observes nothing of it, or the results are of
/// a version that did not keep records.
///
/// # Errors
/// When the table is missing, damaged or not as the manifest says.
pub fn read_observed(set: &ResultSet, books: &Series) -> Result<BTreeMap<Month, f64>, UnreadableResults> {
    if !set.manifest.files.contains_key(OBSERVED.file) {
        return Ok(BTreeMap::new());
    }
    let Some(base) = base_mean(books) else {
        return Ok(BTreeMap::new());
    };
    read_vouched(&set.folder, OBSERVED.file, &set.manifest, |table| {
        let (month, relative) = (table.column(MONTH.name)?, table.column(RELATIVE)?);
        let columns = books
            .key
            .iter()
            .map(|(column, value)| Ok((table.column(column)?, value)));
        let columns = columns.collect::<Result<Vec<_>, UnreadableResults>>()?;
        let mut months = BTreeMap::new();
        for row in table.rows() {
            if columns.iter().any(|&(column, value)| row.text(column) != value) {
                continue;
            }
            let of = row.text(month).parse::<Month>();
            let of = of.map_err(|reason| row.fault(reason.to_owned()))?;
            if let Some(value) = row.number(relative)?
                && books.months.contains_key(&of)
            {
                months.insert(of, value * base);
            }
        }
        Ok(months)
    })
}

/// The mean month of the first calendar year.
fn base_mean(books: &Series) -> Option<f64> {
    let year = books.months.keys().next()?.year();
    let of_year = books.months.iter().filter(|(month, _)| month.year() == year);
    let means: Vec<f64> = of_year.filter_map(|(_, summary)| summary.mean).collect();
    (!means.is_empty()).then(|| means.iter().fold(0.0, |sum, mean| sum + mean) / means.len() as f64)
}
