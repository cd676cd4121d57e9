//! `jieda serve --watch`: what is saved is indexed.
//!
//! 1. Something happens in the articles folder, or a few seconds have gone by: watches miss
//!    events on network file systems and in containers.
//! 2. Once it is quiet for a moment, the folder is walked: names, sizes and times of what
//!    `article::load` would read. Temporary files of editors are not among them.
//! 3. If these are not what the last build began with, articles are built again.
//! 4. What is saved meanwhile is noticed afterwards and built once, however often it is saved.

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
/// How long it takes at most to notice that it is time to stop.
const SLICE: Duration = Duration::from_millis(250);

/// The thread that watches; it ends when this is dropped.
pub(super) struct Watch {
    _stop: Sender<()>,
}

impl Watch {
    /// Watches `articles`, which were `known` when they were built last, and runs `reindex`
    /// whenever they have changed: a command that waits for a line on its stdin.
    pub(super) fn start(articles: PathBuf, known: Option<Stamp>, reindex: Command) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let follow = move || follow(&articles, known, &stopped, Writer { reindex, waiting: None });
        std::thread::Builder::new().name("watch".to_owned()).spawn(follow)?;
        Ok(Self { _stop: stop })
    }
}

fn follow(articles: &Path, mut known: Option<Stamp>, stop: &Receiver<()>, mut writer: Writer) {
    let (sender, events) = mpsc::channel();
    let mut watched = None;
    loop {
        watched = renew(watched.take(), articles, &sender);
        match load::stamp(articles) {
            Ok(stamp) if known.as_ref() != Some(&stamp) => {
                // Whoever holds the lock has read the articles before or after this change.
                known = (!writer.run()).then_some(stamp);
            }
            Ok(_) => {}
            // It may be on its way: moved, or checked out anew.
            Err(error) => tracing::debug!(%error, "cannot walk the articles"),
        }
        if !wait(&events, stop, || writer.stand_by()) {
            return;
        }
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
    true
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

    /// Builds; `true` when it has to be tried again.
    fn run(&mut self) -> bool {
        match self.finish() {
            // What is wrong with articles or disk has been said by whoever found it.
            Ok(status) => status.code() == Some(Exit::Locked as i32),
            Err(error) => {
                tracing::error!(%error, "the index cannot be built");
                true
            }
        }
    }

    fn finish(&mut self) -> io::Result<ExitStatus> {
        let waiting = match self.waiting.take() {
            // Somebody may have ended it.
            Some(mut child) => child.try_wait()?.is_none().then_some(child),
            None => None,
        };
        let mut child = match waiting {
            Some(child) => child,
            None => self.reindex.spawn()?,
        };
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(b"\n")?;
        }
        child.wait()
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
