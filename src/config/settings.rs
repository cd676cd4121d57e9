//! Every key there is: what its value must be, and where it goes.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::{Config, LogFormat, Names, Network, PREFIX};
use crate::lang::Lang;
use crate::theme;

/// A key, what its value must be, and how it is set. `set` returns `None` for another value.
pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    pub(super) expects: &'static str,
    pub(super) set: fn(&mut Config, &str) -> Option<()>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    /// Texts, or one alone; joined by commas or as in the file in the environment.
    List,
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

const fn list(key: &'static str, expects: &'static str, set: fn(&mut Config, &str) -> Option<()>) -> Setting {
    Setting { key, kind: Kind::List, expects, set }
}

/// What [`address`] takes.
pub(super) const ADDRESS: &str =
    "an address that begins with https://, http://, mailto: or / and has no {…} but {lang}";
const MILLISECONDS: &str = "a number of milliseconds from 1 to 3600000";

/// Every key there is.
pub(super) static SETTINGS: [Setting; 23] = [
    text("articles", "a folder", |config, value| folder(&mut config.articles, value)),
    text("index", "a folder", |config, value| folder(&mut config.index, value)),
    text("listen", "an address and a port such as 127.0.0.1:8080", |config, value| {
        value.parse().ok().map(|address| config.listen = address)
    }),
    text("ops_listen", "an address and a port such as 127.0.0.1:9090", |config, value| {
        value.parse().ok().map(|address| config.ops_listen = Some(address))
    }),
    list("trusted_proxies", "a list of addresses or networks such as 10.0.0.0/8", |config, value| {
        let networks = value.split(',').map(str::trim).filter(|value| !value.is_empty());
        config.trusted_proxies = networks.map(Network::parse).collect::<Option<_>>()?;
        Some(())
    }),
    text("default_lang", "zh, zh-Hant, en or ko", |config, value| {
        Lang::from_exact_tag(value).map(|lang| config.default_lang = lang)
    }),
    text("public_url", "http:// or https:// and a host, nothing behind it", |config, value| {
        origin(value).map(|url| config.public_url = Some(url))
    }),
    text("site_name", "a name", |config, value| {
        config.site_name = Some(Names::one(value)?);
        Some(())
    }),
    text("logo", "a file: svg, png or webp", |config, value| {
        (!value.is_empty()).then(|| config.logo = Some(value.into()))
    }),
    text("accent_color", theme::EXPECTS, |config, value| {
        value.parse().ok().map(|accent| config.accent_color = accent)
    }),
    text("contact_url", ADDRESS, |config, value| address(value).map(|url| config.contact_url = Some(url))),
    list("allowed_origins", "a list of origins such as https://shop.example.com, or *", |config, value| {
        let origins = value.split(',').map(str::trim).filter(|value| !value.is_empty());
        let origins = origins.map(|value| if value == "*" { Some("*".to_owned()) } else { origin(value) });
        config.allowed_origins = origins.collect::<Option<_>>()?;
        Some(())
    }),
    text("log", "a filter such as info or jieda=debug", |config, value| {
        // A lone word that is no level would be taken for the name of a module, and log nothing.
        let is_level = |word: &str| {
            word.contains('=') || word.parse::<tracing_subscriber::filter::LevelFilter>().is_ok()
        };
        let value = value.trim();
        let is_clear = value.split(',').any(|word| is_level(word.trim()));
        // The filter's own parser cuts characters of other scripts in two, and panics.
        if !value.is_ascii() || !is_clear {
            return None;
        }
        let filter = tracing_subscriber::EnvFilter::builder().parse(value);
        filter.ok().map(|_| value.clone_into(&mut config.log))
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
        config.limits.max_connections = within(value, 1, 1_000_000)?;
        Some(())
    }),
    number("limits.per_ip_connections", "a number from 1 to 1000000", |config, value| {
        config.limits.per_ip_connections = within(value, 1, 1_000_000)?;
        Some(())
    }),
    number("limits.per_ip_rps", "a number from 1 to 100000", |config, value| {
        config.limits.per_ip_rps = Some(within(value, 1, 100_000)?);
        Some(())
    }),
    number("limits.max_in_flight", "a number from 1 to 1000000", |config, value| {
        config.limits.max_in_flight = within(value, 1, 1_000_000)?;
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
    pub(super) fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_uppercase().replace('.', "_"))
    }
}

fn folder(target: &mut PathBuf, value: &str) -> Option<()> {
    (!value.is_empty()).then(|| *target = value.into())
}

fn within<T: FromStr + PartialOrd>(value: &str, least: T, most: T) -> Option<T> {
    value.parse().ok().filter(|value| (least..=most).contains(value))
}

fn milliseconds(target: &mut Duration, value: &str, least: u64) -> Option<()> {
    *target = Duration::from_millis(within(value, least, 3_600_000)?);
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

/// An address a link may lead to: another site's, or a path of ours. It has no fragment,
/// since a question may be added to it.
pub(super) fn address(value: &str) -> Option<String> {
    let schemes = ["https://", "http://", "mailto:", "/"];
    let rest = schemes.iter().find_map(|scheme| value.strip_prefix(scheme))?;
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '#' | '{' | '}');
    let is_all_plain = rest.replace("{lang}", "").chars().all(is_plain);
    (!rest.is_empty() && !rest.starts_with('/') && is_all_plain).then(|| value.to_owned())
}
