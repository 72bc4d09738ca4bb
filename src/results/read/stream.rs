//! Tables read row by row, for readers that need a part of a large file.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::UnreadableResults;
use super::names::missing_column;
use crate::results::manifest::Manifest;
use crate::results::schema::COMPRESSED;

/// A table of results while it is read. The digest of a file that the manifest lists is compared at its end.
pub struct TableStream {
    path: PathBuf,
    header: StringRecord,
    reader: csv::Reader<TableBytes>,
    record: StringRecord,
    /// None for a file that no manifest lists.
    digest: Option<String>,
}

/// A row of a [`TableStream`].
#[derive(Clone, Copy)]
pub struct StreamRow<'a> {
    path: &'a Path,
    cells: &'a StringRecord,
}

/// A file that computes its digest as it is read.
struct HashedFile {
    file: BufReader<File>,
    hasher: blake3::Hasher,
}

impl Read for HashedFile {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.hasher.update(&into[..read]);
        Ok(read)
    }
}

/// The bytes of a table, whether its file is compressed or not.
struct TableBytes {
    from: TableSource,
    /// The last that was read.
    last: u8,
}

enum TableSource {
    Plain(HashedFile),
    Compressed(zstd::Decoder<'static, BufReader<HashedFile>>),
}

impl Read for TableBytes {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = match &mut self.from {
            TableSource::Plain(file) => file.read(into)?,
            TableSource::Compressed(decoder) => decoder.read(into)?,
        };
        self.last = into[..read].last().copied().unwrap_or(self.last);
        Ok(read)
    }
}

impl TableBytes {
    /// The digest of the whole file, after its last row.
    fn digest(&mut self) -> std::io::Result<String> {
        let file = match &mut self.from {
            TableSource::Plain(file) => file,
            // Something may stand behind the compressed content.
            TableSource::Compressed(decoder) => decoder.get_mut().get_mut(),
        };
        std::io::copy(file, &mut std::io::sink())?;
        Ok(file.hasher.finalize().to_hex().to_string())
    }
}

impl TableStream {
    /// Opens the table `file` of a scenario's results; none if its manifest does not list it.
    ///
    /// # Errors
    /// When it cannot be opened or has no header.
    pub fn of_scenario(folder: &Path, file: &str, manifest: &Manifest) -> Result<Option<Self>, UnreadableResults> {
        let Some((name, digest)) = manifest.file_of(file) else {
            return Ok(None);
        };
        Self::open(folder.join(name), Some(digest.to_owned())).map(Some)
    }

    /// Opens a table of a batch; none if there is no such file.
    ///
    /// # Errors
    /// When it cannot be opened or has no header.
    pub fn of_batch(folder: &Path, file: &str) -> Result<Option<Self>, UnreadableResults> {
        let paths = [folder.join(file), folder.join(format!("{file}{COMPRESSED}"))];
        let path = paths.into_iter().find(|path| path.is_file());
        path.map(|path| Self::open(path, None)).transpose()
    }

    fn open(path: PathBuf, digest: Option<String>) -> Result<Self, UnreadableResults> {
        let file = File::open(&path).map_err(UnreadableResults::from_io(&path))?;
        let hashed = HashedFile {
            file: BufReader::with_capacity(1 << 16, file),
            hasher: blake3::Hasher::new(),
        };
        let from = if path.to_string_lossy().ends_with(COMPRESSED) {
            let decoder = zstd::Decoder::new(hashed).map_err(UnreadableResults::from_io(&path))?;
            TableSource::Compressed(decoder)
        } else {
            TableSource::Plain(hashed)
        };
        let bytes = TableBytes { from, last: b'\n' };
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(bytes);
        let header = reader.headers().map_err(|error| faulty(&path, &error))?.clone();
        Ok(Self {
            path,
            header,
            reader,
            record: StringRecord::new(),
            digest,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the columns.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.header.iter()
    }

    /// The place of a column, if the table has it.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The place of a column.
    ///
    /// # Errors
    /// When the table has no such column.
    pub fn column(&self, name: &str) -> Result<usize, UnreadableResults> {
        let missing = || UnreadableResults::new(&self.path, Some(1), missing_column(name, &self.header));
        self.find(name).ok_or_else(missing)
    }

    /// The places of several columns.
    ///
    /// # Errors
    /// When the table lacks one of them.
    pub fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[usize; N], UnreadableResults> {
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            *place = self.column(name)?;
        }
        Ok(places)
    }

    /// The next row; none at the end of a file that is as the manifest says.
    ///
    /// # Errors
    /// When the row is damaged, or the file was changed since it was written.
    pub fn next_row(&mut self) -> Result<Option<StreamRow<'_>>, UnreadableResults> {
        let more = self.reader.read_record(&mut self.record);
        if more.map_err(|error| faulty(&self.path, &error))? {
            return Ok(Some(StreamRow {
                path: &self.path,
                cells: &self.record,
            }));
        }
        self.check_end().map(|()| None)
    }

    fn check_end(&mut self) -> Result<(), UnreadableResults> {
        let bytes = self.reader.get_mut();
        let found = bytes.digest().map_err(UnreadableResults::from_io(&self.path))?;
        let reason = if bytes.last != b'\n' {
            "the file ends in the middle of a line"
        } else if self.digest.as_ref().is_some_and(|digest| found != *digest) {
            "changed since it was written"
        } else {
            return Ok(());
        };
        Err(UnreadableResults::new(&self.path, None, reason.to_owned()))
    }
}

impl<'a> StreamRow<'a> {
    /// The text of a cell.
    pub fn text(&self, column: usize) -> &'a str {
        self.cells.get(column).unwrap_or_default()
    }

    /// The number in a cell; not-a-number if it is empty, for then it does not exist.
    ///
    /// # Errors
    /// When the cell holds anything else.
    pub fn number(&self, column: usize) -> Result<f64, UnreadableResults> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(f64::NAN);
        }
        match text.parse::<f64>() {
            // Rust also reads "inf" and "NaN", which no result file holds.
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(self.fault(&format!("`{text}` is not a number"))),
        }
    }

    /// The numbers in several cells.
    ///
    /// # Errors
    /// When one of them is no number.
    pub fn numbers<const N: usize>(&self, columns: [usize; N]) -> Result<[f64; N], UnreadableResults> {
        let mut numbers = [0.0; N];
        for (number, column) in numbers.iter_mut().zip(columns) {
            *number = self.number(column)?;
        }
        Ok(numbers)
    }

    /// Something wrong with this row.
    pub fn fault(&self, reason: &str) -> UnreadableResults {
        let line = self.cells.position().map(csv::Position::line);
        UnreadableResults::new(self.path, line, reason.to_owned())
    }
}

fn faulty(path: &Path, error: &csv::Error) -> UnreadableResults {
    let line = error.position().map(csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::Io(cause) => cause.to_string(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} columns where {expected_len} are due")
        }
        csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    UnreadableResults::new(path, line, reason)
}
