//! A clock that jumps below a running server and its reindexers. The steady clock goes on, as it
//! does where somebody sets the time.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::process::{Desk, finish};
use crate::report;
use crate::server::{Load, Server};

/// A day ahead, a day back, over a leap day, before any version of this was written, and home.
const JUMPS: [&str; 6] = ["+1d", "-1d", "+600d", "-9000d", "+2h", "+0d"];
const ZONES: [&str; 3] = ["UTC", "Asia/Kathmandu", "America/St_Johns"];
const PATHS: [&str; 3] = ["/zh/articles/a/one", "/api/v1/search?q=%E6%8F%90%E5%B8%81", "/zh/"];

fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    let mut found =
        folders.map(|folder| folder.join("faketime/libfaketime.so.1")).filter(|path| path.exists());
    found.next().expect("libfaketime is installed (apt-get install faketime)")
}

fn answers(path: &str, status: u16, _: &str) -> Result<(), String> {
    if status == 200 { Ok(()) } else { Err(format!("{path}: {status}")) }
}

#[test]
fn time_may_jump() {
    let desk = Desk::indexed(&[("articles/zh/a/one.md", "# 提币\n\n第 0 次。\n")]);
    desk.write("clock", "+0d\n");
    let library = format!("LD_PRELOAD={}", library().display());
    let clock = format!("FAKETIME_TIMESTAMP_FILE={}", desk.path("clock").display());
    let faked = [
        "env",
        &library,
        &clock,
        "FAKETIME_NO_CACHE=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "DONT_FAKE_MONOTONIC=1",
    ];
    let server = Server::start(&desk, &faked, &["--no-build"]);
    let load = Load::start(&server.address, 2, &PATHS, answers);
    let mut idle = TcpStream::connect(&server.address).unwrap();
    idle.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut years = Vec::new();
    for (turn, jump) in JUMPS.iter().enumerate() {
        desk.write("clock", &format!("{jump}\n"));
        desk.write("articles/zh/a/one.md", &format!("# 提币\n\n第 {} 次。\n", turn + 1));
        let zone = format!("TZ={}", ZONES[turn % ZONES.len()]);
        let mut reindex = desk.program(faked[0]);
        reindex.args(&faked[1..]).args([zone.as_str(), crate::process::JIEDA, "reindex"]);
        finish(&mut reindex).expect(0);
        let generation = desk.serving();
        server.follows(&generation);
        years.push(desk.index().open_current(jieda::index::Check::Full).unwrap().manifest().built.clone());
        // A connection that says little is not older for it.
        idle.write_all(b"GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        let mut reply = [0; 4096];
        let length = idle.read(&mut reply).unwrap();
        let reply = String::from_utf8_lossy(&reply[..length]);
        assert!(reply.starts_with("HTTP/1.1 200 ") && reply.contains(&generation), "{jump}: {reply}");
    }
    let (asked, failed) = load.stop();
    assert_eq!(failed, Vec::<String>::new());
    let generations = desk.index().list().unwrap();
    assert!(generations.is_sorted(), "{generations:?}");
    years.sort();
    years.dedup();
    assert_eq!(years.len(), JUMPS.len(), "the clock has not jumped: {years:?}");
    let result = format!("{} generations in order, 0 of {asked} requests failed", JUMPS.len());
    report(
        "time may jump (F-13)",
        "the clock set from -9000 to +600 days, three zones",
        JUMPS.len(),
        &result,
    );
}
