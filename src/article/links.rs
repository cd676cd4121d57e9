//! Where links and images of an article lead.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::slug;
use crate::lang::Lang;
use crate::text::Span;

/// The files that links and images can lead to, by path relative to the articles folder.
#[derive(Debug, Default)]
pub(crate) struct Site {
    pub(crate) articles: BTreeMap<String, Target>,
    pub(crate) images: BTreeMap<String, Image>,
    /// Files that could not be read: that has been said, links to them need not say it again.
    pub(crate) unreadable: BTreeSet<String>,
}

/// An article as a link's target.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) id: String,
    pub(crate) lang: Lang,
    /// Drafts and staff articles are no targets for readers.
    pub(crate) is_public: bool,
}

/// An image file.
#[derive(Debug, Clone)]
pub(crate) enum Image {
    /// Can be served, as `<hash>.<ext>`.
    Usable(String),
    /// Why it cannot be served.
    Unusable(String),
}

/// A link from one article to another, kept to check its heading once all are parsed.
#[derive(Debug, Clone)]
pub(crate) struct ArticleLink {
    pub(crate) path: String,
    /// The heading's slug, without `h-`.
    pub(crate) fragment: Option<String>,
    pub(crate) span: Span,
}

/// What an address written in an article means.
pub(super) enum Address {
    /// Another file of the articles folder, and a heading in it.
    File { path: String, fragment: Option<String> },
    /// A heading of this article.
    Here { fragment: String },
    /// Somewhere else, by a scheme that is safe to follow or a path on this host.
    Elsewhere(String),
    /// Not followed: another scheme, or nothing.
    Unsafe,
}

/// Reads an address as written in the file `path`.
pub(super) fn resolve(path: &str, address: &str) -> Address {
    let address = address.trim();
    if address.is_empty() {
        return Address::Unsafe;
    }
    if let Some(scheme) = scheme(address) {
        return match scheme.as_str() {
            "http" | "https" | "mailto" => Address::Elsewhere(address.to_owned()),
            _ => Address::Unsafe,
        };
    }
    if address.starts_with("//") || address.starts_with("/\\") || address.starts_with('\\') {
        return Address::Unsafe;
    }
    let (file, fragment) = match address.split_once('#') {
        Some((file, fragment)) => (file, Some(decode(fragment)).filter(|fragment| !fragment.is_empty())),
        None => (address, None),
    };
    let file = file.split_once('?').map_or(file, |(file, _)| file);
    if file.is_empty() {
        return fragment
            .map_or(Address::Unsafe, |fragment| Address::Here { fragment: fragment_slug(&fragment) });
    }
    let file = decode(file);
    let fragment = fragment.map(|fragment| fragment_slug(&fragment));
    match join(path, &file) {
        Some(path) => Address::File { path, fragment },
        None => Address::Elsewhere(address.to_owned()),
    }
}

/// A fragment as the slug of a heading: authors write it with or without our `h-`.
fn fragment_slug(fragment: &str) -> String {
    slug::heading_slug(fragment.strip_prefix("h-").unwrap_or(fragment))
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The scheme of an absolute address, in lower case; control characters and blanks, which
/// browsers skip, do not hide it.
fn scheme(address: &str) -> Option<String> {
    let visible: String =
        address.chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(64).collect();
    let (scheme, _) = visible.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    // Anything before a colon that is not a plain relative path is taken for a scheme.
    (is_scheme || !scheme.contains(['/', '#', '?'])).then(|| scheme.to_ascii_lowercase())
}

/// Joins a relative path to the folder of `from`; a path from the root is taken from the
/// articles folder. `None` leads out of the folder.
fn join(from: &str, file: &str) -> Option<String> {
    let mut parts: Vec<&str> = match file.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(),
    };
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl Site {
    /// Whether a link leads to a file that is there and could not be read.
    pub(super) fn is_unreadable(&self, path: &str) -> bool {
        self.unreadable.contains(path) || self.unreadable.contains(&format!("{path}.md"))
    }

    /// The article at a path: as written, with `.md`, or the `README.md` or `index.md` of a folder.
    pub(super) fn article<'a>(&'a self, path: &str) -> Option<(String, &'a Target)> {
        let candidates =
            [path.to_owned(), format!("{path}.md"), format!("{path}/README.md"), format!("{path}/index.md")];
        candidates.into_iter().find_map(|candidate| {
            let candidate = candidate.trim_start_matches('/').to_owned();
            self.articles.get(&candidate).map(|target| (candidate, target))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expect: &str) {
        let shown = match resolve("zh/account/a.md", address) {
            Address::File { path, fragment } => format!("file {path} {fragment:?}"),
            Address::Here { fragment } => format!("here {fragment}"),
            Address::Elsewhere(address) => format!("out {address}"),
            Address::Unsafe => "unsafe".to_owned(),
        };
        assert_eq!(shown, expect, "{address}");
    }

    #[test]
    fn addresses_are_told_apart() {
        check("../security/b.md#如何-开启", "file zh/security/b.md Some(\"如何-开启\")");
        check("b%20c.md?x=1", "file zh/account/b c.md None");
        check("#h-Steps", "here steps");
        check("/zh/x.md", "file zh/x.md None");
        check("https://example.com/a", "out https://example.com/a");
        check("../../../etc/passwd", "out ../../../etc/passwd");
        check("mailto:support@example.com", "out mailto:support@example.com");
    }

    #[test]
    fn nothing_that_can_run_is_followed() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            " \u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil",
            "",
            "file:///etc/passwd",
            "жavascript:x",
        ] {
            check(address, "unsafe");
        }
    }
}
