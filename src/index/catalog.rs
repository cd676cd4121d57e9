//! The articles of a generation: who they are, their texts in memory, their HTML in memory
//! or on disk.
//!
//! All strings lie in one buffer and are addressed by start and length, so that opening a
//! generation is a few large reads, whatever its number of articles. On disk both are packed
//! (`pack`).

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Error, pack};
use crate::article::Article;
use crate::article::categories::Categories;
use crate::lang::Lang;
use crate::parallel;
use crate::text::{self, Span};

const CATALOG: &str = "catalog.bin";
const TEXT: &str = "text.bin";
const HTML: &str = "html.bin";
/// Articles whose HTML a thread packs at a time.
const CHUNK: usize = 32;

/// A string in the text buffer: start, length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Str(u32, u32);

#[derive(Debug, Serialize, Deserialize)]
struct ArticleEntry {
    id: Str,
    lang: Lang,
    title: Str,
    category: u32,
    summary: Option<Str>,
    questions: Vec<Str>,
    tags: Vec<u32>,
    updated: Option<Date>,
    /// As the author wrote them.
    related: Vec<Str>,
    /// Ordinals of others that are near.
    nearest: Vec<u32>,
    order: Option<i32>,
    first_section: u32,
    sections: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct SectionEntry {
    level: u8,
    heading: Str,
    anchor: Str,
    text: Str,
    html: Html,
}

/// Where the packed HTML of a section lies, and its length before and after.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Html {
    start: u64,
    packed: u32,
    length: u32,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Data {
    /// By id, then language.
    articles: Vec<ArticleEntry>,
    sections: Vec<SectionEntry>,
    /// Ids of the categories that articles have, sorted.
    category_ids: Vec<String>,
    /// Tags that articles have, sorted.
    tags: Vec<String>,
    categories: Categories,
    /// Former id and language → ordinal, sorted.
    redirects: Vec<(String, Lang, u32)>,
    /// Length of all texts in bytes.
    text_length: u32,
}

/// The articles of an open generation.
#[derive(Debug)]
pub struct Catalog {
    data: Data,
    text: String,
    html: Packed,
}

/// Where the packed HTML is read from.
#[derive(Debug)]
enum Packed {
    Memory(Vec<u8>),
    Disk(File),
}

/// Collects articles while a generation is built.
#[derive(Default)]
pub(super) struct Writer {
    data: Data,
    text: String,
    html: Vec<u8>,
    is_full: bool,
}

impl Writer {
    /// A writer that knows all categories and tags that will come.
    pub(super) fn new(articles: &[Article], categories: &Categories) -> Self {
        let sorted = |names: Vec<&String>| {
            let mut names: Vec<String> = names.into_iter().cloned().collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        let data = Data {
            category_ids: sorted(articles.iter().map(|article| &article.category).collect()),
            tags: sorted(articles.iter().flat_map(|article| &article.tags).collect()),
            categories: categories.clone(),
            ..Data::default()
        };
        Self { data, ..Self::default() }
    }

    /// Adds all articles; their ordinals are their places. Takes their sections away.
    pub(super) fn add_all(&mut self, articles: &mut [Article]) {
        let packed = parallel::map(articles, CHUNK, |article| {
            article.sections.iter().map(pack::html).collect::<Vec<Vec<u8>>>()
        });
        for (article, packed) in articles.iter_mut().zip(packed) {
            self.add(article, &packed);
            article.sections = Vec::new();
        }
    }

    /// Says which articles are nearest to each.
    pub(super) fn relate(&mut self, nearest: Vec<Vec<u32>>) {
        for (entry, nearest) in self.data.articles.iter_mut().zip(nearest) {
            entry.nearest = nearest;
        }
    }

    fn add(&mut self, article: &Article, packed: &[Vec<u8>]) {
        let ordinal = length(self.data.articles.len());
        let number = |names: &[String], name: &String| length(names.binary_search(name).unwrap_or_default());
        let entry = ArticleEntry {
            id: self.push(&article.id),
            lang: article.lang,
            title: self.push(&article.title),
            category: number(&self.data.category_ids, &article.category),
            summary: article.summary.as_deref().map(|summary| self.push(summary)),
            questions: article.questions.iter().map(|question| self.push(question)).collect(),
            tags: article.tags.iter().map(|tag| number(&self.data.tags, tag)).collect(),
            updated: article.updated,
            related: article.related.iter().map(|id| self.push(id)).collect(),
            nearest: Vec::new(),
            order: article.order,
            first_section: length(self.data.sections.len()),
            sections: length(article.sections.len()),
        };
        self.data.articles.push(entry);
        for (section, packed) in article.sections.iter().zip(packed) {
            let html = Html {
                start: self.html.len() as u64,
                packed: length(packed.len()),
                length: length(section.html.len()),
            };
            self.html.extend_from_slice(packed);
            // `SectionView::html` relies on these three lying one behind the other.
            let entry = SectionEntry {
                level: section.level,
                heading: self.push(&section.heading),
                anchor: self.push(&section.anchor),
                text: self.push(&section.text),
                html,
            };
            self.data.sections.push(entry);
        }
        let former = article.redirect_from.iter().map(|id| (id.clone(), article.lang, ordinal));
        self.data.redirects.extend(former);
    }

    fn push(&mut self, string: &str) -> Str {
        let start = self.text.len();
        self.text.push_str(string);
        self.is_full |= u32::try_from(self.text.len()).is_err();
        Str(length(start), length(string.len()))
    }

    pub(super) fn sections(&self) -> usize {
        self.data.sections.len()
    }

    /// Writes the texts of all articles that were added, and lets go of them.
    pub(super) fn write_texts(&mut self, dir: &Path) -> Result<(), Error> {
        if self.is_full {
            return Err(Error::TooLarge);
        }
        self.data.text_length = length(self.text.len());
        write(dir, TEXT, &pack::text(&std::mem::take(&mut self.text)))?;
        write(dir, HTML, &std::mem::take(&mut self.html))
    }

    /// Writes what is left: who the articles are.
    pub(super) fn write(mut self, dir: &Path) -> Result<(), Error> {
        self.data.redirects.sort();
        write(dir, CATALOG, &postcard::to_stdvec(&self.data).expect("a catalog is plain data"))
    }
}

fn write(dir: &Path, name: &str, content: &[u8]) -> Result<(), Error> {
    let path = dir.join(name);
    std::fs::write(&path, content).map_err(Error::io("write", &path))
}

/// A length as stored. What does not fit is noticed by [`Writer::is_full`].
fn length(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl Catalog {
    /// Opens the catalog in a generation's folder; what is in memory needs the folder no
    /// more. An `Err` names the file and what is wrong.
    pub(super) fn open(dir: &Path, in_memory: bool) -> Result<Self, String> {
        let read = |name: &str| std::fs::read(dir.join(name)).map_err(|error| format!("{name}: {error}"));
        let data: Data =
            postcard::from_bytes(&read(CATALOG)?).map_err(|error| format!("{CATALOG}: {error}"))?;
        let text = pack::unpack_text(&read(TEXT)?, data.text_length as usize);
        let text = text.map_err(|error| format!("{TEXT}: {error}"))?;
        let html = if in_memory {
            Packed::Memory(read(HTML)?)
        } else {
            Packed::Disk(File::open(dir.join(HTML)).map_err(|error| format!("{HTML}: {error}"))?)
        };
        let catalog = Self { data, text, html };
        let sections: usize = catalog.data.articles.iter().map(|entry| entry.sections as usize).sum();
        if sections != catalog.data.sections.len() {
            return Err(format!(
                "{CATALOG}: {sections} sections are named, {} are there",
                catalog.data.sections.len()
            ));
        }
        let nearest = catalog.data.articles.iter().flat_map(|entry| &entry.nearest);
        if let Some(ordinal) = nearest.copied().find(|ordinal| *ordinal as usize >= catalog.len()) {
            return Err(format!("{CATALOG}: there is no article {ordinal}"));
        }
        Ok(catalog)
    }

    /// The length of all texts in bytes.
    pub(super) fn text_bytes(&self) -> u64 {
        self.text.len() as u64
    }

    /// How many articles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.articles.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.articles.is_empty()
    }

    /// How many sections they have.
    #[must_use]
    pub fn sections(&self) -> usize {
        self.data.sections.len()
    }

    /// The article at an ordinal below [`Self::len`]. Ordinals follow id, then language.
    ///
    /// # Panics
    /// When the ordinal is not below the number of articles.
    #[must_use]
    pub fn article(&self, ordinal: u32) -> ArticleView<'_> {
        ArticleView { catalog: self, ordinal, entry: &self.data.articles[ordinal as usize] }
    }

    /// All articles in order.
    pub fn iter(&self) -> impl Iterator<Item = ArticleView<'_>> {
        (0..).zip(&self.data.articles).map(|(ordinal, entry)| ArticleView { catalog: self, ordinal, entry })
    }

    /// The article of an id in exactly that language.
    #[must_use]
    pub fn find(&self, id: &str, lang: Lang) -> Option<ArticleView<'_>> {
        let found =
            self.data.articles.binary_search_by(|entry| (self.str(entry.id), entry.lang).cmp(&(id, lang)));
        found.ok().map(|index| self.article(length(index)))
    }

    /// The article of an id for a reader: in a language it reads, else in any other.
    #[must_use]
    pub fn find_for(&self, id: &str, reader: Lang) -> Option<ArticleView<'_>> {
        reader.readable().iter().chain(&Lang::ALL).find_map(|lang| self.find(id, *lang))
    }

    /// The languages in which an id exists.
    #[must_use]
    pub fn languages(&self, id: &str) -> Vec<Lang> {
        Lang::ALL.into_iter().filter(|lang| self.find(id, *lang).is_some()).collect()
    }

    /// The article that once had this id, for a reader.
    #[must_use]
    pub fn redirect(&self, id: &str, reader: Lang) -> Option<ArticleView<'_>> {
        let mut langs = reader.readable().iter().chain(&Lang::ALL);
        let index = langs.find_map(|lang| {
            let key = |(former, former_lang, _): &(String, Lang, u32)| {
                (former.as_str(), *former_lang).cmp(&(id, *lang))
            };
            self.data.redirects.binary_search_by(key).ok()
        })?;
        self.data.redirects.get(index).map(|(_, _, ordinal)| self.article(*ordinal))
    }

    /// Ids of the categories in use; an article names its own by number.
    #[must_use]
    pub fn category_ids(&self) -> &[String] {
        &self.data.category_ids
    }

    /// The tags in use; an article names its own by number.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.data.tags
    }

    /// Names and order of categories as the authors wrote them.
    #[must_use]
    pub fn categories(&self) -> &Categories {
        &self.data.categories
    }

    fn str(&self, Str(start, length): Str) -> &str {
        text::slice(&self.text, Span::new(start as usize, start as usize + length as usize))
    }
}

/// An article of an open generation.
#[derive(Debug, Clone, Copy)]
pub struct ArticleView<'a> {
    catalog: &'a Catalog,
    ordinal: u32,
    entry: &'a ArticleEntry,
}

impl<'a> ArticleView<'a> {
    /// Its place in the catalog.
    #[must_use]
    pub fn ordinal(self) -> u32 {
        self.ordinal
    }

    /// Its id.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.catalog.str(self.entry.id)
    }

    /// Its language.
    #[must_use]
    pub fn lang(self) -> Lang {
        self.entry.lang
    }

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'a str {
        self.catalog.str(self.entry.title)
    }

    /// Its category's id.
    #[must_use]
    pub fn category(self) -> &'a str {
        self.catalog.data.category_ids.get(self.category_number()).map_or("", String::as_str)
    }

    /// Its category's place in [`Catalog::category_ids`].
    #[must_use]
    pub fn category_number(self) -> usize {
        self.entry.category as usize
    }

    /// The answer in one or two sentences.
    #[must_use]
    pub fn summary(self) -> Option<&'a str> {
        self.entry.summary.map(|summary| self.catalog.str(summary))
    }

    /// Other ways in which people ask it.
    pub fn questions(self) -> impl Iterator<Item = &'a str> {
        self.entry.questions.iter().map(move |question| self.catalog.str(*question))
    }

    /// Its tags' places in [`Catalog::tags`].
    #[must_use]
    pub fn tag_numbers(self) -> &'a [u32] {
        &self.entry.tags
    }

    /// Its tags.
    pub fn tags(self) -> impl Iterator<Item = &'a str> {
        self.entry
            .tags
            .iter()
            .filter_map(move |tag| self.catalog.data.tags.get(*tag as usize))
            .map(String::as_str)
    }

    /// When its content last changed.
    #[must_use]
    pub fn updated(self) -> Option<Date> {
        self.entry.updated
    }

    /// Ids of related articles: those that the author names, then the nearest others, up to
    /// five in all. They exist in a language that readers of this one read.
    pub fn related(self) -> impl Iterator<Item = &'a str> {
        let named = self.entry.related.iter().map(move |id| self.catalog.str(*id));
        named.chain(self.entry.nearest.iter().map(move |ordinal| self.catalog.article(*ordinal).id()))
    }

    /// Its place within its category; those without come last.
    #[must_use]
    pub fn order(self) -> i32 {
        self.entry.order.unwrap_or(i32::MAX)
    }

    /// Its sections in reading order.
    pub fn sections(self) -> impl Iterator<Item = SectionView<'a>> {
        let first = self.entry.first_section as usize;
        let entries =
            self.catalog.data.sections.get(first..first + self.entry.sections as usize).unwrap_or_default();
        entries.iter().map(move |entry| SectionView { catalog: self.catalog, entry })
    }
}

/// A section of an article of an open generation.
#[derive(Debug, Clone, Copy)]
pub struct SectionView<'a> {
    catalog: &'a Catalog,
    entry: &'a SectionEntry,
}

impl<'a> SectionView<'a> {
    /// Heading level; 0 before the first heading.
    #[must_use]
    pub fn level(self) -> u8 {
        self.entry.level
    }

    /// The heading; empty at level 0.
    #[must_use]
    pub fn heading(self) -> &'a str {
        self.catalog.str(self.entry.heading)
    }

    /// The heading's id on the page; empty at level 0.
    #[must_use]
    pub fn anchor(self) -> &'a str {
        self.catalog.str(self.entry.anchor)
    }

    /// The text without markup.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.catalog.str(self.entry.text)
    }

    /// The text as safe HTML, unpacked.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn html(self) -> std::io::Result<String> {
        let Html { start, packed, length } = self.entry.html;
        let mut buffer;
        let packed = match &self.catalog.html {
            Packed::Memory(html) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                let found = start.checked_add(packed as usize).and_then(|end| html.get(start..end));
                found.ok_or(ErrorKind::UnexpectedEof)?
            }
            Packed::Disk(html) => {
                buffer = vec![0; packed as usize];
                html.read_exact_at(&mut buffer, start)?;
                &buffer
            }
        };
        let SectionEntry { heading, text, .. } = self.entry;
        let text = self.catalog.str(Str(heading.0, text.0 + text.1 - heading.0));
        pack::unpack_html(packed, length as usize, text)
    }
}
