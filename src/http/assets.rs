//! The files that pages need, inside the binary, under names that change with their content.
//! Scripts are joined here: the pages' own is the search box and what pages add to it, the
//! widget is the search box and what it needs elsewhere.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::cache::Cache;
use super::error::Error;
use super::extract::Name;
use super::i18n;
use crate::lang::Lang;
use crate::text;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// A file.
struct Asset {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    content: &'static str,
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
    Asset::new("jieda", "css", "text/css; charset=utf-8", content)
});

static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));

/// Runs before the page is drawn.
static EARLY: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("theme", "js", JAVASCRIPT, include_str!("assets/theme.js")));

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
    Asset::new("jieda", "js", JAVASCRIPT, content)
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
        content: &'static str,
    ) -> Self {
        let hash = text::hex(&Sha256::digest(content));
        let name = format!("{stem}.{}.{extension}", text::upto(&hash, 12));
        Self { stem, extension, content_type, content, path: format!("/assets/{name}"), name }
    }

    /// Whether a name is this file's, with whatever hash.
    fn has_name(&self, name: &str) -> bool {
        let mut parts = name.split('.');
        let (stem, hash, extension) = (parts.next(), parts.next(), parts.next());
        stem == Some(self.stem)
            && hash.is_some()
            && extension == Some(self.extension)
            && parts.next().is_none()
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

/// A file. A name with another hash comes from a page of another version, while servers are
/// being replaced: it gets what there is, and may not keep it.
pub(super) async fn asset(Name(name): Name, headers: HeaderMap) -> Result<Response, Error> {
    let assets: [&Asset; 4] = [&STYLE, &ICON, &EARLY, &SCRIPT];
    let asset = assets.into_iter().find(|asset| asset.has_name(&name)).ok_or(Error::NotFound)?;
    let cache = if asset.name == name { Cache::Forever } else { Cache::Reader };
    Ok(cache.reply(&headers, asset.content_type, asset.content))
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
