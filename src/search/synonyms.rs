//! The concepts of a lexicon, by the words a query is cut into.

use std::collections::HashMap;

use crate::analysis::{Analyzer, Kind, Mode, stop_words};
use crate::index::Generation;
use crate::index::schema::Unit;
use crate::lang::Script;

/// Most words of a synonym that is looked for.
const MAX_WORDS: usize = 4;

/// Which words mean the same.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    /// The words of a synonym, joined by blanks → its concept and its place in it.
    concepts: HashMap<String, (usize, usize)>,
    /// For each concept its synonyms, each as the terms that find it.
    terms: Vec<Vec<Vec<(String, Script)>>>,
}

/// A term that finds a synonym of what was typed.
pub(super) struct Synonym<'a> {
    pub(super) text: &'a str,
    pub(super) script: Script,
    pub(super) unit: Unit,
    /// Its share: a synonym of two words counts as one.
    pub(super) share: f32,
    /// The parts of the query that it says in other words.
    pub(super) tells: u64,
}

impl Synonyms {
    pub(super) fn of(generation: &Generation) -> Self {
        let analyzer = generation.analyzer();
        let mut synonyms = Self::default();
        for (number, concept) in generation.lexicon().concepts.iter().enumerate() {
            let mut terms = Vec::with_capacity(concept.words.len());
            for (_, word) in &concept.words {
                let words = words(word, analyzer);
                let joined = join(words.iter().map(|(word, _)| word.as_str()));
                // What stands in two concepts belongs to the first.
                synonyms.concepts.entry(joined).or_insert((number, terms.len()));
                terms.push(words);
            }
            synonyms.terms.push(terms);
        }
        synonyms
    }

    /// The terms of the other synonyms of every concept that the words of a query name.
    pub(super) fn of_words<'a>(&'a self, words: &[(&str, u64)]) -> Vec<Synonym<'a>> {
        let mut found = Vec::new();
        let mut seen = Vec::new();
        for start in 0..words.len() {
            for end in (start + 1..=words.len().min(start + MAX_WORDS)).rev() {
                let Some(&(concept, typed)) =
                    self.concepts.get(&join(words[start..end].iter().map(|(word, _)| *word)))
                else {
                    continue;
                };
                if seen.contains(&concept) {
                    continue;
                }
                seen.push(concept);
                let tells = words[start..end].iter().fold(0, |all, (_, tells)| all | tells);
                let others = self.terms[concept].iter().enumerate().filter(|(place, _)| *place != typed);
                for (_, terms) in others {
                    let telling: Vec<_> =
                        terms.iter().filter(|(word, _)| !stop_words::is_stop_word(word)).collect();
                    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
                    let share = 1.0 / telling.len().max(1) as f32;
                    let synonym = |(text, script): &'a (String, Script)| Synonym {
                        text,
                        script: *script,
                        unit: Unit::Word,
                        share,
                        tells,
                    };
                    found.extend(telling.into_iter().map(synonym));
                }
            }
        }
        found
    }
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn words(word: &str, analyzer: &Analyzer) -> Vec<(String, Script)> {
    let mut words = Vec::new();
    analyzer.analyze(word, Mode::Query, |token| {
        if let Kind::Word(script) = token.kind {
            words.push((token.text.to_owned(), script));
        }
    });
    words
}
