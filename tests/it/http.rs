//! What the server promises whoever speaks to it, and the JSON API:
//!
//! 1. A search answers in the documented shape; spans count UTF-16 code units.
//! 2. Parameters within bounds are answered, out of bounds they are a 400 that names them;
//!    no bytes of a question are a 5xx.
//! 3. Articles and categories answer in the reader's language, else in another; former ids
//!    lead to the present ones.
//! 4. Failures are RFC 9457 problems for programs and pages for browsers, with stable codes.
//! 5. Every reply has the security headers, whatever its status.
//! 6. Nothing outside the generation can be reached by any path.
//! 7. What may be kept is kept as long as it is right: entity tags, 304, compression.
//! 8. Requests that are too large, of the wrong method, too slow or fatal to their handler
//!    have codes of their own.
//! 9. The description of the API is that of this version.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use jieda::http::{self, Guard, router};
use serde_json::{Value, json};

use crate::support::{TestSite, send};

const REGISTER: &str = "---\ntitle: 如何注册😀账户？\nsummary: 用邮箱注册。\ntags: [注册, 新手]\nupdated: 2026-09-08\nredirect_from: [account/sign-up]\nrelated: [account/login]\norder: 10\n---\n用邮箱注册账户。\n\n## 填写资料\n\n打开 App，输入邮箱😀注册。\n";
const LOGIN: &str = "# 无法登录\n\n检查密码。\n";
const LOGIN_EN: &str = "# Cannot log in\n\nCheck your password.\n";
const DEEP: &str = "# 二级分类\n\n![图](../../pic.gif)\n\n注册说明。\n";
const CATEGORIES: &str = "[[categories]]\nid = 'account'\norder = 1\nname = { zh = '账户', en = 'Account' }\ndescription = { zh = '注册和登录' }\n";

fn site() -> TestSite {
    TestSite::new(&[
        ("zh/account/register.md", REGISTER),
        ("zh/account/login.md", LOGIN),
        ("en/account/login.md", LOGIN_EN),
        ("zh/wallet/cold/deep.md", DEEP),
        ("zh/pic.gif", "GIF89a not really"),
        ("categories.toml", CATEGORIES),
    ])
}

/// What a browser accepts.
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// Status and problem code of a reply.
fn problem(site: &TestSite, path: &str) -> (u16, String) {
    let reply = site.get(path);
    let body = reply.json();
    assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
    assert_eq!(body["status"], reply.status, "{path}");
    assert_eq!(body["type"], format!("/problems/{}", body["code"].as_str().unwrap()), "{path}");
    assert!(body["title"].is_string() && body["detail"].is_string(), "{path}");
    let explanation = site.get(body["type"].as_str().unwrap());
    assert_eq!(
        (explanation.status, explanation.text().lines().next()),
        (200, body["title"].as_str()),
        "{path}"
    );
    assert!(explanation.text().contains(&format!("the status {} (", reply.status)), "{path}");
    (reply.status, body["code"].as_str().unwrap().to_owned())
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The text of a span in UTF-16 code units.
fn utf16(text: &Value, span: &Value) -> String {
    let units: Vec<u16> = text.as_str().unwrap().encode_utf16().collect();
    let at = |index: usize| usize::try_from(span[index].as_u64().unwrap()).unwrap();
    String::from_utf16(&units[at(0)..at(1)]).unwrap()
}

#[test]
fn a_search_answers_in_the_documented_shape() {
    let site = site();
    let reply = site.json("/api/v1/search?q=%E6%B3%A8%E5%86%8C%E8%B4%A6%E6%88%B7&lang=zh");
    assert_eq!(keys(&reply), ["facets", "featured", "generation", "hits", "query", "took_us", "total"]);
    assert_eq!(reply["query"], "注册账户");
    assert_eq!(keys(&reply["featured"]), ["heading", "html", "id", "lang", "title", "url"]);
    assert_eq!(reply["generation"], site.app().serving().generation());
    let hit = &reply["hits"][0];
    assert_eq!(
        keys(hit),
        [
            "anchor",
            "category",
            "id",
            "lang",
            "matched",
            "score",
            "snippet",
            "title",
            "title_spans",
            "updated",
            "url"
        ]
    );
    assert_eq!(hit["id"], "account/register");
    assert_eq!(
        (&hit["lang"], &hit["category"], &hit["updated"]),
        (&json!("zh"), &json!("account"), &json!("2026-09-08"))
    );
    // The emoji between the matches is one character, two units, four bytes.
    assert_eq!(hit["title_spans"], json!([[2, 4], [6, 8]]));
    for span in hit["snippet"]["spans"].as_array().unwrap() {
        assert!("注册账户".contains(&utf16(&hit["snippet"]["text"], span)), "{hit}");
    }
    assert_eq!(keys(&reply["facets"]), ["category", "lang", "tag"]);
    assert_eq!(reply["facets"]["category"][0], json!({"value": "account", "count": 1}));
    let explained = site.json("/api/v1/search?q=%E6%B3%A8%E5%86%8C&explain=true");
    let parts = explained["hits"][0]["explanation"].as_array().unwrap();
    assert_eq!(keys(&parts[0]), ["field", "score", "term", "unit"]);
}

#[test]
fn a_hit_leads_to_the_section_that_answers() {
    let site = site();
    let reply = site.json("/api/v1/search?q=%E5%A1%AB%E5%86%99%E8%B5%84%E6%96%99&lang=zh");
    let hit = &reply["hits"][0];
    assert_eq!(hit["anchor"], "h-填写资料");
    assert_eq!(hit["url"], "/zh/articles/account/register#h-%E5%A1%AB%E5%86%99%E8%B5%84%E6%96%99");
}

#[test]
fn nothing_asked_finds_nothing() {
    let site = site();
    for path in [
        "/api/v1/search",
        "/api/v1/search?q=",
        "/api/v1/search?q=&lang=&page=&category=",
        "/api/v1/search?q=%20+",
    ] {
        let reply = site.json(path);
        assert_eq!((&reply["total"], &reply["hits"]), (&json!(0), &json!([])), "{path}");
    }
}

#[test]
fn parameters_have_bounds() {
    let site = site();
    let query = "%E6%8F%90";
    for (parameters, expect) in [
        (format!("q={}", query.repeat(257)), Some("query-too-long")),
        (format!("q={}", query.repeat(256)), None),
        ("q=a&page=x".to_owned(), Some("bad-parameter")),
        ("q=a&page=-1".to_owned(), Some("bad-parameter")),
        ("q=a&page=99999999999999999999".to_owned(), Some("bad-parameter")),
        ("q=a&page=0".to_owned(), Some("bad-page")),
        ("q=a&per_page=0".to_owned(), Some("bad-page")),
        ("q=a&per_page=51".to_owned(), Some("bad-page")),
        ("q=a&page=101".to_owned(), Some("page-too-deep")),
        ("q=a&page=100".to_owned(), None),
        ("q=a&page=20&per_page=50".to_owned(), None),
        ("q=a&lang=fr".to_owned(), Some("bad-parameter")),
        ("q=a&lang=zh-TW".to_owned(), None),
        ("q=a&lang_only=maybe".to_owned(), Some("bad-parameter")),
        ("q=a&perpage=1".to_owned(), Some("unknown-parameter")),
        ("q=a&Q=a".to_owned(), Some("unknown-parameter")),
        ("q=a&utm_source=mail&_=1700000000&&category=none&tag=none&explain=0".to_owned(), None),
        ("page=x&page=1".to_owned(), None),
    ] {
        let path = format!("/api/v1/search?{parameters}");
        match expect {
            Some(code) => assert_eq!(problem(&site, &path), (400, code.to_owned()), "{path}"),
            None => drop(site.json(&path)),
        }
    }
    let detail = site.get("/api/v1/search?q=a&page=x").json()["detail"].clone();
    assert_eq!(detail, "`page` must be a whole number");
    for (path, known) in [
        ("/api/v1/search", "`q`, `lang`, `lang_only`, `category`, `tag`, `page`, `per_page`, `explain`"),
        ("/api/v1/suggest", "`q`, `lang`"),
        ("/api/v1/suggest/opensearch", "`q`, `lang`"),
        ("/api/v1/articles/account/login", "`lang`"),
        ("/api/v1/categories", "`lang`"),
    ] {
        let reply = site.get(&format!("{path}?lang=zh&limit%3C{}=1", "x".repeat(100)));
        assert_eq!((reply.status, &reply.json()["code"]), (400, &"unknown-parameter".into()), "{path}");
        let detail = format!("there is no parameter `limit<{}`, only {known}", "x".repeat(58));
        assert_eq!(reply.json()["detail"], detail, "{path}");
    }
    assert_eq!(site.get("/search?q=a&limit=1").status, 200, "a page is for people");
}

#[test]
fn no_question_is_an_error_of_ours() {
    let site = site();
    for query in [
        "%ff%fe%00".to_owned(),
        "%ED%A0%80".to_owned(),
        "%".to_owned(),
        "%zz%e6".to_owned(),
        "(".repeat(256),
        "NOT+".repeat(64),
        "%22".repeat(200),
        "*".repeat(256),
        "%E2%80%AE%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9".repeat(20),
        "-".to_owned(),
        "+AND+OR+%5B+TO+%5D".to_owned(),
    ] {
        let reply = site.get(&format!("/api/v1/search?q={query}"));
        assert!(reply.status == 200 || reply.status == 400, "{query}: {}", reply.status);
        let page = site.get(&format!("/search?q={query}"));
        assert_eq!(page.status, 200, "{query}");
    }
}

#[test]
fn an_article_comes_in_the_language_that_exists() {
    let site = site();
    let article = site.json("/api/v1/articles/account/register?lang=en");
    let expect = json!({
        "id": "account/register", "lang": "zh", "languages": ["zh"], "url": "/zh/articles/account/register",
        "title": "如何注册😀账户？", "summary": "用邮箱注册。", "category": "account", "tags": ["注册", "新手"],
        "updated": "2026-09-08", "generation": site.app().serving().generation(),
        "sections": [
            {"anchor": "", "heading": "", "level": 0, "text": "用邮箱注册账户。", "html": "<p>用邮箱注册账户。</p>\n"},
            {"anchor": "h-填写资料", "heading": "填写资料", "level": 2, "text": "打开 App，输入邮箱😀注册。", "html": "<p>打开 App，输入邮箱😀注册。</p>\n"},
        ],
        // What the author names, then what is near.
        "related": [
            {"id": "account/login", "lang": "en", "title": "Cannot log in", "url": "/en/articles/account/login"},
            {"id": "wallet/cold/deep", "lang": "zh", "title": "二级分类", "url": "/zh/articles/wallet/cold/deep"},
        ],
    });
    assert_eq!(article, expect);
    let languages = site.json("/api/v1/articles/account/login?lang=ko")["languages"].clone();
    assert_eq!(languages, json!(["zh", "en"]));
    assert_eq!(site.json("/api/v1/articles/account%2Flogin?lang=en")["lang"], "en");
    assert_eq!(problem(&site, "/api/v1/articles/account/none"), (404, "article-not-found".to_owned()));
    assert_eq!(problem(&site, "/api/v1/articles/account/login?lang=fr"), (400, "bad-parameter".to_owned()));
}

#[test]
fn a_former_id_leads_to_the_present_one() {
    let site = site();
    for (path, expect) in [
        ("/api/v1/articles/account/sign-up", "/api/v1/articles/account/register"),
        ("/api/v1/articles/account/sign-up?lang=zh-TW", "/api/v1/articles/account/register?lang=zh-Hant"),
        ("/zh/articles/account/sign-up", "/zh/articles/account/register"),
        ("/en/articles/account/sign-up", "/en/articles/account/register"),
    ] {
        let reply = site.get(path);
        assert_eq!((reply.status, reply.header("location").as_str()), (301, expect), "{path}");
    }
}

#[test]
fn categories_come_in_their_order() {
    let site = site();
    let reply = site.json("/api/v1/categories?lang=zh");
    assert_eq!(reply["lang"], "zh");
    let expect = json!([
        {"id": "account", "name": "账户", "description": "注册和登录", "articles": 2, "url": "/zh/categories/account"},
        {"id": "wallet", "name": "wallet", "description": null, "articles": 1, "url": "/zh/categories/wallet"},
        {"id": "wallet/cold", "name": "wallet/cold", "description": null, "articles": 1, "url": "/zh/categories/wallet/cold"},
    ]);
    assert_eq!(reply["categories"], expect);
    let english = site.json("/api/v1/categories?lang=en");
    assert_eq!(english["categories"][0]["articles"], 1);
    assert_eq!(english["categories"][2]["articles"], 0);
}

#[test]
fn programs_get_problems_and_browsers_get_pages() {
    let site = site();
    for (path, accept, is_problem) in [
        ("/api/v1/nothing", "text/html", true),
        ("/api/v1/articles/none", "text/html", true),
        ("/nothing", "text/html", false),
        ("/nothing", "*/*", false),
        ("/nothing", "application/json", true),
        ("/zh/articles/none", "application/problem+json", true),
        ("/zh/articles/none", "text/html;q=0.9, application/json;q=0.8", false),
        ("/media/none.png", "image/avif,*/*", false),
    ] {
        let reply = site.get_with(path, &[("accept", accept)]);
        let expect = if is_problem { "application/problem+json" } else { "text/html; charset=utf-8" };
        assert_eq!((reply.status, reply.header("content-type").as_str()), (404, expect), "{path} {accept}");
        assert_eq!(reply.header("cache-control"), "private, no-store");
    }
    let page = site.get_with("/ko/nothing", &[BROWSER]);
    assert!(page.text().contains("<html lang=\"ko\""));
    let page = site.get_with("/nothing", &[BROWSER, ("accept-language", "zh-TW")]);
    assert!(page.text().contains("<html lang=\"zh-Hant\""));
}

#[test]
fn every_reply_has_the_security_headers() {
    let site = site();
    let tag = site.get("/zh/articles/account/login").header("etag");
    let long = format!("/search?q={}", "a".repeat(9_000));
    for (method, path, headers, status) in [
        ("GET", "/", &[][..], 200),
        ("GET", "/zh", &[], 308),
        ("GET", "/search?q=a", &[], 200),
        ("GET", "/zh/articles/account/sign-up", &[], 301),
        ("GET", "/zh/articles/account/login", &[("if-none-match", tag.as_str())], 304),
        ("GET", "/api/v1/search?q=a&page=0", &[], 400),
        ("GET", "/nothing", &[], 404),
        ("POST", "/search", &[], 405),
        ("GET", "/", &[("content-length", "5")], 413),
        ("GET", long.as_str(), &[], 414),
        ("GET", "/healthz", &[], 200),
        ("GET", "/ko/?set_lang=ko", &[], 303),
        ("POST", "/api/v1/feedback", &[("sec-fetch-site", "cross-site")], 403),
        ("POST", "/api/v1/feedback", &[], 415),
        ("POST", "/api/v1/feedback", &[("content-length", "65537")], 413),
        ("GET", "/robots.txt", &[], 200),
        ("GET", "/sitemap.xml", &[], 404),
        ("GET", "/favicon.ico", &[], 200),
        ("GET", "/manifest.webmanifest", &[], 200),
        ("GET", "/widget.js", &[], 200),
        ("GET", "/widget-demo", &[], 200),
    ] {
        let reply = site.request(method, path, headers);
        assert_eq!(reply.status, status, "{method} {path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), value, "{method} {path} {name}");
        }
        assert!(!reply.header("permissions-policy").is_empty());
        assert_eq!(reply.header("strict-transport-security"), "", "nobody has said that it is behind TLS");
    }
}

#[test]
fn no_path_leaves_the_generation() {
    let site = site();
    for path in [
        "/zh/articles/../../etc/passwd",
        "/zh/articles/%2e%2e/%2e%2e/etc/passwd",
        "/zh/articles/..%2f..%2fetc%2fpasswd",
        "/zh/articles/%252e%252e%252f",
        "/zh/articles/account%5Clogin",
        "/zh/articles/account/login%00",
        "/zh/articles//account/login",
        "/zh/articles/%2Faccount/login",
        "/zh/articles/C:/account",
        "/zh/articles/%ff",
        "/zh/categories/..",
        "/fr/articles/account/login",
        "/media/..%2fmanifest.json",
        "/media/manifest.json",
        "/media/%2e%2e%2fcatalog.bin",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/jieda.css",
        "/api/v1/articles/..%2f..",
        "//evil.example/",
        "/%5Cevil.example",
    ] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
}

#[test]
fn media_are_what_the_manifest_names() {
    let site = site();
    let page = site.page("/zh/articles/wallet/cold/deep");
    let name = page.split("/media/").nth(1).unwrap().split('"').next().unwrap();
    let reply = site.get(&format!("/media/{name}"));
    assert_eq!((reply.status, reply.header("content-type").as_str()), (200, "image/gif"));
    assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(reply.text(), "GIF89a not really");
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let site = site();
    let path = "/zh/articles/account/login";
    let first = site.get(path);
    assert_eq!(first.header("cache-control"), "public, max-age=60, stale-while-revalidate=600");
    let tag = first.header("etag");
    for (named, status) in [
        (tag.as_str(), 304),
        (&format!("W/{tag}"), 304),
        (&format!("\"other\", {tag}"), 304),
        (&tag.replace('"', ""), 200),
        ("\"other\"", 200),
        ("*", 304),
    ] {
        let reply = site.get_with(path, &[("if-none-match", named)]);
        assert_eq!(reply.status, status, "{named}");
        assert_eq!(reply.header("etag"), tag, "{named}");
        assert_eq!(reply.body.is_empty(), status == 304);
        assert_eq!(reply.header("cache-control"), first.header("cache-control"));
    }
    // A new generation without changes to this page keeps its tag, a change gives a new one.
    crate::world::write(site.world().articles.path(), "zh/account/new.md", "# 新文章\n\n内容。\n");
    site.reindex();
    assert_eq!(site.get(path).header("etag"), tag);
    crate::world::write(site.world().articles.path(), "zh/account/login.md", "# 无法登录\n\n改了。\n");
    site.reindex();
    assert_ne!(site.get(path).header("etag"), tag);
    assert_eq!(site.get("/api/v1/search?q=a").header("cache-control"), "private, no-store");
}

#[test]
fn large_texts_are_compressed_and_tagged_apart() {
    let site = site();
    let path = "/zh/articles/account/login";
    let plain = site.get(path);
    for (encoding, tag_end) in [("br", "-br\""), ("gzip", "-gzip\"")] {
        let reply = site.get_with(path, &[("accept-encoding", encoding)]);
        assert_eq!(reply.header("content-encoding"), encoding);
        assert!(reply.body.len() < plain.body.len());
        assert_eq!(reply.header("vary"), "accept-encoding");
        let tag = reply.header("etag");
        assert_eq!(tag, format!("{}{tag_end}", plain.header("etag").trim_end_matches('"')));
        let again = site.get_with(path, &[("accept-encoding", encoding), ("if-none-match", &tag)]);
        assert_eq!((again.status, again.header("etag")), (304, tag));
    }
    let small = site.get_with("/healthz", &[("accept-encoding", "br")]);
    assert_eq!((small.header("content-encoding").as_str(), small.text()), ("", "ok\n"));
}

#[test]
fn large_requests_have_codes_of_their_own() {
    let site = site();
    let address =
        |length: usize| format!("/api/v1/search?_={}", "a".repeat(length - "/api/v1/search?_=".len()));
    assert_eq!(site.get(&address(8 * 1024)).status, 200);
    assert_eq!(problem(&site, &address(8 * 1024 + 1)), (414, "uri-too-long".to_owned()));
    let header = "a".repeat(17 * 1024);
    assert_eq!(site.get_with("/", &[("x-large", &header)]).status, 431);
    for (method, length, status) in
        [("GET", "0", 200), ("GET", "1", 413), ("POST", "65536", 405), ("POST", "65537", 413)]
    {
        let reply = site.request(method, "/", &[("content-length", length)]);
        assert_eq!(reply.status, status, "{method} {length}");
    }
    assert_eq!(site.request("GET", "/", &[("transfer-encoding", "chunked")]).status, 413);
}

#[test]
fn other_methods_are_told_which_ones_work() {
    let site = site();
    for path in ["/", "/search", "/zh/articles/account/login", "/api/v1/search", "/healthz"] {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
            let reply = site.request(method, path, &[("accept", "application/json")]);
            assert_eq!((reply.status, reply.header("allow").as_str()), (405, "GET,HEAD"), "{method} {path}");
            assert_eq!(reply.json()["code"], "method-not-allowed");
        }
        let head = site.request("HEAD", path, &[]);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    }
}

#[test]
fn a_handler_that_panics_or_hangs_is_answered_for() {
    let site = site();
    let routes = Router::new()
        .route("/api/panic", get(async || -> &'static str { panic!("on purpose") }))
        .route("/panic", get(async || -> &'static str { panic!("on purpose") }))
        .route("/api/hang", get(async || std::future::pending::<&'static str>().await));
    let options = http::Options { request_timeout: Duration::from_millis(20), ..Default::default() };
    let guard = Guard::new(options, Arc::default());
    let router = router::shared(routes, Arc::clone(site.app()), Arc::new(guard));
    for (path, status, code) in [("/api/panic", 500, "internal"), ("/api/hang", 503, "timeout")] {
        let reply = send(&router, "GET", path, &[]);
        assert_eq!((reply.status, reply.json()["code"].as_str()), (status, Some(code)), "{path}");
        assert!(!reply.text().contains("on purpose"));
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("retry-after"), if status == 503 { "1" } else { "" });
    }
    let page = send(&router, "GET", "/panic", &[BROWSER]);
    assert_eq!(page.status, 500);
    assert!(page.text().contains("出错了"));
}

#[test]
fn readiness_follows_the_server() {
    let site = site();
    let generation = site.app().serving().generation().to_owned();
    assert_eq!(site.json("/readyz"), json!({"status": "ready", "generation": generation}));
    site.app().drain();
    let reply = site.get("/readyz");
    assert_eq!((reply.status, reply.json()), (503, json!({"status": "draining", "generation": generation})));
    assert_eq!(site.get("/healthz").status, 200);
    assert_eq!(site.get("/").status, 200);
}

#[test]
fn assets_may_be_kept_for_ever() {
    let site = site();
    let page = site.page("/zh/");
    for (extension, content_type) in [("css", "text/css; charset=utf-8"), ("svg", "image/svg+xml")] {
        let path =
            page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(extension)).unwrap();
        let reply = site.get(path);
        assert_eq!((reply.status, reply.header("content-type").as_str()), (200, content_type));
        assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
        let (stem, rest) = path.split_once('.').unwrap();
        let other = site.get(&format!("{stem}.000000000000.{}", rest.split_once('.').unwrap().1));
        assert_eq!((other.status, other.header("cache-control").as_str()), (200, "private, no-cache"));
    }
}

#[test]
fn the_description_is_that_of_this_version() {
    let site = site();
    let mut document = serde_json::to_value(http::openapi()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(site.json("/api/v1/openapi.json"), document);
    // Every code that an operation names is explained.
    let operations = document["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|path| path.as_object().unwrap().values());
    let replies = operations.flat_map(|operation| operation["responses"].as_object().unwrap());
    let mut codes = BTreeSet::new();
    for (_, reply) in replies.filter(|(status, _)| status.starts_with(['4', '5'])) {
        codes.extend(reply["description"].as_str().unwrap().split('`').skip(1).step_by(2));
    }
    assert!(codes.len() > 10, "{codes:?}");
    for code in codes {
        assert_eq!(site.get(&format!("/problems/{code}")).status, 200, "{code}");
    }
    assert_eq!(site.get("/problems/none").status, 404);
    document["info"]["version"] = json!("the version of the package");
    insta::assert_json_snapshot!("openapi", document);
}
