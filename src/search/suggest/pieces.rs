//! Something that must stand in a phrase, and the ways in which it may be written there: as
//! typed, as it sounds, by the keys, in another word of the same meaning, without the slip.

use std::collections::HashMap;

use super::phrases::Phrases;
use super::spellings::slips;
use super::units::Way;
use crate::analysis::{Analyzer, fold, hangul, pinyin, runs, stop_words};
use crate::lang::Script;
use crate::lexicon::Lexicon;

/// Fewer keys of the Korean keyboard are not taken for Korean.
const MIN_KEYS: usize = 3;
/// How well a phrase is matched that is written as typed, and in other ways.
const AS_TYPED: f32 = 1.0;
const BY_SOUND: f32 = 0.7;
const BY_KEYS: f32 = 0.7;
const BY_INITIALS: f32 = 0.5;
const BY_SYNONYM: f32 = 0.6;
const BY_SLIP: f32 = 0.4;

/// Something that must stand in a phrase.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// As it was typed, folded, without marks.
    pub(super) typed: String,
    pub(super) script: Script,
    /// The ways in which it may be written.
    pub(super) ways: Vec<Written>,
}

/// A way to write a piece.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) way: Way,
    pub(super) text: String,
    /// How well it stands for what was typed, at most 1.
    pub(super) quality: f32,
    /// It is a word that only asks.
    pub(super) asks: bool,
}

impl Piece {
    pub(super) fn new(typed: &str, script: Script) -> Self {
        Self { typed: typed.to_owned(), script, ways: Vec::new() }
    }

    fn or(mut self, way: Way, written: &str, quality: f32) -> Self {
        let is_new = self.ways.iter().all(|known| (known.way, known.text.as_str()) != (way, written));
        if is_new && !written.is_empty() {
            let asks = stop_words::is_stop_word(written);
            self.ways.push(Written { way, text: written.to_owned(), quality, asks });
        }
        self
    }

    /// A piece of Chinese written as it sounds, whatever the marks between its letters.
    pub(super) fn sounding(letters: &str) -> Self {
        Self::new(letters, Script::Latin).or(Way::Sound, &pinyin::sound_of_letters(letters), BY_SOUND)
    }

    /// A piece written as it was typed.
    pub(super) fn as_typed(typed: &str, script: Script) -> Self {
        let piece = Self::new(typed, script);
        match script {
            Script::Hangul if is_consonants(typed) => {
                piece.or(Way::Consonants, &hangul::keystrokes(typed), AS_TYPED)
            }
            Script::Hangul => piece.or(Way::Keys, &hangul::keystrokes(typed), AS_TYPED),
            Script::Latin => piece.or(Way::Latin, typed, AS_TYPED),
            _ => piece.or(Way::Han, typed, AS_TYPED),
        }
    }

    /// Adds what Latin letters may stand for; `raw` is as typed, since Shift makes letters.
    pub(super) fn read_loosely(self, raw: &str) -> Self {
        if self.script != Script::Latin || !is_letters(raw) {
            return self;
        }
        let sound = pinyin::sound_of_letters(&self.typed);
        let piece = self.or(Way::Sound, &sound, BY_SOUND);
        match hangul::pressed(raw) {
            Some(keys) if keys.len() >= MIN_KEYS => piece.or(Way::Keys, &keys, BY_KEYS),
            _ => piece,
        }
    }

    /// Adds the Chinese words that have these initials, the more frequent the better.
    pub(super) fn or_initials(self, phrases: &Phrases, analyzer: &Analyzer) -> Self {
        if self.script != Script::Latin || !is_letters(&self.typed) {
            return self;
        }
        let with = phrases.with_initials(&self.typed, analyzer);
        with.iter()
            .fold(self, |piece, (words, share)| piece.or(Way::Han, words, BY_INITIALS * (1.0 + share) / 2.0))
    }

    /// Adds other words for what was typed, and for the Chinese words it is read as.
    pub(super) fn with_synonyms(self, synonyms: &Synonyms) -> Self {
        let is_han = |known: &&Written| known.way == Way::Han;
        let read = self.ways.iter().filter(is_han).map(|known| (known.text.clone(), known.quality));
        let read: Vec<_> = std::iter::once((self.typed.clone(), AS_TYPED)).chain(read).collect();
        read.iter().fold(self, |piece, (word, quality)| {
            let named = synonyms.naming(word);
            named.fold(piece, |piece, (way, written)| piece.or(*way, written, BY_SYNONYM * quality))
        })
    }

    /// Adds what may have been meant by a word that no phrase has.
    pub(super) fn with_slips(self, phrases: &Phrases) -> Self {
        let typed = self.typed.clone();
        let (way, near) = match self.script {
            Script::Hangul => (Way::Keys, phrases.korean.near(&hangul::keystrokes(&typed), 1)),
            Script::Latin => (Way::Latin, phrases.latin.near(&typed, slips(&typed))),
            _ => (Way::Alike, vec![typed.as_str()]),
        };
        near.into_iter().fold(self, |piece, word| piece.or(way, word, BY_SLIP))
    }
}

pub(super) fn letters(run: &str) -> String {
    run.chars().filter(|c| Script::of(*c) != Script::Other).collect()
}

pub(super) fn is_letters(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// More than one Korean consonant and nothing else.
pub(super) fn is_consonants(typed: &str) -> bool {
    typed.chars().all(|c| ('\u{3131}'..='\u{314e}').contains(&c)) && hangul::keystrokes(typed).len() > 1
}

/// Which words mean the same, by what is typed.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    /// A word without blanks and marks → its concepts; Chinese ones by their sound, too.
    words: HashMap<String, Vec<usize>>,
    /// Every word of each concept.
    concepts: Vec<Vec<(Way, String)>>,
}

impl Synonyms {
    pub(super) fn of(lexicon: &Lexicon) -> Self {
        let mut synonyms = Self::default();
        for (number, concept) in lexicon.concepts.iter().enumerate() {
            let mut written = Vec::new();
            for (_, word) in &concept.words {
                let word = letters(&fold::fold(word).text);
                let scripts: Vec<Script> = runs(&word).map(|run| run.script).collect();
                // A word in two scripts would be two pieces.
                if let [script] = scripts[..] {
                    let ways = Piece::as_typed(&word, script).ways;
                    written.extend(ways.into_iter().map(|way| (way.way, way.text)));
                }
                let sound = pinyin::sound(&word).map(sound_key);
                for key in std::iter::once(word).chain(sound) {
                    synonyms.words.entry(key).or_default().push(number);
                }
            }
            synonyms.concepts.push(written);
        }
        synonyms
    }

    /// Every way to write the concepts that a word, or its pinyin, names.
    pub(super) fn naming(&self, word: &str) -> impl Iterator<Item = &(Way, String)> + use<'_> {
        let sound = is_letters(word).then(|| sound_key(pinyin::sound_of_letters(word)));
        let by_sound = sound.and_then(|sound| self.words.get(&sound));
        let named = self.words.get(word).into_iter().chain(by_sound).flatten();
        named.flat_map(|concept| &self.concepts[*concept])
    }
}

/// No word has a blank.
fn sound_key(sound: String) -> String {
    sound + " "
}
