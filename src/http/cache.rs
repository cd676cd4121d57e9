//! How long an answer may be kept, as named intents, and answers that have not changed.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::text;

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    /// What a person searched for, or a failure: by nobody.
    Never,
    /// Depends on the reader's cookie: by the reader, who asks each time.
    Reader,
    /// Articles and lists of them: by everybody for a minute.
    Content,
    /// Files whose names change with their content.
    Forever,
    /// Files that others link to by names that stay.
    Widget,
    /// Former ids.
    Moved,
}

/// Length of an entity tag: so many hexadecimal digits of a SHA-256.
const TAG: usize = 32;
/// What the compression may put behind an entity tag.
const ENCODINGS: [&str; 2] = ["-br", "-gzip"];

impl Cache {
    /// Sets `Cache-Control`.
    pub(super) fn put_on(self, response: &mut Response) {
        let value = match self {
            Self::Never => "private, no-store",
            Self::Reader => "private, no-cache",
            Self::Content => "public, max-age=60, stale-while-revalidate=600",
            Self::Forever => "public, max-age=31536000, immutable",
            Self::Widget => "public, max-age=300, stale-while-revalidate=86400",
            Self::Moved => "public, max-age=3600",
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }

    /// A 200 with a strong entity tag made from the body, so that it changes with content,
    /// templates and settings alike; a 304 when the client has that very body.
    pub(super) fn reply(
        self,
        request: &HeaderMap,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Response {
        let body = body.into();
        let hash = text::hex(&Sha256::digest(&body));
        self.reply_tagged(request, content_type, body, text::upto(&hash, TAG))
    }

    /// The same, of a body for which the tag is known.
    pub(super) fn reply_tagged(
        self,
        request: &HeaderMap,
        content_type: &'static str,
        body: impl Into<Bytes>,
        tag: &str,
    ) -> Response {
        let mut response = match known(request, tag) {
            Some(encoding) => {
                let mut response = StatusCode::NOT_MODIFIED.into_response();
                set_tag(&mut response, &format!("{tag}{encoding}"));
                response
            }
            None => {
                let mut response = Body::from(body.into()).into_response();
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
                set_tag(&mut response, tag);
                response
            }
        };
        self.put_on(&mut response);
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
}

/// Whether `If-None-Match` names the tag; if so with which encoding behind it.
fn known(request: &HeaderMap, tag: &str) -> Option<&'static str> {
    let named = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).map(str::trim).find_map(|named| {
        if named == "*" {
            return Some("");
        }
        let named = named.strip_prefix("W/").unwrap_or(named);
        let named = named.strip_prefix('"')?.strip_suffix('"')?;
        let encoding = ENCODINGS.into_iter().find(|encoding| named.ends_with(encoding)).unwrap_or_default();
        (named.strip_suffix(encoding) == Some(tag)).then_some(encoding)
    })
}

fn set_tag(response: &mut Response, tag: &str) {
    let value = HeaderValue::from_str(&format!("\"{tag}\"")).expect("a tag is hexadecimal");
    response.headers_mut().insert(header::ETAG, value);
}

/// Says that a reply depends on the language its reader prefers.
pub(super) fn vary_by_reader(response: &mut Response) {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
}

/// A compressed body is another representation and needs a tag of its own (RFC 9110, 8.8.3.3).
pub(super) fn tag_encoding(response: &mut Response) {
    let headers = response.headers_mut();
    let (Some(tag), Some(encoding)) = (headers.get(header::ETAG), headers.get(header::CONTENT_ENCODING))
    else {
        return;
    };
    let (Ok(tag), Ok(encoding)) = (tag.to_str(), encoding.to_str()) else { return };
    let tag = format!("{}-{encoding}\"", tag.trim_end_matches('"'));
    let tag = HeaderValue::from_str(&tag).expect("a tag with an encoding is visible ASCII");
    headers.insert(header::ETAG, tag);
}
