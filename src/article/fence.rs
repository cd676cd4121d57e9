//! Where front matter begins and ends: between two lines `---` (YAML) or `+++` (TOML).

use super::keys::{self, KEYS};
use crate::text::{self, Span};

/// Lines among which the end of front matter is looked for that has no beginning.
const MAX_LINES: usize = 100;

/// The language of a block.
#[derive(Debug, Clone, Copy)]
pub(super) enum Format {
    Yaml,
    Toml,
}

/// Length of a byte order mark.
pub(super) fn bom(source: &str) -> usize {
    if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// A front matter block: its format, its inner span, and where the body starts (`None`: not
/// closed).
pub(super) type Block = (Format, Span, Option<usize>);

/// Finds the block. Blank lines above it do no harm; what was meant as one and is none would be
/// shown to readers, `status: draft` and all, so that it is a mistake with a place.
pub(super) fn split(source: &str) -> Result<Option<Block>, (Span, &'static str, &'static str)> {
    let mut start = bom(source);
    let mut lines = text::from(source, start).split_inclusive('\n').peekable();
    let mut is_below_blanks = false;
    while let Some(blank) = lines.next_if(|line| line.trim().is_empty()) {
        start += blank.len();
        is_below_blanks = true;
    }
    let Some(fence) = lines.next() else { return Ok(None) };
    let inner = start + fence.len();
    let first = text::from(source, inner).lines().next().unwrap_or_default();
    let format = match fence.trim_end() {
        "---" => Format::Yaml,
        "+++" => Format::Toml,
        other => {
            let span = Span::new(start, start + other.len());
            let mut rest = text::from(source, start).lines().take(MAX_LINES);
            let is_fence = |line: &str| {
                let line = line.trim();
                !line.is_empty() && line.chars().all(|c| matches!(c, '-' | '+' | '=' | '–' | '—' | '~'))
            };
            if is_fence(other) && is_ours(first) {
                return Err((
                    span,
                    "this opens no front matter",
                    "write `---`, three hyphens and nothing else",
                ));
            }
            // Without an opening fence, but with the closing one.
            if is_ours(other) && rest.find(|line| !line.contains([':', '='])).is_some_and(is_fence) {
                return Err((span, "the front matter is not opened", "put a line `---` above it"));
            }
            return Ok(None);
        }
    };
    let is_keyed = first.split_once([':', '=']).is_some_and(|(key, _)| {
        !key.is_empty()
            && key.trim_end().bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    });
    if is_below_blanks && !is_keyed {
        return Ok(None);
    }
    let mut at = inner;
    for line in lines {
        let end = line.trim_end();
        if end == fence.trim_end() || (end == "..." && matches!(format, Format::Yaml)) {
            return Ok(Some((format, Span::new(inner, at), Some(at + line.len()))));
        }
        at += line.len();
    }
    // A lone `---` is a thematic break, unless what follows looks like a key.
    Ok(is_keyed.then_some((format, Span::new(inner, source.len()), None)))
}

/// Whether a line is a key with a meaning, and its value.
fn is_ours(line: &str) -> bool {
    line.split_once([':', '=']).is_some_and(|(key, _)| {
        let key = key.trim();
        KEYS.contains(&key) || keys::visibility(key, None).is_some()
    })
}
