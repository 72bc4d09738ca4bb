//! Simulated series over the months, with published values as points.

use super::verdict::Validation;
use crate::model::Picture;
use crate::report::plot::FanChart;
use crate::results::read::Series;

/// The folder of the pictures, beside the page.
pub const FOLDER: &str = "validation";

/// The name of a picture's file, from where the page stands.
pub fn file_name(picture: &Picture) -> String {
    format!("{FOLDER}/{}.svg", picture.id)
}

/// The picture at a place of [`crate::model::Facts::pictures`].
pub fn chart(validation: &Validation<'_>, place: usize) -> FanChart {
    let picture = &validation.facts.pictures[place];
    let series = &validation.facts.series[picture.series];
    let (first, last) = (picture.months.first, picture.months.last);
    let observed = validation.records.months(picture.series).range(first..=last);
    FanChart {
        title: picture.title.clone(),
        unit: series.unit.name().to_owned(),
        from_zero: true,
        series: vec![Series {
            label: "simulated".to_owned(),
            key: Vec::new(),
            unit: series.unit.name().to_owned(),
            months: picture.months.iter().zip(validation.simulated.picture(place)).collect(),
        }],
        observed: observed.map(|(month, value)| (*month, *value)).collect(),
        measures: Vec::new(),
        is_difference: false,
    }
}
