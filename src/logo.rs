//! The image before a site's name, read once when the server starts.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::text;

/// Every page shows it: it has to be small.
const MAX_BYTES: u64 = 256 * 1024;
/// Where in a file of text the first element must begin.
const SVG_WITHIN: usize = 1024;

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// `logo.<hash>.<extension>`, another one for other content.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// The file.
    pub content: Vec<u8>,
}

/// Why there is no logo.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("cannot read the logo {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is too large for a picture on every page.
    #[error("the logo {} is larger than {} KiB", .0.display(), MAX_BYTES / 1024)]
    TooLarge(PathBuf),
    /// The file is no image that browsers show.
    #[error("the logo {} is neither svg nor png nor webp", .0.display())]
    NoImage(PathBuf),
}

impl Logo {
    /// Reads a file. What it is, is told by its content.
    ///
    /// # Errors
    /// When it cannot be read, is too large or no image.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(failed)?.len() > MAX_BYTES {
            return Err(Error::TooLarge(path.to_owned()));
        }
        let content = std::fs::read(path).map_err(failed)?;
        let (extension, content_type) = kind(&content).ok_or_else(|| Error::NoImage(path.to_owned()))?;
        let hash = text::hex(&Sha256::digest(&content));
        Ok(Self { name: format!("logo.{}.{extension}", text::upto(&hash, 12)), content_type, content })
    }
}

fn kind(content: &[u8]) -> Option<(&'static str, &'static str)> {
    let is_svg = || {
        let beginning = content.get(..SVG_WITHIN).unwrap_or(content);
        std::str::from_utf8(content).is_ok() && beginning.windows(4).any(|part| part == b"<svg")
    };
    if content.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(("png", "image/png"))
    } else if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") {
        Some(("webp", "image/webp"))
    } else if is_svg() {
        Some(("svg", "image/svg+xml"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_told_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let load = |content: &[u8]| {
            let path = folder.path().join("logo");
            std::fs::write(&path, content).unwrap();
            Logo::load(&path)
        };
        assert_eq!(load(b"<?xml version='1.0'?><svg/>").unwrap().content_type, "image/svg+xml");
        assert_eq!(load(b"\x89PNG\r\n\x1a\n...").unwrap().content_type, "image/png");
        let webp = load(b"RIFF\0\0\0\0WEBP").unwrap();
        assert!(webp.name.starts_with("logo.") && webp.name.contains(".webp"), "{}", webp.name);
        assert!(matches!(load(b"<html><body>"), Err(Error::NoImage(_))));
        assert!(matches!(load(&vec![b' '; 256 * 1024 + 1]), Err(Error::TooLarge(_))));
        assert!(matches!(Logo::load(&folder.path().join("none")), Err(Error::Io { .. })));
    }
}
