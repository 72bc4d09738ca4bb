//! The compared cells of the draws of a reference, for later batches that are compared with the same: it need not be simulated again.
//!
//! They are about a megabyte for a draw: too much for memory, and little for a disk unless draws are very many.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::math::simd::{Lanes, WIDTH};
use crate::statistics::DrawMatrix;

/// The most that is kept in any case, in bytes.
const MOST: u64 = 2 << 30;

/// Bytes of the values of a cell in draws side by side.
const LANES: usize = size_of::<f64>() * WIDTH;

/// Cells that are written or read at a time.
const AT_A_TIME: usize = 1 << 10;

/// The compared cells of some draws, in a file without a name.
#[derive(Debug)]
pub struct ReferenceCells {
    draws: Range<u64>,
    cells: Range<usize>,
    kept: Mutex<KeptGroups>,
}

#[derive(Debug)]
struct KeptGroups {
    file: File,
    /// By group of draws side by side, whether it is in the file.
    is_written: Vec<bool>,
}

impl ReferenceCells {
    /// Room for the cells of some draws, in `folder` or else where the system keeps such files; none if they take more than
    /// `most` bytes, or are too many in any case.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn new(folder: Option<&Path>, draws: Range<u64>, cells: Range<usize>, most: u64) -> io::Result<Option<Self>> {
        let groups = (draws.end - draws.start).div_ceil(WIDTH as u64);
        let bytes = groups.checked_mul((LANES * cells.len()) as u64);
        if bytes.is_none_or(|bytes| bytes > most.min(MOST)) {
            return Ok(None);
        }
        let file = folder.map_or_else(tempfile::tempfile, tempfile::tempfile_in)?;
        Ok(Some(Self {
            draws,
            cells,
            kept: Mutex::new(KeptGroups {
                file,
                is_written: vec![false; groups as usize],
            }),
        }))
    }

    /// Keeps the cells of draws from `first` on. Where that is not possible, they stay incomplete.
    pub fn write(&self, first: u64, values: &DrawMatrix) {
        let Some(group) = self.group_of(first).filter(|_| values.cells() == self.cells) else {
            return;
        };
        let mut kept = self.kept();
        let KeptGroups { file, is_written } = &mut *kept;
        for (place, lanes) in (group..is_written.len()).zip(values.groups()) {
            is_written[place] = self.write_group(file, place, lanes).is_ok();
        }
    }

    fn write_group(&self, file: &mut File, group: usize, lanes: &[Lanes]) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.start_of(group)))?;
        let mut bytes = vec![0; LANES * AT_A_TIME];
        for lanes in lanes.chunks(AT_A_TIME) {
            let (places, _) = bytes.as_chunks_mut();
            let values = lanes.iter().flat_map(|lanes| lanes.0);
            for (place, value) in places.iter_mut().zip(values) {
                *place = value.to_le_bytes();
            }
            file.write_all(&bytes[..LANES * lanes.len()])?;
        }
        Ok(())
    }

    /// Whether the cells of all draws are kept.
    pub fn are_complete(&self) -> bool {
        self.kept().is_written.iter().all(|is_written| *is_written)
    }

    /// The cells of some draws.
    ///
    /// # Errors
    /// When they are not kept, or cannot be read.
    pub fn read(&self, draws: Range<u64>) -> io::Result<DrawMatrix> {
        let missing = || io::Error::other("these draws of the reference are not kept");
        let group = self.group_of(draws.start).ok_or_else(missing)?;
        let mut values = DrawMatrix::zeros((draws.end - draws.start) as usize, self.cells.clone());
        let mut kept = self.kept();
        let KeptGroups { file, is_written } = &mut *kept;
        let mut bytes = vec![0; LANES * AT_A_TIME];
        for (place, lanes) in (group..).zip(values.groups_mut()) {
            if is_written.get(place) != Some(&true) {
                return Err(missing());
            }
            file.seek(SeekFrom::Start(self.start_of(place)))?;
            for lanes in lanes.chunks_mut(AT_A_TIME) {
                let bytes = &mut bytes[..LANES * lanes.len()];
                file.read_exact(bytes)?;
                let (found, _) = bytes.as_chunks();
                let values = lanes.iter_mut().flat_map(|lanes| &mut lanes.0);
                for (value, bytes) in values.zip(found) {
                    *value = f64::from_le_bytes(*bytes);
                }
            }
        }
        Ok(values)
    }

    /// The group that begins with a draw, if one does.
    fn group_of(&self, first: u64) -> Option<usize> {
        let before = first.checked_sub(self.draws.start)?;
        before.is_multiple_of(WIDTH as u64).then_some(before as usize / WIDTH)
    }

    fn start_of(&self, group: usize) -> u64 {
        (group * LANES * self.cells.len()) as u64
    }

    fn kept(&self) -> MutexGuard<'_, KeptGroups> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn matrix(first: u64, draws: usize) -> DrawMatrix {
        let value = |(draw, cell)| (first as usize + draw) as f64 + 0.001 * cell as f64;
        DrawMatrix::from(Array2::from_shape_fn((draws, 1500), value).view())
    }

    #[test]
    fn cells_come_back_in_whatever_order_they_were_kept() {
        let cells = ReferenceCells::new(None, 64..84, 0..1500, MOST).unwrap().unwrap();
        cells.write(80, &matrix(80, 4));
        assert!(!cells.are_complete());
        assert!(cells.read(64..80).is_err(), "not kept yet");
        cells.write(64, &matrix(64, 16));
        assert!(cells.are_complete());
        for draws in [64..80, 72..84, 80..84] {
            let (found, expected) = (
                cells.read(draws.clone()).unwrap(),
                matrix(draws.start, (draws.end - draws.start) as usize),
            );
            let values = |matrix: &DrawMatrix, draw| (0..1500).map(|cell| matrix.value(draw, cell)).collect::<Vec<_>>();
            for draw in 0..found.draws() {
                assert_eq!(values(&found, draw), values(&expected, draw));
            }
        }
        assert!(cells.read(84..88).is_err());
        assert!(cells.read(65..70).is_err(), "no group begins there");
    }

    #[test]
    fn too_many_draws_are_not_kept() {
        let kept = |draws, most| ReferenceCells::new(None, draws, 0..1000, most).unwrap().is_some();
        assert!(kept(0..16, 128_000) && !kept(0..16, 127_999));
        assert!(!kept(0..1 << 40, u64::MAX) && !kept(0..u64::MAX, u64::MAX));
    }
}
