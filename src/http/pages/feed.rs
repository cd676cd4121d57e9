//! `/{lang}/feed.xml`: the articles that changed last, as Atom (RFC 4287).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;

use super::Layout;
use crate::app::App;
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::Error;
use crate::http::extract::Name;
use crate::http::i18n::html_lang;
use crate::lang::Lang;

const ATOM: &str = "application/atom+xml; charset=utf-8";
/// A feed must say when it changed, even one in which nothing has a date.
const NEVER: Date = Date::constant(1970, 1, 1);

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    html_lang: &'static str,
    title: String,
    /// Its own address.
    id: String,
    home: String,
    site: String,
    updated: Date,
    entries: Vec<Entry>,
}

struct Entry {
    title: String,
    /// The article in the language it is written in.
    id: String,
    /// The article as these readers read it.
    url: String,
    updated: Date,
    summary: Option<String>,
}

/// The feed for readers of a language.
pub(in crate::http) async fn show(
    State(app): State<Arc<App>>,
    Name(tag): Name,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let lang = Lang::from_exact_tag(&tag).ok_or(Error::NotFound)?;
    let public = app.site().public_url.clone().ok_or(Error::NotFound)?;
    let serving = app.serving();
    let page = Layout::new(&app, lang, None);
    let articles = serving.listing(lang).recent().iter().map(|ordinal| serving.catalog().article(*ordinal));
    let entries = articles.filter_map(|found| {
        let read = |text: &str| xml(&page.read(text, found.lang()));
        // A converted article keeps its id, and is read where it is converted.
        let read_in = if page.converts(found.lang()) { lang } else { found.lang() };
        Some(Entry {
            title: read(found.title()),
            id: format!("{public}{}", article::url(found.lang(), found.id())),
            url: format!("{public}{}", article::url(read_in, found.id())),
            updated: found.updated()?,
            summary: found.summary().map(read),
        })
    });
    let entries: Vec<Entry> = entries.collect();
    let feed = Feed {
        html_lang: html_lang(lang),
        title: xml(&page.feed_title()),
        id: format!("{public}/{lang}/feed.xml"),
        home: format!("{public}{}", page.home()),
        site: xml(&page.site),
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or(NEVER),
        entries,
    };
    Ok(Cache::Content.reply(&headers, ATOM, feed.render()?))
}

/// A text without the characters that XML 1.0 has no way to write.
fn xml(text: &str) -> String {
    let is_allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r') || c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(|c| is_allowed(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_write_is_left_out() {
        assert_eq!(xml("a\u{0}b\u{b}\u{1f}\u{ffff}\tc\u{85}提😀"), "ab\tc\u{85}提😀");
    }
}
