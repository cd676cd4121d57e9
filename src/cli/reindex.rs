//! `jieda reindex`: Markdown to a published generation.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{ArticlesArg, Exit, IndexArg, print, report};
use crate::article::{self, Article, Corpus, Diagnostic, Severity};
use crate::config::{self, Config, Overrides};
use crate::eval::golden::{Golden, Kind};
use crate::index::indexer::{self, Outcome};
use crate::index::{Check, Error, Generation, IndexDir, Manifest};
use crate::search::Searcher;

#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Args {
    #[command(flatten)]
    articles: ArticlesArg,
    #[command(flatten)]
    index: IndexArg,
    /// Publish nothing if any article has an error
    #[arg(long)]
    strict: bool,
    /// Publish even if nothing has changed, or not since a roll-back
    #[arg(long)]
    force: bool,
    /// Publish even if more than 30% of the articles are gone
    #[arg(long)]
    allow_shrink: bool,
    /// Publish only if no kind of golden queries falls below its floor; the folder has
    /// topics.tsv, qrels.txt and floors.tsv
    #[arg(long, value_name = "DIR")]
    check: Option<PathBuf>,
    /// End with one JSON document on stdout
    #[arg(long)]
    json: bool,
    /// Load the dictionaries, then wait for a line on stdin; without one, do nothing
    #[arg(long, hide = true)]
    when_told: bool,
    /// Say everything on stderr, as lines for programs
    #[arg(long, hide = true)]
    log_json: bool,
}

/// The document of `--json`.
#[derive(Serialize)]
struct Summary<'a> {
    generation: Option<&'a str>,
    published: bool,
    articles: usize,
    sections: usize,
    diagnostics: BTreeMap<&'static str, usize>,
    source_bytes: u64,
    index_bytes: u64,
    seconds: f64,
}

/// What was read, for the summary: the corpus itself is used up by the index.
struct Read {
    articles: usize,
    sections: usize,
    hidden: usize,
    source_bytes: u64,
}

impl Read {
    fn of(corpus: &Corpus) -> Self {
        Self {
            articles: corpus.articles.len(),
            sections: corpus.articles.iter().map(|article| article.sections.len()).sum(),
            hidden: corpus.hidden,
            source_bytes: corpus.source_bytes,
        }
    }
}

pub(super) fn run(
    args: Args,
    load: impl FnOnce(Overrides) -> Result<Config, config::Error>,
) -> anyhow::Result<ExitCode> {
    if !is_told(&args)? {
        return Ok(ExitCode::SUCCESS);
    }
    let started = Instant::now();
    let golden = args.check.as_deref().map(Golden::load).transpose()?;
    let config = load(super::overrides(Some(args.articles), Some(args.index)))?;
    let dir = IndexDir::new(&config.index);
    let lock = dir.lock()?;
    indexer::prepare_meanwhile();
    let bar = progress_bar("reading");
    let today = jiff::Zoned::now().date();
    let mut corpus = article::load::load(&config.articles, today, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let mut diagnostics = std::mem::take(&mut corpus.diagnostics);
    diagnostics.retain(|diagnostic| !diagnostic.code.is_lint());
    report::show(&diagnostics, &config.articles, 20);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
    let read = Read::of(&corpus);
    tell_dead_links(&config, &corpus);
    let held = OnceCell::new();
    let outcome = if args.strict && errors > 0 {
        None
    } else {
        let bar = progress_bar("indexing");
        bar.set_length(read.articles as u64);
        let options = indexer::Options { force: args.force, allow_shrink: args.allow_shrink };
        let accept = |generation| match &golden {
            Some(golden) => check(golden, generation).map(|says| held.get_or_init(|| says)).map(drop),
            None => Ok(()),
        };
        let progress = |done| bar.set_position(done as u64);
        let outcome = indexer::reindex(&dir, &lock, corpus, options, &accept, &progress);
        bar.finish_and_clear();
        let mut outcome = outcome.map_err(unpublished)?;
        // What serves already may have been published without being asked, or asked less.
        if let (Outcome::Unchanged(_), Some(_)) = (&outcome, &golden)
            && let Err(reason) = accept(dir.open_current(Check::Sizes)?)
        {
            outcome = Outcome::Refused(reason);
        }
        Some(outcome)
    };
    let (manifest, verb, refusal) = ended(outcome.as_ref(), &config.articles, errors);
    let seconds = started.elapsed().as_secs_f64();
    if args.json {
        let summary = Summary {
            generation: manifest.map(|manifest| manifest.generation.as_str()),
            published: verb == PUBLISHED,
            articles: read.articles,
            sections: read.sections,
            diagnostics: counts(&diagnostics),
            source_bytes: read.source_bytes,
            index_bytes: manifest.map(Manifest::index_bytes).unwrap_or_default(),
            seconds: (seconds * 1000.0).round() / 1000.0,
        };
        print::line(&serde_json::to_string(&summary)?)?;
    } else if let Some(manifest) = manifest {
        if let Some(says) = held.get() {
            print::line(says)?;
        }
        print::result(&summary_line(
            verb,
            manifest,
            read.hidden,
            errors,
            diagnostics.len() - errors,
            seconds,
        ))?;
    }
    match refusal {
        Some(refusal) => {
            print::error(&refusal);
            Ok(Exit::Content.into())
        }
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Waits until somebody says when, if that is wanted; `false` when nobody will any more.
fn is_told(args: &Args) -> std::io::Result<bool> {
    if args.log_json {
        print::speak_json();
    }
    if !args.when_told {
        return Ok(true);
    }
    indexer::prepare();
    Ok(std::io::stdin().read_line(&mut String::new())? > 0)
}

/// Names the settings whose articles are not among these.
fn tell_dead_links(config: &Config, corpus: &Corpus) {
    let is_known = |id: &str| {
        let is_of = |article: &Article| article.id == id || article.redirect_from.iter().any(|old| old == id);
        corpus.articles.iter().any(is_of)
    };
    for (setting, url) in config.dead_links(is_known) {
        print::note(&format!("warning: `{setting}` leads to no article: {url}"));
    }
}

/// How often each kind of mistake was made.
fn counts(diagnostics: &[Diagnostic]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(diagnostic.code.name()).or_default() += 1;
    }
    counts
}

/// How many of the wrong queries of a kind are shown.
const WRONG_SHOWN: usize = 5;

/// Asks the golden queries of a generation: how they did, or which kinds are below their
/// floors and what of them is wrong.
fn check(golden: &Golden, generation: Generation) -> Result<String, String> {
    let report = golden.ask(&Searcher::new(Arc::new(generation))).map_err(|error| error.to_string())?;
    let below: Vec<&Kind> = report.kinds.iter().filter(|kind| kind.is_below()).collect();
    if below.is_empty() {
        let (right, topics) = report
            .kinds
            .iter()
            .fold((0, 0), |(right, topics), kind| (right + kind.right, topics + kind.topics));
        return Ok(format!(
            "golden queries: {} of {} right, no kind below its floor",
            print::count(right),
            print::count(topics)
        ));
    }
    let mut reason =
        "golden queries have fallen below their floors, nothing was published (--check)".to_owned();
    for kind in below {
        let floor = kind.floor.unwrap_or_default();
        // Writing into a string cannot fail.
        let _ = write!(
            reason,
            "\n  {}: {} of {} right ({:.3}), the floor is {floor}",
            kind.name,
            kind.right,
            kind.topics,
            kind.share()
        );
        for wrong in report.wrong_of(kind).take(WRONG_SHOWN) {
            let found = wrong.found.first().map_or("nothing", String::as_str);
            let _ = write!(reason, "\n    {}  {} -> {found}", wrong.topic, wrong.query);
        }
        let more = report.wrong_of(kind).count().saturating_sub(WRONG_SHOWN);
        if more > 0 {
            let _ = write!(reason, "\n    and {more} more");
        }
    }
    Err(reason)
}

/// A generation that is damaged before it is published says that the disk fails; what serves
/// is as it was.
fn unpublished(error: Error) -> anyhow::Error {
    match error {
        Error::Damaged { generation, reason } => {
            anyhow::anyhow!("cannot verify the new generation {generation}, nothing was published: {reason}")
        }
        error => error.into(),
    }
}

/// What serves, what became of it, and why nothing was published. `None` is an outcome of
/// `--strict`.
fn ended<'a>(
    outcome: Option<&'a Outcome>,
    articles: &Path,
    errors: usize,
) -> (Option<&'a Manifest>, &'static str, Option<String>) {
    match outcome {
        Some(Outcome::Published { manifest, .. }) => (Some(manifest), PUBLISHED, None),
        Some(Outcome::Unchanged(manifest)) => (Some(manifest), "unchanged", None),
        Some(Outcome::RolledBack { serving, from }) => {
            print::note(&format!(
                "these articles are those of {from}, which was rolled back from: nothing was published; change them, or say --force"
            ));
            (Some(serving), "rolled back to", None)
        }
        Some(Outcome::Empty) => {
            let refusal = format!("no public article in {}, nothing was published", articles.display());
            (None, "", Some(refusal))
        }
        Some(Outcome::Refused(reason)) => (None, "", Some(reason.clone())),
        Some(Outcome::Shrunk { from, to }) => {
            let refusal = format!(
                "{from} articles would become {to}, nothing was published; if that is right, say --allow-shrink"
            );
            (None, "", Some(refusal))
        }
        None => {
            let refusal = format!(
                "{} in the articles, nothing was published (--strict)",
                print::things(errors, "error")
            );
            (None, "", Some(refusal))
        }
    }
}

/// Begins the summary of what was published.
const PUBLISHED: &str = "published";

fn summary_line(
    verb: &str,
    manifest: &Manifest,
    hidden: usize,
    errors: usize,
    warnings: usize,
    seconds: f64,
) -> String {
    let mut left_out = Vec::new();
    if hidden > 0 {
        left_out.push(format!("{} not public", print::count(hidden)));
    }
    if errors > 0 {
        left_out.push(print::things(errors, "error"));
    }
    if warnings > 0 {
        left_out.push(print::things(warnings, "warning"));
    }
    let left_out = if left_out.is_empty() { String::new() } else { format!(" ({})", left_out.join(", ")) };
    format!(
        "{verb} {}: {}, {}{left_out}, {} of Markdown, {} of index, {seconds:.2} s",
        manifest.generation,
        print::things(manifest.articles, "article"),
        print::things(manifest.sections, "section"),
        print::size(manifest.source_bytes),
        print::size(manifest.index_bytes()),
    )
}

/// A bar on stderr, or nothing where stderr is no terminal.
fn progress_bar(what: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:>9} {wide_bar} {pos}/{len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style).with_message(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_generation_that_cannot_be_verified_is_a_failing_disk() {
        let damaged = Error::Damaged { generation: "000002-0123456789ab".to_owned(), reason: "x".to_owned() };
        let error = unpublished(damaged);
        assert_eq!(super::super::exit_of(&error), Exit::Io);
        assert!(super::super::remedy(&error).is_none(), "nothing that serves is damaged");
        let locked = Error::Locked { path: "index".into(), holder: "x".to_owned() };
        assert_eq!(super::super::exit_of(&unpublished(locked)), Exit::Locked);
    }
}
