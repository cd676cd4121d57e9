//! Finds a query's terms in a text by reading it once, without segmenting it: Han, Hangul
//! and kana by their characters wherever they stand, Latin words by their stems.
//!
//! The text is folded as the analysis folds it, so what is found is what was indexed;
//! spans lead back to the original.

use std::collections::HashMap;

use super::query::Query;
use crate::analysis::{Analyzer, Kind, Mode, fold, runs};
use crate::index::schema::Unit;
use crate::lang::Script;
use crate::text::{self, Span};

/// The terms of a query, ready to be found.
pub(super) struct Matcher {
    patterns: Vec<Pattern>,
    /// First character → patterns that are looked for by their characters.
    by_first: HashMap<char, Vec<usize>>,
    /// Stem → pattern.
    stems: HashMap<String, usize>,
    /// How many patterns tell rather than ask.
    content: usize,
}

struct Pattern {
    text: String,
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

impl Matcher {
    pub(super) fn new(query: &Query) -> Self {
        let mut matcher =
            Self { patterns: Vec::new(), by_first: HashMap::new(), stems: HashMap::new(), content: 0 };
        let has_content = query.terms.iter().any(|term| term.is_content);
        for term in &query.terms {
            // What only asks is not worth showing beside what tells.
            if has_content && !term.is_content {
                continue;
            }
            let number = matcher.patterns.len();
            let is_latin = term.unit == Unit::Word && term.script == Script::Latin;
            if is_latin {
                matcher.stems.insert(term.text.clone(), number);
            } else if let Some(first) = term.text.chars().next() {
                matcher.by_first.entry(first).or_default().push(number);
            }
            let is_whole = is_latin || term.unit == Unit::Word;
            let weight = term.weight * if is_whole { 1.0 } else { 0.4 };
            matcher.content += usize::from(is_whole && term.is_typed);
            matcher.patterns.push(Pattern {
                text: term.text.clone(),
                weight,
                is_content: is_whole && term.is_typed,
            });
        }
        matcher
    }

    /// Whether matches in one text cover every word that was typed.
    pub(super) fn is_covered_by(&self, matches: &[Match]) -> bool {
        let mut seen: Vec<usize> = matches
            .iter()
            .map(|found| found.pattern)
            .filter(|pattern| self.patterns[*pattern].is_content)
            .collect();
        seen.sort_unstable();
        seen.dedup();
        self.content > 0 && seen.len() == self.content
    }

    /// All matches in a text, by place.
    pub(super) fn find(&self, text: &str, analyzer: &Analyzer) -> Vec<Match> {
        if self.patterns.is_empty() {
            return Vec::new();
        }
        let folded = fold::fold(text);
        let mut matches = Vec::new();
        let mut push = |span: Span, pattern: usize| {
            let span = text::widen_to_graphemes(text, folded.original(span));
            matches.push(Match { span, pattern, weight: self.patterns[pattern].weight });
        };
        for run in runs(&folded.text) {
            let inner = text::slice(&folded.text, run.span);
            if run.script == Script::Latin {
                self.find_latin(inner, run.span.start, analyzer, &mut push);
                continue;
            }
            for (at, c) in inner.char_indices() {
                let Some(candidates) = self.by_first.get(&c) else { continue };
                let rest = text::from(inner, at);
                for pattern in candidates {
                    let length = self.patterns[*pattern].text.len();
                    if rest.starts_with(&self.patterns[*pattern].text) {
                        let start = run.span.start + at;
                        push(Span::new(start, start + length), *pattern);
                    }
                }
            }
        }
        matches
    }

    /// Finds stems in one Latin word and its parts.
    fn find_latin(&self, word: &str, start: usize, analyzer: &Analyzer, push: &mut impl FnMut(Span, usize)) {
        if self.stems.is_empty() {
            return;
        }
        analyzer.analyze(word, Mode::Query, |token| {
            if matches!(token.kind, Kind::Word(_) | Kind::Part)
                && let Some(pattern) = self.stems.get(token.text)
            {
                push(Span::new(start + token.span.start, start + token.span.end), *pattern);
            }
        });
    }
}

/// The spans of matches as they are shown: merged where they overlap.
pub(super) fn spans(matches: &[Match]) -> Vec<Span> {
    text::merge_spans(matches.iter().map(|found| found.span).collect())
}
