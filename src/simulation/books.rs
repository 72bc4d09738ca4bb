//! Flows as traders see them, and as customs offices record them.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{Groups, Keyed};
use super::plan::Plan;
use crate::model::{Flow, JurisdictionIndex, RouteKind};

/// The key of a row of `flows.csv`: commodity, supply, demand by row number, kind, papers.
pub type FlowKey = (usize, usize, usize, RouteKind, Option<JurisdictionIndex>);

/// Routes grouped by what `flows.csv` tells apart.
pub fn flow_groups(plan: &Plan) -> (Vec<FlowKey>, Groups) {
    let mut groups = Keyed::default();
    for (number, route) in plan.routes.iter().enumerate() {
        groups.add(
            (route.commodity, route.supply, route.demand, route.kind, route.via),
            number,
            1.0,
        );
    }
    groups.finish()
}

/// A reporter or partner of customs statistics.
pub type Party = String;

/// The goods of a row of `books.csv`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BookGoods {
    One(usize),
    /// All goods, in tonnes.
    AllTonnes,
    /// All goods, in dollars at reference prices.
    AllDollars,
}

/// The key of a row of `books.csv`.
pub type BookKey = (Party, Party, Flow, BookGoods);

/// Routes grouped by the customs records they create, of jurisdictions and of blocs, by good; and these groups over all
/// goods.
#[derive(Debug)]
pub struct Books {
    /// The key of each cell.
    pub keys: Vec<BookKey>,
    goods: Groups,
    /// The cell of each group of one good.
    cell_of_goods: Vec<usize>,
    /// Cell of the tonnes of all goods, before that of their dollars, and the cells of its goods with their prices.
    totals: Vec<(usize, Vec<(usize, f64)>)>,
}

impl Books {
    /// Finds the records of a plan's routes.
    pub fn new(plan: &Plan) -> Self {
        let world = plan.world();
        // A route may enter a bloc's book through several of its records, but counts once in each.
        let mut entries: BTreeMap<(Party, Party, Flow), BTreeMap<usize, BTreeSet<usize>>> = BTreeMap::new();
        for (number, route) in world.routes.rows().iter().enumerate() {
            for book in world.books(route) {
                for reporter in parties(plan, book.reporter) {
                    for partner in parties(plan, book.partner) {
                        let goods = entries.entry((reporter.clone(), partner, book.flow)).or_default();
                        goods.entry(plan.routes[number].commodity).or_default().insert(number);
                    }
                }
            }
        }
        let mut books = Self {
            keys: Vec::new(),
            goods: Groups::default(),
            cell_of_goods: Vec::new(),
            totals: Vec::new(),
        };
        let mut lists = Vec::new();
        for ((reporter, partner, flow), goods) in entries {
            let first = books.keys.len();
            let key = |goods: BookGoods| (reporter.clone(), partner.clone(), flow, goods);
            let mut parts = Vec::new();
            for (cell, (good, routes)) in (first..).zip(goods) {
                books.keys.push(key(BookGoods::One(good)));
                books.cell_of_goods.push(cell);
                parts.push((cell, world.commodities.rows()[good].price));
                lists.push(routes.into_iter().map(|route| (route, 1.0)).collect());
            }
            books.totals.push((books.keys.len(), parts));
            books
                .keys
                .extend([BookGoods::AllTonnes, BookGoods::AllDollars].map(key));
        }
        books.goods = Groups::new(lists);
        books
    }

    /// How many cells a month has.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Writes the cells of a month.
    pub fn write(&self, flows: &[f64], cells: &mut [f64]) {
        self.goods
            .sum_each(flows, |group, tonnes| cells[self.cell_of_goods[group]] = tonnes);
        for (total, parts) in &self.totals {
            let (mut tonnes, mut dollars) = (0.0, 0.0);
            for &(cell, price) in parts {
                tonnes += cells[cell];
                dollars += price * cells[cell];
            }
            (cells[*total], cells[total + 1]) = (tonnes, dollars);
        }
    }
}

/// A jurisdiction under its own name and under those of its blocs.
fn parties(plan: &Plan, jurisdiction: JurisdictionIndex) -> Vec<Party> {
    let row = &plan.world().jurisdictions[jurisdiction];
    std::iter::once(row.id.clone())
        .chain(row.blocs.iter().cloned())
        .collect()
}
