//! Traditional to Simplified, character by character, by the table of OpenCC (`t2s`), plus
//! pairs that both scripts use side by side for one word.
//!
//! A table over the Basic Multilingual Plane makes folding a look-up; the few Traditional
//! characters outside it are left as they are.

use std::sync::OnceLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

/// First and last character of the table: CJK Extension A to the end of the main block.
const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;

/// Characters that Simplified text mixes up or writes either way, and the one kept.
const SAME: [(char, char); 4] = [('帐', '账'), ('唿', '呼'), ('著', '着'), ('甚', '什')];

static TABLE: OnceLock<Vec<u16>> = OnceLock::new();

/// The table, once it is there: for those who ask it often.
#[derive(Clone, Copy)]
pub(super) struct Table(&'static [u16]);

impl Table {
    pub(super) fn get() -> Self {
        Self(table())
    }

    /// The Simplified form of a character, or the character itself.
    pub(super) fn simplify(self, c: char) -> char {
        let index = u32::from(c).wrapping_sub(FIRST) as usize;
        match self.0.get(index) {
            Some(simplified) => char::from_u32(u32::from(*simplified)).unwrap_or(c),
            None => c,
        }
    }
}

/// The Simplified form of a character, or the character itself.
pub(super) fn simplify(c: char) -> char {
    Table::get().simplify(c)
}

/// The whole table, for the analysis fingerprint.
pub(super) fn table_bytes() -> Vec<u8> {
    table().iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

fn table() -> &'static [u16] {
    TABLE.get_or_init(|| {
        let converter =
            OpenCC::from_config(BuiltinConfig::T2s).expect("OpenCC's t2s dictionaries are built in");
        let once = |c: char| converter.convert(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c);
        let simplify = |code: u32| {
            let c = char::from_u32(code).unwrap_or('\u{fffd}');
            // Twice: a few characters (薴) become one that is Traditional itself.
            let first = once(c);
            let simplified = if first == c { c } else { once(first) };
            let kept = SAME.iter().find(|(from, _)| *from == simplified).map_or(simplified, |(_, to)| *to);
            // A Simplified form outside the plane would not fit: keep the character.
            u16::try_from(u32::from(kept)).or_else(|_| u16::try_from(code)).unwrap_or_default()
        };
        (FIRST..=LAST).map(simplify).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_becomes_simplified_and_nothing_else_changes() {
        let fold = |text: &str| text.chars().map(simplify).collect::<String>();
        assert_eq!(fold("帳號賬號驗證碼凍結"), "账号账号验证码冻结");
        assert_eq!(fold("简体字 abc 한국어 かな"), "简体字 abc 한국어 かな");
        for code in FIRST..=LAST {
            let c = char::from_u32(code).unwrap();
            assert_eq!(simplify(simplify(c)), simplify(c), "{c}");
        }
    }
}
