//! Filters, counts and sorts what the postings have found.

use std::cmp::Ordering;

use super::facets::{Counter, Facts, Passes};
use super::names::Rung;
use super::phrase::Allowed;
use super::query::Query;
use super::request::SearchRequest;
use super::score::{Accumulator, Cell, Ranked, Ranking};
use crate::index::Generation;
use crate::lang::Lang;

/// How much of [`Ranking::aboutness`] is decided by what stands in title, questions, headings
/// and tags: a word that only the text has may be said in passing.
const AHEAD: f32 = 0.25;
/// How much having all of a query adds to a score of one part; of a query of `n` parts a
/// √n-th of that. Short queries are meant as they stand, of long ones much is talk.
const COMPLETE: f32 = 1.0;

/// An article that a heading names stands above others only from this share of their best score on:
/// many a heading is a word that other articles are all about.
const CALLED: f32 = 0.5;

/// Filters, counts and sorts what was touched.
pub(super) fn collect(
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
    let mut best: Option<Ranked> = None;
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
        let ranked = Ranked {
            ordinal,
            score,
            evidence: cell.evidence,
            coverage: share,
            ahead,
            rung,
            is_first: first & bit(facts.lang(ordinal)) != 0,
        };
        if best.is_none_or(|best| by_rank(&ranked, &best).is_lt()) {
            best = Some(ranked);
        }
        if passes.all() {
            total += 1;
            top.add(ranked);
        }
    }
    let mut top = top.finish();
    let second = top.get(1).copied();
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
