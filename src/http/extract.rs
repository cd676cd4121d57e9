//! Paths, parameters and the reader's language, as handlers want them.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use percent_encoding::percent_decode_str;

use super::error::Error;
use crate::app::App;
use crate::lang::Lang;
use crate::text;

/// The cookie in which a reader's choice of language is kept.
pub(super) const LANG_COOKIE: &str = "lang";

/// The parameter by which a link says that a reader has chosen a language.
pub(super) const SET_LANG: &str = "set_lang";

/// So many characters of a name that nobody knows are said.
const LONGEST_NAME: usize = 64;

/// The parameters of a query string. Of a name that is given twice the last value counts,
/// an empty value counts as none, and bytes that are not UTF-8 become U+FFFD.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn new(uri: &Uri) -> Self {
        Self::parse(uri.query().unwrap_or_default())
    }

    /// Of a query string, or of a form.
    pub(super) fn parse(query: &str) -> Self {
        let pairs = query.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// Refuses names that are not known: whoever misspells one would take what comes for what
    /// was asked. What trackers (`utm_…`) and clients that want no cache (`_`) put on any
    /// address counts as nothing.
    pub(super) fn only(&self, known: &'static [String]) -> Result<(), Error> {
        let is_nothing = |name: &str| name.is_empty() || name == "_" || name.starts_with("utm_");
        let mut names = self.0.iter().map(|(name, _)| name);
        match names.find(|name| !is_nothing(name) && !known.contains(name)) {
            Some(name) => {
                let name = text::first_chars(name, LONGEST_NAME).0.to_owned();
                Err(Error::UnknownParameter { name, known })
            }
            None => Ok(()),
        }
    }

    /// A value as it is.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// A number, or an error that says what is expected.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<usize>, Error> {
        let expects = "a whole number";
        self.text(name).map(|text| text.parse().map_err(|_| Error::Parameter { name, expects })).transpose()
    }

    /// `true`, `false`, `1` or `0`; none is `false`.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Error> {
        match self.text(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(Error::Parameter { name, expects: "true or false" }),
        }
    }

    /// A BCP 47 tag that matches a language.
    pub(super) fn lang(&self, name: &'static str) -> Result<Option<Lang>, Error> {
        let expects = "a language tag that matches zh, zh-Hant, en or ko";
        self.text(name).map(|tag| Lang::from_tag(tag).ok_or(Error::Parameter { name, expects })).transpose()
    }
}

/// A name or a value of a query string.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::new(&parts.uri))
    }
}

/// Whether a client takes gzip (RFC 9110, 12.5.3).
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

/// The last part of a path, decoded once.
pub(super) struct Name(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(name)| Self(name)).map_err(|_| Error::NotFound)
    }
}

/// A path that begins with a language, and what follows, decoded once.
pub(super) struct LangPath {
    pub(super) lang: Lang,
    pub(super) name: String,
}

impl<S: Send + Sync> FromRequestParts<S> for LangPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((tag, name)) = path.map_err(|_| Error::NotFound)?;
        let lang = Lang::from_exact_tag(&tag).ok_or(Error::NotFound)?;
        Ok(Self { lang, name })
    }
}

/// The language of a reader who has not named one in the address: the cookie, then
/// `Accept-Language`, then the default of the site.
pub(super) struct Reader(pub(super) Lang);

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        Ok(Self(reader(&parts.headers, app.site().default_lang)))
    }
}

/// The language a reader prefers by cookie, then by `Accept-Language`.
pub(super) fn reader(headers: &HeaderMap, default: Lang) -> Lang {
    let accepted = || Lang::negotiate(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    lang_cookie(headers).or_else(accepted).unwrap_or(default)
}

/// The language in the cookie, if there is one.
pub(super) fn lang_cookie(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|cookies| cookies.split(';')).find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == LANG_COOKIE).then(|| Lang::from_exact_tag(value)).flatten()
    })
}

/// The language a path begins with.
pub(super) fn lang_of_path(path: &str) -> Option<Lang> {
    Lang::from_exact_tag(path.strip_prefix('/')?.split('/').next()?)
}

/// Whether a request that changes something comes from one of our own pages. Browsers say
/// where it comes from; programs need not, and nobody can make them send anything.
pub(super) fn is_same_site(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else { return true };
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    Some(origin) == public_url || host.is_some() && host == text(header::HOST)
}

/// Whether an `Accept` header prefers JSON to HTML. What names neither is a browser.
pub(super) fn prefers_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut html, mut json) = (Quality::default(), Quality::default());
    for range in accepted.flat_map(|value| value.split(',')).take(64) {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        let Some(quality) = quality.filter(|quality| (0.0..=1.0).contains(quality)) else { continue };
        match media.as_str() {
            "*/*" => [&mut html, &mut json].into_iter().for_each(|kind| kind.raise(0, quality)),
            "text/*" => html.raise(1, quality),
            "application/*" => json.raise(1, quality),
            "text/html" | "application/xhtml+xml" => html.raise(2, quality),
            "application/json" | "application/problem+json" => json.raise(2, quality),
            _ => {}
        }
    }
    json.specificity > 0 && json.value > html.value
}

/// The quality of a media type by the most specific range that names it.
#[derive(Default)]
struct Quality {
    specificity: u8,
    value: f32,
}

impl Quality {
    fn raise(&mut self, specificity: u8, value: f32) {
        if specificity > self.specificity {
            *self = Self { specificity, value };
        } else if specificity == self.specificity {
            self.value = self.value.max(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn browsers_get_pages_and_programs_get_problems() {
        for (accept, expect) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false),
            ("*/*", false),
            ("", false),
            ("application/json", true),
            ("application/problem+json, */*;q=0.1", true),
            ("application/json;q=0.5, text/html", false),
            ("text/html;q=0.5, application/json;q=0.6", true),
            ("application/json, text/html", false),
            ("application/*", true),
            ("application/json;q=0", false),
            ("image/avif", false),
            ("application/json;q=nonsense", false),
        ] {
            assert_eq!(prefers_json(&headers(header::ACCEPT, accept)), expect, "{accept}");
        }
        assert!(!prefers_json(&HeaderMap::new()));
    }

    #[test]
    fn a_cookie_counts_more_than_the_browser() {
        let mut both = headers(header::ACCEPT_LANGUAGE, "en-US,en");
        assert_eq!(reader(&both, Lang::Zh), Lang::En);
        both.insert(header::COOKIE, HeaderValue::from_static("a=b; lang=ko"));
        assert_eq!(reader(&both, Lang::Zh), Lang::Ko);
        both.insert(header::COOKIE, HeaderValue::from_static("lang=xx"));
        assert_eq!(reader(&both, Lang::Zh), Lang::En);
        assert_eq!(reader(&HeaderMap::new(), Lang::Zh), Lang::Zh);
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        let public = Some("https://help.example.com");
        for (sent, expect) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://help.example.com")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("origin", "https://help.example.com")], true),
            (&[("origin", "https://evil.example"), ("host", "help.example.com")], false),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true),
            (&[("origin", "null"), ("host", "null")], false),
            (&[("origin", "null")], false),
        ] {
            let headers = sent
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            assert_eq!(is_same_site(&headers.collect(), public), expect, "{sent:?}");
        }
    }

    #[test]
    fn parameters_are_read_forgivingly() {
        let params = |query: &str| Params::new(&format!("/?{query}").parse().unwrap());
        assert_eq!(params("q=a+b%2B%E6%8F%90").text("q"), Some("a b+提"));
        assert_eq!(params("q=%ff%00x").text("q"), Some("\u{fffd}\0x"));
        assert_eq!(params("q=1&q=2").text("q"), Some("2"));
        assert_eq!(params("q=&x").text("q"), None);
        assert_eq!(params("%71=1").text("q"), Some("1"));
        assert!(params("page=x").number("page").is_err());
        assert!(params("page=-1").number("page").is_err());
        assert_eq!(params("lang=zh-TW").lang("lang").unwrap(), Some(Lang::ZhHant));
        assert!(params("lang=fr").lang("lang").is_err());
        assert!(params("explain=1").flag("explain").unwrap());
        assert!(params("explain=yes").flag("explain").is_err());
    }
}
