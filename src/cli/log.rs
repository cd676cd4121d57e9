//! The log of the server: lines for stderr, written by a thread of their own.
//!
//! **Invariant:** nobody who writes a line waits for whoever reads it. What does not fit into
//! the queue is dropped and counted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::print;
use crate::config::{Config, LogFormat};
use crate::http::metrics::Metrics;

/// Lines that may wait to be written.
const QUEUE: usize = 4_096;
/// Longest line in bytes; what is longer is dropped, so that the queue has a bound in bytes.
const LONGEST: usize = 16 * 1024;
/// How long the end of the program waits for lines to be taken.
const LAST: Duration = Duration::from_secs(1);

enum Message {
    Line(Vec<u8>),
    /// Answered when all lines before it have been written.
    Flush(SyncSender<()>),
}

/// The end of the queue that lines are put in.
struct Queue {
    sender: SyncSender<Message>,
    metrics: Arc<Metrics>,
}

/// Waits for the last lines when it is dropped.
pub(super) struct Log(SyncSender<Message>);

/// Starts the log as the configuration wants it, panics included.
pub(super) fn start(config: &Config, metrics: Arc<Metrics>) -> anyhow::Result<Log> {
    let filter = EnvFilter::builder().parse(&config.log).context("the log filter")?;
    let (sender, lines) = sync_channel(QUEUE);
    let write = move || write_all(&lines, &mut io::stderr());
    std::thread::Builder::new().name("log".to_owned()).spawn(write).context("cannot start threads")?;
    let guard = Log(sender.clone());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Queue { sender, metrics });
    match config.log_format {
        LogFormat::Text => log.with_ansi(print::stderr_has_color()).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    // The usual hook writes to stderr itself, and would wait for it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(message = panic.payload_as_str().unwrap_or("no message"), place, "panic");
    }));
    Ok(guard)
}

fn write_all(lines: &Receiver<Message>, target: &mut impl Write) {
    for message in lines {
        match message {
            // A closed or full stderr must not end the log: it may come back.
            Message::Line(line) => drop(target.write_all(&line)),
            Message::Flush(done) => drop(done.try_send(())),
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let (done, written) = sync_channel(1);
        if self.0.try_send(Message::Flush(done)).is_ok() {
            // Whoever reads has had the time.
            let _ = written.recv_timeout(LAST);
        }
    }
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = &'a Queue;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// Takes whole lines, as the formatter writes them.
impl Write for &Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if line.len() > LONGEST || self.sender.try_send(Message::Line(line.to_vec())).is_err() {
            self.metrics.log_lines_dropped.add();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_a_reader() {
        let (sender, lines) = sync_channel(2);
        let metrics = Arc::new(Metrics::default());
        let queue = Queue { sender, metrics: Arc::clone(&metrics) };
        for line in ["1\n", "2\n", "3\n", "4\n"] {
            (&queue).write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(metrics.log_lines_dropped.count(), 2);
        drop(queue);
        let mut written = Vec::new();
        write_all(&lines, &mut written);
        assert_eq!(written, b"1\n2\n");
    }

    #[test]
    fn a_line_that_is_too_long_is_dropped() {
        let (sender, lines) = sync_channel(2);
        let metrics = Arc::new(Metrics::default());
        let queue = Queue { sender, metrics: Arc::clone(&metrics) };
        (&queue).write_all(&vec![b'a'; LONGEST + 1]).unwrap();
        assert_eq!((metrics.log_lines_dropped.count(), lines.try_iter().count()), (1, 0));
    }

    #[test]
    fn the_end_waits_for_the_last_lines() {
        let (sender, lines) = sync_channel(2);
        sender.try_send(Message::Line(b"last\n".to_vec())).unwrap();
        let writer = std::thread::spawn(move || {
            let mut written = Vec::new();
            write_all(&lines, &mut written);
            written
        });
        drop(Log(sender));
        assert_eq!(writer.join().unwrap(), b"last\n");
    }
}
