//! Who is answered: one layer that every request passes before anything is done for it.
//!
//! 1. The head is within bounds (414, 431, 413) and names one host (400).
//! 2. Its client does not ask too often (429).
//! 3. The body has arrived, in time (408).
//! 4. There is a place for it (503), and it is its turn.
//! 5. The answer begins in time (503).
//!
//! What load balancers ask passes only the first: it must have an answer under any load.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::client::{Client, Clients, Peer};
use super::error::Error;
use super::gate::Gate;
use super::metrics::Metrics;
use super::rate_limit::RateLimit;
use super::trace::RequestIds;
use crate::config::{Config, Network};

/// Longest address in bytes.
pub(super) const MAX_URI: usize = 8 * 1024;
/// Names and values of all headers in bytes.
pub(super) const MAX_HEADERS: usize = 16 * 1024;
/// Largest body in bytes, where a body belongs at all.
const MAX_BODY: usize = 64 * 1024;
/// A client may say ten times at once whether articles helped, then once in this time.
const FEEDBACK_EVERY: Duration = Duration::from_secs(6);
const FEEDBACK_BURST: u32 = 10;

/// Bounds of the router.
#[derive(Debug, Clone)]
pub struct Options {
    /// From a request's turn to the head of its reply.
    pub request_timeout: Duration,
    /// From the head of a request to the end of its body.
    pub body_timeout: Duration,
    /// Requests that may have begun, or wait for their turn, at one time.
    pub max_in_flight: usize,
    /// Requests of one client in a second; `None` for any number.
    pub per_ip_rps: Option<u32>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

impl From<&Config> for Options {
    fn from(config: &Config) -> Self {
        let limits = &config.limits;
        Self {
            request_timeout: limits.request_timeout,
            body_timeout: limits.header_timeout,
            max_in_flight: limits.max_in_flight,
            per_ip_rps: limits.per_ip_rps,
            trusted_proxies: config.trusted_proxies.clone(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            max_in_flight: 64,
            per_ip_rps: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// What protects the server, and counts what it did.
#[derive(Debug)]
pub struct Guard {
    request_timeout: Duration,
    body_timeout: Duration,
    clients: Clients,
    rate: Option<RateLimit>,
    feedback: RateLimit,
    pub(super) gate: Arc<Gate>,
    pub(super) ids: RequestIds,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

impl Guard {
    /// A guard with these bounds, which counts in `metrics`.
    #[must_use]
    pub fn new(options: Options, metrics: Arc<Metrics>) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            request_timeout: options.request_timeout,
            body_timeout: options.body_timeout,
            clients: Clients::new(options.trusted_proxies),
            rate: options.per_ip_rps.map(RateLimit::per_second),
            feedback: RateLimit::new(FEEDBACK_EVERY, FEEDBACK_BURST),
            gate: Arc::new(Gate::new(options.max_in_flight, threads)),
            ids: RequestIds::new(),
            metrics,
        }
    }

    /// Whether a request's client may ask once more.
    fn limit(&self, request: &Request) -> Result<(), Error> {
        let is_feedback = *request.method() == Method::POST;
        if self.rate.is_none() && !is_feedback {
            return Ok(());
        }
        // Without a connection there is no client: nobody asks over the network.
        let Some(Peer(peer)) = request.extensions().get().copied() else { return Ok(()) };
        let Some(client) = self.clients.of_request(peer, request.headers()) else { return Ok(()) };
        let take = |limit: &RateLimit, client: Client| {
            limit.take(client).map_err(|wait| {
                self.metrics.rate_limited.add();
                Error::TooMany(wait)
            })
        };
        self.rate.as_ref().map_or(Ok(()), |limit| take(limit, client))?;
        if is_feedback { take(&self.feedback, client) } else { Ok(()) }
    }

    /// The request with its body in memory.
    async fn collect(&self, request: Request) -> Result<Request, Error> {
        if *request.method() == Method::GET || *request.method() == Method::HEAD {
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        let body = match tokio::time::timeout(self.body_timeout, to_bytes(body, MAX_BODY)).await {
            Ok(Ok(bytes)) => Body::from(bytes),
            Ok(Err(_)) => return Err(Error::Parameter { name: "body", expects: "whole" }),
            Err(_) => return Err(Error::BodyTimeout),
        };
        Ok(Request::from_parts(parts, body))
    }

    async fn pass(&self, request: Request, next: Next) -> Result<Response, Error> {
        bounds(&request)?;
        if is_operation(request.uri().path()) {
            return Ok(next.run(request).await);
        }
        self.limit(&request)?;
        let request = self.collect(request).await?;
        let Some(mut place) = self.gate.enter() else {
            self.metrics.shed.add();
            return Err(Error::Busy);
        };
        place.turn().await;
        let answer = tokio::time::timeout(self.request_timeout, next.run(request));
        answer.await.map_err(|_| Error::Timeout)
    }
}

/// The layer.
pub(super) async fn admit(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    guard.pass(request, next).await.unwrap_or_else(IntoResponse::into_response)
}

fn is_operation(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

/// Refuses requests that are larger than any of ours.
fn bounds(request: &Request) -> Result<(), Error> {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > MAX_URI {
        return Err(Error::UriTooLong);
    }
    let headers = request.headers();
    if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > MAX_HEADERS {
        return Err(Error::HeadersTooLarge);
    }
    // RFC 9112, 3.2. Nothing here depends on it, but what is in front may.
    let hosts = headers.get_all(header::HOST).iter().count();
    let is_bound = request.version() == Version::HTTP_11 && request.extensions().get::<Peer>().is_some();
    if hosts > 1 || (hosts == 0 && is_bound) {
        return Err(Error::Host);
    }
    let max_body = if matches!(*request.method(), Method::GET | Method::HEAD) { 0 } else { MAX_BODY };
    let named =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    // A body without a length is sent in pieces: no client of ours does.
    if named.unwrap_or(0) > max_body || headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Error::BodyTooLarge);
    }
    Ok(())
}
