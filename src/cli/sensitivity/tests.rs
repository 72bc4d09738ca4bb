use super::shown::{Findings, NOISE_MARK, mark, share, with_error};
use crate::comparison::{Format, find_headline, split_headline};
use crate::report::Grid;
use crate::results::TextTable;

fn findings() -> Findings {
    let mut grid = Grid::new("Numbers", &["", "number", "rho"], 2);
    let row = |place: usize, is_noise, name: &str| vec![mark(place, is_noise), name.to_owned(), "0.5".to_owned()];
    grid.rows.push(row(0, false, "in words\nan.id"));
    grid.rows.push(row(1, true, "in words\nanother.id"));
    Findings {
        heading: vec!["Which numbers".to_owned()],
        grids: vec![grid],
        table: TextTable::new(&["number", "rho"], vec![vec!["an.id".to_owned(), "0.5".to_owned()]]),
        notes: vec!["A note.".to_owned()],
        facts: serde_json::Map::new(),
        chart: None,
    }
}

#[test]
fn rows_below_the_noise_are_marked_and_on_a_terminal_pale() {
    let plain = findings().render(Format::Table, false).unwrap();
    assert!(
        plain.contains("\n 1  in words") && plain.contains(&format!("\n {NOISE_MARK}  in words")),
        "{plain}"
    );
    assert!(!plain.contains('\u{1b}'));
    let pale: Vec<String> = findings()
        .render(Format::Table, true)
        .unwrap()
        .lines()
        .filter(|line| line.starts_with('\u{1b}'))
        .map(str::to_owned)
        .collect();
    // Both lines of the second row.
    assert_eq!(pale.len(), 2, "{pale:?}");
    assert!(pale[1].contains("another.id") && pale.iter().all(|line| line.ends_with("\u{1b}[0m")));
}

#[test]
fn csv_and_json_hold_the_rows_and_markdown_the_notes() {
    assert_eq!(
        findings().render(Format::Csv, false).unwrap(),
        "number,rho\nan.id,0.5\n"
    );
    let json: serde_json::Value = serde_json::from_str(&findings().render(Format::Json, false).unwrap()).unwrap();
    assert_eq!(json["rows"][0]["rho"], 0.5);
    let page = findings().render(Format::Markdown, false).unwrap();
    assert!(
        page.contains("| 1 | in words an.id | 0.5 |") && page.ends_with("\nA note.\n"),
        "{page}"
    );
}

#[test]
fn shares_show_two_decimals_and_small_ones_three() {
    assert_eq!([0.314, 0.0, -0.004, 0.006].map(share), ["0.31", "0", "-0.004", "0.006"]);
    assert_eq!(with_error(0.5, 0.004), "0.50 ±0.004");
    assert_eq!(with_error(0.5, f64::NAN), "0.50");
}

#[test]
fn a_headline_is_found_with_its_unit_and_without() {
    let known = ["circumvented_usd", "price_rise_share", "toll_usd/t"].map(str::to_owned);
    assert_eq!(find_headline(&known, "circumvented").unwrap(), "circumvented_usd");
    assert_eq!(find_headline(&known, "price_rise_share").unwrap(), "price_rise_share");
    assert_eq!(split_headline("toll_usd/t"), Some(("toll", "usd/t")));
    let error = find_headline(&known, "circumvente").unwrap_err().to_string();
    assert!(error.contains("did you mean `circumvented`?"), "{error}");
}
