//! The YAML that nearly all front matter is made of, read line by line: `key: value`, quoted
//! or not, lists in brackets or with dashes. Whatever else a block has, `None` leaves it as a
//! whole to the YAML library, which takes ten times as long.
//!
//! **Invariant:** what is read here reads the same in the library; a test compares the two.

use super::entries::{Entry, Placed, Value};
use crate::text::{self, Span};

/// Longest block in lines: the library has limits that count nodes.
const MAX_LINES: usize = 200;
/// Keys and values that YAML takes for something else than text.
const SPECIAL: [&str; 11] = ["null", "Null", "NULL", "~", "true", "false", "yes", "no", "on", "off", "y"];

/// Reads a block, if it is that plain.
pub(super) fn entries(source: &str) -> Option<Vec<Entry>> {
    if source.bytes().any(|byte| byte < b' ' && byte != b'\n') || source.contains(is_break) {
        return None;
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut lines = lines(source).peekable();
    let mut count = 0;
    while let Some((at, line)) = lines.next() {
        count += 1;
        let (key, rest) = line.split_once(':')?;
        if !rest.is_empty() && !rest.starts_with(' ') {
            return None;
        }
        if count > MAX_LINES || !is_key(key) || entries.iter().any(|entry| entry.key.0 == key) {
            return None;
        }
        let key = (key.to_owned(), Span::new(at, at + key.len()));
        let behind = at + key.1.len() + 1;
        let value = rest.trim_start_matches(' ');
        let start = behind + rest.len() - value.len();
        let value = value.trim_end_matches(' ');
        let (value, span) = if value.is_empty() {
            let mut items = Vec::new();
            let mut depth = None;
            while let Some((at, line)) =
                lines.next_if(|(_, line)| !line.starts_with(|c: char| c.is_alphabetic()))
            {
                count += 1;
                let dash = line.trim_start_matches(' ');
                let indent = line.len() - dash.len();
                let item = dash.strip_prefix("- ")?;
                if *depth.get_or_insert(indent) != indent {
                    return None;
                }
                let inner = item.trim_start_matches(' ');
                let start = at + line.len() - inner.len();
                items.push(scalar(inner.trim_end_matches(' '), start, false)?);
            }
            let span = items.first().map(|(_, span)| *span)?;
            (Value::List(items), span)
        } else if let Some(inner) = value.strip_prefix('[').and_then(|value| value.strip_suffix(']')) {
            (Value::List(list(inner, start + 1)?), Span::new(start, start + value.len()))
        } else {
            // A scalar may go on in the next line, which is indented then and no key.
            let (value, span) = scalar(value, start, false)?;
            (Value::Scalar(value), span)
        };
        // The library decides where a list may stand.
        let is_list = matches!(value, Value::List(_));
        if is_list && !LISTS.contains(&key.0.as_str()) {
            return None;
        }
        entries.push(Entry { key, value, span });
    }
    Some(entries)
}

/// Keys whose lists are read item by item: nobody asks where the list as a whole stands.
const LISTS: [&str; 7] =
    ["questions", "phrases", "tags", "related", "redirect_from", "entities", "translations"];

/// The lines with their starts, blank ones left out.
fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    source.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches('\n');
        (!line.trim_matches(' ').is_empty()).then_some((start, line))
    })
}

/// The items between brackets.
fn list(inner: &str, start: usize) -> Option<Vec<Placed>> {
    let mut items = Vec::new();
    let mut at = 0;
    if inner.trim_matches(' ').is_empty() {
        return Some(items);
    }
    loop {
        let rest = text::from(inner, at);
        let item = rest.trim_start_matches(' ');
        at += rest.len() - item.len();
        let length = match item.chars().next()? {
            quote @ ('"' | '\'') => text::from(item, 1).find(quote)? + 2,
            _ => item.find(',').unwrap_or(item.len()),
        };
        let written = text::upto(item, length).trim_end_matches(' ');
        items.push(scalar(written, start + at, true)?);
        at += length;
        let rest = text::from(inner, at).trim_start_matches(' ');
        match rest.strip_prefix(',') {
            Some(behind) => at = inner.len() - behind.len(),
            None if rest.is_empty() => return Some(items),
            None => return None,
        }
    }
}

/// A scalar on one line, without blanks around it.
fn scalar(written: &str, start: usize, in_list: bool) -> Option<Placed> {
    let span = Span::new(start, start + written.len());
    let mut chars = written.chars();
    let first = chars.next()?;
    if matches!(first, '"' | '\'') {
        let inner = text::slice(written, Span::new(1, written.len().checked_sub(1)?));
        let is_plain = chars.next_back() == Some(first) && !inner.contains(first) && !inner.contains('\\');
        return is_plain.then(|| (inner.to_owned(), span));
    }
    let is_text = !matches!(
        first,
        '-' | '?'
            | ':'
            | ','
            | '['
            | ']'
            | '{'
            | '}'
            | '#'
            | '&'
            | '*'
            | '!'
            | '|'
            | '>'
            | '%'
            | '@'
            | '`'
            | '.'
            | '='
            | '<'
            | '+'
            | '~'
    );
    let is_inner = |c: char| in_list && matches!(c, ',' | '[' | ']' | '{' | '}' | ':' | '#' | '"' | '\'');
    let is_plain = is_text
        && !written.contains(": ")
        && !written.contains(" #")
        && !written.ends_with(':')
        && !written.contains(is_inner)
        && written.trim() == written
        && !SPECIAL.contains(&written);
    is_plain.then(|| (written.to_owned(), span))
}

fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && !SPECIAL.contains(&key)
        && !matches!(key, "n")
}

/// What ends a line in some version of YAML, or is no text in it.
fn is_break(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
