//! `jieda check`: one set of findings in four formats.

use serde_json::{Value, json};

use crate::process::Desk;

/// An error, warnings and a lint; blanks, Han and signs in the paths.
fn desk() -> Desk {
    Desk::new(&[
        ("articles/zh/安 全/a,b:c%25.md", "---\ntitel: 谷歌\n---\n# 绑定\n\n看[这里](没有.md)\n"),
        ("articles/zh/安 全/[d].md", "---\ntitle: a: b\n---\n"),
        ("articles/en/lint.md", "# Lint\n\n[x](http://a.example)\n"),
    ])
}

const CLEAN: (&str, &str) = ("articles/zh/a/one.md", "# 提币\n\n## 步骤\n\n正文\n");

#[test]
fn text_shows_every_finding_and_a_verdict() {
    let run = desk().run(&["check"]).expect(1);
    assert!(run.out.ends_with("\n\n3 files: 1 error, 3 warnings\n"), "{}", run.out);
    assert_eq!(run.err, "");
    insta::assert_snapshot!("findings", run.out);
}

#[test]
fn a_clean_folder_is_0_and_warnings_alone_are_1() {
    let desk = Desk::new(&[CLEAN]);
    let run = desk.run(&["check"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("1 file: no findings\n", ""));
    assert_eq!(desk.run(&["check", "--format", "github"]).expect(0).out, "");
    let document = desk.run(&["check", "--format", "json"]).expect(0).json();
    assert_eq!(document, json!({ "version": 1, "files": 1, "findings": [] }));
    let document = desk.run(&["check", "--format", "sarif"]).expect(0).json();
    assert_eq!(document["runs"][0]["results"], json!([]));
    desk.write("articles/zh/a/two.md", "no title\n");
    for format in ["text", "json", "sarif", "github"] {
        desk.run(&["check", "--format", format]).expect(1);
    }
    // An empty folder has no mistakes; a missing one is another matter.
    desk.write("empty/.keep", "");
    assert_eq!(desk.run(&["check", "empty"]).expect(0).out, "0 files: no findings\n");
    assert!(!desk.path("index").exists(), "checking writes nothing");
}

#[test]
fn json_has_every_field() {
    let run = desk().run(&["check", "--format", "json"]).expect(1);
    assert_eq!(run.err, "");
    let document = run.json();
    assert_eq!((&document["version"], &document["files"]), (&json!(1), &json!(3)));
    assert_eq!(
        document["findings"][3],
        json!({
            "path": "zh/安 全/a,b:c%25.md",
            "line": 6,
            "column": 2,
            "severity": "warning",
            "code": "dead-link",
            "message": "no article at `zh/安 全/没有.md`",
            "help": null,
            "excerpt": "看[这里](没有.md)",
        })
    );
    let brief = |finding: &Value| format!("{} {}", finding["severity"], finding["code"]).replace('"', "");
    let findings: Vec<String> = document["findings"].as_array().unwrap().iter().map(brief).collect();
    let expect =
        ["warning insecure-link", "error front-matter-syntax", "warning unknown-key", "warning dead-link"];
    assert_eq!(findings, expect);
}

/// What the schema of SARIF 2.1.0 requires of what we write (OASIS Standard, 27 March 2020).
#[test]
fn sarif_is_valid() {
    let desk = desk();
    let run = desk.run(&["check", "--format", "sarif"]).expect(1);
    assert_eq!(run.err, "");
    let log = run.json();
    // 3.13: `version` and `runs` are required, `version` is this string.
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(log["$schema"], "https://json.schemastore.org/sarif-2.1.0.json");
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    let run = &log["runs"][0];
    // 3.14.17: one of two names.
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    // 3.19: a driver has a name; the ids of its rules differ.
    let driver = &run["tool"]["driver"];
    assert_eq!((&driver["name"], &driver["version"]), (&json!("jieda"), &json!(env!("CARGO_PKG_VERSION"))));
    let rules = driver["rules"].as_array().unwrap();
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    for rule in rules {
        assert!(rule["shortDescription"]["text"].as_str().is_some_and(|text| text.ends_with('.')), "{rule}");
        assert!(
            ["none", "note", "warning", "error"]
                .map(Value::from)
                .contains(&rule["defaultConfiguration"]["level"])
        );
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), all > 20), (all, true));
    // 3.27: a result has a message with a text; its rule is the one at its index.
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    for result in results {
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{result}");
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"]);
        let place = &result["locations"][0]["physicalLocation"];
        // 3.4.3: a URI reference (RFC 3986), relative to the root of the repository.
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(c);
        assert!(uri.starts_with("articles/") && uri.chars().all(is_allowed), "{uri}");
        let file = percent_encoding::percent_decode_str(uri).decode_utf8().unwrap();
        assert!(desk.path(&file).is_file(), "{uri}");
        // 3.30: lines and columns count from 1.
        assert!(
            place["region"]["startLine"].as_u64() >= Some(1)
                && place["region"]["startColumn"].as_u64() >= Some(1)
        );
    }
    assert_eq!(results[2]["message"]["text"], "unknown key `titel`: it is not read; did you mean `title`?");
    assert_eq!(
        results[3]["locations"][0]["physicalLocation"]["region"],
        json!({ "startLine": 6, "startColumn": 2 })
    );
}

#[test]
fn sarif_stays_below_the_limit_of_github() {
    let desk = Desk::new(&[]);
    for file in 0..60 {
        desk.write(
            &format!("articles/zh/a/{file}.md"),
            &format!("# T{file}\n\n{}", "[x](no.md)\n".repeat(100)),
        );
    }
    let run = desk.run(&["check", "--format", "sarif"]).expect(1);
    assert_eq!(run.json()["runs"][0]["results"].as_array().map(Vec::len), Some(5_000));
}

#[test]
fn github_gets_workflow_commands() {
    let run = desk().run(&["check", "--format", "github"]).expect(1);
    assert_eq!(run.err, "");
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", run.out);
    // Within properties `%`, `:` and `,` are encoded, within the message `%` only.
    let expect = "::warning file=articles/zh/安 全/a%2Cb%3Ac%2525.md,line=2,col=1,title=unknown-key::\
        unknown key `titel`: it is not read; did you mean `title`?";
    assert_eq!(lines[2], expect);
    assert!(lines[1].starts_with("::error file=articles/zh/安 全/[d].md,line=2,col="), "{}", lines[1]);
}
