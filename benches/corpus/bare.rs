//! tantivy as it comes, for scale: three fields of words, an OR of term queries, the ten best
//! documents by their numbers. No grams, synonyms, counts, facets, titles or snippets.

use jieda::analysis::{Analyzer, Kind, Mode};
use jieda::index::{Catalog, SectionView};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term};
use tempfile::TempDir;

/// Words of every article in an index of its own.
pub(crate) struct Bare {
    searcher: Searcher,
    fields: [Field; 3],
    _dir: TempDir,
}

impl Bare {
    /// Indexes the titles, headings and whole texts of a catalog into one segment.
    pub(crate) fn of(catalog: &Catalog, analyzer: &Analyzer) -> Self {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
        let options = TextOptions::default().set_indexing_options(indexing);
        let fields = ["title", "headings", "body"].map(|name| schema.add_text_field(name, options.clone()));
        let dir = TempDir::new().expect("a temporary folder can be made");
        let index = Index::create_in_dir(dir.path(), schema.build()).expect("the folder is empty");
        let mut writer: IndexWriter =
            index.writer_with_num_threads(1, 400_000_000).expect("nobody else writes here");
        for article in catalog.iter() {
            let headings = article.sections().map(SectionView::heading);
            let read = article.sections().flat_map(|section| [section.heading(), section.text()]);
            let about = article.summary().into_iter().chain(article.questions()).chain(article.tags());
            let whole = std::iter::once(article.title()).chain(about).chain(read);
            let mut document = TantivyDocument::new();
            document.add_pre_tokenized_text(fields[0], tokens(std::iter::once(article.title()), analyzer));
            document.add_pre_tokenized_text(fields[1], tokens(headings, analyzer));
            document.add_pre_tokenized_text(fields[2], tokens(whole, analyzer));
            writer.add_document(document).expect("the folder can be written");
        }
        writer.commit().expect("the folder can be written");
        writer.wait_merging_threads().expect("nothing is left to merge");
        let searcher = index.reader().expect("the index is whole").searcher();
        assert_eq!(searcher.num_docs(), catalog.len() as u64, "an article is missing");
        assert_eq!(searcher.segment_readers().len(), 1, "one segment, as ours");
        Self { searcher, fields, _dir: dir }
    }

    /// How many documents an OR of these words finds, ten at most.
    pub(crate) fn search(&self, words: &[String]) -> usize {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(words.len() * self.fields.len());
        for word in words {
            for field in self.fields {
                let term = Term::from_field_text(field, word);
                clauses.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
            }
        }
        let top = TopDocs::with_limit(10).order_by_score();
        self.searcher.search(&BooleanQuery::new(clauses), &top).expect("the index can be read").len()
    }
}

/// The words of a query, cut beforehand.
pub(crate) fn words(query: &str, analyzer: &Analyzer) -> Vec<String> {
    let mut words = Vec::new();
    analyzer.analyze(query, Mode::Query, |token| {
        if token.kind != Kind::Gram && !words.iter().any(|word| word == token.text) {
            words.push(token.text.to_owned());
        }
    });
    words
}

fn tokens<'a>(texts: impl Iterator<Item = &'a str>, analyzer: &Analyzer) -> PreTokenizedString {
    let mut tokens = Vec::new();
    for text in texts {
        analyzer.analyze(text, Mode::Index, |token| {
            if token.kind != Kind::Gram {
                let (offset_from, offset_to) = (token.span.start, token.span.end);
                let text = token.text.to_owned();
                let position = tokens.len();
                tokens.push(Token { offset_from, offset_to, position, text, position_length: 1 });
            }
        });
    }
    PreTokenizedString { text: String::new(), tokens }
}
