//! Diagnostics for people: path, place, the line with the offending part marked.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

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
        print::note(&render(diagnostic, folder, print::stderr_has_color()));
    }
    if shown < warnings.len() {
        let more = print::things(warnings.len() - shown, "more warning");
        print::note(&format!("{more}; `jieda check {}` shows all\n", folder.display()));
    }
}

/// One diagnostic as text of several lines.
pub(super) fn render(diagnostic: &Diagnostic, folder: &Path, has_color: bool) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let path = folder.join(&diagnostic.path).display().to_string();
    let message = print::plain(&diagnostic.message);
    let title = level.primary_title(&message).id(diagnostic.code.name());
    let mut excerpt = String::new();
    let mut span = 0..0;
    if let Some(place) = &diagnostic.place {
        (excerpt, span) = visible(&place.excerpt, place.span);
    }
    let mut group = title.elements(None::<annotate_snippets::Origin<'_>>);
    match &diagnostic.place {
        Some(place) => {
            let snippet = Snippet::source(&excerpt)
                .path(&path)
                .line_start(place.line)
                .annotation(AnnotationKind::Primary.span(span));
            group = group.element(snippet);
        }
        None => group = group.element(annotate_snippets::Origin::path(&path)),
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if has_color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group]) + "\n"
}

/// A line with characters a terminal would obey or hide replaced by visible ones, and the
/// span moved along.
fn visible(line: &str, span: Span) -> (String, std::ops::Range<usize>) {
    let clean = |part: &str| -> String {
        part.chars()
            .map(|c| match c {
                '\t' => ' ',
                '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                    '\u{fffd}'
                }
                c if c.is_control() => '\u{fffd}',
                c => c,
            })
            .collect()
    };
    let before = clean(text::upto(line, span.start));
    let marked = clean(text::slice(line, span));
    let range = before.len()..before.len() + marked.len();
    (before + &marked + &clean(text::from(line, span.end)), range)
}
