//! Addresses that are not ours but whose writer clearly meant one: a language by another tag of
//! it (`/zh-TW/`, `/ZH/`), a slash at the end.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::cache::Cache;
use crate::lang::Lang;

/// Leads to the address that was meant, where there is nothing at the one that was asked for.
pub(in crate::http) async fn redirect(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let uri = request.uri().clone();
    let response = next.run(request).await;
    if response.status() != StatusCode::NOT_FOUND || !is_read {
        return response;
    }
    let Some(path) = meant(uri.path()) else { return response };
    let address = uri.query().map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
    let Ok(location) = HeaderValue::from_str(&address) else { return response };
    let mut response = (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response();
    Cache::Moved.put_on(&mut response);
    response
}

/// The path of ours that a path means, if it is another one. It begins with a language or is the
/// search, so it never leads elsewhere, and means nothing else itself.
fn meant(path: &str) -> Option<String> {
    let (first, rest) = path.strip_prefix('/')?.split_once('/').unwrap_or((path.strip_prefix('/')?, ""));
    let rest = rest.trim_end_matches('/');
    let meant = if first == "search" && rest.is_empty() {
        "/search".to_owned()
    } else {
        format!("/{}/{rest}", Lang::from_tag(first)?)
    };
    (meant != path).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_slashes_are_put_right_once() {
        for (path, expect) in [
            ("/zh-TW/", Some("/zh-Hant/")),
            ("/zh-hant", Some("/zh-Hant/")),
            ("/ZH/articles/a/b", Some("/zh/articles/a/b")),
            ("/zh/articles/a/b/", Some("/zh/articles/a/b")),
            ("/zh-CN/categories/a//", Some("/zh/categories/a")),
            ("/search/", Some("/search")),
            ("/zh//evil.example/", Some("/zh//evil.example")),
            ("/zh/", None),
            ("/zh/articles/a/b", None),
            ("/search", None),
            ("/search/x", None),
            ("/fr/", None),
            ("//evil.example/", None),
            ("/", None),
        ] {
            assert_eq!(meant(path).as_deref(), expect, "{path}");
            assert_eq!(meant(path).and_then(|meant| super::meant(&meant)), None, "{path}");
        }
    }
}
