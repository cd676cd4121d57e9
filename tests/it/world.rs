//! Folders and indexes for tests: articles written to a temporary folder, indexed in
//! process by the same calls the command makes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jieda::article::{Corpus, load};
use jieda::index::indexer::{self, Options, Outcome};
use jieda::index::{Check, Error, IndexDir, Lock, Manifest};
use jieda::search::{Hit, SearchRequest, SearchResponse, Searcher};
use tempfile::TempDir;

/// A temporary folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, content) in files {
        write(folder.path(), path, content);
    }
    folder
}

/// Writes a file and the folders above it.
pub(crate) fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Reads the articles of a folder, as of a fixed day.
pub(crate) fn corpus(folder: &Path) -> Corpus {
    load::load(folder, jiff::civil::date(2026, 11, 20), &|_, _| {}).unwrap()
}

/// The folder of the sample help center.
pub(crate) fn help_center() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("articles")
}

/// Its files, by path.
pub(crate) fn help_center_files() -> Vec<(String, String)> {
    let root = help_center();
    let files = walkdir::WalkDir::new(&root).into_iter().map(|entry| entry.unwrap().into_path());
    let read = |path: PathBuf| {
        let relative = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        (relative, fs::read_to_string(&path).unwrap())
    };
    files.filter(|path| path.is_file()).map(read).collect()
}

/// Articles and an index of them.
pub(crate) struct World {
    pub(crate) articles: TempDir,
    index: TempDir,
}

impl World {
    /// Indexes these articles.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let world = Self { articles: folder(files), index: TempDir::new().unwrap() };
        world.published(Options::default());
        world
    }

    /// Indexes the sample help center.
    pub(crate) fn help_center() -> Self {
        let files = help_center_files();
        Self::new(&files.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect::<Vec<_>>())
    }

    /// The index folder.
    pub(crate) fn dir(&self) -> IndexDir {
        IndexDir::new(self.index.path())
    }

    /// Indexes what the folder has now.
    pub(crate) fn reindex(&self, options: Options) -> Outcome {
        let dir = self.dir();
        let lock = lock(&dir);
        indexer::reindex(&dir, &lock, corpus(self.articles.path()), options, &|_| Ok(()), &|_| {}).unwrap()
    }

    /// Indexes, and expects a new generation.
    pub(crate) fn published(&self, options: Options) -> Manifest {
        match self.reindex(options) {
            Outcome::Published { manifest, .. } => manifest,
            other => panic!("{other:?}"),
        }
    }

    /// Answers from what serves.
    pub(crate) fn searcher(&self) -> Searcher {
        Searcher::new(Arc::new(self.dir().open_current(Check::Full).unwrap()))
    }

    /// The ids of the hits for a query in all languages.
    pub(crate) fn ids(&self, query: &str) -> Vec<String> {
        ids(&self.search(&request(query)))
    }

    /// The answer to a request.
    pub(crate) fn search(&self, request: &SearchRequest) -> SearchResponse {
        self.searcher().search(request).unwrap()
    }
}

/// A request for the first page in all languages.
pub(crate) fn request(query: &str) -> SearchRequest {
    SearchRequest::new(query).unwrap()
}

/// The ids of hits, in order.
/// The lock of an index. A process that another test starts has it as well, from the moment it
/// is made until it becomes another program.
pub(crate) fn lock(dir: &IndexDir) -> Lock {
    let started = Instant::now();
    loop {
        match dir.lock() {
            Err(Error::Locked { .. }) if started.elapsed() < Duration::from_secs(5) => {
                std::thread::yield_now();
            }
            lock => return lock.unwrap(),
        }
    }
}

pub(crate) fn ids(response: &SearchResponse) -> Vec<String> {
    response.hits.iter().map(|hit| hit.id.clone()).collect()
}

/// A hit's title and snippet with its matches in brackets.
pub(crate) fn marked(hit: &Hit) -> (String, String) {
    let mark = |source: &str, spans: &[jieda::text::Span]| {
        let mut out = String::new();
        let mut at = 0;
        for span in spans {
            out += &source[at..span.start];
            out += &format!("[{}]", &source[span.start..span.end]);
            at = span.end;
        }
        out + &source[at..]
    };
    (mark(&hit.title, &hit.title_spans), mark(&hit.snippet.text, &hit.snippet.spans))
}
