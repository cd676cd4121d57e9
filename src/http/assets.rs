//! The files that pages need, inside the binary, under names that change with their content.
//! Scripts are joined here: the pages' own is the search box and what pages add to it, the
//! widget is the search box and what it needs elsewhere.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::cache::Cache;
use super::error::Error;
use super::extract::Name;
use super::i18n;
use crate::app::App;
use crate::lang::Lang;
use crate::text;

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// A file.
struct Asset {
    content_type: &'static str,
    content: &'static [u8],
    /// `<stem>.<hash>.<extension>`
    name: String,
    path: String,
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = concat!(
        include_str!("assets/base.css"),
        include_str!("assets/lists.css"),
        include_str!("assets/article.css"),
        include_str!("assets/box.css"),
    );
    Asset::new("jieda", "css", CSS, content.as_bytes())
});

static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_bytes!("assets/icon.svg")));
static TOUCH_ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon-180", "png", "image/png", include_bytes!("assets/icon-180.png")));
static LARGE_ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon-512", "png", "image/png", include_bytes!("assets/icon-512.png")));

/// At an address that browsers ask for by themselves.
const FAVICON: &[u8] = include_bytes!("assets/favicon.ico");

/// Runs before the page is drawn.
static EARLY: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("theme", "js", JAVASCRIPT, include_bytes!("assets/theme.js")));

/// A module; its texts are in the page.
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let content = concat!(
        "const JIEDA_TEXTS = {};\n",
        include_str!("assets/composition.js"),
        include_str!("assets/client.js"),
        include_str!("assets/view.js"),
        include_str!("assets/box.js"),
        include_str!("assets/element.js"),
        include_str!("assets/page.js"),
    );
    Asset::new("jieda", "js", JAVASCRIPT, content.as_bytes())
});

/// A module that brings its texts, by the tags of their languages, and its style.
static WIDGET: LazyLock<String> = LazyLock::new(|| {
    let texts: Map<String, Value> =
        Lang::ALL.iter().map(|lang| (lang.tag().to_owned(), i18n::texts(*lang).script.json())).collect();
    let texts = Value::Object(texts);
    let sheet = Value::from(include_str!("assets/box.css"));
    let code = concat!(
        include_str!("assets/composition.js"),
        include_str!("assets/client.js"),
        include_str!("assets/view.js"),
        include_str!("assets/box.js"),
        include_str!("assets/panel.js"),
        include_str!("assets/element.js"),
    );
    format!("const JIEDA_TEXTS = {texts};\nconst JIEDA_SHEET = {sheet};\n{code}")
});

impl Asset {
    fn new(
        stem: &'static str,
        extension: &'static str,
        content_type: &'static str,
        content: &'static [u8],
    ) -> Self {
        let hash = text::hex(&Sha256::digest(content));
        let name = format!("{stem}.{}.{extension}", text::upto(&hash, 12));
        Self { content_type, content, path: path(&name), name }
    }
}

/// The path of the style sheet.
pub(super) fn style() -> &'static str {
    &STYLE.path
}

/// The path of the icon.
pub(super) fn icon() -> &'static str {
    &ICON.path
}

/// The path of the script that runs before the page is drawn.
pub(super) fn early_script() -> &'static str {
    &EARLY.path
}

/// The path of the pages' script.
pub(super) fn script() -> &'static str {
    &SCRIPT.path
}

/// The path of the icon for home screens.
pub(super) fn touch_icon() -> &'static str {
    &TOUCH_ICON.path
}

/// The path of the icon that is shown large.
pub(super) fn large_icon() -> &'static str {
    &LARGE_ICON.path
}

/// The path of a file by its name.
pub(super) fn path(name: &str) -> String {
    format!("/assets/{name}")
}

/// A file. A name with another hash comes from a page of another version, while servers are
/// being replaced: it gets what there is, and may not keep it.
pub(super) async fn asset(
    State(app): State<Arc<App>>,
    Name(name): Name,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let site = app.site();
    if is_version_of(&name, site.theme.name()) {
        let cache = if name == site.theme.name() { Cache::Forever } else { Cache::Reader };
        return Ok(cache.reply(&headers, CSS, site.theme.css().to_owned()));
    }
    if let Some(logo) = site.logo.as_ref().filter(|logo| logo.name == name) {
        return Ok(Cache::Forever.reply(&headers, logo.content_type, logo.content.clone()));
    }
    let assets: [&Asset; 6] = [&STYLE, &SCRIPT, &EARLY, &ICON, &TOUCH_ICON, &LARGE_ICON];
    let asset = assets.into_iter().find(|asset| is_version_of(&name, &asset.name)).ok_or(Error::NotFound)?;
    let cache = if asset.name == name { Cache::Forever } else { Cache::Reader };
    Ok(cache.reply(&headers, asset.content_type, asset.content))
}

/// Whether two names are equal but for the hash: `<stem>.<hash>.<extension>`.
fn is_version_of(name: &str, known: &str) -> bool {
    let parts = |name: &str| -> Option<(String, String)> {
        let (stem, rest) = name.split_once('.')?;
        let (_, extension) = rest.split_once('.')?;
        Some((stem.to_owned(), extension.to_owned()))
    };
    parts(name).is_some() && parts(name) == parts(known)
}

/// The icon of browsers that ask for it unasked.
pub(super) async fn favicon(headers: HeaderMap) -> Response {
    Cache::Widget.reply(&headers, "image/x-icon", FAVICON)
}

/// The widget for other people's pages, at an address that never changes. Module scripts are
/// fetched with CORS.
pub(super) async fn widget(headers: HeaderMap) -> Response {
    let mut response = Cache::Widget.reply(&headers, JAVASCRIPT, WIDGET.as_str());
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
    response
}
