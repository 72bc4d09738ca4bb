//! The draw log: a row of numbers for every draw, in a file, for nothing else grows with the number of draws.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A row of numbers for each draw of a range, in a file without a name that goes with its owners: copies share it.
#[derive(Clone, Debug)]
pub struct DrawLog {
    file: Arc<Mutex<File>>,
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
            file: Arc::new(Mutex::new(file)),
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

    /// A mark of each column from `first` on: two columns with the same mark have the same bits in every draw.
    ///
    /// # Errors
    /// When a row was never written.
    pub fn marks(&self, first: usize) -> io::Result<Vec<u128>> {
        // Two multiplicative hashes of 64 bits; nobody chooses the numbers of draws so that they meet.
        const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93];
        let mut marks = vec![[1_u64, 2]; self.columns - first];
        self.try_for_each(|_, row| {
            for (mark, value) in marks.iter_mut().zip(&row[first..]) {
                for (half, factor) in mark.iter_mut().zip(FACTORS) {
                    *half = (half.rotate_left(29) ^ value.to_bits()).wrapping_mul(factor);
                }
            }
            Ok(())
        })?;
        let whole = |[high, low]: [u64; 2]| u128::from(high) << 64 | u128::from(low);
        Ok(marks.into_iter().map(whole).collect())
    }

    /// Forgets the draws from `end` on.
    pub fn truncate(&mut self, end: u64) {
        self.draws.end = self.draws.end.min(end).max(self.draws.start);
    }

    /// Adds the draws of another log, which follow these.
    ///
    /// # Errors
    /// When they do not follow, have other columns, were never written, or the file takes no more.
    pub fn append(&mut self, later: &Self) -> io::Result<()> {
        if later.draws.start != self.draws.end || later.columns != self.columns {
            return Err(io::Error::other("these draws do not follow those before"));
        }
        let row_bytes = self.row_bytes() as u64;
        let mut from = later.file();
        from.seek(SeekFrom::Start(0))?;
        {
            let mut file = self.file();
            file.seek(SeekFrom::Start(self.draws() * row_bytes))?;
            let bytes = later.draws() * row_bytes;
            if io::copy(&mut (&mut *from).take(bytes), &mut *file)? < bytes {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        self.draws.end = later.draws.end;
        Ok(())
    }

    /// Writes all rows as they are kept: little-endian doubles.
    ///
    /// # Errors
    /// When a row was never written, or `out` takes no more.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut file = self.file();
        file.seek(SeekFrom::Start(0))?;
        let bytes = self.draws() * self.row_bytes() as u64;
        if io::copy(&mut BufReader::new(&mut *file).take(bytes), out)? < bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// A log of these draws with the rows that [`write_to`](Self::write_to) wrote.
    ///
    /// # Errors
    /// When the rows end early or are more than a file can hold, or no file can be made.
    pub fn read_from(
        from: &mut dyn Read,
        folder: Option<&Path>,
        draws: Range<u64>,
        columns: usize,
    ) -> io::Result<Self> {
        let log = Self::new(folder, draws, columns)?;
        // Both numbers may be those of a damaged file.
        let row_bytes = columns.checked_mul(size_of::<f64>());
        let bytes = row_bytes.and_then(|bytes| log.draws().checked_mul(bytes as u64));
        let bytes = bytes.ok_or_else(|| io::Error::other("more draws than a file can hold"))?;
        if io::copy(&mut from.take(bytes), &mut *log.file())? < bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(log)
    }

    /// The draws that the log has rows for.
    pub fn range(&self) -> Range<u64> {
        self.draws.clone()
    }

    /// Numbers in a row.
    pub fn columns_kept(&self) -> usize {
        self.columns
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
    fn rows_that_no_file_can_hold_are_refused() {
        let read = |draws, columns| DrawLog::read_from(&mut [0; 64].as_slice(), None, draws, columns);
        assert_eq!(read(0..4, 2).unwrap().columns(1..2).unwrap(), [[0.0; 4]]);
        // So many bytes that their number, cut to 64 bits, is small.
        for (draws, columns) in [(0..2, usize::MAX), (0..1 << 61, 1), (0..u64::MAX, 8), (0..8, 1 << 61)] {
            let refused = read(draws, columns).unwrap_err();
            assert_eq!(refused.to_string(), "more draws than a file can hold");
        }
        assert!(read(0..5, 2).is_err(), "they end early");
    }

    #[test]
    fn logs_that_follow_each_other_join() {
        let mut one = DrawLog::new(None, 0..4, 2).unwrap();
        one.write(0, &[1.0, 2.0, 3.0, 4.0]).unwrap();
        one.truncate(2);
        let later = DrawLog::new(None, 2..3, 2).unwrap();
        later.write(2, &[5.0, -0.0]).unwrap();
        one.append(&later).unwrap();
        assert!(one.append(&later).is_err(), "the same draws twice");
        let mut bytes = Vec::new();
        one.write_to(&mut bytes).unwrap();
        let read = DrawLog::read_from(&mut bytes.as_slice(), None, 0..3, 2).unwrap();
        assert_eq!(read.columns(0..2).unwrap(), [[1.0, 3.0, 5.0], [2.0, 4.0, -0.0]]);
        assert!(DrawLog::read_from(&mut &bytes[1..], None, 0..3, 2).is_err());
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
