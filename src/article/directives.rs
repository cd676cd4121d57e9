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

/// A notice of a kind that we do not have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    /// Where its name begins, in bytes of the body.
    pub(super) at: usize,
    pub(super) name: String,
}

/// The kind that an unknown name was probably meant to be.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let kinds = ["note", "info", "tip", "hint", "success", "important", "warning", "caution", "danger"];
    let nearest =
        kinds.into_iter().map(|kind| (strsim::osa_distance(kind, &name.to_lowercase()), kind)).min();
    nearest.filter(|(distance, _)| *distance <= 2).map(|(_, kind)| kind)
}

/// Rewrites the directive lines of a body; notices of unknown kinds are noted.
pub(super) fn rewrite(body: &str, unknown: &mut Vec<Unknown>) -> String {
    let mut out = String::with_capacity(body.len() + 64);
    let mut fence: Option<(char, usize)> = None;
    let mut at_top = true;
    let mut behind = 0;
    for line in body.split_inclusive('\n') {
        let start = behind;
        behind += line.len();
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
        if let Some(name) = kind(trimmed).filter(|name| Notice::of(&name.to_ascii_lowercase()).is_none()) {
            unknown.push(Unknown { at: start + line.find(name).unwrap_or_default(), name: name.to_owned() });
        }
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

/// The kind that a line names which opens a notice: `warning` of `:::warning 标题` and of
/// `{% hint style="warning" %}`.
fn kind(line: &str) -> Option<&str> {
    let name = if let Some(rest) = line.strip_prefix(":::") {
        let rest = rest.trim_start_matches(':').trim();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        text::upto(rest, end)
    } else {
        let tag = line.strip_prefix("{%")?.strip_suffix("%}")?.trim();
        let (_, style) = tag.strip_prefix("hint")?.split_once("style=")?;
        style.trim_matches(['"', '\'', ' '])
    };
    (!name.is_empty()).then_some(name)
}

/// The text that takes a directive line's place; `None` for any other line.
fn replacement(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix(":::") {
        let rest = rest.trim_start_matches(':').trim();
        if rest.is_empty() {
            return Some(CLOSE.to_owned());
        }
        let name = kind(line).unwrap_or_default();
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
                let style = kind(line).unwrap_or_default();
                open(Notice::of(&style.to_ascii_lowercase()).unwrap_or(Notice::Note), "")
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
        assert_eq!(rewrite(body, &mut Vec::new()), expect);
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
    fn kinds_that_we_do_not_have_are_noted() {
        let mut unknown = Vec::new();
        rewrite(
            "提\n:::warnning 小心\n:::\n```\n:::nte\n```\n{% hint style=\"wrn\" %}\n:::note\n",
            &mut unknown,
        );
        let said: Vec<_> = unknown.iter().map(|unknown| (unknown.at, nearest(&unknown.name))).collect();
        assert_eq!(said, [(7, Some("warning")), (57, None)]);
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
