//! Accepts connections, so many of each client, and holds them to their time.
//!
//! hyper closes a connection that is idle too long. What hyper does not see is seen by
//! `Guarded`, between hyper and the socket: a connection that says nothing, a head or a
//! body that trickles in, a reply that is not taken. What is small enough for the system's
//! buffers is given up by the system.
//!
//! A client that has too many connections gets no more: they are closed as they come.
//! Beyond the number for all clients they wait in the system's queue.
//!
//! **Invariant:** nothing a client does ends the loop or keeps a connection for ever.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;
use tower::ServiceExt;

use super::client::{Client, Clients, Peer};
use super::metrics::Metrics;
use crate::config::Config;

/// Most headers of a request; more are a 431.
const MAX_HEADERS: usize = 64;
/// Most bytes of a request's head, address included; more are a 431. Between this and the
/// smaller bounds of `admission` the reply is a problem that says what is wrong.
const MAX_HEAD: usize = 40 * 1024;
/// Pause after the system could not hand out a connection, mostly for want of descriptors.
const BACK_OFF: Duration = Duration::from_millis(100);
/// Bytes of replies that the system keeps for a client that has not taken them.
const SEND_BUFFER: usize = 128 * 1024;
/// How long to look for connections that came before the stop.
const LAST: Duration = Duration::from_millis(20);
/// A reply that is taken more slowly than this many bytes in each timeout is given up.
const MIN_PROGRESS: usize = 16 * 1024;

/// Bounds of the listener.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections at one time; more wait in the system's queue.
    pub max_connections: usize,
    /// Connections of one client at one time; more are closed at once.
    pub per_client: usize,
    /// Tells clients apart.
    pub clients: Clients,
    /// Counts connections.
    pub metrics: Arc<Metrics>,
    /// For the head of a request, for a new connection to say something, and for a reply
    /// to make progress. (A body is held to its time by whoever reads it.)
    pub header_timeout: Duration,
    /// Between two requests.
    pub idle_timeout: Duration,
    /// For requests in flight once `stop` is done.
    pub drain_timeout: Duration,
}

impl Options {
    /// As configured, counting in `metrics`.
    #[must_use]
    pub fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        let limits = &config.limits;
        Self {
            max_connections: limits.max_connections,
            per_client: limits.per_ip_connections,
            clients: Clients::new(config.trusted_proxies.clone()),
            metrics,
            header_timeout: limits.header_timeout,
            idle_timeout: limits.idle_timeout,
            drain_timeout: limits.drain_timeout,
        }
    }
}

/// Serves until `stop` is done, then accepts nothing more, finishes what is in flight and
/// closes what is idle. Returns whether all connections ended in time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: Options,
    stop: impl Future<Output = ()>,
) -> bool {
    bound_replies(&listener, options.header_timeout);
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // Runs from the end of one request to the head of the next.
        .header_read_timeout(options.idle_timeout)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEAD);
    let permits = Arc::new(Semaphore::new(options.max_connections));
    let connections = Connections {
        builder,
        router,
        places: Arc::new(Places { taken: Mutex::default(), most: options.per_client }),
        clients: options.clients,
        metrics: options.metrics,
        header_timeout: options.header_timeout,
        graceful: GracefulShutdown::new(),
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            // The permit first: a connection that cannot be served yet stays in the queue.
            let permit = Arc::clone(&permits).acquire_owned().await;
            (accept(&listener, &connections.metrics).await, permit.ok())
        };
        tokio::select! {
            biased;
            () = &mut stop => break,
            ((stream, peer), permit) = next => connections.serve(stream, peer, permit),
        }
    }
    // Whoever is in the system's queue came before the stop: the listener takes them along.
    let last = tokio::time::Instant::now() + LAST;
    while let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
        let next = tokio::time::timeout_at(last, accept(&listener, &connections.metrics)).await;
        let Ok((stream, peer)) = next else { break };
        connections.serve(stream, peer, Some(permit));
    }
    drop(listener);
    let graceful = connections.graceful;
    let open = graceful.count();
    let drained = tokio::time::timeout(options.drain_timeout, graceful.shutdown()).await.is_ok();
    if !drained {
        tracing::warn!(open, "connections were still open at the end of the drain timeout");
    }
    drained
}

/// What connections need to be served.
struct Connections {
    builder: http1::Builder,
    router: Router,
    places: Arc<Places>,
    clients: Clients,
    metrics: Arc<Metrics>,
    header_timeout: Duration,
    graceful: GracefulShutdown,
}

impl Connections {
    /// Serves a connection beside all others, unless its client has too many.
    fn serve(&self, stream: TcpStream, peer: IpAddr, permit: Option<OwnedSemaphorePermit>) {
        let Ok(place) = Places::take(&self.places, self.clients.of_connection(peer)) else {
            return self.metrics.connections_refused.add();
        };
        self.metrics.connections.add();
        let heads = Arc::new(AtomicUsize::new(0));
        let io = Guarded::new(stream, Arc::clone(&heads), self.header_timeout);
        let router = self.router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            heads.fetch_add(1, Ordering::Relaxed);
            let answer = router.clone().oneshot(request);
            async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
        });
        let connection = self.graceful.watch(self.builder.serve_connection(TokioIo::new(io), service));
        let metrics = Arc::clone(&self.metrics);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            metrics.connections_ended.add();
            drop((place, permit));
        });
    }
}

/// What a client does not take lies in the system's buffers, where nobody here sees it: the
/// buffers get a size, and the system a time after which it gives the connection up. Accepted
/// sockets inherit both.
fn bound_replies(listener: &TcpListener, timeout: Duration) {
    let socket = SockRef::from(listener);
    let size = socket.set_send_buffer_size(SEND_BUFFER);
    if let Err(error) = size.and_then(|()| socket.set_tcp_user_timeout(Some(timeout))) {
        tracing::warn!(%error, "cannot bound how long replies may wait for their clients");
    }
}

/// The next connection. Failures are waited out: the listener itself stays good.
async fn accept(listener: &TcpListener, metrics: &Metrics) -> (TcpStream, IpAddr) {
    let mut is_failing = false;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                return (stream, peer.ip());
            }
            // The client was gone before it was accepted.
            Err(error) if is_of_client(&error) => {}
            Err(error) => {
                metrics.accept_errors.add();
                if !is_failing {
                    tracing::error!(%error, "cannot accept connections, trying on");
                    is_failing = true;
                }
                tokio::time::sleep(BACK_OFF).await;
            }
        }
    }
}

fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// How many connections each client has.
struct Places {
    /// Has those that have one at least.
    taken: Mutex<HashMap<Client, usize>>,
    most: usize,
}

impl Places {
    /// A place for a connection of this client; all others need none.
    fn take(places: &Arc<Self>, client: Option<Client>) -> Result<Option<Place>, Full> {
        let Some(client) = client else { return Ok(None) };
        let mut taken = places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(client).or_default();
        if *count >= places.most {
            return Err(Full);
        }
        *count += 1;
        Ok(Some(Place { places: Arc::clone(places), client }))
    }
}

/// A client has all the connections it may have.
struct Full;

/// A place that is given back when the connection ends.
struct Place {
    places: Arc<Places>,
    client: Client,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = taken.entry(self.client) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// A socket that is held to its time.
struct Guarded {
    stream: TcpStream,
    timeout: Duration,
    /// Heads that hyper has read, counted by the service.
    heads: Arc<AtomicUsize>,
    /// As many of them are known here.
    known_heads: usize,
    /// Runs from the first byte of a request (of the connection, at first) to its head's end.
    reading: Option<Pin<Box<Sleep>>>,
    /// A head was read and nothing has been written since: what comes now is its body.
    is_answering: bool,
    /// Runs while the client does not take what is written; with the bytes it took since.
    writing: Option<(Pin<Box<Sleep>>, usize)>,
}

impl Guarded {
    fn new(stream: TcpStream, heads: Arc<AtomicUsize>, timeout: Duration) -> Self {
        let reading = Some(Box::pin(tokio::time::sleep(timeout)));
        Self { stream, timeout, heads, known_heads: 0, reading, is_answering: false, writing: None }
    }

    /// What a write brought: what comes from now on is another head. One that waits is held to its time.
    fn wrote(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.is_answering = false;
        match &result {
            Poll::Ready(Ok(length)) => {
                if let Some((_, taken)) = &mut self.writing {
                    *taken += length;
                }
                self.writing.take_if(|(_, taken)| *taken >= MIN_PROGRESS);
                result
            }
            Poll::Ready(Err(_)) => result,
            Poll::Pending => {
                let timeout = self.timeout;
                let (deadline, _) =
                    self.writing.get_or_insert_with(|| (Box::pin(tokio::time::sleep(timeout)), 0));
                deadline.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let heads = self.heads.load(Ordering::Relaxed);
        if heads != self.known_heads {
            self.known_heads = heads;
            self.reading = None;
            self.is_answering = true;
        }
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(result) => {
                let is_head = buffer.filled().len() > before && !self.is_answering;
                if is_head && self.reading.is_none() {
                    self.reading = Some(Box::pin(tokio::time::sleep(self.timeout)));
                }
                Poll::Ready(result)
            }
            Poll::Pending => match &mut self.reading {
                Some(deadline) => deadline.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into())),
                None => Poll::Pending,
            },
        }
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, data);
        self.wrote(cx, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, data);
        self.wrote(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writing = None;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
