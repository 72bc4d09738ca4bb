//! A scenario on the hub world laid beside facts: what the series add up, and what the command tells and leaves.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{repository, roundabout, stderr};

/// Grain to the union is banned from March 2022 on; what is uncertain is how fast the hub's network grows.
const SCENARIO: &str = r#"
[horizon]
start = "2021-01"
months = 30
[simulation]
draws = 100
seed = 1
sampling = { random = {} }
[parameters]
"capacity.via-hub-grain.growth_per_month" = { uniform = { low = 0.5, high = 2.0 } }
[[measures.ban]]
id = "grain"
issuer = "SEL"
commodities = ["grain"]
origins = ["SEL"]
destinations = ["UNION"]
from = "2022-03"
exempt_share = 0.0
"#;

const SERIES: &str = r#"
[[series]]
id = "hub-t"
unit = "t"
book = { reporter = "SEL", partner = "HUB", flow = "export", commodities = ["grain"] }
[[series]]
id = "union-usd"
unit = "usd"
book = { reporter = "UNION", partner = "SEL", flow = "import", commodities = ["grain"] }
[[series]]
id = "union-books"
unit = "t"
book = { reporter = "SEL", partner = ["UNION"], flow = "export", commodities = ["grain"] }
[[series]]
id = "all-goods"
unit = "t"
book = { reporter = "HUB", partner = "SEL", flow = "import" }
[[series]]
id = "direct"
unit = "t"
flow = { supplies = ["grain-s"], demands = ["grain-b"], kinds = ["direct"] }
[[series]]
id = "ghost"
unit = "t"
flow = { vias = ["HUB"], kinds = ["ghost"], commodities = ["grain"] }
[[series]]
id = "harbour"
unit = "t"
throughput = { places = ["harbour"], commodities = ["grain"] }
"#;

fn fact(id: &str, definition: &str, observed: &str) -> String {
    format!("[[fact]]\nid = \"{id}\"\nwhat = \"{id}\"\n{definition}\nobserved = {observed}\nsource = \"made up\"\n")
}

/// A folder with the hub world, a scenario, and files of facts.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new(observed: &str) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let world = bench.path("world");
        fs::create_dir(&world).unwrap();
        for entry in fs::read_dir(repository().join("tests/worlds/hub")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, world.join(path.file_name().unwrap())).unwrap();
        }
        let header = "reporter,partner,flow,commodity,month,value,unit,source";
        fs::write(world.join("observed.csv"), format!("{header}\n{observed}")).unwrap();
        fs::write(
            bench.path("hub.toml"),
            format!("title = \"Hub\"\nworld = \"world\"\n{SCENARIO}"),
        )
        .unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs `validate` on facts; exit code, standard output, standard error.
    fn validate(&self, facts: &str, options: &[&str]) -> (i32, String, String) {
        fs::write(self.path("facts.toml"), format!("{SERIES}\n{facts}")).unwrap();
        let paths = ["hub.toml", "facts.toml"].map(|name| self.path(name).to_str().unwrap().to_owned());
        let mut arguments = vec!["validate", paths[0].as_str(), "--facts", paths[1].as_str()];
        arguments.extend(options);
        let output = roundabout(&arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap(), text, stderr(&output))
    }

    /// The rows of `validation/facts.csv` for facts, by column.
    fn table(&self, facts: &str) -> Vec<Vec<String>> {
        let out = self.path("table");
        let options = ["--out", out.to_str().unwrap(), "--overwrite"];
        let (code, _, said) = self.validate(facts, &options);
        assert_eq!(code, 0, "{said}");
        rows(&out)
    }
}

fn rows(out: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(out.join("validation/facts.csv")).unwrap();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().skip(1).map(cells).collect()
}

/// The columns of `validation/facts.csv`.
const RECOMPUTED: usize = 5;
const DRAWS: usize = 6;
const MEDIAN: usize = 12;

fn number(rows: &[Vec<String>], row: usize, column: usize) -> f64 {
    rows[row][column].parse().unwrap()
}

#[test]
fn before_any_measure_series_are_sums_of_the_baseline() {
    let level = |of: &str| format!("level = {{ of = \"{of}\", months = \"2021-01..2021-02\" }}");
    let facts: String = ["hub-t", "union-usd", "union-books", "direct", "harbour"]
        .iter()
        .map(|of| fact(of, &level(of), "0"))
        .collect();
    let rows = Bench::new("").table(&facts);
    // Two months of 200 t to the hub, 2,300 t at 200 dollars to the union, and 1,250 t over the old port.
    let expected = [400.0, 920_000.0, 4600.0, 4600.0, 2500.0];
    for (row, expected) in expected.into_iter().enumerate() {
        assert!(
            (number(&rows, row, MEDIAN) / expected - 1.0).abs() < 1e-6,
            "{:?}",
            rows[row]
        );
        assert_eq!(rows[row][DRAWS], "100");
    }
}

#[test]
fn a_ban_moves_books_and_ghosts_as_their_definitions_say() {
    let months = "months = \"2022-06..2022-12\", against = \"2021-06..2021-12\"";
    let facts = [
        fact("banned", &format!("change = {{ of = \"direct\", {months} }}"), "-1"),
        fact("hub", &format!("change = {{ of = \"hub-t\", {months} }}"), "0"),
        fact(
            "back",
            &format!("offset = {{ of = \"ghost\", lost = \"direct\", {months} }}"),
            "0",
        ),
        fact(
            "none",
            &format!("offset = {{ of = \"ghost\", lost = \"hub-t\", {months} }}"),
            "0",
        ),
    ];
    let rows = Bench::new("").table(&facts.concat());
    assert_eq!(rows[0][MEDIAN], "-1");
    assert!(
        number(&rows, 1, MEDIAN) > 0.1,
        "the seller records ghosts with the hub: {:?}",
        rows[1]
    );
    assert!((0.0..1.0).contains(&number(&rows, 2, MEDIAN)), "{:?}", rows[2]);
    assert_eq!(
        (rows[3][DRAWS].as_str(), rows[3][MEDIAN].as_str()),
        ("0", ""),
        "nothing was lost to the hub"
    );
    assert_eq!(rows[3].last().unwrap(), "no");
}

#[test]
fn facts_are_recomputed_from_observations_of_months_years_and_members() {
    let mut observed = String::new();
    for month in 1..=12 {
        observed.push_str(&format!("SEL,HUB,export,grain,2022-{month:02},{month},t,made-up\n"));
    }
    // The year before as a whole; the union's imports member by member.
    observed.push_str("SEL,HUB,export,grain,2021,24,t,made-up\n");
    observed.push_str("BUY,SEL,import,grain,2021-01,5,usd,made-up\nMEM,SEL,import,grain,2021-01,2,usd,made-up\n");
    observed.push_str("BUY,SEL,import,grain,2021-02,5,usd,made-up\n");
    // Of the goods that the hub buys of the seller, each.
    observed.push_str("HUB,SEL,import,grain,2021-01,7,t,made-up\nHUB,SEL,import,ore,2021-01,0.5,t,made-up\n");
    let years = "months = \"2022-01..2022-12\", against = \"2021-01..2021-12\"";
    let facts = [
        fact("years", &format!("change = {{ of = \"hub-t\", {years} }}"), "0"),
        fact(
            "bloc",
            "level = { of = \"union-usd\", months = \"2021-01..2021-02\", plus = 100 }",
            "7",
        ),
        fact("both", "level = { of = \"all-goods\", months = \"2021-01\" }", "7"),
        fact(
            "partly",
            "level = { of = \"union-usd\", months = \"2021-01..2021-03\" }",
            "7",
        ),
        fact("route", "level = { of = \"direct\", months = \"2021-01\" }", "7"),
    ];
    let rows = Bench::new(&observed).table(&facts.concat());
    let recomputed: Vec<&str> = rows.iter().map(|row| row[RECOMPUTED].as_str()).collect();
    // 78 t against 24 t.
    assert_eq!(recomputed, ["2.25", "12", "7.5", "", ""]);
}

#[test]
fn members_of_a_bloc_without_figures_are_named() {
    let bench = Bench::new("BUY,SEL,import,grain,2021-01,5,usd,made-up\n");
    let out = bench.path("out");
    let facts = fact("bloc", "level = { of = \"union-usd\", months = \"2021-01\" }", "5");
    let (code, _, said) = bench.validate(&facts, &["--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    let page = fs::read_to_string(out.join("validation.md")).unwrap();
    assert!(
        page.contains("Recomputed without MEM, which have no figures\n"),
        "{page}"
    );
    assert_eq!(page.matches("Recomputed without").count(), 1, "{page}");
}

#[test]
fn the_page_the_table_and_the_pictures_do_not_depend_on_threads() {
    let bench = Bench::new("SEL,HUB,export,grain,2022-06,900,t,made-up\n");
    let months = "months = \"2022-03..2022-12\", against = \"2021-03..2021-12\"";
    let picture = "[[picture]]\nid = \"hub\"\ntitle = \"Exports to the hub\"\nseries = \"hub-t\"\nmonths = \"2021-06..2022-12\"\n";
    let order = "[[order]]\nid = \"o\"\nwhat = \"Hub above direct\"\nfacts = [\"hub\", \"direct\"]\n";
    let facts = [
        fact(
            "hub",
            &format!("change = {{ of = \"hub-t\", {months} }}"),
            "{ low = 0.0, high = 30.0 }",
        ),
        fact(
            "direct",
            &format!("change = {{ of = \"direct\", {months} }}"),
            "5.0\nnote = \"It is banned.\"",
        ),
        order.to_owned(),
        picture.to_owned(),
    ]
    .concat();
    let written = |threads: &str| {
        let out = bench.path(threads);
        let options = ["--out", out.to_str().unwrap(), "--threads", threads];
        let (code, told, said) = bench.validate(&facts, &options);
        assert_eq!((code, said.as_str()), (0, ""));
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        (
            told,
            ["validation.md", "validation/facts.csv", "validation/hub.svg"].map(read),
        )
    };
    let one = written("1");
    assert_eq!(one, written("4"));
    let (told, [page, _, picture]) = one;
    assert!(
        told.contains("1 of 2 facts inside; 100 draws, seed 1") && told.contains("holds"),
        "{told}"
    );
    for part in [
        "simulated lower",
        "It is banned.",
        "![Exports to the hub](validation/hub.svg)",
        "- `hub-t`: export of grain that SEL records with HUB, in t",
    ] {
        assert!(page.contains(part), "{part} is missing from:\n{page}");
    }
    assert!(picture.contains(">observed</text>"));
}

#[test]
fn only_misses_without_a_note_fail_a_strict_run() {
    let bench = Bench::new("");
    let missed = |note: &str| {
        fact(
            "m",
            "level = { of = \"hub-t\", months = \"2021-01\" }",
            &format!("1e9{note}"),
        )
    };
    assert_eq!(bench.validate(&missed(""), &[]).0, 0);
    let (code, _, said) = bench.validate(&missed(""), &["--strict"]);
    assert_eq!((code, said.as_str()), (4, "error: missed without a note: m\n"));
    assert_eq!(bench.validate(&missed("\nnote = \"Made up.\""), &["--strict"]).0, 0);
}

#[test]
fn existing_files_and_faulty_facts_stop_it_before_it_simulates() {
    let bench = Bench::new("");
    let level = |months: &str| {
        fact(
            "m",
            &format!("level = {{ of = \"hub-t\", months = \"{months}\" }}"),
            "1",
        )
    };
    fs::create_dir(bench.path("validation")).unwrap();
    fs::write(bench.path("validation/facts.csv"), "mine").unwrap();
    let out = bench.0.path().to_str().unwrap().to_owned();
    assert_eq!(bench.validate(&level("2021-01"), &["--out", &out]).0, 7);
    assert_eq!(fs::read_to_string(bench.path("validation/facts.csv")).unwrap(), "mine");
    let (code, _, said) = bench.validate(&level("2023-07"), &[]);
    assert_eq!(code, 3);
    assert!(
        said.contains("these months are not all simulated") && said.contains("2021-01 to 2023-06"),
        "{said}"
    );
}

#[test]
fn a_series_that_nothing_enters_is_named() {
    let series = "[[series]]\nid = \"nothing\"\nunit = \"t\"\nbook = { reporter = \"ROW\", partner = \"ALT\", flow = \"export\" }\n";
    let fact = fact("m", "level = { of = \"nothing\", months = \"2021-01\" }", "0");
    let (code, _, said) = Bench::new("").validate(&format!("{series}{fact}"), &[]);
    assert_eq!(code, 0);
    assert!(
        said.contains("no route of the world enters the series `nothing`"),
        "{said}"
    );
}
