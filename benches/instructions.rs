//! Instructions: what hot paths cost, counted and not timed, so that a change shows on any
//! machine under any load.
//!
//! Method: this program runs itself under valgrind's callgrind, which counts the instructions
//! inside one function (`--toggle-collect`) and nothing else. Each path does the same work on
//! 1,000 generated articles (see `corpus`), [`QUERIES`] queries of a kind or all texts once,
//! after a first round that is not counted. Counts of two runs of one binary differ by less than
//! one in a thousand; another compiler or another machine's libraries may count otherwise.
//!
//! Fixed seed: `corpus::SEED`. Needs valgrind (`apt-get install valgrind`).

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[expect(dead_code, reason = "other benches use more of it")]
mod corpus;

#[expect(dead_code, reason = "other benches use more of it")]
#[path = "corpus/queries.rs"]
mod queries;
#[expect(dead_code, reason = "other benches use more of it")]
#[path = "corpus/typed.rs"]
mod typed;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use jieda::analysis::Mode;
use jieda::http::api::SearchReply;
use jieda::index::{ArticleView, Check, IndexDir};
use jieda::search::{SearchRequest, Searcher};
use tempfile::TempDir;

use crate::corpus::{Folder, is_measuring};
use crate::queries::Kind;

const ARTICLES: usize = 1_000;
const QUERIES: usize = 100;
/// The argument that makes this program do one path's work; path and index follow.
const RUN: &str = "--run";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, path, index] = arguments.as_slice()
        && flag == RUN
    {
        return run(path, Path::new(index));
    }
    if !is_measuring() {
        return;
    }
    let index = TempDir::new().expect("a temporary folder can be made");
    corpus::publish(corpus::load(Folder::write(ARTICLES).path()), &IndexDir::new(index.path()));
    println!("\n| path | thousands of instructions | of each |");
    println!("| --- | ---: | --- |");
    let kinds = Kind::ALL.map(|kind| (kind.name(), "search"));
    let others = [
        ("open", "generation"),
        ("prepare", "generation"),
        ("suggest", "suggestion"),
        ("analyze", "KB of text"),
    ];
    for (path, each) in kinds.into_iter().chain(others) {
        let count = count(path, index.path());
        println!("| {path} | {:.1} | {each} |", count / 1e3);
    }
    println!();
}

/// The instructions that one unit of a path takes.
fn count(path: &str, index: &Path) -> f64 {
    let program = std::env::current_exe().expect("this program has a file");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*counted*"])
        .arg(program)
        .arg(RUN)
        .arg(path)
        .arg(index)
        .output()
        .expect("valgrind runs (apt-get install valgrind)");
    let (said, heard) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let units: f64 = said.trim().parse().unwrap_or_else(|_| panic!("{path}: {said}{heard}"));
    let collected = heard.lines().find_map(|line| line.split("Collected : ").nth(1));
    let collected: f64 = collected.and_then(|count| count.trim().parse().ok()).expect("valgrind counts");
    collected / units
}

/// Does a path's work, once to warm up and once to be counted; prints how many units that were.
fn run(path: &str, index: &Path) {
    let dir = IndexDir::new(index);
    let open = || Arc::new(dir.open_current(Check::Sizes).expect("what was published opens"));
    let generation = open();
    let (catalog, analyzer) = (generation.catalog(), generation.analyzer());
    let units = match path {
        "open" => {
            counted(open);
            1.0
        }
        "prepare" => {
            counted(|| Searcher::new(Arc::clone(&generation)).warm());
            1.0
        }
        "analyze" => {
            let sections = || catalog.iter().flat_map(ArticleView::sections);
            let analyze = || {
                let mut tokens = 0;
                sections().for_each(|section| {
                    analyzer.analyze(section.text(), Mode::Index, |_| tokens += 1);
                });
                tokens
            };
            analyze();
            counted(analyze);
            corpus::real(sections().map(|section| section.text().len()).sum::<usize>()) / 1e3
        }
        "suggest" => {
            let searcher = Searcher::new(Arc::clone(&generation));
            let typed = typed::draw(catalog, analyzer, QUERIES);
            let requests = typed.iter().map(|typed| request(&typed.text, typed.lang)).collect::<Vec<_>>();
            let suggest = || requests.iter().map(|request| searcher.suggest(request).len()).sum::<usize>();
            suggest();
            counted(suggest);
            corpus::real(QUERIES)
        }
        kind => {
            let searcher = Searcher::new(Arc::clone(&generation));
            let kind = Kind::ALL.into_iter().find(|known| known.name() == kind).expect("a kind of query");
            let asked = queries::draw(kind, catalog, analyzer, QUERIES);
            let requests = asked.iter().map(|asked| request(&asked.text, kind.lang())).collect::<Vec<_>>();
            let search = || {
                let reply = |request: &SearchRequest| {
                    let response = searcher.search(request).expect("the index can be read");
                    let reply = SearchReply::new(request.query(), response, Duration::ZERO, "");
                    serde_json::to_vec(&reply).expect("a reply is plain data").len()
                };
                requests.iter().map(reply).sum::<usize>()
            };
            search();
            counted(search);
            corpus::real(QUERIES)
        }
    };
    println!("{units}");
}

fn request(text: &str, lang: jieda::lang::Lang) -> SearchRequest {
    SearchRequest::new(text).expect("what was drawn is short").with_lang(Some(lang))
}

/// What callgrind counts.
#[inline(never)]
fn counted<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}
