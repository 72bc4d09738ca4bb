//! The draw log: a row of numbers for every draw, in a file, for nothing else grows with the number of draws.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A row of numbers for each draw of a range, in a file without a name that goes with its owner.
#[derive(Debug)]
pub struct DrawLog {
    file: Mutex<File>,
    draws: Range<u64>,
    columns: usize,
}

impl DrawLog {
    /// An empty log for `draws` with rows of `columns` numbers, in `folder` or else where the system keeps such files.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn new(folder: Option<&Path>, draws: Range<u64>, columns: usize) -> io::Result<Self> {
        let file = match folder {
            Some(folder) => tempfile::tempfile_in(folder)?,
            None => tempfile::tempfile()?,
        };
        Ok(Self {
            file: Mutex::new(file),
            draws,
            columns,
        })
    }

    /// How many draws there are.
    pub fn draws(&self) -> u64 {
        self.draws.end - self.draws.start
    }

    /// Writes the rows of some draws, the first of them `first`, one after another; any thread may do so in any order.
    ///
    /// # Errors
    /// When the file takes no more.
    pub fn write(&self, first: u64, rows: &[f64]) -> io::Result<()> {
        let bytes: Vec<u8> = rows.iter().flat_map(|value| value.to_le_bytes()).collect();
        let mut file = self.file();
        file.seek(SeekFrom::Start((first - self.draws.start) * self.row_bytes() as u64))?;
        file.write_all(&bytes)
    }

    /// Calls `visit` with the number and the row of every draw, in their order.
    ///
    /// # Errors
    /// When a row was never written, and what `visit` returns.
    pub fn try_for_each(&self, mut visit: impl FnMut(u64, &[f64]) -> io::Result<()>) -> io::Result<()> {
        let mut file = self.file();
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(&mut *file);
        let (mut bytes, mut row) = (vec![0; self.row_bytes()], vec![0.0; self.columns]);
        for draw in self.draws.clone() {
            reader.read_exact(&mut bytes)?;
            let (values, _) = bytes.as_chunks();
            row.iter_mut()
                .zip(values)
                .for_each(|(value, bytes)| *value = f64::from_le_bytes(*bytes));
            visit(draw, &row)?;
        }
        Ok(())
    }

    /// The columns in a range, each with a value for every draw, in their order. The rest of the rows is not read.
    ///
    /// # Errors
    /// When a row was never written.
    pub fn columns(&self, range: Range<usize>) -> io::Result<Vec<Vec<f64>>> {
        let mut columns = vec![Vec::with_capacity(self.draws() as usize); range.len()];
        let mut file = self.file();
        let mut bytes = vec![0; size_of::<f64>() * range.len()];
        for row in 0..self.draws() {
            let start = row * self.row_bytes() as u64 + (size_of::<f64>() * range.start) as u64;
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut bytes)?;
            let (values, _) = bytes.as_chunks();
            for (column, bytes) in columns.iter_mut().zip(values) {
                column.push(f64::from_le_bytes(*bytes));
            }
        }
        Ok(columns)
    }

    fn row_bytes(&self) -> usize {
        size_of::<f64>() * self.columns
    }

    fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_however_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let log = DrawLog::new(Some(folder.path()), 64..68, 2).unwrap();
        log.write(66, &[6.6, f64::NAN, 6.7, 0.1]).unwrap();
        log.write(64, &[6.4, 0.0, 6.5, -0.0]).unwrap();
        let mut found = Vec::new();
        let keep = |draw, row: &[f64]| {
            found.push((draw, row[0]));
            Ok(())
        };
        log.try_for_each(keep).unwrap();
        assert_eq!(found, [(64, 6.4), (65, 6.5), (66, 6.6), (67, 6.7)]);
        let second = log.columns(1..2).unwrap();
        assert_eq!(second.len(), 1);
        assert_eq!((second[0][0], second[0][3]), (0.0, 0.1));
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "the file has no name"
        );
    }

    #[test]
    fn a_draw_that_is_missing_is_an_error() {
        let log = DrawLog::new(None, 0..2, 1).unwrap();
        log.write(0, &[1.0]).unwrap();
        assert!(log.try_for_each(|_, _| Ok(())).is_err());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(DrawLog::new(Some(Path::new("no/such/folder")), 0..1, 1).is_err());
    }
}
