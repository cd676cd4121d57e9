//! Terminals, pipes, readers who leave, full disks behind stdout.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use crate::process::{Desk, JIEDA, Run, finish, wait};

fn desk() -> Desk {
    let mistakes = "---\ntitel: x\n---\n# 提币\n\n[x](no.md)\n";
    Desk::indexed(&[("articles/zh/a/one.md", mistakes), ("topics.tsv", "q1\t提币\n")])
}

/// Runs in a terminal that `script` (of bsdutils) makes. What the program writes to either
/// stream is in `out`.
fn in_terminal(desk: &Desk, variables: &[(&str, &str)], line: &str) -> Run {
    let mut script = desk.program("script");
    script.env("JIEDA", JIEDA).env("SHELL", "/bin/sh").envs(variables.iter().copied());
    // A name that begins with our prefix is for the shell, not for the program.
    let line = format!("j=$JIEDA; unset JIEDA; stty cols 80; exec $j {line}");
    finish(script.args(["-q", "-e", "-c", &line, "/dev/null"]))
}

#[test]
fn colors_and_bars_are_for_terminals() {
    let desk = desk();
    for args in [
        &["reindex", "--force"][..],
        &["search", "提币", "--explain"],
        &["check"],
        &["index", "list"],
        &["--nope"],
        &["--help"],
    ] {
        let run = desk.run(args);
        assert!(!run.out.contains(['\u{1b}', '\r']) && !run.err.contains(['\u{1b}', '\r']), "{run:#?}");
    }
    let color = "\u{1b}[";
    let run = in_terminal(&desk, &[], "search 提币");
    assert!(run.out.contains("\u{1b}[1;33m提币\u{1b}[0;1m"), "{run:#?}");
    let bar = in_terminal(&desk, &[], "reindex --force").expect(0);
    assert!(bar.out.contains("indexing") && bar.out.contains("published "), "{bar:#?}");
    assert!(in_terminal(&desk, &[], "check").out.contains(color));
    // Whoever wants no color gets none.
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        for line in ["search 提币 --explain", "check"] {
            let run = in_terminal(&desk, &[variable], line);
            assert!(!run.out.contains(color), "{variable:?} {run:#?}");
        }
    }
    // An empty variable is none (https://no-color.org).
    assert!(in_terminal(&desk, &[("NO_COLOR", "")], "search 提币").out.contains(color));
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let desk = desk();
    for (args, code) in [
        (&["search", "提币"][..], 0),
        (&["search", "提币", "--json"], 0),
        (&["index", "list"], 0),
        (&["index", "verify", "--all"], 0),
        (&["eval", "--topics", "topics.tsv"], 0),
        (&["reindex", "--force", "--json"], 0),
        (&["reindex"], 0),
        (&["--help"], 0),
        // What the exit code says does not depend on who reads.
        (&["check", "--format", "json"], 1),
        (&["check", "--format", "github"], 1),
        (&["reindex", "--articles", "empty", "--json"], 3),
    ] {
        desk.write("empty/.keep", "");
        // Nobody has ever read from this pipe.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = finish(desk.jieda(args).stdout(writer)).expect(code);
        let is_quiet = !run.err.to_lowercase().contains("pipe");
        assert!(is_quiet && (run.err.is_empty() || args[0] == "reindex"), "{args:?}: {run:#?}");
    }
    // `head -1`: reads a little, then leaves.
    let articles: String = "# 提币\n\n[x](no.md)\n".to_owned() + &"[y](no.md)\n".repeat(3_000);
    desk.write("articles/zh/a/long.md", &articles);
    let mut child = desk.jieda(&["check", "--format", "github"]).spawn().unwrap();
    let mut head = [0; 20];
    child.stdout.take().unwrap().read_exact(&mut head).unwrap();
    assert_eq!(&head, b"::warning file=artic");
    assert_eq!(wait(child).expect(1).err, "");
}

#[test]
fn without_stderr_the_work_is_done_all_the_same() {
    let desk = desk();
    let before = desk.serving();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    finish(desk.jieda(&["reindex", "--force"]).stderr(writer)).expect(0);
    assert_ne!(desk.serving(), before);
    finish(desk.jieda(&["reindex", "--force"]).stdout(Stdio::null()).stderr(Stdio::null())).expect(0);
    desk.script("exec \"$@\" <&- >&- 2>&-", &["reindex", "--force"]).expect(0);
    desk.script("exec \"$@\" <&- >&- 2>&-", &["search"]).expect(2);
}

#[test]
fn a_full_stdout_is_4() {
    let desk = desk();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for args in [&["search", "提币"][..], &["index", "list"], &["check", "--format", "sarif"]] {
        let run = finish(desk.jieda(args).stdout(full())).expect(4);
        assert_eq!(run.err, "error: cannot write to stdout: No space left on device (os error 28)\n");
    }
    finish(desk.jieda(&["check"]).stdout(Stdio::null()).stderr(full())).expect(1);
}
