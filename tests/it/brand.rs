//! What an operator sets:
//!
//! 1. Name, logo, links and contact are on every page, in the page's language.
//! 2. The accent color is in a sheet of its own, under a name that changes with it.
//! 3. Other sites may ask the API only if they are named; the widget's script is for all.

use jieda::app::Site;
use jieda::config::{Config, Link, Names, Overrides};
use jieda::logo::Logo;
use jieda::theme::Theme;

use crate::support::TestSite;

fn site(change: impl FnOnce(&mut Site)) -> TestSite {
    let mut site = Site::from(&Config::default());
    change(&mut site);
    TestSite::with(&[("zh/account/login.md", "# 无法登录\n\n检查密码。\n")], site)
}

#[test]
fn the_name_and_the_links_are_the_operators() {
    let link = |name: &str, url: &str| Link { names: Names::one(name).unwrap(), url: url.to_owned() };
    let logo = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
    let site = site(|site| {
        site.name = Names::one("Acme <帮助>");
        site.contact_url = Some("/{lang}/articles/account/login".to_owned());
        site.header_links = vec![link("Shop & more", "https://example.com/{lang}")];
        site.footer_links = vec![link("Terms", "mailto:a@example.com")];
        site.logo = Some(Logo {
            name: "logo.0123456789ab.svg".to_owned(),
            content_type: "image/svg+xml",
            content: logo.to_vec(),
        });
    });
    for path in
        ["/ko/", "/ko/articles/account/login", "/search?q=a&lang=ko", "/ko/categories/account", "/ko/none"]
    {
        let reply = site.get(path);
        let page = reply.text();
        assert!(page.contains("<span>Acme &#60;帮助&#62;</span>"), "{path}");
        assert!(page.contains("<a href=\"https://example.com/ko\">Shop &#38; more</a>"), "{path}");
        assert!(page.contains("<a href=\"mailto:a@example.com\">Terms</a>"), "{path}");
        assert!(page.contains("href=\"/ko/articles/account/login"), "{path}");
        assert!(page.contains("<img src=\"/assets/logo.0123456789ab.svg\" alt=\"\">"), "{path}");
    }
    let reply = site.get("/assets/logo.0123456789ab.svg");
    assert_eq!((reply.header("content-type").as_str(), reply.body.as_slice()), ("image/svg+xml", &logo[..]));
    assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(site.get("/assets/logo.000000000000.svg").status, 404);
}

#[test]
fn readers_of_traditional_get_names_converted() {
    let file = "site_name = { zh = '币帮助', en = 'Help' }\n\
                [[header_links]]\nname = { zh = '下载应用' }\nurl = 'https://example.com/'\n\
                [[footer_links]]\nname = { zh = '条款', zh-Hant = '条款' }\nurl = 'https://example.com/t'\n";
    let config = Config::resolve(Some(("jieda.toml", file)), std::iter::empty(), Overrides::default());
    let site = TestSite::with(
        &[("zh/account/login.md", "# 无法登录\n\n检查密码。\n")],
        Site::from(&config.unwrap()),
    );
    let page = site.page("/zh-Hant/articles/account/login");
    for text in ["<title>無法登入 - 幣幫助</title>", "<span>幣幫助</span>", ">下載應用<", ">条款<"]
    {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(site.page("/zh/").contains("<span>币帮助</span>"));
    let manifest = site.get("/manifest.webmanifest?lang=zh-Hant").json();
    assert_eq!(manifest["name"], "幣幫助");
}

#[test]
fn the_accent_color_is_a_sheet() {
    let path = |site: &TestSite| site.get("/zh/").between("stylesheet\" href=\"", "\"").to_owned();
    let plain = site(|_| {});
    let red = site(|site| site.theme = Theme::new("#b00020".parse().unwrap()));
    assert_ne!(path(&plain), path(&red));
    let reply = red.get(&path(&red));
    assert_eq!(reply.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(reply.text().contains("--accent-fill:#b00020;"));
    // A page of a server with another color, while servers are replaced.
    let other = red.get(&path(&plain));
    assert_eq!((other.status, other.header("cache-control").as_str()), (200, "private, no-cache"));
    assert_eq!(other.text(), reply.text());
}

#[test]
fn other_sites_ask_only_if_they_are_named() {
    let search = "/api/v1/search?q=a";
    let allowed = |site: &TestSite, path: &str, origin: &str| {
        site.get_with(path, &[("origin", origin)]).header("access-control-allow-origin")
    };
    let closed = site(|_| {});
    assert_eq!(allowed(&closed, search, "https://shop.example"), "");
    let named = site(|site| site.allowed_origins = vec!["https://shop.example".to_owned()]);
    assert_eq!(allowed(&named, search, "https://shop.example"), "https://shop.example");
    assert_eq!(allowed(&named, "/api/v1/search?q=a&page=0", "https://shop.example"), "https://shop.example");
    for (path, origin) in [
        (search, "https://evil.example"),
        (search, "https://shop.example.evil.example"),
        (search, "null"),
        ("/zh/", "https://shop.example"),
    ] {
        assert_eq!(allowed(&named, path, origin), "", "{path} for {origin}");
    }
    let reply = named.get(search);
    assert!(reply.header("vary").contains("origin"), "a cache must not mix them up");
    assert_eq!(reply.header("access-control-allow-credentials"), "");
    let open = site(|site| site.allowed_origins = vec!["*".to_owned()]);
    assert_eq!(allowed(&open, search, "https://any.example"), "https://any.example");
}

#[test]
fn browsers_may_ask_first() {
    let shop = "https://shop.example";
    let named = site(|site| site.allowed_origins = vec![shop.to_owned()]);
    let ask = |site: &TestSite, path: &str, origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "x-request-id"),
        ];
        site.request("OPTIONS", path, &headers)
    };
    for path in ["/api/v1/search?q=a", "/api/v1/articles/account/login", "/api/v1/feedback"] {
        let reply = ask(&named, path, shop);
        assert_eq!((reply.status, reply.body.len()), (204, 0), "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), shop);
        assert_eq!(
            reply.header("access-control-allow-methods"),
            "GET, HEAD",
            "feedback is for our own pages"
        );
        assert_eq!(reply.header("access-control-allow-headers"), "x-request-id, content-type");
        assert_eq!(reply.header("access-control-max-age"), "7200");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(reply.header("vary").contains("origin"));
    }
    let reply = named.get_with("/api/v1/search?q=a", &[("origin", shop)]);
    assert_eq!(reply.header("access-control-expose-headers"), "x-request-id, retry-after");
    for (site, path, origin) in [
        (&named, "/api/v1/search", "https://evil.example"),
        (&named, "/zh/", shop),
        (&site(|_| {}), "/api/v1/search", shop),
    ] {
        let reply = ask(site, path, origin);
        assert_eq!(reply.status, 405, "{path} for {origin}");
        assert_eq!(reply.header("access-control-allow-methods"), "");
    }
    let options = named.request("OPTIONS", "/api/v1/search", &[("origin", shop)]);
    assert_eq!(options.status, 405, "that is not how a browser asks");
}

#[test]
fn the_widget_is_for_all() {
    let site = site(|_| {});
    let reply = site.get("/widget.js");
    assert_eq!(reply.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(reply.header("cache-control"), "public, max-age=300, stale-while-revalidate=86400");
    for text in ["搜索帮助", "搜尋說明", "Search help", "도움말 검색"] {
        assert!(reply.text().contains(text), "{text}");
    }
    let tag = reply.header("etag");
    let again = site.get_with("/widget.js", &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.header("access-control-allow-origin").as_str()), (304, "*"));
    let demo = site.page("/widget-demo?lang=ko");
    assert!(
        demo.contains("<script type=\"module\" src=\"/widget.js\">")
            && demo.contains("<jieda-search lang=\"ko\">")
    );
}
