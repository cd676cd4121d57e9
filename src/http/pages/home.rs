//! `/` and `/{lang}/`

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{Card, Layout, Link};
use crate::app::App;
use crate::http::cache::{Cache, vary_by_reader};
use crate::http::error::Error;
use crate::http::extract::{Name, Reader};
use crate::http::i18n::html_lang;
use crate::lang::Lang;

/// How many popular articles are offered, and how many that changed last.
const OFFERED: usize = 6;
/// How many topics the description names: search engines show about as much.
const DESCRIBED: usize = 8;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Layout,
    cards: Vec<Card>,
    popular: Vec<Link>,
    recent: Vec<Link>,
}

/// The home page in the reader's language.
pub(in crate::http) async fn negotiated(
    State(app): State<Arc<App>>,
    Reader(lang): Reader,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut response = super::page(&home(&app, lang), Cache::Reader, &headers)?;
    vary_by_reader(&mut response);
    Ok(response)
}

/// The home page in the language of the address.
pub(in crate::http) async fn fixed(
    State(app): State<Arc<App>>,
    Name(tag): Name,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let lang = Lang::from_exact_tag(&tag).ok_or(Error::NotFound)?;
    super::page(&home(&app, lang), Cache::Content, &headers)
}

/// `/zh` is `/zh/`.
pub(in crate::http) async fn with_slash(Name(tag): Name) -> Result<Response, Error> {
    let lang = Lang::from_exact_tag(&tag).ok_or(Error::NotFound)?;
    Ok(super::redirect(StatusCode::PERMANENT_REDIRECT, &format!("/{lang}/"), Cache::Moved))
}

fn home(app: &App, lang: Lang) -> Home {
    let serving = app.serving();
    let mut page = Layout::new(app, lang, None);
    let cards = page.cards(&serving, None);
    let topics: Vec<&str> = cards.iter().take(DESCRIBED).map(|card| card.link.title.as_str()).collect();
    page.description = (!topics.is_empty()).then(|| (page.t.home_description)(&topics));
    let mut versions: Vec<(&str, String)> =
        Lang::ALL.into_iter().map(|lang| (html_lang(lang), format!("/{lang}/"))).collect();
    versions.push(("x-default", "/".to_owned()));
    page.address(&page.home(), &versions);
    let recent = serving.listing(lang).recent();
    let recent = recent.iter().take(OFFERED).map(|ordinal| {
        let article = serving.catalog().article(*ordinal);
        let day = article.updated().map(page.t.date);
        Link { text: day, ..page.article(article) }
    });
    let recent = recent.collect();
    let popular = page.popular(&serving, OFFERED).into_iter().map(|link| Link { text: None, ..link });
    Home { cards, popular: popular.collect(), recent, page }
}
