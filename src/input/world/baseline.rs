//! `baseline.csv`: the flow of each pair, to be split over its direct corridors.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::csv_rows::{CsvRows, WireRow};
use super::draft::WorldDraft;
use super::entries::{BaselineEntry, ListedSources};
use super::ranges;
use super::routes::is_one_good;
use crate::diagnostic::Report;
use crate::network::SupplyDemandPair;

/// A row of `baseline.csv`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct BaselineRow {
    supply: CsvCell,
    demand: CsvCell,
    t_per_month: CsvCell,
    source: CsvCell,
}

impl WireRow for BaselineRow {
    const FILE: &'static str = "baseline.csv";
    const REQUIRED: &'static [&'static str] = &["supply", "demand", "t_per_month", "source"];
}

/// Reads the baseline of each pair, tonnes per month.
pub(super) fn read(
    rows: &CsvRows<BaselineRow>,
    draft: &WorldDraft,
    sources: &ListedSources,
    report: &mut Report,
) -> BTreeMap<SupplyDemandPair, BaselineEntry> {
    let mut reader = CellReader::new(rows.file, sources, report);
    let mut baseline = BTreeMap::new();
    for row in rows.iter() {
        let supply = reader.reference(&row.supply, &draft.supplies);
        let demand = reader.reference(&row.demand, &draft.demands);
        let flow = reader.number(&row.t_per_month, ranges::FLOW_OF_PAIR);
        let source = reader.source(&row.source);
        let (Some(supply), Some(demand), Some(flow), Some(source)) = (supply, demand, flow, source) else {
            continue;
        };
        if is_one_good(supply, demand, &row.demand, draft, &mut reader).is_none() {
            continue;
        }
        let place = reader.place(&row.demand);
        if baseline
            .insert((supply, demand), BaselineEntry { flow, source, place })
            .is_some()
        {
            let pair = format!("`{}` to `{}`", row.supply.text, row.demand.text);
            reader.fault(&row.demand, format!("the baseline from {pair} is there twice"));
        }
    }
    baseline
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, messages};
    use super::*;

    #[test]
    fn each_pair_of_one_good_has_one_flow_above_zero() {
        let mut report = Report::default();
        let text = "supply,demand,t_per_month,source\n\
                    by-plywood,de-plywood,10,x\n\
                    by-plywood,de-plywood,10,x\n\
                    by-plywood,de-pellets,10,x\n\
                    by-pellets,de-pellets,0,x\n";
        let rows = testing::rows(text, &mut report);
        read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        assert_eq!(
            messages(&report),
            "baseline.csv:3:12: the baseline from `by-plywood` to `de-plywood` is there twice\n\
             baseline.csv:4:12: `by-plywood` sells plywood, but `de-pellets` buys pellets\n\
             baseline.csv:5:23: `t_per_month` must be above zero, found `0`"
        );
    }

    #[test]
    fn rows_at_fault_are_left_out_and_the_others_are_kept_with_their_source() {
        let mut report = Report::default();
        let text = "supply,demand,t_per_month,source\n\
                    by-plywod,de-plywood,10,x\n\
                    by-plywood,de-plywood,12.5,Comtrade\n\
                    by-plywood,kz-plywood,10,\n";
        let rows = testing::rows(text, &mut report);
        let draft = testing::draft();
        let baseline = read(&rows, &draft, &ListedSources::default(), &mut report);
        let kept: Vec<_> = baseline
            .values()
            .map(|entry| (entry.flow, entry.source.as_str()))
            .collect();
        assert_eq!(kept, [(12.5, "Comtrade")]);
        assert_eq!(
            messages(&report),
            "baseline.csv:2:1: unknown supply `by-plywod`\n\
             baseline.csv:4:26: `source` is empty"
        );
    }
}
