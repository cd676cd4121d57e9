//! Indexing: MB/s of Markdown and articles/s from a folder to a published generation.
//!
//! Method: load (read, parse, render, check) and reindex (analyze, write, verify, publish,
//! with every sync to disk) of 1,000 and 10,000 generated articles (see `corpus`), each time
//! into an empty index folder. The table shows the fastest of [`ROUNDS`] builds in wall
//! seconds, and the fewest CPU seconds that all threads of a build took together, which other
//! work on the machine does not add to. Memory is the most that was resident at any time in a
//! process that builds once (`VmHWM`, proc(5)), less what one needs for a single article: the
//! program and its dictionaries. For scale: what jieba alone (`Jieba::cut_for_search`
//! with its HMM) needs on one thread for the same section texts, each at its fastest of
//! [`ROUNDS`] passes. The criterion groups after it compare with the run before.
//!
//! Fixed seed: `corpus::SEED`.
//!
//! Asserted: every article is published and none has an error; the same folder always makes
//! the same content hash; the published generation finds articles by their titles.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod corpus;

#[expect(dead_code, reason = "other benches use more of it")]
#[path = "corpus/process.rs"]
mod process;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput};
use jieba_rs::Jieba;
use jieda::article::{Corpus, Severity};
use jieda::index::{Check, IndexDir, Manifest};
use jieda::search::{SearchRequest, Searcher};
use tempfile::TempDir;

use crate::corpus::{Folder, Rng, SEED, fastest_each, is_measuring, real};
use crate::process::cpu_time;

const SIZES: [usize; 2] = [1_000, 10_000];
/// Builds and passes of which the fastest counts.
const ROUNDS: usize = 5;

/// Names the folder of a process that only builds once and tells its memory.
const FOLDER: &str = "JIEDA_BENCH_FOLDER";

/// What was built, with the folder that holds it.
struct Built {
    dir: TempDir,
    manifest: Manifest,
    loading: Duration,
    total: Duration,
}

fn main() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        build(Path::new(&folder));
        return println!("{}", peak_memory());
    }
    let mut criterion = Criterion::default().configure_from_args();
    if is_measuring() {
        println!(
            "\n| articles | Markdown MB | wall s (load + index) | MB/s | articles/s | CPU s | MB / CPU s \
             | index / Markdown | memory / Markdown | jieba alone, s | CPU s / jieba | cores |"
        );
        println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    }
    let folders = SIZES.map(Folder::write);
    let mut bytes = Vec::new();
    for (size, folder) in SIZES.iter().zip(&folders) {
        let built = build(folder.path());
        verify(&built, folder, *size);
        bytes.push(built.manifest.source_bytes);
        if is_measuring() {
            row(folder, built);
        }
    }
    let mut group = criterion.benchmark_group("indexing");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(30));
    for ((size, folder), bytes) in SIZES.iter().zip(&folders).zip(bytes) {
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(format!("{size}"), |bencher| {
            bencher.iter_with_large_drop(|| {
                let built = build(folder.path());
                assert_eq!(built.manifest.articles, *size);
                built
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

/// From a folder of Markdown to a published generation in a new index folder.
fn build(folder: &Path) -> Built {
    let dir = TempDir::new().expect("a temporary folder can be made");
    let index = IndexDir::new(dir.path());
    let start = Instant::now();
    let corpus = corpus::load(folder);
    let loading = start.elapsed();
    let manifest = corpus::publish(corpus, &index);
    let total = start.elapsed();
    Built { dir, manifest, loading, total }
}

/// Panics where the generation is not what the folder holds.
fn verify(built: &Built, folder: &Folder, size: usize) {
    let corpus = corpus::load(folder.path());
    assert_eq!((built.manifest.articles, corpus.articles.len(), corpus.files), (size, size, size));
    let error = corpus.diagnostics.iter().find(|diagnostic| diagnostic.severity() == Severity::Error);
    assert!(error.is_none(), "{error:?}");
    let generation =
        IndexDir::new(built.dir.path()).open_current(Check::Full).expect("what was published opens");
    let searcher = Searcher::new(Arc::new(generation));
    let mut rng = Rng::new(SEED);
    for _ in 0..50 {
        let article = rng.pick(&corpus.articles);
        let (request, _) = SearchRequest::shortened(&article.title);
        let reply = searcher.search(&request.with_lang(Some(article.lang))).expect("the index can be read");
        assert!(reply.hits.iter().any(|hit| hit.id == article.id), "`{}` is not found", article.title);
    }
}

/// Measures a folder and prints its row.
fn row(folder: &Folder, first: Built) {
    let (mut best, mut cpu) = (first, Duration::MAX);
    for _ in 0..ROUNDS {
        let before = cpu_time("self");
        let built = build(folder.path());
        cpu = cpu.min(cpu_time("self").saturating_sub(before));
        let hashes = [&built, &best].map(|built| &built.manifest.content_hash);
        assert_eq!(hashes[0], hashes[1], "the same folder, another content");
        if built.total < best.total {
            best = built;
        }
    }
    let (cpu, jieba) = (cpu.as_secs_f64(), cut_all(&corpus::load(folder.path())).as_secs_f64());
    let memory = memory_of(folder.path()).saturating_sub(memory_of(one_article().path()));
    let (articles, bytes) = (best.manifest.articles, real(best.manifest.source_bytes));
    let seconds = best.total.as_secs_f64();
    println!(
        "| {articles} | {:.1} | {seconds:.2} ({:.2} + {:.2}) | {:.1} | {:.0} | {cpu:.2} | {:.1} | {:.2} | {:.1} | {jieba:.3} | {:.1} | {:.2} |",
        bytes / 1e6,
        best.loading.as_secs_f64(),
        best.total.saturating_sub(best.loading).as_secs_f64(),
        bytes / 1e6 / seconds,
        real(articles) / seconds,
        bytes / 1e6 / cpu,
        real(best.manifest.index_bytes()) / bytes,
        real(memory) / bytes,
        cpu / jieba,
        cpu / seconds,
    );
}

/// A folder with the least that can be indexed.
fn one_article() -> TempDir {
    let dir = TempDir::new().expect("a temporary folder can be made");
    std::fs::write(dir.path().join("one.md"), "# One\n").expect("a temporary file can be written");
    dir
}

/// The most memory in bytes that a process needs to build this folder.
fn memory_of(folder: &Path) -> u64 {
    let program = std::env::current_exe().expect("a bench has a file of its own");
    let output = Command::new(program).env(FOLDER, folder).output().expect("it can be run");
    let said = String::from_utf8(output.stdout).expect("it prints a number");
    said.trim().parse().expect("it prints a number")
}

/// The most memory in bytes that this process has had at any time (proc(5)).
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux counts it");
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kilobytes * 1024
}

/// How long jieba alone takes for the text of all sections.
fn cut_all(corpus: &Corpus) -> Duration {
    let jieba = Jieba::new();
    let mut tokens = 0;
    let sections: Vec<&str> = corpus
        .articles
        .iter()
        .flat_map(|article| &article.sections)
        .map(|section| section.text.as_str())
        .collect();
    let times = fastest_each(&sections, ROUNDS, |text| tokens += jieba.cut_for_search(text, true).len());
    assert!(tokens > corpus.articles.len(), "jieba found no words");
    times.iter().sum()
}
