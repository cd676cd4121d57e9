//! `jieda eval`: the run it writes, figures computed by hand, what moved since another run.

use std::fs;

use crate::process::Desk;

/// Three articles that one word ranks: in the title and the text, in the text, not at all.
fn desk() -> Desk {
    Desk::indexed(&[
        ("articles/zh/a/first.md", "# 提币失败\n\n提币失败时先看提币记录。\n"),
        ("articles/zh/a/second.md", "# 常见问题\n\n有时提币需要等待，先看看网络是不是拥堵。\n"),
        ("articles/zh/a/other.md", "# 认证\n\n光线太暗。\n"),
        ("articles/en/a/first.md", "# Withdrawal failed\n\nLook at the history.\n"),
        // q2 finds only what is not relevant, q3 nothing, q9 is not judged.
        ("topics.tsv", "q1\t提币\nq2\t认证\n\nq3\tzzzz\nq9\tWithdrawal\n"),
        // q4 is judged but never asked, q5 has nothing relevant and does not count.
        (
            "qrels.txt",
            "q1 0 a/first 1\nq1 0 a/second 3\nq2 0 a/second 1\nq2 0 a/other 0\nq3 0 a/first 2\nq4 0 a/first 1\nq5 0 a/other 0\n",
        ),
    ])
}

#[test]
fn a_run_is_in_the_trec_format() {
    let desk = desk();
    let eval = ["eval", "--topics", "topics.tsv", "--run", "out.run"];
    let run = desk.run(&eval).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("topics    4\nanswered  3\n", ""));
    let read = || fs::read_to_string(desk.path("out.run")).unwrap();
    let lines = read();
    let mut found = Vec::new();
    let mut last = f64::INFINITY;
    for line in lines.lines() {
        let columns: Vec<&str> = line.split(' ').collect();
        let [topic, "Q0", document, rank, score, "jieda"] = columns.as_slice() else { panic!("{line}") };
        let score: f64 = score.parse().unwrap();
        assert!(score > 0.0 && (*rank == "1" || score <= last), "{lines}");
        last = score;
        found.push(format!("{topic} {document} {rank}"));
    }
    assert_eq!(found, ["q1 a/first 1", "q1 a/second 2", "q2 a/other 1", "q9 a/first 1"]);
    // Only so many, only in that language.
    desk.run(&[&eval[..], &["--depth", "1", "--lang", "zh"]].concat()).expect(0);
    let ranked: Vec<String> =
        read().lines().map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
    // Where that language has nothing, another answers.
    assert_eq!(ranked, ["q1 Q0 a/first", "q2 Q0 a/other", "q9 Q0 a/first"]);
}

#[test]
fn figures_are_those_computed_by_hand() {
    let run = desk().run(&["eval", "--topics", "topics.tsv", "--qrels", "qrels.txt"]).expect(0);
    // q1: first (1) before second (3). q2: one document, grade 0. q3: no answer. q4: not asked.
    let gain = |grade: i32, rank: f64| (f64::from(grade).exp2() - 1.0) / (rank + 1.0).log2();
    let ndcg = (gain(1, 1.0) + gain(3, 2.0)) / (gain(3, 1.0) + gain(1, 2.0)) / 4.0;
    let expect = format!(
        "topics    4\nanswered  3\njudged    4\nnDCG@10   {ndcg:.4}\nMRR@10    {:.4}\nR@10      {:.4}\nempty     {:.4}\n",
        1.0 / 4.0,
        1.0 / 4.0,
        2.0 / 4.0,
    );
    assert_eq!((run.out, run.err), (expect, String::new()));
}

#[test]
fn topics_may_be_too_long_or_wrong() {
    let desk = desk();
    desk.write("long.tsv", &format!("q1\t提币{}\nq2\t{}\n", "长".repeat(300), "x ".repeat(200)));
    let run = desk.run(&["eval", "--topics", "long.tsv"]).expect(0);
    assert_eq!(run.err, "2 topics longer than 256 characters: only the beginning was asked\n");
    desk.write("empty.tsv", "");
    let run = desk.run(&["eval", "--topics", "empty.tsv", "--qrels", "empty.tsv"]).expect(0);
    assert!(run.out.starts_with("topics    0\nanswered  0\njudged    0\nnDCG@10   0.0000\n"), "{}", run.out);
    desk.write("bad.txt", "q1 0 a/first 1\nq1 0 a/first high\n");
    desk.run(&["eval", "--topics", "topics.tsv", "--qrels", "bad.txt"])
        .expect(2)
        .says("error: bad.txt: line 2: expected a whole number as grade\n");
}

/// A run in which q1 had its second first, q2 and q9 the right one, q3 something.
const OLD: &str = "q1 Q0 a/second 1 9 x\nq1 Q0 a/first 2 8 x\nq2 Q0 a/other 1 5 x\nq3 Q0 a/first 1 4 x\n";

#[test]
fn what_moved_is_listed_with_the_worst_first() {
    let desk = desk();
    desk.write("old.run", OLD);
    let compared = |more: &[&str]| {
        let args = ["eval", "--topics", "topics.tsv", "--compare", "old.run"];
        let run = desk.run(&[&args[..], more].concat()).expect(0);
        assert_eq!(run.err, "");
        run.out.split_once("moved").unwrap().1.to_owned()
    };
    // Without judgments: where what was first has gone. A topic that found nothing had no first.
    assert_eq!(
        compared(&[]),
        "     0 better, 2 worse\n\nrank of the document that was first, gain of 1/rank, topic, query\n   \
         1 -> -    -1.00  q3  zzzz\n   1 -> 2    -0.50  q1  提币\n"
    );
    desk.write("judged.txt", "q1 0 a/first 1\nq2 0 a/other 1\nq3 0 a/first 2\nq9 0 a/first 1\n");
    assert_eq!(
        compared(&["--qrels", "judged.txt"]),
        "     2 better, 1 worse\n\nrank of the first relevant document, gain of 1/rank, topic, query\n   \
         1 -> -    -1.00  q3  zzzz\n   2 -> 1    +0.50  q1  提币\n   - -> 1    +1.00  q9  Withdrawal\n"
    );
    // A run compared with itself: nothing has moved, also not what finds nothing.
    desk.run(&["eval", "--topics", "topics.tsv", "--run", "old.run"]).expect(0);
    assert_eq!(compared(&[]), "     0 better, 0 worse\n");
    assert_eq!(compared(&["--qrels", "judged.txt"]), "     0 better, 0 worse\n");
}

#[test]
fn a_run_that_is_none_is_named_before_anything_is_asked() {
    let desk = desk();
    let compare =
        |run: &str| desk.run(&["eval", "--topics", "topics.tsv", "--run", "new.run", "--compare", run]);
    for (content, says) in [
        (format!("{OLD}q9 a/first 1\n"), "line 5: expected `topic Q0 document rank score tag`"),
        ("\nq1 Q0 a/first 1 high x\n".to_owned(), "line 2: expected a number as score"),
    ] {
        desk.write("bad.run", &content);
        let run = compare("bad.run").expect(2);
        assert_eq!((run.out.as_str(), run.err.as_str()), ("", format!("error: bad.run: {says}\n").as_str()));
    }
    compare("none.run").expect(4).says("error: cannot read none.run: No such file");
    assert!(!desk.path("new.run").exists());
}
