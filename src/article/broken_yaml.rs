//! What is wrong with a YAML block that does not parse, in an author's words: the library
//! speaks of mappings and scalars. It says where; the line there says what was meant.

use std::ops::Range;

use crate::text::{self, Span};

/// What does not parse: where in the block, why, and how to mend it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Puts into words what the library says of `range` of a block.
pub(super) fn explain(source: &str, range: Range<usize>, library: &str) -> Broken {
    let said = |message: &str, help: Option<String>| Broken {
        range: range.clone(),
        message: message.to_owned(),
        help,
    };
    let line = line_at(source, range.start);
    let has = |part: &str| library.contains(part);
    if let Some(key) = library.strip_prefix("duplicate mapping key: ") {
        let key = key.split(',').next().unwrap_or(key).trim();
        return said(&format!("`{key}` stands here twice"), Some("keep one of them".to_owned()));
    }
    if has("mapping values are not allowed") {
        return if line.starts_with(' ') {
            let help = Some("keys begin at the start of their line".to_owned());
            said("this line is indented, as if it belonged to the one above", help)
        } else {
            said("a value with a colon and a blank in it needs quotes", quoted(line))
        };
    }
    if has("tab") {
        return said("a tab: YAML is indented with blanks", Some("write blanks instead".to_owned()));
    }
    if has("unclosed bracket") {
        let help = Some("close it, or put the whole value in quotes".to_owned());
        return said("this bracket is not closed", help);
    }
    if has("multiline quoted") || has("unclosed") || has("end of stream") {
        // The library noticed it at the end; the quote stands somewhere above.
        let start = open_quote(source).unwrap_or(range.start);
        let message = "this quote is not closed".to_owned();
        return Broken {
            range: start..start + 1,
            message,
            help: Some("close it in the same line".to_owned()),
        };
    }
    if has("trailing content after") {
        let help = "put the whole value in quotes; a quote inside `'…'` is written twice, as in `'it''s'`";
        return said("something stands behind the closing quote", Some(help.to_owned()));
    }
    if has("Aliases") || (has("anchor") && !line.contains(": *")) {
        return said("references (`&name` and `*name`) are not read", None);
    }
    if text::from(source, range.start).starts_with(char::is_control) {
        return said("a control character, which no editor shows", Some("delete it".to_owned()));
    }
    let signs = ["unexpected character", "anchor", "block scalar", "scanning a tag", "misplaced bracket"];
    if signs.into_iter().any(has) || has("block sequence entries") || has("inside a block") {
        return said("a value that begins with such a sign needs quotes", quoted(line));
    }
    if has("budget breached") {
        return said("too many values, or nested too deep", None);
    }
    if line.split_once(": ").is_some_and(|(_, value)| value.trim_start().starts_with(['[', '{'])) {
        return said("something stands behind the closing bracket: such a value needs quotes", quoted(line));
    }
    if has("did not find expected key") || has("simple key expected") || has("expected mapping start") {
        let (message, help) = no_entry(line);
        return said(message, help.map(str::to_owned));
    }
    said(&format!("this is no YAML: {library}"), None)
}

/// Why a line is no entry.
fn no_entry(line: &str) -> (&'static str, Option<&'static str>) {
    if line.trim_start().starts_with('-') {
        let help = "items stand below `key:`, all indented alike";
        return ("this item belongs to no list", Some(help));
    }
    let colon = line.find([':', '：']).map(|at| text::from(line, at));
    match colon {
        Some(colon) if colon.starts_with('：') => {
            ("this line is no `key: value`: the colon is full-width", Some("write `:` and a blank"))
        }
        Some(_) => ("this line is no `key: value`", Some("a blank belongs behind the colon")),
        None => ("this line is no `key: value`", None),
    }
}

/// How an entry is written with quotes.
fn quoted(line: &str) -> Option<String> {
    let (key, value) = line.split_once(':')?;
    let value = value.trim();
    if value.contains('"') {
        return Some(format!("write `{key}: '{}'`", value.replace('\'', "''")));
    }
    Some(format!("write `{key}: \"{}\"`", value.replace('\\', "\\\\")))
}

/// The line in which a byte stands.
fn line_at(source: &str, at: usize) -> &str {
    let start = text::upto(source, at).rfind('\n').map_or(0, |newline| newline + 1);
    text::from(source, start).lines().next().unwrap_or_default()
}

/// Where the last value begins that opens with a quote which its line does not close.
fn open_quote(source: &str) -> Option<usize> {
    let mut at = 0;
    let mut open = None;
    for line in source.split_inclusive('\n') {
        let value = line.split_once(": ").map_or(line, |(_, value)| value);
        let value = value.trim_start_matches([' ', '-', '[']);
        for quote in ['"', '\''] {
            if value.starts_with(quote) && value.matches(quote).count() % 2 == 1 {
                open = Some(at + line.len() - value.len());
            }
        }
        at += line.len();
    }
    open.map(|at| text::floor(source, at))
}

/// A TOML library's words are an author's, but for what they are about.
pub(super) fn of_toml(error: &toml::de::Error) -> Broken {
    let Span { start, end } = error.span().map_or(Span::new(0, 0), |range| Span::new(range.start, range.end));
    Broken { range: start..end, message: format!("this is no TOML: {}", error.message()), help: None }
}
