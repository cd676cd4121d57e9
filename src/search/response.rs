//! What is answered. These types know no JSON: `http::api` has its own.

use jiff::civil::Date;

use crate::lang::Lang;
use crate::text::Span;

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchResponse {
    /// How many articles match.
    pub total: usize,
    /// How much of what the query tells the hit has that has most of it, 0 to 1: words by
    /// their rarity.
    pub coverage: f32,
    /// The hits asked for, best first.
    pub hits: Vec<Hit>,
    /// The section that clearly answers, if one does.
    pub featured: Option<Featured>,
    /// How the matching articles spread.
    pub facets: Facets,
    /// Only the rarest words of a very long query were used.
    pub is_shortened: bool,
    /// What may have been meant.
    pub did_you_mean: Option<Suggested>,
}

/// Another reading of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// What it may have been meant to say.
    pub text: String,
    /// How it was read.
    pub reading: Reading,
    /// The query itself found nothing good: the hits are those of this text.
    pub is_applied: bool,
}

/// How a query that finds nothing good can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Chinese typed as it sounds.
    Pinyin,
    /// The first letters of syllables.
    Initials,
    /// Korean typed on the English keyboard.
    Keyboard,
    /// A slip: a wrong letter, or a wrong character of the same sound.
    Typo,
}

impl Reading {
    /// The name used in replies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pinyin => "pinyin",
            Self::Initials => "initials",
            Self::Keyboard => "keyboard",
            Self::Typo => "typo",
        }
    }
}

/// Why a hit is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// An author put it there.
    Pinned,
    /// The query is its title, one of its questions or one of its headings.
    Exact,
    /// It answers for something that was pasted: a hash, an address, an error code.
    Entity,
    /// It has words that were typed.
    Word,
    /// It has them in the other Chinese script.
    Script,
    /// It has words of the same meaning.
    Synonym,
    /// It has pieces of words that were typed.
    Partial,
    /// It has what was typed, read in another way.
    Reading(Reading),
    /// It is in a language the reader did not ask for; nothing else has an answer.
    Language,
}

impl Matched {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Pinned,
        Self::Exact,
        Self::Entity,
        Self::Word,
        Self::Script,
        Self::Synonym,
        Self::Partial,
        Self::Reading(Reading::Pinyin),
        Self::Reading(Reading::Initials),
        Self::Reading(Reading::Keyboard),
        Self::Reading(Reading::Typo),
        Self::Language,
    ];

    /// The name used in replies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Exact => "exact",
            Self::Entity => "entity",
            Self::Word => "word",
            Self::Script => "script",
            Self::Synonym => "synonym",
            Self::Partial => "partial",
            Self::Reading(reading) => reading.name(),
            Self::Language => "language",
        }
    }
}

/// A section that clearly answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Featured {
    /// Its article's ordinal in the generation's catalog.
    pub ordinal: u32,
    /// The article's id.
    pub id: String,
    /// The article's language.
    pub lang: Lang,
    /// The article's title.
    pub title: String,
    /// The anchor of the section; empty for the top of the page.
    pub anchor: String,
    /// Its heading; empty for the top of the page.
    pub heading: String,
    /// Its text as safe HTML, whole.
    pub html: String,
}

/// An article that answers, with its best section.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The article's ordinal in the generation's catalog.
    pub ordinal: u32,
    /// Its id.
    pub id: String,
    /// Its language.
    pub lang: Lang,
    /// Its title.
    pub title: String,
    /// Matches in the title, in bytes.
    pub title_spans: Vec<Span>,
    /// The anchor of the section that answers; empty for the top of the page.
    pub anchor: String,
    /// The heading of that section; empty for the top of the page.
    pub heading: String,
    /// Its category's id.
    pub category: String,
    /// When its content last changed.
    pub updated: Option<Date>,
    /// The lines to show.
    pub snippet: Snippet,
    /// Why it is there.
    pub matched: Matched,
    /// Its score; only the order of scores within one reply means anything.
    pub score: f32,
    /// What scored how much, if asked for; the sum is the score.
    pub explanation: Vec<Contribution>,
}

/// A piece of the text of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text, without line breaks.
    pub text: String,
    /// Matches, in bytes of `text`: sorted, apart from each other.
    pub spans: Vec<Span>,
    /// The section has text before it.
    pub is_cut_before: bool,
    /// The section has text behind it.
    pub is_cut_after: bool,
}

/// Counts of matching articles. Each facet is counted under all filters but its own, so
/// that it says what choosing another value would give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By category id.
    pub category: Vec<FacetValue>,
    /// By tag.
    pub tag: Vec<FacetValue>,
    /// By language tag.
    pub lang: Vec<FacetValue>,
}

/// A value and how many matching articles have it; the most frequent first, then by value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Articles.
    pub count: usize,
}

/// One term's part in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The field: `title`, `body`, …
    pub field: &'static str,
    /// `word` or `gram`.
    pub unit: &'static str,
    /// The term as indexed.
    pub term: String,
    /// Its share of the score.
    pub score: f32,
}
