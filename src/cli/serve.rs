//! `jieda serve`: answers over HTTP.
//!
//! 1. If the articles have changed since the index was built, a child process builds it:
//!    the answering process never writes an index.
//! 2. The best generation is opened, the address bound, one line printed.
//! 3. A thread follows the index folder and swaps in what is published; another one answers
//!    operators, if there is an address for them. With `--watch`, one more builds again whenever
//!    articles change.
//! 4. SIGTERM: `/readyz` says 503, then after a while nothing new is accepted, what is in
//!    flight ends. SIGINT does the same at once. A second signal does not wait.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::watch::{self, Watch};
use super::{ArticlesArg, Exit, IndexArg, descriptors, log, print};
use crate::app::{App, Site};
use crate::article;
use crate::config::{self, Config, LogFormat, Overrides};
use crate::http::metrics::Metrics;
use crate::http::{self, Guard, listener};
use crate::index::reload::{self, News};
use crate::index::{Check, Error, Generation, IndexDir};
use crate::logo::Logo;
use crate::search::Searcher;

/// How long to wait for somebody else's first build.
const WAIT_FOR_BUILD: Duration = Duration::from_mins(5);
/// Connections of operators at one time.
const OPS_CONNECTIONS: usize = 64;
/// How often to look whether it is done.
const LOOK: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    articles: ArticlesArg,
    #[command(flatten)]
    index: IndexArg,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Serve the index as it is, even if the articles have changed
    #[arg(long)]
    no_build: bool,
    /// Build again whenever the articles change
    #[arg(long, conflicts_with = "no_build")]
    watch: bool,
}

pub(super) fn run(
    args: Args,
    load: impl FnOnce(Overrides) -> Result<Config, config::Error>,
) -> anyhow::Result<ExitCode> {
    let overrides =
        Overrides { listen: args.listen, ..super::overrides(Some(args.articles), Some(args.index)) };
    let config = load(overrides)?;
    if config.log_format == LogFormat::Json {
        print::speak_json();
    }
    let metrics = Arc::new(Metrics::default());
    let _log = log::start(&config, Arc::clone(&metrics))?;
    let mut site = Site::from(&config);
    site.logo = config.logo.as_deref().map(Logo::load).transpose()?;
    // Nothing is built or published for a server that could not listen anyway.
    for address in [Some(config.listen), config.ops_listen].into_iter().flatten() {
        drop(std::net::TcpListener::bind(address).with_context(|| cannot_listen(address))?);
    }
    let dir = IndexDir::new(&config.index);
    // Before anything is read: what changes from here on is noticed.
    let mut known = if args.watch { article::load::stamp(&config.articles).ok() } else { None };
    let opened = match if args.no_build { Plan::Open } else { plan(&dir, &config.articles) } {
        Plan::Serve(generation) => Ok(*generation),
        Plan::Open => open(&dir),
        Plan::Build => match build(&dir, &config)? {
            Build::Done => open(&dir),
            Build::Failed(status) => match open(&dir) {
                // What went wrong has been said by whoever it happened to.
                Err(Error::NoIndex(_)) => return Ok(ExitCode::from(code_of(status))),
                opened => {
                    tracing::warn!(%status, "the index could not be built, serving what is there");
                    // Articles that were not refused for what is in them are built as soon as can be.
                    known = known.filter(|_| watch::is_final(status));
                    opened
                }
            },
        },
    };
    let generation = opened?;
    let catalog = generation.catalog();
    let is_known = |id: &str| {
        let lang = config.default_lang;
        catalog.find_for(id, lang).or_else(|| catalog.redirect(id, lang)).is_some()
    };
    for (setting, url) in config.dead_links(is_known) {
        tracing::warn!(setting, url, "leads to no article");
    }
    let watch = if args.watch {
        let mut reindex = reindex(&config)?;
        reindex.arg("--when-told").stdin(Stdio::piped());
        let watch = Watch::start(config.articles.clone(), known, reindex);
        Some(watch.context("cannot start threads")?)
    } else {
        None
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    runtime.block_on(answer(&config, metrics, site, dir, generation, watch))
}

fn cannot_listen(address: SocketAddr) -> String {
    format!("cannot listen on {address}, choose another address with --listen or ops_listen")
}

/// What to do before listening.
enum Plan {
    /// This generation is whole and has these articles.
    Serve(Box<Generation>),
    /// There is nothing to build from, or nothing may be built.
    Open,
    /// There is no usable index, or the articles are not those it was built from.
    Build,
}

fn plan(dir: &IndexDir, articles: &Path) -> Plan {
    if !articles.is_dir() {
        tracing::warn!(articles = %articles.display(), "no articles folder, serving the index as it is");
        return Plan::Open;
    }
    let Ok(Some(current)) = dir.current() else { return Plan::Build };
    if current.is_pinned {
        tracing::info!(generation = %current.generation, "rolled back to this generation, it is left as it is");
        return Plan::Open;
    }
    let id = &current.generation;
    let generation = match Generation::open(&dir.generation(id), id, Check::Full) {
        Ok(generation) => generation,
        Err(error) => {
            tracing::warn!(%error, "building the index again");
            return Plan::Build;
        }
    };
    match article::load::digest(articles) {
        Ok(digest) if digest == generation.manifest().source_digest => Plan::Serve(Box::new(generation)),
        Ok(_) => Plan::Build,
        Err(error) => {
            tracing::warn!(%error, "cannot tell whether the articles have changed, building the index");
            Plan::Build
        }
    }
}

enum Build {
    Done,
    /// As `reindex` ended.
    Failed(ExitStatus),
}

/// Runs `jieda reindex`. While somebody else builds the first index, waits for it.
fn build(dir: &IndexDir, config: &Config) -> anyhow::Result<Build> {
    let begun = Instant::now();
    loop {
        let mut command = reindex(config)?;
        let status = command
            .status()
            .with_context(|| format!("cannot run {}", Path::new(command.get_program()).display()))?;
        if status.success() {
            return Ok(Build::Done);
        }
        let is_first = matches!(dir.current(), Ok(None));
        if code_of(status) != Exit::Locked as u8 || !is_first || begun.elapsed() > WAIT_FOR_BUILD {
            return Ok(Build::Failed(status));
        }
        std::thread::sleep(LOOK);
    }
}

/// The exit code; one that a signal ended has none.
fn code_of(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(Exit::Io as u8)
}

/// `jieda reindex` for this configuration, not yet started.
fn reindex(config: &Config) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let mut command = Command::new(&program);
    if let Some(file) = &config.file {
        command.arg("--config").arg(file);
    }
    command.arg("reindex").arg("--articles").arg(&config.articles).arg("--index").arg(&config.index);
    if config.log_format == LogFormat::Json {
        command.arg("--log-json");
    }
    // Stdout is for the one line that says where the server is.
    command.stdin(Stdio::null()).stdout(Stdio::from(std::io::stderr()));
    Ok(command)
}

fn open(dir: &IndexDir) -> Result<Generation, Error> {
    dir.open_best(Check::Full, |error| tracing::error!(%error, "generation refused"))
}

async fn answer(
    config: &Config,
    metrics: Arc<Metrics>,
    site: Site,
    dir: IndexDir,
    generation: Generation,
    watch: Option<Watch>,
) -> anyhow::Result<ExitCode> {
    // From here on no signal ends the process by itself.
    let mut signals = Signals::new().context("cannot listen to signals")?;
    let socket = TcpListener::bind(config.listen).await.with_context(|| cannot_listen(config.listen))?;
    let address = socket.local_addr().context("cannot tell the address of the listener")?;
    let id = generation.id().to_owned();
    let articles = print::things(generation.catalog().len(), "article");
    let app = Arc::new(App::new(site, Searcher::new(Arc::new(generation))));
    let follower = Follower::start(dir, id.clone(), Arc::clone(&app)).context("cannot start threads")?;
    let limits = &config.limits;
    let guard = Arc::new(Guard::new(http::Options::from(config), Arc::clone(&metrics)));
    let options = listener::Options {
        max_connections: descriptors::connections(limits.max_connections),
        ..listener::Options::new(config, metrics)
    };
    let ops = config.ops_listen.map(|address| Ops::start(address, &options, &app, &guard)).transpose()?;
    let router = http::router(Arc::clone(&app), guard);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(listener::serve(socket, router, options, async {
        // A sender that is gone says the same as one that has sent.
        let _ = stopped.await;
    }));
    // Whoever started us may not read it.
    let _ = print::line(&format!("Jieda is ready: http://{address}/ ({articles}, generation {id})"));
    if let Some(ops) = &ops {
        tracing::info!(address = %ops.address, "health and metrics");
    }
    let first = signals.next().await;
    tracing::info!(signal = first.name(), "stopping");
    // What is saved from here on is the next server's.
    drop(watch);
    app.drain();
    let drain = async {
        if first == Stop::Terminate {
            tokio::time::sleep(limits.drain_delay).await;
        }
        drop(stop);
        server.await
    };
    tokio::select! {
        drained = drain => {
            drained.context("the listener ended by itself")?;
        }
        second = signals.next() => tracing::warn!(signal = second.name(), "stopping at once"),
    }
    drop((follower, ops));
    Ok(match first {
        Stop::Terminate => ExitCode::SUCCESS,
        Stop::Interrupt => Exit::Interrupted.into(),
    })
}

/// The thread that answers operators: it has no other work, so that health and figures are
/// told under any load. It ends when this is dropped.
struct Ops {
    address: SocketAddr,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Ops {
    fn start(
        address: SocketAddr,
        options: &listener::Options,
        app: &Arc<App>,
        guard: &Arc<Guard>,
    ) -> anyhow::Result<Self> {
        // What comes here is not the customers', and not counted as theirs.
        let metrics = Arc::new(Metrics::default());
        let options = listener::Options { max_connections: OPS_CONNECTIONS, metrics, ..options.clone() };
        let router = http::ops_router(Arc::clone(app), Arc::clone(guard));
        let socket = std::net::TcpListener::bind(address).with_context(|| cannot_listen(address))?;
        socket.set_nonblocking(true).context("cannot prepare the listener of operators")?;
        let address = socket.local_addr().context("cannot tell the address of the listener")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start threads")?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let answer = move || {
            runtime.block_on(async {
                match TcpListener::from_std(socket) {
                    Ok(socket) => {
                        let stopped = async { drop(stopped.await) };
                        listener::serve(socket, router, options, stopped).await;
                    }
                    Err(error) => tracing::error!(%error, "cannot answer operators"),
                }
            });
        };
        std::thread::Builder::new().name("ops".to_owned()).spawn(answer).context("cannot start threads")?;
        Ok(Self { address, _stop: stop })
    }
}

/// The thread that waits for new generations; it ends when this is dropped.
struct Follower {
    _stop: mpsc::Sender<()>,
}

impl Follower {
    fn start(dir: IndexDir, serving: String, app: Arc<App>) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let follow = move || {
            // Questions are answered meanwhile.
            app.searcher().warm();
            reload::follow(&dir, &serving, &stopped, |news| match news {
                News::Published(generation) => {
                    let searcher = Searcher::new(Arc::from(generation));
                    searcher.warm();
                    app.swap(searcher);
                }
                News::InStep(is_in_step) => app.note_in_step(is_in_step),
            });
        };
        std::thread::Builder::new().name("follower".to_owned()).spawn(follow)?;
        Ok(Self { _stop: stop })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Terminate,
    Interrupt,
}

impl Stop {
    fn name(self) -> &'static str {
        match self {
            Self::Terminate => "SIGTERM",
            Self::Interrupt => "SIGINT",
        }
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The next signal to stop.
    async fn next(&mut self) -> Stop {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return Stop::Terminate,
                _ = self.interrupt.recv() => return Stop::Interrupt,
                // The follower looks every few seconds anyway; the signal must not end us.
                _ = self.hang_up.recv() => tracing::info!("SIGHUP: a new generation is picked up within seconds"),
            }
        }
    }
}
