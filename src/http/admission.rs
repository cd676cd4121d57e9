//! Who is answered: one layer that every request passes before anything is done for it.
//!
//! 1. The head is within bounds (414, 431, 413) and names one host (400).
//! 2. Its client does not ask too often (429).
//! 3. Where a body belongs there is room for it (503), and it has arrived, in time (408).
//!    Nowhere else is one read.
//! 4. There is a place for it (503), and it is its turn.
//! 5. The answer is ready in time (503), compressed and all.
//!
//! What load balancers ask passes only the first: it must have an answer under any load.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::api::feedback;
use super::client::{Client, Clients, Peer};
use super::error::Error;
use super::gate::Gate;
use super::metrics::Metrics;
use super::rate_limit::RateLimit;
use super::trace::RequestIds;
use crate::config::{Config, Network};
use crate::parallel;

/// Longest address in bytes.
pub(super) const MAX_URI: usize = 8 * 1024;
/// Names and values of all headers in bytes.
pub(super) const MAX_HEADERS: usize = 16 * 1024;
/// Largest body in bytes, where a body belongs at all.
const MAX_BODY: usize = 64 * 1024;
/// Bytes of all bodies at one time, from when they are announced until they are answered.
const MAX_BODIES: usize = 64 * MAX_BODY;
/// A client may say ten times at once whether articles helped, then once in this time.
const FEEDBACK_EVERY: Duration = Duration::from_secs(6);
const FEEDBACK_BURST: u32 = 10;

/// Bounds of the router.
#[derive(Debug, Clone)]
pub struct Options {
    /// From a request's turn to its reply, which is not yet sent then.
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

impl Default for Options {
    fn default() -> Self {
        Self::from(&Config::default())
    }
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

/// What protects the server, and counts what it did.
#[derive(Debug)]
pub struct Guard {
    request_timeout: Duration,
    body_timeout: Duration,
    clients: Clients,
    rate: Option<RateLimit>,
    feedback: RateLimit,
    bodies: Semaphore,
    pub(super) gate: Arc<Gate>,
    pub(super) ids: RequestIds,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

impl Guard {
    /// A guard with these bounds, which counts in `metrics`.
    #[must_use]
    pub fn new(options: Options, metrics: Arc<Metrics>) -> Self {
        Self {
            request_timeout: options.request_timeout,
            body_timeout: options.body_timeout,
            clients: Clients::new(options.trusted_proxies),
            rate: options.per_ip_rps.map(RateLimit::per_second),
            feedback: RateLimit::new(FEEDBACK_EVERY, FEEDBACK_BURST),
            bodies: Semaphore::new(MAX_BODIES),
            gate: Arc::new(Gate::new(options.max_in_flight, parallel::threads())),
            ids: RequestIds::new(),
            metrics,
        }
    }

    /// Whether a request's client may ask once more.
    fn limit(&self, request: &Request) -> Result<(), Error> {
        let is_feedback = takes_body(request);
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

    /// The request with its body in memory, if it takes one, and the room that it has.
    async fn collect(&self, request: Request) -> Result<(Request, Option<SemaphorePermit<'_>>), Error> {
        if !takes_body(&request) {
            return Ok((request, None));
        }
        // `bounds` has seen to it that none is larger.
        let length = u32::try_from(body_length(&request)).unwrap_or(u32::MAX);
        let room = self.bodies.try_acquire_many(length).map_err(|_| self.turn_away())?;
        let (parts, body) = request.into_parts();
        let body = match tokio::time::timeout(self.body_timeout, to_bytes(body, MAX_BODY)).await {
            Ok(Ok(bytes)) => Body::from(bytes),
            Ok(Err(_)) => return Err(Error::Parameter { name: "body", expects: "whole" }),
            Err(_) => return Err(Error::BodyTimeout),
        };
        Ok((Request::from_parts(parts, body), Some(room)))
    }

    fn turn_away(&self) -> Error {
        self.metrics.shed.add();
        Error::Busy
    }

    async fn pass(&self, request: Request, next: Next) -> Result<Response, Error> {
        bounds(&request)?;
        if is_operation(request.uri().path()) {
            return Ok(next.run(request).await);
        }
        self.limit(&request)?;
        let (mut request, _room) = self.collect(request).await?;
        let mut place = self.gate.enter().ok_or_else(|| self.turn_away())?;
        place.turn().await;
        // For those whose work goes on when nobody waits for it any more.
        let place = Arc::new(place);
        request.extensions_mut().insert(Arc::clone(&place));
        let answer = async { whole(next.run(request).await).await };
        tokio::time::timeout(self.request_timeout, answer).await.map_err(|_| Error::Timeout)?
    }
}

/// A reply with its body in memory: what is compressed is compressed here and now.
async fn whole(response: Response) -> Result<Response, Error> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Response::from_parts(parts, body.into()))
}

/// The layer.
pub(super) async fn admit(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    guard.pass(request, next).await.unwrap_or_else(IntoResponse::into_response)
}

/// Whether this is a request that a body belongs to.
fn takes_body(request: &Request) -> bool {
    *request.method() == Method::POST && request.uri().path() == feedback::PATH
}

/// The length of the body as it is announced, in bytes.
fn body_length(request: &Request) -> usize {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
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
    // A body without a length is sent in pieces: no client of ours does.
    if body_length(request) > max_body || headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Error::BodyTooLarge);
    }
    Ok(())
}
