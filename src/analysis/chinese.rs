//! Chinese: words by jieba with the field's own words, and pairs of neighbors.

use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use jieba_rs::{Jieba, TokenizeMode};

use super::fold::fold;
use super::{Each, Emitter, Kind, Mode, runs};
use crate::lang::Script;
use crate::lexicon::Lexicon;
use crate::text::{self, Span};

/// The dictionary while a thread loads it.
static COMING: Mutex<Option<JoinHandle<Jieba>>> = Mutex::new(None);

/// Begins to load the dictionary.
pub(super) fn prepare() {
    let mut coming = COMING.lock().unwrap_or_else(PoisonError::into_inner);
    if coming.is_none() {
        // Without a thread it is loaded when it is needed.
        *coming = std::thread::Builder::new().name("dictionary".to_owned()).spawn(Jieba::new).ok();
    }
}

fn dictionary() -> Jieba {
    let coming = COMING.lock().unwrap_or_else(PoisonError::into_inner).take();
    coming.and_then(|thread| thread.join().ok()).unwrap_or_default()
}

/// jieba with the words of a lexicon.
pub(super) struct Segmenter {
    jieba: Jieba,
}

impl Segmenter {
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let mut jieba = dictionary();
        for word in lexicon.all_words() {
            let folded = fold(word).text;
            for run in runs(&folded).filter(|run| run.script == Script::Han) {
                jieba.add_word(text::slice(&folded, run.span), None, None);
            }
        }
        Self { jieba }
    }

    pub(super) fn has_word(&self, word: &str) -> bool {
        self.jieba.has_word(word)
    }

    /// Sends the tokens of a run of folded Han characters that begins at byte `start`.
    pub(super) fn tokens<E: Each>(&self, run: &str, start: usize, mode: Mode, emitter: &mut Emitter<E>) {
        let words = match mode {
            Mode::Index => self.jieba.tokenize(run, TokenizeMode::Search, true),
            Mode::Query => self.jieba.tokenize(run, TokenizeMode::Default, true),
        };
        for word in words {
            let span = Span::new(start + word.byte_start, start + word.byte_end);
            emitter.token(word.word, span, word.start, Kind::Word(Script::Han));
        }
        emitter.position += grams(run, start, emitter);
    }
}

/// Sends the pairs of neighbors of a run, or its only character; returns how many
/// characters it has.
pub(super) fn grams<E: Each>(run: &str, start: usize, emitter: &mut Emitter<E>) -> usize {
    let mut previous: Option<usize> = None;
    let mut count = 0;
    for (at, c) in run.char_indices() {
        let end = at + c.len_utf8();
        if let Some(from) = previous {
            let pair = run.get(from..end).unwrap_or_default();
            emitter.token(pair, Span::new(start + from, start + end), count - 1, Kind::Gram);
        }
        previous = Some(at);
        count += 1;
    }
    if count == 1 {
        emitter.token(run, Span::new(start, start + run.len()), 0, Kind::Gram);
    }
    count
}
