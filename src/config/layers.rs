//! The file, the environment and the flags, one on top of the other. Mistakes are collected.

use std::borrow::Cow;
use std::ffi::OsString;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::settings::{self, Kind, SETTINGS, Setting};
use super::{Config, Error, FILE_VARIABLE, Link, Mistake, Names, Overrides, PREFIX};
use crate::lang::Lang;
use crate::text;

/// How alike a misspelled key must be to the one that is offered.
const ALIKE: f64 = 0.6;

/// The keys of links, which are tables.
const LINKS: [&str; 2] = ["header_links", "footer_links"];

#[derive(Default)]
pub(super) struct Layers {
    config: Config,
    mistakes: Vec<Mistake>,
}

impl Layers {
    pub(super) fn file(&mut self, name: &str, content: &str) {
        let at = |offset: usize| {
            let (line, column) = text::line_column(content, offset);
            format!("{name}:{line}:{column}")
        };
        match DeTable::parse(content) {
            Ok(table) => self.table("", table.get_ref(), &at),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                self.reject(at(offset), error.message().to_owned());
            }
        }
    }

    fn table(&mut self, prefix: &str, table: &DeTable<'_>, at: &dyn Fn(usize) -> String) {
        // The order of the file, not that of the alphabet.
        let mut entries: Vec<(&Spanned<_>, &Spanned<DeValue<'_>>)> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let key = format!("{prefix}{}", name.get_ref());
            let is_table = SETTINGS.iter().any(|setting| setting.key.starts_with(&format!("{key}.")));
            match (Setting::find(&key), value.get_ref()) {
                (None, value_of) if LINKS.contains(&key.as_str()) => {
                    self.links(&key, value_of, value.span().start, at);
                }
                (Some(_), DeValue::Table(by_lang)) if key == "site_name" => match names(by_lang) {
                    Some(names) => self.config.site_name = Some(names),
                    None => self.reject(at(value.span().start), format!("`{key}` must be {NAMES}")),
                },
                (None, DeValue::Table(inner)) if is_table => self.table(&format!("{key}."), inner, at),
                (None, _) if is_table => {
                    self.reject(at(value.span().start), format!("`{key}` is a table, write [{key}]"));
                }
                (None, _) => {
                    let nearest = nearest(&key).map(|setting| setting.key);
                    let message = format!("unknown key `{key}`{}", did_you_mean(nearest));
                    self.reject(at(name.span().start), message);
                }
                (Some(setting), value_of) => match written(value_of, setting.kind) {
                    Some(text) => self.set(setting, &text, at(value.span().start)),
                    None => {
                        let kind = value_of.type_str();
                        let message = format!("`{key}` must be {}, not of type {kind}", setting.expects);
                        self.reject(at(value.span().start), message);
                    }
                },
            }
        }
    }

    /// An array of tables with a name and an address each.
    fn links(&mut self, key: &str, value: &DeValue<'_>, start: usize, at: &dyn Fn(usize) -> String) {
        let expects = || format!("`{key}` must be links with a `name` and a `url`");
        let DeValue::Array(entries) = value else { return self.reject(at(start), expects()) };
        for entry in entries {
            let here = at(entry.span().start);
            let DeValue::Table(table) = entry.get_ref() else {
                self.reject(here, expects());
                continue;
            };
            let (mut name, mut url) = (None, None);
            for (field, value) in table {
                let place = at(value.span().start);
                match (field.get_ref().as_ref(), value.get_ref()) {
                    ("name", DeValue::String(text)) => name = Names::one(text),
                    ("name", DeValue::Table(by_lang)) => name = names(by_lang),
                    ("url", DeValue::String(text)) => match settings::address(text) {
                        Some(address) => url = Some(address),
                        None => self.reject(place, format!("`{key}.url` must be {}", settings::ADDRESS)),
                    },
                    ("name" | "url", _) => {}
                    (other, _) => {
                        self.reject(at(field.span().start), format!("unknown key `{key}.{other}`"));
                    }
                }
            }
            match (name, url, table.contains_key("url")) {
                (Some(names), Some(url), _) => {
                    let links = if key == LINKS[0] {
                        &mut self.config.header_links
                    } else {
                        &mut self.config.footer_links
                    };
                    links.push(Link { names, url });
                }
                // What is wrong with the address has been said.
                (Some(_), None, true) => {}
                _ => self.reject(here, expects()),
            }
        }
    }

    pub(super) fn environment(&mut self, variables: impl Iterator<Item = (OsString, OsString)>) {
        let mut ours: Vec<(String, OsString)> = variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX) && name != FILE_VARIABLE)
            .collect();
        ours.sort();
        for (name, value) in ours {
            let origin = || "environment".to_owned();
            let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) else {
                let nearest = nearest(name.trim_start_matches(PREFIX)).map(Setting::variable);
                let message = format!("unknown variable {name}{}", did_you_mean(nearest.as_deref()));
                self.reject(origin(), message);
                continue;
            };
            match value.to_str() {
                Some(value) if self.take(setting, value).is_some() => {}
                _ => {
                    let value = value.to_string_lossy();
                    self.reject(origin(), format!("{name} must be {}, not `{value}`", setting.expects));
                }
            }
        }
    }

    /// Sets a value of the environment: a text, or a list or names by language as in the file.
    fn take(&mut self, setting: &Setting, value: &str) -> Option<()> {
        let is_as_in_file = match setting.kind {
            Kind::List => value.starts_with('['),
            _ => setting.key == "site_name" && value.starts_with('{'),
        };
        if !is_as_in_file {
            return (setting.set)(&mut self.config, value);
        }
        let line = format!("value = {value}");
        let table = DeTable::parse(&line).ok()?;
        match table.get_ref().get("value")?.get_ref() {
            DeValue::Table(by_lang) => {
                self.config.site_name = Some(names(by_lang)?);
                Some(())
            }
            list => (setting.set)(&mut self.config, &written(list, setting.kind)?),
        }
    }

    pub(super) fn flags(&mut self, overrides: Overrides) {
        let Overrides { articles, index, listen } = overrides;
        // Paths need not be UTF-8: they are taken as they are.
        if let Some(articles) = articles {
            self.config.articles = articles;
        }
        if let Some(index) = index {
            self.config.index = index;
        }
        if let (Some(listen), Some(setting)) = (listen, Setting::find("listen")) {
            self.set(setting, &listen, "--listen".to_owned());
        }
    }

    pub(super) fn finish(self) -> Result<Config, Error> {
        if self.mistakes.is_empty() { Ok(self.config) } else { Err(Error::Invalid(self.mistakes)) }
    }

    fn set(&mut self, setting: &Setting, value: &str, origin: String) {
        if (setting.set)(&mut self.config, value).is_none() {
            self.reject(origin, format!("`{}` must be {}, not `{value}`", setting.key, setting.expects));
        }
    }

    fn reject(&mut self, origin: String, message: String) {
        self.mistakes.push(Mistake { origin, message });
    }
}

/// What names must be, where they may differ by language.
const NAMES: &str = "a name, or names by language: zh, zh-Hant, en, ko";

fn names(by_lang: &DeTable<'_>) -> Option<Names> {
    let names = by_lang.iter().map(|(tag, name)| match name.get_ref() {
        DeValue::String(name) => Some((Lang::from_exact_tag(tag.get_ref())?, name.as_ref())),
        _ => None,
    });
    Names::new(names.collect::<Option<Vec<_>>>()?.into_iter())
}

/// A value of the file as it would be written in the environment, if its type is right.
fn written<'a>(value: &'a DeValue<'_>, kind: Kind) -> Option<Cow<'a, str>> {
    match (value, kind) {
        (DeValue::String(text), Kind::Text | Kind::List) => Some(text.as_ref().into()),
        (DeValue::Integer(number), Kind::Number) if number.radix() == 10 => Some(number.as_str().into()),
        (DeValue::Array(entries), Kind::List) => {
            let texts = entries.iter().map(|entry| match entry.get_ref() {
                DeValue::String(text) => Some(text.as_ref()),
                _ => None,
            });
            Some(texts.collect::<Option<Vec<_>>>()?.join(",").into())
        }
        _ => None,
    }
}

/// The setting whose key is most like `name`, with or without its table.
fn nearest(name: &str) -> Option<&'static Setting> {
    let alike = |a: &str, b: &str| strsim::normalized_damerau_levenshtein(a, b);
    let name = name.to_lowercase().replace('.', "_");
    let likeness = |setting: &'static Setting| {
        let bare = setting.key.rsplit('.').next().unwrap_or_default();
        let whole = setting.key.replace('.', "_");
        (alike(&name, &whole).max(alike(&name, bare)), setting)
    };
    let best = SETTINGS.iter().map(likeness).max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, setting)| setting)
}

fn did_you_mean(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}
