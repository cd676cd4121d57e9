//! What can only be judged when all articles are known: links between them, former ids,
//! titles, translations, categories.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::categories::Categories;
use super::diagnostic::{Code, Diagnostic, MAX_PLACED};
use super::parse::{Parsed, split_lang};
use super::{Article, language, translation};
use crate::lang::Lang;
use crate::lexicon::Lexicon;
use crate::text::Span;

/// Headings among which the one is looked for that a dead link may have meant.
const MAX_COMPARED: usize = 1_000;

/// Checks all articles together. Related ids that lead nowhere and former ids that are
/// taken are removed from the articles.
pub(super) fn corpus(
    parsed: &mut [Parsed<'_>],
    lexicon: &Lexicon,
    categories: &Categories,
    today: Date,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let public: BTreeSet<(String, Lang)> = parsed
        .iter()
        .filter(|parsed| parsed.article.is_public())
        .map(|parsed| (parsed.article.id.clone(), parsed.article.lang))
        .collect();
    anchors(parsed, &mut diagnostics);
    related(parsed, &public, &mut diagnostics);
    redirects(parsed, &public, &mut diagnostics);
    titles(parsed, &mut diagnostics);
    translation::check(parsed, lexicon, &mut diagnostics);
    languages(parsed, &mut diagnostics);
    for parsed in parsed {
        if let Some((date, span)) = parsed.meta.updated.filter(|(date, _)| is_to_come(*date, today)) {
            let message = format!("{date} has not come yet: readers and search engines are not told of it");
            diagnostics.push(parsed.mistake(Code::FutureDate, Some(span), message));
            parsed.article.updated = None;
        }
        let is_empty = |article: &Article| {
            article.sections.iter().all(|section| section.text.is_empty() && section.html.is_empty())
        };
        if parsed.article.is_public() && is_empty(&parsed.article) {
            let message = "nothing but a title: readers find an empty page";
            let help = "write it, or keep it from the public with `status: draft`";
            diagnostics.push(parsed.mistake(Code::EmptyArticle, None, message).with_help(help));
        }
        if categories.iter().next().is_some() && categories.find(&parsed.article.category).is_none() {
            let message =
                format!("`categories.toml` does not name the category `{}`", parsed.article.category);
            diagnostics.push(parsed.mistake(Code::UnknownCategory, parsed.meta.places.category, message));
        }
        let Parsed { path, source, article, meta, .. } = parsed;
        for (lang, span) in &meta.translations {
            if *lang != article.lang && !public.contains(&(article.id.clone(), *lang)) {
                let message = format!("`{}` has no published article in `{lang}`", article.id);
                diagnostics.push(Diagnostic::at(Code::MissingTranslation, path, source, *span, message));
            }
        }
        if let Some((date, span)) = meta.review_by.filter(|(date, _)| *date < today) {
            let message = format!("the review was due on {date}");
            diagnostics.push(Diagnostic::at(Code::ReviewDue, path, source, span, message));
        }
    }
    diagnostics
}

/// Somewhere it is tomorrow already.
fn is_to_come(date: Date, today: Date) -> bool {
    today.tomorrow().is_ok_and(|tomorrow| date > tomorrow)
}

/// Articles that are not in the language of their folder, and folders of languages we do not have.
fn languages(parsed: &[Parsed<'_>], diagnostics: &mut Vec<Diagnostic>) {
    // Where no folder is a language, `it` may well be a category.
    let has_folders = parsed.iter().any(|parsed| split_lang(parsed.path).0.is_some());
    let mut foreign: BTreeMap<&str, (usize, &Parsed<'_>)> = BTreeMap::new();
    for parsed in parsed {
        let folder = parsed.path.split_once('/').map(|(folder, _)| folder);
        if let Some(folder) = folder
            && has_folders
            && parsed.meta.lang.is_none()
            && language::is_foreign(folder)
        {
            foreign.entry(folder).or_insert((0, parsed)).0 += 1;
        } else if let Some(found) = language::unlike(&parsed.article) {
            let lang = parsed.article.lang;
            let message = format!(
                "this reads as {}, but it is served as {} (`{lang}`)",
                language::name(found),
                language::name(lang)
            );
            let help = format!("move it to `{found}/`, or write `lang: {found}`");
            diagnostics
                .push(parsed.mistake(Code::WrongLanguage, parsed.meta.places.lang, message).with_help(help));
        }
    }
    for (folder, (count, first)) in foreign {
        let articles =
            if count == 1 { "its article is".to_owned() } else { format!("its {count} articles are") };
        let message = format!(
            "`{folder}/` looks like a language that we do not have: {articles} read as zh, en or ko by the script, \
             in the category `{folder}/…`"
        );
        let help = "take the folder out of the articles, or write `lang` and `category` into each article";
        diagnostics.push(first.mistake(Code::UnknownLanguage, None, message).with_help(help));
    }
}

fn anchors(parsed: &[Parsed<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let known: BTreeMap<&str, &Article> =
        parsed.iter().map(|parsed| (parsed.path, &parsed.article)).collect();
    // An article may have as many headings as links: they are looked up, not searched.
    let mut headings: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Parsed { path, source, links, .. } in parsed {
        let mut dead = 0;
        for link in links {
            let Some(article) = known.get(link.path.as_str()) else {
                // It is nested too deep, which has been said.
                continue;
            };
            let Some(fragment) = &link.fragment else { continue };
            let anchors = headings
                .entry(&link.path)
                .or_insert_with(|| article.sections.iter().map(|section| section.anchor.as_str()).collect());
            if anchors.contains(format!("h-{fragment}").as_str()) {
                continue;
            }
            dead += 1;
            if dead > MAX_PLACED {
                continue;
            }
            let message = format!("no heading `#{fragment}` in `{}`", link.path);
            let mut diagnostic = Diagnostic::at(Code::DeadAnchor, path, source, link.span, message);
            let nearest = article
                .sections
                .iter()
                .take(MAX_COMPARED)
                .filter_map(|section| section.anchor.strip_prefix("h-"))
                .min_by_key(|candidate| strsim::osa_distance(candidate, fragment));
            if let Some(nearest) = nearest {
                diagnostic = diagnostic.with_help(format!("the nearest is `#{nearest}`"));
            }
            diagnostics.push(diagnostic);
        }
        diagnostics.extend(Diagnostic::more(Code::DeadAnchor, path, dead.saturating_sub(MAX_PLACED)));
    }
}

fn related(parsed: &mut [Parsed<'_>], public: &BTreeSet<(String, Lang)>, diagnostics: &mut Vec<Diagnostic>) {
    for Parsed { path, source, article, meta, .. } in parsed {
        let exists = |id: &String| {
            *id != article.id
                && article.lang.readable().iter().any(|lang| public.contains(&(id.clone(), *lang)))
        };
        for (id, span) in meta.related.iter().filter(|(id, _)| !exists(id)) {
            let message = format!("no other published article `{id}` in `{}`", article.lang);
            diagnostics.push(Diagnostic::at(Code::DeadLink, path, source, *span, message));
        }
        article.related = article.related.iter().filter(|id| exists(id)).cloned().collect();
    }
}

fn redirects(
    parsed: &mut [Parsed<'_>],
    public: &BTreeSet<(String, Lang)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut claimed: BTreeMap<(String, Lang), String> = BTreeMap::new();
    for Parsed { path, source, article, meta, .. } in parsed {
        let mut kept = Vec::new();
        for (id, span) in &meta.redirect_from {
            let key = (id.clone(), article.lang);
            let conflict = if public.contains(&key) {
                Some(format!("`{id}` is the id of an article"))
            } else {
                claimed.get(&key).map(|other| format!("`{other}` claims `{id}` too"))
            };
            match conflict {
                Some(message) => {
                    diagnostics.push(Diagnostic::at(Code::RedirectConflict, path, source, *span, message));
                }
                None => {
                    claimed.insert(key, (*path).to_owned());
                    kept.push(id.clone());
                }
            }
        }
        article.redirect_from = kept;
    }
}

fn titles(parsed: &[Parsed<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<(Lang, String), &str> = BTreeMap::new();
    for Parsed { path, source, article, .. } in parsed.iter().filter(|parsed| parsed.article.is_public()) {
        let key = (article.lang, article.title.to_lowercase());
        if let Some(first) = seen.get(&key) {
            let span = source
                .find(&article.title)
                .map_or(Span::new(0, 0), |at| Span::new(at, at + article.title.len()));
            let message = format!("`{first}` has the same title");
            diagnostics.push(Diagnostic::at(Code::DuplicateTitle, path, source, span, message));
        } else {
            seen.insert(key, path);
        }
    }
}
