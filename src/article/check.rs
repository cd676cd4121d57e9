//! What can only be judged when all articles are known: links between them, former ids,
//! titles, translations, categories.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::categories::Categories;
use super::diagnostic::{Code, Diagnostic, MAX_PLACED};
use super::parse::Parsed;
use super::{Article, translation};
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
    for parsed in parsed {
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
        if categories.iter().next().is_some() && categories.find(&article.category).is_none() {
            let message = format!("`categories.toml` does not name the category `{}`", article.category);
            diagnostics.push(Diagnostic::of_file(Code::UnknownCategory, path, message));
        }
    }
    diagnostics
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
