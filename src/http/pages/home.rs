//! `/` and `/{lang}/`

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{Layout, Link};
use crate::app::App;
use crate::http::cache::Cache;
use crate::http::error::Error;
use crate::http::extract::{self, LANG_COOKIE, Name, Reader};
use crate::http::i18n::html_lang;
use crate::lang::Lang;

/// How many popular articles are offered.
const POPULAR: usize = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Layout,
    categories: Vec<Link>,
    popular: Vec<Link>,
}

/// The home page in the reader's language.
pub(in crate::http) async fn negotiated(
    State(app): State<Arc<App>>,
    Reader(lang): Reader,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let mut response = super::page(&home(&app, lang), Cache::Reader, &headers)?;
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    Ok(response)
}

/// The home page in the language of the address, which is remembered as the reader's choice.
pub(in crate::http) async fn fixed(
    State(app): State<Arc<App>>,
    Name(tag): Name,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let lang = Lang::from_exact_tag(&tag).ok_or(Error::NotFound)?;
    let mut response = super::page(&home(&app, lang), Cache::Reader, &headers)?;
    if extract::lang_cookie(&headers) != Some(lang) {
        let secure = if app.site().is_https() { "; Secure" } else { "" };
        let cookie =
            format!("{LANG_COOKIE}={lang}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}");
        let cookie = HeaderValue::from_str(&cookie).expect("a language tag is visible ASCII");
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `/zh` is `/zh/`.
pub(in crate::http) async fn with_slash(Name(tag): Name) -> Result<Response, Error> {
    let lang = Lang::from_exact_tag(&tag).ok_or(Error::NotFound)?;
    Ok(super::redirect(StatusCode::PERMANENT_REDIRECT, &format!("/{lang}/"), Cache::Moved))
}

fn home(app: &App, lang: Lang) -> Home {
    let serving = app.serving();
    let mut page = Layout::new(app, lang, None);
    page.description = Some(page.t.home_description.to_owned());
    let mut versions: Vec<(&str, String)> =
        Lang::ALL.into_iter().map(|lang| (html_lang(lang), format!("/{lang}/"))).collect();
    versions.push(("x-default", "/".to_owned()));
    page.address(app, &page.home(), &versions);
    let listing = serving.listing(lang);
    let categories = serving.children(None).filter(|id| listing.count(id) > 0);
    let categories = categories.map(|id| page.category(&serving, id)).collect();
    let popular = page.popular(&serving, POPULAR);
    Home { page, categories, popular }
}
