//! The files of an evaluation: `topics.tsv` (`id<TAB>query`), `qrels.txt` (`topic 0
//! document grade`) and runs (`topic Q0 document rank score tag`).

use std::collections::BTreeMap;
use std::io::Write;

/// A query with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its id.
    pub id: String,
    /// The query.
    pub query: String,
}

/// Grades by topic, then document. Above 0: relevant, the higher the more; below 0: the
/// document is left out of the ranking before it is scored.
pub type Qrels = BTreeMap<String, BTreeMap<String, i32>>;

/// The answers to topics, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// Topic id and its documents, best first.
    pub topics: Vec<(String, Vec<Ranked>)>,
}

/// A document of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its id.
    pub document: String,
    /// Its score.
    pub score: f32,
}

/// A line that is not what the format asks for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {line}: expected {expected}")]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

/// Reads topics; blank lines are passed over.
///
/// # Errors
/// At the first line without a tab or without an id.
pub fn parse_topics(source: &str) -> Result<Vec<Topic>, Error> {
    lines(source)
        .map(|(line, text)| match text.split_once('\t') {
            Some((id, query)) if !id.trim().is_empty() => {
                Ok(Topic { id: id.trim().to_owned(), query: query.to_owned() })
            }
            _ => Err(Error { line, expected: "`id<TAB>query`" }),
        })
        .collect()
}

/// Reads judgments; blank lines are passed over.
///
/// # Errors
/// At the first line that has not four columns or whose grade is no number.
pub fn parse_qrels(source: &str) -> Result<Qrels, Error> {
    let mut qrels = Qrels::new();
    for (line, text) in lines(source) {
        let columns: Vec<&str> = text.split_whitespace().collect();
        let [topic, _, document, grade] = columns.as_slice() else {
            return Err(Error { line, expected: "`topic 0 document grade`" });
        };
        let grade = grade.parse().map_err(|_| Error { line, expected: "a whole number as grade" })?;
        qrels.entry((*topic).to_owned()).or_default().insert((*document).to_owned(), grade);
    }
    Ok(qrels)
}

/// Reads a run; blank lines are passed over. Topics and documents keep the order of the lines.
///
/// # Errors
/// At the first line that has not six columns or whose score is no number.
pub fn parse_run(source: &str) -> Result<Run, Error> {
    let mut run = Run::default();
    for (line, text) in lines(source) {
        let columns: Vec<&str> = text.split_whitespace().collect();
        let [topic, _, document, _, score, _] = columns.as_slice() else {
            return Err(Error { line, expected: "`topic Q0 document rank score tag`" });
        };
        let score = score.parse().map_err(|_| Error { line, expected: "a number as score" })?;
        let ranked = Ranked { document: (*document).to_owned(), score };
        match run.topics.last_mut().filter(|(last, _)| last == topic) {
            Some((_, documents)) => documents.push(ranked),
            None => run.topics.push(((*topic).to_owned(), vec![ranked])),
        }
    }
    Ok(run)
}

/// Reads floors, `name<TAB>share`; blank lines are passed over.
///
/// # Errors
/// At the first line that is not a name and a share from 0 to 1.
pub fn parse_floors(source: &str) -> Result<BTreeMap<String, f64>, Error> {
    lines(source)
        .map(|(line, text)| {
            let floor = text.split_once('\t').and_then(|(name, share)| {
                let share: f64 = share.trim().parse().ok()?;
                (0.0..=1.0).contains(&share).then(|| (name.trim().to_owned(), share))
            });
            floor.ok_or(Error { line, expected: "`kind<TAB>share from 0 to 1`" })
        })
        .collect()
}

fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    (1..).zip(source.lines()).filter(|(_, text)| !text.trim().is_empty())
}

/// Writes a run, its documents ranked from 1.
///
/// # Errors
/// When writing fails.
pub fn write_run(run: &Run, out: &mut impl Write) -> std::io::Result<()> {
    for (topic, documents) in &run.topics {
        for (rank, ranked) in (1..).zip(documents) {
            writeln!(out, "{topic} Q0 {} {rank} {:.6} jieda", ranked.document, ranked.score)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_and_their_mistakes_named() {
        let topics = parse_topics("\u{feff}q1\t提币 失败\n\nq2\ta\tb\r\n").unwrap();
        assert_eq!(topics[0], Topic { id: "q1".to_owned(), query: "提币 失败".to_owned() });
        assert_eq!(topics[1].query, "a\tb");
        assert_eq!(parse_topics("q1 no tab").unwrap_err().line, 1);
        let qrels = parse_qrels("q1 0 a/b 2\nq1 0 c -1\n").unwrap();
        assert_eq!(qrels["q1"]["c"], -1);
        assert_eq!(parse_qrels("q1 0 a/b 2\n\nq1 0 c x\n").unwrap_err().line, 3);
    }

    #[test]
    fn runs_are_written_with_ranks() {
        let ranked = |document: &str, score| Ranked { document: document.to_owned(), score };
        let run = Run { topics: vec![("q1".to_owned(), vec![ranked("a", 2.0), ranked("b", 1.5)])] };
        let mut out = Vec::new();
        write_run(&run, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "q1 Q0 a 1 2.000000 jieda\nq1 Q0 b 2 1.500000 jieda\n");
    }
}
