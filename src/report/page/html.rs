//! The page as a file: the template with its slots filled. Answer, headings and two tables are HTML, so that the page speaks
//! where no script runs.

use super::data::{GainColumn, GainGroup, PageData, Spread};
use super::frame::PRICE;
use super::sentences::{Speaker, gain_rows};
use super::text::{MoneyUnit, percent};
use crate::report::escape::escaped;
use crate::results::{FileKind, LineMark};

const TEMPLATE: &str = include_str!("bundle/template.html");
const STYLE: &str = include_str!("bundle/page.css");
const SCRIPT: &str = include_str!("bundle/page.js");
const LICENCES: &str = include_str!("bundle/LICENSES.txt");

const DOCTYPE: &str = "<!doctype html>";
/// The second line, by which such a page is known.
const MARK: &str = "<!-- A report of results, written by roundabout. It needs no network. -->";

/// How a file shows that it is a page written here.
pub fn page_kind() -> FileKind {
    let lines = [DOCTYPE, MARK].map(|line| LineMark::Is(line.to_owned()));
    FileKind::new("a report written by this program", lines.to_vec())
}

/// The whole page.
///
/// # Errors
/// Never in practice: all data can be written as JSON.
pub fn render(speaker: &Speaker<'_>) -> serde_json::Result<String> {
    let data = speaker.data;
    let mut page = TEMPLATE.replacen(DOCTYPE, &format!("{DOCTYPE}\n{MARK}"), 1);
    for (section, is_there) in sections(data) {
        page = keep(page, "section", section, is_there);
        page = keep(page, "link", section, is_there);
    }
    Ok(fill(&page, &slots(speaker)?))
}

/// The parts of the page, and whether they have data.
fn sections(data: &PageData) -> [(&'static str, bool); 9] {
    [
        ("ranking", data.headlines.is_some() && data.scenarios.len() > 1),
        ("gains", data.gains.is_some()),
        ("months", data.months.is_some() || data.records.is_some()),
        ("flows", data.flows.is_some()),
        ("map", data.map.is_some()),
        ("capacities", data.capacities.is_some()),
        ("designations", data.designations.is_some()),
        ("drivers", data.drivers.is_some()),
        ("table", data.table.is_some()),
    ]
}

/// Keeps a part of the template, without its marks, or takes it out.
fn keep(page: String, kind: &str, name: &str, is_there: bool) -> String {
    let (open, close) = (format!("<!--{kind}:{name}-->"), format!("<!--/{kind}:{name}-->"));
    let Some((before, rest)) = page.split_once(&open) else {
        return page;
    };
    let Some((inside, after)) = rest.split_once(&close) else {
        return page;
    };
    if is_there {
        format!("{before}{inside}{after}")
    } else {
        format!("{before}{after}")
    }
}

/// Fills the slots of the template from its beginning to its end, so that nothing in a filling is taken for a slot.
fn fill(template: &str, slots: &[(&str, String)]) -> String {
    const OPEN: &str = "<!--slot:";
    let mut page = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((name, after)) = after.split_once("-->") else {
            break;
        };
        page.push_str(before);
        if let Some((_, filling)) = slots.iter().find(|(slot, _)| *slot == name) {
            page.push_str(filling);
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

fn slots(speaker: &Speaker<'_>) -> serde_json::Result<Vec<(&'static str, String)>> {
    let data = speaker.data;
    let group = data.gains.as_ref().and_then(|groups| groups.first());
    let heading = |text: &str| escaped(text);
    Ok(vec![
        ("title", escaped(speaker.title())),
        ("about", escaped(&speaker.about())),
        ("h1", escaped(speaker.title())),
        ("answer", paragraphs(&speaker.answer())),
        ("answer-notes", paragraphs(&speaker.notes())),
        ("heading-ranking", heading(&speaker.ranking_heading())),
        ("plain-ranking", ranking_table(speaker)),
        (
            "heading-gains",
            group.map_or(String::new(), |group| heading(&speaker.gains_heading(group))),
        ),
        (
            "plain-gains",
            group.map_or(String::new(), |group| gains_table(speaker, group)),
        ),
        (
            "heading-months",
            heading(
                &speaker
                    .months_heading()
                    .unwrap_or("Customs records, month by month".to_owned()),
            ),
        ),
        ("heading-flows", heading("Where restricted trade goes")),
        ("heading-map", heading("Traffic by corridor")),
        ("heading-capacities", heading("Ports and networks at their limits")),
        (
            "heading-designations",
            heading(&speaker.designations_heading().unwrap_or_default()),
        ),
        (
            "heading-drivers",
            heading(&speaker.drivers_heading().unwrap_or_default()),
        ),
        ("heading-basis", heading(&speaker.basis_heading())),
        ("plain-basis", basis(data)),
        ("style", STYLE.to_owned()),
        // A script ends at the first closing tag, whatever it stands in.
        (
            "data",
            serde_json::to_string(data)?
                .replace("</", "<\\/")
                .replace("<!--", "<\\u0021--"),
        ),
        (
            "script",
            format!(
                "/*\n{}\n*/\n{}",
                LICENCES.trim_end().replace("*/", "* /"),
                SCRIPT.replace("</script", "<\\/script")
            ),
        ),
    ])
}

fn paragraphs(paragraphs: &[String]) -> String {
    wrapped("p", paragraphs)
}

/// Each text in an element of its own; the texts are HTML.
fn wrapped(tag: &str, texts: &[String]) -> String {
    let elements: Vec<String> = texts.iter().map(|text| format!("<{tag}>{text}</{tag}>")).collect();
    elements.concat()
}

/// A table; cells are HTML.
fn table(caption: &str, head: &[String], rows: &[Vec<String>]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| wrapped("td", row)).collect();
    let body = wrapped("tr", &rows).replace("</tr>", "</tr>\n");
    format!(
        "<table><caption>{}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{body}</tbody></table>",
        escaped(caption),
        wrapped("th", head)
    )
}

/// Success and price of every scenario, the one that cuts most first, the reference last.
fn ranking_table(speaker: &Speaker<'_>) -> String {
    let mut order: Vec<usize> = speaker.standings(0).iter().map(|each| each.scenario).collect();
    let scenarios = 0..speaker.data.scenarios.len();
    order.extend(
        scenarios
            .filter(|scenario| !order.contains(scenario))
            .collect::<Vec<_>>(),
    );
    let price = speaker.metric(PRICE);
    let row = |scenario: usize| {
        let mut cells = vec![speaker.scenario(scenario)];
        for metric in [Some(0), price].into_iter().flatten() {
            let level = speaker.level(metric, scenario);
            let headline = speaker.headline(metric);
            let difference = headline.and_then(|headline| headline.difference.as_ref()?[scenario]);
            let below = headline.and_then(|headline| headline.below.as_ref()?[scenario]?.get());
            cells.push(money(level));
            cells.push(money(difference));
            cells.push(below.map_or(String::new(), |share| percent(share, 2)));
        }
        cells
    };
    let rows: Vec<Vec<String>> = order.into_iter().map(row).collect();
    let mut head = vec!["Scenario".to_owned()];
    for what in ["Trade around the restrictions", "Trade lost by bystanders"]
        .iter()
        .take(1 + usize::from(price.is_some()))
    {
        head.extend([
            (*what).to_owned(),
            "less the reference".to_owned(),
            "draws in which it is lower".to_owned(),
        ]);
    }
    table("Means over the whole run; ranges hold 90% of the draws", &head, &rows)
}

fn money(spread: Option<Spread>) -> String {
    let Some([mean, low, _, _, _, high]) = spread else {
        return String::new();
    };
    let Some(level) = mean.get() else {
        return String::new();
    };
    let unit = MoneyUnit::fitting(level.abs());
    let sign = if level < 0.0 { "\u{2212}" } else { "" };
    format!("{sign}{}{}", unit.amount(level), unit.range(low.get(), high.get()))
}

/// Changes for each party under the scenario that is shown first.
fn gains_table(speaker: &Speaker<'_>, group: &GainGroup) -> String {
    let scenario = speaker.shown_scenario();
    let by_column: Vec<_> = (0..group.columns.len())
        .map(|column| gain_rows(group, scenario, 0, column))
        .collect();
    let mut parties: Vec<usize> = Vec::new();
    for row in by_column.iter().flatten() {
        if !parties.contains(&row.2) {
            parties.push(row.2);
        }
    }
    let row = |party: &usize| {
        let mut cells = vec![escaped(group.parties[*party].shown())];
        for rows in &by_column {
            let cell = rows.iter().find(|row| row.2 == *party);
            cells.push(cell.map_or(String::new(), |row| {
                let absent = super::number::PageNumber::ABSENT;
                money(Some([row.4, row.5, absent, absent, absent, row.6]))
            }));
        }
        cells
    };
    let rows: Vec<Vec<String>> = parties.iter().map(row).collect();
    let column = |column: &GainColumn| escaped(column.name);
    let head: Vec<String> = std::iter::once("Who".to_owned())
        .chain(group.columns.iter().map(column))
        .collect();
    let what = if scenario == 0 {
        "Amounts"
    } else {
        "Change against the reference"
    };
    let title = &speaker.data.scenarios[scenario].name;
    table(&format!("{what} under {title}, whole run"), &head, &rows)
}

fn basis(data: &PageData) -> String {
    let basis = &data.basis;
    let limits: Vec<String> = basis.limits.iter().map(|limit| escaped(limit)).collect();
    let limits = wrapped("li", &limits);
    format!(
        "<p>{} draws, {}, seed {}; largest residual {:.1e}.</p>\n<ul>{limits}</ul>\n<p>{}</p>\n<p><code>{}</code></p>",
        data.head.draws,
        escaped(basis.sampling),
        basis.seed,
        basis.residual,
        escaped(&basis.cite),
        escaped(&basis.command)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_without_data_leaves_the_page() {
        let page = "a<!--section:map--><p>map</p><!--/section:map-->b".to_owned();
        assert_eq!(keep(page.clone(), "section", "map", true), "a<p>map</p>b");
        assert_eq!(keep(page, "section", "map", false), "ab");
    }

    #[test]
    fn what_fills_a_slot_is_not_read_again() {
        let slots = [("one", "<!--slot:two-->".to_owned()), ("two", "2".to_owned())];
        assert_eq!(
            fill("<!--slot:one-->, <!--slot:two-->, <!--slot:none-->.", &slots),
            "<!--slot:two-->, 2, ."
        );
    }

    #[test]
    fn every_slot_and_part_of_the_template_is_known() {
        let names = TEMPLATE
            .split("<!--slot:")
            .skip(1)
            .filter_map(|rest| rest.split_once("-->"))
            .map(|(name, _)| name);
        let known = [
            "title",
            "about",
            "h1",
            "answer",
            "answer-notes",
            "heading-ranking",
            "plain-ranking",
            "heading-gains",
            "plain-gains",
            "heading-months",
            "heading-flows",
            "heading-map",
            "heading-capacities",
            "heading-designations",
            "heading-drivers",
            "heading-basis",
            "plain-basis",
            "style",
            "data",
            "script",
        ];
        let mut found = 0;
        names.for_each(|name| {
            assert!(known.contains(&name), "{name}");
            found += 1;
        });
        assert_eq!(found, known.len());
        assert!(TEMPLATE.starts_with(DOCTYPE));
    }
}
