//! HTML for people: complete pages that need no JavaScript. Each file has the model of its
//! template in `templates/` and the handler that fills it.

mod layout;
mod prose;
mod structured;
mod text_fragment;

pub(super) mod article;
pub(super) mod category;
pub(super) mod error;
pub(super) mod feed;
pub(super) mod home;
pub(super) mod misspelled;
pub(super) mod search;
pub(super) mod widget_demo;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use self::layout::{Card, Layout, Link};
use super::cache::Cache;
use super::error::Error;

const HTML: &str = "text/html; charset=utf-8";

/// What must be encoded in a value of a query string.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path with parameters; those without a value are left out.
fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let pairs = given.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY_VALUE)));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A page that may be kept as `cache` says.
fn page(template: &impl Template, cache: Cache, request: &HeaderMap) -> Result<Response, Error> {
    Ok(cache.reply(request, HTML, template.render()?))
}

/// A page that is nobody's to keep.
fn page_once(template: &impl Template) -> Result<Response, Error> {
    Ok(html_once(template.render()?))
}

/// HTML that is nobody's to keep.
pub(super) fn html_once(html: impl Into<Bytes>) -> Response {
    let mut response = Body::from(html.into()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    Cache::Never.put_on(&mut response);
    response
}

/// A redirect to a path made here, never to an address from a request.
pub(super) fn redirect(status: StatusCode, path: &str, cache: Cache) -> Response {
    let location = HeaderValue::from_str(path).expect("our own paths are percent-encoded");
    let mut response = (status, [(header::LOCATION, location)]).into_response();
    cache.put_on(&mut response);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_links_are_encoded() {
        let link = with_query("/search", &[("q", "a&b=\"<提>"), ("category", ""), ("lang", "zh-Hant")]);
        assert_eq!(link, "/search?q=a%26b%3D%22%3C%E6%8F%90%3E&lang=zh-Hant");
        assert_eq!(with_query("/search", &[("q", "")]), "/search");
    }
}
