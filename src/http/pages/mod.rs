//! HTML for people: complete pages that need no JavaScript. Each file has the model of its
//! template in `templates/` and the handler that fills it.

pub(super) mod article;
pub(super) mod category;
pub(super) mod error;
pub(super) mod home;
pub(super) mod search;
pub(super) mod widget_demo;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::cache::Cache;
use super::error::Error;
use super::i18n::{self, Texts};
use super::{assets, i18n::html_lang};
use crate::app::{App, Serving, lineage};
use crate::article as articles;
use crate::index::ArticleView;
use crate::lang::Lang;

const HTML: &str = "text/html; charset=utf-8";

/// What must be encoded in a value of a query string.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stands around every page.
struct Layout {
    lang: Lang,
    t: &'static Texts,
    site: String,
    /// Of the page alone; the home page has none.
    title: Option<String>,
    description: Option<String>,
    /// What stands in the search box.
    query: String,
    languages: Vec<LanguageLink>,
    canonical: Option<String>,
    alternates: Vec<Alternate>,
    contact: Option<String>,
    style: &'static str,
    icon: &'static str,
    early_script: &'static str,
    script: &'static str,
}

/// A link to this page in a language.
struct LanguageLink {
    lang: Lang,
    t: &'static Texts,
    path: String,
    is_current: bool,
}

impl LanguageLink {
    fn html_lang(&self) -> &'static str {
        html_lang(self.lang)
    }
}

/// A page of the same content in a language, as search engines want to know it.
struct Alternate {
    hreflang: &'static str,
    url: String,
}

/// A link to an article or a category.
struct Link {
    title: String,
    url: String,
    text: Option<String>,
    /// The language of the title, where it is not the page's.
    lang: Option<&'static str>,
}

impl Layout {
    fn new(app: &App, lang: Lang, title: Option<&str>) -> Self {
        let t = i18n::texts(lang);
        let site = app.site();
        let mut layout = Self {
            lang,
            t,
            site: site.name.as_ref().map_or(t.site, |names| names.get(lang)).to_owned(),
            title: title.map(str::to_owned),
            description: None,
            query: String::new(),
            languages: Vec::new(),
            canonical: None,
            alternates: Vec::new(),
            contact: site.contact_url.clone(),
            style: assets::style(),
            icon: assets::icon(),
            early_script: assets::early_script(),
            script: assets::script(),
        };
        layout.in_languages(&Lang::ALL, |lang| format!("/{lang}/"));
        layout
    }

    /// Offers this page in `languages`.
    fn in_languages(&mut self, languages: &[Lang], path: impl Fn(Lang) -> String) {
        let link = |lang: &Lang| LanguageLink {
            lang: *lang,
            t: i18n::texts(*lang),
            path: path(*lang),
            is_current: *lang == self.lang,
        };
        self.languages = languages.iter().map(link).collect();
    }

    /// Names the canonical address and the versions in other languages; only a server that
    /// knows its public address can.
    fn address(&mut self, app: &App, canonical: &str, versions: &[(&'static str, String)]) {
        let Some(public) = &app.site().public_url else { return };
        self.canonical = Some(format!("{public}{canonical}"));
        let alternate = |(hreflang, path): &(&'static str, String)| Alternate {
            hreflang,
            url: format!("{public}{path}"),
        };
        self.alternates = versions.iter().map(alternate).collect();
    }

    fn html_lang(&self) -> &'static str {
        html_lang(self.lang)
    }

    fn full_title(&self) -> String {
        match &self.title {
            Some(title) => format!("{title} - {}", self.site),
            None => self.site.clone(),
        }
    }

    /// The texts of the script, as JSON.
    fn script_texts(&self) -> String {
        self.t.script.json().to_string()
    }

    fn home(&self) -> String {
        format!("/{}/", self.lang)
    }

    /// A `lang` attribute for text that is not in the page's language.
    fn foreign(&self, lang: Lang) -> Option<&'static str> {
        (lang != self.lang).then(|| html_lang(lang))
    }

    fn article(&self, article: ArticleView<'_>) -> Link {
        Link {
            title: article.title().to_owned(),
            url: articles::url(article.lang(), article.id()),
            text: article.summary().map(str::to_owned),
            lang: self.foreign(article.lang()),
        }
    }

    /// The articles at these ordinals. Their links stay in the page's language.
    fn articles(&self, serving: &Serving, ordinals: &[u32]) -> Vec<Link> {
        let link = |ordinal: &u32| {
            let article = serving.catalog().article(*ordinal);
            Link { url: articles::url(self.lang, article.id()), ..self.article(article) }
        };
        ordinals.iter().map(link).collect()
    }

    fn popular(&self, serving: &Serving, count: usize) -> Vec<Link> {
        let popular = serving.listing(self.lang).popular();
        self.articles(serving, popular.get(..count).unwrap_or(popular))
    }

    /// The categories an article or a category lies in, outermost first.
    fn breadcrumb(&self, serving: &Serving, category: &str) -> Vec<Link> {
        lineage(category).map(|id| self.category(serving, id)).collect()
    }

    fn category(&self, serving: &Serving, id: &str) -> Link {
        let named = serving.catalog().categories().find(id);
        // Without a name, the folder's own.
        let folder = id.rsplit('/').next().unwrap_or(id);
        Link {
            title: named.map_or(folder, |category| category.name(self.lang)).to_owned(),
            url: articles::category_url(self.lang, id),
            text: named.and_then(|category| category.description(self.lang)).map(str::to_owned),
            lang: None,
        }
    }
}

/// A path with parameters; those without a value are left out.
fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let pairs = given.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY_VALUE)));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A page that may be kept as `cache` says.
fn page(template: &impl Template, cache: Cache, request: &HeaderMap) -> Result<Response, Error> {
    Ok(cache.reply(request, HTML, template.render()?))
}

/// A page that is nobody's to keep.
fn page_once(template: &impl Template) -> Result<Response, Error> {
    let mut response = template.render()?.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    Cache::Never.put_on(&mut response);
    Ok(response)
}

/// A redirect to a path made here, never to an address from a request.
pub(super) fn redirect(status: StatusCode, path: &str, cache: Cache) -> Response {
    let location = HeaderValue::from_str(path).expect("our own paths are percent-encoded");
    let mut response = (status, [(header::LOCATION, location)]).into_response();
    cache.put_on(&mut response);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_links_are_encoded() {
        let link = with_query("/search", &[("q", "a&b=\"<提>"), ("category", ""), ("lang", "zh-Hant")]);
        assert_eq!(link, "/search?q=a%26b%3D%22%3C%E6%8F%90%3E&lang=zh-Hant");
        assert_eq!(with_query("/search", &[("q", "")]), "/search");
    }
}
