//! Writes the cells of up to eight draws, month by month, then those of all their months.
#![allow(
    clippy::inline_always,
    reason = "an instruction set reaches only what is inlined, see `math::width`"
)]

use super::events::Occurred;
use super::{CAPACITY_CELLS, Layout};
use crate::math::simd::{Lanes, WIDTH};
use crate::math::width::{Width, Work};
use crate::metrics::{
    Accountant, Burdens, Counterfactual, InterleavedMonth, Ledger, RouteFlows, Standings, Totals, TradeTotals,
    accounting_gap,
};
use crate::simulation::{CommonPast, Plan, Reuse};

/// Rents above this share of the reference price bind (docs/model.md).
const BINDING: f64 = 1e-6;

/// Scratch space for the months of up to [`WIDTH`] draws, a lane for each.
#[derive(Debug)]
pub struct RecorderScratch {
    width: Width,
    flows: RouteFlows,
    trade: TradeTotals,
    burdens: Burdens,
    accountant: Accountant,
    occurred: Occurred,
    /// Years by sums of parties.
    party_sums: Vec<Lanes>,
    /// Years by routes, tonnes.
    year_flows: Vec<Lanes>,
    /// By group of uncovered leaks, tonnes so far.
    uncovered: Vec<Lanes>,
    /// By constraint.
    limited: Vec<Lanes>,
    /// Months by terms by commodities; empty except while draws are recorded.
    terms: Vec<Lanes>,
    totals: Totals,
}

impl RecorderScratch {
    /// Scratch space for the months of a plan.
    pub fn new(layout: &Layout, plan: &Plan, width: Width, reuse: Reuse) -> Self {
        Self {
            width,
            flows: RouteFlows::new(plan, width),
            trade: TradeTotals::new(plan),
            burdens: Burdens::new(plan, width),
            accountant: Accountant::new(plan, width, reuse),
            occurred: Occurred::new(&layout.events),
            party_sums: vec![Lanes::ZERO; layout.years().len() * layout.parties.sums],
            year_flows: vec![Lanes::ZERO; layout.years().len() * plan.routes.len()],
            uncovered: vec![Lanes::ZERO; layout.uncovered.keys.len()],
            limited: vec![Lanes::ZERO; plan.constraints.len()],
            terms: Vec::new(),
            totals: Totals::new(&layout.accounts),
        }
    }
}

/// Cells of [`WIDTH`] draws, from some cell on.
pub struct CellsFrom<'c> {
    pub first: usize,
    pub cells: &'c mut [Lanes],
}

impl CellsFrom<'_> {
    /// The cells from one on.
    #[inline(always)]
    fn at(&mut self, cell: usize) -> &mut [Lanes] {
        &mut self.cells[cell - self.first..]
    }
}

/// The sums of a recorder over the months before a waypoint.
#[derive(Debug)]
pub struct RecordedPast {
    occurred: Occurred,
    party_sums: Vec<Lanes>,
    year_flows: Vec<Lanes>,
    uncovered: Vec<Lanes>,
}

impl Layout {
    /// Takes room for the terms of all months, which scenarios use one after the other.
    pub fn take_room(&self, room: &mut RecorderScratch, terms: &mut Vec<Lanes>) {
        room.terms = std::mem::take(terms);
        room.terms.resize(self.months * self.accounts.of_month(), Lanes::ZERO);
    }

    /// Gives the room back.
    pub fn give_back_room(&self, room: &mut RecorderScratch, terms: &mut Vec<Lanes>) {
        *terms = std::mem::take(&mut room.terms);
    }

    /// The sums over the months so far.
    pub fn past(&self, room: &RecorderScratch) -> RecordedPast {
        RecordedPast {
            occurred: room.occurred.clone(),
            party_sums: room.party_sums.clone(),
            year_flows: room.year_flows.clone(),
            uncovered: room.uncovered.clone(),
        }
    }

    /// The terms of the first months, which have been written.
    pub fn terms_of(&self, room: &RecorderScratch, months: usize) -> Vec<Lanes> {
        room.terms[..months * self.accounts.of_month()].to_vec()
    }

    /// Begins with draws that follow a leader: `known` and `terms` are what its recorder has of their common past.
    pub fn follow(
        &self,
        leader: &Self,
        past: &CommonPast,
        known: &RecordedPast,
        terms: &[Lanes],
        room: &mut RecorderScratch,
    ) {
        room.occurred
            .follow(&self.events, &leader.events, &known.occurred, &past.hazards);
        room.party_sums.copy_from_slice(&known.party_sums);
        room.year_flows.copy_from_slice(&known.year_flows);
        room.uncovered.copy_from_slice(&known.uncovered);
        let terms = &terms[..past.months * self.accounts.of_month()];
        room.terms[..terms.len()].copy_from_slice(terms);
    }

    /// Begins with other draws.
    pub fn start(&self, room: &mut RecorderScratch) {
        room.occurred.clear();
        room.uncovered.fill(Lanes::ZERO);
        room.party_sums.fill(Lanes::ZERO);
        room.year_flows.fill(Lanes::ZERO);
    }

    /// Writes the cells of one solved month; months come in order.
    pub fn write_month(
        &self,
        plan: &Plan,
        month: &InterleavedMonth<'_>,
        counterfactual: &Counterfactual,
        room: &mut RecorderScratch,
        cells: &mut CellsFrom<'_>,
    ) {
        let (cells, of_month) = (cells.at(month.step() * self.month_cells()), &self.of_month);
        room.flows.read(month, &mut room.trade);
        room.burdens.read(plan, month, &room.flows.by_route, &room.trade);
        room.accountant.standings.see(plan, month);
        room.flows.sum_each(&self.sums, |place, sum| {
            cells[of_month.sums.start + place] = sum;
        });
        for (place, values) in [
            (&of_month.supply_prices, &room.trade.supply_price),
            (&of_month.demand_prices, &room.trade.demand_price),
            (&of_month.netbacks, &room.burdens.netback),
        ] {
            if !place.is_empty() {
                cells[place.clone()].copy_from_slice(values);
            }
        }
        let events = &mut cells[of_month.events.clone()];
        self.events.write_month(month, &mut room.occurred, events);
        let capacities = &mut cells[of_month.capacities.clone()];
        self.write_capacities(plan, month, room, capacities);
        let restricted = &room.accountant.standings.restricted;
        self.uncovered
            .add_month(month, restricted, &room.flows.by_route, &mut room.uncovered);
        self.add_terms(plan, month, counterfactual, room);
    }

    fn write_capacities(
        &self,
        plan: &Plan,
        month: &InterleavedMonth<'_>,
        room: &mut RecorderScratch,
        cells: &mut [Lanes],
    ) {
        let limited = &mut room.limited;
        room.flows.sum_each(&self.limited, |place, flow| limited[place] = flow);
        room.width.run(WriteCapacities {
            plan,
            month,
            limited,
            rent: &room.burdens.rent,
            cells,
        });
    }

    fn add_terms(
        &self,
        plan: &Plan,
        month: &InterleavedMonth<'_>,
        counterfactual: &Counterfactual,
        room: &mut RecorderScratch,
    ) {
        let of_month = self.accounts.of_month();
        let terms = &mut room.terms[month.step() * of_month..][..of_month];
        let ledger = Ledger {
            month,
            flows: &room.flows.by_route,
            burdens: &room.burdens,
            now: &room.trade,
            usual: &counterfactual.months[month.step()],
        };
        room.accountant.write_month(&self.accounts, plan, ledger, terms);
        let step = month.step();
        let year = self
            .years()
            .iter()
            .position(|year| year.steps.contains(&step))
            .unwrap_or_default();
        let routes = plan.routes.len();
        room.width.run(AddToYear {
            layout: self,
            ledger,
            standings: &room.accountant.standings,
            limited: &room.limited,
            parties: &mut room.party_sums[year * self.parties.sums..][..self.parties.sums],
            routes: &mut room.year_flows[year * routes..][..routes],
        });
    }

    /// Writes what follows from all months, which have been written.
    pub fn finish(&self, room: &mut RecorderScratch, cells: &mut CellsFrom<'_>) {
        room.width.run(WriteMetrics {
            layout: self,
            terms: &room.terms,
            totals: &mut room.totals,
            cells: cells.at(self.first_metric()),
        });
        write(cells.at(self.first_event()), &room.occurred.first);
        room.width.run(WriteYears {
            layout: self,
            parties: &room.party_sums,
            routes: &room.year_flows,
            cells,
        });
        write(cells.at(self.first_uncovered()), &room.uncovered);
    }

    /// The largest gap of each draw, over months, goods and both views, between restricted trade and the five terms that it
    /// splits into, as a share of the good's trade without measures: an identity up to rounding (docs/model.md).
    pub fn accounting_gap(&self, counterfactual: &Counterfactual, plan: &Plan, room: &RecorderScratch) -> [f64; WIDTH] {
        let mut largest = Lanes::ZERO;
        let months = room.terms.chunks_exact(self.accounts.of_month());
        for (of_month, usual) in months.zip(&counterfactual.months) {
            let traded = usual.by_commodity(plan);
            for (commodity, traded) in traded.into_iter().enumerate() {
                let gap = accounting_gap(&self.accounts, of_month, commodity) / traded;
                largest = gap.max(largest);
            }
        }
        largest.0
    }
}

struct AddToYear<'a> {
    layout: &'a Layout,
    ledger: Ledger<'a>,
    standings: &'a Standings,
    limited: &'a [Lanes],
    parties: &'a mut [Lanes],
    routes: &'a mut [Lanes],
}

impl Work for AddToYear<'_> {
    #[inline(always)]
    fn run(self) {
        let parties = &self.layout.parties;
        parties.add_month(&self.ledger, self.standings, self.limited, self.parties);
        self.routes
            .iter_mut()
            .zip(self.ledger.flows)
            .for_each(|(sum, flow)| *sum += *flow);
    }
}

struct WriteYears<'a, 'c> {
    layout: &'a Layout,
    parties: &'a [Lanes],
    routes: &'a [Lanes],
    cells: &'a mut CellsFrom<'c>,
}

impl Work for WriteYears<'_, '_> {
    #[inline(always)]
    fn run(self) {
        let (layout, years) = (self.layout, self.layout.years().len());
        // The whole run is the first period of parties.
        let keys = layout.parties.keys.len();
        let parties: Vec<&[Lanes]> = self.parties.chunks_exact(layout.parties.sums).collect();
        let whole = layout.first_party();
        layout.parties.write(&parties, &mut self.cells.at(whole)[..keys]);
        for (number, year) in parties.chunks(1).enumerate() {
            let first = whole + (1 + number) * keys;
            layout.parties.write(year, &mut self.cells.at(first)[..keys]);
        }
        let links = layout.links.keys.len();
        for (year, flows) in self.routes.chunks_exact(self.routes.len() / years).enumerate() {
            let cells = &mut self.cells.at(layout.first_link() + year * links)[..links];
            layout.links.sums.sum_lanes(flows, |place, sum| cells[place] = sum);
        }
    }
}

struct WriteCapacities<'a> {
    plan: &'a Plan,
    month: &'a InterleavedMonth<'a>,
    limited: &'a [Lanes],
    rent: &'a [Lanes],
    cells: &'a mut [Lanes],
}

impl Work for WriteCapacities<'_> {
    /// Limit, flow, rent and whether it binds; nothing where no limit is in force.
    #[inline(always)]
    fn run(self) {
        let cells = self.cells.as_chunks_mut::<CAPACITY_CELLS>().0.iter_mut();
        for (place, (row, cells)) in self.plan.constraints.rows().iter().zip(cells).enumerate() {
            let limit = self.month.each(|draw| draw.conditions.limit[place]);
            let in_force = limit.below(Lanes::all(f64::INFINITY));
            let rent = self.rent[place];
            let binds = Lanes::ONE.only(Lanes::all(BINDING * row.reference_price.get()).below(rent));
            *cells = [limit, self.limited[place], rent, binds];
            for cell in cells {
                *cell = in_force.select(*cell, Lanes::all(f64::NAN));
            }
        }
    }
}

/// Writes the metrics of all periods, the first ones of `cells`.
struct WriteMetrics<'a> {
    layout: &'a Layout,
    terms: &'a [Lanes],
    totals: &'a mut Totals,
    cells: &'a mut [Lanes],
}

impl Work for WriteMetrics<'_> {
    #[inline(always)]
    fn run(self) {
        let Layout {
            accounts,
            metrics,
            periods,
            prices,
            ..
        } = self.layout;
        let mut first = 0;
        for period in periods {
            let of_month = accounts.of_month();
            let months = self.terms[of_month * period.steps.start..of_month * period.steps.end].chunks_exact(of_month);
            self.totals.add_up(months, prices);
            for (place, &(metric, _, goods)) in metrics.iter().enumerate() {
                let value = accounts.evaluate(metric, goods, self.totals, prices);
                self.cells[first + place] = value;
            }
            first += metrics.len();
        }
    }
}

/// Writes the first cells.
fn write(cells: &mut [Lanes], values: &[Lanes]) {
    cells[..values.len()].copy_from_slice(values);
}
