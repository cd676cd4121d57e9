//! The server as a process, and readers that never stop asking.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::process::Desk;

/// A server that answers.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
    /// Where its log goes.
    log: std::path::PathBuf,
}

impl Server {
    /// Serves the index of a desk; `wrap` is what runs the program, such as strace.
    pub(crate) fn start(desk: &Desk, wrap: &[&str], arguments: &[&str]) -> Self {
        let log = desk.path("server.log");
        let program: Vec<&str> = wrap.iter().copied().chain([crate::process::JIEDA]).collect();
        let mut command = desk.program(program[0]);
        command.args(&program[1..]).args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
        command.stderr(Stdio::from(fs::File::create(&log).unwrap()));
        let mut process = command.spawn().unwrap();
        let mut ready = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut ready).unwrap();
        assert!(ready.contains("http://"), "{ready} {}", fs::read_to_string(&log).unwrap());
        let address = ready.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self { process, address, log }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Whether its log says this, now or soon: a thread of its own writes it.
    pub(crate) fn says(&self, text: &str) -> bool {
        let started = Instant::now();
        while !self.log().contains(text) && started.elapsed() < Duration::from_secs(5) {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        self.log().contains(text)
    }

    pub(crate) fn get(&self, path: &str) -> Result<(u16, String), String> {
        get(&self.address, path)
    }

    /// The generation that answers.
    pub(crate) fn generation(&self) -> String {
        let (status, body) = self.get("/readyz").unwrap();
        assert_eq!(status, 200, "{body}");
        body.split("\"generation\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// Waits until it answers from this generation; how long that took.
    pub(crate) fn follows(&self, generation: &str) -> Duration {
        let started = Instant::now();
        while self.generation() != generation {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "{generation} is not served: {}",
                self.log()
            );
            std::thread::park_timeout(Duration::from_millis(5));
        }
        started.elapsed()
    }

    /// Memory that is its own and in use, in KiB, and open files.
    pub(crate) fn uses(&self) -> (usize, usize) {
        let proc = format!("/proc/{}", self.process.id());
        let status = fs::read_to_string(format!("{proc}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
        let kib = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        (kib, fs::read_dir(format!("{proc}/fd")).unwrap().count())
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        // What runs it does not take it along.
        let _ = Command::new("pkill").args(["-KILL", "-P", &self.process.id().to_string()]).status();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Status and body of a reply, over a connection of its own.
pub(crate) fn get(address: &str, path: &str) -> Result<(u16, String), String> {
    let failed = |error: std::io::Error| format!("{path}: {error}");
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).map_err(failed)?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").map_err(failed)?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).map_err(failed)?;
    let reply = String::from_utf8_lossy(&reply);
    let status = reply.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| format!("{path}: no reply: {reply:?}"))?;
    Ok((status, reply.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned()))
}

/// Readers that ask until they are stopped.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    readers: Vec<JoinHandle<Vec<String>>>,
}

impl Load {
    /// Starts readers that ask for these paths in turn; `check` says what is wrong with a reply.
    pub(crate) fn start(
        address: &str,
        readers: usize,
        paths: &[&str],
        check: fn(&str, u16, &str) -> Result<(), String>,
    ) -> Self {
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        let reader = |number: usize| {
            let (stop, asked, paths) = (Arc::clone(&stop), Arc::clone(&asked), paths.clone());
            let address = address.to_owned();
            std::thread::spawn(move || {
                let mut failures = Vec::new();
                let mut next = number;
                while !stop.load(Ordering::Relaxed) && failures.len() < 10 {
                    let path = &paths[next % paths.len()];
                    next += 1;
                    let reply = get(&address, path);
                    asked.fetch_add(1, Ordering::Relaxed);
                    failures.extend(reply.and_then(|(status, body)| check(path, status, &body)).err());
                }
                failures
            })
        };
        let readers = (0..readers).map(reader).collect();
        Self { stop, asked, readers }
    }

    /// Stops; how many requests there were, and what was wrong with any.
    pub(crate) fn stop(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        let failures = self.readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
        (self.asked.load(Ordering::Relaxed), failures)
    }
}
