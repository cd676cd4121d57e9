//! `/{lang}/categories/{category}`

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Card, Layout, Link};
use crate::app::App;
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::Error;
use crate::http::extract::LangPath;
use crate::http::i18n::{html_lang, texts};
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
    cards: Vec<Card>,
    articles: Vec<Link>,
    /// Where it is empty: the same in languages in which it is not.
    elsewhere: Vec<Link>,
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
    let filled: Vec<Lang> = filled.collect();
    let path = |lang: Lang| article::category_url(lang, &id);
    let mut versions: Vec<(&str, String)> =
        filled.iter().map(|lang| (html_lang(*lang), path(*lang))).collect();
    let default = app.site().default_lang;
    if filled.contains(&default) {
        versions.push(("x-default", path(default)));
    }
    // An empty page is nobody's original.
    if filled.contains(&lang) {
        page.address(&url, &versions);
    }
    let elsewhere = filled.iter().filter(|_| !filled.contains(&lang)).map(|other| Link {
        title: (page.t.in_other_language)(texts(*other).language, serving.listing(*other).count(&id)),
        url: path(*other),
        text: None,
        lang: Some(html_lang(*other)),
    });
    let elsewhere = elsewhere.collect();
    let listing = serving.listing(lang);
    let mut breadcrumb = page.breadcrumb(&serving, &id);
    breadcrumb.pop();
    let cards = page.cards(&serving, Some(&id));
    let articles = page.articles(&serving, listing.articles(&id));
    let count = listing.count(&id);
    let model = Category { page, name, description, count, breadcrumb, cards, articles, elsewhere };
    super::page(&model, Cache::Content, &headers)
}
