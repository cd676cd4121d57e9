//! What the listener promises, on real sockets:
//!
//! 1. A connection that says nothing, half a head, or one byte now and then is closed in time.
//! 2. A connection that has been answered is kept for the idle timeout, then closed; also
//!    when the request had a body that came later than its head.
//! 3. A reply that is not taken is given up.
//! 4. Beyond the number of connections nobody is refused: they wait.
//!    One client gets so many and no more.
//! 5. Stopping finishes what is in flight, closes what is idle, and ends in time.
//! 6. Heads that are too large are refused before a request exists.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::routing::{get, post};
use jieda::http::client::Clients;
use jieda::http::listener::{self, Options};
use jieda::http::metrics::Metrics;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// The header timeout of these tests; no check waits longer than [`PATIENCE`] for it.
const TIMEOUT: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(5);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<bool>,
}

impl Server {
    async fn start(router: Router, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            max_connections: 100,
            per_client: 100,
            clients: Clients::default(),
            metrics: Arc::default(),
            header_timeout: TIMEOUT,
            idle_timeout: TIMEOUT * 2,
            drain_timeout: PATIENCE,
        };
        change(&mut options);
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(listener::serve(socket, router, options, async move { drop(stopped.await) }));
        Self { address, stop: Some(stop), task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Stops; returns whether everything ended in time.
    async fn stop(mut self) -> bool {
        drop(self.stop.take());
        tokio::time::timeout(PATIENCE * 2, self.task).await.unwrap().unwrap()
    }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

/// Reads until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes));
    // A reset closes as well.
    let _ = read.await.expect("the connection is closed in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads one reply of which the body is `hello`.
async fn hello_from(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    while !seen.ends_with(b"hello") {
        let mut buffer = [0; 1024];
        let length = tokio::time::timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert!(length > 0, "closed after {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..length]);
    }
    assert!(seen.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn silent_and_half_spoken_connections_are_closed() {
    let server = Server::start(hello(), |options| options.idle_timeout = PATIENCE * 2).await;
    for said in [&b""[..], b"G", b"GET / HTTP/1.1\r\nhost: a\r\nx-half"] {
        let started = Instant::now();
        let mut stream = server.connect().await;
        stream.write_all(said).await.unwrap();
        assert_eq!(rest(&mut stream).await, "");
        let took = started.elapsed();
        assert!(took + Duration::from_millis(20) >= TIMEOUT, "{took:?}");
    }
    assert!(server.stop().await);
}

#[tokio::test]
async fn a_head_that_trickles_in_is_closed() {
    let server = Server::start(hello(), |options| options.idle_timeout = PATIENCE * 2).await;
    let mut stream = server.connect().await;
    stream.write_all(REQUEST).await.unwrap();
    hello_from(&mut stream).await;
    // The next head gets a byte every now and then, which must not buy time.
    let (mut read, mut write) = stream.into_split();
    let trickle = tokio::spawn(async move {
        for byte in REQUEST.iter().cycle() {
            tokio::time::sleep(TIMEOUT / 10).await;
            if *byte == b'\r' || write.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    });
    let mut byte = [0];
    let closed = tokio::time::timeout(PATIENCE, read.read(&mut byte)).await.expect("closed in time");
    assert!(matches!(closed, Ok(0) | Err(_)));
    trickle.abort();
    assert!(server.stop().await);
}

/// Asserts that a connection of which nothing more is said stays for the idle timeout, which is
/// longer than that of a head.
async fn closes_when_idle(stream: &mut TcpStream, server: Server) {
    let started = Instant::now();
    assert_eq!(rest(stream).await, "");
    let took = started.elapsed();
    assert!(took >= TIMEOUT * 2, "{took:?}");
    assert!(server.stop().await);
}

#[tokio::test]
async fn an_answered_connection_is_kept_then_closed() {
    let server = Server::start(hello(), |options| options.idle_timeout = TIMEOUT * 3).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        stream.write_all(REQUEST).await.unwrap();
        hello_from(&mut stream).await;
    }
    closes_when_idle(&mut stream, server).await;
}

#[tokio::test]
async fn a_body_leaves_no_timer_behind() {
    let looked = Arc::new(Notify::new());
    let told = Arc::clone(&looked);
    let take = async move |body: Body| {
        told.notify_one();
        let length = to_bytes(body, 100).await.unwrap().len();
        assert_eq!(length, 4);
        "hello"
    };
    let router = Router::new().route("/", post(take));
    let server = Server::start(router, |options| options.idle_timeout = TIMEOUT * 3).await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n").await.unwrap();
    looked.notified().await;
    stream.write_all(b"body").await.unwrap();
    hello_from(&mut stream).await;
    closes_when_idle(&mut stream, server).await;
}

#[tokio::test]
async fn half_a_head_after_a_body_has_its_own_time() {
    let router = Router::new().route("/", post(async |_: Bytes| "hello"));
    let server = Server::start(router, |options| options.idle_timeout = PATIENCE * 2).await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody").await.unwrap();
    hello_from(&mut stream).await;
    stream.write_all(b"GET /").await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
    assert!(server.stop().await);
}

#[tokio::test]
async fn a_reply_that_is_not_taken_is_given_up() {
    let large = Arc::new(vec![b'x'; 64 * 1024 * 1024]);
    let router = Router::new().route("/", get(async move || large.to_vec()));
    let server = Server::start(router, |options| options.max_connections = 1).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut lazy = socket.connect(server.address).await.unwrap();
    lazy.write_all(REQUEST).await.unwrap();
    // The only place is taken until the reply is given up: then it is the next one's turn.
    let mut next = server.connect().await;
    next.write_all(b"GET /none HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut next).await.starts_with("HTTP/1.1 404"));
    drop(lazy);
    assert!(server.stop().await);
}

#[tokio::test]
async fn a_small_reply_that_is_not_taken_is_given_up() {
    let large = Arc::new(vec![b'x'; 64 * 1024]);
    let router = Router::new().route("/", get(async move || large.to_vec()));
    let metrics = Arc::new(Metrics::default());
    let server = Server::start(router, |options| {
        // Nobody but the system can see it: for all others the reply is sent.
        options.idle_timeout = PATIENCE * 10;
        options.metrics = Arc::clone(&metrics);
    })
    .await;
    // Connections inherit what the listener has been given when it began to serve.
    let mut first = server.connect().await;
    first.write_all(b"GET /none HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(&mut first).await.starts_with("HTTP/1.1 404"));
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut lazy = socket.connect(server.address).await.unwrap();
    lazy.write_all(REQUEST).await.unwrap();
    let started = Instant::now();
    while metrics.connections_ended.count() < 2 {
        assert!(started.elapsed() < PATIENCE, "it is still open");
        tokio::task::yield_now().await;
    }
    drop(lazy);
    assert!(server.stop().await);
}

#[tokio::test]
async fn who_finds_no_place_waits() {
    let server = Server::start(hello(), |options| options.max_connections = 1).await;
    let mut first = server.connect().await;
    first.write_all(REQUEST).await.unwrap();
    hello_from(&mut first).await;
    let mut second = server.connect().await;
    second.write_all(REQUEST).await.unwrap();
    let mut byte = [0];
    let early = tokio::time::timeout(TIMEOUT / 3, second.read(&mut byte)).await;
    assert!(early.is_err(), "answered although all places were taken");
    drop(first);
    hello_from(&mut second).await;
    drop(second);
    assert!(server.stop().await);
}

#[tokio::test]
async fn one_client_gets_so_many_connections() {
    let metrics = Arc::new(Metrics::default());
    let server = Server::start(hello(), |options| {
        options.per_client = 3;
        options.metrics = Arc::clone(&metrics);
    })
    .await;
    let connect = async |from: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
        let mut stream = socket.connect(server.address).await.unwrap();
        // A reset may come first.
        let _ = stream.write_all(REQUEST).await;
        stream
    };
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut stream = connect("127.0.0.9").await;
        hello_from(&mut stream).await;
        kept.push(stream);
    }
    assert_eq!(rest(&mut connect("127.0.0.9").await).await, "", "closed at once");
    hello_from(&mut connect("127.0.0.8").await).await;
    for _ in 0..10 {
        let mut stream = connect("127.0.0.1").await;
        hello_from(&mut stream).await;
        kept.push(stream);
    }
    assert_eq!(metrics.connections_refused.count(), 1);
    kept.clear();
    // The places are free again as soon as the server has seen the end of a connection.
    while metrics.connections.count() > metrics.connections_ended.count() {
        tokio::task::yield_now().await;
    }
    hello_from(&mut connect("127.0.0.9").await).await;
    assert!(server.stop().await);
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight() {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (entered, release) = (Arc::clone(&entered), Arc::clone(&release));
        async move || {
            entered.notify_one();
            release.notified().await;
            "hello"
        }
    };
    let server = Server::start(hello().route("/slow", get(handler)), |_| {}).await;
    let address = server.address;
    let mut idle = server.connect().await;
    idle.write_all(REQUEST).await.unwrap();
    hello_from(&mut idle).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    entered.notified().await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!(rest(&mut idle).await, "");
    assert!(TcpStream::connect(address).await.is_err(), "accepted after the stop");
    release.notify_one();
    let reply = rest(&mut busy).await;
    assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("hello"), "{reply}");
    assert!(stopping.await.unwrap());
}

#[tokio::test]
async fn who_came_before_the_stop_is_served() {
    let mut server = Server::start(hello(), |_| {}).await;
    // The server is not polled in between: they wait in the system's queue.
    let mut early = Vec::new();
    for _ in 0..5 {
        let stream = std::net::TcpStream::connect(server.address).unwrap();
        stream.set_nonblocking(true).unwrap();
        early.push(stream);
    }
    drop(server.stop.take());
    for stream in early {
        let mut stream = TcpStream::from_std(stream).unwrap();
        stream.write_all(REQUEST).await.unwrap();
        hello_from(&mut stream).await;
    }
    assert!(server.stop().await);
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let entered = Arc::new(Notify::new());
    let told = Arc::clone(&entered);
    let handler = async move || {
        told.notify_one();
        std::future::pending::<&'static str>().await
    };
    let router = Router::new().route("/", get(handler));
    let server = Server::start(router, |options| options.drain_timeout = TIMEOUT).await;
    let mut busy = server.connect().await;
    busy.write_all(REQUEST).await.unwrap();
    entered.notified().await;
    assert!(!server.stop().await);
}

#[tokio::test]
async fn large_heads_are_refused() {
    let server = Server::start(hello(), |_| {}).await;
    let many = "x: a\r\n".repeat(65);
    let long = format!("x: {}\r\n", "a".repeat(60 * 1024));
    for headers in [many, long] {
        let mut stream = server.connect().await;
        let request = format!("GET / HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let reply = rest(&mut stream).await;
        assert!(reply.starts_with("HTTP/1.1 431"), "{reply}");
    }
    assert!(server.stop().await);
}
