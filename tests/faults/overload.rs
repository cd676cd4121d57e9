//! Ten times as many questions as can be answered, asked by clients that do not wait for
//! answers to others.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::crowd::{Answer, Client, Site, help_center, quantile};
use crate::report;

const PATHS: [&str; 5] = [
    "/api/v1/search?q=%E6%8F%90%E5%B8%81%E5%A4%B1%E8%B4%A5&lang=zh",
    "/api/v1/search?q=2FA+lost+phone&lang=en",
    "/api/v1/search?q=%EC%B6%9C%EA%B8%88&lang=ko",
    "/api/v1/search?q=%E9%AA%8C%E8%AF%81%E7%A0%81&lang=zh",
    "/no/such/page",
];
/// Clients of the flood; each has a connection.
const CROWD: u32 = 400;
const FLOOD: Duration = Duration::from_secs(20);

fn path(turn: u32) -> &'static str {
    PATHS[turn as usize % PATHS.len()]
}

/// Four clients that ask again as soon as they are answered: what the server can do.
async fn capacity(address: SocketAddr, during: Duration) -> Vec<Answer> {
    let clients = (0..4).map(|number| {
        tokio::spawn(async move {
            let mut client = Client::new(address).await.unwrap();
            let (mut answers, started) = (Vec::new(), Instant::now());
            while started.elapsed() < during {
                answers.push(client.ask(path(number + u32::try_from(answers.len()).unwrap())).await.unwrap());
            }
            answers
        })
    });
    let mut all = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        all.extend(client.await.unwrap());
    }
    all
}

/// So many questions a second, whatever becomes of the others.
async fn flood(address: SocketAddr, rate: u32, during: Duration) -> Vec<Answer> {
    let (turns, started) = (Arc::new(AtomicU32::new(0)), tokio::time::Instant::now());
    let clients = (0..CROWD).map(|_| {
        let turns = Arc::clone(&turns);
        tokio::spawn(async move {
            let mut client = Client::new(address).await.unwrap();
            let mut answers = Vec::new();
            loop {
                let turn = turns.fetch_add(1, Ordering::Relaxed);
                let due = Duration::from_secs(1) * turn / rate;
                if due > during {
                    return answers;
                }
                tokio::time::sleep_until(started + due).await;
                answers.push(client.ask(path(turn)).await.unwrap());
            }
        })
    });
    let mut all = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        all.extend(client.await.unwrap());
    }
    all
}

/// Asks for health fifty times a second, until it is stopped.
fn health(ops: SocketAddr) -> tokio::task::JoinHandle<Vec<Duration>> {
    tokio::spawn(async move {
        let mut client = Client::new(ops).await.unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        let (mut took, started) = (Vec::new(), Instant::now());
        while started.elapsed() < FLOOD {
            ticks.tick().await;
            let answer = client.ask("/healthz").await.unwrap();
            assert_eq!(answer.status, 200);
            took.push(answer.took);
        }
        took
    })
}

fn of_status(answers: &[Answer], is_it: fn(u16) -> bool) -> Vec<Duration> {
    answers.iter().filter(|answer| is_it(answer.status)).map(|answer| answer.took).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_what_it_can_do() {
    let desk = help_center();
    let site = Site::start(&desk, &[]);
    drop(capacity(site.address, Duration::from_secs(1)).await);
    let normal = capacity(site.address, Duration::from_secs(5)).await;
    assert!(normal.iter().all(|answer| answer.status != 503), "it can do what it can do");
    let rate = u32::try_from(normal.len()).unwrap() / 5 * 10;
    let mut normal: Vec<Duration> = normal.into_iter().map(|answer| answer.took).collect();
    let normal = quantile(&mut normal, 0.99);
    let memory = site.memory();

    let health = health(site.ops);
    let answers = flood(site.address, rate, FLOOD).await;
    let mut health = health.await.unwrap();
    let grown = site.memory().saturating_sub(memory);
    let mut accepted = of_status(&answers, |status| status != 503);
    let mut shed = of_status(&answers, |status| status == 503);
    assert!(answers.iter().all(|answer| answer.says_when == (answer.status == 503)));

    let ended = Instant::now();
    let mut client = Client::new(site.address).await.unwrap();
    let mut calm = 0;
    while calm < 100 {
        let answer = client.ask(PATHS[0]).await.unwrap();
        calm = if answer.status == 200 && answer.took <= normal * 2 { calm + 1 } else { 0 };
        assert!(ended.elapsed() < Duration::from_secs(5), "it does not recover");
    }
    let recovered = ended.elapsed();

    let (accepted_99, health_99) = (quantile(&mut accepted, 0.99), quantile(&mut health, 0.99));
    let (shed_50, shed_99) = (quantile(&mut shed, 0.5), quantile(&mut shed, 0.99));
    let result = format!(
        "asked {} in {FLOOD:?} ({rate}/s wanted), answered {} in {accepted_99:?} at p99 (normal {normal:?}), \
         503 to {} in {shed_50:?} at p50 and {shed_99:?} at p99, healthz {health_99:?} at p99, \
         {grown} MiB more, calm after {recovered:?}",
        answers.len(),
        accepted.len(),
        shed.len()
    );
    // Two cores have clients, server and whoever else is there, and without `--release` turning
    // somebody away is work as well. What a quiet machine does is in the line.
    assert!(shed.len() > answers.len() / 2 && accepted.len() > 100, "{result}");
    assert!(accepted_99 <= normal * 5, "{result}");
    assert!(shed_50 <= Duration::from_millis(10).max(normal), "{result}");
    assert!(health_99 <= Duration::from_millis(50).max(normal), "{result}");
    assert!(grown <= 64, "{result}");
    report("answers stay quick, the rest is told at once", "10 times the capacity", answers.len(), &result);
}
