//! What is done with any bytes, and what must hold then: one function for each target.
//!
//! libFuzzer calls them from `fuzz/targets`, and `tests/it/fuzzed.rs` with what is in
//! `fuzz/corpus`: what fuzzing has found once is held by every `cargo test`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use http_body_util::BodyExt;
use jieda::app::{App, Site};
use jieda::article::{self, Corpus};
use jieda::config::{Config, Overrides};
use jieda::http::{self, Guard};
use jieda::index::{Check, IndexDir, indexer};
use jieda::lang::Lang;
use jieda::search::request::MAX_QUERY_CHARS;
use jieda::search::{SearchRequest, Searcher};
use jieda::text::Span;
use tower::ServiceExt;

pub mod html;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 20);

/// The project's folder, for this package and for that of the program.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors()
        .find(|folder| folder.join("articles").is_dir())
        .expect("the articles are there")
        .to_owned()
}

/// The sample help center, indexed once.
static SERVER: LazyLock<Arc<App>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = IndexDir::new(folder.path());
    let lock = dir.lock().expect("a lock");
    let corpus = article::load::load(&root().join("articles"), TODAY, &|_, _| {}).expect("articles");
    let accept = |_| Ok(());
    indexer::reindex(&dir, &lock, corpus, indexer::Options::default(), &accept, &|_| {}).expect("an index");
    // An open generation does not need its folder.
    let generation = dir.open_current(Check::Full).expect("a generation");
    Arc::new(App::new(Site::from(&Config::default()), Searcher::new(Arc::new(generation))))
});

/// Splits off a byte that chooses among ways to ask.
fn choice(bytes: &[u8]) -> (u8, &[u8]) {
    bytes.split_first().map_or((0, &[]), |(first, rest)| (*first, rest))
}

/// What a choice says about reader, filters and page.
fn asked(choice: u8, query: &str) -> SearchRequest {
    let lang = [None, Some(Lang::Zh), Some(Lang::ZhHant), Some(Lang::En), Some(Lang::Ko)];
    let (request, is_cut) = SearchRequest::shortened(query);
    assert_eq!(is_cut, query.chars().count() > MAX_QUERY_CHARS);
    let request = request
        .with_lang(lang[usize::from(choice) % lang.len()])
        .with_lang_only(choice & 16 != 0)
        .with_category((choice & 32 != 0).then(|| "withdrawal".to_owned()))
        .with_explain(choice & 64 != 0);
    if choice & 128 == 0 { request } else { request.with_page(2, 50).expect("within bounds") }
}

/// Spans are sorted, apart, not empty, and on character boundaries of `text`.
fn hold(spans: &[Span], text: &str) {
    let mut end = 0;
    for span in spans {
        assert!(span.start >= end && span.start < span.end, "{spans:?}");
        assert!(text.get(span.start..span.end).is_some(), "{spans:?} in {text:?}");
        end = span.end;
    }
}

/// Any text is a question: it is answered, twice alike, by hits whose marks can be drawn.
///
/// # Panics
/// When that does not hold.
pub fn query(bytes: &[u8]) {
    let (choice, bytes) = choice(bytes);
    let text = String::from_utf8_lossy(bytes);
    let request = asked(choice, &text);
    let searcher = SERVER.searcher();
    let response = searcher.search(&request).expect("a verified index can be read");
    assert!(response.hits.len() <= request.limit() && response.hits.len() <= response.total);
    for hit in &response.hits {
        hold(&hit.title_spans, &hit.title);
        hold(&hit.snippet.spans, &hit.snippet.text);
        assert!(hit.score.is_finite() && hit.score > 0.0, "{hit:?}");
    }
    let documents = searcher.documents(&request).expect("a verified index can be read");
    assert!(documents.iter().map(|(ordinal, _)| *ordinal).eq(response.hits.iter().map(|hit| hit.ordinal)));
    let suggestions = searcher.suggest(&request);
    assert!(suggestions.len() <= 8);
    for suggestion in &suggestions {
        hold(&suggestion.spans, &suggestion.text);
    }
}

/// Any bytes between `---` or `+++`: an article, or a diagnostic that says why there is none.
///
/// # Panics
/// When that does not hold.
pub fn front_matter(bytes: &[u8]) {
    let (choice, bytes) = choice(bytes);
    let fence: &[u8] = if choice & 1 == 0 { b"---\n" } else { b"+++\n" };
    let end: &[u8] = if choice & 2 == 0 { b"\n# T\n" } else { b"" };
    let close = if choice & 4 == 0 { fence } else { b"" };
    read(&[fence, bytes, b"\n", close, end].concat());
}

/// Any bytes as an article: safe HTML, or a diagnostic that says why there is none.
///
/// # Panics
/// When that does not hold.
pub fn markdown(bytes: &[u8]) {
    read(bytes);
}

/// Reads an article beside another, and holds what comes of it.
fn read(source: &[u8]) -> Corpus {
    const OTHER: &str = "---\nid: a/other\nredirect_from: [a/old]\n---\n# 提币\n\n## 步骤\n\n![图](x.png)\n";
    let png = b"\x89PNG\r\n\x1a\n";
    let files = [("zh/a/other.md", OTHER.as_bytes()), ("zh/a/under.md", source), ("zh/a/x.png", &png[..])];
    let corpus = article::load::of_files(&files, TODAY);
    assert_eq!(corpus.files, 2);
    let said = corpus.diagnostics.iter().filter(|diagnostic| diagnostic.path == "zh/a/under.md").count();
    assert!(
        corpus.articles.len() + corpus.hidden + said >= 2,
        "lost without a word: {:?}",
        corpus.diagnostics
    );
    for diagnostic in &corpus.diagnostics {
        let Some(place) = &diagnostic.place else { continue };
        assert!(place.line >= 1 && place.column >= 1, "{diagnostic:?}");
        assert!(place.excerpt.get(place.span.start..place.span.end).is_some(), "{diagnostic:?}");
    }
    for article in &corpus.articles {
        assert!(!article.title.is_empty() && !article.title.contains('\n'), "{:?}", article.title);
        let mut anchors: Vec<&str> = Vec::new();
        for section in &article.sections {
            if let Err(reason) = html::check(&section.html) {
                panic!("{reason}: {}", section.html);
            }
            assert!(!anchors.contains(&section.anchor.as_str()), "`{}` twice", section.anchor);
            anchors.push(&section.anchor);
        }
    }
    corpus
}

/// Any text as an article's, and any question: lines of the text with marks that can be drawn.
///
/// # Panics
/// When that does not hold.
pub fn snippet(bytes: &[u8]) {
    let (choice, bytes) = choice(bytes);
    let text = String::from_utf8_lossy(bytes);
    let (question, text) = text.split_once('\n').unwrap_or((&text, &text));
    let snippet = SERVER.searcher().snippet(&asked(choice, question), text);
    let snippet = snippet.expect("a verified index can be read");
    hold(&snippet.spans, &snippet.text);
    assert!(text.replace(['\n', '\r', '\t'], " ").contains(&snippet.text), "{snippet:?}");
    // 200 columns, the longest grapheme that may end there, and what leads up to it.
    if let Some(last) = snippet.text.char_indices().nth(4_000) {
        panic!("{last:?}: {snippet:?}");
    }
}

/// Any text as a configuration file, and as the environment: a checked configuration, or a
/// mistake with its place.
///
/// # Panics
/// When that does not hold.
pub fn config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (environment, file) = text.split_once('\u{1}').unwrap_or(("", &text));
    let environment = environment.lines().filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        Some((format!("JIEDA_{name}").into(), value.into()))
    });
    match Config::resolve(Some(("jieda.toml", file)), environment, Overrides::default()) {
        Ok(config) => {
            assert!(config.limits.max_connections > 0);
            drop(Site::from(&config));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Any bytes as a path with a query: a reply below 500, with our headers, and never a way
/// to anywhere else.
///
/// # Panics
/// When that does not hold.
pub fn url(bytes: &[u8]) {
    static ROUTER: LazyLock<Router> = LazyLock::new(|| {
        http::router(Arc::clone(&SERVER), Arc::new(Guard::new(http::Options::default(), Arc::default())))
    });
    let (choice, bytes) = choice(bytes);
    let path = [b"/", bytes].concat();
    let method = ["GET", "GET", "GET", "HEAD", "POST", "OPTIONS"][usize::from(choice) % 6];
    let Ok(request) = Request::builder()
        .method(method)
        .uri(&path[..])
        .header(header::ACCEPT, if choice & 64 == 0 { "text/html" } else { "application/json" })
        .body(Body::empty())
    else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let (head, body) = runtime.block_on(async {
        let (head, body) =
            ROUTER.clone().oneshot(request).await.unwrap_or_else(|error| match error {}).into_parts();
        (head, body.collect().await.expect("a body in memory").to_bytes())
    });
    let reply = Response::from_parts(head, body);
    assert!(reply.status().as_u16() < 500, "{reply:?}");
    assert!(reply.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{reply:?}");
    if let Some(to) = reply.headers().get(header::LOCATION) {
        let to = to.to_str().expect("an address is ASCII");
        assert!(to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\"), "{to}");
    }
}
