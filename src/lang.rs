//! The languages an article can be written in and a reader can ask for, and which script
//! a character belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language of articles, readers and interface texts. Ordered by tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Lang {
    /// English, `en`.
    #[serde(rename = "en")]
    En,
    /// Korean, `ko`.
    #[serde(rename = "ko")]
    Ko,
    /// Simplified Chinese, `zh`.
    #[serde(rename = "zh")]
    Zh,
    /// Traditional Chinese, `zh-Hant`.
    #[serde(rename = "zh-Hant")]
    ZhHant,
}

impl Lang {
    /// All languages, in the order in which they are offered to a reader.
    pub const ALL: [Self; 4] = [Self::Zh, Self::ZhHant, Self::En, Self::Ko];

    /// The tag used in folders, URLs and replies.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
            Self::Zh => "zh",
            Self::ZhHant => "zh-Hant",
        }
    }

    /// The language of that exact tag.
    #[must_use]
    pub fn from_exact_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// Matches a BCP 47 tag (RFC 4647 lookup; `_` is read as `-`) to the nearest language:
    /// `zh-HK`, `zh-MO`, `zh-TW` and `zh-Hant-…` read Traditional, other `zh` Simplified.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.trim().split(['-', '_']);
        let primary = parts.next()?.to_ascii_lowercase();
        let rest: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        if rest
            .iter()
            .any(|part| part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            return None;
        }
        match primary.as_str() {
            "en" => Some(Self::En),
            "ko" => Some(Self::Ko),
            "yue" => Some(Self::ZhHant),
            "cmn" => Some(Self::Zh),
            "zh" => Some(match rest.first().map(String::as_str) {
                Some("hant" | "tw" | "hk" | "mo" | "yue") => Self::ZhHant,
                _ => Self::Zh,
            }),
            _ => None,
        }
    }

    /// Picks a language from an `Accept-Language` header: the highest weight that matches,
    /// the first one named where weights are equal. Malformed parts are passed over.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Option<Self> {
        let mut best: Option<(Self, u16)> = None;
        for range in accept_language.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(lang) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = match parts.next().map(str::trim) {
                None => 1000,
                Some(q) => match q.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) {
                    // A quality value has three digits (RFC 9110, 12.4.2).
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "checked to lie in 0..=1"
                    )]
                    Some(q) if (0.0..=1.0).contains(&q) => (q * 1000.0) as u16,
                    _ => continue,
                },
            };
            if weight > 0 && best.is_none_or(|(_, highest)| weight > highest) {
                best = Some((lang, weight));
            }
        }
        best.map(|(lang, _)| lang)
    }

    /// The languages whose articles a reader of this language reads as their own, best
    /// first: a Traditional reader also reads Simplified articles.
    #[must_use]
    pub const fn readable(self) -> &'static [Self] {
        match self {
            Self::En => &[Self::En],
            Self::Ko => &[Self::Ko],
            Self::Zh => &[Self::Zh],
            Self::ZhHant => &[Self::ZhHant, Self::Zh],
        }
    }

    /// The language a text is written in, judged by its scripts; `None` without letters.
    /// Chinese with more Traditional-only than Simplified-only function words is `zh-Hant`.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let (mut han, mut hangul, mut latin, mut traditional, mut simplified) =
            (0usize, 0usize, 0usize, 0usize, 0usize);
        for c in text.chars().take(20_000) {
            match Script::of(c) {
                Script::Han => {
                    han += 1;
                    traditional += usize::from(TRADITIONAL.contains(c));
                    simplified += usize::from(SIMPLIFIED.contains(c));
                }
                Script::Hangul => hangul += 1,
                Script::Latin if c.is_alphabetic() => latin += 1,
                _ => {}
            }
        }
        // A Han character or a Hangul syllable carries about as much as four Latin letters.
        if han.max(hangul) * 4 >= latin && han + hangul > 0 {
            return Some(match (hangul > han, traditional > simplified) {
                (true, _) => Self::Ko,
                (false, true) => Self::ZhHant,
                (false, false) => Self::Zh,
            });
        }
        (latin > 0).then_some(Self::En)
    }
}

/// Frequent characters that only Traditional text has, and their Simplified twins.
const TRADITIONAL: &str =
    "這個們來時說國會為後過還發對開關點機樣門間問題電話頁錢號碼驗證請嗎從與無應實現種進經該讓將並處見";
const SIMPLIFIED: &str =
    "这个们来时说国会为后过还发对开关点机样门间问题电话页钱号码验证请吗从与无应实现种进经该让将并处见";

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// What a character is to the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// A Chinese character.
    Han,
    /// A Korean syllable or letter.
    Hangul,
    /// Japanese kana.
    Kana,
    /// A letter of an alphabet, or a digit.
    Latin,
    /// Anything else: blanks, punctuation, symbols.
    Other,
}

impl Script {
    /// The script of a character.
    #[inline]
    #[must_use]
    pub fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => Self::Latin,
            // ASCII marks, and those of Chinese text.
            '\0'..='\u{7f}' | '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => {
                Self::Other
            }
            '\u{ff01}' | '\u{ff08}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => Self::Other,
            '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
            | '々'
            | '〇' => Self::Han,
            '\u{ac00}'..='\u{d7a3}'
            | '\u{1100}'..='\u{11ff}'
            | '\u{3131}'..='\u{318e}'
            | '\u{a960}'..='\u{a97f}'
            | '\u{d7b0}'..='\u{d7ff}' => Self::Hangul,
            '\u{3041}'..='\u{3096}'
            | '\u{309d}'..='\u{30fa}'
            | '\u{30fc}'..='\u{30ff}'
            | '\u{ff66}'..='\u{ff9d}' => Self::Kana,
            c if c.is_alphanumeric() => Self::Latin,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_match_the_nearest_language() {
        for (tag, lang) in [
            ("zh", Some(Lang::Zh)),
            ("zh-CN", Some(Lang::Zh)),
            ("zh_SG", Some(Lang::Zh)),
            ("zh-Hans-HK", Some(Lang::Zh)),
            ("zh-TW", Some(Lang::ZhHant)),
            ("ZH-hant-CN", Some(Lang::ZhHant)),
            ("zh-MO", Some(Lang::ZhHant)),
            ("en-US", Some(Lang::En)),
            ("ko-KR", Some(Lang::Ko)),
            ("english", None),
            ("fr", None),
            ("en-", None),
            ("", None),
        ] {
            assert_eq!(Lang::from_tag(tag), lang, "{tag}");
        }
    }

    #[test]
    fn header_is_negotiated_by_weight_then_order() {
        for (header, lang) in [
            ("ko-KR,ko;q=0.9,en;q=0.8", Some(Lang::Ko)),
            ("fr,zh-HK;q=0.5,en;q=0.4", Some(Lang::ZhHant)),
            ("en;q=0.3,zh;q=0.9", Some(Lang::Zh)),
            ("en;q=0,ko;q=0.1", Some(Lang::Ko)),
            ("*", None),
            ("en;q=nan, ;;;,zh;q=2", None),
        ] {
            assert_eq!(Lang::negotiate(header), lang, "{header}");
        }
    }

    #[test]
    fn text_is_recognized_by_script() {
        for (text, lang) in [
            ("如何提现到银行卡", Some(Lang::Zh)),
            ("為什麼這個帳號無法登入", Some(Lang::ZhHant)),
            ("비밀번호를 잊었어요 OTP", Some(Lang::Ko)),
            ("How do I reset 2FA?", Some(Lang::En)),
            ("提币 USDT-TRC20", Some(Lang::Zh)),
            ("123 !?", None),
        ] {
            assert_eq!(Lang::of_text(text), lang, "{text}");
        }
    }
}
