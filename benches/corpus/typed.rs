//! What people have typed when a suggestion is asked for, made from the titles and questions
//! of a generation: each is drawn from one article, its source.

use std::collections::BTreeSet;

use jieda::analysis::fold::fold;
use jieda::analysis::{Analyzer, Kind, Mode, hangul, pinyin};
use jieda::index::{ArticleView, Catalog};
use jieda::lang::{Lang, Script};
use jieda::text;

use crate::corpus::{Rng, SEED};

/// What was typed, by whom, and the article it was drawn from.
pub(crate) struct Typed {
    pub(crate) text: String,
    pub(crate) lang: Lang,
    /// The source's ordinal in the catalog.
    pub(crate) source: u32,
}

/// Draws `count` different things that are typed: beginnings and middles of phrases, one or
/// two words, pinyin, initials, Korean keys and slips.
pub(crate) fn draw(catalog: &Catalog, analyzer: &Analyzer, count: usize) -> Vec<Typed> {
    let articles: Vec<ArticleView<'_>> = catalog.iter().collect();
    let mut rng = Rng::new(SEED ^ 0x7479_7065);
    let mut seen = BTreeSet::new();
    let mut drawn = Vec::with_capacity(count);
    for _ in 0..count * 100 {
        let article = *rng.pick(&articles);
        let questions: Vec<&str> = article.questions().collect();
        let is_title = questions.is_empty() || rng.percent(70);
        let phrase = if is_title { article.title() } else { one(&questions, &mut rng) };
        let text = match article.lang() {
            Lang::En => english(phrase, &mut rng),
            Lang::Ko => korean(phrase, &mut rng),
            Lang::Zh | Lang::ZhHant => chinese(phrase, analyzer, &mut rng),
        };
        let Some(text) = text.filter(|text| seen.insert(text.clone())) else { continue };
        drawn.push(Typed { text, lang: article.lang(), source: article.ordinal() });
        if drawn.len() == count {
            return drawn;
        }
    }
    panic!("the articles give only {} different beginnings", drawn.len());
}

/// From a character on, as many as there are of the script, at most `most`.
fn stretch(phrase: &str, script: Script, most: usize, rng: &mut Rng) -> Option<String> {
    let folded = fold(phrase).text;
    let runs: Vec<&str> = folded.split(|c| Script::of(c) != script).filter(|run| !run.is_empty()).collect();
    let run: Vec<char> = if runs.is_empty() { return None } else { rng.pick(&runs).chars().collect() };
    let start = rng.below(run.len());
    Some(run[start..].iter().take(1 + rng.below(most)).collect())
}

/// The first part of a text, at least `least` characters.
fn beginning(text: &str, least: usize, rng: &mut Rng) -> String {
    let count = text.chars().count();
    let length = least.min(count) + rng.below(count.saturating_sub(least) + 1);
    text.chars().take(length).collect()
}

fn one<'a>(words: &[&'a str], rng: &mut Rng) -> &'a str {
    words[rng.below(words.len())]
}

fn two<'a>(words: &[&'a str], rng: &mut Rng) -> Option<(&'a str, &'a str)> {
    let (first, second) = (one(words, rng), one(words, rng));
    (first != second).then_some((first, second))
}

fn chinese(phrase: &str, analyzer: &Analyzer, rng: &mut Rng) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    analyzer.analyze(phrase, Mode::Query, |token| {
        let word = text::slice(phrase, token.span);
        if token.kind == Kind::Word(Script::Han) && word.chars().nth(1).is_some() {
            words.push(word);
        }
    });
    if words.is_empty() {
        return None;
    }
    match rng.below(100) {
        0..45 => stretch(phrase, Script::Han, 6, rng),
        45..55 => Some(beginning(phrase, 3, rng)),
        55..70 => two(&words, rng).map(|(first, second)| format!("{first} {second}")),
        70..90 => {
            let stretch = stretch(phrase, Script::Han, 4, rng)?;
            let letters: String = stretch.chars().filter_map(|c| pinyin::readings(c).next()).collect();
            Some(beginning(&letters.replace('ü', "v"), 2, rng))
        }
        _ => pinyin::initials(&fold(one(&words, rng)).text),
    }
}

fn english(phrase: &str, rng: &mut Rng) -> Option<String> {
    let is_word = |word: &&str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let words: Vec<&str> = phrase.split(' ').filter(is_word).collect();
    if words.is_empty() {
        return None;
    }
    match rng.below(100) {
        0..40 => Some(beginning(one(&words, rng), 2, rng)),
        40..65 => two(&words, rng).map(|(first, second)| format!("{first} {}", beginning(second, 2, rng))),
        65..80 => {
            let mut letters: Vec<char> = one(&words, rng).chars().collect();
            let at = 1 + rng.below(letters.len() - 2);
            letters.swap(at, at + 1);
            (letters.len() > 4).then(|| letters.iter().collect())
        }
        _ => Some(beginning(phrase, 3, rng)),
    }
}

fn korean(phrase: &str, rng: &mut Rng) -> Option<String> {
    let is_word = |word: &&str| word.chars().all(|c| Script::of(c) == Script::Hangul);
    let words: Vec<&str> =
        phrase.split(' ').filter(|word| word.chars().nth(1).is_some()).filter(is_word).collect();
    if words.is_empty() {
        return None;
    }
    match rng.below(100) {
        0..40 => Some(beginning(one(&words, rng), 1, rng)),
        40..65 => two(&words, rng).map(|(first, second)| format!("{first} {}", beginning(second, 1, rng))),
        65..85 => Some(beginning(&hangul::keystrokes(one(&words, rng)), 3, rng)),
        _ => hangul::initials(one(&words, rng)),
    }
}
