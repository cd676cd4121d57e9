//! What a query tells: each word by its rarity, so that an article's share of it can be told.

use super::query::Term;
use super::statistics::Rarity;
use crate::index::schema::Unit;
use crate::lang::Script;

/// Longest word in bytes that tells anything if no article has it: what is longer was pasted.
const MAX_TELLING: usize = 40;
/// How much of what is left of a Korean word its next pair of syllables tells.
const FIRST_PAIR: f32 = 0.7;

/// How much each part of a query tells: words by their rarity.
#[derive(Debug, Default)]
pub(super) struct Told {
    shares: Vec<f32>,
    /// For each eight parts the sum of every choice of them, relative to all.
    sums: Vec<[f32; 256]>,
}

impl Told {
    pub(super) fn new(Shares(shares): Shares) -> Self {
        let all: f32 = shares.iter().sum();
        let sums = shares.chunks(8).map(|shares| {
            let mut sums = [0.0; 256];
            for choice in 1..sums.len() {
                let part = choice.trailing_zeros() as usize;
                sums[choice] =
                    sums[choice & (choice - 1)] + shares.get(part).map_or(0.0, |share| share / all);
            }
            sums
        });
        Self { sums: sums.collect(), shares }
    }

    /// The share of all that the parts in `bits` tell, 0 to 1.
    pub(super) fn share(&self, bits: u32) -> f32 {
        if let [sums] = self.sums.as_slice() {
            return sums[(bits & 0xff) as usize].min(1.0);
        }
        let chosen = self.sums.iter().zip(bits.to_le_bytes());
        chosen.map(|(sums, bits)| sums[usize::from(bits)]).sum::<f32>().min(1.0)
    }

    /// How many parts there are.
    pub(super) fn parts(&self) -> f32 {
        float(self.shares.len())
    }
}

/// Says how much each part of the query tells, and which terms have it. A Chinese or Korean
/// word that no article has as a word counts by its pairs; of a Korean one the first pair
/// counts most, since particles come last.
pub(super) fn shares(terms: &mut [Term], claimed: &[String], rarity: Rarity) -> Shares {
    let mut told = Shares::default();
    for index in 0..terms.len() {
        let term = &terms[index];
        let has_parts =
            terms.get(index + 1).is_some_and(|next| next.is_part && next.position == term.position);
        if term.unit != Unit::Word || !term.is_content || has_parts || claimed.contains(&term.text) {
            continue;
        }
        let frequency = term.located.frequency();
        let share = rarity.idf(frequency);
        if frequency == 0 && term.text.len() > MAX_TELLING {
            continue;
        }
        let (first, length) = (term.position, term.length);
        if frequency > 0 || term.script == Script::Latin || length < 2 {
            let bit = told.part(share);
            terms[index].tells = bit;
            // A pair says the same as the word of two characters; the pairs around it as a
            // single character, which may be a piece of another word.
            let says_it = |other: &&mut Term| {
                other.unit == Unit::Gram
                    && match length {
                        2 => other.position == first && other.length == 2,
                        1 => other.position == first || other.position + 1 == first,
                        _ => false,
                    }
            };
            if terms[index].script != Script::Latin {
                terms.iter_mut().filter(says_it).for_each(|pair| pair.tells |= bit);
            }
            continue;
        }
        let is_korean = term.script == Script::Hangul;
        let pairs = length - 1;
        let mut rest = share;
        for place in 0..pairs {
            let part = match (is_korean, place + 1 == pairs) {
                (_, true) => rest,
                (true, false) => rest * FIRST_PAIR,
                (false, false) => rest / float(pairs - place),
            };
            rest -= part;
            let is_pair = |term: &&mut Term| term.unit == Unit::Gram && term.position == first + place;
            let bit = told.part(part);
            if let Some(pair) = terms.iter_mut().find(is_pair) {
                pair.tells |= bit;
            }
            // A synonym of the word says all of it.
            terms[index].tells |= bit;
        }
    }
    // A word that its parts tell says all that they say.
    for index in 0..terms.len() {
        let (before, parts) = terms.split_at_mut(index + 1);
        if let Some(whole) = before.last_mut().filter(|term| term.tells == 0 && !term.is_part) {
            whole.tells = parts.iter().take_while(|part| part.is_part).fold(0, |all, part| all | part.tells);
        }
    }
    // Where no word tells, as in 在在, pairs do.
    if told.0.is_empty() {
        for pair in terms.iter_mut().filter(|term| term.is_content) {
            pair.tells = told.part(1.0);
        }
    }
    told
}

/// What the parts of a query tell, while they are collected.
#[derive(Default)]
pub(super) struct Shares(Vec<f32>);

impl Shares {
    /// Adds a part; returns its bit.
    pub(super) fn part(&mut self, share: f32) -> u32 {
        // More parts than bits: the last ones count as one.
        match self.0.get_mut(31) {
            Some(last) => *last += share,
            None => self.0.push(share),
        }
        1 << (self.0.len() - 1)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of characters")]
fn float(count: usize) -> f32 {
    count as f32
}
