//! One file to one [`Article`]: first who it is ([`head`]), then, when the whole site is
//! known, what it says ([`body`]).

use super::diagnostic::{Code, Diagnostic};
use super::entries::Placed;
use super::front_matter::{self, FrontMatter, Meta};
use super::links::{ArticleLink, Site, Target};
use super::{Article, Audience, NO_CATEGORY, Status, render, slug};
use crate::lang::Lang;
use crate::text::{self, Span};

/// Longest line without a warning, in bytes.
const MAX_LINE_BYTES: usize = 20 * 1024;
/// Longest title or heading in characters.
const MAX_TITLE_CHARS: usize = 300;

/// A file whose front matter has been read.
pub(super) struct Head<'a> {
    pub(super) path: &'a str,
    pub(super) source: &'a str,
    pub(super) id: String,
    pub(super) lang: Lang,
    pub(super) category: String,
    front: FrontMatter,
}

/// A parsed article with what the checks of the whole corpus need.
pub(super) struct Parsed<'a> {
    pub(super) path: &'a str,
    pub(super) source: &'a str,
    pub(super) article: Article,
    pub(super) meta: &'a Meta,
    pub(super) links: Vec<ArticleLink>,
}

impl Parsed<'_> {
    /// A mistake that is said of `span`, or of the file's beginning.
    pub(super) fn mistake(&self, code: Code, span: Option<Span>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(code, self.path, self.source, span.unwrap_or(TOP), message)
    }
}

/// The beginning of a file, where nothing in it is to blame.
const TOP: Span = Span::new(0, 0);

impl Head<'_> {
    pub(super) fn target(&self) -> Target {
        let is_public =
            self.front.meta.status == Status::Published && self.front.meta.audience == Audience::Public;
        Target { id: self.id.clone(), lang: self.lang, is_public }
    }
}

/// Reads a file's front matter and says which article it is; `None` when it cannot be read.
pub(super) fn head<'a>(path: &'a str, bytes: &'a [u8]) -> (Option<Head<'a>>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let source = match std::str::from_utf8(bytes) {
        Ok(source) => source,
        Err(error) => {
            let at = error.valid_up_to();
            let valid = String::from_utf8_lossy(bytes);
            let message = format!("byte {at} is not UTF-8");
            let diagnostic = Diagnostic::at(Code::InvalidUtf8, path, &valid, Span::new(at, at + 1), message);
            return (None, vec![diagnostic.with_help("save the file as UTF-8")]);
        }
    };
    if let Some(at) = source.find('\0') {
        let message = "the file contains a NUL character";
        return (
            None,
            vec![Diagnostic::at(Code::NulCharacter, path, source, Span::new(at, at + 1), message)],
        );
    }
    characters(path, source, &mut diagnostics);
    let front = match front_matter::parse(path, source, &mut diagnostics) {
        Ok(front) => front,
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            return (None, diagnostics);
        }
    };
    let (folder_lang, inner) = split_lang(path);
    let meta = &front.meta;
    let lang = meta
        .lang
        .or(folder_lang)
        .or_else(|| Lang::of_text(text::from(source, front.body)))
        .unwrap_or(Lang::Zh);
    let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
    let id = meta.id.clone().unwrap_or_else(|| slug::clean_id(stem));
    let category = meta.category.clone().unwrap_or_else(|| match inner.rsplit_once('/') {
        Some((folder, _)) => slug::clean_id(folder),
        None => NO_CATEGORY.to_owned(),
    });
    (Some(Head { path, source, id, lang, category, front }), diagnostics)
}

/// The language a path's first folder names, and the path without it.
pub(super) fn split_lang(path: &str) -> (Option<Lang>, &str) {
    if let Some((folder, rest)) = path.split_once('/')
        && let Some(lang) = Lang::from_tag(folder)
    {
        return (Some(lang), rest);
    }
    (None, path)
}

/// Characters that steer the direction of text, or take no room.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// A text as one line: a line break or a control character in a title would reach into
/// whatever stands beside it.
fn one_line(text: &str) -> String {
    let text = text.replace(is_invisible, "");
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Cuts a title or heading that nobody would read to its end, and says so.
pub(super) fn shorten(title: &mut String) -> Option<String> {
    if !text::first_chars(title, MAX_TITLE_CHARS).1 {
        return None;
    }
    let short = format!("{}…", text::first_chars(title, MAX_TITLE_CHARS - 1).0);
    let chars = std::mem::replace(title, short).chars().count();
    Some(format!("{chars} characters: readers see the first {}", MAX_TITLE_CHARS - 1))
}

/// Warns of invisible characters and of very long lines, once a file.
fn characters(path: &str, source: &str, diagnostics: &mut Vec<Diagnostic>) {
    let mut invisible = source.char_indices().skip(1).filter(|(_, c)| is_invisible(*c));
    if let Some((at, c)) = invisible.next() {
        let more = invisible.count();
        let others = if more == 0 { String::new() } else { format!(", and {more} more") };
        let message = format!("invisible character U+{:04X}{others}", u32::from(c));
        let span = Span::new(at, at + c.len_utf8());
        let diagnostic = Diagnostic::at(Code::InvisibleCharacter, path, source, span, message);
        diagnostics.push(diagnostic.with_help("delete it: readers cannot see it, and it is not indexed"));
    }
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        if line.len() > MAX_LINE_BYTES {
            let message = format!("a line of {} bytes", line.len());
            diagnostics.push(Diagnostic::at(Code::LongLine, path, source, Span::new(at, at + 1), message));
            return;
        }
        at += line.len();
    }
}

/// Parses the body of a file; `None` when it is nested too deep.
pub(super) fn body<'a>(head: &'a Head<'a>, site: &Site) -> (Option<Parsed<'a>>, Vec<Diagnostic>) {
    let meta = &head.front.meta;
    let rendered = match render::render(head.path, head.source, head.front.body, meta.title.as_deref(), site)
    {
        Ok(rendered) => rendered,
        Err(diagnostic) => return (None, vec![*diagnostic]),
    };
    let mut diagnostics = rendered.diagnostics;
    let titles = [meta.title.as_deref(), rendered.title.as_deref()];
    let title = titles.into_iter().flatten().map(one_line).find(|title| !title.is_empty());
    let mut title = title.unwrap_or_else(|| {
        let message = "neither a title in the front matter nor a first-level heading";
        diagnostics.push(Diagnostic::at(Code::MissingTitle, head.path, head.source, TOP, message));
        one_line(&title_of_file(head.path))
    });
    if let Some(message) = shorten(&mut title) {
        let span = meta.places.title.unwrap_or(TOP);
        diagnostics.push(Diagnostic::at(Code::LongTitle, head.path, head.source, span, message));
    }
    let ids = |placed: &[Placed]| placed.iter().map(|(id, _)| id.clone()).collect();
    let article = Article {
        id: head.id.clone(),
        lang: head.lang,
        title,
        category: head.category.clone(),
        summary: meta.summary.clone(),
        questions: meta.questions.iter().map(|question| one_line(question)).collect(),
        phrases: meta.phrases.iter().map(|phrase| one_line(phrase)).collect(),
        tags: meta.tags.clone(),
        updated: meta.updated.map(|(date, _)| date),
        status: meta.status,
        audience: meta.audience,
        related: ids(&meta.related),
        redirect_from: ids(&meta.redirect_from),
        order: meta.order,
        entities: meta.entities.clone(),
        pins: Vec::new(),
        sections: rendered.sections,
    };
    (Some(Parsed { path: head.path, source: head.source, article, meta, links: rendered.links }), diagnostics)
}

/// A file name as a title: without extension, `-` and `_` as blanks; a folder's own page
/// (`README`, `index`) takes the folder's name.
fn title_of_file(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let mut parts = stem.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let name = match name.to_ascii_lowercase().as_str() {
        "readme" | "index" => parts.next().unwrap_or(name),
        _ => name,
    };
    let title = name.replace(['-', '_'], " ").trim().to_owned();
    if title.is_empty() { name.to_owned() } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, source: &str, expect: (&str, Lang, &str, &str)) {
        let (parsed_head, diagnostics) = head(path, source.as_bytes());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let parsed_head = parsed_head.unwrap();
        let (parsed, _) = body(&parsed_head, &Site::default());
        let article = parsed.unwrap().article;
        let (id, lang, category, title) = expect;
        assert_eq!(
            (article.id.as_str(), article.lang, article.category.as_str(), article.title.as_str()),
            (id, lang, category, title)
        );
    }

    #[test]
    fn who_an_article_is() {
        check(
            "zh/withdrawal/fail.md",
            "# 提币失败\n",
            ("withdrawal/fail", Lang::Zh, "withdrawal", "提币失败"),
        );
        check("zh_TW/a/b/c d.md", "x", ("a/b/c-d", Lang::ZhHant, "a/b", "c d"));
        check("faq.md", "비밀번호를 잊었어요", ("faq", Lang::Ko, "general", "faq"));
        check("guide/README.md", "Welcome home", ("guide/readme", Lang::En, "guide", "guide"));
        check("如何 提币.md", "", ("如何-提币", Lang::Zh, "general", "如何 提币"));
        check(
            "en/a/b.md",
            "---\nid: x\nlang: ko\ncategory: c\ntitle: T\n---\n# H\n",
            ("x", Lang::Ko, "c", "T"),
        );
        check("en/a/b.md", "# First\n\n# Second\n", ("a/b", Lang::En, "a", "First"));
        check("en/a/b.md", "---\ntitle: |\n  two\n  lines\n---\n", ("a/b", Lang::En, "a", "two lines"));
        check("en/a/b.md", "---\ntitle: \"a\\e[31m\\0b\"\n---\n", ("a/b", Lang::En, "a", "a [31m b"));
        check("en/a/b.md", "---\ntitle: \"\\u200b\"\n---\n# H\n", ("a/b", Lang::En, "a", "H"));
    }

    #[test]
    fn unreadable_files_are_errors() {
        for (bytes, code) in [(&b"a\xff"[..], Code::InvalidUtf8), (b"a\0b", Code::NulCharacter)] {
            let (head, diagnostics) = head("a.md", bytes);
            assert!(head.is_none());
            assert_eq!(diagnostics[0].code, code);
        }
        let deep = "> ".repeat(200) + "x";
        let (parsed_head, _) = head("a.md", deep.as_bytes());
        let (parsed, diagnostics) = body(parsed_head.as_ref().unwrap(), &Site::default());
        assert!(parsed.is_none());
        assert_eq!(diagnostics[0].code, Code::NestingTooDeep);
    }

    #[test]
    fn odd_characters_are_named_once() {
        let source = format!("a\u{202e}b\u{200b}\n{}\n", "x".repeat(30_000));
        let (_, diagnostics) = head("a.md", source.as_bytes());
        let messages: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "a.md:1:2: warning[invisible-character]: invisible character U+202E, and 1 more",
                "a.md:2:1: warning[long-line]: a line of 30001 bytes"
            ]
        );
    }
}
