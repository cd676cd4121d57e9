//! `GET /problems/{code}`: the addresses that problems have for their types.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::http::cache::Cache;
use crate::http::error::Error;
use crate::http::extract::Name;

/// What a kind of problem is, for the developer who follows its type.
pub(in crate::http) async fn problem(Name(code): Name, headers: HeaderMap) -> Result<Response, Error> {
    let explanation = Error::explanation(&code).ok_or(Error::NotFound)?;
    Ok(Cache::Content.reply(&headers, "text/plain; charset=utf-8", explanation))
}
