//! Texts in lines of a terminal.

/// Breaks a text into lines of at most `width` characters, behind separators only: a longer piece keeps a line to itself.
pub(super) fn break_after(text: &str, separators: &[char], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in text.split_inclusive(separators) {
        if !line.is_empty() && line.chars().count() + piece.trim_end().chars().count() > width {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines
}

/// A paragraph of lines, the later ones indented; ends with a newline.
pub(super) fn paragraph(text: &str, indent: usize, width: usize) -> String {
    let lines = break_after(text, &[' '], width.saturating_sub(indent));
    let pause = format!("\n{}", " ".repeat(indent));
    lines.join(&pause) + "\n"
}

/// The paragraphs of notes.
pub(super) fn notes<'n>(notes: impl IntoIterator<Item = &'n str>, width: usize) -> String {
    let note = |note: &str| format!("note: {}", paragraph(note, "note: ".len(), width));
    notes.into_iter().map(note).collect()
}
