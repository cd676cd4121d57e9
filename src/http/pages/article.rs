//! `/{lang}/articles/{id}`

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{Layout, Link, prose, structured};
use crate::app::{App, Serving};
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::Error;
use crate::http::extract::{LangPath, Params};
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
    id: String,
    title: String,
    summary: Option<String>,
    /// The article's language, where it is not the page's.
    foreign: Option<&'static str>,
    /// Says that it is not, or that it was converted.
    notice: Option<String>,
    /// Where what was converted can be read as it was written.
    original: Option<String>,
    breadcrumb: Vec<Link>,
    updated: Option<Updated>,
    sections: Vec<Section>,
    contents: Vec<Heading>,
    related: Vec<Link>,
    /// Thanks for feedback that was just given.
    feedback: Option<&'static str>,
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
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let serving = app.serving();
    let Some(article) = serving.catalog().find_for(&id, lang) else {
        let moved = serving.catalog().redirect(&id, lang).ok_or(Error::NoArticle(id))?;
        let path = article::url(lang, moved.id());
        return Ok(super::redirect(StatusCode::MOVED_PERMANENTLY, &path, Cache::Moved));
    };
    let mut model = model(&app, &serving, article, lang)?;
    model.feedback = match params.text("feedback") {
        Some("yes") => Some(model.page.t.script.thanks),
        Some("no") => Some(model.page.t.script.sorry),
        _ => None,
    };
    super::page(&model, Cache::Content, &headers)
}

fn model(app: &App, serving: &Serving, article: ArticleView<'_>, lang: Lang) -> Result<Article, Error> {
    let catalog = serving.catalog();
    let (id, written) = (article.id(), article.lang());
    let mut page = Layout::new(app, lang, None);
    page.title = Some(page.read(article.title(), written));
    page.description = Some(page.read(&description(article), written));
    page.kind = "article";
    let versions = catalog.languages(id);
    // Every language is offered: where it is missing there is the original, and a notice.
    page.in_languages(&Lang::ALL, |lang| article::url(lang, id));
    let mut alternates: Vec<(&str, String)> =
        versions.iter().map(|lang| (html_lang(*lang), article::url(*lang, id))).collect();
    if let Some(default) = catalog.find_for(id, app.site().default_lang) {
        alternates.push(("x-default", article::url(default.lang(), id)));
    }
    page.address(&article::url(written, id), &alternates);
    let breadcrumb = page.breadcrumb(serving, article.category());
    page.structured = structured::article(&page, article, &breadcrumb);
    let sections = article.sections().map(|part| section(&page, part, written));
    let sections = sections.collect::<Result<Vec<_>, Error>>()?;
    let headings: Vec<Heading> = sections.iter().filter_map(|section| section.heading.clone()).collect();
    let related = article.related().filter_map(|id| catalog.find_for(id, lang));
    let related = related.map(|other| Link { text: None, ..page.article(other) });
    let is_converted = page.converts(written);
    let notice = if is_converted {
        Some(page.t.converted.to_owned())
    } else {
        (written != lang).then(|| (page.t.untranslated)(written))
    };
    Ok(Article {
        id: id.to_owned(),
        title: page.own_title().to_owned(),
        summary: article.summary().map(|summary| page.read(summary, written)),
        foreign: page.foreign(written),
        notice,
        original: is_converted.then(|| article::url(written, id)),
        updated: article
            .updated()
            .map(|day| Updated { day: day.to_string(), text: (page.t.updated)(&(page.t.date)(day)) }),
        contents: if headings.len() < MIN_CONTENTS { Vec::new() } else { headings },
        related: related.collect(),
        feedback: None,
        breadcrumb,
        sections,
        page,
    })
}

fn section(page: &Layout, section: SectionView<'_>, written: Lang) -> Result<Section, Error> {
    let heading = (section.level() > 0).then(|| Heading {
        level: section.level().clamp(2, 6),
        text: page.read(section.heading(), written),
        anchor: section.anchor().to_owned(),
        fragment: article::fragment(section.anchor()),
    });
    Ok(Section { heading, html: prose::prepare(page, &section.html()?, written) })
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
