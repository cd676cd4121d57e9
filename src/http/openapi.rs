//! The OpenAPI 3.1 description, made from the handlers' own annotations.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{self, Content, Header, Object, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, OpenApi};

use super::{api, ops};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jieda",
        description = "Self-service help-center search for Chinese, English and Korean.\n\n\
            Errors are `application/problem+json` (RFC 9457) with a stable `code`. Every path also answers \
            400 `bad-host` and 405 `method-not-allowed`. Every reply has an `X-Request-Id`: that of the request, \
            if it has one of 1 to 64 letters, digits and hyphens.\n\n\
            Of a parameter that is given twice the last value counts; an empty value counts as none. A parameter \
            that is not listed is 400 `unknown-parameter`, but for `utm_*` and `_`, which are ignored.\n\n\
            Pages of origins that the operator has named (`allowed_origins`) may ask from a browser, by GET and \
            with the headers `X-Request-Id` and `Content-Type`; `OPTIONS` answers their preflights with 204. \
            Feedback is for pages of the same site.",
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

/// What every address may say, whatever it is: status, code, and whether it says when to
/// come again. It is decided before an address is looked at, so it is said here once.
const EVERYWHERE: [(&str, &str, bool); 6] = [
    ("413", "A body where none belongs, or one of more than 64 KiB: `body-too-large`.", false),
    ("414", "The address is longer than 8 KiB: `uri-too-long`.", false),
    ("429", "The client asks too often: `too-many-requests`.", true),
    ("431", "The headers are larger than 16 KiB: `headers-too-large`.", false),
    ("500", "Something went wrong on our side: `internal`.", false),
    (
        "503",
        "More is asked than can be answered, `overloaded`, or the answer took too long, `timeout`.",
        true,
    ),
];
/// What addresses that take a body may say besides.
const WITH_BODY: (&str, &str, bool) = ("408", "The body did not arrive in time: `request-timeout`.", false);

/// The names of the parameters that a type describes.
pub(super) fn names<T: IntoParams>() -> Vec<String> {
    T::into_params(|| None).into_iter().map(|parameter| parameter.name).collect()
}

/// The document.
#[must_use]
pub fn document() -> openapi::OpenApi {
    let mut document = Description::openapi();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            // Load balancers are never turned away.
            let is_limited = operation.tags.iter().flatten().all(|tag| tag != "operation");
            let with_body = operation.request_body.is_some().then_some(WITH_BODY);
            for (status, description, says_when) in EVERYWHERE.into_iter().chain(with_body) {
                if !says_when {
                    operation
                        .responses
                        .responses
                        .entry(status.to_owned())
                        .or_insert_with(|| problem(description, false));
                } else if is_limited {
                    operation.responses.responses.insert(status.to_owned(), problem(description, true));
                }
            }
        }
    }
    document
}

fn problem(description: &str, says_when: bool) -> RefOr<Response> {
    let body = Content::new(Some(Ref::from_schema_name("Problem")));
    let reply = ResponseBuilder::new().description(description).content("application/problem+json", body);
    let seconds = Header::new(Object::with_type(Type::Integer));
    let seconds =
        HeaderBuilder::from(seconds).description(Some("After how many seconds to come again.")).build();
    let reply = if says_when { reply.header("Retry-After", seconds) } else { reply };
    reply.build().into()
}
