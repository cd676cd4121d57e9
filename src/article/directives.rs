//! Lines that Markdown dialects use for notices: `:::note` … `:::` (Docusaurus, MkDocs-like)
//! and `{% hint style="info" %}` … `{% endhint %}` (GitBook), plus lines that only steer
//! another generator (`{% tabs %}`, `{{< shortcode >}}`, MDX `import`).
//!
//! A notice line is replaced by an HTML comment, which Markdown passes through as a block of
//! its own; the other lines become blank. Lines keep their number, so that places in
//! diagnostics stay right. Fenced code is left alone.

use crate::text;

/// The comment that stands for the opening of a notice; the kind follows.
const OPEN: &str = "<!--jieda-notice-";
/// The comment that stands for its end.
const CLOSE: &str = "<!--jieda-notice-end-->";

/// What a comment in rewritten Markdown stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    Open(Notice),
    Close,
}

/// The kinds of notices, by how urgent they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

impl Notice {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "note" | "info" | "notes" => Self::Note,
            "tip" | "success" | "hint" => Self::Tip,
            "important" => Self::Important,
            "warning" | "warn" => Self::Warning,
            "caution" | "danger" => Self::Caution,
            _ => return None,
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
            Self::Warning => "warning",
            Self::Caution => "caution",
        }
    }
}

/// Rewrites the directive lines of a body.
pub(super) fn rewrite(body: &str) -> String {
    let mut out = String::with_capacity(body.len() + 64);
    let mut fence: Option<(char, usize)> = None;
    let mut at_top = true;
    for line in body.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some((mark, length)) = fence {
            let run = trimmed.chars().take_while(|c| *c == mark).count();
            if run >= length && trimmed.chars().all(|c| c == mark) {
                fence = None;
            }
            out.push_str(line);
            continue;
        }
        if let Some(opened) = opens_fence(trimmed) {
            fence = Some(opened);
            at_top = false;
            out.push_str(line);
            continue;
        }
        let is_import = at_top && is_mdx_import(trimmed);
        at_top = at_top && (trimmed.is_empty() || is_import);
        match replacement(trimmed) {
            Some(new) => replace(&mut out, line, &new),
            None if is_import => replace(&mut out, line, ""),
            None => out.push_str(line),
        }
    }
    out
}

/// The directive for which a comment in rewritten Markdown stands, with the notice's title.
pub(super) fn directive(html: &str) -> Option<(Directive, &str)> {
    let html = html.trim();
    if html == CLOSE {
        return Some((Directive::Close, ""));
    }
    let inner = html.strip_prefix(OPEN)?.strip_suffix("-->")?;
    let (name, title) = inner.split_once(':').unwrap_or((inner, ""));
    Some((Directive::Open(Notice::of(name)?), title))
}

fn opens_fence(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    let info = text::from(line, length);
    (length >= 3 && !(mark == '`' && info.contains('`'))).then_some((mark, length))
}

fn is_mdx_import(line: &str) -> bool {
    line.starts_with("import ") && (line.contains(" from '") || line.contains(" from \""))
        || line.starts_with("import '")
        || line.starts_with("import \"")
}

/// The text that takes a directive line's place; `None` for any other line.
fn replacement(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix(":::") {
        let rest = rest.trim_start_matches(':').trim();
        if rest.is_empty() {
            return Some(CLOSE.to_owned());
        }
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let title = text::from(rest, name.len()).trim().trim_start_matches('[').trim_end_matches(']');
        // A container of unknown kind is a notice too: its end looks like any other.
        let notice = Notice::of(&name.to_ascii_lowercase()).unwrap_or(Notice::Note);
        return (!name.is_empty()).then(|| open(notice, title));
    }
    if let Some(tag) =
        line.strip_prefix("{%").and_then(|rest| rest.strip_suffix("%}")).filter(|tag| !tag.contains("%}"))
    {
        let tag = tag.trim();
        let name = tag.split_whitespace().next().unwrap_or_default();
        return Some(match name {
            "hint" => {
                let style =
                    tag.split_once("style=").map_or("", |(_, style)| style.trim_matches(['"', '\'', ' ']));
                open(Notice::of(style).unwrap_or(Notice::Note), "")
            }
            "endhint" => CLOSE.to_owned(),
            _ => String::new(),
        });
    }
    let shortcode =
        line.starts_with("{{<") && line.ends_with(">}}") || line.starts_with("{{%") && line.ends_with("%}}");
    shortcode.then(String::new)
}

fn open(notice: Notice, title: &str) -> String {
    // A comment must not end inside the title.
    let title = title.replace("--", "\u{2013}").replace('>', "");
    let separator = if title.is_empty() { "" } else { ":" };
    format!("{OPEN}{}{separator}{title}-->", notice.name())
}

/// Writes `new` in place of the text of `line`, keeping its indentation and its line end.
fn replace(out: &mut String, line: &str, new: &str) {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let end = line.len() - line.trim_end_matches(['\n', '\r']).len();
    out.push_str(text::upto(line, indent.min(line.len() - end)));
    out.push_str(new);
    out.push_str(text::from(line, line.len() - end));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expect: &str) {
        assert_eq!(rewrite(body), expect);
    }

    #[test]
    fn notices_become_comments() {
        check(":::note 标题\n正文\n:::\n", "<!--jieda-notice-note:标题-->\n正文\n<!--jieda-notice-end-->\n");
        check(
            "  {% hint style=\"warning\" %}\n  小心\n  {% endhint %}",
            "  <!--jieda-notice-warning-->\n  小心\n  <!--jieda-notice-end-->",
        );
        check(":::tabs\n", "<!--jieda-notice-note-->\n");
    }

    #[test]
    fn lines_that_steer_another_generator_are_blank() {
        check("{% tabs %}\r\ntext\n{{< copyable \"sql\" >}}\n", "\r\ntext\n\n");
        check(
            "import Tabs from '@theme/Tabs';\n\n# Title\nimport x from 'y'\n",
            "\n\n# Title\nimport x from 'y'\n",
        );
    }

    #[test]
    fn code_is_left_alone() {
        check("```\n:::note\n~~~\n```\n:::\n", "```\n:::note\n~~~\n```\n<!--jieda-notice-end-->\n");
        check("see {% raw %} inline", "see {% raw %} inline");
    }

    #[test]
    fn comments_are_read_back() {
        assert_eq!(directive("<!--jieda-notice-tip:A–B-->\n"), Some((Directive::Open(Notice::Tip), "A–B")));
        assert_eq!(directive(&open(Notice::Note, "a --> b")), Some((Directive::Open(Notice::Note), "a – b")));
        assert_eq!(directive(CLOSE), Some((Directive::Close, "")));
        assert_eq!(directive("<!-- other -->"), None);
    }
}
