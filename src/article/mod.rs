//! Articles: Markdown files become values. Reading disks happens in [`load`] only; the
//! rest is pure. Nothing here knows about words, indexes or HTTP.
//!
//! 1. [`load`] walks the folder, reads each file once and splits off its front matter.
//! 2. `front_matter` says who the article is (id, language, title, …).
//! 3. `directives` turns `:::note` and `{% hint %}` lines into something Markdown keeps.
//! 4. `render` turns the body into sections of plain text and safe HTML.
//! 5. [`check`] looks at the whole corpus: links, anchors, titles, translations.
//!
//! **Invariant:** the HTML of an article consists of elements written here; nothing of an
//! author's own markup, and no address but `http`, `https`, `mailto` and our own, is left in it.
//! **Invariant:** a mistake in content is a [`Diagnostic`], never an `Err` and never a panic.

pub mod diagnostic;
mod slug;

mod broken_yaml;
mod entries;
mod fence;
mod front_matter;
mod keys;
mod plain_yaml;

mod directives;
mod html_text;
mod links;
mod parse;
mod render;

mod settings;

pub mod categories;
pub mod pins;

mod language;
mod translation;

pub mod check;
mod tree;

pub mod load;

use jiff::civil::Date;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

pub use self::categories::Category;
pub use self::diagnostic::{Code, Diagnostic, Severity};
pub use self::load::{Corpus, Error};
use crate::lang::Lang;

/// One Markdown file, parsed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// `<category>/<slug>`, the same in all languages.
    pub id: String,
    /// The language it is written in.
    pub lang: Lang,
    /// The title as shown.
    pub title: String,
    /// The category, nested ones with `/`.
    pub category: String,
    /// The answer in one or two sentences.
    pub summary: Option<String>,
    /// Other ways in which people ask this.
    pub questions: Vec<String>,
    /// What customers say where they mean this: searched as questions are, shown nowhere.
    pub phrases: Vec<String>,
    /// Tags, as the author wrote them.
    pub tags: Vec<String>,
    /// When its content last changed.
    pub updated: Option<Date>,
    /// Published or not.
    pub status: Status,
    /// For whom.
    pub audience: Audience,
    /// Ids of related articles, those that exist and are public.
    pub related: Vec<String>,
    /// Former ids.
    pub redirect_from: Vec<String>,
    /// Place within its category; lower comes first.
    pub order: Option<i32>,
    /// What people paste that it answers for, as [`crate::entity::name`] writes it.
    pub entities: Vec<String>,
    /// Queries for which it comes first, or never.
    pub pins: Vec<pins::Pin>,
    /// What stands before the first heading, then one for each heading.
    pub sections: Vec<Section>,
}

impl Article {
    /// Whether readers may see it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.status == Status::Published && self.audience == Audience::Public
    }
}

/// The part of an article under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Section {
    /// Heading level 1–6; 0 for what stands before the first heading.
    pub level: u8,
    /// The heading; empty for level 0.
    pub heading: String,
    /// The heading's id on the page; empty for level 0.
    pub anchor: String,
    /// The text as it is read, without markup and without the heading.
    pub text: String,
    /// The text as safe HTML, without the heading.
    pub html: String,
}

/// Whether an article is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Status {
    /// In the index.
    #[default]
    Published,
    /// Not in the index.
    Draft,
}

/// For whom an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Audience {
    /// For everybody.
    #[default]
    Public,
    /// For staff only: not in the public index.
    Staff,
}

/// The category of articles that lie in no folder.
pub const NO_CATEGORY: &str = "general";

/// What must be encoded in one part of a path.
pub(crate) const PATH_PART: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'^')
    .add(b'|')
    .add(b'[')
    .add(b']');

/// The path of an article's page, percent-encoded.
#[must_use]
pub fn url(lang: Lang, id: &str) -> String {
    format!("/{lang}/articles/{}", utf8_percent_encode(id, PATH_PART))
}

/// The path of a category's page, percent-encoded.
#[must_use]
pub fn category_url(lang: Lang, category: &str) -> String {
    format!("/{lang}/categories/{}", utf8_percent_encode(category, PATH_PART))
}

/// A heading's anchor as it stands behind `#` in a link, percent-encoded.
#[must_use]
pub fn fragment(anchor: &str) -> String {
    utf8_percent_encode(anchor, PATH_PART).to_string()
}
