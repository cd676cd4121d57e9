//! What a reader waits for:
//!
//! 1. A page loads nothing from elsewhere.
//! 2. Scripts are at most 12 KB, style sheets at most 10 KB, the HTML of any page of the
//!    sample help center at most 20 KB, all as they are sent. `-- --nocapture` prints them.
//! 3. Files made smaller in advance are what they are when not compressed.

use crate::support::{Reply, TestSite};

const SCRIPTS: usize = 12 * 1024;
const STYLES: usize = 10 * 1024;
const HTML: usize = 20 * 1024;

/// What a page loads by itself.
fn loaded(page: &str) -> Vec<&str> {
    let tags = page.split('<').filter(|tag| {
        tag.starts_with("script")
            || tag.starts_with("img")
            || tag.starts_with("link") && tag.contains("stylesheet")
    });
    tags.filter_map(|tag| {
        [" src=\"", " href=\""].iter().find_map(|name| tag.split(name).nth(1)?.split('"').next())
    })
    .collect()
}

fn sent(site: &TestSite, path: &str) -> Reply {
    let reply = site.get_with(path, &[("accept-encoding", "gzip, deflate, br")]);
    assert_eq!((reply.status, reply.header("content-encoding").as_str()), (200, "br"), "{path}");
    reply
}

#[test]
fn pages_are_small() {
    let site = TestSite::of_repository();
    let home = site.page("/zh/");
    let files = loaded(&home);
    let mut sizes = [0, 0];
    for path in &files {
        assert!(path.starts_with("/assets/"), "{path}");
        let reply = site.get_with(path, &[("accept-encoding", "br")]);
        let index = usize::from(path.rsplit('.').next() == Some("css"));
        sizes[index] += reply.body.len();
        println!("{:6} {path}", reply.body.len());
    }
    let [scripts, styles] = sizes;
    println!("{scripts:6} scripts of {SCRIPTS}\n{styles:6} style sheets of {STYLES}");
    assert!(scripts > 0 && scripts <= SCRIPTS, "{scripts} bytes of scripts");
    assert!(styles > 0 && styles <= STYLES, "{styles} bytes of style sheets");
    let widget = sent(&site, "/widget.js").body.len();
    println!("{widget:6} /widget.js, with texts in four languages and its style");
    assert!(widget <= SCRIPTS + 2 * 1024, "{widget} bytes of widget");
    let serving = site.app().serving();
    let articles = serving.catalog().iter().map(|article| jieda::article::url(article.lang(), article.id()));
    let pages = ["/zh/", "/ko/", "/zh/categories/account", "/search?q=%E6%8F%90%E7%8E%B0&lang=zh"];
    let pages = pages.into_iter().map(str::to_owned).chain(articles);
    let mut sizes: Vec<(usize, String)> = pages.map(|path| (sent(&site, &path).body.len(), path)).collect();
    sizes.sort();
    let (median, largest) = (&sizes[sizes.len() / 2], &sizes[sizes.len() - 1]);
    println!("{:6} HTML, median of {} pages\n{:6} {}", median.0, sizes.len(), largest.0, largest.1);
    assert!(largest.0 <= HTML, "{largest:?}");
}

#[test]
fn what_was_compressed_in_advance_is_the_same_file() {
    let site = TestSite::new(&[("zh/account/login.md", "# 无法登录\n\n检查密码。\n")]);
    let page = site.page("/zh/");
    let mut names: Vec<&str> = loaded(&page);
    names.push("/widget.js");
    for path in names {
        let plain = site.get(path);
        let small = site.get_with(path, &[("accept-encoding", "br")]);
        if small.header("content-encoding") == "br" {
            let mut unpacked = Vec::new();
            brotli::BrotliDecompress(&mut small.body.as_slice(), &mut unpacked).unwrap();
            assert!(unpacked == plain.body, "{path}");
            let tag = plain.header("etag").trim_end_matches('"').to_owned();
            assert_eq!(small.header("etag"), format!("{tag}-br\""), "{path}");
            let again =
                site.get_with(path, &[("accept-encoding", "br"), ("if-none-match", &small.header("etag"))]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        }
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        assert!(plain.header("vary").contains("accept-encoding"), "{path}");
    }
}
