//! Whatever measures are taken, the accounts hold.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use roundabout::input::IdleLines;
use roundabout::simulation::{Chance, PathRunner};

use crate::common;
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

/// A measure or programme of any kind; `stop` is the ban that an export ban extends.
fn entry(id: usize) -> impl Strategy<Value = String> {
    (0..9, goods(), month(), share(), share(), 0.0..6.0).prop_map(move |(kind, goods, from, one, other, number)| {
        let id = format!("entry-{id}");
        let from = format!("announced = \"2021-12\"\nfrom = \"{from}\"");
        let legs = format!("{SELLER_TO_UNION}\n{from}");
        match kind {
            0 => ban(&id, &goods, &format!("{from}\nexempt_share = {one:?}\nwind_down_months = {number:?}")),
            1 => measure("tariff", &id, &goods, &format!("{legs}\nrate = {one:?}")),
            2 => {
                let limits: Vec<String> = goods.iter().map(|good| format!("{good} = {:?}", 200.0 * one)).collect();
                let limits = limits.join(", ");
                measure("quota", &id, &goods, &format!("{legs}\nlimit_t_per_month = {{ {limits} }}"))
            }
            3 => {
                let keys = format!(
                    "issuer = \"SEL\"\nnodes = [\"harbour\"]\nlinks = [\"rail\"]\n{from}\nuntil = \"2022-09\"\nshare_closed = {one:?}\n\
                     return_half_life_months = {:?}",
                    0.5 + number
                );
                measure("closure", &id, &goods, &keys)
            }
            4 => measure("cost", &id, &goods, &format!("issuer = \"BUY\"\nvia = [\"HUB\"]\n{from}\nusd_per_t = {:?}", 100.0 * one)),
            5 => measure("inspection", &id, &goods, &format!("{legs}\nseizure_probability = {:?}\nfine = {other:?}", 0.99 * one)),
            6 => programme(
                "payments",
                &id,
                &goods,
                &format!("{from}\nrefused_share = {one:?}\nhalf_life_months = {:?}\nfriction_start = {other:?}\nfriction_end = 0.05", 0.5 + number),
            ),
            7 => programme("export_ban", &id, &goods, &format!("extends_ban = \"stop\"\n{from}\nexempt_share = {one:?}")),
            _ => programme(
                "designation",
                &id,
                &goods,
                &format!(
                    "{from}\nrate_per_month = {number:?}\nsurge_reference = 1.5\nsurge_floor_usd_per_month = 1000\n\
                     capacity_loss = {{ uniform = {{ low = 0.0, high = {:?} }} }}\nsuccessor_months = {:?}",
                    0.1 + 0.9 * one,
                    1.0 + number
                ),
            ),
        }
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
        let (batch, outcomes) = common::simulate(vec![scenario]);
        let finished = match outcomes.into_iter().next().unwrap() {
            Ok(finished) => finished,
            Err(failure) => return Err(TestCaseError::fail(failure.to_string())),
        };
        prop_assert!(finished.largest_residual <= 1e-9, "residual {}", finished.largest_residual);
        prop_assert!(finished.largest_accounting_gap <= 1e-9, "gap {}", finished.largest_accounting_gap);

        let model = &batch.scenarios[0].model;
        let mut runner = PathRunner::new(model);
        for draw in 0..DRAWS {
            let mut wrong = Vec::new();
            let outcome = runner.run(Chance::Draw(draw), |month| {
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
