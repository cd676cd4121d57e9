//! What is asked, within bounds.

use crate::lang::Lang;
use crate::text;

/// Longest query in characters.
pub const MAX_QUERY_CHARS: usize = 256;
/// Most hits on a page.
pub const MAX_PER_PAGE: usize = 50;
/// Hits on a page if nothing is said.
pub const PER_PAGE: usize = 10;
/// The deepest hit that can be asked for.
pub const MAX_DEPTH: usize = 1_000;

/// Why a request is refused, or could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// More than [`MAX_QUERY_CHARS`].
    #[error("the query has {0} characters, at most {MAX_QUERY_CHARS} are allowed")]
    QueryTooLong(usize),
    /// Pages count from 1.
    #[error("pages count from 1")]
    NoPage,
    /// Not between 1 and [`MAX_PER_PAGE`].
    #[error("per_page is {0}, allowed are 1 to {MAX_PER_PAGE}")]
    PerPage(usize),
    /// Deeper than [`MAX_DEPTH`].
    #[error("page {page} of {per_page} hits lies beyond hit {MAX_DEPTH}")]
    TooDeep {
        /// The page asked for.
        page: usize,
        /// Hits on a page.
        per_page: usize,
    },
    /// The index could not be read.
    #[error("the index could not be read: {0}")]
    Index(#[from] std::io::Error),
}

/// A checked request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchRequest {
    query: String,
    lang: Option<Lang>,
    is_lang_only: bool,
    in_any_language: bool,
    category: Option<String>,
    tag: Option<String>,
    offset: usize,
    limit: usize,
    explain: bool,
}

impl SearchRequest {
    /// A request for the first page in all languages.
    ///
    /// # Errors
    /// When the query is too long.
    pub fn new(query: &str) -> Result<Self, Error> {
        match query.chars().count() {
            length if length > MAX_QUERY_CHARS => Err(Error::QueryTooLong(length)),
            _ => Ok(Self::of(query)),
        }
    }

    /// A request with as much of the query as is allowed, and whether anything was cut off.
    #[must_use]
    pub fn shortened(query: &str) -> (Self, bool) {
        let (query, is_cut) = text::first_chars(query, MAX_QUERY_CHARS);
        (Self::of(query), is_cut)
    }

    fn of(query: &str) -> Self {
        Self {
            query: query.to_owned(),
            lang: None,
            is_lang_only: false,
            in_any_language: false,
            category: None,
            tag: None,
            offset: 0,
            limit: PER_PAGE,
            explain: false,
        }
    }

    /// For a reader of this language.
    #[must_use]
    pub fn with_lang(mut self, lang: Option<Lang>) -> Self {
        self.lang = lang;
        self
    }

    /// Only articles written in exactly the reader's language.
    #[must_use]
    pub fn with_lang_only(mut self, is_lang_only: bool) -> Self {
        self.is_lang_only = is_lang_only;
        self
    }

    /// Answered by articles of any language, shown in the reader's where there is a translation.
    pub(super) fn in_any_language(mut self) -> Self {
        self.in_any_language = true;
        self
    }

    /// Only articles of this category.
    #[must_use]
    pub fn with_category(mut self, category: Option<String>) -> Self {
        self.category = category;
        self
    }

    /// Only articles with this tag.
    #[must_use]
    pub fn with_tag(mut self, tag: Option<String>) -> Self {
        self.tag = tag;
        self
    }

    /// Says for each hit what scored how much.
    #[must_use]
    pub fn with_explain(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// A page of hits, counted from 1.
    ///
    /// # Errors
    /// When page or size are out of bounds.
    pub fn with_page(mut self, page: usize, per_page: usize) -> Result<Self, Error> {
        if page == 0 {
            return Err(Error::NoPage);
        }
        if !(1..=MAX_PER_PAGE).contains(&per_page) {
            return Err(Error::PerPage(per_page));
        }
        let end = page.checked_mul(per_page).filter(|end| *end <= MAX_DEPTH);
        let end = end.ok_or(Error::TooDeep { page, per_page })?;
        (self.offset, self.limit) = (end - per_page, per_page);
        Ok(self)
    }

    /// The first `depth` hits, at most [`MAX_DEPTH`].
    #[must_use]
    pub fn with_depth(mut self, depth: usize) -> Self {
        (self.offset, self.limit) = (0, depth.min(MAX_DEPTH));
        self
    }

    /// The query as typed.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The reader's language.
    #[must_use]
    pub fn lang(&self) -> Option<Lang> {
        self.lang
    }

    /// Whether only articles in exactly the reader's language are wanted.
    #[must_use]
    pub fn is_lang_only(&self) -> bool {
        self.is_lang_only
    }

    /// The languages of articles that may be hits; `None`: any.
    #[must_use]
    pub fn languages(&self) -> Option<&[Lang]> {
        let readable = self.lang?.readable();
        if self.in_any_language {
            return None;
        }
        Some(if self.is_lang_only { readable.get(..1).unwrap_or(readable) } else { readable })
    }

    /// The category to stay in.
    #[must_use]
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }

    /// The tag to require.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// How many hits to pass over.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How many hits to return.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Whether to say what scored how much.
    #[must_use]
    pub fn explain(&self) -> bool {
        self.explain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_kept() {
        assert!(SearchRequest::new(&"提".repeat(256)).is_ok());
        assert!(matches!(SearchRequest::new(&"提".repeat(257)), Err(Error::QueryTooLong(257))));
        let (request, is_cut) = SearchRequest::shortened(&"提".repeat(300));
        assert_eq!((request.query().chars().count(), is_cut), (256, true));
        let request = SearchRequest::new("x").unwrap();
        assert!(matches!(request.clone().with_page(0, 10), Err(Error::NoPage)));
        assert!(matches!(request.clone().with_page(1, 51), Err(Error::PerPage(51))));
        assert!(matches!(request.clone().with_page(101, 10), Err(Error::TooDeep { .. })));
        assert!(matches!(request.clone().with_page(usize::MAX, 50), Err(Error::TooDeep { .. })));
        let page = request.with_page(100, 10).unwrap();
        assert_eq!((page.offset(), page.limit()), (990, 10));
    }
}
