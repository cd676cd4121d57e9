//! Words that were meant when a letter is wrong, missing, doubled or in its neighbor's place.

use std::collections::BTreeSet;

/// Words of fewer letters are not mended, nor longer ones: too much lies near them, or the
/// comparison is dear.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=32;
/// From this many Latin letters on, two slips are forgiven.
const TWO_SLIPS: usize = 8;
/// Most words offered for one.
const MAX_NEAR: usize = 4;

/// Words that can be meant, and which letters each has.
#[derive(Debug, Default)]
pub(super) struct Spellings(Vec<(String, u32)>);

/// How many slips are forgiven in a Latin word.
pub(super) fn slips(word: &str) -> usize {
    if word.len() >= TWO_SLIPS { 2 } else { 1 }
}

impl Spellings {
    pub(super) fn of(words: BTreeSet<String>) -> Self {
        let is_word = |word: &String| {
            word.len() + 1 >= *LETTERS.start() && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        Self(
            words
                .into_iter()
                .filter(is_word)
                .map(|word| (letters(&word), word))
                .map(|(bits, word)| (word, bits))
                .collect(),
        )
    }

    /// The beginnings of words that are nearest to what was typed by Damerau and Levenshtein's
    /// distance, at most `allowed` slips away. None for what is right.
    pub(super) fn near(&self, typed: &str, allowed: usize) -> Vec<&str> {
        if !LETTERS.contains(&typed.len()) || !typed.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Vec::new();
        }
        let own = letters(typed);
        let mut best = allowed;
        let mut near: Vec<&str> = Vec::new();
        for (word, letters) in &self.0 {
            let is_far = word.len() + allowed < typed.len();
            if is_far || (own & !letters).count_ones() as usize > best {
                continue;
            }
            let Some((distance, beginning)) = nearest_beginning(word, typed, best) else { continue };
            if distance < best {
                best = distance;
                near.clear();
            }
            if near.len() < MAX_NEAR && !near.contains(&beginning) {
                near.push(beginning);
            }
        }
        if best == 0 { Vec::new() } else { near }
    }
}

/// The beginning of a word that is nearest to what was typed, within `allowed` slips; of
/// several the one of its length.
fn nearest_beginning<'a>(word: &'a str, typed: &str, allowed: usize) -> Option<(usize, &'a str)> {
    let shortest = typed.len().saturating_sub(allowed).max(1);
    let longest = (typed.len() + allowed).min(word.len());
    let beginnings = (shortest..=longest).map(|length| crate::text::upto(word, length));
    beginnings
        .map(|beginning| (strsim::osa_distance(beginning, typed), beginning))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, beginning)| (*distance, beginning.len().abs_diff(typed.len())))
}

/// Which letters a word has, a bit each.
fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |bits, letter| bits | 1 << (letter.to_ascii_lowercase().wrapping_sub(b'a') % 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_lead_to_beginnings_of_words() {
        let words = ["withdraw", "withdrawal", "deposit", "password", "code", "cnfrmadl", "how"];
        let spellings = Spellings::of(words.map(str::to_owned).into());
        for (typed, expect) in [
            ("withdrwa", &["withdraw"][..]),
            ("wihtd", &["withd"]),
            ("withdrawel", &["withdrawal"]),
            ("pasword", &["password"]),
            ("depost", &["deposi"]),
            ("cnfrna", &["cnfrma"]),
            ("withd", &[]),
            ("cod", &[]),
            ("hwo", &[]),
            ("qwertyui", &[]),
            ("pässw", &[]),
        ] {
            assert_eq!(spellings.near(typed, slips(typed)), expect, "{typed}");
        }
    }
}
