//! Byte spans in text, and the only place that slices `&str` by byte range.

use serde::{Deserialize, Serialize};
use unicode_segmentation::GraphemeCursor;

/// A half-open byte range `[start, end)` in an original text, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` to `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.start >= self.end
    }
}

/// The text of `span`; ends that lie inside a character or behind the text move down to
/// the nearest boundary, so that the call never panics.
#[must_use]
pub fn slice(text: &str, span: Span) -> &str {
    let start = floor(text, span.start);
    let end = floor(text, span.end).max(start);
    text.get(start..end).unwrap_or_default()
}

/// The text from `start` on.
#[must_use]
pub fn from(text: &str, start: usize) -> &str {
    slice(text, Span::new(start, text.len()))
}

/// The text up to `end`.
#[must_use]
pub fn upto(text: &str, end: usize) -> &str {
    slice(text, Span::new(0, end))
}

/// The nearest character boundary at or before `index`.
#[must_use]
pub fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// The first `max` characters of `text`, and whether anything was left off.
#[must_use]
pub fn first_chars(text: &str, max: usize) -> (&str, bool) {
    match text.char_indices().nth(max) {
        Some((end, _)) => (upto(text, end), true),
        None => (text, false),
    }
}

/// Moves the ends of `span` outwards to grapheme boundaries, so that a mark never
/// separates a letter from its accent or splits an emoji.
#[must_use]
pub fn widen_to_graphemes(text: &str, span: Span) -> Span {
    let boundary = |offset: usize| {
        let sides = [upto(text, offset).chars().next_back(), from(text, offset).chars().next()];
        sides.iter().all(|c| c.is_none_or(stands_alone))
            || GraphemeCursor::new(offset, text.len(), true).is_boundary(text, 0).unwrap_or(true)
    };
    let (mut start, mut end) = (floor(text, span.start), floor(text, span.end));
    while start > 0 && !boundary(start) {
        start = floor(text, start - 1);
    }
    while end < text.len() && !boundary(end) {
        end = text.get(end..).and_then(|rest| rest.chars().next()).map_or(text.len(), |c| end + c.len_utf8());
    }
    Span { start, end }
}

/// Whether a character is a grapheme of its own beside others of these: printable ASCII, Han
/// characters, Hangul syllables.
const fn stands_alone(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{3000}'..='\u{3002}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Sorts spans and joins those that overlap or touch.
#[must_use]
pub fn merge_spans(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Spans in bytes as `[start, end)` pairs in UTF-16 code units, the unit of browsers.
/// The spans must be sorted and must not overlap.
#[must_use]
pub fn utf16_spans(text: &str, spans: &[Span]) -> Vec<[usize; 2]> {
    let mut units = 0;
    let mut at = 0;
    let mut advance = |to: usize| {
        units += slice(text, Span::new(at, to)).chars().map(char::len_utf16).sum::<usize>();
        at = to;
        units
    };
    spans.iter().map(|span| [advance(span.start), advance(span.end)]).collect()
}

/// Line and column (both from 1, the column in characters) of a byte offset.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = upto(text, offset);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, from(before, line_start).chars().count() + 1)
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    bytes.iter().flat_map(digits).collect()
}

/// Where the lines of a text begin, for many look-ups in one text.
#[derive(Debug)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// Reads the line starts of `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect())
    }

    /// The line (from 0) that contains a byte offset.
    #[must_use]
    pub fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset) - 1
    }

    /// The byte offset at which a line (from 0) begins; the last line's for lines behind it.
    #[must_use]
    pub fn start(&self, line: usize) -> usize {
        self.0.get(line).or(self.0.last()).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slices_never_cut_a_character() {
        assert_eq!(slice("提币", Span::new(1, 5)), "提");
        assert_eq!(slice("提币", Span::new(3, 99)), "币");
        assert_eq!(first_chars("提币失败", 2), ("提币", true));
        assert_eq!(first_chars("提币", 2), ("提币", false));
    }

    #[test]
    fn spans_merge_where_they_touch() {
        let merged = merge_spans(vec![Span::new(4, 6), Span::new(0, 3), Span::new(2, 4), Span::new(8, 8)]);
        assert_eq!(merged, vec![Span::new(0, 6)]);
    }

    #[test]
    fn utf16_counts_surrogate_pairs() {
        let text = "a😀提b";
        assert_eq!(utf16_spans(text, &[Span::new(1, 5), Span::new(8, 9)]), vec![[1, 3], [4, 5]]);
    }

    #[test]
    fn graphemes_stay_whole() {
        let text = "👨‍👩‍👧x";
        assert_eq!(widen_to_graphemes(text, Span::new(4, 7)), Span::new(0, text.len() - 1));
    }

    proptest! {
        #[test]
        fn any_span_is_safe(text in ".{0,40}", a in 0usize..200, b in 0usize..200) {
            let span = Span::new(a.min(b), a.max(b));
            let _ = slice(&text, span);
            let wide = widen_to_graphemes(&text, span);
            prop_assert!(text.is_char_boundary(wide.start) && text.is_char_boundary(wide.end));
        }
    }
}
