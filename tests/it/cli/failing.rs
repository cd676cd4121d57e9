//! Disks that are full, files that are too large, folders that cannot be written.

use std::fs;

use jieda::index::Check;

use crate::process::{Desk, Run};

/// Articles that make a larger index than the three lines indexed before them.
fn desk() -> (Desk, String) {
    let desk = Desk::indexed(&[("articles/zh/a/one.md", "# 提币\n\n正文\n")]);
    for number in 0..40 {
        let body = format!("第 {number} 步：打开应用，点开资产，选择币种和网络 n{number}。\n\n").repeat(8);
        desk.write(&format!("articles/zh/b/{number}.md"), &format!("# 提币步骤 {number}\n\n{body}"));
    }
    let before = desk.serving();
    (desk, before)
}

/// After a failure nothing is lost and nothing is left lying about.
#[track_caller]
fn is_untouched(desk: &Desk, before: &str) {
    assert_eq!(desk.serving(), before);
    assert_eq!(desk.index().list().unwrap(), [before]);
    assert_eq!(desk.left_overs(), Vec::<String>::new());
    desk.index().open_current(Check::Full).unwrap();
    drop(desk.index().lock().unwrap());
}

#[track_caller]
fn names_path_and_cause(run: &Run, cause: &str) {
    let line = run.err.lines().last().unwrap_or_default();
    assert!(line.starts_with("error: ") && line.contains("index/") && line.contains(cause), "{run:#?}");
    assert_eq!(run.out, "");
}

#[test]
fn a_file_that_cannot_grow_is_4() {
    let (desk, before) = desk();
    let mut failures = 0;
    // From the lock file to the largest file of the index.
    for blocks in [0, 1, 2, 8, 16, 32, 128, 1_024] {
        let limit = format!("ulimit -f {blocks}; trap '' XFSZ; exec \"$@\"");
        let run = desk.script(&limit, &["reindex"]);
        if run.code == Some(0) {
            break;
        }
        names_path_and_cause(&run.expect(4), "File too large (os error 27)");
        is_untouched(&desk, &before);
        failures += 1;
    }
    assert!(failures >= 3, "{failures}");
    assert_eq!(desk.run(&["search", "步骤", "--json"]).expect(0).json()["total"], 41 - 1);
}

#[test]
fn too_few_file_handles_are_4() {
    let (desk, before) = desk();
    for handles in [4, 6] {
        let run = desk.script(&format!("ulimit -n {handles}; exec \"$@\""), &["reindex"]).expect(4);
        assert!(run.err.contains("Too many open files"), "{run:#?}");
        is_untouched(&desk, &before);
    }
}

#[test]
fn a_full_disk_is_4_and_gets_its_space_back() {
    let (desk, _) = desk();
    desk.write("small/zh/a/one.md", "# 提币\n\n正文\n");
    let script = "
        mkdir -p disk && mount -t tmpfs -o size=\"$KIB\"k none disk || exit 99
        trap 'umount disk' EXIT
        used() { du -s --apparent-size disk/index/generations | cut -f 1; }
        \"$@\" --articles small >&2 || exit 98
        before=$(used)
        \"$@\" 1>&2; code=$?
        [ $code = 0 ] && exit 0
        [ \"$(used)\" = \"$before\" ] || { ls -R disk >&2; exit 97; }
        \"$1\" index verify --all --index disk/index >&2 || exit 96
        \"$1\" search 提币 --index disk/index --json || exit 95
        exit $code";
    let mut failures = 0;
    for kib in [96, 108, 4_096] {
        let script = format!("KIB={kib}; {script}");
        let run = desk.mounting_script(&script, &["reindex", "--index", "disk/index"]);
        if run.code == Some(0) {
            break;
        }
        let run = run.expect(4).says("No space left on device (os error 28)").says("error: ");
        assert_eq!(run.json()["total"], 1);
        failures += 1;
    }
    assert!(failures >= 2, "{failures}");
}

#[test]
fn a_disk_that_is_too_small_is_4_before_anything_is_written() {
    let desk = Desk::new(&[("articles/zh/a/one.md", "# 提币\n\n![二维码](code.png)\n")]);
    let image = [b"\x89PNG\r\n\x1a\n".to_vec(), vec![7; 300 * 1024]].concat();
    fs::write(desk.path("articles/zh/a/code.png"), image).unwrap();
    let script = "
        mkdir -p disk && mount -t tmpfs -o size=200k none disk || exit 99
        trap 'umount disk' EXIT
        \"$@\" 1>&2; code=$?
        find disk/index -type f >&2
        exit $code";
    let run = desk.mounting_script(script, &["reindex", "--index", "disk/index"]).expect(4);
    let run = run.says("error: no room in disk/index: ").says(" bytes are free, about 307");
    assert!(run.err.ends_with("\ndisk/index/lock\n"), "{}", run.err);
}

#[test]
fn a_read_only_index_can_be_searched_and_not_written() {
    let desk = Desk::indexed(&[("articles/zh/a/one.md", "# 提币\n"), ("topics.tsv", "q1\t提币\n")]);
    let before = desk.serving();
    let read_only = "mount -o bind,ro index index && exec \"$@\"";
    for (args, code) in [
        (&["search", "提币"][..], 0),
        (&["index", "list"], 0),
        (&["index", "verify", "--all"], 0),
        (&["eval", "--topics", "topics.tsv"], 0),
        (&["reindex", "--force"], 4),
        (&["reindex"], 4),
        (&["index", "rollback"], 4),
    ] {
        let run = desk.mounting_script(read_only, args);
        let run = run.expect(code);
        if code == 4 {
            assert_eq!(run.err, "error: cannot open index/lock: Read-only file system (os error 30)\n");
        } else {
            assert_eq!(run.err, "");
        }
    }
    is_untouched(&desk, &before);
    // The same for a whole file system that cannot be written.
    let all = "mount -o bind,ro \"$PWD\" \"$PWD\" && cd \"$PWD\" && ! touch x && exec \"$@\"";
    desk.mounting_script(all, &["search", "提币"]).expect(0).says("Read-only");
}

#[test]
fn an_unreadable_article_is_named_and_the_others_are_published() {
    let desk = Desk::indexed(&[("articles/zh/a/one.md", "# 提币\n"), ("articles/zh/a/two.md", "# 充值\n")]);
    // Neither a pipe nor a loop of links stops the walk.
    desk.script(
        "mkfifo articles/zh/a/pipe.md; ln -s loop.md articles/zh/a/loop.md; ln -s .. articles/zh/up",
        &[],
    );
    let run = desk.run(&["reindex", "--json"]).expect(0);
    assert_eq!(run.json()["articles"], 2);
    assert!(run.err.contains(" --> articles/zh/a/loop.md\n"), "{run:#?}");
    fs::remove_file(desk.path("articles/zh/a/loop.md")).unwrap();
    fs::remove_file(desk.path("articles/zh/up")).unwrap();
    assert_eq!(desk.run(&["reindex"]).expect(0).err, "");
}
