//! Diagnostics as text, in the style of compilers.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Element, Level, Renderer, Snippet};

use super::{Diagnostic, Report, Severity, visible};

/// Longer lines, in bytes, are cut around the place before they reach the renderer, which trims to the terminal.
const LONGEST_LINE: usize = 10_000;

impl Report {
    /// Everything found, faults first and then by place, with file, line, column and the line itself; ends with a
    /// newline unless empty.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut ordered: Vec<&Diagnostic> = self.diagnostics.iter().collect();
        ordered.sort_by_key(|diagnostic| {
            let place = diagnostic.place.as_ref().map(|place| (place.source, place.span.start));
            (diagnostic.severity, place)
        });
        let mut text = String::new();
        for diagnostic in ordered {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", self.render_one(diagnostic, &renderer));
        }
        text
    }

    fn render_one(&self, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
        let level = match diagnostic.severity {
            Severity::Fault => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut group = level
            .primary_title(diagnostic.text())
            .elements(std::iter::empty::<Element<'_>>());
        if let Some(place) = &diagnostic.place {
            let window = self.window(place.source.0, place.span.start);
            // A span may leave the line, or the part of it that is shown.
            let inside = |at: usize| at.clamp(window.start, window.end) - window.start;
            let source = &self.sources[place.source.0];
            let shown = &source.text[window.clone()];
            // Characters that are replaced may have another length.
            let visible = |at: usize| visible::line(&shown[..floor_boundary(shown, at)]).len();
            let span = visible(inside(place.span.start))..visible(inside(place.span.end.max(place.span.start)));
            let line = source.line(window.start);
            group = group.element(
                Snippet::source(visible::line(shown))
                    .path(visible::line(&source.path.to_string_lossy()))
                    .line_start(line)
                    .annotation(AnnotationKind::Primary.span(span)),
            );
        }
        match &diagnostic.help {
            // Beside a line of a file, help hangs on its margin; without one, that margin would stand alone.
            Some(help) if diagnostic.place.is_none() => {
                let help = Level::HELP
                    .primary_title(help.as_str())
                    .elements(std::iter::empty::<Element<'_>>());
                format!("{}\n{}", renderer.render(&[group]), renderer.render(&[help]))
            }
            Some(help) => renderer.render(&[group.element(Level::HELP.message(help.as_str()))]),
            None => renderer.render(&[group]),
        }
    }

    /// The line around `at`, or the part of a very long line around it.
    fn window(&self, source: usize, at: usize) -> std::ops::Range<usize> {
        let text = &self.sources[source].text;
        let at = floor_boundary(text, at.min(text.len()));
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        if end - start <= LONGEST_LINE {
            return start..end;
        }
        let from = floor_boundary(text, at.saturating_sub(LONGEST_LINE / 2).max(start));
        from..floor_boundary(text, (from + LONGEST_LINE).min(end))
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|&candidate| text.is_char_boundary(candidate))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_without_a_place_has_no_margin() {
        let mut report = Report::default();
        report.fault(None, "world/links.csv is missing").help("look for it");
        assert_eq!(
            report.render(false),
            "error: world/links.csv is missing\nhelp: look for it\n"
        );
    }
}
