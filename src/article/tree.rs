//! What lies in the articles folder: the files that are read, with their sizes and times.
//!
//! A file behind a link is read when it lies inside the folder; names that begin with a dot,
//! Markdown whose name or folder begins with `_` (drafts and parts, by the custom of several
//! generators), folders behind links, sockets and devices are not.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use walkdir::WalkDir;

use super::diagnostic::{Code, Diagnostic};
use super::load::Error;
use crate::lang::Lang;

/// A file that changed so shortly before a walk can change again without another time: clocks
/// of file systems tick every few milliseconds, on some every two seconds.
const TICK: Duration = Duration::from_secs(2);

/// What a walk finds.
pub(super) struct Tree {
    root: PathBuf,
    /// By path, folder by folder.
    pub(super) files: Vec<Entry>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A file that is read.
pub(super) struct Entry {
    /// Relative, with `/`.
    pub(super) path: String,
    pub(super) full: PathBuf,
    pub(super) kind: Kind,
    stat: Stat,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Markdown,
    Image,
    Lexicon,
    Categories,
    Pins,
}

/// What changes when a file is written, replaced or renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Stat {
    device: u64,
    inode: u64,
    bytes: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// The time of the last change of content, name or owner, which nobody can set.
    changed: (i64, i64),
}

/// Which files there are, and when they changed: as long as it is the same, so are they.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<(String, Stat)>);

impl Stat {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl Entry {
    /// A file that is in memory; `None` where one of that name is not read.
    pub(super) fn in_memory(path: &str) -> Option<Self> {
        let kind = kind_of(path)?;
        Some(Self { path: path.to_owned(), full: PathBuf::from(path), kind, stat: Stat::default() })
    }

    /// Whether the file changed so shortly before `time` that its times do not tell whether
    /// it has changed since.
    pub(super) fn is_young(&self, time: SystemTime) -> bool {
        let (seconds, nanoseconds) = self.stat.changed.max(self.stat.modified);
        let part = |value: i64| u64::try_from(value).unwrap_or_default();
        let changed =
            UNIX_EPOCH + Duration::from_secs(part(seconds)) + Duration::from_nanos(part(nanoseconds));
        changed + TICK > time
    }
}

impl Tree {
    /// Files that lie in no folder.
    pub(super) fn of(files: Vec<Entry>) -> Self {
        Self { root: PathBuf::new(), files, diagnostics: Vec::new() }
    }

    /// What tells this tree from another.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp(self.files.iter().map(|entry| (entry.path.clone(), entry.stat)).collect())
    }

    fn add(&mut self, entry: &walkdir::DirEntry) {
        let kind = entry.file_type();
        if kind.is_dir() {
            return;
        }
        let Ok(relative) = entry.path().strip_prefix(&self.root) else { return };
        let Some(relative) = relative.to_str() else {
            let path = relative.to_string_lossy().into_owned();
            self.diagnostics.push(Diagnostic::of_file(Code::Unreadable, &path, "the file name is not UTF-8"));
            return;
        };
        let path = relative.replace(std::path::MAIN_SEPARATOR, "/");
        let Some(file_kind) = kind_of(&path) else { return };
        let full = if kind.is_symlink() {
            let inside = entry
                .path()
                .canonicalize()
                .ok()
                .filter(|target| target.starts_with(&self.root) && target.is_file());
            let Some(target) = inside else {
                let message = "a link that leads out of the articles folder, or nowhere, is not followed";
                self.diagnostics.push(Diagnostic::of_file(Code::OutsideLink, &path, message));
                return;
            };
            target
        } else if kind.is_file() {
            entry.path().to_owned()
        } else {
            return;
        };
        // Whether it can be read is found out by whoever reads it.
        let stat = std::fs::metadata(&full).map(|metadata| Stat::of(&metadata)).unwrap_or_default();
        self.files.push(Entry { path, full, kind: file_kind, stat });
    }
}

/// Lists the files under `dir`.
///
/// # Errors
/// When the folder is missing or cannot be listed.
pub(super) fn walk(dir: &Path) -> Result<Tree, Error> {
    let failed = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Error::NoFolder(dir.to_owned()),
        _ => Error::Read { path: dir.to_owned(), source },
    };
    let root = dir.canonicalize().map_err(failed)?;
    if !root.metadata().map_err(failed)?.is_dir() {
        return Err(Error::IsFile(dir.to_owned()));
    }
    let mut tree = Tree { root: root.clone(), files: Vec::new(), diagnostics: Vec::new() };
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    for entry in WalkDir::new(&root).sort_by_file_name().into_iter().filter_entry(visible) {
        let entry = match entry {
            Ok(entry) => entry,
            // A folder that vanished or may not be read must not look like an empty one.
            Err(source) => {
                let path = source.path().unwrap_or(&root).to_owned();
                return Err(Error::Walk { path, source });
            }
        };
        tree.add(&entry);
    }
    Ok(tree)
}

fn kind_of(path: &str) -> Option<Kind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = name.rsplit_once('.')?;
    match (extension.to_ascii_lowercase().as_str(), folder, name) {
        ("toml", "", "lexicon.toml") => Some(Kind::Lexicon),
        ("toml", "", "categories.toml") => Some(Kind::Categories),
        ("toml", "", "pins.toml") => Some(Kind::Pins),
        // A book's table of contents (GitBook, mdBook) is navigation, not an article.
        ("md", _, "SUMMARY.md") if folder.is_empty() || Lang::from_tag(folder).is_some() => None,
        ("md" | "markdown" | "mdx", ..) if path.split('/').any(|part| part.starts_with('_')) => None,
        ("md" | "markdown" | "mdx", ..) if !stem.is_empty() => Some(Kind::Markdown),
        ("png" | "jpg" | "jpeg" | "webp" | "gif" | "svg" | "bmp" | "avif" | "tif" | "tiff" | "ico", ..) => {
            Some(Kind::Image)
        }
        _ => None,
    }
}
