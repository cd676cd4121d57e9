//! One spelling for what readers take for the same: lower case, half width, no accents,
//! Simplified characters, composed Hangul, no invisible characters. A map leads from every
//! place in the folded text back to the original.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::variants;
use crate::lang::Script;
use crate::text::Span;

/// A folded text and the way back.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// Regions by start in the folded text; the last one is the end of both texts.
    regions: Vec<Region>,
}

/// A stretch of folded text and where it comes from.
#[derive(Debug, Clone, Copy)]
struct Region {
    folded: usize,
    original: usize,
    /// Byte by byte; otherwise the stretch as a whole stands for the original as a whole.
    is_linear: bool,
}

impl Folded {
    /// The original span of a span of the folded text.
    #[must_use]
    pub fn original(&self, span: Span) -> Span {
        self.original_from(span, &mut 0)
    }

    /// The same for spans that come in order, nearly: `cursor` is 0 at first and remembers
    /// where the last one was.
    pub(super) fn original_from(&self, span: Span, cursor: &mut usize) -> Span {
        *cursor = self.region(span.start, *cursor);
        let start = self.map(span.start, false, *cursor);
        let end = self.map(span.end, true, self.region(span.end, *cursor));
        Span::new(start, end.max(start))
    }

    /// The region in which an offset lies, looked for from region `near` on.
    fn region(&self, offset: usize, near: usize) -> usize {
        let is_behind = |index: usize| self.regions.get(index).is_none_or(|region| region.folded > offset);
        match (near..near + 8).find(|index| is_behind(index + 1)) {
            Some(index) if !is_behind(index) => index,
            // Far ahead, or back: parts of a word follow the word.
            _ => self.regions.partition_point(|region| region.folded <= offset).saturating_sub(1),
        }
    }

    fn map(&self, offset: usize, is_end: bool, index: usize) -> usize {
        let Some(region) = self.regions.get(index) else { return offset };
        if region.is_linear || region.folded == offset {
            return region.original + (offset - region.folded);
        }
        match self.regions.get(index + 1) {
            Some(next) if is_end => next.original,
            _ => region.original,
        }
    }
}

/// Folds characters that fold to exactly one, by themselves.
#[derive(Clone, Copy)]
pub struct Single(variants::Table);

impl Single {
    /// With the table at hand.
    #[must_use]
    pub fn new() -> Self {
        Self(variants::Table::get())
    }

    /// The folded form; `None` for the rare others (accents, full width, composed letters,
    /// invisible characters).
    #[must_use]
    #[inline]
    pub fn fold(self, c: char) -> Option<char> {
        fold_by(c, self.0)
    }
}

impl Default for Single {
    fn default() -> Self {
        Self::new()
    }
}

#[inline]
fn fold_by(c: char, table: variants::Table) -> Option<char> {
    match c {
        '\0'..='\u{7f}' => Some(c.to_ascii_lowercase()),
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' => Some(table.simplify(c)),
        // With marks that steps and tables are full of.
        '\u{ac00}'..='\u{d7a3}'
        | '\u{3131}'..='\u{318e}'
        | '\u{3000}'..='\u{3002}'
        | '·'
        | '×'
        | '÷'
        | '→'
        | '−'
        | '≤'
        | '≥' => Some(c),
        // Quotes, brackets and other marks: no part of any word.
        '\u{2010}'..='\u{2027}'
        | '\u{3003}'..='\u{3020}'
        | '\u{ff01}'
        | '\u{ff08}'..='\u{ff0d}'
        | '\u{ff1a}'..='\u{ff20}' => Some(' '),
        _ => None,
    }
}

/// Folds a text.
#[must_use]
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), regions: Vec::new() };
    let Folded { text: out, regions } = &mut folded;
    fold_into(text, out, |at, original, is_linear| mark(regions, at, original, is_linear));
    folded
}

/// The folded text alone, without the way back.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out, |_, _, _| {});
    out
}

/// Appends the folded text to `out`. `mark` is told that what is folded from byte `at` of
/// `out` on comes from byte `original`, and whether it does so byte by byte.
pub(super) fn fold_into(text: &str, out: &mut String, mut mark: impl FnMut(usize, usize, bool)) {
    let table = variants::Table::get();
    let mut chars = text.char_indices().peekable();
    // What is folded byte by byte goes on; one mark at its beginning is enough.
    let mut is_linear = false;
    // What folds to itself is copied as a whole: from here on nothing is copied yet.
    let mut kept = 0;
    while let Some((at, c)) = chars.next() {
        match fold_by(c, table) {
            Some(one) if one.len_utf8() == c.len_utf8() => {
                if !is_linear {
                    mark(out.len(), at, true);
                    is_linear = true;
                    kept = at;
                }
                if one != c {
                    out.push_str(text.get(kept..at).unwrap_or_default());
                    out.push(one);
                    kept = at + c.len_utf8();
                }
            }
            _ => {
                if is_linear {
                    out.push_str(text.get(kept..at).unwrap_or_default());
                    is_linear = false;
                }
                if is_conjoining(c) {
                    // These letters come in groups that make one syllable.
                    let mut group = String::from(c);
                    while let Some((_, next)) = chars.next_if(|(_, next)| is_conjoining(*next)) {
                        group.push(next);
                    }
                    mark(out.len(), at, false);
                    out.extend(group.nfc());
                } else {
                    fold_rare(c, at, out, &mut mark);
                }
            }
        }
    }
    if is_linear {
        out.push_str(text.get(kept..).unwrap_or_default());
    }
    mark(out.len(), text.len(), true);
}

/// Letters of Hangul that are put together to syllables.
fn is_conjoining(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}')
}

/// Whether a text has Chinese characters that Simplified writes otherwise.
#[must_use]
pub fn is_traditional(text: &str) -> bool {
    text.chars().any(|c| variants::simplify(c) != c)
}

/// Notes that the next folded byte comes from `original`.
fn mark(regions: &mut Vec<Region>, folded: usize, original: usize, is_linear: bool) {
    if let Some(last) = regions.last_mut() {
        if is_linear && last.is_linear && folded - last.folded == original - last.original {
            return;
        }
        if last.folded == folded {
            // Nothing was kept since the last mark.
            *last = Region { folded, original, is_linear };
            return;
        }
    }
    regions.push(Region { folded, original, is_linear });
}

fn fold_rare(c: char, at: usize, out: &mut String, mark: &mut impl FnMut(usize, usize, bool)) {
    if is_invisible(c) || is_combining_mark(c) {
        // What follows begins behind it; a mark at the end of a word belongs to the word.
        return;
    }
    mark(out.len(), at, false);
    if Script::of(c) == Script::Kana {
        out.extend(std::iter::once(c).nfkc());
        return;
    }
    let decomposed = std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c));
    out.extend(decomposed.flat_map(char::to_lowercase).map(variants::simplify));
}

/// Characters that no reader sees: zero-width, bidirectional controls, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(fold(text).text, expect, "{text}");
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        check("ＡＢＣ１２３％", "abc123%");
        check("繁體中文 驗證碼", "繁体中文 验证码");
        check("Crème BRÛLÉE", "creme brulee");
        check("a\u{200b}b\u{202e}c", "abc");
        check("ﬁnance №5 ㎏", "finance no5 kg");
        check("\u{110e}\u{116e}\u{11af}", "출");
        check("ㅊㄱ", "ㅊㄱ");
        check("ｽ が", "ス が");
    }

    #[test]
    fn the_way_back_covers_the_original() {
        let text = "Ａé\u{301}ﬁx";
        let folded = fold(text);
        assert_eq!(folded.text, "aefix");
        let back = |start, end| crate::text::slice(text, folded.original(Span::new(start, end)));
        assert_eq!(back(0, 1), "Ａ");
        assert_eq!(back(1, 2), "é\u{301}");
        assert_eq!(back(2, 3), "ﬁ");
        assert_eq!(back(4, 5), "x");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_and_maps_whole_to_whole(text in "\\PC{0,40}") {
            let once = fold(&text);
            let twice = fold(&once.text);
            prop_assert_eq!(&twice.text, &fold(&twice.text).text);
            let whole = once.original(Span::new(0, once.text.len()));
            prop_assert!(whole.end == text.len());
            for (at, c) in once.text.char_indices() {
                let span = once.original(Span::new(at, at + c.len_utf8()));
                prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
                prop_assert!(span.start < span.end);
            }
        }
    }
}
