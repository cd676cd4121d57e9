//! What operators and load balancers ask.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::cache::Cache;
use crate::app::App;

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

fn never_kept(mut response: Response) -> Response {
    Cache::Never.put_on(&mut response);
    response
}
