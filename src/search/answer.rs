//! Which reading of a query is answered, and when there is honestly nothing to answer.
//!
//! **How the limits were chosen.** On 916 queries in three languages for the sample help
//! center, 130 of them about things it does not speak of, and 2,427 questions of ten public
//! relevance sets, the best figure to tell them apart was [`Ranking::aboutness`] times a power
//! of the number of parts a query is told in: a long question may leave much unsaid, a short
//! one is meant as it stands. At these limits two of three questions without an answer find
//! nothing, at the price of one of a hundred with one. Plain coverage, the best
//! score, words in one section or within a line told less; a logistic regression over all of
//! these turned away some more, by scores that mean nothing in another help center.

use super::query::{self, Query};
use super::request::{Error, SearchRequest};
use super::response::{Reading, Suggested};
use super::score::{self, Ranking};
use super::{Searcher, correct};

/// A query whose best hit covers this share of what it tells is answered as it stands.
const GOOD: f32 = 0.6;
/// Below this share another reading is used, not only offered.
const APPLY: f32 = 0.45;
/// Of an article whose title, questions, headings and tags have less of what is told, the text
/// says it in passing.
const PASSING: f32 = 0.3;
/// A mended slip must make sense of this share of what was typed.
const SENSE: f32 = 0.7;
/// By how much another reading must cover more to be offered.
const CLEARLY: f32 = 0.3;
/// The aboutness that a query of one part must reach for hits to be shown; one of `n` parts
/// a `n^TALK`-th of it.
const SPEAKS: f32 = 0.68;
/// How much of a long question may be talk.
const TALK: f32 = 0.6;

/// A query as it was read, and what it finds.
pub(super) struct Answer<'a> {
    pub(super) query: Query<'a>,
    pub(super) ranking: Ranking,
    pub(super) did_you_mean: Option<Suggested>,
}

impl Answer<'_> {
    /// Whether nothing is found; where only a filter leaves nothing, the facets say so.
    pub(super) fn is_nothing(&self) -> bool {
        self.ranking.total == 0 && self.ranking.facets.category.is_empty()
    }

    /// Whether other languages are worth a look.
    pub(super) fn is_weak(&self) -> bool {
        self.is_nothing() || self.ranking.coverage < APPLY || self.ahead() < PASSING
    }

    /// Whether its articles say clearly more of what is asked, or are about what the others
    /// only mention.
    pub(super) fn is_clearly_better_than(&self, other: &Self) -> bool {
        let (own, others) = (self.ranking.coverage, other.ranking.coverage);
        own >= GOOD && (own >= others + CLEARLY || other.ahead() < PASSING && self.ahead() >= GOOD)
    }

    /// How much of what is told stands in title, questions, headings or tags of the best.
    fn ahead(&self) -> f32 {
        self.ranking.best.map_or(0.0, |best| best.ahead)
    }
}

/// A reading in place of what was typed, and what it finds.
type OtherReading<'a> = (String, Reading, Query<'a>, Ranking);

impl Searcher {
    /// Reads a query as typed or, where that finds nothing good, in the way that finds most.
    pub(super) fn answer(&self, request: &SearchRequest) -> Result<Answer<'_>, Error> {
        let (mut query, mut ranking) = self.rank(request.query(), request)?;
        let mut did_you_mean = None;
        if ranking.coverage < GOOD
            && let Some((text, reading, better_query, better)) = self.other_reading(request, &ranking)?
        {
            let is_applied = ranking.coverage < APPLY || !speaks_of(&query, &ranking);
            did_you_mean = Some(Suggested { text, reading, is_applied });
            if is_applied {
                (query, ranking) = (better_query, better);
            }
        }
        if !speaks_of(&query, &ranking) {
            ranking = Ranking::default();
            did_you_mean = None;
        }
        Ok(Answer { query, ranking, did_you_mean })
    }

    fn rank(&self, text: &str, request: &SearchRequest) -> Result<(Query<'_>, Ranking), Error> {
        let rarity = self.statistics.among(request.languages());
        let query = query::parse(text, &self.generation, &self.synonyms, rarity)?;
        let ranking = score::rank(&self.generation, &self.statistics, &query, request)?;
        Ok((query, ranking))
    }

    /// The other reading that finds most, if it finds clearly more than what was typed.
    fn other_reading(
        &self,
        request: &SearchRequest,
        typed: &Ranking,
    ) -> Result<Option<OtherReading<'_>>, Error> {
        let mut best: Option<OtherReading<'_>> = None;
        for candidate in correct::candidates(request.query(), self.vocabulary(), &self.generation) {
            let (query, ranking) = self.rank(&candidate.text, request)?;
            // A slip is mended only where that makes sense of what was typed.
            let enough = match (candidate.reading, typed.total) {
                (Reading::Typo, 0) => SENSE * 0.8,
                (Reading::Typo, _) => SENSE,
                _ => 0.0,
            };
            let least = best.as_ref().map_or(typed.coverage + CLEARLY, |(.., best)| best.coverage + 0.01);
            if ranking.coverage >= least.max(enough) && speaks_of(&query, &ranking) {
                best = Some((candidate.text, candidate.reading, query, ranking));
            }
        }
        Ok(best)
    }
}

/// Whether any article speaks of what is asked, not only of a word in it.
fn speaks_of(query: &Query<'_>, ranking: &Ranking) -> bool {
    // What stands in quotes stands in every hit, what was pasted is answered for; of a long
    // text some words are enough.
    let is_free = !query.required.is_empty()
        || query.entities.iter().any(|entity| !entity.is_hint)
        || query.is_shortened;
    is_free || ranking.aboutness * query.told.parts().max(1.0).powf(TALK) >= SPEAKS
}
