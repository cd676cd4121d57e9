//! `GET /api/v1/search`

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, Serving};
use crate::article;
use crate::http::cache::Cache;
use crate::http::converted;
use crate::http::error::{Error, Problem};
use crate::http::extract::{self, Params};
use crate::http::openapi;
use crate::lang::Lang;
use crate::replies::Reply;
use crate::search::request::PER_PAGE;
use crate::search::{self, SearchRequest, SearchResponse};
use crate::text;

/// A little more than most replies have, in bytes.
const TYPICAL_REPLY: usize = 16 << 10;

/// What can be asked. Of a parameter that is given twice the last value counts; an empty
/// value counts as none; parameters that are not listed here are refused.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that `request` reads")]
struct SearchParams {
    /// The question, at most 256 characters. Without it there are no hits.
    #[param(max_length = 256, required = false, example = "提现多久到账")]
    q: String,
    /// The reader's language: any BCP 47 tag that matches zh, zh-Hant, en or ko. Without it
    /// all languages, that of the question's script first. For zh-Hant, titles and snippets of
    /// articles in zh are converted.
    #[param(required = false, example = "zh")]
    lang: String,
    /// Only articles written in exactly that language.
    #[param(required = false, default = false)]
    lang_only: bool,
    /// Only articles of this category.
    #[param(required = false, example = "withdrawal")]
    category: String,
    /// Only articles with this tag.
    #[param(required = false)]
    tag: String,
    /// The page, counted from 1. No page reaches beyond hit 1000.
    #[param(required = false, minimum = 1, default = 1)]
    page: usize,
    /// Hits on a page.
    #[param(required = false, minimum = 1, maximum = 50, default = 10)]
    per_page: usize,
    /// Says for each hit what scored how much.
    #[param(required = false, default = false)]
    explain: bool,
}

static KNOWN: LazyLock<Vec<String>> = LazyLock::new(openapi::names::<SearchParams>);

/// The answer to a question. Spans are `[start, end)` in UTF-16 code units.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchReply {
    /// The question as it was understood.
    query: String,
    /// How many articles match.
    total: usize,
    /// How long the search took, in microseconds.
    took_us: u64,
    /// The generation that answered.
    #[schema(example = "000001-0123456789ab")]
    generation: String,
    /// The page of hits, best first.
    hits: Vec<Hit>,
    /// The section that clearly answers, whole; absent when none does for sure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    featured: Option<Featured>,
    /// How the matching articles spread, each facet under all filters but its own.
    facets: Facets,
    /// Only the rarest words of a very long question were used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    shortened: bool,
    /// What may have been meant, where the question itself finds little.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    did_you_mean: Option<DidYouMean>,
}

/// Another reading of the question.
#[derive(Debug, Serialize, ToSchema)]
struct DidYouMean {
    /// What it may have been meant to say.
    text: String,
    /// `pinyin`, `initials`, `keyboard` or `typo`.
    reading: &'static str,
    /// The question found nothing good: the hits are those of this text.
    applied: bool,
}

/// A section that clearly answers.
#[derive(Debug, Serialize, ToSchema)]
struct Featured {
    /// The article's id.
    #[schema(example = "withdrawal/withdraw-fees")]
    id: String,
    /// The language of the article.
    lang: &'static str,
    /// The article's title.
    title: String,
    /// The path of the page, at the section.
    url: String,
    /// The section's heading; empty for the top of the page.
    heading: String,
    /// The section's text as safe HTML.
    html: String,
}

/// An article that answers, with its best section.
#[derive(Debug, Serialize, ToSchema)]
struct Hit {
    /// The article's id, the same in all languages.
    #[schema(example = "withdrawal/withdraw-bank")]
    id: String,
    /// The language of the article.
    #[schema(example = "zh")]
    lang: &'static str,
    /// The title.
    title: String,
    /// The path of the page, at the section that answers.
    #[schema(example = "/ko/articles/api/api-rate-limit#h-websocket")]
    url: String,
    /// The id of that section's heading on the page; empty for the top of the page.
    anchor: String,
    /// The category's id.
    category: String,
    /// Why it is there: `pinned`, `exact` (its title, question or heading), `entity` (it
    /// answers for what was pasted), `word`, `script` (the other Chinese script), `synonym`,
    /// `partial`, how the question was read (`pinyin`, `initials`, `keyboard`, `typo`), or
    /// `language` (only another language has an answer).
    #[schema(example = "word")]
    matched: &'static str,
    /// Only the order of scores within one reply means anything.
    score: f32,
    /// Matches in the title.
    #[schema(value_type = Vec<Vec<usize>>, example = json!([[0, 2]]))]
    title_spans: Vec<[usize; 2]>,
    /// The lines to show.
    snippet: Snippet,
    /// When the content last changed.
    #[schema(value_type = Option<String>, required = true, format = Date, example = "2026-08-12")]
    updated: Option<jiff::civil::Date>,
    /// What scored how much; only with `explain=true`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    explanation: Vec<Contribution>,
}

/// A piece of a section's text.
#[derive(Debug, Serialize, ToSchema)]
struct Snippet {
    /// The text.
    text: String,
    /// Matches in the text.
    #[schema(value_type = Vec<Vec<usize>>, example = json!([[4, 6]]))]
    spans: Vec<[usize; 2]>,
}

/// One term's part in a score.
#[derive(Debug, Serialize, ToSchema)]
struct Contribution {
    /// The field: `title`, `body`, …
    field: &'static str,
    /// `word` or `gram`.
    unit: &'static str,
    /// The term as indexed.
    term: String,
    /// Its share of the score.
    score: f32,
}

/// Counts of matching articles.
#[derive(Debug, Serialize, ToSchema)]
struct Facets {
    /// By category id.
    category: Vec<FacetValue>,
    /// By tag.
    tag: Vec<FacetValue>,
    /// By language.
    lang: Vec<FacetValue>,
}

/// A value and how many matching articles have it.
#[derive(Debug, Serialize, ToSchema)]
struct FacetValue {
    /// The value.
    value: String,
    /// Articles.
    count: usize,
}

impl SearchReply {
    /// The reply to `query` by `generation`, found in `took`.
    #[must_use]
    pub fn new(query: &str, response: SearchResponse, took: Duration, generation: &str) -> Self {
        let search::Facets { category, tag, lang } = response.facets;
        Self {
            query: query.to_owned(),
            total: response.total,
            took_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            generation: generation.to_owned(),
            hits: response.hits.into_iter().map(Hit::from).collect(),
            featured: response.featured.map(Featured::from),
            facets: Facets { category: facet(category), tag: facet(tag), lang: facet(lang) },
            shortened: response.is_shortened,
            did_you_mean: response.did_you_mean.map(|meant| DidYouMean {
                text: meant.text,
                reading: meant.reading.name(),
                applied: meant.is_applied,
            }),
        }
    }
}

impl From<search::Hit> for Hit {
    fn from(hit: search::Hit) -> Self {
        Self {
            url: url(hit.lang, &hit.id, &hit.anchor),
            title_spans: text::utf16_spans(&hit.title, &hit.title_spans),
            snippet: Snippet {
                spans: text::utf16_spans(&hit.snippet.text, &hit.snippet.spans),
                text: hit.snippet.text,
            },
            explanation: hit.explanation.into_iter().map(Contribution::from).collect(),
            id: hit.id,
            lang: hit.lang.tag(),
            title: hit.title,
            anchor: hit.anchor,
            category: hit.category,
            matched: hit.matched.name(),
            score: hit.score,
            updated: hit.updated,
        }
    }
}

impl From<search::Featured> for Featured {
    fn from(featured: search::Featured) -> Self {
        Self {
            url: url(featured.lang, &featured.id, &featured.anchor),
            id: featured.id,
            lang: featured.lang.tag(),
            title: featured.title,
            heading: featured.heading,
            html: featured.html,
        }
    }
}

impl From<search::Contribution> for Contribution {
    fn from(search::Contribution { field, unit, term, score }: search::Contribution) -> Self {
        Self { field, unit, term, score }
    }
}

fn facet(values: Vec<search::FacetValue>) -> Vec<FacetValue> {
    values.into_iter().map(|search::FacetValue { value, count }| FacetValue { value, count }).collect()
}

/// Searches the articles.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "help",
    params(SearchParams),
    responses(
        (status = 200, description = "Hits, none for an empty question.", body = SearchReply),
        (status = 400, description = "A parameter is out of bounds: `bad-parameter`, `unknown-parameter`, `query-too-long`, `bad-page`, `page-too-deep`.", body = Problem, content_type = "application/problem+json"),
        (status = 414, description = "The address is longer than 8 KiB: `uri-too-long`.", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "Something went wrong on our side: `internal`.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The answer took too long: `timeout`.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn search(
    State(app): State<Arc<App>>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let request = request(&params)?;
    let serving = app.serving();
    let reply = match serving.replies().get(&request) {
        Some(reply) => reply,
        None => {
            let reply = Reply::new(answer(&serving, &request)?);
            // Who asks for an explanation does so once.
            if !request.explain() {
                serving.replies().keep(request, &reply);
            }
            reply
        }
    };
    Ok(send(&reply, &headers))
}

/// The reply to a request that was not answered before, as JSON.
fn answer(serving: &Serving, request: &SearchRequest) -> Result<Vec<u8>, Error> {
    let started = Instant::now();
    let mut response = serving.searcher().search(request)?;
    if let Some(reader) = request.lang() {
        let converted = response.hits.iter_mut().filter(|hit| converted::is_for(reader, hit.lang));
        converted.for_each(converted::convert);
        let featured = response.featured.iter_mut().filter(|found| converted::is_for(reader, found.lang));
        featured.for_each(converted::convert_featured);
    }
    let reply = SearchReply::new(request.query(), response, started.elapsed(), serving.generation());
    let mut json = Vec::with_capacity(TYPICAL_REPLY);
    serde_json::to_writer(&mut json, &reply).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(json)
}

/// Sends a reply, compressed where that is welcome: at the level that costs least, since
/// brotli at a good level takes several times as long as the search.
fn send(reply: &Reply, headers: &HeaderMap) -> Response {
    let is_compressed = extract::accepts_gzip(headers);
    let body = if is_compressed { reply.gzip() } else { reply.body() };
    let mut response = Body::from(body).into_response();
    let sent = response.headers_mut();
    sent.insert(header::CONTENT_TYPE, HeaderValue::from_static(super::JSON));
    if is_compressed {
        sent.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        sent.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    Cache::Never.put_on(&mut response);
    response
}

fn request(params: &Params) -> Result<SearchRequest, Error> {
    params.only(&KNOWN)?;
    let page = params.number("page")?.unwrap_or(1);
    let per_page = params.number("per_page")?.unwrap_or(PER_PAGE);
    let request = SearchRequest::new(params.text("q").unwrap_or_default())?
        .with_lang(params.lang("lang")?)
        .with_lang_only(params.flag("lang_only")?)
        .with_category(params.text("category").map(str::to_owned))
        .with_tag(params.text("tag").map(str::to_owned))
        .with_explain(params.flag("explain")?)
        .with_page(page, per_page)?;
    Ok(request)
}

/// The path of an article's page at an anchor.
fn url(lang: Lang, id: &str, anchor: &str) -> String {
    match anchor {
        "" => article::url(lang, id),
        anchor => format!("{}#{}", article::url(lang, id), article::fragment(anchor)),
    }
}
