//! The column `carriers` of `links.csv`: the shares of hauliers in the traffic of a link, such as `EU=0.6;BY=0.4`.

use std::collections::BTreeSet;

use super::cell::CsvCell;
use super::cell_reader::CellReader;
use super::entries::Jurisdictions;
use super::number;
use crate::diagnostic::nearest;
use crate::model::{Domain, JurisdictionIndex};

/// Decimal shares that add up to one may sum to a little more in binary.
const ROUNDING: f64 = 1e-9;

/// Reads shares of traffic, in the order of the cell. They may sum to less than one: the rest belongs to no listed
/// haulier.
///
/// The share of a bloc is split equally over its members, so that a closure to the bloc stops all of it and one to a
/// member stops the member's part.
pub(super) fn read(
    cell: &CsvCell,
    jurisdictions: &Jurisdictions,
    reader: &mut CellReader,
) -> Option<Vec<(JurisdictionIndex, f64)>> {
    if cell.is_blank() {
        return Some(Vec::new());
    }
    let mut carriers = Vec::new();
    let mut seen = BTreeSet::new();
    let mut valid = true;
    let mut sum = 0.0;
    for entry in cell.entries() {
        let read = haulier(&entry, jurisdictions, reader);
        valid &= read.is_some();
        let Some((members, share)) = read else { continue };
        let twice = members.iter().find(|member| seen.contains(*member));
        if let Some(&member) = twice {
            let message = format!("the hauliers of `{}` are counted twice", jurisdictions.id(member));
            reader
                .fault(&entry, message)
                .help("a bloc counts all its members: list the bloc or some of them");
            valid = false;
        }
        seen.extend(members.iter().copied());
        sum += share;
        carriers.extend(split(&members, share));
    }
    if valid && sum > 1.0 + ROUNDING {
        reader
            .fault(cell, format!("the shares of the hauliers sum to {sum}, more than 1"))
            .help("what the shares leave belongs to nobody in particular");
        valid = false;
    }
    valid.then_some(carriers)
}

/// Equal parts that sum, in their order, to exactly the share: the last takes the rounding error.
fn split(members: &[JurisdictionIndex], share: f64) -> Vec<(JurisdictionIndex, f64)> {
    let part = share / members.len() as f64;
    let mut rest = share;
    let mut given = 0.0;
    let mut parts = Vec::new();
    for (number, &member) in members.iter().enumerate() {
        let own = if number + 1 == members.len() { rest } else { part };
        parts.push((member, own));
        given += own;
        rest = share - given;
    }
    parts
}

/// The jurisdictions that an entry such as `EU=0.6` names, and their share.
fn haulier(
    entry: &CsvCell,
    jurisdictions: &Jurisdictions,
    reader: &mut CellReader,
) -> Option<(Vec<JurisdictionIndex>, f64)> {
    let Some((name, share)) = entry.text.split_once('=') else {
        reader
            .fault(entry, format!("`{}` names no share", entry.text))
            .help("write each as JURISDICTION=share: EU=0.6;BY=0.4");
        return None;
    };
    let members = members(name.trim(), entry, jurisdictions, reader);
    let share = match number::parse(share.trim(), Domain::Share) {
        Ok(share) => Some(share),
        Err(error) => {
            let fault = reader.fault(entry, format!("the share of `{}` {}", name.trim(), error.message));
            fault.help = error.help;
            None
        }
    };
    Some((members?, share?))
}

/// The jurisdiction of a name, or the members of the bloc.
pub(super) fn members(
    name: &str,
    entry: &CsvCell,
    jurisdictions: &Jurisdictions,
    reader: &mut CellReader,
) -> Option<Vec<JurisdictionIndex>> {
    if let Some(one) = jurisdictions.find(name) {
        return Some(vec![one]);
    }
    let in_bloc = |blocs: &[String]| blocs.iter().any(|bloc| bloc == name);
    let members: Vec<JurisdictionIndex> = jurisdictions
        .iter()
        .filter(|(_, row)| in_bloc(&row.blocs))
        .map(|(index, _)| index)
        .collect();
    if members.is_empty() {
        // A row at fault may belong to any bloc, so the name may be valid.
        if jurisdictions.is_whole() && jurisdictions.iter().count() == jurisdictions.len() {
            let blocs = jurisdictions.iter().flat_map(|(_, row)| &row.blocs).map(String::as_str);
            let meant = nearest(name, jurisdictions.ids().chain(blocs)).map(str::to_owned);
            let fault = reader.fault(entry, format!("unknown jurisdiction or bloc `{name}`"));
            if let Some(meant) = meant {
                fault.help(format!("did you mean `{meant}`?"));
            }
        }
        return None;
    }
    Some(members)
}

#[cfg(test)]
mod tests {
    use super::super::entries::ListedSources;
    use super::super::links;
    use super::super::testing::{self, messages};
    use super::*;
    use crate::diagnostic::Report;

    /// The hauliers of a link with this cell, and the messages about it.
    fn read_cell(cell: &str) -> (Vec<(String, f64)>, String) {
        let mut report = Report::default();
        let header = "id,from,to,mode,distance_km,freight_usd_per_t,days,source,carriers";
        let text = format!("{header}\nw,minsk,berlin,road,1100,50,3,x,{cell}\n");
        let draft = testing::draft();
        let links = links::read(
            &testing::rows(&text, &mut report),
            &draft,
            &ListedSources::default(),
            &mut report,
        );
        let read = links.iter().flat_map(|(_, link)| &link.carriers);
        let named = read.map(|&(haulier, share)| (draft.jurisdictions.id(haulier).to_owned(), share));
        (named.collect(), messages(&report))
    }

    fn named(expected: &[(&str, f64)]) -> Vec<(String, f64)> {
        expected.iter().map(|&(id, share)| (id.to_owned(), share)).collect()
    }

    #[test]
    fn shares_are_read_and_may_leave_a_rest() {
        assert_eq!(read_cell("").0, []);
        assert_eq!(
            read_cell("DE=0.6; BY = 0.3"),
            (named(&[("DE", 0.6), ("BY", 0.3)]), String::new())
        );
        assert_eq!(read_cell("DE=0.7;BY=0.2;KZ=0.1").1, "");
    }

    #[test]
    fn the_share_of_a_bloc_is_that_of_its_members_together() {
        let (read, said) = read_cell("EAEU=0.5;DE=0.5");
        assert_eq!(
            (read, said),
            (named(&[("BY", 0.25), ("KZ", 0.25), ("DE", 0.5)]), String::new())
        );
    }

    #[test]
    fn the_parts_of_a_share_sum_to_it_exactly() {
        use crate::model::Index;
        for count in 1..60 {
            let members: Vec<JurisdictionIndex> = (0..count).map(JurisdictionIndex::new).collect();
            for share in [1.0, 0.6, 0.1, 0.999] {
                let sum = split(&members, share).iter().fold(0.0, |sum, (_, part)| sum + part);
                assert_eq!(sum, share, "{count} members");
            }
        }
    }

    #[test]
    fn faults_stand_at_the_entry() {
        for (cell, message) in [
            ("DE", "links.csv:2:33: `DE` names no share"),
            ("DE=x", "links.csv:2:33: the share of `DE` is not a number: `x`"),
            (
                "DE=60",
                "links.csv:2:33: the share of `DE` must be between 0 and 1, found `60`",
            ),
            ("BY=0.5;DF=0.5", "links.csv:2:40: unknown jurisdiction or bloc `DF`"),
            (
                "EAEU=0.5;KZ=0.1",
                "links.csv:2:42: the hauliers of `KZ` are counted twice",
            ),
            (
                "BY=0.5;DE=0.6",
                "links.csv:2:33: the shares of the hauliers sum to 1.1, more than 1",
            ),
            ("BY=0.5;", "links.csv:2:40: `` names no share"),
        ] {
            let said = read_cell(cell).1;
            assert_eq!(said, message);
        }
    }

    #[test]
    fn a_misspelt_bloc_finds_its_neighbour() {
        let mut report = Report::default();
        let header = "id,from,to,mode,distance_km,freight_usd_per_t,days,source,carriers";
        let text = format!("{header}\nw,minsk,berlin,road,1100,50,3,x,EAEUS=1\n");
        let rows = testing::rows(&text, &mut report);
        links::read(&rows, &testing::draft(), &ListedSources::default(), &mut report);
        let help = report.diagnostics()[0].help.as_deref();
        assert_eq!(help, Some("did you mean `EAEU`?"));
    }
}
