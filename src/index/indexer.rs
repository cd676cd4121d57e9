//! A corpus becomes a generation.
//!
//! 1. Name the content by a hash; if the generation that serves has it, or one that was rolled
//!    back from, there is nothing to do.
//! 2. Refuse a corpus that has lost too much.
//! 3. Write catalog, index, lexicon and media into the building folder.
//! 4. Verify: manifest, tantivy's checksums, counts, canary queries.
//! 5. Publish.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use tantivy::Index;

use super::invert::{Postings, Terms};
use super::manifest::{self, FORMAT, Manifest};
use super::schema::{self, Fields, Part, Unit};
use super::segment::{self, Written};
use super::terms::Share;
use super::{Check, Error, Generation, IndexDir, Lock};
use super::{catalog, content, images, invert, names, pack, related};
use crate::analysis::{self, Analyzer};
use crate::article::{Article, Corpus};
use crate::parallel;

/// A corpus that has lost more than this share of the articles is taken for an accident.
const MAX_SHRINK_PERCENT: usize = 30;
/// Below this number of articles a second thread costs more than it gains.
const PARALLEL_FROM: usize = 100;

/// How to index.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Publish even if nothing has changed, or this very content was rolled back from.
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
    /// This very content was rolled back from, and nobody insists.
    RolledBack {
        /// The generation that serves instead.
        serving: Manifest,
        /// The id of the one that was rolled back from.
        from: String,
    },
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

/// Begins to load what [`reindex`] will need, for a caller that has nothing else to do.
pub fn prepare() {
    analysis::prepare();
}

/// The same for a caller that still reads articles.
pub fn prepare_meanwhile() {
    // With one core it would only take turns with the caller.
    if parallel::threads() > 1 {
        prepare();
    }
}

/// Builds, verifies and publishes a generation of `corpus`, if `accept` finds nothing wrong
/// with it. `progress` is told how many articles are indexed. The corpus is used up, so that
/// its texts are not in memory twice.
///
/// # Errors
/// When files cannot be written; what serves is untouched then.
pub fn reindex(
    dir: &IndexDir,
    lock: &Lock,
    mut corpus: Corpus,
    options: Options,
    accept: &dyn Fn(Generation) -> Result<(), String>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Outcome, Error> {
    dir.clear_leftovers(lock)?;
    if corpus.articles.is_empty() {
        return Ok(Outcome::Empty);
    }
    let analyzer = super::generation::analyzer_for(&corpus.lexicon);
    let analysis = analysis::fingerprint(&analyzer);
    let content_hash = content::hash(&corpus, &analysis);
    let serving = match dir.open_current(Check::Full) {
        Ok(generation) => Some(generation),
        // One that cannot be read now may be whole, and tell that too much is gone.
        Err(error @ Error::Io { .. }) => return Err(error),
        // One that is damaged or from another binary does not count: it is replaced.
        Err(_) => None,
    };
    let needed = likely_bytes(&corpus, serving.as_ref());
    if let Some(serving) = serving.as_ref().map(Generation::manifest) {
        if serving.content_hash == content_hash && !options.force {
            return Ok(Outcome::Unchanged(serving.clone()));
        }
        if !options.force
            && let Some(from) = dir.rolled_back_from(&content_hash)?
        {
            return Ok(Outcome::RolledBack { serving: serving.clone(), from });
        }
        let lost = serving.articles.saturating_sub(corpus.articles.len());
        if lost * 100 > serving.articles * MAX_SHRINK_PERCENT && !options.allow_shrink {
            return Ok(Outcome::Shrunk { from: serving.articles, to: corpus.articles.len() });
        }
    }
    drop(serving);
    dir.expect_room(needed)?;
    let (building, generation, counter) = dir.begin(lock, &content_hash)?;
    let built = build(&building, &mut corpus, &analyzer, progress).and_then(|sections| {
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

/// About as many bytes as a generation takes: its images, and an index.
fn likely_bytes(corpus: &Corpus, serving: Option<&Generation>) -> u64 {
    // What cannot be looked at is reported when it is copied.
    let images = corpus.media.iter().filter_map(|media| std::fs::metadata(&media.path).ok());
    let sections = corpus.articles.iter().flat_map(|article| &article.sections);
    let texts = sections.map(|section| (section.heading.len() + section.text.len()) as u64).sum();
    let serving = serving.map(|serving| (serving.index_bytes(), serving.catalog().text_bytes()));
    images.map(|file| file.len()).sum::<u64>() + likely_index_bytes(texts, serving)
}

/// About as many bytes as an index of texts of this length takes: as much of the one that serves
/// (its bytes, and its texts' length) as there is of its texts, and a byte for each of more,
/// since an index is rarely smaller.
fn likely_index_bytes(texts: u64, serving: Option<(u64, u64)>) -> u64 {
    let (bytes, before) = serving.unwrap_or_default();
    let kept = u128::from(bytes) * u128::from(texts.min(before)) / u128::from(before.max(1));
    u64::try_from(kept).unwrap_or(u64::MAX).saturating_add(texts.saturating_sub(before))
}

/// Writes all files but the manifest; returns the number of sections. Each stage lets go of
/// what the next ones do not need: the articles' sections are gone when it returns.
fn build(
    dir: &Path,
    corpus: &mut Corpus,
    analyzer: &Analyzer,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<usize, Error> {
    let tantivy_dir = dir.join("tantivy");
    std::fs::create_dir_all(&tantivy_dir).map_err(Error::io("create", &tantivy_dir))?;
    let (schema, fields) = schema::build();
    let mut shares = read_all(&corpus.articles, analyzer, progress);
    let names = names::written(fields.names, &corpus.articles).map_err(Error::io("write", &tantivy_dir))?;
    let mut writer = catalog::Writer::new(&corpus.articles, &corpus.categories);
    writer.add_all(&mut corpus.articles);
    writer.write_texts(dir)?;
    let index = Index::create_in_dir(&tantivy_dir, schema).map_err(Error::tantivy(&tantivy_dir))?;
    let nearest = write_index(&index, &fields, &corpus.articles, &mut shares, names)
        .map_err(Error::tantivy(&tantivy_dir))?;
    drop(shares);
    writer.relate(nearest);
    let sections = writer.sections();
    writer.write(dir)?;
    share(&tantivy_dir, dir)?;
    let lexicon = dir.join("lexicon.bin");
    std::fs::write(&lexicon, pack::lexicon(&corpus.lexicon)).map_err(Error::io("write", &lexicon))?;
    images::copy(&corpus.media, dir)?;
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

/// Writes what was read of all articles as one segment; returns which are nearest to each.
fn write_index(
    index: &Index,
    fields: &Fields,
    articles: &[Article],
    shares: &mut [Share],
    names: Written,
) -> tantivy::Result<Vec<Vec<u32>>> {
    let released = invert::release(shares);
    let shares = &*shares;
    let terms = Terms::of_units(shares, &released);
    drop(released);
    let parts = Part::ALL.iter().flat_map(|part| Unit::ALL.map(|unit| (*part, unit)));
    let written = parallel::map(&parts.collect::<Vec<_>>(), 1, |(part, unit)| {
        let terms = &terms[*unit as usize];
        let postings = Postings::of(shares, terms, *part, *unit);
        segment::field(fields.text(*part, *unit), part.record(), terms, &postings)
    });
    let mut written = written.into_iter().collect::<std::io::Result<Vec<_>>>()?;
    written.push(names);
    segment::write(index, articles.len(), &written)?;
    // The two fields of `body` come first.
    let frequencies: Vec<Vec<u32>> = written.into_iter().take(2).map(|field| field.frequencies).collect();
    Ok(related::nearest(articles, shares, &terms, &frequencies))
}

/// Reads the terms of all articles, in shares of about the same length.
fn read_all(articles: &[Article], analyzer: &Analyzer, progress: &(dyn Fn(usize) + Sync)) -> Vec<Share> {
    let length = |article: &Article| article.sections.iter().map(|section| section.text.len()).sum::<usize>();
    let count = if articles.len() < PARALLEL_FROM { 1 } else { parallel::threads() };
    let wanted = articles.iter().map(length).sum::<usize>() / count;
    let mut shares: Vec<&[Article]> = Vec::new();
    let (mut start, mut read) = (0, 0);
    for (index, article) in articles.iter().enumerate() {
        read += length(article);
        if read > wanted && shares.len() + 1 < count {
            shares.push(&articles[start..=index]);
            (start, read) = (index + 1, 0);
        }
    }
    shares.push(&articles[start..]);
    let done = AtomicUsize::new(0);
    parallel::map(&shares, 1, |share| {
        Share::read(share, analyzer, || progress(done.fetch_add(1, Ordering::Relaxed) + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_takes_what_the_last_one_took() {
        assert_eq!(likely_index_bytes(1_000, None), 1_000);
        assert_eq!(likely_index_bytes(1_000, Some((3_100, 1_000))), 3_100);
        assert_eq!(likely_index_bytes(500, Some((3_100, 1_000))), 1_550);
        // The first index of a few articles says little about ten thousand of them.
        assert_eq!(likely_index_bytes(1_000_000, Some((60_000, 100))), 60_000 + 999_900);
        assert_eq!(likely_index_bytes(1_000, Some((3_100, 0))), 1_000);
    }
}
