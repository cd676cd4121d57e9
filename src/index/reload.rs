//! Notices that another generation was published.
//!
//! The index folder is watched (the folder, not the file: a rename replaces the file) and
//! `CURRENT` is read every few seconds as well, since watches can miss events on network
//! file systems and in containers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher};

use super::{Check, Error, Generation, IndexDir};

/// How often `CURRENT` is read without any event.
const POLL: Duration = Duration::from_secs(5);
/// How long a generation that was refused is left alone at most: checking one reads it whole.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// Events come in bursts: how long to wait for the last one.
const SETTLE: Duration = Duration::from_millis(20);
/// When to look though there is no last one: somebody may never stop writing in the folder.
const AT_LATEST: Duration = Duration::from_millis(250);

/// What has been found in an index folder.
#[derive(Debug)]
pub enum News {
    /// `CURRENT` names another generation, and it is whole.
    Published(Box<Generation>),
    /// Whether what serves is what `CURRENT` names. Told every time somebody has looked.
    InStep(bool),
}

/// Follows an index folder until `stop` is dropped. A generation that `CURRENT` names and
/// that is whole is handed to `tell`; one that is not is logged once, passed over, and
/// looked at again later: there may have been no file handles left to read it.
/// Blocks: run it on a thread of its own.
pub fn follow(dir: &IndexDir, serving: &str, stop: &mpsc::Receiver<()>, mut tell: impl FnMut(News)) {
    let (sender, events) = mpsc::channel();
    // Without a watch the poll still finds everything.
    let watcher = watch(dir.root(), sender);
    if watcher.is_none() {
        tracing::warn!(index = %dir.root().display(), "cannot watch the index folder, polling only");
    }
    let mut serving = serving.to_owned();
    let mut refused = Refused::default();
    loop {
        let mut is_in_step = false;
        match dir.current() {
            Ok(Some(current)) if current.generation != serving && refused.is_due(&current.generation) => {
                let id = current.generation;
                match open_and(dir, &id, |generation| tell(News::Published(Box::new(generation)))) {
                    Ok(()) => {
                        tracing::info!(generation = %id, "new generation serves");
                        serving = id;
                        is_in_step = true;
                        refused = Refused::default();
                    }
                    Err(error) if refused.again(&id) => {
                        tracing::error!(generation = %id, %serving, %error, "generation refused, the old one serves on");
                    }
                    Err(_) => {}
                }
            }
            Ok(Some(current)) => is_in_step = current.generation == serving,
            missing => {
                let error = missing.err().unwrap_or_else(|| Error::NoIndex(dir.root().to_owned()));
                if refused.again("CURRENT") {
                    tracing::error!(%serving, %error, "cannot tell which generation is current, the old one serves on");
                }
            }
        }
        tell(News::InStep(is_in_step));
        if !wait(&events, stop) {
            return;
        }
    }
}

/// Opens a generation and hands it over. Whatever happens to it, the follower goes on.
fn open_and(dir: &IndexDir, id: &str, swap: impl FnOnce(Generation)) -> Result<(), Error> {
    let opened = || Generation::open(&dir.generation(id), id, Check::Full).map(swap);
    catch_unwind(AssertUnwindSafe(opened)).unwrap_or_else(|_| {
        let reason = "its files have their hashes, but cannot be used".to_owned();
        Err(Error::Damaged { generation: id.to_owned(), reason })
    })
}

/// What was refused last, and when to look at it again.
#[derive(Default)]
struct Refused {
    what: Option<String>,
    since: Option<Instant>,
    wait: Duration,
}

impl Refused {
    /// Whether a generation was not refused lately.
    fn is_due(&self, id: &str) -> bool {
        self.what.as_deref() != Some(id) || self.since.is_none_or(|since| since.elapsed() >= self.wait)
    }

    /// Notes that something was refused; whether that is new. Each time it is left alone for
    /// twice as long.
    fn again(&mut self, what: &str) -> bool {
        let is_new = self.what.as_deref() != Some(what);
        self.wait = if is_new { POLL } else { (self.wait * 2).min(LONGEST_WAIT) };
        self.since = Some(Instant::now());
        self.what = Some(what.to_owned());
        is_new
    }
}

/// Waits for an event or the next poll; `false` when it is time to stop.
fn wait(events: &mpsc::Receiver<()>, stop: &mpsc::Receiver<()>) -> bool {
    let is_running = || matches!(stop.try_recv(), Err(mpsc::TryRecvError::Empty));
    let mut waited = Duration::ZERO;
    let slice = Duration::from_millis(250);
    while waited < POLL {
        match events.recv_timeout(slice) {
            Ok(()) => {
                let first = Instant::now();
                while first.elapsed() < AT_LATEST && events.recv_timeout(SETTLE).is_ok() {}
                return is_running();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(slice),
        }
        if !is_running() {
            return false;
        }
        waited += slice;
    }
    true
}

fn watch(root: &Path, sender: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let notice = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // Nobody listens any more once the follower has stopped.
            let _ = sender.send(());
        }
    };
    let mut watcher = notify::recommended_watcher(notice).ok()?;
    watcher.watch(root, RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn events_without_end_do_not_keep_it_from_looking() {
        let (sender, events) = mpsc::channel();
        let (_running, stop) = mpsc::channel();
        let has_looked = AtomicBool::new(false);
        let begun = Instant::now();
        let waited = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !has_looked.load(Ordering::Relaxed) && begun.elapsed() < POLL {
                    sender.send(()).unwrap();
                    std::thread::yield_now();
                }
            });
            assert!(wait(&events, &stop));
            has_looked.store(true, Ordering::Relaxed);
            begun.elapsed()
        });
        assert!(waited < POLL, "{waited:?}");
    }
}
