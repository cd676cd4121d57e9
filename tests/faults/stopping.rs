//! SIGTERM at any moment, under load.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::crowd::{Client, Site};
use crate::process::Desk;
use crate::report;

const STOPS: u32 = 200;
/// Each of two clients asks so often: 500 times a second together, which is a load and no flood.
const PACE: Duration = Duration::from_millis(4);
const PATHS: [&str; 3] = ["/zh/articles/account/login", "/api/v1/search?q=%E7%99%BB%E5%BD%95", "/zh/"];

/// Asks as something in front of the server does: over new connections and kept ones, as long
/// as the server is ready. What failed.
async fn ask(site: &Site, is_ready: &AtomicBool, asked: &AtomicUsize, number: usize) -> Vec<String> {
    let (mut failed, mut kept) = (Vec::new(), None);
    let mut ticks = tokio::time::interval(PACE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while is_ready.load(Ordering::Relaxed) {
        ticks.tick().await;
        let turn = asked.fetch_add(1, Ordering::Relaxed);
        let client = match kept.take() {
            Some(client) => Ok(client),
            None => Client::new(site.address).await,
        };
        let mut client = match client {
            Ok(client) => client,
            Err(error) => {
                failed.push(format!("cannot connect: {error}"));
                continue;
            }
        };
        match client.ask(PATHS[turn % PATHS.len()]).await {
            Ok(answer) if answer.status == 200 => {
                kept = (number.is_multiple_of(2) && !answer.is_last).then_some(client);
            }
            other => failed.push(format!("{other:?}")),
        }
    }
    failed
}

/// Looks whether the server is ready until it is not.
async fn watch(site: &Site, is_ready: &AtomicBool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        let answer = Client::new(site.ops).await.unwrap().ask("/readyz").await.unwrap();
        if answer.status == 503 {
            return is_ready.store(false, Ordering::Relaxed);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_at_any_moment_loses_nothing() {
    let desk = Desk::indexed(&[("articles/zh/account/login.md", "# 无法登录\n\n检查密码，再登录。\n")]);
    let asked = Arc::new(AtomicUsize::new(0));
    let (mut slowest, mut failed) = (Duration::ZERO, Vec::new());
    for stop in 0..STOPS {
        let mut site = Site::start(&desk, &[("JIEDA_LIMITS_DRAIN_DELAY_MS", "500")]);
        let is_ready = AtomicBool::new(true);
        // Anywhere in half a second.
        let moment = Duration::from_millis(u64::from(stop * 37 % 500));
        let load = async {
            let (kept, new) =
                tokio::join!(ask(&site, &is_ready, &asked, 0), ask(&site, &is_ready, &asked, 1));
            [kept, new].concat()
        };
        let signal = async {
            tokio::time::sleep(moment).await;
            let id = site.process.id().to_string();
            assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
            Instant::now()
        };
        let (lost, sent, ()) = tokio::join!(load, signal, watch(&site, &is_ready));
        failed.extend(lost);
        assert_eq!(site.process.wait().unwrap().code(), Some(0));
        slowest = slowest.max(sent.elapsed());
    }
    let result = format!(
        "{} requests, {} failed, the slowest end after {slowest:?}",
        asked.load(Ordering::Relaxed),
        failed.len()
    );
    assert!(failed.is_empty(), "{result}: {:?}", &failed[..failed.len().min(20)]);
    assert!(slowest < Duration::from_secs(5), "{result}");
    report("a stop loses no request", "SIGTERM under load", STOPS as usize, &result);
}
