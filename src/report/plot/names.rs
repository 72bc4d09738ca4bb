//! Titles and labels in words, from the ids of result tables and the names that scenarios had for them.

use std::collections::BTreeMap;

use super::axis::name as month_name;
use crate::model::{ALL, Month, ReportedQuantity};
use crate::report::page::{lower, plain_name, words};
use crate::results::Context;
use crate::results::read::DrawnTable;
use crate::results::schema::{self, ColumnSchema};

/// The blocs that most worlds have. Worlds name no blocs, so others keep their ids.
const BLOCS: [(&str, &str); 2] = [("EU", "European Union"), ("EAEU", "Eurasian Economic Union")];

/// Names by id. What has no name keeps its id.
#[derive(Clone, Default, Debug)]
pub struct PlotNames {
    lands: BTreeMap<String, String>,
    goods: BTreeMap<String, String>,
    /// Places, links, supplies and demands.
    places: BTreeMap<String, String>,
    capacities: BTreeMap<String, String>,
}

/// The cells of the key columns.
struct Cells<'a>(&'a [(String, String)]);

impl<'a> Cells<'a> {
    fn get(&self, column: &str) -> &'a str {
        let found = self.0.iter().find(|(name, _)| name == column);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl PlotNames {
    /// The names of a scenario.
    pub fn new(context: &Context) -> Self {
        let mut names = Self::default();
        for land in &context.jurisdictions {
            names.lands.insert(land.id.clone(), plain_name(&land.name).to_owned());
        }
        for good in &context.goods {
            names.goods.insert(good.id.clone(), plain_name(&good.name).to_owned());
        }
        for place in &context.places {
            names
                .places
                .insert(place.id.clone(), plain_name(&place.name).to_owned());
        }
        for link in &context.links {
            let ends = format!("{} – {}", names.place(&link.from), names.place(&link.to));
            names.places.insert(link.id.clone(), ends);
        }
        for market in context.supplies.iter().chain(&context.demands) {
            let place = names.place(&market.place);
            names.places.insert(market.id.clone(), place);
        }
        for capacity in &context.capacities {
            let name = match capacity.applies_to.split_once(':') {
                Some(("node" | "link", id)) => names.place(id),
                Some(("via", id)) => format!("the network of {}", names.the_land(id)),
                Some(("pair", pair)) => match pair.split_once('>') {
                    Some((supply, demand)) => format!("{} to {}", names.place(supply), names.place(demand)),
                    None => words(pair),
                },
                _ => words(&capacity.id),
            };
            let is_all = capacity.goods.len() >= context.goods.len();
            let goods: Vec<String> = capacity.goods.iter().map(|good| lower(&names.goods(good))).collect();
            let goods = if is_all {
                String::new()
            } else {
                format!(", {}", goods.join(", "))
            };
            names.capacities.insert(capacity.id.clone(), name + &goods);
        }
        names
    }

    fn place(&self, id: &str) -> String {
        self.places.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn land(&self, id: &str) -> String {
        if let Some(name) = self.lands.get(id) {
            return name.clone();
        }
        let bloc = BLOCS.iter().find(|(bloc, _)| *bloc == id);
        bloc.map_or(id, |(_, name)| name).to_owned()
    }

    /// A jurisdiction within a sentence.
    fn the_land(&self, id: &str) -> String {
        let name = self.land(id);
        let is_plural = ["European", "Eurasian", "United", "Netherlands", "Rest", "Emirates"];
        if is_plural.iter().any(|start| name.starts_with(start)) {
            format!("the {name}")
        } else {
            name
        }
    }

    fn goods(&self, id: &str) -> String {
        if id == ALL {
            return "all goods".to_owned();
        }
        self.goods.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn capacity(&self, id: &str) -> String {
        self.capacities.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// A value of a key column in words.
    pub fn value(&self, column: &str, value: &str) -> String {
        let is = |known: ColumnSchema| column == known.name;
        if is(schema::COMMODITY) {
            self.goods(value)
        } else if is(schema::VIA) && value.is_empty() {
            "no intermediary".to_owned()
        } else if is(schema::PARTY) && self.capacities.contains_key(value) {
            self.capacity(value)
        } else if is(schema::VIA) || is(schema::PARTY) {
            self.land(value)
        } else {
            match column {
                "reporter" | "partner" | "target" | "origin" | "destination" => self.land(value),
                "supply" | "demand" | "id" | "place" | "link" | "from" | "to" => self.place(value),
                "capacity" => self.capacity(value),
                "kind" => kind(value).to_owned(),
                _ => words(value),
            }
        }
    }

    /// What a row or series of a table shows, in words; values of the column `by` differ and are left out.
    pub fn title(&self, table: DrawnTable, key: &[(String, String)], by: Option<&str>) -> String {
        let kept: Vec<(String, String)> = key
            .iter()
            .filter(|(column, _)| Some(column.as_str()) != by)
            .cloned()
            .collect();
        let cells = Cells(&kept);
        let text = match table {
            DrawnTable::Metrics => self.metric(&cells),
            DrawnTable::Books => self.book(&cells),
            DrawnTable::Flows => self.flow(&cells, "supply", "demand"),
            DrawnTable::Uncovered => self.flow(&cells, "origin", "destination") + " that no measure covers",
            DrawnTable::Prices => self.price(&cells),
            DrawnTable::Capacities => self.limit(&cells),
            DrawnTable::Throughput => self.of_good(&cells, "through", "place"),
            DrawnTable::Links => self.of_good(&cells, "on", "link"),
            DrawnTable::Events => self.event(&cells),
        };
        let by = by.map_or(String::new(), |column| format!(", by {}", column_word(column)));
        words_of_title(&text) + &by
    }

    fn metric(&self, cells: &Cells<'_>) -> String {
        let mut text = words(cells.get(schema::METRIC.name));
        let (via, party) = (cells.get(schema::VIA.name), cells.get(schema::PARTY.name));
        if !party.is_empty() {
            let known = self.capacities.contains_key(party);
            let of = if known {
                self.capacity(party)
            } else {
                self.the_land(party)
            };
            text += &format!(" of {of}");
        }
        if !via.is_empty() {
            text += &format!(" through {}", self.the_land(via));
        }
        text + &self.after_comma(cells)
    }

    /// The good of a key, behind a comma.
    fn after_comma(&self, cells: &Cells<'_>) -> String {
        match cells.get(schema::COMMODITY.name) {
            "" => String::new(),
            good => format!(", {}", lower(&self.goods(good))),
        }
    }

    fn book(&self, cells: &Cells<'_>) -> String {
        let (trade, word) = match cells.get("flow") {
            "export" => ("Exports", "to"),
            "import" => ("Imports", "from"),
            _ => ("Trade", "with"),
        };
        let mut text = trade.to_owned();
        if !cells.get("reporter").is_empty() {
            text += &format!(" of {}", self.the_land(cells.get("reporter")));
        }
        if !cells.get("partner").is_empty() {
            text += &format!(" {word} {}", self.the_land(cells.get("partner")));
        }
        text + &self.after_comma(cells)
    }

    fn good_or_goods(&self, cells: &Cells<'_>) -> String {
        match cells.get(schema::COMMODITY.name) {
            "" => "Goods".to_owned(),
            good => self.goods(good),
        }
    }

    fn flow(&self, cells: &Cells<'_>, from: &str, to: &str) -> String {
        let mut text = self.good_or_goods(cells);
        for (word, column) in [("from", from), ("to", to)] {
            if !cells.get(column).is_empty() {
                text += &format!(" {word} {}", self.value(column, cells.get(column)));
            }
        }
        if !cells.get("kind").is_empty() {
            text += &format!(", {}", kind(cells.get("kind")));
        }
        if !cells.get(schema::VIA.name).is_empty() {
            text += &format!(", through {}", self.the_land(cells.get(schema::VIA.name)));
        }
        text
    }

    fn price(&self, cells: &Cells<'_>) -> String {
        let what = match cells.get(schema::QUANTITY.name) {
            netback if netback == ReportedQuantity::Netback.name() => "Netback",
            _ => "Price",
        };
        let good = lower(&self.good_or_goods(cells));
        match cells.get("id") {
            "" => format!("{what} of {good}"),
            id => format!("{what} of {good} in {}", self.place(id)),
        }
    }

    fn limit(&self, cells: &Cells<'_>) -> String {
        let of = match cells.get("capacity") {
            "" => "capacities".to_owned(),
            id => self.capacity(id),
        };
        let quantity = cells.get(schema::QUANTITY.name);
        let known = ReportedQuantity::OF_CAPACITIES
            .into_iter()
            .find(|known| known.name() == quantity);
        match known {
            Some(ReportedQuantity::Limit) => format!("What may pass: {of}"),
            Some(ReportedQuantity::Flow) => format!("What passes: {of}"),
            Some(ReportedQuantity::Rent) => format!("Rent: {of}"),
            Some(ReportedQuantity::Binding) => format!("How often at its limit: {of}"),
            _ => of,
        }
    }

    fn of_good(&self, cells: &Cells<'_>, word: &str, column: &str) -> String {
        let good = self.good_or_goods(cells);
        match cells.get(column) {
            "" => good,
            id => format!("{good} {word} {}", self.place(id)),
        }
    }

    fn event(&self, cells: &Cells<'_>) -> String {
        let of = match cells.get("target") {
            "" => String::new(),
            id => format!(" of {}", self.the_land(id)),
        };
        let is_first = cells.get(schema::QUANTITY.name) == ReportedQuantity::HasOccurred.name();
        let done = if is_first { "have been listed" } else { "are listed" };
        match cells.get("event") {
            "" => format!("Firms{of} {done}"),
            event => format!("Firms{of} {done}: {}", lower(&words(event))),
        }
    }
}

/// When a row is about, in words: a month, a year or the whole run.
pub fn when(period: &str) -> String {
    match period.parse::<Month>() {
        Ok(month) => format!("in {}", month_name(month)),
        Err(_) if period == ALL => "over all months".to_owned(),
        Err(_) if period.is_empty() => String::new(),
        Err(_) => format!("in {period}"),
    }
}

/// A kind of route.
fn kind(kind: &str) -> &str {
    match kind {
        "reexport" => "re-exported",
        "ghost" => "ghost transit",
        "relabel" => "relabelled",
        other => other,
    }
}

fn column_word(column: &str) -> String {
    let is = |known: ColumnSchema| column == known.name;
    if is(schema::VIA) {
        "intermediary".to_owned()
    } else if is(schema::COMMODITY) {
        "good".to_owned()
    } else if column == "kind" {
        "kind of route".to_owned()
    } else {
        lower(&words(column))
    }
}

/// The first letter of a title is a capital.
fn words_of_title(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(table: DrawnTable, cells: &[(&str, &str)], by: Option<&str>) -> String {
        let mut names = PlotNames::default();
        for (id, name) in [("KG", "Kyrgyzstan"), ("AE", "United Arab Emirates")] {
            names.lands.insert(id.to_owned(), name.to_owned());
        }
        names.goods.insert("cars".to_owned(), "Cars and lorries".to_owned());
        names.places.insert("klaipeda".to_owned(), "Klaipeda".to_owned());
        let key: Vec<(String, String)> = cells
            .iter()
            .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
            .collect();
        names.title(table, &key, by)
    }

    #[test]
    fn titles_are_in_words_with_names_in_place_of_ids() {
        let book = [
            ("reporter", "EU"),
            ("partner", "KG"),
            ("flow", "export"),
            ("commodity", "all"),
            ("unit", "usd"),
        ];
        assert_eq!(
            title(DrawnTable::Books, &book, None),
            "Exports of the European Union to Kyrgyzstan, all goods"
        );
        assert_eq!(
            title(DrawnTable::Books, &book, Some("partner")),
            "Exports of the European Union, all goods, by partner"
        );
        let metric = [
            ("metric", "genuine_trade_lost"),
            ("commodity", "cars"),
            ("via", "AE"),
            ("party", ""),
        ];
        assert_eq!(
            title(DrawnTable::Metrics, &metric, None),
            "Genuine trade lost through the United Arab Emirates, cars and lorries"
        );
        let place = [("place", "klaipeda"), ("commodity", "all"), ("unit", "t")];
        assert_eq!(
            title(DrawnTable::Throughput, &place, None),
            "All goods through Klaipeda"
        );
        let capacity = [("capacity", "unknown"), ("quantity", "limit")];
        assert_eq!(title(DrawnTable::Capacities, &capacity, None), "What may pass: unknown");
    }
}
