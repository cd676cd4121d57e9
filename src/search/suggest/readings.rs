//! What was typed, cut into pieces that must all stand in a phrase: as it stands first, then
//! ever more freely.

use std::cell::OnceCell;

use super::phrases::Phrases;
use super::pieces::{Piece, Synonyms, is_consonants, is_letters, letters};
use super::units::units;
use crate::analysis::fold::{self, Folded};
use crate::analysis::{Analyzer, Kind, Mode, hangul, runs, stop_words};
use crate::lang::Script;
use crate::text::{self, Span};

/// Most pieces that are looked for.
const MAX_PIECES: usize = 32;
/// Most pieces that are read as initials, and whose slips are mended.
const MAX_GUESSED: usize = 4;
/// Longest sound that is looked for in two places, in letters.
const MAX_SOUND: usize = 32;
/// Fewest letters of a sound on either side of such a cut.
const MIN_SOUND: usize = 3;

/// As many initials may be those of two words.
const CUT_INITIALS: std::ops::RangeInclusive<usize> = 4..=6;

/// How freely what was typed is read. A freer reading never goes before a stricter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As it stands.
    Typed,
    /// Word by word, pinyin, initials, Korean on the English keyboard.
    Loose,
    /// Other words of the same meaning.
    Meant,
    /// Words that only ask are passed over.
    Telling,
    /// Slips of a letter or of a character; two words that were typed as one.
    Mended,
}

impl Reading {
    /// The stricter first.
    pub(super) const ALL: [Self; 5] = [Self::Typed, Self::Loose, Self::Meant, Self::Telling, Self::Mended];

    /// It is used only where stricter ones find nothing at all.
    pub(super) fn is_last_resort(self) -> bool {
        self == Self::Mended
    }
}

/// What was typed, ready to be read.
pub(super) struct Typed<'a> {
    analyzer: &'a Analyzer,
    synonyms: &'a Synonyms,
    text: &'a str,
    folded: Folded,
    /// In languages that nobody has asked for, initials and slips are read into nothing.
    may_guess: bool,
}

/// What was typed, read for the phrases of a language.
pub(super) struct Readings<'a> {
    typed: &'a Typed<'a>,
    pub(super) phrases: &'a Phrases,
    words: OnceCell<Vec<Piece>>,
    /// What has been looked for.
    tried: Vec<Vec<Piece>>,
}

impl<'a> Typed<'a> {
    pub(super) fn new(text: &'a str, analyzer: &'a Analyzer, synonyms: &'a Synonyms) -> Self {
        Self { analyzer, synonyms, text, folded: fold::fold(text), may_guess: true }
    }

    /// For languages that the reader does not read.
    pub(super) fn without_guesses(self) -> Self {
        Self { may_guess: false, ..self }
    }

    /// All of it, folded, without blanks and marks.
    pub(super) fn letters(&self) -> String {
        letters(&self.folded.text)
    }

    pub(super) fn for_phrases(&'a self, phrases: &'a Phrases) -> Readings<'a> {
        Readings { typed: self, phrases, words: OnceCell::new(), tried: Vec::new() }
    }

    /// Runs of one script.
    fn runs(&self) -> impl Iterator<Item = (Script, Span)> {
        runs(&self.folded.text).map(|run| (run.script, run.span))
    }

    fn as_typed(&self) -> Vec<Piece> {
        let run = |span| letters(text::slice(&self.folded.text, span));
        bounded(self.runs().map(|(script, span)| Piece::as_typed(&run(span), script)))
    }

    /// The words that tell, if there are others.
    fn telling(&self, mut words: Vec<Piece>) -> Option<Vec<Piece>> {
        let before = words.len();
        words.retain(|piece| !stop_words::is_stop_word(&self.analyzer.stem(&piece.typed)));
        (1..before).contains(&words.len()).then_some(words)
    }

    /// Makes one piece of two words that name a concept together: `cash out`.
    fn with_compounds(&self, words: &[Piece]) -> Vec<Piece> {
        let mut joined: Vec<Piece> = Vec::with_capacity(words.len());
        for word in words {
            let compound = joined.last().map(|before| format!("{}{}", before.typed, word.typed));
            match compound.filter(|compound| self.synonyms.naming(compound).next().is_some()) {
                Some(compound) => {
                    joined.pop();
                    joined.push(Piece::as_typed(&compound, word.script));
                }
                None => joined.push(word.clone()),
            }
        }
        joined
    }
}

impl Readings<'_> {
    /// The pieces to look for next; where there are several lists, each is one way to read
    /// all of it. What has been looked for is not looked for again.
    pub(super) fn read(&mut self, reading: Reading) -> Vec<Vec<Piece>> {
        let mut lists = match reading {
            Reading::Typed => vec![self.typed.as_typed()],
            Reading::Loose => vec![self.joined().unwrap_or_else(|| self.words().to_vec())],
            Reading::Meant => vec![self.meant()],
            Reading::Telling => self.typed.telling(self.meant()).into_iter().collect(),
            Reading::Mended if !self.typed.may_guess => Vec::new(),
            Reading::Mended => {
                let mut lists = self.cut_sounds();
                lists.extend(self.cut_initials());
                let meant = self.meant();
                lists.push(self.mended(self.typed.as_typed()));
                lists.push(self.mended(self.typed.telling(meant.clone()).unwrap_or(meant)));
                lists
            }
        };
        lists.retain(|list| !self.tried.contains(list));
        self.tried.extend(lists.iter().cloned());
        lists
    }

    /// Smaller pieces: words of Chinese, parts of Latin words, Korean before and behind
    /// initials.
    fn words(&self) -> &[Piece] {
        self.words.get_or_init(|| {
            let mut pieces = Vec::new();
            let mut guessed = 0;
            for (script, span) in self.typed.runs() {
                let run = text::slice(&self.typed.folded.text, span);
                match script {
                    Script::Han => self.typed.analyzer.analyze(run, Mode::Query, |token| {
                        if let Kind::Word(script) = token.kind {
                            pieces.push(Piece::as_typed(token.text, script));
                        }
                    }),
                    Script::Latin => pieces.extend(self.latin_words(run, span.start, &mut guessed)),
                    Script::Hangul => {
                        let syllables = run.trim_end_matches(hangul::is_letter);
                        let behind = text::from(run, syllables.len());
                        // A single consonant begins the next syllable of the same word.
                        let parts = if is_consonants(behind) { [syllables, behind] } else { [run, ""] };
                        pieces.extend(parts.map(|part| Piece::as_typed(part, script)));
                    }
                    _ => pieces.push(Piece::as_typed(run, script)),
                }
            }
            bounded(pieces.into_iter())
        })
    }

    /// `guessed` counts what has been read as initials.
    fn latin_words(&self, run: &str, start: usize, guessed: &mut usize) -> Vec<Piece> {
        let Typed { text, folded, analyzer, may_guess, .. } = self.typed;
        let read = |unit: super::units::Unit| {
            let raw = folded.original(Span::new(start + unit.span.start, start + unit.span.end));
            let piece = Piece::as_typed(text::slice(run, unit.span), Script::Latin);
            let piece = piece.read_loosely(text::slice(text, raw));
            if !*may_guess || *guessed == MAX_GUESSED {
                return piece;
            }
            *guessed += 1;
            piece.or_initials(self.phrases, analyzer)
        };
        units(run).into_iter().map(read).collect()
    }

    /// Pinyin typed syllable by syllable, as one piece.
    fn joined(&self) -> Option<Vec<Piece>> {
        let words = self.typed.folded.text.split_whitespace();
        if words.clone().count() < 2 || !words.clone().all(is_letters) {
            return None;
        }
        let piece = Piece::sounding(&self.typed.letters());
        self.phrases.have(&piece).then(|| vec![piece])
    }

    /// Words with their synonyms.
    fn meant(&self) -> Vec<Piece> {
        let words = self.typed.with_compounds(self.words());
        words.into_iter().map(|piece| piece.with_synonyms(self.typed.synonyms)).collect()
    }

    /// Pinyin of two words that do not stand side by side: every cut that makes two sounds.
    fn cut_sounds(&self) -> Vec<Vec<Piece>> {
        let letters = self.typed.letters();
        if !is_letters(&letters) || !(2 * MIN_SOUND..=MAX_SOUND).contains(&letters.len()) {
            return Vec::new();
        }
        let cuts = MIN_SOUND..=letters.len() - MIN_SOUND;
        cuts.map(|at| [text::upto(&letters, at), text::from(&letters, at)].map(Piece::sounding).into())
            .collect()
    }

    /// Initials of two words, of which one has two characters as most words have.
    fn cut_initials(&self) -> Vec<Vec<Piece>> {
        let letters = self.typed.letters();
        if !is_letters(&letters) || !CUT_INITIALS.contains(&letters.len()) {
            return Vec::new();
        }
        let mut cuts = vec![2, letters.len() - 2];
        cuts.dedup();
        let half = |initials| {
            let piece = Piece::new(initials, Script::Latin).or_initials(self.phrases, self.typed.analyzer);
            piece.with_synonyms(self.typed.synonyms)
        };
        cuts.into_iter()
            .map(|at| [text::upto(&letters, at), text::from(&letters, at)].map(half).into())
            .collect()
    }

    /// The first pieces that no phrase has, without their slips.
    fn mended(&self, pieces: Vec<Piece>) -> Vec<Piece> {
        let mut mended = 0;
        let mend = |piece: Piece| {
            if mended == MAX_GUESSED || self.phrases.have(&piece) {
                return piece;
            }
            mended += 1;
            piece.with_slips(self.phrases)
        };
        pieces.into_iter().map(mend).collect()
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
