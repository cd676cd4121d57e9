//! Two that write at the same time, on one host and on two.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::answers;
use crate::process::{Desk, wait};
use crate::report;

#[test]
fn one_of_two_writers_wins_and_the_other_says_who_does() {
    const TRIES: usize = 100;
    let desk = Desk::new(&[]);
    let questions = answers::questions();
    answers::articles(&desk.path("articles"));
    let clean = answers::clean(&desk.path("articles"), &questions);
    let (mut locked, mut named, mut slowest) = (0, 0, Duration::ZERO);
    for _ in 0..TRIES {
        let start = || desk.jieda(&["reindex", "--force"]).stdin(Stdio::null()).spawn().unwrap();
        let (one, two) = (start(), start());
        let ids = [one.id(), two.id()];
        let started = Instant::now();
        let runs = [wait(one), wait(two)];
        for (number, run) in runs.iter().enumerate() {
            if run.code == Some(5) {
                locked += 1;
                assert!(run.err.contains("locked by"), "{run:#?}");
                named += usize::from(run.err.contains(&format!("process {} on ", ids[1 - number])));
                slowest = slowest.max(started.elapsed());
            } else {
                assert_eq!(run.code, Some(0), "{run:#?}");
            }
        }
        assert!(runs.iter().any(|run| run.code == Some(0)), "{runs:#?}");
        assert_eq!(desk.left_overs(), Vec::<String>::new());
    }
    assert!(locked > TRIES / 2, "they did not meet: {locked}");
    assert!(named * 10 >= locked * 9, "{named} of {locked} name the holder");
    assert_eq!(answers::serving(&desk.index(), &questions), clean);
    let result = format!(
        "{locked} times the other ended with 5, {named} times naming process and host; both never wrote"
    );
    report("F-08", "two reindexes started together", TRIES, &result);
}

#[test]
fn without_locks_the_first_gives_way_and_nothing_is_mixed() {
    const TRIES: usize = 60;
    let desk = Desk::new(&[]);
    let questions = answers::questions();
    answers::articles(&desk.path("articles"));
    let clean = answers::clean(&desk.path("articles"), &questions);
    desk.run(&["reindex"]).expect(0);
    let (mut both, mut one_only) = (0, 0);
    for _ in 0..TRIES {
        // As on a network file system that grants the lock to everybody.
        let start = || {
            let mut command = desk.program("strace");
            command.args(["-f", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:retval=0"]);
            command.args([crate::process::JIEDA, "reindex", "--force"]).spawn().unwrap()
        };
        let (one, two) = (start(), start());
        let runs = [wait(one), wait(two)];
        assert!(
            runs.iter().all(|run| matches!(run.code, Some(0 | 4 | 5)) && !run.err.contains("panicked")),
            "{runs:#?}"
        );
        match runs.iter().filter(|run| run.code == Some(0)).count() {
            2 => both += 1,
            _ => one_only += 1,
        }
        assert_eq!(answers::serving(&desk.index(), &questions), clean, "{runs:#?}");
        desk.run(&["index", "verify", "--all"]).expect(0);
    }
    desk.run(&["reindex", "--force"]).expect(0);
    assert_eq!(desk.left_overs(), Vec::<String>::new());
    let result = format!(
        "{both} times one after the other, {one_only} times one gave way (exit 4 or 5); what serves is whole each time"
    );
    report("F-09", "two reindexes where no lock holds (a network file system)", TRIES, &result);
}
