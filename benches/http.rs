//! HTTP: requests/s and CPU per request of the whole server, as ratios to a bare reply.
//!
//! Method: a server in a process of its own (this program again) opens an index of 10,000
//! generated articles (see `corpus`) and listens as `jieda serve` does; one route more, made
//! here and nowhere else, replies with 4 KiB behind the same middleware. `wrk -t1 -c16` asks
//! each row for [`SECONDS`], [`ROUNDS`] times in turn, so that other work on the machine meets
//! all rows alike; the table shows medians: requests/s, CPU of the server for each request
//! (`proc(5)`), bytes of a reply on the wire, and requests/s as a share of the bare reply's.
//!
//! Rows ask [`QUERIES`] different things in a random order that is always the same, far more
//! than the cache of replies holds; `hot` asks [`HOT`] of them again and again. Rows with
//! `gzip` send what browsers send, `Accept-Encoding: gzip, deflate, br`.
//!
//! Fixed seed: `corpus::SEED`. Needs wrk (`apt-get install wrk`).
//!
//! Asserted: wrk meets no error and no status but 200.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[expect(dead_code, reason = "other benches use more of it")]
mod corpus;

#[path = "corpus/process.rs"]
mod process;
#[expect(dead_code, reason = "other benches use more of it")]
#[path = "corpus/queries.rs"]
mod queries;
#[expect(dead_code, reason = "other benches use more of it")]
#[path = "corpus/typed.rs"]
mod typed;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::routing::get;
use jieda::app::{App, Site};
use jieda::config::{Config, Overrides};
use jieda::http::metrics::Metrics;
use jieda::http::{self, Guard, listener, router};
use jieda::index::{Check, IndexDir};
use jieda::search::Searcher;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;

use crate::corpus::{Folder, Rng, SEED, is_measuring, real};
use crate::process::Server;
use crate::queries::Kind;

const ARTICLES: usize = 10_000;
/// Different requests of a row.
const QUERIES: usize = 20_000;
/// Different requests of a hot row.
const HOT: usize = 100;
const SECONDS: u64 = 3;
const ROUNDS: usize = 5;
/// The argument that makes this program the server of the index that follows.
const SERVE: &str = "--serve";
const RAW: &str = "/raw";
const RAW_BYTES: usize = 4096;

/// What is asked, over and over.
struct Row {
    name: &'static str,
    paths: Vec<String>,
    accept_encoding: Option<&'static str>,
}

/// What came of a round.
#[derive(Clone, Copy)]
struct Round {
    per_second: f64,
    cpu_micros: f64,
    bytes: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, index] = arguments.as_slice()
        && flag == SERVE
    {
        return serve(Path::new(index));
    }
    if !is_measuring() {
        return;
    }
    assert!(Command::new("wrk").arg("-v").output().is_ok(), "wrk is missing: apt-get install wrk");
    let index = TempDir::new().expect("a temporary folder can be made");
    build(index.path());
    let rows = rows(index.path());
    let server = start(index.path());
    let scripts = TempDir::new().expect("a temporary folder can be made");
    let mut measured: Vec<Vec<Round>> = rows.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (row, rounds) in rows.iter().zip(&mut measured) {
            rounds.push(ask(&server, row, scripts.path()));
        }
    }
    print(&rows, &measured);
}

/// Publishes an index of generated articles.
fn build(index: &Path) {
    corpus::publish(corpus::load(Folder::write(ARTICLES).path()), &IndexDir::new(index));
}

/// Answers from an index until it is ended.
fn serve(index: &Path) {
    let generation = IndexDir::new(index).open_current(Check::Full).expect("what was published opens");
    let config = Config::load(None, Overrides::default()).expect("there is a default for everything");
    let app = Arc::new(App::new(Site::from(&config), Searcher::new(Arc::new(generation))));
    let raw = vec![b'x'; RAW_BYTES];
    let routes = router::routes().route(RAW, get(move || std::future::ready(raw.clone())));
    let metrics = Arc::new(Metrics::default());
    let guard = Guard::new(http::Options::from(&config), Arc::clone(&metrics));
    let router = router::shared(routes, app, Arc::new(guard));
    let options = listener::Options::new(&config, metrics);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads start");
    runtime.block_on(async {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        println!("{}", socket.local_addr().expect("it is bound"));
        listener::serve(socket, router, options, std::future::pending()).await;
    });
}

fn rows(index: &Path) -> Vec<Row> {
    let generation = IndexDir::new(index).open_current(Check::Sizes).expect("what was published opens");
    let (catalog, analyzer) = (generation.catalog(), generation.analyzer());
    let path = |kind: Kind, text: &str| {
        format!("/api/v1/search?lang={}&q={}", kind.lang().tag(), utf8_percent_encode(text, NON_ALPHANUMERIC))
    };
    let asked = |kind: Kind| -> Vec<String> {
        let asked = queries::draw(kind, catalog, analyzer, QUERIES);
        asked.iter().map(|asked| path(kind, &asked.text)).collect()
    };
    let keywords = asked(Kind::ChineseWords);
    let pages = keywords.iter().map(|path| path.replace("/api/v1/search", "/search"));
    let typed = typed::draw(catalog, analyzer, QUERIES);
    let suggest = typed.iter().map(|typed| {
        let text = utf8_percent_encode(&typed.text, NON_ALPHANUMERIC);
        format!("/api/v1/suggest?lang={}&q={text}", typed.lang.tag())
    });
    let browser = Some("gzip, deflate, br");
    let row = |name, paths: Vec<String>, accept_encoding| Row { name, paths, accept_encoding };
    vec![
        row("4 KiB, bare", vec![RAW.to_owned()], None),
        row("search, keywords", keywords.clone(), None),
        row("search, keywords, gzip", keywords.clone(), browser),
        row("search, spoken questions", asked(Kind::ChineseQuestion), None),
        row("search, hot", keywords[..HOT].to_vec(), None),
        row("search, hot, gzip", keywords[..HOT].to_vec(), browser),
        row("suggest", suggest.collect(), None),
        row("page of results", pages.clone().collect(), None),
        row("page of results, br", pages.collect(), browser),
    ]
}

/// This program as a server of an index.
fn start(index: &Path) -> Server {
    let program = std::env::current_exe().expect("this program has a file");
    Server::start(Command::new(program).arg(SERVE).arg(index))
}

/// One round of a row.
fn ask(server: &Server, row: &Row, scripts: &Path) -> Round {
    let script = scripts.join("row.lua");
    std::fs::write(&script, script_of(row)).expect("a temporary file can be written");
    let before = server.cpu_time();
    let seconds = format!("{SECONDS}s");
    let url = format!("http://{}/", server.address);
    let output = Command::new("wrk")
        .args(["-t1", "-c16", "-d", &seconds, "-s"])
        .arg(&script)
        .arg(url)
        .output()
        .expect("wrk runs");
    let cpu = server.cpu_time().saturating_sub(before);
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix("RESULT ")).unwrap_or_default();
    let figures: Vec<f64> = line.split(' ').filter_map(|figure| figure.parse().ok()).collect();
    let [requests, micros, bytes, failed] = figures[..] else { panic!("wrk says: {said}") };
    assert!(failed == 0.0, "{failed} of {requests} requests failed: {}", row.name);
    Round {
        per_second: requests / micros * 1e6,
        cpu_micros: cpu.as_secs_f64() * 1e6 / requests,
        bytes: bytes / requests,
    }
}

/// What wrk asks, in Lua.
fn script_of(row: &Row) -> String {
    let mut script = String::from("local requests = {}\nlocal headers = {Host = 'localhost'}\n");
    if let Some(accept_encoding) = row.accept_encoding {
        let _ = writeln!(script, "headers['Accept-Encoding'] = '{accept_encoding}'");
    }
    let mut order: Vec<&String> = row.paths.iter().collect();
    let mut rng = Rng::new(SEED);
    for last in (1..order.len()).rev() {
        order.swap(last, rng.below(last + 1));
    }
    for path in order {
        let _ = writeln!(script, "requests[#requests + 1] = wrk.format('GET', '{path}', headers)");
    }
    script.push_str(
        "local next = 0\n\
         request = function()\n  next = next % #requests + 1\n  return requests[next]\nend\n\
         done = function(summary)\n  local e = summary.errors\n  \
         local failed = e.connect + e.read + e.write + e.status + e.timeout\n  \
         print(string.format('RESULT %d %d %d %d', summary.requests, summary.duration, summary.bytes, failed))\n\
         end\n",
    );
    script
}

fn print(rows: &[Row], measured: &[Vec<Round>]) {
    let median = |rounds: &[Round], figure: fn(&Round) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    println!(
        "\n{ARTICLES} articles, medians of {ROUNDS} rounds of {SECONDS} s, {} requests a row\n",
        real(QUERIES)
    );
    println!("| asked | requests/s | CPU µs | bytes | share of bare |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for (row, rounds) in rows.iter().zip(measured) {
        // In one round all rows met the same machine.
        let shares = rounds.iter().zip(&measured[0]).map(|(round, bare)| round.per_second / bare.per_second);
        let mut shares: Vec<f64> = shares.collect();
        shares.sort_by(f64::total_cmp);
        println!(
            "| {} | {:.0} | {:.1} | {:.0} | {:.2} |",
            row.name,
            median(rounds, |round| round.per_second),
            median(rounds, |round| round.cpu_micros),
            median(rounds, |round| round.bytes),
            shares[shares.len() / 2],
        );
    }
    println!();
}
