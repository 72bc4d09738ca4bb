//! Prints the naive forecasts of series for other programs to check: a CSV of method, series, horizon, mean and standard
//! deviation, every number with all its digits.
//!
//! Reads one series a line from standard input, logarithms by month separated by commas; an empty cell is a month that
//! was not observed. `docs/check-naive.py` compares the forecasts with those of `statsmodels`.

#![allow(clippy::print_stdout, reason = "a program for measurements, not the product")]

use std::io::{self, BufRead};

use clap::Parser;
use roundabout::timeseries::NaiveMethod;

#[derive(Parser)]
struct Arguments {
    /// Months to forecast
    #[arg(long, default_value_t = 12)]
    horizon: usize,
}

/// The months of a line.
fn read(line: &str) -> anyhow::Result<Vec<f64>> {
    let cells = line.split(',').map(str::trim);
    let months = cells.map(|cell| if cell.is_empty() { Ok(f64::NAN) } else { cell.parse() });
    Ok(months.collect::<Result<_, _>>()?)
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    println!("method,series,horizon,mean,sd");
    for (number, line) in io::stdin().lock().lines().enumerate() {
        let series = read(&line?)?;
        for method in NaiveMethod::ALL {
            for (one, horizon) in method.forecast(&series, arguments.horizon).iter().zip(1..) {
                println!("{},{number},{horizon},{},{}", method.name(), one.mean, one.sd);
            }
        }
    }
    Ok(())
}
