//! `GET /api/v1/suggest` and `GET /api/v1/suggest/opensearch`

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::article;
use crate::http::cache::Cache;
use crate::http::converted;
use crate::http::error::{Error, Problem};
use crate::http::extract::Params;
use crate::http::openapi;
use crate::search::{SearchRequest, suggest};
use crate::text;

/// No reply is longer, in bytes: a suggestion that does not fit is left off.
const MAX_REPLY: usize = 10 * 1024;
const OPENSEARCH: &str = "application/x-suggestions+json";

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that `request` reads")]
struct SuggestParams {
    /// What has been typed so far, at most 256 characters. Without it nothing is suggested.
    #[param(max_length = 256, required = false, example = "yanzh")]
    q: String,
    /// The reader's language: any BCP 47 tag that matches zh, zh-Hant, en or ko. Without it
    /// all languages, that of the script typed first.
    #[param(required = false, example = "zh")]
    lang: String,
}

static KNOWN: LazyLock<Vec<String>> = LazyLock::new(openapi::names::<SuggestParams>);

/// What somebody who is typing may want to ask. Spans are `[start, end)` in UTF-16 code units.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SuggestReply<'a> {
    /// What was typed.
    query: &'a str,
    /// At most eight, best first, one for an article; fewer where they would not fit 10 KB.
    suggestions: &'a [Suggestion],
}

/// A title or a question.
#[derive(Serialize, ToSchema)]
struct Suggestion {
    /// `title`, or `question` for another way to ask for the article.
    kind: &'static str,
    /// The text.
    text: String,
    /// What of it was typed.
    #[schema(value_type = Vec<Vec<usize>>, example = json!([[3, 6]]))]
    spans: Vec<[usize; 2]>,
    /// The id of the article that answers.
    #[schema(example = "account/sms-code-not-received")]
    id: String,
    /// Its language.
    #[schema(example = "zh")]
    lang: &'static str,
    /// The path of its page.
    #[schema(example = "/zh/articles/account/sms-code-not-received")]
    url: String,
}

impl From<suggest::Suggestion> for Suggestion {
    fn from(suggestion: suggest::Suggestion) -> Self {
        Self {
            kind: suggestion.kind.name(),
            spans: text::utf16_spans(&suggestion.text, &suggestion.spans),
            url: article::url(suggestion.lang, &suggestion.id),
            text: suggestion.text,
            id: suggestion.id,
            lang: suggestion.lang.tag(),
        }
    }
}

/// Suggests while somebody types.
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    tag = "help",
    params(SuggestParams),
    responses(
        (status = 200, description = "Suggestions, none for nothing typed.", body = SuggestReply),
        (status = 400, description = "A parameter is out of bounds: `bad-parameter`, `unknown-parameter`, `query-too-long`.", body = Problem, content_type = "application/problem+json"),
        (status = 414, description = "The address is longer than 8 KiB: `uri-too-long`.", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "Something went wrong on our side: `internal`.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The answer took too long: `timeout`.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn suggest(State(app): State<Arc<App>>, params: Params) -> Result<Response, Error> {
    let request = request(&params)?;
    let suggestions = suggestions(&app, &request);
    let query = request.query().to_owned();
    let reply = |suggestions: &[Suggestion]| json(&SuggestReply { query: &query, suggestions });
    let suggestions: Vec<Suggestion> = suggestions.into_iter().map(Suggestion::from).collect();
    Ok(send(super::JSON, fitting(suggestions, reply)?))
}

/// The same for the search box of a browser: what was typed, then texts, descriptions and
/// addresses as three lists of one length.
#[utoipa::path(
    get,
    path = "/api/v1/suggest/opensearch",
    tag = "help",
    params(SuggestParams),
    responses(
        (status = 200, description = "`[\"q\", [\"text\", …], [\"\", …], [\"url\", …]]`, as OpenSearch suggestions are written; absolute addresses where the site has a public one.", body = Vec<serde_json::Value>, content_type = "application/x-suggestions+json"),
        (status = 400, description = "A parameter is out of bounds: `bad-parameter`, `unknown-parameter`, `query-too-long`.", body = Problem, content_type = "application/problem+json"),
        (status = 414, description = "The address is longer than 8 KiB: `uri-too-long`.", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "Something went wrong on our side: `internal`.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The answer took too long: `timeout`.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn opensearch(
    State(app): State<Arc<App>>,
    params: Params,
) -> Result<Response, Error> {
    let request = request(&params)?;
    let suggestions = suggestions(&app, &request);
    let public = app.site().public_url.as_deref().unwrap_or_default();
    let lines = suggestions.into_iter().map(|found| {
        let url = format!("{public}{}", article::url(found.lang, &found.id));
        (found.text, "", url)
    });
    let reply = |lines: &[(String, &str, String)]| {
        let texts: Vec<&str> = lines.iter().map(|(text, ..)| text.as_str()).collect();
        let descriptions: Vec<&str> = lines.iter().map(|(_, description, _)| *description).collect();
        let urls: Vec<&str> = lines.iter().map(|(.., url)| url.as_str()).collect();
        json(&(request.query(), texts, descriptions, urls))
    };
    Ok(send(OPENSEARCH, fitting(lines.collect(), reply)?))
}

/// Titles and questions as the reader reads them.
fn suggestions(app: &App, request: &SearchRequest) -> Vec<suggest::Suggestion> {
    let mut suggestions = app.serving().searcher().suggest(request);
    if let Some(reader) = request.lang() {
        let converted = suggestions.iter_mut().filter(|found| converted::is_for(reader, found.lang));
        converted.for_each(converted::convert_suggestion);
    }
    suggestions
}

/// The reply, without the suggestions that would make it longer than [`MAX_REPLY`].
fn fitting<T>(suggestions: Vec<T>, reply: impl Fn(&[T]) -> Result<Vec<u8>, Error>) -> Result<Vec<u8>, Error> {
    let whole = reply(&suggestions)?;
    if whole.len() <= MAX_REPLY {
        return Ok(whole);
    }
    let mut kept = Vec::with_capacity(suggestions.len());
    for suggestion in suggestions {
        kept.push(suggestion);
        if reply(&kept)?.len() > MAX_REPLY {
            kept.pop();
        }
    }
    reply(&kept)
}

fn request(params: &Params) -> Result<SearchRequest, Error> {
    params.only(&KNOWN)?;
    Ok(SearchRequest::new(params.text("q").unwrap_or_default())?.with_lang(params.lang("lang")?))
}

fn json(reply: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(reply).map_err(|error| Error::Internal(error.to_string()))
}

/// What somebody types is kept by nobody.
fn send(content_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    Cache::Never.put_on(&mut response);
    response
}
