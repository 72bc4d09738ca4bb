//! Small tables in memory.

use super::schema::TableSchema;

/// A small table of text, whole.
#[derive(Clone, Debug)]
pub struct TextTable {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these columns.
    pub fn new(columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self {
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows,
        }
    }

    /// A table of this form.
    pub fn of(form: &TableSchema, rows: Vec<Vec<String>>) -> Self {
        let columns: Vec<String> = form.names().map(str::to_owned).collect();
        debug_assert!(
            rows.iter().all(|row| row.len() == columns.len()),
            "rows of {}",
            form.file
        );
        Self { columns, rows }
    }

    /// The rows as a JSON list of objects, ended by a newline.
    pub fn to_json(&self) -> String {
        // Texts and numbers can always be written as JSON.
        serde_json::to_string_pretty(&self.objects()).unwrap_or_default() + "\n"
    }

    /// Each row as a JSON object; a cell is a number if its text is that of one, `null` if it is empty, else text.
    pub fn objects(&self) -> Vec<serde_json::Map<String, serde_json::Value>> {
        let value = |cell: &String| match cell.parse::<serde_json::Number>() {
            // Codes like 0901 are no numbers: they do not read back as they were written.
            Ok(number) if number.to_string() == *cell => serde_json::Value::Number(number),
            _ if cell.is_empty() => serde_json::Value::Null,
            _ => serde_json::Value::String(cell.clone()),
        };
        let object = |row: &Vec<String>| -> serde_json::Map<String, serde_json::Value> {
            self.columns.iter().cloned().zip(row.iter().map(value)).collect()
        };
        self.rows.iter().map(object).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_become_numbers_only_if_they_read_back_as_written() {
        let row = ["0901", "901", "1.5", "", "a,b"].map(str::to_owned).to_vec();
        let table = TextTable::new(&["hs", "count", "price", "note", "name"], vec![row]);
        let read: serde_json::Value = serde_json::from_str(&table.to_json()).unwrap();
        let expected = serde_json::json!([{ "hs": "0901", "count": 901, "price": 1.5, "note": null, "name": "a,b" }]);
        assert_eq!(read, expected);
    }
}
