//! The command line: one file for each command, one printer, one table of exit codes.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | findings (`check` only) |
//! | 2 | wrong usage, configuration, topics, judgments, floors or run |
//! | 3 | nothing published because of content |
//! | 4 | a file could not be read or written, the disk is full |
//! | 5 | the index is locked by somebody else |
//! | 6 | the index is damaged or from another version |
//! | 130 | interrupted |

mod descriptors;
mod log;
mod print;
mod report;

mod check;
mod eval;
mod index;
mod reindex;
mod search;
mod serve;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config, Overrides};
use crate::eval::golden;
use crate::logo;

/// Self-service help-center search for Chinese, English and Korean.
#[derive(Parser)]
#[command(name = "jieda", version, max_term_width = 100)]
struct Cli {
    /// Configuration file [default: jieda.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build an index of the articles and publish it
    Reindex(reindex::Args),
    /// Answer questions over HTTP; builds the index first when articles have changed
    Serve(serve::Args),
    /// Search the index and print the hits
    Search(search::Args),
    /// Look for mistakes in the articles; exit code 1 when there are any
    Check(check::Args),
    /// List, verify, roll back or prune generations
    Index(index::Args),
    /// Answer TREC topics and print how good the answers are
    Eval(eval::Args),
}

/// Where the articles are.
#[derive(Args)]
struct ArticlesArg {
    /// Folder of the articles [default: articles]
    #[arg(long, value_name = "DIR")]
    articles: Option<PathBuf>,
}

/// Where the index is.
#[derive(Args)]
struct IndexArg {
    /// Folder of the index [default: index]
    #[arg(long, global = true, value_name = "DIR")]
    index: Option<PathBuf>,
}

/// Exit codes other than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Findings = 1,
    Usage = 2,
    Content = 3,
    Io = 4,
    Locked = 5,
    Damaged = 6,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout and are no failure.
            let code = if error.use_stderr() { ExitCode::from(Exit::Usage) } else { ExitCode::SUCCESS };
            print::clap(&error);
            return code;
        }
    };
    let load = |overrides| Config::load(cli.config.as_deref(), overrides);
    let result = match cli.command {
        Command::Reindex(args) => reindex::run(args, load),
        Command::Serve(args) => serve::run(args, load),
        Command::Search(args) => search::run(&args, load),
        Command::Check(args) => check::run(args, load),
        Command::Index(args) => index::run(args, load),
        Command::Eval(args) => eval::run(&args, load),
    };
    result.unwrap_or_else(|error| {
        print::error(&describe(&error));
        if let Some(remedy) = remedy(&error) {
            print::note(remedy);
        }
        exit_of(&error).into()
    })
}

/// The message and its causes, down to the first that a message before it names itself.
fn describe(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if text.contains(&cause) {
            break;
        }
        text = format!("{text}: {cause}");
    }
    text
}

fn exit_of(error: &anyhow::Error) -> Exit {
    use crate::index::Error as Index;
    if error.is::<config::Error>() || error.is::<crate::eval::trec::Error>() {
        return Exit::Usage;
    }
    if let Some(golden::Error::Parse { .. }) = error.downcast_ref() {
        return Exit::Usage;
    }
    match error.downcast_ref::<logo::Error>() {
        Some(logo::Error::TooLarge(_) | logo::Error::NoImage(_)) => return Exit::Usage,
        Some(logo::Error::Io { .. }) | None => {}
    }
    match error.downcast_ref::<Index>() {
        Some(Index::Locked { .. }) => Exit::Locked,
        Some(Index::Damaged { .. } | Index::Incompatible { .. }) => Exit::Damaged,
        Some(Index::NoGeneration(_)) => Exit::Usage,
        Some(Index::TooLarge) => Exit::Content,
        Some(Index::Io { .. } | Index::Tantivy { .. } | Index::NoIndex(_) | Index::NoRoom { .. }) => Exit::Io,
        None => match error.downcast_ref::<crate::search::Error>() {
            Some(crate::search::Error::Index(_)) | None => Exit::Io,
            Some(_) => Exit::Usage,
        },
    }
}

/// What to do about an error, where there is one thing to do.
fn remedy(error: &anyhow::Error) -> Option<&'static str> {
    use crate::index::Error as Index;
    match error.downcast_ref::<Index>()? {
        Index::NoIndex(_) => Some("build one with `jieda reindex`"),
        Index::Incompatible { .. } => Some("build it again with `jieda reindex`"),
        Index::Damaged { .. } => {
            Some("build it again with `jieda reindex`, or go back with `jieda index rollback`")
        }
        Index::Locked { .. } => Some("wait until it is done; the lock ends with the process that holds it"),
        _ => None,
    }
}

/// The flags that every command with articles or an index shares.
fn overrides(articles: Option<ArticlesArg>, index: Option<IndexArg>) -> Overrides {
    Overrides {
        articles: articles.and_then(|arg| arg.articles),
        index: index.and_then(|arg| arg.index),
        ..Overrides::default()
    }
}
