//! Markdown that its author meant and the parser did not: readers see brackets, `##` and bars.
//! Only what is read as text is looked at, so that code is not.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::text::{self, Span};

/// What readers would see as it is written, and how to mend it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Garbled {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: &'static str,
}

const ADDRESS: &str = "put the address between `<` and `>`, or write `%20` for each blank";
const BRACKETS: &str = "write `(` and `)`, not full-width brackets";
const REFERENCE: &str = "write `[text](address)`, or define the reference: `[name]: address`";
const FOOTNOTE: &str = "define it: `[^name]: text`";
const HEADING: &str = "write a blank behind the `#`";
const NOTICE: &str = "notices are NOTE, TIP, IMPORTANT, WARNING and CAUTION, alone in their line";
const TABLE: &str =
    "write `| --- | --- |` below the first row, with as many columns, and an empty line above it";

/// Bytes in front of a stretch that are looked at, and brackets in one: a line may be as long as
/// its file, and looking must not take its length squared.
const MAX_BEFORE: usize = 500;
const MAX_BRACKETS: usize = 100;

/// The stretches of a body that are read as text, neighbors joined.
#[derive(Default)]
pub(super) struct Prose {
    stretches: Vec<Span>,
    in_code: bool,
}

impl Prose {
    /// Takes note of what the parser has read; a paragraph can be told at once.
    pub(super) fn note(&mut self, event: &Event<'_>, span: Span, markdown: &str) -> Option<Garbled> {
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Start(Tag::Paragraph) => return table(markdown, span),
            Event::Text(_) if !self.in_code => match self.stretches.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                _ => self.stretches.push(span),
            },
            _ => {}
        }
        None
    }

    /// Looks through all of it, one finding for each stretch at most.
    pub(super) fn look(&self, markdown: &str) -> Vec<Garbled> {
        self.stretches.iter().filter_map(|span| stretch(markdown, *span)).collect()
    }
}

fn stretch(markdown: &str, span: Span) -> Option<Garbled> {
    let text = text::slice(markdown, span);
    if !text.contains(['[', ']', '#']) {
        return None;
    }
    let before = text::slice(markdown, Span::new(span.start.saturating_sub(MAX_BEFORE), span.start));
    let line_before = text::from(before, before.rfind('\n').map_or(0, |newline| newline + 1));
    if line_before.ends_with('\\') {
        return None;
    }
    heading(markdown, text, line_before, span)
        .or_else(|| notice(text, line_before, span))
        .or_else(|| link(text, line_before, span))
}

/// `##Heading`.
fn heading(markdown: &str, text: &str, line_before: &str, span: Span) -> Option<Garbled> {
    let signs = text.bytes().take_while(|byte| *byte == b'#').count();
    let rest = text::from(text, signs);
    let is_first = line_before.chars().all(|c| matches!(c, ' ' | '>'));
    let is_meant = is_first
        && match signs {
            // A single sign may be a hashtag or a number: only where nothing else stands around it.
            1 => {
                let alone = |side: Option<&str>| side.is_none_or(|line| line.trim().is_empty());
                let start = span.start - line_before.len();
                let above = text::upto(markdown, start.saturating_sub(1));
                let is_alone = alone(above.rsplit('\n').next())
                    && alone(text::from(markdown, span.end).lines().nth(1))
                    && alone(text::from(markdown, span.end).lines().next());
                is_alone && rest.starts_with(char::is_alphabetic) && !rest.contains('#')
            }
            2..=6 => rest.starts_with(char::is_alphanumeric),
            _ => false,
        };
    is_meant.then(|| Garbled {
        span,
        message: "this is shown as text with its `#`, not as a heading".to_owned(),
        help: HEADING,
    })
}

/// `> [!WARN]`, or a known kind with something behind it.
fn notice(text: &str, line_before: &str, span: Span) -> Option<Garbled> {
    let is_quote = line_before.contains('>') && line_before.chars().all(|c| matches!(c, ' ' | '>'));
    let (kind, _) = text.strip_prefix("[!")?.split_once(']')?;
    let is_kind = is_quote && !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_kind.then(|| Garbled {
        span: Span::new(span.start, span.start + kind.len() + 3),
        message: format!("`[!{kind}]` is shown as text, not as a notice"),
        help: NOTICE,
    })
}

/// `[text](my file.md)`, `[text]（file.md）`, `[text][nowhere]`, `[^nowhere]`.
fn link(text: &str, line_before: &str, span: Span) -> Option<Garbled> {
    let found = |start: usize, end: usize, message: String, help| {
        Some(Garbled { span: Span::new(span.start + start, span.start + end), message, help })
    };
    for (close, _) in text.match_indices(']').take(MAX_BRACKETS) {
        let before = text::upto(text, close);
        let behind = text::from(text, close + 1);
        let open = before.rfind('[');
        if before.ends_with('\\') || (open.is_none() && !line_before.contains('[')) {
            continue;
        }
        let open = open.unwrap_or_default();
        // `list[i][j]`, `regex[^a]`: no links.
        let is_index = text::upto(text, open).ends_with(|c: char| c.is_ascii_alphanumeric());
        let label = text::slice(text, Span::new(open, close + 1));
        if let Some(name) = label.strip_prefix("[^").and_then(|label| label.strip_suffix(']'))
            && !is_index
            && !name.is_empty()
            && name.chars().all(char::is_alphanumeric)
        {
            return found(open, close + 1, format!("there is no footnote `{label}`"), FOOTNOTE);
        }
        for (bracket, end, help) in [('(', ')', ADDRESS), ('（', '）', BRACKETS)] {
            let Some((address, _)) = behind.strip_prefix(bracket).and_then(|rest| rest.split_once(end))
            else {
                continue;
            };
            let is_address = address.contains(".md") || address.contains('/') || is_image(address);
            if is_address && (bracket == '（' || address.contains(char::is_whitespace)) {
                let end = close + 1 + bracket.len_utf8() + address.len() + end.len_utf8();
                let message = format!("the link to `{address}` is shown as text");
                return found(open, end, message, help);
            }
        }
        if let Some((name, _)) = behind.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && !is_index
            && !name.trim().is_empty()
            && !name.contains('[')
            && label.len() > 2
        {
            let message = format!("there is no reference `[{name}]`: this is shown as text");
            return found(open, close + name.len() + 3, message, REFERENCE);
        }
    }
    None
}

fn is_image(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"].iter().any(|extension| lower.ends_with(extension))
}

/// Rows of a table in a paragraph, which has none.
fn table(markdown: &str, paragraph: Span) -> Option<Garbled> {
    let mut at = paragraph.start;
    let mut row: Option<Span> = None;
    for line in text::slice(markdown, paragraph).split_inclusive('\n') {
        let inner = line.trim_start_matches([' ', '>']).trim_end();
        let start = at + line.find(inner).unwrap_or_default();
        let is_row = inner.len() > 2 && inner.starts_with('|') && inner.ends_with('|');
        match (is_row, row) {
            (true, Some(first)) => {
                let message = "these rows are shown as text, not as a table".to_owned();
                return Some(Garbled { span: first, message, help: TABLE });
            }
            (true, None) => row = Some(Span::new(start, start + inner.len())),
            _ => row = None,
        }
        at += line.len();
    }
    None
}
