//! Programs that a bench runs: a server and where it listens, and what a process has used.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server, ended when dropped.
pub(crate) struct Server {
    process: Child,
    /// Where it listens, as `host:port`.
    pub(crate) address: String,
}

impl Server {
    /// Starts a program whose first line has the address: alone, or in a URL.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the server says where it is");
        let said = line.split("http://").last().unwrap_or_default();
        let address = said.split(['/', '\n']).next().unwrap_or_default().to_owned();
        assert!(address.contains(':'), "the server says: {line}");
        Self { process, address }
    }

    /// CPU time of the server so far.
    pub(crate) fn cpu_time(&self) -> Duration {
        cpu_time(&self.process.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// CPU time of all threads of a process so far, by its id or `self` (`proc(5)`: fields 14 and 15
/// of `stat`, in hundredths of a second).
pub(crate) fn cpu_time(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("Linux has /proc");
    let (_, fields) = stat.rsplit_once(") ").expect("the name of the process ends");
    let ticks =
        fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().expect("a count of ticks"));
    Duration::from_millis(ticks.sum::<u64>() * 10)
}
