//! A mistake in content, as a value: what, how bad, and exactly where.

use std::collections::BTreeMap;
use std::fmt;

use crate::text::{self, Span};

/// How much a mistake matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The article is indexed all the same.
    Warning,
    /// The article, or the file beside the articles, is left out.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $kind:ident;)+) => {
        /// The kinds of mistakes. Names and meanings are stable: scripts filter by them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the code means, in a sentence.
            #[must_use]
            pub fn description(self) -> String {
                let lines: &[&str] = match self { $(Self::$variant => &[$($doc,)+],)+ };
                lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
            }

            const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)+ }
            }
        }
    };
}

/// Who reports a code, and how severe it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The article is left out.
    Error,
    /// Reported whenever articles are read.
    Warning,
    /// Reported by `jieda check` only: style, not damage.
    Lint,
}

codes! {
    /// The file is not UTF-8.
    InvalidUtf8 = "invalid-utf8", Error;
    /// The file contains a NUL character.
    NulCharacter = "nul-character", Error;
    /// The file is larger than 1 MiB.
    FileTooLarge = "file-too-large", Error;
    /// The front matter does not parse, or is larger than 64 KiB.
    FrontMatterSyntax = "front-matter-syntax", Error;
    /// Lists, quotes or tables are nested more than 100 deep.
    NestingTooDeep = "nesting-too-deep", Error;
    /// Two files have the same id and language.
    DuplicateId = "duplicate-id", Error;
    /// The file could not be read.
    Unreadable = "unreadable", Error;
    /// A key of the front matter may have been meant to keep the article from the public, but is not
    /// `status` or `audience`, or says neither yes nor no.
    UnclearVisibility = "unclear-visibility", Error;
    /// `lexicon.toml`, `categories.toml` or `pins.toml` is no TOML, and is ignored as a whole.
    SettingsSyntax = "settings-syntax", Error;
    /// A front matter key that is not read, or is read as another one.
    UnknownKey = "unknown-key", Warning;
    /// A front matter value has the wrong type or an unknown value.
    InvalidValue = "invalid-value", Warning;
    /// An id has characters that cannot stand in a link.
    InvalidId = "invalid-id", Warning;
    /// A link or a `related` entry leads to an article that does not exist or is not published.
    DeadLink = "dead-link", Warning;
    /// A link leads to a heading that does not exist.
    DeadAnchor = "dead-anchor", Warning;
    /// A local image does not exist.
    MissingImage = "missing-image", Warning;
    /// A local image has another type than png, jpg, webp or gif, or is larger than 2 MiB.
    UnusableImage = "unusable-image", Warning;
    /// A `redirect_from` id is an article's own id or is claimed twice.
    RedirectConflict = "redirect-conflict", Warning;
    /// A directive such as `:::note` or `{% hint %}` is opened but not closed, or closed but not opened.
    UnbalancedDirective = "unbalanced-directive", Warning;
    /// Text contains invisible control characters: bidirectional, zero-width or a byte order mark.
    InvisibleCharacter = "invisible-character", Warning;
    /// A line is longer than 20 KB.
    LongLine = "long-line", Warning;
    /// A symbolic link leads out of the articles folder, or to a folder.
    OutsideLink = "outside-link", Warning;
    /// The text of an article is not in the language it is filed under.
    WrongLanguage = "wrong-language", Warning;
    /// A folder is named after a language that we do not have.
    UnknownLanguage = "unknown-language", Warning;
    /// The date in `updated` has not come yet; it is not passed on.
    FutureDate = "future-date", Warning;
    /// A title or heading is longer than 300 characters; readers see its beginning.
    LongTitle = "long-title", Warning;
    /// `lexicon.toml` has a mistake.
    Lexicon = "lexicon", Warning;
    /// `categories.toml` has a mistake.
    Categories = "categories", Warning;
    /// `pins.toml` has a mistake.
    Pins = "pins", Warning;
    /// Two articles of one language have the same title.
    DuplicateTitle = "duplicate-title", Lint;
    /// An article has neither front matter title nor first-level heading; its file name serves as title.
    MissingTitle = "missing-title", Lint;
    /// An article has a title, and nothing to read.
    EmptyArticle = "empty-article", Lint;
    /// An article named in `translations` does not exist in that language.
    MissingTranslation = "missing-translation", Lint;
    /// A figure (a limit, a fee, a time) stands in one language of an article and not as often in another.
    FigureMismatch = "figure-mismatch", Lint;
    /// The headings of a translation do not have the levels of the original's.
    HeadingMismatch = "heading-mismatch", Lint;
    /// Markdown with a slip, so that readers see its signs: a link, a heading, a table, a notice.
    ShownAsText = "shown-as-text", Lint;
    /// A notice (`:::…`, `{% hint %}`) is of a kind that we do not have, and shown as a note.
    UnknownNotice = "unknown-notice", Lint;
    /// An image has no alternative text.
    MissingAlt = "missing-alt", Lint;
    /// A heading skips a level, as from `##` to `####`.
    HeadingSkip = "heading-skip", Lint;
    /// Raw HTML, of which text, images and line breaks are kept.
    RawHtml = "raw-html", Lint;
    /// A link to an `http:` address.
    InsecureLink = "insecure-link", Lint;
    /// The date in `review_by` has passed.
    ReviewDue = "review-due", Lint;
    /// A category that `categories.toml` does not name.
    UnknownCategory = "unknown-category", Lint;
}

impl Code {
    /// The severity of every diagnostic of this code.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.kind() == Kind::Error { Severity::Error } else { Severity::Warning }
    }

    /// Whether only `jieda check` reports it.
    #[must_use]
    pub fn is_lint(self) -> bool {
        self.kind() == Kind::Lint
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One mistake in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of mistake.
    pub code: Code,
    /// The file, relative to the articles folder, with `/` between its parts.
    pub path: String,
    /// Where in the file; `None` concerns the file as a whole.
    pub place: Option<Place>,
    /// What is wrong, for this very input.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// The offending part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line's text, or a window of at most 200 characters of a longer line.
    pub excerpt: String,
    /// The offending bytes of `excerpt`.
    pub span: Span,
}

/// Mistakes of one file that are placed each time it is looked at; of more only their number
/// is said. Finding a place reads the file from its beginning.
pub(super) const MAX_PLACED: usize = 100;

/// Characters of a line kept in [`Place::excerpt`].
const EXCERPT_CHARS: usize = 200;

impl Place {
    /// The place of the bytes `span` in `source`; a span over several lines ends with the first.
    #[must_use]
    pub fn of(source: &str, span: Span) -> Self {
        let start = text::floor(source, span.start);
        let line_start = text::upto(source, start).rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text::from(source, start).find('\n').map_or(source.len(), |newline| start + newline);
        let line = text::slice(source, Span::new(line_start, line_end)).trim_end_matches('\r');
        let (number, column) = text::line_column(source, start);
        let mut offset = start - line_start;
        let mut excerpt = line;
        if column > EXCERPT_CHARS / 2 && line.chars().count() > EXCERPT_CHARS {
            let cut = line.char_indices().nth(column - EXCERPT_CHARS / 4).map_or(0, |(cut, _)| cut);
            excerpt = text::from(line, cut);
            offset = offset.saturating_sub(cut);
        }
        let excerpt = text::first_chars(excerpt, EXCERPT_CHARS).0;
        let end = (offset + span.len().max(1)).min(excerpt.len());
        let span = text::widen_to_graphemes(excerpt, Span::new(offset.min(end), end));
        Self { line: number, column, excerpt: excerpt.to_owned(), span }
    }
}

impl Diagnostic {
    /// A mistake at `span` of `source`.
    #[must_use]
    pub fn at(code: Code, path: &str, source: &str, span: Span, message: impl Into<String>) -> Self {
        let place = Some(Place::of(source, span));
        Self { code, path: path.to_owned(), place, message: message.into(), help: None }
    }

    /// A mistake of a file as a whole.
    #[must_use]
    pub fn of_file(code: Code, path: &str, message: impl Into<String>) -> Self {
        Self { code, path: path.to_owned(), place: None, message: message.into(), help: None }
    }

    /// As many more mistakes of a file as are not placed; nothing if there is none.
    pub(super) fn more(code: Code, path: &str, count: usize) -> Option<Self> {
        (count > 0).then(|| Self::of_file(code, path, format!("and {count} more mistakes like this")))
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The severity of its code.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// Mistakes of so many files that are the same in each are named file by file.
const MAX_SAME: usize = 3;

/// Of unknown keys that stand in many files, as in what comes from another generator, only the
/// first remains and says in how many. `diagnostics` are sorted by path.
pub(super) fn fold(diagnostics: &mut Vec<Diagnostic>) {
    let mut files: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    let folds = |diagnostic: &Diagnostic| diagnostic.code == Code::UnknownKey;
    for diagnostic in diagnostics.iter().filter(|diagnostic| folds(diagnostic)) {
        files.entry(diagnostic.message.clone()).or_default().0 += 1;
    }
    diagnostics.retain_mut(|diagnostic| {
        let Some((count, is_said)) = files.get_mut(&diagnostic.message).filter(|_| folds(diagnostic)) else {
            return true;
        };
        if *count <= MAX_SAME {
            return true;
        }
        diagnostic.message.push_str(&format!(" (in {count} files, of which this is the first)"));
        !std::mem::replace(is_said, true)
    });
}

/// `path:line:column: severity[code]: message`, the form editors link.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.place.as_ref().map_or((1, 1), |place| (place.line, place.column));
        write!(f, "{}:{line}:{column}: {}[{}]: {}", self.path, self.severity(), self.code, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_points_into_the_line() {
        let source = "a\n标题: 提币\r\nb";
        let place = Place::of(source, Span::new(10, 16));
        assert_eq!((place.line, place.column, place.excerpt.as_str()), (2, 5, "标题: 提币"));
        assert_eq!(text::slice(&place.excerpt, place.span), "提币");
    }

    #[test]
    fn long_lines_are_windowed_around_the_place() {
        let source = format!("{}坏{}", "好".repeat(5_000), "好".repeat(5_000));
        let place = Place::of(&source, Span::new(15_000, 15_003));
        assert_eq!(place.column, 5_001);
        assert_eq!(text::slice(&place.excerpt, place.span), "坏");
        assert!(place.excerpt.chars().count() <= EXCERPT_CHARS);
    }

    #[test]
    fn codes_are_unique() {
        let names: std::collections::BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
