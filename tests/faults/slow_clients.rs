//! Thousands of connections that say nothing, half of something, or take nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Barrier;

use crate::crowd::{Client, Site, connect_from, help_center, quantile};
use crate::report;

/// Hostile connections.
const HOSTILE: usize = 8_000;
/// As many of them come from one address.
const OF_ONE: usize = 100;
/// Who open them, side by side.
const ATTACKERS: usize = 50;
const PATH: &str = "/api/v1/search?q=%E6%8F%90%E5%B8%81%E5%A4%B1%E8%B4%A5&lang=zh";

/// A hostile connection, from an address that has a hundred of them.
async fn hostile(number: usize, to: SocketAddr) -> std::io::Result<TcpStream> {
    let from = number / OF_ONE;
    connect_from(&format!("127.0.{}.{}", 1 + from / 250, 1 + from % 250), to).await
}

/// What it says: nothing, half a head, half a body, or much of which it takes no reply.
async fn say(number: usize, stream: &mut TcpStream, large: &str) -> std::io::Result<()> {
    match number % 4 {
        0 => {}
        1 => stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-half").await?,
        2 => {
            let head = "POST /api/v1/feedback HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(b"content-length: 1000\r\n\r\n{\"id\":").await?;
        }
        _ => {
            let request = format!("GET {large} HTTP/1.1\r\nhost: a\r\n\r\n").repeat(64);
            stream.write_all(request.as_bytes()).await?;
        }
    }
    Ok(())
}

/// What a client of good faith waits for at p99, asking fifty times a second.
async fn legitimate(address: SocketAddr, during: Duration) -> Duration {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let (mut took, started) = (Vec::new(), Instant::now());
    while started.elapsed() < during {
        ticks.tick().await;
        let begun = Instant::now();
        // Each time a connection of its own: that is what runs out.
        let answer = Client::new(address).await.unwrap().ask(PATH).await.unwrap();
        if answer.status == 200 {
            took.push(begun.elapsed());
        }
    }
    assert!(!took.is_empty());
    quantile(&mut took, 0.99)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_thousand_hostile_connections() {
    let desk = help_center();
    let site = Site::start_alone(&desk);
    let (address, memory) = (site.address, site.memory());
    let mut home = Client::new(address).await.unwrap();
    home.ask("/zh/").await.unwrap();
    let page = home.body();
    let sheet = page.split('"').find(|part| part.starts_with("/assets/jieda.") && part.contains(".css"));
    let sheet = sheet.unwrap_or_else(|| panic!("no sheet in {page}"));
    let normal = legitimate(address, Duration::from_secs(5)).await;

    let begun = Instant::now();
    let open = Arc::new(Barrier::new(ATTACKERS + 1));
    let attackers = (0..ATTACKERS).map(|attacker| {
        let (sheet, all_open) = (sheet.to_owned(), Arc::clone(&open));
        tokio::spawn(async move {
            let mut connections = Vec::new();
            for number in (attacker..HOSTILE).step_by(ATTACKERS) {
                connections.push((number, hostile(number, address).await.unwrap()));
            }
            all_open.wait().await;
            for (number, stream) in &mut connections {
                say(*number, stream, &sheet).await.unwrap();
            }
            connections
        })
    });
    let attackers: Vec<_> = attackers.collect();
    open.wait().await;
    let opened = begun.elapsed();
    let most = site.metric("jieda_connections_open").await;
    let mut connections = Vec::new();
    for attacker in attackers {
        connections.extend(attacker.await.unwrap());
    }
    let during = legitimate(address, Duration::from_secs(5)).await;
    let grown = site.memory().saturating_sub(memory);
    let last = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    // Only the one of `home` may be left, if that is.
    while site.metric("jieda_connections_open").await > 1 {
        ticks.tick().await;
        assert!(
            last.elapsed() < Duration::from_secs(20),
            "{} are left",
            site.metric("jieda_connections_open").await
        );
    }
    // Five seconds have passed since the last of them came.
    let reaped = last.elapsed() + Duration::from_secs(5);
    drop(connections);

    let result = format!(
        "opened in {opened:?}, {most} at one time, p99 of others {during:?} (normal {normal:?}), \
         {grown} MiB more, all gone {reaped:?} after the last"
    );
    assert!(most >= 8_000 && reaped <= Duration::from_secs(16), "{result}");
    assert!(during <= normal * 3 + Duration::from_millis(10), "{result}");
    report(
        "slow clients harm nobody and are sent away",
        "silent, half-spoken, untaken connections",
        HOSTILE,
        &result,
    );
}

#[tokio::test]
async fn one_address_gets_a_hundred() {
    let desk = help_center();
    let site = Site::start(&desk, &[]);
    let mut connections = Vec::new();
    for _ in 0..300 {
        connections.push(connect_from("127.0.0.77", site.address).await.unwrap());
    }
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    while site.metric("jieda_connections_refused_total").await < 200 {
        ticks.tick().await;
    }
    assert_eq!(site.metric("jieda_connections_open").await, 100);
    let answer = Client::new(site.address).await.unwrap().ask("/healthz").await.unwrap();
    assert_eq!(answer.status, 200);
    report("one address has 100 connections", "300 from one address", 300, "200 closed at once");
}
