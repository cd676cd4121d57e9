//! From failure to status: one table. API clients get an RFC 9457 problem, browsers a page.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::cache::Cache;
use crate::search;

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// There is nothing at this address.
    #[error("there is nothing at this address")]
    NotFound,
    /// No article has this id, nor ever had.
    #[error("there is no article `{0}`")]
    NoArticle(String),
    /// The address knows other methods.
    #[error("this address does not know the method of the request")]
    MethodNotAllowed,
    /// A parameter is not what it must be.
    #[error("`{name}` must be {expects}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expects: &'static str,
    },
    /// There is no such parameter.
    #[error("there is no parameter `{name}`, only {}", Listed(.known))]
    UnknownParameter {
        /// The name that was sent, or its beginning.
        name: String,
        /// Those that there are.
        known: &'static [String],
    },
    /// The search refused the request, or failed.
    #[error(transparent)]
    Search(#[from] search::Error),
    /// The address is longer than [`super::admission::MAX_URI`].
    #[error("the address is longer than {} bytes", super::admission::MAX_URI)]
    UriTooLong,
    /// The head of the request is larger than [`super::admission::MAX_HEADERS`].
    #[error("the headers are larger than {} bytes", super::admission::MAX_HEADERS)]
    HeadersTooLarge,
    /// A body where none belongs, or one that is too large.
    #[error("the body of the request is too large")]
    BodyTooLarge,
    /// A page of another site wants to change something here.
    #[error("requests that change something must come from this site")]
    CrossSite,
    /// A body that is neither a form nor JSON.
    #[error("the body must be a form or JSON, and say so")]
    MediaType,
    /// The answer took too long.
    #[error("the answer took too long")]
    Timeout,
    /// No `Host` header, or several.
    #[error("a request must have one `Host` header")]
    Host,
    /// The body did not arrive in time.
    #[error("the body of the request did not arrive in time")]
    BodyTimeout,
    /// More is asked than can be answered.
    #[error("there are too many requests at the moment, try again soon")]
    Busy,
    /// The client asks too often; with how long it is to wait.
    #[error("too many requests, try again in {} s", whole_seconds(*.0))]
    TooMany(Duration),
    /// A handler panicked, with this message.
    #[error("something went wrong on our side")]
    Panic(String),
    /// A file of the generation could not be read, or a page not written.
    #[error("something went wrong on our side")]
    Internal(String),
}

/// A problem as in RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// A stable address that names the kind of problem and explains it: `/problems/<code>`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/query-too-long")]
    kind: String,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 400)]
    status: u16,
    /// What is wrong with this request.
    detail: String,
    /// The last part of `type`.
    #[schema(example = "query-too-long")]
    code: &'static str,
}

impl Error {
    /// The table: status, stable code, title.
    pub(super) fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::NoArticle(_) => (StatusCode::NOT_FOUND, "article-not-found", "Article not found"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed")
            }
            Self::Parameter { .. } => (StatusCode::BAD_REQUEST, "bad-parameter", "Bad parameter"),
            Self::UnknownParameter { .. } => {
                (StatusCode::BAD_REQUEST, "unknown-parameter", "Unknown parameter")
            }
            Self::Search(search::Error::QueryTooLong(_)) => {
                (StatusCode::BAD_REQUEST, "query-too-long", "Query too long")
            }
            Self::Search(search::Error::NoPage | search::Error::PerPage(_)) => {
                (StatusCode::BAD_REQUEST, "bad-page", "Bad page")
            }
            Self::Search(search::Error::TooDeep { .. }) => {
                (StatusCode::BAD_REQUEST, "page-too-deep", "Page too deep")
            }
            Self::UriTooLong => (StatusCode::URI_TOO_LONG, "uri-too-long", "Address too long"),
            Self::HeadersTooLarge => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "headers-too-large", "Headers too large")
            }
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "Body too large"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross-site", "Sent by another site"),
            Self::MediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type")
            }
            Self::Host => (StatusCode::BAD_REQUEST, "bad-host", "Bad host"),
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "request-timeout", "Request timeout"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Overloaded"),
            Self::Timeout => (StatusCode::SERVICE_UNAVAILABLE, "timeout", "Too slow"),
            Self::Search(search::Error::Index(_)) | Self::Panic(_) | Self::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error")
            }
        }
    }

    /// One of each kind.
    fn of_each_kind() -> [Self; 19] {
        let (name, expects) = ("", "");
        [
            Self::NotFound,
            Self::NoArticle(String::new()),
            Self::MethodNotAllowed,
            Self::Parameter { name, expects },
            Self::UnknownParameter { name: String::new(), known: &[] },
            Self::Search(search::Error::QueryTooLong(0)),
            Self::Search(search::Error::NoPage),
            Self::Search(search::Error::TooDeep { page: 0, per_page: 0 }),
            Self::UriTooLong,
            Self::HeadersTooLarge,
            Self::BodyTooLarge,
            Self::CrossSite,
            Self::MediaType,
            Self::Timeout,
            Self::Host,
            Self::BodyTimeout,
            Self::Busy,
            Self::TooMany(Duration::ZERO),
            Self::Internal(String::new()),
        ]
    }

    /// What is at the address that a problem has for its type.
    pub(super) fn explanation(code: &str) -> Option<String> {
        let (status, code, title) =
            Self::of_each_kind().map(|error| error.kind()).into_iter().find(|kind| kind.1 == code)?;
        let (number, phrase) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
        Some(format!(
            "{title}\n\nProblems of this kind have the code `{code}` and the status {number} ({phrase}).\n\
             Their `detail` says what is wrong with the very request;\n\
             /api/v1/openapi.json says which requests may have them.\n"
        ))
    }

    /// The problem document.
    pub(super) fn problem(&self) -> Response {
        let (status, code, title) = self.kind();
        let detail = match self {
            // What failed inside is for the log.
            Self::Search(search::Error::Index(_)) => Self::Panic(String::new()).to_string(),
            error => error.to_string(),
        };
        let problem =
            Problem { kind: format!("/problems/{code}"), title, status: status.as_u16(), detail, code };
        let mut response = (status, Json(problem)).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        self.finish(response)
    }

    /// Puts on what every failed reply has, whatever its body.
    pub(super) fn finish(&self, mut response: Response) -> Response {
        *response.status_mut() = self.kind().0;
        Cache::Never.put_on(&mut response);
        let wait = match self {
            Self::Timeout | Self::Busy => Duration::from_secs(1),
            Self::TooMany(wait) => *wait,
            _ => return response,
        };
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        response
    }

    /// What failed inside, for the log.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Internal(reason) => reason.clone(),
            Self::Panic(message) => format!("a handler panicked: {message}"),
            error => error.to_string(),
        }
    }

    /// Whether somebody is turned away who did nothing wrong but to come with many others.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Busy | Self::TooMany(_))
    }
}

/// The mark by which [`super::middleware::show_errors`] knows a failed reply: it alone
/// sees the request again, and with it who asks and in which language.
#[derive(Clone)]
pub(super) struct Failure(pub(super) Arc<Error>);

/// The mark of a failed reply that has its face, for the log.
#[derive(Clone)]
pub(super) struct Shown(pub(super) Arc<Error>);

/// Names as a list of a sentence: "`a`, `b`".
struct Listed<'a>(&'a [String]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, name)| {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{name}`")
        })
    }
}

/// As `Retry-After` wants it, at least 1.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.is_zero())
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.kind().0.into_response();
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
