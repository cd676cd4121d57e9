//! The HTML of a section as the page shows it: notices say in words what they are, and what
//! may be wider than a phone can be scrolled by keyboard, too.
//!
//! Works on the HTML that `article::render` writes, in which `<` always begins a tag.

use super::Layout;
use crate::http::i18n::{Texts, texts};
use crate::lang::Lang;
use crate::traditional;

/// Prepares a section's HTML for this page's readers.
pub(super) fn prepare(page: &Layout, html: &str, written: Lang) -> String {
    let html = if page.converts(written) { traditional::convert_html(html) } else { html.to_owned() };
    // What stands in the article speaks the article's language.
    let t = if page.converts(written) { page.t } else { texts(written) };
    let html = notices(html, t);
    html.replace("<pre>", "<pre tabindex=\"0\">")
        .replace(
            "<table>",
            &format!(
                "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table>",
                t.table
            ),
        )
        .replace("</table>", "</table></div>")
}

fn notices(html: String, t: &Texts) -> String {
    let kinds = [
        ("note", t.notices.note),
        ("tip", t.notices.tip),
        ("important", t.notices.important),
        ("warning", t.notices.warning),
        ("caution", t.notices.caution),
    ];
    kinds.into_iter().fold(html, |html, (kind, name)| {
        let start = format!("<blockquote class=\"markdown-alert-{kind}\">");
        if !html.contains(&start) {
            return html;
        }
        html.replace(&start, &format!("{start}<p class=\"notice-kind\">{name}</p>"))
    })
}
