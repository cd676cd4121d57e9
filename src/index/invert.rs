//! From the terms of articles to the articles of terms, by counting: the terms of a field are
//! sorted by term in two passes, and stay in the order of articles within each.

use super::schema::{Part, Unit};
use super::terms::{Name, Share};

/// All terms of a unit, sorted, and how the shares number them.
pub(super) struct Terms<'a> {
    pub(super) names: Vec<Name<'a>>,
    /// By share: number of a term → its place in `names`.
    places: Vec<Vec<u32>>,
}

/// The articles of each term of a field.
pub(super) struct Postings {
    /// By the place of the term: where its entries begin; one more at the end.
    pub(super) starts: Vec<usize>,
    /// Article and position of every occurrence.
    pub(super) entries: Vec<(u32, u32)>,
    /// The number of terms of each article.
    pub(super) lengths: Vec<u32>,
}

impl<'a> Terms<'a> {
    /// Joins the sorted terms of all shares of one unit.
    pub(super) fn join(sorted: Vec<Vec<(Name<'a>, u32)>>) -> Self {
        let mut places: Vec<Vec<u32>> = sorted.iter().map(|names| vec![0; names.len()]).collect();
        let shares = sorted.into_iter().enumerate();
        let mut all: Vec<(Name<'a>, u32, usize)> = shares
            .flat_map(|(share, names)| names.into_iter().map(move |(name, number)| (name, number, share)))
            .collect();
        // Runs that are sorted already are merged.
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let mut names: Vec<Name<'a>> = Vec::with_capacity(all.len());
        for (name, number, share) in all {
            if names.last() != Some(&name) {
                names.push(name);
            }
            places[share][number as usize] = u32::try_from(names.len() - 1).unwrap_or(u32::MAX);
        }
        Self { names, places }
    }

    /// Sorted terms that no share numbers.
    pub(super) fn sorted(names: Vec<Name<'a>>) -> Self {
        Self { names, places: Vec::new() }
    }

    /// The place of the term that a share gave a number.
    pub(super) fn place(&self, share: usize, number: u32) -> usize {
        self.places[share][number as usize] as usize
    }
}

impl Postings {
    /// Inverts a field of all shares, which follow each other.
    pub(super) fn of(shares: &[Share], terms: &Terms<'_>, part: Part, unit: Unit) -> Self {
        let fields =
            || shares.iter().map(|share| &share.fields[unit as usize][part as usize]).zip(&terms.places);
        let mut starts = vec![0; terms.names.len() + 1];
        for (tokens, places) in fields() {
            for term in &tokens.terms {
                starts[places[*term as usize] as usize + 1] += 1;
            }
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); total];
        let mut lengths = Vec::new();
        for (tokens, places) in fields() {
            let mut at = 0;
            for length in &tokens.lengths {
                let article = u32::try_from(lengths.len()).unwrap_or(u32::MAX);
                for token in at..at + *length as usize {
                    let slot = &mut next[places[tokens.terms[token] as usize] as usize];
                    let position = tokens.positions.get(token).copied().unwrap_or_default();
                    entries[*slot] = (article, position);
                    *slot += 1;
                }
                at += *length as usize;
                lengths.push(*length);
            }
        }
        Self { starts, entries, lengths }
    }

    /// The entries of the term at a place.
    pub(super) fn of_term(&self, place: usize) -> &[(u32, u32)] {
        &self.entries[self.starts[place]..self.starts[place + 1]]
    }
}
