//! Chinese: words by jieba with the field's own words, and pairs of neighbors.

use std::iter::Peekable;
use std::vec::IntoIter;

use jieba_rs::{Jieba, Token, TokenizeMode};

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

    /// Cuts what [`join`] returns.
    pub(super) fn cut<'j>(&self, joined: &'j str, mode: Mode) -> Words<'j> {
        let mode = match mode {
            Mode::Index => TokenizeMode::Search,
            Mode::Query => TokenizeMode::Default,
        };
        let tokens = self.jieba.tokenize(joined, mode, true).into_iter().peekable();
        Words { tokens, bytes: 0, characters: 0 }
    }
}

/// All Han runs of a folded text, each with a line break behind it: jieba cuts them by
/// themselves, and one call costs less than many.
pub(super) fn join(folded: &str) -> String {
    let mut joined = String::new();
    for run in runs(folded).filter(|run| run.script == Script::Han) {
        joined.push_str(text::slice(folded, run.span));
        joined.push('\n');
    }
    joined
}

/// The words of Han runs that were joined, run by run.
pub(super) struct Words<'j> {
    tokens: Peekable<IntoIter<Token<'j>>>,
    /// Where the next run begins.
    bytes: usize,
    characters: usize,
}

impl Words<'_> {
    /// Sends the tokens of the next run, which begins at byte `start` of the folded text.
    pub(super) fn tokens(&mut self, run: &str, start: usize, emitter: &mut Emitter<'_>) {
        let end = self.bytes + run.len();
        while let Some(word) = self.tokens.next_if(|word| word.byte_start < end) {
            let span = Span::new(start + word.byte_start - self.bytes, start + word.byte_end - self.bytes);
            emitter.token(word.word, span, word.start - self.characters, Kind::Word(Script::Han));
        }
        let characters = grams(run, start, emitter);
        emitter.position += characters;
        // The line break is a token, too.
        self.tokens.next_if(|word| word.byte_start == end);
        self.bytes = end + 1;
        self.characters += characters + 1;
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
