//! The letters inside Korean syllables: for initials (`ㅊㄱ` for 출금), for slips of one
//! letter (출굼), and for Korean typed with the keyboard on English (`cnfrma`).

const FIRST_SYLLABLE: u32 = 0xac00;
const LAST_SYLLABLE: u32 = 0xd7a3;

/// Initial consonants, in the order of Unicode's syllables.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ',
    'ㅍ', 'ㅎ',
];
/// Vowels, in that order.
const VOWELS: [char; 21] = [
    'ㅏ', 'ㅐ', 'ㅑ', 'ㅒ', 'ㅓ', 'ㅔ', 'ㅕ', 'ㅖ', 'ㅗ', 'ㅘ', 'ㅙ', 'ㅚ', 'ㅛ', 'ㅜ', 'ㅝ', 'ㅞ', 'ㅟ',
    'ㅠ', 'ㅡ', 'ㅢ', 'ㅣ',
];
/// Final consonants, in that order; the first is none.
const FINALS: [char; 28] = [
    ' ', 'ㄱ', 'ㄲ', 'ㄳ', 'ㄴ', 'ㄵ', 'ㄶ', 'ㄷ', 'ㄹ', 'ㄺ', 'ㄻ', 'ㄼ', 'ㄽ', 'ㄾ', 'ㄿ', 'ㅀ', 'ㅁ',
    'ㅂ', 'ㅄ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ',
];

/// The letter on each key of the standard two-set keyboard (KS X 5002).
const KEYS: [(char, char); 33] = [
    ('q', 'ㅂ'),
    ('w', 'ㅈ'),
    ('e', 'ㄷ'),
    ('r', 'ㄱ'),
    ('t', 'ㅅ'),
    ('y', 'ㅛ'),
    ('u', 'ㅕ'),
    ('i', 'ㅑ'),
    ('o', 'ㅐ'),
    ('p', 'ㅔ'),
    ('a', 'ㅁ'),
    ('s', 'ㄴ'),
    ('d', 'ㅇ'),
    ('f', 'ㄹ'),
    ('g', 'ㅎ'),
    ('h', 'ㅗ'),
    ('j', 'ㅓ'),
    ('k', 'ㅏ'),
    ('l', 'ㅣ'),
    ('z', 'ㅋ'),
    ('x', 'ㅌ'),
    ('c', 'ㅊ'),
    ('v', 'ㅍ'),
    ('b', 'ㅠ'),
    ('n', 'ㅜ'),
    ('m', 'ㅡ'),
    ('Q', 'ㅃ'),
    ('W', 'ㅉ'),
    ('E', 'ㄸ'),
    ('R', 'ㄲ'),
    ('T', 'ㅆ'),
    ('O', 'ㅒ'),
    ('P', 'ㅖ'),
];

/// Two vowels, or two final consonants, that are written as one.
const PAIRS: [(char, char, char); 18] = [
    ('ㅗ', 'ㅏ', 'ㅘ'),
    ('ㅗ', 'ㅐ', 'ㅙ'),
    ('ㅗ', 'ㅣ', 'ㅚ'),
    ('ㅜ', 'ㅓ', 'ㅝ'),
    ('ㅜ', 'ㅔ', 'ㅞ'),
    ('ㅜ', 'ㅣ', 'ㅟ'),
    ('ㅡ', 'ㅣ', 'ㅢ'),
    ('ㄱ', 'ㅅ', 'ㄳ'),
    ('ㄴ', 'ㅈ', 'ㄵ'),
    ('ㄴ', 'ㅎ', 'ㄶ'),
    ('ㄹ', 'ㄱ', 'ㄺ'),
    ('ㄹ', 'ㅁ', 'ㄻ'),
    ('ㄹ', 'ㅂ', 'ㄼ'),
    ('ㄹ', 'ㅅ', 'ㄽ'),
    ('ㄹ', 'ㅌ', 'ㄾ'),
    ('ㄹ', 'ㅍ', 'ㄿ'),
    ('ㄹ', 'ㅎ', 'ㅀ'),
    ('ㅂ', 'ㅅ', 'ㅄ'),
];

/// The places of a syllable's letters in the three tables.
fn split(c: char) -> Option<(usize, usize, usize)> {
    let code = u32::from(c);
    if !(FIRST_SYLLABLE..=LAST_SYLLABLE).contains(&code) {
        return None;
    }
    let index = (code - FIRST_SYLLABLE) as usize;
    Some((index / (21 * 28), index / 28 % 21, index % 28))
}

/// The initial consonants of a word; letters that stand alone stay. `None` if it has
/// anything that is not Korean.
#[must_use]
pub fn initials(word: &str) -> Option<String> {
    let initial = |c: char| match split(c) {
        Some((initial, ..)) => Some(INITIALS[initial]),
        None => is_letter(c).then_some(c),
    };
    word.chars().map(initial).collect()
}

/// All letters of a word, one behind the other.
#[must_use]
pub fn letters(word: &str) -> String {
    let mut out = String::with_capacity(word.len() * 3);
    for c in word.chars() {
        match split(c) {
            Some((initial, vowel, last)) => {
                out.extend([INITIALS[initial], VOWELS[vowel]]);
                if last > 0 {
                    out.push(FINALS[last]);
                }
            }
            None => out.push(c),
        }
    }
    out
}

/// Whether a character is a Korean letter that stands alone.
#[must_use]
pub fn is_letter(c: char) -> bool {
    ('\u{3131}'..='\u{3163}').contains(&c)
}

/// Whether a character is a consonant that stands alone.
#[must_use]
pub fn is_consonant(c: char) -> bool {
    INITIALS.contains(&c)
}

/// What a text typed on the English keyboard says on the Korean one; `None` unless all of
/// it makes whole syllables.
#[must_use]
pub fn from_keyboard(typed: &str) -> Option<String> {
    let mut out = String::new();
    for word in typed.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let letters: Option<Vec<char>> = word.chars().map(key).collect();
        compose(&letters?, &mut out)?;
    }
    (!out.is_empty()).then_some(out)
}

/// The keys that write a text on the Korean keyboard, one behind the other; what is not
/// Korean is passed over. A text half-typed has the beginning of the keys of the whole.
#[must_use]
pub fn keystrokes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut press = |letter: char| {
        let pair = PAIRS.iter().find(|(_, _, both)| *both == letter);
        let letters = pair.map_or([Some(letter), None], |(first, second, _)| [Some(*first), Some(*second)]);
        for letter in letters.into_iter().flatten() {
            out.extend(KEYS.iter().find(|(_, written)| *written == letter).map(|(key, _)| *key));
        }
    };
    for c in text.chars() {
        match split(c) {
            Some((initial, vowel, last)) => {
                press(INITIALS[initial]);
                press(VOWELS[vowel]);
                press(FINALS[last]);
            }
            None => press(c),
        }
    }
    out
}

/// The keys of a text typed on the English keyboard, in the form of [`keystrokes`]; `None`
/// if one of them writes nothing Korean.
#[must_use]
pub fn pressed(typed: &str) -> Option<String> {
    let known = |key: char| KEYS.iter().any(|(known, _)| *known == key).then_some(key);
    typed.chars().map(|c| known(c).or_else(|| known(c.to_ascii_lowercase()))).collect()
}

fn key(c: char) -> Option<char> {
    let exact = KEYS.iter().find(|(key, _)| *key == c);
    let lower = || KEYS.iter().find(|(key, _)| *key == c.to_ascii_lowercase());
    exact.or_else(lower).map(|(_, letter)| *letter)
}

/// Puts letters together to syllables.
fn compose(letters: &[char], out: &mut String) -> Option<()> {
    let is_vowel = |at: usize| letters.get(at).is_some_and(|letter| VOWELS.contains(letter));
    let pair = |at: usize| {
        let (first, second) = (*letters.get(at)?, *letters.get(at + 1)?);
        PAIRS.iter().find(|(a, b, _)| (*a, *b) == (first, second)).map(|(_, _, both)| *both)
    };
    let mut at = 0;
    while at < letters.len() {
        let initial = INITIALS.iter().position(|letter| *letter == letters[at])?;
        at += 1;
        let vowel = match pair(at).filter(|both| VOWELS.contains(both)) {
            Some(both) => {
                at += 2;
                both
            }
            None => {
                at += 1;
                *letters.get(at - 1)?
            }
        };
        let vowel = VOWELS.iter().position(|letter| *letter == vowel)?;
        // A consonant ends the syllable unless a vowel follows it.
        let mut last = 0;
        let double = pair(at).filter(|both| FINALS.contains(both) && !is_vowel(at + 2));
        if let Some(place) = double.and_then(|both| FINALS.iter().position(|letter| *letter == both)) {
            last = place;
            at += 2;
        } else if at < letters.len() && !is_vowel(at) && !is_vowel(at + 1) {
            last = FINALS.iter().position(|letter| *letter == letters[at])?;
            at += 1;
        }
        let index = (initial * 21 + vowel) * 28 + last;
        out.push(char::from_u32(FIRST_SYLLABLE + u32::try_from(index).ok()?)?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_keyboard_is_read_as_korean() {
        for (typed, korean) in [
            ("dlqrma", "입금"),
            ("cnfrma dksehla", "출금 안됨"),
            ("qlqjs Rkajrdma", "비번 까먹음"),
            ("rhrortpsxj", "고객센터"),
            ("djfrnf dlswmd", "얼굴 인증"),
            ("ghldnjs xkfxhl", "회원 탈퇴"),
            ("wjqtn", "접수"),
            ("dlfrdjdy", "읽어요"),
        ] {
            assert_eq!(from_keyboard(typed).as_deref(), Some(korean), "{typed}");
        }
        for typed in ["withdraw", "2fa", "", "usdt", "dlqr"] {
            assert_eq!(from_keyboard(typed), None, "{typed}");
        }
    }

    #[test]
    fn half_a_text_has_half_its_keys() {
        for (text, keys) in [
            ("출금", "cnfrma"),
            ("출ㄱ", "cnfr"),
            ("추", "cn"),
            ("값이", "rkqtdl"),
            ("과", "rhk"),
            ("ㄳ", "rt"),
            ("까 a1", "Rk"),
        ] {
            assert_eq!(keystrokes(text), keys, "{text}");
        }
        assert_eq!(pressed("RkWk").as_deref(), Some("RkWk"));
        assert_eq!(pressed("Cnfrma").as_deref(), Some("cnfrma"));
        assert_eq!(pressed("2fa"), None);
    }

    #[test]
    fn words_are_taken_apart() {
        assert_eq!(initials("출금 실패".split(' ').next().unwrap()).as_deref(), Some("ㅊㄱ"));
        assert_eq!(initials("출a"), None);
        assert_eq!(letters("출금"), "ㅊㅜㄹㄱㅡㅁ");
    }
}
