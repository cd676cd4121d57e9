//! What stands around every page, and the links that several pages have.

use crate::app::{App, Serving, lineage};
use crate::article;
use crate::config;
use crate::http::assets;
use crate::http::converted;
use crate::http::extract::SET_LANG;
use crate::http::i18n::{self, Texts, html_lang};
use crate::index::ArticleView;
use crate::lang::Lang;
use crate::theme::Theme;
use crate::traditional;

/// What stands around every page.
pub(super) struct Layout {
    pub(super) lang: Lang,
    pub(super) t: &'static Texts,
    pub(super) site: String,
    /// Of the page alone; the home page has none.
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// What stands in the search box.
    pub(super) query: String,
    /// What the page is, in the words of Open Graph.
    pub(super) kind: &'static str,
    /// What the page says about itself to machines: JSON-LD, safe in HTML.
    pub(super) structured: Option<String>,
    pub(super) languages: Vec<LanguageLink>,
    /// The public address of the site.
    pub(super) public: Option<String>,
    pub(super) canonical: Option<String>,
    pub(super) alternates: Vec<Alternate>,
    pub(super) contact: Option<String>,
    pub(super) logo: Option<String>,
    pub(super) header_links: Vec<Link>,
    pub(super) footer_links: Vec<Link>,
    pub(super) theme_style: String,
    pub(super) style: &'static str,
    pub(super) icon: &'static str,
    pub(super) touch_icon: &'static str,
    pub(super) large_icon: &'static str,
    pub(super) early_script: &'static str,
    pub(super) script: &'static str,
    /// The color of the page, light and dark.
    pub(super) paper: [String; 2],
}

/// A link to this page in a language.
pub(super) struct LanguageLink {
    lang: Lang,
    pub(super) t: &'static Texts,
    pub(super) path: String,
    pub(super) is_current: bool,
}

impl LanguageLink {
    pub(super) fn html_lang(&self) -> &'static str {
        html_lang(self.lang)
    }
}

/// A page of the same content in a language, as search engines want to know it.
pub(super) struct Alternate {
    pub(super) hreflang: &'static str,
    pub(super) url: String,
}

/// A link to an article, a category or elsewhere.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) text: Option<String>,
    /// The language of the title, where it is not the page's.
    pub(super) lang: Option<&'static str>,
}

/// A category, and how many articles it has.
pub(super) struct Card {
    pub(super) link: Link,
    pub(super) count: usize,
}

impl Layout {
    pub(super) fn new(app: &App, lang: Lang, title: Option<&str>) -> Self {
        let t = i18n::texts(lang);
        let site = app.site();
        let links = |links: &[config::Link]| links.iter().map(|link| site_link(link, lang)).collect();
        let mut layout = Self {
            lang,
            t,
            site: site.name.as_ref().map_or_else(|| t.site.to_owned(), |names| converted::name(names, lang)),
            title: title.map(str::to_owned),
            description: None,
            query: String::new(),
            kind: "website",
            structured: None,
            languages: Vec::new(),
            public: site.public_url.clone(),
            canonical: None,
            alternates: Vec::new(),
            contact: site.contact_url.as_ref().map(|url| in_language(url, lang)),
            logo: site.logo.as_ref().map(|logo| assets::path(&logo.name)),
            header_links: links(&site.header_links),
            footer_links: links(&site.footer_links),
            theme_style: assets::path(site.theme.name()),
            style: assets::style(),
            icon: assets::icon(),
            touch_icon: assets::touch_icon(),
            large_icon: assets::large_icon(),
            early_script: assets::early_script(),
            script: assets::script(),
            paper: Theme::paper(),
        };
        layout.in_languages(&Lang::ALL, |lang| format!("/{lang}/"));
        layout
    }

    /// Offers this page in `languages`; who chooses one is remembered.
    pub(super) fn in_languages(&mut self, languages: &[Lang], path: impl Fn(Lang) -> String) {
        let link = |lang: &Lang| {
            let path = path(*lang);
            let joint = if path.contains('?') { '&' } else { '?' };
            LanguageLink {
                lang: *lang,
                t: i18n::texts(*lang),
                path: format!("{path}{joint}{SET_LANG}={lang}"),
                is_current: *lang == self.lang,
            }
        };
        self.languages = languages.iter().map(link).collect();
    }

    /// Names the canonical address and the versions in other languages; only a server that
    /// knows its public address can.
    pub(super) fn address(&mut self, canonical: &str, versions: &[(&'static str, String)]) {
        let Some(public) = &self.public else { return };
        self.canonical = Some(format!("{public}{canonical}"));
        let alternate = |(hreflang, path): &(&'static str, String)| Alternate {
            hreflang,
            url: format!("{public}{path}"),
        };
        self.alternates = versions.iter().map(alternate).collect();
    }

    pub(super) fn html_lang(&self) -> &'static str {
        html_lang(self.lang)
    }

    /// The language in the words of Open Graph.
    pub(super) fn locale(&self) -> &'static str {
        match self.lang {
            Lang::En => "en_US",
            Lang::Ko => "ko_KR",
            Lang::Zh => "zh_CN",
            Lang::ZhHant => "zh_TW",
        }
    }

    pub(super) fn full_title(&self) -> String {
        match &self.title {
            Some(title) => format!("{title} - {}", self.site),
            None => self.site.clone(),
        }
    }

    /// The title without the site's name, where there is one.
    pub(super) fn own_title(&self) -> &str {
        self.title.as_ref().unwrap_or(&self.site)
    }

    pub(super) fn feed_title(&self) -> String {
        (self.t.feed)(&self.site)
    }

    /// The texts of the script, as JSON.
    pub(super) fn script_texts(&self) -> String {
        self.t.script.json().to_string()
    }

    pub(super) fn home(&self) -> String {
        format!("/{}/", self.lang)
    }

    /// Whether texts of this language are converted for this page's readers.
    pub(super) fn converts(&self, written: Lang) -> bool {
        converted::is_for(self.lang, written)
    }

    /// A text as this page's readers read it.
    pub(super) fn read(&self, text: &str, written: Lang) -> String {
        if self.converts(written) { traditional::convert(text) } else { text.to_owned() }
    }

    /// A `lang` attribute for text that is not in the page's language.
    pub(super) fn foreign(&self, written: Lang) -> Option<&'static str> {
        (written != self.lang && !self.converts(written)).then(|| html_lang(written))
    }

    /// A link to an article. It stays in the page's language.
    pub(super) fn article(&self, article: ArticleView<'_>) -> Link {
        let written = article.lang();
        Link {
            title: self.read(article.title(), written),
            url: article::url(self.lang, article.id()),
            text: article.summary().map(|summary| self.read(summary, written)),
            lang: self.foreign(written),
        }
    }

    /// The articles at these ordinals.
    pub(super) fn articles(&self, serving: &Serving, ordinals: &[u32]) -> Vec<Link> {
        ordinals.iter().map(|ordinal| self.article(serving.catalog().article(*ordinal))).collect()
    }

    /// The first `count` popular articles, by their titles.
    pub(super) fn popular(&self, serving: &Serving, count: usize) -> Vec<Link> {
        let popular = serving.listing(self.lang).popular();
        self.articles(serving, popular.get(..count).unwrap_or(popular))
    }

    /// The categories an article or a category lies in, outermost first.
    pub(super) fn breadcrumb(&self, serving: &Serving, category: &str) -> Vec<Link> {
        lineage(category).map(|id| self.category(serving, id)).collect()
    }

    /// The categories below `parent` that have articles.
    pub(super) fn cards(&self, serving: &Serving, parent: Option<&str>) -> Vec<Card> {
        let listing = serving.listing(self.lang);
        let filled = serving.children(parent).filter(|id| listing.count(id) > 0);
        filled.map(|id| Card { link: self.category(serving, id), count: listing.count(id) }).collect()
    }

    pub(super) fn category(&self, serving: &Serving, id: &str) -> Link {
        let named = serving.catalog().categories().find(id);
        // Without a name, the folder's own.
        let folder = id.rsplit('/').next().unwrap_or(id);
        let read = |text: &str, is_own: bool| self.read(text, if is_own { self.lang } else { Lang::Zh });
        let name = |category: &article::Category| {
            read(category.name(self.lang), category.name.contains_key(&self.lang))
        };
        let description = |category: &article::Category| {
            let text = category.description(self.lang)?;
            Some(read(text, category.description.contains_key(&self.lang)))
        };
        Link {
            title: named.map_or_else(|| folder.to_owned(), name),
            url: article::category_url(self.lang, id),
            text: named.and_then(description),
            lang: None,
        }
    }
}

/// A link of the operator's.
fn site_link(link: &config::Link, lang: Lang) -> Link {
    Link {
        title: converted::name(&link.names, lang),
        url: in_language(&link.url, lang),
        text: None,
        lang: None,
    }
}

fn in_language(url: &str, lang: Lang) -> String {
    url.replace("{lang}", lang.tag())
}
