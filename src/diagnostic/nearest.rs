//! "Did you mean": the known word closest to a misspelt one.

/// The candidate nearest to `word` by edit distance, if it is near enough to be meant.
///
/// A word of up to three letters, such as BLR, is near too many others: only the case of its letters may differ.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let tolerated = if length <= 3 { 0 } else { length / 3 };
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= tolerated)
        // Of equally near candidates the first wins, so the order of candidates decides and the message is always the
        // same.
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, letters of either case being equal.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (done, letter) in one.to_lowercase().chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], done + 1);
        for (position, counterpart) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(letter != *counterpart);
            diagonal = row[position + 1];
            row[position + 1] = substituted.min(diagonal + 1).min(row[position] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_none() {
        let known = ["draws", "seed", "sampling"];
        assert_eq!(nearest("drawz", known), Some("draws"));
        assert_eq!(nearest("Seed", known), Some("seed"));
        assert_eq!(nearest("horizon", known), None);
    }

    #[test]
    fn a_short_word_is_no_misspelling_of_another() {
        assert_eq!(nearest("BLR", ["BR", "BLX", "KZ"]), None);
        assert_eq!(nearest("kz", ["BR", "KZ"]), Some("KZ"));
        assert_eq!(nearest("hubb", ["hub"]), Some("hub"));
    }
}
