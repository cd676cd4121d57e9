//! Whether an article is written in the language it is filed under, by the share of scripts,
//! and whether a folder is named after a language that we do not have.

use super::Article;
use crate::lang::{Lang, Script};

/// Text worth fewer Latin letters says nothing.
const MIN_WEIGHT: usize = 80;
/// How much of an article is read, in characters.
const MAX_CHARS: usize = 20_000;
/// What a Han character or a Hangul syllable is worth in Latin letters.
const DENSE: usize = 4;

/// Codes that folders of translations are named by, ours left out; countries too.
const CODES: [&str; 49] = [
    "ar", "bg", "bn", "ca", "cn", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fil", "fr", "he", "hi",
    "hk", "hr", "hu", "id", "it", "ja", "jp", "ka", "kk", "kr", "lt", "lv", "ms", "nb", "nl", "no", "pl",
    "pt", "ro", "ru", "sk", "sl", "sr", "sv", "ta", "th", "tl", "tr", "tw", "uk", "ur", "vi",
];

/// The language an article reads as, if that is clearly not its own. Chinese articles are full
/// of Latin names and code, English ones have no Chinese.
pub(super) fn unlike(article: &Article) -> Option<Lang> {
    let (mut han, mut hangul, mut latin) = (0, 0, 0);
    let sections = article.sections.iter().flat_map(|section| [&section.heading, &section.text]);
    let chars = std::iter::once(&article.title).chain(sections).flat_map(|text| text.chars());
    for c in chars.take(MAX_CHARS) {
        match Script::of(c) {
            Script::Han => han += DENSE,
            Script::Hangul => hangul += DENSE,
            Script::Latin if c.is_alphabetic() => latin += 1,
            _ => {}
        }
    }
    if han + hangul + latin < MIN_WEIGHT {
        return None;
    }
    let dense = if han > hangul { Lang::Zh } else { Lang::Ko };
    match article.lang {
        Lang::En => (latin * 3 < han + hangul).then_some(dense),
        Lang::Zh | Lang::ZhHant if hangul > han * 2 => Some(Lang::Ko),
        Lang::Ko if han > hangul * 2 => Some(Lang::Zh),
        _ => ((han + hangul) * 20 < latin).then_some(Lang::En),
    }
}

/// What readers call a language, in messages.
pub(super) const fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh | Lang::ZhHant => "Chinese",
        Lang::En => "English",
        Lang::Ko => "Korean",
    }
}

/// Whether a folder is named like a language, and not like one of ours: `fr`, `pt-BR`.
pub(super) fn is_foreign(folder: &str) -> bool {
    let mut parts = folder.split(['-', '_']);
    let code = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_region =
        |part: &str| (2..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic());
    CODES.contains(&code.as_str()) && parts.all(is_region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_languages_are_known() {
        for (folder, expect) in [
            ("fr", true),
            ("pt-BR", true),
            ("JP", true),
            ("zh", false),
            ("account", false),
            ("it-security", false),
        ] {
            assert_eq!(is_foreign(folder), expect, "{folder}");
        }
    }
}
