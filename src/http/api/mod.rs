//! JSON for programs. Each file has its wire structs, its address and its answer; the
//! types of the core do not know JSON.

pub(super) mod articles;
pub(super) mod categories;
pub(super) mod feedback;
pub(super) mod problems;
pub(super) mod search;
pub(super) mod suggest;

use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

pub use self::search::SearchReply;
use super::cache::Cache;
use super::error::Error;

const JSON: &str = "application/json";

/// The description of this API.
pub(super) async fn openapi(headers: HeaderMap) -> Result<Response, Error> {
    let document = super::openapi::document();
    reply(Cache::Content, &headers, &document)
}

fn reply(cache: Cache, request: &HeaderMap, body: &impl Serialize) -> Result<Response, Error> {
    let body = serde_json::to_vec(body).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(cache.reply(request, JSON, body))
}
