//! What an article is known by, whole: its title, its questions and headings, the entities
//! and pinned queries its authors name. Each is one raw term of the field `names`.

use std::io;

use sha2::{Digest, Sha256};
use tantivy::schema::{Field, IndexRecordOption};

use super::invert::{Postings, Terms};
use super::segment::{self, Written};
use super::terms;
use crate::analysis::fold::folded;
use crate::article::Article;
use crate::lang::Script;
use crate::{parallel, text};

/// As what an article is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Its title.
    Title,
    /// Another way to ask it.
    Question,
    /// A heading in it.
    Heading,
    /// An entity it answers for, as [`crate::entity::name`] writes it.
    Entity,
    /// A query for which it comes at this place.
    First(usize),
    /// A query for which it is no hit.
    Hidden,
}

/// Spellings up to this length in bytes stay as they are; so long is the hash of others.
const MAX_VERBATIM: usize = 16;
/// Longest spelling in bytes.
const MAX_BYTES: usize = 512;
/// Articles whose terms a thread makes at a time.
const CHUNK: usize = 64;

/// A text as it is compared whole: folded, without blanks and punctuation, by its hash where
/// it is long; `None` where nothing is left, or too much to be a name.
#[must_use]
pub fn spelling(text: &str) -> Option<String> {
    let mut spelling = folded(text);
    spelling.retain(|c| Script::of(c) != Script::Other);
    if spelling.is_empty() || spelling.len() > MAX_BYTES {
        return None;
    }
    if spelling.len() <= MAX_VERBATIM {
        return Some(spelling);
    }
    // The text of a long name would only fill the dictionary.
    Some(text::hex(&Sha256::digest(&spelling)[..MAX_VERBATIM / 2]))
}

impl Name {
    /// The term of a [`spelling`], or of an entity.
    #[must_use]
    pub fn term(self, text: &str) -> String {
        match self {
            Self::Title => ["t:", text].concat(),
            Self::Question => ["q:", text].concat(),
            Self::Heading => ["h:", text].concat(),
            Self::Entity => ["e:", text].concat(),
            Self::First(place) => format!("{place}:{text}"),
            Self::Hidden => ["x:", text].concat(),
        }
    }
}

/// Writes the field.
pub(super) fn written(field: Field, articles: &[Article]) -> io::Result<Written> {
    let terms = parallel::map(articles, CHUNK, terms_of);
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let lengths = terms.iter().map(|terms| count(terms.len())).collect();
    let mut all: Vec<(terms::Name<'_>, u32)> = (0..)
        .zip(&terms)
        .flat_map(|(ordinal, terms)| terms.iter().map(move |term| (terms::Name::of(term), ordinal)))
        .collect();
    all.sort_unstable();
    let (mut names, mut starts) = (Vec::new(), vec![0]);
    for articles in all.chunk_by(|a, b| a.0 == b.0) {
        names.push(articles[0].0);
        starts.push(starts[names.len() - 1] + count(articles.len()));
    }
    let entries = all.iter().map(|(_, ordinal)| (*ordinal, 0)).collect();
    let inverted = Postings::sorted(starts, entries, lengths);
    segment::field(field, IndexRecordOption::Basic, &Terms::sorted(names), &inverted)
}

/// The terms of an article.
fn terms_of(article: &Article) -> Vec<String> {
    let asked = article.questions.iter().chain(&article.phrases);
    let questions = asked.map(|question| (Name::Question, question));
    let headings = article.sections.iter().map(|section| (Name::Heading, &section.heading));
    let pins = article.pins.iter().map(|pin| (pin.place.map_or(Name::Hidden, Name::First), &pin.query));
    let mut terms: Vec<String> = std::iter::once((Name::Title, &article.title))
        .chain(questions)
        .chain(headings)
        .chain(pins)
        .filter_map(|(name, text)| Some(name.term(&spelling(text)?)))
        .chain(article.entities.iter().map(|entity| Name::Entity.term(entity)))
        .collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}
