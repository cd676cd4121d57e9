//! Every address there is.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use super::error::Error;
use super::{Guard, admission, api, assets, machines, media, middleware, ops, pages, trace};
use crate::app::App;

/// The server as one service, behind its guard.
pub fn router(app: Arc<App>, guard: Arc<Guard>) -> Router {
    shared(routes(), app, guard)
}

/// All addresses, bare.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        // Pages
        .route("/", get(pages::home::negotiated))
        .route("/search", get(pages::search::show))
        .route("/{lang}", get(pages::home::with_slash))
        .route("/{lang}/", get(pages::home::fixed))
        .route("/{lang}/articles/{*id}", get(pages::article::show))
        .route("/{lang}/categories/{*category}", get(pages::category::show))
        .route("/widget-demo", get(pages::widget_demo::show))
        // Machines
        .route("/{lang}/feed.xml", get(pages::feed::show))
        .route("/robots.txt", get(machines::robots))
        .route("/sitemap.xml", get(machines::sitemap))
        .route("/sitemaps/{name}", get(machines::sitemap_part))
        .route("/opensearch.xml", get(machines::opensearch))
        .route("/manifest.webmanifest", get(machines::manifest))
        // API
        .route("/api/v1/search", get(api::search::search))
        .route("/api/v1/suggest", get(api::suggest::suggest))
        .route("/api/v1/suggest/opensearch", get(api::suggest::opensearch))
        .route("/api/v1/articles/{*id}", get(api::articles::article))
        .route("/api/v1/categories", get(api::categories::categories))
        .route(api::feedback::PATH, post(api::feedback::feedback))
        .route("/api/v1/openapi.json", get(api::openapi))
        .route("/problems/{code}", get(api::problems::problem))
        // Files
        .route("/assets/{name}", get(assets::asset))
        .route("/favicon.ico", get(assets::favicon))
        .route("/widget.js", get(assets::widget))
        .route("/media/{name}", get(media::image))
        // Operation
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
}

/// Puts around routes what all addresses share.
pub fn shared(routes: Router<Arc<App>>, app: Arc<App>, guard: Arc<Guard>) -> Router {
    let metrics = Arc::clone(&guard.metrics);
    let faces = Arc::new(middleware::Faces::new(Arc::clone(&app)));
    routes
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        // The last layer is the outermost. What is work is within `admit`.
        .layer(from_fn(pages::misspelled::redirect))
        .layer(from_fn_with_state(Arc::clone(&app), middleware::remember_language))
        .layer(CatchPanicLayer::custom(move |panic: Box<dyn Any + Send>| {
            middleware::panicked(&metrics, &*panic)
        }))
        .layer(from_fn_with_state(Arc::clone(&faces), middleware::show_errors))
        .layer(middleware::compression())
        .layer(from_fn(middleware::tag_encodings))
        .layer(from_fn_with_state(Arc::clone(&guard), admission::admit))
        // Of those that `admit` turns away.
        .layer(from_fn_with_state(faces, middleware::show_errors))
        .layer(from_fn_with_state(Arc::clone(&app), middleware::allow_origins))
        .layer(from_fn_with_state(Arc::clone(&app), middleware::security_headers))
        .layer(from_fn_with_state((Arc::clone(&app), guard), trace::trace))
        .with_state(app)
}

/// What operators ask, on a listener of their own: health, and figures.
pub fn ops_router(app: Arc<App>, guard: Arc<Guard>) -> Router {
    let faces = Arc::new(middleware::Faces::new(Arc::clone(&app)));
    Router::new()
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(move |app: State<Arc<App>>| async move { ops::metrics(&app, &guard) }))
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(from_fn_with_state(faces, middleware::show_errors))
        .layer(from_fn_with_state(Arc::clone(&app), middleware::security_headers))
        .with_state(app)
}
