//! Prints sensitivity indices for other programs to check: a JSON object with those of draws or of a design that stand on
//! standard input.
//!
//! Reads CSV with a header, all cells numbers, the outcome in the last column. `docs/sensitivity-peers.py` compares what it
//! prints with `SALib` and the EMA Workbench.

#![allow(clippy::print_stdout, reason = "a program for measurements, not the product")]

use std::io;

use clap::{Parser, Subcommand};
use roundabout::sensitivity::drivers::drivers;
use roundabout::sensitivity::morris::{MorrisWay, summary, uniform_of};
use roundabout::sensitivity::prim::boxes;
use roundabout::sensitivity::sobol::SobolOutcomes;
use serde_json::{Value, json};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    wanted: Wanted,
}

#[derive(Subcommand)]
enum Wanted {
    /// Rank correlations and regression shares
    Drivers,
    /// Boxes where the outcome is at least this
    Boxes { threshold: f64 },
    /// Indices of outcomes that stand in the order of a Saltelli design without second-order runs
    Sobol { inputs: usize },
    /// The points of Morris ways, as places in the distributions of inputs; reads nothing
    Ways { ways: u64, inputs: usize },
    /// Effects of outcomes that stand in the order of these ways
    Morris { ways: u64, inputs: usize },
}

/// The columns of standard input, the last of them apart.
fn read() -> anyhow::Result<(Vec<Vec<f64>>, Vec<f64>)> {
    let mut reader = csv::Reader::from_reader(io::stdin().lock());
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); reader.headers()?.len()];
    for record in reader.records() {
        for (column, cell) in columns.iter_mut().zip(&record?) {
            column.push(cell.parse()?);
        }
    }
    let outcome = columns.pop().unwrap_or_default();
    Ok((columns, outcome))
}

fn main() -> anyhow::Result<()> {
    let found = match Arguments::parse().wanted {
        Wanted::Drivers => of_draws()?,
        Wanted::Boxes { threshold } => of_boxes(threshold)?,
        Wanted::Sobol { inputs } => {
            let (_, outcome) = read()?;
            let indices = SobolOutcomes::from_rows(&outcome, inputs).indices().unwrap_or_default();
            let row = |index: &roundabout::sensitivity::sobol::SobolIndex| {
                json!([index.first, index.first_error, index.total, index.total_error])
            };
            json!(indices.iter().map(row).collect::<Vec<Value>>())
        }
        Wanted::Ways { ways, inputs } => {
            let points = (0..ways).flat_map(|number| MorrisWay::new(1, number, inputs).points());
            let uniforms = |levels: Vec<usize>| levels.into_iter().map(uniform_of).collect::<Vec<f64>>();
            json!(points.map(uniforms).collect::<Vec<_>>())
        }
        Wanted::Morris { ways, inputs } => of_ways(ways, inputs)?,
    };
    println!("{found}");
    Ok(())
}

fn of_draws() -> anyhow::Result<Value> {
    let (inputs, outcome) = read()?;
    let found = drivers(&inputs, &outcome)?;
    let row = |row: &roundabout::sensitivity::drivers::Driver| json!([row.input, row.correlation, row.share]);
    Ok(json!({
        "noise": found.noise,
        "explained": found.explained,
        "rows": found.rows.iter().map(row).collect::<Vec<Value>>(),
    }))
}

fn of_boxes(threshold: f64) -> anyhow::Result<Value> {
    let (inputs, outcome) = read()?;
    let is_hit: Vec<bool> = outcome.iter().map(|value| *value >= threshold).collect();
    let found = boxes(&inputs, &is_hit).unwrap_or_default();
    let side = |side: &roundabout::sensitivity::prim::BoxSide| {
        let limit =
            |limit: Option<roundabout::sensitivity::prim::Limit>| limit.map(|limit| (limit.value, limit.quasi_p));
        json!([side.input, limit(side.low), limit(side.high)])
    };
    let row = |each: &roundabout::sensitivity::prim::PrimBox| {
        let sides: Vec<Value> = each.sides.iter().map(side).collect();
        json!({ "coverage": each.coverage, "density": each.density, "mass": each.mass, "sides": sides })
    };
    Ok(json!(found.iter().map(row).collect::<Vec<Value>>()))
}

fn of_ways(ways: u64, inputs: usize) -> anyhow::Result<Value> {
    let (_, outcome) = read()?;
    let effects: Vec<Vec<f64>> = (0..ways)
        .zip(outcome.chunks_exact(inputs + 1))
        .map(|(number, outcomes)| MorrisWay::new(1, number, inputs).effects(outcomes))
        .collect();
    let row = |input: usize| {
        let found = summary(&effects.iter().map(|effects| effects[input]).collect::<Vec<f64>>());
        json!([found.mean, found.mean_absolute, found.deviation])
    };
    Ok(json!((0..inputs).map(row).collect::<Vec<Value>>()))
}
