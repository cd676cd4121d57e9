//! The files that pages need, inside the binary, under names that change with their content.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::cache::Cache;
use super::error::Error;
use super::extract::Name;
use crate::text;

/// A file.
struct Asset {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    content: &'static str,
}

static STYLE: Asset = Asset {
    stem: "jieda",
    extension: "css",
    content_type: "text/css; charset=utf-8",
    content: concat!(
        include_str!("assets/base.css"),
        include_str!("assets/lists.css"),
        include_str!("assets/article.css"),
    ),
};

static ICON: Asset = Asset {
    stem: "icon",
    extension: "svg",
    content_type: "image/svg+xml",
    content: include_str!("assets/icon.svg"),
};

static STYLE_PATH: LazyLock<String> = LazyLock::new(|| STYLE.path());
static ICON_PATH: LazyLock<String> = LazyLock::new(|| ICON.path());

impl Asset {
    /// `<stem>.<hash>.<extension>`
    fn name(&self) -> String {
        let hash = text::hex(&Sha256::digest(self.content));
        format!("{}.{}.{}", self.stem, text::upto(&hash, 12), self.extension)
    }

    fn path(&self) -> String {
        format!("/assets/{}", self.name())
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
    &STYLE_PATH
}

/// The path of the icon.
pub(super) fn icon() -> &'static str {
    &ICON_PATH
}

/// A file. A name with another hash comes from a page of another version, while servers are
/// being replaced: it gets what there is, and may not keep it.
pub(super) async fn asset(Name(name): Name, headers: HeaderMap) -> Result<Response, Error> {
    let asset = [&STYLE, &ICON].into_iter().find(|asset| asset.has_name(&name)).ok_or(Error::NotFound)?;
    let cache = if asset.name() == name { Cache::Forever } else { Cache::Reader };
    Ok(cache.reply(&headers, asset.content_type, asset.content))
}
