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

use super::Article;
use super::diagnostic::{Code, Diagnostic};
use super::settings::{self, Mistakes};

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

/// Reads the file and hands every article its pins. What cannot be used is reported and left
/// out, the rest is used; a file that is no TOML has no pins.
pub(super) fn apply(path: &str, source: &str, articles: &mut [Article]) -> Vec<Diagnostic> {
    let table = match settings::table(path, source) {
        Ok(table) => table,
        Err(diagnostics) => return diagnostics,
    };
    let mut mistakes = Mistakes::new(Code::Pins, path, source);
    let mut seen = BTreeSet::new();
    for (entry, span) in settings::entries(table.get_ref(), "pins", &mut mistakes) {
        let has_slip = settings::unknown_keys(entry, &["queries", "first", "hide"], &mut mistakes);
        let [queries, first, hide] =
            ["queries", "first", "hide"].map(|key| settings::strings(entry, key, &mut mistakes));
        if !entry.keys().any(|key| key.get_ref() == "queries") {
            if !has_slip {
                mistakes.add(span, "a pin without `queries` is left out", None);
            }
            continue;
        }
        if let Some((_, beyond)) = first.get(MAX_FIRST) {
            mistakes.add(beyond.clone(), format!("at most {MAX_FIRST} articles can come first"), None);
        }
        let first = first.into_iter().take(MAX_FIRST).enumerate().map(|(place, id)| (id, Some(place)));
        let ids: Vec<_> = first.chain(hide.into_iter().map(|id| (id, None))).collect();
        for ((id, span), _) in &ids {
            if !articles.iter().any(|article| article.id == *id) {
                mistakes.add(span.clone(), format!("no published article `{id}`"), None);
            }
        }
        for (query, span) in queries {
            if query.is_empty() || !seen.insert(query.to_lowercase()) {
                mistakes.add(span, format!("the query `{query}` is empty or stands here twice"), None);
                continue;
            }
            for ((id, _), place) in &ids {
                let named = articles.iter_mut().filter(|article| article.id == *id);
                named.for_each(|article| article.pins.push(Pin { query: query.clone(), place: *place }));
            }
        }
    }
    mistakes.finish()
}
