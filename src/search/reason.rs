//! Why a hit is there.

use super::names::Rung;
use super::request::SearchRequest;
use super::response::{Matched, Suggested};
use super::score::Ranked;
use crate::analysis::fold;
use crate::index::ArticleView;
use crate::lang::Lang;

/// The strongest reason for a hit; of what was read in another way, that way.
pub(super) fn of(
    request: &SearchRequest,
    article: ArticleView<'_>,
    ranked: &Ranked,
    did_you_mean: Option<&Suggested>,
) -> Matched {
    let reading = did_you_mean.filter(|suggested| suggested.is_applied).map(|suggested| suggested.reading);
    let is_foreign = request.lang().is_some_and(|lang| !lang.readable().contains(&article.lang()));
    let evidence = ranked.evidence;
    match (ranked.rung, reading) {
        (Rung::Pinned(_), _) => Matched::Pinned,
        (_, Some(reading)) => Matched::Reading(reading),
        _ if is_foreign => Matched::Language,
        (Rung::Title | Rung::Question | Rung::Heading, None) => Matched::Exact,
        _ if evidence.has_entity() => Matched::Entity,
        _ if evidence.has_word() && is_other_script(request.query(), article) => Matched::Script,
        _ if evidence.has_word() => Matched::Word,
        _ if evidence.has_synonym() => Matched::Synonym,
        _ => Matched::Partial,
    }
}

/// Whether the query is Traditional and the article Simplified, or the other way round.
fn is_other_script(query: &str, article: ArticleView<'_>) -> bool {
    match article.lang() {
        Lang::Zh => fold::is_traditional(query),
        Lang::ZhHant => !fold::is_traditional(query) && fold::is_traditional(article.title()),
        Lang::En | Lang::Ko => false,
    }
}
