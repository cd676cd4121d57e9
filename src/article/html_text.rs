//! Raw HTML in Markdown, read as text: known tags are dropped and their text kept, `script`
//! and `style` go with their content, comments go, and what only looks like a tag
//! (`<your-address>`) stays as it is.

use crate::text::{self, Span};

/// A piece of raw HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text to keep, entities decoded.
    Text(String),
    /// The edge of a block element or a `<br>`: words on either side do not touch.
    Break,
    /// An image with its address and its alternative text.
    Image { src: String, alt: String },
}

/// Reads raw HTML that may come in several pieces (a tag can open in one and close in another).
#[derive(Default)]
pub(super) struct HtmlReader {
    /// Inside an element whose content is dropped, its name.
    skipping: Option<&'static str>,
    in_comment: bool,
}

/// Elements whose content is no text.
const DROPPED: [&str; 5] = ["script", "style", "template", "iframe", "noscript"];

/// Elements that end a line.
const BLOCKS: [&str; 45] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Elements within a line, and those without text.
const INLINES: [&str; 76] = [
    "a", "abbr", "acronym", "animate", "applet", "area", "audio", "b", "base", "bdi", "bdo", "big", "body",
    "button", "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed",
    "font", "frame", "frameset", "g", "head", "hgroup", "i", "img", "input", "ins", "kbd", "label", "legend",
    "link", "map", "mark", "math", "meta", "meter", "object", "optgroup", "output", "param", "path",
    "picture", "progress", "q", "rp", "rt", "ruby", "s", "samp", "select", "slot", "small", "source", "span",
    "strike", "strong", "sub", "sup", "svg", "textarea", "time", "title", "track", "tt", "u", "var", "video",
    "wbr",
];

impl HtmlReader {
    /// Whether what comes next is dropped: plain text between `<script>` and `</script>` too.
    pub(super) fn is_dropping(&self) -> bool {
        self.skipping.is_some() || self.in_comment
    }

    /// Reads one piece of raw HTML.
    pub(super) fn read(&mut self, html: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut kept = String::new();
        let mut at = 0;
        while at < html.len() {
            let rest = text::from(html, at);
            if self.in_comment {
                match rest.find("-->") {
                    Some(end) => {
                        self.in_comment = false;
                        at += end + 3;
                    }
                    None => break,
                }
                continue;
            }
            if let Some(name) = self.skipping {
                match find_closing(rest, name) {
                    Some(end) => {
                        self.skipping = None;
                        at += end;
                    }
                    None => break,
                }
                continue;
            }
            let Some(open) = rest.find('<') else {
                kept.push_str(rest);
                break;
            };
            kept.push_str(text::upto(rest, open));
            at += open;
            let rest = text::from(html, at);
            if rest.starts_with("<!--") {
                self.in_comment = true;
                at += 4;
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                at += rest.find('>').map_or(rest.len(), |end| end + 1);
            } else {
                at += self.tag(rest, &mut kept, &mut pieces);
            }
        }
        flush(&mut kept, &mut pieces);
        pieces
    }

    /// Reads what starts with `<`; returns how many bytes were used.
    fn tag(&mut self, rest: &str, kept: &mut String, pieces: &mut Vec<Piece>) -> usize {
        let Some(tag) = Tag::parse(rest) else {
            kept.push('<');
            return 1;
        };
        let name = tag.name.to_ascii_lowercase();
        if name == "img" || name == "image" {
            flush(kept, pieces);
            pieces.push(Piece::Image { src: tag.attribute("src"), alt: tag.attribute("alt") });
        } else if let Some(dropped) = DROPPED.iter().find(|dropped| **dropped == name) {
            if !tag.closing && !tag.self_closing {
                self.skipping = Some(dropped);
            }
        } else if BLOCKS.contains(&name.as_str()) {
            flush(kept, pieces);
            pieces.push(Piece::Break);
        } else if !INLINES.contains(&name.as_str()) && !tag.is_component() {
            kept.push_str(text::upto(rest, tag.length));
        }
        tag.length
    }
}

/// A tag at the start of a text.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    closing: bool,
    self_closing: bool,
    length: usize,
}

impl<'a> Tag<'a> {
    fn parse(rest: &'a str) -> Option<Self> {
        let inner = text::from(rest, 1);
        let closing = inner.starts_with('/');
        let start = 1 + usize::from(closing);
        let name_length = text::from(rest, start)
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | ':'))
            .unwrap_or(rest.len() - start);
        let name = text::slice(rest, Span::new(start, start + name_length));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let after = start + name_length;
        let end = after + tag_end(text::from(rest, after))?;
        let attributes = text::slice(rest, Span::new(after, end));
        let self_closing = attributes.ends_with('/');
        Some(Self { name, attributes, closing, self_closing, length: end + 1 })
    }

    /// A component of MDX or Vue: `CamelCase`, or anything with `key="value"` or ` />`.
    fn is_component(&self) -> bool {
        let camel = self.name.starts_with(|c: char| c.is_ascii_uppercase())
            && self.name.contains(|c: char| c.is_ascii_lowercase())
            && self.name.bytes().all(|b| b.is_ascii_alphanumeric());
        camel || self.attributes.contains("=\"") || self.attributes.contains("={") || self.self_closing
    }

    /// The value of an attribute, or an empty string.
    fn attribute(&self, wanted: &str) -> String {
        let mut rest = self.attributes;
        while let Some(equals) = rest.find('=') {
            let name = text::upto(rest, equals)
                .trim_end()
                .rsplit(|c: char| c.is_whitespace() || c == '"' || c == '\'')
                .next()
                .unwrap_or_default();
            let value = text::from(rest, equals + 1).trim_start();
            let (value, used) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = text::from(value, 1);
                    let end = inner.find(quote).unwrap_or(inner.len());
                    (text::upto(inner, end), end + 2)
                }
                _ => {
                    let end = value.find(char::is_whitespace).unwrap_or(value.len());
                    (text::upto(value, end), end)
                }
            };
            if name.eq_ignore_ascii_case(wanted) {
                return decode_entities(value);
            }
            let offset = rest.len() - text::from(rest, equals + 1).trim_start().len();
            rest = text::from(rest, (offset + used).min(rest.len()));
        }
        String::new()
    }
}

/// The index of the `>` that ends a tag, outside quotes; a line break or `<` in between
/// outside quotes is allowed once attributes have begun, as in HTML.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (index, c) in rest.char_indices().take(4_096) {
        match (quote, c) {
            (None, '>') => return Some(index),
            (None, '"' | '\'') => quote = Some(c),
            (None, '<') => return None,
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// One past the closing tag of `name`.
fn find_closing(rest: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text::from(rest, from).find("</") {
        let at = from + found;
        let candidate = text::from(rest, at + 2);
        if candidate.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            return Some(candidate.find('>').map_or(rest.len(), |end| at + 2 + end + 1));
        }
        from = at + 2;
    }
    None
}

fn flush(kept: &mut String, pieces: &mut Vec<Piece>) {
    if !kept.is_empty() {
        pieces.push(Piece::Text(decode_entities(kept)));
        kept.clear();
    }
}

/// Decodes character references the way Markdown does: by letting Markdown do it.
fn decode_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(amp) = rest.find('&') {
        out.push_str(text::upto(rest, amp));
        let tail = text::from(rest, amp);
        let reference = tail.find(';').filter(|end| *end <= 32).map(|end| text::upto(tail, end + 1));
        match reference.and_then(entity) {
            Some((decoded, length)) => {
                out.push_str(&decoded);
                rest = text::from(tail, length);
            }
            None => {
                out.push('&');
                rest = text::from(tail, 1);
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(reference: &str) -> Option<(String, usize)> {
    let mut events = pulldown_cmark::Parser::new(reference)
        .filter_map(|event| if let pulldown_cmark::Event::Text(text) = event { Some(text) } else { None });
    let decoded = events.next()?.to_string();
    (decoded != reference && events.next().is_none()).then_some((decoded, reference.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expect: &str) {
        let text: String = HtmlReader::default()
            .read(html)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Break => "¶".to_owned(),
                Piece::Image { src, alt } => format!("[{alt}|{src}]"),
            })
            .collect();
        assert_eq!(text, expect, "{html}");
    }

    #[test]
    fn known_tags_go_and_their_text_stays() {
        check("<div class=\"a>b\">提币<b>失败</b></div>", "¶提币失败¶");
        check("a<br/>b", "a¶b");
        check("<TabItem value='x'>text</TabItem>", "text");
        check("<kbd>Ctrl</kbd> &amp; &nbsp;&lt;x&gt; &unknown;", "Ctrl & \u{a0}<x> &unknown;");
    }

    #[test]
    fn what_only_looks_like_a_tag_stays() {
        check("send to <your-address> now", "send to <your-address> now");
        check("<API_KEY> a < b > c <3", "<API_KEY> a < b > c <3");
    }

    #[test]
    fn scripts_styles_and_comments_go_with_their_content() {
        check("a<script>alert('<b>')</script>b<STYLE>p{}</Style>c<!-- d -->e", "abce");
        check("a<script>never closed", "a");
        let mut reader = HtmlReader::default();
        assert_eq!(reader.read("<script>"), vec![]);
        assert!(reader.is_dropping());
        assert_eq!(reader.read("x</script>y"), vec![Piece::Text("y".to_owned())]);
    }

    #[test]
    fn images_keep_their_alternative_text() {
        check(
            "<figure><img src=\"../a b.png\" alt='充值 &quot;页&quot;'></figure>",
            "¶[充值 \"页\"|../a b.png]¶",
        );
        check("<img alt=x src=y>", "[x|y]");
        check("<img>", "[|]");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_safe(html in "[<>/a-c\"'=& ;!-]{0,60}") {
            let _ = HtmlReader::default().read(&html);
        }
    }
}
