//! HTTP: what a browser or a program asks becomes a call of the core, what the core answers
//! becomes HTML or JSON. The only place that knows axum and hyper.
//!
//! 1. [`listener`] accepts connections and holds them to their time.
//! 2. [`mod@router`] names every address there is; `middleware` is what all of them share.
//!    `trace` names and counts requests ([`metrics`]); `admission` decides who is answered:
//!    `client` tells clients apart, `rate_limit` bounds what each may ask, `gate` what all do.
//! 3. `extract` reads paths, parameters and the reader's language.
//! 4. `api` answers in JSON, `pages` in HTML, `machines` tells search engines and browsers
//!    what the site is, `ops` tells operators how it goes, `assets` and `media` send files.
//! 5. `cache` says how long an answer may be kept; `error` has one table from failure to status.
//!
//! **Invariant:** no path of a request ever reaches the file system: ids, categories and
//! file names are looked up in the generation that serves.
//! **Invariant:** what a person typed is neither logged nor put into a `<title>`.
//! **Invariant:** every reply carries the headers of `middleware::security_headers`.

pub mod listener;
pub mod router;

pub mod client;
pub mod gate;
pub mod metrics;
pub mod rate_limit;

mod admission;
mod cache;
mod converted;
mod error;
mod extract;
mod middleware;
mod trace;

pub mod api;
mod openapi;

mod i18n;
mod pages;

mod assets;
mod machines;
mod media;
mod ops;

pub use self::admission::{Guard, Options};
pub use self::openapi::document as openapi;
pub use self::router::{ops_router, router};
