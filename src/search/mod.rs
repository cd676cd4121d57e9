//! A checked request becomes ranked answers with snippets.
//!
//! 1. [`request`] bounds what was asked.
//! 2. `query` turns the text into weighted terms, phrases and exclusions. tantivy's own
//!    query parser never sees what a person typed.
//! 3. `score` reads the postings once and adds up scores; the same pass tells how many
//!    articles match and how they spread over categories, tags and languages.
//! 4. `snippet` finds the section that answers best and cuts the lines to show.
//!
//! **Invariant:** the same corpus and request give the same reply: scores are added in a
//! fixed order, and equal scores are ordered by id, then language.
//! **Invariant:** the work for a request is bounded by the lengths checked in [`request`].

pub mod request;
pub mod response;

mod query;
mod synonyms;

mod facets;
mod phrase;
mod score;

mod matcher;
mod snippet;

use std::sync::Arc;

pub use self::request::{Error, SearchRequest};
pub use self::response::{Contribution, FacetValue, Facets, Hit, SearchResponse, Snippet};
use self::score::Statistics;
use self::synonyms::Synonyms;
use crate::index::Generation;
use crate::lang::{Lang, Script};

/// A generation made ready to answer.
#[derive(Debug)]
pub struct Searcher {
    generation: Arc<Generation>,
    statistics: Statistics,
    synonyms: Synonyms,
}

impl Searcher {
    /// Prepares a generation.
    #[must_use]
    pub fn new(generation: Arc<Generation>) -> Self {
        let statistics = Statistics::of(&generation);
        let synonyms = Synonyms::of(&generation);
        Self { generation, statistics, synonyms }
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
        let query = query::parse(request.query(), &self.generation, &self.synonyms)?;
        let ranking = score::rank(&self.generation, &self.statistics, &query, request)?;
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
        })
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
