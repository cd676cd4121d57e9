//! Disk to [`Corpus`]: the only place of this folder that reads files.
//!
//! 1. Walk the folder (walkdir). A file behind a link is read when it lies inside the
//!    folder; names that begin with a dot, folders behind links, sockets and devices are not.
//! 2. Read every file once and hash it; the hashes make the digest of the tree.
//! 3. Parse on all cores.
//! 4. Check the corpus as a whole.
//! 5. Walk again: a digest that has changed in between means a half-written tree; start over.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::categories::Categories;
use super::diagnostic::{Code, Diagnostic, MAX_PLACED};
use super::links::{Image, Site};
use super::parse::{self, Head, Parsed};
use super::pins::Pins;
use super::{Article, check};
use crate::lexicon::Lexicon;
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
    /// The folder does not exist or is none.
    #[error("no articles folder at {}", .0.display())]
    NoFolder(PathBuf),
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

/// What a walk finds.
struct Tree {
    root: PathBuf,
    files: Vec<Entry>,
    diagnostics: Vec<Diagnostic>,
}

struct Entry {
    /// Relative, with `/`.
    path: String,
    full: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Markdown,
    Image,
    Lexicon,
    Categories,
    Pins,
}

/// A file's bytes, or why there are none.
enum Content {
    Bytes(Vec<u8>),
    TooLarge(u64),
    Failed(std::io::Error),
}

/// Reads all articles under `dir`. `today` decides which reviews are due.
/// `progress` is told how many of how many files are done, from several threads.
///
/// # Errors
/// When the folder is missing, cannot be listed or never holds still.
pub fn load(dir: &Path, today: Date, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Corpus, Error> {
    for _ in 0..ATTEMPTS {
        let tree = walk(dir)?;
        let contents = read_all(&tree)?;
        let digest = digest_of(&tree, &contents);
        let mut corpus = build(tree, contents, today, progress);
        if digest == self::digest(dir)? {
            corpus.source_digest = digest;
            return Ok(corpus);
        }
    }
    Err(Error::Unsettled(dir.to_owned()))
}

/// The corpus of files in memory, by path: what [`load`] reads from a folder of them.
#[must_use]
pub fn of_files(files: &[(&str, &[u8])], today: Date) -> Corpus {
    let kinds = files.iter().filter_map(|(path, bytes)| Some((kind_of(path)?, path, bytes)));
    let (entries, contents) = kinds
        .map(|(kind, path, bytes)| {
            let entry = Entry { path: (*path).to_owned(), full: PathBuf::from(path), kind };
            (entry, Content::Bytes(bytes.to_vec()))
        })
        .unzip();
    let tree = Tree { root: PathBuf::new(), files: entries, diagnostics: Vec::new() };
    build(tree, contents, today, &|_, _| {})
}

/// The digest of the files under `dir`: the same for the same paths and contents.
///
/// # Errors
/// When the folder is missing or cannot be listed.
pub fn digest(dir: &Path) -> Result<String, Error> {
    let tree = walk(dir)?;
    let contents = read_all(&tree)?;
    Ok(digest_of(&tree, &contents))
}

fn walk(dir: &Path) -> Result<Tree, Error> {
    let failed = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Error::NoFolder(dir.to_owned()),
        _ => Error::Read { path: dir.to_owned(), source },
    };
    let root = dir.canonicalize().map_err(failed)?;
    if !root.metadata().map_err(failed)?.is_dir() {
        return Err(Error::NoFolder(dir.to_owned()));
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

impl Tree {
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
        self.files.push(Entry { path, full, kind: file_kind });
    }
}

fn kind_of(path: &str) -> Option<Kind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = name.rsplit_once('.')?;
    match (extension.to_ascii_lowercase().as_str(), folder, name) {
        ("toml", "", "lexicon.toml") => Some(Kind::Lexicon),
        ("toml", "", "categories.toml") => Some(Kind::Categories),
        ("toml", "", "pins.toml") => Some(Kind::Pins),
        // A book's table of contents (GitBook, mdBook) is navigation, not an article.
        ("md", _, "SUMMARY.md") if folder.is_empty() || crate::lang::Lang::from_tag(folder).is_some() => None,
        ("md" | "markdown" | "mdx", ..) if !stem.is_empty() => Some(Kind::Markdown),
        ("png" | "jpg" | "jpeg" | "webp" | "gif" | "svg" | "bmp" | "avif" | "tif" | "tiff" | "ico", ..) => {
            Some(Kind::Image)
        }
        _ => None,
    }
}

/// Reads files on all cores, in their order. A disk that fails, or a process that has no file
/// handles left, is no mistake of an article: nothing may be published without it.
fn read_all(tree: &Tree) -> Result<Vec<Content>, Error> {
    let contents = in_parallel(&tree.files, |entry| {
        let limit = match entry.kind {
            Kind::Image => MAX_IMAGE_BYTES,
            _ => MAX_ARTICLE_BYTES,
        };
        match read(&entry.full, limit) {
            Ok(content) => Ok(content),
            Err(error) if is_of_file(&error) => Ok(Content::Failed(error)),
            Err(source) => Err(Error::Read { path: entry.full.clone(), source }),
        }
    });
    contents.into_iter().collect()
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
fn read(path: &Path, limit: u64) -> std::io::Result<Content> {
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

fn digest_of(tree: &Tree, contents: &[Content]) -> String {
    let hashes = in_parallel(contents, |content| match content {
        Content::Bytes(bytes) => Sha256::digest(bytes).to_vec(),
        Content::TooLarge(length) => length.to_le_bytes().to_vec(),
        Content::Failed(error) => error.to_string().into_bytes(),
    });
    let mut digest = Sha256::new();
    for (entry, hash) in tree.files.iter().zip(hashes) {
        digest.update((entry.path.len() as u64).to_le_bytes());
        digest.update(&entry.path);
        digest.update((hash.len() as u64).to_le_bytes());
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
    let mut pins = None;
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
                sources.push((entry.path, bytes));
            }
            Kind::Image => {
                let image = image(&bytes);
                if let Image::Usable(name) = &image {
                    image_paths.insert(name.clone(), entry.full);
                }
                site.images.insert(entry.path, image);
            }
            Kind::Pins => pins = Some((entry.path, bytes)),
            Kind::Lexicon | Kind::Categories => corpus.read_settings(&entry, &bytes),
        }
    }
    corpus.read_articles(&sources, &mut site, today, progress);
    if let Some((path, bytes)) = pins {
        let found = match std::str::from_utf8(&bytes) {
            Ok(source) => Pins::apply(&path, source, &mut corpus.articles),
            Err(_) => vec![Diagnostic::of_file(Code::Pins, &path, "the file is not UTF-8")],
        };
        corpus.diagnostics.extend(found);
    }
    let shown: std::collections::BTreeSet<&str> = corpus
        .articles
        .iter()
        .flat_map(|article| &article.sections)
        .flat_map(|section| section.html.split("/media/").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    corpus.media = image_paths
        .into_iter()
        .filter(|(name, _)| shown.contains(name.as_str()))
        .map(|(name, path)| Media { name, path })
        .collect();
    corpus.diagnostics.sort_by(|a, b| {
        let line = |diagnostic: &Diagnostic| {
            diagnostic.place.as_ref().map_or((0, 0), |place| (place.line, place.column))
        };
        (&a.path, line(a), a.code).cmp(&(&b.path, line(b), b.code))
    });
    corpus.diagnostics.dedup();
    corpus
}

impl Corpus {
    fn read_settings(&mut self, entry: &Entry, bytes: &[u8]) {
        let code = if entry.kind == Kind::Lexicon { Code::Lexicon } else { Code::Categories };
        let Ok(source) = std::str::from_utf8(bytes) else {
            self.diagnostics.push(Diagnostic::of_file(code, &entry.path, "the file is not UTF-8"));
            return;
        };
        if entry.kind == Kind::Lexicon {
            let (lexicon, mistakes) = Lexicon::parse(source);
            self.lexicon = lexicon;
            let more = mistakes.len().saturating_sub(MAX_PLACED);
            let placed = mistakes.into_iter().take(MAX_PLACED);
            let diagnostics = placed.map(|m| Diagnostic::at(code, &entry.path, source, m.span, m.message));
            self.diagnostics.extend(diagnostics.chain(Diagnostic::more(code, &entry.path, more)));
        } else {
            let (categories, diagnostics) = Categories::parse(&entry.path, source);
            self.categories = categories;
            self.diagnostics.extend(diagnostics);
        }
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
