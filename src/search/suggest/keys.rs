//! Sorted keys and, for each, the phrases in which something begins with it.
//!
//! A key is the first [`KEY_BYTES`] bytes of a code, so that all codes with a beginning are
//! neighbors: a look-up is two binary searches, whatever the number of phrases, and gives
//! one slice. What is longer than a key is compared with the phrase itself by the caller.

/// Bytes of a code that a key holds.
pub(super) const KEY_BYTES: usize = 8;

/// Where in its phrase something begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// At the beginning of the phrase.
    Phrase,
    /// At the beginning of a word.
    Word,
    /// Inside a word.
    Inside,
}

/// A place and a phrase, ordered by how well the place tells, then by phrase: the two upper
/// bits are the place. Places of titles come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting(u32);

const PHRASE_BITS: u32 = 30;
/// Phrases beyond this many cannot be numbered.
pub(super) const MAX_PHRASES: usize = 1 << PHRASE_BITS;

impl Posting {
    /// `phrase` must be below [`MAX_PHRASES`].
    pub(super) fn new(place: Place, is_title: bool, phrase: u32) -> Self {
        let rank = match (is_title, place) {
            (true, Place::Phrase) => 0,
            (true, Place::Word) => 1,
            (false, Place::Phrase) => 2,
            (false, Place::Word) | (_, Place::Inside) => 3,
        };
        Self(rank << PHRASE_BITS | phrase)
    }

    pub(super) fn phrase(self) -> u32 {
        self.0 & ((1 << PHRASE_BITS) - 1)
    }
}

/// Keys with their postings.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Sorted, each once.
    sorted: Vec<u64>,
    /// Where the postings of each key begin; one more than there are keys.
    starts: Vec<u32>,
    postings: Vec<Posting>,
}

/// Collects keys in any order.
#[derive(Debug, Default)]
pub(super) struct Builder(Vec<(u64, Posting)>);

impl Builder {
    /// Notes that something with this code begins there. An empty code is passed over.
    pub(super) fn add(&mut self, code: &[u8], posting: Posting) {
        if !code.is_empty() {
            self.0.push((key(code, 0), posting));
        }
    }

    pub(super) fn build(mut self) -> Keys {
        self.0.sort_unstable();
        self.0.dedup();
        let mut keys = Keys::default();
        for (key, posting) in self.0 {
            if keys.sorted.last() != Some(&key) {
                keys.sorted.push(key);
                keys.starts.push(length(keys.postings.len()));
            }
            keys.postings.push(posting);
        }
        keys.starts.push(length(keys.postings.len()));
        keys.sorted.shrink_to_fit();
        keys.starts.shrink_to_fit();
        keys.postings.shrink_to_fit();
        keys
    }
}

impl Keys {
    /// Everything whose code begins like this, as far as a key reaches, in order of keys.
    pub(super) fn beginning(&self, code: &[u8]) -> &[Posting] {
        let first = self.sorted.partition_point(|known| *known < key(code, 0));
        let last = key(code, u8::MAX);
        let count = self.sorted[first..].partition_point(|known| *known <= last);
        let at = |index: usize| self.starts.get(index).map_or(0, |start| *start as usize);
        self.postings.get(at(first)..at(first + count)).unwrap_or_default()
    }
}

/// A code as a key, filled up with `fill`.
fn key(code: &[u8], fill: u8) -> u64 {
    let mut bytes = [fill; KEY_BYTES];
    for (to, from) in bytes.iter_mut().zip(code) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

/// A number of postings. Texts of four billion characters are refused when an index is built.
fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(codes: &[&str]) -> Keys {
        let mut builder = Builder::default();
        for (phrase, code) in (0..).zip(codes) {
            builder.add(code.as_bytes(), Posting::new(Place::Word, true, phrase));
        }
        builder.build()
    }

    #[test]
    fn a_beginning_finds_every_code_with_it_and_no_other() {
        let keys = keys(&["withdraw", "with", "wit", "without", "x", "", "withdrawals", "with"]);
        for (beginning, phrases) in [
            ("", &[2, 1, 7, 0, 6, 3, 4][..]),
            ("with", &[1, 7, 0, 6, 3]),
            ("withdraw", &[0, 6]),
            // A key reaches no further.
            ("withdrawn", &[0, 6]),
            ("x", &[4]),
            ("a", &[]),
            ("z", &[]),
        ] {
            let found: Vec<u32> =
                keys.beginning(beginning.as_bytes()).iter().map(|posting| posting.phrase()).collect();
            assert_eq!(found, phrases, "{beginning}");
        }
        assert_eq!(Keys::default().beginning(b"a"), []);
    }

    #[test]
    fn the_better_place_comes_first() {
        let postings =
            [(Place::Phrase, true), (Place::Word, true), (Place::Phrase, false), (Place::Word, false)]
                .map(|(place, is_title)| Posting::new(place, is_title, 5));
        assert!(postings.is_sorted_by(|a, b| a < b));
        assert_eq!(postings.map(Posting::phrase), [5; 4]);
        assert_eq!(Posting::new(Place::Inside, true, 5), postings[3]);
    }
}
