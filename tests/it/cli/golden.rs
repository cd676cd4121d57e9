//! `jieda reindex --check`: golden queries guard what is published.

use std::fs;

use serde_json::Value;

use crate::process::Desk;

const DEPOSIT: &str = "articles/zh/a/deposit.md";

/// Two articles, and golden queries of two kinds that hold.
fn desk() -> Desk {
    Desk::new(&[
        ("articles/zh/a/withdraw.md", "# 提币失败怎么办？\n\n先看提币记录。\n"),
        (DEPOSIT, "# 充值没到账\n\n等区块确认。\n"),
        ("golden/topics.tsv", "zh-keyword-01\t提币\nzh-keyword-02\t充值\nzh-none-01\t咖啡机清洗\n"),
        ("golden/qrels.txt", "zh-keyword-01 0 a/withdraw 2\nzh-keyword-02 0 a/deposit 2\n"),
        ("golden/floors.tsv", "zh-keyword\t1.0\nzh-none\t1\n"),
    ])
}

const CHECKED: [&str; 3] = ["reindex", "--check", "golden"];

#[test]
fn what_holds_is_published() {
    let desk = desk();
    let run = desk.run(&CHECKED).expect(0);
    assert_eq!(run.err, "");
    let mut lines = run.out.lines();
    assert_eq!(lines.next(), Some("golden queries: 3 of 3 right, no kind below its floor"));
    assert!(lines.next().unwrap().starts_with("published 000001-"), "{}", run.out);
    // A kind may lose some, as long as it stays at its floor.
    desk.write("golden/floors.tsv", "zh-keyword\t0.5\n");
    desk.write(DEPOSIT, "# 入金\n\n等区块确认。\n");
    let run = desk.run(&CHECKED).expect(0);
    assert!(run.out.starts_with("golden queries: 2 of 3 right, no kind below its floor\npublished 000002-"));
    let document = desk.run(&[&CHECKED[..], &["--force", "--json"]].concat()).expect(0).json();
    assert_eq!((&document["published"], &document["generation"]), (&true.into(), &desk.serving().into()));
}

#[test]
fn what_falls_below_is_refused_and_named() {
    let desk = desk();
    desk.run(&CHECKED).expect(0);
    let before = desk.serving();
    desk.write(DEPOSIT, "# 咖啡机\n\n咖啡机清洗要用清水。\n");
    let run = desk.run(&CHECKED).expect(3);
    assert_eq!(run.out, "");
    assert_eq!(
        run.err,
        "error: golden queries have fallen below their floors, nothing was published (--check)\n  \
         zh-keyword: 1 of 2 right (0.500), the floor is 1\n    zh-keyword-02  充值 -> nothing\n  \
         zh-none: 0 of 1 right (0.000), the floor is 1\n    zh-none-01  咖啡机清洗 -> a/deposit\n"
    );
    let document = desk.run(&[&CHECKED[..], &["--json"]].concat()).expect(3).json();
    assert_eq!((&document["published"], &document["generation"]), (&false.into(), &Value::Null));
    // What served serves on, and nothing is left of what was refused.
    assert_eq!((desk.serving(), desk.left_overs()), (before.clone(), Vec::new()));
    assert_eq!(desk.index().list().unwrap().len(), 1);
    desk.run(&["index", "verify"]).expect(0);
    let reply = desk.run(&["search", "充值", "--json"]).expect(0).json();
    assert_eq!(reply["hits"][0]["id"], "a/deposit");
    // Only `--check` asks.
    desk.run(&["reindex"]).expect(0);
    assert_ne!(desk.serving(), before);
}

#[test]
fn what_serves_is_asked_too() {
    let desk = desk();
    desk.run(&["reindex"]).expect(0);
    let run = desk.run(&CHECKED).expect(0);
    assert!(run.out.starts_with("golden queries: 3 of 3 right") && run.out.contains("\nunchanged 000001-"));
    // The articles are the same, but more is asked of them now. A floor without topics does not hold.
    let (mut topics, mut judged) =
        ("zh-keyword-01\t提币\n".to_owned(), "zh-keyword-01 0 a/withdraw 2\n".to_owned());
    for number in 1..=7 {
        topics += &format!("zh-spoken-0{number}\t开户{number}\n");
        judged += &format!("zh-spoken-0{number} 0 a/none 2\n");
    }
    desk.write("golden/topics.tsv", &topics);
    desk.write("golden/qrels.txt", &judged);
    desk.write("golden/floors.tsv", "zh-keyword\t1\nzh-spoken\t0.9\nko-typo\t0.5\n");
    let run = desk.run(&CHECKED).expect(3);
    assert!(run.err.contains("\n  ko-typo: 0 of 0 right (0.000), the floor is 0.5\n"), "{}", run.err);
    assert!(run.err.contains("\n  zh-spoken: 0 of 7 right (0.000), the floor is 0.9\n"), "{}", run.err);
    assert!(run.err.ends_with("\n    zh-spoken-05  开户5 -> nothing\n    and 2 more\n"), "{}", run.err);
    assert!(!run.err.contains("zh-keyword"), "{}", run.err);
}

#[test]
fn nothing_is_built_for_files_that_are_missing_or_wrong() {
    let desk = desk();
    let refused = |code: i32, says: &str| {
        let run = desk.run(&CHECKED).expect(code);
        assert_eq!((run.out.as_str(), run.err.as_str()), ("", format!("error: golden/{says}\n").as_str()));
        assert!(!desk.path("index").exists());
    };
    for (file, content, says) in [
        ("topics.tsv", "zh-keyword-01\t提币\nzh-keyword-02 充值\n", "line 2: expected `id<TAB>query`"),
        ("qrels.txt", "zh-keyword-01 a/withdraw 2\n", "line 1: expected `topic 0 document grade`"),
        ("floors.tsv", "\nzh-keyword\t1.5\n", "line 2: expected `kind<TAB>share from 0 to 1`"),
    ] {
        let path = format!("golden/{file}");
        let right = fs::read_to_string(desk.path(&path)).unwrap();
        desk.write(&path, content);
        refused(2, &format!("{file}: {says}"));
        desk.write(&path, &right);
    }
    for file in ["topics.tsv", "qrels.txt", "floors.tsv"] {
        let path = desk.path(&format!("golden/{file}"));
        let content = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let run = desk.run(&CHECKED).expect(4);
        let says = format!("error: cannot read golden/{file}: No such file or directory (os error 2)\n");
        assert_eq!((run.out, run.err), (String::new(), says));
        fs::write(&path, content).unwrap();
    }
    assert!(!desk.path("index").exists());
    desk.run(&CHECKED).expect(0);
}
