//! The files that pages need, inside the binary, under names that change with their content.
//! Scripts are joined here: the pages' own is the search box and what pages add to it, the
//! widget is the search box and what it needs elsewhere.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
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
use crate::theme::Theme;

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// A file.
struct Asset {
    content_type: &'static str,
    content: Vec<u8>,
    /// The same, as small as it gets; images are that already.
    brotli: Option<Vec<u8>>,
    /// `<stem>.<hash>.<extension>`
    name: String,
    path: String,
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = concat!(
        include_str!("assets/base.css"),
        include_str!("assets/header.css"),
        include_str!("assets/lists.css"),
        include_str!("assets/article.css"),
        include_str!("assets/box.css"),
    );
    Asset::new("jieda", "css", CSS, squeezed(content))
});

static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));
static TOUCH_ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon-180", "png", "image/png", include_bytes!("assets/icon-180.png")));
static LARGE_ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon-512", "png", "image/png", include_bytes!("assets/icon-512.png")));

/// At an address that browsers ask for by themselves.
const FAVICON: &[u8] = include_bytes!("assets/favicon.ico");

/// Runs before the page is drawn.
static EARLY: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("theme", "js", JAVASCRIPT, squeezed(include_str!("assets/theme.js"))));

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
    Asset::new("jieda", "js", JAVASCRIPT, squeezed(content))
});

/// The widgets that were asked for, by the names of their themes: one, unless several sites are
/// served by one process.
static WIDGETS: Mutex<BTreeMap<String, Arc<Asset>>> = Mutex::new(BTreeMap::new());

/// A module that brings its texts, by the tags of their languages, and its style.
fn widget_in(theme: &Theme) -> Arc<Asset> {
    let mut widgets = WIDGETS.lock().unwrap_or_else(PoisonError::into_inner);
    let made = widgets.entry(theme.name().to_owned()).or_insert_with(|| Arc::new(make_widget(theme)));
    Arc::clone(made)
}

fn make_widget(theme: &Theme) -> Asset {
    let texts: Map<String, Value> =
        Lang::ALL.iter().map(|lang| (lang.tag().to_owned(), i18n::texts(*lang).script.json())).collect();
    let texts = Value::Object(texts);
    let sheet = Value::from(squeezed(include_str!("assets/box.css")) + theme.widget_css());
    let code = concat!(
        include_str!("assets/composition.js"),
        include_str!("assets/client.js"),
        include_str!("assets/view.js"),
        include_str!("assets/box.js"),
        include_str!("assets/panel.js"),
        include_str!("assets/element.js"),
    );
    let content = format!("const JIEDA_TEXTS = {texts};\nconst JIEDA_SHEET = {sheet};\n{}", squeezed(code));
    Asset::new("widget", "js", JAVASCRIPT, content)
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: impl Into<Vec<u8>>) -> Self {
        let content = content.into();
        let hash = text::hex(&Sha256::digest(&content));
        let name = format!("{stem}.{}.{extension}", text::upto(&hash, 12));
        let brotli = (content_type == CSS || content_type == JAVASCRIPT).then(|| smallest(&content));
        Self { content_type, brotli, path: path(&name), name, content }
    }

    /// The file, in the form that was made in advance where the client takes it.
    fn reply(&self, cache: Cache, request: &HeaderMap) -> Response {
        let mut response = cache.reply(request, self.content_type, self.content.clone());
        let Some(brotli) = self.brotli.as_ref().filter(|_| accepts_brotli(request)) else { return response };
        if response.status() == StatusCode::OK {
            *response.body_mut() = brotli.clone().into();
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        response
    }
}

/// Without comments and indentation. Comments have lines of their own in our files, and no
/// text goes over more than one line; a test looks.
fn squeezed(source: &str) -> String {
    let mut squeezed = String::with_capacity(source.len());
    let mut is_comment = false;
    for line in source.lines().map(str::trim) {
        is_comment |= line.starts_with("/*");
        if !is_comment && !line.is_empty() && !line.starts_with("//") {
            squeezed.push_str(line);
            squeezed.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    squeezed
}

/// Compressed once, so as well as brotli can.
fn smallest(content: &[u8]) -> Vec<u8> {
    let mut compressed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &params).expect("memory takes what is written");
    compressed
}

fn accepts_brotli(request: &HeaderMap) -> bool {
    let named = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = quality.trim().strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("br") && !is_refused
    })
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
    Ok(asset.reply(cache, &headers))
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
pub(super) async fn widget(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let mut response = widget_in(&app.site().theme).reply(Cache::Widget, &headers);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Accent;

    #[test]
    fn brotli_is_for_those_who_take_it() {
        for (accepted, expect) in [
            ("gzip, deflate, br, zstd", true),
            ("BR", true),
            ("br;q=0.1", true),
            ("gzip, br;q=0", false),
            ("br; q=0.000", false),
            ("gzip", false),
            ("brr", false),
            ("", false),
        ] {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            assert_eq!(accepts_brotli(&headers), expect, "{accepted}");
        }
    }

    #[test]
    fn comments_and_indentation_are_not_sent() {
        let source = "// a\n/** b\n * c\n */\nif (x) {\n  y('//'); // d\n}\n/* e */\n\nz\n";
        assert_eq!(squeezed(source), "if (x) {\ny('//'); // d\n}\nz\n");
        let widget = make_widget(&Theme::new(Accent::default()));
        for asset in [&*SCRIPT, &widget, &*EARLY] {
            let script = std::str::from_utf8(&asset.content).unwrap();
            let is_open = |line: &&str| line.matches('`').count() % 2 == 1;
            assert_eq!(script.lines().find(is_open), None, "a text over several lines");
        }
    }

    #[test]
    fn a_version_is_told_by_its_hash_alone() {
        assert!(is_version_of("jieda.0123.css", "jieda.4567.css"));
        for name in ["jieda.0123.js", "other.0123.css", "jieda.css", "jieda..0.css", "jieda.0.1.css", ""] {
            assert!(!is_version_of(name, "jieda.4567.css"), "{name}");
        }
    }
}
