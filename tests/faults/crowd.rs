//! A server with an address for operators, and clients that ask it over kept connections.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::process::Desk;

/// The sample help center, indexed.
pub(crate) fn help_center() -> Desk {
    let files = crate::world::help_center_files();
    let files: Vec<(String, &str)> =
        files.iter().map(|(path, content)| (format!("articles/{path}"), content.as_str())).collect();
    Desk::indexed(&files.iter().map(|(path, content)| (path.as_str(), *content)).collect::<Vec<_>>())
}

/// A server of a desk's index.
pub(crate) struct Site {
    pub(crate) process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) ops: SocketAddr,
    /// The cores that this process had before it made room.
    cores: Option<String>,
}

impl Site {
    pub(crate) fn start(desk: &Desk, variables: &[(&str, &str)]) -> Self {
        Self::start_by(desk, &[], variables)
    }

    /// The server on the first core, everything else of this process on the second until the
    /// server ends: what is measured is the server, not how much of a core the crowd leaves it.
    /// For tests that run alone (`--test-threads 1`).
    pub(crate) fn start_alone(desk: &Desk) -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let cores = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
        let mut site = Self::start_by(desk, &["taskset", "-c", "0"], &[]);
        assert!(move_to("1"), "two cores are needed");
        site.cores = Some(cores.trim().to_owned());
        site
    }

    fn start_by(desk: &Desk, wrap: &[&str], variables: &[(&str, &str)]) -> Self {
        let program: Vec<&str> = wrap.iter().copied().chain([crate::process::JIEDA]).collect();
        let mut command = desk.program(program[0]);
        command.args(&program[1..]).args(["serve", "--listen", "127.0.0.1:0", "--no-build"]);
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let ops = free.local_addr().unwrap();
        drop(free);
        command.env("JIEDA_OPS_LISTEN", ops.to_string()).env("JIEDA_LOG", "error").stderr(Stdio::null());
        let mut process = command.envs(variables.iter().copied()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let address = ready.split("http://").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
        Self { process, address, ops, cores: None }
    }

    /// Memory in use, in MiB.
    pub(crate) fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
    }

    /// A figure of `/metrics`.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let mut operator = Client::new(self.ops).await.unwrap();
        operator.ask("/metrics").await.unwrap();
        let text = operator.body();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        // Whatever runs behind this has all cores again.
        if let Some(cores) = &self.cores {
            move_to(cores);
        }
    }
}

/// Moves all threads of this process to these cores.
fn move_to(cores: &str) -> bool {
    let me = std::process::id().to_string();
    Command::new("taskset").args(["-a", "-p", "-c", cores, &me]).output().unwrap().status.success()
}

/// A client with one connection.
pub(crate) struct Client {
    stream: TcpStream,
    reply: Vec<u8>,
    head: usize,
}

/// What became of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) took: Duration,
    /// Whether it says when to come again.
    pub(crate) says_when: bool,
    /// Whether the connection ends with it.
    pub(crate) is_last: bool,
}

impl Client {
    pub(crate) async fn new(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, reply: Vec::new(), head: 0 })
    }

    /// Asks and reads the whole reply.
    pub(crate) async fn ask(&mut self, path: &str) -> std::io::Result<Answer> {
        let started = Instant::now();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await?;
        self.reply.clear();
        let (mut head, mut length) = (None, 0);
        loop {
            if self.stream.read_buf(&mut self.reply).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if head.is_none() {
                let end = self.reply.windows(4).position(|bytes| bytes == b"\r\n\r\n");
                head = end.map(|end| end + 4);
                let text = String::from_utf8_lossy(&self.reply[..head.unwrap_or(0)]);
                let named = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                length = named.map_or(0, |length| length.parse().unwrap());
            }
            if head.is_some_and(|head| self.reply.len() >= head + length) {
                break;
            }
        }
        self.head = head.unwrap_or(0);
        let text = String::from_utf8_lossy(&self.reply[..self.head]);
        Ok(Answer {
            status: text.split(' ').nth(1).unwrap().parse().unwrap(),
            took: started.elapsed(),
            says_when: text.contains("\r\nretry-after: "),
            is_last: text.contains("\r\nconnection: close"),
        })
    }

    pub(crate) fn body(&self) -> String {
        String::from_utf8_lossy(&self.reply[self.head..]).into_owned()
    }
}

/// A connection from an address of ours, such as `127.0.1.7`, that takes little at a time.
pub(crate) async fn connect_from(source: &str, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4_096)?;
    socket.bind(format!("{source}:0").parse().unwrap())?;
    socket.connect(to).await
}

/// The duration that a share of all did not exceed, such as 0.99.
pub(crate) fn quantile(durations: &mut [Duration], share: f64) -> Duration {
    durations.sort_unstable();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank"
    )]
    let rank = (share * durations.len() as f64) as usize;
    durations.get(rank.min(durations.len().saturating_sub(1))).copied().unwrap_or_default()
}
