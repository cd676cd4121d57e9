//! Front matter keys: those with a meaning, and what others are to us: the keys of other
//! generators, slips, and above all whatever was meant to keep an article from the public.

use jiff::civil::Date;

/// The keys with a meaning.
pub(super) const KEYS: [&str; 17] = [
    "id",
    "title",
    "lang",
    "category",
    "summary",
    "questions",
    "phrases",
    "tags",
    "updated",
    "review_by",
    "status",
    "audience",
    "related",
    "redirect_from",
    "order",
    "translations",
    "entities",
];

/// What other generators call it, without `_` and `-`, and what to write instead.
const OTHER_NAMES: [(&[&str], &str); 11] = [
    (&["description", "excerpt", "abstract", "subtitle", "intro"], "ours is `summary`"),
    (&["keywords", "keyword", "labels", "topics"], "ours is `tags`"),
    (&["aliases", "alias", "redirects", "redirect", "redirectfroms"], "ours is `redirect_from`"),
    (&["language", "locale"], "ours is `lang`"),
    (&["slug", "permalink", "url"], "ours is `id`, with the category: `withdrawal/withdraw-failed`"),
    (&["categories", "section"], "ours is `category`, one for an article"),
    (&["date", "lastmod", "modified", "lastmodified", "lastupdate", "updatedat"], "ours is `updated`"),
    (&["weight", "sidebarposition", "navorder", "position", "priority"], "ours is `order`"),
    (&["seealso"], "ours is `related`"),
    (&["faq", "synonyms"], "ours are `questions` and `phrases`"),
    (
        &["publishdate", "publishat", "scheduled", "expirydate", "unpublishdate"],
        "nothing is published or withdrawn by date: `status: draft` keeps an article from the public",
    ),
];

/// What a key that is not ours says about who may read the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    /// Everybody.
    Shown,
    /// Nobody, or staff: what to write instead.
    Hidden(&'static str),
    /// Something was meant that cannot be read: the key it belongs to.
    Unclear(&'static str),
}

const TRUE: [&str; 6] = ["true", "yes", "on", "1", "是", "예"];
const FALSE: [&str; 6] = ["false", "no", "off", "0", "否", "아니오"];
const SHOWN: [&str; 8] = ["published", "public", "everyone", "all", "live", "已发布", "公开", "게시"];
const HIDDEN: [&str; 9] =
    ["draft", "private", "staff", "internal", "hidden", "unlisted", "unpublished", "草稿", "초안"];

/// Reads a key that is about who may read the article, though it is not called so by us.
/// `None` for keys about something else. `value` is `None` where it is no single value.
pub(super) fn visibility(key: &str, value: Option<&str>) -> Option<Visibility> {
    use Visibility::{Hidden, Shown, Unclear};
    const DRAFT: &str = "status: draft";
    const STAFF: &str = "audience: staff";
    let key = plain(key);
    let value = value.map(str::to_lowercase);
    let is = |words: &[&str]| value.as_deref().is_some_and(|value| words.contains(&value));
    let flag = |hides: &[&str], shows: &[&str], instead, ours| {
        Some(if is(hides) {
            Hidden(instead)
        } else if is(shows) {
            Shown
        } else {
            Unclear(ours)
        })
    };
    match key.strip_prefix("is").unwrap_or(&key) {
        "draft" | "草稿" | "초안" => flag(&TRUE, &FALSE, DRAFT, "status"),
        // Some write the day here.
        "published" if value.as_deref().is_some_and(|value| date(value).is_some()) => Some(Shown),
        "published" | "publish" => flag(&FALSE, &TRUE, DRAFT, "status"),
        "public" | "公开" | "公開" | "공개" => flag(&FALSE, &TRUE, STAFF, "audience"),
        "private" | "internal" | "hidden" | "unlisted" => flag(&TRUE, &FALSE, STAFF, "audience"),
        "state" => flag(&HIDDEN, &SHOWN, DRAFT, "status"),
        "visibility" | "access" => flag(&HIDDEN, &SHOWN, STAFF, "audience"),
        _ => {
            let ours = slip_of_visibility(&key)?;
            // What was certainly not meant to hide anything hides nothing.
            Some(if is(&SHOWN) { Shown } else { Unclear(ours) })
        }
    }
}

/// `status` or `audience`, if `key` looks like a slip of it.
fn slip_of_visibility(key: &str) -> Option<&'static str> {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    if strsim::osa_distance(key, "status") <= 1
        || letters(key) == letters("status")
        || matches!(key, "状态" | "狀態" | "상태")
    {
        return Some("status");
    }
    let is_audience =
        strsim::osa_distance(key, "audience") <= 2 || matches!(key, "受众" | "受眾" | "读者" | "대상");
    is_audience.then_some("audience")
}

/// What to write instead of a key that is not read.
pub(super) fn instead(key: &str) -> Option<String> {
    let known = plain(key);
    if let Some((_, help)) = OTHER_NAMES.iter().find(|(names, _)| names.contains(&known.as_str())) {
        return Some((*help).to_owned());
    }
    let lower = key.to_lowercase();
    let allowed = if lower.chars().count() < 6 { 1 } else { 2 };
    let nearest = KEYS.iter().map(|ours| (strsim::osa_distance(ours, &lower), ours)).min();
    let (_, ours) = nearest.filter(|(distance, _)| *distance <= allowed)?;
    Some(format!("did you mean `{ours}`?"))
}

/// A key as it is compared: `is_Draft` and `isDraft` are one.
fn plain(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// A date, or the date of a timestamp.
pub(super) fn date(value: &str) -> Option<Date> {
    let day = value.split(['T', 't', ' ']).next()?;
    day.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Visibility::{Hidden, Shown, Unclear};
    use super::*;

    #[test]
    fn what_other_generators_write_is_understood() {
        for (key, value, expect) in [
            ("draft", "true", Some(Hidden("status: draft"))),
            ("isDraft", "True", Some(Hidden("status: draft"))),
            ("draft", "false", Some(Shown)),
            ("draft", "maybe", Some(Unclear("status"))),
            ("published", "false", Some(Hidden("status: draft"))),
            ("published", "2026-01-01T10:00:00Z", Some(Shown)),
            ("private", "yes", Some(Hidden("audience: staff"))),
            ("visibility", "staff", Some(Hidden("audience: staff"))),
            ("visibility", "partners", Some(Unclear("audience"))),
            ("state", "draft", Some(Hidden("status: draft"))),
            ("stauts", "draft", Some(Unclear("status"))),
            ("Status", "draft", Some(Unclear("status"))),
            ("Status", "Published", Some(Shown)),
            ("audence", "staff", Some(Unclear("audience"))),
            ("Audience ", "staff", Some(Unclear("audience"))),
            ("状态", "草稿", Some(Unclear("status"))),
            ("tags", "draft", None),
            ("author", "x", None),
            ("static", "true", None),
        ] {
            assert_eq!(visibility(key, Some(value)), expect, "{key}: {value}");
        }
        assert_eq!(visibility("draft", None), Some(Unclear("status")));
    }

    #[test]
    fn what_is_not_read_is_called_by_our_name() {
        for (key, expect) in [
            ("description", Some("ours is `summary`")),
            ("sidebar_position", Some("ours is `order`")),
            ("titel", Some("did you mean `title`?")),
            ("Title", Some("did you mean `title`?")),
            ("layout", None),
        ] {
            assert_eq!(instead(key).as_deref(), expect, "{key}");
        }
    }
}
