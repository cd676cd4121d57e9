//! Power loss: what has been written is not on the disk before it is synced, and neither is
//! a name before its folder is.
//!
//! A whole reindex is recorded. When `CURRENT` is replaced, everything that the generation
//! is made of must have been synced after its last change, its names too; at the end the
//! new `CURRENT` must be. Then losing any of what was not synced by any moment leaves the
//! old or the new generation, whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::report;
use crate::trace::{Call, Trial, WRITING};

/// Files and folders with changes that a power loss may take.
#[derive(Default)]
struct Disk {
    dirty: BTreeSet<PathBuf>,
    written: usize,
    synced: usize,
}

impl Disk {
    fn touch(&mut self, path: &Path) {
        self.written += 1;
        self.dirty.insert(path.to_owned());
    }

    fn entry(&mut self, path: &Path) {
        self.dirty.insert(path.parent().unwrap().to_owned());
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        let moved: Vec<PathBuf> = self.dirty.iter().filter(|path| path.starts_with(from)).cloned().collect();
        for path in moved {
            self.dirty.remove(&path);
            let rest = path.strip_prefix(from).unwrap();
            self.dirty.insert(if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) });
        }
        self.entry(from);
        self.entry(to);
    }

    fn lost_below(&self, root: &Path) -> Vec<&PathBuf> {
        self.dirty.iter().filter(|path| path.starts_with(root)).collect()
    }
}

/// The paths in a call: in quotes, and in angles behind file descriptors.
fn paths(call: &Call, here: &Path) -> Vec<PathBuf> {
    let arguments = call.line.split_once('(').unwrap().1;
    let quoted = arguments.split('"').skip(1).step_by(2).map(|path| here.join(path));
    match call.name.as_str() {
        "write" | "fsync" | "fdatasync" | "ftruncate" | "fchmod" => {
            vec![PathBuf::from(arguments.split_once('<').unwrap().1.split_once('>').unwrap().0)]
        }
        "copy_file_range" => {
            vec![PathBuf::from(arguments.split('<').nth(2).unwrap().split('>').next().unwrap())]
        }
        "sendfile" => vec![PathBuf::from(arguments.split('<').nth(1).unwrap().split('>').next().unwrap())],
        _ => quoted.collect(),
    }
}

#[test]
fn nothing_is_named_before_it_is_on_the_disk() {
    let mut trial = Trial::new();
    let calls = trial.calls(&WRITING);
    let here = trial.desk.path("").canonicalize().unwrap();
    let index = here.join("index");
    let serving = trial.desk.serving();
    let mut disk = Disk::default();
    let mut switched = 0;
    for call in &calls {
        if call.line.contains(" = -1 ") {
            continue;
        }
        let paths = paths(call, &here);
        let Some(path) = paths.first().filter(|path| path.starts_with(&index)) else { continue };
        match call.name.as_str() {
            "openat" if call.line.contains("O_CREAT") || call.line.contains("O_TRUNC") => {
                disk.touch(path);
                disk.entry(path);
            }
            "openat" | "flock" => {}
            "mkdir" => {
                disk.touch(path);
                disk.entry(path);
            }
            "fsync" | "fdatasync" => {
                disk.synced += 1;
                disk.dirty.remove(path);
            }
            "rename" | "renameat" | "renameat2" => {
                let to = &paths[1];
                if to == &index.join("CURRENT") {
                    let generations = index.join("generations");
                    let lost: Vec<_> = disk.lost_below(&generations.join(&serving));
                    assert!(lost.is_empty(), "named before they are on the disk: {lost:#?}");
                    assert!(!disk.dirty.contains(&generations), "its name is not on the disk");
                    assert!(!disk.dirty.contains(path), "the content of CURRENT is not on the disk");
                    switched += 1;
                }
                disk.rename(path, to);
            }
            "unlink" | "unlinkat" | "rmdir" => {
                disk.dirty.remove(path);
                disk.entry(path);
            }
            _ => disk.touch(path),
        }
        if switched == 1 && call.name == "fsync" && path == &index {
            switched = 2;
        }
    }
    assert_eq!(switched, 2, "CURRENT is replaced once, and its folder synced behind it");
    assert!(disk.written > 20 && disk.synced > 20, "{} {}", disk.written, disk.synced);
    let result = format!(
        "{} changes and {} syncs in an order that loses nothing that is named",
        disk.written, disk.synced
    );
    report("F-02", "power loss between any two calls of reindex (recorded order)", calls.len(), &result);
}
