//! What the answering server holds: settings of the site, the generation that serves, and
//! whether it is about to stop.
//!
//! **Invariant:** a request takes [`App::serving`] once, so that one answer never mixes
//! two generations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;

use crate::config::Config;
use crate::index::{ArticleView, Catalog};
use crate::lang::Lang;
use crate::search::Searcher;

/// What pages say about the site.
#[derive(Debug, Clone)]
pub struct Site {
    /// The language for readers who have not said any.
    pub default_lang: Lang,
    /// Scheme and host that absolute links begin with.
    pub public_url: Option<String>,
    /// The name of the site; a localized default otherwise.
    pub name: Option<String>,
    /// Where readers are sent whom no article helped.
    pub contact_url: Option<String>,
}

impl Site {
    /// Whether readers reach the site under `https:`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https:"))
    }
}

impl From<&Config> for Site {
    fn from(config: &Config) -> Self {
        Self {
            default_lang: config.default_lang,
            public_url: config.public_url.clone(),
            name: config.site_name.clone(),
            contact_url: config.contact_url.clone(),
        }
    }
}

/// The state of the server.
#[derive(Debug)]
pub struct App {
    site: Site,
    serving: ArcSwap<Serving>,
    is_draining: AtomicBool,
}

impl App {
    /// A server of this site that answers with `searcher`.
    #[must_use]
    pub fn new(site: Site, searcher: Searcher) -> Self {
        Self {
            site,
            serving: ArcSwap::from_pointee(Serving::new(searcher)),
            is_draining: AtomicBool::new(false),
        }
    }

    /// The settings of the site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The generation that answers now.
    #[must_use]
    pub fn serving(&self) -> Arc<Serving> {
        self.serving.load_full()
    }

    /// What searches now.
    #[must_use]
    pub fn searcher(&self) -> Arc<Searcher> {
        Arc::clone(&self.serving().searcher)
    }

    /// Answers with another generation from now on; requests in flight keep theirs.
    pub fn swap(&self, searcher: Searcher) {
        self.serving.store(Arc::new(Serving::new(searcher)));
    }

    /// Says that the server is about to stop.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::Release);
    }

    /// Whether the server is about to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Acquire)
    }
}

/// A generation as requests use it: to search, and to browse.
#[derive(Debug)]
pub struct Serving {
    searcher: Arc<Searcher>,
    /// By language, in the order of [`Lang`] itself.
    listings: [Listing; Lang::ALL.len()],
    /// In their order.
    categories: Vec<String>,
}

impl Serving {
    fn new(searcher: Searcher) -> Self {
        let catalog = searcher.generation().catalog();
        let categories = categories(catalog);
        let mut langs = Lang::ALL;
        langs.sort_unstable();
        let listings = langs.map(|lang| Listing::new(catalog, lang));
        Self { listings, categories, searcher: Arc::new(searcher) }
    }

    /// What searches.
    #[must_use]
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The generation's articles.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        self.searcher.generation().catalog()
    }

    /// The generation's id.
    #[must_use]
    pub fn generation(&self) -> &str {
        self.searcher.generation().id()
    }

    /// What a reader of this language can browse.
    #[must_use]
    pub fn listing(&self, reader: Lang) -> &Listing {
        &self.listings[reader as usize]
    }

    /// All categories in their order: parents before children, named ones by their order,
    /// then the others by id. A parent of others is one, be it without articles of its own.
    #[must_use]
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// The categories right below `parent`, in their order; the outermost below `None`.
    pub fn children(&self, parent: Option<&str>) -> impl Iterator<Item = &str> {
        let categories = self.categories.iter().map(String::as_str);
        categories.filter(move |id| id.rsplit_once('/').map(|(above, _)| above) == parent)
    }
}

fn categories(catalog: &Catalog) -> Vec<String> {
    let named = catalog.categories();
    let order = |id: &str| named.find(id).map_or(i32::MAX, |category| category.order);
    let ids = catalog.category_ids().iter().chain(named.iter().map(|category| &category.id));
    let ids: BTreeSet<&str> = ids.flat_map(|id| lineage(id)).collect();
    let mut ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    ids.sort_by_cached_key(|id| lineage(id).map(|part| (order(part), part.to_owned())).collect::<Vec<_>>());
    ids
}

/// A category and its parents, outermost first: `a/b` → `a`, `a/b`.
pub fn lineage(id: &str) -> impl Iterator<Item = &str> {
    let ends = id.match_indices('/').map(|(slash, _)| slash).chain([id.len()]);
    ends.map(|end| crate::text::upto(id, end))
}

/// The articles a reader of one language can browse: each once, in the best language.
#[derive(Debug, Default)]
pub struct Listing {
    /// Ordinals by category, in reading order.
    by_category: BTreeMap<String, Vec<u32>>,
    /// Articles in each category and all categories below it.
    counts: BTreeMap<String, usize>,
    /// Ordinals, those that authors put first before others, at most [`POPULAR`].
    popular: Vec<u32>,
}

/// How many articles are kept as popular.
const POPULAR: usize = 8;

impl Listing {
    fn new(catalog: &Catalog, reader: Lang) -> Self {
        let mut articles: Vec<ArticleView<'_>> = Vec::new();
        for article in catalog.iter() {
            let best = reader.readable().iter().find_map(|lang| catalog.find(article.id(), *lang));
            if best.is_some_and(|best| best.ordinal() == article.ordinal()) {
                articles.push(article);
            }
        }
        articles.sort_by(|a, b| (a.order(), a.title(), a.id()).cmp(&(b.order(), b.title(), b.id())));
        let mut listing = Self::default();
        for article in &articles {
            listing.by_category.entry(article.category().to_owned()).or_default().push(article.ordinal());
            for category in lineage(article.category()) {
                *listing.counts.entry(category.to_owned()).or_default() += 1;
            }
        }
        listing.popular = popular(catalog, &articles);
        listing
    }

    /// The articles of a category, by order, then title.
    #[must_use]
    pub fn articles(&self, category: &str) -> &[u32] {
        self.by_category.get(category).map_or(&[], Vec::as_slice)
    }

    /// How many articles are in a category and below it.
    #[must_use]
    pub fn count(&self, category: &str) -> usize {
        self.counts.get(category).copied().unwrap_or_default()
    }

    /// The articles to offer when nothing better is known.
    #[must_use]
    pub fn popular(&self) -> &[u32] {
        &self.popular
    }
}

/// The first articles by `order`, one of each category before a second of any.
fn popular(catalog: &Catalog, articles: &[ArticleView<'_>]) -> Vec<u32> {
    let named = catalog.categories();
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ranked: Vec<(usize, i32, i32, u32)> = Vec::with_capacity(articles.len());
    for article in articles {
        let round = taken.entry(article.category()).or_default();
        let category = named.find(article.category()).map_or(i32::MAX, |category| category.order);
        ranked.push((*round, article.order(), category, article.ordinal()));
        *round += 1;
    }
    ranked.sort_unstable();
    ranked.into_iter().take(POPULAR).map(|(_, _, _, ordinal)| ordinal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_names_its_parents() {
        assert_eq!(lineage("a/b/c").collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
        assert_eq!(lineage("a").collect::<Vec<_>>(), ["a"]);
    }
}
