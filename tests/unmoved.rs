//! What does not act changes no bit: a line that never acts leaves every table as it is, and one that acts late leaves the
//! months before.
//!
//! Every kind of measure and programme is tried, and limits that would join markets which trade apart.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roundabout::diagnostic::Report;
use roundabout::ensemble::Batch;
use roundabout::input::{IdleLines, read_scenarios};
use roundabout::measures;
use roundabout::model::{Index, Month};
use roundabout::results::{
    ComparisonPart, ComparisonRows, Detail, OwnInputs, ResultTable, WorldRecords, result_tables,
};
use roundabout::scenario::Scenario;
use roundabout::secondary;
use roundabout::simulation::{Chance, Model, PathRunner, Plan};

/// An entry of each kind, in the words of the hub world: its name, its list, its keys with `#` for a strength, and strengths
/// that do nothing and a lot.
const ENTRIES: [Entry; 20] = [
    entry("ban", "measures.ban", SELLER, "exempt_share = #", "1", "0.1"),
    entry(
        "transit",
        "measures.ban",
        "issuer = \"HUB\"\norigins = [\"SEL\"]\ntransit = [\"HUB\"]",
        "exempt_share = #",
        "1",
        "0",
    ),
    entry("exit", "measures.exit", SELLER, "share = #", "0", "0.5"),
    entry(
        "exit-slow",
        "measures.exit",
        SELLER,
        "half_life_months = 3\nshare = #",
        "0",
        "0.5",
    ),
    entry(
        "quota",
        "measures.quota",
        SELLER,
        "limit_t_per_month = { ore = #, timber = # }",
        "",
        "10",
    ),
    entry("tariff", "measures.tariff", SELLER, "rate = #", "0", "0.2"),
    entry(
        "closure",
        "measures.closure",
        "issuer = \"BUY\"\nnodes = [\"city\"]",
        "share_closed = #",
        "0",
        "0.5",
    ),
    entry(
        "closure-back",
        "measures.closure",
        "issuer = \"BUY\"\nnodes = [\"city\"]\nreturn_half_life_months = 3",
        "share_closed = #",
        "0",
        "0.5",
    ),
    entry(
        "closure-by-way",
        "measures.closure",
        "issuer = \"BUY\"\nnodes = [\"city\"]\nreroutes_only = true",
        "share_closed = #",
        "0",
        "0.5",
    ),
    entry(
        "cost",
        "measures.cost",
        "issuer = \"BUY\"\nnodes = [\"city\"]",
        "usd_per_t = #",
        "0",
        "7",
    ),
    entry(
        "cost-factor",
        "measures.cost",
        "issuer = \"BUY\"\nlinks = [\"rail\"]",
        "factor = #",
        "1",
        "2",
    ),
    entry(
        "inspection",
        "measures.inspection",
        "issuer = \"UNION\"\ndestinations = [\"UNION\"]",
        "seizure_probability = #",
        "0",
        "0.3",
    ),
    entry(
        "learning",
        "measures.inspection",
        "issuer = \"UNION\"\ndestinations = [\"UNION\"]\nsuspicion = { decay = 0.1, surge = 0.0, seized = 0.1 }",
        "seizure_probability = #",
        "0",
        "0.3",
    ),
    entry(
        "designation",
        "secondary.designation",
        "issuer = \"UNION\"\ntargets = [\"HUB\"]\nprimary_targets = [\"BUY\"]\nsurge_reference = 2.0\nsurge_floor_usd_per_month = 1000\nshare_per_firm = 0.5\nsuccessor_months = 4.0",
        "rate_per_month = #",
        "0",
        "5",
    ),
    entry(
        "designation-small",
        "secondary.designation",
        "issuer = \"UNION\"\ntargets = [\"HUB\"]\nprimary_targets = [\"BUY\"]\nsurge_reference = 2.0\nsurge_floor_usd_per_month = 1000\nrate_per_month = 1\nsuccessor_months = 4.0",
        "share_per_firm = #",
        "0",
        "0.5",
    ),
    entry(
        "payments",
        "secondary.payments",
        "issuer = \"UNION\"\ntargets = [\"HUB\"]\nprimary_targets = [\"BUY\"]\nhalf_life_months = 6",
        "refused_share = #\nfriction_start = #\nfriction_end = #",
        "0",
        "0.2",
    ),
    entry(
        "export_ban",
        "secondary.export_ban",
        "issuer = \"SEL\"\ntargets = [\"HUB\"]\nextends_ban = \"stop\"",
        "exempt_share = #",
        "1",
        "0.2",
    ),
    entry(
        "no_reexport_clause",
        "secondary.no_reexport_clause",
        "issuer = \"SEL\"\ntargets = [\"HUB\", \"ALT\"]",
        "share = #",
        "0",
        "0.5",
    ),
    entry(
        "threat",
        "secondary.threat",
        "issuer = \"UNION\"\ntargets = [\"HUB\"]\nannounced = \"DATE\"\ngrowth_factor = 1",
        "exit_share = #",
        "0",
        "0.3",
    ),
    entry(
        "overcompliance",
        "secondary.overcompliance",
        "issuer = \"UNION\"\ntargets = [\"SEL\"]",
        "share = #",
        "0",
        "0.3",
    ),
];

const SELLER: &str = "issuer = \"UNION\"\norigins = [\"SEL\"]\ndestinations = [\"UNION\"]";

struct Entry {
    name: &'static str,
    list: &'static str,
    keys: &'static str,
    strength: &'static str,
    /// Empty where no strength does nothing for certain.
    nothing: &'static str,
    much: &'static str,
}

const fn entry(
    name: &'static str,
    list: &'static str,
    keys: &'static str,
    strength: &'static str,
    nothing: &'static str,
    much: &'static str,
) -> Entry {
    Entry {
        name,
        list,
        keys,
        strength,
        nothing,
        much,
    }
}

impl Entry {
    fn text(&self, from: &str, strength: &str) -> String {
        let keys = self.keys.replace("DATE", from);
        let strength = self.strength.replace('#', strength);
        let from = if keys.contains("announced") {
            String::new()
        } else {
            format!("from = \"{from}\"\n")
        };
        format!(
            "\n[[{}]]\nid = \"added-{}\"\n{from}{keys}\n{strength}\n",
            self.list, self.name
        )
    }
}

#[test]
fn an_entry_of_every_kind_is_tried() {
    let kinds = |prefix: &str, kinds: &[&roundabout::policy::InstrumentKind]| -> Vec<String> {
        kinds.iter().map(|kind| format!("{prefix}.{}", kind.name)).collect()
    };
    let known = [kinds("measures", measures::KINDS), kinds("secondary", secondary::KINDS)].concat();
    for kind in known {
        assert!(ENTRIES.iter().any(|entry| entry.list == kind), "{kind} is not tried");
    }
}

fn read(paths: &[PathBuf]) -> Vec<Scenario> {
    let mut report = Report::default();
    let scenarios = read_scenarios(paths, IdleLines::Warn, &mut report);
    scenarios.unwrap_or_else(|_| panic!("{}", report.render(false)))
}

/// Parent and children, as files of a folder; the children extend the parent.
fn family(folder: &Path, parent: &str, children: &[(String, String)]) -> Vec<Scenario> {
    let write = |name: &str, text: &str| {
        let path = folder.join(format!("{name}.toml"));
        fs::write(&path, text).unwrap();
        path
    };
    let mut paths = vec![write("parent", parent)];
    for (name, text) in children {
        paths.push(write(
            name,
            &format!("title = \"Hub\"\nextends = \"parent.toml\"\n{text}"),
        ));
    }
    read(&paths)
}

/// Grain is banned and the harbour half closed, so that capacities grow and limits bind.
fn hub() -> String {
    format!(
        "title = \"Hub\"\nworld = {:?}\n[horizon]\nstart = \"2022-01\"\nmonths = 14\n[simulation]\ndraws = 11\nseed = 1\n\
         sampling = {{ latin_hypercube = {{}} }}\n[parameters]\n\
         \"demand.grain-b.elasticity\" = {{ lognormal = {{ median = 1, sigma = 0.3 }} }}\n\
         [[measures.ban]]\nid = \"stop\"\nissuer = \"SEL\"\ncommodities = [\"grain\"]\norigins = [\"SEL\"]\n\
         destinations = [\"UNION\"]\nfrom = \"2022-03\"\nwind_down_months = 2\nexempt_share = 0.2\n\
         [[measures.closure]]\nid = \"shut\"\nissuer = \"SEL\"\nnodes = [\"harbour\"]\nfrom = \"2022-06\"\nshare_closed = 0.5\n",
        common::repository().join("tests/worlds/hub").to_str().unwrap()
    )
}

fn text(table: &ResultTable<'_>) -> String {
    let mut bytes = Vec::new();
    table.write_to(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_line_that_never_acts_leaves_every_table_as_it_is() {
    let mut children = Vec::new();
    for entry in &ENTRIES {
        // The last month is February 2023.
        children.push((format!("{}-late", entry.name), entry.text("2023-03", entry.much)));
        if !entry.nothing.is_empty() {
            children.push((format!("{}-weak", entry.name), entry.text("2022-02", entry.nothing)));
        }
    }
    let all: String = ENTRIES.iter().map(|entry| entry.text("2023-03", entry.much)).collect();
    children.push(("all-late".to_owned(), all));
    let folder = tempfile::tempdir().unwrap();
    let batch = Batch::new(
        family(folder.path(), &hub(), &children)
            .into_iter()
            .map(Arc::new)
            .collect(),
        0,
    );
    let outcomes = batch.run(None, &()).unwrap();
    let tables = |place: usize| -> Vec<(String, String)> {
        let (entry, finished) = (&batch.scenarios[place], outcomes[place].as_ref().unwrap());
        let inputs = OwnInputs::all(entry);
        let tables = result_tables(entry, finished, &inputs, &WorldRecords::default(), Detail::All);
        tables
            .iter()
            .map(|table| (table.form.file.to_owned(), text(table)))
            .collect()
    };
    let parent = tables(0);
    assert!(parent.len() > 9, "{}", parent.len());
    for (place, (child, _)) in children.iter().enumerate() {
        for ((name, of_child), (_, of_parent)) in tables(place + 1).iter().zip(&parent) {
            let mut lines = of_child.lines().zip(of_parent.lines());
            let differing = lines.find(|(of_child, of_parent)| of_child != of_parent);
            assert!(of_child == of_parent, "{child}: {name} differs: {differing:?}");
        }
    }
    // So nothing is lower or higher than the parent.
    let finished: Vec<_> = outcomes.iter().map(|outcome| outcome.as_ref().ok()).collect();
    let mut comparison = ComparisonRows::default();
    comparison.add(&batch, &finished, Detail::All, None).unwrap();
    let mut rows = Vec::new();
    comparison.write_to(ComparisonPart::Totals, &mut rows).unwrap();
    let mut months = Vec::new();
    comparison.write_to(ComparisonPart::Months, &mut months).unwrap();
    // A month without a difference has no row.
    assert_eq!(String::from_utf8(months).unwrap().lines().count(), 1);
    let rows = String::from_utf8(rows).unwrap();
    let header: Vec<&str> = rows.lines().next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let (mean, below) = (column("difference"), column("probability_below_zero"));
    let cells: Vec<Vec<&str>> = rows.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(cells.len() > 1000, "{}", cells.len());
    for row in &cells {
        assert!(
            ["", "0"].contains(&row[mean]) && ["", "0"].contains(&row[below]),
            "{row:?}"
        );
    }
}

/// Flows, prices and rents of each month, as bits; a rent is named by its limit.
type Months = Vec<(Vec<u64>, Vec<(String, u64)>)>;

fn months(scenario: &Scenario, draws: u64) -> Months {
    let model = Model::new(Plan::new(Arc::new(scenario.clone())));
    let chances: Vec<Chance> = (0..draws).map(Chance::Draw).collect();
    let mut months = vec![(Vec::new(), Vec::new()); scenario.horizon.months];
    let outcomes = PathRunner::new(&model).run_together(&chances, |_, month| {
        let solution = month.solution;
        let numbers = [&solution.flow, &solution.supply_price, &solution.demand_price];
        let numbers = numbers.into_iter().flatten().map(|number| number.to_bits());
        let (bits, rents) = &mut months[month.step];
        bits.extend(numbers);
        for (place, row) in model.plan.constraints.iter() {
            let rent = solution.rent[place.row()];
            rents.push((model.plan.constraint_name(row.constraint), rent.to_bits()));
        }
    });
    assert!(outcomes.iter().all(Result::is_ok));
    months
}

/// Asserts that months before `acts` are the same, but for limits that only the child has: they have no rent.
fn assert_same_before(parent: &Months, child: &Months, acts: usize, name: &str) {
    for (month, (of_parent, of_child)) in parent.iter().zip(child).enumerate().take(acts) {
        assert!(
            of_parent.0 == of_child.0,
            "{name}: flows or prices of month {month} differ"
        );
        let known: Vec<&(String, u64)> = of_child
            .1
            .iter()
            .filter(|(limit, _)| of_parent.1.iter().any(|(known, _)| known == limit))
            .collect();
        assert!(
            known.iter().copied().eq(&of_parent.1),
            "{name}: rents of month {month} differ"
        );
        let new = of_child.1.iter().filter(|row| !known.contains(row));
        assert_eq!(new.clone().find(|(_, rent)| *rent != 0), None, "{name}, month {month}");
    }
}

#[test]
fn a_line_that_acts_late_leaves_the_months_before_it() {
    let from: Month = "2022-09".parse().unwrap();
    let children: Vec<(String, String)> = ENTRIES
        .iter()
        .map(|entry| (entry.name.to_owned(), entry.text(&from.to_string(), entry.much)))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let scenarios = family(folder.path(), &hub(), &children);
    let parent = months(&scenarios[0], 9);
    for (scenario, (name, _)) in scenarios[1..].iter().zip(&children) {
        let child = months(scenario, 9);
        assert_same_before(&parent, &child, 8, name);
        assert!(parent[8..] != child[8..], "{name} never acts");
    }
}

/// Draws of the shipped world: fewer than go side by side.
const SHIPPED_DRAWS: u64 = 3;

#[test]
fn the_shipped_closures_of_2025_leave_history_as_it_was_until_they_act() {
    let names = ["history", "lithuanian-closure", "polish-closure"];
    let scenarios = common::shipped(&names, SHIPPED_DRAWS);
    let history = months(&scenarios[0], SHIPPED_DRAWS);
    for (scenario, acts) in scenarios[1..].iter().zip(["2025-11", "2025-09"]) {
        let acts: Month = acts.parse().unwrap();
        let before = acts.since(scenario.horizon.start) as usize;
        let child = months(scenario, SHIPPED_DRAWS);
        assert_same_before(&history, &child, before, &scenario.name);
        assert!(history[before] != child[before], "{} never acts", scenario.name);
    }
}

/// An entry of each kind that bears on much of the shipped world, from this month on.
fn everything(from: &str) -> String {
    let coalition = "issuer = \"EU\"\norigins = [\"EU\"]\ndestinations = [\"RU\"]";
    let hubs = "issuer = \"EU\"\ntargets = [\"KZ\", \"KG\"]";
    let entries = [
        ("measures.ban", format!("{coalition}\nexempt_share = 0.3")),
        ("measures.exit", format!("{coalition}\nshare = 0.3")),
        (
            "measures.quota",
            format!("{coalition}\nlimit_t_per_month = {{ vehicles = 100, machinery = 100 }}"),
        ),
        ("measures.tariff", format!("{coalition}\nrate = 0.1")),
        (
            "measures.closure",
            "issuer = \"BY\"\nmodes = [\"road\", \"rail\"]\njurisdictions = [\"BY\"]\nshare_closed = 0.5".to_owned(),
        ),
        (
            "measures.cost",
            "issuer = \"EU\"\nvia = [\"KZ\", \"KG\", \"AM\"]\nusd_per_t = 50".to_owned(),
        ),
        (
            "measures.inspection",
            "issuer = \"EU\"\norigins = [\"EU\"]\ndestinations = [\"KZ\"]\nseizure_probability = 0.1".to_owned(),
        ),
        (
            "secondary.designation",
            format!(
                "{hubs}\nprimary_targets = [\"RU\"]\nrate_per_month = 0.5\nsurge_reference = 2.0\n\
                 surge_floor_usd_per_month = 1e5\nshare_per_firm = 0.1\nsuccessor_months = 6"
            ),
        ),
        (
            "secondary.payments",
            format!(
                "{hubs}\nprimary_targets = [\"RU\"]\nrefused_share = 0.3\nhalf_life_months = 6\nfriction_start = 0.1\n\
                 friction_end = 0.1"
            ),
        ),
        ("secondary.no_reexport_clause", format!("{hubs}\nshare = 0.3")),
        ("secondary.overcompliance", format!("{hubs}\nshare = 0.3")),
    ];
    let text = |(place, (list, keys)): (usize, &(&str, String))| {
        format!("\n[[{list}]]\nid = \"added-{place}\"\nfrom = \"{from}\"\n{keys}\n")
    };
    entries.iter().enumerate().map(text).collect()
}

#[test]
fn everything_added_late_to_the_shipped_world_leaves_the_months_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let history = common::repository().join("scenarios/history.toml");
    let path = folder.path().join("more.toml");
    let text = format!(
        "title = \"More\"\nextends = {:?}\n{}",
        history.to_str().unwrap(),
        everything("2023-03")
    );
    fs::write(&path, text).unwrap();
    let scenarios = read(&[history, path]);
    let acts = "2023-03".parse::<Month>().unwrap().since(scenarios[0].horizon.start) as usize;
    let (parent, child) = (
        months(&scenarios[0], SHIPPED_DRAWS),
        months(&scenarios[1], SHIPPED_DRAWS),
    );
    assert_same_before(&parent, &child, acts, "everything");
    assert!(parent[acts] != child[acts]);
}
