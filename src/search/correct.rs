//! Other readings of what was typed, for when it finds nothing good: pinyin, initials, the
//! wrong keyboard, wrong characters of the same sound, slips of a letter.
//!
//! A reading is a text that takes the place of the query and goes the same way. Whether it
//! is used is decided by what it finds, not here.

use super::response::Reading;
use super::statistics::document_frequency;
use super::vocabulary::Vocabulary;
use crate::analysis::{fold, hangul, lookalikes, pinyin, runs};
use crate::index::Generation;
use crate::index::schema::Unit;
use crate::lang::Script;
use crate::text::{self, Span};

/// Pinyin initials are two to this many letters.
const MAX_INITIALS: usize = 8;
/// The sound of a word has at most so many letters.
const MAX_SOUND: usize = 24;
/// Most looks through the vocabulary for the nearest spelling, for one query.
const MAX_LOOKS: usize = 8;
/// Wrong characters are looked for in stretches of this many to two characters.
const MAX_WINDOW: usize = 4;

/// What a query may have been meant to say.
pub(super) struct Candidate {
    pub(super) text: String,
    pub(super) reading: Reading,
}

/// Readings of a query, the likelier first.
pub(super) fn candidates(typed: &str, vocabulary: &Vocabulary, generation: &Generation) -> Vec<Candidate> {
    let folded = fold::fold(typed).text;
    let folded = folded.trim();
    let mut found = Vec::new();
    let mut push = |text: Option<String>, reading| found.extend(text.map(|text| Candidate { text, reading }));
    let letters = folded.chars().filter(|c| !c.is_whitespace());
    if !folded.is_empty() && letters.clone().all(|c| c.is_ascii_alphabetic() || c == '\'') {
        push(from_initials(folded, vocabulary), Reading::Initials);
        push(from_pinyin(folded, vocabulary, generation), Reading::Pinyin);
        // Shift makes double consonants: the keys as typed, not folded.
        push(hangul::from_keyboard(typed), Reading::Keyboard);
    }
    if letters.clone().count() > 1 && letters.clone().all(hangul::is_consonant) {
        push(vocabulary.with_initials(&letters.collect::<String>()), Reading::Initials);
    }
    push(mended(folded, vocabulary, generation), Reading::Typo);
    found
}

fn from_initials(folded: &str, vocabulary: &Vocabulary) -> Option<String> {
    let is_word = !folded.contains(char::is_whitespace) && (2..=MAX_INITIALS).contains(&folded.len());
    if is_word { vocabulary.with_initials(folded) } else { None }
}

/// Pinyin as words of the articles: all of it in one, else word by word. `None` unless at
/// least two letters of five make words. Latin words that articles have are no pinyin.
fn from_pinyin(folded: &str, vocabulary: &Vocabulary, generation: &Generation) -> Option<String> {
    let is_known = |word: &&str| !is_unknown(generation, Unit::Word, &generation.analyzer().stem(word));
    let (known, unknown): (Vec<&str>, Vec<&str>) = folded.split_whitespace().partition(is_known);
    let whole = pinyin::sound_of_letters(&unknown.concat());
    let mut words: Vec<String> = Vec::new();
    let mut covered = 0;
    if let Some(found) = split_sound(&whole, vocabulary) {
        covered = whole.len();
        words = found;
    } else {
        for word in unknown {
            let sound = pinyin::sound_of_letters(word);
            if let Some(found) = split_sound(&sound, vocabulary) {
                covered += sound.len();
                words.extend(found);
            }
        }
    }
    if covered == 0 || covered * 5 < whole.len() * 2 {
        return None;
    }
    words.extend(known.into_iter().map(str::to_owned));
    Some(words.join(" "))
}

/// What a syllable says that denies what follows it: 充值不到账 is not 充值到账.
fn denial(syllable: &str) -> Option<&'static str> {
    match syllable {
        "bu" => Some("不"),
        "mei" => Some("没"),
        _ => None,
    }
}

/// Splits a sound into words with as few pieces as possible; a syllable between them that
/// belongs to no word is passed over, if it denies nothing; the last word may be half-typed.
fn split_sound(sound: &str, vocabulary: &Vocabulary) -> Option<Vec<String>> {
    /// What a syllable without a word costs, in words.
    const STRAY: usize = 3;
    if !sound.is_ascii() || !(4..=64).contains(&sound.len()) {
        return None;
    }
    // The cheapest way to each place: its cost, where its last piece began, the word.
    let mut best: Vec<Option<(usize, usize, Option<&str>)>> = vec![None; sound.len() + 1];
    best[0] = Some((0, 0, None));
    for start in 0..sound.len() {
        let Some((cost, ..)) = best[start] else { continue };
        let longest = (sound.len() - start).min(MAX_SOUND);
        for length in 1..=longest {
            let end = start + length;
            let piece = text::slice(sound, Span::new(start, end));
            let half = || {
                let is_last = end == sound.len() && length >= 4;
                is_last.then(|| vocabulary.sounding_like_beginning(piece)).flatten()
            };
            let step = match vocabulary.sounding(piece, "") {
                Some((word, _)) => Some((cost + 1, Some(word))),
                None if denial(piece).is_some() => Some((cost + 1, denial(piece))),
                None if vocabulary.is_syllable(piece) => Some((cost + STRAY, None)),
                None => half().map(|word| (cost + 2, Some(word))),
            };
            if let Some((cost, word)) = step
                && best[end].is_none_or(|(known, ..)| cost < known)
            {
                best[end] = Some((cost, start, word));
            }
        }
    }
    let mut words = Vec::new();
    let mut covered = 0;
    let mut end = sound.len();
    while end > 0 {
        let (_, start, word) = best[end]?;
        if let Some(word) = word {
            covered += end - start;
            words.push(word.to_owned());
        }
        end = start;
    }
    words.reverse();
    // 不 and 没 stand with what they deny.
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last_mut().filter(|last| matches!(last.as_str(), "不" | "没")) {
            Some(last) => last.push_str(&word),
            None => joined.push(word),
        }
    }
    (covered * 5 >= sound.len() * 2).then_some(joined)
}

/// The text with its unknown words replaced by the nearest known ones; `None` where none is.
fn mended(folded: &str, vocabulary: &Vocabulary, generation: &Generation) -> Option<String> {
    let mut out = String::with_capacity(folded.len());
    let mut at = 0;
    let mut looks = 0;
    for run in runs(folded) {
        let word = text::slice(folded, run.span);
        // A look through all words for the nearest is dear: a long query gets only so many.
        let mut may_look = || {
            looks += 1;
            looks <= MAX_LOOKS
        };
        let new = match run.script {
            Script::Latin => mended_latin(word, vocabulary, generation, &mut may_look),
            Script::Han => mended_han(word, vocabulary, generation),
            Script::Hangul => mended_hangul(word, vocabulary, generation, &mut may_look),
            Script::Kana | Script::Other => None,
        };
        if let Some(new) = new {
            out.push_str(text::slice(folded, Span::new(at, run.span.start)));
            out.push_str(&new);
            at = run.span.end;
        }
    }
    if at == 0 {
        return None;
    }
    out.push_str(text::from(folded, at));
    Some(out)
}

fn is_unknown(generation: &Generation, unit: Unit, term: &str) -> bool {
    // What cannot be read is left as it was typed.
    matches!(document_frequency(generation, unit, term), Ok(0))
}

fn mended_latin(
    word: &str,
    vocabulary: &Vocabulary,
    generation: &Generation,
    may_look: &mut impl FnMut() -> bool,
) -> Option<String> {
    let stem = generation.analyzer().stem(word);
    let is_word = stem.bytes().all(|b| b.is_ascii_lowercase());
    if !is_word || !is_unknown(generation, Unit::Word, &stem) || !may_look() {
        return None;
    }
    vocabulary.spelled_like(&stem, word).map(str::to_owned)
}

/// Replaces stretches that stand in no article by words of the same sound, long ones first.
fn mended_han(run: &str, vocabulary: &Vocabulary, generation: &Generation) -> Option<String> {
    let chars: Vec<char> = run.chars().collect();
    let pair_is_unknown =
        |at: usize| is_unknown(generation, Unit::Gram, &chars[at..at + 2].iter().collect::<String>());
    let unknown: Vec<bool> = (0..chars.len().saturating_sub(1)).map(pair_is_unknown).collect();
    let mut replaced: Vec<Option<String>> = vec![None; chars.len()];
    let mut taken = vec![false; chars.len()];
    for length in (2..=MAX_WINDOW.min(chars.len())).rev() {
        for start in 0..=chars.len() - length {
            let is_free = !taken[start..start + length].iter().any(|taken| *taken);
            if !is_free || !unknown[start..start + length - 1].iter().any(|unknown| *unknown) {
                continue;
            }
            let window: String = chars[start..start + length].iter().collect();
            if let Some(word) = meant(&window, vocabulary, generation) {
                taken[start..start + length].fill(true);
                replaced[start] = Some(word);
            }
        }
    }
    if !taken.contains(&true) {
        return None;
    }
    let kept = |at: usize| replaced[at].clone().or_else(|| (!taken[at]).then(|| chars[at].to_string()));
    Some((0..chars.len()).filter_map(kept).collect())
}

/// The word that a stretch of characters was meant to be: one of the same sound, else one
/// with a character that looks alike.
fn meant(window: &str, vocabulary: &Vocabulary, generation: &Generation) -> Option<String> {
    // A word that no article has is not a slip for that: the right one must share a character.
    let is_word = generation.analyzer().is_chinese_word(window);
    let shares = |word: &str| word.chars().zip(window.chars()).any(|(a, b)| a == b);
    let fits = |word: &str| word.chars().count() == window.chars().count() && (!is_word || shares(word));
    let sounds = pinyin::sounds(window);
    let alike = sounds.iter().filter_map(|sound| vocabulary.sounding(sound, window));
    if let Some((word, _)) = alike.filter(|(word, _)| fits(word)).max_by_key(|(_, frequency)| *frequency) {
        return Some(word.to_owned());
    }
    let mut best: Option<(u32, String)> = None;
    for (at, c) in window.char_indices() {
        for other in lookalikes::of(c) {
            let mut word = window.to_owned();
            word.replace_range(at..at + c.len_utf8(), other.encode_utf8(&mut [0; 4]));
            let frequency = pinyin::sounds(&word).iter().find_map(|sound| vocabulary.frequency(sound, &word));
            if let Some(frequency) =
                frequency.filter(|frequency| best.as_ref().is_none_or(|best| *frequency > best.0))
            {
                best = Some((frequency, word));
            }
        }
    }
    best.map(|(_, word)| word)
}

/// Replaces the beginning of a Korean word that no article has by one a letter away; what
/// follows it, a particle for the most part, stays.
fn mended_hangul(
    word: &str,
    vocabulary: &Vocabulary,
    generation: &Generation,
    may_look: &mut impl FnMut() -> bool,
) -> Option<String> {
    let length = word.chars().count();
    for syllables in (2..=length.min(4)).rev() {
        let beginning = text::first_chars(word, syllables).0;
        let chars: Vec<char> = beginning.chars().collect();
        let has_unknown =
            chars.windows(2).any(|pair| is_unknown(generation, Unit::Gram, &pair.iter().collect::<String>()));
        if has_unknown
            && may_look()
            && let Some(found) = vocabulary.written_like(beginning)
        {
            return Some(format!("{found}{}", text::from(word, beginning.len())));
        }
    }
    None
}
