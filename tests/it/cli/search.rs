//! `jieda search`: what a terminal and a script get.

use serde_json::Value;

use crate::process::{Desk, Run};
use crate::support::TestSite;

/// A small help center; paths are those inside the articles folder.
const ARTICLES: [(&str, &str); 7] = [
    (
        "zh/withdrawal/fail.md",
        "---\nupdated: 2026-09-18\ntags: [提币, 错误]\n---\n# 提币失败怎么办？\n\n先看提币记录里的状态。\n\n\
         ## 地址格式不对\n\n检查地址和网络，再重新提交。\n",
    ),
    ("zh/withdrawal/fees.md", "# 提币手续费\n\n每次提币收固定的手续费。\n"),
    ("zh/identity/kyc.md", "---\ntags: [错误]\n---\n# 认证失败怎么办？\n\n光线太暗时核验会失败。\n"),
    (
        "zh/api/codes.md",
        "# API 错误代码\n\n## -1021：时间戳超出 recvWindow\n\n校准时钟。\n\n## -1022：签名无效\n\n检查密钥。\n",
    ),
    ("en/withdrawal/fail.md", "# What if a withdrawal fails?\n\nCheck the address, then submit again.\n"),
    ("ko/withdrawal/fail.md", "# 출금에 실패하면 어떻게 하나요?\n\n출금 기록의 상태를 확인하세요.\n"),
    ("zh/account/esc.md", "# 控制\u{202e}字符\n\n正文\u{1b}[31m红色\u{7}。\n"),
];

/// What must be encoded in our query strings beside Han.
const QUOTED: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b'"');

fn desk() -> Desk {
    let desk = Desk::new(&[]);
    for (path, content) in ARTICLES {
        desk.write(&format!("articles/{path}"), content);
    }
    desk.run(&["reindex"]).expect(0);
    desk
}

/// The ids of the hits of `search --json`.
fn ids(run: Run) -> Vec<String> {
    let reply = run.expect(0).json();
    let hits = reply["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn hits_are_shown_as_text() {
    let desk = desk();
    let mut shown = String::new();
    for args in [
        &["提币失败"][..],
        &["提币", "失败", "--per-page", "1", "--page", "2"],
        &["withdrawal fails", "--lang", "en"],
        &["출금", "--lang", "ko-KR", "--lang-only"],
        &["-1021"],
        &["控制字符"],
        &["出金", "--category", "nowhere"],
        &["提币", "--page", "9"],
        &["\u{1b}]0;x\u{7}"],
        &[""],
    ] {
        let run = desk.run(&[&["search"], args].concat()).expect(0);
        assert_eq!(run.err, "");
        shown += &format!("> {}\n{}\n", args.join(" ").escape_debug(), run.out);
    }
    insta::assert_snapshot!("hits", shown);
}

#[test]
fn reasons_are_shown_where_nothing_else_shows_them() {
    let desk = Desk::indexed(&[
        ("articles/zh/a/first.md", "# 提币失败怎么办？\n\n先看提币记录里的状态。\n"),
        ("articles/zh/a/fees.md", "---\nentities: [hash]\n---\n# 手续费\n\n按网络收取。\n"),
        ("articles/zh/a/limits.md", "# 限额\n\n每天的限额看等级。\n"),
        ("articles/lexicon.toml", "[[concepts]]\nid = 'withdraw'\nzh = ['提币', '出金']\n"),
        ("articles/pins.toml", "[[pins]]\nqueries = ['优惠']\nfirst = ['a/fees']\n"),
    ]);
    let facts = |args: &[&str]| {
        let run = desk.run(&[&["search"], args].concat()).expect(0);
        run.out
            .lines()
            .find(|line| line.starts_with(" 1. "))
            .map(|line| line.split_once("  ").unwrap().1.to_owned())
    };
    let hash = "0x9f".to_owned() + &"3a".repeat(31);
    for (args, expect) in [
        (&["提币失败怎么办"][..], "zh · a · featured answer"),
        (&["提幣"], "zh · a · featured answer"),
        (&["出金"], "zh · a · synonym"),
        (&["优惠"], "zh · a · pinned · featured answer"),
        (&[&hash], "zh · a · for what was pasted · featured answer"),
        (&["限额", "--lang", "en"], "zh · a · other language"),
        // The line above the hits says how this was read.
        (&["xiane"], "zh · a · featured answer"),
    ] {
        assert_eq!(facts(args).as_deref(), Some(expect), "{args:?}");
    }
}

#[test]
fn json_is_the_reply_of_the_http_api() {
    let desk = desk();
    let site = TestSite::new(&ARTICLES);
    for (args, parameters) in [
        (&["提币", "失败"][..], "q=提币+失败"),
        (&["提币", "--lang", "zh-TW", "--lang-only"], "q=提币&lang=zh-TW&lang_only=true"),
        (&["失败", "--category", "identity", "--tag", "错误"], "q=失败&category=identity&tag=错误"),
        (&["怎么办", "--page", "2", "--per-page", "1"], "q=怎么办&page=2&per_page=1"),
        (&["提币失败", "--explain"], "q=提币失败&explain=true"),
        (&["\"提币记录\""], "q=\"提币记录\""),
        (&["-1021"], "q=-1021"),
        (&["nothing-like-it"], "q=nothing-like-it"),
        (&[""], "q="),
    ] {
        let run = desk.run(&[&["search", "--json"], args].concat()).expect(0);
        assert_eq!(run.err, "");
        let mut ours = run.json();
        let parameters = percent_encoding::utf8_percent_encode(parameters, QUOTED);
        let mut theirs = site.json(&format!("/api/v1/search?{parameters}"));
        for reply in [&mut ours, &mut theirs] {
            assert!(reply["took_us"].take().is_u64());
        }
        assert_eq!(ours, theirs, "{args:?}");
    }
}

#[test]
fn a_long_query_is_cut_and_says_so() {
    let desk = desk();
    let cut = "the query is longer than 256 characters: only the beginning is looked for\n";
    let query = |chars: usize| format!("提币失败{}", "x".repeat(chars - 4));
    for (length, says) in [(256, ""), (257, cut), (5_000, cut)] {
        let run = desk.run(&["search", "--json", &query(length)]).expect(0);
        assert_eq!(run.err, says);
        let reply = run.json();
        assert_eq!(reply["query"].as_str().unwrap().chars().count(), 256);
        assert_eq!(reply["hits"][0]["id"], "withdrawal/fail");
    }
    // Many words of one letter are one query.
    let words = vec!["提币失败"; 200];
    desk.run(&[&["search"], &words[..]].concat()).expect(0).says(cut);
    // More than 32 words are fine; the reply says that only some were used.
    let words: Vec<String> = (0..60).map(|number| format!("w{number}")).collect();
    let run = desk.run(&["search", "--json", &words.join(" ")]).expect(0);
    assert_eq!(run.json()["shortened"], true);
}

#[test]
fn words_with_a_minus() {
    let desk = desk();
    let search = |words: &[&str]| ids(desk.run(&[&["search", "--json"], words].concat()));
    // A number is looked for, with or without the two dashes.
    assert_eq!(search(&["-1021"]), ["api/codes"]);
    assert_eq!(search(&["--", "-1021"]), ["api/codes"]);
    assert_eq!(search(&["API", "-1021"]), ["api/codes"]);
    // A word is excluded; the shell's arguments need the dashes before it.
    let both = search(&["失败"]);
    assert!(both.contains(&"withdrawal/fail".to_owned()) && both.contains(&"identity/kyc".to_owned()));
    assert_eq!(search(&["--", "失败", "-提币"]), ["identity/kyc"]);
    assert_eq!(search(&["失败 -提币"]), ["identity/kyc"]);
    desk.run(&["search", "失败", "-提币"]).expect(2).says("tip: to pass '-提' as a value, use '-- -提'");
    // Excluding everything excludes nothing.
    assert!(!search(&["--", "-提币"]).is_empty());
}

#[test]
fn explain_says_what_scored() {
    let desk = desk();
    let run = desk.run(&["search", "地址", "--explain", "--lang", "zh"]).expect(0);
    let parts: Vec<Vec<&str>> = run
        .out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.len() == 4 && words[0].parse::<f32>().is_ok())
        .collect();
    assert!(parts.iter().any(|words| words[1..] == ["headings", "word", "地址"]), "{}", run.out);
    assert!(parts.iter().all(|words| matches!(words[2], "word" | "gram" | "coverage")), "{}", run.out);
    let reply = desk.run(&["search", "地址", "--explain", "--lang", "zh", "--json"]).expect(0).json();
    let hit = &reply["hits"][0];
    let sum: f64 =
        hit["explanation"].as_array().unwrap().iter().map(|part| part["score"].as_f64().unwrap()).sum();
    assert!((sum - hit["score"].as_f64().unwrap()).abs() < 1e-4, "{hit:#}");
    assert_eq!(hit["explanation"].as_array().map(Vec::len), Some(parts.len()), "{hit:#}");
    let plain = desk.run(&["search", "地址", "--json"]).expect(0).json();
    assert_eq!(plain["hits"][0].get("explanation"), None::<&Value>);
}
