//! Whether the languages of an article say the same: the same figures as often, headings
//! of the same levels. Looked at where an article names its `translations`.

use std::collections::BTreeMap;

use super::Article;
use super::diagnostic::{Code, Diagnostic};
use super::parse::Parsed;
use crate::lexicon::Lexicon;
use crate::text::{self, Span};

/// Compares every article with the translations it names.
pub(super) fn check(parsed: &[Parsed<'_>], lexicon: &Lexicon, diagnostics: &mut Vec<Diagnostic>) {
    let mut names = numbered_names(lexicon);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let by_key: BTreeMap<_, _> =
        parsed.iter().map(|parsed| ((parsed.article.id.as_str(), parsed.article.lang), parsed)).collect();
    for original in parsed.iter().filter(|parsed| parsed.article.is_public()) {
        for (lang, _) in &original.meta.translations {
            let Some(translation) = by_key.get(&(original.article.id.as_str(), *lang)) else { continue };
            if translation.article.lang != original.article.lang {
                headings(original, translation, diagnostics);
                figures(original, translation, &names, diagnostics);
            }
        }
    }
}

/// The words with digits of every concept that has a name such as `2FA`: the digits of
/// these, and of `2단계 인증` beside it, are no figures.
fn numbered_names(lexicon: &Lexicon) -> Vec<String> {
    let has_digit = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    let is_name = |word: &str| {
        let pairs = word.as_bytes().windows(2);
        pairs.into_iter().any(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
    };
    lexicon
        .concepts
        .iter()
        .filter(|concept| concept.words.iter().any(|(_, word)| is_name(word)))
        .flat_map(|concept| &concept.words)
        .filter(|(_, word)| has_digit(word))
        .map(|(_, word)| word.to_lowercase())
        .collect()
}

fn headings(original: &Parsed<'_>, translation: &Parsed<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let levels = |article: &Article| {
        article.sections.iter().map(|section| section.level).filter(|level| *level > 0).collect::<Vec<_>>()
    };
    let (expected, found) = (levels(&original.article), levels(&translation.article));
    if expected != found {
        let message = format!("headings of levels {found:?}, but {expected:?} in `{}`", original.path);
        diagnostics.push(Diagnostic::of_file(Code::HeadingMismatch, translation.path, message));
    }
}

fn figures(
    original: &Parsed<'_>,
    translation: &Parsed<'_>,
    names: &[String],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let expected = count_figures(&original.article, names);
    let found = count_figures(&translation.article, names);
    for figure in expected.keys().chain(found.keys().filter(|figure| !expected.contains_key(*figure))) {
        let count = |counts: &BTreeMap<String, usize>| counts.get(figure).copied().unwrap_or_default();
        let (there, here) = (count(&expected), count(&found));
        if there == here {
            continue;
        }
        let message = format!("`{figure}` stands here {here}×, but {there}× in `{}`", original.path);
        let place = translation.source.find(figure.as_str()).map(|at| Span::new(at, at + figure.len()));
        diagnostics.push(match place {
            Some(span) => {
                Diagnostic::at(Code::FigureMismatch, translation.path, translation.source, span, message)
            }
            None => Diagnostic::of_file(Code::FigureMismatch, translation.path, message),
        });
    }
}

/// How often each figure stands in what readers see of an article, written without
/// thousands separators.
fn count_figures(article: &Article, names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let read = article.sections.iter().flat_map(|section| [section.heading.as_str(), section.text.as_str()]);
    for source in
        [article.title.as_str(), article.summary.as_deref().unwrap_or_default()].into_iter().chain(read)
    {
        let mut source = source.to_lowercase();
        for name in names {
            if source.contains(name) {
                source = source.replace(name, " ");
            }
        }
        for figure in figures_of(&source) {
            *counts.entry(figure).or_default() += 1;
        }
    }
    counts
}

/// The numbers in a text; digits behind a Latin letter (`sha256`) belong to a name.
fn figures_of(source: &str) -> Vec<String> {
    let mut figures = Vec::new();
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = text::from(source, at).chars().next() {
        if !c.is_ascii_digit() {
            before = c;
            at += c.len_utf8();
            continue;
        }
        let mut end = at;
        let mut rest = text::from(source, at).chars().peekable();
        while let Some(c) = rest.next() {
            let joins = matches!(c, ',' | '.') && rest.peek().is_some_and(char::is_ascii_digit);
            if !c.is_ascii_digit() && !joins {
                break;
            }
            end += c.len_utf8();
        }
        if !before.is_ascii_alphabetic() {
            figures.push(text::slice(source, Span::new(at, end)).replace(',', ""));
        }
        before = '0';
        at = end;
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_numbers_as_readers_see_them() {
        assert_eq!(
            figures_of("最低 10,000.50 usdt，lv.2 需 1–3 天，sha256、wd-205。v2"),
            ["10000.50", "2", "1", "3", "205"]
        );
    }
}
