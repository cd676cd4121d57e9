//! The fields of the inverted index. One document is one article.
//!
//! Every text field comes twice: words for precision, grams for recall. `body` holds the
//! whole article, title and questions included, so that it alone decides which articles
//! match and how rare a term is; the other fields only add weight.
//! Texts are not stored here but in the catalog; positions are kept for `body` only, where
//! phrases are looked for, and only of terms that phrases are looked for by (all others stand
//! at 0, which takes next to no room).

use tantivy::schema::{
    Field, IndexRecordOption, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

/// The name of our analysis in tantivy's schema. tantivy never calls it.
const TOKENIZER: &str = "jieda";

/// The parts of an article that are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The whole article.
    Body,
    /// Its title.
    Title,
    /// Other ways in which people ask it.
    Questions,
    /// The headings of its sections.
    Headings,
    /// Its tags.
    Tags,
}

impl Part {
    /// All parts; `Body` comes first.
    pub const ALL: [Self; 5] = [Self::Body, Self::Title, Self::Questions, Self::Headings, Self::Tags];

    /// The name shown by `explain`, and the stem of the field names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Title => "title",
            Self::Questions => "questions",
            Self::Headings => "headings",
            Self::Tags => "tags",
        }
    }

    /// What is kept of each occurrence.
    pub(super) const fn record(self) -> IndexRecordOption {
        match self {
            Self::Body => IndexRecordOption::WithFreqsAndPositions,
            _ => IndexRecordOption::WithFreqs,
        }
    }
}

/// Words or grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Words of the segmentation, stems, whole Korean words.
    Word,
    /// Pairs of neighboring characters.
    Gram,
}

impl Unit {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Word, Self::Gram];
}

/// Handles of the fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// What articles are known by, whole.
    pub(super) names: Field,
    texts: [[Field; 2]; 5],
}

impl Fields {
    /// The field of a part and a unit.
    #[must_use]
    pub fn text(&self, part: Part, unit: Unit) -> Field {
        let [words, grams] = self.texts[part as usize];
        match unit {
            Unit::Word => words,
            Unit::Gram => grams,
        }
    }
}

/// The schema and its fields.
#[must_use]
pub fn build() -> (Schema, Fields) {
    let mut builder = SchemaBuilder::new();
    let texts = Part::ALL.map(|part| {
        Unit::ALL.map(|unit| {
            let name = match unit {
                Unit::Word => part.name().to_owned(),
                Unit::Gram => format!("{}_grams", part.name()),
            };
            let indexing =
                TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(part.record());
            builder.add_text_field(&name, TextOptions::default().set_indexing_options(indexing))
        })
    });
    let names = builder.add_text_field("names", STRING);
    (builder.build(), Fields { names, texts })
}
