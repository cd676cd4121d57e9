//! What search engines, feed readers and browsers ask a site for by itself: robots.txt,
//! sitemap, search description, web app manifest. (The feed is a page: `pages::feed`.)
//!
//! Absolute addresses come from the configuration; what cannot do without them does not
//! exist on a server that does not know its own.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use serde_json::json;

use super::assets;
use super::cache::{Cache, vary_by_reader};
use super::converted;
use super::error::Error;
use super::extract::{self, Name, Params};
use super::i18n::{html_lang, texts};
use crate::app::{App, Serving};
use crate::article;
use crate::lang::Lang;
use crate::text;
use crate::theme::Theme;

const XML: &str = "application/xml; charset=utf-8";
const OPENSEARCH: &str = "application/opensearchdescription+xml; charset=utf-8";
const MANIFEST: &str = "application/manifest+json";

/// Addresses in one sitemap (sitemaps.org).
const MAX_ADDRESSES: usize = 50_000;
/// Longest short name in a search description, in characters (`OpenSearch` 1.1).
const MAX_SHORT_NAME: usize = 16;
/// Longest name under an icon, in characters (what phones show, about).
const MAX_ICON_NAME: usize = 12;

/// A page, and when its content last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address {
    path: String,
    updated: Option<Date>,
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap<'a> {
    public: &'a str,
    addresses: &'a [Address],
}

#[derive(Template)]
#[template(path = "sitemap_index.xml")]
struct SitemapIndex<'a> {
    public: &'a str,
    /// The numbers of the sitemaps, and when the latest change in each was.
    parts: Vec<(usize, Option<Date>)>,
}

/// The sitemap; where one is too small for all pages, a list of several.
pub(super) async fn sitemap(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Error> {
    let public = public_url(&app)?;
    let xml = sitemap_of(public, &addresses(&app.serving()), MAX_ADDRESSES)?;
    Ok(Cache::Content.reply(&headers, XML, xml))
}

/// `/sitemaps/1.xml`: one of several.
pub(super) async fn sitemap_part(
    State(app): State<Arc<App>>,
    Name(name): Name,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let public = public_url(&app)?;
    let number: usize =
        name.strip_suffix(".xml").and_then(|number| number.parse().ok()).ok_or(Error::NotFound)?;
    let addresses = addresses(&app.serving());
    let part = number.checked_sub(1).and_then(|index| addresses.chunks(MAX_ADDRESSES).nth(index));
    let addresses = part.ok_or(Error::NotFound)?;
    Ok(Cache::Content.reply(&headers, XML, Sitemap { public, addresses }.render()?))
}

fn sitemap_of(public: &str, addresses: &[Address], most: usize) -> Result<String, Error> {
    if addresses.len() <= most {
        return Ok(Sitemap { public, addresses }.render()?);
    }
    let parts = addresses.chunks(most).enumerate();
    let parts =
        parts.map(|(index, part)| (index + 1, part.iter().filter_map(|address| address.updated).max()));
    Ok(SitemapIndex { public, parts: parts.collect() }.render()?)
}

/// Home pages, categories that are not empty, articles in the languages they are written in.
fn addresses(serving: &Serving) -> Vec<Address> {
    let catalog = serving.catalog();
    let articles = catalog.iter().map(|article| Address {
        path: article::url(article.lang(), article.id()),
        updated: article.updated(),
    });
    let mut addresses = Vec::new();
    for lang in Lang::ALL {
        let listing = serving.listing(lang);
        let latest = listing.recent().first().and_then(|ordinal| catalog.article(*ordinal).updated());
        addresses.push(Address { path: format!("/{lang}/"), updated: latest });
        for category in serving.categories().iter().filter(|id| listing.count(id) > 0) {
            let updated = listing.articles(category).iter();
            let updated = updated.filter_map(|ordinal| catalog.article(*ordinal).updated()).max();
            addresses.push(Address { path: article::category_url(lang, category), updated });
        }
    }
    addresses.extend(articles);
    addresses
}

/// Everything may be read. Results pages, too: they say themselves that they are not to be
/// found, which only those learn who may read them.
pub(super) async fn robots(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let mut robots = "User-agent: *\nDisallow: /*set_lang=\n".to_owned();
    if let Some(public) = &app.site().public_url {
        robots.push_str(&format!("\nSitemap: {public}/sitemap.xml\n"));
    }
    Cache::Content.reply(&headers, "text/plain; charset=utf-8", robots)
}

#[derive(Template)]
#[template(path = "opensearch.xml")]
struct OpenSearch<'a> {
    public: &'a str,
    lang: Lang,
    html_lang: &'static str,
    name: &'a str,
    short_name: &'a str,
    description: &'static str,
}

/// How a browser searches here, in the language of the address, else the reader's.
pub(super) async fn opensearch(
    State(app): State<Arc<App>>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let public = public_url(&app)?;
    let named = params.lang("lang").ok().flatten();
    let lang = named.unwrap_or_else(|| extract::reader(&headers, app.site().default_lang));
    let t = texts(lang);
    let name = site_name(&app, lang);
    let (short_name, _) = text::first_chars(&name, MAX_SHORT_NAME);
    let description = t.search_label;
    let model = OpenSearch { public, lang, html_lang: html_lang(lang), name: &name, short_name, description };
    let mut response = Cache::Content.reply(&headers, OPENSEARCH, model.render()?);
    if named.is_none() {
        vary_by_reader(&mut response);
    }
    Ok(response)
}

/// What a phone shows when the site is put on its home screen.
pub(super) async fn manifest(State(app): State<Arc<App>>, params: Params, headers: HeaderMap) -> Response {
    let named = params.lang("lang").ok().flatten();
    let lang = named.unwrap_or(app.site().default_lang);
    let name = site_name(&app, lang);
    let [paper, _] = Theme::paper();
    let icon = |path: &str, sizes: &str| json!({ "src": path, "sizes": sizes, "type": "image/png" });
    let manifest = json!({
        "name": name,
        "short_name": short_name(&name),
        "lang": html_lang(lang),
        "id": "/",
        "start_url": named.map_or_else(|| "/".to_owned(), |lang| format!("/{lang}/")),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": paper,
        "theme_color": paper,
        "icons": [icon(assets::touch_icon(), "180x180"), icon(assets::large_icon(), "512x512")],
    });
    Cache::Content.reply(&headers, MANIFEST, manifest.to_string())
}

/// What fits under an icon: the first words of a name, else its first letters.
fn short_name(name: &str) -> &str {
    let (short, is_cut) = text::first_chars(name, MAX_ICON_NAME);
    let words = short.rsplit_once(' ').map(|(words, _)| words.trim_end());
    if is_cut { words.unwrap_or(short) } else { short }
}

fn site_name(app: &App, lang: Lang) -> String {
    let names = app.site().name.as_ref();
    names.map_or_else(|| texts(lang).site.to_owned(), |names| converted::name(names, lang))
}

fn public_url(app: &App) -> Result<&str, Error> {
    app.site().public_url.as_deref().ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_under_an_icon_is_short() {
        for (name, expect) in [
            ("Help Center", "Help Center"),
            ("Extraordinarily Long Exchange", "Extraordinar"),
            ("Upbit Global Help Center", "Upbit"),
            ("火币全球站帮助中心", "火币全球站帮助中心"),
            ("超级长名字的数字资产交易平台帮助中心", "超级长名字的数字资产交易"),
        ] {
            assert_eq!(short_name(name), expect);
        }
    }

    #[test]
    fn a_sitemap_that_is_too_long_is_several() {
        let day = |day| Some(Date::constant(2026, 1, day));
        let updated = [day(2), None, day(5), day(4), None];
        let addresses: Vec<Address> =
            updated.into_iter().map(|updated| Address { path: "/a&b".to_owned(), updated }).collect();
        let one = sitemap_of("https://h.example", &addresses, 5).unwrap();
        assert_eq!(one.matches("<loc>https://h.example/a&#38;b</loc>").count(), 5);
        assert_eq!(one.matches("<lastmod>").count(), 3);
        let several = sitemap_of("https://h.example", &addresses, 2).unwrap();
        for (number, lastmod) in
            [(1, "<lastmod>2026-01-02</lastmod>"), (2, "<lastmod>2026-01-05</lastmod>"), (3, "")]
        {
            let part = format!("<loc>https://h.example/sitemaps/{number}.xml</loc>{lastmod}</sitemap>");
            assert!(several.replace('\n', "").contains(&part), "{several}");
        }
    }
}
