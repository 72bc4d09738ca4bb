//! Months that keep what has not changed, and scenarios that share the months they have in common, give the same bytes as months
//! that compute everything anew.
//!
//! Random worlds are the hub world with other costs, quantities, elasticities and capacities; random scenarios take any of
//! its measures, programmes, trends and shocks with any dates and strengths.

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use roundabout::diagnostic::Report;
use roundabout::ensemble::{Batch, Failure, RecordedTables};
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::results::{
    BatchMember, ComparisonPart, ComparisonRows, Detail, OwnInputs, ResultTable, WorldRecords, members, result_tables,
    summary_table,
};
use roundabout::scenario::Scenario;
use roundabout::simulation::Reuse;

/// Months of every scenario: more than a year, so that there are two years, and time for measures to begin and end.
const MONTHS: usize = 14;

/// More than the draws that go side by side.
const DRAWS: usize = 11;

/// Columns of the hub world whose numbers may be multiplied by anything above zero.
const SCALED: [(&str, &[&str]); 5] = [
    ("links.csv", &["freight_usd_per_t", "days"]),
    ("demands.csv", &["elasticity"]),
    ("supplies.csv", &["elasticity"]),
    ("capacities.csv", &["growth_per_month", "limit_t_per_month"]),
    ("routes.csv", &["baseline_t_per_month", "extra_cost_usd_per_t"]),
];

/// Copies the hub world, each number of the columns above times the next factor.
fn write_world(folder: &Path, factors: &[f64]) {
    fs::create_dir(folder).unwrap();
    let mut factors = factors.iter().cycle();
    for entry in fs::read_dir(common::repository().join("tests/worlds/hub")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    for (name, columns) in SCALED {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        let mut scaled = header.join(",") + "\n";
        for line in lines {
            let scale = |(column, cell): (&&str, &str)| match cell.parse::<f64>() {
                Ok(number) if columns.contains(column) => format!("{:.3}", number * factors.next().unwrap()),
                _ => cell.to_owned(),
            };
            let cells: Vec<String> = header.iter().zip(line.split(',')).map(scale).collect();
            scaled += &(cells.join(",") + "\n");
        }
        fs::write(folder.join(name), scaled).unwrap();
    }
}

/// `from`, and perhaps the `until` of some months later.
fn dates() -> impl Strategy<Value = String> {
    let later = prop::option::of(1..8_usize);
    (0..MONTHS, later).prop_map(|(from, later)| {
        let name = |step: usize| format!("\"{:04}-{:02}\"", 2022 + step / 12, step % 12 + 1);
        let until = later.map_or(String::new(), |later| format!("\nuntil = {}", name(from + later)));
        format!("from = {}{until}", name(from))
    })
}

/// An entry whose text is `keys` with each `#` replaced by a number between zero and one, or none.
fn entry(list: &'static str, id: &'static str, keys: &'static str) -> impl Strategy<Value = String> {
    let numbers = prop::collection::vec(1..100_u32, keys.matches('#').count());
    prop::option::of((dates(), numbers)).prop_map(move |chosen| {
        let Some((dates, numbers)) = chosen else {
            return String::new();
        };
        let mut text = format!("\n[[{list}]]\nid = \"{id}\"\n{dates}\n");
        let mut parts = keys.split('#');
        text.push_str(parts.next().unwrap());
        for (number, part) in numbers.iter().zip(parts) {
            text.push_str(&format!("{:?}{part}", f64::from(*number) / 100.0));
        }
        text + "\n"
    })
}

/// A shock, or none: it has no dates.
fn shock(list: &'static str, id: &'static str, keys: &'static str) -> impl Strategy<Value = String> {
    prop::option::of(1..60_u32).prop_map(move |number| {
        let text = |number| {
            format!(
                "\n[[shocks.{list}]]\nid = \"{id}\"\n{}\n",
                keys.replace('#', &format!("{:?}", f64::from(number) / 100.0))
            )
        };
        number.map_or(String::new(), text)
    })
}

fn measures() -> impl Strategy<Value = String> {
    (
        (entry("measures.ban", "ban-grain", BAN), extended_ban(), transit()),
        entry(
            "measures.ban",
            "ban-ore",
            "issuer = \"UNION\"\ncommodities = [\"ore\"]\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]\nexempt_share = #",
        ),
        entry(
            "measures.quota",
            "quota",
            "issuer = \"UNION\"\ncommodities = [\"timber\"]\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]\nlimit_t_per_month = 60",
        ),
        entry(
            "measures.tariff",
            "tariff",
            "issuer = \"UNION\"\ncommodities = [\"grain\", \"timber\"]\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]\nrate = #",
        ),
        entry(
            "measures.closure",
            "port",
            "issuer = \"SEL\"\nnodes = [\"harbour\"]\nshare_closed = #\nreturn_half_life_months = 2",
        ),
        entry(
            "measures.closure",
            "hauliers",
            "issuer = \"UNION\"\nmodes = [\"road\"]\ncarriers = [\"HUB\"]\nshare_closed = #",
        ),
        entry("measures.cost", "toll", "issuer = \"BUY\"\nnodes = [\"city\"]\nusd_per_t = #"),
        entry("measures.cost", "insurance", "issuer = \"BUY\"\nlinks = [\"rail\", \"sea\"]\nfactor = #"),
        entry(
            "measures.inspection",
            "checks",
            "issuer = \"UNION\"\ndestinations = [\"UNION\"]\nseizure_probability = #\nfine = #\n\
             suspicion = { decay = #, surge = #, seized = # }",
        ),
    )
        .prop_map(|((ban, extended, transit), ore, quota, tariff, port, hauliers, toll, insurance, checks)| {
            // An extended ban needs the ban that it extends.
            let extended = if ban.is_empty() { String::new() } else { extended };
            [ban, extended, transit, ore, quota, tariff, port, hauliers, toll, insurance, checks].concat()
        })
}

const BAN: &str = "issuer = \"SEL\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]\n\
                   wind_down_months = 2\nexempt_share = #";

fn extended_ban() -> impl Strategy<Value = String> {
    entry(
        "secondary.export_ban",
        "extended",
        "issuer = \"SEL\"\ntargets = [\"HUB\"]\nextends_ban = \"ban-grain\"\nwind_down_months = 3\n\
         stop_share = #\nrecovery_half_life_months = 2",
    )
}

fn transit() -> impl Strategy<Value = String> {
    entry(
        "measures.ban",
        "transit",
        "issuer = \"HUB\"\norigins = [\"SEL\"]\ntransit = [\"HUB\"]\nmodes = [\"road\"]\nexempt_share = #",
    )
}

fn programmes() -> impl Strategy<Value = String> {
    (
        entry(
            "secondary.designation",
            "firms",
            "issuer = \"UNION\"\ntargets = [\"HUB\"]\nprimary_targets = [\"BUY\"]\nrate_per_month = #\nsurge_reference = 2.0\n\
             surge_floor_usd_per_month = 1000.0\nshare_per_firm = #\nsuccessor_months = 4.0",
        ),
        entry(
            "secondary.payments",
            "banks",
            "issuer = \"UNION\"\ntargets = [\"HUB\"]\nprimary_targets = [\"BUY\", \"SEL\"]\nrefused_share = #\nhalf_life_months = 3\nfriction_start = #\n\
             friction_end = 0.01",
        ),
        entry(
            "secondary.no_reexport_clause",
            "clause",
            "issuer = \"SEL\"\ntargets = [\"HUB\", \"ALT\"]\nshare = #",
        ),
        entry(
            "secondary.threat",
            "threat",
            "issuer = \"UNION\"\ntargets = [\"HUB\"]\nexit_share = #\ngrowth_factor = #",
        ),
        entry(
            "secondary.overcompliance",
            "caution",
            "issuer = \"SEL\"\ntargets = [\"UNION\"]\nshare = #",
        ),
    )
        .prop_map(|(firms, banks, clause, threat, caution)| [firms, banks, clause, threat, caution].concat())
}

/// Trends, shocks and uncertain numbers, which the counterfactual meets as well.
fn background() -> impl Strategy<Value = String> {
    (
        entry(
            "trends.demand",
            "appetite",
            "commodities = [\"grain\"]\njurisdictions = [\"BUY\"]\ngrowth_per_year = #",
        ),
        entry(
            "trends.supply",
            "harvest",
            "jurisdictions = [\"SEL\"]\ngrowth_per_year = #",
        ),
        shock("mode_cost", "rail-rates", "mode = \"rail\"\npersistence = 0.5\nsd = #"),
        shock("mode_cost", "sea-rates", "mode = \"sea\"\npersistence = 0.9\nsd = #"),
        shock("price", "ore-price", "commodity = \"ore\"\npersistence = 0.8\nsd = #"),
        shock(
            "closure",
            "floods",
            "nodes = [\"souk\"]\nmonthly_probability = #\nmean_months = 2",
        ),
        prop::sample::subsequence(PARAMETERS.to_vec(), 0..=PARAMETERS.len()),
    )
        .prop_map(|(appetite, harvest, rail, sea, price, closure, parameters)| {
            let parameters = format!("[parameters]\n{}\n", parameters.join("\n"));
            [parameters, appetite, harvest, rail, sea, price, closure].concat()
        })
}

const PARAMETERS: [&str; 4] = [
    "\"commodity.grain.route_choice\" = { uniform = { low = 2.0, high = 5.0 } }",
    "\"capacity.via-hub-grain.growth_per_month\" = { uniform = { low = 0.1, high = 1.5 } }",
    "\"capacity.via-hub-ore.dead_time_months\" = { discrete = { values = [0.0, 3.0], weights = [0.5, 0.5] } }",
    "\"demand.ore-b.elasticity\" = { uniform = { low = 0.3, high = 2.0 } }",
];

/// A scenario on a random world, the same without programmes, without measures and without both.
fn scenarios() -> impl Strategy<Value = Vec<Scenario>> {
    let factors = prop::collection::vec(0.5..2.0, 40);
    (factors, background(), measures(), programmes()).prop_map(|(factors, background, measures, programmes)| {
        let folder = tempfile::tempdir().unwrap();
        write_world(&folder.path().join("world"), &factors);
        let head = format!(
            "title = \"Random\"\nworld = \"world\"\n[horizon]\nstart = \"2022-01\"\nmonths = {MONTHS}\n\
             [simulation]\ndraws = {DRAWS}\nseed = 1\nsampling = {{ random = {{}} }}\n{background}"
        );
        let texts = [
            ("bare", head.clone()),
            ("primary", format!("{head}{measures}")),
            ("full", format!("{head}{measures}{programmes}")),
            ("secondary", head + &programmes),
        ];
        let paths = texts.map(|(name, text)| {
            let path = folder.path().join(format!("{name}.toml"));
            fs::write(&path, text).unwrap();
            path
        });
        let mut report = Report::default();
        let scenarios = read_scenarios(&paths, IdleLines::Warn, &mut report);
        scenarios.unwrap_or_else(|_| panic!("{}", report.render(false)))
    })
}

/// A batch of scenarios.
fn batch(scenarios: &[Scenario], reuse: Reuse) -> Batch {
    let mut batch = Batch::new(scenarios.iter().cloned().map(Arc::new).collect(), 0);
    batch.reuse = reuse;
    batch
}

/// The batch of scenarios of which another batch has simulated the first; none if that failed.
fn batch_beside_known(scenarios: &[Scenario]) -> Option<Batch> {
    let alone = batch(&scenarios[..1], Reuse::Unchanged);
    let alone = alone.keeping_reference(0..DRAWS as u64, u64::MAX).unwrap();
    let outcomes = alone.run(None, &()).unwrap();
    let reference = alone.compiled_reference(Some(outcomes[0].as_ref().ok()?));
    assert!(reference.is_known());
    let others = scenarios[1..].iter().cloned().map(Arc::new).collect();
    Some(Batch::beside(reference, others, |_| RecordedTables::ALL))
}

/// Every table of a batch as text, or the failure of a scenario.
fn tables(batch: &Batch) -> Vec<(String, Result<String, Failure>)> {
    let outcomes = batch.run(None, &()).unwrap();
    let mut texts = Vec::new();
    for (place, (entry, outcome)) in batch.scenarios.iter().zip(&outcomes).enumerate() {
        let name = &entry.model.plan.scenario.name;
        match outcome {
            // Only what is compared is known of it.
            _ if batch.known(place).is_some() => {}
            Ok(finished) => {
                let inputs = OwnInputs::all(entry);
                for table in result_tables(entry, finished, &inputs, &WorldRecords::default(), Detail::All) {
                    texts.push((format!("{name}/{}", table.form.file), Ok(text(&table))));
                }
                let worst = (finished.checks, &finished.failed);
                texts.push((format!("{name}/checks"), Ok(format!("{worst:?}"))));
            }
            Err(failure) => texts.push((name.clone(), Err(failure.clone()))),
        }
    }
    let finished: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().ok()).collect();
    let mut comparison = ComparisonRows::default();
    comparison.add(batch, &finished, Detail::All, None).unwrap();
    for part in [ComparisonPart::Totals, ComparisonPart::Months] {
        let mut rows = Vec::new();
        comparison.write_to(part, &mut rows).unwrap();
        texts.push((part.form().file.to_owned(), Ok(String::from_utf8(rows).unwrap())));
    }
    let members = members(batch, outcomes).unwrap();
    let written: Vec<&BatchMember> = members.iter().flatten().collect();
    texts.push(("summary.csv".to_owned(), Ok(text(&summary_table(&written)))));
    texts
}

fn text(table: &ResultTable<'_>) -> String {
    let mut bytes = Vec::new();
    table.write_to(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keeping_what_has_not_changed_changes_no_byte(scenarios in scenarios()) {
        let anew = tables(&batch(&scenarios, Reuse::Nothing));
        let batches = [Some(batch(&scenarios, Reuse::Unchanged)), batch_beside_known(&scenarios)];
        prop_assert_eq!(batches[0].as_ref().map(|batch| tables(batch).len()), Some(anew.len()));
        for kept in batches.iter().flatten().map(tables) {
            prop_assert!(kept.len() > scenarios.len());
            for (name, kept) in &kept {
                let (_, anew) = anew.iter().find(|(known, _)| known == name).unwrap();
                let differing = match (kept, anew) {
                    (Ok(kept), Ok(anew)) => kept.lines().zip(anew.lines()).find(|(kept, anew)| kept != anew),
                    _ => None,
                };
                prop_assert!(kept == anew, "{} differs: {:?}", name, differing);
            }
        }
    }
}

/// Scenarios that part after a few of many months: these take tables over from others, and must write the rest themselves.
#[test]
fn scenarios_of_a_batch_write_the_tables_that_they_write_alone() {
    let folder = tempfile::tempdir().unwrap();
    let world = common::repository().join("tests/worlds/hub");
    let quota = |from: &str, limit: u32| {
        format!(
            "[[measures.quota]]\nid = \"tonnage-{from}\"\nissuer = \"UNION\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
             destinations = [\"UNION\"]\nfrom = \"{from}\"\nlimit_t_per_month = {limit}\n"
        )
    };
    let scenarios = [
        ("first", String::new()),
        ("fifth-month", quota("2022-05", 1500)),
        ("third-month", quota("2022-03", 1400)),
        ("both", quota("2022-05", 1500) + &quota("2022-08", 900)),
    ];
    let paths = scenarios.map(|(name, measures)| {
        let path = folder.path().join(format!("{name}.toml"));
        let head = format!(
            "title = \"{name}\"\nworld = '{}'\n[horizon]\nstart = \"2022-01\"\nmonths = {MONTHS}\n[simulation]\ndraws = {DRAWS}\nseed = 5\nsampling = {{ latin_hypercube = {{}} }}\n\
             [parameters]\n\"commodity.grain.route_choice\" = {{ uniform = {{ low = 3.0, high = 5.0 }} }}\n",
            world.display()
        );
        fs::write(&path, head + &measures).unwrap();
        path.display().to_string()
    });
    let run = |out: &str, scenarios: &[String]| {
        let out = folder.path().join(out);
        let mut words = vec!["run", "--quiet", "--out", out.to_str().unwrap()];
        words.extend(scenarios.iter().map(String::as_str));
        let output = common::roundabout(&words);
        assert!(output.status.success(), "{}", common::stderr(&output));
        out
    };
    let together = run("together", &paths);
    for (path, name) in paths.iter().zip(["first", "fifth-month", "third-month", "both"]) {
        let alone = run(&format!("{name}-alone"), std::slice::from_ref(path));
        let mut tables = 0;
        for entry in fs::read_dir(alone.join(name)).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            // Numbers that the reference has too are written once, and manifests know the reference.
            if file.contains(".csv") && !file.starts_with("inputs.") {
                let [one, other] = [&alone, &together].map(|out| fs::read(out.join(name).join(&file)).unwrap());
                assert!(one == other, "{name}/{file}");
                tables += 1;
            }
        }
        assert!(tables > 8, "{name}: {tables} tables");
    }
}
