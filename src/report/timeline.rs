//! A picture of measures as bars over months.

use super::svg::{Anchor, Stroke, SvgDocument};
use crate::model::Month;

/// A measure or programme. Months are counted from the first of the picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimelineRow {
    pub label: String,
    /// What it is, behind the label.
    pub words: String,
    pub is_secondary: bool,
    pub announced: i32,
    pub from: i32,
    /// None if it does not end.
    pub until: Option<i32>,
}

/// Measures over months.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timeline {
    pub title: String,
    pub start: Month,
    pub months: usize,
    pub rows: Vec<TimelineRow>,
}

const WIDTH: f64 = 960.0;
/// Where the bars begin.
const LEFT: f64 = 430.0;
const RIGHT: f64 = 940.0;
/// Where the first row begins.
const TOP: f64 = 86.0;
const ROW: f64 = 21.0;
const BAR: f64 = 12.0;
const INK: &str = "#1a1a1a";
const GREY: &str = "#6b6b6b";
const RULE: &str = "#dddddd";
/// Primary measures and secondary programmes; colours that colour-blind readers tell apart.
const COLOURS: [&str; 2] = ["#0072b2", "#d55e00"];
const MONTHS_OF_YEAR: i32 = 12;

impl Timeline {
    /// The picture as SVG 1.1.
    pub fn render(&self) -> String {
        let description = format!(
            "{} measures and programmes over {} months from {}",
            self.rows.len(),
            self.months,
            self.start
        );
        let mut picture = SvgDocument::new(&self.title, &description);
        picture.bold_text((16.0, 26.0), 16.0, INK, &self.title);
        self.legend(&mut picture);
        let bottom = TOP + ROW * self.rows.len() as f64;
        self.years(&mut picture, bottom);
        for (place, row) in self.rows.iter().enumerate() {
            self.row(&mut picture, row, TOP + ROW * place as f64);
        }
        picture.finish(WIDTH, bottom + 16.0)
    }

    /// Across, at the start of a month; cut to the picture.
    fn x(&self, month: i32) -> f64 {
        let share = f64::from(month) / self.months.max(1) as f64;
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    fn legend(&self, picture: &mut SvgDocument) {
        let mut left = 16.0;
        for (is_secondary, name) in [(false, "primary measure"), (true, "secondary programme")] {
            if self.rows.iter().any(|row| row.is_secondary == is_secondary) {
                bar(
                    picture,
                    [left, left + 18.0],
                    38.0,
                    COLOURS[usize::from(is_secondary)],
                    0.9,
                );
                picture.text((left + 24.0, 48.0), 11.0, GREY, Anchor::Start, name);
                left += 170.0;
            }
        }
        picture.text(
            (left, 48.0),
            11.0,
            GREY,
            Anchor::Start,
            "pale: announced, not yet in force",
        );
    }

    fn years(&self, picture: &mut SvgDocument, bottom: f64) {
        let last = self.start.plus(self.months as i32 - 1).year();
        for year in self.start.year()..=last {
            let month = Month::january(year).since(self.start);
            let x = self.x(month);
            let stroke = Stroke {
                colour: RULE,
                width: 1.0,
                dashes: "",
            };
            picture.line(&[(x, TOP - 8.0), (x, bottom)], &stroke);
            // A year of which little is shown has no room for its name.
            if self.x(month + MONTHS_OF_YEAR) - x > 28.0 {
                picture.text((x + 3.0, TOP - 12.0), 11.0, GREY, Anchor::Start, &year.to_string());
            }
        }
    }

    fn row(&self, picture: &mut SvgDocument, row: &TimelineRow, top: f64) {
        let colour = COLOURS[usize::from(row.is_secondary)];
        picture.text(
            (LEFT - 10.0, top + 11.0),
            11.0,
            INK,
            Anchor::End,
            &cut(&row.label, &row.words),
        );
        if row.announced < row.from {
            bar(
                picture,
                [self.x(row.announced), self.x(row.from)],
                top + 2.0,
                colour,
                0.25,
            );
        }
        let end = row.until.map_or(RIGHT, |until| self.x(until));
        bar(picture, [self.x(row.from), end], top + 2.0, colour, 0.9);
    }
}

fn bar(picture: &mut SvgDocument, [from, to]: [f64; 2], top: f64, colour: &str, opacity: f64) {
    // What is never in force within the picture leaves no bar.
    if to > from {
        let corners = [(from, top), (to, top), (to, top + BAR), (from, top + BAR)];
        picture.area(&corners, colour, opacity);
    }
}

/// The label with as many of the words behind it as have room.
fn cut(label: &str, words: &str) -> String {
    const LONGEST: usize = 68;
    let text = format!("{label} ({words})");
    if text.chars().count() <= LONGEST {
        return text;
    }
    let kept: String = text.chars().take(LONGEST - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, announced: i32, from: i32, until: Option<i32>) -> TimelineRow {
        TimelineRow {
            label: label.to_owned(),
            words: "ban, EU against BY".to_owned(),
            is_secondary: false,
            announced,
            from,
            until,
        }
    }

    #[test]
    fn bars_reach_from_start_to_end_and_stay_in_the_picture() {
        let timeline = Timeline {
            title: "Two bans".to_owned(),
            start: Month::january(2022),
            months: 24,
            rows: vec![row("one", -3, 6, Some(12)), row("two", 30, 30, None)],
        };
        let svg = timeline.render();
        let middle = f64::midpoint(LEFT, RIGHT);
        let quarter = LEFT + (RIGHT - LEFT) / 4.0;
        assert!(
            svg.contains(&format!("{quarter:.1},{:.1} {middle:.1},{:.1}", TOP + 2.0, TOP + 2.0)),
            "{svg}"
        );
        // The announcement, a bar and the legend; the second measure starts after the last month.
        assert_eq!(svg.matches("<polygon").count(), 3);
        assert!(svg.contains("2023") && !svg.contains("2024<"));
    }
}
