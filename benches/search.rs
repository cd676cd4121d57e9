//! Search in process: median and 99th percentile per kind of query at 1,000, 10,000 and
//! 100,000 articles, and against a bare tantivy at 10,000.
//!
//! Method: generated articles (see `corpus`) are loaded, indexed and opened as `jieda serve`
//! does it. For each kind, [`QUERIES`] different queries are drawn from the articles (see
//! `queries`) and asked by a reader of their language, on one thread, [`ROUNDS`] passes over
//! all of them; a query's time is its fastest pass, so that other work on the machine does not
//! count, and the table shows percentiles over the queries. A search is everything but HTTP
//! and JSON: analysis, ranking, counts, facets, ten hits with titles and snippets. `bare` is
//! an OR over three fields of words in a tantivy index of its own over the same articles (see
//! `bare`), the query being cut into words beforehand, of pinyin and slips the words meant. The criterion group after it compares
//! with the run before.
//!
//! A second table shows the same for suggestions: [`QUERIES`] different things that people
//! have typed so far (see `typed`), beside the median of the first kind of query. With the
//! argument `suggest` only that is measured.
//!
//! With the argument `growth`, medians and 99th percentiles at [`GROWTH`] articles of about four
//! sections each, [`GROWTH_QUERIES`] queries a kind, are printed and drawn into
//! `docs/growth.svg`.
//!
//! Fixed seed: `corpus::SEED`.
//!
//! Asserted: every query but pinyin and slips has a hit; where all its hits fit the page, its source is among them;
//! for one in [`EVERY`], its source is among all hits of its category, as far as they can be
//! asked for; at 1,000 articles, where few ask the same, enough sources are on the first page
//! ([`Kind::on_first_page`]); a quoted phrase is in every hit for it; a second, newly opened
//! searcher gives equal replies; of what was typed, [`SUGGESTED`] of 100 suggest their source or
//! as much as can be suggested.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod corpus;

#[path = "corpus/bare.rs"]
mod bare;
#[path = "corpus/plot.rs"]
mod plot;
#[path = "corpus/queries.rs"]
mod queries;
#[path = "corpus/typed.rs"]
mod typed;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use jieda::analysis::fold::fold;
use jieda::index::{ArticleView, Check, IndexDir};
use jieda::lang::Script;
use jieda::search::request::MAX_DEPTH;
use jieda::search::suggest::MAX_SUGGESTIONS;
use jieda::search::{SearchRequest, SearchResponse, Searcher};
use tempfile::TempDir;

use crate::bare::Bare;
use crate::corpus::{Folder, fastest_each, is_measuring, real};
use crate::plot::Line;
use crate::queries::{Asked, Kind};
use crate::typed::Typed;

const KINDS: usize = Kind::ALL.len();
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// The size at which tantivy alone is measured, and runs are compared.
const MIDDLE: usize = 10_000;
/// A thousand to a million sections.
const GROWTH: [usize; 4] = [250, 2_500, 25_000, 250_000];
/// Different queries of each kind.
const QUERIES: usize = 1_000;
const GROWTH_QUERIES: usize = 200;
/// Passes of which each query's fastest counts.
const ROUNDS: usize = 5;
/// Every so many queries, all hits are looked through for the source.
const EVERY: usize = 20;
/// Of 100 things typed, how many must suggest their source, or as much as can be.
const SUGGESTED: usize = 97;

/// A published generation, open.
struct World {
    searcher: Searcher,
    index: TempDir,
    sections: usize,
}

/// Median and 99th percentile.
#[derive(Clone, Copy)]
struct Percentiles {
    median: Duration,
    p99: Duration,
}

/// What came of a kind of query at one size.
struct Measured {
    times: Percentiles,
    /// Articles that match a query, the median over the queries.
    matching: usize,
}

fn main() {
    if std::env::args().any(|argument| argument == "suggest") {
        let rows = SIZES.map(|size| {
            let world = World::build(size);
            (measure(Kind::ALL[0], &world).times, measure_suggestions(&world))
        });
        return print_suggestions(&rows);
    }
    if std::env::args().any(|argument| argument == "growth") {
        return grow();
    }
    let mut middle = None;
    if is_measuring() {
        let mut columns = Vec::new();
        let mut suggestions = Vec::new();
        for size in SIZES {
            let world = World::build(size);
            suggestions.push(measure_suggestions(&world));
            columns.push(Kind::ALL.map(|kind| measure(kind, &world)));
            if size == MIDDLE {
                middle = Some(world);
            }
        }
        let middle = middle.as_ref().expect("the middle size is one of the sizes");
        let generation = middle.searcher.generation();
        let bare = Bare::of(generation.catalog(), generation.analyzer());
        print_table(&columns, &Kind::ALL.map(|kind| measure_bare(kind, middle, &bare)));
        let searched = columns.iter().map(|column| column[0].times);
        print_suggestions(&searched.zip(suggestions).collect::<Vec<_>>());
    }
    let mut criterion = Criterion::default().configure_from_args();
    group(&mut criterion, &middle.unwrap_or_else(|| World::build(MIDDLE)));
    criterion.final_summary();
}

impl World {
    fn build(size: usize) -> Self {
        let start = Instant::now();
        let folder = Folder::write(size);
        let written = start.elapsed();
        let corpus = corpus::load(folder.path());
        let (source_bytes, warnings) = (corpus.source_bytes, corpus.diagnostics.len());
        let index = TempDir::new().expect("a temporary folder can be made");
        let dir = IndexDir::new(index.path());
        let manifest = corpus::publish(corpus, &dir);
        assert_eq!(manifest.articles, size, "an article is missing");
        println!(
            "{size} articles, {:.1} MB: written in {:.1} s, indexed in {:.1} s, {} sections, {} warnings",
            real(source_bytes) / 1e6,
            written.as_secs_f64(),
            start.elapsed().saturating_sub(written).as_secs_f64(),
            manifest.sections,
            warnings,
        );
        Self { searcher: open(&dir), index, sections: manifest.sections }
    }
}

fn open(dir: &IndexDir) -> Searcher {
    Searcher::new(Arc::new(dir.open_current(Check::Sizes).expect("what was published opens")))
}

fn draw(kind: Kind, world: &World, count: usize) -> Vec<Asked> {
    let generation = world.searcher.generation();
    queries::draw(kind, generation.catalog(), generation.analyzer(), count)
}

fn request(kind: Kind, asked: &Asked) -> SearchRequest {
    let request = SearchRequest::new(&asked.text).expect("a drawn query is short");
    request.with_lang(Some(kind.lang()))
}

fn search(searcher: &Searcher, request: &SearchRequest) -> SearchResponse {
    searcher.search(request).expect("the index can be read")
}

/// Checks and measures one kind of query.
fn measure(kind: Kind, world: &World) -> Measured {
    let asked = draw(kind, world, QUERIES);
    let requests: Vec<SearchRequest> = asked.iter().map(|asked| request(kind, asked)).collect();
    let replies: Vec<SearchResponse> =
        requests.iter().map(|request| search(&world.searcher, request)).collect();
    verify(kind, world, &asked, &replies);
    let again = open(&IndexDir::new(world.index.path()));
    for (request, reply) in requests.iter().zip(&replies) {
        assert_eq!(&search(&again, request), reply, "two searchers, two replies");
    }
    let mut matching: Vec<usize> = replies.iter().map(|reply| reply.total).collect();
    matching.sort_unstable();
    let times = percentiles(&requests, |request| search(&world.searcher, request).total);
    Measured { times, matching: matching[matching.len() / 2] }
}

/// Panics where a reply is not what its query should get.
fn verify(kind: Kind, world: &World, asked: &[Asked], replies: &[SearchResponse]) {
    let catalog = world.searcher.generation().catalog();
    let mut found = 0;
    for (number, (asked, reply)) in asked.iter().zip(replies).enumerate() {
        let query = &asked.text;
        let has_source = |reply: &SearchResponse| reply.hits.iter().any(|hit| hit.ordinal == asked.source);
        let is_verbatim = kind.is_verbatim();
        assert!(reply.total > 0 || !is_verbatim, "`{query}` has no hit");
        let misses = reply.total <= reply.hits.len() && !has_source(reply);
        assert!(!misses || !is_verbatim, "`{query}` misses its source");
        found += usize::from(has_source(reply));
        if is_verbatim && number.is_multiple_of(EVERY) {
            let category = catalog.article(asked.source).category().to_owned();
            let deep = request(kind, asked).with_category(Some(category)).with_depth(MAX_DEPTH);
            let reply = search(&world.searcher, &deep);
            assert!(reply.total > MAX_DEPTH || has_source(&reply), "`{query}` never finds its source");
        }
        if let Some((phrase, _)) = query.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            for hit in &reply.hits {
                assert!(contains(catalog.article(hit.ordinal), phrase), "`{}` has no {query}", hit.id);
            }
        }
    }
    let is_small = catalog.len() <= SIZES[0];
    assert!(
        !is_small || found * 100 >= asked.len() * kind.on_first_page(),
        "{found} of {} sources are on the first page: {}",
        asked.len(),
        kind.name()
    );
}

/// Whether an article has the characters one behind the other, whatever marks stand between.
fn contains(article: ArticleView<'_>, phrase: &str) -> bool {
    let about = article.summary().into_iter().chain(article.questions()).chain(article.tags());
    let read = article.sections().flat_map(|section| [section.heading(), section.text()]);
    let letters = |text: &str| -> String {
        fold(text).text.chars().filter(|c| Script::of(*c) != Script::Other).collect()
    };
    let phrase = letters(phrase);
    std::iter::once(article.title()).chain(about).chain(read).any(|text| letters(text).contains(&phrase))
}

/// Percentiles over the queries, each at its fastest.
fn percentiles<T>(queries: &[T], search: impl Fn(&T) -> usize) -> Percentiles {
    let mut times = fastest_each(queries, ROUNDS, |query| {
        black_box(search(query));
    });
    times.sort_unstable();
    Percentiles { median: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}

/// Checks and measures suggestions.
fn measure_suggestions(world: &World) -> Percentiles {
    let generation = world.searcher.generation();
    let typed = typed::draw(generation.catalog(), generation.analyzer(), QUERIES);
    let request = |typed: &Typed| {
        SearchRequest::new(&typed.text).expect("a beginning is short").with_lang(Some(typed.lang))
    };
    let suggested = typed.iter().filter(|typed| {
        let suggestions = world.searcher.suggest(&request(typed));
        let source = generation.catalog().article(typed.source).id();
        suggestions.len() == MAX_SUGGESTIONS || suggestions.iter().any(|found| found.id == source)
    });
    let found = suggested.count();
    assert!(found * 100 >= typed.len() * SUGGESTED, "{found} of {} suggest their source", typed.len());
    let requests: Vec<SearchRequest> = typed.iter().map(request).collect();
    percentiles(&requests, |request| world.searcher.suggest(request).len())
}

/// A row for each size: a search, a suggestion.
fn print_suggestions(rows: &[(Percentiles, Percentiles)]) {
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    println!("\nSuggestions, p50 / p99 in µs; beside them the search for {}\n", Kind::ALL[0].name());
    println!("| articles | suggestions | search |");
    println!("| ---: | ---: | ---: |");
    for (size, (search, suggest)) in SIZES.iter().zip(rows) {
        let cell = |times: &Percentiles| format!("{:.0} / {:.0}", micros(times.median), micros(times.p99));
        println!("| {size} | {} | {} |", cell(suggest), cell(search));
    }
    println!();
}

/// How times grow with the articles: a table, and a drawing of it.
fn grow() {
    let mut lines = Kind::ALL.map(|kind| Line { name: kind.name(), points: Vec::new() });
    println!("\np50 / p99 in µs\n\n| articles | sections | {} |", Kind::ALL.map(Kind::name).join(" | "));
    println!("| ---: | ---: |{}", " ---: |".repeat(KINDS));
    for size in GROWTH {
        let world = World::build(size);
        let mut cells = Vec::new();
        for (kind, line) in Kind::ALL.into_iter().zip(&mut lines) {
            let asked = draw(kind, &world, GROWTH_QUERIES);
            let requests: Vec<SearchRequest> = asked.iter().map(|asked| request(kind, asked)).collect();
            let times = percentiles(&requests, |request| search(&world.searcher, request).total);
            let micros = |time: Duration| time.as_secs_f64() * 1e6;
            line.points.push((real(world.sections), micros(times.median)));
            cells.push(format!("{:.0} / {:.0}", micros(times.median), micros(times.p99)));
        }
        println!("| {size} | {} | {} |", world.sections, cells.join(" | "));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/growth.svg");
    let drawing = plot::svg(&lines, "sections", "median of a search in µs");
    std::fs::write(path, drawing).expect("the project can be written");
}

/// The same queries on tantivy alone.
fn measure_bare(kind: Kind, world: &World, bare: &Bare) -> Percentiles {
    let generation = world.searcher.generation();
    let queries: Vec<Vec<String>> = draw(kind, world, QUERIES)
        .iter()
        .map(|asked| bare::words(&asked.meant, generation.analyzer()))
        .collect();
    let found = queries.iter().filter(|words| bare.search(words) > 0).count();
    assert!(found * 100 >= queries.len() * 95, "tantivy alone finds only {found}");
    percentiles(&queries, |words| bare.search(words))
}

/// `columns`: for each size, a row for each kind.
fn print_table(columns: &[[Measured; KINDS]], bare: &[Percentiles; KINDS]) {
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let cell = |times: &Percentiles| format!("{:.0} / {:.0}", micros(times.median), micros(times.p99));
    println!("\np50 / p99 in µs; ×: 10k as a multiple of bare tantivy; matching: articles per query, median");
    println!("\n| query | 1k | 10k | 100k | bare 10k | × | matching |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (row, kind) in Kind::ALL.iter().enumerate() {
        let ours: Vec<String> = columns.iter().map(|column| cell(&column[row].times)).collect();
        let matching: Vec<String> = columns.iter().map(|column| column[row].matching.to_string()).collect();
        let (middle, bare) = (&columns[1][row].times, &bare[row]);
        let times = |ours: Duration, bare: Duration| ours.as_secs_f64() / bare.as_secs_f64();
        println!(
            "| {} | {} | {} | {:.1} / {:.1} | {} |",
            kind.name(),
            ours.join(" | "),
            cell(bare),
            times(middle.median, bare.median),
            times(middle.p99, bare.p99),
            matching.join(", "),
        );
    }
    println!();
}

/// One search after the other, so that runs can be compared.
fn group(criterion: &mut Criterion, world: &World) {
    let kind = Kind::ChineseQuestion;
    let asked = draw(kind, world, QUERIES);
    let requests: Vec<SearchRequest> = asked.iter().map(|asked| request(kind, asked)).collect();
    let mut next = requests.iter().cycle();
    let mut group = criterion.benchmark_group(format!("search/{MIDDLE}"));
    group.bench_function(kind.name(), |bencher| {
        bencher.iter(|| {
            let request = next.next().expect("a cycle does not end");
            let reply = search(&world.searcher, request);
            assert!(reply.total > 0, "`{}` has no hit", request.query());
            reply
        });
    });
    group.finish();
}
