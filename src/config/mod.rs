//! Defaults < `jieda.toml` < environment `JIEDA_…` < flags → one checked [`Config`].
//!
//! A key `limits.max_connections` is `max_connections` under `[limits]` in the file and
//! `JIEDA_LIMITS_MAX_CONNECTIONS` in the environment. All mistakes are reported at once.
//!
//! 1. `settings` is the table of all keys and what their values must be.
//! 2. `layers` puts the file, the environment and the flags on top of the defaults.
//! 3. [`Names`] and [`Link`] are what may be said in several languages, [`Network`] is a
//!    range of addresses.
//!
//! **Invariant:** a [`Config`] has been checked; nobody behind it checks again.

mod layers;
mod names;
mod networks;
mod settings;

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::layers::Layers;
pub use self::names::{Link, Names};
pub use self::networks::Network;
use crate::lang::Lang;
use crate::theme::Accent;

/// The file that is read when none is named.
pub const FILE: &str = "jieda.toml";
/// What the names of our environment variables begin with.
const PREFIX: &str = "JIEDA_";
/// Names the file, where no flag does.
const FILE_VARIABLE: &str = "JIEDA_CONFIG";

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
    /// Where operators ask for health and metrics; nowhere if there is none.
    pub ops_listen: Option<SocketAddr>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// The language for readers who have not said any.
    pub default_lang: Lang,
    /// Scheme and host that absolute links begin with, without a trailing slash.
    pub public_url: Option<String>,
    /// What the pages call the site; a localized default otherwise.
    pub site_name: Option<Names>,
    /// The image before that name, a file.
    pub logo: Option<PathBuf>,
    /// The one color of the pages.
    pub accent_color: Accent,
    /// Links beside the name, such as to the shop.
    pub header_links: Vec<Link>,
    /// Links at the end of each page, such as to the terms.
    pub footer_links: Vec<Link>,
    /// Where readers are sent whom no article helped; `{lang}` stands for their language.
    pub contact_url: Option<String>,
    /// Origins whose pages may ask the API from a browser; `*` for all.
    pub allowed_origins: Vec<String>,
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
    /// Connections of one client at one time; more are closed at once.
    pub per_ip_connections: usize,
    /// Requests of one client in a second; `None` for any number.
    pub per_ip_rps: Option<u32>,
    /// Requests that may have begun at one time; more are a 503.
    pub max_in_flight: usize,
    /// From the first byte of a request to the end of its head, and from there to the end
    /// of its body; also how long a new connection may be silent, and how long a reply may
    /// make no progress.
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
            ops_listen: None,
            trusted_proxies: Vec::new(),
            default_lang: Lang::Zh,
            public_url: None,
            site_name: None,
            logo: None,
            accent_color: Accent::default(),
            header_links: Vec::new(),
            footer_links: Vec::new(),
            contact_url: None,
            allowed_origins: Vec::new(),
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
            per_ip_connections: 100,
            per_ip_rps: None,
            max_in_flight: 64,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(1),
            request_timeout: Duration::from_secs(10),
            drain_delay: Duration::from_secs(5),
            drain_timeout: Duration::from_secs(25),
        }
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

    /// Where pages would lead to articles that `is_known` does not know by their ids: the setting
    /// and its address.
    pub fn dead_links(&self, is_known: impl Fn(&str) -> bool) -> Vec<(&'static str, &str)> {
        let contact = self.contact_url.iter().map(|url| ("contact_url", url));
        let links = [("header_links", &self.header_links), ("footer_links", &self.footer_links)];
        let links = links.into_iter().flat_map(|(key, links)| links.iter().map(move |link| (key, &link.url)));
        let all = contact.chain(links).map(|(key, url)| (key, url.as_str()));
        all.filter(|(_, url)| names::article_of(url).is_some_and(|id| !is_known(&id))).collect()
    }

    /// The layers, in memory: name and content of the file, the environment, the flags.
    ///
    /// # Errors
    /// [`Error::Invalid`] when anything in them is wrong.
    pub fn resolve(
        file: Option<(&str, &str)>,
        environment: impl Iterator<Item = (OsString, OsString)>,
        overrides: Overrides,
    ) -> Result<Self, Error> {
        let mut layers = Layers::default();
        if let Some((name, content)) = file {
            layers.file(name, content);
        }
        layers.environment(environment);
        layers.flags(overrides);
        layers.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::settings::SETTINGS;
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
            ("ops_listen", "'127.0.0.1:9090'"),
            ("trusted_proxies", "['10.0.0.0/8']"),
            ("default_lang", "'ko'"),
            ("public_url", "'https://help.example.com'"),
            ("site_name", "'帮助'"),
            ("logo", "'logo.svg'"),
            ("accent_color", "'#a05'"),
            ("contact_url", "'mailto:help@example.com'"),
            ("allowed_origins", "['https://a.example']"),
            ("log", "'jieda=debug,info'"),
            ("log_format", "'json'"),
            ("limits.max_connections", "7"),
            ("limits.per_ip_connections", "7"),
            ("limits.per_ip_rps", "7"),
            ("limits.max_in_flight", "7"),
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
                resolve("", &[(&setting.variable(), value.trim_matches(['[', ']', '\'']))], None).unwrap();
            assert_eq!(from_file, from_environment, "{key}");
            assert_ne!(from_file, Config::default(), "{key}");
        }
        assert_eq!(resolve("public_url='http://a:1/'", &[], None).unwrap().public_url.unwrap(), "http://a:1");
    }

    #[test]
    fn names_and_links_may_differ_by_language() {
        let file = "site_name = { zh = '帮助', en = 'Help' }\nallowed_origins = ['*', 'https://a.example']\n\
                    [[header_links]]\nname = { ko = '홈', en = 'Home' }\nurl = 'https://example.com/{lang}/'\n\
                    [[header_links]]\nname = 'App'\nurl = '/{lang}/categories/app'\n\
                    [[footer_links]]\nname = '条款'\nurl = 'mailto:a@b.example'\n";
        let config = resolve(file, &[], None).unwrap();
        assert_eq!(config.site_name.unwrap().get(Lang::Ko), "帮助");
        assert_eq!(config.allowed_origins, ["*", "https://a.example"]);
        let [home, app] = config.header_links.as_slice() else { panic!("two links") };
        assert_eq!((home.names.get(Lang::Ko), home.names.get(Lang::Zh)), ("홈", "Home"));
        assert_eq!(home.url, "https://example.com/{lang}/");
        assert_eq!((app.names.get(Lang::ZhHant), app.url.as_str()), ("App", "/{lang}/categories/app"));
        assert_eq!(config.footer_links[0].names.get(Lang::En), "条款");
        assert_eq!(resolve("allowed_origins = '*'", &[], None).unwrap().allowed_origins, ["*"]);
    }

    #[test]
    fn the_environment_has_lists_with_commas_or_as_the_file_has_them() {
        for (name, value) in [
            ("JIEDA_ALLOWED_ORIGINS", "https://a.example, http://b.example:1"),
            ("JIEDA_ALLOWED_ORIGINS", "[\"https://a.example\", 'http://b.example:1']"),
        ] {
            let config = resolve("", &[(name, value)], None).unwrap();
            assert_eq!(config.allowed_origins, ["https://a.example", "http://b.example:1"], "{value}");
        }
        let config = resolve("", &[("JIEDA_SITE_NAME", "{zh = '帮助', en = \"Help\"}")], None).unwrap();
        assert_eq!(config.site_name.unwrap().get(Lang::En), "Help");
        for (name, value) in [
            ("JIEDA_SITE_NAME", "{\"zh\": \"帮助\"}"),
            ("JIEDA_SITE_NAME", "{fr = 'Aide'}"),
            ("JIEDA_SITE_NAME", "{}"),
            ("JIEDA_ALLOWED_ORIGINS", "[b]"),
            ("JIEDA_ALLOWED_ORIGINS", "['https://a.example'"),
            ("JIEDA_TRUSTED_PROXIES", "[1]"),
        ] {
            let error = resolve("", &[(name, value)], None).unwrap_err();
            assert!(error.starts_with(&format!("environment: {name} must be ")), "{error}");
            assert!(error.ends_with(&format!(", not `{value}`")), "{error}");
        }
    }

    #[test]
    fn links_to_articles_that_are_not_there_are_told() {
        let file = "contact_url = '/{lang}/articles/support/contact'\n\
                    [[header_links]]\nname = 'a'\nurl = '/zh/articles/a'\n\
                    [[footer_links]]\nname = 'b'\nurl = '/zh/articles/b?x=y'\n";
        let config = resolve(file, &[], None).unwrap();
        let dead =
            [("contact_url", "/{lang}/articles/support/contact"), ("footer_links", "/zh/articles/b?x=y")];
        assert_eq!(config.dead_links(|id| id == "a"), dead);
        assert!(config.dead_links(|_| true).is_empty());
    }

    #[test]
    fn a_log_filter_of_any_characters_is_refused_or_read() {
        // The filter's parser cuts these in two where it looks for the level.
        for filter in [" é=info", "info, 日志日志=debug", "info,\u{3000}日=x"] {
            let error = resolve(&format!("log = '{filter}'"), &[], None).unwrap_err();
            assert!(error.contains("`log` must be a filter such as info"), "{error}");
        }
    }

    #[test]
    fn documented_settings_are_right() {
        let readme = include_str!("../../README.md");
        let blocks = readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let documented = blocks.into_iter().find(|block| block.contains("\nlisten = ")).unwrap();
        let config = resolve(documented, &[], None).unwrap();
        assert_eq!(config.header_links.len(), 1);
        assert!(config.logo.is_some() && config.public_url.is_some(), "it is the block of settings");
        let sample = resolve(include_str!("../../jieda.toml"), &[], None).unwrap();
        assert!(sample.contact_url.is_some());
        for setting in &SETTINGS {
            let name = setting.key.rsplit('.').next().unwrap();
            let is_documented = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{name} = "));
            assert!(documented.lines().any(is_documented), "{name}");
        }
        // What is installed with articles of one's own says nothing about them.
        let installed = resolve(include_str!("../../deploy/jieda.toml"), &[], None).unwrap();
        assert_eq!(installed, Config::default());
        let commented = include_str!("../../deploy/jieda.toml").replace("# ", "");
        let commented = commented.split_once("\n\n").unwrap().1;
        assert!(resolve(commented, &[], None).unwrap().contact_url.is_some());
        resolve(include_str!("../../deploy/kubernetes/jieda.toml"), &[], None).unwrap();
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
                "jieda.toml:1:15: `contact_url` must be an address that begins with https://, http://, mailto: or / and has no {…} but {lang}, not `javascript:alert(1)`",
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
    fn mistakes_in_lists_say_where_and_what() {
        for (file, expect) in [
            (
                "accent_color = '#ffffff'",
                "jieda.toml:1:16: `accent_color` must be a color such as #0f6b5c, dark enough to be seen on white, not `#ffffff`",
            ),
            (
                "allowed_origins = ['https://a.example', 'b']",
                "jieda.toml:1:19: `allowed_origins` must be a list of origins such as https://shop.example.com, or *, not `https://a.example,b`",
            ),
            (
                "site_name = { fr = 'x' }",
                "jieda.toml:1:13: `site_name` must be a name, or names by language: zh, zh-Hant, en, ko",
            ),
            (
                "[[footer_links]]\nname = 'a'\nlink = '/'",
                "jieda.toml:3:1: unknown key `footer_links.link`\n\
                 jieda.toml:1:1: `footer_links` must be links with a `name` and a `url`",
            ),
            (
                "[[header_links]]\nname = 'a'\nurl = '//evil.example'",
                "jieda.toml:3:7: `header_links.url` must be an address that begins with https://, http://, mailto: or / and has no {…} but {lang}",
            ),
            (
                "contact_url = '/{lng}/contact'",
                "jieda.toml:1:15: `contact_url` must be an address that begins with https://, http://, mailto: or / and has no {…} but {lang}, not `/{lng}/contact`",
            ),
            ("header_links = 'x'", "jieda.toml:1:16: `header_links` must be links with a `name` and a `url`"),
        ] {
            assert_eq!(resolve(file, &[], None).unwrap_err(), expect);
        }
    }

    #[test]
    fn a_named_file_must_be_there() {
        let missing = Config::load(Some(Path::new("/nowhere/jieda.toml")), Overrides::default());
        assert!(matches!(missing, Err(Error::Io { .. })));
    }
}
