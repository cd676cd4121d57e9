//! The terms of articles: analyzed once, numbered, and kept field by field in the order in
//! which they stand.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::schema::{Part, Unit};
use crate::analysis::{Analyzer, Kind, Room};
use crate::article::Article;
use crate::lang::Script;

/// Longest term in bytes; what is longer is no word of anybody's question.
const MAX_TERM: usize = 4096;

/// What a run of neighboring articles says: each thread reads one.
#[derive(Default)]
pub(super) struct Share {
    /// By unit.
    pub(super) numbers: [Numbers; 2],
    /// By unit, then part.
    pub(super) fields: [[Tokens; 5]; 2],
}

/// The terms of one field, article by article.
#[derive(Default)]
pub(super) struct Tokens {
    /// The number of each term.
    pub(super) terms: Vec<u32>,
    /// The position of each term; none where the field has no positions.
    pub(super) places: Places,
    /// How many terms each article has.
    pub(super) lengths: Vec<u32>,
}

/// Positions one behind the other. Most follow closely on the one before, and many terms need
/// none: a byte tells.
#[derive(Default)]
pub(super) struct Places {
    steps: Vec<u8>,
    /// Positions that a step does not reach.
    far: Vec<u32>,
    last: u32,
}

/// A term that needs no position.
const NOWHERE: u8 = u8::MAX;
/// The position is the next of [`Places::far`].
const FAR: u8 = u8::MAX - 1;

impl Places {
    fn push(&mut self, position: Option<u32>) {
        let Some(position) = position else { return self.steps.push(NOWHERE) };
        let step = position.checked_sub(self.last).and_then(|step| u8::try_from(step).ok());
        match step.filter(|step| *step < FAR) {
            Some(step) => self.steps.push(step),
            None => {
                self.steps.push(FAR);
                self.far.push(position);
            }
        }
        self.last = position;
    }

    /// All positions in order, 0 for terms that need none.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        let mut far = self.far.iter().copied();
        let mut last = 0;
        self.steps.iter().map(move |step| {
            last = match *step {
                NOWHERE => return 0,
                FAR => far.next().unwrap_or_default(),
                step => last + u32::from(step),
            };
            last
        })
    }
}

/// Numbers terms by their first coming.
#[derive(Default)]
pub(super) struct Numbers {
    /// Terms of at most eight bytes, padded with zeros: they need no text of their own.
    short: Table<u64>,
    /// Terms of at most sixteen, likewise.
    middle: Table<u128>,
    long: FxHashMap<Box<str>, u32>,
}

/// A term that sorts by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'a> {
    /// The first sixteen bytes, padded with zeros.
    head: u128,
    /// The whole term where it is longer, else empty.
    long: &'a str,
}

impl Share {
    /// Reads articles. `read` is called after each of them.
    pub(super) fn read(articles: &[Article], analyzer: &Analyzer, mut read: impl FnMut()) -> Self {
        let mut share = Self::default();
        let mut room = Room::default();
        for article in articles {
            let before =
                share.fields.each_ref().map(|parts| parts.each_ref().map(|tokens| tokens.terms.len()));
            let mut position = 0;
            for (part, text) in texts(article) {
                position += share.add(part, text, position, analyzer, &mut room);
            }
            for (parts, before) in share.fields.iter_mut().zip(before) {
                for (tokens, before) in parts.iter_mut().zip(before) {
                    tokens.lengths.push(count(tokens.terms.len() - before));
                }
            }
            read();
        }
        share
    }

    /// How many articles it has.
    pub(super) fn len(&self) -> usize {
        self.fields[0][0].lengths.len()
    }

    /// Adds a text to `body` from a position on, and to another part; returns how many
    /// positions it takes.
    fn add(
        &mut self,
        part: Option<Part>,
        text: &str,
        position: usize,
        analyzer: &Analyzer,
        room: &mut Room,
    ) -> usize {
        let Self { numbers, fields } = self;
        let positions = analyzer.terms(text, room, |term, ahead, kind| {
            if term.len() > MAX_TERM {
                return;
            }
            let is_gram = matches!(kind, Kind::Gram | Kind::Pair);
            let unit = if is_gram { Unit::Gram } else { Unit::Word } as usize;
            let number = numbers[unit].number(term);
            let body = &mut fields[unit][Part::Body as usize];
            body.terms.push(number);
            body.places.push(is_placed(term, kind).then(|| count(position + ahead)));
            if let Some(part) = part {
                fields[unit][part as usize].terms.push(number);
            }
        });
        // A phrase does not lead from one text into the next.
        positions + 1
    }
}

/// Whether phrases ask where a term stands. Chinese words and those of several syllables are
/// looked for by their grams (`search/query.rs`), pairs of words by their words.
fn is_placed(term: &str, kind: Kind) -> bool {
    match kind {
        Kind::Gram | Kind::Part | Kind::Word(Script::Latin) => true,
        Kind::Pair | Kind::Word(Script::Han) => false,
        Kind::Word(_) => term.chars().nth(1).is_none(),
    }
}

/// The texts of an article in reading order, and the parts that they are besides `body`.
fn texts(article: &Article) -> impl Iterator<Item = (Option<Part>, &str)> {
    let asked = article.questions.iter().chain(&article.phrases);
    let sections = article.sections.iter().flat_map(|section| {
        [(Some(Part::Headings), section.heading.as_str()), (None, section.text.as_str())]
    });
    [(Some(Part::Title), article.title.as_str()), (None, article.summary.as_deref().unwrap_or_default())]
        .into_iter()
        .chain(asked.map(|text| (Some(Part::Questions), text.as_str())))
        .chain(article.tags.iter().map(|text| (Some(Part::Tags), text.as_str())))
        .chain(sections)
        .filter(|(_, text)| !text.is_empty())
}

impl Numbers {
    fn number(&mut self, term: &str) -> u32 {
        let next = count(self.len());
        if term.len() <= 8 {
            return self.short.number(padded(term.as_bytes()), next);
        }
        if term.len() <= 16 {
            return self.middle.number(head(term.as_bytes()), next);
        }
        if let Some(number) = self.long.get(term) {
            return *number;
        }
        self.long.insert(term.into(), next);
        next
    }

    /// How many terms there are.
    pub(super) fn len(&self) -> usize {
        self.short.used + self.middle.used + self.long.len()
    }

    /// The terms that need no text of their own, with their numbers; their tables are given up.
    pub(super) fn release(&mut self) -> Vec<(u128, u32)> {
        let (short, middle) = (std::mem::take(&mut self.short), std::mem::take(&mut self.middle));
        let short = short.entries().map(|(key, number)| (u128::from(key) << 64, number));
        short.chain(middle.entries()).collect()
    }

    /// All terms with their numbers, sorted by their bytes; `released` are those that
    /// [`Self::release`] gave up.
    pub(super) fn sorted(&self, released: &[(u128, u32)]) -> Vec<(Name<'_>, u32)> {
        let released = released.iter().map(|(head, number)| (Name { head: *head, long: "" }, *number));
        let long = self.long.iter().map(|(term, number)| (Name::of(term), *number));
        let mut names: Vec<(Name<'_>, u32)> = released.chain(long).collect();
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        names
    }
}

/// A term as a number: its bytes, the first one highest.
trait Key: Copy + Default + PartialEq {
    /// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4).
    fn hash(self) -> usize;
}

impl Key for u64 {
    fn hash(self) -> usize {
        (self.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize
    }
}

impl Key for u128 {
    fn hash(self) -> usize {
        let [high, low] =
            [self >> 64, self & u128::from(u64::MAX)].map(|half| u64::try_from(half).unwrap_or_default());
        (high.rotate_left(29) ^ low).hash()
    }
}

/// Numbers by key, the key beside its number: most look-ups of a text touch one line of the
/// cache. Keys are not 0.
#[derive(Default)]
struct Table<K> {
    /// A power of two, at least a quarter of them free (0).
    slots: Vec<(K, u32)>,
    used: usize,
}

impl<K: Key> Table<K> {
    /// The number of a key, which is `next` if it has none yet.
    fn number(&mut self, key: K, next: u32) -> u32 {
        if self.used * 4 >= self.slots.len() * 3 {
            let slots = vec![(K::default(), 0); (self.slots.len() * 2).max(1024)];
            for (key, number) in std::mem::replace(&mut self.slots, slots) {
                if key != K::default() {
                    *self.slot(key) = (key, number);
                }
            }
        }
        let slot = self.slot(key);
        if slot.0 == K::default() {
            *slot = (key, next);
            self.used += 1;
            return next;
        }
        slot.1
    }

    /// The slot of a key, or the free one where it belongs.
    fn slot(&mut self, key: K) -> &mut (K, u32) {
        let mask = self.slots.len() - 1;
        let mut at = key.hash() & mask;
        while self.slots[at].0 != key && self.slots[at].0 != K::default() {
            at = (at + 1) & mask;
        }
        &mut self.slots[at]
    }

    fn entries(&self) -> impl Iterator<Item = (K, u32)> {
        self.slots.iter().copied().filter(|(key, _)| *key != K::default())
    }
}

impl<'a> Name<'a> {
    /// The name of a term.
    pub(super) fn of(term: &'a str) -> Self {
        Self { head: head(term.as_bytes()), long: if term.len() > 16 { term } else { "" } }
    }

    /// Calls `f` with the bytes of the term.
    pub(super) fn with_bytes<T>(&self, f: impl FnOnce(&[u8]) -> T) -> T {
        if !self.long.is_empty() {
            return f(self.long.as_bytes());
        }
        let bytes = self.head.to_be_bytes();
        let length = bytes.len() - self.head.trailing_zeros() as usize / 8;
        f(bytes.get(..length).unwrap_or_default())
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.head.cmp(&other.head).then_with(|| self.long.cmp(other.long))
    }
}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The first sixteen bytes of a term, in an order that is theirs. No term has a zero byte.
fn head(term: &[u8]) -> u128 {
    let (first, rest) = term.split_at(term.len().min(8));
    let rest = rest.get(..8).unwrap_or(rest);
    u128::from(padded(first)) << 64 | u128::from(padded(rest))
}

/// At most eight bytes as a number, the first one highest.
fn padded(bytes: &[u8]) -> u64 {
    // Two halves that overlap, rather than byte by byte.
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let rest = u64::from(u32::from_be_bytes(*last)) << (8 * (8 - bytes.len().min(8)));
        return u64::from(u32::from_be_bytes(*first)) << 32 | (rest & u64::from(u32::MAX));
    }
    (0..8).fold(0, |number, at| number << 8 | u64::from(bytes.get(at).copied().unwrap_or_default()))
}

/// A count as it is kept: texts of a generation stay below 4 GiB (`catalog`).
fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_come_back(places in proptest::collection::vec(proptest::option::of(prop_oneof![0..9u32, 0..400u32, any::<u32>()]), 0..40)) {
            let mut kept = Places::default();
            for place in &places {
                kept.push(*place);
            }
            prop_assert!(kept.iter().eq(places.iter().map(|place| place.unwrap_or_default())));
        }

        #[test]
        fn names_are_terms_and_sort_like_them(terms in proptest::collection::btree_set("[a-c币提 ]{1,9}|[\u{1}-\u{10ffff}]{1,3}", 0..40)) {
            let mut numbers = Numbers::default();
            let given: Vec<u32> = terms.iter().rev().map(|term| numbers.number(term)).collect();
            prop_assert!(given.iter().copied().eq(0..count(terms.len())));
            prop_assert!(terms.iter().rev().zip(&given).all(|(term, number)| numbers.number(term) == *number));
            let released = numbers.release();
            let sorted = numbers.sorted(&released);
            let bytes: Vec<Vec<u8>> = sorted.iter().map(|(name, _)| name.with_bytes(<[u8]>::to_vec)).collect();
            prop_assert_eq!(bytes, terms.iter().map(|term| term.as_bytes().to_vec()).collect::<Vec<_>>());
            prop_assert!(sorted.iter().map(|(_, number)| *number).eq(given.into_iter().rev()));
        }
    }
}
