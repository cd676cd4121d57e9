//! Counting by category, tag and language while hits are ranked.

use super::response::{FacetValue, Facets};
use crate::index::Catalog;
use crate::lang::Lang;

/// Most values of a facet in a reply.
const MAX_VALUES: usize = 20;

/// What is counted of all articles, by ordinal and side by side: thousands are looked at for
/// one query.
#[derive(Debug)]
pub(super) struct Facts {
    langs: Vec<Lang>,
    categories: Vec<u32>,
    /// Where an article's tags begin; one more at the end.
    tag_starts: Vec<u32>,
    tags: Vec<u32>,
    /// The first article of the same id; those of one id are neighbors.
    first_translations: Vec<u32>,
}

impl Facts {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let count = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let mut facts = Self {
            langs: Vec::new(),
            categories: Vec::new(),
            tag_starts: vec![0],
            tags: Vec::new(),
            first_translations: Vec::new(),
        };
        let (mut id, mut first) = ("", 0);
        for article in catalog.iter() {
            if article.id() != id {
                (id, first) = (article.id(), article.ordinal());
            }
            facts.first_translations.push(first);
            facts.langs.push(article.lang());
            facts.categories.push(count(article.category_number()));
            facts.tags.extend(article.tag_numbers());
            facts.tag_starts.push(count(facts.tags.len()));
        }
        facts
    }

    /// All articles with the id of this one, itself included.
    pub(super) fn translations(&self, ordinal: u32) -> impl Iterator<Item = u32> {
        let first = self.first_translations[ordinal as usize];
        let all = self.first_translations.get(first as usize..).unwrap_or_default();
        (first..).zip(all).take_while(move |(_, of)| **of == first).map(|(ordinal, _)| ordinal)
    }

    pub(super) fn lang(&self, ordinal: u32) -> Lang {
        self.langs[ordinal as usize]
    }

    pub(super) fn category(&self, ordinal: u32) -> u32 {
        self.categories[ordinal as usize]
    }

    pub(super) fn tags(&self, ordinal: u32) -> &[u32] {
        let start = ordinal as usize;
        &self.tags[self.tag_starts[start] as usize..self.tag_starts[start + 1] as usize]
    }
}

/// Counts that grow as matching articles are seen.
pub(super) struct Counter {
    category: Vec<usize>,
    tag: Vec<usize>,
    lang: [usize; Lang::ALL.len()],
}

/// Which filters an article passes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passes {
    pub(super) lang: bool,
    pub(super) category: bool,
    pub(super) tag: bool,
}

impl Passes {
    pub(super) fn all(self) -> bool {
        self.lang && self.category && self.tag
    }
}

impl Counter {
    pub(super) fn new(catalog: &Catalog) -> Self {
        Self {
            category: vec![0; catalog.category_ids().len()],
            tag: vec![0; catalog.tags().len()],
            lang: [0; Lang::ALL.len()],
        }
    }

    /// Counts a matching article in every facet whose own filter is the only one it may fail.
    pub(super) fn add(&mut self, facts: &Facts, ordinal: u32, passes: Passes) {
        if passes.lang && passes.tag {
            self.category[facts.category(ordinal) as usize] += 1;
        }
        if passes.lang && passes.category {
            for tag in facts.tags(ordinal) {
                self.tag[*tag as usize] += 1;
            }
        }
        if passes.category && passes.tag {
            self.lang[facts.lang(ordinal) as usize] += 1;
        }
    }

    pub(super) fn finish(self, catalog: &Catalog) -> Facets {
        let langs = Lang::ALL.map(|lang| (lang.tag(), self.lang[lang as usize]));
        Facets {
            category: values(catalog.category_ids().iter().map(String::as_str).zip(self.category)),
            tag: values(catalog.tags().iter().map(String::as_str).zip(self.tag)),
            lang: values(langs.into_iter()),
        }
    }
}

fn values<'a>(counts: impl Iterator<Item = (&'a str, usize)>) -> Vec<FacetValue> {
    let mut values: Vec<(&str, usize)> = counts.filter(|(_, count)| *count > 0).collect();
    let most_first = |a: &(&str, usize), b: &(&str, usize)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
    if values.len() > MAX_VALUES {
        values.select_nth_unstable_by(MAX_VALUES - 1, most_first);
        values.truncate(MAX_VALUES);
    }
    values.sort_unstable_by(most_first);
    values.into_iter().map(|(value, count)| FacetValue { value: value.to_owned(), count }).collect()
}
