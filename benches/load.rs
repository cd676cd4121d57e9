//! Load: how long answers take at half and at nearly all of what the server can do, and while
//! an index is built beside it.
//!
//! Method: `jieda serve` answers from 10,000 generated articles (see `corpus`). How many
//! requests/s it can do is measured by [`CLOSED`] connections that each ask again as soon as
//! they are answered. Then requests come at their own times (an open loop, with exponential
//! gaps of a fixed seed), whether or not others have been answered; a time counts from the
//! moment at which a request was due, so that those that had to wait for others are not left out
//! ("coordinated omission"). Client and server share the machine. All requests are different
//! searches for Chinese keywords.
//!
//! Fixed seed: `corpus::SEED`.
//!
//! Asserted: every reply is a 200, also while a new generation is published.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[expect(dead_code, reason = "other benches use more of it")]
mod corpus;

#[expect(dead_code, reason = "other benches use more of it")]
#[path = "corpus/process.rs"]
mod process;
#[expect(dead_code, reason = "other benches use more of it")]
#[path = "corpus/queries.rs"]
mod queries;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jieda::index::{Check, IndexDir};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::corpus::{Folder, Rng, SEED, is_measuring, real};
use crate::process::Server;
use crate::queries::Kind;

const ARTICLES: usize = 10_000;
const QUERIES: usize = 20_000;
/// Connections of the closed loop.
const CLOSED: usize = 16;
/// Connections of the open loop.
const OPEN: usize = 64;
const CLOSED_FOR: Duration = Duration::from_secs(5);
const OPEN_FOR: Duration = Duration::from_secs(10);

fn main() {
    if !is_measuring() {
        return;
    }
    let folder = Folder::write(ARTICLES);
    let index = TempDir::new().expect("a temporary folder can be made");
    assert!(reindex(folder.path(), index.path()).wait().expect("it ends").success(), "nothing was published");
    let requests = Arc::new(requests(index.path()));
    let server = serve(index.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("threads start");
    runtime.block_on(async {
        let capacity = closed(&server.address, &requests).await;
        println!("\n{ARTICLES} articles, {CLOSED} connections, closed loop: {capacity:.0} requests/s\n");
        println!("| open loop, share of that | beside | requests | p50 ms | p99 ms | p99.9 ms | max ms |");
        println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
        for (share, is_building) in [(0.5, false), (0.9, false), (0.5, true)] {
            let mut build = is_building.then(|| reindex(folder.path(), index.path()));
            let times = open(&server.address, &requests, capacity * share).await;
            if let Some(build) = &mut build {
                assert!(build.wait().expect("it ends").success(), "nothing was published");
            }
            row(share, if is_building { "reindex" } else { "nothing" }, times);
        }
    });
    println!();
}

fn reindex(articles: &Path, index: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
    command.arg("reindex").arg("--force").arg("--articles").arg(articles).arg("--index").arg(index);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("jieda runs")
}

fn serve(index: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jieda"));
    command.args(["serve", "--no-build", "--listen", "127.0.0.1:0", "--index"]).arg(index);
    Server::start(command.stderr(Stdio::null()))
}

/// Different requests, ready to be sent.
fn requests(index: &Path) -> Vec<Vec<u8>> {
    let generation = IndexDir::new(index).open_current(Check::Sizes).expect("what was published opens");
    let asked = queries::draw(Kind::ChineseWords, generation.catalog(), generation.analyzer(), QUERIES);
    let request = |text: &str| {
        let text = utf8_percent_encode(text, NON_ALPHANUMERIC);
        format!("GET /api/v1/search?lang=zh&q={text} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
    };
    asked.iter().map(|asked| request(&asked.text)).collect()
}

/// A connection and what came over it.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a connection can be set up");
        Self { stream, buffer: Vec::with_capacity(64 << 10) }
    }

    /// Sends a request and reads its reply to the end.
    async fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.expect("the server takes requests");
        self.buffer.clear();
        let mut length = None;
        while length.is_none_or(|length| self.buffer.len() < length) {
            let read = self.stream.read_buf(&mut self.buffer).await.expect("the server answers");
            assert!(read > 0, "the connection was closed");
            if length.is_none() {
                length = reply_length(&self.buffer);
            }
        }
    }
}

/// The length of a reply as its head says, once the head is there.
fn reply_length(reply: &[u8]) -> Option<usize> {
    let head = reply.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&reply[..head]).expect("a head is ASCII");
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
    let body = text.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("it has a length");
    Some(head + body.parse::<usize>().expect("a length is a number"))
}

/// Requests/s of connections that ask again as soon as they are answered.
async fn closed(address: &str, requests: &Arc<Vec<Vec<u8>>>) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let askers: Vec<_> = (0..CLOSED)
        .map(|_| {
            let (address, requests, next) = (address.to_owned(), Arc::clone(requests), Arc::clone(&next));
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await;
                while begun.elapsed() < CLOSED_FOR {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    connection.ask(&requests[number % requests.len()]).await;
                }
            })
        })
        .collect();
    for asker in askers {
        asker.await.expect("every request is answered");
    }
    real(next.load(Ordering::Relaxed)) / begun.elapsed().as_secs_f64()
}

/// The times of requests that come `rate` times a second on average.
async fn open(address: &str, requests: &Arc<Vec<Vec<u8>>>, rate: f64) -> Vec<Duration> {
    let mut rng = Rng::new(SEED);
    let mut due = Duration::ZERO;
    let mut arrivals = Vec::new();
    while due < OPEN_FOR {
        let uniform = (real(rng.below(1 << 24)) + 1.0) / real(1 << 24);
        due += Duration::from_secs_f64(-uniform.ln() / rate);
        arrivals.push(due);
    }
    let arrivals = Arc::new(arrivals);
    let next = Arc::new(AtomicUsize::new(0));
    let times = Arc::new(Mutex::new(Vec::with_capacity(arrivals.len())));
    let begun = Instant::now();
    let askers: Vec<_> = (0..OPEN)
        .map(|_| {
            let (address, requests, arrivals) =
                (address.to_owned(), Arc::clone(requests), Arc::clone(&arrivals));
            let (next, times) = (Arc::clone(&next), Arc::clone(&times));
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await;
                let mut own = Vec::new();
                // Whoever is free takes the request that is due next.
                while let number = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(due) = arrivals.get(number)
                {
                    let due = begun + *due;
                    tokio::time::sleep_until(due).await;
                    // Other requests than those of the closed loop came last.
                    connection.ask(&requests[(requests.len() / 2 + number) % requests.len()]).await;
                    own.push(due.elapsed());
                }
                times.lock().await.extend(own);
            })
        })
        .collect();
    for asker in askers {
        asker.await.expect("every request is answered");
    }
    let times = std::mem::take(&mut *times.lock().await);
    assert_eq!(times.len(), arrivals.len(), "a request was not answered");
    times
}

fn row(share: f64, beside: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |per_mille: usize| {
        let place = (times.len() * per_mille / 1000).min(times.len() - 1);
        times[place].as_secs_f64() * 1e3
    };
    println!(
        "| {:.0}% | {beside} | {} | {:.2} | {:.2} | {:.2} | {:.2} |",
        share * 100.0,
        times.len(),
        at(500),
        at(990),
        at(999),
        at(1000),
    );
}
