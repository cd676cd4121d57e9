//! `/search`

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use super::{Layout, Link, prose, text_fragment, with_query};
use crate::app::{App, Serving};
use crate::article;
use crate::http::cache::vary_by_reader;
use crate::http::converted;
use crate::http::error::Error;
use crate::http::extract::{Params, Reader};
use crate::http::i18n::{around_query, texts};
use crate::lang::Lang;
use crate::search::request::{MAX_DEPTH, PER_PAGE};
use crate::search::{self, Facets, SearchRequest, SearchResponse};
use crate::text::{self, Span};

/// How many popular articles are offered where nothing was found.
const POPULAR: usize = 3;
/// The last page that can be asked for.
const LAST_PAGE: usize = MAX_DEPTH / PER_PAGE;

#[derive(Template)]
#[template(path = "search.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a sentence that stands on the page or does not")]
struct Results {
    page: Layout,
    /// Nothing was asked.
    is_idle: bool,
    /// Only the beginning of the question was used.
    is_cut: bool,
    /// Only the rarest words of the question were used.
    is_shortened: bool,
    /// Another reading of the question.
    reading: Option<Link>,
    /// What stands before and behind it: it is offered, or the hits are those of it.
    around_reading: (&'static str, &'static str),
    /// Only languages that the reader has not chosen have hits.
    is_elsewhere: bool,
    total: usize,
    featured: Option<Featured>,
    hits: Vec<Hit>,
    topics: Vec<Choice>,
    languages: Vec<Choice>,
    /// Where only the chosen category has nothing: the search without it.
    unfiltered: Option<Unfiltered>,
    paging: Paging,
    popular: Vec<Link>,
}

struct Hit {
    title: Vec<Piece>,
    url: String,
    heading: String,
    snippet: Vec<Piece>,
    is_cut_before: bool,
    is_cut_after: bool,
    breadcrumb: Vec<Link>,
    updated: Option<Updated>,
    /// Why it is there, where its words do not show it.
    reason: Option<&'static str>,
    lang: Option<&'static str>,
    /// The name of that language, where the reader has not chosen to read it.
    language: Option<&'static str>,
}

/// The section that clearly answers.
struct Featured {
    /// The title of its article.
    title: String,
    /// Its own heading, where it has one.
    heading: Option<String>,
    url: String,
    html: String,
    lang: Option<&'static str>,
}

struct Updated {
    day: String,
    text: String,
}

/// A piece of text, marked where it matches.
struct Piece {
    text: String,
    is_match: bool,
}

/// A category to filter by.
struct Choice {
    name: String,
    url: String,
    count: Option<usize>,
    is_current: bool,
}

/// What all topics have for a question that one has nothing for.
struct Unfiltered {
    topic: String,
    count: usize,
    url: String,
}

struct Paging {
    page: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
}

/// What the address says.
#[derive(Clone, Copy)]
struct Asked<'a> {
    query: &'a str,
    lang: Lang,
    category: &'a str,
}

impl Asked<'_> {
    fn path(&self, lang: Lang, category: &str, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        with_query(
            "/search",
            &[("q", self.query), ("lang", lang.tag()), ("category", category), ("page", &page)],
        )
    }
}

/// The results page. What is wrong in the address is put right: people do not write it.
pub(in crate::http) async fn show(
    State(app): State<Arc<App>>,
    Reader(reader): Reader,
    params: Params,
) -> Result<Response, Error> {
    // A field has one line: without a blank in their place, what stood on two would run together.
    let typed = params.text("q").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let (request, is_cut) = SearchRequest::shortened(&typed);
    let query = request.query().to_owned();
    let asked = Asked {
        query: &query,
        lang: params.lang("lang").ok().flatten().unwrap_or(reader),
        category: params.text("category").unwrap_or_default(),
    };
    let category = Some(asked.category.to_owned()).filter(|category| !category.is_empty());
    let request = request.with_lang(Some(asked.lang)).with_category(category);
    let wanted = params.number("page").ok().flatten().unwrap_or(1).clamp(1, LAST_PAGE);
    let serving = app.serving();
    let mut number = wanted;
    let mut response = serving.searcher().search(&request.clone().with_page(number, PER_PAGE)?)?;
    let pages = response.total.div_ceil(PER_PAGE).clamp(1, LAST_PAGE);
    if number > pages {
        number = pages;
        response = serving.searcher().search(&request.clone().with_page(number, PER_PAGE)?)?;
    }
    // Nothing in one topic is another thing than nothing at all.
    let in_all_topics = if response.total == 0 && !asked.category.is_empty() {
        serving.searcher().search(&request.with_category(None))?.total
    } else {
        0
    };
    if response.total == 0 && !query.is_empty() {
        app.count_unanswered();
        tracing::info!(lang = asked.lang.tag(), "nothing found");
    }
    for hit in response.hits.iter_mut().filter(|hit| converted::is_for(asked.lang, hit.lang)) {
        converted::convert(hit);
    }
    let model = model(&app, &serving, &asked, &response, Page { number, pages, in_all_topics }, is_cut);
    let mut response = super::page_once(&model)?;
    if params.text("lang").is_none() {
        vary_by_reader(&mut response);
    }
    // Not disallowed in robots.txt: it must be read to be obeyed.
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    Ok(response)
}

#[derive(Clone, Copy)]
struct Page {
    number: usize,
    pages: usize,
    /// How many hits there are without the category in which there is none.
    in_all_topics: usize,
}

fn model(
    app: &App,
    serving: &Serving,
    asked: &Asked<'_>,
    response: &SearchResponse,
    Page { number, pages, in_all_topics }: Page,
    is_cut: bool,
) -> Results {
    // Never the question: a results page must not be found under what somebody typed.
    let mut page = Layout::new(app, asked.lang, None);
    let pages_text = (number > 1).then(|| format!(" ({})", (page.t.page_of)(number, pages)));
    page.title = Some(format!("{}{}", page.t.results, pages_text.unwrap_or_default()));
    asked.query.clone_into(&mut page.query);
    page.in_languages(&Lang::ALL, |lang| asked.path(lang, asked.category, 1));
    page.contact = page.contact.map(|url| with_question(&url, asked.query));
    let is_idle = asked.query.is_empty();
    let unfiltered = (in_all_topics > 0).then(|| Unfiltered {
        topic: page.category(serving, asked.category).title,
        count: in_all_topics,
        url: asked.path(asked.lang, "", 1),
    });
    let topics = if is_idle { Vec::new() } else { topics(&page, serving, asked, &response.facets) };
    let is_empty = response.total == 0;
    let meant = response.did_you_mean.as_ref();
    let is_elsewhere = !is_empty && own_count(asked, &response.facets) == 0;
    let is_applied = meant.is_some_and(|meant| meant.is_applied);
    Results {
        reading: meant.map(|meant| {
            let asked = Asked { query: &meant.text, ..*asked };
            let url = asked.path(asked.lang, asked.category, 1);
            Link { title: page.read(&meant.text, Lang::Zh), url, text: None, lang: None }
        }),
        around_reading: around_query(if is_applied {
            page.t.script.searched_instead
        } else {
            page.t.script.did_you_mean
        }),
        is_idle,
        is_cut,
        is_shortened: response.is_shortened,
        is_elsewhere,
        total: response.total,
        hits: response.hits.iter().map(|found| hit(&page, serving, found)).collect(),
        featured: response.featured.as_ref().map(|found| featured(&page, found)),
        topics,
        languages: languages(asked, response),
        unfiltered,
        paging: Paging {
            page: number,
            pages,
            previous: (number > 1).then(|| asked.path(asked.lang, asked.category, number - 1)),
            next: (number < pages).then(|| asked.path(asked.lang, asked.category, number + 1)),
        },
        popular: if is_empty { page.popular(serving, POPULAR) } else { Vec::new() },
        page,
    }
}

fn featured(page: &Layout, found: &search::Featured) -> Featured {
    let fragment = article::fragment(&found.anchor);
    let path = article::url(page.lang, &found.id);
    Featured {
        title: page.read(&found.title, found.lang),
        heading: (!found.heading.is_empty()).then(|| page.read(&found.heading, found.lang)),
        url: if fragment.is_empty() { path } else { format!("{path}#{fragment}") },
        html: prose::asked_rows(&prose::prepare(page, &found.html, found.lang), &page.query),
        lang: page.foreign(found.lang),
    }
}

fn hit(page: &Layout, serving: &Serving, hit: &search::Hit) -> Hit {
    // A hit in a language the reader does not read is shown in its own.
    let is_readable = page.lang.readable().contains(&hit.lang);
    // The reader sees the script that was typed, and not that it was another.
    let is_plain = hit.matched == search::Matched::Script && page.converts(hit.lang);
    let path = article::url(if is_readable { page.lang } else { hit.lang }, &hit.id);
    let directive =
        text_fragment::directive(serving.catalog().article(hit.ordinal), hit, page.t.search_placeholder);
    let fragment = format!("{}{}", article::fragment(&hit.anchor), directive.unwrap_or_default());
    let fragment = if fragment.is_empty() { fragment } else { format!("#{fragment}") };
    Hit {
        // Of a language the reader does not read, its name says enough.
        reason: (is_readable && !is_plain).then(|| page.t.script.reasons.get(hit.matched.name())).flatten(),
        title: pieces(&hit.title, &hit.title_spans),
        url: format!("{path}{fragment}"),
        heading: hit.heading.clone(),
        snippet: pieces(&hit.snippet.text, &hit.snippet.spans),
        is_cut_before: hit.snippet.is_cut_before,
        is_cut_after: hit.snippet.is_cut_after,
        breadcrumb: page.breadcrumb(serving, &hit.category),
        updated: hit
            .updated
            .map(|day| Updated { day: day.to_string(), text: (page.t.updated)(&(page.t.date)(day)) }),
        lang: page.foreign(hit.lang),
        language: (!is_readable).then(|| texts(hit.lang).language),
    }
}

/// Cuts a text at the ends of its marks; the pieces together are the text.
fn pieces(text: &str, marks: &[Span]) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(marks.len() * 2 + 1);
    let mut push = |span: Span, is_match| {
        let text = text::slice(text, span);
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), is_match });
        }
    };
    let mut at = 0;
    for mark in marks {
        push(Span::new(at, mark.start), false);
        push(*mark, true);
        at = mark.end;
    }
    push(Span::new(at, text.len()), false);
    pieces
}

/// All topics, then those that have hits. None where there is nothing to choose.
fn topics(page: &Layout, serving: &Serving, asked: &Asked<'_>, facets: &Facets) -> Vec<Choice> {
    let has_chosen = facets.category.iter().any(|value| value.value == asked.category);
    if facets.category.is_empty() || facets.category.len() < 2 && asked.category.is_empty() {
        return Vec::new();
    }
    let all = Choice {
        name: page.t.all_topics.to_owned(),
        url: asked.path(asked.lang, "", 1),
        count: None,
        is_current: asked.category.is_empty(),
    };
    let topics = facets.category.iter().map(|value| Choice {
        name: page.category(serving, &value.value).title,
        url: asked.path(asked.lang, &value.value, 1),
        count: Some(value.count),
        is_current: value.value == asked.category,
    });
    // What is chosen is shown as chosen even where nothing was found in it.
    let empty = (!has_chosen && !asked.category.is_empty()).then(|| Choice {
        name: page.category(serving, asked.category).title,
        url: asked.path(asked.lang, asked.category, 1),
        count: Some(0),
        is_current: true,
    });
    // What is chosen comes first: a phone shows only the beginning of the row.
    let (chosen, others): (Vec<Choice>, Vec<Choice>) = topics.partition(|choice| choice.is_current);
    std::iter::once(all).chain(empty).chain(chosen).chain(others).collect()
}

/// How many hits the reader can read. A reader of Traditional reads Simplified articles, too.
fn own_count(asked: &Asked<'_>, facets: &Facets) -> usize {
    let is_own =
        |value: &&search::FacetValue| asked.lang.readable().iter().any(|lang| lang.tag() == value.value);
    facets.lang.iter().filter(is_own).map(|value| value.count).sum()
}

/// The languages that have hits, the reader's own first.
fn languages(asked: &Asked<'_>, response: &SearchResponse) -> Vec<Choice> {
    let own = Choice {
        name: texts(asked.lang).language.to_owned(),
        url: asked.path(asked.lang, asked.category, 1),
        count: Some(own_count(asked, &response.facets)),
        is_current: true,
    };
    let others = unread(asked, &response.facets).map(|(lang, count)| Choice {
        name: texts(lang).language.to_owned(),
        url: asked.path(lang, asked.category, 1),
        count: Some(count),
        is_current: false,
    });
    std::iter::once(own).chain(others).collect()
}

/// Languages that have hits and that the reader has not chosen to read.
fn unread(asked: &Asked<'_>, facets: &Facets) -> impl Iterator<Item = (Lang, usize)> {
    let langs =
        facets.lang.iter().filter_map(|value| Some((Lang::from_exact_tag(&value.value)?, value.count)));
    langs.filter(|(lang, _)| !asked.lang.readable().contains(lang))
}

/// The contact page is told what was asked, so that nobody has to type it twice.
fn with_question(contact: &str, query: &str) -> String {
    if query.is_empty() || contact.starts_with("mailto:") {
        return contact.to_owned();
    }
    let (path, given) = contact.split_once('?').unwrap_or((contact, ""));
    let question = with_query("", &[("q", query)]);
    if given.is_empty() {
        format!("{path}{question}")
    } else {
        format!("{path}?{given}&{}", question.trim_start_matches('?'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_up_the_text() {
        let text = "提现多久到账";
        let marked = |marks: &[Span]| -> String {
            let pieces = pieces(text, marks);
            pieces.iter().map(|p| if p.is_match { format!("[{}]", p.text) } else { p.text.clone() }).collect()
        };
        assert_eq!(marked(&[]), "提现多久到账");
        assert_eq!(marked(&[Span::new(0, 6), Span::new(12, 18)]), "[提现]多久[到账]");
    }

    #[test]
    fn contact_is_told_the_question() {
        assert_eq!(with_question("https://a/b", "提"), "https://a/b?q=%E6%8F%90");
        assert_eq!(with_question("https://a/b?x=1", "提"), "https://a/b?x=1&q=%E6%8F%90");
        assert_eq!(with_question("mailto:a@b.c", "提"), "mailto:a@b.c");
        assert_eq!(with_question("https://a/b", ""), "https://a/b");
    }
}
