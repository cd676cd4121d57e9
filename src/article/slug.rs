//! Ids of articles and anchors of headings: letters and digits of any script, never more.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Longest part of an id between slashes, in characters.
const MAX_PART_CHARS: usize = 128;

/// Whether `part` can stand between the slashes of an id: it begins with a letter or a
/// digit, goes on with letters, digits, `_` and `-`, and is in Unicode form C.
fn is_part(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(char::is_alphanumeric)
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        && part.chars().count() <= MAX_PART_CHARS
        && part.nfc().eq(part.chars())
}

/// Whether `id` is one or more such parts joined by `/`.
#[must_use]
pub(crate) fn is_id(id: &str) -> bool {
    id.split('/').all(is_part)
}

/// A clean id for a path or an id as someone wrote it: form C, lower case, anything but
/// letters, digits and `_` becomes `-`. Parts of which nothing is left become `article`.
#[must_use]
pub(crate) fn clean_id(raw: &str) -> String {
    let parts: Vec<String> = raw.split('/').filter(|part| !part.is_empty()).map(clean_part).collect();
    if parts.is_empty() { "article".to_owned() } else { parts.join("/") }
}

fn clean_part(raw: &str) -> String {
    let is_clean = |pair: &[u8]| pair.iter().any(u8::is_ascii_alphanumeric);
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    // What most file names are: words of lower case letters, joined by single `-`.
    if raw.len() <= MAX_PART_CHARS
        && raw.starts_with(|c: char| c.is_ascii_alphanumeric())
        && raw.bytes().all(is_plain)
        && raw.as_bytes().windows(2).all(is_clean)
        && !raw.ends_with('-')
    {
        return raw.to_owned();
    }
    let mut part = String::with_capacity(raw.len());
    for c in raw.trim().nfc().flat_map(char::to_lowercase).take(MAX_PART_CHARS) {
        if c.is_alphanumeric() || (c == '_' && !part.is_empty()) {
            part.push(c);
        } else if !part.is_empty() && !part.ends_with('-') {
            part.push('-');
        }
    }
    let clean = part.trim_end_matches('-');
    if clean.is_empty() { "article".to_owned() } else { clean.nfc().collect() }
}

/// The anchor that GitHub gives a heading of this text: lower case, blanks become `-`,
/// punctuation goes. Links with such a fragment work in a Git browser and here.
#[must_use]
pub(crate) fn heading_slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.trim().nfc().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || matches!(c, '_' | '-') {
            slug.push(c);
        } else if c.is_whitespace() {
            slug.push('-');
        }
    }
    slug
}

/// Gives the headings of one article their anchors: `h-` (so that no heading can take the
/// name of something else on the page) and the slug, `section-N` where no letter is left,
/// and a number behind repetitions.
#[derive(Default)]
pub(crate) struct Anchors {
    /// Anchors that are taken, and the number for the next of the same heading.
    used: HashMap<String, usize>,
    headings: usize,
}

impl Anchors {
    /// The anchor for the next heading, by its text or by the id the author gave it.
    pub(crate) fn next(&mut self, text: &str, given: Option<&str>) -> String {
        self.headings += 1;
        let mut slug = heading_slug(given.unwrap_or(text));
        if !slug.contains(char::is_alphanumeric) {
            slug = format!("section-{}", self.headings);
        }
        let first = format!("h-{slug}");
        let Some(mut repetition) = self.used.get(&first).copied() else {
            self.used.insert(first.clone(), 1);
            return first;
        };
        // From where the last search ended: an article may repeat a heading as often as it likes.
        let anchor = loop {
            let anchor = format!("{first}-{repetition}");
            repetition += 1;
            if !self.used.contains_key(&anchor) {
                break anchor;
            }
        };
        self.used.insert(first, repetition);
        self.used.insert(anchor.clone(), 1);
        anchor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_are_cleaned() {
        for (raw, clean) in [
            ("withdrawal/withdraw-failed", "withdrawal/withdraw-failed"),
            ("Get Started/How To  Begin!", "get-started/how-to-begin"),
            ("提币/如何 提币？", "提币/如何-提币"),
            ("README", "readme"),
            ("../..", "article/article"),
            ("", "article"),
        ] {
            assert_eq!(clean_id(raw), clean, "{raw}");
        }
        assert!(is_id("a/b_c-1") && is_id("如何提现"));
        assert!(!is_id("a//b") && !is_id("-a") && !is_id("a b") && !is_id("../a") && !is_id(""));
    }

    #[test]
    fn anchors_are_unique_and_like_those_of_github() {
        let mut anchors = Anchors::default();
        assert_eq!(anchors.next("如何 提现？", None), "h-如何-提现");
        assert_eq!(anchors.next("如何 提现？", None), "h-如何-提现-1");
        assert_eq!(anchors.next("!!!", None), "h-section-3");
        assert_eq!(anchors.next("What's new in v2.0", None), "h-whats-new-in-v20");
        assert_eq!(anchors.next("Title", Some("custom-id")), "h-custom-id");
        // Taken by a heading of its own.
        assert_eq!(anchors.next("Title-1", None), "h-title-1");
        assert_eq!(
            ["Title", "Title", "Title-1"].map(|text| anchors.next(text, None)),
            ["h-title", "h-title-2", "h-title-1-1"]
        );
    }

    #[test]
    fn a_heading_may_be_repeated_without_end() {
        let mut anchors = Anchors::default();
        // Looking for a free number from 1 each time took minutes.
        let last = (0..50_000).map(|_| anchors.next("a", None)).last();
        assert_eq!(last.as_deref(), Some("h-a-49999"));
    }

    proptest! {
        #[test]
        fn a_clean_id_is_an_id_and_stays_as_it_is(raw in ".{0,60}") {
            let clean = clean_id(&raw);
            prop_assert!(is_id(&clean), "{clean:?}");
            prop_assert_eq!(clean_id(&clean), clean);
        }
    }
}
