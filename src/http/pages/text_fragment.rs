//! Links that show where the words stand: `#h-heading:~:text=…` (WICG, "URL fragment text
//! directives"). A browser that knows it marks the text and scrolls there; one that does not
//! find the text goes to the heading.

use percent_encoding::utf8_percent_encode;

use super::QUERY_VALUE;
use crate::index::ArticleView;
use crate::search::Hit;
use crate::text::{self, Span};

/// A shorter text is found in too many places, in characters.
const MIN: usize = 6;
/// A longer one runs over elements of the page.
const MAX: usize = 60;
/// Where a clause ends. Behind these there may be another element: a cell, a link, a sentence.
const ENDS: &str = "。！？；，、：:;,.!?·…→「」『』“”‘’\"()（）[]【】|`";

/// What is put behind the fragment of a link to a hit: the clause with its first match, if
/// the article has it only once. Otherwise nothing: the browser would go to the first. It also
/// looks into the search field, which stands above: `placeholder`.
pub(super) fn directive(article: ArticleView<'_>, hit: &Hit, placeholder: &str) -> Option<String> {
    let clause = clause(&hit.snippet.text, hit.snippet.spans.first()?)?;
    let head = [placeholder, article.title()].into_iter().chain(article.summary());
    let sections = article.sections().flat_map(|section| [section.heading(), section.text()]);
    let times: usize = head.chain(sections).map(|text| text.matches(clause).count()).sum();
    // Everything but letters and digits is encoded: `-`, `,` and `&` mean something here.
    (times == 1).then(|| {
        let encoded = utf8_percent_encode(clause, QUERY_VALUE).to_string().replace('-', "%2D");
        format!(":~:text={encoded}")
    })
}

/// The clause around a match, without the blanks at its ends.
fn clause<'a>(text: &'a str, mark: &Span) -> Option<&'a str> {
    let is_end = |c: char| ENDS.contains(c);
    let (before, after) = (text::upto(text, mark.start), text::from(text, mark.end));
    let start = before.char_indices().rfind(|(_, c)| is_end(*c)).map_or(0, |(at, c)| at + c.len_utf8());
    let end = mark.end + after.find(is_end).unwrap_or(after.len());
    let clause = text::slice(text, Span::new(start, end)).trim();
    (MIN..=MAX).contains(&clause.chars().count()).then_some(clause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_what_stands_between_its_ends() {
        for (text, word, expect) in [
            ("先看代码。状态显示失败时，币会退回。", "失败", Some("状态显示失败时")),
            (
                "Your coins return within 10 minutes, not later",
                "minutes",
                Some("Your coins return within 10 minutes"),
            ),
            ("代码 · 余额不够付手续费 · 减少数量", "余额", Some("余额不够付手续费")),
            ("见失败", "失败", None),
            ("提币", "提币", None),
        ] {
            let start = text.find(word).unwrap();
            assert_eq!(clause(text, &Span::new(start, start + word.len())), expect, "{text}");
        }
        let long = "长".repeat(61);
        assert_eq!(clause(&long, &Span::new(0, 3)), None);
    }
}
