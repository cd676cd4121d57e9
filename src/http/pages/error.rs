//! What a browser sees instead of an answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Layout, Link};
use crate::app::App;
use crate::http::error::Error;
use crate::http::i18n::Message;
use crate::lang::Lang;

/// How many popular articles are offered.
const POPULAR: usize = 5;

#[derive(Template)]
#[template(path = "error.html")]
struct Failure {
    page: Layout,
    status: u16,
    message: &'static Message,
    popular: Vec<Link>,
}

/// The page for a failure. The status is set by whoever asked.
pub(in crate::http) fn show(app: &App, lang: Lang, error: &Error) -> Result<Response, Error> {
    html(app, lang, error).map(super::html_once)
}

/// The text of that page. Where too much is asked it offers nothing more to ask for, and is
/// the same in every generation.
pub(in crate::http) fn html(app: &App, lang: Lang, error: &Error) -> Result<String, Error> {
    let mut page = Layout::new(app, lang, None);
    let status = error.kind().0;
    let message = match status {
        StatusCode::NOT_FOUND => &page.t.not_found,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => &page.t.busy,
        status if status.is_client_error() => &page.t.bad_request,
        _ => &page.t.failed,
    };
    page.title = Some(message.heading.to_owned());
    let popular = if error.is_refusal() { Vec::new() } else { page.popular(&app.serving(), POPULAR) };
    Ok(Failure { page, status: status.as_u16(), message, popular }.render()?)
}
