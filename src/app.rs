//! What the answering server holds: settings of the site, the generation that serves, and
//! whether it is about to stop.
//!
//! **Invariant:** a request takes [`App::serving`] once, so that one answer never mixes
//! two generations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwap;

use crate::config::{Config, Link, Names};
use crate::index::{ArticleView, Catalog};
use crate::lang::Lang;
use crate::logo::Logo;
use crate::replies::Replies;
use crate::search::Searcher;
use crate::theme::Theme;

/// What pages say about the site.
#[derive(Debug, Clone)]
pub struct Site {
    /// The language for readers who have not said any.
    pub default_lang: Lang,
    /// Scheme and host that absolute links begin with.
    pub public_url: Option<String>,
    /// The name of the site; a localized default otherwise.
    pub name: Option<Names>,
    /// The image before the name.
    pub logo: Option<Logo>,
    /// The colors.
    pub theme: Theme,
    /// Links beside the name.
    pub header_links: Vec<Link>,
    /// Links at the end of each page.
    pub footer_links: Vec<Link>,
    /// Where readers are sent whom no article helped; `{lang}` stands for their language.
    pub contact_url: Option<String>,
    /// Origins whose pages may ask the API from a browser; `*` for all.
    pub allowed_origins: Vec<String>,
}

impl Site {
    /// Whether readers reach the site under `https:`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https:"))
    }
}

impl From<&Config> for Site {
    /// All but the logo, which is a file of its own.
    fn from(config: &Config) -> Self {
        Self {
            default_lang: config.default_lang,
            public_url: config.public_url.clone(),
            name: config.site_name.clone(),
            logo: None,
            theme: Theme::new(config.accent_color),
            header_links: config.header_links.clone(),
            footer_links: config.footer_links.clone(),
            contact_url: config.contact_url.clone(),
            allowed_origins: config.allowed_origins.clone(),
        }
    }
}

/// The state of the server.
#[derive(Debug)]
pub struct App {
    site: Site,
    serving: ArcSwap<Serving>,
    is_draining: AtomicBool,
    is_in_step: AtomicBool,
    feedback: Feedback,
    unanswered: AtomicU64,
}

/// What readers said about articles since the server started. Nothing about the readers.
#[derive(Debug, Default)]
pub struct Feedback {
    helpful: AtomicU64,
    unhelpful: AtomicU64,
}

impl Feedback {
    /// Counts an answer to "was this helpful?".
    pub fn count(&self, is_helpful: bool) {
        let counter = if is_helpful { &self.helpful } else { &self.unhelpful };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// How many said yes, how many no.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.helpful.load(Ordering::Relaxed), self.unhelpful.load(Ordering::Relaxed))
    }
}

impl App {
    /// A server of this site that answers with `searcher`.
    #[must_use]
    pub fn new(site: Site, searcher: Searcher) -> Self {
        Self {
            site,
            serving: ArcSwap::from_pointee(Serving::new(searcher)),
            is_draining: AtomicBool::new(false),
            is_in_step: AtomicBool::new(true),
            feedback: Feedback::default(),
            unanswered: AtomicU64::new(0),
        }
    }

    /// The settings of the site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// What readers said.
    #[must_use]
    pub fn feedback(&self) -> &Feedback {
        &self.feedback
    }

    /// Counts a question that somebody sent off and that nothing answers. What was asked is
    /// not kept.
    pub fn count_unanswered(&self) {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
    }

    /// How many questions nothing answered since the start.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
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

    /// Notes whether what answers is what the index folder names.
    pub fn note_in_step(&self, is_in_step: bool) {
        self.is_in_step.store(is_in_step, Ordering::Release);
    }

    /// Whether what answers is what the index folder names; not while the folder is gone or
    /// names a generation that cannot be used.
    #[must_use]
    pub fn is_in_step(&self) -> bool {
        self.is_in_step.load(Ordering::Acquire)
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
    replies: Replies,
}

impl Serving {
    fn new(searcher: Searcher) -> Self {
        let catalog = searcher.generation().catalog();
        let categories = categories(catalog);
        let mut langs = Lang::ALL;
        langs.sort_unstable();
        let listings = langs.map(|lang| Listing::new(catalog, lang));
        Self { listings, categories, replies: Replies::default(), searcher: Arc::new(searcher) }
    }

    /// What searches.
    #[must_use]
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Replies that it gave.
    #[must_use]
    pub fn replies(&self) -> &Replies {
        &self.replies
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
    /// Ordinals of those that say when they changed, the latest first, at most [`RECENT`].
    recent: Vec<u32>,
}

/// How many articles are kept as popular.
const POPULAR: usize = 8;
/// How many articles are kept as recently changed.
const RECENT: usize = 20;

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
        listing.recent = recent(&articles);
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

    /// The articles that changed last.
    #[must_use]
    pub fn recent(&self) -> &[u32] {
        &self.recent
    }
}

/// The latest first; of one day in the order of the list.
fn recent(articles: &[ArticleView<'_>]) -> Vec<u32> {
    let mut dated: Vec<_> =
        articles.iter().filter_map(|article| Some((article.updated()?, article))).collect();
    dated.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    dated.into_iter().take(RECENT).map(|(_, article)| article.ordinal()).collect()
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
