//! `GET /api/v1/articles/{id}`

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::{Error, Problem};
use crate::http::extract::{Name, Params};
use crate::http::openapi;
use crate::http::pages::redirect;
use crate::index::{ArticleView, Catalog};
use crate::lang::Lang;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that `article` reads")]
struct ArticleParams {
    /// The reader's language; the site's default without it. An article that is not
    /// written in it comes in a language in which it is.
    #[param(required = false, example = "zh")]
    lang: String,
}

static KNOWN: LazyLock<Vec<String>> = LazyLock::new(openapi::names::<ArticleParams>);

/// An article.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ArticleReply<'a> {
    /// The id, the same in all languages.
    #[schema(example = "withdrawal/withdraw-bank")]
    id: &'a str,
    /// The language it is written in.
    #[schema(example = "zh")]
    lang: &'static str,
    /// The languages in which it exists.
    languages: Vec<&'static str>,
    /// The path of its page.
    url: String,
    /// The title.
    title: &'a str,
    /// The answer in one or two sentences.
    #[schema(required = true)]
    summary: Option<&'a str>,
    /// The category's id.
    category: &'a str,
    /// Tags, as the author wrote them.
    tags: Vec<&'a str>,
    /// When its content last changed.
    #[schema(value_type = Option<String>, required = true, format = Date, example = "2026-08-12")]
    updated: Option<jiff::civil::Date>,
    /// What stands before the first heading, then one for each heading.
    sections: Vec<Section<'a>>,
    /// Related articles, in the reader's language where they exist in it.
    related: Vec<Related<'a>>,
    /// The generation that answered.
    #[schema(example = "000001-0123456789ab")]
    generation: &'a str,
}

/// The part of an article under one heading.
#[derive(Serialize, ToSchema)]
struct Section<'a> {
    /// The heading's id on the page; empty before the first heading.
    anchor: &'a str,
    /// The heading; empty before the first one.
    heading: &'a str,
    /// The heading's level, 1 to 6; 0 before the first heading.
    level: u8,
    /// The text without markup.
    text: &'a str,
    /// The text as HTML in which nothing can run.
    html: String,
}

/// Another article.
#[derive(Serialize, ToSchema)]
struct Related<'a> {
    /// Its id.
    id: &'a str,
    /// The language of this version.
    lang: &'static str,
    /// Its title.
    title: &'a str,
    /// The path of its page.
    url: String,
}

/// One article with its sections.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{id}",
    tag = "help",
    params(
        ("id" = String, Path, description = "The article's id, slashes included, or a former one.", example = "withdrawal/withdraw-bank"),
        ArticleParams
    ),
    responses(
        (status = 200, description = "The article.", body = ArticleReply),
        (status = 301, description = "A former id; `Location` names the present one."),
        (status = 304, description = "`If-None-Match` names this very reply."),
        (status = 400, description = "No such language, `bad-parameter`, or no such parameter, `unknown-parameter`.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such article: `article-not-found`.", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "Something went wrong on our side: `internal`.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn article(
    State(app): State<Arc<App>>,
    Name(id): Name,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Error> {
    params.only(&KNOWN)?;
    let asked = params.lang("lang")?;
    let reader = asked.unwrap_or(app.site().default_lang);
    let serving = app.serving();
    let catalog = serving.catalog();
    let Some(article) = catalog.find_for(&id, reader) else {
        let moved = catalog.redirect(&id, reader).ok_or(Error::NoArticle(id))?;
        let lang = asked.map(|lang| format!("?lang={lang}")).unwrap_or_default();
        let path = format!("/api/v1/articles/{}{lang}", article::fragment(moved.id()));
        return Ok(redirect(StatusCode::MOVED_PERMANENTLY, &path, Cache::Moved));
    };
    let sections = article.sections().map(|section| {
        Ok(Section {
            anchor: section.anchor(),
            heading: section.heading(),
            level: section.level(),
            text: section.text(),
            html: section.html()?,
        })
    });
    let reply = ArticleReply {
        id: article.id(),
        lang: article.lang().tag(),
        languages: catalog.languages(article.id()).into_iter().map(Lang::tag).collect(),
        url: article::url(article.lang(), article.id()),
        title: article.title(),
        summary: article.summary(),
        category: article.category(),
        tags: article.tags().collect(),
        updated: article.updated(),
        sections: sections.collect::<Result<_, Error>>()?,
        related: related(catalog, article, reader),
        generation: serving.generation(),
    };
    super::reply(Cache::Content, &headers, &reply)
}

fn related<'a>(catalog: &'a Catalog, article: ArticleView<'a>, reader: Lang) -> Vec<Related<'a>> {
    let found = article.related().filter_map(|id| catalog.find_for(id, reader));
    found
        .map(|other| Related {
            id: other.id(),
            lang: other.lang().tag(),
            title: other.title(),
            url: article::url(other.lang(), other.id()),
        })
        .collect()
}
