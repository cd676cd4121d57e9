//! The only place that writes to the terminal, or for programs that collect what a server
//! says: then stderr is one JSON object in each line, like the lines of `log`.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

/// Whether stderr is for programs.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// A line for programs. Names and their order are those of the log.
#[derive(Serialize)]
struct Line<'a, T> {
    timestamp: String,
    level: &'a str,
    message: &'a str,
    #[serde(flatten)]
    fields: T,
    target: &'a str,
}

/// From now on stderr is for programs.
pub(super) fn speak_json() {
    IS_JSON.store(true, Ordering::Relaxed);
}

/// Whether stderr is for programs.
pub(super) fn speaks_json() -> bool {
    IS_JSON.load(Ordering::Relaxed)
}

/// Writes a line to stdout.
pub(super) fn line(line: &str) -> std::io::Result<()> {
    text(&format!("{line}\n"))
}

/// Writes a text to stdout as it is. That nobody reads on is no failure: the command goes
/// on to its exit code.
pub(super) fn text(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(std::io::Error::new(error.kind(), format!("cannot write to stdout: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Writes what a command has done: to stdout, or as a line for programs.
pub(super) fn result(message: &str) -> std::io::Result<()> {
    if !speaks_json() {
        return line(message);
    }
    json("INFO", message, ());
    Ok(())
}

/// Writes what went wrong to stderr.
pub(super) fn error(message: &str) {
    if speaks_json() {
        return json("ERROR", message, ());
    }
    to_stderr(&format!("{} {}", style("error:", "1;31", stderr_has_color()), plain(message)));
}

/// Writes a hint or a progress message to stderr.
pub(super) fn note(message: &str) {
    if speaks_json() {
        return json("INFO", message.trim(), ());
    }
    to_stderr(message);
}

/// Writes a line for programs, with fields of its own: a struct, or `()`.
pub(super) fn json(level: &str, message: &str, fields: impl Serialize) {
    let timestamp = format!("{:.6}", jiff::Timestamp::now());
    let line = Line { timestamp, level, message, fields, target: "jieda::cli" };
    to_stderr(&serde_json::to_string(&line).expect("texts and numbers make JSON"));
}

/// Writes a help text or a usage error the way clap wants it.
pub(super) fn clap(error: &clap::Error) {
    // When the terminal is gone there is nobody left to tell.
    let _ = error.print();
}

fn to_stderr(text: &str) {
    // A full or closed stderr must not stop the work. In one piece, since other processes write
    // there as well.
    let _ = std::io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// Whether stdout shows colors.
pub(super) fn stdout_has_color() -> bool {
    has_color(std::io::stdout().is_terminal())
}

/// Whether stderr shows colors.
pub(super) fn stderr_has_color() -> bool {
    has_color(std::io::stderr().is_terminal())
}

/// Columns of what is written to a file or a pipe.
const PIPED_COLUMNS: usize = 100;
/// A terminal that is narrower wraps.
const MIN_COLUMNS: usize = 40;

/// How many columns stdout has.
pub(super) fn stdout_columns() -> usize {
    columns(std::io::stdout().is_terminal(), std::io::stdout())
}

/// How many columns stderr has.
pub(super) fn stderr_columns() -> usize {
    columns(std::io::stderr().is_terminal(), std::io::stderr())
}

fn columns(is_terminal: bool, stream: impl std::os::fd::AsFd) -> usize {
    let size = is_terminal.then(|| rustix::termios::tcgetwinsize(stream).ok()).flatten();
    // A terminal that does not know says 0.
    let known = size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
    known.unwrap_or(PIPED_COLUMNS).max(MIN_COLUMNS)
}

/// How many columns a character takes in a terminal.
pub(super) const fn width(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Colors are for terminals that have not said no (<https://no-color.org>).
fn has_color(is_terminal: bool) -> bool {
    let said_no = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    is_terminal && !said_no && !is_dumb
}

/// `text` in an SGR style, or plain.
pub(super) fn style(text: &str, sgr: &str, has_color: bool) -> String {
    if has_color { format!("\u{1b}[{sgr}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Numbers as people read them: `1,234,567`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `count` things, in the singular where it is one.
pub(super) fn things(number: usize, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Sizes as people read them: `1.2 MB` (decimal units).
pub(super) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let bytes = bytes as f64;
    match bytes {
        b if b < 1e3 => format!("{b:.0} B"),
        b if b < 1e6 => format!("{:.1} KB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.2} GB", b / 1e9),
    }
}

/// Replaces control characters in text that an author or a user wrote, so that it cannot
/// steer the terminal or turn the line around.
pub(super) fn plain(text: &str) -> String {
    let is_bidi = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let steers = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_bidi(c);
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes_are_readable() {
        assert_eq!(
            (count(7), count(1_234), count(1_234_567)),
            ("7".into(), "1,234".into(), "1,234,567".into())
        );
        assert_eq!((things(1, "article"), things(2, "article")), ("1 article".into(), "2 articles".into()));
        assert_eq!(
            (size(12), size(1_500), size(2_500_000)),
            ("12 B".into(), "1.5 KB".into(), "2.5 MB".into())
        );
    }

    #[test]
    fn text_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\tc\u{202e}d"), "a\u{fffd}[31mb\tc\u{fffd}d");
    }
}
