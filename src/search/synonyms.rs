//! The concepts of a lexicon, by the words a query is cut into.

use std::collections::HashMap;

use super::statistics::Located;
use crate::analysis::{Analyzer, Kind, Mode, stop_words};
use crate::index::Generation;
use crate::index::schema::Unit;
use crate::lang::Script;

/// Most words of a synonym that is looked for.
const MAX_WORDS: usize = 4;

/// Shortest beginning of a Korean word that is taken for a word with a particle behind it.
const MIN_HANGUL: usize = 2;

/// Which words mean the same.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    /// The words of a synonym, joined by blanks → its concept and its place in it.
    concepts: HashMap<String, (usize, usize)>,
    /// For each concept its synonyms whose terms articles have.
    ways: Vec<Vec<Way>>,
}

/// A synonym: an article says it that has all of its terms.
#[derive(Debug)]
pub(super) struct Way {
    /// Its place in the concept.
    place: usize,
    pub(super) terms: Vec<WayTerm>,
    /// What is marked in texts: the word, where it is one.
    pub(super) shown: Option<(String, Script)>,
}

/// A term of a way.
#[derive(Debug)]
pub(super) struct WayTerm {
    pub(super) text: String,
    pub(super) unit: Unit,
    pub(super) located: Located,
}

/// A concept that a query names: the other ways to say it.
pub(super) struct Concept<'a> {
    pub(super) ways: Vec<&'a Way>,
    /// The parts of the query that they say in other words.
    pub(super) tells: u32,
}

impl Synonyms {
    pub(super) fn of(generation: &Generation) -> Self {
        let analyzer = generation.analyzer();
        let mut synonyms = Self::default();
        for (number, concept) in generation.lexicon().concepts.iter().enumerate() {
            let mut ways = Vec::with_capacity(concept.words.len());
            for (place, (_, word)) in concept.words.iter().enumerate() {
                let (words, mut way) = way(place, word, analyzer);
                // What stands in two concepts belongs to the first.
                synonyms.concepts.entry(words.join(" ")).or_insert((number, place));
                // What no article has finds nothing.
                let stands = |term: &mut WayTerm| {
                    let located = Located::of(generation, term.unit, &term.text);
                    term.located = located.unwrap_or_default();
                    term.located.frequency() > 0
                };
                if !way.terms.is_empty() && way.terms.iter_mut().all(stands) {
                    ways.push(way);
                }
            }
            synonyms.ways.push(ways);
        }
        synonyms
    }

    /// Whether a single word is a synonym of anything.
    pub(super) fn has(&self, word: &str) -> bool {
        self.concepts.contains_key(word)
    }

    /// Every concept that the words of a query name, with the other ways to say it.
    pub(super) fn of_words(&self, words: &[(&str, u32)]) -> Vec<Concept<'_>> {
        let mut found = Vec::new();
        let mut seen = Vec::new();
        for start in 0..words.len() {
            for end in (start + 1..=words.len().min(start + MAX_WORDS)).rev() {
                let Some((concept, typed)) = self.concept(&words[start..end]) else { continue };
                if seen.contains(&concept) {
                    continue;
                }
                seen.push(concept);
                found.push(Concept {
                    ways: self.ways[concept].iter().filter(|way| way.place != typed).collect(),
                    tells: words[start..end].iter().fold(0, |all, (_, tells)| all | tells),
                });
            }
        }
        found
    }

    /// The concept that words name, and which of its synonyms they are. The last word may be
    /// a Korean one with a particle.
    fn concept(&self, words: &[(&str, u32)]) -> Option<(usize, usize)> {
        let mut joined = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" ");
        if let Some(found) = self.concepts.get(&joined) {
            return Some(*found);
        }
        let (last, _) = words.last()?;
        if last.chars().any(|c| Script::of(c) != Script::Hangul) {
            return None;
        }
        for _ in MIN_HANGUL..last.chars().count() {
            joined.pop();
            if let Some(found) = self.concepts.get(&joined) {
                return Some(*found);
            }
        }
        None
    }
}

/// The words of a synonym, and how it is found: Chinese by its words, Korean by its pairs of
/// syllables, which find it with any particle, several Latin words by their pairs.
fn way(place: usize, synonym: &str, analyzer: &Analyzer) -> (Vec<String>, Way) {
    let (mut words, mut terms, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    let mut script = Script::Other;
    let term = |text: &str, unit| WayTerm { text: text.to_owned(), unit, located: Located::default() };
    analyzer.analyze(synonym, Mode::Query, |token| match token.kind {
        Kind::Word(found) => {
            script = found;
            words.push(token.text.to_owned());
            let is_short = token.text.chars().nth(1).is_none();
            if (found != Script::Hangul || is_short) && !stop_words::is_stop_word(token.text) {
                terms.push(term(token.text, Unit::Word));
            }
        }
        Kind::Gram if script == Script::Hangul => terms.push(term(token.text, Unit::Gram)),
        Kind::Pair => pairs.push(term(token.text, Unit::Gram)),
        Kind::Gram | Kind::Part => {}
    });
    if !pairs.is_empty() && pairs.len() + 1 == words.len() {
        terms = pairs;
    }
    let shown = if let [word] = words.as_slice() { Some((word.clone(), script)) } else { None };
    (words, Way { place, terms, shown })
}
