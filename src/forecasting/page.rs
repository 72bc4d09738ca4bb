//! A backtest as a page in Markdown.

use super::pictures::PICTURES;
use super::scores::Grouping;
use super::tables::{Assessment, group_grid, method_grid, origin_grid, weights};
use super::weight::WEIGHTS;
use crate::report::markdown_cell;
use crate::results::{FileKind, LineMark};

const TITLE: &str = "# Forecasts of what has come: ";

/// How a file shows that it is such a page.
pub fn backtest_page_kind() -> FileKind {
    // The scenario's name stands before this part of the sentence.
    let sentence = LineMark::Around(
        "The scenario `",
        "` was calibrated at each origin on what was known then, and",
    );
    FileKind::new(
        "a page of a backtest",
        vec![LineMark::Around(TITLE, ""), LineMark::Is(String::new()), sentence],
    )
}

/// The page: tables, pictures, what was done at each origin, how to read it. It refers to the pictures in the folder beside it.
pub fn backtest_page(assessment: &Assessment<'_>) -> String {
    let scenario = assessment.scenario;
    let mut parts = vec![
        format!(
            "{TITLE}{}\n\nThe scenario `{}` was calibrated at each origin on what was known then, and\nits forecasts were laid \
             beside what came: {}.\n",
            markdown_cell(&scenario.title),
            scenario.name,
            assessment.made_of()
        ),
        format!("\n## All goods\n\n{}", method_grid(assessment).to_markdown()),
        HOW_TO_READ_SCORES.to_owned(),
    ];
    for grouping in Grouping::ALL {
        if let Some(grid) = group_grid(assessment, grouping) {
            let (name, about) = (grouping.name(), about(grouping));
            parts.push(format!("\n## By {name}\n\n{about}\n\n{}", grid.to_markdown()));
        }
    }
    let embedded: Vec<String> = PICTURES
        .iter()
        .map(|(file, title)| format!("![{title}]({file})\n"))
        .collect();
    parts.push(format!("\n## Pictures\n\n{}", embedded.join("\n")));
    parts.push(format!(
        "\n## Origins\n\nWeight of the simulated growth: {}.\n\n{}{}",
        weights(assessment),
        origin_grid(assessment).to_markdown(),
        about_origins()
    ));
    parts.push(HOW_TO_READ.to_owned());
    parts.concat()
}

/// What a table of groups is about.
fn about(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::Partner => "All goods of the widest reporters.",
        Grouping::Horizon => "All goods of the widest reporters, by months after the origin.",
        Grouping::Good => {
            "Goods of the widest reporters that have records of their own; `rest` is what all goods are without these."
        }
        Grouping::Reporter => "All goods of reporters that are parts of a wider one.",
    }
}

const HOW_TO_READ_SCORES: &str = "
CRPS is the mean score of a forecast distribution, in logarithms: 0.1 is about 10% of a month's trade, and lower is better.
The ratio divides it by that of the local level. Its 90% interval comes from a bootstrap of clusters: a partner and the
half-year of the month that was forecast. Errors of neighbouring origins for one month are the same error, so single
forecasts would give intervals that are far too narrow; with few clusters these still are. *Inside* is the share of records
within the central 90% or 50% of the forecast. The median error is positive where more came than was forecast.
";

fn about_origins() -> String {
    let weights = WEIGHTS.map(|weight| format!("{weight:.2}"));
    format!(
        "\nThe misfit is the mean square of an observation's error, in units of the errors that were assumed: about one where a
calibration leaves nothing but these. The weight is the part of the simulated growth that the forecast believes: of
{}, the one with the best scores of earlier origins for months that were known by then, and a half
while there are too few of these.\n",
        weights.join(", ")
    )
}

const HOW_TO_READ: &str = "
## How to read this

At each origin the scenario's uncertain numbers were calibrated on the records to that month and on no later one. The
forecast `anchored` takes these draws, carries them on from the last record with an explicit error process (a level that
walks, and the noise of a month), and believes the part of the simulated growth that the scores of past origins chose.
`simulated` is the same without the error process: the draws as they are. `anchored_0.00` to `anchored_1.00` are `anchored`
with one weight throughout, which nobody could have known to be best.

The naive methods know nothing but the series. `local_level`, the one to beat, is a level that walks and is observed with
noise. `last_value` repeats the last month. `theta` smooths, with half the drift of the trend line. `damped_trend` smooths,
with a trend that fades. `yearly_growth` is the same month last year and the growth since.

What these scores cannot say:

- Differences under 0.01 in CRPS mean little: there are a handful of partners and one war.
- The structure of the world was chosen with these months in view, so scores of `anchored` and `simulated` are flattered. Those
  of the naive methods are not.
- A figure of a year counts as known from its December on, and a month's record at its end. Delays of publication and
  revisions are left out, so that every method looks a little better than it would have.
- Months of one partner depend on each other. Many records are not many experiments.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_page_are_short() {
        let all = format!("{HOW_TO_READ_SCORES}{HOW_TO_READ}{}", about_origins());
        all.lines()
            .for_each(|line| assert!(line.chars().count() <= 140, "{line}"));
    }
}
