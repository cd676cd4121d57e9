//! Analysis: MB/s of `Analyzer::analyze` in index mode, against jieba alone.
//!
//! Method: the section texts of 1,000 generated articles (see `corpus`), language by language.
//! `analyze` folds, splits into scripts and sends every word and gram; `jieba` is
//! `Jieba::cut_for_search` with its HMM and the same domain words over the same texts, which
//! for English and Korean is only a yardstick. The table takes turns between the two and
//! shows the fastest of [`ROUNDS`] passes on one thread, so that the ratio can be read where
//! other work runs beside; the criterion groups after it compare with the run before.
//!
//! Fixed seed: `corpus::SEED`.
//!
//! Asserted: the Chinese words sent are those that jieba finds in the same runs, one by one;
//! Chinese and Korean grams are as many as their characters allow; English words are stemmed;
//! every pass sends as many tokens and bytes of tokens as the first.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod corpus;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput};
use jieba_rs::Jieba;
use jieda::analysis::fold::fold;
use jieda::analysis::{Analyzer, Kind, Mode, runs};
use jieda::lang::{Lang, Script};
use jieda::lexicon::Lexicon;
use jieda::text;

use crate::corpus::{Folder, is_measuring, real};

const ARTICLES: usize = 1_000;
/// Passes of which the fastest counts.
const ROUNDS: usize = 20;

/// The texts of one language.
struct Texts {
    lang: Lang,
    sections: Vec<String>,
    bytes: usize,
}

/// Tokens and their bytes: what a pass over texts comes to.
type Sum = (usize, usize);

fn main() {
    let loaded = Folder::write(ARTICLES).load();
    let analyzer = Analyzer::new(&loaded.lexicon);
    let jieba = jieba_with(&loaded.lexicon);
    let languages = [Lang::Zh, Lang::En, Lang::Ko].map(|lang| {
        let articles = loaded.articles.iter().filter(|article| article.lang == lang);
        let sections: Vec<String> =
            articles.flat_map(|article| &article.sections).map(|section| section.text.clone()).collect();
        Texts { lang, bytes: sections.iter().map(String::len).sum(), sections }
    });
    for texts in &languages {
        verify(texts, &analyzer, &jieba);
    }
    if is_measuring() {
        table(&languages, &analyzer, &jieba);
    }
    let mut criterion = Criterion::default().configure_from_args();
    groups(&mut criterion, &languages, &analyzer, &jieba);
    criterion.final_summary();
}

/// jieba with the words that the analyzer is told.
fn jieba_with(lexicon: &Lexicon) -> Jieba {
    let mut jieba = Jieba::new();
    for word in lexicon.all_words() {
        let folded = fold(word).text;
        for run in runs(&folded).filter(|run| run.script == Script::Han) {
            jieba.add_word(text::slice(&folded, run.span), None, None);
        }
    }
    jieba
}

fn analyze_all(texts: &Texts, analyzer: &Analyzer) -> Sum {
    let mut sum = (0, 0);
    for text in &texts.sections {
        analyzer.analyze(black_box(text), Mode::Index, |token| {
            sum.0 += 1;
            sum.1 += token.text.len();
        });
    }
    sum
}

fn cut_all(texts: &Texts, jieba: &Jieba) -> Sum {
    let mut sum = (0, 0);
    for text in &texts.sections {
        for token in jieba.cut_for_search(black_box(text), true) {
            sum.0 += 1;
            sum.1 += token.word.len();
        }
    }
    sum
}

/// Panics where the tokens of a language are not what they should be.
fn verify(texts: &Texts, analyzer: &Analyzer, jieba: &Jieba) {
    for text in &texts.sections {
        let (mut words, mut grams) = (Vec::new(), 0);
        analyzer.analyze(text, Mode::Index, |token| match token.kind {
            Kind::Word(Script::Han) => words.push(token.text.to_owned()),
            Kind::Gram => grams += 1,
            _ => {}
        });
        let folded = fold(text).text;
        let (mut expected_words, mut expected_grams) = (Vec::new(), 0);
        for run in runs(&folded) {
            let inner = text::slice(&folded, run.span);
            let characters = inner.chars().count();
            match run.script {
                Script::Han => {
                    let cut = jieba.cut_for_search(inner, true);
                    expected_words.extend(cut.iter().map(|token| token.word.to_owned()));
                    expected_grams += (characters - 1).max(1);
                }
                Script::Hangul | Script::Kana => expected_grams += characters - 1,
                _ => {}
            }
        }
        assert_eq!(words, expected_words, "{text}");
        assert_eq!(grams, expected_grams, "{text}");
    }
    let mut stems = Vec::new();
    analyzer.analyze("Withdrawals failed", Mode::Index, |token| stems.push(token.text.to_owned()));
    assert_eq!(stems, ["withdraw", "fail"]);
    assert!(texts.bytes > 100_000, "too little text in {} to measure", texts.lang);
}

/// The fastest of many passes of each, taken in turns.
fn fastest(texts: &Texts, analyzer: &Analyzer, jieba: &Jieba) -> (Duration, Duration) {
    let expected = (analyze_all(texts, analyzer), cut_all(texts, jieba));
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        assert_eq!(analyze_all(texts, analyzer), expected.0);
        best.0 = best.0.min(start.elapsed());
        let start = Instant::now();
        assert_eq!(cut_all(texts, jieba), expected.1);
        best.1 = best.1.min(start.elapsed());
    }
    best
}

fn table(languages: &[Texts], analyzer: &Analyzer, jieba: &Jieba) {
    println!("\n| text | KB | analyze MB/s | jieba alone MB/s | analyze / jieba |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for texts in languages {
        let (analyzed, cut) = fastest(texts, analyzer, jieba);
        let rate = |time: Duration| real(texts.bytes) / 1e6 / time.as_secs_f64();
        println!(
            "| {} | {} | {:.1} | {:.1} | {:.2} |",
            texts.lang,
            texts.bytes / 1000,
            rate(analyzed),
            rate(cut),
            rate(analyzed) / rate(cut),
        );
    }
    println!();
}

fn groups(criterion: &mut Criterion, languages: &[Texts], analyzer: &Analyzer, jieba: &Jieba) {
    for texts in languages {
        let mut group = criterion.benchmark_group(format!("analysis/{}", texts.lang));
        group.sample_size(20).sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Bytes(u64::try_from(texts.bytes).expect("a length fits 64 bits")));
        group.bench_function("analyze", |bencher| bencher.iter(|| analyze_all(texts, analyzer)));
        group.bench_function("jieba", |bencher| bencher.iter(|| cut_all(texts, jieba)));
        group.finish();
    }
}
