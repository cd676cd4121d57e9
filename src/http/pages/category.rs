//! `/{lang}/categories/{category}`

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Layout, Link};
use crate::app::App;
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::Error;
use crate::http::extract::LangPath;
use crate::http::i18n::html_lang;
use crate::lang::Lang;

#[derive(Template)]
#[template(path = "category.html")]
struct Category {
    page: Layout,
    name: String,
    description: Option<String>,
    /// How many articles there are, those below included.
    count: usize,
    breadcrumb: Vec<Link>,
    children: Vec<Link>,
    articles: Vec<Link>,
}

/// A category: those below it, and its articles by order, then title.
pub(in crate::http) async fn show(
    State(app): State<Arc<App>>,
    LangPath { lang, name: id }: LangPath,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let serving = app.serving();
    if !serving.categories().contains(&id) {
        return Err(Error::NotFound);
    }
    let mut page = Layout::new(&app, lang, None);
    let Link { title: name, text: description, url, .. } = page.category(&serving, &id);
    page.title = Some(name.clone());
    page.description.clone_from(&description);
    page.in_languages(&Lang::ALL, |lang| article::category_url(lang, &id));
    let filled = Lang::ALL.into_iter().filter(|lang| serving.listing(*lang).count(&id) > 0);
    let versions: Vec<(&str, String)> =
        filled.map(|lang| (html_lang(lang), article::category_url(lang, &id))).collect();
    page.address(&app, &url, &versions);
    let listing = serving.listing(lang);
    let mut breadcrumb = page.breadcrumb(&serving, &id);
    breadcrumb.pop();
    let children = serving.children(Some(&id)).filter(|child| listing.count(child) > 0);
    let children = children.map(|child| page.category(&serving, child)).collect();
    let articles = page.articles(&serving, listing.articles(&id));
    let count = listing.count(&id);
    let model = Category { page, name, description, count, breadcrumb, children, articles };
    super::page(&model, Cache::Content, &headers)
}
