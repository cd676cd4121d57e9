//! What a hit shows: the best section of the article, and the lines of it that answer.

use super::matcher::{self, Match, Matcher};
use super::response::{Hit, Matched, Snippet};
use crate::analysis::Analyzer;
use crate::index::{ArticleView, SectionView};
use crate::lang::Script;
use crate::text::{self, Span};

/// Widest snippet, in columns: a Han character or a Hangul syllable takes two.
const MAX_COLUMNS: usize = 200;
/// How far a snippet may begin before its first match to begin with a sentence.
const LEAD_COLUMNS: usize = 60;
/// Text of one article that is read for its best section, in bytes.
const MAX_READ: usize = 256 * 1024;
/// Windows of one section that are compared.
const MAX_WINDOWS: usize = 64;
/// What a match in a heading counts beside one in the text.
const HEADING_WEIGHT: f32 = 2.0;

/// The hit for an article.
pub(super) fn hit(
    article: ArticleView<'_>,
    matcher: &Matcher<'_>,
    score: f32,
    matched: Matched,
    analyzer: &Analyzer,
) -> Hit {
    let mut seen = Seen::of(matcher);
    let title_matches = matcher.find(article.title(), analyzer);
    let is_title_match = matcher.is_covered_by(&title_matches);
    let best = best_section(article, matcher, analyzer, is_title_match, &mut seen);
    let (anchor, heading, snippet) = match best {
        Some(best) => (
            best.section.anchor(),
            best.section.heading(),
            cut(best.section.text(), &best.matches, &mut seen),
        ),
        None => ("", "", Snippet::default()),
    };
    // A section that only its heading speaks for, or an article without text: its summary.
    let snippet = match article.summary() {
        Some(summary) if snippet.text.is_empty() => of_text(summary, matcher, analyzer),
        _ => snippet,
    };
    Hit {
        ordinal: article.ordinal(),
        id: article.id().to_owned(),
        lang: article.lang(),
        title: article.title().to_owned(),
        title_spans: matcher::spans(&title_matches),
        anchor: anchor.to_owned(),
        heading: heading.to_owned(),
        category: article.category().to_owned(),
        updated: article.updated(),
        snippet,
        matched,
        score,
        explanation: Vec::new(),
    }
}

/// The lines of a text that have the most of the query.
pub(super) fn of_text(text: &str, matcher: &Matcher<'_>, analyzer: &Analyzer) -> Snippet {
    cut(text, &matcher.find(text, analyzer), &mut Seen::of(matcher))
}

/// A section with its matches.
struct Best<'a> {
    section: SectionView<'a>,
    matches: Vec<Match>,
}

/// The section whose text and heading have the most of the query. Where the title answers
/// already, the article is shown from its beginning if that has any match at all.
fn best_section<'a>(
    article: ArticleView<'a>,
    matcher: &Matcher<'_>,
    analyzer: &Analyzer,
    is_title_match: bool,
    seen: &mut Seen,
) -> Option<Best<'a>> {
    let mut best: Option<(f32, Best<'a>)> = None;
    let mut read = 0;
    for section in article.sections() {
        let matches = matcher.find(section.text(), analyzer);
        if is_title_match && section.level() == 0 && !section.text().is_empty() {
            return Some(Best { section, matches });
        }
        let in_heading = matcher.find(section.heading(), analyzer);
        let score = distinct(matches.iter(), seen) + HEADING_WEIGHT * distinct(in_heading.iter(), seen);
        if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, Best { section, matches }));
        }
        read += section.text().len();
        if read > MAX_READ {
            break;
        }
    }
    best.map(|(_, best)| best)
}

/// The weight of the terms found, each once, and a little for repetitions.
fn distinct<'a>(matches: impl Iterator<Item = &'a Match>, seen: &mut Seen) -> f32 {
    seen.clear();
    let mut sum = 0.0;
    for found in matches {
        sum += if seen.is_new(found.pattern) { found.weight } else { found.weight * 0.02 };
    }
    sum
}

/// Which patterns have been seen.
struct Seen(Vec<u64>);

impl Seen {
    fn of(matcher: &Matcher<'_>) -> Self {
        Self(vec![0; matcher.len().div_ceil(64)])
    }

    fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Whether a pattern is seen for the first time.
    fn is_new(&mut self, pattern: usize) -> bool {
        let bit = 1 << (pattern % 64);
        let is_new = self.0[pattern / 64] & bit == 0;
        self.0[pattern / 64] |= bit;
        is_new
    }
}

/// Cuts the stretch of a text that has the most of the query.
fn cut(section: &str, matches: &[Match], seen: &mut Seen) -> Snippet {
    let start = best_start(section, matches, seen);
    let start = sentence_start(section, start);
    let window = Span::new(start, Window::default().end_from(section, start));
    let spans = matcher::spans(matches)
        .into_iter()
        .map(|span| {
            Span::new(span.start.clamp(window.start, window.end), span.end.clamp(window.start, window.end))
        })
        .filter(|span| !span.is_empty())
        .map(|span| Span::new(span.start - window.start, span.end - window.start))
        .collect();
    Snippet {
        // One byte for one byte: spans stay right.
        text: text::slice(section, window).replace(['\n', '\r', '\t'], " "),
        spans,
        is_cut_before: window.start > 0,
        is_cut_after: window.end < section.len(),
    }
}

/// The match at which the window with the most distinct terms begins; 0 without matches.
fn best_start(section: &str, matches: &[Match], seen: &mut Seen) -> usize {
    let heaviest = matches.iter().map(|found| found.weight).fold(0.0, f32::max);
    // Windows begin with a whole word; in a text full of them some are as good as all.
    let heavy = || matches.iter().filter(|found| found.weight >= heaviest);
    let step = heavy().count().div_ceil(MAX_WINDOWS).max(1);
    let mut best = (0.0, 0);
    let mut window = Window::default();
    for start in heavy().map(|found| found.span.start).step_by(step) {
        let end = window.end_from(section, start);
        let first = matches.partition_point(|other| other.span.start < start);
        let inside = matches.iter().skip(first).take_while(|other| other.span.start < end);
        let score = distinct(inside.filter(|other| other.span.end <= end), seen);
        if score > best.0 {
            best = (score, start);
        }
    }
    best.1
}

/// Moves a start back to the beginning of its sentence, line or word if that is near.
fn sentence_start(section: &str, start: usize) -> usize {
    let before = text::upto(section, start);
    let mut columns = 0;
    let mut word_start = start;
    for (at, c) in before.char_indices().rev() {
        if matches!(c, '\n' | '。' | '！' | '？' | '；' | '!' | '?')
            || (c == '.' && before.get(at + 1..).is_some_and(|rest| rest.starts_with(' ')))
        {
            let sentence = at + c.len_utf8();
            let blanks = text::slice(section, Span::new(sentence, start));
            return sentence + (blanks.len() - blanks.trim_start().len());
        }
        columns += width(c);
        if columns > LEAD_COLUMNS {
            break;
        }
        if c.is_whitespace() || matches!(c, '，' | '、' | ',' | '：') {
            word_start = at + c.len_utf8();
        }
        if at == 0 {
            return 0;
        }
    }
    if columns <= LEAD_COLUMNS {
        0
    } else {
        text::widen_to_graphemes(section, Span::new(word_start, start)).start
    }
}

/// A stretch of at most so many columns. It only moves on, so that many cost no more than
/// reading the text once.
#[derive(Default)]
struct Window {
    start: usize,
    end: usize,
    columns: usize,
}

impl Window {
    /// Where the window that begins at `start` ends, at a grapheme's end. A start must not lie
    /// before the one asked for last.
    fn end_from(&mut self, section: &str, start: usize) -> usize {
        if start >= self.end {
            *self = Self { start, end: start, columns: 0 };
        } else {
            let left = text::slice(section, Span::new(self.start, start));
            self.columns -= left.chars().map(width).sum::<usize>();
            self.start = start;
        }
        for c in text::from(section, self.end).chars() {
            let width = width(c);
            if self.columns + width > MAX_COLUMNS {
                return word_end(section, start, self.end);
            }
            self.columns += width;
            self.end += c.len_utf8();
        }
        section.len()
    }
}

/// Moves an end out of a grapheme, and back to a blank where it would cut a Latin word.
fn word_end(section: &str, start: usize, end: usize) -> usize {
    /// The longest word that is moved out of.
    const LONGEST: usize = 24;
    let inside = text::widen_to_graphemes(section, Span::new(end, end));
    let end = if inside.start > start { inside.start } else { inside.end };
    let cuts_word = text::from(section, end).starts_with(|c: char| c.is_ascii_alphanumeric());
    let window = text::slice(section, Span::new(end.saturating_sub(LONGEST).max(start), end));
    match window.rfind(char::is_whitespace) {
        Some(blank)
            if cuts_word && text::from(window, blank).chars().skip(1).all(|c| c.is_ascii_alphanumeric()) =>
        {
            end - window.len() + blank
        }
        _ => end,
    }
}

fn width(c: char) -> usize {
    match c {
        '\0'..='\u{7f}' => 1,
        '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}' => 2,
        c if matches!(Script::of(c), Script::Han | Script::Hangul | Script::Kana) => 2,
        _ => 1,
    }
}
