//! Small tables in memory.

/// A small table, whole.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: Vec<String>,
    /// Sorted by their leading key columns, or as the table says.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with its rows in the order of their keys.
    pub fn sorted(name: &'static str, columns: &[&str], mut rows: Vec<Vec<String>>) -> Self {
        rows.sort_unstable();
        Self {
            name,
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows,
        }
    }

    /// The file's bytes: CSV with a header, lines ended by LF.
    ///
    /// # Errors
    /// Never in practice: writing to memory does not fail.
    pub fn to_csv(&self) -> std::io::Result<Vec<u8>> {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer
            .into_inner()
            .map_err(|error| std::io::Error::other(error.to_string()))
    }
}
