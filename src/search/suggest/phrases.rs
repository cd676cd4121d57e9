//! The titles and questions of one language, found by what they contain.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::keys::{self, Keys, MAX_PHRASES, Posting};
use super::pieces::Piece;
use super::spellings::Spellings;
use super::units::{Found, Phrase, Way, units};
use crate::analysis::{Analyzer, Kind, Mode, fold, hangul, stop_words};
use crate::index::{ArticleView, Catalog};
use crate::lang::{Lang, Script};
use crate::text::{self, Span};

/// Longer titles and questions are not suggested, in characters.
const MAX_CHARS: usize = 256;
/// Most phrases that are read for one look-up.
const MAX_READ: usize = 512;
/// Most phrases that one look-up gives.
const MAX_FOUND: usize = 64;
/// Most phrases in which words are counted by their initials.
const MAX_COUNTED: usize = 128;
/// Most words for the same initials.
const MAX_WORDS: usize = 4;

/// A title or a question.
#[derive(Debug)]
struct Entry {
    /// Where its folded text begins.
    start: u32,
    /// Its article in the catalog.
    ordinal: u32,
    /// 0 for the title, else the question's place, counted from 1.
    number: u16,
}

/// The phrases of a language.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// The folded texts, one behind the other.
    text: String,
    /// What is better when nothing else tells comes first: titles, short ones, those that
    /// authors put first.
    entries: Vec<Entry>,
    /// In the order of [`Way::INDEXED`].
    keys: [Keys; Way::INDEXED.len()],
    pub(super) spellings: Spellings,
}

/// A phrase in which all that was typed stands.
pub(super) struct Match {
    pub(super) ordinal: u32,
    /// 0 for the title, else the question's place, counted from 1.
    pub(super) number: u16,
    /// How much of the phrase was typed, the better first.
    pub(super) extent: Extent,
    /// Evidence, from 0 to 1.
    pub(super) score: f32,
    /// In the folded text; may overlap.
    pub(super) spans: Vec<Span>,
}

/// How much of a phrase was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// Its beginning.
    Beginning,
    /// Something in it.
    Some,
}

impl Phrases {
    /// Reads the titles and questions in a language.
    pub(super) fn of(catalog: &Catalog, lang: Lang) -> Self {
        let mut collected: Vec<(bool, usize, i32, u32, u16, &str)> = Vec::new();
        for article in catalog.iter().filter(|article| article.lang() == lang) {
            for (number, phrase) in (0..=u16::MAX).zip(std::iter::once(article.title()).chain(article.questions())) {
                let length = phrase.chars().count();
                if length <= MAX_CHARS {
                    collected.push((number > 0, length, article.order(), article.ordinal(), number, phrase));
                }
            }
        }
        collected.sort_unstable();
        collected.truncate(MAX_PHRASES);
        let mut phrases = Self::default();
        let mut builders: [keys::Builder; Way::INDEXED.len()] = Default::default();
        let mut words = BTreeSet::new();
        for (at, (.., ordinal, number, phrase)) in (0..).zip(collected) {
            let folded = fold::fold(phrase).text;
            let units = units(&folded);
            let phrase = Phrase { folded: &folded, units: &units };
            for unit in 0..units.len() {
                let posting = Posting::new(phrase.place(unit), at);
                phrase.codes(unit, |way, code| builders[channel(way)].add(code, posting));
            }
            words.extend(phrase.words());
            // The catalog's own texts have their places in 32 bits, too.
            let start = u32::try_from(phrases.text.len()).unwrap_or(u32::MAX);
            phrases.entries.push(Entry { start, ordinal, number });
            phrases.text.push_str(&folded);
        }
        phrases.keys = builders.map(keys::Builder::build);
        phrases.spellings = Spellings::of(words);
        phrases
    }

    /// The folded text of a phrase.
    fn folded(&self, phrase: u32) -> &str {
        let start = |at: usize| self.entries.get(at).map_or(self.text.len(), |entry| entry.start as usize);
        let at = phrase as usize;
        text::slice(&self.text, Span::new(start(at), start(at + 1)))
    }

    /// Whether something is known that begins with what is written in this way, as far as a
    /// key goes.
    pub(super) fn has(&self, way: Way, written: &str) -> bool {
        !self.beginning(way, written).is_empty()
    }

    fn beginning(&self, way: Way, written: &str) -> &[Posting] {
        self.keys[channel(way)].beginning(&way.code(written))
    }

    /// The Chinese words with these initials that stand most often, and how often compared to
    /// the first. They begin and end where words do.
    pub(super) fn with_initials(&self, initials: &str, analyzer: &Analyzer) -> Vec<(String, f32)> {
        if initials.len() < 2 {
            return Vec::new();
        }
        let mut counts: BTreeMap<&str, u16> = BTreeMap::new();
        for at in best_of_all(self.beginning(Way::Initials, initials).to_vec(), MAX_COUNTED) {
            let folded = self.folded(at);
            let units = units(folded);
            let found = Phrase { folded, units: &units }.find(Way::Initials, initials);
            let Some(span) = found.map(|found| found.span) else { continue };
            let (mut begins, mut ends) = (false, false);
            analyzer.analyze(folded, Mode::Query, |token| {
                if token.kind == Kind::Word(Script::Han) {
                    begins |= token.span.start == span.start;
                    ends |= token.span.end == span.end;
                }
            });
            if begins && ends {
                *counts.entry(text::slice(folded, span)).or_default() += 1;
            }
        }
        let mut words: Vec<(&str, u16)> = counts.into_iter().collect();
        words.sort_by_key(|(words, count)| (Reverse(*count), *words));
        let most = words.first().map_or(1.0, |(_, count)| f32::from(*count));
        words.into_iter().take(MAX_WORDS).map(|(words, count)| (words.to_owned(), f32::from(count) / most)).collect()
    }

    /// The phrases in which all pieces stand; `typed` is all of them without blanks and marks.
    pub(super) fn find(&self, pieces: &[Piece], typed: &str) -> Vec<Match> {
        let mut found: Vec<(&Piece, Vec<&[Posting]>, usize)> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let postings: Vec<&[Posting]> =
                piece.ways.iter().map(|way| self.beginning(way.way, &way.written)).collect();
            let count = postings.iter().map(|postings| postings.len()).sum();
            if count == 0 {
                return Vec::new();
            }
            found.push((piece, postings, count));
        }
        found.sort_by_key(|(_, _, count)| *count);
        let rarity: Vec<(&Piece, f32)> =
            found.iter().map(|(piece, _, count)| (*piece, self.rarity(*count))).collect();
        let slices: Vec<&[&[Posting]]> = found.iter().map(|(_, postings, _)| postings.as_slice()).collect();
        let candidates = self.in_all(&slices);
        let matches = candidates.iter().filter_map(|phrase| self.read(*phrase, &rarity, typed));
        matches.take(MAX_FOUND).collect()
    }

    /// Phrases that are in every list, the likelier first, at most [`MAX_READ`]. The lists
    /// come by length; once few phrases are left, the longer lists are not read.
    fn in_all(&self, lists: &[&[&[Posting]]]) -> Vec<u32> {
        let Some((shortest, others)) = lists.split_first() else { return Vec::new() };
        let mut best: Vec<Posting> = shortest.concat();
        if best.len() > MAX_READ && !others.is_empty() {
            // For each phrase in how many lists it was.
            let mut counts = vec![0_u8; self.entries.len()];
            for posting in &best {
                counts[posting.phrase() as usize] = 1;
            }
            for (list, wanted) in others.iter().zip(1..) {
                let mut left = 0;
                for posting in list.iter().copied().flatten() {
                    let count = &mut counts[posting.phrase() as usize];
                    if *count == wanted {
                        *count += 1;
                        left += 1;
                    }
                }
                best.retain(|posting| counts[posting.phrase() as usize] > wanted);
                if left <= MAX_READ {
                    break;
                }
            }
        }
        best_of_all(best, MAX_READ)
    }

    /// How much finding something tells that is found so often (Robertson and Spärck Jones).
    #[expect(clippy::cast_precision_loss, reason = "counts of phrases")]
    fn rarity(&self, count: usize) -> f32 {
        let (all, count) = (self.entries.len() as f32, count.min(self.entries.len()) as f32);
        (1.0 + (all - count + 0.5) / (count + 0.5)).ln()
    }

    /// Judges a phrase; `None` unless every piece stands in it.
    fn read(&self, at: u32, pieces: &[(&Piece, f32)], typed: &str) -> Option<Match> {
        let folded = self.folded(at);
        let units = units(folded);
        let phrase = Phrase { folded, units: &units };
        let (mut evidence, mut possible) = (0.0, 0.0);
        let mut spans = Vec::with_capacity(pieces.len());
        let mut begins = false;
        for (piece, rarity) in pieces {
            let (quality, found) = best_of(piece, phrase)?;
            evidence += rarity * quality;
            possible += rarity;
            begins |= found.place == keys::Place::Phrase;
            spans.push(found.span);
        }
        let extent = match rest_of(phrase, typed) {
            Some("") => Extent::Whole,
            Some(_) => Extent::Beginning,
            None if pieces.len() == 1 && begins => Extent::Beginning,
            None => Extent::Some,
        };
        let entry = &self.entries[at as usize];
        let share = covered(&spans, folded.len());
        let title = f32::from(u8::from(entry.number == 0));
        let score = 0.75 * evidence / possible + 0.15 * title + 0.1 * share;
        Some(Match { ordinal: entry.ordinal, number: entry.number, extent, score, spans })
    }
}

impl Match {
    /// Sorts the better first: how much of the phrase was typed, evidence, titles before
    /// questions, then the authors' order.
    pub(super) fn rank(&self, article: ArticleView<'_>) -> impl Ord + use<> {
        // Scores lie between 0 and 1; finer differences mean nothing.
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 10,000")]
        let score = (self.score * 10_000.0) as i32;
        (self.extent, Reverse(score), self.number > 0, article.order())
    }
}

impl Phrase<'_> {
    /// The words whose slips of a letter are forgiven, as they are typed.
    fn words(self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for unit in self.units {
            let own = text::slice(self.folded, unit.span);
            match unit.script {
                Script::Latin => words.push(own.to_owned()),
                Script::Hangul if unit.is_first => words.push(hangul::keystrokes(own)),
                Script::Hangul => {
                    if let Some(word) = words.last_mut() {
                        word.push_str(&hangul::keystrokes(own));
                    }
                }
                _ => {}
            }
        }
        words
    }
}

/// The phrases of the best postings, each once, at most `count`.
fn best_of_all(mut postings: Vec<Posting>, count: usize) -> Vec<u32> {
    if postings.len() > count {
        postings.select_nth_unstable(count);
        postings.truncate(count);
    }
    postings.sort_unstable();
    let mut seen = BTreeSet::new();
    postings.iter().map(|posting| posting.phrase()).filter(|phrase| seen.insert(*phrase)).collect()
}

fn channel(way: Way) -> usize {
    let way = if way == Way::Alike { Way::Sound } else { way };
    Way::INDEXED.iter().position(|known| *known == way).expect("every way but Alike is indexed")
}

/// Where a piece stands best, and how well.
fn best_of(piece: &Piece, phrase: Phrase<'_>) -> Option<(f32, Found)> {
    let found = piece.ways.iter().filter_map(|way| {
        let found = phrase.find(way.way, &way.written)?;
        let place = match found.place {
            keys::Place::Phrase => 1.0,
            keys::Place::Word => 0.9,
            keys::Place::Inside => 0.7,
        };
        // A word that only asks may as well be the beginning of one that tells.
        let is_whole = found.is_whole && !stop_words::is_stop_word(&way.written);
        Some((way.quality * place * if is_whole { 1.0 } else { 0.95 }, found))
    });
    found.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// What a phrase goes on with behind `typed`, blanks and marks apart.
fn rest_of<'a>(phrase: Phrase<'a>, typed: &str) -> Option<&'a str> {
    let mut wanted = typed;
    for (at, unit) in phrase.units.iter().enumerate() {
        let own = text::slice(phrase.folded, unit.span);
        match wanted.strip_prefix(own) {
            Some("") => {
                let next = phrase.units.get(at + 1).map_or(phrase.folded.len(), |next| next.span.start);
                let is_last = at + 1 == phrase.units.len();
                return Some(if is_last { "" } else { text::from(phrase.folded, next) });
            }
            Some(rest) => wanted = rest,
            None => return own.strip_prefix(wanted),
        }
    }
    None
}

/// The share of a text that spans cover.
#[expect(clippy::cast_precision_loss, reason = "a phrase is short")]
fn covered(spans: &[Span], length: usize) -> f32 {
    let covered: usize = text::merge_spans(spans.to_vec()).iter().map(Span::len).sum();
    covered as f32 / length.max(1) as f32
}
