//! The report: one page of HTML about a batch of results, with pictures that need no network.
//!
//! The data of the page are one JSON object, whose form `web/src/data.ts` fixes and the module `data` mirrors. Each view has a builder that
//! reads the tables it needs, one after another, and keeps what the page shows. `bundle` holds the page's script and style, made
//! from `web`.

mod basis;
mod capacities;
mod data;
mod designations;
mod draws;
mod drivers;
mod flows;
mod frame;
mod gains;
mod headings;
mod html;
mod map;
mod number;
mod parameters;
mod records;
mod scenarios;
mod sentences;
mod series;
mod table;
mod text;
mod totals;
mod words;

use data::{PAGE_FORMAT, PageData, PageHead};
use draws::{ScenarioDraws, expected_differences, headlines, read_draws};
use drivers::{PageDriversOf, scenario_drivers};
use frame::Frame;
use sentences::Speaker;

use crate::results::read::{DescribedResults, UnreadableResults};

pub use html::page_kind;
pub(in crate::report) use words::{lower, plain_name, words};

/// A page, and what must be said about its making.
#[derive(Debug)]
pub struct ReportPage {
    pub html: String,
    /// Whole sentences, for the terminal.
    pub notes: Vec<String>,
}

/// Makes the page of some results, of which the first is the reference.
///
/// # Errors
/// When a table is missing, damaged, or was changed since it was written.
pub fn report_page(sets: &[DescribedResults]) -> Result<ReportPage, UnreadableResults> {
    let mut frame = Frame::new(sets)?;
    let (draws, of_scenarios) = draws_and_drivers(&frame)?;
    let headlines = headlines(&frame, &draws);
    let expected = expected_differences(&frame, &draws);
    drop(draws);
    let totals = totals::read_totals(&mut frame, &expected)?;
    let list = scenarios::scenarios(&frame);
    let views = Views::read(&frame, &list)?;
    let gains = gains::gains(&frame, &totals);
    let table = table::table(&frame, &totals);
    let data = PageData {
        format: PAGE_FORMAT,
        head: PageHead {
            start: frame.start.to_string(),
            count: frame.count,
            reference: Some(0),
            paired: frame.all_paired(),
            draws: sets[0].manifest.draws_held(),
        },
        scenarios: list.scenarios,
        measures: (!list.measures.is_empty()).then_some(list.measures),
        headlines,
        gains,
        months: totals.months,
        records: views.records,
        flows: views.flows,
        map: views.map,
        capacities: views.capacities,
        designations: views.designations,
        drivers: drivers::drivers(&frame, of_scenarios),
        table,
        basis: basis::basis(&frame),
        goods: frame.goods.named,
        lands: frame.lands.named,
        metrics: frame.metrics,
    };
    let speaker = Speaker {
        data: &data,
        start: frame.start,
    };
    let html = html::render(&speaker).map_err(|error| UnreadableResults {
        path: sets[0].folder.clone(),
        line: None,
        reason: error.to_string(),
    })?;
    Ok(ReportPage {
        html,
        notes: totals.notes,
    })
}

/// The names of uncertain numbers in words, for those that have one.
///
/// # Errors
/// When the first of the results has no months.
pub fn numbers_in_words(
    sets: &[DescribedResults],
    numbers: &[String],
) -> Result<Vec<Option<String>>, UnreadableResults> {
    let frame = Frame::new(sets)?;
    Ok(numbers
        .iter()
        .map(|number| parameters::parameter_name(&frame, number))
        .collect())
}

/// The headline metrics of all scenarios draw by draw, and what they go with. Parameters of one scenario at a time are in memory.
fn draws_and_drivers(frame: &Frame<'_>) -> Result<(Vec<ScenarioDraws>, PageDriversOf), UnreadableResults> {
    let mut draws: Vec<ScenarioDraws> = Vec::new();
    let mut drivers = Vec::new();
    for (scenario, set) in frame.sets.iter().enumerate() {
        let mut own = read_draws(frame, set)?;
        drivers.push(scenario_drivers(frame, scenario, &own, draws.first()));
        own.parameters = Vec::new();
        draws.push(own);
    }
    Ok((draws, drivers))
}

/// The views that need tables of their own.
struct Views {
    records: Option<data::PageRecords>,
    flows: Option<data::PageFlows>,
    map: Option<data::PageMap>,
    capacities: Option<data::PageCapacities>,
    designations: Option<data::PageDesignations>,
}

impl Views {
    /// Reads the large tables side by side.
    fn read(frame: &Frame<'_>, list: &scenarios::ScenarioList) -> Result<Self, UnreadableResults> {
        let (records, (flows, (map, (capacities, designations)))) = rayon::join(
            || records::records(frame),
            || {
                rayon::join(
                    || flows::flows(frame),
                    || {
                        let small = || designations::designations(frame, &list.places);
                        rayon::join(
                            || map::map(frame),
                            || rayon::join(|| capacities::capacities(frame), small),
                        )
                    },
                )
            },
        );
        Ok(Self {
            records: records?,
            flows: flows?,
            map: map?,
            capacities: capacities?,
            designations: designations?,
        })
    }
}
