//! Names for readers, from the ids of files.

use super::frame::Frame;
use crate::results::context::{ContextCapacity, ContextPlace};

/// A name without the role in the model: what follows in brackets or after "as" says what a thing is for.
pub fn plain_name(name: &str) -> &str {
    let end = [" (", " as "].iter().filter_map(|mark| name.find(mark)).min();
    end.map_or(name, |end| &name[..end])
}

/// An id in words.
pub fn words(id: &str) -> String {
    let text = id.replace(['_', '-'], " ");
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// The kind of a capacity, in the words of the page.
pub fn capacity_kind(frame: &Frame<'_>, capacity: &ContextCapacity) -> String {
    match capacity.applies_to.split_once(':') {
        Some(("node", id)) => place(frame, id).map_or("place", |place| &place.kind).to_owned(),
        Some(("link", _)) => "link".to_owned(),
        Some(("via", _)) => "network".to_owned(),
        Some(("pair", _)) => "relation".to_owned(),
        _ => "route".to_owned(),
    }
}

/// The name of a capacity: the place, the two ends, or the country of the papers.
pub fn capacity_name(frame: &Frame<'_>, capacity: &ContextCapacity) -> String {
    let name = |id: &str| place(frame, id).map_or_else(|| words(id), |place| plain_name(&place.name).to_owned());
    match capacity.applies_to.split_once(':') {
        Some(("node", id)) => name(id),
        Some(("link", id)) => {
            let link = frame
                .sets
                .iter()
                .flat_map(|set| &set.context.links)
                .find(|link| link.id == id);
            link.map_or_else(
                || words(id),
                |link| format!("{} – {}", name(&link.from), name(&link.to)),
            )
        }
        Some(("via", id)) => frame.lands.name_of(id).to_owned(),
        Some(("pair", id)) => pair_name(frame, id).unwrap_or_else(|| words(id)),
        _ => words(&capacity.id),
    }
}

/// Seller and buyer of a pair `SUPPLY>DEMAND`.
fn pair_name(frame: &Frame<'_>, pair: &str) -> Option<String> {
    let (supply, demand) = pair.split_once('>')?;
    let context = frame.sets.iter().map(|set| &set.context);
    let markets = context.flat_map(|context| context.supplies.iter().chain(&context.demands));
    let markets: Vec<_> = markets
        .filter(|market| [supply, demand].contains(&market.id.as_str()))
        .collect();
    let land = |id: &str| {
        let market = markets.iter().find(|market| market.id == id)?;
        Some(
            frame
                .lands
                .name_of(&place(frame, &market.place)?.jurisdiction)
                .to_owned(),
        )
    };
    Some(format!("{} to {}", land(supply)?, land(demand)?))
}

/// The goods of a capacity in words; empty if it counts all.
pub fn goods_of(frame: &Frame<'_>, goods: &[String]) -> String {
    if goods.len() + 1 >= frame.goods.named.len() {
        return String::new();
    }
    let names: Vec<String> = goods.iter().map(|good| lower(frame.goods.name_of(good))).collect();
    names.join(", ")
}

/// A name within a sentence: small, unless it is an abbreviation.
pub fn lower(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + &name[first.len_utf8()..]
        }
        _ => name.to_owned(),
    }
}

/// A place of the world.
pub fn place<'f>(frame: &Frame<'f>, id: &str) -> Option<&'f ContextPlace> {
    let sets = frame.sets.iter();
    sets.flat_map(|set| &set.context.places).find(|place| place.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_role_in_the_model() {
        assert_eq!(plain_name("Poland as exporter and buyer"), "Poland");
        assert_eq!(plain_name("Soligorsk (potash mines)"), "Soligorsk");
        assert_eq!(plain_name("Kazakhstan"), "Kazakhstan");
    }

    #[test]
    fn names_within_a_sentence_are_small_unless_they_are_abbreviations() {
        assert_eq!(lower("Potassium chloride"), "potassium chloride");
        assert_eq!(lower("LNG"), "LNG");
    }
}
