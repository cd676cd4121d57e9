//! Diagnostics for people: path, place, the line with the offending part marked; for programs
//! the same without the line.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::print;
use crate::article::{Diagnostic, Severity};
use crate::text::{self, Span};

/// How many diagnostics are shown.
#[derive(Clone, Copy)]
pub(super) enum Limit {
    /// All errors and so many warnings.
    Warnings(usize),
    /// All.
    None,
}

/// Shows diagnostics on stderr; paths are those of the files under `folder`.
pub(super) fn show(diagnostics: &[Diagnostic], folder: &Path, limit: Limit) {
    let (errors, warnings): (Vec<_>, Vec<_>) =
        diagnostics.iter().partition(|diagnostic| diagnostic.severity() == Severity::Error);
    let shown = match limit {
        Limit::Warnings(most) => most.min(warnings.len()),
        Limit::None => warnings.len(),
    };
    for diagnostic in errors.iter().chain(warnings.iter().take(shown)) {
        if print::speaks_json() {
            json(diagnostic, folder);
        } else {
            print::note(&render(diagnostic, folder, print::stderr_has_color()));
        }
    }
    if shown < warnings.len() {
        let more = print::things(warnings.len() - shown, "more warning");
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

/// One diagnostic as text of several lines.
pub(super) fn render(diagnostic: &Diagnostic, folder: &Path, has_color: bool) -> String {
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
        let (excerpt, span) = marked(&place.excerpt, place.span);
        let mark = AnnotationKind::Primary.span(span);
        group = group.element(Snippet::source(excerpt).line_start(place.line).annotation(mark));
        at.push_str(&format!(":{}:{}", place.line, place.column));
        indent = place.line.to_string().len();
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    let renderer = if has_color { Renderer::styled() } else { Renderer::plain() };
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
