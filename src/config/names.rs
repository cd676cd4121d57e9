//! Names in several languages, and links that have them.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::lang::Lang;

/// What something is called, in one or more languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(BTreeMap<Lang, String>);

/// A link of the header or the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub names: Names,
    /// `https:`, `http:`, `mailto:` or a path of ours; `{lang}` stands for the language of
    /// the page.
    pub url: String,
}

impl Names {
    /// The same in all languages.
    #[must_use]
    pub fn one(name: &str) -> Option<Self> {
        Self::new(Lang::ALL.into_iter().map(|lang| (lang, name)))
    }

    /// By language. `None` without any, or with one that is empty or has control characters.
    pub(super) fn new<'a>(names: impl Iterator<Item = (Lang, &'a str)>) -> Option<Self> {
        let is_name = |name: &str| !name.is_empty() && !name.contains(char::is_control);
        let names = names
            .map(|(lang, name)| (lang, name.trim()))
            .map(|(lang, name)| is_name(name).then(|| (lang, name.to_owned())));
        let names: BTreeMap<Lang, String> = names.collect::<Option<_>>()?;
        (!names.is_empty()).then_some(Self(names))
    }

    /// The name for readers of a language, else the first that there is.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        self.nearest(lang).1
    }

    /// The same, and the language that it is in.
    #[must_use]
    pub fn nearest(&self, lang: Lang) -> (Lang, &str) {
        let own = lang.readable().iter().chain(&Lang::ALL).find_map(|lang| self.0.get_key_value(lang));
        // There is one at least.
        own.map_or((lang, ""), |(written, name)| (*written, name.as_str()))
    }
}

/// The id of the article that an address leads to, if it is one of our own.
pub(super) fn article_of(url: &str) -> Option<String> {
    let path = url.split('?').next()?.strip_prefix('/')?;
    let (lang, rest) = path.split_once('/')?;
    let id = rest.strip_prefix("articles/")?;
    let is_lang = lang == "{lang}" || Lang::from_exact_tag(lang).is_some();
    is_lang.then(|| percent_decode_str(id).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_ours_name_articles() {
        for (url, expect) in [
            ("/{lang}/articles/support/contact", Some("support/contact")),
            ("/zh-Hant/articles/%E5%AE%A2%E6%9C%8D?from=help", Some("客服")),
            ("/{lang}/categories/support", None),
            ("/fr/articles/support", None),
            ("/contact", None),
            ("https://example.com/zh/articles/support", None),
        ] {
            assert_eq!(article_of(url).as_deref(), expect, "{url}");
        }
    }

    #[test]
    fn readers_get_the_nearest_name() {
        let names = Names::new([(Lang::Zh, "帮助"), (Lang::En, " Help ")].into_iter()).unwrap();
        assert_eq!(Lang::ALL.map(|lang| names.get(lang)), ["帮助", "帮助", "Help", "帮助"]);
        assert_eq!(Names::one("Help").unwrap().get(Lang::Ko), "Help");
        assert!(Names::one(" ").is_none() && Names::one("a\nb").is_none());
    }
}
