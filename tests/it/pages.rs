//! What people see:
//!
//! 1. Every page is complete without JavaScript and carries neither inline script nor style.
//! 2. The home page speaks the reader's language by cookie, then by the browser, else the
//!    site's; an address with a language is never redirected to another.
//! 3. A results page marks what matched, says where it is found, pages, filters and changes
//!    language without losing the question; it is not for search engines, and neither title
//!    nor description repeat the question: a link to it must not say in our name what anybody
//!    has typed.
//! 4. Nothing found is no dead end.
//! 5. An article shows what it is, where it belongs and what it contains; in a language
//!    that lacks it, the original with a notice.
//! 6. Nothing that a person typed or an author wrote becomes markup.
//! 7. Canonical and alternate addresses come from the configuration, never from the request.

use jieda::app::Site;
use jieda::config::Config;

use crate::support::{Reply, TestSite};

const LONG: &str = "---\ntitle: 提现要多久？\nsummary: 通常 30 分钟。\nupdated: 2026-09-08\nrelated: [account/login]\norder: 1\n---\n开头。\n\n## 一\n\n提现一。\n\n## 二\n\n### 细节\n\n提现二。\n\n## 三\n\n> [!WARNING]\n> 当心 `<b>` & 'x'。\n";
const LOGIN: &str = "---\norder: 2\n---\n# 无法登录\n\n检查密码。\n";
const EN: &str = "---\nupdated: 2026-01-02\n---\n# Withdrawal <script>alert(1)</script> & \"more\"\n\nA withdrawal takes 30 minutes.\n";
const KO: &str = "# 로그인이 안 돼요\n\n비밀번호를 확인하세요.\n";
const CATEGORIES: &str = "[[categories]]\nid = 'wallet'\norder = 1\nname = { zh = '钱包', en = 'Wallet' }\n[[categories]]\nid = 'account'\norder = 2\nname = { zh = '账户' }\n";

fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = [
        ("zh/wallet/time.md", LONG),
        ("zh/account/login.md", LOGIN),
        ("en/wallet/script.md", EN),
        ("ko/account/login.md", KO),
        ("zh/wallet/cold/store.md", "# 冷钱包\n\n保管。\n"),
        ("categories.toml", CATEGORIES),
    ]
    .map(|(path, content)| (path.to_owned(), content.to_owned()))
    .to_vec();
    // Enough for two pages of results.
    for number in 10..22 {
        files.push((format!("zh/wallet/many-{number}.md"), format!("# 手续费说明 {number}\n\n手续费。\n")));
    }
    files
}

fn site() -> TestSite {
    site_with(|_| {})
}

fn site_with(change: impl FnOnce(&mut Site)) -> TestSite {
    let files = files();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut settings = Site::from(&Config::default());
    change(&mut settings);
    TestSite::with(&files, settings)
}

/// The text between two marks, the first that there is.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("no {start} in {page}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} behind {start}")).0
}

fn title(page: &str) -> &str {
    between(page, "<title>", "</title>")
}

fn html_lang(page: &str) -> &str {
    between(page, "<html lang=\"", "\"")
}

/// Pages of every kind.
const PAGES: [&str; 9] = [
    "/",
    "/ko/",
    "/search",
    "/search?q=%E6%8F%90%E7%8E%B0&lang=zh",
    "/search?q=nothing-like-this&lang=zh",
    "/zh/articles/wallet/time",
    "/en/articles/wallet/time",
    "/zh/categories/wallet",
    "/zh/nothing",
];

#[test]
fn pages_need_no_script_and_have_no_inline_style() {
    let site = site();
    for path in PAGES {
        let reply = site.get(path);
        let page = reply.text();
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8", "{path}");
        for part in ["<style", " style=", " onclick", "javascript:"] {
            assert!(!page.contains(part), "{part} in {path}");
        }
        for script in page.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(
                tag.contains(" src=\"/assets/") || tag == " type=\"application/ld+json\"",
                "{tag} in {path}"
            );
        }
        // What only a script can work is not seen without one.
        for control in page.split("data-script-only").skip(1) {
            assert!(control.split('>').next().unwrap().contains("hidden"), "{path}");
        }
        assert!(page.starts_with("<!doctype html>"), "{path}");
        assert!(page.contains("<main id=\"content\"") && page.contains("name=\"viewport\""), "{path}");
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
        assert!(page.contains("role=\"search\"") && page.contains("name=\"q\""), "{path}");
        // No attribute has lost the blank before it.
        assert!(!page.contains("\"lang=") && !page.contains("\"aria-current"), "{path}");
    }
}

#[test]
fn the_home_page_speaks_the_readers_language() {
    let site = site();
    for (headers, expect) in [
        (&[][..], "zh-Hans"),
        (&[("accept-language", "ko-KR,ko;q=0.9,en;q=0.8")][..], "ko"),
        (&[("accept-language", "zh-TW,zh;q=0.9")], "zh-Hant"),
        (&[("accept-language", "fr-FR,fr")], "zh-Hans"),
        (&[("accept-language", "en;q=0.1,zh-HK;q=0.2")], "zh-Hant"),
        (&[("accept-language", "en"), ("cookie", "lang=ko")], "ko"),
        (&[("accept-language", "en"), ("cookie", "lang=xx; other=1")], "en"),
    ] {
        let reply = site.get_with("/", headers);
        assert_eq!((reply.status, html_lang(reply.text())), (200, expect), "{headers:?}");
        assert_eq!(reply.header("vary"), "accept-encoding, accept-language, cookie");
        assert_eq!(reply.header("set-cookie"), "");
    }
    let fixed = site.get_with("/en/", &[("accept-language", "ko"), ("cookie", "lang=ko")]);
    assert_eq!((fixed.status, html_lang(fixed.text())), (200, "en"));
    // It is the same for everybody, and nobody's choice.
    assert_eq!((fixed.header("vary").as_str(), fixed.header("set-cookie").as_str()), ("accept-encoding", ""));
    let bare = site.get("/zh-Hant");
    assert_eq!((bare.status, bare.header("location").as_str()), (308, "/zh-Hant/"));
}

#[test]
fn the_home_page_leads_everywhere() {
    let page = site().page("/zh/");
    for link in [
        "/zh/categories/wallet",
        "/zh/categories/account",
        "/zh/articles/wallet/time",
        "/ko/?set_lang=ko",
        "/zh-Hant/?set_lang=zh-Hant",
    ] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
    }
    let description = between(&page, "name=\"description\" content=\"", "\"");
    assert_eq!(description, "搜索帮助文章，或按主题浏览：钱包、账户。", "the site's own topics");
    let topics = between(&page, "id=\"topics\"", "</section>");
    assert!(topics.find("钱包").unwrap() < topics.find("账户").unwrap(), "categories in their order");
    assert!(topics.contains("14 篇文章") && topics.contains("1 篇文章"), "categories have counts");
    let recent = between(&page, "id=\"recent\"", "</section>");
    assert_eq!(recent.matches("<li>").count(), 1, "only what has a date");
    assert!(recent.contains("提现要多久？") && recent.contains("2026年9月8日"));
    assert_eq!(title(&page), "帮助中心");
}

#[test]
fn results_are_marked_and_placed() {
    let reply = site().get("/search?q=%E6%8F%90%E7%8E%B0&lang=zh");
    let page = reply.text();
    assert!(page.contains("<mark>提现</mark>要多久？"), "{page}");
    assert!(page.contains("<a href=\"/zh/categories/wallet\">钱包</a>"));
    assert!(page.contains("<time datetime=\"2026-09-08\">更新于 2026年9月8日</time>"));
    assert!(page.contains("找到 1 篇文章"));
    assert!(page.contains("value=\"提现\""), "the question stays in the box");
    assert_eq!(reply.header("x-robots-tag"), "noindex");
    assert_eq!(reply.header("cache-control"), "private, no-store");
    assert_eq!(title(page), "搜索结果 - 帮助中心");
    assert!(!page.contains("name=\"description\""));
}

#[test]
fn a_result_leads_to_the_words_that_answer() {
    let site = TestSite::new(&[(
        "zh/wallet/fee.md",
        "# 手续费\n\n开头。\n\n## 怎么算\n\n每次提现收取固定的 1-2 USDT & 网络费，与金额无关。\n\n## 提现次数\n\n提现次数。\n\n提现次数。\n\n## 短信\n\n登录、输入问题或报错信息、其他。\n",
    )]);
    let link = |query: &str| {
        let page = site.page(&format!("/search?q={query}&lang=zh"));
        between(&page, "<h2><a href=\"", "\"").to_owned()
    };
    let heading = "/zh/articles/wallet/fee#h-%E6%80%8E%E4%B9%88%E7%AE%97";
    let fee = link("%E5%9B%BA%E5%AE%9A");
    let (before, text) = fee.split_once(":~:text=").unwrap();
    assert_eq!(before, heading);
    assert!(!text.contains(['-', ',', '&']), "{text}");
    assert_eq!(percent_decode(text), "每次提现收取固定的 1-2 USDT & 网络费");
    // What stands there more than once would lead to the first place, not to the right one.
    assert!(!link("%E6%AC%A1%E6%95%B0").contains(":~:"));
    // The field above says it too.
    assert!(site.page("/zh/").contains("placeholder=\"输入问题或报错信息\""));
    assert!(!link("%E6%8A%A5%E9%94%99%E4%BF%A1%E6%81%AF").contains(":~:"));
}

#[test]
fn a_results_page_keeps_its_place() {
    let site = site();
    let query = "q=%E6%89%8B%E7%BB%AD%E8%B4%B9";
    let first = site.page(&format!("/search?{query}&lang=zh&category=wallet"));
    let next =
        format!("/search?{query}&amp;lang=zh&amp;category=wallet&amp;page=2").replace("&amp;", "&#38;");
    assert!(first.contains(&format!("href=\"{next}\"")), "{first}");
    assert!(first.contains("第 1 页，共 2 页") && !first.contains("rel=\"prev\""));
    let korean = format!("/search?{query}&#38;lang=ko&#38;category=wallet&#38;set_lang=ko");
    assert!(first.contains(&format!("href=\"{korean}\"")), "the question stays in another language");
    let unfiltered = format!("href=\"/search?{query}&#38;lang=zh\"");
    assert!(first.contains(&unfiltered), "the filter can be dropped");
    let second = site.page(&format!("/search?{query}&lang=zh&page=2"));
    assert!(second.contains("rel=\"prev\"") && !second.contains("rel=\"next\""));
    assert_eq!(
        [title(&first), title(&second)],
        ["搜索结果 - 帮助中心", "搜索结果 (第 2 页，共 2 页) - 帮助中心"]
    );
    assert_eq!(second.matches("class=\"snippet\"").count(), 2);
    // What is wrong in the address is put right.
    for page in ["page=3", "page=999", "page=101"] {
        assert!(site.page(&format!("/search?{query}&lang=zh&{page}")).contains("第 2 页，共 2 页"), "{page}");
    }
    for page in ["page=0", "page=x", "page=-1&category=", "lang=zh&page="] {
        assert!(site.page(&format!("/search?{query}&lang=zh&{page}")).contains("第 1 页"), "{page}");
    }
}

#[test]
fn an_address_without_language_is_the_readers() {
    let site = site();
    for (path, expect) in [
        ("/search?q=x", "ko"),
        ("/search?q=x&lang=zh-TW", "zh-Hant"),
        ("/search?q=x&lang=fr", "ko"),
        ("/search?q=x&lang=en&lang=zh", "zh-Hans"),
    ] {
        let reply = site.get_with(path, &[("accept-language", "ko")]);
        assert_eq!(html_lang(reply.text()), expect, "{path}");
    }
}

#[test]
fn nothing_found_is_no_dead_end() {
    let site = site_with(|settings| settings.contact_url = Some("https://example.com/ask".to_owned()));
    let page = site.page("/search?q=zzzzqqqq%E6%8F%90&lang=zh&category=account");
    assert!(page.contains("没有找到相关文章"), "{page}");
    assert!(page.contains("value=\"zzzzqqqq提\""));
    assert!(!page.contains("全部主题中的"), "nor is there anything without the filter");
    assert!(
        page.contains("href=\"/zh/articles/wallet/time\"")
            && page.contains("href=\"/zh/articles/account/login\"")
    );
    assert!(page.contains("href=\"https://example.com/ask?q=zzzzqqqq%E6%8F%90\""));
    let filtered = site.page("/search?q=%E6%8F%90%E7%8E%B0&lang=zh&category=account");
    let chosen = between(&filtered, "aria-current=\"true\"><span>账户", "</a>");
    assert!(
        chosen.contains(">0<") && filtered.contains("钱包</span> <span class=\"count\">1</span>"),
        "{filtered}"
    );
    assert!(filtered.contains("<h2>“账户”中没有找到相关文章</h2>"), "{filtered}");
    let all = "<a href=\"/search?q=%E6%8F%90%E7%8E%B0&#38;lang=zh\">查看全部主题中的 1 篇文章</a>";
    assert!(filtered.contains(all), "{filtered}");
    // Both found nothing, and are counted; what asks nothing or finds something is not.
    assert_eq!(site.app().unanswered(), 2);
    let idle = site.page("/search?lang=zh");
    site.page("/search?q=%E6%8F%90%E7%8E%B0&lang=zh");
    assert_eq!(site.app().unanswered(), 2);
    let main = between(&idle, "<main", "</main>");
    assert!(main.contains("请输入您的问题") && !main.contains("没有找到"));
    let elsewhere = site.page("/search?q=withdrawal&lang=ko");
    assert!(
        elsewhere.contains("<li lang=\"en\">") && elsewhere.contains("<span class=\"reason\">English</span>"),
        "{elsewhere}"
    );
}

#[test]
fn what_stood_on_two_lines_does_not_run_together() {
    let page = site().page("/search?lang=zh&q=%20%E6%8F%90%E7%8E%B0%0D%0AWD-205%09x");
    assert!(page.contains("value=\"提现 WD-205 x\""), "{page}");
}

#[test]
fn what_is_chosen_stands_first() {
    let page =
        site().page("/search?lang=zh&q=%E6%89%8B%E7%BB%AD%E8%B4%B9%20%E5%AF%86%E7%A0%81&category=account");
    let topics = between(&page, "<nav class=\"filter\"", "</ul>");
    let at = |name: &str| topics.find(name).unwrap_or_else(|| panic!("no {name} in {topics}"));
    assert!(at("全部主题") < at("账户") && at("账户") < at("钱包"), "{topics}");
}

#[test]
fn a_misspelled_address_leads_to_the_meant_one() {
    let site = site();
    for (path, location) in [
        ("/zh-TW/", "/zh-Hant/"),
        ("/zh-hant/articles/wallet/time", "/zh-Hant/articles/wallet/time"),
        ("/ZH/?a=b", "/zh/?a=b"),
        ("/zh/articles/wallet/time/", "/zh/articles/wallet/time"),
        ("/zh/categories/wallet/", "/zh/categories/wallet"),
        ("/search/?q=a&lang=zh", "/search?q=a&lang=zh"),
    ] {
        let reply = site.get(path);
        assert_eq!((reply.status, reply.header("location").as_str()), (308, location), "{path}");
        assert_eq!(site.get(location).status, 200, "{location}");
    }
    for path in ["/fr/", "/zh/articles/none", "/assets/none/", "/api/v1/none/", "//evil.example/"] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_long_question_is_cut_and_said_so() {
    let site = site();
    let at_most = site.page(&format!("/search?lang=zh&q={}", "a".repeat(256)));
    assert!(!at_most.contains("256"));
    let longer = site.page(&format!("/search?lang=zh&q={}", "a".repeat(300)));
    assert!(longer.contains("只用前 256 个字符"));
    assert!(longer.contains(&format!("value=\"{}\"", "a".repeat(256))));
}

#[test]
fn an_article_shows_what_it_is() {
    let page = site().page("/zh/articles/wallet/time");
    assert_eq!(title(&page), "提现要多久？ - 帮助中心");
    assert_eq!(between(&page, "name=\"description\" content=\"", "\""), "通常 30 分钟。");
    assert!(page.contains("<a href=\"/zh/categories/wallet\">钱包</a>"));
    assert!(page.contains("<time datetime=\"2026-09-08\">更新于 2026年9月8日</time>"));
    let contents = between(&page, "<nav class=\"contents", "</nav>");
    assert_eq!(contents.matches("<li").count(), 4);
    assert!(contents.contains("<li class=\"contents-3\"><a href=\"#h-%E7%BB%86%E8%8A%82\">细节</a>"));
    assert!(page.contains("<h2 id=\"h-一\">一<a") && page.contains("<h3 id=\"h-细节\">细节<a"));
    assert!(page.contains("markdown-alert-warning\"><p class=\"notice-kind\">注意</p>"));
    let related = between(&page, "id=\"related\"", "</section>");
    assert!(related.contains("href=\"/zh/articles/account/login\"") && related.contains("无法登录"));
    assert!(!site().page("/zh/articles/account/login").contains("class=\"contents"));
}

#[test]
fn a_missing_translation_shows_the_original() {
    let site = site_with(|settings| settings.public_url = Some("https://help.example.com".to_owned()));
    for (path, lang, notice) in [
        ("/en/articles/wallet/time", "en", "not available in English yet"),
        ("/ko/articles/wallet/time", "ko", "원문(중국어 간체)"),
    ] {
        let page = site.page(path);
        assert_eq!(html_lang(&page), lang);
        assert!(page.contains(notice), "{path}");
        assert!(
            page.contains("<h1 lang=\"zh-Hans\">提现要多久？</h1>")
                && page.contains("<article class=\"prose\" lang=\"zh-Hans\">")
        );
        let canonical = between(&page, "rel=\"canonical\" href=\"", "\"");
        assert_eq!(canonical, "https://help.example.com/zh/articles/wallet/time");
    }
    let own = site.page("/zh/articles/wallet/time");
    assert!(!own.contains("class=\"untranslated\""));
    // Whatever language is chosen, there is something to read.
    for lang in ["zh", "zh-Hant", "en", "ko"] {
        let path = format!("/{lang}/articles/wallet/time");
        assert!(own.contains(&format!("href=\"{path}?set_lang={lang}\"")), "{lang}");
        assert_eq!(site.get(&path).status, 200, "{lang}");
    }
}

#[test]
fn readers_of_traditional_get_simplified_articles_converted() {
    let site = site_with(|settings| settings.public_url = Some("https://help.example.com".to_owned()));
    let page = site.page("/zh-Hant/articles/wallet/time");
    assert_eq!((html_lang(&page), title(&page)), ("zh-Hant", "提現要多久？ - 說明中心"));
    assert!(page.contains("<h1>提現要多久？</h1>") && page.contains("<article class=\"prose\">"), "{page}");
    assert!(
        page.contains("本文由簡體中文自動轉換。 <a href=\"/zh/articles/wallet/time\" hreflang=\"zh-Hans\">")
    );
    assert!(
        page.contains("<h3 id=\"h-细节\">細節<a") && page.contains("href=\"#h-%E7%BB%86%E8%8A%82\">細節</a>")
    );
    assert!(
        page.contains("當心 <code>&lt;b&gt;</code>") && page.contains("<p class=\"notice-kind\">注意</p>")
    );
    let canonical = between(&page, "rel=\"canonical\" href=\"", "\"");
    assert_eq!(canonical, "https://help.example.com/zh/articles/wallet/time");
    // Lists and results are read in Traditional, too; what matched stays marked.
    assert!(site.page("/zh-Hant/").contains("<span class=\"card-title\">錢包</span>"));
    let found = site.page("/search?q=%E6%8F%90%E7%8F%BE&lang=zh-Hant");
    assert!(found.contains("<mark>提現</mark>要多久？"), "{found}");
    let api = site.json("/api/v1/search?q=%E6%8F%90%E7%8F%BE&lang=zh-TW");
    assert_eq!((&api["hits"][0]["title"], &api["hits"][0]["lang"]), (&"提現要多久？".into(), &"zh".into()));
    assert_eq!(api["hits"][0]["title_spans"], serde_json::json!([[0, 2]]));
    // What is written in Traditional, or for others, is left alone.
    assert!(site.page("/en/articles/wallet/time").contains("<h1 lang=\"zh-Hans\">提现要多久？</h1>"));
}

#[test]
fn categories_list_what_is_in_them() {
    let site = site();
    let page = site.page("/zh/categories/wallet");
    assert!(page.contains("<h1>钱包</h1>") && page.contains("14 篇文章"), "{page}");
    assert!(page.contains("href=\"/zh/categories/wallet/cold\""), "nested categories");
    assert!(page.find("提现要多久").unwrap() < page.find("手续费说明 10").unwrap(), "by order");
    assert!(page.find("手续费说明 10").unwrap() < page.find("手续费说明 21").unwrap(), "then by title");
    let nested = site.page("/zh/categories/wallet/cold");
    assert!(
        nested.contains("<a href=\"/zh/categories/wallet\">钱包</a>") && nested.contains("<h1>cold</h1>")
    );
    let empty = site.page("/ko/categories/wallet");
    assert!(
        empty.contains("아직 한국어 도움말이 없습니다") && empty.contains("href=\"/zh/categories/wallet\"")
    );
    assert_eq!(site.get("/zh/categories/none").status, 404);
}

#[test]
fn a_missing_page_offers_others() {
    let site = site();
    let reply = site.get("/ko/articles/wallet/none");
    assert_eq!((reply.status, html_lang(reply.text())), (404, "ko"));
    assert!(
        reply.text().contains("페이지를 찾을 수 없습니다")
            && reply.text().contains("href=\"/ko/articles/account/login\"")
    );
    assert_eq!(title(reply.text()), "페이지를 찾을 수 없습니다 - 도움말 센터");
}

#[test]
fn nothing_typed_or_written_becomes_markup() {
    let site = site();
    for query in [
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%22%20autofocus%20onfocus%3D%22alert(1)",
        "%27%3E%3Cimg%20src%3Dx%3E",
    ] {
        for path in [
            format!("/search?q={query}&lang=zh"),
            format!("/search?q=a&category={query}"),
            format!("/zh/{query}"),
        ] {
            let reply = site.get(&path);
            let page = reply.text();
            for part in ["<script>", "<img", "\" autofocus", "onfocus=\""] {
                assert!(!page.contains(part), "{part} in {path}");
            }
            assert!(!title(page).contains("alert"), "{path}");
        }
    }
    let page = site.page("/en/articles/wallet/script");
    assert!(!page.contains("<script>"));
    let found = site.page("/search?q=withdrawal&lang=en");
    assert!(!found.contains("<script>") && found.contains("&#38; &#34;more&#34;"), "{found}");
    assert!(site.page("/zh/articles/wallet/time").contains("<code>&lt;b&gt;</code> &amp; 'x'"));
}

#[test]
fn absolute_addresses_come_from_the_configuration() {
    let host = [("host", "evil.example"), ("x-forwarded-host", "evil.example")];
    let plain = site();
    for path in PAGES {
        let page = plain.get_with(path, &host);
        assert!(
            !page.text().contains("evil.example") && !page.text().contains("rel=\"canonical\""),
            "{path}"
        );
    }
    let public = site_with(|settings| settings.public_url = Some("https://help.example.com".to_owned()));
    let home = public.get_with("/en/", &host);
    assert!(home.text().contains("<link rel=\"canonical\" href=\"https://help.example.com/en/\">"));
    assert_eq!(alternates(&home), ["zh-Hans", "zh-Hant", "en", "ko", "x-default"]);
    assert!(public.get("/en/?set_lang=en").header("set-cookie").ends_with("; Secure"));
    assert_eq!(home.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(alternates(&public.get("/zh/articles/account/login")), ["zh-Hans", "ko", "x-default"]);
    assert_eq!(alternates(&public.get("/ko/articles/account/login")), ["zh-Hans", "ko", "x-default"]);
    assert_eq!(alternates(&public.get("/search?q=a")), Vec::<String>::new());
    assert!(!public.get_with("/nothing", &host).text().contains("evil.example"));
}

fn alternates(reply: &Reply) -> Vec<String> {
    let links = reply.text().split("rel=\"alternate\" hreflang=\"").skip(1);
    links.map(|link| link.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn the_articles_of_the_repository_are_all_there() {
    let site = TestSite::of_repository();
    let serving = site.app().serving();
    assert!(serving.catalog().len() >= 36);
    for article in serving.catalog().iter() {
        let path = jieda::article::url(article.lang(), article.id());
        let page = site.page(&path);
        let missing = between(&page, "<main", "</main>").matches("src=\"\"").count();
        assert_eq!(missing, 0, "{path}");
        // Links between articles lead somewhere.
        for link in page.split("href=\"/").skip(1) {
            let target = link.split(['"', '#', '?']).next().unwrap();
            if target.contains("/articles/") {
                let (tag, id) = target.split_once("/articles/").unwrap();
                let lang = jieda::lang::Lang::from_exact_tag(tag).unwrap();
                let id = percent_decode(id);
                assert!(serving.catalog().find_for(&id, lang).is_some(), "{path} links to {target}");
            }
        }
    }
}

fn percent_decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}
