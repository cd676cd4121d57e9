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
    matcher: &Matcher,
    score: f32,
    matched: Matched,
    analyzer: &Analyzer,
) -> Hit {
    let title_matches = matcher.find(article.title(), analyzer);
    let best = best_section(article, matcher, analyzer, matcher.is_covered_by(&title_matches));
    let (anchor, heading, snippet) = match best {
        Some(best) => {
            (best.section.anchor(), best.section.heading(), cut(best.section.text(), &best.matches))
        }
        None => ("", "", Snippet::default()),
    };
    // A section that only its heading speaks for, or an article without text: its summary.
    let snippet = match article.summary() {
        Some(summary) if snippet.text.is_empty() => cut(summary, &matcher.find(summary, analyzer)),
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

/// A section with its matches.
struct Best<'a> {
    section: SectionView<'a>,
    matches: Vec<Match>,
}

/// The section whose text and heading have the most of the query. Where the title answers
/// already, the article is shown from its beginning if that has any match at all.
fn best_section<'a>(
    article: ArticleView<'a>,
    matcher: &Matcher,
    analyzer: &Analyzer,
    is_title_match: bool,
) -> Option<Best<'a>> {
    let mut best: Option<(f32, Best<'a>)> = None;
    let mut read = 0;
    for section in article.sections() {
        let matches = matcher.find(section.text(), analyzer);
        if is_title_match && section.level() == 0 && !section.text().is_empty() {
            return Some(Best { section, matches });
        }
        let in_heading = matcher.find(section.heading(), analyzer);
        let score = distinct(&matches) + HEADING_WEIGHT * distinct(&in_heading);
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
fn distinct(matches: &[Match]) -> f32 {
    let mut seen: Vec<usize> = Vec::new();
    let mut sum = 0.0;
    for found in matches {
        if seen.contains(&found.pattern) {
            sum += found.weight * 0.02;
        } else {
            seen.push(found.pattern);
            sum += found.weight;
        }
    }
    sum
}

/// Cuts the stretch of a text that has the most of the query.
pub(super) fn cut(section: &str, matches: &[Match]) -> Snippet {
    let start = best_start(section, matches);
    let start = sentence_start(section, start);
    let window = Span::new(start, end_of(section, start));
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
fn best_start(section: &str, matches: &[Match]) -> usize {
    let heaviest = matches.iter().map(|found| found.weight).fold(0.0, f32::max);
    // Windows begin with a whole word; in a text full of them some are as good as all.
    let heavy = matches.iter().filter(|found| found.weight >= heaviest);
    let starts: Vec<usize> = heavy.map(|found| found.span.start).collect();
    let step = starts.len().div_ceil(MAX_WINDOWS).max(1);
    let mut best = (0.0, 0);
    for start in starts.into_iter().step_by(step) {
        let end = end_of(section, start);
        let first = matches.partition_point(|other| other.span.start < start);
        let inside = matches.iter().skip(first).take_while(|other| other.span.start < end);
        let inside: Vec<Match> = inside.filter(|other| other.span.end <= end).copied().collect();
        let score = distinct(&inside);
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

/// Where a window that begins at `start` ends: at most so many columns, at a grapheme's end.
fn end_of(section: &str, start: usize) -> usize {
    let mut columns = 0;
    for (at, c) in text::from(section, start).char_indices() {
        columns += width(c);
        if columns > MAX_COLUMNS {
            let end = start + at;
            return word_end(section, start, end);
        }
    }
    section.len()
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
    match Script::of(c) {
        Script::Han | Script::Hangul | Script::Kana => 2,
        _ if matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}') => 2,
        _ => 1,
    }
}
