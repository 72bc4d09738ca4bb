//! Any bytes in place of one table of the world `hub`; the first byte says which. The world is read or refused.
#![no_main]

mod desk;

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use roundabout::diagnostic::Report;
use roundabout::input::world;
use tempfile::TempDir;

/// The tables that a world may have and `hub` has not, each with a sound row.
const OTHER_TABLES: [(&str, &str); 5] = [
    (
        "transfers.csv",
        "id,node,cargo,usd_per_t,days,source\nport,quay,,1,0,made-up\n",
    ),
    (
        "corridors.csv",
        "commodity,supplies,demands,kind,via,waypoints,paths,potential_share,extra_cost_usd_per_t,source,id,jurisdictions,detour\n\
         ore,ore-s,ore-b,reexport,ALT,souk;mine;quay,1,0.1,5,made-up,by-souk,,\n\
         ore,ore-s,ore-b,relabel,HUB,quay,1,0.1,5,made-up,papers,,4\n",
    ),
    (
        "baseline.csv",
        "supply,demand,t_per_month,source\ntimber-s,timber-r,10,made-up\n",
    ),
    (
        "observed.csv",
        "reporter,partner,flow,commodity,month,value,unit,source\nSEL,BUY,export,all,2020-02,2377436,usd,made-up\n",
    ),
    (
        "price_index.csv",
        "reporter,flow,year,value,source\nSEL,export,2021,1,made-up\n",
    ),
];

struct Desk {
    folder: TempDir,
    /// Each with the text that it has in the sound world, or none.
    tables: Vec<(PathBuf, Option<Vec<u8>>)>,
}

static DESK: OnceLock<Desk> = OnceLock::new();

fn desk() -> Desk {
    let folder = desk::desk();
    let hub = folder.path().join("hub");
    let sound = desk::files_in(&hub)
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).ok()));
    let mut tables: Vec<_> = sound.collect();
    tables.extend(OTHER_TABLES.map(|(name, _)| (hub.join(name), None)));
    Desk { folder, tables }
}

fuzz_target!(
    init: {
        let desk = DESK.get_or_init(desk);
        for (place, (path, text)) in desk.tables.iter().enumerate() {
            let name = path.file_name().unwrap().to_str().unwrap();
            let other = OTHER_TABLES.iter().find(|(other, _)| *other == name);
            let text = text.as_deref().or(other.map(|(_, text)| text.as_bytes()));
            desk::seed(name, Some(place as u8), text.unwrap());
        }
    },
    |bytes: &[u8]| {
        let (Desk { folder, tables }, Some((choice, bytes))) = (DESK.wait(), bytes.split_first()) else {
            return;
        };
        let (path, sound) = &tables[usize::from(*choice) % tables.len()];
        fs::write(path, bytes).unwrap();
        let mut report = Report::default();
        let read = world::read(&folder.path().join("hub"), None, &mut report);
        let said = report.render(false);
        assert!(read.is_some() || said.contains("error"), "a refusal says why");
        match sound {
            Some(sound) => fs::write(path, sound).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
    }
);
