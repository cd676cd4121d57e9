//! Raw HTML and notices inside a body.

use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

use super::{Open, Renderer};
use crate::article::diagnostic::Code;
use crate::article::directives::{self, Directive, Notice};
use crate::article::html_text::Piece;
use crate::text::Span;

impl Renderer<'_> {
    pub(super) fn raw_html(&mut self, raw: &str, span: Span) {
        if let Some((directive, title)) = directives::directive(raw) {
            return self.directive(directive, title, span);
        }
        let tag = raw.trim_start();
        if tag.starts_with('<') && !tag.starts_with("<!--") && !tag.starts_with("</") {
            let name = tag.trim_start_matches('<').to_ascii_lowercase();
            let is = |wanted: &str| {
                name.strip_prefix(wanted)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
            };
            if is("a") {
                self.report(Code::RawHtml, span, "raw HTML: the link is dropped, its text is kept");
                self.help_last("write `[text](address)`");
            } else if !is("img") && !is("br") {
                // Images are shown, and breaks break: nothing of them is lost.
                self.report(Code::RawHtml, span, "raw HTML: the tags are dropped, text and images are kept");
            }
        }
        for piece in self.html.read(raw) {
            match piece {
                Piece::Text(text) if text.trim().is_empty() => {
                    if !self.section.text.ends_with(char::is_whitespace) {
                        self.plain(" ");
                    }
                }
                Piece::Text(text) => {
                    self.open_html_paragraph();
                    self.plain(&text);
                    if self.writes() {
                        self.push(Event::Text(text.into()));
                    }
                }
                Piece::Break if self.heading.is_some() || self.image.is_some() => self.plain(" "),
                Piece::Break if self.in_html_block() => self.close_html_paragraph(),
                Piece::Break => {
                    if self.in_cell {
                        self.plain(" ");
                    } else {
                        self.section.break_line();
                    }
                    self.push(Event::HardBreak);
                }
                Piece::Image { src, alt } => {
                    self.plain(&alt);
                    if self.writes() {
                        self.open_html_paragraph();
                        self.image_events(&src, alt, span);
                    }
                }
            }
        }
    }

    fn in_html_block(&self) -> bool {
        self.open.last() == Some(&Open::HtmlBlock)
    }

    fn open_html_paragraph(&mut self) {
        if self.in_html_block() && !self.in_html_paragraph {
            self.in_html_paragraph = true;
            self.push(Event::Start(Tag::Paragraph));
        }
    }

    pub(super) fn close_html_paragraph(&mut self) {
        self.section.break_line();
        if std::mem::take(&mut self.in_html_paragraph) {
            self.push(Event::End(TagEnd::Paragraph));
        }
    }

    fn directive(&mut self, directive: Directive, title: &str, span: Span) {
        // The comment came in an HTML block of its own, which stays open around us: step out of it.
        self.close_html_paragraph();
        let block = self.open.pop_if(|open| *open == Open::HtmlBlock);
        match directive {
            Directive::Open(notice) => {
                self.section.break_line();
                self.push(Event::Start(Tag::BlockQuote(Some(quote_kind(notice)))));
                self.open.push(Open::Notice);
                self.notices.push(span);
                if !title.is_empty() {
                    self.section.text.push_str(title);
                    self.section.break_line();
                    self.push(Event::Start(Tag::Paragraph));
                    self.push(Event::Start(Tag::Strong));
                    self.push(Event::Text(title.to_owned().into()));
                    self.push(Event::End(TagEnd::Strong));
                    self.push(Event::End(TagEnd::Paragraph));
                }
            }
            Directive::Close if self.open.last() == Some(&Open::Notice) => {
                self.open.pop();
                self.notices.pop();
                self.section.break_line();
                self.push(Event::End(TagEnd::BlockQuote(None)));
            }
            // Its opening has been named: it ended with the list or quote that it stands in.
            Directive::Close if self.closed_early > 0 => self.closed_early -= 1,
            Directive::Close => {
                self.report(Code::UnbalancedDirective, span, "this closes a notice that is not open here");
            }
        }
        self.open.extend(block);
    }

    /// Closes notices that were opened inside what ends now, and not closed there.
    pub(super) fn close_notices(&mut self) {
        while self.open.last() == Some(&Open::Notice) {
            self.open.pop();
            if let Some(span) = self.notices.pop() {
                self.report(Code::UnbalancedDirective, span, "this notice is not closed");
                self.closed_early += 1;
            }
            self.section.break_line();
            self.push(Event::End(TagEnd::BlockQuote(None)));
        }
    }
}

const fn quote_kind(notice: Notice) -> BlockQuoteKind {
    match notice {
        Notice::Note => BlockQuoteKind::Note,
        Notice::Tip => BlockQuoteKind::Tip,
        Notice::Important => BlockQuoteKind::Important,
        Notice::Warning => BlockQuoteKind::Warning,
        Notice::Caution => BlockQuoteKind::Caution,
    }
}
