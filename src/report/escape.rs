//! Text in HTML and SVG.

use crate::diagnostic::is_invisible;

/// Text that can stand in an element or a quoted attribute of HTML or XML.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML forbids these two code points and control characters; a browser obeys those that turn the direction.
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() || is_invisible(letter) => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(
            escaped("</script><b a='\"'>&\u{ffff}\u{7}\u{9b}\u{2028}\u{202e}"),
            "&lt;/script&gt;&lt;b a=&#39;&quot;&#39;&gt;&amp;    "
        );
    }
}
