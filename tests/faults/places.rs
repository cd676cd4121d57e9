//! Unfriendly places: other file systems, other users, odd paths, watches that see nothing.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jieda::article::load;
use jieda::index::indexer::Options;

use crate::answers;
use crate::process::{Desk, finish};
use crate::report;
use crate::server::Server;

fn desk() -> Desk {
    let desk = Desk::new(&[]);
    answers::articles(&desk.path("articles"));
    desk
}

#[test]
fn temporary_files_lie_in_the_index_folder() {
    let desk = desk();
    // A temporary folder on another file system, full and read-only.
    let script = "
        mkdir -p other && mount -t tmpfs -o size=4k,ro none other || exit 99
        trap 'umount other' EXIT
        TMPDIR=$PWD/other \"$@\"";
    desk.mounting_script(script, &["reindex"]).expect(0);
    let run = finish(desk.program("strace").args(["-f", "-e", "trace=openat", "-o", "trace.txt"]).args([
        crate::process::JIEDA,
        "reindex",
        "--force",
    ]));
    run.expect(0);
    let log = fs::read_to_string(desk.path("trace.txt")).unwrap();
    let created = log.lines().filter(|line| line.contains("O_CREAT"));
    let elsewhere: Vec<&str> = created.filter(|line| !line.contains("index/")).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    report(
        "F-05",
        "TMPDIR on another file system, full and read-only",
        2,
        "all files are made in the index folder",
    );
}

#[test]
fn a_read_only_file_system_and_a_foreign_user_are_served() {
    let desk = desk();
    desk.run(&["reindex"]).expect(0);
    // Serves, says it is alive, answers a question, ends: everything read-only, another user.
    let script = "
        mount -o bind,ro \"$PWD\" \"$PWD\" && cd \"$PWD\" || exit 99
        touch x 2>/dev/null && exit 98
        exec setpriv --reuid 54321 --regid 54321 --clear-groups --no-new-privs --bounding-set -all \"$@\"";
    // Whoever owns the folder of the test may be its only reader.
    finish(desk.program("chmod").args(["-R", "a+rX", "."]));
    finish(desk.program("chmod").args(["a+rx", "."]));
    for args in [&["search", "提币", "--json"][..], &["index", "verify", "--all"], &["index", "list"]] {
        desk.mounting_script(script, args).expect(0);
    }
    desk.mounting_script(script, &["reindex", "--force"]).expect(4).says("index/lock");
    let timed = script.replace("exec setpriv", "exec timeout --preserve-status -s TERM 3 setpriv");
    let run = desk.mounting_script(&timed, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(run.out.starts_with("Jieda is ready: http://127.0.0.1:"), "{run:#?}");
    assert_eq!(run.code, Some(0), "{run:#?}");
    report(
        "F-20",
        "read-only file system, foreign user, no capabilities",
        5,
        "serves and searches; reindex says what it cannot write, exit 4",
    );
}

#[test]
fn odd_paths_are_only_paths() {
    let desk = Desk::new(&[]);
    let long = "长".repeat(80);
    let names = [
        "with blanks and 'quotes'".to_owned(),
        "解答 索引".to_owned(),
        "-dash".to_owned(),
        "new\nline".to_owned(),
        format!("{long}/{long}/{long}"),
    ];
    for name in &names {
        let articles = desk.path("places").join(name).join("articles");
        let index = desk.path("places").join(name).join("index");
        answers::articles(&articles);
        let (articles, index) =
            (format!("--articles={}", articles.display()), format!("--index={}", index.display()));
        desk.run(&["reindex", &articles, &index]).expect(0);
        let run = desk.run(&["search", "提币", "--json", &index]).expect(0);
        assert!(run.json()["total"].as_u64().unwrap() > 0);
    }
    // Longer than any path may be.
    let endless = format!("--index={}", "x/".repeat(2_100));
    let articles = format!("--articles={}", desk.path("places/-dash/articles").display());
    desk.run(&["reindex", &articles, &endless]).expect(4).says("File name too long");
    desk.run(&["search", "提币", &endless]).expect(4).says("File name too long");
    desk.run(&["reindex", "--articles=nowhere"]).expect(4).says("no articles folder at nowhere");
    desk.run(&["search", "提币", "--index=nowhere"]).expect(4).says("no index in nowhere");
    report(
        "F-20",
        "blanks, quotes, Chinese, line breaks, 240 characters, 4,200 bytes, missing folders",
        names.len() + 4,
        "works, or says what is wrong, exit 4",
    );
}

#[test]
fn a_watch_that_sees_nothing_is_made_up_for_by_looking() {
    let desk = desk();
    desk.run(&["reindex"]).expect(0);
    let no_watch = [
        "strace",
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=inotify_init1",
        "-e",
        "inject=inotify_init1:error=EMFILE",
    ];
    let deaf = [
        "strace",
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=inotify_add_watch",
        "-e",
        "inject=inotify_add_watch:retval=1",
    ];
    let mut slowest = Duration::ZERO;
    let mut tries = 0;
    for (wrap, says) in [(&no_watch, true), (&deaf, false)] {
        let server = Server::start(&desk, wrap, &["--no-build"]);
        for round in 0..3 {
            answers::version(&desk.path("articles"), &format!("{says} {round}"));
            answers::reindex(&desk.index(), &desk.path("articles"), Options::default());
            slowest = slowest.max(server.follows(&desk.serving()));
            tries += 1;
        }
        assert_eq!(server.says("polling only"), says, "{}", server.log());
    }
    assert!(slowest < Duration::from_secs(9), "{slowest:?}");
    let result = format!("found by looking every 5 s, after {:.1} s at most", slowest.as_secs_f64());
    report("A-53, F-22", "no watch to be had, and one that reports nothing", tries, &result);
}

#[test]
fn a_folder_that_changes_while_it_is_read_is_read_again() {
    const TRIES: usize = 50;
    let desk = desk();
    let root = desk.path("articles");
    let changes = AtomicUsize::new(0);
    let read = |times: usize| {
        let before = changes.load(Ordering::Relaxed);
        let today = jiff::civil::date(2026, 11, 20);
        load::load(&root, today, &|done, all| {
            // Between the two looks at the folder, so many times.
            let now = changes.load(Ordering::Relaxed);
            if done == all && now < before + times {
                changes.store(now + 1, Ordering::Relaxed);
                answers::version(&root, &(now + 1).to_string());
            }
        })
    };
    for _ in 0..TRIES {
        let corpus = read(1).unwrap();
        let newest = format!("标记 {}", changes.load(Ordering::Relaxed));
        assert!(corpus.articles.iter().any(|article| article.title == newest), "{newest}");
    }
    let error = read(usize::MAX / 2).unwrap_err();
    assert!(error.to_string().contains("keep changing while they are read"), "{error}");
    report(
        "F-12, F-22",
        "articles rewritten while they are read",
        TRIES + 1,
        "read again; refused where they never hold still",
    );
}
