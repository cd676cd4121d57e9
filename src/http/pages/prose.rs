//! The HTML of a section as the page shows it: notices say in words what they are, what may be
//! wider than a phone can be scrolled by keyboard, too, and nothing is styled in place, which
//! our own policy would stop.
//!
//! Works on the HTML that `article::render` writes, in which `<` always begins a tag.

use super::Layout;
use crate::http::i18n::{Texts, texts};
use crate::lang::Lang;
use crate::traditional;

/// The longest code that a cell of a table may keep on one line.
const MAX_WHOLE: usize = 16;

/// Prepares a section's HTML for this page's readers.
pub(super) fn prepare(page: &Layout, html: &str, written: Lang) -> String {
    let html = if page.converts(written) { traditional::convert_html(html) } else { html.to_owned() };
    // What stands in the article speaks the article's language.
    let t = if page.converts(written) { page.t } else { texts(written) };
    let html = pictures(&whole_cells(&aligned(notices(html, t))));
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

/// The rows of its tables that have a cell about what looks like a code in the question; all of a
/// table in which there is none.
pub(super) fn asked_rows(html: &str, question: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let codes = question.split(|c| !is_part(c)).filter(|word| word.len() > 2);
    let codes = codes.filter(|word| word.contains(|c: char| c.is_ascii_digit()));
    let cells: Vec<String> = codes.map(|code| format!(">{}<", code.to_ascii_lowercase())).collect();
    let mut parts = html.split("<tbody>");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (rows, rest) = part.split_once("</tbody>").unwrap_or((part, ""));
        let is_asked = |row: &&str| {
            let row = row.to_ascii_lowercase();
            cells.iter().any(|cell| row.contains(cell))
        };
        let asked: String = rows.split_inclusive("</tr>").filter(is_asked).collect();
        let rows = if asked.is_empty() { rows } else { asked.as_str() };
        shown.push_str(&format!("<tbody>{rows}</tbody>{rest}"));
    }
    shown
}

/// How a column is aligned, by classes.
fn aligned(html: String) -> String {
    if !html.contains(" style=\"") {
        return html;
    }
    let cells =
        ["th", "td"].into_iter().flat_map(|cell| ["left", "center", "right"].map(|side| (cell, side)));
    cells.fold(html, |html, (cell, side)| {
        html.replace(
            &format!("<{cell} style=\"text-align: {side}\">"),
            &format!("<{cell} class=\"align-{side}\">"),
        )
    })
}

/// A cell that is one code (TRC-20) is not broken at its hyphen.
fn whole_cells(html: &str) -> String {
    let mut parts = html.split("<td>");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.split_once("</td>").map(|(cell, _)| cell);
        let is_code = |cell: &str| {
            cell.len() <= MAX_WHOLE
                && cell.contains('-')
                && cell.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
        };
        shown.push_str(if code.is_some_and(is_code) { "<td class=\"whole\">" } else { "<td>" });
        shown.push_str(part);
    }
    shown
}

/// An image with lines of its own is a picture; in a line it is a sign that the words speak of.
fn pictures(html: &str) -> String {
    let mut parts = html.split("<img ");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let begins = shown.is_empty() || ["<p>", "<li>", "\n"].iter().any(|start| shown.ends_with(start));
        let ends = part.split_once("/>").is_some_and(|(_, rest)| {
            rest.is_empty() || ["</p>", "</li>", "\n", "<br />"].iter().any(|end| rest.starts_with(end))
        });
        shown.push_str(if begins && ends { "<img class=\"picture\" " } else { "<img " });
        shown.push_str(part);
    }
    shown
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_styled_in_place() {
        let html = "<th style=\"text-align: left\">a</th><td style=\"text-align: right\">b</td>";
        let expect = "<th class=\"align-left\">a</th><td class=\"align-right\">b</td>";
        assert_eq!(aligned(html.to_owned()), expect);
        let text = "<p>&lt;td style=\"text-align: right\"&gt;</p>";
        assert_eq!(aligned(text.to_owned()), text);
    }

    #[test]
    fn a_code_is_not_broken() {
        let html = whole_cells("<td>TRC-20</td><td>well-known to all</td><td>a</td><td>-<b>x</b></td>");
        assert_eq!(
            html,
            "<td class=\"whole\">TRC-20</td><td>well-known to all</td><td>a</td><td>-<b>x</b></td>"
        );
    }

    #[test]
    fn an_image_with_lines_of_its_own_is_a_picture() {
        for (html, is_picture) in [
            ("<p><img src=\"/media/a.png\" alt=\"A\" /></p>", true),
            ("<li>Save:\n<img src=\"/media/a.png\" alt=\"A\" /></li>", true),
            ("<p>Press <img src=\"/media/a.png\" alt=\"A\" /> here</p>", false),
            ("<p><img src=\"/media/a.png\" alt=\"A\" /> is the sign</p>", false),
            ("<p>Press <img src=\"/media/a.png\" alt=\"A\" /></p>", false),
        ] {
            assert_eq!(pictures(html).contains("class=\"picture\""), is_picture, "{html}");
        }
    }

    #[test]
    fn a_code_leads_to_its_row() {
        let row = |code: &str| format!("<tr><td><code>{code}</code></td><td>x</td></tr>\n");
        let table = |rows: &[String]| format!("<p>a</p><table><tbody>\n{}</tbody></table>", rows.concat());
        let html = table(&[row("WD-201"), row("WD-205"), row("WD-2050")]);
        let shown = asked_rows(&html, "提币失败\n错误代码 wd-205，怎么办");
        assert!(
            shown.contains("WD-205<") && !shown.contains("WD-201") && !shown.contains("WD-2050"),
            "{shown}"
        );
        for question in ["提币失败", "WD-999", "x 1", ""] {
            assert_eq!(asked_rows(&html, question), html, "{question}");
        }
    }
}
