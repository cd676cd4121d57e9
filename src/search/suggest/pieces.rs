//! What was typed, cut into pieces that must all stand in a phrase, and the ways in which
//! each piece may be written there. Read as it stands first, then ever more freely.

use std::collections::HashMap;

use super::phrases::Phrases;
use super::units::{Way, units};
use crate::analysis::fold::{self, Folded};
use crate::analysis::{Analyzer, Kind, Mode, hangul, pinyin, runs, stop_words};
use crate::lang::Script;
use crate::lexicon::Lexicon;
use crate::text::{self, Span};

/// Most pieces that are looked for.
const MAX_PIECES: usize = 32;
/// Most pieces whose slips are mended.
const MAX_MENDED: usize = 4;
/// Fewer keys of the Korean keyboard are not taken for Korean.
const MIN_KEYS: usize = 3;
/// Longest sound that is looked for in two places, in letters.
const MAX_SOUND: usize = 32;
/// Fewest letters of a sound on either side of such a cut.
const MIN_SOUND: usize = 3;

/// As many initials may be those of two words.
const CUT_INITIALS: std::ops::RangeInclusive<usize> = 4..=6;

/// How well a phrase is matched that is written as typed, and in other ways.
const AS_TYPED: f32 = 1.0;
const BY_SOUND: f32 = 0.7;
const BY_KEYS: f32 = 0.7;
const BY_INITIALS: f32 = 0.5;
const BY_SYNONYM: f32 = 0.6;
const BY_SLIP: f32 = 0.4;

/// How freely what was typed is read. A freer reading never goes before a stricter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As it stands.
    Typed,
    /// Word by word, pinyin, initials, Korean on the English keyboard.
    Loose,
    /// Other words of the same meaning; words that only ask are passed over.
    Meant,
    /// Slips of a letter or of a character; two words that were typed as one.
    Mended,
}

impl Reading {
    /// The stricter first.
    pub(super) const ALL: [Self; 4] = [Self::Typed, Self::Loose, Self::Meant, Self::Mended];

    /// It is used only where stricter ones find nothing at all.
    pub(super) fn is_last_resort(self) -> bool {
        self == Self::Mended
    }
}

/// Something that must stand in a phrase.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// As it was typed, folded, without marks.
    typed: String,
    script: Script,
    /// The ways in which it may be written.
    pub(super) ways: Vec<Written>,
}

/// A way to write a piece.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) way: Way,
    pub(super) written: String,
    /// How well it stands for what was typed, at most 1.
    pub(super) quality: f32,
}

/// What was typed, ready to be read.
pub(super) struct Typed<'a> {
    analyzer: &'a Analyzer,
    synonyms: &'a Synonyms,
    text: &'a str,
    folded: Folded,
}

impl Piece {
    fn new(typed: &str, script: Script) -> Self {
        Self { typed: typed.to_owned(), script, ways: Vec::new() }
    }

    fn or(mut self, way: Way, written: &str, quality: f32) -> Self {
        let is_new = self.ways.iter().all(|known| (known.way, known.written.as_str()) != (way, written));
        if is_new && !written.is_empty() {
            self.ways.push(Written { way, written: written.to_owned(), quality });
        }
        self
    }

    /// A piece written as it was typed.
    fn as_typed(typed: &str, script: Script) -> Self {
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
    fn read_loosely(self, raw: &str, phrases: &Phrases, analyzer: &Analyzer) -> Self {
        if self.script != Script::Latin || !is_letters(raw) {
            return self;
        }
        let letters = self.typed.clone();
        let piece = self.or(Way::Sound, &pinyin::sound_of_letters(&letters), BY_SOUND);
        let piece = piece.or_initials(&letters, phrases, analyzer);
        match hangul::pressed(raw) {
            Some(keys) if keys.len() >= MIN_KEYS => piece.or(Way::Keys, &keys, BY_KEYS),
            _ => piece,
        }
    }

    /// Adds the words that have these initials, the more frequent the better.
    fn or_initials(self, initials: &str, phrases: &Phrases, analyzer: &Analyzer) -> Self {
        let with = phrases.with_initials(initials, analyzer);
        with.iter().fold(self, |piece, (words, share)| {
            piece.or(Way::Han, words, BY_INITIALS * (1.0 + share) / 2.0)
        })
    }

    /// Adds other words for what was typed, and for the Chinese words it is read as.
    fn with_synonyms(self, synonyms: &Synonyms) -> Self {
        let is_han = |known: &&Written| known.way == Way::Han;
        let read = self.ways.iter().filter(is_han).map(|known| (known.written.clone(), known.quality));
        let read: Vec<_> = std::iter::once((self.typed.clone(), AS_TYPED)).chain(read).collect();
        read.iter().fold(self, |piece, (word, quality)| {
            let named = synonyms.naming(word);
            named.fold(piece, |piece, (way, written)| piece.or(*way, written, BY_SYNONYM * quality))
        })
    }

    fn with_slips(self, phrases: &Phrases) -> Self {
        if self.ways.iter().any(|way| phrases.has(way.way, &way.written)) {
            return self;
        }
        let near = |typed: &str| -> Vec<String> {
            phrases.spellings.near(typed).into_iter().map(str::to_owned).collect()
        };
        let typed = self.typed.clone();
        match self.script {
            Script::Han => self.or(Way::Alike, &typed, BY_SLIP),
            Script::Hangul => {
                near(&hangul::keystrokes(&typed)).iter().fold(self, |piece, word| piece.or(Way::Keys, word, BY_SLIP))
            }
            _ => near(&typed).iter().fold(self, |piece, word| piece.or(Way::Latin, word, BY_SLIP)),
        }
    }
}

impl<'a> Typed<'a> {
    pub(super) fn new(text: &'a str, analyzer: &'a Analyzer, synonyms: &'a Synonyms) -> Self {
        Self { analyzer, synonyms, text, folded: fold::fold(text) }
    }

    /// All of it, folded, without blanks and marks.
    pub(super) fn letters(&self) -> String {
        self.folded.text.chars().filter(|c| Script::of(*c) != Script::Other).collect()
    }

    /// The pieces to look for among `phrases`; where there are several lists, each is one
    /// way to read all of it.
    pub(super) fn read(&self, reading: Reading, phrases: &Phrases) -> Vec<Vec<Piece>> {
        match reading {
            Reading::Typed => vec![self.as_typed()],
            Reading::Loose => vec![self.joined(phrases).unwrap_or_else(|| self.words(phrases))],
            Reading::Meant => vec![self.telling(phrases)],
            Reading::Mended => {
                let mut readings = self.cut_sounds(phrases);
                readings.extend(self.cut_initials(phrases));
                let alike = self.as_typed().into_iter().map(|piece| piece.with_slips(phrases));
                readings.push(alike.collect());
                readings.push(self.mended_words(phrases));
                readings
            }
        }
    }

    /// Runs of one script.
    fn runs(&self) -> impl Iterator<Item = (Script, Span)> {
        runs(&self.folded.text).map(|run| (run.script, run.span))
    }

    fn as_typed(&self) -> Vec<Piece> {
        let pieces = self.runs().map(|(script, span)| {
            let letters = letters(text::slice(&self.folded.text, span));
            Piece::as_typed(&letters, script)
        });
        bounded(pieces)
    }

    /// Smaller pieces: words of Chinese, parts of Latin words, Korean before and behind
    /// initials.
    fn words(&self, phrases: &Phrases) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (script, span) in self.runs() {
            let run = text::slice(&self.folded.text, span);
            match script {
                Script::Han => self.analyzer.analyze(run, Mode::Query, |token| {
                    if let Kind::Word(script) = token.kind {
                        pieces.push(Piece::as_typed(token.text, script));
                    }
                }),
                Script::Latin => {
                    for unit in units(run) {
                        let own = Span::new(span.start + unit.span.start, span.start + unit.span.end);
                        let raw = text::slice(self.text, self.folded.original(own));
                        let piece = Piece::as_typed(text::slice(run, unit.span), script);
                        pieces.push(piece.read_loosely(raw, phrases, self.analyzer));
                    }
                }
                Script::Hangul => {
                    let syllables = run.trim_end_matches(hangul::is_letter);
                    let behind = text::from(run, syllables.len());
                    pieces.extend([syllables, behind].map(|part| Piece::as_typed(part, script)));
                }
                _ => pieces.push(Piece::as_typed(run, script)),
            }
        }
        bounded(pieces.into_iter())
    }

    /// Pinyin typed syllable by syllable, as one piece.
    fn joined(&self, phrases: &Phrases) -> Option<Vec<Piece>> {
        let words = self.folded.text.split_whitespace();
        if words.clone().count() < 2 || !words.clone().all(is_letters) {
            return None;
        }
        let sound = pinyin::sound_of_letters(&self.letters());
        phrases
            .has(Way::Sound, &sound)
            .then(|| vec![Piece::new("", Script::Latin).or(Way::Sound, &sound, BY_SOUND)])
    }

    /// Pinyin of two words that do not stand side by side: every cut that makes two sounds.
    fn cut_sounds(&self, phrases: &Phrases) -> Vec<Vec<Piece>> {
        let letters = self.letters();
        if !is_letters(&letters) || !(2 * MIN_SOUND..=MAX_SOUND).contains(&letters.len()) {
            return Vec::new();
        }
        let cuts = MIN_SOUND..=letters.len() - MIN_SOUND;
        let halves = cuts.map(|at| {
            [text::upto(&letters, at), text::from(&letters, at)].map(pinyin::sound_of_letters)
        });
        halves
            .filter(|halves| halves.iter().all(|sound| phrases.has(Way::Sound, sound)))
            .map(|halves| {
                halves.map(|sound| Piece::new(&sound, Script::Latin).or(Way::Sound, &sound, BY_SOUND)).to_vec()
            })
            .collect()
    }

    /// Initials of two words, of which one has two characters as most words have.
    fn cut_initials(&self, phrases: &Phrases) -> Vec<Vec<Piece>> {
        let letters = self.letters();
        if !is_letters(&letters) || !CUT_INITIALS.contains(&letters.len()) {
            return Vec::new();
        }
        let mut cuts = vec![2, letters.len() - 2];
        cuts.dedup();
        let half = |initials: &str| {
            let piece = Piece::new(initials, Script::Latin).or_initials(initials, phrases, self.analyzer);
            piece.with_synonyms(self.synonyms)
        };
        cuts.into_iter().map(|at| vec![half(text::upto(&letters, at)), half(text::from(&letters, at))]).collect()
    }

    /// The words that tell, or all if none does, with their synonyms.
    fn telling(&self, phrases: &Phrases) -> Vec<Piece> {
        let mut words = self.with_compounds(self.words(phrases));
        let tells = |piece: &Piece| !stop_words::is_stop_word(&self.analyzer.stem(&piece.typed));
        if words.iter().any(tells) {
            words.retain(tells);
        }
        words.into_iter().map(|piece| piece.with_synonyms(self.synonyms)).collect()
    }

    /// Makes one piece of two words that name a concept together: `cash out`.
    fn with_compounds(&self, words: Vec<Piece>) -> Vec<Piece> {
        let mut joined: Vec<Piece> = Vec::with_capacity(words.len());
        for word in words {
            let compound = joined.last().map(|before| format!("{}{}", before.typed, word.typed));
            match compound.filter(|compound| self.synonyms.naming(compound).next().is_some()) {
                Some(compound) => {
                    joined.pop();
                    joined.push(Piece::as_typed(&compound, word.script));
                }
                None => joined.push(word),
            }
        }
        joined
    }

    fn mended_words(&self, phrases: &Phrases) -> Vec<Piece> {
        let mut looks = 0;
        let mend = |piece: Piece| {
            looks += usize::from(piece.script != Script::Han);
            if looks <= MAX_MENDED { piece.with_slips(phrases) } else { piece }
        };
        self.telling(phrases).into_iter().map(mend).collect()
    }
}

/// Pieces that say something, each once, not too many.
fn bounded(pieces: impl Iterator<Item = Piece>) -> Vec<Piece> {
    let mut kept: Vec<Piece> = Vec::new();
    for piece in pieces.filter(|piece| !piece.ways.is_empty()) {
        if kept.len() < MAX_PIECES && !kept.contains(&piece) {
            kept.push(piece);
        }
    }
    kept
}

fn letters(run: &str) -> String {
    run.chars().filter(|c| Script::of(*c) != Script::Other).collect()
}

fn is_letters(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// More than one Korean consonant and nothing else.
fn is_consonants(typed: &str) -> bool {
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
                    written.extend(ways.into_iter().map(|way| (way.way, way.written)));
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
    fn naming(&self, word: &str) -> impl Iterator<Item = &(Way, String)> + use<'_> {
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
