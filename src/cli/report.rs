//! Diagnostics for people: path, place, the line with the offending part marked; for programs
//! the same without the line.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::print;
use crate::article::{Diagnostic, Severity};
use crate::text::{self, Span};

/// Shows all errors and the first `warnings` warnings on stderr, beside the work that they are
/// about; paths are those of the files under `folder`.
pub(super) fn show(diagnostics: &[Diagnostic], folder: &Path, warnings: usize) {
    let sorted = by_severity(diagnostics);
    let errors = sorted.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
    let look = Look { has_color: print::stderr_has_color(), columns: print::stderr_columns() };
    for diagnostic in sorted.iter().take(errors + warnings) {
        if print::speaks_json() {
            json(diagnostic, folder);
        } else {
            print::note(&render(diagnostic, folder, look));
        }
    }
    if errors + warnings < sorted.len() {
        let more = print::things(sorted.len() - errors - warnings, "more warning");
        print::note(&format!("{more}; `jieda check {}` shows all\n", folder.display()));
    }
}

/// What a line for programs has besides the message.
#[derive(Serialize)]
struct Fields<'a> {
    code: &'a str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

fn json(diagnostic: &Diagnostic, folder: &Path) {
    let level = match diagnostic.severity() {
        Severity::Error => "ERROR",
        Severity::Warning => "WARN",
    };
    let place = diagnostic.place.as_ref();
    let fields = Fields {
        code: diagnostic.code.name(),
        path: folder.join(&diagnostic.path).display().to_string(),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        help: diagnostic.help.as_deref(),
    };
    print::json(level, &diagnostic.message, fields);
}

/// Writes all diagnostics to stdout, where they are what was asked for.
pub(super) fn write(diagnostics: &[Diagnostic], folder: &Path) -> std::io::Result<()> {
    let look = Look { has_color: print::stdout_has_color(), columns: print::stdout_columns() };
    for diagnostic in by_severity(diagnostics) {
        print::line(&render(diagnostic, folder, look))?;
    }
    Ok(())
}

/// Errors first, the others in their order.
fn by_severity(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| diagnostic.severity() != Severity::Error);
    sorted
}

/// Where diagnostics are shown.
#[derive(Debug, Clone, Copy)]
struct Look {
    has_color: bool,
    columns: usize,
}

/// One diagnostic as text of several lines.
fn render(diagnostic: &Diagnostic, folder: &Path, look: Look) -> String {
    let Look { has_color, columns } = look;
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = visible(&diagnostic.message);
    let title = level.primary_title(&message).id(diagnostic.code.name());
    let mut group = title.elements(None::<annotate_snippets::Origin<'_>>);
    let mut at = visible(&folder.join(&diagnostic.path).display().to_string());
    let mut indent = 1;
    if let Some(place) = &diagnostic.place {
        let digits = place.line.to_string().len();
        let (excerpt, span) = fit(&place.excerpt, place.span, columns.saturating_sub(digits + MARGIN));
        let (excerpt, span) = marked(&excerpt, span);
        let mark = AnnotationKind::Primary.span(span);
        group = group.element(Snippet::source(excerpt).line_start(place.line).annotation(mark));
        at.push_str(&format!(":{}:{}", place.line, place.column));
        indent = digits;
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    let renderer = if has_color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(columns);
    let rendered = renderer.render(&[group]);
    // The place is written here: the renderer counts columns from the start of the excerpt.
    let (title, excerpt) = rendered.split_once('\n').unwrap_or((&rendered, ""));
    let end = if excerpt.is_empty() { "" } else { "\n" };
    format!("{title}\n{:indent$}{} {at}\n{excerpt}{end}", "", print::style("-->", "1;94", has_color))
}

/// A line with characters that a terminal would obey or hide replaced by visible ones, each
/// by one.
pub(super) fn visible(line: &str) -> String {
    let is_hidden = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let clean = |c| match c {
        '\t' => ' ',
        '\n' => '\u{fffd}',
        c if is_hidden(c) => '\u{fffd}',
        c => c,
    };
    print::plain(line).chars().map(clean).collect()
}

/// A line made visible, and the span moved along.
fn marked(line: &str, span: Span) -> (String, std::ops::Range<usize>) {
    let before = visible(text::upto(line, span.start));
    let marked = visible(text::slice(line, span));
    let range = before.len()..before.len() + marked.len();
    (before + &marked + &visible(text::from(line, span.end)), range)
}

/// Columns between a line's number and its text, and one to spare.
const MARGIN: usize = 4;

/// The part of a line around `span` that `columns` have room for, and the span in it, so that
/// marks stand below what they mark.
fn fit(line: &str, span: Span, columns: usize) -> (String, Span) {
    let width = |text: &str| text.chars().map(print::width).sum::<usize>();
    if width(line) <= columns {
        return (line.to_owned(), span);
    }
    // Of what stands before, a third of the room at most, unless all can be seen.
    let mut start = 0;
    if width(text::upto(line, span.end)) >= columns {
        start = span.start;
        let mut room = columns / 3;
        for (at, c) in text::upto(line, span.start).char_indices().rev() {
            let Some(left) = room.checked_sub(print::width(c)) else { break };
            (room, start) = (left, at);
        }
    }
    let before = if start > 0 { "…" } else { "" };
    let mut room = columns.saturating_sub(before.chars().count() + 1);
    let mut end = start;
    for (at, c) in text::from(line, start).char_indices() {
        let Some(left) = room.checked_sub(print::width(c)) else { break };
        (room, end) = (left, start + at + c.len_utf8());
    }
    let behind = if end < line.len() { "…" } else { "" };
    let moved = |at: usize| at.clamp(start, end) - start + before.len();
    let cut = format!("{before}{}{behind}", text::slice(line, Span::new(start, end)));
    (cut, Span::new(moved(span.start), moved(span.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, span: (usize, usize), columns: usize, expect: (&str, &str)) {
        let (shown, span) = fit(line, Span::new(span.0, span.1), columns);
        assert_eq!((shown.as_str(), text::slice(&shown, span)), expect);
        assert!(shown.chars().map(print::width).sum::<usize>() <= columns);
    }

    #[test]
    fn what_is_marked_is_in_sight() {
        check("short", (0, 5), 10, ("short", "short"));
        check("0123456789abcdef", (2, 4), 10, ("012345678…", "23"));
        check("0123456789abcdef", (12, 14), 10, ("…9abcdef", "cd"));
        check("提币失败怎么办提币失败怎么办", (21, 27), 12, ("…么办提币失…", "提币"));
        check("一二三四五六七八九十", (0, 30), 10, ("一二三四…", "一二三四"));
    }
}
