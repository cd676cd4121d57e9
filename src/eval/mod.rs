//! How good answers are: topics and judgments in, a run and its figures out.
//!
//! It asks the very [`Searcher`] that the server asks. Formats are those of TREC, so that
//! other tools can read and write them.

pub mod trec;

pub mod compare;
pub mod golden;
pub mod metrics;

use crate::lang::Lang;
use crate::search::{Error, SearchRequest, Searcher};

pub use self::metrics::Figures;
pub use self::trec::{Qrels, Ranked, Run, Topic};

/// Answers every topic with at most `depth` documents, for a reader of `lang`. A query
/// that is too long is asked with its beginning, as the search page does.
///
/// # Errors
/// When the index cannot be read.
pub fn answer(searcher: &Searcher, topics: &[Topic], lang: Option<Lang>, depth: usize) -> Result<Run, Error> {
    let mut run = Run::default();
    for topic in topics {
        let (request, _) = SearchRequest::shortened(&topic.query);
        let documents = searcher.documents(&request.with_lang(lang).with_depth(depth))?;
        let mut ranked: Vec<Ranked> = Vec::with_capacity(documents.len());
        for (ordinal, score) in documents {
            let id = searcher.generation().catalog().article(ordinal).id();
            // Without a language an article may come in several; the best one counts.
            if !ranked.iter().any(|known| known.document == id) {
                ranked.push(Ranked { document: id.to_owned(), score });
            }
        }
        run.topics.push((topic.id.clone(), ranked));
    }
    Ok(run)
}
