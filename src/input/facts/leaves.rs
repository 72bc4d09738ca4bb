//! Reading single values of files of facts.

use crate::diagnostic::{Report, nearest};
use crate::input::scenario::leaves::Reference;
use crate::input::scenario::tree::{TomlItem, TomlValue, quoted};
use crate::input::scenario::wire::{Leaf, Placed, read_placed};
use crate::model::{Flow, Month, MonthRange, RouteKind, Unit};

/// One id, or a list of ids that is not empty.
#[derive(Clone, Debug)]
pub(super) struct IdOrList(pub Vec<Placed<Reference>>);

impl Leaf for IdOrList {
    const EXPECTED: &'static str = "an id or a list of ids";
    const EXAMPLE: &'static str = "[\"KZ\", \"KG\"]";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        match &item.value {
            TomlValue::Text(_) => read_placed(item, report).map(|one| Self(vec![one])),
            TomlValue::List(list) if list.is_empty() => {
                report
                    .fault(item.place.clone(), "this list is empty")
                    .help("name at least one");
                None
            }
            TomlValue::List(_) => Vec::<Placed<Reference>>::read(item, report).map(Self),
            _ => Self::mismatch(item, report),
        }
    }
}

/// Reads one of a few words; `what` names them in messages.
fn word<T: Leaf + Copy>(item: &TomlItem, what: &str, choices: &[(&'static str, T)], report: &mut Report) -> Option<T> {
    let TomlValue::Text(text) = &item.value else {
        return T::mismatch(item, report);
    };
    let chosen = choices.iter().find(|(name, _)| name == text);
    if chosen.is_none() {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let help = match nearest(text, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it is one of {}", names.join(", ")),
        };
        report
            .fault(item.place.clone(), format!("unknown {what} {}", quoted(text)))
            .help(help);
    }
    chosen.map(|&(_, choice)| choice)
}

impl Leaf for Unit {
    const EXPECTED: &'static str = "a unit";
    const EXAMPLE: &'static str = "\"usd\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        word(item, "unit", &Self::ALL.map(|unit| (unit.name(), unit)), report)
    }
}

impl Leaf for Flow {
    const EXPECTED: &'static str = "a flow";
    const EXAMPLE: &'static str = "\"export\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        let flows = [Self::Export, Self::Import].map(|flow| (flow.name(), flow));
        word(item, "flow", &flows, report)
    }
}

impl Leaf for RouteKind {
    const EXPECTED: &'static str = "a kind of route";
    const EXAMPLE: &'static str = "\"ghost\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        word(item, "kind", &Self::ALL.map(|kind| (kind.name(), kind)), report)
    }
}

impl Leaf for Vec<Placed<RouteKind>> {
    const EXPECTED: &'static str = "a list of kinds of routes";
    const EXAMPLE: &'static str = "[\"reexport\", \"ghost\"]";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        let TomlValue::List(list) = &item.value else {
            return Self::mismatch(item, report);
        };
        // Every element is read, so that each faulty one is reported.
        let read: Vec<Option<Placed<RouteKind>>> = list.iter().map(|element| read_placed(element, report)).collect();
        read.into_iter().collect()
    }
}

impl Leaf for MonthRange {
    const EXPECTED: &'static str = "months";
    const EXAMPLE: &'static str = "\"2022-03..2022-11\"";

    fn read(item: &TomlItem, report: &mut Report) -> Option<Self> {
        let TomlValue::Text(text) = &item.value else {
            return Self::mismatch(item, report);
        };
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (Ok(first), Ok(last)) = (first.parse::<Month>(), last.parse::<Month>()) else {
            report
                .fault(item.place.clone(), format!("{} is no range of months", quoted(text)))
                .help(format!(
                    "write a month, or the first and the last, like {}",
                    Self::EXAMPLE
                ));
            return None;
        };
        if last < first {
            report
                .fault(item.place.clone(), format!("{} ends before it starts", quoted(text)))
                .help("write the earlier month first");
            return None;
        }
        Some(Self { first, last })
    }
}
