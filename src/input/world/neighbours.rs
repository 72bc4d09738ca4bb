//! Numbers that stand out among their neighbours by a factor: most are in another unit, or have a digit too many.
//!
//! Each is only a warning. Trade is unequal by nature, so the factors are large: what is pointed out is hardly ever meant.

use std::collections::BTreeMap;

use super::draft::WorldDraft;
use crate::diagnostic::{Place, Report};
use crate::model::{CommodityIndex, Mode};

/// Prices of one good lie within this factor of their median.
const PRICE_FACTOR: f64 = 8.0;

/// The dearest link of a mode costs at most this many times the next one.
const FREIGHT_FACTOR: f64 = 8.0;

/// The largest flow of a good is at most this many times all others together.
const FLOW_FACTOR: f64 = 30.0;

/// Fewer neighbours than this prove nothing.
const FEWEST: usize = 3;

/// Warns of prices, freight and flows that stand out.
pub(super) fn check(draft: &WorldDraft, report: &mut Report) {
    check_prices(draft, report);
    check_freight(draft, report);
    check_flows(draft, report);
}

/// A price with its place and what it is the price of.
struct Priced {
    price: f64,
    place: Place,
    what: String,
}

/// Compares the prices of each good, its reference price among them, with their median.
fn check_prices(draft: &WorldDraft, report: &mut Report) {
    let mut by_good: BTreeMap<CommodityIndex, Vec<Priced>> = BTreeMap::new();
    for (index, entry) in draft.commodities.iter() {
        by_good.entry(index).or_default().push(Priced {
            price: entry.price,
            place: draft.commodities.place(index),
            what: format!("the reference price of `{}`", draft.commodities.id(index)),
        });
    }
    for (index, entry) in draft.supplies.iter() {
        by_good.entry(entry.commodity).or_default().push(Priced {
            price: entry.price,
            place: draft.supplies.place(index),
            what: format!("the price of the supply `{}`", draft.supplies.id(index)),
        });
    }
    for (index, entry) in draft.demands.iter() {
        by_good.entry(entry.commodity).or_default().push(Priced {
            price: entry.price,
            place: draft.demands.place(index),
            what: format!("the price of the demand `{}`", draft.demands.id(index)),
        });
    }
    for (good, prices) in by_good {
        let mut sorted: Vec<f64> = prices.iter().map(|priced| priced.price).collect();
        if sorted.len() < FEWEST {
            continue;
        }
        sorted.sort_by(f64::total_cmp);
        let median = sorted[sorted.len() / 2];
        for Priced { price, place, what } in prices {
            let ratio = price / median;
            if !(1.0 / PRICE_FACTOR..=PRICE_FACTOR).contains(&ratio) {
                let id = draft.commodities.id(good);
                let message = format!("{what} is {price}, but the median price of `{id}` is {median} USD/t");
                report
                    .warning(place, message)
                    .help("all prices are dollars a tonne: check the unit and the decimal point");
            }
        }
    }
}

/// Compares the dearest link of each mode with the next one.
fn check_freight(draft: &WorldDraft, report: &mut Report) {
    for mode in Mode::ALL {
        let mut links: Vec<_> = draft.links.iter().filter(|(_, link)| link.mode == mode).collect();
        links.sort_by(|(_, one), (_, other)| other.freight.total_cmp(&one.freight));
        let [(first, dearest), (_, next), ..] = links.as_slice() else {
            continue;
        };
        if links.len() >= FEWEST && next.freight > 0.0 && dearest.freight > FREIGHT_FACTOR * next.freight {
            let message = format!(
                "the freight of `{}` is {} USD/t, but no other {} link costs more than {}",
                draft.links.id(*first),
                dearest.freight,
                mode.name(),
                next.freight
            );
            report
                .warning(draft.links.place(*first), message)
                .help("freight is dollars a tonne for the whole link: check the unit and the decimal point");
        }
    }
}

/// Compares the largest baseline flow of each good with all others of it.
fn check_flows(draft: &WorldDraft, report: &mut Report) {
    let mut by_good: BTreeMap<CommodityIndex, Vec<_>> = BTreeMap::new();
    for (index, route) in draft.routes.iter().filter(|(_, route)| route.baseline > 0.0) {
        if let Some(supply) = draft.supplies.get(route.supply) {
            by_good
                .entry(supply.commodity)
                .or_default()
                .push((index, route.baseline));
        }
    }
    for (good, mut flows) in by_good {
        flows.sort_by(|one, other| other.1.total_cmp(&one.1));
        let others: f64 = flows.iter().skip(1).map(|(_, flow)| flow).sum();
        let Some(&(largest, flow)) = flows.first().filter(|_| flows.len() > FEWEST) else {
            continue;
        };
        if flow > FLOW_FACTOR * others {
            let message = format!(
                "the baseline of `{}` is {flow} t per month, but all other flows of `{}` are {others} together",
                draft.routes.id(largest),
                draft.commodities.id(good)
            );
            report
                .warning(draft.routes.place(largest), message)
                .help("flows are tonnes a month: check the unit and the decimal point");
        }
    }
}
