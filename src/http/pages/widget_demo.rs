//! `/widget-demo`: the widget as others embed it, on a page that has nothing else of ours.

use askama::Template;
use axum::response::Response;

use crate::http::assets;
use crate::http::error::Error;
use crate::http::extract::Reader;
use crate::http::i18n::html_lang;
use crate::lang::Lang;

#[derive(Template)]
#[template(path = "widget_demo.html")]
struct Demo {
    lang: Lang,
    html_lang: &'static str,
    style: &'static str,
}

/// The demonstration, in the reader's language.
pub(in crate::http) async fn show(Reader(lang): Reader) -> Result<Response, Error> {
    super::page_once(&Demo { lang, html_lang: html_lang(lang), style: assets::style() })
}
