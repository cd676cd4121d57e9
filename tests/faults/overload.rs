//! Ten times as many questions as can be answered, asked by clients that do not wait for
//! answers to others.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::crowd::{Answer, Client, Site, help_center, quantile};
use crate::process::{Desk, JIEDA};
use crate::report;

/// Explained answers are not kept in memory: each is work.
const PATHS: [&str; 5] = [
    "/api/v1/search?explain=1&q=%E6%8F%90%E5%B8%81%E5%A4%B1%E8%B4%A5&lang=zh",
    "/api/v1/search?explain=1&q=2FA+lost+phone&lang=en",
    "/api/v1/search?explain=1&q=%EC%B6%9C%EA%B8%88&lang=ko",
    "/api/v1/search?explain=1&q=%E9%AA%8C%E8%AF%81%E7%A0%81&lang=zh",
    "/no/such/page",
];
/// Connections of the flood.
const CROWD: usize = 200;
/// Clients that ask twenty times a second each.
const WITNESSES: u32 = 20;
const FLOOD: Duration = Duration::from_mins(1);
/// Until it is clear that a flood is no burst, bursts may wait: that is told apart.
const ONSET: Duration = Duration::from_secs(1);

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

/// So many questions a second, whatever becomes of them; how many were asked. One thread sends
/// them and reads what comes without looking at it, since it works on the cores of the server.
fn flood(address: SocketAddr, rate: u32) -> JoinHandle<u32> {
    std::thread::spawn(move || {
        let connect = |_| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nonblocking(true).unwrap();
            stream
        };
        let mut crowd: Vec<TcpStream> = (0..CROWD).map(connect).collect();
        let requests = PATHS.map(|path| format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
        let (mut buffer, mut turn, started) = (vec![0; 64 * 1024], 0, Instant::now());
        while started.elapsed() < FLOOD {
            while Duration::from_secs(1) * turn / rate <= started.elapsed() {
                let stream = &mut crowd[turn as usize % CROWD];
                while stream.read(&mut buffer).is_ok_and(|length| length > 0) {}
                stream.write_all(requests[turn as usize % PATHS.len()].as_bytes()).unwrap();
                turn += 1;
            }
            std::thread::park_timeout(Duration::from_micros(500));
        }
        turn
    })
}

/// What some see who ask now and then while the flood lasts, and when they asked.
async fn witnesses(address: SocketAddr) -> Vec<(Duration, Answer)> {
    let witnesses = (0..WITNESSES).map(|witness| {
        tokio::spawn(async move {
            let mut client = Client::new(address).await.unwrap();
            let mut ticks = tokio::time::interval(Duration::from_millis(50));
            let (mut answers, started) = (Vec::new(), Instant::now());
            while started.elapsed() < FLOOD {
                ticks.tick().await;
                let asked = started.elapsed();
                let path = path(witness + u32::try_from(answers.len()).unwrap());
                answers.push((asked, client.ask(path).await.unwrap()));
            }
            answers
        })
    });
    let mut all = Vec::new();
    for witness in witnesses.collect::<Vec<_>>() {
        all.extend(witness.await.unwrap());
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

/// Whether all six requests are answered that a browser sends at one time.
async fn view(address: SocketAddr) -> bool {
    let requests = (0..6).map(|number| {
        tokio::spawn(async move { Client::new(address).await.unwrap().ask(path(number)).await.unwrap() })
    });
    let mut is_whole = true;
    for request in requests.collect::<Vec<_>>() {
        is_whole &= request.await.unwrap().status != 503;
    }
    is_whole
}

fn of_status(answers: &[(Duration, Answer)], is_it: fn(u16) -> bool) -> Vec<Duration> {
    answers.iter().filter(|(_, answer)| is_it(answer.status)).map(|(_, answer)| answer.took).collect()
}

/// Builds generation after generation on the core of the server, as little in its way as can be,
/// until it is stopped; how many.
fn reindex(desk: &Desk, stop: Arc<AtomicBool>) -> JoinHandle<usize> {
    let mut command = desk.program("nice");
    command.args(["-n", "19", "taskset", "-c", "0", JIEDA, "reindex", "--force"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    std::thread::spawn(move || {
        let mut built = 0;
        while !stop.load(Ordering::Relaxed) {
            assert!(command.status().unwrap().success());
            built += 1;
        }
        built
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_what_it_can_do() {
    survive(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_while_an_index_is_built() {
    survive(true).await;
}

async fn survive(is_building: bool) {
    let desk = help_center();
    let site = Site::start_alone(&desk);
    drop(capacity(site.address, Duration::from_secs(1)).await);
    let normal = capacity(site.address, Duration::from_secs(5)).await;
    assert!(normal.iter().all(|answer| answer.status != 503), "it can do what it can do");
    let rate = u32::try_from(normal.len()).unwrap() / 5 * 10;
    let mut normal: Vec<Duration> = normal.into_iter().map(|answer| answer.took).collect();
    let normal = quantile(&mut normal, 0.99);
    let memory = site.memory();

    let stop = Arc::new(AtomicBool::new(!is_building));
    let builder = reindex(&desk, Arc::clone(&stop));
    let health = health(site.ops);
    let crowd = flood(site.address, rate);
    let mut answers = witnesses(site.address).await;
    answers.sort_by_key(|(asked, _)| *asked);
    let all = answers.len();
    let (onset, answers) = answers.split_at(answers.partition_point(|(asked, _)| *asked < ONSET));
    let mut health = health.await.unwrap();
    let asked = crowd.join().unwrap();
    stop.store(true, Ordering::Relaxed);
    let built = builder.join().unwrap();
    let turned_away = site.metric("jieda_requests_shed_total").await;
    let grown = site.memory().saturating_sub(memory);
    let slowest = onset.iter().map(|(_, answer)| answer.took).max().unwrap();
    let mut accepted = of_status(answers, |status| status != 503);
    let mut shed = of_status(answers, |status| status == 503);
    assert!(answers.iter().all(|(_, answer)| answer.says_when == (answer.status == 503)));

    let ended = Instant::now();
    let mut client = Client::new(site.address).await.unwrap();
    let mut calm = 0;
    while calm < 100 {
        let answer = client.ask(PATHS[0]).await.unwrap();
        calm = if answer.status == 200 && answer.took <= normal * 2 { calm + 1 } else { 0 };
        assert!(ended.elapsed() < Duration::from_secs(5), "it does not recover");
    }
    // As often as somebody who looks at ten pages a second.
    let (mut views, mut ticks) = (0, tokio::time::interval(Duration::from_millis(100)));
    while views < 20 {
        ticks.tick().await;
        views = if view(site.address).await { views + 1 } else { 0 };
        assert!(ended.elapsed() < Duration::from_secs(5), "one browser is turned away");
    }
    let recovered = ended.elapsed();

    let (accepted_99, health_99) = (quantile(&mut accepted, 0.99), quantile(&mut health, 0.99));
    let (shed_50, shed_99) = (quantile(&mut shed, 0.5), quantile(&mut shed, 0.99));
    let result = format!(
        "{asked} in {FLOOD:?} ({rate}/s wanted), {turned_away} turned away; of {all} witnesses {} answered in \
         {accepted_99:?} at p99 (normal {normal:?}), {} told 503 in {shed_50:?} at p50 and {shed_99:?} at p99; \
         in the first second {slowest:?} at most; healthz {health_99:?} at p99, {grown} MiB more, calm after {recovered:?}, {built} generations built",
        accepted.len(),
        shed.len()
    );
    // Without `--release` turning somebody away is work as well, and the machine may be busy.
    // What a quiet machine does is in the line.
    assert!(turned_away > u64::from(asked) / 2 && !accepted.is_empty() && !shed.is_empty(), "{result}");
    assert!(accepted_99 <= normal * 3, "{result}");
    assert!(shed_50 <= Duration::from_millis(10).max(normal), "{result}");
    assert!(health_99 <= Duration::from_millis(50).max(normal), "{result}");
    assert!(grown <= 64, "{result}");
    let fault = if is_building { "10 times the capacity, reindex beside" } else { "10 times the capacity" };
    report("answers stay quick, the rest is told at once", fault, asked as usize, &result);
}
