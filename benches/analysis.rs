//! Analysis: MB/s of `Analyzer::analyze` in index mode, against jieba alone.
//!
//! Method: the section texts of 1,000 generated articles (see `corpus`), language by language.
//! `analyze` folds, splits into scripts and sends every word and gram; `jieba` is
//! `Jieba::cut_for_search` with its HMM and the same domain words over the same texts, which
//! for English and Korean is only a yardstick. The table counts each text at its fastest of
//! [`ROUNDS`] passes on one thread, so that the ratio can be read where other work runs beside;
//! the criterion groups after it compare with the run before.
//!
//! Fixed seed: `corpus::SEED`.
//!
//! Asserted: the Chinese words sent are those that jieba finds in the same runs, one by one;
//! Chinese and Korean grams are as many as their characters allow; English words are stemmed;
//! every pass sends as many tokens and bytes of tokens as the others.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[expect(dead_code, reason = "other benches use more of it")]
mod corpus;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput};
use jieba_rs::Jieba;
use jieda::analysis::fold::fold;
use jieda::analysis::{Analyzer, Kind, Mode, runs};
use jieda::lang::{Lang, Script};
use jieda::lexicon::Lexicon;
use jieda::text;

use crate::corpus::{Folder, fastest_each, is_measuring, real};

const ARTICLES: usize = 1_000;
/// Passes of which the fastest counts, for each text by itself.
const ROUNDS: usize = 20;

/// The texts of one language.
struct Texts {
    lang: Lang,
    /// Of every section of every article.
    sections: Vec<String>,
    bytes: usize,
}

/// Tokens and their bytes: what a pass over texts comes to.
type Sum = (usize, usize);

fn main() {
    let loaded = corpus::load(Folder::write(ARTICLES).path());
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

fn analyze(text: &str, analyzer: &Analyzer, sum: &mut Sum) {
    analyzer.analyze(text, Mode::Index, |token| {
        sum.0 += 1;
        sum.1 += token.text.len();
    });
}

fn cut(text: &str, jieba: &Jieba, sum: &mut Sum) {
    for token in jieba.cut_for_search(text, true) {
        sum.0 += 1;
        sum.1 += token.word.len();
    }
}

fn analyze_all(texts: &Texts, analyzer: &Analyzer) -> Sum {
    let mut sum = (0, 0);
    texts.sections.iter().for_each(|text| analyze(black_box(text), analyzer, &mut sum));
    sum
}

fn cut_all(texts: &Texts, jieba: &Jieba) -> Sum {
    let mut sum = (0, 0);
    texts.sections.iter().for_each(|text| cut(black_box(text), jieba, &mut sum));
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
    assert_eq!(stems, ["withdraw", "withdraw fail", "fail"]);
    assert!(texts.bytes > 100_000, "too little text in {} to measure", texts.lang);
}

/// Bytes per microsecond, which is MB/s, of analyzing and of cutting.
fn rates(texts: &Texts, analyzer: &Analyzer, jieba: &Jieba) -> [f64; 2] {
    let (mut analyzed, mut cut) = ((0, 0), (0, 0));
    let times = [
        fastest_each(&texts.sections, ROUNDS, |text| analyze(text, analyzer, &mut analyzed)),
        fastest_each(&texts.sections, ROUNDS, |text| self::cut(text, jieba, &mut cut)),
    ];
    let (expected_analyzed, expected_cut) = (analyze_all(texts, analyzer), cut_all(texts, jieba));
    assert_eq!(analyzed, (expected_analyzed.0 * ROUNDS, expected_analyzed.1 * ROUNDS));
    assert_eq!(cut, (expected_cut.0 * ROUNDS, expected_cut.1 * ROUNDS));
    times.map(|times| real(texts.bytes) / 1e6 / times.iter().sum::<Duration>().as_secs_f64())
}

fn table(languages: &[Texts], analyzer: &Analyzer, jieba: &Jieba) {
    println!("\n| text | KB | analyze MB/s | jieba alone MB/s | analyze / jieba |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for texts in languages {
        let [analyzed, cut] = rates(texts, analyzer, jieba);
        println!(
            "| {} | {} | {:.1} | {:.1} | {:.2} |",
            texts.lang,
            texts.bytes / 1000,
            analyzed,
            cut,
            analyzed / cut,
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
