//! Front matter: the YAML (`---`) or TOML (`+++`) block that opens a file.
//!
//! Both formats become the same list of entries with spans; one reader turns it into
//! [`Meta`]. A value that cannot be used is a diagnostic and is passed over.

use jiff::civil::Date;

use super::broken_yaml::Broken;
use super::diagnostic::{Code, Diagnostic};
use super::entries::{Entry, Placed, Value, toml_entries, yaml_entries};
use super::fence::{Format, bom, split};
use super::keys::{self, KEYS, Visibility, date};
use super::{Audience, Status, slug};
use crate::entity;
use crate::lang::Lang;
use crate::text::{self, Span};

/// Largest front matter in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// What the front matter says.
#[derive(Debug, Default)]
pub(crate) struct Meta {
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) lang: Option<Lang>,
    pub(crate) category: Option<String>,
    pub(crate) places: Places,
    pub(crate) summary: Option<String>,
    pub(crate) questions: Vec<String>,
    pub(crate) phrases: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) updated: Option<(Date, Span)>,
    pub(crate) review_by: Option<(Date, Span)>,
    pub(crate) status: Status,
    pub(crate) audience: Audience,
    pub(crate) related: Vec<Placed>,
    pub(crate) redirect_from: Vec<Placed>,
    pub(crate) order: Option<i32>,
    pub(crate) translations: Vec<(Lang, Span)>,
    pub(crate) entities: Vec<String>,
}

/// Where what it says of these stands.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) title: Option<Span>,
    pub(crate) lang: Option<Span>,
    pub(crate) category: Option<Span>,
}

/// A file's front matter and where its body begins.
pub(crate) struct FrontMatter {
    pub(crate) meta: Meta,
    pub(crate) body: usize,
}

/// Reads the front matter of a file. Diagnostics of what could not be used are appended;
/// an `Err` is a block that does not parse at all.
pub(crate) fn parse(
    path: &str,
    source: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<FrontMatter, Box<Diagnostic>> {
    let syntax = |span, message: String| {
        Box::new(Diagnostic::at(Code::FrontMatterSyntax, path, source, span, message))
    };
    let (format, block, body) = match split(source) {
        Ok(Some(block)) => block,
        Ok(None) => return Ok(FrontMatter { meta: Meta::default(), body: bom(source) }),
        Err((span, message, help)) => return Err(Box::new(syntax(span, message.to_owned()).with_help(help))),
    };
    let Some(body) = body else {
        let span = Span::new(bom(source), block.start);
        let diagnostic = syntax(span, "the front matter is not closed".to_owned());
        return Err(Box::new(diagnostic.with_help("put a line `---` below it")));
    };
    if block.len() > MAX_BYTES {
        return Err(syntax(
            Span::new(0, 3),
            format!("the front matter has {} bytes, at most {MAX_BYTES} are read", block.len()),
        ));
    }
    let inner = text::slice(source, block);
    let entries = match format {
        Format::Yaml => yaml_entries(inner),
        Format::Toml => toml_entries(inner),
    };
    let mut entries = entries.map_err(|Broken { range, message, help }| {
        let span = Span::new(block.start + range.start, block.start + range.end);
        Box::new(Diagnostic { help, ..*syntax(span, message) })
    })?;
    for entry in &mut entries {
        entry.shift(block.start);
    }
    let mut reader = Reader { path, source, diagnostics, meta: Meta::default(), hidden: false };
    for entry in entries {
        reader.entry(entry);
    }
    if reader.hidden {
        reader.meta.status = Status::Draft;
    }
    Ok(FrontMatter { meta: reader.meta, body })
}

/// Turns entries into [`Meta`].
struct Reader<'a> {
    path: &'a str,
    source: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
    meta: Meta,
    /// Something that is not ours or not clear keeps it from the public, whatever else is said.
    hidden: bool,
}

impl Reader<'_> {
    fn report(&mut self, code: Code, span: Span, message: String, help: Option<String>) {
        let diagnostic = Diagnostic::at(code, self.path, self.source, span, message);
        self.diagnostics.push(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }

    fn invalid(&mut self, key: &str, span: Span, expected: &str) {
        self.report(Code::InvalidValue, span, format!("`{key}` must be {expected}"), None);
    }

    fn entry(&mut self, entry: Entry) {
        let (key, span) = (entry.key.0.as_str(), entry.span);
        if matches!(entry.value, Value::Null)
            && (KEYS.contains(&key) || keys::visibility(key, None).is_some())
        {
            return;
        }
        match key {
            "questions" => {
                self.meta.questions = self.list(&entry).into_iter().map(|(text, _)| text).collect();
            }
            "phrases" => {
                self.meta.phrases = self.list(&entry).into_iter().map(|(text, _)| text).collect();
            }
            "tags" => self.meta.tags = self.tags(&entry),
            "related" => self.meta.related = self.list(&entry),
            "redirect_from" => self.meta.redirect_from = self.list(&entry),
            "entities" => {
                for (written, span) in self.list(&entry) {
                    match entity::name(&written) {
                        Some(name) => self.meta.entities.push(name),
                        None => self.unknown_entity(&written, span),
                    }
                }
            }
            "translations" => {
                for (tag, span) in self.list(&entry) {
                    match Lang::from_exact_tag(&tag) {
                        Some(lang) => self.meta.translations.push((lang, span)),
                        None => self.invalid(key, span, "a list of zh, zh-Hant, en or ko"),
                    }
                }
            }
            _ if KEYS.contains(&key) => match entry.value {
                Value::Scalar(value) => self.scalar(key, value.trim(), span),
                _ => {
                    self.hidden = self.hidden || matches!(key, "status" | "audience");
                    self.invalid(key, span, "a single value");
                }
            },
            _ => self.foreign(&entry),
        }
    }

    fn scalar(&mut self, key: &str, value: &str, span: Span) {
        if value.is_empty() {
            return;
        }
        let text = Some(value.to_owned());
        match key {
            "title" => self.meta.places.title = Some(span),
            "lang" => self.meta.places.lang = Some(span),
            "category" => self.meta.places.category = Some(span),
            _ => {}
        }
        match key {
            "id" if slug::is_id(value) => self.meta.id = text,
            "id" => {
                let clean = slug::clean_id(value);
                let message =
                    format!("`{value}` cannot be an id: letters, digits, `-` and `_`, parts joined by `/`");
                self.report(Code::InvalidId, span, message, Some(format!("it is read as `{clean}`")));
                self.meta.id = Some(clean);
            }
            "title" => self.meta.title = text,
            "category" if slug::is_id(value) => self.meta.category = text,
            "category" => {
                let clean = slug::clean_id(value);
                let message =
                    format!("`{value}` cannot be the id of a category: letters, digits, `-` and `_`");
                let help =
                    format!("it is read as `{clean}`; its name for readers belongs in `categories.toml`");
                self.report(Code::InvalidId, span, message, Some(help));
                self.meta.category = Some(clean);
            }
            "summary" => self.meta.summary = text,
            "lang" => match Lang::from_tag(value) {
                Some(lang) => self.meta.lang = Some(lang),
                None => self.invalid(key, span, "zh, zh-Hant, en or ko"),
            },
            "updated" => match date(value) {
                Some(date) => self.meta.updated = Some((date, span)),
                None => self.invalid(key, span, "a date such as 2026-11-20"),
            },
            "review_by" => match date(value) {
                Some(date) => self.meta.review_by = Some((date, span)),
                None => self.invalid(key, span, "a date such as 2026-11-20"),
            },
            // What cannot be understood is kept from the public until it is mended.
            "status" => match value {
                "published" => self.meta.status = Status::Published,
                _ => {
                    self.meta.status = Status::Draft;
                    if value != "draft" {
                        self.invalid(key, span, "published or draft (it is read as draft)");
                    }
                }
            },
            "audience" => match value {
                "public" => self.meta.audience = Audience::Public,
                _ => {
                    self.meta.audience = Audience::Staff;
                    if value != "staff" {
                        self.invalid(key, span, "public or staff (it is read as staff)");
                    }
                }
            },
            _ => match value.parse() {
                Ok(order) => self.meta.order = Some(order),
                Err(_) => self.invalid(key, span, "a whole number"),
            },
        }
    }

    fn unknown_entity(&mut self, written: &str, span: Span) {
        let nearest = entity::NAMES.iter().map(|name| (strsim::osa_distance(name, written), *name)).min();
        let help = match nearest.filter(|(distance, _)| *distance <= 2) {
            Some((_, name)) => format!("did you mean `{name}`?"),
            None => "an error code is written `code:KYC-107`; README lists the others".to_owned(),
        };
        self.report(Code::InvalidValue, span, format!("`{written}` is no entity"), Some(help));
    }

    /// A list, or a single value as a list of one.
    fn list(&mut self, entry: &Entry) -> Vec<Placed> {
        let items = match &entry.value {
            Value::List(items) => items.clone(),
            Value::Scalar(value) => vec![(value.clone(), entry.span)],
            Value::Null | Value::Other => {
                let message = format!("`{}` must be a list of strings", entry.key.0);
                let help = "an item with a colon and a blank in it needs quotes".to_owned();
                self.report(Code::InvalidValue, entry.span, message, Some(help));
                Vec::new()
            }
        };
        let trimmed = items.into_iter().map(|(value, span)| (value.trim().to_owned(), span));
        trimmed.filter(|(value, _)| !value.is_empty()).collect()
    }

    /// Tags also come as one line with commas.
    fn tags(&mut self, entry: &Entry) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for (value, _) in self.list(entry) {
            let parts: Vec<&str> = match entry.value {
                Value::Scalar(_) => value.split([',', '，']).map(str::trim).collect(),
                _ => vec![&value],
            };
            for tag in parts {
                if !tag.is_empty() && !tags.iter().any(|known| known == tag) {
                    tags.push(tag.to_owned());
                }
            }
        }
        tags
    }

    /// A key that is not ours. Whatever may have been meant to keep the article from the public
    /// does; the rest is not read.
    fn foreign(&mut self, entry: &Entry) {
        let (key, span) = (entry.key.0.as_str(), entry.key.1);
        let value = match &entry.value {
            Value::Scalar(value) => Some(value.trim()),
            _ => None,
        };
        let unknown = format!("unknown key `{key}`: it is not read");
        match keys::visibility(key, value) {
            None => self.report(Code::UnknownKey, span, unknown, keys::instead(key)),
            Some(Visibility::Shown) => {
                // `draft: false` says nothing new.
                if let Some(help) = keys::instead(key) {
                    self.report(Code::UnknownKey, span, unknown, Some(help));
                }
            }
            Some(Visibility::Hidden(ours)) => {
                self.hidden = true;
                let message = format!("`{key}: {}` is read as `{ours}`", value.unwrap_or_default());
                self.report(Code::UnknownKey, span, message, Some(format!("write `{ours}`")));
            }
            Some(Visibility::Unclear(ours)) => {
                self.hidden = true;
                let message = format!(
                    "unknown key `{key}`, which may mean `{ours}`: the article is kept from the public until it is mended"
                );
                let help = match ours {
                    "status" => "write `status: draft` or `status: published`",
                    _ => "write `audience: staff` or `audience: public`",
                };
                self.report(Code::UnclearVisibility, span, message, Some(help.to_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(source: &str) -> (Result<FrontMatter, Box<Diagnostic>>, Vec<String>) {
        let mut diagnostics = Vec::new();
        let result = parse("a.md", source, &mut diagnostics);
        (result, diagnostics.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn yaml_and_toml_say_the_same() {
        let yaml = "---\nid: a/b\ntitle: \"提币: 失败\"\norder: 007\nlang: zh-TW\ntags: [2FA, 1.10]\nupdated: 2026-09-18\nquestions:\n  - 怎么办\n---\nbody";
        let toml = "+++\nid = 'a/b'\ntitle = '提币: 失败'\norder = 7\nlang = 'zh-TW'\ntags = ['2FA', '1.10']\nupdated = 2026-09-18\nquestions = ['怎么办']\n+++\nbody";
        for source in [yaml, toml] {
            let (result, diagnostics) = read(source);
            let front = result.ok().unwrap();
            assert_eq!(diagnostics, Vec::<String>::new());
            assert_eq!(text::from(source, front.body), "body");
            let meta = front.meta;
            assert_eq!(meta.id.as_deref(), Some("a/b"));
            assert_eq!(meta.title.as_deref(), Some("提币: 失败"));
            assert_eq!((meta.order, meta.lang), (Some(7), Some(Lang::ZhHant)));
            assert_eq!(meta.tags, ["2FA", "1.10"]);
            assert_eq!(meta.updated.map(|(date, _)| date), Some(jiff::civil::date(2026, 9, 18)));
            assert_eq!(meta.questions, ["怎么办"]);
        }
    }

    #[test]
    fn misspelled_keys_and_wrong_values_are_named_with_their_place() {
        let (_, diagnostics) =
            read("---\ntitel: a\nsidebar_position: 3\norder: first\nstatus: drfat\nid: a b\nlang: no\n---\n");
        assert_eq!(
            diagnostics,
            [
                "a.md:2:1: warning[unknown-key]: unknown key `titel`: it is not read",
                "a.md:3:1: warning[unknown-key]: unknown key `sidebar_position`: it is not read",
                "a.md:4:8: warning[invalid-value]: `order` must be a whole number",
                "a.md:5:9: warning[invalid-value]: `status` must be published or draft (it is read as draft)",
                "a.md:6:5: warning[invalid-id]: `a b` cannot be an id: letters, digits, `-` and `_`, parts joined by `/`",
                "a.md:7:7: warning[invalid-value]: `lang` must be zh, zh-Hant, en or ko",
            ]
        );
    }

    #[test]
    fn whatever_may_keep_an_article_from_the_public_does() {
        for hidden in [
            "draft: true",
            "published: false",
            "private: true",
            "visibility: staff",
            "state: draft",
            "stauts: draft",
            "Status: draft",
            "audence: staff",
            "status: [draft]",
            "status: published\ndraft: true",
            "draft: true\nstatus: published",
            "draft: [x]",
        ] {
            let (result, diagnostics) = read(&format!("---\n{hidden}\n---\n"));
            assert_eq!(result.ok().unwrap().meta.status, Status::Draft, "{hidden}");
            assert_eq!(diagnostics.len(), 1, "{hidden}: {diagnostics:?}");
        }
        for shown in
            ["draft: false", "published: true", "draft:", "status:", "audience: public", "visibility: public"]
        {
            let (result, diagnostics) = read(&format!("---\n{shown}\n---\n"));
            assert_eq!(result.ok().unwrap().meta.status, Status::Published, "{shown}");
            assert_eq!(diagnostics, Vec::<String>::new(), "{shown}");
        }
        let (_, diagnostics) = read("---\nstauts: draft\ndraft: true\n---\n");
        assert_eq!(
            diagnostics,
            [
                "a.md:2:1: error[unclear-visibility]: unknown key `stauts`, which may mean `status`: the article is kept from the public until it is mended",
                "a.md:3:1: warning[unknown-key]: `draft: true` is read as `status: draft`",
            ]
        );
    }

    #[test]
    fn blocks_that_do_not_parse_are_errors() {
        for source in [
            "---\ntitle: a: b\n---\n",
            "---\ntitle: x\ntitle: y\n---\n",
            "---\njust text\n---\n",
            "---\ntitle: open\n",
            "+++\ntitle = \n+++\n",
        ] {
            let (result, _) = read(source);
            assert_eq!(
                result.err().map(|diagnostic| diagnostic.code),
                Some(Code::FrontMatterSyntax),
                "{source}"
            );
        }
    }

    #[test]
    fn what_does_not_parse_is_said_in_an_authors_words() {
        for (block, line, message, help) in [
            (
                "title: 提现: 说明",
                2,
                "a value with a colon and a blank in it needs quotes",
                "write `title: \"提现: 说明\"`",
            ),
            (
                "title: a: \"b\"",
                2,
                "a value with a colon and a blank in it needs quotes",
                "write `title: 'a: \"b\"'`",
            ),
            ("title: x\ntitle: y", 3, "`title` stands here twice", "keep one of them"),
            (
                "title: x\n lang: zh",
                3,
                "this line is indented, as if it belonged to the one above",
                "keys begin at the start of their line",
            ),
            ("tags:\n\t- a", 3, "a tab: YAML is indented with blanks", "write blanks instead"),
            ("title: \"x\nlang: zh", 2, "this quote is not closed", "close it in the same line"),
            ("tags: [a, b", 2, "this bracket is not closed", "close it, or put the whole value in quotes"),
            ("title: @x", 2, "a value that begins with such a sign needs quotes", "write `title: \"@x\"`"),
            ("title: *x", 2, "a value that begins with such a sign needs quotes", "write `title: \"*x\"`"),
            (
                "title: x\n- a",
                3,
                "this item belongs to no list",
                "items stand below `key:`, all indented alike",
            ),
            (
                "title: [重要] 说明",
                2,
                "something stands behind the closing bracket: such a value needs quotes",
                "write `title: \"[重要] 说明\"`",
            ),
            ("title: > x", 2, "a value that begins with such a sign needs quotes", "write `title: \"> x\"`"),
            ("标题：x", 2, "this line is no `key: value`: the colon is full-width", "write `:` and a blank"),
            ("title:x\nlang: zh", 2, "this line is no `key: value`", "a blank belongs behind the colon"),
        ] {
            let broken = read(&format!("---\n{block}\n---\n")).0.err().unwrap();
            let place = broken.place.map(|place| place.line);
            assert_eq!((place, broken.message.as_str()), (Some(line), message), "{block}");
            assert_eq!(broken.help.as_deref(), Some(help), "{block}");
        }
        let toml = read("+++\ntitle = x\n+++\n").0.err().unwrap();
        assert!(toml.message.starts_with("this is no TOML: "), "{}", toml.message);
    }

    #[test]
    fn front_matter_that_is_none_is_never_shown() {
        for source in ["\n---\nstatus: draft\n---\n", "\u{feff} \n\n+++\nstatus = 'draft'\n+++\n"] {
            let (result, diagnostics) = read(source);
            assert_eq!(
                (result.ok().unwrap().meta.status, diagnostics.len()),
                (Status::Draft, 0),
                "{source:?}"
            );
        }
        for source in [
            "----\ntitle: x\n----\n",
            "--\nstatus: draft\n--\n",
            "———\ntitle: x\n———\n",
            "title: x\nstatus: draft\n---\n文\n",
            "draft: true\n---\n文\n",
        ] {
            let diagnostic = read(source).0.err().unwrap();
            let line = diagnostic.place.map(|place| place.line);
            assert_eq!((diagnostic.code, line), (Code::FrontMatterSyntax, Some(1)), "{source:?}");
            assert!(diagnostic.help.is_some(), "{source:?}");
        }
    }

    #[test]
    fn files_without_front_matter_are_all_body() {
        for (source, body) in [
            ("# Title", "# Title"),
            ("---\n\ntext", "---\n\ntext"),
            ("\u{feff}text", "text"),
            ("\n---\n\ntext\n\n---\n", "\n---\n\ntext\n\n---\n"),
            ("----\ntext", "----\ntext"),
            ("Title: a story\n---\n", "Title: a story\n---\n"),
            ("title: x\n\ntext", "title: x\n\ntext"),
            ("---\n# only a comment\n---\nx", "x"),
        ] {
            let (result, _) = read(source);
            assert_eq!(text::from(source, result.ok().unwrap().body), body, "{source:?}");
        }
    }

    #[test]
    fn bombs_are_stopped() {
        let aliases = "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n---\n";
        let nested = format!("---\na: {}\n---\n", "[".repeat(10_000));
        let wide = format!("---\na: [{}]\n---\n", "x,".repeat(5_000));
        for source in [aliases, nested.as_str(), wide.as_str()] {
            assert!(read(source).0.is_err());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(source in "(---|\\+\\+\\+)\n([a-z]{1,8}[:=] ?[^\\n]{0,20}\n){0,5}(---|\\+\\+\\+|.{0,5})\n.{0,20}") {
            let _ = read(&source);
        }
    }
}
