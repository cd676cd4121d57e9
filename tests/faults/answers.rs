//! What a reader gets: a few hundred questions, and all that is answered.
//!
//! After any fault the answers must be those of an index that was built from the same
//! articles where nothing ever failed.

use std::fs;
use std::path::Path;

use jieda::index::indexer::{self, Options, Outcome};
use jieda::index::{Check, Generation, IndexDir};
use jieda::search::Searcher;
use tempfile::TempDir;

use crate::world::{self, request};

/// Hits, totals and facets, a line for each question.
pub(crate) type Answers = Vec<String>;

/// What a generation answers to these questions.
pub(crate) fn of(generation: Generation, questions: &[String]) -> Answers {
    let searcher = Searcher::new(generation.into());
    let answer = |question: &String| {
        let response = searcher.search(&request(question)).unwrap();
        format!("{question}: {} {:?} {:?}", response.total, response.hits, response.facets)
    };
    questions.iter().map(answer).collect()
}

/// What the generation that serves answers.
pub(crate) fn serving(dir: &IndexDir, questions: &[String]) -> Answers {
    of(dir.open_current(Check::Full).unwrap(), questions)
}

/// What an index answers that is built from these articles where nothing fails.
pub(crate) fn clean(articles: &Path, questions: &[String]) -> Answers {
    let folder = TempDir::new().unwrap();
    let dir = IndexDir::new(folder.path());
    reindex(&dir, articles, Options::default());
    serving(&dir, questions)
}

/// Builds an index in this process.
pub(crate) fn reindex(dir: &IndexDir, articles: &Path, options: Options) -> Outcome {
    let lock = world::lock(dir);
    indexer::reindex(dir, &lock, world::corpus(articles), options, &|_| Ok(()), &|_| {}).unwrap()
}

/// The golden queries of the sample help center, every third.
pub(crate) fn golden() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/relevance/topics.tsv");
    let topics = fs::read_to_string(file).unwrap();
    let questions: Vec<String> =
        topics.lines().filter_map(|line| line.split_once('\t')).map(|(_, query)| query.to_owned()).collect();
    let some: Vec<String> = questions.into_iter().step_by(3).collect();
    assert!(some.len() >= 300, "{}", some.len());
    some
}

/// Questions to a small help center of [`articles`].
pub(crate) fn questions() -> Vec<String> {
    let words =
        ["提币", "步骤", "打开应用", "标记", "login", "withdraw fees", "출금", "tibi", "ㅊㄱ", "说明 -步骤"];
    words
        .iter()
        .map(|word| (*word).to_owned())
        .chain((0..20).map(|number| format!("文章 {number}")))
        .collect()
}

/// A small help center in three languages, with a picture and a lexicon.
pub(crate) fn articles(root: &Path) {
    for number in 0..6 {
        let text = format!(
            "# 文章 {number} 提币\n\n标记 {number} 的说明。\n\n## 步骤\n\n打开应用，再提交。![图](x.png)\n"
        );
        world::write(root, &format!("zh/a/{number}.md"), &text);
    }
    world::write(root, "en/a/0.md", "# Withdraw\n\nLogin, then look at the fees.\n");
    world::write(root, "ko/a/0.md", "# 출금\n\n출금 수수료를 확인하세요.\n");
    world::write(root, "lexicon.toml", "words = ['提币']\n");
    fs::write(root.join("zh/a/x.png"), b"\x89PNG\r\n\x1a\n picture").unwrap();
    version(root, "old");
}

/// Gives the help center another content.
pub(crate) fn version(root: &Path, version: &str) {
    world::write(root, "zh/a/version.md", &format!("# 标记 {version}\n\n标记 {version}\n"));
}
