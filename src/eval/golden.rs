//! Golden queries: a folder with `topics.tsv`, `qrels.txt` and `floors.tsv`, by which an
//! index is judged before it is published.
//!
//! A topic's id is `<language>-<kind>-<number>`. A topic is right when an article of the
//! highest grade, 2, is among the first three hits for a reader of the language; a topic for
//! which no article is judged relevant is right when it finds nothing. `floors.tsv` says for
//! each `<language>-<kind>` the share of topics that must be right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::trec::{self, Qrels, Topic};
use crate::lang::Lang;
use crate::search::{self, SearchRequest, Searcher};

/// How many hits are looked at.
const DEPTH: usize = 3;
/// The grade of an article that answers.
const ANSWERS: i32 = 2;

/// Why golden queries cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: trec::Error,
    },
    /// The index could not be read.
    #[error(transparent)]
    Search(#[from] search::Error),
}

/// Topics, judgments and floors.
#[derive(Debug)]
pub struct Golden {
    topics: Vec<Topic>,
    qrels: Qrels,
    floors: BTreeMap<String, f64>,
}

/// How the golden queries did.
#[derive(Debug, Default)]
pub struct Report {
    /// By kind, in their order.
    pub kinds: Vec<Kind>,
    /// Topics that were not right.
    pub wrong: Vec<Wrong>,
    /// Featured answers, and how many of them answer.
    pub featured: (usize, usize),
}

/// How one kind of queries did.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// `<language>-<kind>`.
    pub name: String,
    /// Topics of this kind.
    pub topics: usize,
    /// How many of them were right.
    pub right: usize,
    /// How many found nothing.
    pub empty: usize,
    /// The share that must be right; `None`: nobody said.
    pub floor: Option<f64>,
}

impl Kind {
    /// The share that was right.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of topics")]
    pub fn share(&self) -> f64 {
        self.right as f64 / self.topics.max(1) as f64
    }

    /// Whether it fell below its floor.
    #[must_use]
    pub fn is_below(&self) -> bool {
        self.floor.is_some_and(|floor| self.share() < floor)
    }
}

/// A topic that was not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The topic's id.
    pub topic: String,
    /// Its query.
    pub query: String,
    /// What was found instead.
    pub found: Vec<String>,
}

impl Report {
    /// The topics of a kind that were not right.
    pub fn wrong_of(&self, kind: &Kind) -> impl Iterator<Item = &Wrong> {
        self.wrong.iter().filter(|wrong| kind_of(&wrong.topic) == kind.name)
    }
}

impl Golden {
    /// Reads the three files of a folder.
    ///
    /// # Errors
    /// When a file is missing or not in its format.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        Ok(Self {
            topics: load(&dir.join("topics.tsv"), trec::parse_topics)?,
            qrels: load(&dir.join("qrels.txt"), trec::parse_qrels)?,
            floors: load(&dir.join("floors.tsv"), trec::parse_floors)?,
        })
    }

    /// Asks all topics.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn ask(&self, searcher: &Searcher) -> Result<Report, Error> {
        let mut report = Report::default();
        let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
        // A floor without topics is a kind that nothing was right of.
        for (name, floor) in &self.floors {
            let kind = Kind { name: name.clone(), topics: 0, right: 0, empty: 0, floor: Some(*floor) };
            kinds.insert(name.clone(), kind);
        }
        for topic in &self.topics {
            let name = kind_of(&topic.id);
            let lang = name.split('-').next().and_then(Lang::from_tag);
            let (request, _) = SearchRequest::shortened(&topic.query);
            let response = searcher.search(&request.with_lang(lang).with_depth(DEPTH))?;
            let grade = |id: &str| self.qrels.get(&topic.id).and_then(|judged| judged.get(id)).copied();
            let has_answer =
                self.qrels.get(&topic.id).is_some_and(|judged| judged.values().any(|grade| *grade > 0));
            let found: Vec<String> = response.hits.into_iter().map(|hit| hit.id).collect();
            let answers = |id: &String| grade(id) == Some(ANSWERS);
            let is_right = if has_answer { found.iter().any(answers) } else { found.is_empty() };
            if let Some(featured) = &response.featured {
                report.featured.0 += 1;
                report.featured.1 += usize::from(answers(&featured.id));
            }
            let kind = kinds.entry(name.to_owned()).or_insert_with(|| Kind {
                name: name.to_owned(),
                topics: 0,
                right: 0,
                empty: 0,
                floor: None,
            });
            kind.topics += 1;
            kind.right += usize::from(is_right);
            kind.empty += usize::from(found.is_empty());
            if !is_right {
                report.wrong.push(Wrong { topic: topic.id.clone(), query: topic.query.clone(), found });
            }
        }
        report.kinds = kinds.into_values().collect();
        Ok(report)
    }
}

/// `<language>-<kind>` of a topic's id.
fn kind_of(topic: &str) -> &str {
    topic.rsplit_once('-').map_or(topic, |(kind, _)| kind)
}

fn load<T>(path: &Path, parse: impl FnOnce(&str) -> Result<T, trec::Error>) -> Result<T, Error> {
    let source =
        std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    parse(&source).map_err(|source| Error::Parse { path: path.to_owned(), source })
}
