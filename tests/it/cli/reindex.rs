//! `jieda reindex`: its summary, its document, its diagnostics.

use std::collections::BTreeSet;
use std::fs;

use crate::process::{Desk, Run};

/// Two articles of one section, one of three, a draft.
const FILES: [(&str, &str); 4] = [
    ("articles/zh/a/one.md", "# 提币\n\n正文\n"),
    ("articles/zh/a/two.md", "# 充值\n"),
    ("articles/en/a/one.md", "# Withdraw\n\nIntro\n\n## Steps\n\nOne\n\n## Fees\n\nTwo\n"),
    ("articles/en/a/draft.md", "---\nstatus: draft\n---\n# Draft\n"),
];

/// What differs between two runs or two builds, out of the way.
fn stable(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for at in 0..words.len() {
        if words[at].len() > 18 && words[at].starts_with("0000") {
            words[at].replace_range(7..19, "<hash>");
        }
        if words[at] == "s\n" {
            words[at - 1] = String::from("<time>");
        }
        if words[at] == "index," {
            words[at - 3] = String::from("<size>");
        }
    }
    words.join(" ")
}

#[test]
fn one_line_says_what_was_done() {
    let desk = Desk::new(&FILES);
    let summary = |args: &[&str]| {
        let run = desk.run(args).expect(0);
        assert_eq!(run.err, "", "no bar, no color, no chatter");
        stable(&run.out)
    };
    let line = "000001-<hash>: 3 articles, 5 sections (1 not public), 103 B of Markdown, <size> KB of index, <time> s\n";
    assert_eq!(summary(&["reindex"]), format!("published {line}"));
    let first = desk.serving();
    assert_eq!(summary(&["reindex"]), format!("unchanged {line}"));
    assert_eq!(desk.serving(), first);
    // Neither a draft nor a time is content.
    desk.write("articles/zh/a/draft.md", "---\nstatus: draft\n---\n# 稿\n");
    desk.write(FILES[0].0, FILES[0].1);
    assert!(summary(&["reindex"]).starts_with("unchanged 000001-<hash>: 3 articles"));
    fs::remove_file(desk.path("articles/zh/a/draft.md")).unwrap();
    assert_eq!(summary(&["reindex", "--force"]), format!("published {}", line.replace("000001", "000002")));
    assert_eq!(desk.index().list().unwrap().len(), 2);
}

#[test]
fn json_is_one_document_on_stdout() {
    let desk = Desk::new(&FILES);
    desk.write("articles/zh/a/bad.md", "---\ntitle: a: b\n---\n");
    desk.write("articles/zh/a/link.md", "# 链接\n\n[a](x.md) [b](y.md)\n");
    let run = desk.run(&["reindex", "--json"]).expect(0);
    assert!(run.err.contains("error[front-matter-syntax]") && run.err.contains("warning[dead-link]"));
    assert_eq!((run.out.lines().count(), run.out.ends_with("}\n")), (1, true));
    let document = run.json();
    let names: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let expect = [
        "articles",
        "diagnostics",
        "generation",
        "index_bytes",
        "published",
        "seconds",
        "sections",
        "source_bytes",
    ];
    assert_eq!(names, expect);
    assert_eq!(document["generation"], desk.serving());
    assert_eq!(document["published"], true);
    assert_eq!((&document["articles"], &document["sections"]), (&4.into(), &6.into()));
    assert_eq!(document["diagnostics"], serde_json::json!({ "dead-link": 2, "front-matter-syntax": 1 }));
    assert!(
        document["source_bytes"].as_u64().unwrap() > 100 && document["index_bytes"].as_u64().unwrap() > 1_000
    );
    assert!(document["seconds"].as_f64().unwrap() > 0.0);

    let run = desk.run(&["reindex", "--json"]).expect(0);
    assert_eq!(run.json()["published"], false);
    assert_eq!(run.json()["generation"], desk.serving());
    // A failure has no document: stdout stays empty.
    assert_eq!(desk.run(&["reindex", "--json", "--articles", "none"]).expect(4).out, "");
}

#[test]
fn twenty_warnings_and_all_errors_are_shown() {
    let desk = Desk::new(&FILES);
    for number in 0..25 {
        desk.write(&format!("articles/zh/b/bad{number}.md"), "---\ntitle: a: b\n---\n");
        desk.write(&format!("articles/zh/c/dead{number}.md"), &format!("# T{number}\n\n[x](no.md)\n"));
    }
    // Lints are for `check` only.
    desk.write("articles/zh/a/lint.md", "[x](http://a.example)\n");
    let run = desk.run(&["reindex"]).expect(0);
    let count = |what: &str| run.err.matches(what).count();
    assert_eq!((count("error[front-matter-syntax]"), count("warning[")), (25, 20));
    assert!(run.err.ends_with("\n5 more warnings; `jieda check articles` shows all\n\n"), "{}", run.err);
    // Errors come first.
    assert!(run.err.find("warning[").unwrap() > run.err.rfind("error[").unwrap());
    assert!(run.out.contains("(1 not public, 25 errors, 25 warnings)"), "{}", run.out);
    let check = desk.run(&["check"]).expect(1);
    assert_eq!(check.out.matches("warning[").count(), 28, "{}", check.out);
}

/// A folder with a mistake of every kind that has a place.
fn mistakes() -> Desk {
    let window = "好".repeat(300);
    let desk = Desk::new(&[
        (
            "articles/zh/安全/front.md",
            "---\ntitel: 谷歌验证器\norder: 第一\ntags: ok\nstatus: \"draｆt\"\nupdated: 昨天\n---\n# 绑定\n",
        ),
        (
            "articles/zh/安全/links.md",
            "# 链接\n\n先看[提币说明](../没有.md)，ＡＢＣ全角　再看[这里](#不在)。\n\n- 项\n\t- 子\t[表](no.md)\t完\n\n\
             한글 [링크](no.md) e\u{301} [é](no.md)\n",
        ),
        ("articles/zh/安全/bidi.md", "# 反\n\n先看\u{202e}反的[文\u{2067}字](no.md)\u{200b}。\n"),
        ("articles/zh/安全/image.md", "# 图\n\n![图](无.png) ![](x.png)\n\n:::note\n没有关\n"),
        ("articles/zh/安全/open.md", "---\ntitle: 开\n"),
        ("articles/zh/安全/colon.md", "---\ntitle: 提币：失败: 怎么办\n---\n"),
        ("articles/zh/安全/toml.md", "+++\ntitle = 提币\n+++\n"),
        ("articles/zh/安全/nul.md", "# 空\n\n前面\0后面\n"),
        ("articles/zh/提.md", "# 甲\n"),
        ("articles/zh/乙.md", "---\nid: 提\n---\n# 乙\n"),
        ("articles/lexicon.toml", "words = ['提币', 3]\n"),
    ]);
    desk.write("articles/zh/安全/long.md", &format!("# 长\n\n{window}[x](no.md){window}\n"));
    desk.write("articles/zh/安全/es\u{1b}[31mc\n.md", "---\norder: \u{1b}[2J\n---\n# 控\n");
    fs::write(desk.path("articles/zh/安全/bytes.md"), b"# \xe5\xad\x97\n\n\xe5\x89\x8d\xff\xe5\x90\x8e\n")
        .unwrap();
    desk
}

#[test]
fn diagnostics_are_readable() {
    let run = mistakes().run(&["reindex"]).expect(0);
    insta::assert_snapshot!("diagnostics", run.err);
}

#[test]
fn carets_stand_under_the_mistake() {
    let run = mistakes().run(&["reindex"]).expect(0);
    let marked = marked(&run);
    for expect in [
        "titel",
        "第一",
        "\"draｆt\"",
        "昨天",
        "[提币说明](../没有.md)",
        "[这里](#不在)",
        "[表](no.md)",
        "[링크](no.md)",
        "[é](no.md)",
        "[文\u{fffd}字](no.md)",
        "![图](无.png)",
        "[x](no.md)",
        "3",
        "\u{fffd}",
    ] {
        assert!(marked.contains(expect), "{expect}: {marked:#?}");
    }
    let steers = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!run.err.contains(steers), "{}", run.err);
    // The column is that of the file, also where only a part of the line is shown.
    assert!(run.err.contains("安全/long.md:3:301\n"), "{}", run.err);
    // Every place is one an editor can jump to.
    for place in run.err.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")) {
        let mut parts = place.rsplit(':');
        let numbers = [parts.next(), parts.next()].map(|part| part.unwrap().parse::<usize>().unwrap());
        assert!(numbers.iter().all(|number| *number > 0) && place.starts_with("articles/"), "{place}");
    }
}

/// What stands above the carets, on a terminal where Han and full-width take two cells.
fn marked(run: &Run) -> BTreeSet<String> {
    let lines: Vec<&str> = run.err.lines().collect();
    let mut found = BTreeSet::new();
    for pair in
        lines.windows(2).filter(|pair| pair[1].trim_start().starts_with("| ") && pair[1].ends_with('^'))
    {
        let carets = pair[1].find('^').unwrap()..pair[1].len();
        let mut cell = 0;
        let mut text = String::new();
        for c in pair[0].chars() {
            if carets.contains(&cell) {
                text.push(c);
            }
            cell += cells(c);
        }
        found.insert(text);
    }
    found
}

fn cells(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{ff01}'..='\u{ff60}' => 2,
        _ => 1,
    }
}
