//! What operators and load balancers ask.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Guard;
use super::cache::Cache;
use super::metrics::Metrics;
use crate::app::App;

/// The text format of Prometheus.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Whether this server wants requests, and what it answers from.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    /// `ready` or `draining`.
    status: &'static str,
    /// The generation that answers.
    #[schema(example = "000001-0123456789ab")]
    generation: String,
}

/// The process is alive. Touches nothing else.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = 200, description = "The process is alive.", body = String, content_type = "text/plain"))
)]
pub(super) async fn healthz() -> Response {
    never_kept("ok\n".into_response())
}

/// Whether the server wants requests.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "A generation is open.", body = Readiness),
        (status = 503, description = "The server is about to stop.", body = Readiness),
    )
)]
pub(super) async fn readyz(State(app): State<Arc<App>>) -> Response {
    let generation = app.serving().generation().to_owned();
    let (code, status) = if app.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ready")
    };
    never_kept((code, Json(Readiness { status, generation })).into_response())
}

/// What is counted, for a collector.
pub(super) fn metrics(app: &App, guard: &Guard) -> Response {
    let mut response = Metrics::render(app, guard).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(METRICS));
    never_kept(response)
}

fn never_kept(mut response: Response) -> Response {
    Cache::Never.put_on(&mut response);
    response
}
