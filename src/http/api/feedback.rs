//! `POST /api/v1/feedback`

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::{Error, Problem};
use crate::http::extract::{self, Params};
use crate::http::pages;
use crate::lang::Lang;

/// Where it is said. Nothing else takes a body.
pub(in crate::http) const PATH: &str = "/api/v1/feedback";

/// Whether an article helped.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Feedback {
    /// The article's id.
    #[schema(example = "withdrawal/withdraw-bank")]
    id: String,
    /// The language of the page on which it was read.
    #[schema(example = "zh")]
    lang: String,
    /// Whether it helped.
    helpful: bool,
}

/// The same as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form that `from_form` reads")]
struct FeedbackForm {
    /// The article's id.
    #[schema(example = "withdrawal/withdraw-bank")]
    id: String,
    /// The language of the page on which it was read.
    #[schema(example = "zh")]
    lang: String,
    /// `yes` or `no`.
    #[schema(pattern = "^(yes|no)$", example = "yes")]
    helpful: String,
}

/// Counts whether an article helped. Nothing about the reader is kept.
#[utoipa::path(
    post,
    path = "/api/v1/feedback",
    tag = "help",
    request_body(content(
        (Feedback = "application/json"),
        (FeedbackForm = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 204, description = "Counted."),
        (status = 303, description = "Counted; the answer to a form of a browser, which is led back to the article."),
        (status = 400, description = "A field is missing or wrong: `bad-parameter`.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Sent by a page of another site: `cross-site`.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such article: `article-not-found`.", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is larger than 64 KiB: `body-too-large`.", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Neither a form nor JSON: `unsupported-media-type`.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn feedback(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    if !extract::is_same_site(&headers, app.site().public_url.as_deref()) {
        return Err(Error::CrossSite);
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let (feedback, is_form) = match media.to_ascii_lowercase().as_str() {
        "application/json" => (from_json(&body)?, false),
        "application/x-www-form-urlencoded" => (from_form(&body)?, true),
        _ => return Err(Error::MediaType),
    };
    let expects = "zh, zh-Hant, en or ko";
    let lang = Lang::from_exact_tag(&feedback.lang).ok_or(Error::Parameter { name: "lang", expects })?;
    let serving = app.serving();
    let Some(found) = serving.catalog().find_for(&feedback.id, lang) else {
        return Err(Error::NoArticle(feedback.id));
    };
    app.feedback().count(feedback.helpful);
    tracing::info!(id = found.id(), lang = found.lang().tag(), helpful = feedback.helpful, "feedback");
    if is_form && !extract::prefers_json(&headers) {
        let said = if feedback.helpful { "yes" } else { "no" };
        let path = format!("{}?feedback={said}#feedback", article::url(lang, found.id()));
        return Ok(pages::redirect(StatusCode::SEE_OTHER, &path, Cache::Never));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    Cache::Never.put_on(&mut response);
    Ok(response)
}

fn from_json(body: &[u8]) -> Result<Feedback, Error> {
    let expects = "an object with `id`, `lang` and `helpful`";
    serde_json::from_slice(body).map_err(|_| Error::Parameter { name: "body", expects })
}

fn from_form(body: &[u8]) -> Result<Feedback, Error> {
    let params = Params::parse(&String::from_utf8_lossy(body));
    let text = |name: &'static str, expects: &'static str| {
        params.text(name).map(str::to_owned).ok_or(Error::Parameter { name, expects })
    };
    let helpful = match params.text("helpful") {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(Error::Parameter { name: "helpful", expects: "yes or no" }),
    };
    Ok(Feedback { id: text("id", "the id of an article")?, lang: text("lang", "a language")?, helpful })
}
