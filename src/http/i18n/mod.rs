//! What the pages say, one file for each language. A text that one language lacks does not
//! compile.

mod en;
mod ko;
mod zh;
mod zh_hant;

use jiff::civil::Date;
use serde::Serialize;

use crate::lang::Lang;

/// The texts of one language. Functions put numbers and names where the language wants them.
pub(super) struct Texts {
    /// The language's name for itself.
    pub(super) language: &'static str,
    /// The same, where there is little room.
    pub(super) language_short: &'static str,
    /// The name of a site that has none.
    pub(super) site: &'static str,
    /// A day.
    pub(super) date: fn(Date) -> String,

    pub(super) skip: &'static str,
    pub(super) languages: &'static str,
    pub(super) breadcrumb: &'static str,
    pub(super) home: &'static str,
    pub(super) contact: &'static str,

    pub(super) search: &'static str,
    pub(super) search_label: &'static str,
    pub(super) search_placeholder: &'static str,

    pub(super) home_heading: &'static str,
    /// What the home page offers: these topics.
    pub(super) home_description: fn(&[&str]) -> String,
    pub(super) topics: &'static str,
    pub(super) popular: &'static str,
    pub(super) recent: &'static str,
    /// Names the links of the footer.
    pub(super) more_links: &'static str,
    /// Names the feed.
    pub(super) feed: fn(&str) -> String,
    /// A number of articles.
    pub(super) articles: fn(usize) -> String,

    pub(super) results: &'static str,
    /// How many articles were found.
    pub(super) found: fn(usize) -> String,
    /// Articles were found, but none in the reader's language.
    pub(super) only_elsewhere: &'static str,
    pub(super) nothing_asked: &'static str,
    pub(super) nothing_found: &'static str,
    pub(super) nothing_found_hint: &'static str,
    pub(super) question_cut: &'static str,
    pub(super) question_shortened: &'static str,
    /// Names the filters.
    pub(super) filter: &'static str,
    pub(super) by_topic: &'static str,
    pub(super) by_language: &'static str,
    pub(super) all_topics: &'static str,
    /// Nothing was found in this category.
    pub(super) nothing_in_topic: fn(&str) -> String,
    /// Leads to what was found in all of them: a number.
    pub(super) in_all_topics: fn(usize) -> String,
    /// Found in another language: its name and a number.
    pub(super) in_other_language: fn(&str, usize) -> String,
    pub(super) other_languages: &'static str,
    pub(super) pages: &'static str,
    pub(super) previous: &'static str,
    pub(super) next: &'static str,
    /// The page and how many there are.
    pub(super) page_of: fn(usize, usize) -> String,

    /// When an article last changed.
    pub(super) updated: fn(&str) -> String,
    pub(super) contents: &'static str,
    pub(super) related: &'static str,
    pub(super) link_to_section: &'static str,
    /// The article is not written in the reader's language but in this one.
    pub(super) untranslated: fn(Lang) -> String,
    /// The article was converted from the other Chinese script; a link to it follows.
    pub(super) converted: &'static str,
    pub(super) read_original: &'static str,
    /// Names a table that can be scrolled.
    pub(super) table: &'static str,
    pub(super) notices: Notices,
    pub(super) unsolved: &'static str,
    pub(super) unsolved_hint: &'static str,
    pub(super) helpful_question: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,

    pub(super) empty_topic: &'static str,

    pub(super) not_found: Message,
    pub(super) bad_request: Message,
    pub(super) busy: Message,
    pub(super) failed: Message,

    /// What the search box says, which is a script's.
    pub(super) script: Script,
}

/// The texts of the script, sent to it as JSON. `{…}` stands for what the script puts in.
#[derive(Debug, Serialize)]
pub(super) struct Script {
    /// Names the search field to those who do not see it.
    label: &'static str,
    placeholder: &'static str,
    /// The button that searches.
    search: &'static str,
    /// The button that empties the field.
    clear: &'static str,
    /// The button that opens the widget, the widget's name, and the button that closes it.
    open: &'static str,
    title: &'static str,
    close: &'static str,
    /// Names the lists.
    suggestions: &'static str,
    results: &'static str,
    searching: &'static str,
    /// Announced: `{count}`.
    found_one: &'static str,
    found_many: &'static str,
    nothing: &'static str,
    nothing_hint: &'static str,
    /// Leads to the results page: `{query}`.
    see_all: &'static str,
    /// Offers another reading of the question: `{query}`.
    pub(super) did_you_mean: &'static str,
    /// Names the reading that was used in place of the question: `{query}`.
    pub(super) searched_instead: &'static str,
    /// Stands before the section that answers.
    pub(super) answer: &'static str,
    pub(super) read_more: &'static str,
    failed: &'static str,
    offline: &'static str,
    retry: &'static str,
    contact: &'static str,
    copy_link: &'static str,
    copied: &'static str,
    /// The last choice where nothing was found: the results page, which offers more.
    more_help: &'static str,
    /// Where feedback was sent: it helped, it did not.
    pub(super) thanks: &'static str,
    pub(super) sorry: &'static str,
    not_sent: &'static str,
    /// The widget's link to the home page.
    topics: &'static str,
    /// Turns the key that goes to the search on and off.
    pub(super) shortcut: &'static str,
    /// What the theme is set to.
    pub(super) theme: &'static str,
    pub(super) theme_system: &'static str,
    pub(super) theme_light: &'static str,
    pub(super) theme_dark: &'static str,
    pub(super) reasons: Reasons,
}

impl Reasons {
    /// The text for a name of the API; none where the words themselves show it.
    pub(super) fn get(&self, name: &str) -> Option<&'static str> {
        match name {
            "synonym" => Some(self.synonym),
            "script" => Some(self.script),
            "partial" => Some(self.partial),
            "entity" => Some(self.entity),
            "pinyin" => Some(self.pinyin),
            "initials" => Some(self.initials),
            "keyboard" => Some(self.keyboard),
            "typo" => Some(self.typo),
            "language" => Some(self.language),
            "pinned" => Some(self.pinned),
            _ => None,
        }
    }
}

/// What stands before and behind `{query}` in a text.
pub(super) fn around_query(text: &'static str) -> (&'static str, &'static str) {
    text.split_once("{query}").unwrap_or((text, ""))
}

impl Script {
    /// As the script reads it.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("texts by name are an object")
    }
}

/// Why a hit is there, where the words of the question do not show it; by the names of
/// `matched` in the API.
#[derive(Debug, Serialize)]
pub(super) struct Reasons {
    synonym: &'static str,
    script: &'static str,
    partial: &'static str,
    entity: &'static str,
    pinyin: &'static str,
    initials: &'static str,
    keyboard: &'static str,
    typo: &'static str,
    language: &'static str,
    pinned: &'static str,
}

/// What kinds of notices are called.
pub(super) struct Notices {
    pub(super) note: &'static str,
    pub(super) tip: &'static str,
    pub(super) important: &'static str,
    pub(super) warning: &'static str,
    pub(super) caution: &'static str,
}

/// What a page says instead of an answer.
pub(super) struct Message {
    pub(super) heading: &'static str,
    pub(super) text: &'static str,
}

/// The texts for readers of a language.
pub(super) fn texts(lang: Lang) -> &'static Texts {
    match lang {
        Lang::En => &en::TEXTS,
        Lang::Ko => &ko::TEXTS,
        Lang::Zh => &zh::TEXTS,
        Lang::ZhHant => &zh_hant::TEXTS,
    }
}

/// The language tag for `lang` and `hreflang`: browsers choose the font by it.
pub(super) fn html_lang(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-Hans",
        Lang::En | Lang::Ko | Lang::ZhHant => lang.tag(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_naturally() {
        let day = Date::constant(2026, 9, 8);
        let days = Lang::ALL.map(|lang| (texts(lang).date)(day));
        assert_eq!(days, ["2026年9月8日", "2026年9月8日", "September 8, 2026", "2026년 9월 8일"]);
    }

    #[test]
    fn one_article_is_not_articles() {
        assert_eq!((texts(Lang::En).found)(1), "1 article found");
        assert_eq!((texts(Lang::En).found)(2), "2 articles found");
    }
}
