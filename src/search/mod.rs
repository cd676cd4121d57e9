//! A checked request becomes ranked answers with snippets.
//!
//! 1. [`request`] bounds what was asked.
//! 2. `query` turns the text into weighted terms, phrases and exclusions. tantivy's own
//!    query parser never sees what a person typed.
//! 3. `score` reads the postings once and adds up scores; the same pass tells how many
//!    articles match and how they spread over categories, tags and languages.
//! 4. Where that finds nothing good, `correct` offers other readings: pinyin, initials,
//!    another keyboard, a slip. The one that finds most is offered, or used.
//! 5. `snippet` finds the section that answers best and cuts the lines to show.
//!
//! **Invariant:** the same corpus and request give the same reply: scores are added in a
//! fixed order, and equal scores are ordered by id, then language.
//! **Invariant:** the work for a request is bounded by the lengths checked in [`request`].

pub mod request;
pub mod response;

mod query;
mod synonyms;

mod correct;
mod vocabulary;

mod facets;
mod phrase;
mod score;
mod statistics;

mod matcher;
mod snippet;

pub mod suggest;

use std::sync::Arc;

use self::query::Query;
pub use self::request::{Error, SearchRequest};
pub use self::response::{
    Contribution, FacetValue, Facets, Hit, Reading, SearchResponse, Snippet, Suggested,
};
use self::score::Ranking;
use self::statistics::Statistics;
use self::suggest::{Suggestion, Suggestions};
use self::synonyms::Synonyms;
use self::vocabulary::Vocabulary;
use crate::index::Generation;
use crate::lang::{Lang, Script};

/// A generation made ready to answer.
#[derive(Debug)]
pub struct Searcher {
    generation: Arc<Generation>,
    statistics: Statistics,
    synonyms: Synonyms,
    vocabulary: Vocabulary,
    suggestions: Suggestions,
}

/// A query whose best hit covers this share of what it tells is answered as it stands.
const GOOD: f32 = 0.6;
/// Below this share another reading is used, not only offered.
const APPLY: f32 = 0.45;
/// A mended slip must make sense of this share of what was typed.
const SENSE: f32 = 0.5;
/// By how much another reading must cover more to be offered.
const CLEARLY: f32 = 0.2;

impl Searcher {
    /// Prepares a generation.
    #[must_use]
    pub fn new(generation: Arc<Generation>) -> Self {
        let statistics = Statistics::of(&generation);
        let synonyms = Synonyms::of(&generation);
        let vocabulary = Vocabulary::of(&generation);
        let suggestions = Suggestions::of(&generation);
        Self { generation, statistics, synonyms, vocabulary, suggestions }
    }

    /// The generation it answers from.
    #[must_use]
    pub fn generation(&self) -> &Arc<Generation> {
        &self.generation
    }

    /// Answers a request.
    ///
    /// # Errors
    /// When the index cannot be read, which a verified generation does not do.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse, Error> {
        let (mut query, mut ranking) = self.rank(request.query(), request)?;
        let mut did_you_mean = None;
        if ranking.coverage < GOOD
            && let Some((text, reading, better_query, better)) = self.other_reading(request, &ranking)?
        {
            let is_applied = ranking.coverage < APPLY;
            did_you_mean = Some(Suggested { text, reading, is_applied });
            if is_applied {
                (query, ranking) = (better_query, better);
            }
        }
        let matcher = matcher::Matcher::new(&query);
        let mut hits = Vec::with_capacity(ranking.top.len());
        for ranked in &ranking.top {
            let article = self.generation.catalog().article(ranked.ordinal);
            let mut hit = snippet::hit(article, &matcher, ranked.score, self.generation.analyzer());
            if request.explain() {
                hit.explanation = score::explain(&self.generation, &self.statistics, &query, ranked.ordinal)?;
            }
            hits.push(hit);
        }
        Ok(SearchResponse {
            total: ranking.total,
            hits,
            facets: ranking.facets,
            is_shortened: query.is_shortened,
            did_you_mean,
        })
    }

    /// Titles and questions for what somebody is typing; of the request only the query and
    /// the reader's language count.
    #[must_use]
    pub fn suggest(&self, request: &SearchRequest) -> Vec<Suggestion> {
        self.suggestions.suggest(request, &self.generation)
    }

    fn rank(&self, text: &str, request: &SearchRequest) -> Result<(Query, Ranking), Error> {
        let query = query::parse(text, &self.generation, &self.synonyms, &self.statistics)?;
        let ranking = score::rank(&self.generation, &self.statistics, &query, request)?;
        Ok((query, ranking))
    }

    /// The other reading that finds most, if it finds clearly more than what was typed.
    fn other_reading(
        &self,
        request: &SearchRequest,
        typed: &Ranking,
    ) -> Result<Option<(String, Reading, Query, Ranking)>, Error> {
        let mut best: Option<(String, Reading, Query, Ranking)> = None;
        for candidate in correct::candidates(request.query(), &self.vocabulary, &self.generation) {
            let (query, ranking) = self.rank(&candidate.text, request)?;
            // A slip is mended only where that makes sense of what was typed.
            let enough = match (candidate.reading, typed.total) {
                (Reading::Typo, 0) => SENSE * 0.8,
                (Reading::Typo, _) => SENSE,
                _ => 0.0,
            };
            let least = best.as_ref().map_or(typed.coverage + CLEARLY, |(.., best)| best.coverage + 0.01);
            if ranking.coverage >= least.max(enough) {
                best = Some((candidate.text, candidate.reading, query, ranking));
            }
        }
        Ok(best)
    }
}

/// The languages whose articles come first for a query without a reader: those of its script.
fn languages_of_script(query: &str) -> &'static [Lang] {
    let has = |script| query.chars().any(|c| Script::of(c) == script);
    if has(Script::Hangul) {
        &[Lang::Ko]
    } else if has(Script::Han) {
        &[Lang::Zh, Lang::ZhHant]
    } else if query.chars().any(|c| Script::of(c) == Script::Latin && c.is_alphabetic()) {
        &[Lang::En]
    } else {
        &[]
    }
}
