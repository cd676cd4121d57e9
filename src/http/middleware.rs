//! What all addresses share besides `trace` and `admission`, from the outside in: security
//! headers, other origins, and, once a request is let in, entity tags of compressed bodies,
//! compression, panics, the choice of a language. Errors get their face on both sides.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, NotForContentType, Predicate, SizeAbove};

use super::cache::Cache;
use super::error::{Error, Failure, Shown};
use super::extract::{LANG_COOKIE, Params, SET_LANG};
use super::metrics::Metrics;
use super::{cache, extract, pages};
use crate::app::App;
use crate::lang::Lang;

/// Bodies below this many bytes are not compressed.
const COMPRESS_FROM: u64 = 1024;
/// Brotli's own default is for files that are compressed once, and far too slow here.
const COMPRESSION: i32 = 4;

/// What every reply tells the browser. `img-src https:` is for images that articles link to.
const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// Puts the headers on that every reply has. A site that is public under `https:` is never
/// to be asked in the open again. A server that is about to stop ends each connection with
/// its next reply, so that none is in use when it stops.
pub(super) async fn security_headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if app.site().is_https() {
        let value = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    if app.is_draining() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Gives compressed bodies entity tags of their own.
pub(super) async fn tag_encodings(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    cache::tag_encoding(&mut response);
    response
}

/// Compresses texts that are worth it. Images are compressed already.
pub(super) fn compression() -> CompressionLayer<And<SizeAbove, NotForContentType>> {
    let worth_it = SizeAbove::new(COMPRESS_FROM).and(NotForContentType::IMAGES);
    CompressionLayer::new().quality(CompressionLevel::Precise(COMPRESSION)).compress_when(worth_it)
}

/// The pages for failures. Those for whom there is no place are many, and get one that is
/// made once.
pub(super) struct Faces {
    app: Arc<App>,
    refusals: [OnceLock<Bytes>; Lang::ALL.len()],
}

impl Faces {
    pub(super) fn new(app: Arc<App>) -> Self {
        Self { app, refusals: [const { OnceLock::new() }; Lang::ALL.len()] }
    }

    fn page(&self, lang: Lang, error: &Error) -> Result<Response, Error> {
        let kept = self.refusals.get(lang as usize).filter(|_| matches!(error, Error::Busy));
        let Some(kept) = kept else { return pages::error::show(&self.app, lang, error) };
        if kept.get().is_none() {
            let page = pages::error::html(&self.app, lang, error)?;
            // Another thread may have been faster; theirs is the same.
            let _ = kept.set(page.into());
        }
        Ok(pages::html_once(kept.get().cloned().unwrap_or_default()))
    }
}

/// Gives failures their face: a problem for programs, a page for people.
pub(super) async fn show_errors(State(faces): State<Arc<Faces>>, request: Request, next: Next) -> Response {
    let app = &faces.app;
    let path = request.uri().path().to_owned();
    let asked = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::COOKIE]
        .into_iter()
        .filter_map(|name| request.headers().get(&name).cloned().map(|value| (name, value)));
    let headers: HeaderMap = asked.collect();
    let mut response = next.run(request).await;
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else { return response };
    let face = if path.starts_with("/api/") || extract::prefers_json(&headers) {
        error.problem()
    } else {
        let lang = extract::lang_of_path(&path);
        let lang = lang.unwrap_or_else(|| extract::reader(&headers, app.site().default_lang));
        faces.page(lang, &error).map_or_else(|failure| failure.problem(), |page| error.finish(page))
    };
    // `Allow` and the like stay; length and type are those of the new body.
    let (mut parts, body) = face.into_parts();
    for (name, value) in response.headers() {
        if *name != header::CONTENT_LENGTH && *name != header::CONTENT_TYPE {
            parts.headers.append(name.clone(), value.clone());
        }
    }
    parts.extensions.insert(Shown(error));
    Response::from_parts(parts, body)
}

/// A reader who follows a link to another language has chosen it: the choice is remembered,
/// and the address is the page's own again. Only for pages, so that the path that a reader is
/// sent to is always one of ours.
pub(super) async fn remember_language(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let path = uri.path();
    let is_page = path == "/search" || extract::lang_of_path(path).is_some();
    let chosen = Params::new(uri).text(SET_LANG).and_then(Lang::from_exact_tag);
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let (true, true, Some(lang)) = (is_page, is_read, chosen) else { return next.run(request).await };
    // Names as `Params` reads them, values as they were sent.
    let is_other = |pair: &&str| pair.split('=').next().is_none_or(|name| extract::decode(name) != SET_LANG);
    let others = uri.query().unwrap_or_default().split('&').filter(is_other).collect::<Vec<_>>().join("&");
    let address = if others.is_empty() { path.to_owned() } else { format!("{path}?{others}") };
    let Ok(location) = HeaderValue::from_str(&address) else { return Error::NotFound.into_response() };
    let secure = if app.site().is_https() { "; Secure" } else { "" };
    let cookie = format!("{LANG_COOKIE}={lang}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}");
    let cookie = HeaderValue::from_str(&cookie).expect("a language tag is visible ASCII");
    let headers = [(header::LOCATION, location), (header::SET_COOKIE, cookie)];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    Cache::Never.put_on(&mut response);
    response
}

/// What the pages of other sites may do.
const CROSS_ORIGIN: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "x-request-id, content-type"),
    (header::ACCESS_CONTROL_MAX_AGE, "7200"),
];
/// What they may read of a head, besides what every page may.
const CROSS_ORIGIN_READS: HeaderValue = HeaderValue::from_static("x-request-id, retry-after");

/// Lets the pages of other sites ask the API from a browser, if the operator has named them:
/// also when the browser asks first whether it may. Nothing there depends on who asks: no
/// credentials are allowed. Only our own pages send feedback.
pub(super) async fn allow_origins(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let allowed = &app.site().allowed_origins;
    if allowed.is_empty() || !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let named =
        |origin: &&HeaderValue| allowed.iter().any(|one| one == "*" || one.as_bytes() == origin.as_bytes());
    let origin = request.headers().get(header::ORIGIN).filter(named).cloned();
    let asks_first = *request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first && origin.is_some() {
        (StatusCode::NO_CONTENT, CROSS_ORIGIN).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, CROSS_ORIGIN_READS);
    }
    response
}

/// A handler that panicked has answered nothing: say so.
pub(super) fn panicked(metrics: &Metrics, panic: &(dyn Any + Send)) -> Response {
    metrics.panics.add();
    let message =
        panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Error::Panic(message.unwrap_or("no message").to_owned()).into_response()
}
