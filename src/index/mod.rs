//! Generations: a corpus becomes an immutable folder, a folder becomes an open index.
//!
//! ```text
//! index/
//!   CURRENT                     the id of the generation that serves
//!   lock                        held (flock) by whoever writes
//!   generations/<id>/           <id> = <counter>-<start of the content hash>
//!     manifest.json             what it is, and size and SHA-256 of every file
//!     manifest.sha256
//!     tantivy/                  the inverted index
//!     catalog.bin  text.bin     articles and sections; their titles and texts, packed
//!     html.bin                  rendered sections, packed, read on demand
//!     lexicon.bin               the words the analysis was told
//!     media/                    images
//! ```
//!
//! 1. [`indexer`] builds a generation in `generations/.building-<id>` and verifies it.
//! 2. [`publish`] renames it, then points `CURRENT` at it; keeps the last three.
//! 3. [`generation`] opens one, after checking it against its manifest.
//! 4. [`reload`] watches `CURRENT` and hands over what is new.
//!
//! **Invariant:** a file of a published generation is never written again.
//! **Invariant:** whatever happens at any point, `CURRENT` names a complete generation.

pub mod names;
pub mod schema;

mod catalog;
mod content;
mod images;
mod invert;
mod manifest;
mod pack;
mod related;
mod segment;
mod terms;

pub mod generation;
pub mod indexer;
pub mod publish;
pub mod reload;

use std::path::{Path, PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::OpenWriteError;

pub use self::catalog::{ArticleView, Catalog, SectionView};
pub use self::generation::{Check, Generation};
pub use self::images::Image;
pub use self::manifest::{FORMAT, Manifest};
pub use self::publish::{IndexDir, Lock};

/// Why an index could not be built, published or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// tantivy failed.
    #[error("index failure in {}: {source}", path.display())]
    Tantivy {
        /// The folder of the generation.
        path: PathBuf,
        /// Why.
        source: tantivy::TantivyError,
    },
    /// There is no published generation.
    #[error("no index in {}", .0.display())]
    NoIndex(PathBuf),
    /// A generation differs from its manifest.
    #[error("generation {generation} is damaged: {reason}")]
    Damaged {
        /// Its id.
        generation: String,
        /// Which file, and how.
        reason: String,
    },
    /// A generation was built by a binary with another format or analysis.
    #[error("generation {generation} was built with {found}, this binary needs {expected}")]
    Incompatible {
        /// Its id.
        generation: String,
        /// Format and analysis of the generation.
        found: String,
        /// Format and analysis of this binary.
        expected: String,
    },
    /// Somebody else is writing.
    #[error("the index {} is locked by {holder}", path.display())]
    Locked {
        /// The index folder.
        path: PathBuf,
        /// Process and host, as the holder wrote them.
        holder: String,
    },
    /// Nothing to roll back to, or no such generation.
    #[error("{0}")]
    NoGeneration(String),
    /// The disk has too little room for what is about to be written.
    #[error("no room in {}: {free} bytes are free, about {needed} are needed", path.display())]
    NoRoom {
        /// The index folder.
        path: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that a generation is likely to take.
        needed: u64,
    },
    /// More text than a catalog can address.
    #[error("the texts of all articles together exceed 4 GiB")]
    TooLarge,
}

impl Error {
    /// Names what was tried on which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// Names the folder in which tantivy failed; a file that it cannot create is named itself.
    fn tantivy(path: &Path) -> impl FnOnce(TantivyError) -> Self {
        let path = path.to_owned();
        move |source| match source {
            TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, filepath }) => {
                let source = std::io::Error::new(io_error.kind(), io_error);
                Self::Io { action: "write", path: path.join(filepath), source }
            }
            source => Self::Tantivy { path, source },
        }
    }
}
