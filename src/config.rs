//! Defaults < `jieda.toml` < environment `JIEDA_…` < flags → one checked [`Config`].
//!
//! A key `limits.max_connections` is `max_connections` under `[limits]` in the file and
//! `JIEDA_LIMITS_MAX_CONNECTIONS` in the environment. All mistakes are reported at once.
//!
//! **Invariant:** a [`Config`] has been checked; nobody behind it checks again.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::lang::Lang;
use crate::text;

/// The file that is read when none is named.
pub const FILE: &str = "jieda.toml";
/// What the names of our environment variables begin with.
const PREFIX: &str = "JIEDA_";
/// Names the file, where no flag does.
const FILE_VARIABLE: &str = "JIEDA_CONFIG";
/// How alike a misspelled key must be to the one that is offered.
const ALIKE: f64 = 0.6;

/// Everything that can be set, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// Folder of the articles.
    pub articles: PathBuf,
    /// Folder of the index.
    pub index: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The language for readers who have not said any.
    pub default_lang: Lang,
    /// Scheme and host that absolute links begin with, without a trailing slash.
    pub public_url: Option<String>,
    /// What the pages call the site; a localized default otherwise.
    pub site_name: Option<String>,
    /// Where readers are sent whom no article helped.
    pub contact_url: Option<String>,
    /// Which log lines are written, as an `env-filter`.
    pub log: String,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// Bounds of the server.
    pub limits: Limits,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object on each line.
    Json,
}

/// Bounds of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at one time; more wait to be accepted.
    pub max_connections: usize,
    /// From the first byte of a request to the end of its head; also how long a new
    /// connection may be silent, and how long a reply may make no progress.
    pub header_timeout: Duration,
    /// How long a connection may be kept between two requests.
    pub idle_timeout: Duration,
    /// From the head of a request to the head of its reply.
    pub request_timeout: Duration,
    /// After SIGTERM: how long the server goes on as before while `/readyz` says 503.
    pub drain_delay: Duration,
    /// Then: how long requests in flight may take.
    pub drain_timeout: Duration,
}

/// What was given as flags.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Folder of the articles.
    pub articles: Option<PathBuf>,
    /// Folder of the index.
    pub index: Option<PathBuf>,
    /// Where the server listens.
    pub listen: Option<String>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Keys or values are wrong; all of them.
    #[error("{}", join(.0))]
    Invalid(Vec<Mistake>),
}

/// A wrong key or value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it was said: `jieda.toml:3:1`, `environment`, `--listen`.
    pub origin: String,
    /// What is wrong, and what is expected.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

fn join(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Default for Config {
    fn default() -> Self {
        Self {
            file: None,
            articles: "articles".into(),
            index: "index".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            default_lang: Lang::Zh,
            public_url: None,
            site_name: None,
            contact_url: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            request_timeout: Duration::from_secs(10),
            drain_delay: Duration::from_secs(5),
            drain_timeout: Duration::from_secs(25),
        }
    }
}

/// A key, what its value must be, and how it is set. `set` returns `None` for another value.
struct Setting {
    key: &'static str,
    kind: Kind,
    expects: &'static str,
    set: fn(&mut Config, &str) -> Option<()>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

const fn text(key: &'static str, expects: &'static str, set: fn(&mut Config, &str) -> Option<()>) -> Setting {
    Setting { key, kind: Kind::Text, expects, set }
}

const fn number(
    key: &'static str,
    expects: &'static str,
    set: fn(&mut Config, &str) -> Option<()>,
) -> Setting {
    Setting { key, kind: Kind::Number, expects, set }
}

const MILLISECONDS: &str = "a number of milliseconds from 1 to 3600000";

/// Every key there is.
static SETTINGS: [Setting; 15] = [
    text("articles", "a folder", |config, value| folder(&mut config.articles, value)),
    text("index", "a folder", |config, value| folder(&mut config.index, value)),
    text("listen", "an address and a port such as 127.0.0.1:8080", |config, value| {
        value.parse().ok().map(|address| config.listen = address)
    }),
    text("default_lang", "zh, zh-Hant, en or ko", |config, value| {
        Lang::from_exact_tag(value).map(|lang| config.default_lang = lang)
    }),
    text("public_url", "http:// or https:// and a host, nothing behind it", |config, value| {
        origin(value).map(|url| config.public_url = Some(url))
    }),
    text("site_name", "a name", |config, value| {
        let name = value.trim();
        (!name.is_empty() && !name.contains(char::is_control))
            .then(|| config.site_name = Some(name.to_owned()))
    }),
    text("contact_url", "an address that begins with https://, http:// or mailto:", |config, value| {
        contact(value).map(|url| config.contact_url = Some(url))
    }),
    text("log", "a filter such as info or jieda=debug", |config, value| {
        // A lone word that is no level would be taken for the name of a module, and log nothing.
        let is_level = |word: &str| {
            word.contains('=') || word.parse::<tracing_subscriber::filter::LevelFilter>().is_ok()
        };
        let is_clear = value.split(',').any(|word| is_level(word.trim()));
        let filter = tracing_subscriber::EnvFilter::builder().parse(value);
        filter.ok().filter(|_| is_clear).map(|_| value.clone_into(&mut config.log))
    }),
    text("log_format", "text or json", |config, value| {
        let format = match value {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return None,
        };
        config.log_format = format;
        Some(())
    }),
    number("limits.max_connections", "a number from 1 to 1000000", |config, value| {
        let connections = value.parse().ok().filter(|number| (1..=1_000_000).contains(number))?;
        config.limits.max_connections = connections;
        Some(())
    }),
    number("limits.header_timeout_ms", MILLISECONDS, |config, value| {
        milliseconds(&mut config.limits.header_timeout, value, 1)
    }),
    number("limits.idle_timeout_ms", MILLISECONDS, |config, value| {
        milliseconds(&mut config.limits.idle_timeout, value, 1)
    }),
    number("limits.request_timeout_ms", MILLISECONDS, |config, value| {
        milliseconds(&mut config.limits.request_timeout, value, 1)
    }),
    number("limits.drain_delay_ms", "a number of milliseconds from 0 to 3600000", |config, value| {
        milliseconds(&mut config.limits.drain_delay, value, 0)
    }),
    number("limits.drain_timeout_ms", "a number of milliseconds from 0 to 3600000", |config, value| {
        milliseconds(&mut config.limits.drain_timeout, value, 0)
    }),
];

impl Setting {
    fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_uppercase().replace('.', "_"))
    }
}

impl Config {
    /// Reads the file (the one named, else the one in `JIEDA_CONFIG`, else [`FILE`] if there
    /// is one) and the environment, and puts the flags on top.
    ///
    /// # Errors
    /// When the file cannot be read, or anything in it or in the environment is wrong.
    pub fn load(file: Option<&Path>, overrides: Overrides) -> Result<Self, Error> {
        let named = file.map(Path::to_owned).or_else(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| FILE.into());
        let content = match std::fs::read_to_string(&path) {
            Ok(content) => Some(content),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => None,
            Err(source) => return Err(Error::Io { path, source }),
        };
        let name = path.display().to_string();
        Self::resolve(
            content.as_deref().map(|content| (name.as_str(), content)),
            std::env::vars_os(),
            overrides,
        )
    }

    /// The layers, in memory: name and content of the file, the environment, the flags.
    fn resolve(
        file: Option<(&str, &str)>,
        environment: impl Iterator<Item = (OsString, OsString)>,
        overrides: Overrides,
    ) -> Result<Self, Error> {
        let mut layers = Layers { config: Self::default(), mistakes: Vec::new() };
        if let Some((name, content)) = file {
            layers.file(name, content);
        }
        layers.environment(environment);
        layers.flags(overrides);
        if layers.mistakes.is_empty() { Ok(layers.config) } else { Err(Error::Invalid(layers.mistakes)) }
    }
}

struct Layers {
    config: Config,
    mistakes: Vec<Mistake>,
}

impl Layers {
    fn file(&mut self, name: &str, content: &str) {
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
                    Some(text) => self.set(setting, text, at(value.span().start)),
                    None => {
                        let kind = value_of.type_str();
                        let message = format!("`{key}` must be {}, not of type {kind}", setting.expects);
                        self.reject(at(value.span().start), message);
                    }
                },
            }
        }
    }

    fn environment(&mut self, variables: impl Iterator<Item = (OsString, OsString)>) {
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
                Some(value) if (setting.set)(&mut self.config, value).is_some() => {}
                _ => {
                    let value = value.to_string_lossy();
                    self.reject(origin(), format!("{name} must be {}, not `{value}`", setting.expects));
                }
            }
        }
    }

    fn flags(&mut self, overrides: Overrides) {
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

    fn set(&mut self, setting: &Setting, value: &str, origin: String) {
        if (setting.set)(&mut self.config, value).is_none() {
            self.reject(origin, format!("`{}` must be {}, not `{value}`", setting.key, setting.expects));
        }
    }

    fn reject(&mut self, origin: String, message: String) {
        self.mistakes.push(Mistake { origin, message });
    }
}

/// A value of the file as it would be written in the environment, if its type is right.
fn written<'a>(value: &'a DeValue<'_>, kind: Kind) -> Option<&'a str> {
    match (value, kind) {
        (DeValue::String(text), Kind::Text) => Some(text),
        (DeValue::Integer(number), Kind::Number) if number.radix() == 10 => Some(number.as_str()),
        _ => None,
    }
}

fn folder(target: &mut PathBuf, value: &str) -> Option<()> {
    (!value.is_empty()).then(|| *target = value.into())
}

fn milliseconds(target: &mut Duration, value: &str, least: u64) -> Option<()> {
    let value = value.parse().ok().filter(|value| (least..=3_600_000).contains(value))?;
    *target = Duration::from_millis(value);
    Some(())
}

/// Scheme and host, and perhaps a port; a slash behind them is dropped.
fn origin(value: &str) -> Option<String> {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"))?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(is_host))
        .then(|| value.strip_suffix('/').unwrap_or(value).to_owned())
}

/// An address a link may lead to. It has no fragment, since the question is added to it.
fn contact(value: &str) -> Option<String> {
    let rest = ["https://", "http://", "mailto:"].iter().find_map(|scheme| value.strip_prefix(scheme))?;
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '#');
    (!rest.is_empty() && rest.chars().all(is_plain)).then(|| value.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(file: &str, environment: &[(&str, &str)], listen: Option<&str>) -> Result<Config, String> {
        let environment =
            environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let overrides = Overrides { listen: listen.map(str::to_owned), ..Overrides::default() };
        Config::resolve(Some(("jieda.toml", file)), environment, overrides).map_err(|error| error.to_string())
    }

    #[test]
    fn each_layer_covers_the_one_below() {
        let port = |file, environment, flag| resolve(file, environment, flag).unwrap().listen.port();
        let (file, environment) = ("listen = '127.0.0.1:1'", [("JIEDA_LISTEN", "127.0.0.1:2")]);
        assert_eq!(port("", &[], None), 8080);
        assert_eq!(port(file, &[], None), 1);
        assert_eq!(port(file, &environment, None), 2);
        assert_eq!(port(file, &environment, Some("[::1]:3")), 3);
    }

    #[test]
    fn every_key_can_be_set_in_file_and_environment() {
        let good = [
            ("articles", "'docs'"),
            ("index", "'idx'"),
            ("listen", "'0.0.0.0:80'"),
            ("default_lang", "'ko'"),
            ("public_url", "'https://help.example.com'"),
            ("site_name", "'帮助'"),
            ("contact_url", "'mailto:help@example.com'"),
            ("log", "'jieda=debug,info'"),
            ("log_format", "'json'"),
            ("limits.max_connections", "7"),
            ("limits.header_timeout_ms", "7"),
            ("limits.idle_timeout_ms", "7"),
            ("limits.request_timeout_ms", "7"),
            ("limits.drain_delay_ms", "0"),
            ("limits.drain_timeout_ms", "0"),
        ];
        assert_eq!(good.map(|(key, _)| key), SETTINGS.each_ref().map(|setting| setting.key));
        for ((key, value), setting) in good.into_iter().zip(&SETTINGS) {
            let from_file = resolve(&format!("{key} = {value}"), &[], None).unwrap();
            let from_environment =
                resolve("", &[(&setting.variable(), value.trim_matches('\''))], None).unwrap();
            assert_eq!(from_file, from_environment, "{key}");
            assert_ne!(from_file, Config::default(), "{key}");
        }
        assert_eq!(resolve("public_url='http://a:1/'", &[], None).unwrap().public_url.unwrap(), "http://a:1");
    }

    #[test]
    fn mistakes_say_where_and_what() {
        for (file, environment, flag, expect) in [
            ("\nlissten = 'x'", None, None, "jieda.toml:2:1: unknown key `lissten`, did you mean `listen`?"),
            ("zzz = 1", None, None, "jieda.toml:1:1: unknown key `zzz`"),
            (
                "max_connections = 5",
                None,
                None,
                "jieda.toml:1:1: unknown key `max_connections`, did you mean `limits.max_connections`?",
            ),
            (
                "[limits]\n  idle_timeout = 5",
                None,
                None,
                "jieda.toml:2:3: unknown key `limits.idle_timeout`, did you mean `limits.idle_timeout_ms`?",
            ),
            (
                "[limits]\nidle_timeout_ms = '5'",
                None,
                None,
                "jieda.toml:2:19: `limits.idle_timeout_ms` must be a number of milliseconds from 1 to 3600000, not of type string",
            ),
            ("limits = 3", None, None, "jieda.toml:1:10: `limits` is a table, write [limits]"),
            ("listen = '80", None, None, "jieda.toml:1:13: invalid literal string, expected `'`"),
            (
                "log_format = 'xml'",
                None,
                None,
                "jieda.toml:1:14: `log_format` must be text or json, not `xml`",
            ),
            (
                "public_url = 'https://a/b'",
                None,
                None,
                "jieda.toml:1:14: `public_url` must be http:// or https:// and a host, nothing behind it, not `https://a/b`",
            ),
            (
                "contact_url = 'javascript:alert(1)'",
                None,
                None,
                "jieda.toml:1:15: `contact_url` must be an address that begins with https://, http:// or mailto:, not `javascript:alert(1)`",
            ),
            (
                "",
                Some(("JIEDA_LISTENN", "x")),
                None,
                "environment: unknown variable JIEDA_LISTENN, did you mean `JIEDA_LISTEN`?",
            ),
            (
                "",
                Some(("JIEDA_LIMITS_MAX_CONNECTIONS", "0")),
                None,
                "environment: JIEDA_LIMITS_MAX_CONNECTIONS must be a number from 1 to 1000000, not `0`",
            ),
            (
                "",
                None,
                Some("localhost"),
                "--listen: `listen` must be an address and a port such as 127.0.0.1:8080, not `localhost`",
            ),
            (
                "a = 1\nlog_format = 'x'",
                Some(("JIEDA_DEFAULT_LANG", "fr")),
                None,
                "jieda.toml:1:1: unknown key `a`\njieda.toml:2:14: `log_format` must be text or json, not `x`\n\
                 environment: JIEDA_DEFAULT_LANG must be zh, zh-Hant, en or ko, not `fr`",
            ),
        ] {
            let environment: Vec<(&str, &str)> = environment.into_iter().collect();
            assert_eq!(resolve(file, &environment, flag).unwrap_err(), expect);
        }
    }

    #[test]
    fn a_named_file_must_be_there() {
        let missing = Config::load(Some(Path::new("/nowhere/jieda.toml")), Overrides::default());
        assert!(matches!(missing, Err(Error::Io { .. })));
    }
}
