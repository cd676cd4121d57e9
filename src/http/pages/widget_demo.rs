//! `/widget-demo`: the widget as others embed it, on a page that has nothing else of ours but
//! the style. For those who build pages, so in English only.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::http::assets;
use crate::http::error::Error;
use crate::http::extract::{Params, Reader};
use crate::lang::Lang;

#[derive(Template)]
#[template(path = "widget_demo.html")]
struct Demo {
    lang: Lang,
    langs: [Lang; Lang::ALL.len()],
    /// Where the help center is, as far as it knows.
    server: String,
    theme_style: String,
    style: &'static str,
}

/// The demonstration, in the language of the address, else the reader's.
pub(in crate::http) async fn show(
    State(app): State<Arc<App>>,
    Reader(reader): Reader,
    params: Params,
) -> Result<Response, Error> {
    let site = app.site();
    super::page_once(&Demo {
        lang: params.lang("lang").ok().flatten().unwrap_or(reader),
        langs: Lang::ALL,
        server: site.public_url.clone().unwrap_or_default(),
        theme_style: assets::path(site.theme.name()),
        style: assets::style(),
    })
}
