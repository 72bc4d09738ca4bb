//! Any bytes as a scenario beside the world `hub`: it is read or refused.
#![no_main]

mod desk;

use std::fs;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use roundabout::diagnostic::Report;
use roundabout::input::{IdleLines, read_scenarios};
use tempfile::TempDir;

static DESK: OnceLock<TempDir> = OnceLock::new();

fuzz_target!(
    init: {
        let folder = DESK.get_or_init(desk::desk).path();
        desk::words_of_scenarios();
        let shipped = desk::files_in(&desk::repository().join("scenarios"));
        for path in desk::files_in(folder).iter().chain(&shipped) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if let (Ok(text), true) = (fs::read_to_string(path), name.ends_with(".toml")) {
                // Those that are shipped are of another world. What they say of it is refused, after it was read.
                let on_hub = |line: &str| if line.starts_with("world = ") { "world = \"hub\"\n".to_owned() } else { format!("{line}\n") };
                desk::seed(name, None, text.lines().map(on_hub).collect::<String>().as_bytes());
            }
        }
    },
    |bytes: &[u8]| {
        let path = DESK.wait().path().join("scenario.toml");
        fs::write(&path, bytes).unwrap();
        let mut report = Report::default();
        let read = read_scenarios(&[path], IdleLines::Warn, &mut report);
        let said = report.render(false);
        assert!(read.is_ok() || said.contains("error"), "a refusal says why");
    }
);
