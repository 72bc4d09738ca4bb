//! Small panels on common axes, one for each scenario, with the reference pale behind each.

use super::area::{draw_measure, draw_title};
use super::axis::{MonthAxis, ValueAxis};
use super::dated::DatedMeasure;
use super::layout::{cut_within, text_width, wrapped};
use super::{BANDS_OF_FEW, GRID, INK, MARGIN, PALE_INK, WIDTH, colour, draw_band, fan, per_month, runs};
use crate::model::Month;
use crate::report::DisplayScale;
use crate::report::svg::{Anchor, DrawnPicture, Stroke, SvgDocument, SvgPoint};
use crate::results::read::Series;

const SIZE: f64 = 12.0;
const LINE: f64 = 14.0;
const GAP: f64 = 14.0;
/// The height of a panel is this share of its width, within bounds.
const SHAPE: f64 = 0.62;
const INTERVALS: f64 = 3.0;
/// How labels of years begin.
const JANUARY: &str = "Jan ";

const AXIS: Stroke<'static> = Stroke {
    colour: PALE_INK,
    width: 1.0,
    dashes: "",
};
const RULE: Stroke<'static> = Stroke { colour: GRID, ..AXIS };
const REFERENCE: Stroke<'static> = Stroke {
    colour: "#999999",
    width: 1.8,
    dashes: "",
};
const MEDIAN: Stroke<'static> = Stroke {
    colour: "#0072b2",
    width: 2.0,
    dashes: "",
};
const DATED: Stroke<'static> = Stroke {
    colour: "#aaaaaa",
    width: 0.7,
    dashes: "2 3",
};

/// A chart of small panels.
#[derive(Clone, PartialEq, Debug)]
pub struct PanelChart {
    pub title: String,
    /// `t`, `usd`, `usd/t` or `share`.
    pub unit: String,
    /// Whether the axis of values begins at zero where no value lies below.
    pub from_zero: bool,
    /// One panel each.
    pub panels: Vec<Series>,
    /// The measures of each panel, drawn as thin lines at their months; fewer for none.
    pub measures: Vec<Vec<DatedMeasure>>,
    /// Which panel is drawn behind the others; none if they have no reference.
    pub reference: Option<usize>,
}

/// Where a panel stands, and its scales.
struct Panel<'a> {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    values: &'a ValueAxis,
    months: &'a MonthAxis,
    divisor: f64,
}

impl Panel<'_> {
    fn point(&self, month: Month, value: f64) -> SvgPoint {
        let share = self.values.share(value / self.divisor);
        (self.x(month), self.top + self.height * (1.0 - share))
    }

    fn x(&self, month: Month) -> f64 {
        self.left + self.width * self.months.share(month)
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

impl PanelChart {
    /// The picture.
    pub fn draw(&self) -> DrawnPicture {
        let scale = DisplayScale::fitting(&self.unit, self.quantiles());
        let values = self.value_axis(scale.divisor);
        let mut document = SvgDocument::new(&self.title, &self.description());
        let below_title = draw_title(&mut document, &self.title);
        let measure_line = draw_measure(&mut document, below_title, &per_month(&scale.unit));
        let widest = values
            .labels()
            .map(|label| text_width(&label, SIZE))
            .fold(0.0, f64::max);
        let left = MARGIN + widest + 6.0;
        let columns = self.columns();
        let room = WIDTH - MARGIN - left;
        let width = (room - GAP * (columns - 1) as f64) / columns as f64;
        let height = (width * SHAPE).clamp(70.0, 200.0);
        let months = self.month_axis(width);
        let titles: Vec<Vec<String>> = self.panels.iter().map(|series| heading(&series.label, width)).collect();
        let mut top = measure_line + 10.0;
        for (row, titles) in titles.chunks(columns).enumerate() {
            let lines = titles.iter().map(Vec::len).max().unwrap_or(1);
            top += lines as f64 * LINE + 4.0;
            for (column, title) in titles.iter().enumerate() {
                let place = row * columns + column;
                let panel = Panel {
                    left: left + column as f64 * (width + GAP),
                    top,
                    width,
                    height,
                    values: &values,
                    months: &months,
                    divisor: scale.divisor,
                };
                let is_lowest = place + columns >= self.panels.len();
                draw_frame(&mut document, &panel, title, column == 0, is_lowest);
                self.draw_panel(&mut document, &panel, place);
            }
            top += height + 12.0;
        }
        let mut line = top + SIZE + 18.0;
        for text in wrapped(&self.note(), SIZE + 2.0, WIDTH - 2.0 * MARGIN) {
            document.text((MARGIN, line), SIZE + 2.0, PALE_INK, Anchor::Start, &text);
            line += LINE + 4.0;
        }
        document.picture(WIDTH, line)
    }

    fn columns(&self) -> usize {
        match self.panels.len() {
            0 | 1 => 1,
            2 | 4 => 2,
            3..=12 => 3,
            _ => 4,
        }
    }

    fn quantiles(&self) -> impl Iterator<Item = f64> + '_ {
        let summaries = self.panels.iter().flat_map(|series| series.months.values());
        summaries.filter_map(fan).flatten()
    }

    fn value_axis(&self, divisor: f64) -> ValueAxis {
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = self.quantiles().fold(bounds, |(low, high), value| {
            (low.min(value / divisor), high.max(value / divisor))
        });
        match (low <= high, self.from_zero) {
            (false, _) => ValueAxis::with_intervals(0.0, 1.0, INTERVALS),
            (true, true) => ValueAxis::with_intervals(low.min(0.0), high.max(0.0), INTERVALS),
            (true, false) => ValueAxis::with_intervals(low, high, INTERVALS),
        }
    }

    /// The months of all panels, with as many labels as a panel of this width has room for.
    fn month_axis(&self, width: f64) -> MonthAxis {
        let months = || self.panels.iter().flat_map(|series| series.months.keys()).copied();
        let first = months().min().unwrap_or(Month::january(0));
        let last = months().max().unwrap_or(first);
        let fitting = |sample: &str| MonthAxis::new(first, last, (width / text_width(sample, SIZE)).max(1.0));
        // Years need less room than months.
        let years = fitting("2022  ");
        let is_of_years = years.labels().iter().all(|(_, label)| label.starts_with(JANUARY));
        if is_of_years { years } else { fitting("Sep 2022  ") }
    }

    fn draw_panel(&self, document: &mut SvgDocument, panel: &Panel<'_>, place: usize) {
        for measure in self.measures.get(place).into_iter().flatten() {
            if panel.months.holds(measure.from) {
                let x = panel.x(measure.from);
                document.line(&[(x, panel.top), (x, panel.bottom())], &DATED);
            }
        }
        let series = &self.panels[place];
        let point = |month, value| panel.point(month, value);
        for run in runs(series) {
            for band in BANDS_OF_FEW {
                draw_band(document, &run, band, colour(0), &point);
            }
        }
        let behind = self.reference.filter(|reference| *reference != place);
        if let Some(reference) = behind {
            draw_median(document, panel, &self.panels[reference], &REFERENCE);
        }
        draw_median(document, panel, series, &MEDIAN);
    }

    fn note(&self) -> String {
        let name = self.reference.map(|place| self.panels[place].label.as_str());
        let behind = name.filter(|_| self.panels.len() > 1);
        let behind = behind.map_or(String::new(), |name| format!(" Grey line: {name}."));
        let dated = if self.measures.iter().all(Vec::is_empty) {
            ""
        } else {
            " Dotted: a measure begins."
        };
        format!("Line: median of draws. Bands: middle 50% and 90%.{behind}{dated}")
    }

    /// The picture in words, for those who do not see it.
    fn description(&self) -> String {
        let names: Vec<&str> = self.panels.iter().map(|series| series.label.as_str()).collect();
        format!(
            "Small panels by month on common axes, of {}. {}",
            names.join(", "),
            self.note()
        )
    }
}

/// A heading in at most two lines.
fn heading(label: &str, width: f64) -> Vec<String> {
    if text_width(label, SIZE) <= width {
        return vec![label.to_owned()];
    }
    // Names of scenarios break at their hyphens.
    let broken = label.replace('-', "- ");
    let mut lines: Vec<String> = wrapped(&broken, SIZE, width)
        .iter()
        .map(|line| line.replace("- ", "-"))
        .collect();
    if lines.len() > 2 {
        let rest = lines.split_off(1).concat();
        lines.push(rest);
    }
    lines.iter().map(|line| cut_within(line, SIZE, width)).collect()
}

fn draw_median(document: &mut SvgDocument, panel: &Panel<'_>, series: &Series, stroke: &Stroke<'_>) {
    for run in runs(series) {
        let points: Vec<SvgPoint> = run.iter().map(|(month, fan)| panel.point(*month, fan[2])).collect();
        match points.as_slice() {
            [alone] => document.speck(*alone, stroke.colour),
            points => document.line(points, stroke),
        }
    }
}

fn draw_frame(document: &mut SvgDocument, panel: &Panel<'_>, title: &[String], has_values: bool, has_months: bool) {
    let right = panel.left + panel.width;
    for (value, label) in panel.values.ticks().zip(panel.values.labels()) {
        let y = panel.bottom() - panel.height * panel.values.share(value);
        let rule = if value == 0.0 { &AXIS } else { &RULE };
        document.line(&[(panel.left, y), (right, y)], rule);
        if has_values {
            document.text((panel.left - 5.0, y + 4.0), SIZE, PALE_INK, Anchor::End, &label);
        }
    }
    document.line(&[(panel.left, panel.bottom()), (right, panel.bottom())], &AXIS);
    for (number, line) in title.iter().rev().enumerate() {
        let y = panel.top - 5.0 - number as f64 * LINE;
        document.text((panel.left, y), SIZE, INK, Anchor::Start, line);
    }
    let labels = panel.months.labels();
    let is_of_years = labels.iter().all(|(_, label)| label.starts_with(JANUARY));
    for (month, label) in labels {
        let label = if is_of_years { &label[JANUARY.len()..] } else { &label };
        let x = panel.x(month);
        document.line(&[(x, panel.bottom()), (x, panel.bottom() + 4.0)], &AXIS);
        if has_months {
            let half = text_width(label, SIZE) / 2.0;
            let x = x.clamp(panel.left + half, (right - half).max(panel.left + half));
            document.text((x, panel.bottom() + SIZE + 5.0), SIZE, PALE_INK, Anchor::Middle, label);
        }
    }
}
