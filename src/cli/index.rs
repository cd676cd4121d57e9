//! `jieda index`: look after generations.

use std::process::ExitCode;

use super::{Exit, IndexArg, print};
use crate::config::{self, Config, Overrides};
use crate::index::{Check, Error, Generation, IndexDir, publish};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    index: IndexArg,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Print the generations, oldest first; `*` marks the one that serves
    List,
    /// Check every file of the generation that serves; exit code 6 on damage
    Verify {
        /// Check the other generations too
        #[arg(long)]
        all: bool,
    },
    /// Serve an older generation until other articles than those rolled back from are indexed
    Rollback {
        /// Its id [default: the newest before the one that serves that has other content]
        #[arg(long, value_name = "ID")]
        to: Option<String>,
    },
    /// Remove all but the newest three generations and the one that serves
    Prune,
}

pub(super) fn run(
    args: Args,
    load: impl FnOnce(Overrides) -> Result<Config, config::Error>,
) -> anyhow::Result<ExitCode> {
    let config = load(super::overrides(None, Some(args.index)))?;
    let dir = IndexDir::new(&config.index);
    match args.command {
        Command::List => list(&dir),
        Command::Verify { all } => verify(&dir, all),
        Command::Rollback { to } => {
            let lock = dir.lock_existing()?;
            let id = dir.roll_back(&lock, to.as_deref())?;
            print::line(&format!("{id} serves now, until articles have changed and are indexed"))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Prune => {
            let lock = dir.lock_existing()?;
            for id in dir.prune(&lock)? {
                print::line(&format!("removed {id}"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(dir: &IndexDir) -> anyhow::Result<ExitCode> {
    let current = dir.current()?.ok_or_else(|| Error::NoIndex(dir.root().to_owned()))?;
    for id in dir.list()? {
        let mark = match (id == current.generation, current.is_pinned) {
            (true, true) => "* (rolled back)",
            (true, false) => "*",
            (false, _) => "",
        };
        let what = match publish::manifest(dir, &id) {
            Ok(manifest) => format!(
                "{}  {:>16}  {:>9}  {mark}",
                manifest.built,
                print::things(manifest.articles, "article"),
                print::size(manifest.index_bytes())
            ),
            Err(error) => error.to_string(),
        };
        print::line(format!("{id}  {what}").trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(dir: &IndexDir, all: bool) -> anyhow::Result<ExitCode> {
    let current = dir.current()?.ok_or_else(|| Error::NoIndex(dir.root().to_owned()))?;
    let mut ids = if all { dir.list()? } else { Vec::new() };
    if !ids.contains(&current.generation) {
        ids.push(current.generation);
    }
    verify_each(dir, &ids)
}

fn verify_each(dir: &IndexDir, ids: &[String]) -> anyhow::Result<ExitCode> {
    let mut worst = None;
    for id in ids {
        match Generation::open(&dir.generation(id), id, Check::Full) {
            Ok(generation) => {
                let files = generation.manifest().files.len();
                print::line(&format!("{id}: {} and all counts are right", print::things(files, "file")))?;
            }
            // Whoever publishes meanwhile removes what is old.
            Err(_) if is_pruned(dir, id)? => {}
            Err(error) => {
                print::error(&error.to_string());
                worst = Some(Exit::Damaged);
            }
        }
    }
    Ok(worst.map_or(ExitCode::SUCCESS, ExitCode::from))
}

/// Whether a generation has been removed, and is not what serves.
fn is_pruned(dir: &IndexDir, id: &str) -> Result<bool, Error> {
    let serves = dir.current()?.is_some_and(|current| current.generation == id);
    Ok(!serves && !dir.list()?.iter().any(|known| known == id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_that_is_gone_by_then_is_no_finding() {
        let folder = tempfile::tempdir().unwrap();
        let dir = IndexDir::new(folder.path());
        let [gone, damaged] = ["000001-0123456789ab", "000002-0123456789ab"].map(str::to_owned);
        std::fs::create_dir_all(dir.generation(&damaged)).unwrap();
        let verify = |id: &String| format!("{:?}", verify_each(&dir, std::slice::from_ref(id)).unwrap());
        let [right, wrong] = [ExitCode::SUCCESS, Exit::Damaged.into()].map(|code| format!("{code:?}"));
        assert_eq!((verify(&gone), verify(&damaged)), (right, wrong.clone()));
        // What serves must be there.
        std::fs::write(folder.path().join("CURRENT"), format!("{gone}\n")).unwrap();
        assert_eq!(verify(&gone), wrong);
    }
}
