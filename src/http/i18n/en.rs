//! English.

use super::{Message, Notices, Reasons, Script, Texts};
use crate::lang::Lang;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) static TEXTS: Texts = Texts {
    language: "English",
    language_short: "EN",
    site: "Help Center",
    date: |day| {
        let month = usize::try_from(day.month()).ok().and_then(|month| MONTHS.get(month - 1)).unwrap_or(&"");
        format!("{month} {}, {}", day.day(), day.year())
    },

    skip: "Skip to content",
    languages: "Language",
    breadcrumb: "Breadcrumb",
    home: "Home",
    contact: "Contact support",

    search: "Search",
    search_label: "Search the help articles",
    search_placeholder: "Your question or an error message",

    home_heading: "How can we help?",
    home_description: |topics| format!("Search the help articles or browse by topic: {}.", topics.join(", ")),
    topics: "Browse by topic",
    popular: "Popular articles",
    recent: "Recently updated",
    more_links: "Site links",
    feed: |site| format!("{site}: recently updated"),
    articles: |count| things(count),

    results: "Search results",
    found: |count| format!("{} found", things(count)),
    only_elsewhere: "No articles in English match. These are in other languages.",
    nothing_asked: "Type your question in your own words.",
    nothing_found: "No articles found",
    nothing_found_hint: "Try other words, or keep only the one or two that matter most.",
    question_cut: "Your question is longer than 256 characters; only the first 256 were searched for.",
    question_shortened: "Your question is very long; we searched for its most distinctive words.",
    filter: "Filter the results",
    by_topic: "Topic",
    by_language: "Language",
    all_topics: "All topics",
    nothing_in_topic: |name| format!("No articles found in “{name}”"),
    in_all_topics: |count| format!("Show {} from all topics", things(count)),
    in_other_language: |language, count| format!("{language} ({count})"),
    other_languages: "Articles in other languages",
    pages: "Pages",
    previous: "Previous",
    next: "Next",
    page_of: |page, pages| format!("Page {page} of {pages}"),

    updated: |day| format!("Updated {day}"),
    contents: "On this page",
    related: "Related articles",
    link_to_section: "Link to this section",
    untranslated: |lang| {
        format!(
            "This article is not available in English yet. You are reading the original in {}.",
            name(lang)
        )
    },
    converted: "This article was converted automatically.",
    read_original: "Read the original",
    table: "Table",
    notices: Notices {
        note: "Note",
        tip: "Tip",
        important: "Important",
        warning: "Warning",
        caution: "Caution",
    },
    unsolved: "Still not solved?",
    unsolved_hint: "Tell us what happened, and our support team will take it from there.",
    helpful_question: "Was this article helpful?",
    yes: "Yes",
    no: "No",

    empty_topic: "There is no article in English on this topic yet.",

    not_found: Message {
        heading: "Page not found",
        text: "The link may be wrong, or the article has moved. Search above, or look at the popular articles below.",
    },
    bad_request: Message {
        heading: "We could not process this request",
        text: "Part of the link is not valid. Please go to the home page and search again.",
    },
    busy: Message { heading: "We are very busy right now", text: "Please try again in a little while." },
    failed: Message {
        heading: "Something went wrong",
        text: "This is our fault, not yours. Please try again in a little while.",
    },

    script: Script {
        label: "Search the help articles",
        placeholder: "Your question or an error message",
        search: "Search",
        clear: "Clear",
        open: "Help",
        title: "Search help",
        close: "Close",
        suggestions: "Suggestions",
        results: "Results",
        searching: "Searching…",
        found_one: "{count} result",
        found_many: "{count} results",
        nothing: "No articles found",
        nothing_hint: "Try other words, or keep only the one or two that matter most.",
        see_all: "See all results for “{query}”",
        did_you_mean: "Did you mean: {query}",
        searched_instead: "Nothing matched as typed. Showing results for “{query}”",
        answer: "Answer",
        read_more: "Read the article",
        failed: "Search failed. Please try again.",
        offline: "You are offline. We will search again when you are back online.",
        retry: "Try again",
        contact: "Contact support",
        copy_link: "Copy link",
        copied: "Copied",
        more_help: "More ways to get help",
        thanks: "Thank you for telling us.",
        sorry: "Thank you for telling us. We will improve this article.",
        not_sent: "Your feedback could not be sent. Please try again.",
        topics: "Browse by topic",
        shortcut: "Press / to search",
        theme: "Appearance",
        theme_system: "System",
        theme_light: "Light",
        theme_dark: "Dark",
        reasons: Reasons {
            synonym: "Related words",
            script: "Other script",
            partial: "Partial match",
            entity: "Matched what you pasted",
            pinyin: "By pinyin",
            initials: "By initials",
            keyboard: "Keyboard layout corrected",
            typo: "Spelling corrected",
            language: "Other language",
            pinned: "Recommended",
        },
    },
};

fn things(count: usize) -> String {
    if count == 1 { "1 article".to_owned() } else { format!("{count} articles") }
}

fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::Ko => "Korean",
        Lang::Zh => "Simplified Chinese",
        Lang::ZhHant => "Traditional Chinese",
    }
}
