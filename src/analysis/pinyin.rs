//! How Chinese words sound, so that words typed in pinyin or with a wrong character of the
//! same sound can be led to the right one.
//!
//! A *sound* is the pinyin of a word without tones, with the pairs that people mix up made
//! one (zh/z, ch/c, sh/s, final ng/n, ü/u). The same rule runs over what was typed and over
//! what stands in articles, letter by letter, so nobody has to know where syllables end.

use pinyin::ToPinyin;

/// Most sounds of one word.
const MAX_SOUNDS: usize = 6;

/// The sounds of a word of Han characters, the usual one first: 银行 may be read yinxing or
/// yinhang. None if a character has no reading.
#[must_use]
pub fn sounds(word: &str) -> Vec<String> {
    let mut sounds = vec![String::new()];
    for c in word.chars() {
        let longer =
            readings(c).flat_map(|reading| sounds.iter().map(move |sound| format!("{sound}{reading}")));
        sounds = longer.take(MAX_SOUNDS).collect();
    }
    let mut sounds: Vec<String> = sounds.iter().map(|letters| sound_of_letters(letters)).collect();
    let mut seen = std::collections::BTreeSet::new();
    sounds.retain(|sound| seen.insert(sound.clone()));
    sounds
}

/// The usual sound of a word of Han characters; `None` if a character has no reading.
#[must_use]
pub fn sound(word: &str) -> Option<String> {
    sounds(word).into_iter().next()
}

/// The sound of pinyin as it was typed; anything but letters is passed over.
#[must_use]
pub fn sound_of_letters(letters: &str) -> String {
    let mut sound = String::with_capacity(letters.len());
    let mut before = ' ';
    for c in letters.chars().filter(|c| c.is_alphabetic()) {
        let c = match c.to_ascii_lowercase() {
            'ü' | 'v' => 'u',
            c => c,
        };
        let is_softened = (c == 'h' && matches!(before, 'z' | 'c' | 's')) || (c == 'g' && before == 'n');
        if !is_softened {
            sound.push(c);
        }
        before = c;
    }
    sound
}

/// The first letters of the syllables of a text of Han characters; `None` if a character
/// has no reading.
#[must_use]
pub fn initials(word: &str) -> Option<String> {
    word.chars().map(|c| c.to_pinyin()?.plain().chars().next()).collect()
}

/// Characters of help centers that people read in a second way, and that reading.
const SECOND: [(char, &str); 24] = [
    ('行', "hang"),
    ('重', "chong"),
    ('长', "chang"),
    ('还', "huan"),
    ('率', "shuai"),
    ('降', "xiang"),
    ('调', "tiao"),
    ('传', "zhuan"),
    ('参', "shen"),
    ('差', "chai"),
    ('藏', "zang"),
    ('会', "kuai"),
    ('系', "ji"),
    ('折', "she"),
    ('乐', "yue"),
    ('觉', "jiao"),
    ('便', "pian"),
    ('弹', "tan"),
    ('都', "du"),
    ('省', "xing"),
    ('给', "ji"),
    ('得', "dei"),
    ('着', "zhao"),
    ('了', "liao"),
];

/// How a character is read, without tones: as the dictionary says, then as people also do.
pub fn readings(c: char) -> impl Iterator<Item = &'static str> {
    let usual = c.to_pinyin().map(pinyin::Pinyin::plain);
    let second = SECOND.iter().find(|(known, _)| *known == c).map(|(_, reading)| *reading);
    usual.into_iter().chain(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_sound_alike_have_one_sound() {
        for (typed, word) in [
            ("tixian", "提现"),
            ("yanzhengma", "验证码"),
            ("denglu", "登录"),
            ("lvxing", "旅行"),
            ("yinhang", "银行"),
        ] {
            assert!(sounds(word).contains(&sound_of_letters(typed)), "{typed}");
        }
        for (wrong, right) in [("冲值", "充值"), ("省份验证", "身份验证"), ("冻洁", "冻结"), ("地止", "地址")]
        {
            assert_eq!(sounds(wrong)[0], sounds(right)[0], "{wrong}");
        }
        assert!(!sounds("提币").contains(&sounds("提现")[0]));
        assert!(sounds("a币").is_empty());
        assert!(sounds(&"行".repeat(9)).len() <= MAX_SOUNDS);
    }

    #[test]
    fn a_second_reading_is_another_one() {
        for (c, second) in SECOND {
            let readings: Vec<&str> = readings(c).collect();
            assert_eq!(readings.len(), 2, "{c}");
            assert_eq!(readings[1], second);
            assert_ne!(readings[0], second, "{c}");
        }
        assert_eq!(readings('提').collect::<Vec<_>>(), ["ti"]);
        assert_eq!(readings('a').count(), 0);
    }

    #[test]
    fn initials_are_those_of_syllables() {
        assert_eq!(initials("验证码").as_deref(), Some("yzm"));
        assert_eq!(initials("手续费").as_deref(), Some("sxf"));
        assert_eq!(initials("2FA"), None);
    }
}
