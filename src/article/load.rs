//! Disk to [`Corpus`]: the only place of this folder that reads files.
//!
//! 1. Walk the folder (`tree`).
//! 2. Read every file once and hash it; the hashes make the digest of the tree.
//! 3. Parse on all cores.
//! 4. Check the corpus as a whole.
//! 5. Walk again: files that have changed in between mean a half-written tree; start over.
//!    Size, times and inode tell, but for files so young that they can change without telling:
//!    those are read again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::categories::Categories;
use super::diagnostic::{self, Code, Diagnostic};
use super::links::{Image, Site};
use super::parse::{self, Head, Parsed};
use super::settings::Mistakes;
pub use super::tree::Stamp;
use super::tree::{Entry, Kind, Tree, walk};
use super::{Article, check, pins, settings};
use crate::lexicon::{Lexicon, Mistake};
use crate::parallel;
use crate::text::{self, Span};

/// Largest article in bytes.
const MAX_ARTICLE_BYTES: u64 = 1024 * 1024;
/// Largest image in bytes.
const MAX_IMAGE_BYTES: u64 = 2 * 1024 * 1024;
/// How often a tree that changes while it is read is read again.
const ATTEMPTS: usize = 3;

/// Everything an index is made from.
#[derive(Debug, Default)]
pub struct Corpus {
    /// The public articles, by id, then language.
    pub articles: Vec<Article>,
    /// How many more are drafts or for staff.
    pub hidden: usize,
    /// Domain words and synonyms.
    pub lexicon: Lexicon,
    /// Names and order of categories.
    pub categories: Categories,
    /// The images that articles show.
    pub media: Vec<Media>,
    /// All mistakes, by file and line, lints included.
    pub diagnostics: Vec<Diagnostic>,
    /// Markdown files seen.
    pub files: usize,
    /// Their size in bytes.
    pub source_bytes: u64,
    /// SHA-256 over the paths and contents of all files, in hex.
    pub source_digest: String,
}

/// An image file to be copied beside the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// `<hash>.<ext>`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// Why a corpus could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder does not exist.
    #[error("no articles folder at {}", .0.display())]
    NoFolder(PathBuf),
    /// A file was named where the folder is meant.
    #[error("{} is a file: name the folder that all articles are in, such as `articles`", .0.display())]
    IsFile(PathBuf),
    /// A folder could not be listed.
    #[error("cannot list {}: {source}", path.display())]
    Walk {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: walkdir::Error,
    },
    /// The folder or a file in it could not be read, by no fault of its own.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The files changed each time while they were read.
    #[error("the articles in {} keep changing while they are read", .0.display())]
    Unsettled(PathBuf),
}

/// A file's bytes, or why there are none.
enum Content {
    Bytes(Vec<u8>),
    TooLarge(u64),
    Failed(std::io::Error),
}

/// SHA-256 of what was read.
type Hash = [u8; 32];

/// Reads all articles under `dir`. `today` decides which reviews are due.
/// `progress` is told how many of how many files are done, from several threads.
///
/// # Errors
/// When the folder is missing, cannot be listed or never holds still.
pub fn load(dir: &Path, today: Date, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Corpus, Error> {
    for _ in 0..ATTEMPTS {
        let begun = SystemTime::now();
        let tree = walk(dir)?;
        let (contents, hashes): (Vec<Content>, Vec<Hash>) = read_all(&tree.files)?.into_iter().unzip();
        // Times cannot tell of files that are young, nor of those that could not be read: these
        // are read again.
        let read_once = tree.files.iter().zip(&contents).zip(&hashes);
        let unsure = read_once
            .filter(|((entry, content), _)| entry.is_young(begun) || matches!(content, Content::Failed(_)));
        let unsure: Vec<(PathBuf, u64, Hash)> =
            unsure.map(|((entry, _), hash)| (entry.full.clone(), limit(entry.kind), *hash)).collect();
        let (stamp, digest) = (tree.stamp(), digest_of(&tree, &hashes));
        let mut corpus = build(tree, contents, today, progress);
        let is_as_read = |(path, limit, hash): &(PathBuf, u64, Hash)| {
            read(path, *limit).is_ok_and(|(_, now)| now == *hash)
        };
        if stamp == self::stamp(dir)? && unsure.iter().all(is_as_read) {
            corpus.source_digest = digest;
            return Ok(corpus);
        }
    }
    Err(Error::Unsettled(dir.to_owned()))
}

/// The corpus of files in memory, by path: what [`load`] reads from a folder of them.
#[must_use]
pub fn of_files(files: &[(&str, &[u8])], today: Date) -> Corpus {
    let (entries, contents) = files
        .iter()
        .filter_map(|(path, bytes)| Some((Entry::in_memory(path)?, Content::Bytes(bytes.to_vec()))))
        .unzip();
    let tree = Tree::of(entries);
    build(tree, contents, today, &|_, _| {})
}

/// The digest of the files under `dir`: the same for the same paths and contents.
///
/// # Errors
/// When the folder is missing or cannot be listed.
pub fn digest(dir: &Path) -> Result<String, Error> {
    let tree = walk(dir)?;
    let hashes = in_parallel(&tree.files, |entry| Ok(read(&entry.full, limit(entry.kind))?.1));
    Ok(digest_of(&tree, &hashes.into_iter().collect::<Result<Vec<Hash>, Error>>()?))
}

/// The files under `dir` that [`load`] would read, with their times; none is opened.
///
/// # Errors
/// When the folder is missing or cannot be listed.
pub fn stamp(dir: &Path) -> Result<Stamp, Error> {
    Ok(walk(dir)?.stamp())
}

/// Reads files on all cores, in their order.
fn read_all(files: &[Entry]) -> Result<Vec<(Content, Hash)>, Error> {
    in_parallel(files, |entry| read(&entry.full, limit(entry.kind))).into_iter().collect()
}

/// The largest file of a kind in bytes.
fn limit(kind: Kind) -> u64 {
    match kind {
        Kind::Image => MAX_IMAGE_BYTES,
        _ => MAX_ARTICLE_BYTES,
    }
}

/// Reads a file, and hashes what there is to say of it. A disk that fails, or a process that
/// has no file handles left, is no mistake of an article: nothing may be published without it.
fn read(path: &Path, limit: u64) -> Result<(Content, Hash), Error> {
    let content = match content(path, limit) {
        Ok(content) => content,
        Err(error) if is_of_file(&error) => Content::Failed(error),
        Err(source) => return Err(Error::Read { path: path.to_owned(), source }),
    };
    let hash = match &content {
        Content::Bytes(bytes) => Sha256::digest(bytes),
        Content::TooLarge(length) => Sha256::digest(length.to_le_bytes()),
        Content::Failed(error) => Sha256::digest(error.to_string()),
    };
    Ok((content, hash.into()))
}

/// Whether what keeps a file from being read is the file itself.
fn is_of_file(error: &std::io::Error) -> bool {
    // What is not a regular file has no code of the system.
    error.raw_os_error().is_none()
        || matches!(
            error.kind(),
            ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::InvalidFilename
        )
}

/// Reads a regular file of at most `limit` bytes; type and size are those of the open file.
fn content(path: &Path, limit: u64) -> std::io::Result<Content> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    if metadata.len() > limit {
        return Ok(Content::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes)?;
    let length = bytes.len() as u64;
    Ok(if length > limit { Content::TooLarge(length) } else { Content::Bytes(bytes) })
}

fn digest_of(tree: &Tree, hashes: &[Hash]) -> String {
    let mut digest = Sha256::new();
    for (entry, hash) in tree.files.iter().zip(hashes) {
        digest.update((entry.path.len() as u64).to_le_bytes());
        digest.update(&entry.path);
        digest.update(hash);
    }
    for diagnostic in &tree.diagnostics {
        digest.update(&diagnostic.path);
    }
    text::hex(&digest.finalize())
}

/// Maps `items` on all cores and keeps their order.
fn in_parallel<'a, T: Sync, R: Send>(items: &'a [T], map: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
    parallel::map(items, items.len().div_ceil(parallel::threads() * 8), map)
}

fn build(
    tree: Tree,
    contents: Vec<Content>,
    today: Date,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Corpus {
    let mut corpus = Corpus { diagnostics: tree.diagnostics, ..Corpus::default() };
    let mut site = Site::default();
    let mut image_paths = BTreeMap::new();
    let mut sources: Vec<(String, Vec<u8>)> = Vec::new();
    let mut pinned = None;
    for (entry, content) in tree.files.into_iter().zip(contents) {
        corpus.files += usize::from(entry.kind == Kind::Markdown);
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::TooLarge(length) if entry.kind == Kind::Image => {
                let why = format!("{length} bytes, at most {MAX_IMAGE_BYTES} are served");
                site.images.insert(entry.path, Image::Unusable(why));
                continue;
            }
            Content::TooLarge(length) => {
                site.unreadable.insert(entry.path.clone());
                let message = format!("{length} bytes, at most {MAX_ARTICLE_BYTES} are read");
                corpus.diagnostics.push(Diagnostic::of_file(Code::FileTooLarge, &entry.path, message));
                continue;
            }
            Content::Failed(error) => {
                site.unreadable.insert(entry.path.clone());
                corpus.diagnostics.push(Diagnostic::of_file(
                    Code::Unreadable,
                    &entry.path,
                    error.to_string(),
                ));
                continue;
            }
        };
        match entry.kind {
            Kind::Markdown => {
                corpus.source_bytes += bytes.len() as u64;
                sources.push((entry.path, with_line_feeds(bytes)));
            }
            Kind::Image => {
                let image = image(&bytes);
                if let Image::Usable(name) = &image {
                    image_paths.insert(name.clone(), entry.full);
                }
                site.images.insert(entry.path, image);
            }
            Kind::Pins => pinned = Some((entry.path, bytes)),
            Kind::Lexicon | Kind::Categories => corpus.read_settings(&entry, &bytes),
        }
    }
    corpus.read_articles(&sources, &mut site, today, progress);
    if let Some((path, bytes)) = pinned {
        let found = match settings::text(&path, &bytes) {
            Ok(source) => pins::apply(&path, source, &mut corpus.articles),
            Err(diagnostic) => vec![*diagnostic],
        };
        corpus.diagnostics.extend(found);
    }
    if !image_paths.is_empty() {
        let shown: BTreeSet<&str> = corpus
            .articles
            .iter()
            .flat_map(|article| &article.sections)
            .flat_map(|section| section.html.split("/media/").skip(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        image_paths.retain(|name, _| shown.contains(name.as_str()));
    }
    corpus.media = image_paths.into_iter().map(|(name, path)| Media { name, path }).collect();
    corpus.diagnostics.sort_by(|a, b| {
        let line = |diagnostic: &Diagnostic| {
            diagnostic.place.as_ref().map_or((0, 0), |place| (place.line, place.column))
        };
        (&a.path, line(a), a.code).cmp(&(&b.path, line(b), b.code))
    });
    corpus.diagnostics.dedup();
    diagnostic::fold(&mut corpus.diagnostics);
    corpus
}

impl Corpus {
    fn read_settings(&mut self, entry: &Entry, bytes: &[u8]) {
        let path = entry.path.as_str();
        let source = match settings::text(path, bytes) {
            Ok(source) => source,
            Err(diagnostic) => return self.diagnostics.push(*diagnostic),
        };
        if entry.kind == Kind::Categories {
            let (categories, diagnostics) = Categories::parse(path, source);
            self.categories = categories;
            return self.diagnostics.extend(diagnostics);
        }
        if let Err(diagnostics) = settings::table(path, source) {
            return self.diagnostics.extend(diagnostics);
        }
        let (lexicon, found) = Lexicon::parse(source);
        self.lexicon = lexicon;
        let mut mistakes = Mistakes::new(Code::Lexicon, path, source);
        for Mistake { span, message } in found {
            mistakes.add(span.start..span.end, message, None);
        }
        self.diagnostics.extend(mistakes.finish());
    }

    fn read_articles(
        &mut self,
        sources: &[(String, Vec<u8>)],
        site: &mut Site,
        today: Date,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) {
        let heads = in_parallel(sources, |(path, bytes)| parse::head(path, bytes));
        let mut seen = BTreeMap::new();
        let mut readable: Vec<Head<'_>> = Vec::with_capacity(heads.len());
        for ((path, _), (head, diagnostics)) in sources.iter().zip(heads) {
            self.diagnostics.extend(diagnostics);
            let Some(head) = head else {
                site.unreadable.insert(path.clone());
                continue;
            };
            if let Some(first) = seen.get(&(head.id.clone(), head.lang)) {
                let message = format!("the id `{}` in `{}` belongs to `{first}`", head.id, head.lang);
                let diagnostic =
                    Diagnostic::at(Code::DuplicateId, head.path, head.source, Span::new(0, 0), message);
                self.diagnostics.push(diagnostic.with_help("rename the file or give it an `id:` of its own"));
                site.unreadable.insert(head.path.to_owned());
                continue;
            }
            seen.insert((head.id.clone(), head.lang), head.path);
            site.articles.insert(head.path.to_owned(), head.target());
            readable.push(head);
        }
        let done = std::sync::atomic::AtomicUsize::new(0);
        let site = &*site;
        let parsed = in_parallel(&readable, |head| {
            let parsed = parse::body(head, site);
            progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, readable.len());
            parsed
        });
        let mut complete: Vec<Parsed<'_>> = Vec::with_capacity(parsed.len());
        for (article, diagnostics) in parsed {
            self.diagnostics.extend(diagnostics);
            complete.extend(article);
        }
        self.diagnostics.extend(check::corpus(&mut complete, &self.lexicon, &self.categories, today));
        for Parsed { article, .. } in complete {
            if article.is_public() {
                self.articles.push(article);
            } else {
                self.hidden += 1;
            }
        }
        self.articles.sort_by(|a, b| (&a.id, a.lang).cmp(&(&b.id, b.lang)));
    }
}

/// A carriage return alone ends a line too, as on the Macs of old; as many bytes as before.
fn with_line_feeds(mut bytes: Vec<u8>) -> Vec<u8> {
    for at in 0..bytes.len() {
        if bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
            bytes[at] = b'\n';
        }
    }
    bytes
}

/// Tells by its first bytes whether an image can be served, and under which name.
fn image(bytes: &[u8]) -> Image {
    let extension = match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        _ => return Image::Unusable("not a png, jpg, webp or gif".to_owned()),
    };
    let hash = text::hex(&Sha256::digest(bytes));
    Image::Usable(format!("{}.{extension}", text::upto(&hash, 32)))
}
