//! The words of a field, as content authors write them in `lexicon.toml`.
//!
//! ```toml
//! words = ["区块浏览器", "助记词"]        # kept whole when Chinese text is cut into words
//!
//! [[concepts]]                            # words that mean the same to a customer
//! id = "withdraw"
//! zh = ["提币", "提现"]
//! en = ["withdraw", "cash out"]
//! ko = ["출금"]
//! ```
//!
//! Mistakes are values with a span; what is right in the file is used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use crate::lang::Lang;
use crate::text::Span;

/// Longest word in characters; longer ones are mistakes.
const MAX_WORD_CHARS: usize = 40;

/// Domain words and synonym sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lexicon {
    /// Words without synonyms that segmentation must keep whole.
    pub words: Vec<String>,
    /// Sets of words that mean the same.
    pub concepts: Vec<Concept>,
}

/// Words of one meaning, in every language that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// The author's name for it.
    pub id: String,
    /// The words with their language, in the author's order.
    pub words: Vec<(Lang, String)>,
}

/// Something wrong in `lexicon.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where, in bytes of the file.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

impl Lexicon {
    /// Reads a lexicon. What cannot be used comes back as mistakes.
    #[must_use]
    pub fn parse(source: &str) -> (Self, Vec<Mistake>) {
        let mut reader = Reader::default();
        match DeTable::parse(source) {
            Ok(table) => reader.table(table.get_ref()),
            Err(error) => {
                let span = error.span().unwrap_or_default();
                reader.mistake(span, error.message().to_owned());
            }
        }
        (reader.lexicon, reader.mistakes)
    }

    /// Every word, of the list and of the concepts.
    pub fn all_words(&self) -> impl Iterator<Item = &str> {
        let of_concepts =
            self.concepts.iter().flat_map(|concept| &concept.words).map(|(_, word)| word.as_str());
        self.words.iter().map(String::as_str).chain(of_concepts)
    }
}

#[derive(Default)]
struct Reader {
    lexicon: Lexicon,
    mistakes: Vec<Mistake>,
    /// Word → the concept (or the list) it stands in.
    seen: BTreeMap<String, String>,
}

impl Reader {
    fn mistake(&mut self, span: std::ops::Range<usize>, message: String) {
        self.mistakes.push(Mistake { span: Span::new(span.start, span.end), message });
    }

    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("words", DeValue::Array(_)) => {
                    let words = self.strings(value, "words");
                    self.lexicon.words = words;
                }
                ("concepts", DeValue::Array(concepts)) => {
                    for concept in concepts {
                        match concept.get_ref() {
                            DeValue::Table(table) => self.concept(table, concept.span()),
                            _ => {
                                self.mistake(concept.span(), "a concept is a table, [[concepts]]".to_owned());
                            }
                        }
                    }
                }
                ("words" | "concepts", _) => {
                    self.mistake(value.span(), format!("{} must be a list", key.get_ref()));
                }
                (other, _) => {
                    self.mistake(
                        key.span(),
                        format!("unknown key `{other}`, expected `words` or `concepts`"),
                    );
                }
            }
        }
    }

    fn concept(&mut self, table: &DeTable<'_>, span: std::ops::Range<usize>) {
        let Some(id) =
            table.get("id").and_then(|id| id.get_ref().as_str()).filter(|id| !id.trim().is_empty())
        else {
            return self.mistake(span, "a concept needs an `id`".to_owned());
        };
        if self.lexicon.concepts.iter().any(|concept| concept.id == id) {
            return self.mistake(span, format!("the concept `{id}` stands here twice"));
        }
        let mut concept = Concept { id: id.to_owned(), words: Vec::new() };
        for (key, value) in table {
            let key_name = key.get_ref().as_ref();
            if key_name == "id" {
                continue;
            }
            match Lang::from_exact_tag(key_name) {
                Some(lang) => {
                    let words = self.strings(value, id);
                    concept.words.extend(words.into_iter().map(|word| (lang, word)));
                }
                None => {
                    self.mistake(
                        key.span(),
                        format!("unknown key `{key_name}`, expected `id` or a language"),
                    );
                }
            }
        }
        if concept.words.is_empty() {
            return self.mistake(span, format!("the concept `{id}` has no words"));
        }
        self.lexicon.concepts.push(concept);
    }

    fn strings(&mut self, value: &toml::Spanned<DeValue<'_>>, place: &str) -> Vec<String> {
        let DeValue::Array(items) = value.get_ref() else {
            self.mistake(value.span(), "expected a list of words".to_owned());
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in items {
            let Some(word) = item.get_ref().as_str().map(str::trim) else {
                self.mistake(item.span(), "expected a word in quotes".to_owned());
                continue;
            };
            if word.is_empty() || word.chars().count() > MAX_WORD_CHARS {
                self.mistake(item.span(), format!("a word has 1 to {MAX_WORD_CHARS} characters"));
                continue;
            }
            match self.seen.insert(word.to_lowercase(), place.to_owned()) {
                Some(other) => self.mistake(item.span(), format!("`{word}` stands in `{other}` too")),
                None => words.push(word.to_owned()),
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_concepts_are_read() {
        let (lexicon, mistakes) = Lexicon::parse(
            "words = ['助记词']\n[[concepts]]\nid = 'withdraw'\nzh = ['提币']\nen = ['cash out']\nko = ['출금']\n",
        );
        assert_eq!(mistakes, vec![]);
        assert_eq!(lexicon.all_words().collect::<Vec<_>>(), ["助记词", "cash out", "출금", "提币"]);
    }

    #[test]
    fn mistakes_name_their_place_and_leave_the_rest_in_use() {
        let source = "wrods = []\nwords = ['a', 3, 'a']\n[[concepts]]\nzh = ['提币']\n[[concepts]]\nid = 'x'\nfr = ['b']\nen = ['c']\n";
        let (lexicon, mistakes) = Lexicon::parse(source);
        let messages: Vec<&str> = mistakes.iter().map(|mistake| mistake.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "a concept needs an `id`",
                "unknown key `fr`, expected `id` or a language",
                "expected a word in quotes",
                "`a` stands in `words` too",
                "unknown key `wrods`, expected `words` or `concepts`",
            ]
        );
        assert_eq!(lexicon.words, ["a"]);
        assert_eq!(lexicon.concepts.len(), 1);
        assert_eq!(crate::text::slice(source, mistakes[3].span), "'a'");
    }

    #[test]
    fn broken_toml_is_one_mistake() {
        let (lexicon, mistakes) = Lexicon::parse("words = [");
        assert_eq!((lexicon, mistakes.len()), (Lexicon::default(), 1));
    }
}
