//! What a phrase consists of, the ways to write its beginnings, and where something typed
//! stands in it.
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

    fn script(self) -> Script {
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

/// Where something stands in a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of the folded text.
    pub(super) span: Span,
    pub(super) place: Place,
    /// It ends where a word ends. Chinese words have no ends.
    pub(super) is_whole: bool,
}

impl<'a> Phrase<'a> {
    fn text(self, unit: usize) -> &'a str {
        text::slice(self.folded, self.units[unit].span)
    }

    fn char(self, unit: usize) -> char {
        self.text(unit).chars().next().unwrap_or_default()
    }

    /// The units from `at` on that have its script.
    fn following(self, at: usize) -> std::ops::Range<usize> {
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
        let mut usual: Vec<&str> = units.clone().take(KEY_BYTES).map_while(|unit| readings(unit).next()).collect();
        each(&join(&usual));
        for (place, unit) in (0..usual.len()).zip(units) {
            if let Some(second) = readings(unit).nth(1) {
                let first = std::mem::replace(&mut usual[place], second);
                each(&join(&usual));
                usual[place] = first;
            }
        }
    }

    /// Where something written in this way stands: at the best place, there the first.
    pub(super) fn find(self, way: Way, written: &str) -> Option<Found> {
        let candidates = (0..self.units.len()).filter(|at| self.units[*at].script == way.script());
        let mut best: Option<Found> = None;
        for at in candidates {
            let place = self.place(at);
            if best.is_some_and(|best| best.place <= place) {
                continue;
            }
            if let Some((end, is_whole)) = self.end_of(way, written, at) {
                best = Some(Found { span: Span::new(self.units[at].span.start, end), place, is_whole });
                if place == Place::Phrase || is_whole && place == Place::Word {
                    break;
                }
            }
        }
        best
    }

    /// Where something that begins at a unit ends, and whether a word ends there.
    fn end_of(self, way: Way, written: &str, at: usize) -> Option<(usize, bool)> {
        let following = self.following(at);
        let unit_end = |unit: usize| self.units[unit].span.end;
        match way {
            Way::Han => {
                let last = along(following, written.chars(), |unit, c| self.char(unit) == c)?;
                Some((unit_end(last), true))
            }
            Way::Alike => {
                let last = along(following, written.chars(), |unit, c| {
                    let wanted = pinyin::sound(c.encode_utf8(&mut [0; 4]));
                    let known = self.char(unit);
                    known == c
                        || wanted.is_some()
                            && pinyin::readings(known).any(|one| Some(pinyin::sound_of_letters(one)) == wanted)
                })?;
                Some((unit_end(last), true))
            }
            Way::Initials => {
                let last = along(following, written.chars(), |unit, c| {
                    pinyin::readings(self.char(unit)).any(|reading| reading.starts_with(c))
                })?;
                Some((unit_end(last), true))
            }
            Way::Consonants => {
                let last = along(following, written.chars(), |unit, c| {
                    hangul::keystrokes(self.text(unit)).starts_with(c)
                })?;
                Some((unit_end(last), self.ends_word(last)))
            }
            Way::Keys => {
                let (last, left) = self.consume(following, written, |unit| hangul::keystrokes(self.text(unit)))?;
                Some((unit_end(last), left == 0 && self.ends_word(last)))
            }
            Way::Latin => {
                let (last, left) = self.consume(following, written, |unit| self.text(unit))?;
                let end = unit_end(last) - left;
                Some((end, left == 0))
            }
            Way::Sound => {
                let last = self.sounds_like(following, written, &mut String::new())?;
                Some((unit_end(last), true))
            }
        }
    }

    fn ends_word(self, unit: usize) -> bool {
        self.units.get(unit + 1).is_none_or(|next| next.is_first)
    }

    /// Follows what is written through the units: the last one reached, and how many of its
    /// bytes are left.
    fn consume<T: AsRef<str>>(
        self,
        units: std::ops::Range<usize>,
        written: &str,
        of_unit: impl Fn(usize) -> T,
    ) -> Option<(usize, usize)> {
        let mut rest = written;
        for unit in units {
            let own = of_unit(unit);
            let own = own.as_ref();
            if let Some(left) = own.strip_prefix(rest) {
                return Some((unit, left.len()));
            }
            rest = rest.strip_prefix(own)?;
        }
        None
    }

    /// Follows a sound through the units, whichever way each character is read.
    fn sounds_like(self, units: std::ops::Range<usize>, wanted: &str, letters: &mut String) -> Option<usize> {
        let unit = units.start;
        if units.is_empty() {
            return None;
        }
        pinyin::readings(self.char(unit)).find_map(|reading| {
            if letters.is_empty() && !wanted.starts_with(reading.chars().next()?) {
                return None;
            }
            let before = letters.len();
            letters.push_str(reading);
            let sound = pinyin::sound_of_letters(letters);
            let found = if sound.starts_with(wanted) {
                Some(unit)
            } else if wanted.starts_with(&sound) {
                self.sounds_like(unit + 1..units.end, wanted, letters)
            } else {
                None
            };
            letters.truncate(before);
            found
        })
    }
}

/// Follows characters through units, one for one; the last unit, if all of them fit.
fn along(
    units: std::ops::Range<usize>,
    written: impl Iterator<Item = char>,
    fits: impl Fn(usize, char) -> bool,
) -> Option<usize> {
    let mut units = units;
    let mut last = None;
    for c in written {
        last = Some(units.next().filter(|unit| fits(*unit, c))?);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fold::fold;

    /// The part of `phrase` where `written` stands.
    fn check(phrase: &str, way: Way, written: &str, expect: Option<(&str, Place)>) {
        let folded = fold(phrase).text;
        let units = units(&folded);
        let found = Phrase { folded: &folded, units: &units }.find(way, written);
        let found = found.map(|found| (text::slice(&folded, found.span), found.place));
        assert_eq!(found, expect, "{written} in {phrase}");
    }

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
    fn what_is_typed_is_found_in_every_way() {
        use Place::{Inside, Phrase, Word};
        for (phrase, way, written, expect) in [
            ("收不到驗證碼", Way::Han, "验证", Some(("验证", Word))),
            ("到账？多久", Way::Han, "账多", Some(("账？多", Word))),
            ("收不到验证码", Way::Han, "证验", None),
            ("Two-step (2FA)", Way::Latin, "twost", Some(("two-st", Phrase))),
            ("Two-step (2FA)", Way::Latin, "step", Some(("step", Word))),
            ("Two-step (2FA)", Way::Latin, "fa", None),
            ("코인 출금이 안 돼요", Way::Keys, "cnfr", Some(("출금", Word))),
            ("미출금", Way::Keys, "cnfrma", Some(("출금", Inside))),
            ("회원 가입", Way::Keys, "ghldnjsrk", Some(("회원 가", Phrase))),
            ("코인 출금", Way::Consonants, "cr", Some(("출금", Word))),
            ("收不到验证码", Way::Sound, "yanz", Some(("验证", Word))),
            ("收不到验证码", Way::Sound, "yanzenmaa", None),
            ("银行卡", Way::Sound, "yinhan", Some(("银行", Phrase))),
            ("重置密码", Way::Initials, "czmm", Some(("重置密码", Phrase))),
            ("收不到验证码", Way::Initials, "yzm", Some(("验证码", Word))),
            ("充值没到账", Way::Alike, "冲值没道账", Some(("充值没到账", Phrase))),
            ("充值没到账", Way::Alike, "提现", None),
        ] {
            check(phrase, way, written, expect);
        }
    }

    #[test]
    fn what_is_found_has_a_code_to_look_it_up_by() {
        let folded = fold("银行卡重置 two-step 출금이 실패").text;
        let units = units(&folded);
        let phrase = Phrase { folded: &folded, units: &units };
        for (way, written) in [
            (Way::Han, "行卡重置"),
            (Way::Sound, "yinhan"),
            (Way::Sound, "congzi"),
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
