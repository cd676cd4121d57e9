//! Exit codes, configuration, paths.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::process::{Desk, Run, finish};

const ONE: (&str, &str) = ("articles/zh/a/one.md", "# 提币失败\n\n怎么办\n");
const TWO: (&str, &str) = ("articles/zh/a/two.md", "# 充值\n");

#[test]
fn done_is_0_and_findings_are_1() {
    let desk = Desk::new(&[ONE]);
    desk.run(&["reindex"]).expect(0);
    desk.run(&["search", "提币"]).expect(0);
    desk.run(&["search", "nothing"]).expect(0);
    desk.run(&["check"]).expect(0);
    for args in [&["--help"][..], &["--version"], &["reindex", "--help"], &["help", "search"]] {
        let run = desk.run(args).expect(0);
        assert!(!run.out.is_empty() && run.err.is_empty(), "{run:#?}");
    }
    // A warning is enough for `check`; `reindex` publishes all the same.
    desk.write("articles/zh/a/two.md", "---\ntitel: 充值\n---\n# 充值\n");
    desk.run(&["check"]).expect(1);
    desk.run(&["reindex"]).expect(0).says("warning[unknown-key]");
    desk.write("articles/zh/a/two.md", "---\ntitle: a: b\n---\n");
    desk.run(&["check"]).expect(1);
    desk.run(&["reindex", "--allow-shrink"]).expect(0).says("error[front-matter-syntax]");
}

#[test]
fn wrong_usage_is_2() {
    let desk = Desk::indexed(&[ONE, ("topics.tsv", "q1 no tab\n"), ("good.tsv", "q1\t提币\n")]);
    for (args, says) in [
        (&[][..], "Usage: jieda"),
        (&["--nope"], "unexpected argument '--nope'"),
        (&["reindx"], "unrecognized subcommand 'reindx'"),
        (&["search"], "<QUERY>..."),
        (&["search", "失败", "-提币"], "-- -"),
        (&["search", "--lang", "fr", "x"], "expected zh, zh-Hant, en or ko"),
        (&["search", "--lang-only", "x"], "--lang <LANG>"),
        (&["search", "--page", "0", "x"], "pages count from 1"),
        (&["search", "--per-page", "51", "x"], "per_page is 51, allowed are 1 to 50"),
        (&["search", "--page", "101", "x"], "page 101 of 10 hits lies beyond hit 1000"),
        (&["check", "--format", "xml"], "[possible values: text, json, sarif, github]"),
        (&["index", "rollback"], "no generation with other content before 000001-"),
        (&["index", "rollback", "--to", "x"], "no generation x in index"),
        (&["eval", "--topics", "topics.tsv"], "topics.tsv: line 1: expected `id<TAB>query`"),
        (&["eval", "--topics", "good.tsv", "--qrels", "good.tsv"], "good.tsv: line 1: expected `topic 0"),
        (&["eval", "--topics", "good.tsv", "--depth", "0"], "0 is not in 1..=1000"),
        (&["--config", "none.toml", "search", "x"], "error: cannot read none.toml: No such file"),
    ] {
        let run = desk.run(args).expect(2).says(says);
        assert_eq!(run.out, "", "{args:?}");
    }
}

#[test]
fn a_wrong_configuration_is_2_and_names_the_nearest() {
    let desk = Desk::indexed(&[ONE]);
    desk.write("jieda.toml", "indx = 'a'\nlisten = 80\n[limits]\nmax_connection = 5\n");
    for args in [&["search", "x"][..], &["reindex"], &["check"], &["index", "list"]] {
        let run = desk.run(args).expect(2);
        let expect = "error: jieda.toml:1:1: unknown key `indx`, did you mean `index`?\n\
            jieda.toml:2:10: `listen` must be an address and a port such as 127.0.0.1:8080, not of type integer\n\
            jieda.toml:4:1: unknown key `limits.max_connection`, did you mean `limits.max_connections`?\n";
        assert_eq!(run.err, expect);
    }
    fs::remove_file(desk.path("jieda.toml")).unwrap();
    for (variable, says) in [
        (("JIEDA_INDX", "a"), "unknown variable JIEDA_INDX, did you mean `JIEDA_INDEX`?"),
        (("JIEDA_LISTEN", "here"), "JIEDA_LISTEN must be an address and a port"),
        (("JIEDA_LIMITS_MAX_CONNECTIONS", "0"), "JIEDA_LIMITS_MAX_CONNECTIONS must be a number from 1"),
    ] {
        desk.run_with(&[variable], &["search", "提币"]).expect(2).says(says);
    }
    desk.write("other.toml", "index = 'nowhere'\n");
    desk.run_with(&[("JIEDA_CONFIG", "other.toml")], &["search", "x"]).expect(4).says("no index in nowhere");
}

#[test]
fn a_wrong_logo_or_color_is_said_before_anything_is_served() {
    let desk = Desk::indexed(&[ONE, ("logo.svg", "no image")]);
    for (variable, code, says) in [
        (("JIEDA_LOGO", "logo.svg"), 2, "error: the logo logo.svg is neither svg nor png nor webp\n"),
        (("JIEDA_LOGO", "none.svg"), 4, "error: cannot read the logo none.svg: No such file"),
        (
            ("JIEDA_ACCENT_COLOR", "#fefefe"),
            2,
            "JIEDA_ACCENT_COLOR must be a color such as #0f6b5c, dark enough",
        ),
        (("JIEDA_ALLOWED_ORIGINS", "shop"), 2, "JIEDA_ALLOWED_ORIGINS must be a list of origins"),
    ] {
        let run = desk.run_with(&[variable], &["serve", "--listen", "127.0.0.1:0"]).expect(code).says(says);
        assert_eq!(run.out, "", "{variable:?}");
    }
}

#[test]
fn content_that_must_not_be_published_is_3() {
    let desk = Desk::new(&[ONE, TWO, ("articles/zh/a/three.md", "# 三\n"), ("empty/readme.txt", "")]);
    let run = desk.run(&["reindex", "--articles", "empty"]).expect(3);
    assert_eq!(run.err, "error: no public article in empty, nothing was published\n");
    assert_eq!(run.out, "");
    desk.run(&["search", "提币"]).expect(4);
    desk.run(&["reindex"]).expect(0);
    let before = desk.serving();

    fs::remove_file(desk.path("articles/zh/a/two.md")).unwrap();
    desk.run(&["reindex"]).expect(3).says("3 articles would become 2, nothing was published");
    desk.run(&["reindex", "--force"]).expect(3).says("--allow-shrink");
    desk.write("articles/zh/a/bad.md", "---\ntitle: a: b\n---\n");
    desk.write("articles/zh/a/four.md", "# 四\n");
    let run = desk.run(&["reindex", "--strict"]).expect(3);
    assert!(
        run.err.ends_with("error: 1 error in the articles, nothing was published (--strict)\n"),
        "{run:?}"
    );
    let run = desk.run(&["reindex", "--strict", "--json"]).expect(3);
    assert_eq!(run.json()["generation"], serde_json::Value::Null);
    assert_eq!(run.json()["published"], false);
    assert_eq!(desk.serving(), before);

    // Without `--strict` one bad article blocks nothing, and a warning never does.
    fs::remove_file(desk.path("articles/zh/a/bad.md")).unwrap();
    desk.write("articles/zh/a/four.md", "---\ntitel: x\n---\n# 四\n");
    desk.run(&["reindex", "--strict"]).expect(0);
    assert_ne!(desk.serving(), before);
}

#[test]
fn what_cannot_be_read_or_written_is_4() {
    let desk = Desk::new(&[ONE, ("file", ""), ("topics.tsv", "q1\tx\n")]);
    let long = "x".repeat(300);
    let deep = format!("{}end", "deep/".repeat(1_000));
    for (args, says) in [
        (&["search", "x"][..], "error: no index in index\nbuild one with `jieda reindex`\n"),
        (&["index", "list"], "no index in index\n"),
        (&["index", "verify"], "no index in index\n"),
        (&["index", "rollback"], "no index in index\n"),
        (&["index", "prune"], "no index in index\n"),
        (&["eval", "--topics", "topics.tsv"], "no index in index\n"),
        (&["eval", "--topics", "none.tsv"], "cannot read none.tsv: No such file"),
        (&["check", "none"], "no articles folder at none\n"),
        (&["check", "articles/zh/a/one.md"], "articles/zh/a/one.md is a file: name the folder"),
        (&["reindex", "--articles", "none", "--index", "i"], "no articles folder at none\n"),
        (&["reindex", "--index", "file"], "cannot create file/generations: Not a directory (os error 20)\n"),
        (&["reindex", "--index", "file/i"], "cannot create file/i/generations: Not a directory"),
        (&["search", "--index", "file", "x"], "cannot read file/CURRENT: Not a directory (os error 20)\n"),
        (&["index", "list", "--index", "file"], "cannot read file/CURRENT: Not a directory"),
        (&["reindex", "--index", &long], "File name too long"),
        (&["search", "--index", &deep, "x"], "File name too long"),
        (&["check", &deep], "no articles folder at deep/"),
    ] {
        let run = desk.run(args).expect(4).says(says);
        assert!(run.out.is_empty() && run.err.starts_with("error: "), "{run:#?}");
        assert!(run.err.lines().all(|line| line.matches("os error").count() <= 1), "{run:#?}");
    }
    // Nothing but the folder of the reindex that had no articles has come into being.
    assert!(!desk.path("index").exists());

    let indexed = Desk::indexed(&[ONE, ("topics.tsv", "q1\t提币\n")]);
    indexed
        .run(&["eval", "--topics", "topics.tsv", "--run", "no/such/run"])
        .expect(4)
        .says("error: cannot write no/such/run: No such file or directory (os error 2)\n");
    fs::remove_dir_all(indexed.path("index/generations")).unwrap();
    indexed.write("index/generations", "");
    indexed.run(&["reindex"]).expect(4).says("error: cannot create index/generations: File exists");
}

#[test]
fn a_locked_index_is_5_at_once_and_names_the_holder() {
    let desk = Desk::indexed(&[ONE]);
    let before = desk.serving();
    desk.write("articles/zh/a/two.md", "# 充值\n\n正文\n");
    desk.run(&["reindex"]).expect(0);
    let lock = desk.index().lock().unwrap();
    let holder = format!("the index index is locked by process {} on ", std::process::id());
    for args in [&["reindex"][..], &["reindex", "--force"], &["index", "rollback"], &["index", "prune"]] {
        let started = Instant::now();
        let run = desk.run(args).expect(5).says(&holder).says("wait until it is done");
        assert!(started.elapsed() < Duration::from_secs(1), "{args:?} took {:?}", started.elapsed());
        assert_eq!(run.out, "");
    }
    // Readers need no lock.
    for args in [&["search", "提币"][..], &["index", "list"], &["index", "verify", "--all"], &["check"]] {
        desk.run(args).expect(0);
    }
    drop(lock);
    let run = desk.run(&["index", "rollback"]).expect(0);
    assert_eq!(run.out, format!("{before} serves now, until articles have changed and are indexed\n"));
}

#[test]
fn a_damaged_or_foreign_index_is_6_until_it_is_built_again() {
    let desk = Desk::indexed(&[ONE, ("topics.tsv", "q1\t提币\n")]);
    let readers: [&[&str]; 4] = [
        &["search", "提币"],
        &["index", "verify"],
        &["index", "verify", "--all"],
        &["eval", "--topics", "topics.tsv"],
    ];
    let all = |says: &str| {
        let id = desk.serving();
        for args in readers {
            desk.run(args).expect(6).says(&format!("error: generation {id} {says}"));
        }
        desk.run(&["search", "x"]).expect(6).says("build it again with `jieda reindex`");
        // The articles are the same, but what serves cannot be read: it is replaced.
        desk.run(&["reindex"]).expect(0);
        assert_ne!(desk.serving(), id);
        desk.run(&["search", "提币"]).expect(0);
    };
    let folder = || desk.index().generation(&desk.serving());

    let text = fs::read(folder().join("text.bin")).unwrap();
    fs::write(folder().join("text.bin"), &text[1..]).unwrap();
    all(&format!("is damaged: text.bin has {} bytes, not {}", text.len() - 1, text.len()));

    fs::remove_file(folder().join("lexicon.bin")).unwrap();
    all("is damaged: lexicon.bin is missing");

    let manifest = fs::read_to_string(folder().join("manifest.json")).unwrap();
    let (before, behind) = manifest.split_once("\"format\": ").unwrap();
    let foreign = format!("{before}\"format\": 99{behind}");
    fs::write(folder().join("manifest.json"), &foreign).unwrap();
    all("is damaged: manifest.json does not have the hash in manifest.sha256");

    let manifest = fs::read_to_string(folder().join("manifest.json")).unwrap();
    let foreign = manifest.replacen("\"format\": ", "\"format\": 99", 1);
    fs::write(folder().join("manifest.json"), &foreign).unwrap();
    let hash = jieda::text::hex(&Sha256::digest(&foreign));
    fs::write(folder().join("manifest.sha256"), hash + "\n").unwrap();
    all("was built with format 99");

    // A flipped bit does not change the size: `verify` reads everything.
    let mut html = fs::read(folder().join("html.bin")).unwrap();
    html[3] ^= 1;
    fs::write(folder().join("html.bin"), html).unwrap();
    desk.run(&["index", "verify"]).expect(6).says("is damaged: html.bin does not have its hash");
    desk.run(&["reindex"]).expect(0);
    desk.run(&["index", "verify"]).expect(0);

    desk.write("index/CURRENT", "\u{1b}[2Jgarbage\n");
    let run = desk.run(&["search", "x"]).expect(6);
    assert!(
        run.err.starts_with("error: generation CURRENT is damaged: CURRENT names `\u{fffd}[2Jgarbage`\n")
    );
    desk.run(&["index", "list"]).expect(6);
    desk.run(&["reindex"]).expect(0);
    desk.run(&["search", "x"]).expect(0);
}

#[test]
fn flags_beat_environment_beats_file_beats_defaults() {
    let desk = Desk::new(&[ONE]);
    let id = |run: Run| run.expect(0).json()["articles"].as_u64();
    for (count, folder) in [(2, "in-file"), (3, "in-environment"), (4, "in-flag")] {
        for number in 0..count {
            desk.write(&format!("{folder}/zh/a/{number}.md"), "# 提币\n");
        }
    }
    let environment = [("JIEDA_ARTICLES", "in-environment"), ("JIEDA_INDEX", "index-of-environment")];
    assert_eq!(id(desk.run(&["reindex", "--json"])), Some(1));
    desk.write("jieda.toml", "articles = 'in-file'\nindex = 'index-of-file'\n");
    assert_eq!(id(desk.run(&["reindex", "--json"])), Some(2));
    assert_eq!(id(desk.run_with(&environment, &["reindex", "--json"])), Some(3));
    let flags = ["reindex", "--json", "--articles", "in-flag", "--index", "index-of-flag"];
    assert_eq!(id(desk.run_with(&environment, &flags)), Some(4));
    // Each went to an index of its own, and is searched by the same rules.
    let total = |run: Run| run.expect(0).json()["total"].as_u64();
    let search = ["search", "提币", "--json"];
    assert_eq!(total(desk.run(&search)), Some(2));
    assert_eq!(total(desk.run_with(&environment, &search)), Some(3));
    assert_eq!(
        total(desk.run_with(&environment, &[&search[..], &["--index", "index-of-flag"]].concat())),
        Some(4)
    );
    assert_eq!(total(desk.run(&[&search[..], &["--index", "index"]].concat())), Some(1));
    // `check` looks at the same articles as `reindex`.
    let files = |run: Run| run.json()["files"].as_u64();
    let check = ["check", "--format", "json"];
    assert_eq!(files(desk.run(&check)), Some(2));
    assert_eq!(files(desk.run_with(&environment, &check)), Some(3));
    assert_eq!(files(desk.run_with(&environment, &[&check[..], &["in-flag"]].concat())), Some(4));
}

#[test]
fn paths_may_be_odd() {
    let odd = "我的 文章 (新)";
    let desk = Desk::new(&[("我的 文章 (新)/zh/安全 设置/谷歌 验证器.md", "# 谷歌验证器\n\n[x](没有.md)\n")]);
    for index in ["索引 目录", "./deep/er/../still", "-"] {
        desk.run(&["reindex", "--articles", odd, "--index", index])
            .expect(0)
            .says(" --> 我的 文章 (新)/zh/安全 设置/谷歌 验证器.md:3:1\n");
        let reply = desk.run(&["search", "谷歌", "--index", index, "--json"]).expect(0).json();
        assert_eq!(reply["hits"][0]["id"], "安全-设置/谷歌-验证器");
        desk.run(&["index", "verify", "--index", index]).expect(0);
    }
    let absolute = desk.path("absolute").to_str().unwrap().to_owned();
    desk.run(&["reindex", "--articles", odd, "--index", &absolute]).expect(0);

    std::os::unix::fs::symlink(odd, desk.path("link")).unwrap();
    std::os::unix::fs::symlink("absolute", desk.path("index link")).unwrap();
    let run = desk.run(&["reindex", "--articles", "link", "--index", "index link"]).expect(0);
    assert!(run.out.starts_with("unchanged 000001-"), "{run:?}");
    assert_eq!(desk.run(&["check", "link", "--format", "json"]).expect(1).json()["files"], 1);

    let raw = OsStr::from_bytes(b"raw-\xff-index");
    finish(desk.jieda(&["reindex", "--articles", odd, "--index"]).arg(raw)).expect(0);
    finish(desk.jieda(&["search", "谷歌", "--index"]).arg(raw)).expect(0);
    finish(desk.jieda(&["search", "--index"]).arg(raw).arg(OsStr::from_bytes(b"\xff"))).expect(2);
}
