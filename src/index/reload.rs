//! Notices that another generation was published.
//!
//! The index folder is watched (the folder, not the file: a rename replaces the file) and
//! `CURRENT` is read every few seconds as well, since watches can miss events on network
//! file systems and in containers.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use notify::{RecursiveMode, Watcher};

use super::{Check, Generation, IndexDir};

/// How often `CURRENT` is read without any event.
const POLL: Duration = Duration::from_secs(5);
/// Events come in bursts: how long to wait for the last one.
const SETTLE: Duration = Duration::from_millis(20);

/// Follows an index folder until `stop` is dropped. A generation that `CURRENT` names and
/// that is whole is handed to `swap`; one that is not is logged once and passed over.
/// Blocks: run it on a thread of its own.
pub fn follow(dir: &IndexDir, serving: &str, stop: &mpsc::Receiver<()>, mut swap: impl FnMut(Generation)) {
    let (sender, events) = mpsc::channel();
    // Without a watch the poll still finds everything.
    let watcher = watch(dir.root(), sender);
    if watcher.is_none() {
        tracing::warn!(index = %dir.root().display(), "cannot watch the index folder, polling only");
    }
    let mut serving = serving.to_owned();
    let mut refused: Option<String> = None;
    loop {
        match dir.current() {
            Ok(Some(current))
                if current.generation != serving && refused.as_ref() != Some(&current.generation) =>
            {
                let id = current.generation;
                match Generation::open(&dir.generation(&id), &id, Check::Full) {
                    Ok(generation) => {
                        tracing::info!(generation = %id, "new generation serves");
                        serving = id;
                        refused = None;
                        swap(generation);
                    }
                    Err(error) => {
                        tracing::error!(generation = %id, serving = %serving, %error, "generation refused, the old one serves on");
                        refused = Some(id);
                    }
                }
            }
            Ok(_) => {}
            Err(error) => {
                if refused.as_deref() != Some("CURRENT") {
                    tracing::error!(serving = %serving, %error, "cannot tell which generation is current, the old one serves on");
                    refused = Some("CURRENT".to_owned());
                }
            }
        }
        if !wait(&events, stop) {
            return;
        }
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
                while events.recv_timeout(SETTLE).is_ok() {}
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
