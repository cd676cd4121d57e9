//! An article as a tantivy document, and our analysis as tantivy's tokenizers.

use tantivy::TantivyDocument;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::names;
use super::schema::{Fields, Part, Unit};
use crate::analysis::{Analyzer, Kind, Mode};
use crate::article::Article;
use crate::lang::Lang;

/// The key that finds one article.
pub(super) fn key(id: &str, lang: Lang) -> String {
    format!("{id}\0{lang}")
}

/// The document of an article that stands at `ordinal` in the catalog.
pub(super) fn document(article: &Article, ordinal: u64, fields: &Fields) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_text(fields.key, key(&article.id, article.lang));
    document.add_u64(fields.ordinal, ordinal);
    for name in names::terms(article) {
        document.add_text(fields.names, name);
    }
    for part in Part::ALL {
        for text in texts(article, part) {
            for unit in Unit::ALL {
                document.add_text(fields.text(part, unit), text);
            }
        }
    }
    document
}

/// The texts of a part, each of which phrases stay within.
fn texts(article: &Article, part: Part) -> Vec<&str> {
    let headings = || article.sections.iter().map(|section| section.heading.as_str());
    let texts: Vec<&str> = match part {
        Part::Title => vec![&article.title],
        Part::Questions => article.questions.iter().map(String::as_str).collect(),
        Part::Headings => headings().collect(),
        Part::Tags => article.tags.iter().map(String::as_str).collect(),
        Part::Body => {
            let whole = [article.title.as_str(), article.summary.as_deref().unwrap_or_default()].into_iter();
            let asked = article.questions.iter().chain(&article.tags).map(String::as_str);
            let read =
                article.sections.iter().flat_map(|section| [section.heading.as_str(), section.text.as_str()]);
            whole.chain(asked).chain(read).collect()
        }
    };
    texts.into_iter().filter(|text| !text.is_empty()).collect()
}

/// The tokenizer of word or gram fields.
#[derive(Clone)]
pub(super) struct FieldTokenizer {
    analyzer: Analyzer,
    unit: Unit,
    tokens: Vec<Token>,
}

impl FieldTokenizer {
    pub(super) fn new(analyzer: Analyzer, unit: Unit) -> Self {
        Self { analyzer, unit, tokens: Vec::new() }
    }
}

impl Tokenizer for FieldTokenizer {
    type TokenStream<'a> = Tokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens<'a> {
        // Tokens of the text before are reused with their allocations.
        let Self { analyzer, unit, tokens } = self;
        let mut length = 0;
        let mode = match unit {
            Unit::Word => Mode::Index,
            Unit::Gram => Mode::Grams,
        };
        analyzer.analyze(text, mode, |token| {
            if matches!(token.kind, Kind::Gram | Kind::Pair) != (*unit == Unit::Gram) {
                return;
            }
            if length == tokens.len() {
                tokens.push(Token::default());
            }
            let slot = &mut tokens[length];
            slot.text.clear();
            slot.text.push_str(token.text);
            (slot.offset_from, slot.offset_to, slot.position) =
                (token.span.start, token.span.end, token.position);
            length += 1;
        });
        Tokens { tokens: &mut tokens[..length], next: 0 }
    }
}

/// The tokens of one text.
pub(super) struct Tokens<'a> {
    tokens: &'a mut [Token],
    next: usize,
}

impl TokenStream for Tokens<'_> {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}
