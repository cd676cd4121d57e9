//! `jieda search`: ranked hits in a terminal.

use std::process::ExitCode;
use std::sync::Arc;

use super::{IndexArg, print};
use crate::article;
use crate::config::{self, Config, Overrides};
use crate::http::api;
use crate::index::{Check, IndexDir};
use crate::lang::Lang;
use crate::search::{Hit, Matched, SearchRequest, SearchResponse, Searcher, request};
use crate::text::{self, Span};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    index: IndexArg,
    /// What to look for; several words are joined by blanks, `--` goes before an excluded -word
    #[arg(required = true, value_name = "QUERY", allow_negative_numbers = true)]
    query: Vec<String>,
    /// The reader's language: zh, zh-Hant, en, ko or any tag near one [default: all languages]
    #[arg(long, value_parser = parse_lang)]
    lang: Option<Lang>,
    /// Only articles written in exactly that language
    #[arg(long, requires = "lang")]
    lang_only: bool,
    /// Only articles of this category
    #[arg(long, value_name = "ID")]
    category: Option<String>,
    /// Only articles with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Page, from 1
    #[arg(long, default_value_t = 1)]
    page: usize,
    /// Hits on a page, 1 to 50
    #[arg(long, default_value_t = request::PER_PAGE)]
    per_page: usize,
    /// Say what scored how much
    #[arg(long)]
    explain: bool,
    /// Print the reply of the JSON API instead
    #[arg(long)]
    json: bool,
}

/// A language from any tag near one of ours.
pub(super) fn parse_lang(tag: &str) -> Result<Lang, String> {
    Lang::from_tag(tag).ok_or_else(|| "expected zh, zh-Hant, en or ko".to_owned())
}

pub(super) fn run(
    args: &Args,
    load: impl FnOnce(Overrides) -> Result<Config, config::Error>,
) -> anyhow::Result<ExitCode> {
    let config = load(Overrides { index: args.index.index.clone(), ..Overrides::default() })?;
    let typed = args.query.join(" ");
    let (request, is_cut) = SearchRequest::shortened(&typed);
    let request = request
        .with_lang(args.lang)
        .with_lang_only(args.lang_only)
        .with_category(args.category.clone())
        .with_tag(args.tag.clone())
        .with_explain(args.explain)
        .with_page(args.page, args.per_page)?;
    if is_cut {
        print::note("the query is longer than 256 characters: only the beginning is looked for");
    }
    let searcher = Searcher::new(Arc::new(IndexDir::new(&config.index).open_current(Check::Sizes)?));
    let started = std::time::Instant::now();
    let response = searcher.search(&request)?;
    let took = started.elapsed();
    if args.json {
        let reply = api::SearchReply::new(request.query(), response, took, searcher.generation().id());
        print::line(&serde_json::to_string_pretty(&reply)?)?;
    } else {
        print::text(&page(&request, &response, print::stdout_has_color()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The page of hits as text.
fn page(request: &SearchRequest, response: &SearchResponse, has_color: bool) -> String {
    if response.hits.is_empty() {
        let what = if response.total == 0 { "nothing found for" } else { "no more hits for" };
        return format!("{what} “{}”\n", print::plain(request.query()));
    }
    let mut out = String::new();
    if let Some(meant) = &response.did_you_mean {
        let (text, reading) = (print::plain(&meant.text), meant.reading.name());
        out.push_str(&if meant.is_applied {
            format!("nothing good as typed, searched for “{text}” ({reading})\n\n")
        } else {
            format!("did you mean “{text}” ({reading})?\n\n")
        });
    }
    for (number, hit) in (request.offset() + 1..).zip(&response.hits) {
        let is_featured = response.featured.as_ref().is_some_and(|it| it.ordinal == hit.ordinal);
        out.push_str(&entry(number, hit, is_featured, has_color));
    }
    let last = request.offset() + response.hits.len();
    let range = format!("{}–{last} of {}", request.offset() + 1, print::things(response.total, "article"));
    out.push_str(&print::style(&range, "2", has_color));
    out.push('\n');
    out
}

/// Why a hit is there, where its text and the lines above the hits do not show it.
const fn reason(matched: Matched) -> Option<&'static str> {
    match matched {
        Matched::Exact | Matched::Word | Matched::Script | Matched::Reading(_) => None,
        Matched::Pinned => Some("pinned"),
        Matched::Entity => Some("for what was pasted"),
        Matched::Synonym => Some("synonym"),
        Matched::Partial => Some("parts of words"),
        Matched::Language => Some("other language"),
    }
}

fn entry(number: usize, hit: &Hit, is_featured: bool, has_color: bool) -> String {
    let title = highlight(&hit.title, &hit.title_spans, "1", has_color);
    let mut facts = vec![hit.lang.to_string(), hit.category.clone()];
    facts.extend(hit.updated.map(|date| date.to_string()));
    facts.extend(reason(hit.matched).map(str::to_owned));
    if is_featured {
        facts.push("featured answer".to_owned());
    }
    let mut url = article::url(hit.lang, &hit.id);
    if !hit.anchor.is_empty() {
        url = format!("{url}#{}", hit.anchor);
    }
    let indent = "    ";
    let mut out = format!(
        "{number:>2}. {title}  {}\n",
        print::style(&print::plain(&facts.join(" · ")), "2", has_color)
    );
    out.push_str(&format!("{indent}{}\n", print::style(&print::plain(&url), "36", has_color)));
    if !hit.snippet.text.is_empty() {
        let before = if hit.snippet.is_cut_before { "…" } else { "" };
        let after = if hit.snippet.is_cut_after { "…" } else { "" };
        let snippet = highlight(&hit.snippet.text, &hit.snippet.spans, "0", has_color);
        out.push_str(&format!("{indent}{before}{snippet}{after}\n"));
    }
    for contribution in &hit.explanation {
        let line = format!(
            "{indent}{:>8.3}  {:<9} {:<4}  {}",
            contribution.score,
            contribution.field,
            contribution.unit,
            print::plain(&contribution.term)
        );
        out.push_str(&print::style(&line, "2", has_color));
        out.push('\n');
    }
    out.push('\n');
    out
}

/// The text with its matches in color, or plain.
fn highlight(source: &str, spans: &[Span], base: &str, has_color: bool) -> String {
    if !has_color {
        return print::plain(source);
    }
    let mut out = format!("\u{1b}[{base}m");
    let mut at = 0;
    for span in spans {
        out.push_str(&print::plain(text::slice(source, Span::new(at, span.start))));
        out.push_str(&format!("\u{1b}[1;33m{}\u{1b}[0;{base}m", print::plain(text::slice(source, *span))));
        at = span.end;
    }
    out.push_str(&print::plain(text::from(source, at)));
    out.push_str("\u{1b}[0m");
    out
}
