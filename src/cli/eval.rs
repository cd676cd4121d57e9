//! `jieda eval`: answers TREC topics and prints how good the answers are.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use super::{IndexArg, print};
use crate::config::{self, Config, Overrides};
use crate::eval::compare::{self, Moved};
use crate::eval::{Topic, answer, metrics, trec};
use crate::index::{Check, IndexDir};
use crate::lang::Lang;
use crate::search::Searcher;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    index: IndexArg,
    /// Topics, a line each: id, tab, query
    #[arg(long, value_name = "FILE")]
    topics: PathBuf,
    /// Judgments, a line each: topic 0 document grade (above 0: relevant)
    #[arg(long, value_name = "FILE")]
    qrels: Option<PathBuf>,
    /// Write the answers to a file: topic Q0 document rank score tag
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Print what moved against an earlier run, topic by topic, the worst losses first
    #[arg(long, value_name = "RUN")]
    compare: Option<PathBuf>,
    /// The reader's language [default: none, all languages]
    #[arg(long, value_parser = super::search::parse_lang)]
    lang: Option<Lang>,
    /// Documents for each topic
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    depth: u16,
}

pub(super) fn run(
    args: &Args,
    load: impl FnOnce(Overrides) -> Result<Config, config::Error>,
) -> anyhow::Result<ExitCode> {
    let config = load(Overrides { index: args.index.index.clone(), ..Overrides::default() })?;
    let topics = read(&args.topics, trec::parse_topics)?;
    let qrels = args.qrels.as_deref().map(|path| read(path, trec::parse_qrels)).transpose()?;
    let old = args.compare.as_deref().map(|path| read(path, trec::parse_run)).transpose()?;
    let dir = IndexDir::new(&config.index);
    let generation = dir.open_current(Check::Sizes)?;
    let searcher = Searcher::new(Arc::new(generation));
    let run = answer(&searcher, &topics, args.lang, usize::from(args.depth))?;
    let long = topics
        .iter()
        .filter(|topic| topic.query.chars().count() > crate::search::request::MAX_QUERY_CHARS)
        .count();
    if long > 0 {
        print::note(&format!(
            "{} longer than 256 characters: only the beginning was asked",
            print::things(long, "topic")
        ));
    }
    if let Some(path) = &args.run {
        let write = || {
            let mut out = BufWriter::new(File::create(path)?);
            trec::write_run(&run, &mut out)?;
            out.flush()
        };
        write().with_context(|| format!("cannot write {}", path.display()))?;
    }
    let answered = run.topics.iter().filter(|(_, documents)| !documents.is_empty()).count();
    print::line(&format!("topics    {}", topics.len()))?;
    print::line(&format!("answered  {answered}"))?;
    if let Some(qrels) = &qrels {
        let figures = metrics::score(&run, qrels);
        print::line(&format!("judged    {}", figures.topics))?;
        let rows = [
            ("nDCG@10", figures.ndcg),
            ("MRR@10", figures.mrr),
            ("R@10", figures.recall),
            ("empty", figures.empty),
        ];
        for (name, figure) in rows {
            print::line(&format!("{name:<9} {figure:.4}"))?;
        }
    }
    if let Some(old) = &old {
        print_moved(&topics, &compare::moved(old, &run, qrels.as_ref()), qrels.is_some())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How many topics moved and a line for each, the worst losses first.
fn print_moved(topics: &[Topic], moved: &[Moved], is_judged: bool) -> anyhow::Result<()> {
    let better = moved.iter().filter(|topic| topic.gain() > 0.0).count();
    print::line(&format!("moved     {better} better, {} worse", moved.len() - better))?;
    if moved.is_empty() {
        return Ok(());
    }
    let what = if is_judged { "the first relevant document" } else { "the document that was first" };
    print::line(&format!("\nrank of {what}, gain of 1/rank, topic, query"))?;
    let rank = |rank: Option<usize>| rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
    let width = moved.iter().map(|topic| topic.topic.chars().count()).max().unwrap_or_default();
    for topic in moved {
        let query = topics.iter().find(|known| known.id == topic.topic).map_or("", |known| &known.query);
        print::line(&format!(
            "{:>4} -> {:<4} {:+.2}  {:<width$}  {}",
            rank(topic.before),
            rank(topic.now),
            topic.gain(),
            print::plain(&topic.topic),
            print::plain(query)
        ))?;
    }
    Ok(())
}

fn read<T>(path: &Path, parse: impl FnOnce(&str) -> Result<T, trec::Error>) -> anyhow::Result<T> {
    let source = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&source).with_context(|| path.display().to_string())
}
