//! `GET /api/v1/categories`

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::article;
use crate::http::cache::Cache;
use crate::http::error::{Error, Problem};
use crate::http::extract::Params;
use crate::http::openapi;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that `categories` reads")]
struct CategoriesParams {
    /// The reader's language; the site's default without it.
    #[param(required = false, example = "zh")]
    lang: String,
}

static KNOWN: LazyLock<Vec<String>> = LazyLock::new(openapi::names::<CategoriesParams>);

/// The categories in their order, parents before children.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CategoriesReply<'a> {
    /// The language of names and counts.
    #[schema(example = "zh")]
    lang: &'static str,
    /// The categories.
    categories: Vec<Category<'a>>,
    /// The generation that answered.
    #[schema(example = "000001-0123456789ab")]
    generation: &'a str,
}

/// A category.
#[derive(Serialize, ToSchema)]
struct Category<'a> {
    /// The id; nested ones have slashes.
    #[schema(example = "withdrawal")]
    id: &'a str,
    /// What readers see.
    #[schema(example = "提币与提现")]
    name: &'a str,
    /// One sentence.
    #[schema(required = true)]
    description: Option<&'a str>,
    /// Articles a reader of that language finds in it and below it.
    articles: usize,
    /// The path of its page.
    #[schema(example = "/zh/categories/withdrawal")]
    url: String,
}

/// All categories.
#[utoipa::path(
    get,
    path = "/api/v1/categories",
    tag = "help",
    params(CategoriesParams),
    responses(
        (status = 200, description = "The categories.", body = CategoriesReply),
        (status = 304, description = "`If-None-Match` names this very reply."),
        (status = 400, description = "No such language, `bad-parameter`, or no such parameter, `unknown-parameter`.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn categories(
    State(app): State<Arc<App>>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Error> {
    params.only(&KNOWN)?;
    let lang = params.lang("lang")?.unwrap_or(app.site().default_lang);
    let serving = app.serving();
    let named = serving.catalog().categories();
    let listing = serving.listing(lang);
    let categories = serving.categories().iter().map(|id| {
        let category = named.find(id);
        Category {
            id,
            name: category.map_or(id, |category| category.name(lang)),
            description: category.and_then(|category| category.description(lang)),
            articles: listing.count(id),
            url: article::category_url(lang, id),
        }
    });
    let reply = CategoriesReply {
        lang: lang.tag(),
        categories: categories.collect(),
        generation: serving.generation(),
    };
    super::reply(Cache::Content, &headers, &reply)
}
