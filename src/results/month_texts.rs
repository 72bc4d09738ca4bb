//! The text of months that scenarios have in common: their rows are the same, so only the first of such scenarios makes them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The rows of the first months of a table.
#[derive(Debug, Default)]
pub struct MonthTexts {
    pub text: Vec<u8>,
    /// By month, the place in the text where its rows end.
    pub ends: Vec<usize>,
}

impl MonthTexts {
    /// The rows of so many months.
    pub fn of(&self, months: usize) -> &[u8] {
        let end = months.checked_sub(1).and_then(|last| self.ends.get(last));
        &self.text[..end.copied().unwrap_or(0)]
    }
}

/// The months that a table takes from another scenario's, and those that it leaves to others.
#[derive(Debug, Default)]
pub struct TextShare {
    /// The rows of the months that both have in common, and how many these are.
    pub known: Option<(Arc<MonthTexts>, usize)>,
    /// How many months others need.
    pub needed: usize,
    /// The rows of these months, once they are written.
    pub kept: MonthTexts,
}

/// The texts of the scenarios of a batch, by place and table.
#[derive(Debug, Default)]
pub struct TextPool(Mutex<BTreeMap<(usize, &'static str), Arc<MonthTexts>>>);

impl TextPool {
    /// The texts of a table of a scenario, if they are known for so many months.
    pub fn find(&self, place: usize, table: &'static str, months: usize) -> Option<Arc<MonthTexts>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = known.get(&(place, table))?;
        (texts.ends.len() >= months).then(|| texts.clone())
    }

    /// Keeps the texts of a table of a scenario.
    pub fn keep(&self, place: usize, table: &'static str, texts: MonthTexts) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((place, table), Arc::new(texts));
    }
}
