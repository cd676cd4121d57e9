//! What stands above scores: articles that an author pins or hides for a query, and articles
//! whose title, question or heading is the query.

use super::request::Error;
use crate::article::pins::MAX_FIRST;
use crate::index::Generation;
use crate::index::names::{Name, spelling};

/// A heading that more articles have than this names none of them.
const MAX_SHARED: usize = 4;

/// Why an article stands above others, whatever they score. The first is the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rung {
    /// An author put it at this place.
    Pinned(usize),
    /// The query is its title.
    Title,
    /// The query is one of its questions.
    Question,
    /// The query is one of its headings.
    Heading,
    /// None: scores decide.
    Scored,
}

/// The articles that a whole query names.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Ordinals with their rungs, sorted by ordinal.
    rungs: Vec<(u32, Rung)>,
    /// Sorted ordinals.
    hidden: Vec<u32>,
}

impl Named {
    pub(super) fn of(query: &str, generation: &Generation) -> Result<Self, Error> {
        let Some(spelling) = spelling(query) else { return Ok(Self::default()) };
        let find = |name| generation.named(name, &spelling);
        let mut rungs: Vec<(u32, Rung)> = Vec::new();
        for place in 0..MAX_FIRST {
            rungs.extend(find(Name::First(place))?.into_iter().map(|ordinal| (ordinal, Rung::Pinned(place))));
        }
        rungs.extend(find(Name::Title)?.into_iter().map(|ordinal| (ordinal, Rung::Title)));
        rungs.extend(find(Name::Question)?.into_iter().map(|ordinal| (ordinal, Rung::Question)));
        let headings = find(Name::Heading)?;
        if headings.len() <= MAX_SHARED {
            rungs.extend(headings.into_iter().map(|ordinal| (ordinal, Rung::Heading)));
        }
        rungs.sort_unstable();
        // The highest rung of each is the first.
        rungs.dedup_by_key(|(ordinal, _)| *ordinal);
        Ok(Self { rungs, hidden: find(Name::Hidden)? })
    }

    pub(super) fn rung(&self, ordinal: u32) -> Rung {
        if self.rungs.is_empty() {
            return Rung::Scored;
        }
        let found = self.rungs.binary_search_by_key(&ordinal, |(ordinal, _)| *ordinal);
        found.map_or(Rung::Scored, |index| self.rungs[index].1)
    }

    /// Whether the query is a heading.
    pub(super) fn has_headings(&self) -> bool {
        self.rungs.iter().any(|(_, rung)| *rung == Rung::Heading)
    }

    /// Whether an author hides any article.
    pub(super) fn hides(&self) -> bool {
        !self.hidden.is_empty()
    }

    pub(super) fn is_hidden(&self, ordinal: u32) -> bool {
        self.hidden.binary_search(&ordinal).is_ok()
    }

    /// The articles an author put first.
    pub(super) fn pinned(&self) -> impl Iterator<Item = u32> {
        let is_pinned = |(_, rung): &&(u32, Rung)| matches!(rung, Rung::Pinned(_));
        self.rungs.iter().filter(is_pinned).map(|(ordinal, _)| *ordinal)
    }
}
