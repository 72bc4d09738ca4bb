//! Ids of a scenario found in its world.

use std::collections::BTreeSet;

use super::leaves::Reference;
use super::tree::quoted;
use super::wire::{Field, Placed};
use crate::diagnostic::{Report, nearest, two_letters};
use crate::model::{CommodityIndex, Index, JurisdictionIndex, LinkIndex, NodeIndex, Table, World};

/// A list of ids, as written.
pub(in crate::input) type References = Field<Vec<Placed<Reference>>>;

/// The commodities of a list, in the order of the world without repeats; all for an empty list or none.
///
/// Those that `[scope]` leaves out are left out, so the result may be empty. None if an id is unknown.
pub(in crate::input) fn commodities(
    world: &World,
    list: &References,
    report: &mut Report,
) -> Option<Vec<CommodityIndex>> {
    match list {
        Field::Faulty => None,
        Field::Given(list) if !list.value.is_empty() => in_order(
            list.value
                .iter()
                .map(|id| commodity(world, id, report).map(|found| found.into_iter().collect())),
        ),
        _ => Some(world.commodities.indices().collect()),
    }
}

/// One commodity: `Some(None)` if `[scope]` leaves it out, none if it is unknown.
pub(in crate::input) fn commodity(
    world: &World,
    id: &Placed<Reference>,
    report: &mut Report,
) -> Option<Option<CommodityIndex>> {
    let text = id.value.0.as_str();
    let found = world.commodities.position(|row| row.id == text);
    // An id outside the scope is valid: it only selects nothing here.
    if found.is_none() && !world.out_of_scope.contains(text) {
        let known = world.commodities.rows().iter().map(|row| row.id.as_str());
        // What is out of scope holds names of numbers too, which begin with the kind of what they belong to.
        let dropped = world.out_of_scope.iter().map(String::as_str);
        let goods = dropped.filter_map(|name| name.strip_prefix("commodity.")?.strip_suffix(".route_choice"));
        report_unknown("commodity", id, known.chain(goods), report);
        return None;
    }
    Some(found)
}

/// The jurisdictions of a list of jurisdictions and blocs, in the order of the world without repeats.
///
/// None if the list is absent, faulty or empty, or holds an unknown id.
pub(in crate::input) fn jurisdictions(
    world: &World,
    list: &References,
    report: &mut Report,
) -> Option<Vec<JurisdictionIndex>> {
    let list = nonempty(list, report)?;
    in_order(list.iter().map(|id| members(world, id, report)))
}

/// The members of each jurisdiction or bloc of a list, in its order.
///
/// None if the list is absent, faulty or empty, or holds an unknown id.
pub(in crate::input) fn territories(
    world: &World,
    list: &References,
    report: &mut Report,
) -> Option<Vec<Vec<JurisdictionIndex>>> {
    let list = nonempty(list, report)?;
    // Every id is looked up first, so that each unknown one is reported.
    let found: Vec<_> = list.iter().map(|id| members(world, id, report)).collect();
    found.into_iter().collect()
}

/// The members of a bloc, or the one jurisdiction of that id.
pub(in crate::input) fn members(
    world: &World,
    id: &Placed<Reference>,
    report: &mut Report,
) -> Option<Vec<JurisdictionIndex>> {
    let text = id.value.0.as_str();
    if let Some(one) = world.jurisdictions.position(|row| row.id == text) {
        return Some(vec![one]);
    }
    let members: Vec<JurisdictionIndex> = world
        .jurisdictions
        .iter()
        .filter(|(_, row)| row.blocs.iter().any(|bloc| bloc == text))
        .map(|(index, _)| index)
        .collect();
    if members.is_empty() {
        let rows = world.jurisdictions.rows();
        let blocs = rows.iter().flat_map(|row| row.blocs.iter().map(String::as_str));
        let known = rows.iter().map(|row| row.id.as_str()).chain(blocs);
        report_unknown_or(
            jurisdiction_meant(world, text),
            "jurisdiction or bloc",
            id,
            known,
            report,
        );
        return None;
    }
    Some(members)
}

/// The jurisdiction that a name, or a code of three letters, stands for: its id and name.
pub(in crate::input) fn jurisdiction_meant(world: &World, text: &str) -> Option<String> {
    let rows = world.jurisdictions.rows();
    let by_code = two_letters(text).and_then(|code| rows.iter().find(|row| row.id == code));
    let by_name = || {
        let name = nearest(text, rows.iter().map(|row| row.name.as_str()))?;
        rows.iter().find(|row| row.name == name)
    };
    let meant = by_code.or_else(by_name)?;
    Some(format!("{}` ({})", meant.id, meant.name))
}

/// The nodes of a list. None if the list is absent, faulty or empty, or holds an unknown id.
pub(in crate::input) fn nodes(world: &World, list: &References, report: &mut Report) -> Option<Vec<NodeIndex>> {
    rows("node", &world.nodes, |row| &row.id, list, report)
}

/// The links of a list. None if the list is absent, faulty or empty, or holds an unknown id.
pub(in crate::input) fn links(world: &World, list: &References, report: &mut Report) -> Option<Vec<LinkIndex>> {
    rows("link", &world.links, |row| &row.id, list, report)
}

/// The rows of a list, by a table's ids. None if the list is absent, faulty or empty, or holds an unknown id.
pub(in crate::input) fn rows<I: Index, T>(
    what: &str,
    table: &Table<I, T>,
    id_of: impl Fn(&T) -> &String,
    list: &References,
    report: &mut Report,
) -> Option<Vec<I>> {
    let list = nonempty(list, report)?;
    in_order(list.iter().map(|id| {
        let found = table.position(|row| *id_of(row) == id.value.0);
        if found.is_none() {
            let known = table.rows().iter().map(|row| id_of(row).as_str());
            report_unknown(what, id, known, report);
        }
        found.map(|index| vec![index])
    }))
}

fn nonempty<'a, T>(list: &'a Field<Vec<Placed<T>>>, report: &mut Report) -> Option<&'a [Placed<T>]> {
    let list = list.given()?;
    if list.value.is_empty() {
        report
            .fault(list.place.clone(), "this list is empty")
            .help("name at least one, or leave an optional key out");
        return None;
    }
    Some(&list.value)
}

/// Joins the rows of all ids. Every id is looked up first, so that each unknown one is reported.
fn in_order<I: Ord>(found: impl Iterator<Item = Option<Vec<I>>>) -> Option<Vec<I>> {
    let found: Vec<Option<Vec<I>>> = found.collect();
    let joined: Option<Vec<Vec<I>>> = found.into_iter().collect();
    // In the order of the world, so that nothing depends on the order of the list.
    let ordered: BTreeSet<I> = joined?.into_iter().flatten().collect();
    Some(ordered.into_iter().collect())
}

/// Reports an id that the world does not have.
pub(in crate::input) fn report_unknown<'a>(
    what: &str,
    id: &Placed<Reference>,
    known: impl Iterator<Item = &'a str> + Clone,
    report: &mut Report,
) {
    report_unknown_or(None, what, id, known, report);
}

/// As [`report_unknown`]; `meant` is what the id stands for, if that is known.
fn report_unknown_or<'a>(
    meant: Option<String>,
    what: &str,
    id: &Placed<Reference>,
    known: impl Iterator<Item = &'a str> + Clone,
    report: &mut Report,
) {
    /// More would not help anyone choose.
    const LISTED: usize = 12;
    let help = if let Some(meant) = meant {
        format!("did you mean `{meant}?")
    } else if let Some(meant) = nearest(&id.value.0, known.clone()) {
        format!("did you mean `{meant}`?")
    } else {
        let known: BTreeSet<&str> = known.collect();
        let more = match known.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more; `roundabout show WORLD` lists all"),
        };
        let listed: Vec<&str> = known.into_iter().take(LISTED).collect();
        format!("known are {}{more}", listed.join(", "))
    };
    report
        .fault(id.place.clone(), format!("unknown {what} {}", quoted(&id.value.0)))
        .help(help);
}
