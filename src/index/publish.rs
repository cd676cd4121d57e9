//! The index folder: its lock, its generations, and which of them serves.
//!
//! Publishing: every file is synced, the building folder is renamed into place and the
//! parent synced, then `CURRENT.tmp` is written, synced and renamed over `CURRENT`. A
//! crash at any point leaves the old or the new generation, whole.

use std::collections::hash_map::RandomState;
use std::fs::{File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Check, Error, Generation, Manifest};

/// Generations that stay on disk.
const KEEP: usize = 3;

/// How long whoever has just taken the lock may take to say so.
const UNTIL_NAMED: Duration = Duration::from_millis(50);

const CURRENT: &str = "CURRENT";
const GENERATIONS: &str = "generations";
const BUILDING: &str = ".building-";
/// What the names of generations begin with while they are removed.
const PRUNED: &str = ".pruned-";
/// The second line of `CURRENT` after a roll-back.
const PINNED: &str = "pinned";

/// The folder of an index.
#[derive(Debug, Clone)]
pub struct IndexDir {
    root: PathBuf,
}

/// What `CURRENT` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The generation that serves.
    pub generation: String,
    /// It was chosen by a roll-back: it stays until there is something else to publish than what
    /// was rolled back from.
    pub is_pinned: bool,
}

/// The right to write; given back when dropped, or when the process ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl IndexDir {
    /// The index in `root`, which need not exist yet.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a generation.
    #[must_use]
    pub fn generation(&self, id: &str) -> PathBuf {
        self.root.join(GENERATIONS).join(id)
    }

    /// Takes the lock; creates the folder if it is not there.
    ///
    /// # Errors
    /// [`Error::Locked`] at once when somebody else has it.
    pub fn lock(&self) -> Result<Lock, Error> {
        let generations = self.root.join(GENERATIONS);
        std::fs::create_dir_all(&generations).map_err(Error::io("create", &generations))?;
        let path = self.root.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let own = format!("process {} on {}\n", std::process::id(), host.trim());
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                std::thread::sleep(UNTIL_NAMED);
                // Who holds it is a courtesy: without it the message is still right.
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() {
                    "another process".to_owned()
                } else {
                    holder.trim().to_owned()
                };
                return Err(Error::Locked { path: self.root.clone(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
        }
        let written =
            file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(own.as_bytes()));
        written.map_err(Error::io("write", &path))?;
        Ok(Lock { _file: file })
    }

    /// Takes the lock of an index that has been published to before.
    ///
    /// # Errors
    /// [`Error::NoIndex`] when there is none, and what [`Self::lock`] says.
    pub fn lock_existing(&self) -> Result<Lock, Error> {
        match self.current()? {
            Some(_) => self.lock(),
            None => Err(Error::NoIndex(self.root.clone())),
        }
    }

    /// Opens the generation that serves, and no other.
    ///
    /// # Errors
    /// [`Error::NoIndex`] when there is none, and what [`Generation::open`] says.
    pub fn open_current(&self, check: Check) -> Result<Generation, Error> {
        let current = self.current()?.ok_or_else(|| Error::NoIndex(self.root.clone()))?;
        Generation::open(&self.generation(&current.generation), &current.generation, check)
    }

    /// What serves; `None` before the first publication.
    ///
    /// # Errors
    /// When `CURRENT` cannot be read or names no generation.
    pub fn current(&self) -> Result<Option<Current>, Error> {
        let path = self.root.join(CURRENT);
        let content = match std::fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", &path)(error)),
        };
        let content = String::from_utf8_lossy(&content);
        let mut lines = content.lines();
        let generation = lines.next().unwrap_or_default().to_owned();
        if counter(&generation).is_none() {
            let reason = format!("{CURRENT} names `{}`", crate::text::first_chars(&generation, 80).0);
            return Err(Error::Damaged { generation: CURRENT.to_owned(), reason });
        }
        Ok(Some(Current { generation, is_pinned: lines.next() == Some(PINNED) }))
    }

    /// The ids of the generations on disk, oldest first; none before the first publication.
    ///
    /// # Errors
    /// When the folder exists and cannot be listed.
    pub fn list(&self) -> Result<Vec<String>, Error> {
        let mut ids = self.entries(|name| counter(name).is_some())?;
        ids.sort_by_key(|id| counter(id));
        Ok(ids)
    }

    /// What serves, else the newest older generation that is whole, else any other: a reader
    /// that starts finds something to serve wherever there is something, even where `CURRENT`
    /// is damaged or names a damaged generation. What cannot be used is reported to `refused`.
    ///
    /// # Errors
    /// The error of the newest generation when none can be opened.
    pub fn open_best(&self, check: Check, mut refused: impl FnMut(&Error)) -> Result<Generation, Error> {
        let first = match self.current() {
            Ok(Some(current)) => Some(current.generation),
            Ok(None) => None,
            Err(error @ Error::Damaged { .. }) => {
                refused(&error);
                None
            }
            Err(error) => return Err(error),
        };
        let mut ids = self.list()?;
        match first {
            Some(first) if ids.contains(&first) => {
                let newer = ids.split_off(ids.partition_point(|id| counter(id) <= counter(&first)));
                ids.retain(|id| *id != first);
                ids.push(first);
                ids.reverse();
                ids.extend(newer);
            }
            named => {
                ids.reverse();
                // A pointer to nowhere says nothing about the generations that are there.
                ids.splice(..0, named);
            }
        }
        let mut failure = Error::NoIndex(self.root.clone());
        for (index, id) in ids.iter().enumerate() {
            match Generation::open(&self.generation(id), id, check) {
                Ok(generation) => return Ok(generation),
                Err(error) => {
                    refused(&error);
                    if index == 0 {
                        failure = error;
                    }
                }
            }
        }
        Err(failure)
    }

    /// Removes what interrupted builds have left, and generations they had no time to remove.
    pub(super) fn clear_leftovers(&self, lock: &Lock) -> Result<(), Error> {
        for leftover in self.entries(|name| name.starts_with(BUILDING))? {
            let path = self.generation(&leftover);
            std::fs::remove_dir_all(&path).map_err(Error::io("remove", &path))?;
        }
        // Where `CURRENT` is damaged nobody knows what serves: nothing is removed.
        if matches!(self.current(), Ok(Some(_))) {
            self.prune_if_possible(lock);
        }
        Ok(())
    }

    /// Refuses to begin where fewer bytes are free than a generation is likely to take.
    pub(super) fn expect_room(&self, needed: u64) -> Result<(), Error> {
        // File systems that cannot tell are tried.
        let Ok(disk) = rustix::fs::statvfs(&self.root) else { return Ok(()) };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if disk.f_blocks > 0 && free < needed {
            return Err(Error::NoRoom { path: self.root.clone(), free, needed });
        }
        Ok(())
    }

    /// A folder for a new generation with this content, and its id and counter. Nobody else
    /// builds in this folder, be it that a network file system keeps no locks.
    pub(super) fn begin(&self, _lock: &Lock, content_hash: &str) -> Result<(PathBuf, String, u64), Error> {
        let last = self.list()?.last().and_then(|id| counter(id)).unwrap_or_default();
        let named = self
            .current()
            .ok()
            .flatten()
            .and_then(|current| counter(&current.generation))
            .unwrap_or_default();
        let next = last.max(named) + 1;
        let id = format!("{next:06}-{}", crate::text::upto(content_hash, 12));
        let random = RandomState::new().build_hasher().finish();
        let path = self.generation(&format!("{BUILDING}{id}-{random:016x}"));
        std::fs::create_dir_all(&path).map_err(Error::io("create", &path))?;
        Ok((path, id, next))
    }

    /// Publishes the built generation `id`, then removes generations that are not kept.
    /// Returns the ids that were removed.
    pub(super) fn publish(&self, lock: &Lock, building: &Path, id: &str) -> Result<Vec<String>, Error> {
        sync_tree(building)?;
        let target = self.generation(id);
        std::fs::rename(building, &target).map_err(Error::io("rename", building))?;
        sync(&self.root.join(GENERATIONS))?;
        if let Some(other) = self.newer_than(id)? {
            std::fs::remove_dir_all(&target).map_err(Error::io("remove", &target))?;
            return Err(Error::Locked {
                path: self.root.clone(),
                holder: format!("whoever published {other}"),
            });
        }
        self.point_to(lock, id, false)?;
        Ok(self.prune_if_possible(lock))
    }

    /// What cannot be removed now is removed another time.
    fn prune_if_possible(&self, lock: &Lock) -> Vec<String> {
        self.prune(lock).unwrap_or_else(|error| {
            tracing::warn!(%error, "old generations stay");
            Vec::new()
        })
    }

    /// A generation that came after `id`, which nobody can publish who keeps the lock: it is
    /// there when a network file system kept it from nobody. Of two of one number the one
    /// with the greater hash came after.
    fn newer_than(&self, id: &str) -> Result<Option<String>, Error> {
        let rank = |id: &str| (counter(id), id.to_owned());
        let current = match self.current() {
            // It names nothing, and is about to be replaced.
            Err(Error::Damaged { .. }) => None,
            current => current?,
        };
        let known = self.list()?.into_iter().chain(current.map(|current| current.generation));
        Ok(known.max_by_key(|other| rank(other)).filter(|other| rank(other) > rank(id)))
    }

    /// After a roll-back: a generation with this content that is newer than the one that serves,
    /// which is to say that it was rolled back from.
    pub(super) fn rolled_back_from(&self, content_hash: &str) -> Result<Option<String>, Error> {
        let Some(current) = self.current()?.filter(|current| current.is_pinned) else { return Ok(None) };
        let is_newer = |id: &str| counter(id) > counter(&current.generation);
        let mut ids = self.list()?.into_iter().rev();
        Ok(ids.find(|id| is_newer(id) && content(id).is_some_and(|start| content_hash.starts_with(start))))
    }

    /// Makes `CURRENT` name another generation, after checking it whole: `to`, or the newest of
    /// those before the one that serves that have another content.
    ///
    /// # Errors
    /// When there is no such generation, or it is damaged or not for this binary.
    pub fn roll_back(&self, lock: &Lock, to: Option<&str>) -> Result<String, Error> {
        let current = self.current()?.ok_or_else(|| Error::NoIndex(self.root.clone()))?;
        let ids = self.list()?;
        let target = match to {
            Some(id) => ids.iter().find(|known| *known == id),
            None => ids.iter().rev().find(|id| {
                counter(id) < counter(&current.generation) && content(id) != content(&current.generation)
            }),
        };
        let target = target.ok_or_else(|| {
            let what = to.map_or_else(
                || format!("generation with other content before {}", current.generation),
                |id| format!("generation {id}"),
            );
            Error::NoGeneration(format!("no {what} in {}", self.root.display()))
        })?;
        Generation::open(&self.generation(target), target, Check::Full)?;
        self.point_to(lock, target, true)?;
        Ok(target.clone())
    }

    /// Removes all but the newest three generations and the one that serves.
    ///
    /// # Errors
    /// When a folder cannot be removed.
    pub fn prune(&self, _lock: &Lock) -> Result<Vec<String>, Error> {
        let current = self.current()?.map(|current| current.generation);
        let ids = self.list()?;
        let surplus = ids.len().saturating_sub(KEEP);
        let old: Vec<String> =
            ids.into_iter().take(surplus).filter(|id| Some(id) != current.as_ref()).collect();
        let remove = |path: &Path| std::fs::remove_dir_all(path).map_err(Error::io("remove", path));
        for leftover in self.entries(|name| name.starts_with(PRUNED))? {
            remove(&self.generation(&leftover))?;
        }
        for id in &old {
            // Nobody comes upon one that is half there.
            let (path, aside) = (self.generation(id), self.generation(&format!("{PRUNED}{id}")));
            std::fs::rename(&path, &aside).map_err(Error::io("rename", &path))?;
            remove(&aside)?;
        }
        Ok(old)
    }

    fn point_to(&self, _lock: &Lock, id: &str, is_pinned: bool) -> Result<(), Error> {
        let temporary = self.root.join("CURRENT.tmp");
        let content = if is_pinned { format!("{id}\n{PINNED}\n") } else { format!("{id}\n") };
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(content.as_bytes())?;
            file.sync_all()
        };
        let path = self.root.join(CURRENT);
        let replaced = write()
            .map_err(Error::io("write", &temporary))
            .and_then(|()| std::fs::rename(&temporary, &path).map_err(Error::io("rename", &temporary)));
        if replaced.is_err() {
            // The failure is what matters; the next publication writes the file anew.
            let _ = std::fs::remove_file(&temporary);
        }
        replaced?;
        sync(&self.root)
    }

    fn entries(&self, keep: impl Fn(&str) -> bool) -> Result<Vec<String>, Error> {
        let path = self.root.join(GENERATIONS);
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("list", &path)(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(Error::io("list", &path))?;
            names.extend(entry.file_name().to_str().filter(|name| keep(name)).map(str::to_owned));
        }
        Ok(names)
    }
}

/// The manifest of a generation on disk, checked against its own hash only.
///
/// # Errors
/// When it cannot be read or is damaged.
pub fn manifest(dir: &IndexDir, id: &str) -> Result<Manifest, Error> {
    Manifest::read(&dir.generation(id), id)
}

/// The counter of a generation's id: `000012-0123456789ab` → 12.
fn counter(id: &str) -> Option<u64> {
    let (counter, hash) = id.split_once('-')?;
    let is_id = counter.len() >= 6 && hash.len() == 12 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    is_id.then(|| counter.parse().ok()).flatten()
}

/// The start of the content hash in a generation's id: `000012-0123456789ab` → `0123456789ab`.
fn content(id: &str) -> Option<&str> {
    id.split_once('-').map(|(_, start)| start)
}

/// Syncs every file and folder under `dir`, folders last.
fn sync_tree(dir: &Path) -> Result<(), Error> {
    for entry in walkdir::WalkDir::new(dir).contents_first(true) {
        let entry = entry.map_err(|error| Error::Io {
            action: "list",
            path: dir.to_owned(),
            source: error.into(),
        })?;
        sync(entry.path())?;
    }
    Ok(())
}

fn sync(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::io("sync", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_counters() {
        assert_eq!(counter("000012-0123456789ab"), Some(12));
        for id in
            ["", "12-0123456789ab", "000012-xyz", ".building-000012-0123456789ab", "../000012-0123456789a"]
        {
            assert_eq!(counter(id), None, "{id}");
        }
    }

    #[test]
    fn a_lock_is_exclusive_and_names_its_holder() {
        let folder = tempfile::tempdir().unwrap();
        let dir = IndexDir::new(folder.path());
        let lock = dir.lock().unwrap();
        let Err(Error::Locked { holder, .. }) = dir.lock() else { panic!("locked twice") };
        assert!(holder.starts_with(&format!("process {} on ", std::process::id())), "{holder}");
        drop(lock);
        dir.lock().unwrap();
    }

    #[test]
    fn current_is_read_with_its_pin() {
        let folder = tempfile::tempdir().unwrap();
        let dir = IndexDir::new(folder.path());
        assert_eq!(dir.current().unwrap(), None);
        let lock = dir.lock().unwrap();
        dir.point_to(&lock, "000001-0123456789ab", true).unwrap();
        let expect = Current { generation: "000001-0123456789ab".to_owned(), is_pinned: true };
        assert_eq!(dir.current().unwrap(), Some(expect));
        std::fs::write(folder.path().join(CURRENT), "../../etc\n").unwrap();
        assert!(matches!(dir.current(), Err(Error::Damaged { .. })));
    }
}
