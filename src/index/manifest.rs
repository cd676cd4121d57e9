//! What a generation is, and what its files must be.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Error;
use crate::{parallel, text};

/// The version of everything in a generation but the analysis: schema, catalog, manifest.
pub const FORMAT: u32 = 5;

const MANIFEST: &str = "manifest.json";
const MANIFEST_HASH: &str = "manifest.sha256";

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`] of the binary that built it.
    pub format: u32,
    /// Fingerprint of the analysis that built it, with its lexicon.
    pub analysis: String,
    /// The generation's id.
    pub generation: String,
    /// Its place in the order of generations.
    pub counter: u64,
    /// When it was built, RFC 3339 in UTC.
    pub built: String,
    /// SHA-256 over articles, lexicon, categories and analysis, in hex.
    pub content_hash: String,
    /// SHA-256 over the paths and contents of the article files, in hex.
    pub source_digest: String,
    /// Public articles.
    pub articles: usize,
    /// Their sections.
    pub sections: usize,
    /// Markdown read, in bytes.
    pub source_bytes: u64,
    /// Every other file, by path.
    pub files: Vec<FileEntry>,
}

/// A file of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Relative path with `/`.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}

impl Manifest {
    /// Size of all files in bytes.
    #[must_use]
    pub fn index_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Writes the manifest and its hash into the generation's folder.
    pub(super) fn write(&self, dir: &Path) -> Result<(), Error> {
        let mut json = serde_json::to_string_pretty(self).expect("a manifest is plain data");
        json.push('\n');
        let hash = text::hex(&Sha256::digest(&json));
        for (name, content) in [(MANIFEST, json), (MANIFEST_HASH, format!("{hash}\n"))] {
            let path = dir.join(name);
            std::fs::write(&path, content).map_err(Error::io("write", &path))?;
        }
        Ok(())
    }

    /// Reads a manifest and checks it against its own hash.
    pub(super) fn read(dir: &Path, generation: &str) -> Result<Self, Error> {
        let damaged = |reason: String| Error::Damaged { generation: generation.to_owned(), reason };
        let read = |name: &str| {
            let path = dir.join(name);
            std::fs::read(&path)
                .map_err(|error| unreadable(&path, error, |error| damaged(format!("{name}: {error}"))))
        };
        let json = read(MANIFEST)?;
        let hash = read(MANIFEST_HASH)?;
        if hash.trim_ascii_end() != text::hex(&Sha256::digest(&json)).as_bytes()
            || hash.last() != Some(&b'\n')
        {
            return Err(damaged(format!("{MANIFEST} does not have the hash in {MANIFEST_HASH}")));
        }
        let manifest: Self =
            serde_json::from_slice(&json).map_err(|error| damaged(format!("{MANIFEST}: {error}")))?;
        if manifest.generation != generation {
            return Err(damaged(format!("{MANIFEST} belongs to generation {}", manifest.generation)));
        }
        Ok(manifest)
    }

    /// Checks that every file is there with its size, and nothing else is.
    pub(super) fn check_sizes(&self, dir: &Path) -> Result<(), Error> {
        let mut found: BTreeMap<String, u64> = list(dir)?.into_iter().collect();
        for name in [MANIFEST, MANIFEST_HASH] {
            found.remove(name);
        }
        for file in &self.files {
            match found.remove(&file.path) {
                None => return Err(self.damaged(format!("{} is missing", file.path))),
                Some(bytes) if bytes != file.bytes => {
                    return Err(self.damaged(format!("{} has {bytes} bytes, not {}", file.path, file.bytes)));
                }
                Some(_) => {}
            }
        }
        match found.keys().next() {
            Some(extra) => Err(self.damaged(format!("{extra} does not belong to it"))),
            None => Ok(()),
        }
    }

    /// Checks the hash of every file.
    pub(super) fn check_hashes(&self, dir: &Path) -> Result<(), Error> {
        let checked = parallel::map(&self.files, 1, |file| {
            let path = dir.join(&file.path);
            let hash = hash_file(&path).map_err(|error| {
                unreadable(&path, error, |error| self.damaged(format!("{}: {error}", file.path)))
            })?;
            if hash == file.sha256 {
                Ok(())
            } else {
                Err(self.damaged(format!("{} does not have its hash", file.path)))
            }
        });
        checked.into_iter().collect()
    }

    pub(super) fn damaged(&self, reason: String) -> Error {
        Error::Damaged { generation: self.generation.clone(), reason }
    }
}

/// The files under `dir` with their sizes, by path.
pub(super) fn list(dir: &Path) -> Result<Vec<(String, u64)>, Error> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let failed =
            |error: walkdir::Error| Error::Io { action: "list", path: dir.to_owned(), source: error.into() };
        let entry = entry.map_err(failed)?;
        if entry.file_type().is_dir() {
            continue;
        }
        let relative = entry.path().strip_prefix(dir).unwrap_or(entry.path());
        let path = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        files.push((path, entry.metadata().map_err(failed)?.len()));
    }
    Ok(files)
}

/// Entries of all files under `dir`.
pub(super) fn entries(dir: &Path) -> Result<Vec<FileEntry>, Error> {
    let files = list(dir)?;
    let entries = parallel::map(&files, 1, |(path, bytes)| {
        let full = dir.join(path);
        let sha256 = hash_file(&full).map_err(Error::io("read", &full))?;
        Ok(FileEntry { path: path.clone(), bytes: *bytes, sha256 })
    });
    entries.into_iter().collect()
}

/// A file that this process may not read, or has no means left to read, is not damaged.
fn unreadable(path: &Path, error: std::io::Error, damaged: impl FnOnce(std::io::Error) -> Error) -> Error {
    /// `ENFILE` and `EMFILE`: too many open files.
    const NO_HANDLES: [i32; 2] = [23, 24];
    let is_ours = matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::OutOfMemory)
        || error.raw_os_error().is_some_and(|code| NO_HANDLES.contains(&code));
    if is_ours { Error::io("read", path)(error) } else { damaged(error) }
}

fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(text::hex(&digest.finalize())),
            length => digest.update(buffer.get(..length).unwrap_or_default()),
        }
    }
}
