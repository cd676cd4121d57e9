//! Finds a query's terms in a text by reading it once, without segmenting it: Han, Hangul
//! and kana by their characters wherever they stand, Latin words by their stems.
//!
//! Characters are compared as the analysis folds them, so what is found is what was
//! indexed; spans lie in the original text.

use super::query::Query;
use crate::analysis::{Analyzer, Kind, Mode, fold, latin_run};
use crate::index::schema::Unit;
use crate::lang::Script;
use crate::text::{self, Span};

/// The terms of a query, ready to be found.
#[derive(Default)]
pub(super) struct Matcher {
    patterns: Vec<Pattern>,
    /// Numbers of the patterns that are looked for by their characters.
    dense: Vec<usize>,
    /// The lowest six bits of their first characters, to pass over most text at a glance.
    dense_firsts: u64,
    /// Numbers of the patterns that are stems of Latin words.
    stems: Vec<usize>,
    /// The lowest six bits of the first characters of those.
    stem_firsts: u64,
    /// How many patterns tell rather than ask.
    content: usize,
}

struct Pattern {
    text: String,
    first: char,
    /// Longer terms tell more than the pairs inside them.
    weight: f32,
    is_content: bool,
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

impl Matcher {
    pub(super) fn new(query: &Query) -> Self {
        let mut matcher = Self::default();
        let has_content = query.terms.iter().any(|term| term.is_content);
        for term in &query.terms {
            let Some(first) = term.text.chars().next() else { continue };
            // What only asks is not worth showing beside what tells.
            if has_content && !term.is_content {
                continue;
            }
            let number = matcher.patterns.len();
            if term.unit == Unit::Word && term.script == Script::Latin {
                matcher.stems.push(number);
                matcher.stem_firsts |= bit(first);
            } else {
                matcher.dense.push(number);
                matcher.dense_firsts |= bit(first);
            }
            let is_content = term.unit == Unit::Word && term.is_typed;
            let weight = term.weight * if term.unit == Unit::Word { 1.0 } else { GRAM_WEIGHT };
            matcher.content += usize::from(is_content);
            matcher.patterns.push(Pattern { text: term.text.clone(), first, weight, is_content });
        }
        matcher
    }

    /// Whether matches in one text cover every word that was typed.
    pub(super) fn is_covered_by(&self, matches: &[Match]) -> bool {
        let content =
            matches.iter().map(|found| found.pattern).filter(|number| self.patterns[*number].is_content);
        let mut seen: Vec<usize> = content.collect();
        seen.sort_unstable();
        seen.dedup();
        self.content > 0 && seen.len() == self.content
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
        let mut at = 0;
        let mut before = ' ';
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let folded = match fold::fold_one(c) {
                Some(folded) => folded,
                None if is_folded => c,
                None => return false,
            };
            let rest = text::from(text, at);
            let begins_run = if c.is_ascii() { c.is_ascii_alphanumeric() || c == '-' } else { is_folded };
            let run = if begins_run { latin_run(rest, before) } else { 0 };
            if run > 0 {
                self.read_latin(text, Span::new(at, at + run), analyzer, matches);
                at += run;
                before = 'a';
                continue;
            }
            if self.dense_firsts & bit(folded) != 0 {
                for number in &self.dense {
                    let pattern = &self.patterns[*number];
                    if pattern.first == folded
                        && let Some(length) = begins_with(rest, &pattern.text)
                    {
                        self.push(text, Span::new(at, at + length), *number, matches);
                    }
                }
            }
            before = c;
            at += c.len_utf8();
        }
        true
    }

    /// Finds stems in the Latin word at `span` and in its parts.
    fn read_latin(&self, text: &str, span: Span, analyzer: &Analyzer, matches: &mut Vec<Match>) {
        let word = text::slice(text, span);
        if self.stems.is_empty() || !self.may_begin(word) {
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

    /// Whether a stem may begin where the word or one of its parts does. Most
    /// words pass by without being stemmed.
    fn may_begin(&self, word: &str) -> bool {
        let mut begins = true;
        for c in word.chars() {
            let c = c.to_ascii_lowercase();
            let is_start = begins || c.is_ascii_digit();
            if is_start && self.stem_firsts & bit(c) != 0 {
                return true;
            }
            // Parts begin behind a joining mark and where digits and letters meet.
            begins = !c.is_ascii_alphabetic();
        }
        false
    }

    fn push(&self, text: &str, span: Span, pattern: usize, matches: &mut Vec<Match>) {
        let span = text::widen_to_graphemes(text, span);
        matches.push(Match { span, pattern, weight: self.patterns[pattern].weight });
    }
}

/// One of 64 bits for a character.
fn bit(c: char) -> u64 {
    1 << (u32::from(c) & 63)
}

/// The length of the beginning of `text` that folds to `pattern`.
fn begins_with(text: &str, pattern: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    for expected in pattern.chars() {
        let (_, c) = chars.next()?;
        if fold::fold_one(c).unwrap_or(c) != expected {
            return None;
        }
    }
    Some(chars.next().map_or(text.len(), |(end, _)| end))
}

/// The spans of matches as they are shown: merged where they overlap.
pub(super) fn spans(matches: &[Match]) -> Vec<Span> {
    text::merge_spans(matches.iter().map(|found| found.span).collect())
}
