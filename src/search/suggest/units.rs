//! What a phrase consists of, and the ways to write what begins in it.
//!
//! A *unit* is a Chinese character, a Korean syllable, or a word of letters and digits. What
//! is typed may begin at any unit and goes on over the following ones of the same script,
//! whatever blanks and marks stand between them: `wd209` is `WD-209`, `회원가입` is `회원 가입`.

use std::borrow::Cow;

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

    /// The way by which it is looked up.
    pub(super) fn indexed(self) -> Self {
        if self == Self::Alike { Self::Sound } else { self }
    }

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
    pub(super) fn following(self, at: usize) -> impl Iterator<Item = usize> + use<'a> {
        let units = self.units;
        (at..units.len()).take_while(move |unit| units[*unit].script == units[at].script)
    }

    pub(super) fn place(self, at: usize) -> Place {
        match self.units[at] {
            _ if at == 0 => Place::Phrase,
            Unit { is_first: false, script: Script::Hangul, .. } => Place::Inside,
            _ => Place::Word,
        }
    }

    /// Calls `each` with every unit and every code that what begins there can be looked up by.
    pub(super) fn codes(self, mut each: impl FnMut(usize, Way, &[u8])) {
        let spelled: Vec<Spelled<'_>> = (0..self.units.len()).map(|unit| self.spelled(unit)).collect();
        let mut code = Vec::with_capacity(KEY_BYTES * 2);
        for (at, unit) in self.units.iter().enumerate() {
            for way in Way::INDEXED.into_iter().filter(|way| way.script() == unit.script) {
                let following = || self.following(at).map(|unit| &spelled[unit]);
                write_code(way, following(), None, &mut code);
                each(at, way, &code);
                if !matches!(way, Way::Sound | Way::Initials) {
                    continue;
                }
                // Once more for each character that is also read otherwise.
                for (place, spelled) in following().take(KEY_BYTES).enumerate() {
                    if spelled.second.is_some() {
                        write_code(way, following(), Some(place), &mut code);
                        each(at, way, &code);
                    }
                }
            }
        }
    }

    fn spelled(self, unit: usize) -> Spelled<'a> {
        let text = self.text(unit);
        match self.units[unit].script {
            Script::Han => {
                let c = self.char(unit);
                let mut readings = pinyin::readings(c);
                Spelled { code: han_code(c).to_vec().into(), usual: readings.next(), second: readings.next() }
            }
            Script::Hangul => {
                Spelled { code: hangul::keystrokes(text).into_bytes().into(), usual: None, second: None }
            }
            _ => Spelled { code: text.as_bytes().into(), usual: None, second: None },
        }
    }
}

/// How a unit is written, and how it is read.
struct Spelled<'a> {
    code: Cow<'a, [u8]>,
    usual: Option<&'static str>,
    second: Option<&'static str>,
}

/// Writes the code of units as far as a key goes, the one at `other` in its second reading.
fn write_code<'s>(
    way: Way,
    units: impl Iterator<Item = &'s Spelled<'s>>,
    other: Option<usize>,
    code: &mut Vec<u8>,
) {
    code.clear();
    // Of two letters of a sound, one stays at least.
    let enough = if way == Way::Sound { 2 * KEY_BYTES } else { KEY_BYTES };
    for (place, spelled) in units.enumerate() {
        let reading = if other == Some(place) { spelled.second } else { spelled.usual };
        match way {
            Way::Sound | Way::Initials => {
                let Some(reading) = reading else { break };
                let length = if way == Way::Sound { reading.len() } else { 1 };
                code.extend(reading.bytes().take(length));
            }
            Way::Consonants => code.extend(spelled.code.first()),
            _ => code.extend_from_slice(&spelled.code),
        }
        if code.len() >= enough {
            break;
        }
    }
    if way == Way::Sound {
        let letters = String::from_utf8_lossy(code);
        *code = pinyin::sound_of_letters(&letters).into_bytes();
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
            phrase.codes(|_, known, code| {
                is_indexed |= known == way.indexed() && code.starts_with(beginning);
            });
            assert!(is_indexed, "{written}");
        }
    }
}
