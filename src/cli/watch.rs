//! `jieda serve --watch`: what is saved is indexed.
//!
//! 1. Something happens in the articles folder, or a few seconds have gone by: watches miss
//!    events on network file systems and in containers.
//! 2. Once it is quiet for a moment, the folder is walked: names, sizes and times of what
//!    `article::load` would read. Temporary files of editors are not among them.
//! 3. If these are not what the last build began with, articles are built again.
//! 4. What is saved meanwhile is noticed afterwards and built once, however often it is saved.
//! 5. A build that ended for any other reason than its articles (somebody held the lock, the disk
//!    was full, the process was killed) is tried again, each time after twice as long.

use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::Exit;
use crate::article::load::{self, Stamp};

/// How often the folder is walked without any event.
const POLL: Duration = Duration::from_secs(3);
/// How long it must be quiet before a build: editors write more than once.
const SETTLE: Duration = Duration::from_millis(25);
/// When a build begins though it is never quiet.
const AT_LATEST: Duration = Duration::from_millis(250);
/// How long after a failed build the next one begins at the latest.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How long it takes at most to notice that it is time to stop.
const SLICE: Duration = Duration::from_millis(250);

/// The thread that watches. Once this is dropped it begins no other build, and ends.
pub(super) struct Watch {
    _stop: Sender<()>,
}

impl Watch {
    /// Watches `articles`, which were `known` when they were last built or refused for what is
    /// in them, and runs `reindex` whenever they have changed: a command that waits for a line
    /// on its stdin.
    pub(super) fn start(articles: PathBuf, known: Option<Stamp>, reindex: Command) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let built = Built { known, failed: None };
        let follow = move || follow(&articles, built, &stopped, Writer { reindex, waiting: None });
        std::thread::Builder::new().name("watch".to_owned()).spawn(follow)?;
        Ok(Self { _stop: stop })
    }
}

fn follow(articles: &Path, mut built: Built, stop: &Receiver<()>, mut writer: Writer) {
    let (sender, events) = mpsc::channel();
    let mut watched = None;
    loop {
        watched = renew(watched.take(), articles, &sender);
        match load::stamp(articles) {
            Ok(stamp) if built.is_due(&stamp) => match writer.run() {
                Ok(status) if is_final(status) => built = Built { known: Some(stamp), failed: None },
                Ok(status) => {
                    let wait = built.fail(stamp);
                    tracing::warn!(%status, again_in = ?wait, "the index was not built");
                }
                Err(error) => {
                    let wait = built.fail(stamp);
                    tracing::error!(%error, again_in = ?wait, "the index cannot be built");
                }
            },
            Ok(_) => {}
            // It may be on its way: moved, or checked out anew.
            Err(error) => tracing::debug!(%error, "cannot walk the articles"),
        }
        if !wait(&events, stop, || writer.stand_by()) {
            return;
        }
    }
}

/// Whether these articles need not be built again: they are published, or refused for what is
/// in them. Everything else may be over by the next time.
pub(super) fn is_final(status: ExitStatus) -> bool {
    status.success() || status.code() == Some(Exit::Content as i32)
}

/// Which articles need no build.
struct Built {
    known: Option<Stamp>,
    failed: Option<Failed>,
}

/// The build that failed last.
struct Failed {
    stamp: Stamp,
    at: Instant,
    /// How long it is left alone.
    wait: Duration,
}

impl Built {
    /// Whether articles are to be built now.
    fn is_due(&self, stamp: &Stamp) -> bool {
        let is_too_soon = |failed: &Failed| failed.stamp == *stamp && failed.at.elapsed() < failed.wait;
        self.known.as_ref() != Some(stamp) && !self.failed.as_ref().is_some_and(is_too_soon)
    }

    /// Notes that a build failed; how long the same articles are left alone. Others are not.
    fn fail(&mut self, stamp: Stamp) -> Duration {
        let wait = match &self.failed {
            Some(failed) if failed.stamp == stamp => (failed.wait * 2).min(LONGEST_WAIT),
            _ => POLL,
        };
        // Whatever was known before may not be what is in the index by now.
        *self = Self { known: None, failed: Some(Failed { stamp, at: Instant::now(), wait }) };
        wait
    }
}

/// Waits for an event and the end of its burst, or for the next poll; `false` when it is
/// time to stop. `idle` is called while nothing happens.
fn wait(events: &Receiver<()>, stop: &Receiver<()>, mut idle: impl FnMut()) -> bool {
    let is_running = || matches!(stop.try_recv(), Err(TryRecvError::Empty));
    let until = Instant::now() + POLL;
    while Instant::now() < until {
        if events.recv_timeout(SLICE).is_ok() {
            let first = Instant::now();
            while first.elapsed() < AT_LATEST && events.recv_timeout(SETTLE).is_ok() {}
            return is_running();
        }
        if !is_running() {
            return false;
        }
        idle();
    }
    is_running()
}

/// Runs `jieda reindex`, each in a process of its own. The next one waits with its
/// dictionaries loaded, which takes longer than to index a thousand articles.
struct Writer {
    reindex: Command,
    waiting: Option<Child>,
}

impl Writer {
    /// Starts the process that waits, if there is none.
    fn stand_by(&mut self) {
        if self.waiting.is_none() {
            // One that cannot be started is said to be when it is needed.
            self.waiting = self.reindex.spawn().ok();
        }
    }

    /// Builds; how the process ended.
    fn run(&mut self) -> io::Result<ExitStatus> {
        let waiting = match self.waiting.take() {
            // Somebody may have ended it.
            Some(mut child) => child.try_wait()?.is_none().then_some(child),
            None => None,
        };
        let mut child = match waiting {
            Some(child) => child,
            None => self.reindex.spawn()?,
        };
        let told = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(b"\n"));
        // Whoever was not told is gone, or ends now.
        let status = child.wait()?;
        told.map(|()| status)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(mut child) = self.waiting.take() {
            // It ends once nobody can tell it anything; how is nobody's concern.
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

/// A watch of a folder and all below it.
struct Watched {
    /// Device and inode: a folder that was replaced is another one.
    folder: (u64, u64),
    /// `None` where there can be none.
    _watcher: Option<RecommendedWatcher>,
}

/// The watch of `articles`, made anew where the folder is another one than before. Without a
/// watch the poll still finds everything.
fn renew(watched: Option<Watched>, articles: &Path, sender: &Sender<()>) -> Option<Watched> {
    let metadata = std::fs::metadata(articles).ok()?;
    let folder = (metadata.dev(), metadata.ino());
    if watched.as_ref().is_some_and(|watched| watched.folder == folder) {
        return watched;
    }
    let sender = sender.clone();
    let notice = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // Nobody listens any more once the thread has ended.
            let _ = sender.send(());
        }
    };
    let watcher = notify::recommended_watcher(notice).and_then(|mut watcher| {
        watcher.watch(&articles.canonicalize()?, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    if let Err(error) = &watcher {
        tracing::warn!(articles = %articles.display(), %error, "cannot watch the articles, polling only");
    }
    Some(Watched { folder, _watcher: watcher.ok() })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn only_articles_are_a_reason_not_to_try_again() {
        let is_final_code = |code: i32| is_final(ExitStatus::from_raw(code << 8));
        assert!(is_final_code(0) && is_final_code(3));
        for code in [1, 2, 4, 5, 6, 101, 130] {
            assert!(!is_final_code(code), "{code}");
        }
        assert!(!is_final(ExitStatus::from_raw(9)), "killed");
    }

    #[test]
    fn what_failed_is_tried_again_later_and_later() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = |name: &str| {
            std::fs::write(folder.path().join(name), "").unwrap();
            load::stamp(folder.path()).unwrap()
        };
        let (first, second) = (stamp("a.md"), stamp("b.md"));
        let mut built = Built { known: Some(first.clone()), failed: None };
        assert!(!built.is_due(&first) && built.is_due(&second));
        assert_eq!(built.fail(second.clone()), POLL);
        assert!(!built.is_due(&second), "not at once");
        assert!(built.is_due(&first), "others at once");
        assert_eq!(built.fail(second.clone()), POLL * 2);
        for _ in 0..9 {
            built.fail(second.clone());
        }
        assert_eq!(built.fail(second.clone()), LONGEST_WAIT);
        if let Some(failed) = &mut built.failed {
            failed.wait = Duration::ZERO;
        }
        assert!(built.is_due(&second));
    }
}
