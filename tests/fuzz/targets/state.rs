//! Any bytes as the state of a run, and any bytes within one whose mark and digest are right; the first byte says which. The state
//! is read or refused.
#![no_main]

mod desk;

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use libfuzzer_sys::fuzz_target;
use roundabout::results::state::{STATE_FILE, read_state, read_state_head};
use roundabout::statistics::Merge;
use tempfile::TempDir;

struct Desk {
    folder: TempDir,
    path: PathBuf,
    /// The line that begins a state, its end included.
    mark: Vec<u8>,
    /// The start of a sound body: its head, with the length before it.
    head: Vec<u8>,
}

static DESK: OnceLock<Desk> = OnceLock::new();

fn desk() -> Desk {
    let folder = desk::desk();
    let path = desk::run(folder.path(), &["--draws", "66", "--draw-range", "64..66"])
        .join("with")
        .join(STATE_FILE);
    let state = fs::read(&path).unwrap();
    let after_mark = 1 + state.iter().position(|byte| *byte == b'\n').unwrap();
    let mut body = Vec::new();
    let compressed = &state[after_mark..state.len() - blake3::OUT_LEN];
    ZlibDecoder::new(compressed).read_to_end(&mut body).unwrap();
    let length = u32::from_le_bytes(body[..4].try_into().unwrap());
    let (head, rest) = body.split_at(4 + length as usize);
    desk::seed("file", Some(0), &state);
    desk::seed("body", Some(1), &body);
    desk::seed("after-the-head", Some(2), rest);
    Desk {
        folder,
        path,
        mark: state[..after_mark].to_vec(),
        head: head.to_vec(),
    }
}

/// A state with this body as the program would write it.
fn vouched(mark: &[u8], body: &[&[u8]]) -> Vec<u8> {
    let mut compressed = ZlibEncoder::new(mark.to_vec(), Compression::fast());
    for part in body {
        compressed.write_all(part).unwrap();
    }
    let mut state = compressed.finish().unwrap();
    let digest = blake3::hash(&state);
    state.extend_from_slice(digest.as_bytes());
    state
}

fuzz_target!(
    init: {
        DESK.get_or_init(desk);
    },
    |bytes: &[u8]| {
        let (desk, Some((choice, bytes))) = (DESK.wait(), bytes.split_first()) else {
            return;
        };
        let state = match choice % 3 {
            0 => bytes.to_vec(),
            1 => vouched(&desk.mark, &[bytes]),
            _ => vouched(&desk.mark, &[&desk.head, bytes]),
        };
        fs::write(&desk.path, state).unwrap();
        let _ = read_state_head(&desk.path);
        let Ok(read) = read_state(&desk.path, Some(desk.folder.path())) else {
            return;
        };
        // As a command that joins states uses them.
        for finished in read.outcomes.into_iter().flatten() {
            let mut doubled = finished.collected.clone();
            doubled.merge(&finished.collected);
            for cell in 0..doubled.cells() {
                let _ = (doubled.summary(cell), doubled.share_below_zero(cell));
            }
        }
    }
);
