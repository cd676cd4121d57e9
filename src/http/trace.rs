//! What becomes of a request: a name for it, its part in the figures, and a line of the log.
//!
//! **Invariant:** a line names the route, never the address: what people ask is nobody's
//! business.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::Guard;
use super::error::{Error, Shown};
use super::metrics::method_index;
use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest name that a proxy may give to a request.
const LONGEST: usize = 64;
const DIGITS: &[u8; 16] = b"0123456789abcdef";
/// The route of an address that there is none for.
const UNMATCHED: &str = "unmatched";

/// Names requests that nobody has named yet.
#[derive(Debug)]
pub(super) struct RequestIds {
    /// Differs from process to process.
    hasher: RandomState,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new() -> Self {
        Self { hasher: RandomState::new(), next: AtomicU64::new(0) }
    }

    /// The name a proxy has given, if it looks like one; else one of our own, 16 hexadecimal
    /// digits.
    fn id(&self, given: Option<&HeaderValue>) -> HeaderValue {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        if let Some(given) = given
            && (1..=LONGEST).contains(&given.len())
            && given.as_bytes().iter().all(is_plain)
        {
            return given.clone();
        }
        let number = self.hasher.hash_one(self.next.fetch_add(1, Ordering::Relaxed));
        let mut id = [0; 16];
        for (byte, digits) in id.chunks_exact_mut(2).zip(number.to_be_bytes()) {
            byte[0] = DIGITS[usize::from(digits >> 4)];
            byte[1] = DIGITS[usize::from(digits & 15)];
        }
        HeaderValue::from_bytes(&id).expect("digits are visible")
    }
}

/// Names the request in its reply, counts it, and writes a line: of failures of ours always,
/// of others at the level `debug`. Requests that are turned away are only counted.
pub(super) async fn trace(
    State((app, guard)): State<(Arc<App>, Arc<Guard>)>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = guard.ids.id(request.headers().get(&REQUEST_ID));
    let method = method_index(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let (status, took) = (response.status(), started.elapsed());
    guard.metrics.record(route, method, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let method = super::metrics::METHODS[method];
    match response.extensions().get::<Shown>().map(|Shown(error)| &**error) {
        Some(error) if status.is_server_error() && !matches!(error, Error::Busy) => tracing::error!(
            target: "jieda::request",
            request_id = id.to_str().unwrap_or_default(), method, route, status = status.as_u16(), micros,
            generation = app.serving().generation(), reason = error.reason(), "request failed"
        ),
        _ => tracing::debug!(
            target: "jieda::request",
            request_id = id.to_str().unwrap_or_default(), method, route, status = status.as_u16(), micros,
            generation = app.serving().generation(), "request"
        ),
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_the_name_it_has_if_it_is_one() {
        let ids = RequestIds::new();
        let id = |given: &'static str| ids.id(Some(&HeaderValue::from_static(given)));
        for good in ["a", "7f3a-B", "0123456789012345678901234567890123456789012345678901234567890123"] {
            assert_eq!(id(good), good);
        }
        for bad in [
            "",
            "a b",
            "a_b",
            "a\"b",
            "a\\n",
            "01234567890123456789012345678901234567890123456789012345678901234",
        ] {
            assert_ne!(id(bad), bad);
            assert_eq!(id(bad).len(), 16, "{bad}");
        }
        assert_ne!(ids.id(None), ids.id(None));
        assert!(ids.id(None).as_bytes().iter().all(u8::is_ascii_hexdigit));
    }
}
