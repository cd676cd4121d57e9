//! The concepts of a lexicon, by the words a query is cut into.

use std::collections::HashMap;

use super::statistics::document_frequency;
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
    /// For each concept its synonyms that any article has, each as the terms that find it.
    terms: Vec<Vec<Target>>,
}

/// The terms that find one synonym.
#[derive(Debug)]
struct Target {
    /// Its place in the concept.
    place: usize,
    terms: Vec<(String, Script, Unit)>,
}

/// A term that finds a synonym of what was typed.
pub(super) struct Synonym<'a> {
    pub(super) text: &'a str,
    pub(super) script: Script,
    pub(super) unit: Unit,
    /// Its share: a synonym of two words counts as one.
    pub(super) share: f32,
    /// The parts of the query that it says in other words.
    pub(super) tells: u32,
}

impl Synonyms {
    pub(super) fn of(generation: &Generation) -> Self {
        let analyzer = generation.analyzer();
        let mut synonyms = Self::default();
        for (number, concept) in generation.lexicon().concepts.iter().enumerate() {
            let mut targets = Vec::with_capacity(concept.words.len());
            for (place, (_, word)) in concept.words.iter().enumerate() {
                let (words, mut terms) = terms(word, analyzer);
                // What stands in two concepts belongs to the first.
                synonyms.concepts.entry(words.join(" ")).or_insert((number, place));
                // A term that no article has finds nothing.
                terms.retain(|(text, _, unit)| {
                    document_frequency(generation, *unit, text).is_ok_and(|frequency| frequency > 0)
                });
                if !terms.is_empty() {
                    targets.push(Target { place, terms });
                }
            }
            synonyms.terms.push(targets);
        }
        synonyms
    }

    /// Whether a single word is a synonym of anything.
    pub(super) fn has(&self, word: &str) -> bool {
        self.concepts.contains_key(word)
    }

    /// The terms of the other synonyms of every concept that the words of a query name.
    pub(super) fn of_words<'a>(&'a self, words: &[(&str, u32)]) -> Vec<Synonym<'a>> {
        let mut found = Vec::new();
        let mut seen = Vec::new();
        for start in 0..words.len() {
            for end in (start + 1..=words.len().min(start + MAX_WORDS)).rev() {
                let Some((concept, typed)) = self.concept(&words[start..end]) else { continue };
                if seen.contains(&concept) {
                    continue;
                }
                seen.push(concept);
                let tells = words[start..end].iter().fold(0, |all, (_, tells)| all | tells);
                for target in self.terms[concept].iter().filter(|target| target.place != typed) {
                    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
                    let share = 1.0 / target.terms.len() as f32;
                    found.extend(target.terms.iter().map(|(text, script, unit)| Synonym {
                        text,
                        script: *script,
                        unit: *unit,
                        share,
                        tells,
                    }));
                }
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

/// The words of a synonym, and the terms that find it: of Chinese its words, of Korean its
/// pairs of syllables, which find it with any particle, of several Latin words their pairs.
fn terms(synonym: &str, analyzer: &Analyzer) -> (Vec<String>, Vec<(String, Script, Unit)>) {
    let (mut words, mut terms, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    let mut script = Script::Other;
    analyzer.analyze(synonym, Mode::Query, |token| match token.kind {
        Kind::Word(found) => {
            script = found;
            words.push(token.text.to_owned());
            let is_short = token.text.chars().nth(1).is_none();
            if (found != Script::Hangul || is_short) && !stop_words::is_stop_word(token.text) {
                terms.push((token.text.to_owned(), found, Unit::Word));
            }
        }
        Kind::Gram if script == Script::Hangul => terms.push((token.text.to_owned(), script, Unit::Gram)),
        Kind::Pair => pairs.push((token.text.to_owned(), Script::Latin, Unit::Gram)),
        Kind::Gram | Kind::Part => {}
    });
    if !pairs.is_empty() && pairs.len() + 1 == words.len() {
        terms = pairs;
    }
    (words, terms)
}
