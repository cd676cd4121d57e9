//! Chinese: words by jieba with the field's own words, and pairs of neighbors.

use jieba_rs::{Jieba, TokenizeMode};

use super::fold::fold;
use super::{Emitter, Kind, Mode, runs};
use crate::lang::Script;
use crate::lexicon::Lexicon;
use crate::text::{self, Span};

/// jieba with the words of a lexicon.
pub(super) struct Segmenter {
    jieba: Jieba,
}

impl Segmenter {
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let mut jieba = Jieba::new();
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
    pub(super) fn tokens(&self, run: &str, start: usize, mode: Mode, emitter: &mut Emitter<'_>) {
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
pub(super) fn grams(run: &str, start: usize, emitter: &mut Emitter<'_>) -> usize {
    let mut previous: Option<usize> = None;
    let mut count = 0;
    for (at, c) in run.char_indices() {
        let end = at + c.len_utf8();
        if let Some(from) = previous {
            let pair = Span::new(from, end);
            emitter.token(
                text::slice(run, pair),
                Span::new(start + from, start + end),
                count - 1,
                Kind::Gram,
            );
        }
        previous = Some(at);
        count += 1;
    }
    if count == 1 {
        emitter.token(run, Span::new(start, start + run.len()), 0, Kind::Gram);
    }
    count
}
