//! What drives an outcome, by a design of runs of its own: Sobol indices and Morris screening.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::shown::{Findings, mark, with_error};
use super::{SensitivityArguments, SensitivityError, Target, check_wanted, is_wanted, prove_picture, show};
use crate::cli::inputs::{self, ScenariosRead};
use crate::cli::progress::Bars;
use crate::cli::{Error, terminal};
use crate::comparison::find_headline;
use crate::experiment::{Design, IndependentInputs, InputKind, LARGEST_DESIGN, headlines_of, run_design};
use crate::report::plot::{TornadoBar, TornadoChart};
use crate::report::{DisplayScale, Grid};
use crate::results::{FileKind, InputPaths, LineMark, OutputFile, RowWriter, TextTable, shortest};
use crate::scenario::Scenario;
use crate::sensitivity::morris::{MorrisEffect, MorrisWay, summary};
use crate::sensitivity::sobol::{SobolIndex, SobolOutcomes, complementary_indices};

/// What the shocks of all months and the events that come by chance are called as one input.
const SHOCKS: &str = "shocks and events";
/// How many standard errors an index or an effect must be above zero to count.
const CLEAR: f64 = 2.0;

/// Runs a design and explains its outcomes.
///
/// # Errors
/// When input is invalid, a run fails, or the outcome does not vary.
pub fn run(arguments: &SensitivityArguments) -> Result<(), Error> {
    let (experiment, paths) = DesignedExperiment::read(arguments)?;
    let picture = prove_picture(arguments, &paths)?;
    let file = arguments.design.as_ref().map(|path| prove_design(path, &paths));
    let file = file.transpose()?;
    let findings = match (arguments.sobol, arguments.morris) {
        (Some(rows), _) => experiment.sobol(arguments, rows, file.as_ref())?,
        (_, ways) => experiment.morris(arguments, ways.unwrap_or(2), file.as_ref())?,
    };
    show(arguments, &findings, picture.as_ref())
}

/// The first columns of a file of a design.
const DESIGN_COLUMNS: &str = "run,row,takes,shocks,";

fn prove_design(path: &Path, inputs: &InputPaths) -> Result<OutputFile, Error> {
    let kind = FileKind::new(
        "a design of a sensitivity analysis",
        vec![LineMark::Around(DESIGN_COLUMNS, "")],
    );
    Ok(OutputFile::prove(path, kind, true, inputs)?)
}

/// Inputs that a design exchanges together.
struct InputGroup {
    name: String,
    /// Places of sources; the place after the last is that of the shocks.
    places: Vec<usize>,
}

/// Scenarios with what a design may exchange.
struct DesignedExperiment {
    scenario: Scenario,
    against: Option<Scenario>,
    inputs: IndependentInputs,
    target: Target,
}

impl DesignedExperiment {
    fn read(arguments: &SensitivityArguments) -> Result<(Self, InputPaths), Error> {
        let mut files: Vec<PathBuf> = arguments.paths.clone();
        files.extend(arguments.against.iter().map(PathBuf::from));
        if let Some(folder) = files.iter().find(|path| path.is_dir()) {
            let text = format!(
                "{} is a folder: --sobol and --morris take a scenario file",
                folder.display()
            );
            return Err(SensitivityError::Usage(text).into());
        }
        let ScenariosRead { scenarios, paths } = inputs::read(&files, arguments.reading)?;
        let mut scenarios = scenarios.into_iter();
        let Some(mut scenario) = scenarios.next() else {
            return Err(SensitivityError::Usage("no scenario".to_owned()).into());
        };
        let against = scenarios.next();
        scenario.simulation.seed = arguments.seed.unwrap_or(scenario.simulation.seed);
        if let Some(other) = against.as_ref().filter(|other| other.horizon != scenario.horizon) {
            let text = format!("`{}` and `{}` span different months", scenario.name, other.name);
            return Err(SensitivityError::Usage(text).into());
        }
        let known = headlines_of(&scenario);
        let headline = find_headline(&known, &arguments.metric).map_err(SensitivityError::from)?;
        let both: Vec<&Scenario> = std::iter::once(&scenario).chain(against.as_ref()).collect();
        let inputs = IndependentInputs::of(&both).map_err(SensitivityError::from)?;
        let target = Target {
            headline,
            scenario: scenario.name.clone(),
            against: against.as_ref().map(|other| other.name.clone()),
        };
        let experiment = Self {
            scenario,
            against,
            inputs,
            target,
        };
        Ok((experiment, paths))
    }

    /// The place of the shocks among the inputs.
    fn shocks(&self) -> usize {
        self.inputs.sources.len()
    }

    fn name_of(&self, place: usize) -> String {
        match self.inputs.sources.get(place) {
            Some(source) => match source.kind {
                InputKind::Number => source.name.clone(),
                InputKind::Table(numbers) => format!("{} ({numbers} numbers together)", source.name),
            },
            None => SHOCKS.to_owned(),
        }
    }

    /// What is exchanged: all numbers together, the shocks, then every input that is asked for, and the others together.
    fn groups(&self, wanted: &[String]) -> Result<Vec<InputGroup>, SensitivityError> {
        let shocks = self.shocks();
        let mut groups = vec![
            InputGroup {
                name: "all numbers".to_owned(),
                places: (0..shocks).collect(),
            },
            InputGroup {
                name: SHOCKS.to_owned(),
                places: vec![shocks],
            },
        ];
        let names: Vec<String> = self.inputs.sources.iter().map(|source| source.name.clone()).collect();
        self.check_not_in_table(wanted)?;
        check_wanted(wanted, &names)?;
        let is_single = |place: &usize| wanted.is_empty() || is_wanted(wanted, &names[*place]);
        let (single, others): (Vec<usize>, Vec<usize>) = (0..shocks).partition(is_single);
        groups.extend(single.into_iter().map(|place| InputGroup {
            name: self.name_of(place),
            places: vec![place],
        }));
        if !others.is_empty() {
            groups.push(InputGroup {
                name: format!("{} others together", others.len()),
                places: others,
            });
        }
        Ok(groups)
    }

    /// No name is only that of numbers that a table holds together: they cannot be taken alone.
    fn check_not_in_table(&self, wanted: &[String]) -> Result<(), SensitivityError> {
        for (number, table) in self.inputs.in_tables() {
            let is_alone = |start: &String| {
                let mut sources = self.inputs.sources.iter();
                sources.any(|source| source.name.starts_with(start.as_str()))
            };
            let in_table = |start: &&String| number.starts_with(start.as_str()) && !is_alone(start);
            if let Some(start) = wanted.iter().find(in_table) {
                return Err(SensitivityError::Usage(format!(
                    "--input {start}: `{number}` is drawn together with other numbers of {table}; --prior takes it alone"
                )));
            }
        }
        Ok(())
    }

    /// Runs a design, and writes it with its outcomes if a file is asked for; `takes` says of each run of a row where it
    /// takes its inputs from.
    fn outcomes(
        &self,
        arguments: &SensitivityArguments,
        design: &Design,
        takes: &dyn Fn(usize) -> (usize, String),
        file: Option<&OutputFile>,
    ) -> Result<Vec<f64>, Error> {
        let runs = design.points.len() as u64;
        let scenarios = std::iter::once(&self.scenario).chain(self.against.as_ref());
        let bars = Bars::new(
            scenarios.map(|each| (each.name.clone(), runs)).collect(),
            arguments.quiet,
        );
        let pool = rayon::ThreadPoolBuilder::new()
            // Zero means all cores.
            .num_threads(arguments.threads.map_or(0, usize::from))
            .build()
            .map_err(|error| Error::Failed(format!("cannot start threads: {error}")))?;
        let against = self.against.as_ref();
        let outcomes = pool.install(|| {
            run_design(
                design,
                &self.inputs,
                &self.scenario,
                against,
                &self.target.headline,
                &bars,
            )
        });
        bars.finish();
        let outcomes = outcomes.map_err(SensitivityError::from)?;
        if let Some(file) = file {
            file.write_by(|out| self.write_design(design, &outcomes, takes, out))?;
        }
        Ok(outcomes)
    }

    fn write_design(
        &self,
        design: &Design,
        outcomes: &[f64],
        takes: &dyn Fn(usize) -> (usize, String),
        out: &mut dyn std::io::Write,
    ) -> std::io::Result<()> {
        let mut rows = RowWriter::new(out);
        let columns = DESIGN_COLUMNS.split_terminator(',');
        let columns = columns.chain([self.target.headline.as_str()]);
        let columns = columns.chain(self.inputs.numbers.iter().map(String::as_str));
        columns.into_iter().for_each(|column| rows.text(column));
        rows.end()?;
        for (run, (point, outcome)) in design.points.iter().zip(outcomes).enumerate() {
            let (row, from) = takes(run);
            [run.to_string(), row.to_string(), from, point.chance.to_string()]
                .iter()
                .for_each(|cell| rows.text(cell));
            rows.exact(*outcome);
            self.inputs.values(&point.uniforms).for_each(|value| rows.exact(value));
            rows.end()?;
        }
        rows.finish()
    }

    /// Refuses a design that does not fit into memory, and says how many runs it takes.
    fn announce(&self, arguments: &SensitivityArguments, runs: u64, advice: &str) -> Result<(), SensitivityError> {
        let numbers = runs.saturating_mul(self.inputs.numbers.len().max(1) as u64);
        if numbers > LARGEST_DESIGN as u64 {
            let text = format!(
                "{runs} runs of {} numbers do not fit into memory; {advice}",
                self.inputs.numbers.len()
            );
            return Err(SensitivityError::Usage(text));
        }
        if !arguments.quiet {
            terminal::say(&format!("{runs} runs of {}", self.target.words()));
        }
        Ok(())
    }

    fn sobol(&self, arguments: &SensitivityArguments, rows: u64, file: Option<&OutputFile>) -> Result<Findings, Error> {
        let groups = self.groups(&arguments.inputs)?;
        let in_row = groups.len() + 2;
        let advice = "fewer rows, --input for those that matter, or --morris first";
        self.announce(arguments, rows.saturating_mul(in_row as u64), advice)?;
        let places: Vec<Vec<usize>> = groups.iter().map(|group| group.places.clone()).collect();
        let design = Design::sobol(self.scenario.simulation.seed, rows, self.shocks(), &places);
        let takes = |run: usize| {
            let from = match run % in_row {
                0 => "A".to_owned(),
                place if place <= groups.len() => groups[place - 1].name.clone(),
                _ => "B".to_owned(),
            };
            (run / in_row, from)
        };
        let outcomes = self.outcomes(arguments, &design, &takes, file)?;
        let sorted = SobolOutcomes::from_rows(&outcomes, groups.len());
        let sides = complementary_indices(&sorted.a, &sorted.b, &sorted.exchanged[0], &sorted.exchanged[1]);
        let both = sorted.indices().zip(sides);
        let (mut indices, sides) = both.ok_or_else(|| SensitivityError::Nothing {
            metric: self.target.headline.clone(),
            reason: "it is the same in every run, so nothing drives it",
        })?;
        indices[..2].copy_from_slice(&sides);
        let mut found: Vec<(&InputGroup, SobolIndex)> = groups.iter().zip(indices).collect();
        found[2..].sort_by(|one, other| other.1.total.total_cmp(&one.1.total));
        Ok(self.sobol_findings(arguments, rows, &sorted, &found))
    }

    fn sobol_findings(
        &self,
        arguments: &SensitivityArguments,
        rows: u64,
        outcomes: &SobolOutcomes,
        found: &[(&InputGroup, SobolIndex)],
    ) -> Findings {
        let columns = ["", "input", "first", "total"];
        let row = |(place, (group, index)): (usize, &(&InputGroup, SobolIndex))| {
            vec![
                mark(place, is_noise(index)),
                group.name.clone(),
                with_error(index.first, index.first_error),
                with_error(index.total, index.total_error),
            ]
        };
        let mut sides = Grid::new("Numbers against shocks", &columns, 2);
        sides.rows = found[..2].iter().enumerate().map(row).collect();
        let mut each = Grid::new("Inputs one by one, the largest total first", &columns, 2);
        each.rows = found[2..].iter().take(arguments.rows).enumerate().map(row).collect();
        let cells = |(group, index): &(&InputGroup, SobolIndex)| {
            let numbers = [index.first, index.first_error, index.total, index.total_error].map(shortest);
            let head = [group.name.clone(), group.places.len().to_string()];
            head.into_iter().chain(numbers).collect::<Vec<String>>()
        };
        let table = TextTable::new(
            &["input", "inputs", "first", "first_error", "total", "total_error"],
            found.iter().map(cells).collect(),
        );
        let in_both = || outcomes.a.iter().chain(&outcomes.b).copied();
        Findings {
            heading: self.heading("Shares of the variance", in_both(), &format!("{rows} rows")),
            grids: [sides, each].into_iter().filter(|grid| !grid.rows.is_empty()).collect(),
            table,
            notes: vec![
                "First: share of variance by the input alone; total: with its interactions; ± standard errors. Rows with a dot \
                 are within two errors of zero. Shocks and events are one input: all that chance does in the months of a draw."
                    .to_owned(),
                self.independence(),
            ],
            facts: self.facts(json!({ "rows": rows, "runs": rows * (found.len() as u64 + 2) })),
            chart: Some(self.sobol_chart(arguments, rows, found)),
        }
    }

    fn sobol_chart(
        &self,
        arguments: &SensitivityArguments,
        rows: u64,
        found: &[(&InputGroup, SobolIndex)],
    ) -> TornadoChart {
        // The shocks stand among the numbers: both are parts of one variance.
        let mut shown: Vec<&(&InputGroup, SobolIndex)> = found[1..].iter().collect();
        shown.sort_by(|one, other| other.1.total.total_cmp(&one.1.total));
        let bar = |(group, index): &&(&InputGroup, SobolIndex)| TornadoBar {
            name: group.name.clone(),
            value: index.total,
            part: Some(index.first),
            error: Some(index.total_error),
            is_noise: is_noise(index),
        };
        TornadoChart {
            title: format!("What drives {}", self.target.words()),
            measure: "share of variance".to_owned(),
            bars: shown.iter().take(arguments.rows).map(bar).collect(),
            parts: Some(["total index".to_owned(), "first index".to_owned()]),
            noise: None,
            note: format!("Sobol indices from {rows} rows. Line: the standard error of the total."),
        }
    }

    fn morris(
        &self,
        arguments: &SensitivityArguments,
        ways: u64,
        file: Option<&OutputFile>,
    ) -> Result<Findings, Error> {
        let in_way = self.shocks() + 2;
        self.announce(arguments, ways.saturating_mul(in_way as u64), "fewer ways")?;
        let (design, drawn) = Design::morris(self.scenario.simulation.seed, ways, self.shocks());
        let takes = |run: usize| {
            let (way, step) = (run / in_way, run % in_way);
            let moved = step.checked_sub(1).map(|step| self.name_of(drawn[way].order[step]));
            (way, moved.unwrap_or_else(|| "start".to_owned()))
        };
        let outcomes = self.outcomes(arguments, &design, &takes, file)?;
        let mut found: Vec<(usize, MorrisEffect)> =
            effects(&drawn, &outcomes, in_way).into_iter().enumerate().collect();
        found.sort_by(|one, other| other.1.mean_absolute.total_cmp(&one.1.mean_absolute));
        Ok(self.morris_findings(arguments, ways, &outcomes, &found))
    }

    fn morris_findings(
        &self,
        arguments: &SensitivityArguments,
        ways: u64,
        outcomes: &[f64],
        found: &[(usize, MorrisEffect)],
    ) -> Findings {
        let sizes = || found.iter().map(|(_, effect)| effect.mean_absolute);
        let scale = DisplayScale::fitting(self.target.unit(), sizes());
        let decimals = scale.decimals(sizes());
        let mut grid = Grid::new(
            &format!("Effects in {}, the largest first", scale.unit),
            &["", "input", "mean absolute", "mean", "deviation"],
            2,
        );
        for (place, (input, effect)) in found.iter().take(arguments.rows).enumerate() {
            grid.rows.push(vec![
                mark(place, is_still(effect)),
                self.name_of(*input),
                format!(
                    "{} ±{}",
                    decimals.show(effect.mean_absolute),
                    decimals.show_error(effect.mean_absolute_error)
                ),
                // A row of a table or of shocks has no higher and lower.
                if self.has_sign(*input) {
                    decimals.show(effect.mean)
                } else {
                    String::new()
                },
                decimals.show(effect.deviation),
            ]);
        }
        let cells = |(input, effect): &(usize, MorrisEffect)| {
            let mean = if self.has_sign(*input) {
                shortest(effect.mean)
            } else {
                String::new()
            };
            vec![
                self.name_of(*input),
                shortest(effect.mean_absolute),
                shortest(effect.mean_absolute_error),
                mean,
                shortest(effect.deviation),
            ]
        };
        let columns = ["input", "mean_absolute", "mean_absolute_error", "mean", "deviation"];
        let bar = |(input, effect): &(usize, MorrisEffect)| TornadoBar {
            name: self.name_of(*input),
            value: effect.mean_absolute / scale.divisor,
            part: None,
            error: Some(effect.mean_absolute_error / scale.divisor),
            is_noise: is_still(effect),
        };
        Findings {
            heading: self.heading("Morris screening", outcomes.iter().copied(), &format!("{ways} ways")),
            grids: vec![grid],
            table: TextTable::new(&columns, found.iter().map(cells).collect()),
            notes: vec![
                "An effect is the change of the outcome when an input moves up by half of its distribution, as from its first \
                 quarter to its third, all others at random levels. Mean absolute (mu*) ± its standard error \
                 ranks inputs; a mean (mu) near zero beside it means both directions; a deviation (sigma) as large means \
                 curvature or interactions. Rows with a dot are within two errors of zero."
                    .to_owned(),
                self.independence(),
            ],
            facts: self.facts(json!({ "ways": ways, "runs": outcomes.len() })),
            chart: Some(TornadoChart {
                title: format!("What moves {}", self.target.words()),
                measure: format!("mean absolute effect, {}", scale.unit),
                bars: found.iter().take(arguments.rows).map(bar).collect(),
                parts: None,
                noise: None,
                note: format!("Morris screening by {ways} ways. Line: standard error."),
            }),
        }
    }

    fn has_sign(&self, input: usize) -> bool {
        let source = self.inputs.sources.get(input);
        source.is_some_and(|source| source.kind == InputKind::Number)
    }

    fn heading(&self, what: &str, outcomes: impl Iterator<Item = f64> + Clone, size: &str) -> Vec<String> {
        let scale = DisplayScale::fitting(self.target.unit(), outcomes.clone());
        let count = outcomes.clone().count() as f64;
        let mean = outcomes.clone().fold(0.0, |sum, value| sum + value) / count;
        let squares = outcomes
            .clone()
            .fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
        let decimals = scale.decimals(outcomes);
        vec![
            format!("{what}: {}", self.target.words()),
            format!(
                "{size}, {} uncertain numbers, seed {}; mean {} {}, standard deviation {}",
                self.inputs.numbers.len(),
                self.scenario.simulation.seed,
                decimals.show(mean),
                scale.unit,
                decimals.show((squares / count).sqrt()),
            ),
        ]
    }

    /// What is drawn together, and what then cannot be told apart.
    fn independence(&self) -> String {
        let tables = self
            .inputs
            .sources
            .iter()
            .filter(|source| source.kind != InputKind::Number);
        let tables: Vec<&str> = tables.map(|source| source.name.as_str()).collect();
        if tables.is_empty() {
            return "All numbers are drawn independently, as these indices need it.".to_owned();
        }
        format!(
            "The numbers of {} are drawn together, a row at a time, so a table is one input; --prior takes its numbers one by \
             one from their priors.",
            tables.join(", ")
        )
    }

    fn facts(&self, more: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
        let mut facts = serde_json::Map::new();
        facts.insert("metric".to_owned(), json!(self.target.headline));
        facts.insert("scenario".to_owned(), json!(self.target.scenario));
        facts.insert("against".to_owned(), json!(self.target.against));
        facts.insert("seed".to_owned(), json!(self.scenario.simulation.seed));
        facts.insert("numbers".to_owned(), json!(self.inputs.numbers.len()));
        if let serde_json::Value::Object(more) = more {
            facts.extend(more);
        }
        facts
    }
}

/// Whether a total index may be zero.
fn is_noise(index: &SobolIndex) -> bool {
    index.total <= CLEAR * index.total_error
}

/// Whether an input may have no effect.
fn is_still(effect: &MorrisEffect) -> bool {
    effect.mean_absolute <= CLEAR * effect.mean_absolute_error
}

/// The effects of each input.
fn effects(ways: &[MorrisWay], outcomes: &[f64], in_way: usize) -> Vec<MorrisEffect> {
    let found: Vec<Vec<f64>> = ways
        .iter()
        .zip(outcomes.chunks_exact(in_way))
        .map(|(way, outcomes)| way.effects(outcomes))
        .collect();
    let inputs = found.first().map_or(0, Vec::len);
    let of_input = |input: usize| summary(&found.iter().map(|effects| effects[input]).collect::<Vec<f64>>());
    (0..inputs).map(of_input).collect()
}
