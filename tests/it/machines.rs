//! What search engines, feed readers and browsers find out about a site:
//!
//! 1. The sitemap has every page that is an original, once, with the day of its content; no
//!    results page, no translation that is missing.
//! 2. Alternates are complete and mutual, with a default; canonical addresses are absolute.
//! 3. robots.txt names the sitemap and forbids no results page: those say `noindex`.
//! 4. JSON-LD parses, has the article and its place, and cannot end its element.
//! 5. The feed is Atom, its entries keep their ids.
//! 6. A browser learns how to search here, and which icons there are.
//! 7. A server that does not know its public address names no absolute one.

use std::collections::{BTreeMap, BTreeSet};

use jieda::app::Site;
use jieda::config::{Config, Names};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support::TestSite;

const PUBLIC: &str = "https://help.example.com";
const TIME: &str = "---\ntitle: 提现</script><!-- 要多久？\nsummary: \"通常 & 30 分钟\\v。\"\nupdated: 2026-09-08\n---\n开头。\n";

fn site() -> TestSite {
    let mut site = Site::from(&Config::default());
    site.public_url = Some(PUBLIC.to_owned());
    site.name = Names::one("A help center with a long & <name>");
    TestSite::with(
        &[
            ("zh/wallet/time.md", TIME),
            ("en/wallet/time.md", "---\nupdated: 2026-10-01\n---\n# How long?\n\nSoon.\n"),
            ("zh/wallet/cold/空 格.md", "# 冷钱包\n\n保管。\n"),
            ("ko/account/login.md", "---\nupdated: 2026-01-02\n---\n# 로그인\n\n비밀번호.\n"),
            ("categories.toml", "[[categories]]\nid = 'wallet'\nname = { zh = '钱包 & <b>' }\n"),
        ],
        site,
    )
}

/// The texts of all elements of that name; the document must be well-formed.
fn texts(xml: &str, element: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut open) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = String::from_utf8(tag.name().as_ref().to_vec()).unwrap();
                if name == element {
                    found.push(String::new());
                }
                open.push(name);
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) if open.last().is_some_and(|name| name == element) => {
                found.last_mut().unwrap().push_str(&text.decode().unwrap());
            }
            Event::GeneralRef(reference) if open.last().is_some_and(|name| name == element) => {
                let character = reference.resolve_char_ref().unwrap();
                found.last_mut().unwrap().push(character.expect("only numbers are used"));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

/// What stands in an attribute of each tag that contains `mark`.
fn attributes<'a>(page: &'a str, mark: &str, name: &str) -> Vec<&'a str> {
    let tags = page.split('<').filter(|tag| tag.contains(mark));
    tags.filter_map(|tag| tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()).collect()
}

#[test]
fn the_sitemap_has_every_original_once() {
    let site = site();
    let reply = site.get("/sitemap.xml");
    assert_eq!(reply.header("content-type"), "application/xml; charset=utf-8");
    let addresses = texts(reply.text(), "loc");
    let unique: BTreeSet<&String> = addresses.iter().collect();
    assert_eq!(unique.len(), addresses.len());
    for path in [
        "/zh/",
        "/zh-Hant/",
        "/en/",
        "/ko/",
        "/zh/articles/wallet/time",
        "/en/articles/wallet/time",
        "/ko/articles/account/login",
        "/zh/categories/wallet",
        "/zh/categories/wallet/cold",
        "/ko/categories/account",
    ] {
        assert!(addresses.contains(&format!("{PUBLIC}{path}")), "{path} in {addresses:#?}");
    }
    for absent in ["/search", "/ko/articles/wallet/time", "/zh-Hant/articles/", "/ko/categories/wallet"] {
        assert!(!addresses.iter().any(|address| address.contains(absent)), "{absent}");
    }
    for address in &addresses {
        let page = site.get(address.strip_prefix(PUBLIC).unwrap());
        assert_eq!(page.status, 200, "{address}");
        assert_eq!(attributes(page.text(), "rel=\"canonical\"", "href"), [address], "it is the original");
    }
    assert!(reply.text().contains("/zh/articles/wallet/time</loc><lastmod>2026-09-08</lastmod>"));
    assert_eq!(site.get("/sitemaps/1.xml").text(), reply.text(), "the first part is all of it");
    for path in ["/sitemaps/0.xml", "/sitemaps/2.xml", "/sitemaps/x.xml", "/sitemaps/1"] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
}

#[test]
fn alternates_are_mutual() {
    let site = site();
    let addresses = texts(site.get("/sitemap.xml").text(), "loc");
    let mut alternates: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for address in addresses {
        let page = site.page(address.strip_prefix(PUBLIC).unwrap());
        let langs = attributes(&page, "rel=\"alternate\" hreflang", "hreflang");
        let links = attributes(&page, "rel=\"alternate\" hreflang", "href");
        let pairs = langs.into_iter().zip(links).map(|(lang, link)| (lang.to_owned(), link.to_owned()));
        alternates.insert(address, pairs.collect());
    }
    for (address, own) in &alternates {
        let named = |lang: &str| own.iter().any(|(named, _)| named == lang);
        assert!(own.iter().any(|(_, link)| link == address), "{address} names itself");
        for (lang, link) in own.iter().filter(|(lang, _)| lang != "x-default") {
            assert_eq!(&alternates[link], own, "{address} and its version in {lang}");
        }
        // Where the site's own language lacks it, the first that there is.
        assert!(named("x-default") || !named("zh-Hans"), "{address}");
    }
    assert_eq!(alternates[&format!("{PUBLIC}/zh/articles/wallet/time")].len(), 3);
    assert_eq!(alternates[&format!("{PUBLIC}/en/")].len(), 5);
}

#[test]
fn robots_may_read_everything() {
    let robots = site().get("/robots.txt");
    assert_eq!(robots.header("content-type"), "text/plain; charset=utf-8");
    assert!(robots.text().contains(&format!("Sitemap: {PUBLIC}/sitemap.xml\n")));
    assert!(!robots.text().contains("/search"));
    let results = site().get("/search?q=%E6%8F%90%E7%8E%B0&lang=zh");
    assert_eq!(results.header("x-robots-tag"), "noindex");
    assert!(!results.between("<title>", "</title>").contains("提现"));
    assert!(!results.text().contains("og:title") && !results.text().contains("ld+json"));
}

#[test]
fn an_article_says_what_it_is() {
    let page = site().get("/zh/articles/wallet/time");
    let data: Value =
        serde_json::from_str(page.between("<script type=\"application/ld+json\">", "</script>")).unwrap();
    assert_eq!(data["@context"], "https://schema.org");
    let (article, trail) = (&data["@graph"][0], &data["@graph"][1]);
    assert_eq!((&article["@type"], &trail["@type"]), (&"Article".into(), &"BreadcrumbList".into()));
    assert_eq!(article["headline"], "提现</script><!-- 要多久？");
    assert_eq!((&article["dateModified"], &article["inLanguage"]), (&"2026-09-08".into(), &"zh-Hans".into()));
    assert_eq!(article["url"], format!("{PUBLIC}/zh/articles/wallet/time"));
    let places = trail["itemListElement"].as_array().unwrap();
    let names: Vec<&str> = places.iter().map(|place| place["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["首页", "钱包 & <b>", "提现</script><!-- 要多久？"]);
    for (index, place) in places.iter().enumerate() {
        assert_eq!(place["position"], index + 1);
        assert!(place["item"].as_str().unwrap().starts_with(PUBLIC));
    }
    let graph = |property: &str| {
        attributes(page.text(), &format!("property=\"og:{property}\""), "content")[0].to_owned()
    };
    assert_eq!((graph("type").as_str(), graph("locale").as_str()), ("article", "zh_CN"));
    assert_eq!(graph("url"), format!("{PUBLIC}/zh/articles/wallet/time"));
    let image = graph("image");
    assert_eq!(site().get(image.strip_prefix(PUBLIC).unwrap()).header("content-type"), "image/png");
}

#[test]
fn the_feed_keeps_its_ids() {
    let site = site();
    let reply = site.get("/zh/feed.xml");
    assert_eq!(reply.header("content-type"), "application/atom+xml; charset=utf-8");
    let own = format!("{PUBLIC}/zh/feed.xml");
    assert_eq!(texts(reply.text(), "id"), [own.clone(), format!("{PUBLIC}/zh/articles/wallet/time")]);
    assert_eq!(texts(reply.text(), "updated"), ["2026-09-08T00:00:00Z"; 2]);
    assert_eq!(texts(reply.text(), "title")[1], "提现</script><!-- 要多久？");
    assert_eq!(texts(reply.text(), "summary"), ["通常 & 30 分钟。"], "what XML cannot write is left out");
    let page = site.page("/zh/");
    assert_eq!(attributes(&page, "application/atom+xml", "href"), [own]);
    let traditional = site.get("/zh-Hant/feed.xml");
    assert!(texts(traditional.text(), "title")[1].starts_with("提現"));
    assert_eq!(texts(traditional.text(), "id")[1], format!("{PUBLIC}/zh/articles/wallet/time"));
    let links = attributes(traditional.text(), "type=\"text/html\"", "href");
    assert_eq!(links[1], format!("{PUBLIC}/zh-Hant/articles/wallet/time"), "where it is converted");
    assert_eq!(site.get("/fr/feed.xml").status, 404);
    assert_eq!(texts(site.get("/en/feed.xml").text(), "updated")[0], "2026-10-01T00:00:00Z");
}

#[test]
fn a_browser_learns_how_to_search() {
    let site = site();
    let page = site.page("/ko/");
    let path = attributes(&page, "rel=\"search\"", "href")[0].to_owned();
    let reply = site.get(&path);
    assert_eq!(reply.header("content-type"), "application/opensearchdescription+xml; charset=utf-8");
    let short = &texts(reply.text(), "ShortName")[0];
    assert_eq!(short, "A help center wi");
    let urls = attributes(reply.text(), "Url type", "template");
    let types = attributes(reply.text(), "Url type", "type");
    assert_eq!(types[..2], ["text/html", "application/x-suggestions+json"]);
    assert_eq!(urls[0], format!("{PUBLIC}/search?q={{searchTerms}}&amp;lang=ko"));
    assert_eq!(urls[1], format!("{PUBLIC}/api/v1/suggest/opensearch?q={{searchTerms}}&amp;lang=ko"));
    let searched = urls[0].strip_prefix(PUBLIC).unwrap().replace("{searchTerms}", "a").replace("&amp;", "&");
    assert_eq!(site.get(&searched).status, 200);
    let unnamed = site.get_with("/opensearch.xml", &[("accept-language", "en")]);
    assert!(unnamed.text().contains("lang=en") && unnamed.header("vary").contains("accept-language"));
}

#[test]
fn there_are_icons() {
    let site = site();
    let page = site.page("/zh/");
    let icons = attributes(&page, "icon\"", "href");
    assert_eq!(icons.len(), 3);
    let manifest = site.get("/manifest.webmanifest");
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    let manifest = manifest.json();
    assert_eq!(manifest["start_url"], "/");
    assert_eq!(manifest["short_name"], "A help");
    let korean = attributes(&site.page("/ko/"), "rel=\"manifest\"", "href").concat();
    let korean = site.get(&korean).json();
    assert_eq!((korean["lang"].as_str(), korean["start_url"].as_str()), (Some("ko"), Some("/ko/")));
    let listed = manifest["icons"].as_array().unwrap().iter().map(|icon| icon["src"].as_str().unwrap());
    for path in icons.into_iter().chain(listed) {
        let reply = site.get(path);
        assert_eq!(reply.status, 200, "{path}");
        let start: &[u8] = match reply.header("content-type").as_str() {
            "image/png" => b"\x89PNG",
            "image/x-icon" => b"\0\0\x01\0",
            "image/svg+xml" => b"<svg",
            other => panic!("{path} is {other}"),
        };
        assert!(reply.body.starts_with(start), "{path}");
    }
}

#[test]
fn without_a_public_address_nothing_is_absolute() {
    let site = TestSite::new(&[("zh/wallet/time.md", TIME)]);
    for path in ["/sitemap.xml", "/sitemaps/1.xml", "/zh/feed.xml", "/opensearch.xml"] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
    assert!(!site.get("/robots.txt").text().contains("Sitemap"));
    let page = site.page("/zh/articles/wallet/time");
    for absent in ["canonical", "ld+json", "og:", "opensearch", "feed.xml"] {
        assert!(!page.contains(absent), "{absent}");
    }
}
