//! What a phrase consists of, and the ways to write what begins in it.
//!
//! A *unit* is a Chinese character, a Korean syllable, or a word of letters and digits. What
//! is typed may begin at any unit and goes on over the following ones of the same script,
//! whatever blanks and marks stand between them: `wd209` is `WD-209`, `회원가입` is `회원 가입`.

use super::keys::{KEY_BYTES, Place};
use crate::analysis::{hangul, pinyin};
use crate::lang::Script;
use crate::text::{self, Span};

/// A piece of a folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// Bytes of the folded text.
    pub(super) span: Span,
    pub(super) script: Script,
    /// It is the first after a blank, a mark, or another script.
    pub(super) is_first: bool,
}

/// Cuts a folded text into its units.
pub(super) fn units(folded: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(folded.len() / 3 + 1);
    let mut before = Script::Other;
    for (at, c) in folded.char_indices() {
        let script = group(Script::of(c));
        let end = at + c.len_utf8();
        match units.last_mut() {
            Some(last) if script == Script::Latin && before == script => last.span.end = end,
            _ if script == Script::Other => {}
            _ => units.push(Unit { span: Span::new(at, end), script, is_first: script != before }),
        }
        before = script;
    }
    units
}

/// Kana stands among Han.
fn group(script: Script) -> Script {
    if script == Script::Kana { Script::Han } else { script }
}

/// A way to write the beginning of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Chinese characters.
    Han,
    /// Letters and digits.
    Latin,
    /// The keys of Korean syllables, see [`hangul::keystrokes`].
    Keys,
    /// The keys of the first consonants of Korean syllables.
    Consonants,
    /// The sound of Chinese characters, see [`pinyin::sound_of_letters`].
    Sound,
    /// The first letters of their pinyin.
    Initials,
    /// Chinese characters that sound like those meant.
    Alike,
}

impl Way {
    /// Ways by which phrases can be looked up.
    pub(super) const INDEXED: [Self; 6] =
        [Self::Han, Self::Latin, Self::Keys, Self::Consonants, Self::Sound, Self::Initials];

    pub(super) fn script(self) -> Script {
        match self {
            Self::Latin => Script::Latin,
            Self::Keys | Self::Consonants => Script::Hangul,
            Self::Han | Self::Sound | Self::Initials | Self::Alike => Script::Han,
        }
    }

    /// What is written in this way begins with these bytes, at least as far as a key goes.
    pub(super) fn code(self, written: &str) -> Vec<u8> {
        match self {
            Self::Han => written.chars().flat_map(han_code).collect(),
            Self::Alike => pinyin::sound(written).unwrap_or_default().into_bytes(),
            _ => written.as_bytes().to_vec(),
        }
    }
}

/// Two bytes of a Chinese character; those of few characters are the same.
fn han_code(c: char) -> [u8; 2] {
    let [_, _, high, low] = u32::from(c).to_be_bytes();
    [high, low]
}

/// A folded text and its units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrase<'a> {
    pub(super) folded: &'a str,
    pub(super) units: &'a [Unit],
}

impl<'a> Phrase<'a> {
    pub(super) fn text(self, unit: usize) -> &'a str {
        text::slice(self.folded, self.units[unit].span)
    }

    pub(super) fn char(self, unit: usize) -> char {
        self.text(unit).chars().next().unwrap_or_default()
    }

    /// The units from `at` on that have its script.
    pub(super) fn following(self, at: usize) -> std::ops::Range<usize> {
        let script = self.units[at].script;
        let count = self.units[at..].iter().take_while(|unit| unit.script == script).count();
        at..at + count
    }

    pub(super) fn place(self, at: usize) -> Place {
        match self.units[at] {
            _ if at == 0 => Place::Phrase,
            Unit { is_first: false, script: Script::Hangul, .. } => Place::Inside,
            _ => Place::Word,
        }
    }

    /// Calls `each` with every code that what begins at a unit can be looked up by.
    pub(super) fn codes(self, at: usize, mut each: impl FnMut(Way, &[u8])) {
        let following = self.following(at);
        let mut code = Vec::with_capacity(KEY_BYTES * 2);
        let mut fill = |add: &dyn Fn(usize, &mut Vec<u8>)| -> Vec<u8> {
            code.clear();
            for unit in following.clone() {
                add(unit, &mut code);
                if code.len() >= KEY_BYTES {
                    break;
                }
            }
            code.clone()
        };
        match self.units[at].script {
            Script::Han => {
                each(Way::Han, &fill(&|unit, code| code.extend(han_code(self.char(unit)))));
                self.sounds(following.clone(), |sound| each(Way::Sound, sound.as_bytes()));
                self.initials(following, |initials| each(Way::Initials, initials.as_bytes()));
            }
            Script::Hangul => {
                let keys = |unit| hangul::keystrokes(self.text(unit));
                each(Way::Keys, &fill(&|unit, code| code.extend(keys(unit).bytes())));
                each(Way::Consonants, &fill(&|unit, code| code.extend(keys(unit).bytes().next())));
            }
            _ => each(Way::Latin, &fill(&|unit, code| code.extend(self.text(unit).bytes()))),
        }
    }

    /// The sounds of characters, as far as a key goes: the usual one, and those with one
    /// character read in its second way.
    fn sounds(self, units: std::ops::Range<usize>, each: impl FnMut(&str)) {
        let join = |letters: &[&str]| pinyin::sound_of_letters(&letters.concat());
        self.with_second_readings(units, join, each);
    }

    fn initials(self, units: std::ops::Range<usize>, each: impl FnMut(&str)) {
        let first = |letters: &[&str]| letters.iter().filter_map(|letters| letters.chars().next()).collect();
        self.with_second_readings(units, first, each);
    }

    fn with_second_readings(
        self,
        units: std::ops::Range<usize>,
        join: impl Fn(&[&str]) -> String,
        mut each: impl FnMut(&str),
    ) {
        let readings = |unit| pinyin::readings(self.char(unit));
        let mut usual: Vec<&str> =
            units.clone().take(KEY_BYTES).map_while(|unit| readings(unit).next()).collect();
        each(&join(&usual));
        for (place, unit) in (0..usual.len()).zip(units) {
            if let Some(second) = readings(unit).nth(1) {
                let first = std::mem::replace(&mut usual[place], second);
                each(&join(&usual));
                usual[place] = first;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fold::fold;

    #[test]
    fn units_are_characters_syllables_and_words() {
        let folded = "wd-209 提币2fa 출금이 안";
        let cut: Vec<String> = units(folded)
            .iter()
            .map(|unit| format!("{}{}", text::slice(folded, unit.span), if unit.is_first { "" } else { "+" }))
            .collect();
        assert_eq!(cut.join(" "), "wd 209 提 币+ 2fa 출 금+ 이+ 안");
    }

    #[test]
    fn what_is_found_has_a_code_to_look_it_up_by() {
        let folded = fold("银行卡重置 two-step 출금이 실패").text;
        let units = units(&folded);
        let phrase = Phrase { folded: &folded, units: &units };
        for (way, written) in [
            (Way::Han, "行卡重置"),
            (Way::Sound, "yinhan"),
            (Way::Sound, "conzi"),
            (Way::Initials, "yhk"),
            (Way::Alike, "饮杭卡"),
            (Way::Latin, "step"),
            (Way::Keys, "rmadltlfv"),
            (Way::Consonants, "crd"),
        ] {
            assert!(phrase.find(way, written).is_some(), "{written}");
            let beginning = way.code(written);
            let beginning = &beginning[..beginning.len().min(KEY_BYTES)];
            let mut is_indexed = false;
            for at in 0..units.len() {
                phrase.codes(at, |_, code| is_indexed |= code.starts_with(beginning));
            }
            assert!(is_indexed, "{written}");
        }
    }
}
