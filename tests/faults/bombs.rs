//! Articles made to be slow: the largest file that is read, full of what parsers dislike,
//! and very many files.

use std::fs;
use std::time::Duration;

use jieda::article::{Corpus, load};
use tempfile::TempDir;

use crate::report;

/// As much as an article may have, in bytes.
const LARGEST: usize = 1024 * 1024;
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 20);

/// What is repeated, behind what.
const SHAPES: [(&str, &str); 30] = [
    ("", "["),
    ("", "![a]("),
    ("", "*a_ "),
    ("", "**_**"),
    ("", "`"),
    ("", "``x` "),
    ("", "<div>"),
    ("", "</div><p "),
    ("", "<!-- "),
    ("", "<script>"),
    ("", "&#x"),
    ("", "&amp;"),
    ("", "- "),
    ("", "> x\n"),
    ("", "1. a\n"),
    ("", "# a\n"),
    ("", "# 步骤\n\n"),
    ("", "[a](b \"c\") "),
    ("", "[a]: /b\n"),
    ("", "[^1]"),
    ("", "[^a]: b\n"),
    ("", ":::note\n"),
    ("", "{% hint %}\n"),
    ("", "~~~\n"),
    ("| a |\n|---|\n", "| b |\n"),
    ("", "a|"),
    ("", "http://a.b "),
    ("", "\\"),
    ("", "提币失败"),
    ("---\ntags: [", "a, "),
];

/// An article alone is read on the thread that asks: how long that has worked, whatever others
/// do to this machine.
fn read(source: &str) -> (Corpus, Duration) {
    let before = worked();
    let corpus = load::of_files(&[("zh/a/bomb.md", source.as_bytes())], TODAY);
    (corpus, worked().saturating_sub(before))
}

/// How long this thread has had a core.
fn worked() -> Duration {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(statistics.split(' ').next().unwrap().parse().unwrap())
}

#[test]
fn the_largest_article_is_read_in_time_that_grows_with_its_length() {
    let mut slowest = (Duration::ZERO, "");
    for (begin, part) in SHAPES {
        let filled = |length: usize| begin.to_owned() + &part.repeat((length - begin.len()) / part.len());
        let (corpus, whole) = read(&filled(LARGEST));
        assert!(corpus.articles.len() + corpus.diagnostics.len() > 0, "{part:?}");
        let part_of_it = (0..3).map(|_| read(&filled(LARGEST / 4)).1).max().unwrap();
        // The square of four is sixteen.
        assert!(
            whole < part_of_it * 10 + Duration::from_millis(200),
            "{part:?}: a quarter takes {part_of_it:?}, all of it {whole:?}"
        );
        slowest = slowest.max((whole, part));
    }
    let result = format!(
        "linear; the slowest, {:?}, takes {:.1} s in a debug build",
        slowest.1,
        slowest.0.as_secs_f64()
    );
    report("B-16, B-17", "1 MiB of one shape as an article", SHAPES.len(), &result);
}

#[test]
fn very_many_files_are_read() {
    const FILES: usize = 200_000;
    let folder = TempDir::new().unwrap();
    for hundred in 0..FILES / 100 {
        let category = folder.path().join(format!("zh/{hundred}"));
        fs::create_dir_all(&category).unwrap();
        for number in 0..100 {
            fs::write(category.join(format!("{number}.md")), "# 提\n").unwrap();
        }
    }
    fs::write(folder.path().join("zh/0/0.md"), "---\ntitle: [\n---\n").unwrap();
    let corpus = load::load(folder.path(), TODAY, &|_, _| {}).unwrap();
    assert_eq!((corpus.files, corpus.articles.len()), (FILES, FILES - 1));
    report("B-16", "200,000 files, one of them broken", 1, "all but the broken one are read, it is named");
}
