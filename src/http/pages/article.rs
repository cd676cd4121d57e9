//! `/{lang}/articles/{id}`

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{Layout, Link};
use crate::app::{App, Serving};
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::Error;
use crate::http::extract::LangPath;
use crate::http::i18n::html_lang;
use crate::index::{ArticleView, SectionView};
use crate::lang::Lang;
use crate::text;

/// From so many headings on, an article shows a table of contents.
const MIN_CONTENTS: usize = 4;
/// Longest description for search engines, in characters.
const MAX_DESCRIPTION: usize = 160;

#[derive(Template)]
#[template(path = "article.html")]
struct Article {
    page: Layout,
    title: String,
    summary: Option<String>,
    /// The article's language, where it is not the page's.
    foreign: Option<&'static str>,
    /// Says that it is not.
    notice: Option<String>,
    breadcrumb: Vec<Link>,
    updated: Option<Updated>,
    sections: Vec<Section>,
    contents: Vec<Heading>,
    related: Vec<Link>,
}

struct Updated {
    /// For machines.
    day: String,
    /// For people.
    text: String,
}

struct Section {
    heading: Option<Heading>,
    html: String,
}

#[derive(Clone)]
struct Heading {
    /// 2 to 6: the title is the only heading of level 1.
    level: u8,
    text: String,
    anchor: String,
    fragment: String,
}

/// An article, in another language if there is none in this one.
pub(in crate::http) async fn show(
    State(app): State<Arc<App>>,
    LangPath { lang, name: id }: LangPath,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let serving = app.serving();
    let Some(article) = serving.catalog().find_for(&id, lang) else {
        let moved = serving.catalog().redirect(&id, lang).ok_or(Error::NoArticle(id))?;
        let path = article::url(lang, moved.id());
        return Ok(super::redirect(StatusCode::MOVED_PERMANENTLY, &path, Cache::Moved));
    };
    super::page(&model(&app, &serving, article, lang)?, Cache::Content, &headers)
}

fn model(app: &App, serving: &Serving, article: ArticleView<'_>, lang: Lang) -> Result<Article, Error> {
    let catalog = serving.catalog();
    let id = article.id();
    let mut page = Layout::new(app, lang, Some(article.title()));
    page.description = Some(description(article));
    let written = catalog.languages(id);
    // A reader of Traditional also reads the Simplified article.
    let is_offered =
        |offer: &Lang| *offer == lang || offer.readable().iter().any(|lang| written.contains(lang));
    let offered: Vec<Lang> = Lang::ALL.into_iter().filter(is_offered).collect();
    page.in_languages(&offered, |lang| article::url(lang, id));
    let mut versions: Vec<(&str, String)> =
        written.iter().map(|lang| (html_lang(*lang), article::url(*lang, id))).collect();
    if let Some(default) = catalog.find_for(id, app.site().default_lang) {
        versions.push(("x-default", article::url(default.lang(), id)));
    }
    page.address(app, &article::url(article.lang(), id), &versions);
    let sections = article.sections().map(section).collect::<Result<Vec<_>, Error>>()?;
    let headings: Vec<Heading> = sections.iter().filter_map(|section| section.heading.clone()).collect();
    let related = article.related().filter_map(|id| catalog.find_for(id, lang));
    let related =
        related.map(|other| Link { url: article::url(lang, other.id()), text: None, ..page.article(other) });
    Ok(Article {
        title: article.title().to_owned(),
        summary: article.summary().map(str::to_owned),
        foreign: page.foreign(article.lang()),
        notice: (article.lang() != lang).then(|| (page.t.untranslated)(article.lang())),
        breadcrumb: page.breadcrumb(serving, article.category()),
        updated: article
            .updated()
            .map(|day| Updated { day: day.to_string(), text: (page.t.updated)(&(page.t.date)(day)) }),
        contents: if headings.len() < MIN_CONTENTS { Vec::new() } else { headings },
        related: related.collect(),
        sections,
        page,
    })
}

fn section(section: SectionView<'_>) -> Result<Section, Error> {
    let heading = (section.level() > 0).then(|| Heading {
        level: section.level().clamp(2, 6),
        text: section.heading().to_owned(),
        anchor: section.anchor().to_owned(),
        fragment: article::fragment(section.anchor()),
    });
    Ok(Section { heading, html: section.html()? })
}

/// The summary, else the beginning of the text.
fn description(article: ArticleView<'_>) -> String {
    let beginning = || article.sections().find(|section| !section.text().is_empty()).map(SectionView::text);
    let text = article.summary().or_else(beginning).unwrap_or_default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text::first_chars(&text, MAX_DESCRIPTION) {
        (text, false) => text.to_owned(),
        (text, true) => format!("{text}…"),
    }
}
