//! The titles and questions of one language, found by what they contain.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::judge::{self, Judgment};
use super::keys::{self, Keys, MAX_PHRASES, Posting};
use super::pieces::Piece;
use super::spellings::Spellings;
use super::units::{Phrase, Way, units};
use crate::analysis::{Analyzer, Kind, Mode, fold, hangul};
use crate::index::Catalog;
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
    /// Latin words.
    pub(super) latin: Spellings,
    /// Korean words, as they are typed.
    pub(super) korean: Spellings,
}

/// A phrase in which all that was typed stands.
pub(super) struct Match {
    pub(super) ordinal: u32,
    /// 0 for the title, else the question's place, counted from 1.
    pub(super) number: u16,
    pub(super) judgment: Judgment,
}

impl Phrases {
    /// Reads the titles and questions in a language.
    pub(super) fn of(catalog: &Catalog, lang: Lang) -> Self {
        let mut collected: Vec<(bool, usize, i32, u32, u16, &str)> = Vec::new();
        for article in catalog.iter().filter(|article| article.lang() == lang) {
            for (number, phrase) in
                (0..=u16::MAX).zip(std::iter::once(article.title()).chain(article.questions()))
            {
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
        let (mut latin, mut korean) = (BTreeSet::new(), BTreeSet::new());
        for (at, (.., ordinal, number, phrase)) in (0..).zip(collected) {
            let folded = fold::fold(phrase).text;
            let units = units(&folded);
            let phrase = Phrase { folded: &folded, units: &units };
            phrase.codes(|unit, way, code| {
                let posting = Posting::new(phrase.place(unit), number == 0, at);
                builders[channel(way)].add(code, posting);
            });
            phrase.words(&mut latin, &mut korean);
            // The catalog's own texts have their places in 32 bits, too.
            let start = u32::try_from(phrases.text.len()).unwrap_or(u32::MAX);
            phrases.entries.push(Entry { start, ordinal, number });
            phrases.text.push_str(&folded);
        }
        phrases.keys = builders.map(keys::Builder::build);
        phrases.latin = Spellings::of(latin);
        phrases.korean = Spellings::of(korean);
        phrases
    }

    /// The folded text of a phrase.
    fn folded(&self, phrase: u32) -> &str {
        let start = |at: usize| self.entries.get(at).map_or(self.text.len(), |entry| entry.start as usize);
        let at = phrase as usize;
        text::slice(&self.text, Span::new(start(at), start(at + 1)))
    }

    /// Whether a piece stands in any of them.
    pub(super) fn have(&self, piece: &Piece) -> bool {
        let postings = piece.ways.iter().map(|way| self.beginning(way.way, &way.text));
        best_of_all(postings.flatten().copied().collect(), MAX_READ).any(|at| {
            let folded = self.folded(at);
            judge::best_of(piece, Phrase { folded, units: &units(folded) }).is_some()
        })
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
        words
            .into_iter()
            .take(MAX_WORDS)
            .map(|(words, count)| (words.to_owned(), f32::from(count) / most))
            .collect()
    }

    /// The phrases in which all pieces stand; `typed` is all of them without blanks and marks.
    pub(super) fn find(&self, pieces: &[Piece], typed: &str) -> Vec<Match> {
        let mut found: Vec<(&Piece, Vec<&[Posting]>, usize)> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let postings: Vec<&[Posting]> =
                piece.ways.iter().map(|way| self.beginning(way.way, &way.text)).collect();
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
        let judge = |at| {
            let (entry, folded) = (&self.entries[at as usize], self.folded(at));
            let phrase = Phrase { folded, units: &units(folded) };
            judge::judge(phrase, entry.number == 0, &rarity, typed).map(|judgment| Match {
                ordinal: entry.ordinal,
                number: entry.number,
                judgment,
            })
        };
        self.in_all(&slices).filter_map(judge).take(MAX_FOUND).collect()
    }

    /// Phrases that are in every list, the likelier first, at most [`MAX_READ`]. The lists
    /// come by length; once few phrases are left, the longer lists are not read.
    fn in_all(&self, lists: &[&[&[Posting]]]) -> impl Iterator<Item = u32> + use<> {
        let mut best: Vec<Posting> = lists.first().map_or_else(Vec::new, |shortest| shortest.concat());
        let others = lists.get(1..).unwrap_or_default();
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
}

impl Phrase<'_> {
    /// Adds the words whose slips of a letter are forgiven.
    fn words(self, latin: &mut BTreeSet<String>, korean: &mut BTreeSet<String>) {
        let mut word = String::new();
        for (at, unit) in self.units.iter().enumerate() {
            let own = text::slice(self.folded, unit.span);
            match unit.script {
                Script::Latin => drop(latin.insert(own.to_owned())),
                Script::Hangul => {
                    word.push_str(&hangul::keystrokes(own));
                    if self.units.get(at + 1).is_none_or(|next| next.is_first) {
                        korean.insert(std::mem::take(&mut word));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The phrases of the best postings, each once, at most `count`.
fn best_of_all(mut postings: Vec<Posting>, count: usize) -> impl Iterator<Item = u32> {
    if postings.len() > count {
        postings.select_nth_unstable(count);
        postings.truncate(count);
    }
    postings.sort_unstable();
    let mut seen = BTreeSet::new();
    postings.into_iter().map(Posting::phrase).filter(move |phrase| seen.insert(*phrase))
}

fn channel(way: Way) -> usize {
    let known = Way::INDEXED.iter().position(|known| *known == way.indexed());
    known.expect("every way is looked up by one of these")
}
