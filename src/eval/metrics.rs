//! The figures of a run against judgments: nDCG@10 (gain `2^grade − 1`, discount
//! `log2(rank + 1)`; Järvelin and Kekäläinen 2002, with the gain of Burges et al. 2005),
//! MRR@10, R@10 and the share of empty answers.

use super::trec::{Qrels, Ranked, Run};

/// How far down a ranking is looked at.
const DEPTH: usize = 10;

/// Means over all topics that have a relevant document.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// Topics with a relevant document.
    pub topics: usize,
    /// Normalized discounted cumulative gain of the first ten.
    pub ndcg: f64,
    /// Reciprocal rank of the first relevant document among the first ten, else 0.
    pub mrr: f64,
    /// Share of the relevant documents among the first ten.
    pub recall: f64,
    /// Share of topics without any document.
    pub empty: f64,
}

/// Scores a run. A judged topic that the run does not answer counts as empty.
#[must_use]
pub fn score(run: &Run, qrels: &Qrels) -> Figures {
    let mut figures = Figures::default();
    for (topic, judged) in qrels {
        let relevant = judged.values().filter(|grade| **grade > 0).count();
        if relevant == 0 {
            continue;
        }
        let answer: &[Ranked] =
            run.topics.iter().find(|(answered, _)| answered == topic).map_or(&[], |(_, documents)| documents);
        let grade = |ranked: &Ranked| judged.get(&ranked.document).copied().unwrap_or(0);
        let grades: Vec<i32> = answer.iter().map(grade).filter(|grade| *grade >= 0).collect();
        let top = grades.get(..DEPTH.min(grades.len())).unwrap_or_default();
        let mut ideal: Vec<i32> = judged.values().copied().filter(|grade| *grade > 0).collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        ideal.truncate(DEPTH);
        figures.topics += 1;
        figures.ndcg += gain(top) / gain(&ideal);
        figures.mrr += top.iter().position(|grade| *grade > 0).map_or(0.0, |index| 1.0 / float(index + 1));
        figures.recall += float(top.iter().filter(|grade| **grade > 0).count()) / float(relevant);
        figures.empty += f64::from(u8::from(grades.is_empty()));
    }
    let topics = float(figures.topics.max(1));
    for figure in [&mut figures.ndcg, &mut figures.mrr, &mut figures.recall, &mut figures.empty] {
        *figure /= topics;
    }
    figures
}

fn gain(grades: &[i32]) -> f64 {
    let discounted =
        |(index, grade): (usize, &i32)| (f64::from(*grade).exp2() - 1.0) / float(index + 2).log2();
    grades.iter().enumerate().map(discounted).sum()
}

#[expect(clippy::cast_precision_loss, reason = "counts of topics and ranks")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::trec::parse_qrels;

    fn run(topics: &[(&str, &[&str])]) -> Run {
        let ranked = |document: &&str| Ranked { document: (*document).to_owned(), score: 1.0 };
        let answer = |(topic, documents): &(&str, &[&str])| {
            ((*topic).to_owned(), documents.iter().map(ranked).collect())
        };
        Run { topics: topics.iter().map(answer).collect() }
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn figures_by_hand() {
        let qrels = parse_qrels("q1 0 a 2\nq1 0 b 1\nq1 0 x -1\nq2 0 c 1\nq3 0 d 0\n").unwrap();
        let figures = score(&run(&[("q1", &["x", "z", "b"]), ("q2", &[])]), &qrels);
        assert_eq!(figures.topics, 2);
        close(figures.mrr, 0.5 / 2.0);
        close(figures.recall, 0.5 / 2.0);
        close(figures.empty, 0.5);
        // One document of grade 1 on rank 2, where 2 then 1 would be ideal.
        close(figures.ndcg, (1.0 / 3f64.log2()) / (3.0 + 1.0 / 3f64.log2()) / 2.0);
    }

    #[test]
    fn only_the_first_ten_count() {
        let qrels = parse_qrels("q1 0 a 1\n").unwrap();
        let late = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a"];
        let figures = score(&run(&[("q1", &late)]), &qrels);
        close(figures.mrr + figures.recall + figures.ndcg + figures.empty, 0.0);
    }
}
