//! Finds a query's terms in a text by reading it once, without segmenting it: Han, Hangul
//! and kana by their characters wherever they stand, Latin words by their stems.
//!
//! Characters are compared as the analysis folds them, so what is found is what was
//! indexed; spans lie in the original text.

use super::query::{Query, SYNONYM_WEIGHT};
use crate::analysis::{Analyzer, Kind, Mode, fold, latin_run};
use crate::index::schema::Unit;
use crate::lang::Script;
use crate::text::{self, Span};

/// Longest word in bytes that is told to be one at a glance.
const MAX_PLAIN: usize = 32;

/// The terms of a query, ready to be found.
pub(super) struct Matcher<'a> {
    patterns: Vec<Pattern<'a>>,
    /// Numbers of the patterns that are looked for by their characters.
    dense: Vec<usize>,
    /// Their first characters, to pass over most text at a glance.
    dense_firsts: Firsts,
    /// Numbers of the patterns that are stems of Latin words.
    stems: Vec<usize>,
    /// The first characters of those.
    stem_firsts: Firsts,
    /// Their beginnings.
    stem_heads: Heads,
    /// How many patterns tell rather than ask.
    content: usize,
    /// How many there are of [`Pattern::is_piece`].
    pieces: usize,
}

struct Pattern<'a> {
    text: &'a str,
    first: char,
    /// Longer terms tell more than the pairs inside them.
    weight: f32,
    is_content: bool,
    /// What texts are held to: a Latin word, or two characters of Chinese or Korean, whose words
    /// may be cut otherwise or end in another particle.
    is_piece: bool,
}

/// A term found in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    /// In the original text.
    pub(super) span: Span,
    /// Which term.
    pub(super) pattern: usize,
    pub(super) weight: f32,
}

/// What a pair of characters counts beside a word.
const GRAM_WEIGHT: f32 = 0.4;

impl<'a> Matcher<'a> {
    pub(super) fn new(query: &'a Query<'_>) -> Self {
        let mut matcher = Self {
            patterns: Vec::with_capacity(query.terms.len()),
            dense: Vec::new(),
            dense_firsts: Firsts::default(),
            stems: Vec::new(),
            stem_firsts: Firsts::default(),
            stem_heads: Heads::default(),
            content: 0,
            pieces: 0,
        };
        let has_content = query.terms.iter().any(|term| term.is_content);
        for term in &query.terms {
            // What only asks is not worth showing beside what tells.
            if has_content && !term.is_content {
                continue;
            }
            let is_word = term.unit == Unit::Word;
            let is_latin = term.script == Script::Latin;
            let weight = term.weight * if is_word { 1.0 } else { GRAM_WEIGHT };
            let is_piece = !term.is_part && is_word == is_latin;
            matcher.add(&term.text, is_word && is_latin, weight, is_word, is_piece);
        }
        let ways = query.concepts.iter().flat_map(|concept| &concept.ways);
        for (word, script) in ways.filter_map(|way| way.way.shown.as_ref()) {
            matcher.add(word, *script == Script::Latin, SYNONYM_WEIGHT, false, false);
        }
        matcher
    }

    fn add(&mut self, text: &'a str, is_stem: bool, weight: f32, is_content: bool, is_piece: bool) {
        let Some(first) = text.chars().next() else { return };
        let number = self.patterns.len();
        if is_stem {
            self.stems.push(number);
            self.stem_firsts.add(first);
            self.stem_heads.add(text);
        } else if !first.is_ascii_alphanumeric() {
            // Pairs of Latin words find an article; what is shown are the words.
            self.dense.push(number);
            self.dense_firsts.add(first);
        }
        self.content += usize::from(is_content);
        self.pieces += usize::from(is_piece);
        self.patterns.push(Pattern { text, first, weight, is_content, is_piece });
    }

    /// How many patterns there are.
    pub(super) fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether matches in one text cover every word that was typed.
    pub(super) fn is_covered_by(&self, matches: &[Match]) -> bool {
        self.content > 0 && self.count(matches, |pattern| pattern.is_content) == self.content
    }

    /// The share of what was typed that matches cover, 0 to 1; 1 where nothing tells.
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    pub(super) fn share(&self, matches: &[Match]) -> f32 {
        match self.pieces {
            0 => 1.0,
            pieces => self.count(matches, |pattern| pattern.is_piece) as f32 / pieces as f32,
        }
    }

    /// How many of the patterns of a kind are among matches.
    fn count(&self, matches: &[Match], is_counted: impl Fn(&Pattern<'_>) -> bool) -> usize {
        let found = matches.iter().map(|found| found.pattern);
        let mut seen: Vec<usize> = found.filter(|number| is_counted(&self.patterns[*number])).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    }

    /// All matches in a text, by place.
    pub(super) fn find(&self, text: &str, analyzer: &Analyzer) -> Vec<Match> {
        let mut matches = Vec::new();
        if self.patterns.is_empty() || self.read(text, false, analyzer, &mut matches) {
            return matches;
        }
        // Some characters do not fold one by one: fold the text, look, lead the spans back.
        let folded = fold::fold(text);
        matches.clear();
        self.read(&folded.text, true, analyzer, &mut matches);
        for found in &mut matches {
            found.span = text::widen_to_graphemes(text, folded.original(found.span));
        }
        matches
    }

    /// Reads a text that is folded, or whose characters fold one by one, as those of nearly
    /// all texts do. `false`: it has others.
    fn read(&self, text: &str, is_folded: bool, analyzer: &Analyzer, matches: &mut Vec<Match>) -> bool {
        let fold = fold::Single::new();
        let mut before = ' ';
        let mut rest = text.chars();
        loop {
            let here = rest.as_str();
            let Some(c) = rest.next() else { return true };
            if c.is_ascii() {
                // Nothing but stems begins with these.
                if self.stems.is_empty() {
                    continue;
                }
                let begins_run = c.is_ascii_alphanumeric() || c == '-';
                let run = if begins_run { run_length(here, before) } else { 0 };
                if run > 0 {
                    let at = text.len() - here.len();
                    self.read_latin(text, Span::new(at, at + run), analyzer, matches);
                    rest = text::from(here, run).chars();
                    before = 'a';
                } else {
                    before = c;
                }
                continue;
            }
            let folded = match fold.fold(c) {
                Some(folded) => folded,
                None if is_folded => c,
                None => return false,
            };
            let run = if is_folded && !self.stems.is_empty() { latin_run(here, before) } else { 0 };
            if run > 0 {
                let at = text.len() - here.len();
                self.read_latin(text, Span::new(at, at + run), analyzer, matches);
                rest = text::from(here, run).chars();
                before = 'a';
                continue;
            }
            before = c;
            if !self.dense_firsts.may_have(folded) {
                continue;
            }
            for number in &self.dense {
                let pattern = &self.patterns[*number];
                if pattern.first == folded
                    && let Some(length) = begins_with(here, pattern.text, fold)
                {
                    let at = text.len() - here.len();
                    self.push(text, Span::new(at, at + length), *number, matches);
                }
            }
        }
    }

    /// Finds stems in the Latin word at `span` and in its parts.
    fn read_latin(&self, text: &str, span: Span, analyzer: &Analyzer, matches: &mut Vec<Match>) {
        let word = text::slice(text, span);
        if !self.may_begin(word) {
            return;
        }
        analyzer.analyze(word, Mode::Query, |token| {
            if !matches!(token.kind, Kind::Word(_) | Kind::Part) {
                return;
            }
            if let Some(number) = self.stems.iter().find(|number| self.patterns[**number].text == token.text)
            {
                let found = Span::new(span.start + token.span.start, span.start + token.span.end);
                self.push(text, found, *number, matches);
            }
        });
    }

    /// Whether a stem may begin where the word or one of its parts does. Most words pass by
    /// without being stemmed.
    fn may_begin(&self, word: &str) -> bool {
        let mut begins = true;
        for (at, byte) in word.bytes().enumerate() {
            let is_start = begins || byte.is_ascii_digit();
            if is_start && self.may_begin_with(text::from(word, at)) {
                return true;
            }
            // Parts begin behind a joining mark and where digits and letters meet.
            begins = !byte.is_ascii_alphabetic() && byte.is_ascii();
        }
        false
    }

    fn may_begin_with(&self, rest: &str) -> bool {
        match rest.as_bytes() {
            [a, b, c, ..] if [a, b, c].iter().all(|byte| byte.is_ascii_alphanumeric()) => {
                self.stem_heads.may_have([*a, *b, *c])
            }
            // Short words, and marks inside, which words are written without.
            _ => rest.chars().next().is_some_and(|c| self.stem_firsts.may_have(c.to_ascii_lowercase())),
        }
    }

    fn push(&self, text: &str, span: Span, pattern: usize, matches: &mut Vec<Match>) {
        let span = text::widen_to_graphemes(text, span);
        matches.push(Match { span, pattern, weight: self.patterns[pattern].weight });
    }
}

/// A set of characters, by their lowest byte: what is not in it at a glance is not in it.
#[derive(Default)]
struct Firsts([u64; 4]);

impl Firsts {
    fn add(&mut self, c: char) {
        let low = u32::from(c) & 0xff;
        self.0[(low >> 6) as usize] |= 1 << (low & 63);
    }

    #[inline]
    fn may_have(&self, c: char) -> bool {
        let low = u32::from(c) & 0xff;
        self.0[(low >> 6) as usize] & (1 << (low & 63)) != 0
    }
}

/// The first three letters of stems. Stemming leaves these as they are, but for a `y` that
/// becomes an `i` (`dying`, `flies`).
#[derive(Default)]
struct Heads {
    heads: Firsts,
    /// Of stems that are shorter: their first characters.
    short: Firsts,
}

impl Heads {
    fn add(&mut self, stem: &str) {
        match stem.as_bytes() {
            [a, b, c, ..] if stem.is_ascii() => self.heads.add(Self::hash([*a, *b, *c])),
            // Stems in other letters are of words that `may_have` is not asked for, or may be.
            _ => stem.chars().next().into_iter().for_each(|first| self.short.add(first)),
        }
    }

    fn may_have(&self, head: [u8; 3]) -> bool {
        self.heads.may_have(Self::hash(head)) || self.short.may_have(char::from(head[0].to_ascii_lowercase()))
    }

    fn hash(head: [u8; 3]) -> char {
        let letter = |byte: u8| match byte.to_ascii_lowercase() {
            b'y' => b'i',
            byte => byte,
        };
        char::from(head.into_iter().fold(0u8, |hash, byte| hash.wrapping_mul(37).wrapping_add(letter(byte))))
    }
}

/// The length of the Latin run that `rest` begins with. Most are letters up to a blank, a mark
/// that joins nothing, or a character of Chinese or Korean, and seen as such at a glance.
fn run_length(rest: &str, before: char) -> usize {
    let bytes = rest.as_bytes();
    let plain = bytes.iter().take(MAX_PLAIN).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let ends = match bytes.get(plain) {
        // `_-.@&',` may join.
        Some(byte) => matches!(
            byte,
            b' ' | b'\n' | b'(' | b')' | b'/' | b':' | b';' | b'!' | b'?' | 0xe4..=0xe9 | 0xeb | 0xec
        ),
        None => true,
    };
    if plain > 0 && plain < MAX_PLAIN && ends { plain } else { latin_run(rest, before) }
}

/// The length of the beginning of `text` that folds to `pattern`.
fn begins_with(text: &str, pattern: &str, fold: fold::Single) -> Option<usize> {
    let mut rest = text.chars();
    for expected in pattern.chars() {
        let c = rest.next()?;
        if fold.fold(c).unwrap_or(c) != expected {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// The spans of matches as they are shown: merged where they overlap.
pub(super) fn spans(matches: &[Match]) -> Vec<Span> {
    text::merge_spans(matches.iter().map(|found| found.span).collect())
}
