//! A reindex that is killed or interrupted at any moment.
//!
//! Each try changes the articles, starts a reindex, ends it at some moment, and holds what
//! is left to property 9. Moments are spread over the time a reindex takes here, and are
//! chosen by what has appeared in the index folder, so that each step of publishing is met
//! on fast and slow machines alike.

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

use jieda::index::Check;
use jieda::search::{SearchRequest, Searcher};

use crate::process::{Desk, Run, finish, wait};

const ARTICLES: usize = 300;
/// SIGINT and SIGKILL.
const INTERRUPTED: i32 = 2;
const KILLED: i32 = 9;

/// When to end a reindex.
enum Moment {
    /// So many hundredths of the time that a whole one takes.
    After(u32),
    /// As soon as this is in the folder of the generation that is being built.
    Building(&'static str),
    /// As soon as this holds for the index.
    When(fn(&Desk, before: &str) -> bool),
}

/// A help center that is indexed again and again.
struct Trial {
    desk: Desk,
    /// How long a whole reindex takes.
    whole: Duration,
    version: usize,
}

impl Trial {
    fn new() -> Self {
        let desk = Desk::new(&[]);
        for number in 0..ARTICLES {
            let path = format!("articles/zh/a/{number}.md");
            desk.write(
                &path,
                &format!("# 文章 {number}\n\n标记 {number} 的说明。\n\n## 步骤\n\n打开应用，再提交。\n"),
            );
        }
        let mut trial = Self { desk, whole: Duration::ZERO, version: 0 };
        trial.change();
        let started = Instant::now();
        trial.desk.run(&["reindex"]).expect(0);
        trial.whole = started.elapsed();
        trial
    }

    /// Gives the articles another content.
    fn change(&mut self) {
        self.version += 1;
        self.desk.write("articles/zh/a/0.md", &format!("# 标记 v{}\n\n标记\n", self.version));
    }

    /// Starts a reindex and ends it with this signal at this moment; whether it was in time.
    fn end(&self, signal: i32, moment: &Moment) -> bool {
        let before = self.desk.serving();
        // Whoever runs the tests in the background may have taken SIGINT away.
        let mut command = self.desk.program("env");
        command.args(["--default-signal=INT", crate::process::JIEDA, "reindex"]);
        let mut child = command.spawn().unwrap();
        let started = Instant::now();
        let deadline = Duration::from_mins(1);
        let is_due = || match moment {
            Moment::After(percent) => started.elapsed() * 100 >= self.whole * *percent,
            Moment::Building(path) => self
                .desk
                .left_overs()
                .iter()
                .any(|folder| self.desk.path(&format!("index/generations/{folder}/{path}")).exists()),
            Moment::When(holds) => holds(&self.desk, &before),
        };
        while !is_due() && child.try_wait().unwrap().is_none() && started.elapsed() < deadline {
            std::thread::park_timeout(Duration::from_micros(200));
        }
        send(&mut child, signal);
        let run = wait(child);
        assert!(!run.err.contains("panicked"), "{run:#?}");
        match (run.code, run.signal) {
            (Some(0), None) => false,
            (None, Some(by)) if by == signal => true,
            (Some(130), None) if signal == INTERRUPTED => true,
            _ => panic!("{run:#?}"),
        }
    }

    /// Ends one reindex, and holds what it leaves to the promise.
    fn survive(&mut self, signal: i32, moment: &Moment) -> bool {
        let old = self.version;
        let before = self.desk.serving();
        self.change();
        let was_ended = self.end(signal, moment);
        drop(self.desk.index().lock().unwrap());
        let serving = self.desk.serving();
        let found = found(&self.desk.run(&["search", "标记", "--json"]).expect(0));
        assert_eq!(found, if serving == before { old } else { self.version });
        if serving != before || !was_ended {
            assert!(serving > before);
        }
        let again = self.desk.run(&["reindex"]).expect(0);
        let is_done = if serving == before { "published " } else { "unchanged " };
        assert!(again.out.starts_with(is_done), "{again:#?}");
        assert_eq!(self.desk.left_overs(), Vec::<String>::new());
        // The same search, in this process to save its start.
        let searcher = Searcher::new(self.desk.index().open_current(Check::Full).unwrap().into());
        let response = searcher.search(&SearchRequest::new("标记").unwrap()).unwrap();
        assert_eq!((response.total, version(&response.hits[0].title)), (ARTICLES, self.version));
        was_ended
    }
}

/// What a reader finds, which must be all articles of one version: that version.
fn found(run: &Run) -> usize {
    let reply = run.json();
    assert_eq!(reply["total"], ARTICLES, "{reply:#}");
    version(reply["hits"][0]["title"].as_str().unwrap())
}

fn version(title: &str) -> usize {
    title.strip_prefix("标记 v").unwrap().parse().unwrap()
}

fn send(child: &mut Child, signal: i32) {
    if signal == KILLED {
        child.kill().unwrap();
    } else {
        finish(std::process::Command::new("kill").args([format!("-{signal}"), child.id().to_string()]));
    }
}

/// The steps of a reindex as they show in the index folder.
const STEPS: [Moment; 9] = [
    Moment::Building(""),
    Moment::Building("tantivy/meta.json"),
    Moment::Building("catalog.bin"),
    Moment::Building("html.bin"),
    Moment::Building("manifest.json"),
    Moment::Building("manifest.sha256"),
    // Renamed, not yet named by `CURRENT`.
    Moment::When(|desk, before| desk.index().list().unwrap().last().is_some_and(|id| id.as_str() > before)),
    Moment::When(|desk, _| desk.path("index/CURRENT.tmp").exists()),
    Moment::When(|desk, before| desk.serving().as_str() > before),
];

#[test]
fn a_kill_at_any_time_leaves_a_whole_generation() {
    let mut trial = Trial::new();
    let ended = [0, 2, 5, 15, 30, 40, 50, 60, 70, 80, 90, 100]
        .map(|percent| trial.survive(KILLED, &Moment::After(percent)));
    assert!(ended.iter().filter(|was_ended| **was_ended).count() >= 3, "{ended:?}");
}

#[test]
fn a_kill_at_any_step_leaves_a_whole_generation() {
    let mut trial = Trial::new();
    let ended = STEPS.map(|step| trial.survive(KILLED, &step));
    assert!(ended.iter().filter(|was_ended| **was_ended).count() >= 3, "{ended:?}");
    // What kills leave behind does not pile up: the next publication takes it away.
    trial.desk.run(&["reindex", "--force"]).expect(0);
    assert!(trial.desk.index().list().unwrap().len() <= 3);
    assert_eq!(fs::read_dir(trial.desk.path("index")).unwrap().count(), 3, "lock, CURRENT, generations");
}

#[test]
fn an_interrupt_leaves_a_whole_generation() {
    let mut trial = Trial::new();
    let moments = [
        Moment::After(5),
        Moment::After(30),
        Moment::Building("tantivy/meta.json"),
        Moment::Building("manifest.json"),
        Moment::After(90),
    ];
    let ended = moments.map(|moment| trial.survive(INTERRUPTED, &moment));
    assert!(ended.contains(&true), "{ended:?}");
}
