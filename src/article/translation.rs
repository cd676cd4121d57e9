//! Whether the languages of an article say the same: the same figures as often, headings
//! of the same levels. Looked at where an article names its `translations`.

use std::collections::BTreeMap;

use super::Article;
use super::diagnostic::{Code, Diagnostic};
use super::parse::Parsed;
use crate::lang::Lang;
use crate::lexicon::Lexicon;
use crate::text::{self, Span};

/// Compares the languages of every article that names `translations`. What most of them say is
/// right; where no side has the most, the original is, which is the first that names the others.
pub(super) fn check(parsed: &[Parsed<'_>], lexicon: &Lexicon, diagnostics: &mut Vec<Diagnostic>) {
    let mut names = numbered_names(lexicon);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut languages: BTreeMap<&str, Vec<&Parsed<'_>>> = BTreeMap::new();
    for parsed in parsed {
        languages.entry(&parsed.article.id).or_default().push(parsed);
    }
    for group in languages.values_mut().filter(|group| group.len() > 1) {
        // Which languages are named by one of them, and the naming ones themselves.
        let names_others = |parsed: &Parsed<'_>| {
            parsed.article.is_public()
                && parsed.meta.translations.iter().any(|(lang, _)| *lang != parsed.article.lang)
        };
        let is_named = |lang: Lang| {
            group.iter().any(|parsed| {
                names_others(parsed) && parsed.meta.translations.iter().any(|(named, _)| *named == lang)
            })
        };
        let mut compared: Vec<&Parsed<'_>> =
            group.iter().copied().filter(|p| names_others(p) || is_named(p.article.lang)).collect();
        compared.sort_by_key(|parsed| (!names_others(parsed), parsed.article.lang));
        if compared.len() > 1 {
            headings(&compared, diagnostics);
            figures(&compared, &names, diagnostics);
        }
    }
}

/// What most of the articles have, else what the first has; and whose it is.
fn usual<T: PartialEq>(all: &[T]) -> (usize, &T) {
    let votes = |value: &T| all.iter().filter(|other| *other == value).count();
    let mut best = 0;
    for (index, value) in all.iter().enumerate().skip(1) {
        if votes(value) > votes(&all[best]) {
            best = index;
        }
    }
    (best, &all[best])
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

fn headings(compared: &[&Parsed<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let levels = |parsed: &&Parsed<'_>| -> Vec<u8> {
        parsed.article.sections.iter().map(|section| section.level).filter(|level| *level > 0).collect()
    };
    let all: Vec<Vec<u8>> = compared.iter().map(levels).collect();
    let (right, expected) = usual(&all);
    for (parsed, found) in compared.iter().zip(&all).filter(|(_, found)| *found != expected) {
        let message = format!("{} here, {} in `{}`", spoken(found), spoken(expected), compared[right].path);
        diagnostics.push(parsed.mistake(Code::HeadingMismatch, None, message));
    }
}

/// `no headings`, `3 headings (## ### ##)`.
fn spoken(levels: &[u8]) -> String {
    if levels.is_empty() {
        return "no headings".to_owned();
    }
    let signs: Vec<String> = levels.iter().map(|level| "#".repeat(usize::from(*level))).collect();
    let things = if levels.len() == 1 { "heading" } else { "headings" };
    format!("{} {things} ({})", levels.len(), signs.join(" "))
}

fn figures(compared: &[&Parsed<'_>], names: &[String], diagnostics: &mut Vec<Diagnostic>) {
    let counts: Vec<Figures> = compared.iter().map(|parsed| count_figures(&parsed.article, names)).collect();
    let figures: BTreeMap<&String, &String> = counts
        .iter()
        .flat_map(|counts| counts.iter().map(|(figure, (_, written))| (figure, written)))
        .collect();
    for (figure, written) in figures {
        let all: Vec<usize> =
            counts.iter().map(|counts| counts.get(figure).map_or(0, |(count, _)| *count)).collect();
        let (right, expected) = usual(&all);
        let shown = written.to_uppercase();
        for (parsed, found) in compared.iter().zip(&all).filter(|(_, found)| *found != expected) {
            let there = compared[right].path;
            let message = match (found, expected) {
                (0, _) => format!("`{shown}` is missing here, but stands in `{there}`"),
                (_, 0) => format!("`{shown}` stands here, but not in `{there}`"),
                _ => format!("`{shown}` stands here {found}×, but {expected}× in `{there}`"),
            };
            let at = parsed.source.find(&shown).or_else(|| parsed.source.find(figure.as_str()));
            let span = at.filter(|_| *found > 0).map(|at| Span::new(at, at + figure.len()));
            diagnostics.push(parsed.mistake(Code::FigureMismatch, span, message));
        }
    }
}

/// Figures, how often each stands there, and how: `101` may stand in `sh-101`.
type Figures = BTreeMap<String, (usize, String)>;

/// How often each figure stands in what readers see of an article, written without
/// thousands separators.
fn count_figures(article: &Article, names: &[String]) -> Figures {
    let mut counts = Figures::new();
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
        for (figure, written) in figures_of(&source) {
            counts.entry(figure).or_insert((0, written)).0 += 1;
        }
    }
    counts
}

/// The numbers in a text in lower case, and how they are written, as in `sh-101`; digits behind a
/// Latin letter (`sha256`) belong to a name.
fn figures_of(source: &str) -> Vec<(String, String)> {
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
            let number = text::slice(source, Span::new(at, end)).replace(',', "");
            let prefix = text::upto(source, at).strip_suffix('-').unwrap_or_default();
            let letters = prefix.len() - prefix.trim_end_matches(|c: char| c.is_ascii_lowercase()).len();
            let written = match letters {
                0 => number.clone(),
                _ => format!("{}-{number}", text::from(prefix, prefix.len() - letters)),
            };
            figures.push((number, written));
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
        let figures = figures_of("最低 10,000.50 usdt，lv.2 需 1–3 天，sha256、wd-205。v2");
        let (numbers, written): (Vec<_>, Vec<_>) = figures.into_iter().unzip();
        assert_eq!(numbers, ["10000.50", "2", "1", "3", "205"]);
        assert_eq!(written[4], "wd-205");
    }
}
