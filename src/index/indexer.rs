//! A corpus becomes a generation.
//!
//! 1. Name the content by a hash; if the generation that serves has it, there is nothing to do.
//! 2. Refuse a corpus that has lost too much.
//! 3. Write catalog, index, lexicon and media into the building folder.
//! 4. Verify: manifest, tantivy's checksums, counts, canary queries.
//! 5. Publish.

use std::path::Path;

use sha2::{Digest, Sha256};
use tantivy::indexer::NoMergePolicy;
use tantivy::{Index, IndexWriter};

use super::catalog;
use super::document::{FieldTokenizer, document};
use super::manifest::{self, FORMAT, Manifest};
use super::schema::{self, GRAMS, Unit, WORDS};
use super::{Check, Error, Generation, IndexDir, Lock};
use crate::analysis::{self, Analyzer};
use crate::article::Corpus;
use crate::text;

/// A corpus that has lost more than this share of the articles is taken for an accident.
const MAX_SHRINK_PERCENT: usize = 30;
/// Memory for each thread's part of the index before it is written out, in bytes.
const ARENA_BYTES: usize = 128 * 1024 * 1024;
/// Below this number of articles a second thread costs more than it gains.
const PARALLEL_FROM: usize = 1_000;
/// Files of tantivy that are of use to its writer only.
const WRITER_FILES: [&str; 2] = [".tantivy-writer.lock", ".tantivy-meta.lock"];

/// How to index.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Publish even if nothing has changed.
    pub force: bool,
    /// Publish even if many articles are gone.
    pub allow_shrink: bool,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// A new generation serves.
    Published {
        /// Its manifest.
        manifest: Manifest,
        /// Old generations that were removed.
        pruned: Vec<String>,
    },
    /// The generation that serves has this very content.
    Unchanged(Manifest),
    /// There is no public article.
    Empty,
    /// Too many articles are gone.
    Shrunk {
        /// Articles of the generation that serves.
        from: usize,
        /// Articles of the corpus.
        to: usize,
    },
    /// The new generation was not accepted, and why.
    Refused(String),
}

/// Builds, verifies and publishes a generation of `corpus`, if `accept` finds nothing wrong
/// with it. `progress` is told how many articles are indexed.
///
/// # Errors
/// When files cannot be written; what serves is untouched then.
pub fn reindex(
    dir: &IndexDir,
    lock: &Lock,
    corpus: &Corpus,
    options: Options,
    accept: &dyn Fn(Generation) -> Result<(), String>,
    progress: &dyn Fn(usize),
) -> Result<Outcome, Error> {
    dir.clear_leftovers(lock)?;
    if corpus.articles.is_empty() {
        return Ok(Outcome::Empty);
    }
    let analyzer = super::generation::analyzer_for(&corpus.lexicon);
    let analysis = analysis::fingerprint(&analyzer);
    let content_hash = content_hash(corpus, &analysis);
    // A generation that is damaged or from another binary does not count: it is replaced.
    let serving = dir.current().ok().flatten().and_then(|current| {
        Generation::open(&dir.generation(&current.generation), &current.generation, Check::Full).ok()
    });
    if let Some(serving) = serving.as_ref().map(Generation::manifest) {
        if serving.content_hash == content_hash && !options.force {
            return Ok(Outcome::Unchanged(serving.clone()));
        }
        let lost = serving.articles.saturating_sub(corpus.articles.len());
        if lost * 100 > serving.articles * MAX_SHRINK_PERCENT && !options.allow_shrink {
            return Ok(Outcome::Shrunk { from: serving.articles, to: corpus.articles.len() });
        }
    }
    drop(serving);
    let (building, generation, counter) = dir.begin(lock, &content_hash)?;
    let built = build(&building, corpus, &analyzer, progress).and_then(|sections| {
        let manifest = Manifest {
            format: FORMAT,
            analysis,
            generation: generation.clone(),
            counter,
            built: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            content_hash,
            source_digest: corpus.source_digest.clone(),
            articles: corpus.articles.len(),
            sections,
            source_bytes: corpus.source_bytes,
            files: manifest::entries(&building)?,
        };
        manifest.write(&building)?;
        let opened = Generation::open(&building, &generation, Check::Full)?;
        opened.canary()?;
        if let Err(reason) = accept(opened) {
            std::fs::remove_dir_all(&building).map_err(Error::io("remove", &building))?;
            return Ok(Outcome::Refused(reason));
        }
        let pruned = dir.publish(lock, &building, &generation)?;
        Ok(Outcome::Published { manifest, pruned })
    });
    if built.is_err() {
        // The failure is what matters; what cannot be removed now is removed next time.
        let _ = std::fs::remove_dir_all(&building);
    }
    built
}

/// Names a corpus by what readers get: not by paths, times, drafts or diagnostics.
fn content_hash(corpus: &Corpus, analysis: &str) -> String {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    add(&FORMAT.to_le_bytes());
    add(analysis.as_bytes());
    for article in &corpus.articles {
        add(&postcard::to_stdvec(article).expect("an article is plain data"));
    }
    add(&postcard::to_stdvec(&corpus.lexicon).expect("a lexicon is plain data"));
    add(&postcard::to_stdvec(&corpus.categories).expect("categories are plain data"));
    for media in &corpus.media {
        add(media.name.as_bytes());
    }
    text::hex(&digest.finalize())
}

/// Writes all files but the manifest; returns the number of sections.
fn build(dir: &Path, corpus: &Corpus, analyzer: &Analyzer, progress: &dyn Fn(usize)) -> Result<usize, Error> {
    let mut writer = catalog::Writer::new(&corpus.articles, &corpus.categories);
    let tantivy_dir = dir.join("tantivy");
    std::fs::create_dir_all(&tantivy_dir).map_err(Error::io("create", &tantivy_dir))?;
    write_index(&tantivy_dir, corpus, analyzer, |ordinal| {
        writer.add(&corpus.articles[ordinal]);
        progress(ordinal + 1);
    })
    .map_err(|source| Error::Tantivy { path: tantivy_dir.clone(), source })?;
    for name in WRITER_FILES {
        let path = tantivy_dir.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &path)(error));
            }
            _ => {}
        }
    }
    let sections = writer.sections();
    writer.write(dir)?;
    share(&tantivy_dir, dir)?;
    let lexicon = dir.join("lexicon.json");
    let json = serde_json::to_vec(&corpus.lexicon).expect("a lexicon is plain data");
    std::fs::write(&lexicon, json).map_err(Error::io("write", &lexicon))?;
    if !corpus.media.is_empty() {
        let media_dir = dir.join("media");
        std::fs::create_dir_all(&media_dir).map_err(Error::io("create", &media_dir))?;
        for media in &corpus.media {
            std::fs::copy(&media.path, media_dir.join(&media.name))
                .map_err(Error::io("copy", &media.path))?;
        }
    }
    Ok(sections)
}

/// Gives tantivy's files, some of which only their owner may read, the permissions of the
/// files beside them: a server may run as another user.
fn share(tantivy_dir: &Path, dir: &Path) -> Result<(), Error> {
    let permissions = std::fs::metadata(dir.join("catalog.bin")).map(|metadata| metadata.permissions());
    let permissions = permissions.map_err(Error::io("read", dir))?;
    for (path, _) in manifest::list(tantivy_dir)? {
        let path = tantivy_dir.join(path);
        std::fs::set_permissions(&path, permissions.clone()).map_err(Error::io("write", &path))?;
    }
    Ok(())
}

/// Indexes all articles into one segment. `added` is called with each ordinal in order.
fn write_index(
    dir: &Path,
    corpus: &Corpus,
    analyzer: &Analyzer,
    mut added: impl FnMut(usize),
) -> tantivy::Result<()> {
    let (schema, fields) = schema::build();
    let index = Index::create_in_dir(dir, schema)?;
    register_tokenizers(&index, analyzer);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if corpus.articles.len() < PARALLEL_FROM { 1 } else { cores.min(4) };
    let mut writer: IndexWriter = index.writer_with_num_threads(threads, threads * ARENA_BYTES)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for (ordinal, article) in corpus.articles.iter().enumerate() {
        writer.add_document(document(article, ordinal as u64, &fields))?;
        added(ordinal);
    }
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()
}

fn register_tokenizers(index: &Index, analyzer: &Analyzer) {
    let manager = index.tokenizers();
    manager.register(WORDS, FieldTokenizer::new(analyzer.clone(), Unit::Word));
    manager.register(GRAMS, FieldTokenizer::new(analyzer.clone(), Unit::Gram));
}
