//! The images of a generation: copied beside its index under the hash of what they are, and kept
//! in memory where there are not too many.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Error;
use super::manifest::Manifest;
use crate::article::load;
use crate::text;

/// Where they lie in a generation's folder.
const MEDIA: &str = "media/";
/// Up to this size in bytes the images of a generation are kept in memory: then nothing that
/// happens to its folder can reach a reader. More are read when they are asked for.
const IN_MEMORY: u64 = 32 * 1024 * 1024;

/// The images of an open generation, by name.
pub(super) struct Images(BTreeMap<String, Image>);

/// An image of a generation.
#[derive(Debug, Clone)]
pub struct Image {
    path: PathBuf,
    sha256: String,
    content: Option<Arc<[u8]>>,
}

impl Image {
    /// Its bytes, from memory or the disk.
    ///
    /// # Errors
    /// When the file is gone, cannot be read, or is not what it was.
    pub fn read(&self) -> std::io::Result<Vec<u8>> {
        if let Some(content) = &self.content {
            return Ok(content.to_vec());
        }
        let content = std::fs::read(&self.path)?;
        if text::hex(&Sha256::digest(&content)) != self.sha256 {
            let reason = format!("{} does not have its hash", self.path.display());
            return Err(std::io::Error::new(ErrorKind::InvalidData, reason));
        }
        Ok(content)
    }
}

impl Images {
    /// The images of a generation in the folder `dir`; read at once if they may be kept and are
    /// not too large for it.
    pub(super) fn open(dir: &Path, manifest: &Manifest, may_keep: bool) -> Result<Self, String> {
        let files = || {
            manifest.files.iter().filter_map(|file| Some((file.path.strip_prefix(MEDIA)?.to_owned(), file)))
        };
        let keeps = may_keep && files().map(|(_, file)| file.bytes).sum::<u64>() <= IN_MEMORY;
        let images = files().map(|(name, file)| {
            let mut image = Image { path: dir.join(&file.path), sha256: file.sha256.clone(), content: None };
            if keeps {
                let content = image.read().map_err(|error| format!("{}: {error}", file.path))?;
                image.content = Some(content.into());
            }
            Ok((name, image))
        });
        images.collect::<Result<_, String>>().map(Self)
    }

    /// An image by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Image> {
        self.0.get(name)
    }
}

/// Whether a file of a generation is an image.
pub(super) fn is_image(path: &str) -> bool {
    path.starts_with(MEDIA)
}

/// Copies the images that articles show. Their names are their hashes, for readers who keep them
/// forever: one that has changed since it was read is refused.
pub(super) fn copy(images: &[load::Media], dir: &Path) -> Result<(), Error> {
    let folder = dir.join(MEDIA);
    if !images.is_empty() {
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    }
    for image in images {
        let content = std::fs::read(&image.path).map_err(Error::io("copy", &image.path))?;
        let hash = image.name.split('.').next().unwrap_or_default();
        if !text::hex(&Sha256::digest(&content)).starts_with(hash) {
            let changed = std::io::Error::other("it has changed since the articles were read");
            return Err(Error::io("copy", &image.path)(changed));
        }
        let target = folder.join(&image.name);
        std::fs::write(&target, content).map_err(Error::io("write", &target))?;
    }
    Ok(())
}
