//! Characters that do not show, or change what others show: a terminal obeys some of them.

/// The longest word of a message, and the longest message, in characters. Cells may be as long as their file.
const LONGEST_WORD: usize = 250;
const LONGEST_MESSAGE: usize = 2_000;

/// How much is shown of a longer word.
const SHOWN: usize = 60;

/// Whether a character is a control character (of either set), a line separator, or one that turns the direction of
/// writing. Line feeds and tabs are not counted.
pub fn is_invisible(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        letter => letter.is_control(),
    }
}

/// A message of which every character shows, and no word is longer than a line or two.
pub(super) fn message(text: String) -> String {
    let is_plain = text.len() <= LONGEST_WORD && !text.contains(is_invisible);
    if is_plain {
        return text;
    }
    let mut shown = String::new();
    for word in text.split_inclusive([' ', '\n']) {
        if word.chars().count() > LONGEST_WORD {
            shown.extend(word.chars().take(SHOWN));
            shown.push_str(if word.starts_with('`') { "...` " } else { "... " });
        } else {
            shown.push_str(word);
        }
    }
    if let Some((end, _)) = shown.char_indices().nth(LONGEST_MESSAGE) {
        shown.truncate(end);
        shown.push_str("...");
    }
    let mut escaped = String::with_capacity(shown.len());
    for letter in shown.trim_end().chars() {
        if is_invisible(letter) {
            escaped.extend(letter.escape_unicode());
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

/// A line of a file as it is shown: each character that does not show is replaced, so that columns keep their places.
pub(super) fn line(text: &str) -> String {
    let shown = |letter| {
        if is_invisible(letter) {
            char::REPLACEMENT_CHARACTER
        } else {
            letter
        }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(
            message("a\u{9b}31m\u{2028}b\u{202e}".to_owned()),
            "a\\u{9b}31m\\u{2028}b\\u{202e}"
        );
        assert_eq!(line("a\u{85}b\u{2066}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(message("Kıbrıs, São\n\tx".to_owned()), "Kıbrıs, São\n\tx");
    }

    #[test]
    fn a_word_of_a_million_letters_is_cut() {
        let shown = message(format!("unknown node `{}`", "x".repeat(1_000_000)));
        assert_eq!(shown, format!("unknown node `{}...`", "x".repeat(59)));
        assert!(message("word ".repeat(100_000)).len() < 3_000);
    }
}
