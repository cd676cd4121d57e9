//! The terms of articles: analyzed once, numbered, and kept field by field in the order in
//! which they stand.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::schema::{Part, Unit};
use crate::analysis::{Analyzer, Kind};
use crate::article::Article;

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
    /// The position of each term; empty where the field has no positions.
    pub(super) positions: Vec<u32>,
    /// How many terms each article has.
    pub(super) lengths: Vec<u32>,
}

/// Numbers terms by their first coming.
#[derive(Default)]
pub(super) struct Numbers {
    /// Terms of at most eight bytes, padded with zeros: they need no text of their own.
    short: Table,
    long: FxHashMap<Box<str>, u32>,
}

/// A term that sorts by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'a> {
    /// The first eight bytes, padded with zeros.
    head: u64,
    /// The whole term where it is longer, else empty.
    long: &'a str,
}

impl Share {
    /// Reads articles. `read` is called after each of them.
    pub(super) fn read(articles: &[Article], analyzer: &Analyzer, mut read: impl FnMut()) -> Self {
        let mut share = Self::default();
        let mut folded = String::new();
        for article in articles {
            let before =
                share.fields.each_ref().map(|parts| parts.each_ref().map(|tokens| tokens.terms.len()));
            let mut position = 0;
            for (part, text) in texts(article) {
                position += share.add(part, text, position, analyzer, &mut folded);
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
        folded: &mut String,
    ) -> usize {
        let Self { numbers, fields } = self;
        let positions = analyzer.terms(text, folded, |term, ahead, kind| {
            if term.len() > MAX_TERM {
                return;
            }
            let is_gram = matches!(kind, Kind::Gram | Kind::Pair);
            let unit = if is_gram { Unit::Gram } else { Unit::Word } as usize;
            let number = numbers[unit].number(term);
            let body = &mut fields[unit][Part::Body as usize];
            body.terms.push(number);
            body.positions.push(count(position + ahead));
            if let Some(part) = part {
                fields[unit][part as usize].terms.push(number);
            }
        });
        // A phrase does not lead from one text into the next.
        positions + 1
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
            return self.short.number(head(term), next);
        }
        if let Some(number) = self.long.get(term) {
            return *number;
        }
        self.long.insert(term.into(), next);
        next
    }

    /// How many terms there are.
    pub(super) fn len(&self) -> usize {
        self.short.used + self.long.len()
    }

    /// All terms with their numbers, sorted by their bytes.
    pub(super) fn sorted(&self) -> Vec<(Name<'_>, u32)> {
        let short = self.short.entries().map(|(head, number)| (Name { head, long: "" }, number));
        let long = self.long.iter().map(|(term, number)| (Name { head: head(term), long: term }, *number));
        let mut names: Vec<(Name<'_>, u32)> = short.chain(long).collect();
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        names
    }
}

/// Numbers by key, the key beside its number: most look-ups of a text touch one line of the
/// cache. Keys are not 0.
#[derive(Default)]
struct Table {
    /// A power of two, at least half of them free (0).
    slots: Vec<(u64, u32)>,
    used: usize,
}

impl Table {
    /// The number of a key, which is `next` if it has none yet.
    fn number(&mut self, key: u64, next: u32) -> u32 {
        if self.used * 2 >= self.slots.len() {
            let slots = vec![(0, 0); (self.slots.len() * 2).max(1024)];
            for (key, number) in std::mem::replace(&mut self.slots, slots) {
                if key != 0 {
                    *self.slot(key) = (key, number);
                }
            }
        }
        let slot = self.slot(key);
        if slot.0 == 0 {
            *slot = (key, next);
            self.used += 1;
            return next;
        }
        slot.1
    }

    /// The slot of a key, or the free one where it belongs.
    fn slot(&mut self, key: u64) -> &mut (u64, u32) {
        // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4).
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        while self.slots[at].0 != key && self.slots[at].0 != 0 {
            at = (at + 1) & mask;
        }
        &mut self.slots[at]
    }

    fn entries(&self) -> impl Iterator<Item = (u64, u32)> {
        self.slots.iter().copied().filter(|(key, _)| *key != 0)
    }
}

impl<'a> Name<'a> {
    /// The name of a term.
    pub(super) fn of(term: &'a str) -> Self {
        Self { head: head(term), long: if term.len() > 8 { term } else { "" } }
    }

    /// Calls `f` with the bytes of the term.
    pub(super) fn with_bytes<T>(&self, f: impl FnOnce(&[u8]) -> T) -> T {
        if !self.long.is_empty() {
            return f(self.long.as_bytes());
        }
        let bytes = self.head.to_be_bytes();
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
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

/// The first eight bytes of a term, in an order that is theirs. No term has a zero byte.
fn head(term: &str) -> u64 {
    let mut bytes = [0; 8];
    let length = term.len().min(8);
    bytes[..length].copy_from_slice(&term.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}

/// A count as it is kept: texts of a generation stay below 4 GiB (`catalog`).
fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
