//! Markdown to sections: for each heading its plain text and its safe HTML.
//!
//! 1. Directive lines are rewritten, pulldown-cmark parses.
//! 2. Raw HTML becomes text, images and breaks; addresses are resolved against the site.
//! 3. At every heading outside lists and quotes a new section begins.
//! 4. What is left are events made here, which pulldown-cmark's writer escapes.

use std::cell::OnceCell;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

mod embed;
mod garbled;
mod raw;

use self::garbled::{Garbled, Prose};
use super::Section;
use super::diagnostic::{Code, Diagnostic, MAX_PLACED};
use super::directives::{self, Unknown};
use super::html_text::HtmlReader;
use super::links::{ArticleLink, Site};
use super::parse::shorten;
use super::slug::Anchors;
use crate::lang::Script;
use crate::text::{Lines, Span};

/// Deepest nesting of lists, quotes and other containers.
const MAX_DEPTH: usize = 100;

/// A parsed body.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The first first-level heading.
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section>,
    pub(super) links: Vec<ArticleLink>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Parses the body that starts at byte `body` of `source`.
/// An `Err` is nesting that is too deep to be read.
pub(super) fn render(
    path: &str,
    source: &str,
    body: usize,
    front_title: Option<&str>,
    site: &Site,
) -> Result<Rendered, Box<Diagnostic>> {
    // Everything before the body becomes blank lines, so that lines keep their number.
    let before = crate::text::upto(source, body);
    let blank: String = before.chars().filter(|c| *c == '\n').collect();
    let mut unknown = Vec::new();
    let markdown = blank + &directives::rewrite(crate::text::from(source, body), &mut unknown);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    let mut renderer = Renderer {
        path,
        source,
        markdown: &markdown,
        site,
        out: Rendered::default(),
        section: Builder::default(),
        open: Vec::new(),
        notices: Vec::new(),
        closed_early: 0,
        html: HtmlReader::default(),
        anchors: Anchors::default(),
        heading: None,
        image: None,
        in_cell: false,
        in_html_paragraph: false,
        last_level: 1,
        begun: false,
        front_title,
        unplaced: (Code::DeadLink, 0),
        lines: OnceCell::new(),
        prose: Prose::default(),
    };
    for Unknown { at, name } in unknown {
        let span = Span::new(body + at, body + at + name.len());
        renderer.unknown_notice(span, &name);
    }
    for (event, range) in Parser::new_ext(&markdown, options).into_offset_iter() {
        let span = Span::new(range.start, range.end);
        if renderer.open.len() > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep");
            return Err(Box::new(renderer.diagnostic(Code::NestingTooDeep, span, message)));
        }
        if let Some(found) = renderer.prose.note(&event, span, &markdown) {
            renderer.report_garbled(found);
        }
        renderer.event(event, span);
    }
    Ok(renderer.finish())
}

/// A section while it grows.
#[derive(Default)]
struct Builder<'a> {
    level: u8,
    heading: String,
    anchor: String,
    text: String,
    events: Vec<Event<'a>>,
}

impl Builder<'_> {
    /// Ends the current line of the text.
    fn break_line(&mut self) {
        let end = self.text.trim_end_matches([' ', '·']).len();
        self.text.truncate(end);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn finish(mut self) -> Section {
        self.break_line();
        let text = self.text.trim().to_owned();
        let mut html = String::with_capacity(text.len() * 2);
        html::push_html(&mut html, self.events.into_iter());
        html.shrink_to_fit();
        Section { level: self.level, heading: self.heading, anchor: self.anchor, text, html }
    }
}

/// A container that is open in the output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// One of Markdown's own; `false`: its tags are not written.
    Markdown(bool),
    /// A block of raw HTML.
    HtmlBlock,
    /// A notice of [`directives`].
    Notice,
}

/// An image while its alternative text is read.
struct PendingImage {
    address: String,
    alt: String,
    span: Span,
}

/// A heading while its text is read.
struct Heading<'a> {
    level: u8,
    given: Option<CowStr<'a>>,
    text: String,
    /// Inside a list or quote: no section of its own.
    is_inner: bool,
    span: Span,
}

struct Renderer<'a> {
    path: &'a str,
    source: &'a str,
    markdown: &'a str,
    site: &'a Site,
    out: Rendered,
    section: Builder<'a>,
    open: Vec<Open>,
    /// Where the notices that are open begin.
    notices: Vec<Span>,
    /// How many were closed by the end of what they stand in.
    closed_early: usize,
    html: HtmlReader,
    anchors: Anchors,
    heading: Option<Heading<'a>>,
    image: Option<PendingImage>,
    in_cell: bool,
    /// A paragraph made here for the text of an HTML block is open.
    in_html_paragraph: bool,
    last_level: u8,
    /// Whether anything of the body has been seen.
    begun: bool,
    front_title: Option<&'a str>,
    /// How many mistakes have no place, and what the last of them is.
    unplaced: (Code, usize),
    /// The lines of the rewritten Markdown and of the file, once somebody asks where a mistake is.
    lines: OnceCell<[Lines; 2]>,
    /// What is read as text.
    prose: Prose,
}

impl<'a> Renderer<'a> {
    /// A diagnostic at a span of the rewritten Markdown, shown at the same line of the file.
    fn diagnostic(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(code, self.path, self.source, self.source_span(span), message)
    }

    /// The span in the file: lines agree, and columns do wherever no directive was rewritten.
    fn source_span(&self, span: Span) -> Span {
        let [lines, source_lines] = self.lines.get_or_init(|| [self.markdown, self.source].map(Lines::new));
        let line = lines.at(span.start);
        let start = (source_lines.start(line) + span.start - lines.start(line)).min(self.source.len());
        Span::new(start, (start + span.len()).min(self.source.len()))
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>) {
        if self.out.diagnostics.len() < MAX_PLACED {
            let diagnostic = self.diagnostic(code, span, message);
            self.out.diagnostics.push(diagnostic);
        } else {
            self.unplaced = (code, self.unplaced.1 + 1);
        }
    }

    fn report_garbled(&mut self, Garbled { span, message, help }: Garbled) {
        self.report(Code::ShownAsText, span, message);
        self.help_last(help);
    }

    /// Adds how to mend it to the mistake that was reported last, if it was placed.
    fn help_last(&mut self, help: &str) {
        if self.unplaced.1 == 0
            && let Some(last) = self.out.diagnostics.last_mut()
        {
            last.help = Some(help.to_owned());
        }
    }

    /// A notice whose kind we do not have; `span` is of the file.
    fn unknown_notice(&mut self, span: Span, name: &str) {
        if self.out.diagnostics.len() == MAX_PLACED {
            self.unplaced = (Code::UnknownNotice, self.unplaced.1 + 1);
            return;
        }
        let message = format!("`{name}` is no kind of notice: it is shown as a note");
        let diagnostic = Diagnostic::at(Code::UnknownNotice, self.path, self.source, span, message);
        let help = directives::nearest(name).map_or_else(
            || "the kinds are note, tip, important, warning and caution".to_owned(),
            |kind| format!("did you mean `{kind}`?"),
        );
        self.out.diagnostics.push(diagnostic.with_help(help));
    }

    fn push(&mut self, event: Event<'a>) {
        self.section.events.push(event);
    }

    fn event(&mut self, event: Event<'a>, span: Span) {
        let is_heading = matches!(event, Event::Start(Tag::Heading { .. }));
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag),
            // Formulas are off by option and never sent.
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text),
            Event::Code(code) => {
                self.plain(&code);
                if self.writes() {
                    self.push(Event::Code(code));
                }
            }
            Event::Html(raw) | Event::InlineHtml(raw) => self.raw_html(&raw, span),
            Event::SoftBreak => self.soft_break(span),
            Event::HardBreak => {
                self.section.break_line();
                self.push(Event::HardBreak);
            }
            Event::Rule => {
                self.section.break_line();
                self.push(Event::Rule);
            }
            Event::TaskListMarker(done) => self.push(Event::TaskListMarker(done)),
            Event::FootnoteReference(name) => self.push(Event::FootnoteReference(name)),
        }
        self.begun = self.begun || (!is_heading && self.heading.is_none());
    }

    /// Whether text events go to the output now.
    fn writes(&self) -> bool {
        self.heading.as_ref().is_none_or(|heading| heading.is_inner) && self.image.is_none()
    }

    /// Adds to whatever plain text is being read.
    fn plain(&mut self, text: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(text);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
            if !heading.is_inner {
                return;
            }
        }
        self.section.text.push_str(text);
    }

    fn text(&mut self, text: CowStr<'a>) {
        if self.html.is_dropping() {
            return;
        }
        self.plain(&text);
        if self.writes() {
            self.push(Event::Text(text));
        }
    }

    /// A line break in the source is a blank, but not between Chinese characters.
    fn soft_break(&mut self, span: Span) {
        let before = crate::text::upto(self.markdown, span.start).trim_end().chars().next_back();
        let after = crate::text::from(self.markdown, span.end).trim_start().chars().next();
        let is_dense = |c: Option<char>| {
            c.is_some_and(|c| {
                matches!(Script::of(c), Script::Han | Script::Kana)
                    || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
            })
        };
        if is_dense(before) && is_dense(after) {
            return;
        }
        self.plain(" ");
        if self.writes() {
            self.push(Event::SoftBreak);
        }
    }

    fn start(&mut self, tag: Tag<'a>, span: Span) {
        match tag {
            Tag::Heading { level, id, .. } => {
                self.section.break_line();
                let is_inner = !self.open.is_empty();
                let level = level_number(level);
                if level > self.last_level + 1 && !is_inner {
                    let message = format!("heading of level {level} below level {}", self.last_level);
                    self.report(Code::HeadingSkip, span, message);
                }
                self.heading = Some(Heading { level, given: id, text: String::new(), is_inner, span });
                self.open.push(Open::Markdown(true));
                if is_inner {
                    self.push(Event::Start(Tag::Paragraph));
                    self.push(Event::Start(Tag::Strong));
                }
            }
            Tag::Image { dest_url, .. } => {
                // Images do not nest in HTML: the text of an inner one belongs to the outer one.
                if self.image.is_none() {
                    self.image =
                        Some(PendingImage { address: dest_url.into_string(), alt: String::new(), span });
                    self.open.push(Open::Markdown(true));
                } else {
                    self.open.push(Open::Markdown(false));
                }
            }
            Tag::Link { link_type, dest_url, title, id } => {
                let href = if self.image.is_none() { self.href(&dest_url, link_type, span) } else { None };
                let writes = href.is_some() && self.writes();
                if let Some(href) = href.filter(|_| writes) {
                    self.push(Event::Start(Tag::Link {
                        link_type: LinkType::Inline,
                        dest_url: href.into(),
                        title,
                        id,
                    }));
                }
                self.open.push(Open::Markdown(writes));
            }
            Tag::HtmlBlock => {
                self.section.break_line();
                self.open.push(Open::HtmlBlock);
            }
            Tag::MetadataBlock(_) => self.open.push(Open::Markdown(false)),
            tag => {
                if is_block(&tag) {
                    self.section.break_line();
                }
                self.in_cell = self.in_cell || matches!(tag, Tag::TableCell);
                let writes = self.writes();
                if writes {
                    self.push(Event::Start(tag));
                }
                self.open.push(Open::Markdown(writes));
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if !matches!(tag, TagEnd::HtmlBlock) {
            self.close_notices();
        }
        match tag {
            TagEnd::Heading(_) => {
                self.open.pop();
                self.heading_end();
            }
            TagEnd::Image => {
                if self.open.pop() == Some(Open::Markdown(true)) {
                    self.image_end();
                }
            }
            TagEnd::HtmlBlock => {
                self.close_html_paragraph();
                self.html = HtmlReader::default();
                self.open.pop();
            }
            tag => {
                let written = self.open.pop() == Some(Open::Markdown(true));
                if written {
                    self.push(Event::End(tag));
                }
                // An element that was never closed drops no more than the block it stands in.
                if matches!(tag, TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) {
                    self.html = HtmlReader::default();
                }
                match tag {
                    TagEnd::TableCell => {
                        self.in_cell = false;
                        self.plain(" · ");
                    }
                    TagEnd::Paragraph
                    | TagEnd::Item
                    | TagEnd::TableRow
                    | TagEnd::TableHead
                    | TagEnd::Table
                    | TagEnd::CodeBlock
                    | TagEnd::BlockQuote(_)
                    | TagEnd::FootnoteDefinition => self.section.break_line(),
                    _ => {}
                }
            }
        }
    }

    fn heading_end(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        self.html = HtmlReader::default();
        let mut text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if heading.is_inner {
            self.push(Event::End(TagEnd::Strong));
            self.push(Event::End(TagEnd::Paragraph));
            self.section.break_line();
            return;
        }
        if let Some(message) = shorten(&mut text) {
            self.report(Code::LongTitle, heading.span, message);
        }
        self.last_level = heading.level;
        if heading.level == 1 && self.out.title.is_none() {
            self.out.title = Some(text.clone());
            // The heading that opens the body is the page's own heading.
            if !self.begun && self.front_title.is_none_or(|title| title == text) {
                return;
            }
        }
        if text.is_empty() {
            return self.report(Code::HeadingSkip, heading.span, "heading without text");
        }
        let anchor = self.anchors.next(&text, heading.given.as_deref());
        let next = Builder { level: heading.level, heading: text, anchor, ..Builder::default() };
        let done = std::mem::replace(&mut self.section, next);
        self.out.sections.push(done.finish());
    }

    fn finish(mut self) -> Rendered {
        self.close_notices();
        for found in std::mem::take(&mut self.prose).look(self.markdown) {
            self.report_garbled(found);
        }
        let (code, more) = self.unplaced;
        self.out.diagnostics.extend(Diagnostic::more(code, self.path, more));
        self.out.sections.push(self.section.finish());
        // An opening without text is no section when others follow.
        if self.out.sections.len() > 1
            && self.out.sections.first().is_some_and(|first| first.level == 0 && first.html.is_empty())
        {
            self.out.sections.remove(0);
        }
        self.out
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript | Tag::TableCell
    )
}

const fn level_number(level: HeadingLevel) -> u8 {
    level as u8
}
