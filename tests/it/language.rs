//! How a reader's language is chosen and kept:
//!
//! 1. A link to another language remembers the choice and leads to the page's own address.
//! 2. It leads to nothing but our own pages, whatever the address says.
//! 3. What depends on the reader says so.
//!
//! And what readers of Traditional Chinese read: the sample articles, converted, have none of the
//! wrong characters that a table of phrases puts in across words.

use std::path::Path;

use jieda::traditional;

use crate::support::TestSite;

fn site() -> TestSite {
    TestSite::new(&[("zh/account/login.md", "# 无法登录\n\n检查密码。\n")])
}

#[test]
fn a_choice_is_remembered() {
    let site = site();
    for (path, location) in [
        ("/ko/?set_lang=ko", "/ko/"),
        ("/en/articles/account/login?set_lang=en", "/en/articles/account/login"),
        ("/search?q=a%20%E6%8F%90&lang=ko&set_lang=ko&page=2", "/search?q=a%20%E6%8F%90&lang=ko&page=2"),
        ("/search?set_lang=zh-Hant", "/search"),
        // However the name is written, it is not there any more: else the way would have no end.
        ("/zh/?set%5Flang=ko&q=%61&set_lang=en", "/zh/?q=%61"),
        ("/zh/?%73et%5flang=x&set_lang=en&a", "/zh/?a"),
    ] {
        let reply = site.get(path);
        assert_eq!((reply.status, reply.header("location").as_str()), (303, location), "{path}");
        let cookie = reply.header("set-cookie");
        let lang = path.split("set_lang=").last().unwrap().split('&').next().unwrap();
        assert_eq!(
            cookie,
            format!("lang={lang}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"),
            "{path}"
        );
        assert_eq!(reply.header("cache-control"), "private, no-store");
        let kept =
            site.get_with("/", &[("cookie", cookie.split(';').next().unwrap()), ("accept-language", "zh")]);
        assert!(kept.between("<html lang=\"", "\"").starts_with(lang), "{path}");
    }
}

#[test]
fn nobody_is_led_away() {
    let site = site();
    for path in [
        "//evil.example/?set_lang=en",
        "/%5Cevil.example?set_lang=en",
        "/https:evil.example?set_lang=en",
        "/api/v1/search?set_lang=en",
        "/healthz?set_lang=en",
        "/zh/?set_lang=fr",
        "/zh/?set_lang=%0d%0aset-cookie:a=b",
        "/zh/?set_lang=en%3B%20Domain=evil.example",
        "/zh/?next=//evil.example",
    ] {
        let reply = site.get(path);
        assert_eq!((reply.header("location"), reply.header("set-cookie")), Default::default(), "{path}");
    }
    // A path with a language in front is always a path.
    for path in
        ["/zh//evil.example?set_lang=zh", "/zh/%0d%0aLocation:evil?set_lang=zh", "/zh/%5C%5Cevil?set_lang=zh"]
    {
        let location = site.get(path).header("location");
        assert_eq!(location, path.split('?').next().unwrap());
        assert!(location.starts_with("/zh/") && !location.contains(['\r', '\n', '\\']));
    }
    assert_eq!(site.request("POST", "/zh/?set_lang=en", &[]).status, 405);
}

#[test]
fn what_depends_on_the_reader_says_so() {
    let site = site();
    for (path, expect) in [
        ("/", true),
        ("/search?q=a", true),
        ("/search?q=a&lang=zh", false),
        ("/zh/", false),
        ("/zh/articles/account/login", false),
    ] {
        let vary = site.get(path).header("vary");
        assert_eq!(vary.contains("accept-language, cookie"), expect, "{path}: {vary}");
    }
}

/// The lines of all Simplified sample articles, converted.
fn converted() -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("articles/zh")];
    let mut lines = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let article = std::fs::read_to_string(path).unwrap();
                lines.extend(article.lines().map(traditional::convert));
            }
        }
    }
    lines
}

#[test]
fn converted_articles_have_no_wrong_characters() {
    let lines = converted();
    assert!(lines.len() > 5000, "{} lines", lines.len());
    // In the sample articles nothing is counted by 隻, nothing is measured in 里, nobody is a 天后,
    // and every 籤 is a label.
    let wrong = [
        "隻",
        "里",
        "天后",
        "鍾",
        "云",
        "籤",
        "賬",
        "臺",
        "身份",
        "網絡",
        "原始檔",
        "擴音",
        "型別",
        "引數",
        "專案",
        "釋出",
        "帳戶登出",
        "登出帳戶",
    ];
    for line in &lines {
        let line = line.replace("標籤", "");
        let found = wrong.iter().find(|wrong| line.contains(*wrong));
        assert_eq!(found, None, "{line}");
    }
}
