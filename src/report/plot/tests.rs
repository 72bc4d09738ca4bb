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

#[test]
fn every_scenario_has_two_bands_a_line_and_a_place_in_the_legend() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let many = names.map(|name| series(name, "2021-01", 48, 1.0)).to_vec();
    let picture = chart(many).render();
    assert_eq!(count(&picture, "<polygon "), 18);
    assert_eq!(count(&picture, r#"stroke-width="2.6""#), 18);
    names
        .iter()
        .for_each(|name| assert!(picture.contains(&format!(">{name}</text>"))));
    // The eighth has the colour of the first, but other dashes.
    assert_ne!((colour(0), stroke(0).dashes), (colour(7), stroke(7).dashes));
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
