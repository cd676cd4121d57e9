//! How well a phrase fits what was typed.

use super::find::{End, Found};
use super::keys::Place;
use super::pieces::Piece;
use super::units::Phrase;
use crate::text::{self, Span};

/// How much of a phrase was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// The beginning of a title.
    Beginning,
    /// Something in it.
    Some,
}

/// What speaks for a phrase.
pub(super) struct Judgment {
    pub(super) extent: Extent,
    /// Evidence, from 0 to 1.
    score: f32,
    /// What was typed, in the folded text; may overlap.
    pub(super) spans: Vec<Span>,
}

impl Judgment {
    /// The better first: how much of the phrase was typed, then evidence.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        // Scores lie between 0 and 1; finer differences mean nothing.
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 10,000")]
        let score = (self.score * 10_000.0) as i32;
        (self.extent, std::cmp::Reverse(score))
    }
}

/// Judges a phrase by pieces and how rare each is; `None` unless all of them stand in it.
/// `typed` is all that was typed, without blanks and marks.
pub(super) fn judge(
    phrase: Phrase<'_>,
    is_title: bool,
    pieces: &[(&Piece, f32)],
    typed: &str,
) -> Option<Judgment> {
    let (mut evidence, mut possible) = (0.0, 0.0);
    let mut spans = Vec::with_capacity(pieces.len());
    let mut begins = false;
    for (piece, rarity) in pieces {
        let (quality, found) = best_of(piece, phrase)?;
        evidence += rarity * quality;
        possible += rarity;
        begins |= found.place == Place::Phrase;
        spans.push(found.span);
    }
    let extent = match rest_of(phrase, typed) {
        Some("") => Extent::Whole,
        _ if !is_title => Extent::Some,
        Some(_) => Extent::Beginning,
        None if pieces.len() == 1 && begins => Extent::Beginning,
        None => Extent::Some,
    };
    let title = f32::from(u8::from(is_title));
    let score = 0.75 * evidence / possible + 0.15 * title + 0.1 * covered(&spans, phrase.folded.len());
    Some(Judgment { extent, score, spans })
}

/// Where a piece stands best, and how well.
pub(super) fn best_of(piece: &Piece, phrase: Phrase<'_>) -> Option<(f32, Found)> {
    let found = piece.ways.iter().filter_map(|way| {
        let found = phrase.find(way.way, &way.text)?;
        let place = match found.place {
            Place::Phrase => 1.0,
            Place::Word => 0.9,
            Place::Inside => 0.7,
        };
        let end = match found.end {
            // A word that only asks may as well be the beginning of one that tells.
            End::Word if !way.asks => 1.0,
            End::Word | End::Syllable => 0.95,
            End::Inside => 0.9,
        };
        Some((way.quality * place * end, found))
    });
    found.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// What a phrase goes on with behind `typed`, blanks and marks apart.
fn rest_of<'a>(phrase: Phrase<'a>, typed: &str) -> Option<&'a str> {
    let mut wanted = typed;
    for (at, unit) in phrase.units.iter().enumerate() {
        let own = text::slice(phrase.folded, unit.span);
        match wanted.strip_prefix(own) {
            Some("") => {
                let next = phrase.units.get(at + 1).map_or(phrase.folded.len(), |next| next.span.start);
                let is_last = at + 1 == phrase.units.len();
                return Some(if is_last { "" } else { text::from(phrase.folded, next) });
            }
            Some(rest) => wanted = rest,
            None => return own.strip_prefix(wanted),
        }
    }
    None
}

/// The share of a text that spans cover.
#[expect(clippy::cast_precision_loss, reason = "a phrase is short")]
fn covered(spans: &[Span], length: usize) -> f32 {
    let covered: usize = text::merge_spans(spans.to_vec()).iter().map(Span::len).sum();
    covered as f32 / length.max(1) as f32
}
