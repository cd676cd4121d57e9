//! What people who write articles get wrong, and what they are told:
//!
//! 1. What may have been meant to keep an article from the public does, and is an error where
//!    it is not clear.
//! 2. A key that many files have is said once.
//! 3. A mistake beside the articles costs what it stands in; a file that is no TOML is an error.
//! 4. Markdown that shows as text is named; code is not Markdown.
//! 5. An article in the wrong language, with a date to come, without a text or with an endless
//!    title is named by line.
//! 6. What one language of an article has otherwise than the others is said once.
//! 7. Front matter is read below blank lines and with any line ends; Markdown whose name begins
//!    with `_` is not read.

use jieda::article::{Code, Corpus, Severity};

use crate::process::Desk;
use crate::world;

fn corpus(files: &[(&str, &str)]) -> Corpus {
    world::corpus(world::folder(files).path())
}

/// `line:column code: message` of every finding of an article with this body.
fn of_body(body: &str) -> Vec<String> {
    let findings = corpus(&[("zh/a/b.md", &format!("# 题\n\n{body}"))]).diagnostics;
    let brief = |finding: &jieda::article::Diagnostic| {
        let place = finding.place.as_ref().unwrap();
        format!("{}:{} {}: {}", place.line, place.column, finding.code, finding.message)
    };
    findings.iter().map(brief).collect()
}

#[test]
fn a_slip_in_a_key_publishes_nothing_that_was_held_back() {
    let page = |key: &str| format!("---\n{key}\n---\n# 题\n\n正文\n");
    let files: Vec<(String, String)> = ["stauts: draft", "Audience: staff", "draft: true", "private: yes"]
        .iter()
        .enumerate()
        .map(|(number, key)| (format!("articles/zh/a/{number}.md"), page(key)))
        .collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    files.push(("articles/zh/a/open.md", "# 公开\n\n正文\n"));
    let desk = Desk::new(&files);
    desk.run(&["reindex", "--strict"]).expect(3).says("2 errors in the articles, nothing was published");
    let run = desk.run(&["reindex"]).expect(0);
    assert!(run.out.contains("1 article") && run.out.contains("4 not public"), "{run:?}");
}

#[test]
fn a_key_of_a_thousand_files_is_said_once() {
    let files: Vec<(String, String)> = (0..50)
        .map(|file| (format!("zh/a/{file:02}.md"), "---\nweight: 1\nlayout: x\n---\n# T\n\nx\n".to_owned()))
        .map(|(path, text)| (path.clone(), text.replace('T', &path)))
        .collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    files.push(("zh/b.md", "---\ntitel: x\n---\n# B\n\nx\n"));
    let said: Vec<String> = corpus(&files).diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "zh/a/00.md:2:1: warning[unknown-key]: unknown key `weight`: it is not read (in 50 files, of which this is the first)",
            "zh/a/00.md:3:1: warning[unknown-key]: unknown key `layout`: it is not read (in 50 files, of which this is the first)",
            "zh/b.md:2:1: warning[unknown-key]: unknown key `titel`: it is not read",
        ]
    );
}

#[test]
fn a_mistake_beside_the_articles_costs_what_it_stands_in() {
    let pins = "[[pins]]\nquries = ['甲']\nfirst = ['a/b']\n[[pins]]\nhide = ['a/b']\n[[pins]]\nqueries = ['乙', 3]\nfirst = ['a/b']\n";
    let files = [("zh/a/b.md", "# 题\n\n正文\n"), ("pins.toml", pins)];
    let found = corpus(&files);
    assert_eq!(found.articles[0].pins.len(), 1);
    let said: Vec<String> = found.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "pins.toml:2:1: warning[pins]: unknown key `quries`: it is not read",
            "pins.toml:4:1: warning[pins]: a pin without `queries` is left out",
            "pins.toml:7:17: warning[pins]: `queries` is a list of words in quotes",
        ]
    );
    assert_eq!(found.diagnostics[0].help.as_deref(), Some("did you mean `queries`?"));
    let many =
        "[[pins]]\nqueries = ['甲']\n".to_owned() + &"hide = ['no']\n".replace("'no'", &"'no', ".repeat(250));
    let found = corpus(&[("zh/a/b.md", "# 题\n\n正文\n"), ("pins.toml", &many)]);
    assert_eq!(found.diagnostics.len(), 101);
    assert_eq!(found.diagnostics[0].message, "and 150 more mistakes like this");
}

#[test]
fn broken_files_beside_the_articles_stop_a_strict_reindex() {
    let article = ("articles/zh/a/b.md", "# 题\n\n正文\n");
    for name in ["lexicon", "categories", "pins"] {
        let desk = Desk::new(&[article, (&format!("articles/{name}.toml"), "a = [\n[[x]\n")]);
        let run = desk.run(&["reindex", "--strict"]).expect(3);
        run.says(&format!("--> articles/{name}.toml:")).says("the whole file is ignored");
        desk.run(&["reindex"]).expect(0);
        let errors = desk.run(&["check", "--format", "json"]).expect(1).json();
        assert_eq!(errors["findings"][0]["severity"], Severity::Error.to_string());
    }
}

#[test]
fn markdown_that_shows_as_text_is_named() {
    for (body, expect) in [
        ("![图](img/订单 页.png)", "3:2 shown-as-text: the link to `img/订单 页.png` is shown as text"),
        ("见[**文**](my file.md)。", "3:8 shown-as-text: the link to `my file.md` is shown as text"),
        ("见[文]（my-file.md）。", "3:2 shown-as-text: the link to `my-file.md` is shown as text"),
        ("[引用][nope]", "3:1 shown-as-text: there is no reference `[nope]`: this is shown as text"),
        ("见注[^1]", "3:3 shown-as-text: there is no footnote `[^1]`"),
        ("##没有空格", "3:1 shown-as-text: this is shown as text with its `#`, not as a heading"),
        ("一\n###二\n三", "4:1 shown-as-text: this is shown as text with its `#`, not as a heading"),
        ("#标题\n\n文", "3:1 shown-as-text: this is shown as text with its `#`, not as a heading"),
        ("> [!WARN]\n> 小心", "3:3 shown-as-text: `[!WARN]` is shown as text, not as a notice"),
        ("> [!NOTE] 小心", "3:3 shown-as-text: `[!NOTE]` is shown as text, not as a notice"),
        ("| a | b |\n| c | d |", "3:1 shown-as-text: these rows are shown as text, not as a table"),
        ("| a | b |\n| - |\n| c | d |", "3:1 shown-as-text: these rows are shown as text, not as a table"),
        (":::nte\n文\n:::", "3:4 unknown-notice: `nte` is no kind of notice: it is shown as a note"),
    ] {
        assert_eq!(of_body(body), [expect], "{body}");
    }
    for (body, expect) in [
        ("<a href=\"x.md\">文</a>", &["3:1 raw-html: raw HTML: the link is dropped, its text is kept"][..]),
        ("<u>文</u>", &["3:1 raw-html: raw HTML: the tags are dropped, text and images are kept"]),
        ("一<br>二<img src=\"https://example.com/a.png\" alt=\"图\">", &[]),
    ] {
        assert_eq!(of_body(body), expect, "{body}");
    }
    // Each notice that is left open, whatever is open before it.
    assert_eq!(of_body(":::note\n一\n\n{% hint %}\n二\n").len(), 2);
    assert_eq!(of_body("- 一\n  :::note\n  二\n\n三\n").len(), 1);
    // One slip, one finding.
    assert_eq!(of_body("- 一\n  :::note\n  二\n\n三\n\n:::\n").len(), 1);
}

#[test]
fn what_is_meant_as_it_stands_is_not_named() {
    for body in [
        "```\n##no\n[a][b]\n| a | b |\n| c | d |\n```",
        "    [a](b c.md)\n\n`[a](b c.md)` 和 `##x`",
        "可选参数 [可选] 和 list[i][j]、a]b",
        "\\[a\\](b c.md) \\##x \\[a][b]",
        "#1 原因\n\n#标签 #二\n\n一 ##二",
        "> [!NOTE]\n> 小心",
        "| a | b |\n|---|---|\n| c | d |",
        "| 一行 |",
        "[a][b]\n\n[b]: https://example.com",
        "注[^1]\n\n[^1]: 文",
        ":::warning 标题\n文\n:::\n\n{% hint style=\"info\" %}\n文\n{% endhint %}",
        "- [ ] 一\n- [x] 二",
    ] {
        assert_eq!(of_body(body), Vec::<String>::new(), "{body}");
    }
}

/// The codes of all findings with their files and lines.
fn codes(files: &[(&str, &str)]) -> Vec<String> {
    let brief = |finding: &jieda::article::Diagnostic| {
        format!("{}:{} {}", finding.path, finding.place.as_ref().map_or(0, |place| place.line), finding.code)
    };
    corpus(files).diagnostics.iter().map(brief).collect()
}

#[test]
fn articles_in_the_wrong_folder_are_named() {
    let zh = "# 提币失败怎么办\n\n如果记录里已显示失败，币会在十分钟内退回账户，再提一次即可，不收费用。\n";
    let en = "# Deposits\n\nA deposit counts once the chain has confirmed it, which takes some minutes. \
        Look at the record for the number of confirmations, and write to us if nothing moves.\n";
    let ko =
        "# 출금 안내\n\n출금 신청 후 보통 십 분 안에 처리됩니다. 오래 걸리면 고객센터로 문의해 주세요.\n";
    assert_eq!(
        codes(&[
            ("en/a/zh.md", zh),
            ("zh/a/en.md", en),
            ("zh/a/ko.md", ko),
            ("ko/a/zh.md", zh),
            ("ko/a/en.md", en)
        ]),
        [
            "en/a/zh.md:1 wrong-language",
            "ko/a/en.md:1 wrong-language",
            "ko/a/zh.md:1 wrong-language",
            "zh/a/en.md:1 wrong-language",
            "zh/a/ko.md:1 wrong-language",
        ]
    );
    // Chinese with much code, and what is in place.
    let code = format!("{zh}\n```\n{}```\n", "curl https://api.example.com/v1/orders\n".repeat(30));
    assert_eq!(codes(&[("zh/a/b.md", &code), ("en/a/c.md", en), ("ko/a/d.md", ko)]), Vec::<String>::new());
    // Folders of other languages, said once each; without folders of languages, `it` is a category.
    let said = codes(&[("fr/a/b.md", en), ("fr/a/c.md", &en.replace("Dep", "Wep")), ("zh/a/b.md", zh)]);
    assert_eq!(said, ["fr/a/b.md:1 unknown-language"]);
    assert_eq!(codes(&[("it/b.md", en)]), Vec::<String>::new());
    assert_eq!(
        codes(&[("fr/b.md", &format!("---\nlang: en\n---\n{en}")), ("zh/b.md", zh)]),
        Vec::<String>::new()
    );
}

#[test]
fn what_readers_would_find_odd_is_named() {
    // The tests' day is long past this one, or the world is another.
    let future = "---\ntitle: 题\nupdated: 2999-01-01\n---\n文\n";
    let found = corpus(&[("zh/a.md", future)]);
    assert_eq!(
        found.diagnostics[0].to_string().split(": ").take(2).collect::<Vec<_>>(),
        ["zh/a.md:3:10", "warning[future-date]"]
    );
    assert_eq!(found.articles[0].updated, None);
    assert_eq!(
        codes(&[("zh/a.md", "---\ntitle: 题\n---\n\n## 步骤\n\n## 步骤二\n")]),
        ["zh/a.md:1 empty-article"]
    );
    assert_eq!(codes(&[("zh/a.md", "# 题\n\n![图](https://example.com/a.png)\n")]), Vec::<String>::new());

    let long = "长".repeat(18_000);
    let found = corpus(&[
        ("zh/a.md", &format!("---\nid: x\ntitle: {long}\n---\n文\n")),
        ("zh/b.md", &format!("# 题\n\n## {long}\n\n文\n")),
        ("zh/c.md", &format!("# {long}\n\n文\n")),
    ]);
    let lines: Vec<_> = found
        .diagnostics
        .iter()
        .filter(|d| d.code == Code::LongTitle)
        .map(|d| d.place.as_ref().unwrap().line)
        .collect();
    assert_eq!(lines, [3, 3, 1]);
    for article in &found.articles {
        let heading = |section: &jieda::article::Section| section.heading.chars().count();
        let longest = article.sections.iter().map(heading).max();
        assert!(article.title.chars().count() <= 300 && longest <= Some(300), "{}", article.id);
    }
}

#[test]
fn front_matter_is_read_however_the_file_was_saved() {
    let lines = ["---", "title: 题", "status: draft", "---", "", "## 步骤", "", "见 [x](no.md)", ""];
    for text in [lines.join("\r"), lines.join("\r\n"), format!("\n \n{}", lines.join("\n"))] {
        let found = corpus(&[("zh/a.md", &text), ("zh/b.md", "# 二\n\n文\n")]);
        assert_eq!((found.articles.len(), found.hidden, found.diagnostics.len()), (1, 1, 1), "{text:?}");
        assert_eq!(found.diagnostics[0].place.as_ref().map(|place| place.column), Some(3));
    }
}

#[test]
fn names_that_begin_with_an_underscore_are_not_read() {
    let page = "# 题\n\n文\n";
    let found = corpus(&[
        ("zh/_draft.md", page),
        ("zh/_parts/a.md", page),
        ("_drafts/b.md", page),
        ("zh/a_b.md", page),
    ]);
    assert_eq!(found.articles.iter().map(|article| article.id.as_str()).collect::<Vec<_>>(), ["a_b"]);
    let shown = world::folder(&[("zh/a.md", "# 题\n\n![图](_img/a.png)\n")]);
    std::fs::create_dir(shown.path().join("zh/_img")).unwrap();
    std::fs::write(shown.path().join("zh/_img/a.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    assert_eq!(world::corpus(shown.path()).media.len(), 1);
}

#[test]
fn one_difference_between_languages_is_one_finding() {
    let front = "---\ntitle: T\ntranslations: [zh, en, ko]\n---\n";
    let pages = |zh: &str, en: &str, ko: &str| {
        let page = |body: &str| format!("{front}{body}\n");
        let files = [("zh/a/b.md", page(zh)), ("en/a/b.md", page(en)), ("ko/a/b.md", page(ko))];
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
        corpus(&files).diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(pages("代码 SH-101，15 天", "Code SH-101, 15 days", "코드 SH-101, 15일"), none);
    // The one that differs is named, the original too.
    assert_eq!(
        pages("15 天", "Code SH-101, 15 days", "코드 SH-101, 15일"),
        ["zh/a/b.md:1:1: warning[figure-mismatch]: `SH-101` is missing here, but stands in `en/a/b.md`"]
    );
    assert_eq!(
        pages("15 天", "15 days", "15일, 30일"),
        ["ko/a/b.md:5:6: warning[figure-mismatch]: `30` stands here, but not in `en/a/b.md`"]
    );
    assert_eq!(
        pages("## 一\n\n一", "One", "## 하나\n\n하나"),
        ["en/a/b.md:1:1: warning[heading-mismatch]: no headings here, 1 heading (##) in `ko/a/b.md`"]
    );
}
