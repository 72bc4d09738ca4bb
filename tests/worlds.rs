//! Whole worlds are read from disk.

use std::path::{Path, PathBuf};

use roundabout::diagnostic::Report;
use roundabout::input::world;
use roundabout::model::World;

fn oracles() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn read(folder: &Path) -> World {
    let mut report = Report::default();
    let world = world::read(folder, None, &mut report);
    assert!(report.diagnostics().is_empty(), "{}", report.render(false));
    world.unwrap()
}

#[test]
fn every_oracle_world_is_read_without_a_word() {
    let folders = oracles();
    assert_eq!(folders.len(), 24);
    for folder in folders {
        let world = read(&folder.join("world"));
        assert!(!world.routes.is_empty());
        assert!(
            world
                .routes
                .rows()
                .iter()
                .all(|route| route.nodes.len() == route.links.len() + 1)
        );
    }
}

#[test]
fn the_table_of_routes_reads_back_as_the_same_world() {
    let original = oracles()[5].join("world");
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&original).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    let table = world::routes_table(&read(&original));
    std::fs::write(copy.path().join("routes.csv"), &table).unwrap();
    assert_eq!(world::routes_table(&read(copy.path())), table);
}
