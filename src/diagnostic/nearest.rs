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

/// Levenshtein's distance, in which two letters that changed places count once, and letters of either case are equal.
fn distance(one: &str, other: &str) -> usize {
    let [one, other] = [one, other].map(|word| word.to_lowercase().chars().collect::<Vec<char>>());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (done, letter) in one.iter().enumerate() {
        let mut next = vec![done + 1];
        for (position, counterpart) in other.iter().enumerate() {
            let substituted = row[position] + usize::from(letter != counterpart);
            let mut least = substituted.min(row[position + 1] + 1).min(next[position] + 1);
            let changed_places =
                done > 0 && position > 0 && *letter == other[position - 1] && one[done - 1] == *counterpart;
            if changed_places {
                least = least.min(before[position - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
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
        assert_eq!(nearest("sede", known), Some("seed"));
        assert_eq!(nearest("grian", ["grain", "ore"]), Some("grain"));
        assert_eq!(nearest("horizon", known), None);
    }

    #[test]
    fn a_short_word_is_no_misspelling_of_another() {
        assert_eq!(nearest("BLR", ["BR", "BLX", "KZ"]), None);
        assert_eq!(nearest("kz", ["BR", "KZ"]), Some("KZ"));
        assert_eq!(nearest("hubb", ["hub"]), Some("hub"));
    }
}
