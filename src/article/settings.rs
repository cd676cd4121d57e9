//! What `categories.toml` and `pins.toml` have in common: a list of tables, read entry by entry,
//! so that a mistake costs no more than what it stands in. `lexicon.toml` says its mistakes
//! in the same way.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Code, Diagnostic, MAX_PLACED};
use crate::text::{Lines, Span};

/// Mistakes in a file beside the articles. Of very many the first are placed, the others counted.
pub(super) struct Mistakes<'a> {
    code: Code,
    path: &'a str,
    source: &'a str,
    found: Vec<Diagnostic>,
    unplaced: usize,
}

impl<'a> Mistakes<'a> {
    pub(super) const fn new(code: Code, path: &'a str, source: &'a str) -> Self {
        Self { code, path, source, found: Vec::new(), unplaced: 0 }
    }

    pub(super) fn add(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        if self.found.len() == MAX_PLACED {
            self.unplaced += 1;
            return;
        }
        let span = Span::new(span.start, span.end.max(span.start));
        let mistake = Diagnostic::at(self.code, self.path, self.source, span, message);
        self.found.push(Diagnostic { help, ..mistake });
    }

    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let more = Diagnostic::more(self.code, self.path, self.unplaced);
        self.found.into_iter().chain(more).collect()
    }
}

/// Reads a file's TOML. Without its brackets and quotes in order nobody knows what was meant:
/// then the file as a whole is ignored, and every line that breaks it is named, by the first
/// mistake in it.
pub(super) fn table<'s>(path: &str, source: &'s str) -> Result<Spanned<DeTable<'s>>, Vec<Diagnostic>> {
    let (table, errors) = DeTable::parse_recoverable(source);
    if errors.is_empty() {
        return Ok(table);
    }
    let mut mistakes = Mistakes::new(Code::SettingsSyntax, path, source);
    let lines = Lines::new(source);
    let mut seen = BTreeSet::new();
    for error in errors {
        let span = error.span().unwrap_or_default();
        if seen.insert(lines.at(span.start)) {
            let help = (seen.len() == 1).then(|| "until it is mended, the whole file is ignored".to_owned());
            mistakes.add(span, format!("this is no TOML: {}", error.message().trim()), help);
        }
    }
    Err(mistakes.finish())
}

/// The bytes of such a file as text.
pub(super) fn text<'s>(path: &str, bytes: &'s [u8]) -> Result<&'s str, Box<Diagnostic>> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let valid = String::from_utf8_lossy(bytes);
        let message = format!("byte {at} is not UTF-8; the whole file is ignored");
        let span = Span::new(at, at + 1);
        Box::new(
            Diagnostic::at(Code::SettingsSyntax, path, &valid, span, message)
                .with_help("save the file as UTF-8"),
        )
    })
}

/// The tables `[[name]]` of a file with where each stands; whatever else is in it is a mistake.
pub(super) fn entries<'t, 's>(
    table: &'t DeTable<'s>,
    name: &str,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(&'t DeTable<'s>, Range<usize>)> {
    let mut entries = Vec::new();
    for (key, value) in table {
        match value.get_ref() {
            DeValue::Array(items) if key.get_ref() == name => {
                for item in items {
                    match item.get_ref() {
                        DeValue::Table(entry) => entries.push((entry, item.span())),
                        _ => mistakes.add(item.span(), format!("must be a table, `[[{name}]]`"), None),
                    }
                }
            }
            _ if key.get_ref() == name => {
                mistakes.add(key.span(), format!("each begins with `[[{name}]]`, with two brackets"), None);
            }
            _ => {
                let message = format!("unknown key `{}`: it is not read", key.get_ref());
                mistakes.add(key.span(), message, Some(format!("entries begin with `[[{name}]]`")));
            }
        }
    }
    // The table sorts its keys, the author did not.
    entries.sort_by_key(|(_, span)| span.start);
    entries
}

/// Names the keys of an entry that are not among `known`; whether there are any.
pub(super) fn unknown_keys(entry: &DeTable<'_>, known: &[&str], mistakes: &mut Mistakes<'_>) -> bool {
    let mut any = false;
    for key in entry.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
        let name = key.get_ref();
        let nearest = known.iter().min_by_key(|known| strsim::osa_distance(known, name));
        let nearest = nearest.filter(|known| strsim::osa_distance(known, name) <= 2);
        let help = nearest.map_or_else(
            || format!("the keys are `{}`", known.join("`, `")),
            |known| format!("did you mean `{known}`?"),
        );
        mistakes.add(key.span(), format!("unknown key `{name}`: it is not read"), Some(help));
        any = true;
    }
    any
}

/// The strings of a list, or of one string, with their places.
pub(super) fn strings(
    entry: &DeTable<'_>,
    key: &str,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(String, Range<usize>)> {
    let Some(value) = entry.get(key) else { return Vec::new() };
    let items = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut strings = Vec::new();
    for item in items {
        match item.get_ref().as_str() {
            Some(text) => strings.push((text.trim().to_owned(), item.span())),
            None => mistakes.add(item.span(), format!("`{key}` is a list of words in quotes"), None),
        }
    }
    strings
}
