//! "Was this article helpful?":
//!
//! 1. The form works without JavaScript: it leads back to the article, which says thanks.
//! 2. Programs send JSON and get 204.
//! 3. Only pages of this site may send it, only by POST, nothing large, nothing unknown.
//! 4. It is counted once; what is refused is not.

use jieda::app::Site;
use jieda::config::Config;

use crate::support::{Reply, TestSite};

const FORM: &str = "application/x-www-form-urlencoded";
const PATH: &str = "/api/v1/feedback";

fn site() -> TestSite {
    let files = [
        ("zh/account/login.md", "# 无法登录\n\n检查密码。\n"),
        ("zh/账户/注册.md", "# 注册\n\n注册账户。\n"),
    ];
    let mut site = Site::from(&Config::default());
    site.contact_url = Some("/{lang}/articles/account/login".to_owned());
    TestSite::with(&files, site)
}

fn answer(site: &TestSite, body: &str, headers: &[(&str, &str)]) -> Reply {
    site.post(PATH, FORM, body, headers)
}

#[test]
fn a_form_leads_back_to_the_article() {
    let site = site();
    let page = site.get("/ko/articles/account/login");
    let form = page.between("<form class=\"feedback\"", "</form>");
    for part in [
        "method=\"post\" action=\"/api/v1/feedback\"",
        "name=\"id\" value=\"account/login\"",
        "name=\"lang\" value=\"ko\"",
        "name=\"helpful\" value=\"yes\"",
        "name=\"helpful\" value=\"no\"",
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
    for (said, thanks) in [("yes", "의견을 보내 주셔서 감사합니다."), ("no", "개선하겠습니다")]
    {
        let reply = answer(&site, &format!("id=account%2Flogin&lang=ko&helpful={said}"), &[]);
        assert_eq!(reply.status, 303);
        let location = reply.header("location");
        assert_eq!(location, format!("/ko/articles/account/login?feedback={said}#feedback"));
        let back = site.get(location.split('#').next().unwrap());
        assert_eq!(back.status, 200);
        assert!(back.between("id=\"feedback\" role=\"status\">", "</p>").contains(thanks));
        assert!(!back.text().contains("<form class=\"feedback\""), "nobody is asked twice");
    }
    assert_eq!(site.app().feedback().counts(), (1, 1));
    let named = answer(&site, "id=%E8%B4%A6%E6%88%B7/%E6%B3%A8%E5%86%8C&lang=zh&helpful=yes", &[]);
    assert!(named.header("location").starts_with("/zh/articles/%E8%B4%A6%E6%88%B7/"), "{named:?}");
}

#[test]
fn programs_send_json() {
    let site = site();
    let body = r#"{"id":"account/login","lang":"zh","helpful":false}"#;
    let reply = site.post(PATH, "application/json; charset=utf-8", body, &[]);
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    let scripted = answer(&site, "id=account/login&lang=zh&helpful=yes", &[("accept", "application/json")]);
    assert_eq!(scripted.status, 204);
    assert_eq!(site.app().feedback().counts(), (1, 1));
    for body in
        ["", "{", "[]", r#"{"id":"account/login","lang":"zh"}"#, r#"{"id":1,"lang":"zh","helpful":true}"#]
    {
        let reply = site.post(PATH, "application/json", body, &[]);
        assert_eq!((reply.status, reply.json()["code"].as_str()), (400, Some("bad-parameter")), "{body}");
    }
}

#[test]
fn only_our_own_pages_may_send_it() {
    let site = site();
    let good = "id=account/login&lang=zh&helpful=yes";
    for (headers, status) in [
        (&[("sec-fetch-site", "same-origin")][..], 303),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("origin", "https://help.example.com"), ("host", "help.example.com")], 303),
        (&[("origin", "https://evil.example"), ("host", "help.example.com")], 403),
        (&[("origin", "null")], 403),
    ] {
        let reply = answer(&site, good, headers);
        assert_eq!(reply.status, status, "{headers:?}");
        if status == 403 {
            assert_eq!(reply.json()["code"], "cross-site");
        }
    }
    assert_eq!(site.app().feedback().counts(), (2, 0));
}

#[test]
fn what_is_wrong_is_refused_and_not_counted() {
    let site = site();
    for (body, status, code) in [
        ("id=account/none&lang=zh&helpful=yes", 404, "article-not-found"),
        ("id=..%2F..%2Fetc&lang=zh&helpful=yes", 404, "article-not-found"),
        ("id=account/login&lang=fr&helpful=yes", 400, "bad-parameter"),
        ("id=account/login&lang=zh&helpful=maybe", 400, "bad-parameter"),
        ("id=account/login&lang=zh", 400, "bad-parameter"),
        ("lang=zh&helpful=yes", 400, "bad-parameter"),
        ("", 400, "bad-parameter"),
        ("%ff%00&&&=", 400, "bad-parameter"),
    ] {
        let reply = answer(&site, body, &[]);
        assert_eq!((reply.status, reply.json()["code"].as_str()), (status, Some(code)), "{body}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
    }
    let large = format!("id=account/login&lang=zh&helpful=yes&x={}", "a".repeat(64 * 1024));
    assert_eq!(answer(&site, &large, &[]).json()["code"], "body-too-large");
    let text = site.post(PATH, "text/plain", "id=account/login&lang=zh&helpful=yes", &[]);
    assert_eq!((text.status, text.json()["code"].as_str()), (415, Some("unsupported-media-type")));
    for method in ["GET", "PUT", "DELETE"] {
        let reply = site.request(method, PATH, &[]);
        assert_eq!((reply.status, reply.header("allow").as_str()), (405, "POST"), "{method}");
    }
    assert_eq!(site.app().feedback().counts(), (0, 0));
}
