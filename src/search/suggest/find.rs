//! Where something typed stands in a phrase, in every way to write it.

use super::keys::Place;
use super::units::{Phrase, Way};
use crate::analysis::{hangul, pinyin};
use crate::text::Span;

/// Where something stands in a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of the folded text.
    pub(super) span: Span,
    pub(super) place: Place,
    pub(super) end: End,
}

/// Where in a word something ends. Chinese words have no ends: there it is always a word's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With the word.
    Word,
    /// Behind one of its syllables.
    Syllable,
    /// Inside a syllable, or inside a Latin word.
    Inside,
}

impl Phrase<'_> {
    /// Where something written in this way stands: at the best place, there the first.
    pub(super) fn find(self, way: Way, written: &str) -> Option<Found> {
        let candidates = (0..self.units.len()).filter(|at| self.units[*at].script == way.script());
        let mut best: Option<Found> = None;
        for at in candidates {
            let place = self.place(at);
            if best.is_some_and(|best| best.place <= place) {
                continue;
            }
            if let Some((to, end)) = self.end_of(way, written, at) {
                best = Some(Found { span: Span::new(self.units[at].span.start, to), place, end });
                if place == Place::Phrase {
                    break;
                }
            }
        }
        best
    }

    /// Where something that begins at a unit ends.
    fn end_of(self, way: Way, written: &str, at: usize) -> Option<(usize, End)> {
        let following = self.following(at);
        let unit_end = |unit: usize| self.units[unit].span.end;
        match way {
            Way::Han => {
                let last = along(following, written.chars(), |unit, c| self.char(unit) == c)?;
                Some((unit_end(last), End::Word))
            }
            Way::Alike => {
                let last = along(following, written.chars(), |unit, c| {
                    let wanted = pinyin::sound(c.encode_utf8(&mut [0; 4]));
                    let known = self.char(unit);
                    known == c
                        || wanted.is_some()
                            && pinyin::readings(known)
                                .any(|one| Some(pinyin::sound_of_letters(one)) == wanted)
                })?;
                Some((unit_end(last), End::Word))
            }
            Way::Initials => {
                let last = along(following, written.chars(), |unit, c| {
                    pinyin::readings(self.char(unit)).any(|reading| reading.starts_with(c))
                })?;
                Some((unit_end(last), End::Word))
            }
            Way::Consonants => {
                let last = along(following, written.chars(), |unit, c| {
                    hangul::keystrokes(self.text(unit)).starts_with(c)
                })?;
                Some((unit_end(last), self.end_at(last)))
            }
            Way::Keys => {
                let (last, left) = consume(following, written, |unit| hangul::keystrokes(self.text(unit)))?;
                Some((unit_end(last), if left == 0 { self.end_at(last) } else { End::Inside }))
            }
            Way::Latin => {
                let (last, left) = consume(following, written, |unit| self.text(unit))?;
                Some((unit_end(last) - left, if left == 0 { End::Word } else { End::Inside }))
            }
            Way::Sound => {
                let last = self.sounds_like(at, written, &mut String::new())?;
                Some((unit_end(last), End::Word))
            }
        }
    }

    fn end_at(self, unit: usize) -> End {
        let is_last = self.units.get(unit + 1).is_none_or(|next| next.is_first);
        if is_last { End::Word } else { End::Syllable }
    }

    /// Follows a sound from a unit on, whichever way each character is read: the last unit.
    fn sounds_like(self, unit: usize, wanted: &str, letters: &mut String) -> Option<usize> {
        if self.units.get(unit)?.script != Way::Sound.script() {
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
                self.sounds_like(unit + 1, wanted, letters)
            } else {
                None
            };
            letters.truncate(before);
            found
        })
    }
}

/// Follows what is written through the units: the last one reached, and how many of its
/// bytes are left.
fn consume<T: AsRef<str>>(
    units: impl Iterator<Item = usize>,
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

/// Follows characters through units, one for one; the last unit, if all of them fit.
fn along(
    units: impl Iterator<Item = usize>,
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
    use super::super::units::units;
    use super::*;
    use crate::analysis::fold::fold;
    use crate::text;

    /// The part of `phrase` where `written` stands.
    fn check(phrase: &str, way: Way, written: &str, expect: Option<(&str, Place)>) {
        let folded = fold(phrase).text;
        let units = units(&folded);
        let found = Phrase { folded: &folded, units: &units }.find(way, written);
        let found = found.map(|found| (text::slice(&folded, found.span), found.place));
        assert_eq!(found, expect, "{written} in {phrase}");
    }

    #[test]
    fn what_is_typed_is_found_in_every_way() {
        use Place::{Inside, Phrase, Word};
        for (phrase, way, written, expect) in [
            ("收不到驗證碼", Way::Han, "验证", Some(("验证", Word))),
            ("到账？多久", Way::Han, "账多", Some(("账?多", Word))),
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
}
