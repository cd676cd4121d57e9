//! What moved between two runs, topic by topic.

use super::trec::{Qrels, Ranked, Run};

/// A topic that is answered otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The topic's id.
    pub topic: String,
    /// Rank of its first relevant document before and now, from 1; `None`: not found. Without
    /// judgments the document that came first before takes the place of the relevant one.
    pub before: Option<usize>,
    /// The same, now.
    pub now: Option<usize>,
}

/// The topics whose first relevant document has moved, the worst losses first.
#[must_use]
pub fn moved(old: &Run, new: &Run, qrels: Option<&Qrels>) -> Vec<Moved> {
    let mut moved: Vec<Moved> = new
        .topics
        .iter()
        .filter_map(|(topic, documents)| {
            // A run has no line for a topic that found nothing.
            let former = old.topics.iter().find(|(known, _)| known == topic);
            let former = former.map_or(&[][..], |(_, documents)| documents);
            let first = former.first().map(|ranked| ranked.document.as_str());
            let is_relevant = |ranked: &Ranked| match qrels {
                Some(qrels) => {
                    let grade = qrels.get(topic).and_then(|judged| judged.get(&ranked.document));
                    grade.is_some_and(|grade| *grade > 0)
                }
                None => Some(ranked.document.as_str()) == first,
            };
            let rank = |documents: &[Ranked]| documents.iter().position(is_relevant).map(|at| at + 1);
            let (before, now) = (rank(former), rank(documents));
            (before != now).then(|| Moved { topic: topic.clone(), before, now })
        })
        .collect();
    moved.sort_by(|a, b| a.gain().total_cmp(&b.gain()).then_with(|| a.topic.cmp(&b.topic)));
    moved
}

impl Moved {
    /// By how much the reciprocal rank grew.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "ranks are small")]
    pub fn gain(&self) -> f64 {
        let reciprocal = |rank: Option<usize>| rank.map_or(0.0, |rank| 1.0 / rank as f64);
        reciprocal(self.now) - reciprocal(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::trec::{parse_qrels, parse_run};

    #[test]
    fn losses_come_first() {
        let old = parse_run("a Q0 x 1 2 t\na Q0 y 2 1 t\nb Q0 x 1 1 t\nc Q0 x 1 1 t\n").unwrap();
        let new =
            parse_run("a Q0 y 1 2 t\na Q0 x 2 1 t\nb Q0 y 1 1 t\nc Q0 x 1 1 t\nd Q0 x 1 1 t\n").unwrap();
        let qrels = parse_qrels("a 0 y 1\nb 0 x 2\nc 0 x 1\nd 0 x 1\n").unwrap();
        let names = |moved: Vec<Moved>| {
            moved.into_iter().map(|moved| (moved.topic, moved.before, moved.now)).collect::<Vec<_>>()
        };
        assert_eq!(
            names(moved(&old, &new, Some(&qrels))),
            [
                ("b".to_owned(), Some(1), None),
                ("a".to_owned(), Some(2), Some(1)),
                ("d".to_owned(), None, Some(1))
            ]
        );
        assert_eq!(
            names(moved(&old, &new, None)),
            [("b".to_owned(), Some(1), None), ("a".to_owned(), Some(1), Some(2))]
        );
    }
}
