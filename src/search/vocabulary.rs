//! The words that articles have, by how they sound and how they are spelled: what a slip of
//! the hand is led back to. Built from the term dictionary when a generation is opened.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::analysis::{Analyzer, Kind, Mode, Run, fold, hangul, pinyin, runs, stop_words};
use crate::index::Generation;
use crate::index::schema::{Part, Unit};
use crate::lang::Script;
use crate::text::{self, Span};

/// Longest Chinese word that is looked for by its sound, in characters.
const MAX_HAN: usize = 6;
/// Shortest English word that is looked for by its sound, in letters.
const MIN_SOUND: usize = 4;
/// Longest beginning of a Korean word that is a word itself, in syllables.
const MAX_HANGUL: usize = 5;

/// Words by sound, by initials and by spelling.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Sound → Chinese words, the most frequent first.
    by_sound: BTreeMap<String, Vec<(String, u32)>>,
    /// Sounds of single characters.
    syllables: HashSet<String>,
    /// Initials of a stretch of Chinese or Korean → the stretch, how often it stands.
    stretches: Vec<(String, String, u32)>,
    /// Korean words and beginnings of words.
    hangul: Vec<Hangul>,
    /// Stems of Latin words.
    latin: Vec<Latin>,
    /// Latin words of titles and headings as they are written.
    written: Vec<Latin>,
    /// Their sounds → the words.
    by_english_sound: HashMap<String, String>,
    /// Stem → the word as it is written somewhere.
    surfaces: HashMap<String, String>,
}

#[derive(Debug)]
struct Hangul {
    word: String,
    syllables: usize,
    /// Its letters, one behind the other.
    letters: String,
    length: usize,
    frequency: u32,
}

#[derive(Debug)]
struct Latin {
    text: String,
    frequency: u32,
    /// Which letters it has, a bit each.
    letters: u32,
}

impl Vocabulary {
    /// Reads the words of a generation.
    pub(super) fn of(generation: &Generation) -> Self {
        let mut vocabulary = Self::default();
        let dictionary = generation.inverted().text(Part::Body, Unit::Word).postings.terms();
        // A verified generation can be read; without these words no slip is mended.
        if let Ok(mut terms) = dictionary.stream() {
            while terms.advance() {
                let frequency = terms.value().doc_freq;
                if let Ok(word) = std::str::from_utf8(terms.key()) {
                    vocabulary.add(word, frequency);
                }
            }
        }
        for words in vocabulary.by_sound.values_mut() {
            words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        vocabulary.read_titles(generation);
        vocabulary
    }

    fn add(&mut self, word: &str, frequency: u32) {
        let length = word.chars().count();
        match word.chars().next().map(Script::of) {
            Some(Script::Han) => {
                for c in word.chars() {
                    self.syllables.extend(pinyin::sounds(c.encode_utf8(&mut [0; 4])));
                }
                if (2..=MAX_HAN).contains(&length) {
                    for sound in pinyin::sounds(word) {
                        self.by_sound.entry(sound).or_default().push((word.to_owned(), frequency));
                    }
                }
            }
            Some(Script::Latin) if length > 2 && word.bytes().all(|b| b.is_ascii_lowercase()) => {
                self.latin.push(Latin { text: word.to_owned(), frequency, letters: letter_bits(word) });
            }
            _ => {}
        }
    }

    /// Reads what articles are about (titles, headings, tags, the lexicon): stretches for
    /// initials, spellings for stems, and the Korean words that a slip may have meant; in texts
    /// there is always some ending a letter away.
    fn read_titles(&mut self, generation: &Generation) {
        let mut stretches: BTreeMap<String, u32> = BTreeMap::new();
        let mut written: BTreeSet<String> = BTreeSet::new();
        for article in generation.catalog().iter() {
            let headings = article.sections().map(crate::index::SectionView::heading);
            for source in std::iter::once(article.title()).chain(headings).chain(article.tags()) {
                self.read_title(source, generation.analyzer(), &mut stretches, &mut written);
            }
            for question in article.questions() {
                self.read_spellings(question, generation.analyzer(), &mut written);
            }
        }
        for word in generation.lexicon().all_words() {
            self.read_title(word, generation.analyzer(), &mut stretches, &mut written);
        }
        let initials =
            |stretch: &str| pinyin::initials(stretch).or_else(|| hangul::initials(&stretch.replace(' ', "")));
        for word in &written {
            self.by_english_sound.entry(english_sound(word)).or_insert_with(|| word.clone());
        }
        let latin = |word: String| Latin { letters: letter_bits(&word), text: word, frequency: 1 };
        self.written = written.into_iter().map(latin).collect();
        let mut beginnings: BTreeMap<&str, u32> = BTreeMap::new();
        let is_hangul = |word: &&str| word.starts_with(|c| Script::of(c) == Script::Hangul);
        for (stretch, count) in &stretches {
            for word in stretch.split(' ').filter(is_hangul) {
                for end in 2..=word.chars().count().min(MAX_HANGUL) {
                    *beginnings.entry(text::first_chars(word, end).0).or_default() += count;
                }
            }
        }
        let hangul = |(word, frequency): (&str, u32)| {
            let letters = hangul::letters(word);
            let (syllables, length) = (word.chars().count(), letters.chars().count());
            Hangul { word: word.to_owned(), syllables, letters, length, frequency }
        };
        self.hangul = beginnings.into_iter().map(hangul).collect();
        self.stretches = stretches
            .into_iter()
            .filter_map(|(stretch, count)| Some((initials(&stretch)?, stretch, count)))
            .collect();
    }

    fn read_title(
        &mut self,
        source: &str,
        analyzer: &Analyzer,
        stretches: &mut BTreeMap<String, u32>,
        written: &mut BTreeSet<String>,
    ) {
        let folded = fold::fold(source).text;
        // Korean words with a blank between them are one stretch.
        let mut last: Option<Run> = None;
        for run in runs(&folded).filter(|run| matches!(run.script, Script::Han | Script::Hangul)) {
            let joined = last.filter(|last| {
                let between = text::slice(&folded, Span::new(last.span.end, run.span.start));
                run.script == Script::Hangul && last.script == Script::Hangul && between.trim().is_empty()
            });
            if let Some(before) = last.take_if(|_| joined.is_none()) {
                *stretches.entry(text::slice(&folded, before.span).to_owned()).or_default() += 1;
            }
            let start = joined.map_or(run.span.start, |joined| joined.span.start);
            last = Some(Run { script: run.script, span: Span::new(start, run.span.end) });
        }
        if let Some(last) = last {
            *stretches.entry(text::slice(&folded, last.span).to_owned()).or_default() += 1;
        }
        self.read_spellings(source, analyzer, written);
    }

    /// Reads how Latin words are written, in every form: failed is nearer than fails to what
    /// somebody mistypes.
    fn read_spellings(&mut self, source: &str, analyzer: &Analyzer, written: &mut BTreeSet<String>) {
        let mut words = Vec::new();
        analyzer.analyze(source, Mode::Query, |token| {
            if token.kind == Kind::Word(Script::Latin) {
                words.push((token.text.to_owned(), text::slice(source, token.span).to_lowercase()));
            }
        });
        for (stem, surface) in words {
            if surface.is_ascii() {
                written.insert(surface.clone());
            }
            self.surfaces.entry(stem).or_insert(surface);
        }
    }

    /// The most frequent Chinese word of exactly this sound, other than `not`.
    pub(super) fn sounding(&self, sound: &str, not: &str) -> Option<(&str, u32)> {
        let words = self.by_sound.get(sound)?;
        words.iter().find(|(word, _)| word != not).map(|(word, frequency)| (word.as_str(), *frequency))
    }

    /// The most frequent Chinese word whose sound begins like this.
    pub(super) fn sounding_like_beginning(&self, beginning: &str) -> Option<&str> {
        let matching =
            self.by_sound.range(beginning.to_owned()..).take_while(|(sound, _)| sound.starts_with(beginning));
        let best =
            matching.flat_map(|(_, words)| words).max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        best.map(|(word, _)| word.as_str())
    }

    /// How many articles have a Chinese word of this sound.
    pub(super) fn frequency(&self, sound: &str, word: &str) -> Option<u32> {
        let words = self.by_sound.get(sound)?;
        words.iter().find(|(known, _)| known == word).map(|(_, frequency)| *frequency)
    }

    /// Whether a single character sounds like this.
    pub(super) fn is_syllable(&self, sound: &str) -> bool {
        self.syllables.contains(sound)
    }

    /// The stretch of titles and headings with these initials that stands most often.
    pub(super) fn with_initials(&self, initials: &str) -> Option<String> {
        let length = initials.chars().count();
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for (all, stretch, count) in &self.stretches {
            if let Some(at) = all.find(initials) {
                let before = text::upto(all, at).chars().count();
                let found = without_blanks(stretch, before, length);
                // What begins where an author's words begin is the likelier word.
                let begins = before == 0 || text::upto(stretch, found.start).ends_with(' ');
                *counts.entry(text::slice(stretch, found)).or_default() +=
                    if begins { count * 2 } else { *count };
            }
        }
        let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
        best.map(|(stretch, _)| stretch.to_owned())
    }

    /// The Latin word nearest to a word that no article has, by stem or as it is written in
    /// titles: one letter away, two from eight letters on, or of the same sound; the nearest,
    /// then the most frequent.
    pub(super) fn spelled_like(&self, stem: &str, word: &str) -> Option<&str> {
        // Stems may be near whose words are not: washing and was.
        let by_stem = nearest(&self.latin, stem).filter(|(_, found)| found.len() * 2 > word.len());
        let by_word = nearest(&self.written, word);
        // Who writes as it sounds has made one mistake.
        let by_sound = (word.len() >= MIN_SOUND).then(|| self.by_english_sound.get(&english_sound(word)));
        let by_sound = by_sound.flatten().map(|found| (1, found.as_str()));
        // What is written somewhere is a better word to say than another form of it.
        let found = by_word.into_iter().chain(by_sound).chain(by_stem);
        let (_, found) = found.min_by_key(|(distance, _)| *distance)?;
        Some(self.surface(found))
    }

    /// A stem as a word is written somewhere.
    fn surface<'a>(&'a self, stem: &'a str) -> &'a str {
        self.surfaces.get(stem).map_or(stem, String::as_str)
    }

    /// The Korean word, or beginning of words, one letter away from `word`.
    pub(super) fn written_like(&self, word: &str) -> Option<&str> {
        let letters = hangul::letters(word);
        let (length, syllables) = (letters.chars().count(), word.chars().count());
        let near = self.hangul.iter().filter(|known| {
            known.syllables == syllables && known.length.abs_diff(length) <= 1 && known.word != word
        });
        let best = near
            .filter(|known| strsim::osa_distance(&known.letters, &letters) <= 1)
            .max_by(|a, b| a.frequency.cmp(&b.frequency).then_with(|| b.word.cmp(&a.word)));
        best.map(|known| known.word.as_str())
    }
}

/// Where in a stretch `length` characters stand behind the first `before`, blanks not counted.
fn without_blanks(stretch: &str, before: usize, length: usize) -> Span {
    let mut places = stretch.char_indices().filter(|(_, c)| *c != ' ').skip(before);
    let start = places.next().map_or(stretch.len(), |(at, _)| at);
    let end = places.nth(length.saturating_sub(1)).map_or(stretch.len(), |(at, _)| at);
    Span::new(start, start + text::slice(stretch, Span::new(start, end)).trim_end().len())
}

/// The nearest of `words`, with its distance.
fn nearest<'a>(words: &'a [Latin], typed: &str) -> Option<(usize, &'a str)> {
    let length = typed.len();
    if !(4..=32).contains(&length) {
        return None;
    }
    let allowed = if length >= 8 { 2 } else { 1 };
    let letters = letter_bits(typed);
    let near = words.iter().filter(|latin| {
        // A change of one letter changes at most two bits.
        latin.text.len().abs_diff(length) <= allowed
            // The first letter is hardly ever wrong.
            && latin.text.as_bytes().first() == typed.as_bytes().first()
            && (latin.letters ^ letters).count_ones() as usize <= 2 * allowed
    });
    let best = near
        .map(|latin| {
            // Letters are left out more often than added.
            let is_shorter = latin.text.len() < length;
            let frequency = std::cmp::Reverse(latin.frequency);
            (strsim::osa_distance(&latin.text, typed), frequency, is_shorter, &latin.text)
        })
        .filter(|(distance, .., text)| {
            // A word of four letters has a neighbor for each of them: letters may be missing or
            // change places, not be others.
            let is_other = length == 4 && text.len() == 4 && latin_letters(text) != latin_letters(typed);
            *distance <= allowed && !is_other && !stop_words::is_stop_word(text)
        })
        .min()?;
    Some((best.0, best.3))
}

/// An English word with one spelling for what sounds alike: `foto` and `photo`.
fn english_sound(word: &str) -> String {
    let mut sound = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let same = match letter {
            'p' if letters.next_if_eq(&'h').is_some() => 'f',
            'c' if !letters.peek().is_some_and(|next| matches!(next, 'e' | 'i' | 'y' | 'h')) => 'k',
            'q' => 'k',
            'z' => 's',
            'y' => 'i',
            letter => letter,
        };
        // A doubled letter sounds as one.
        if !sound.ends_with(same) {
            sound.push(same);
        }
    }
    sound
}

/// The letters of a word, sorted.
fn latin_letters(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.sort_unstable();
    letters
}

fn letter_bits(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |bits, letter| bits | 1 << (letter - b'a'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_compared_as_it_sounds() {
        for (one, other) in
            [("foto", "photo"), ("fone", "phone"), ("akount", "account"), ("verifi", "verify")]
        {
            assert_eq!(english_sound(one), english_sound(other), "{one} {other}");
        }
        for (one, other) in [("cent", "kent"), ("check", "kheck"), ("fee", "bee")] {
            assert_ne!(english_sound(one), english_sound(other), "{one} {other}");
        }
    }
}
