//! Ranking: one pass over the postings of the query's terms.
//!
//! The score of an article is a sum over terms and fields of
//! `weight(term) · weight(field) · idf(term) · tf·(k1+1) / (tf + k1·(1 − b + b·length/average))`,
//! BM25 (Robertson and Zaragoza, *The Probabilistic Relevance Framework*, 2009) for each
//! field, `idf` being that of the term in the very field. Words and grams are fields of their
//! own, so that a query scores by both. `body` holds the whole article: a term that it does
//! not have is nowhere.
//!
//! A concept of the lexicon that the query names adds the best way in which an article says it
//! (`ways`).
//!
//! The sum is multiplied by `1 + coverage²/√n`, `coverage` being the share of what the query
//! tells that the article has, and `n` the number of parts it is told in.

use std::cell::RefCell;

use tantivy::schema::IndexRecordOption;

use super::collect;
use super::facets::Facts;
use super::names::Rung;
use super::phrase;
use super::query::{Concept, Query, Term};
use super::request::{Error, SearchRequest};
use super::response::{Contribution, Facets};
use super::statistics::{FIELDS, K1, Located, Rarity, Statistics};
use super::ways::Ways;
use crate::index::Generation;
use crate::index::schema::{Part, Unit};
use crate::lang::Lang;

/// The best hits, and counts of all.
#[derive(Default)]
pub(super) struct Ranking {
    pub(super) top: Vec<Ranked>,
    /// The best of all, whatever filters leave and whatever part of them was asked for.
    pub(super) best: Option<Ranked>,
    /// The second that filters leave, whatever part of them was asked for.
    pub(super) second: Option<Ranked>,
    pub(super) total: usize,
    pub(super) facets: Facets,
    /// How much of what the query tells the article has that has most of it, 0 to 1.
    pub(super) coverage: f32,
    /// The same, a part of it by what an article has in its title, questions, headings and
    /// tags; 1 where the query names an article.
    pub(super) aboutness: f32,
}

/// An article and its score.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) ordinal: u32,
    pub(super) score: f32,
    /// By what it was found.
    pub(super) evidence: Evidence,
    /// How much of what the query tells it has, 0 to 1.
    pub(super) coverage: f32,
    /// How much of that its title, questions, headings and tags have.
    pub(super) ahead: f32,
    /// Whether it stands above scores.
    pub(super) rung: Rung,
    /// Written in a language that comes first for this query.
    pub(super) is_first: bool,
}

/// By which kinds of terms an article was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Evidence(u8);

impl Evidence {
    /// A word that was typed.
    const WORD: u8 = 1;
    const SYNONYM: u8 = 2;
    const ENTITY: u8 = 4;
    /// Anything that tells, not only asks.
    const HIT: u8 = 8;

    const fn of(term: &Term) -> u8 {
        Self::HIT
            | match term.unit {
                Unit::Word => Self::WORD,
                Unit::Gram => 0,
            }
    }

    pub(super) const fn is_hit(self) -> bool {
        self.0 & Self::HIT != 0
    }

    /// Has a word that was typed.
    pub(super) const fn has_word(self) -> bool {
        self.0 & Self::WORD != 0
    }

    /// Answers for something that was pasted.
    pub(super) const fn has_entity(self) -> bool {
        self.0 & Self::ENTITY != 0
    }

    /// Has a word of the same meaning as one that was typed.
    pub(super) const fn has_synonym(self) -> bool {
        self.0 & Self::SYNONYM != 0
    }
}

/// What an entity counts: as much as a word of its rarity that stands in an article's text,
/// title and questions.
const ENTITY_WEIGHT: f32 = 4.0;
/// What one counts that only says where a question belongs.
const HINT_WEIGHT: f32 = 0.5;
/// Scores of all articles while the postings are read. Kept for the next query of the
/// same thread: only what was touched is cleared.
#[derive(Default)]
pub(super) struct Accumulator {
    pub(super) cells: Vec<Cell>,
    pub(super) touched: Vec<u32>,
    ways: Ways,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) score: f32,
    /// The parts of [`Query::told`] that it has.
    pub(super) told: u32,
    /// Those of them that its title, questions, headings or tags have.
    pub(super) told_ahead: u32,
    pub(super) evidence: Evidence,
}

thread_local! {
    static ACCUMULATOR: RefCell<Accumulator> = RefCell::default();
}

/// What a query is ranked by.
#[derive(Clone, Copy)]
pub(super) struct Index<'a> {
    generation: &'a Generation,
    statistics: &'a Statistics,
    rarity: Rarity,
}

/// Ranks all articles for a query.
pub(super) fn rank(
    generation: &Generation,
    statistics: &Statistics,
    query: &Query<'_>,
    request: &SearchRequest,
) -> Result<Ranking, Error> {
    ACCUMULATOR.with_borrow_mut(|accumulator| {
        accumulator.clear(generation.catalog().len());
        accumulator.add_all(Index { generation, statistics, rarity: query.rarity }, query)?;
        let allowed = phrase::allowed(generation, &query.required, &query.excluded)?;
        let reader = request.lang().filter(|_| request.languages().is_none() && !allowed.is_any());
        if let Some(reader) = reader {
            accumulator.translate(&statistics.facts, reader);
        }
        Ok(collect::collect(generation, &statistics.facts, query, request, &allowed, accumulator))
    })
}

impl Accumulator {
    /// Forgets the query before, however that ended.
    fn clear(&mut self, articles: usize) {
        for ordinal in self.touched.drain(..) {
            self.cells[ordinal as usize] = Cell::default();
        }
        self.cells.resize(articles.max(self.cells.len()), Cell::default());
        self.ways.clear(articles);
    }

    fn add_all(&mut self, index: Index<'_>, query: &Query) -> Result<(), Error> {
        // Terms that only ask come last: of what has nothing else they are not even read.
        let (content, asking): (Vec<&Term>, Vec<&Term>) =
            query.terms.iter().partition(|term| term.is_content);
        for term in content {
            let evidence = Evidence::of(term);
            index.each(&term.located, term.unit, term.weight, |part, ordinal, score| {
                let cell = self.touch(ordinal, evidence);
                cell.told |= term.tells;
                cell.told_ahead |= if part == Part::Body { 0 } else { term.tells };
                cell.score += score;
            })?;
        }
        for concept in &query.concepts {
            self.add_concept(index, concept)?;
        }
        for entity in &query.entities {
            let (weight, evidence) = if entity.is_hint {
                (HINT_WEIGHT, Evidence::HIT)
            } else {
                (ENTITY_WEIGHT, Evidence::HIT | Evidence::ENTITY)
            };
            let weight = weight * query.rarity.idf(entity.ordinals.len() as u64);
            for ordinal in &entity.ordinals {
                let cell = self.touch(*ordinal, evidence);
                cell.told |= entity.tells;
                cell.told_ahead |= entity.tells;
                cell.score += weight;
            }
        }
        for ordinal in query.named.pinned() {
            self.touch(ordinal, Evidence::HIT);
        }
        for term in asking {
            index.each(&term.located, term.unit, term.weight, |_, ordinal, score| {
                let cell = &mut self.cells[ordinal as usize];
                if cell.evidence.is_hit() {
                    cell.score += score;
                }
            })?;
        }
        Ok(())
    }

    /// Gives what an article was found by to its translation for a reader, where there is one.
    fn translate(&mut self, facts: &Facts, reader: Lang) {
        for index in 0..self.touched.len() {
            let ordinal = self.touched[index];
            let is_readable = |ordinal: u32| reader.readable().contains(&facts.lang(ordinal));
            if is_readable(ordinal) {
                continue;
            }
            let Some(translation) = facts.translations(ordinal).find(|other| is_readable(*other)) else {
                continue;
            };
            let found = std::mem::take(&mut self.cells[ordinal as usize]);
            let cell = self.touch(translation, Evidence::HIT | Evidence::SYNONYM);
            cell.told |= found.told;
            cell.told_ahead |= found.told_ahead;
            cell.score = cell.score.max(found.score);
        }
    }

    /// Adds the best way in which each article says a concept.
    fn add_concept(&mut self, index: Index<'_>, concept: &Concept<'_>) -> Result<(), Error> {
        let mut ways = std::mem::take(&mut self.ways);
        let read = concept.ways.iter().try_for_each(|way| ways.read(index, way));
        ways.take_best(|ordinal, score, is_ahead| {
            let cell = self.touch(ordinal, Evidence::HIT | Evidence::SYNONYM);
            cell.told |= concept.tells;
            cell.told_ahead |= if is_ahead { concept.tells } else { 0 };
            cell.score += score;
        });
        self.ways = ways;
        read
    }

    /// The cell of an article that was found by `evidence`.
    fn touch(&mut self, ordinal: u32, evidence: u8) -> &mut Cell {
        let cell = &mut self.cells[ordinal as usize];
        if cell.evidence.0 == 0 {
            self.touched.push(ordinal);
        }
        cell.evidence.0 |= evidence;
        cell
    }
}

impl Index<'_> {
    /// Calls `each` with the part, the article and the score of every occurrence of a term.
    pub(super) fn each(
        self,
        located: &Located,
        unit: Unit,
        weight: f32,
        mut each: impl FnMut(Part, u32, f32),
    ) -> Result<(), Error> {
        for (index, info) in located.fields() {
            let scoring = FIELDS[index];
            let field = self.generation.inverted().text(scoring.part, unit);
            let idf = self.rarity.idf(u64::from(info.doc_freq));
            let weight = weight * scoring.weight(unit) * idf * (K1 + 1.0);
            let mut postings =
                field.postings.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            let (lengths, norms) = (self.statistics.lengths(index, unit), self.statistics.norms(index, unit));
            while !postings.docs().is_empty() {
                for (ordinal, frequency) in postings.docs().iter().zip(postings.freqs()) {
                    #[expect(clippy::cast_precision_loss, reason = "BM25 works on rounded figures")]
                    let frequency = *frequency as f32;
                    let norm = norms[lengths[*ordinal as usize] as usize];
                    each(scoring.part, *ordinal, weight * frequency / (frequency + norm));
                }
                postings.advance();
            }
        }
        Ok(())
    }
}

/// What each term and field, and coverage, adds to the score of one article, the most first.
pub(super) fn explain(
    generation: &Generation,
    statistics: &Statistics,
    query: &Query<'_>,
    ranked: &Ranked,
) -> Result<Vec<Contribution>, Error> {
    let ordinal = ranked.ordinal;
    let index = Index { generation, statistics, rarity: query.rarity };
    let mut contributions = Vec::new();
    for term in &query.terms {
        contributions.extend(index.explain(&term.text, &term.located, term.unit, term.weight, ordinal)?);
    }
    for concept in &query.concepts {
        contributions.extend(index.explain_concept(concept, ordinal)?);
    }
    // What remains is for having much of the query.
    let added = sum(&contributions);
    contributions.push(Contribution {
        field: "all",
        unit: "coverage",
        term: format!("{:.2}", ranked.coverage),
        score: ranked.score - added,
    });
    contributions.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(contributions)
}

fn sum(contributions: &[Contribution]) -> f32 {
    contributions.iter().map(|contribution| contribution.score).sum()
}

impl Index<'_> {
    /// What a term adds to the score of one article, field by field.
    fn explain(
        self,
        text: &str,
        located: &Located,
        unit: Unit,
        weight: f32,
        ordinal: u32,
    ) -> Result<Vec<Contribution>, Error> {
        let mut contributions = Vec::new();
        self.each(located, unit, weight, |part, found, score| {
            if found == ordinal {
                contributions.push(Contribution {
                    field: part.name(),
                    unit: match unit {
                        Unit::Word => "word",
                        Unit::Gram => "gram",
                    },
                    term: text.to_owned(),
                    score,
                });
            }
        })?;
        Ok(contributions)
    }

    /// What the best way to say a concept adds.
    fn explain_concept(self, concept: &Concept<'_>, ordinal: u32) -> Result<Vec<Contribution>, Error> {
        let mut best = Vec::new();
        for way in &concept.ways {
            let (mut all, mut has_all) = (Vec::new(), true);
            for (term, weight) in way.way.terms.iter().zip(&way.weights) {
                let of_term = self.explain(&term.text, &term.located, term.unit, *weight, ordinal)?;
                has_all &= !of_term.is_empty();
                all.extend(of_term);
            }
            if has_all && sum(&all) > sum(&best) {
                best = all;
            }
        }
        Ok(best)
    }
}
