//! What people ask, made from the articles of a generation: each query is drawn from one
//! article, its source.

use std::collections::BTreeSet;

use jieda::analysis::{Analyzer, Kind as TokenKind, Mode, pinyin, stop_words};
use jieda::index::{ArticleView, Catalog, SectionView};
use jieda::lang::{Lang, Script};
use jieda::text;

use crate::corpus::{Rng, SEED};

/// A kind of query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One to three words of title, tags and summary.
    ChineseWords,
    /// One of the article's questions, as it is said.
    ChineseQuestion,
    /// Two to four words, or a question.
    English,
    /// One to three words, or a question.
    Korean,
    /// A Latin word and one or two Chinese words.
    Mixed,
    /// Four to eight characters of the text in quotation marks, sometimes a word beside.
    Phrase,
    /// One or two Chinese words as they sound.
    Pinyin,
    /// Two to four English words, two letters of one of them swapped.
    Slip,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::ChineseWords,
        Self::ChineseQuestion,
        Self::English,
        Self::Korean,
        Self::Mixed,
        Self::Phrase,
        Self::Pinyin,
        Self::Slip,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ChineseWords => "Chinese, 1–3 words",
            Self::ChineseQuestion => "Chinese, spoken question",
            Self::English => "English",
            Self::Korean => "Korean",
            Self::Mixed => "mixed",
            Self::Phrase => "quoted phrase",
            Self::Pinyin => "pinyin",
            Self::Slip => "slip of two letters",
        }
    }

    /// Whether the words stand in the article as they are asked; if not, they have to be read
    /// in another way, which now and then finds another word.
    pub(crate) fn is_verbatim(self) -> bool {
        !matches!(self, Self::Pinyin | Self::Slip)
    }

    /// Of 100 queries at 1,000 articles, how many must have their source on the first page:
    /// a little fewer than do. Where articles are many, others ask the very same.
    pub(crate) fn on_first_page(self) -> usize {
        match self {
            Self::ChineseQuestion | Self::English | Self::Korean => 90,
            Self::Mixed | Self::Phrase => 70,
            Self::ChineseWords => 65,
            Self::Pinyin | Self::Slip => 50,
        }
    }

    pub(crate) fn lang(self) -> Lang {
        match self {
            Self::English | Self::Slip => Lang::En,
            Self::Korean => Lang::Ko,
            _ => Lang::Zh,
        }
    }
}

/// A query and the article it was drawn from.
pub(crate) struct Asked {
    pub(crate) text: String,
    /// The same as it stands in the article.
    pub(crate) meant: String,
    /// The source's ordinal in the catalog.
    pub(crate) source: u32,
}

/// Draws `count` different queries of a kind.
pub(crate) fn draw(kind: Kind, catalog: &Catalog, analyzer: &Analyzer, count: usize) -> Vec<Asked> {
    let sources: Vec<u32> =
        catalog.iter().filter(|article| article.lang() == kind.lang()).map(ArticleView::ordinal).collect();
    let mut rng = Rng::new(SEED ^ kind.name().len() as u64);
    let mut seen = BTreeSet::new();
    let mut asked = Vec::with_capacity(count);
    for _ in 0..count * 100 {
        let source = *rng.pick(&sources);
        let Some(meant) = one(kind, catalog.article(source), analyzer, &mut rng) else { continue };
        let text = match kind {
            Kind::Pinyin => as_it_sounds(&meant),
            Kind::Slip => with_slip(&meant, &mut rng),
            _ => Some(meant.clone()),
        };
        let Some(text) = text else { continue };
        if seen.insert(text.clone()) {
            asked.push(Asked { text, meant, source });
        }
        if asked.len() == count {
            return asked;
        }
    }
    panic!("the articles give only {} different queries: {}", asked.len(), kind.name());
}

fn one(kind: Kind, article: ArticleView<'_>, analyzer: &Analyzer, rng: &mut Rng) -> Option<String> {
    match kind {
        Kind::ChineseWords => {
            let words = words(article, Script::Han, analyzer);
            let count = 1 + rng.below(3);
            let joint = if rng.percent(70) { " " } else { "" };
            Some(some_of(&words, count, rng)?.join(joint))
        }
        Kind::ChineseQuestion => {
            question(article, &["", "请问", "我想问一下", "你好，", "急！"], &["", "怎么办", "啊", "呢"], rng)
        }
        Kind::English if rng.percent(50) => {
            question(article, &["", "hi, ", "please help: ", "how come "], &["", " please", " thanks"], rng)
        }
        Kind::Pinyin => {
            let words = words(article, Script::Han, analyzer);
            let count = 1 + rng.below(2);
            Some(some_of(&words, count, rng)?.join(""))
        }
        Kind::English | Kind::Slip => {
            let words = words(article, Script::Latin, analyzer);
            let count = 2 + rng.below(3);
            Some(some_of(&words, count, rng)?.join(" "))
        }
        Kind::Korean if rng.percent(50) => {
            question(article, &["", "저기요 ", "급해요 "], &["", " 도와주세요"], rng)
        }
        Kind::Korean => {
            let words = words(article, Script::Hangul, analyzer);
            let count = 1 + rng.below(3);
            Some(some_of(&words, count, rng)?.join(" "))
        }
        Kind::Mixed => {
            let latin = words(article, Script::Latin, analyzer);
            let han = words(article, Script::Han, analyzer);
            let count = 1 + rng.below(2);
            Some(format!("{} {}", some_of(&latin, 1, rng)?.join(" "), some_of(&han, count, rng)?.join("")))
        }
        Kind::Phrase => {
            let phrase = phrase(article, rng)?;
            let words = words(article, Script::Han, analyzer);
            Some(match some_of(&words, 1, rng) {
                Some(beside) if rng.percent(40) => format!("\"{phrase}\" {}", beside.join("")),
                _ => format!("\"{phrase}\""),
            })
        }
    }
}

/// Chinese words in pinyin.
fn as_it_sounds(words: &str) -> Option<String> {
    words.chars().map(|c| pinyin::readings(c).next()).collect()
}

/// Words with two neighboring letters of a longer one swapped.
fn with_slip(words: &str, rng: &mut Rng) -> Option<String> {
    let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> =
        (0..words.len()).filter(|at| words[*at].len() >= 6 && words[*at].is_ascii()).collect();
    if long.is_empty() {
        return None;
    }
    let at = *rng.pick(&long);
    let mut letters: Vec<char> = words[at].chars().collect();
    let place = 1 + rng.below(letters.len() - 2);
    letters.swap(place, place + 1);
    let slip: String = letters.into_iter().collect();
    (slip != words[at]).then(|| {
        words[at] = slip;
        words.join(" ")
    })
}

/// One of an article's questions between words that people say before and after.
fn question(article: ArticleView<'_>, before: &[&str], after: &[&str], rng: &mut Rng) -> Option<String> {
    let questions: Vec<&str> = article.questions().collect();
    if questions.is_empty() {
        return None;
    }
    let question = rng.pick(&questions).trim_end_matches(['？', '?']);
    Some(format!("{}{question}{}", rng.pick(before), rng.pick(after)))
}

/// The telling words of title, tags and summary in a script, as written, each once.
fn words<'a>(article: ArticleView<'a>, script: Script, analyzer: &Analyzer) -> Vec<&'a str> {
    let mut words: Vec<&'a str> = Vec::new();
    let texts = std::iter::once(article.title()).chain(article.tags()).chain(article.summary());
    for source in texts {
        analyzer.analyze(source, Mode::Query, |token| {
            let word = text::slice(source, token.span);
            let tells = !stop_words::is_stop_word(token.text) && word.chars().nth(1).is_some();
            let is_number = word.bytes().all(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii());
            if token.kind == TokenKind::Word(script) && tells && !is_number && !words.contains(&word) {
                words.push(word);
            }
        });
    }
    words
}

/// `count` different words, or as many as there are; none of none.
fn some_of<'a>(words: &[&'a str], count: usize, rng: &mut Rng) -> Option<Vec<&'a str>> {
    let mut chosen = Vec::new();
    for _ in 0..count.min(words.len()) {
        let word = *rng.pick(words);
        if !chosen.contains(&word) {
            chosen.push(word);
        }
    }
    (!chosen.is_empty()).then_some(chosen)
}

/// Four to eight neighboring Chinese characters of the article's text.
fn phrase(article: ArticleView<'_>, rng: &mut Rng) -> Option<String> {
    let sections: Vec<&str> = article.sections().map(SectionView::text).collect();
    let section = *rng.pick(&sections);
    let runs: Vec<Vec<char>> = section
        .split(|c| Script::of(c) != Script::Han)
        .map(|run| run.chars().collect())
        .filter(|run: &Vec<char>| run.len() >= 4)
        .collect();
    if runs.is_empty() {
        return None;
    }
    let run = rng.pick(&runs);
    let length = (4 + rng.below(5)).min(run.len());
    let start = rng.below(run.len() - length + 1);
    Some(run[start..start + length].iter().collect())
}
