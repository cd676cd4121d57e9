//! What fuzzing has found, asked again: every input of `fuzz/corpus` through its target.

#[path = "../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "a library of its own for libFuzzer")]
mod targets;

use std::fs;
use std::path::Path;

/// Gives a target all its inputs.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 10, "{name}: {}", paths.len());
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let held = std::panic::catch_unwind(|| target(&bytes));
        assert!(held.is_ok(), "{}", path.display());
    }
}

#[test]
fn queries_are_answered() {
    replay("query", targets::query);
}

#[test]
fn front_matter_is_read_or_refused() {
    replay("front_matter", targets::front_matter);
}

#[test]
fn markdown_becomes_safe_html() {
    replay("markdown", targets::markdown);
}

#[test]
fn snippets_can_be_drawn() {
    replay("snippet", targets::snippet);
}

#[test]
fn configurations_are_checked() {
    replay("config", targets::config);
}

#[test]
fn addresses_are_answered() {
    replay("url", targets::url);
}

#[test]
fn the_reader_of_html_sees_what_is_unsafe() {
    for safe in
        ["", "a &lt; b", "<p>x</p>", "<a href=\"/zh/a?b=c:d\">x</a>", "<td style=\"text-align: left\">x</td>"]
    {
        let html = if safe.starts_with("<td") { format!("<table>{safe}</table>") } else { safe.to_owned() };
        assert_eq!(targets::html::check(&html), Ok(()), "{html}");
    }
    for unsafe_html in [
        "<script>x</script>",
        "<p onclick=\"x\">x</p>",
        "<p>x",
        "<p>x</a>",
        "<img src=x>",
        "<img src=\"javascript:x\" />",
        "<a href=\"java\tscript:x\">x</a>",
        "<a href=\"data:text/html,x\">x</a>",
        "<p",
        "<td style=\"color: red\">x</td>",
    ] {
        assert!(targets::html::check(unsafe_html).is_err(), "{unsafe_html}");
    }
}
