//! What BM25 needs to know of a generation, and the parameters it works with.
//!
//! The parameters are few and the same for all languages. They were chosen by the mean MRR@10
//! over ten public relevance sets (help-center search in three languages, question to
//! question, question to passage): each step raised the mean, though not every set.
//! Grams weigh less than words and mind length less: an article in two scripts has grams
//! for one of them only.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::TermInfo;

use super::facets::Facts;
use super::request::Error;
use crate::index::Generation;
use crate::index::schema::{Part, Unit};
use crate::lang::Lang;

/// How soon more occurrences of a term stop to matter.
pub(super) const K1: f32 = 1.2;
/// What grams count beside words in the whole article.
const BODY_GRAMS: f32 = 0.8;

/// What a field counts, and how much its length matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scoring {
    pub(super) part: Part,
    weight: f32,
    b: f32,
    /// `b` of the grams.
    gram_b: f32,
}

impl Scoring {
    /// What a unit of this field counts.
    pub(super) fn weight(self, unit: Unit) -> f32 {
        match (self.part, unit) {
            (Part::Body, Unit::Gram) => self.weight * BODY_GRAMS,
            _ => self.weight,
        }
    }

    fn b(self, unit: Unit) -> f32 {
        match unit {
            Unit::Word => self.b,
            Unit::Gram => self.gram_b,
        }
    }
}

/// The fields that score.
pub(super) const FIELDS: [Scoring; 5] = [
    Scoring { part: Part::Body, weight: 1.0, b: 0.4, gram_b: 0.2 },
    Scoring { part: Part::Title, weight: 0.6, b: 0.3, gram_b: 0.3 },
    Scoring { part: Part::Questions, weight: 0.8, b: 0.3, gram_b: 0.3 },
    Scoring { part: Part::Headings, weight: 0.2, b: 0.3, gram_b: 0.3 },
    Scoring { part: Part::Tags, weight: 0.2, b: 0.3, gram_b: 0.3 },
];

/// What BM25 needs to know of a generation.
#[derive(Debug)]
pub(super) struct Statistics {
    /// How many articles there are in each language.
    articles: [f32; Lang::ALL.len()],
    /// For each of [`FIELDS`] and unit: `k1·(1 − b + b·length/average)` by tantivy's
    /// one-byte length.
    norms: Vec<[f32; 256]>,
    /// For each of [`FIELDS`] and unit: tantivy's one-byte length of each article.
    lengths: Vec<Vec<u8>>,
    /// What is counted of each article.
    pub(super) facts: Facts,
}

impl Statistics {
    pub(super) fn of(generation: &Generation) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "BM25 works on rounded figures")]
        let all = generation.catalog().len().max(1) as f32;
        let mut articles = [0.0; Lang::ALL.len()];
        for article in generation.catalog().iter() {
            articles[article.lang() as usize] += 1.0;
        }
        let (mut norms, mut lengths) = (Vec::new(), Vec::new());
        for field in FIELDS {
            for unit in Unit::ALL {
                let text = generation.inverted().text(field.part, unit);
                let articles = 0..u32::try_from(generation.catalog().len()).unwrap_or(u32::MAX);
                lengths.push(articles.map(|article| text.norms.fieldnorm_id(article)).collect());
                let tokens = text.postings.total_num_tokens();
                #[expect(clippy::cast_precision_loss, reason = "BM25 works on rounded figures")]
                let average = (tokens as f32 / all).max(1.0);
                let b = field.b(unit);
                let mut norm = [0.0; 256];
                for (id, slot) in (0..=u8::MAX).zip(&mut norm) {
                    #[expect(clippy::cast_precision_loss, reason = "BM25 works on rounded figures")]
                    let length = FieldNormReader::id_to_fieldnorm(id) as f32;
                    *slot = K1 * (1.0 - b + b * length / average);
                }
                norms.push(norm);
            }
        }
        Self { articles, norms, lengths, facts: Facts::of(generation.catalog()) }
    }

    /// The norms of one of [`FIELDS`].
    pub(super) fn norms(&self, field: usize, unit: Unit) -> &[f32; 256] {
        &self.norms[field * Unit::ALL.len() + unit as usize]
    }

    /// The lengths of all articles in one of [`FIELDS`].
    pub(super) fn lengths(&self, field: usize, unit: Unit) -> &[u8] {
        &self.lengths[field * Unit::ALL.len() + unit as usize]
    }

    /// The articles a reader may be answered with: `None` for any language.
    pub(super) fn among(&self, languages: Option<&[Lang]>) -> Rarity {
        let languages = languages.unwrap_or(&Lang::ALL);
        Rarity { articles: languages.iter().map(|lang| self.articles[*lang as usize]).sum::<f32>().max(1.0) }
    }
}

/// How telling terms are among the articles that may answer. A word of English articles is
/// not rare because most articles are Chinese.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rarity {
    articles: f32,
}

impl Rarity {
    /// How telling a term is that `frequency` articles have (never negative).
    pub(super) fn idf(self, frequency: u64) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "BM25 works on rounded figures")]
        let frequency = (frequency as f32).min(self.articles);
        (1.0 + (self.articles - frequency + 0.5) / (frequency + 0.5)).ln()
    }
}

/// Where the postings of a term are, in each of [`FIELDS`] that has it. Finding that out takes a
/// tenth of a search: it is done once for each term, for synonyms once for all queries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Located(Box<[(usize, TermInfo)]>);

impl Located {
    /// Looks a term up.
    pub(super) fn of(generation: &Generation, unit: Unit, text: &str) -> Result<Self, Error> {
        let mut found = Vec::new();
        for (index, scoring) in FIELDS.iter().enumerate() {
            match generation.inverted().text(scoring.part, unit).postings.terms().get(text)? {
                Some(info) => found.push((index, info)),
                // What the body does not have is nowhere.
                None if scoring.part == Part::Body => break,
                None => {}
            }
        }
        Ok(Self(found.into_boxed_slice()))
    }

    /// In how many articles it stands.
    pub(super) fn frequency(&self) -> u64 {
        self.0.first().map_or(0, |(_, info)| u64::from(info.doc_freq))
    }

    /// Numbers of [`FIELDS`], each with the place of its postings.
    pub(super) fn fields(&self) -> impl Iterator<Item = (usize, &TermInfo)> {
        self.0.iter().map(|(index, info)| (*index, info))
    }
}

/// In how many articles a term stands.
pub(super) fn document_frequency(generation: &Generation, unit: Unit, text: &str) -> Result<u64, Error> {
    let field = generation.inverted().text(Part::Body, unit);
    Ok(field.postings.terms().get(text)?.map_or(0, |info| u64::from(info.doc_freq)))
}
