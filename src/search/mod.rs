//! A checked request becomes ranked answers with snippets.
//!
//! 1. [`request`] bounds what was asked.
//! 2. `query` turns the text into weighted terms, phrases and exclusions. tantivy's own
//!    query parser never sees what a person typed.
//! 3. `score` reads the postings once and adds up scores; the same pass tells how many
//!    articles match and how they spread over categories, tags and languages.
//! 4. Where that finds nothing good, `correct` offers other readings: pinyin, initials,
//!    another keyboard, a slip. `answer` offers or uses the one that finds most, and takes
//!    back what does not speak of the question.
//! 5. `reason` says why a hit is there, `snippet` finds the section that answers best and
//!    cuts the lines to show, `featured` takes a section that clearly answers.
//!
//! **Invariant:** the same corpus and request give the same reply: scores are added in a
//! fixed order, and equal scores are ordered by id, then language.
//! **Invariant:** the work for a request is bounded by the lengths checked in [`request`].

pub mod request;
pub mod response;

mod names;
mod query;
mod synonyms;
mod told;

mod correct;
mod vocabulary;

mod collect;
mod facets;
mod phrase;
mod score;
mod statistics;
mod ways;

mod answer;

mod featured;
mod matcher;
mod reason;
mod snippet;

pub mod suggest;

use std::sync::{Arc, OnceLock};

use self::answer::Answer;
pub use self::request::{Error, SearchRequest};
pub use self::response::{
    Contribution, FacetValue, Facets, Featured, Hit, Matched, Reading, SearchResponse, Snippet, Suggested,
};
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
    /// Made when first needed, as the next: together they take several times what opening a
    /// generation does, and most questions are answered without.
    vocabulary: OnceLock<Vocabulary>,
    suggestions: OnceLock<Suggestions>,
}

impl Searcher {
    /// Prepares a generation as far as every question needs it.
    #[must_use]
    pub fn new(generation: Arc<Generation>) -> Self {
        let statistics = Statistics::of(&generation);
        let synonyms = Synonyms::of(&generation);
        Self { generation, statistics, synonyms, vocabulary: OnceLock::new(), suggestions: OnceLock::new() }
    }

    /// Makes what is otherwise made when it is first needed.
    pub fn warm(&self) {
        self.vocabulary();
        self.suggestions();
    }

    fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| Vocabulary::of(&self.generation))
    }

    fn suggestions(&self) -> &Suggestions {
        self.suggestions.get_or_init(|| Suggestions::of(&self.generation))
    }

    /// The generation it answers from.
    #[must_use]
    pub fn generation(&self) -> &Arc<Generation> {
        &self.generation
    }

    /// Answers a request: from articles its reader reads; where these say next to nothing of it, by
    /// those of any language, or rather by their translations.
    ///
    /// # Errors
    /// When the index cannot be read, which a verified generation does not do.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse, Error> {
        let Answer { query, ranking, did_you_mean } = self.answer_in_any_language(request)?;
        let matcher = matcher::Matcher::new(&query);
        let mut hits = Vec::with_capacity(ranking.top.len());
        for ranked in &ranking.top {
            let article = self.generation.catalog().article(ranked.ordinal);
            let matched = reason::of(request, article, ranked, did_you_mean.as_ref());
            let mut hit = snippet::hit(article, &matcher, ranked.score, matched, self.generation.analyzer());
            if request.explain() {
                hit.explanation = score::explain(&self.generation, &self.statistics, &query, ranked)?;
            }
            hits.push(hit);
        }
        let featured = match hits.first() {
            Some(hit) if request.offset() == 0 => {
                featured::of(&self.generation, &query, &ranking, &matcher, hit)?
            }
            _ => None,
        };
        Ok(SearchResponse {
            total: ranking.total,
            coverage: ranking.coverage,
            hits,
            featured,
            facets: ranking.facets,
            is_shortened: query.is_shortened,
            did_you_mean,
        })
    }

    /// The lines of any text that answer a request, cut and marked as those of a hit are.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn snippet(&self, request: &SearchRequest, text: &str) -> Result<Snippet, Error> {
        let query = self.answer_in_any_language(request)?.query;
        Ok(snippet::of_text(text, &matcher::Matcher::new(&query), self.generation.analyzer()))
    }

    /// Titles and questions for what somebody is typing; of the request only the query and
    /// the reader's language count.
    #[must_use]
    pub fn suggest(&self, request: &SearchRequest) -> Vec<Suggestion> {
        self.suggestions().suggest(request, &self.generation)
    }

    /// The hits of [`Self::search`] as ordinals of the catalog with their scores, without the
    /// work of showing them.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn documents(&self, request: &SearchRequest) -> Result<Vec<(u32, f32)>, Error> {
        let top = self.answer_in_any_language(request)?.ranking.top;
        Ok(top.iter().map(|ranked| (ranked.ordinal, ranked.score)).collect())
    }

    fn answer_in_any_language(&self, request: &SearchRequest) -> Result<Answer<'_>, Error> {
        let answer = self.answer(request)?;
        if !answer.is_weak() || request.languages().is_none() || request.is_lang_only() {
            return Ok(answer);
        }
        let other = self.answer(&request.clone().in_any_language())?;
        Ok(if answer.is_nothing() || other.is_clearly_better_than(&answer) { other } else { answer })
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
