//! Ranking: one pass over the postings of the query's terms.
//!
//! The score of an article is a sum over terms and fields of
//! `weight(term) · weight(field) · idf(term) · tf·(k1+1) / (tf + k1·(1 − b + b·length/average))`,
//! BM25 (Robertson and Zaragoza, *The Probabilistic Relevance Framework*, 2009) for each
//! field, `idf` being that of the term in the very field. Words and grams are fields of their
//! own, so that a query scores by both. `body` holds the whole article: a term that it does
//! not have is nowhere.
//!
//! The sum is multiplied by `1 + coverage²/√n`, `coverage` being the share of what the query
//! tells that the article has, and `n` the number of parts it is told in.

use std::cell::RefCell;
use std::cmp::Ordering;

use tantivy::schema::IndexRecordOption;

use super::facets::{Counter, Facts, Passes};
use super::names::Rung;
use super::phrase::{self, Allowed};
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
    /// The best of all and the next, whatever part of them was asked for.
    pub(super) best: Option<Ranked>,
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
    is_first: bool,
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

    const fn is_hit(self) -> bool {
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

/// How much of [`Ranking::aboutness`] is decided by what stands in title, questions, headings
/// and tags: a word that only the text has may be said in passing.
const AHEAD: f32 = 0.25;
/// What an entity counts: as much as a word of its rarity that stands in an article's text,
/// title and questions.
const ENTITY_WEIGHT: f32 = 4.0;
/// What one counts that only says where a question belongs.
const HINT_WEIGHT: f32 = 0.5;
/// How much having all of a query adds to a score of one part; of a query of `n` parts a
/// √n-th of that. Short queries are meant as they stand, of long ones much is talk.
const COMPLETE: f32 = 1.0;

/// An article that a heading names stands above others only from this share of their best score on:
/// many a heading is a word that other articles are all about.
const CALLED: f32 = 0.5;

/// Scores of all articles while the postings are read. Kept for the next query of the
/// same thread: only what was touched is cleared.
#[derive(Default)]
struct Accumulator {
    cells: Vec<Cell>,
    touched: Vec<u32>,
    ways: Ways,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    score: f32,
    /// The parts of [`Query::told`] that it has.
    told: u32,
    /// Those of them that its title, questions, headings or tags have.
    told_ahead: u32,
    evidence: Evidence,
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
        Ok(collect(generation, &statistics.facts, query, request, &allowed, accumulator))
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

/// Filters, counts and sorts what was touched.
fn collect(
    generation: &Generation,
    facts: &Facts,
    query: &Query<'_>,
    request: &SearchRequest,
    allowed: &Allowed,
    found: &Accumulator,
) -> Ranking {
    let catalog = generation.catalog();
    let languages = request.languages().map_or(u8::MAX, mask);
    // A value that no article has is `Some(None)`: nothing passes.
    let number = |names: &[String], name: &str| {
        names.iter().position(|known| known == name).and_then(|place| u32::try_from(place).ok())
    };
    let category = request.category().map(|name| number(catalog.category_ids(), name));
    let tag = request.tag().map(|name| number(catalog.tags(), name));
    let first = if request.lang().is_none() { mask(query.script_first) } else { 0 };
    // Most queries need none of these.
    let (is_restricted, is_filtered) =
        (allowed.is_any() || query.named.hides(), category.is_some() || tag.is_some());
    let mut counter = Counter::new(catalog);
    let wanted = request.offset() + request.limit();
    let mut top = Top::new(wanted.max(2));
    let complete = COMPLETE / query.told.parts().max(1.0).sqrt();
    let score = |cell: &Cell| {
        let share = query.told.share(cell.told);
        cell.score * (1.0 + complete * share * share)
    };
    let is_readable = |ordinal: u32| languages & bit(facts.lang(ordinal)) != 0;
    // What a heading names must not be far below the best.
    let least_called = if query.named.has_headings() {
        let readable = found.touched.iter().filter(|ordinal| is_readable(**ordinal));
        CALLED * readable.map(|ordinal| score(&found.cells[*ordinal as usize])).fold(0.0, f32::max)
    } else {
        0.0
    };
    let (mut coverage, mut aboutness, mut total) = (0.0f32, 0.0f32, 0);
    for ordinal in found.touched.iter().copied() {
        let cell = found.cells[ordinal as usize];
        if !cell.evidence.is_hit() {
            continue;
        }
        if is_restricted && (!allowed.admits(ordinal) || query.named.is_hidden(ordinal)) {
            continue;
        }
        let mut passes = Passes { lang: is_readable(ordinal), category: true, tag: true };
        if is_filtered {
            passes.category = category.is_none_or(|category| category == Some(facts.category(ordinal)));
            passes.tag = tag.is_none_or(|tag| tag.is_some_and(|tag| facts.tags(ordinal).contains(&tag)));
        }
        counter.add(facts, ordinal, passes);
        if !passes.lang {
            continue;
        }
        // A filter narrows what is found; it does not change what is asked.
        let (share, ahead) = (query.told.share(cell.told), query.told.share(cell.told_ahead));
        coverage = coverage.max(share);
        let rung = match request.languages() {
            // A translation is named by what names the other.
            None if request.lang().is_some() => {
                facts.translations(ordinal).map(|ordinal| query.named.rung(ordinal)).min()
            }
            _ => None,
        };
        let rung = rung.unwrap_or_else(|| query.named.rung(ordinal));
        let score = score(&cell);
        let rung = if rung == Rung::Heading && score < least_called { Rung::Scored } else { rung };
        aboutness = aboutness.max(match rung {
            Rung::Scored => share + AHEAD * (ahead - share),
            _ => 1.0,
        });
        if passes.all() {
            total += 1;
            top.add(Ranked {
                ordinal,
                score,
                evidence: cell.evidence,
                coverage: share,
                ahead,
                rung,
                is_first: first & bit(facts.lang(ordinal)) != 0,
            });
        }
    }
    let mut top = top.finish();
    let [best, second] = [0, 1].map(|place| top.get(place).copied());
    top.truncate(wanted);
    let top = top.split_off(request.offset().min(top.len()));
    Ranking { top, best, second, total, facets: counter.finish(catalog), coverage, aboutness }
}

/// A bit for each language.
fn mask(languages: &[Lang]) -> u8 {
    languages.iter().fold(0, |mask, lang| mask | bit(*lang))
}

fn bit(lang: Lang) -> u8 {
    1 << lang as u8
}

/// The best of many, and little more.
struct Top {
    wanted: usize,
    found: Vec<Ranked>,
    /// What must be beaten once enough is found.
    last: Option<Ranked>,
}

impl Top {
    fn new(wanted: usize) -> Self {
        Self { wanted, found: Vec::with_capacity(2 * wanted), last: None }
    }

    fn add(&mut self, ranked: Ranked) {
        // Most are worse at a glance.
        if self.last.is_some_and(|last| {
            (ranked.score < last.score && ranked.rung == Rung::Scored && ranked.is_first == last.is_first)
                || by_rank(&ranked, &last).is_gt()
        }) {
            return;
        }
        self.found.push(ranked);
        if self.found.len() >= 2 * self.wanted {
            self.narrow();
        }
    }

    fn narrow(&mut self) {
        if self.wanted > 0 && self.found.len() > self.wanted {
            let (_, last, _) = self.found.select_nth_unstable_by(self.wanted - 1, by_rank);
            self.last = Some(*last);
        }
        self.found.truncate(self.wanted);
    }

    /// The best, in order.
    fn finish(mut self) -> Vec<Ranked> {
        self.narrow();
        self.found.sort_unstable_by(by_rank);
        self.found
    }
}

/// Best first; equal scores by ordinal, which follows id, then language.
fn by_rank(a: &Ranked, b: &Ranked) -> Ordering {
    a.rung
        .cmp(&b.rung)
        .then_with(|| b.is_first.cmp(&a.is_first))
        .then_with(|| b.score.total_cmp(&a.score))
        .then_with(|| a.ordinal.cmp(&b.ordinal))
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
