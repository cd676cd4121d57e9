//! From the terms of articles to the articles of terms, by counting: the terms of a field are
//! sorted by term in two passes, and stay in the order of articles within each.

use std::ops::Range;

use super::schema::{Part, Unit};
use super::terms::{Name, Numbers, Share, Tokens};
use crate::parallel;

/// All terms of a unit, sorted, and how the shares number them.
pub(super) struct Terms<'a> {
    pub(super) names: Vec<Name<'a>>,
    /// By share: number of a term → its place in `names`.
    places: Vec<Vec<u32>>,
}

/// The articles of each term of a field: counted, and sorted piece by piece, so that not all
/// are in memory at a time.
pub(super) struct Postings<'a> {
    /// By the place of the term: how many entries come before its own; one more at the end.
    starts: Vec<u32>,
    /// The number of terms of each article.
    pub(super) lengths: Vec<u32>,
    source: Source<'a>,
}

enum Source<'a> {
    /// The terms of each share, and their places by number.
    Shares(Vec<(&'a Tokens, &'a [u32])>),
    /// Entries that are sorted already.
    Sorted(Vec<Entry>),
}

/// Article and position of an occurrence.
type Entry = (u32, u32);

/// The entries of neighboring terms.
pub(super) struct Piece<'a> {
    pub(super) places: Range<usize>,
    entries: Vec<Entry>,
    starts: &'a [u32],
}

/// Entries of a piece, but for terms that have more, and fields that would have too many pieces.
const MOST: usize = 1 << 20;
/// Pieces of a field, and some that end early: all entries are gone through for each.
const PIECES: usize = 16;

/// What [`Numbers::release`] gives up, by unit.
type Released = [Vec<(u128, u32)>; 2];

/// Frees what shares no longer need once they are read.
pub(super) fn release(shares: &mut [Share]) -> Vec<Released> {
    shares.iter_mut().map(|share| share.numbers.each_mut().map(Numbers::release)).collect()
}

impl<'a> Terms<'a> {
    /// The terms of both units.
    pub(super) fn of_units(shares: &'a [Share], released: &[Released]) -> Vec<Self> {
        let sources: Vec<_> = shares.iter().zip(released).collect();
        parallel::map(&Unit::ALL, 1, |unit| {
            let unit = *unit as usize;
            Self::join(parallel::map(&sources, 1, |(share, released)| {
                share.numbers[unit].sorted(&released[unit])
            }))
        })
    }

    /// Joins the sorted terms of all shares of one unit.
    fn join(sorted: Vec<Vec<(Name<'a>, u32)>>) -> Self {
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

impl<'a> Postings<'a> {
    /// Counts a field of all shares, which follow each other.
    pub(super) fn of(shares: &'a [Share], terms: &'a Terms<'_>, part: Part, unit: Unit) -> Self {
        let fields = shares.iter().map(|share| &share.fields[unit as usize][part as usize]);
        let fields: Vec<(&Tokens, &[u32])> = fields.zip(terms.places.iter().map(Vec::as_slice)).collect();
        let mut starts = vec![0; terms.names.len() + 1];
        let mut lengths = Vec::new();
        for (tokens, places) in &fields {
            lengths.extend_from_slice(&tokens.lengths);
            for term in &tokens.terms {
                starts[places[*term as usize] as usize + 1] += 1_u32;
            }
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        Self { starts, lengths, source: Source::Shares(fields) }
    }

    /// Entries that are sorted already. `starts` says how many come before those of each term.
    pub(super) fn sorted(starts: Vec<u32>, entries: Vec<Entry>, lengths: Vec<u32>) -> Self {
        Self { starts, lengths, source: Source::Sorted(entries) }
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or_default() as usize
    }

    /// All entries, those of neighboring terms together.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let terms = self.starts.len() - 1;
        let most = MOST.max(self.len() / PIECES);
        let mut from = 0;
        std::iter::from_fn(move || {
            let first = *self.starts.get(from).filter(|_| from < terms)? as usize;
            let behind = self.starts.partition_point(|start| (*start as usize) <= first + most);
            let places = from..(behind - 1).clamp(from + 1, terms);
            from = places.end;
            Some(Piece { entries: self.entries(&places), places, starts: &self.starts })
        })
    }

    fn entries(&self, wanted: &Range<usize>) -> Vec<Entry> {
        let base = self.starts[wanted.start];
        let total = (self.starts[wanted.end] - base) as usize;
        let fields = match &self.source {
            Source::Sorted(entries) => return entries[base as usize..][..total].to_vec(),
            Source::Shares(fields) => fields,
        };
        // Where the next entry of each term goes.
        let mut next: Vec<u32> = self.starts[wanted.clone()].iter().map(|start| start - base).collect();
        let mut entries = vec![(0, 0); total];
        let mut article = 0;
        for (tokens, places) in fields {
            let mut terms = tokens.terms.iter();
            let mut positions = tokens.places.iter();
            for length in &tokens.lengths {
                for term in terms.by_ref().take(*length as usize) {
                    let position = positions.next().unwrap_or_default();
                    let place = places[*term as usize] as usize;
                    if let Some(slot) = place.checked_sub(wanted.start).and_then(|at| next.get_mut(at)) {
                        entries[*slot as usize] = (article, position);
                        *slot += 1;
                    }
                }
                article += 1;
            }
        }
        entries
    }
}

impl Piece<'_> {
    /// The entries of the term at one of its places.
    pub(super) fn of_term(&self, place: usize) -> &[Entry] {
        let base = self.starts[self.places.start];
        &self.entries[(self.starts[place] - base) as usize..(self.starts[place + 1] - base) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole() {
        // One term that fills a piece, one that is larger than any, some without entries.
        let most = u32::try_from(MOST).unwrap();
        let counts = [3, most - 3, 0, 1, 2 * most, 0, 5, 0];
        let starts: Vec<u32> = std::iter::once(0)
            .chain(counts.iter().scan(0, |sum, count| {
                *sum += count;
                Some(*sum)
            }))
            .collect();
        let entries: Vec<Entry> = (0..*starts.last().unwrap()).map(|at| (at, 0)).collect();
        let postings = Postings::sorted(starts, entries.clone(), Vec::new());
        assert_eq!(postings.len(), entries.len());
        let mut all = Vec::new();
        let mut ends = vec![0];
        for piece in postings.pieces() {
            assert_eq!(ends.last(), Some(&piece.places.start));
            ends.push(piece.places.end);
            for place in piece.places.clone() {
                assert_eq!(piece.of_term(place).len(), counts[place] as usize);
                all.extend_from_slice(piece.of_term(place));
            }
        }
        assert_eq!(*ends.last().unwrap(), counts.len());
        assert!(ends.len() > 3 && all == entries, "{ends:?}");
    }

    #[test]
    fn many_entries_are_no_more_pieces() {
        let (terms, each) = (1 << 10, 1 << 15);
        let starts: Vec<u32> = (0..=terms).map(|term| term * each).collect();
        let postings = Postings { starts, lengths: Vec::new(), source: Source::Shares(Vec::new()) };
        assert_eq!(postings.pieces().count(), PIECES);
    }
}
