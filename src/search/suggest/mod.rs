//! Titles and questions for what somebody is typing.
//!
//! 1. `phrases` holds the titles and questions of each language and looks them up by `keys`:
//!    what begins at any character, syllable or word, as it is written, as it sounds, by
//!    initials, by the keys of the Korean keyboard (`units`).
//! 2. `readings` cuts what was typed into `pieces`, strictly first, then ever more freely
//!    (`spellings` mends slips); the freer reading is only asked where the stricter leaves room.
//! 3. The best phrase of each article is suggested.
//!
//! **Invariant:** the work for a request does not grow with the number of phrases, except for
//! passes over numbers: only so many phrases are ever read.

mod keys;
mod units;

mod find;
mod judge;
mod spellings;

mod phrases;

mod pieces;
mod readings;

use std::collections::BTreeSet;

use self::phrases::{Match, Phrases};
use self::pieces::Synonyms;
use self::readings::{Reading, Readings, Typed};
use super::request::SearchRequest;
use crate::analysis::fold;
use crate::index::{ArticleView, Generation};
use crate::lang::Lang;
use crate::text::{self, Span};

/// Most suggestions.
pub const MAX_SUGGESTIONS: usize = 8;

/// What somebody who is typing may want to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Which text of the article it is.
    pub kind: Kind,
    /// The text.
    pub text: String,
    /// What of it was typed, in bytes: sorted, apart from each other.
    pub spans: Vec<Span>,
    /// The article that answers.
    pub id: String,
    /// Its language.
    pub lang: Lang,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The title of an article.
    Title,
    /// Another way to ask for it.
    Question,
}

impl Kind {
    /// The name used in replies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Question => "question",
        }
    }
}

/// The suggestions of a generation.
#[derive(Debug)]
pub(super) struct Suggestions {
    /// In the order of [`Lang::ALL`].
    phrases: [Phrases; Lang::ALL.len()],
    synonyms: Synonyms,
}

impl Suggestions {
    /// Reads the titles and questions of a generation.
    pub(super) fn of(generation: &Generation) -> Self {
        Self {
            phrases: Lang::ALL.map(|lang| Phrases::of(generation.catalog(), lang)),
            synonyms: Synonyms::of(generation.lexicon()),
        }
    }

    /// Suggestions for a request, best first, at most [`MAX_SUGGESTIONS`], one for an article:
    /// in languages the reader reads; where nothing there fits, in the others. Without a
    /// reader in all, those of the query's script first.
    pub(super) fn suggest(&self, request: &SearchRequest, generation: &Generation) -> Vec<Suggestion> {
        let typed = Typed::new(request.query(), generation.analyzer(), &self.synonyms);
        if typed.letters().is_empty() {
            return Vec::new();
        }
        let shelf = Shelf { suggestions: self, generation, reader: request.lang() };
        let first = match request.lang() {
            Some(reader) => reader.readable(),
            None => super::languages_of_script(request.query()),
        };
        let (first, others): (Vec<Lang>, Vec<Lang>) =
            Lang::ALL.into_iter().partition(|lang| first.contains(lang));
        if request.lang().is_none() {
            return shelf.climb(&typed, &[first, others]);
        }
        let own = shelf.climb(&typed, &[first]);
        if own.is_empty() { shelf.climb(&typed.without_guesses(), &[others]) } else { own }
    }

    fn phrases(&self, lang: Lang) -> &Phrases {
        let at = Lang::ALL.iter().position(|known| *known == lang);
        &self.phrases[at.expect("every language is listed")]
    }
}

/// The articles that may be suggested to a reader.
struct Shelf<'a> {
    suggestions: &'a Suggestions,
    generation: &'a Generation,
    reader: Option<Lang>,
}

impl<'a> Shelf<'a> {
    /// Reads ever more freely until there are enough suggestions. Within one reading, those
    /// of the earlier languages come first.
    fn climb(&self, typed: &Typed<'_>, langs: &[Vec<Lang>]) -> Vec<Suggestion> {
        let mut taken = BTreeSet::new();
        let mut chosen = Vec::new();
        let letters = typed.letters();
        let readings = |lang: &Lang| typed.for_phrases(self.suggestions.phrases(*lang));
        let mut groups: Vec<Vec<Readings<'_>>> =
            langs.iter().map(|langs| langs.iter().map(readings).collect()).collect();
        for reading in Reading::ALL {
            if reading.is_last_resort() && !chosen.is_empty() {
                break;
            }
            for group in &mut groups {
                for (article, found) in self.matches(group, reading, &letters) {
                    if self.is_for_reader(article) && taken.insert(article.id()) {
                        chosen.push(suggestion(article, &found));
                    }
                    if chosen.len() == MAX_SUGGESTIONS {
                        return chosen;
                    }
                }
            }
        }
        chosen
    }

    /// What one reading finds in a group of languages, best first.
    fn matches(
        &self,
        group: &mut [Readings<'_>],
        reading: Reading,
        letters: &str,
    ) -> Vec<(ArticleView<'a>, Match)> {
        let mut matches = Vec::new();
        for readings in group {
            for pieces in readings.read(reading) {
                let found = readings.phrases.find(&pieces, letters).into_iter();
                matches.extend(found.map(|found| (self.generation.catalog().article(found.ordinal), found)));
            }
        }
        // Titles before questions, then as authors want it; ordinals follow id, then language.
        matches.sort_by_cached_key(|(article, found)| {
            (found.judgment.rank(), found.number > 0, article.order(), article.ordinal(), found.number)
        });
        matches
    }

    /// An article that a reader has in two languages is suggested in the better one.
    fn is_for_reader(&self, article: ArticleView<'_>) -> bool {
        let Some(reader) = self.reader else { return true };
        let mut own = reader.readable().iter();
        let best = own.find(|lang| self.generation.catalog().find(article.id(), **lang).is_some());
        !reader.readable().contains(&article.lang()) || best == Some(&article.lang())
    }
}

fn suggestion(article: ArticleView<'_>, found: &Match) -> Suggestion {
    let question = usize::from(found.number).checked_sub(1);
    let source = question.and_then(|place| article.questions().nth(place)).unwrap_or_else(|| article.title());
    let folded = fold::fold(source);
    let spans =
        found.judgment.spans.iter().map(|span| text::widen_to_graphemes(source, folded.original(*span)));
    Suggestion {
        kind: if question.is_some() { Kind::Question } else { Kind::Title },
        text: source.to_owned(),
        spans: text::merge_spans(spans.collect()),
        id: article.id().to_owned(),
        lang: article.lang(),
    }
}
