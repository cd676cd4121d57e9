//! Counting by category, tag and language while hits are ranked.

use super::response::{FacetValue, Facets};
use crate::index::{ArticleView, Catalog};
use crate::lang::Lang;

/// Most values of a facet in a reply.
const MAX_VALUES: usize = 20;

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
    pub(super) fn add(&mut self, article: ArticleView<'_>, passes: Passes) {
        if passes.lang && passes.tag {
            self.category[article.category_number()] += 1;
        }
        if passes.lang && passes.category {
            for tag in article.tag_numbers() {
                self.tag[*tag as usize] += 1;
            }
        }
        if passes.category && passes.tag {
            self.lang[article.lang() as usize] += 1;
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
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    values.truncate(MAX_VALUES);
    values.into_iter().map(|(value, count)| FacetValue { value: value.to_owned(), count }).collect()
}
