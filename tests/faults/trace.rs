//! `jieda reindex` under strace: which calls it makes, and what comes of one that fails.
//!
//! The program works on one thread here, so that the n-th call is the same each time.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::answers::{self, Answers};
use crate::process::{Desk, Run, finish};
use crate::world;

/// Calls that change something, in this process's eyes or on disk.
pub(crate) const WRITING: [&str; 19] = [
    "openat",
    "write",
    "fdatasync",
    "fsync",
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "unlink",
    "unlinkat",
    "rmdir",
    "chmod",
    "fchmod",
    "ftruncate",
    "flock",
    "copy_file_range",
    "sendfile",
    "fchmodat",
    "linkat",
];
/// Calls that only look.
pub(crate) const READING: [&str; 8] =
    ["read", "pread64", "statx", "newfstatat", "fstat", "getdents64", "lseek", "mmap"];

/// One call: the n-th of its kind.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) number: usize,
    /// As strace writes it, with paths of file descriptors.
    pub(crate) line: String,
}

/// A help center whose content goes to and fro, and the answers of both.
pub(crate) struct Trial {
    pub(crate) desk: Desk,
    questions: Vec<String>,
    /// Of the versions `even` and `odd`.
    clean: [Answers; 2],
    step: usize,
    /// The one core that the program runs on.
    core: String,
}

const VERSIONS: [&str; 2] = ["even", "odd"];

impl Trial {
    /// With a few articles.
    pub(crate) fn new() -> Self {
        let desk = Desk::new(&[]);
        answers::articles(&desk.path("articles"));
        Self::with(desk, answers::questions())
    }

    /// With the sample help center.
    pub(crate) fn help_center() -> Self {
        let desk = Desk::new(&[]);
        for (path, content) in world::help_center_files() {
            desk.write(&format!("articles/{path}"), &content);
        }
        let mut questions = answers::golden();
        questions.push("标记".to_owned());
        Self::with(desk, questions)
    }

    fn with(desk: Desk, questions: Vec<String>) -> Self {
        static TRIALS: AtomicUsize = AtomicUsize::new(0);
        let clean = VERSIONS.map(|version| {
            answers::version(&desk.path("articles"), version);
            answers::clean(&desk.path("articles"), &questions)
        });
        assert_ne!(clean[0], clean[1]);
        let core = cores().swap_remove(TRIALS.fetch_add(1, Ordering::Relaxed) % cores().len());
        let mut trial = Self { desk, questions, clean, step: 1, core };
        // From the fourth on each publication removes one.
        for _ in 0..4 {
            trial.change();
            trial.desk.run(&["reindex"]).expect(0);
        }
        trial
    }

    /// How many questions are asked each time.
    pub(crate) fn questions(&self) -> usize {
        self.questions.len()
    }

    fn change(&mut self) {
        self.step += 1;
        answers::version(&self.desk.path("articles"), VERSIONS[self.step % 2]);
    }

    fn strace(&self, options: &[&str]) -> Run {
        let mut command = self.desk.program("taskset");
        command.args(["-c", &self.core, "strace", "-f", "-o", "trace.txt"]).args(options);
        finish(command.args([crate::process::JIEDA, "reindex"]))
    }

    /// The calls of a whole reindex, from taking the lock to the end.
    pub(crate) fn calls(&mut self, names: &[&str]) -> Vec<Call> {
        self.change();
        let known = names.join(",?");
        self.strace(&["-y", "-e", &format!("trace=?{known}")]).expect(0);
        let log = fs::read_to_string(self.desk.path("trace.txt")).unwrap();
        let mut counts = std::collections::BTreeMap::new();
        let mut begun = false;
        let mut calls = Vec::new();
        for line in log.lines() {
            let (thread, line) = line.split_once(' ').unwrap();
            let Some((name, _)) = line.trim_start().split_once('(') else { continue };
            assert!(log.starts_with(thread), "there is a second thread: {line}");
            let number = counts.entry(name.to_owned()).and_modify(|count| *count += 1).or_insert(1);
            begun = begun || line.contains("/lock");
            if begun && names.contains(&name) {
                calls.push(Call { name: name.to_owned(), number: *number, line: line.trim().to_owned() });
            }
        }
        assert!(calls.len() > 20, "{log}");
        calls
    }

    /// Reindexes a changed help center while this is done to the calls of a kind.
    pub(crate) fn inject(&mut self, name: &str, what: &str) -> Run {
        self.change();
        self.strace(&["-e", &format!("trace={name}"), "-e", &format!("inject={name}:{what}")])
    }

    /// Holds what is left to the promise, then heals; whether the new content serves already.
    pub(crate) fn survive(&mut self, context: &str) -> bool {
        let dir = self.desk.index();
        drop(crate::world::lock(&dir));
        let serving = answers::serving(&dir, &self.questions);
        let is_new = serving == self.clean[self.step % 2];
        assert!(is_new || serving == self.clean[(self.step + 1) % 2], "a mix serves: {context}");
        answers::reindex(&dir, &self.desk.path("articles"), jieda::index::indexer::Options::default());
        assert_eq!(answers::serving(&dir, &self.questions), self.clean[self.step % 2], "{context}");
        assert_eq!(self.desk.left_overs(), Vec::<String>::new(), "{context}");
        assert!(dir.list().unwrap().len() <= 3, "{context}");
        is_new
    }
}

/// The cores that this process may use.
fn cores() -> Vec<String> {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let list = status.split("Cpus_allowed_list:").nth(1).unwrap().lines().next().unwrap().trim();
    let ranges = list.split(',').flat_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        first.parse::<usize>().unwrap()..=last.parse().unwrap()
    });
    ranges.map(|core| core.to_string()).collect()
}
