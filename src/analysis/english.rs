//! Latin letters and digits: whole words with the marks inside them, their parts, stems.
//!
//! `ERC-20`, `erc20` and `ERC 20` find each other: the whole is written without joiners
//! (`erc20`), the parts are `erc` and `20`. A number keeps its sign and its decimal point
//! (`-1021`, `0.10`) and loses its thousands separators (`10000`).

use std::borrow::Cow;

use frostem::Algorithm;
use rustc_hash::FxHashMap;

use super::{Each, Emitter, Kind};
use crate::lang::Script;
use crate::text::{self, Span};

/// Longest chunk in bytes that is one word: a transaction hash has 66. What is longer is
/// cut, so that no term grows without bound.
const MAX_CHUNK: usize = 128;

/// Most words whose stems are kept: those that come early are the frequent ones.
const MAX_KEPT: usize = 1 << 15;

/// Stems that were found before, by word.
#[derive(Default)]
pub(super) struct Stems {
    known: FxHashMap<Box<str>, Box<str>>,
    room: usize,
}

impl Stems {
    /// Stems that are kept from text to text.
    pub(super) fn kept() -> Self {
        Self { known: FxHashMap::default(), room: MAX_KEPT }
    }
}

/// The English Snowball stemmer.
pub(super) struct Stemmer(frostem::Stemmer);

impl Default for Stemmer {
    fn default() -> Self {
        Self(frostem::Stemmer::new(Algorithm::English))
    }
}

impl Stemmer {
    /// The stem of a folded word; words with digits or other letters stay as they are.
    pub(super) fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        if word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase()) {
            self.0.stem(word)
        } else {
            Cow::Borrowed(word)
        }
    }

    /// Writes the stem of a word over `out`.
    fn stem_into(&self, word: &str, stems: &mut Stems, out: &mut String) {
        out.clear();
        if let Some(stem) = stems.known.get(word) {
            return out.push_str(stem);
        }
        let stem = self.stem(word);
        out.push_str(&stem);
        if stems.known.len() < stems.room {
            stems.known.insert(word.into(), stem.into());
        }
    }

    /// Writes the stem of a chunk as one word over `out`.
    pub(super) fn whole(&self, chunk: &str, stems: &mut Stems, out: &mut String) {
        self.stem_into(&whole(chunk), stems, out);
    }

    /// Sends the tokens of a chunk of folded text that begins at byte `start`; `whole` is what
    /// [`Self::whole`] made of it.
    pub(super) fn tokens<E: Each>(
        &self,
        chunk: &str,
        whole: &str,
        start: usize,
        stems: &mut Stems,
        emitter: &mut Emitter<E>,
    ) {
        emitter.token(whole, Span::new(start, start + chunk.len()), 0, Kind::Word(Script::Latin));
        let is_one_part = chunk.bytes().all(|byte| byte.is_ascii_lowercase());
        let parts = if is_one_part { Vec::new() } else { parts(chunk) };
        let mut stem = String::new();
        for (index, part) in parts.iter().enumerate() {
            let span = Span::new(start + part.start, start + part.end);
            self.stem_into(text::slice(chunk, *part), stems, &mut stem);
            emitter.token(&stem, span, index, Kind::Part);
        }
        emitter.position += parts.len().max(1);
    }
}

/// Whether `rest`, which follows `before`, begins with the sign of a number.
pub(super) fn is_signed_number(before: &str, rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('-')
        && chars.next().is_some_and(|c| c.is_ascii_digit())
        && before.chars().next_back().is_none_or(|c| c != '-' && Script::of(c) != Script::Latin)
}

/// The length of the chunk that `rest` begins with: letters and digits, a leading sign, and
/// joiners between them.
pub(super) fn chunk_length(rest: &str) -> usize {
    // Most words are plain letters with a blank behind them.
    let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let joins = |byte: &u8| !byte.is_ascii() || is_joiner(Some('0'), char::from(*byte), Some('0'));
    if (1..MAX_CHUNK).contains(&plain) && !rest.as_bytes().get(plain).is_some_and(joins) {
        return plain;
    }
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let joins = || {
            let previous = text::upto(rest, at).chars().next_back();
            next.is_some_and(|next| Script::of(next) == Script::Latin) && is_joiner(previous, c, next)
        };
        if Script::of(c) != Script::Latin && !(at == 0 && c == '-') && !joins() {
            break;
        }
        end = at + c.len_utf8();
        if end >= MAX_CHUNK {
            break;
        }
    }
    end.max(1)
}

/// Whether a mark between two characters belongs to the word.
fn is_joiner(previous: Option<char>, mark: char, next: Option<char>) -> bool {
    let digits = || [previous, next].iter().all(|c| c.is_some_and(|c| c.is_ascii_digit()));
    match mark {
        '-' | '_' | '.' | '@' | '&' | '\'' | '\u{2019}' => true,
        ',' => digits(),
        _ => false,
    }
}

/// The chunk as one word.
fn whole(chunk: &str) -> Cow<'_, str> {
    let (sign, body) = if chunk.starts_with('-') { ("-", text::from(chunk, 1)) } else { ("", chunk) };
    let is_dropped = |c: char| matches!(c, '-' | '_' | '\'' | '\u{2019}' | ',');
    if body.contains(is_dropped) {
        Cow::Owned(format!("{sign}{}", body.replace(is_dropped, "")))
    } else {
        Cow::Borrowed(chunk)
    }
}

/// The parts of a chunk, or none where the chunk is a single part.
fn parts(chunk: &str) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut previous: Option<char> = None;
    let mut chars = chunk.char_indices().peekable();
    let mut push = |start: usize, end: usize| {
        if start < end {
            split_digits(text::slice(chunk, Span::new(start, end)), start, &mut parts);
        }
    };
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let is_in_number =
            matches!(c, '.' | ',') && [previous, next].iter().all(|c| c.is_some_and(|c| c.is_ascii_digit()));
        if Script::of(c) != Script::Latin && !is_in_number && !matches!(c, '\'' | '\u{2019}') {
            push(start, at);
            start = at + c.len_utf8();
        }
        previous = Some(c);
    }
    push(start, chunk.len());
    match parts.as_slice() {
        [only] if only.start == 0 && only.end == chunk.len() => Vec::new(),
        _ => parts,
    }
}

/// Splits `erc20` into `erc` and `20` where both sides have two characters or more; `2fa`
/// and `mp3` stay whole.
fn split_digits(part: &str, start: usize, parts: &mut Vec<Span>) {
    let is_digit = |c: char| c.is_ascii_digit();
    let first_is_digit = part.starts_with(is_digit);
    let boundary = part.find(|c: char| is_digit(c) != first_is_digit).unwrap_or(part.len());
    let rest = text::from(part, boundary);
    let is_pure = rest.chars().all(|c| c.is_alphanumeric() && is_digit(c) != first_is_digit);
    if is_pure && boundary >= 2 && rest.chars().nth(1).is_some() {
        parts.push(Span::new(start, start + boundary));
        parts.push(Span::new(start + boundary, start + part.len()));
    } else {
        parts.push(Span::new(start, start + part.len()));
    }
}
