//! `pins.toml`: articles that come first for a query, or never.
//!
//! ```toml
//! [[pins]]
//! queries = ["提现", "cash out"]
//! first = ["withdrawal/withdraw-bank"]
//! hide = ["withdrawal/withdraw-crypto"]
//! ```
//!
//! A pin holds where the whole query is one of `queries`, whatever its case, width, script
//! (Traditional or Simplified) or punctuation; ids count in every language.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Article;
use super::diagnostic::{Code, Diagnostic, MAX_PLACED};
use crate::text::Span;

/// Most articles that can be first for one query.
pub const MAX_FIRST: usize = 5;

/// An author's word on one query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The query.
    pub query: String,
    /// The article's place among the first, from 0; `None`: it is never a hit.
    pub place: Option<usize>,
}

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pins {
    #[serde(default)]
    pins: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    queries: Vec<Spanned<String>>,
    #[serde(default)]
    first: Vec<Spanned<String>>,
    #[serde(default)]
    hide: Vec<Spanned<String>>,
}

impl Pins {
    /// Reads the file and hands every article its pins. What cannot be used is reported.
    pub(super) fn apply(path: &str, source: &str, articles: &mut [Article]) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let mut report = |span: std::ops::Range<usize>, message: String| {
            let span = Span::new(span.start, span.end);
            if diagnostics.len() < MAX_PLACED {
                diagnostics.push(Diagnostic::at(Code::Pins, path, source, span, message));
            }
        };
        let pins = match toml::from_str::<Self>(source) {
            Ok(pins) => pins,
            Err(error) => {
                report(error.span().unwrap_or_default(), error.message().to_owned());
                return diagnostics;
            }
        };
        let mut seen = BTreeSet::new();
        for entry in &pins.pins {
            if let Some(beyond) = entry.first.get(MAX_FIRST) {
                report(beyond.span(), format!("at most {MAX_FIRST} articles can come first"));
            }
            let first = entry.first.iter().take(MAX_FIRST).enumerate().map(|(place, id)| (id, Some(place)));
            let ids: Vec<_> = first.chain(entry.hide.iter().map(|id| (id, None))).collect();
            for (id, _) in &ids {
                if !articles.iter().any(|article| article.id == *id.get_ref()) {
                    report(id.span(), format!("no published article `{}`", id.get_ref()));
                }
            }
            for query in &entry.queries {
                let text = query.get_ref().trim();
                if text.is_empty() || !seen.insert(text.to_lowercase()) {
                    report(query.span(), format!("the query `{text}` is empty or stands here twice"));
                    continue;
                }
                for (id, place) in &ids {
                    let named = articles.iter_mut().filter(|article| article.id == *id.get_ref());
                    named
                        .for_each(|article| article.pins.push(Pin { query: text.to_owned(), place: *place }));
                }
            }
        }
        diagnostics
    }
}
