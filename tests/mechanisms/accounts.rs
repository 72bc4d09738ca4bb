//! Whatever measures are taken, the accounts hold.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use roundabout::equilibrium::{DEFAULT_TOLERANCE, residual};
use roundabout::input::IdleLines;
use roundabout::measures;
use roundabout::policy::Measure;
use roundabout::secondary;
use roundabout::simulation::{Chance, PathRunner};

use crate::common::{self, restricted_trade};
use crate::hub::{SELLER_TO_UNION, ban, measure, programme, scenario_on, world};

const MONTHS: usize = 8;
const DRAWS: u64 = 3;

fn month() -> impl Strategy<Value = String> {
    (0..MONTHS as u32).prop_map(|step| format!("2022-{:02}", step + 1))
}

fn goods() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(vec!["grain", "ore", "timber"], 1..=3)
}

/// A share, with its ends.
fn share() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), 0.0..1.0]
}

/// The chosen strength and dates of an entry.
struct Chosen<'a> {
    id: &'a str,
    goods: &'a [&'static str],
    /// The lines `announced` and `from`.
    from: &'a str,
    one: f64,
    other: f64,
    number: f64,
}

/// An entry of a kind in the registries; `stop` is the ban that an export ban extends.
///
/// # Panics
/// For a kind that is not known here: whoever adds one writes an entry of it.
fn write_entry(kind: &str, chosen: &Chosen<'_>) -> String {
    let &Chosen {
        id,
        goods,
        from,
        one,
        other,
        number,
    } = chosen;
    let legs = format!("{SELLER_TO_UNION}\n{from}");
    let months = 0.5 + number;
    let primary = |keys: &str| measure(kind, id, goods, keys);
    let secondary = |keys: &str| programme(kind, id, goods, &format!("{from}\n{keys}"));
    match kind {
        "ban" => ban(
            id,
            goods,
            &format!("{from}\nexempt_share = {one:?}\nwind_down_months = {number:?}"),
        ),
        "exit" => primary(&format!("{legs}\nshare = {one:?}\nhalf_life_months = {months:?}")),
        "tariff" => primary(&format!("{legs}\nrate = {one:?}")),
        "quota" => {
            let limits: Vec<String> = goods.iter().map(|good| format!("{good} = {:?}", 200.0 * one)).collect();
            primary(&format!("{legs}\nlimit_t_per_month = {{ {} }}", limits.join(", ")))
        }
        "closure" => primary(&format!(
            "issuer = \"SEL\"\nnodes = [\"harbour\"]\nlinks = [\"rail\"]\n{from}\nuntil = \"2022-09\"\nshare_closed = {one:?}\n\
             return_half_life_months = {months:?}"
        )),
        "cost" => primary(&format!(
            "issuer = \"BUY\"\nvia = [\"HUB\"]\n{from}\nusd_per_t = {:?}",
            100.0 * one
        )),
        "inspection" => primary(&format!(
            "{legs}\nseizure_probability = {:?}\nfine = {other:?}\nsuspicion = {{ decay = {one:?}, surge = {other:?}, seized = {number:?} }}",
            0.99 * one
        )),
        "payments" => secondary(&format!(
            "primary_targets = [\"BUY\"]\nrefused_share = {one:?}\nhalf_life_months = {months:?}\nfriction_start = {other:?}\nfriction_end = 0.05"
        )),
        "export_ban" => secondary(&format!("extends_ban = \"stop\"\nexempt_share = {one:?}")),
        "designation" => secondary(&format!(
            "primary_targets = [\"BUY\"]\nrate_per_month = {number:?}\nsurge_reference = 1.5\nsurge_floor_usd_per_month = 1000\n\
             share_per_firm = {{ uniform = {{ low = 0.0, high = {:?} }} }}\nsuccessor_months = {:?}",
            0.1 + 0.9 * one,
            1.0 + number
        )),
        // Exporters put the clause into their contracts; the seller's trade with the hub is direct trade to be avoided.
        "no_reexport_clause" | "overcompliance" => {
            secondary(&format!("share = {one:?}")).replace("\"UNION\"", "\"SEL\"")
        }
        // A threat stands from its announcement.
        "threat" => {
            let announced = from.lines().last().unwrap().replace("from", "announced");
            programme(
                kind,
                id,
                goods,
                &format!("{announced}\nexit_share = {one:?}\ngrowth_factor = {other:?}"),
            )
        }
        _ => panic!("a new kind, `{kind}`, needs an entry here"),
    }
}

/// All kinds of measures and of programmes.
fn kinds() -> impl Iterator<Item = &'static str> {
    measures::KINDS.iter().chain(secondary::KINDS).map(|kind| kind.name)
}

/// A measure or programme of any kind.
fn entry(id: usize) -> impl Strategy<Value = String> {
    let kind = proptest::sample::select(kinds().collect::<Vec<_>>());
    (kind, goods(), month(), share(), share(), 0.0..6.0).prop_map(move |(kind, goods, from, one, other, number)| {
        let chosen = Chosen {
            id: &format!("entry-{id}"),
            goods: &goods,
            from: &format!("announced = \"2021-12\"\nfrom = \"{from}\""),
            one,
            other,
            number,
        };
        write_entry(kind, &chosen)
    })
}

fn entries() -> impl Strategy<Value = String> {
    let some = (0..5_usize).prop_flat_map(|count| (0..count).map(entry).collect::<Vec<_>>());
    (some, goods(), month(), share()).prop_map(|(entries, goods, from, exempt)| {
        let stop = ban("stop", &goods, &format!("from = \"{from}\"\nexempt_share = {exempt:?}"));
        // What surrounds trade moves too.
        let shocks = "\n[[shocks.price]]\nid = \"price\"\ncommodity = \"grain\"\npersistence = 0.8\nsd = 0.15\n\
                      [[shocks.closure]]\nid = \"storm\"\nnodes = [\"harbour\"]\nmonthly_probability = 0.1\nmean_months = 2\n\
                      [[trends.demand]]\nid = \"growth\"\njurisdictions = [\"HUB\", \"BUY\"]\nfrom = \"2022-01\"\ngrowth_per_year = 0.2\n";
        stop + &entries.concat() + shocks
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_measures_never_break_the_accounts(body in entries()) {
        let mut scenario = scenario_on(&world(), MONTHS, &body, IdleLines::Warn);
        scenario.simulation.draws = DRAWS;
        let batch = common::batch(vec![scenario]);
        for draw in 0..DRAWS {
            // One draw at a time, so that its own numbers stand in the table.
            let outcome = batch.run(Some(draw..draw + 1), &()).unwrap().pop().unwrap();
            let finished = outcome.map_err(|failure| TestCaseError::fail(failure.to_string()))?;
            restricted_trade::compare(&batch, 0, &finished, draw).map_err(TestCaseError::fail)?;
        }

        let model = &batch.scenarios[0].model;
        let mut runner = PathRunner::new(model);
        for draw in 0..DRAWS {
            let mut wrong = Vec::new();
            let outcome = runner.run(Chance::Draw(draw), |month| {
                // Measured anew from prices and flows.
                let residual = residual(&model.plan.network, month.conditions, month.solution);
                if residual.is_nan() || residual > 1.05 * DEFAULT_TOLERANCE {
                    wrong.push(format!("residual {residual}"));
                }
                wrong.extend(month.solution.flow.iter().filter(|flow| **flow < 0.0 || flow.is_nan()).map(|flow| format!("flow {flow}")));
                for (row, limit) in model.plan.constraints.rows().iter().zip(&month.conditions.limit) {
                    let used: f64 = row.routes.iter().map(|&route| month.solution.flow[route]).sum();
                    if used > limit * (1.0 + 1e-9) || used.is_nan() {
                        wrong.push(format!("{used} of {limit} by {:?}", row.constraint));
                    }
                }
            });
            prop_assert!(outcome.is_ok(), "{outcome:?}");
            prop_assert!(wrong.is_empty(), "{wrong:?}");
        }
    }
}

#[test]
fn every_kind_in_the_registries_can_be_among_the_random_measures() {
    let goods = ["grain", "ore"];
    let from = "announced = \"2021-12\"\nfrom = \"2022-03\"";
    for kind in kinds() {
        let chosen = Chosen {
            id: "entry",
            goods: &goods,
            from,
            one: 0.5,
            other: 0.25,
            number: 2.0,
        };
        let body = ban("stop", &goods, "from = \"2022-02\"") + &write_entry(kind, &chosen);
        // Nothing idle: the entry bears on some route.
        let scenario = scenario_on(&world(), MONTHS, &body, IdleLines::Fault);
        let names = |measures: &[Measure]| {
            let ids = measures.iter().map(|measure| measure.terms.id.clone());
            ids.filter(|id| id == "entry").count()
        };
        assert_eq!(
            names(scenario.measures.rows()) + names(scenario.programmes.rows()),
            1,
            "{kind}"
        );
        assert!(body.contains(&format!(".{kind}]]")), "{kind} is not what is written");
    }
}
