//! Markdown folders become articles:
//!
//! 1. Sections follow headings; tables, code, lists, images and notices are read as text.
//! 2. Raw HTML never reaches a reader; its text does, and so does what only looks like a tag.
//! 3. Nothing in an article can run in a browser.
//! 4. Links between files become links between pages; a dead one is named by line and column.
//! 5. Local images are kept by their content; what cannot be served is named.
//! 6. One bad file never takes another with it.
//! 7. Drafts and staff articles are not part of the corpus.
//! 8. Files behind links are read when they lie inside the folder, and only then.

use std::fs;

use jieda::article::{Article, Code, Corpus, Severity, load};
use jieda::lang::Lang;
use tempfile::TempDir;

use crate::world;

fn corpus(files: &[(&str, &str)]) -> Corpus {
    world::corpus(world::folder(files).path())
}

/// The only article of a corpus with this body.
fn article(body: &str) -> Article {
    let mut corpus = corpus(&[("zh/a/b.md", body)]);
    corpus.articles.pop().unwrap()
}

fn text(body: &str) -> String {
    article(body).sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>().join("\n--\n")
}

fn html(body: &str) -> String {
    article(body).sections.iter().map(|section| section.html.as_str()).collect()
}

fn findings(corpus: &Corpus) -> Vec<String> {
    corpus.diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn sections_follow_headings() {
    let article =
        article("# 标题\n\n开头\n\n## 步骤\n\n一\n\n### 细节\n\n二\n\n## 步骤\n\n三\n\n- # 不是一节\n");
    assert_eq!(article.title, "标题");
    let sections: Vec<_> = article
        .sections
        .iter()
        .map(|s| (s.level, s.heading.as_str(), s.anchor.as_str(), s.text.as_str()))
        .collect();
    assert_eq!(
        sections,
        [
            (0, "", "", "开头"),
            (2, "步骤", "h-步骤", "一"),
            (3, "细节", "h-细节", "二"),
            (2, "步骤", "h-步骤-1", "三\n不是一节"),
        ]
    );
}

#[test]
fn what_readers_see_is_text() {
    assert_eq!(text("| 币 | 手续费 |\n|---|---|\n| BTC | 0.0002 |\n"), "币 · 手续费\nBTC · 0.0002");
    assert_eq!(text("```\nlet x = 1;\n```\n\n- 一\n- 二 `码`\n"), "let x = 1;\n一\n二 码");
    assert_eq!(text("![充值页](a.png) 后"), "充值页 后");
    assert_eq!(text(":::warning 小心\n\n别泄露\n\n:::\n\n后"), "小心\n别泄露\n后");
    assert_eq!(text("{% hint style=\"info\" %}\n提示\n{% endhint %}"), "提示");
    assert_eq!(text("> [!NOTE]\n> 注意"), "注意");
    assert_eq!(text("提币\n失败 and\nmore"), "提币失败 and more");
    assert_eq!(text("第一行  \n第二行"), "第一行\n第二行");
    assert_eq!(text("a[^1]\n\n[^1]: 脚注"), "a\n脚注");
}

#[test]
fn notices_become_boxes_and_are_always_closed() {
    assert_eq!(
        html(":::tip\n\n好\n\n:::\n"),
        "<blockquote class=\"markdown-alert-tip\">\n<p>好</p>\n</blockquote>\n"
    );
    for body in [
        ":::note\nx\n",
        "- a\n  :::note\n  x\n\nafter\n",
        ":::\n",
        "> :::note\n\n:::\n",
        "{% hint %}\n# h\n{% endhint %}",
    ] {
        let html = html(body);
        let count = |tag: &str| html.matches(tag).count();
        assert_eq!(count("<blockquote"), count("</blockquote>"), "{body}: {html}");
        assert_eq!(count("<li>"), count("</li>"), "{body}: {html}");
    }
    let corpus = corpus(&[("zh/a.md", "x\n\n:::\n"), ("zh/b.md", ":::note\nx\n")]);
    assert_eq!(corpus.diagnostics.iter().filter(|d| d.code == Code::UnbalancedDirective).count(), 2);
}

#[test]
fn raw_html_is_dropped_and_its_text_kept() {
    let body = "<div class=\"x\"><p>一 <b>二</b></p>\n<p>三</p></div>\n\n点 <a href=\"x\" onclick=\"y\">这里</a>，发到 <your-address>\n";
    assert_eq!(text(body), "一 二\n三\n点 这里，发到 <your-address>");
    assert_eq!(html(body), "<p>一 二</p>\n<p>三</p>\n<p>点 这里，发到 &lt;your-address&gt;</p>\n");
    assert_eq!(text("<script>alert('一')</script>\n\n<style>\np{}\n</style>\n\n二"), "二");
    assert_eq!(text("a <script>b</script> c"), "a  c");
    assert_eq!(text("<details>\n<summary>标题</summary>\n\n**正文**\n\n</details>\n"), "标题\n正文");
}

#[test]
fn nothing_can_run() {
    let payloads = [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\u{1}script:alert(1))",
        "[x](data:text/html;base64,xx)",
        "[x](//evil.example)",
        "[x](vbscript:x)",
        "![x](javascript:alert(1))",
        "![x\" onerror=\"alert(1)](https://example.com/a.png)",
        "<svg><animate onbegin=alert(1) attributeName=x></svg>",
        "<math><mtext></mtext><mglyph><style></math><img src onerror=alert(1)>",
        "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "`<script>alert(1)</script>`",
        "```html\n<script>alert(1)</script>\n```",
        "```\" onload=\"alert(1)\nx\n```",
        "## <script>alert(1)</script> h {#\"onclick=alert(1)}",
        "| <b onclick=x> |\n|---|\n| <script>x</script> |",
        ":::note <img src=x onerror=alert(1)>\n:::",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "[x]: javascript:alert(1)\n[x]",
        "<javascript:alert(1)>",
        "<form action=https://evil.example><input name=p></form>",
    ];
    // Elements that the writer itself makes, all without handlers.
    let allowed = [
        "p",
        "a",
        "img",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "del",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "div",
        "sup",
        "input",
    ];
    for payload in payloads {
        let html = html(&format!("前\n\n{payload}\n\n后\n"));
        assert!(html.contains('前') && html.contains('后'), "{payload}: {html}");
        for tag in html.split('<').skip(1) {
            let inner = tag.split('>').next().unwrap().trim_start_matches('/');
            let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
            assert!(allowed.contains(&name), "{payload}: <{inner}> in {html}");
            // Values are quoted and quotes inside are encoded: what is outside quotes is markup.
            let markup: String = inner.split('"').step_by(2).collect();
            assert!(!markup.contains(" on") && !markup.contains("style"), "{payload}: <{inner}>");
        }
        for value in html.split("href=\"").skip(1).chain(html.split("src=\"").skip(1)) {
            let value = value.split('"').next().unwrap().to_ascii_lowercase();
            let is_safe =
                ["http://", "https://", "mailto:", "/", "#"].iter().any(|start| value.starts_with(start));
            assert!(!value.contains("script:") || is_safe, "{payload}: {value}");
        }
    }
}

#[test]
fn links_between_files_become_links_between_pages() {
    let corpus = corpus(&[
        (
            "zh/a/from.md",
            "---\ntitle: 从\n---\n[一](to.md) [二](../b/other.md#第-二-节) [三](#这里)\n\n## 这里\n\n[四](gone.md)\n[五](to.md#无) [六](../../x.md) [七](draft.md)\n",
        ),
        ("zh/a/to.md", "# To\n\n文\n"),
        ("zh/a/draft.md", "---\nstatus: draft\n---\n# Draft\n"),
        ("zh/b/other.md", "# Other\n\n## 第 二 节\n\n文\n"),
    ]);
    let from = corpus.articles.iter().find(|article| article.id == "a/from").unwrap();
    let html: String = from.sections.iter().map(|section| section.html.as_str()).collect();
    for href in [
        "\"/zh/articles/a/to\"",
        "\"/zh/articles/b/other#h-%E7%AC%AC-%E4%BA%8C-%E8%8A%82\"",
        "\"#h-%E8%BF%99%E9%87%8C\"",
    ] {
        assert!(html.contains(href), "{href} in {html}");
    }
    assert!(html.contains("四") && !html.contains("gone"), "{html}");
    assert_eq!(
        findings(&corpus),
        [
            "zh/a/from.md:8:1: warning[dead-link]: no article at `zh/a/gone.md`",
            "zh/a/from.md:9:1: warning[dead-anchor]: no heading `#无` in `zh/a/to.md`",
            "zh/a/from.md:9:14: warning[dead-link]: no article at `x.md`",
            "zh/a/from.md:9:30: warning[dead-link]: `zh/a/draft.md` is not published",
        ]
    );
}

const PNG: &[u8] = &[0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 1, 2, 3];

#[test]
fn images_are_kept_by_their_content() {
    let body = "# 图\n![一](img/a.png) <img src=\"img/a.png\" alt=\"二\"> ![三](img/b.svg)\n![四](img/c.png)\n![](https://example.com/x.png)\n![五](img/fake.png) ![六](http://example.com/y.png)\n";
    let folder =
        world::folder(&[("zh/a.md", body), ("zh/img/b.svg", "<svg/>"), ("zh/img/fake.png", "no image")]);
    fs::write(folder.path().join("zh/img/a.png"), PNG).unwrap();
    fs::write(folder.path().join("zh/img/unused.png"), [PNG, b"x"].concat()).unwrap();
    let corpus = world::corpus(folder.path());
    assert_eq!(corpus.media.len(), 1);
    let name = &corpus.media[0].name;
    assert!(name.len() == 36 && name.strip_suffix(".png").is_some(), "{name}");
    let html = &corpus.articles[0].sections[0].html;
    assert_eq!(html.matches(&format!("src=\"/media/{name}\"")).count(), 2, "{html}");
    let codes: Vec<_> = corpus.diagnostics.iter().map(|d| (d.place.as_ref().unwrap().line, d.code)).collect();
    assert_eq!(
        codes,
        [
            (2, Code::UnusableImage),
            (3, Code::MissingImage),
            (4, Code::MissingAlt),
            (5, Code::UnusableImage),
            (5, Code::MissingImage),
        ]
    );
}

#[test]
fn one_bad_file_leaves_the_others() {
    let folder = world::folder(&[
        ("zh/good.md", "# 好\n"),
        ("zh/yaml.md", "---\ntitle: [\n---\n"),
        ("zh/deep.md", &"> ".repeat(150)),
        ("zh/again.md", "---\nid: good\n---\n# 又\n"),
        ("zh/big.md", &"x".repeat(1_048_577)),
        ("zh/nul.md", "a\0b"),
        ("zh/empty.md", ""),
        ("zh/title-only.md", "# 只有标题\n"),
    ]);
    fs::write(folder.path().join("zh/latin.md"), b"caf\xe9").unwrap();
    let corpus = world::corpus(folder.path());
    let ids: Vec<_> = corpus.articles.iter().map(|article| article.id.as_str()).collect();
    // The first by path keeps an id.
    assert_eq!(ids, ["empty", "good", "title-only"]);
    let errors: Vec<_> = corpus
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() == Severity::Error)
        .map(|diagnostic| (diagnostic.path.as_str(), diagnostic.code))
        .collect();
    assert_eq!(
        errors,
        [
            ("zh/big.md", Code::FileTooLarge),
            ("zh/deep.md", Code::NestingTooDeep),
            ("zh/good.md", Code::DuplicateId),
            ("zh/latin.md", Code::InvalidUtf8),
            ("zh/nul.md", Code::NulCharacter),
            ("zh/yaml.md", Code::FrontMatterSyntax),
        ]
    );
    assert_eq!(corpus.files, 9);
}

#[test]
fn of_very_many_mistakes_the_first_are_placed_and_the_others_counted() {
    let links = |to: &str| format!("# 一\n\n{}", format!("[甲]({to})\n").repeat(250));
    let words = "words = [3]\n[[concepts]]\n".to_owned() + &"[[concepts]]\nid = 3\n".repeat(250);
    for (path, content) in
        [("zh/a.md", links("nowhere.md")), ("zh/b.md", links("b.md#nowhere")), ("lexicon.toml", words)]
    {
        let corpus = corpus(&[(path, &content)]);
        let last = corpus.diagnostics.iter().filter(|diagnostic| diagnostic.place.is_none());
        let said: Vec<_> = last.map(|diagnostic| diagnostic.message.as_str()).collect();
        let placed = corpus.diagnostics.len() - said.len();
        assert_eq!(placed, 100, "{path}");
        assert!(said[0].starts_with("and ") && said[0].ends_with(" more mistakes like this"), "{said:?}");
    }
}

#[test]
fn drafts_and_staff_articles_stay_out() {
    let corpus = corpus(&[
        ("zh/a.md", "# A\n"),
        ("zh/b.md", "---\nstatus: draft\n---\n# 秘密\n"),
        ("zh/c.md", "---\naudience: staff\n---\n# 内部\n"),
        ("zh/d.md", "---\nstatus: publishd\n---\n# 笔误\n"),
    ]);
    assert_eq!((corpus.articles.len(), corpus.hidden), (1, 3));
}

#[test]
fn front_matter_settles_what_paths_leave_open() {
    let corpus = corpus(&[
        (
            "zh/a/x.md",
            "---\nredirect_from: [old/x, a/y, b]\nrelated: [a/y, a/none, a/x]\ntranslations: [en, ko]\n---\n# X\n\nx\n",
        ),
        ("zh/a/y.md", "---\nredirect_from: b\nreview_by: 2026-01-01\n---\n# X\n\nx\n"),
        ("en/a/x.md", "# X\n\nx\n"),
        ("categories.toml", "[[categories]]\nid = \"b\"\n"),
    ]);
    let x = corpus.articles.iter().find(|article| article.id == "a/x" && article.lang == Lang::Zh).unwrap();
    assert_eq!(x.redirect_from, ["old/x", "b"]);
    assert_eq!(x.related, ["a/y"]);
    let codes: Vec<_> = corpus.diagnostics.iter().map(|d| format!("{} {}", d.path, d.code)).collect();
    assert_eq!(
        codes,
        [
            "en/a/x.md unknown-category",
            "zh/a/x.md unknown-category",
            "zh/a/x.md redirect-conflict",
            "zh/a/x.md dead-link",
            "zh/a/x.md dead-link",
            "zh/a/x.md missing-translation",
            "zh/a/y.md unknown-category",
            "zh/a/y.md redirect-conflict",
            "zh/a/y.md review-due",
            "zh/a/y.md duplicate-title",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_folder_only() {
    use std::os::unix::fs::symlink;
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("secret.md"), "# 秘密\n").unwrap();
    let folder = world::folder(&[
        ("..data/a.md", "# A\n\n文\n"),
        ("zh/keep.md", "# K\n\n文\n"),
        (".git/x.md", "# 点\n"),
    ]);
    let root = folder.path();
    symlink("../..data/a.md", root.join("zh/a.md")).unwrap();
    symlink(outside.path().join("secret.md"), root.join("zh/secret.md")).unwrap();
    symlink("nowhere.md", root.join("zh/broken.md")).unwrap();
    symlink("..", root.join("zh/loop")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(root.join("zh/pipe.md")).status().unwrap();
    assert!(made.success());
    // The folder itself may be a link.
    let link = outside.path().join("articles");
    symlink(root, &link).unwrap();
    let corpus = world::corpus(&link);
    let ids: Vec<_> = corpus.articles.iter().map(|article| article.id.as_str()).collect();
    assert_eq!(ids, ["a", "keep"]);
    let paths: Vec<_> = corpus.diagnostics.iter().map(|d| (d.path.as_str(), d.code)).collect();
    assert_eq!(paths, [("zh/broken.md", Code::OutsideLink), ("zh/secret.md", Code::OutsideLink)]);
}

#[test]
fn the_digest_names_content_not_times() {
    let files = [("zh/a.md", "# A\n"), ("lexicon.toml", "words = ['提币']\n")];
    let (one, two) = (world::folder(&files), world::folder(&files));
    let digest = |folder: &TempDir| load::digest(folder.path()).unwrap();
    assert_eq!(digest(&one), digest(&two));
    fs::write(two.path().join("zh/a.md"), "# B\n").unwrap();
    assert_ne!(digest(&one), digest(&two));
    fs::write(two.path().join("zh/a.md"), "# A\n").unwrap();
    fs::write(two.path().join("notes.txt"), "not an article").unwrap();
    assert_eq!(digest(&one), digest(&two));
    fs::rename(two.path().join("zh/a.md"), two.path().join("zh/b.md")).unwrap();
    assert_ne!(digest(&one), digest(&two));
}
