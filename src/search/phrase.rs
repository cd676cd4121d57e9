//! Which articles have the words of a phrase one behind the other.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use super::query::Phrase;
use super::request::Error;
use crate::index::Generation;
use crate::index::generation::Inverted;
use crate::index::schema::Part;

/// The articles that quotes and exclusions leave.
pub(super) struct Allowed {
    /// Sorted ordinals; `None`: all.
    required: Option<Vec<u32>>,
    /// Sorted ordinals.
    excluded: Vec<u32>,
}

impl Allowed {
    /// Whether anything is left out.
    pub(super) fn is_any(&self) -> bool {
        self.required.is_some() || !self.excluded.is_empty()
    }

    pub(super) fn admits(&self, ordinal: u32) -> bool {
        self.required.as_ref().is_none_or(|required| required.binary_search(&ordinal).is_ok())
            && self.excluded.binary_search(&ordinal).is_err()
    }
}

/// Reads which articles have all required phrases and none of the excluded words (a word
/// of mixed scripts is several phrases).
pub(super) fn allowed(
    generation: &Generation,
    required: &[Phrase],
    excluded: &[Vec<Phrase>],
) -> Result<Allowed, Error> {
    let required = if required.is_empty() { None } else { Some(matching_all(generation, required)?) };
    let mut all_excluded = Vec::new();
    for phrases in excluded {
        all_excluded.extend(matching_all(generation, phrases)?);
    }
    all_excluded.sort_unstable();
    Ok(Allowed { required, excluded: all_excluded })
}

fn matching_all(generation: &Generation, phrases: &[Phrase]) -> Result<Vec<u32>, Error> {
    let mut common: Option<Vec<u32>> = None;
    for phrase in phrases {
        let found = matching(generation.inverted(), phrase)?;
        common = Some(match common {
            Some(common) => {
                common.into_iter().filter(|ordinal| found.binary_search(ordinal).is_ok()).collect()
            }
            None => found,
        });
    }
    Ok(common.unwrap_or_default())
}

/// The ordinals of the articles that have the phrase somewhere.
fn matching(inverted: &Inverted, phrase: &Phrase) -> Result<Vec<u32>, Error> {
    let field = inverted.text(Part::Body, phrase.unit);
    let mut lists: Vec<(SegmentPostings, u32)> = Vec::with_capacity(phrase.terms.len());
    for (term, distance) in &phrase.terms {
        let postings =
            field.postings.read_postings(&field.term(term), IndexRecordOption::WithFreqsAndPositions)?;
        let Some(postings) = postings else { return Ok(Vec::new()) };
        lists.push((postings, u32::try_from(*distance).unwrap_or(u32::MAX)));
    }
    lists.sort_by_key(|(postings, _)| postings.doc_freq());
    let Some(((rarest, distance), others)) = lists.split_first_mut() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let (mut starts, mut positions) = (Vec::new(), Vec::new());
    let mut doc = rarest.doc();
    while doc != TERMINATED {
        starts_of(rarest, *distance, &mut starts);
        for (postings, distance) in others.iter_mut() {
            if starts.is_empty()
                || (postings.doc() < doc && postings.seek(doc) != doc)
                || postings.doc() != doc
            {
                starts.clear();
                break;
            }
            starts_of(postings, *distance, &mut positions);
            starts.retain(|start| positions.binary_search(start).is_ok());
        }
        if !starts.is_empty() {
            found.push(doc);
        }
        doc = rarest.advance();
    }
    Ok(found)
}

/// Where phrases could begin, given the places of a term at `distance` from their first.
fn starts_of(postings: &mut SegmentPostings, distance: u32, starts: &mut Vec<u32>) {
    postings.positions(starts);
    starts.retain(|position| *position >= distance);
    for position in starts.iter_mut() {
        *position -= distance;
    }
    // A word and its parts stand at the same place in any order.
    starts.sort_unstable();
}
