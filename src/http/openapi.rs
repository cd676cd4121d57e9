//! The OpenAPI 3.1 description, made from the handlers' own annotations.

use utoipa::OpenApi;
use utoipa::openapi;

use super::{api, ops};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jieda",
        description = "Self-service help-center search for Chinese, English and Korean.\n\n\
            Errors are `application/problem+json` (RFC 9457) with a stable `code`. Every path also answers \
            405 `method-not-allowed`, 413 `body-too-large`, 414 `uri-too-long`, 431 `headers-too-large`, \
            500 `internal` and 503 `timeout`.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        api::search::search,
        api::suggest::suggest,
        api::suggest::opensearch,
        api::articles::article,
        api::categories::categories,
        api::feedback::feedback,
        ops::healthz,
        ops::readyz
    ),
    tags(
        (name = "help", description = "What readers need."),
        (name = "operation", description = "What load balancers ask.")
    )
)]
struct Description;

/// The document.
#[must_use]
pub fn document() -> openapi::OpenApi {
    Description::openapi()
}
