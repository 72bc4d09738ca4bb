use super::*;

/// A series of some months, with quantiles around a median of `level` at first that grows by a tenth a month.
fn series(label: &str, start: &str, months: i32, level: f64) -> Series {
    let start: Month = start.parse().unwrap();
    let summary = |later: i32| {
        let median = level * (1.0 + 0.1 * f64::from(later));
        let [p05, p25, p50, p75, p95] = [0.5, 0.9, 1.0, 1.2, 1.5].map(|share| Some(share * median));
        let [mean, sd, mcse] = [Some(median), Some(1.0), Some(0.1)];
        Summary {
            mean,
            sd,
            mcse,
            p05,
            p25,
            p50,
            p75,
            p95,
        }
    };
    Series {
        label: label.to_owned(),
        key: Vec::new(),
        unit: "usd".to_owned(),
        months: (0..months).map(|later| (start.plus(later), summary(later))).collect(),
    }
}

fn chart(series: Vec<Series>) -> FanChart {
    FanChart {
        title: "Circumvented".to_owned(),
        unit: "usd".to_owned(),
        from_zero: true,
        series,
        observed: BTreeMap::new(),
        measures: Vec::new(),
        is_difference: false,
    }
}

fn count(picture: &str, part: &str) -> usize {
    picture.matches(part).count()
}

fn labels(axis: &ValueAxis) -> Vec<String> {
    axis.labels().collect()
}

#[test]
fn a_chart_of_two_scenarios_looks_like_this() {
    let two = vec![
        series("baseline", "2022-01", 4, 2e6),
        series("a ban & a duty", "2022-01", 3, 1e6),
    ];
    insta::assert_snapshot!(chart(two).render());
}

/// A chart of so many scenarios with the names `a`, `b` and so on.
fn many(count: u8) -> FanChart {
    let names = (0..count).map(|number| char::from(b'a' + number).to_string());
    chart(names.map(|name| series(&name, "2021-01", 48, 1.0)).collect())
}

#[test]
fn every_line_has_its_name_at_its_end_and_bands_make_room_for_more_lines() {
    for (count_of_lines, bands, said) in [
        (1, 2, "50% and 90%"),
        (3, 6, "50% and 90%"),
        (6, 6, "Band: middle 50%."),
        (25, 0, "hide"),
    ] {
        let chart = many(count_of_lines);
        let picture = chart.render();
        assert_eq!(count(&picture, "<polygon "), bands, "{count_of_lines}");
        assert_eq!(count(&picture, r#"stroke-width="2.6""#), usize::from(count_of_lines));
        assert!(picture.contains(said), "{said}");
        for series in &chart.series {
            assert!(picture.contains(&format!(">{}</text>", series.label)));
        }
        assert_eq!(chart.leaves_bands_out(), bands == 0);
    }
    // The eighth has the colour of the first, but other dashes.
    assert_ne!((colour(0), stroke(0).dashes), (colour(7), stroke(7).dashes));
}

#[test]
fn names_at_the_ends_of_lines_do_not_cover_each_other() {
    let moved = layout::spread(&[100.0, 101.0, 99.0, 290.0, 299.0], 15.0, 10.0, 300.0);
    let mut sorted = moved.clone();
    sorted.sort_by(f64::total_cmp);
    assert!(
        sorted.windows(2).all(|pair| pair[1] - pair[0] >= 15.0 - 1e-9),
        "{moved:?}"
    );
    assert!(moved.iter().all(|place| (10.0..=300.0).contains(place)));
    // Lines keep their order.
    assert!(moved[2] < moved[0] && moved[0] < moved[1] && moved[3] < moved[4]);
}

#[test]
fn measures_are_numbered_lines_with_a_list() {
    let mut chart = many(1);
    let dated = |month: &str, label: &str| DatedMeasure {
        from: month.parse().unwrap(),
        label: label.to_owned(),
    };
    chart.measures = vec![
        dated("2022-03", "EU ban"),
        dated("2022-03", "EU ban"),
        dated("2023-01", "LT closure"),
        dated("2030-01", "never"),
    ];
    let picture = chart.render();
    assert!(picture.contains(">1: Mar 2022, EU ban (×2).</text>"), "{picture}");
    assert!(picture.contains(">2: Jan 2023, LT closure.</text>"));
    assert!(!picture.contains("never"));
}

fn panels(count: usize) -> PanelChart {
    let panel = |number: usize| series(&format!("scenario-{number}"), "2021-01", 48, 1e6 * (number + 1) as f64);
    PanelChart {
        title: "Circumvented".to_owned(),
        unit: "usd".to_owned(),
        from_zero: true,
        panels: (0..count).map(panel).collect(),
        measures: Vec::new(),
        reference: (count > 1).then_some(0),
    }
}

/// Coordinates of lines and areas.
fn coordinates(picture: &str) -> Vec<(f64, f64)> {
    let lists = picture
        .split("points=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let pair = |pair: &str| {
        let (x, y) = pair.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    lists.flat_map(|list| list.split(' ').map(pair)).collect()
}

#[test]
fn panels_of_one_six_and_twenty_five_lie_within_the_picture() {
    for count_of_panels in [1, 2, 6, 25] {
        let drawn = panels(count_of_panels).draw();
        let picture = drawn.to_svg();
        assert_eq!(count(&picture, "<polygon "), 2 * count_of_panels);
        // The reference stands behind the others.
        assert_eq!(count(&picture, "#999999"), count_of_panels - 1);
        for (x, y) in coordinates(&picture) {
            assert!(
                (0.0..=WIDTH).contains(&x) && (0.0..=drawn.height).contains(&y),
                "{x} {y}"
            );
        }
    }
}

fn dot(label: &str, middle: f64) -> DotRow {
    DotRow {
        label: label.to_owned(),
        summary: series(label, "2022-01", 1, middle).months.into_values().next().unwrap(),
        is_reference: label == "reference",
        is_apart: label == "sum",
    }
}

#[test]
fn dots_are_ranked_with_what_stands_apart_last() {
    let labels = |is_difference| {
        let chart = DotChart {
            title: "Circumvented".to_owned(),
            unit: "usd".to_owned(),
            per: String::new(),
            is_difference,
            rows: vec![dot("sum", 9e9), dot("b", 2e9), dot("reference", 3e9), dot("c", 1e9)],
        };
        let chart = chart.rank();
        let names: Vec<String> = chart.rows.iter().map(|row| row.label.clone()).collect();
        (names.join(" "), chart.draw().to_svg())
    };
    let (levels, picture) = labels(false);
    assert_eq!(levels, "reference b c sum");
    assert!(
        picture.contains(">9.00</text>") && picture.contains("Dashed: reference."),
        "{picture}"
    );
    assert_eq!(labels(true).0, "c b reference sum");
}

#[test]
fn charts_without_rows_or_values_are_drawn_all_the_same() {
    let mut empty = panels(1);
    empty.panels[0].months.clear();
    let mut nothing = dot("nothing", 1.0);
    nothing.summary = Summary::from_values([None; 8]);
    let dots = |rows| DotChart {
        title: "Circumvented".to_owned(),
        unit: "usd".to_owned(),
        per: String::new(),
        is_difference: false,
        rows,
    };
    let sweep = |lines| SweepChart {
        title: "Circumvented".to_owned(),
        number: "rate".to_owned(),
        unit: "usd".to_owned(),
        is_difference: false,
        lines,
    };
    let pictures = [
        empty.draw(),
        dots(Vec::new()).draw(),
        dots(vec![nothing]).draw(),
        sweep(Vec::new()).draw(),
    ];
    for picture in pictures.map(|picture| picture.to_svg()) {
        assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
    }
}

#[test]
fn the_same_series_give_the_same_bytes() {
    let draw = || {
        chart(vec![
            series("one", "2021-01", 48, 3e9),
            series("two", "2021-06", 20, 1e7),
        ])
        .render()
    };
    assert_eq!(draw(), draw());
}

#[test]
fn months_without_a_value_are_gaps_and_a_lone_month_is_a_dot() {
    let mut holed = series("holed", "2022-01", 6, 1.0);
    holed.months.get_mut(&"2022-02".parse().unwrap()).unwrap().p50 = None;
    let picture = chart(vec![holed]).render();
    assert_eq!((count(&picture, "<circle "), count(&picture, "<polygon ")), (1, 4));
}

#[test]
fn a_chart_without_values_is_drawn_all_the_same() {
    let mut empty = series("empty", "2022-01", 2, 1.0);
    empty.months.values_mut().for_each(|summary| summary.p50 = None);
    let picture = chart(vec![empty]).render();
    assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
}

#[test]
fn text_cannot_break_the_picture() {
    let mut chart = chart(vec![series("\"<b>\"", "2022-01", 2, 1.0)]);
    chart.title = "a < b\u{0} & c".to_owned();
    let picture = chart.render();
    assert!(picture.contains("<title>a &lt; b  &amp; c</title>"));
    assert!(picture.contains("&quot;&lt;b&gt;&quot;</text>"));
}

#[test]
fn a_long_name_keeps_its_end() {
    let picture = chart(vec![series(
        &format!("{}/primary", "folder/".repeat(20)),
        "2022-01",
        2,
        1.0,
    )])
    .render();
    assert!(
        picture.contains(">…") && picture.contains("folder/folder//primary</text>"),
        "{picture}"
    );
}

#[test]
fn ticks_stand_at_round_numbers_around_the_values() {
    assert_eq!(labels(&ValueAxis::new(0.0, 735.0)), ["0", "200", "400", "600", "800"]);
    assert_eq!(labels(&ValueAxis::new(-0.3, 1.0)), ["-0.5", "0.0", "0.5", "1.0"]);
    assert_eq!(labels(&ValueAxis::new(0.0, 0.0))[0], "0.0");
    // Rounding below zero is no reason for a step below it; a value is.
    assert_eq!(labels(&ValueAxis::new(-1e-12, 1.0))[0], "0.0");
    assert_eq!(labels(&ValueAxis::new(-0.01, 1.0))[0], "-0.2");
    assert_eq!(labels(&ValueAxis::new(0.0, 17_000.0)).last().unwrap(), "20,000");
    assert_eq!(axis::grouped("-1234567.25"), "-1,234,567.25");
    assert_eq!(axis::grouped("-999"), "-999");
    assert_eq!(axis::grouped("-5e-2"), "-5e-2");
    assert_eq!(ValueAxis::new(183.0, 455.0).ticks().next(), Some(150.0));
    // Values that hardly differ, and enormous ones, have few ticks too.
    for (low, high) in [(1e9, 1e9 + 1.0), (0.0, 1e300), (-1e-9, 1e-9), (5.0, 5.0)] {
        let axis = ValueAxis::new(low, high);
        assert!((2..=9).contains(&axis.ticks().count()), "{low} to {high}");
        assert!(
            axis.share(low) >= -1e-9 && axis.share(high) <= 1.0 + 1e-9,
            "{low} to {high}"
        );
    }
}

#[test]
fn months_are_labelled_at_round_parts_of_years() {
    let axis = |first: &str, last: &str| MonthAxis::new(first.parse().unwrap(), last.parse().unwrap(), 6.0);
    let names = |axis: &MonthAxis| axis.labels().into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(
        names(&axis("2021-01", "2024-12")),
        ["Jan 2021", "Jan 2022", "Jan 2023", "Jan 2024"]
    );
    assert_eq!(
        names(&axis("2022-02", "2023-01")),
        ["Mar 2022", "May 2022", "Jul 2022", "Sep 2022", "Nov 2022", "Jan 2023"]
    );
    assert_eq!(names(&axis("2022-02", "2022-02")), ["Feb 2022"]);
    assert!(names(&axis("1990-05", "2060-03")).len() <= 7);
    assert_eq!(axis("2022-02", "2022-02").share("2022-02".parse().unwrap()), 0.5);
}

#[test]
fn months_are_drawn_from_the_first_of_all_to_the_last_of_all() {
    let late = vec![series("late", "2022-03", 2, 1.0), series("early", "2022-01", 2, 1.0)];
    let axis = chart(late).month_axis(6.0);
    let shares = ["2022-01", "2022-04"].map(|month| axis.share(month.parse().unwrap()));
    assert_eq!(shares, [0.0, 1.0]);
}

#[test]
fn observed_months_are_points_over_the_bands_and_in_the_legend() {
    let mut chart = chart(vec![series("simulated", "2022-01", 4, 1e6)]);
    chart.observed = [("2022-02", 9e6), ("2022-05", 1e6)]
        .map(|(month, value)| (month.parse().unwrap(), value))
        .into();
    let picture = chart.render();
    assert_eq!(count(&picture, "<circle "), 2 + 1);
    assert!(picture.contains(">observed</text>") && picture.contains("Points: observed."));
    // The axes reach what was observed.
    assert!(picture.contains(">10</text>"), "{picture}");
    assert_eq!(chart.month_axis(6.0).share("2022-05".parse().unwrap()), 1.0);
    let (band, point) = (picture.rfind("<polygon ").unwrap(), picture.rfind("<circle ").unwrap());
    assert!(band < point);
}
