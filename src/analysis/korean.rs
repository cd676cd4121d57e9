//! Korean (and kana): the word between blanks without its particle, and pairs of neighbors,
//! which find a noun in any form and need no dictionary.
//!
//! What is taken off are the particles that follow a noun, where their form agrees with it (은 behind
//! a consonant, 는 behind a vowel), the forms of 하다 and 되다 that make a verb of it (출금했는데,
//! 출금이 and 출금 are one word), and how clauses end (들어왔어요, 들어왔는데). The rule knows no words, so it may take too much; it takes the
//! same in articles and questions.

use super::chinese::grams;
use super::{Each, Emitter, Kind, Mode};
use crate::lang::Script;
use crate::text::{self, Span};

/// At least so many syllables are left.
const LEAST: usize = 2;
/// Particles may follow each other.
const MOST_PARTICLES: usize = 3;

/// Behind which syllables a particle can stand.
#[derive(Debug, Clone, Copy)]
enum After {
    Any,
    Consonant,
    Vowel,
    /// A vowel or ㄹ.
    Open,
}

/// Particles; no other is the end of one that comes after it.
const PARTICLES: [(&str, After); 44] = [
    ("으로부터", After::Consonant),
    ("에서부터", After::Any),
    ("에서는", After::Any),
    ("에서도", After::Any),
    ("에게서", After::Any),
    ("한테서", After::Any),
    ("으로는", After::Consonant),
    ("으로도", After::Consonant),
    ("으로서", After::Consonant),
    ("으로써", After::Consonant),
    ("까지는", After::Any),
    ("부터는", After::Any),
    ("이라는", After::Consonant),
    ("이라도", After::Consonant),
    ("이라고", After::Consonant),
    ("로부터", After::Open),
    ("에서", After::Any),
    ("에게", After::Any),
    ("한테", After::Any),
    ("까지", After::Any),
    ("부터", After::Any),
    ("으로", After::Consonant),
    ("이나", After::Consonant),
    ("이랑", After::Consonant),
    ("처럼", After::Any),
    ("보다", After::Any),
    ("마다", After::Any),
    ("밖에", After::Any),
    ("에는", After::Any),
    ("에도", After::Any),
    ("로는", After::Open),
    ("인데", After::Any),
    ("라는", After::Vowel),
    ("라도", After::Vowel),
    ("은", After::Consonant),
    ("는", After::Vowel),
    ("이", After::Consonant),
    ("가", After::Vowel),
    ("을", After::Consonant),
    ("를", After::Vowel),
    ("과", After::Consonant),
    ("와", After::Vowel),
    ("로", After::Open),
    ("에", After::Any),
];

/// Forms of 하다 and 되다, longest first.
const VERBS: [&str; 55] = [
    "하였습니다",
    "되었습니다",
    "해주세요",
    "했습니다",
    "됐습니다",
    "하는데요",
    "했는데요",
    "되었는데",
    "되었어요",
    "하고싶어요",
    "하는데",
    "했는데",
    "됐는데",
    "했어요",
    "됐어요",
    "합니다",
    "됩니다",
    "하나요",
    "되나요",
    "할까요",
    "될까요",
    "하려면",
    "하려고",
    "하세요",
    "하는지",
    "되는지",
    "했는지",
    "됐는지",
    "할때",
    "하면",
    "되면",
    "하고",
    "되고",
    "하여",
    "되어",
    "해서",
    "돼서",
    "해야",
    "해도",
    "돼도",
    "하는",
    "되는",
    "하기",
    "되기",
    "하지",
    "되지",
    "해요",
    "돼요",
    "한다",
    "된다",
    "하다",
    "되다",
    "했다",
    "됐다",
    "된",
];

/// How sentences and clauses end, whatever the verb.
const ENDINGS: [&str; 26] = [
    "습니다",
    "습니까",
    "었어요",
    "았어요",
    "더라고요",
    "거든요",
    "는데요",
    "은데요",
    "으려면",
    "으려고",
    "려면",
    "려고",
    "어요",
    "아요",
    "네요",
    "나요",
    "까요",
    "지요",
    "대요",
    "래요",
    "는데",
    "은데",
    "지만",
    "는지",
    "으면",
    "죠",
];

/// A word without particles, without what makes a verb of it, and without the end of a clause.
pub(super) fn stem(word: &str) -> &str {
    let mut rest = word;
    for _ in 0..MOST_PARTICLES {
        if let Some(noun) = VERBS.iter().find_map(|verb| without(rest, verb)) {
            return noun;
        }
        let particle = |(particle, after): &(&str, After)| {
            without(rest, particle).filter(|noun| noun.chars().last().is_some_and(|last| after.allows(last)))
        };
        match PARTICLES.iter().find_map(particle) {
            Some(noun) => rest = noun,
            None => break,
        }
    }
    ENDINGS.iter().find_map(|ending| without(rest, ending)).unwrap_or(rest)
}

/// The word before an ending, if enough is left.
fn without<'a>(word: &'a str, ending: &str) -> Option<&'a str> {
    word.strip_suffix(ending).filter(|noun| noun.chars().nth(LEAST - 1).is_some())
}

impl After {
    fn allows(self, syllable: char) -> bool {
        // The last consonant of a syllable, 0 for none (The Unicode Standard, 3.12).
        const RIEUL: u32 = 8;
        let last = match syllable {
            '가'..='힣' => (syllable as u32 - '가' as u32) % 28,
            _ => return false,
        };
        match self {
            Self::Any => true,
            Self::Consonant => last != 0,
            Self::Vowel => last == 0,
            Self::Open => last == 0 || last == RIEUL,
        }
    }
}

/// What a word denies where 안 or 못 is written without a blank: 왔어요 of 안왔어요.
fn denied(word: &str) -> &str {
    let is_clause = ["요", "다", "죠", "네", "까", "데", "음", "옴"].iter().any(|end| word.ends_with(end));
    let rest = word.strip_prefix(['안', '못']).filter(|_| is_clause);
    rest.filter(|rest| rest.chars().nth(LEAST - 1).is_some()).unwrap_or(word)
}

/// Sends the tokens of a run of one script that begins at byte `start`. Of a query's word only
/// the pairs of its stem: how it ends tells nothing.
pub(super) fn tokens<E: Each>(run: &str, start: usize, script: Script, mode: Mode, emitter: &mut Emitter<E>) {
    if run.chars().nth(1).is_none() {
        emitter.token(run, Span::new(start, start + run.len()), 0, Kind::Word(script));
        // A single syllable is its own word; as a gram it would only repeat it.
        emitter.position += 1;
        return;
    }
    let rest = if script == Script::Hangul { denied(run) } else { run };
    let (before, stem) = (run.len() - rest.len(), if script == Script::Hangul { stem(rest) } else { rest });
    let ahead = text::upto(run, before).chars().count();
    emitter.token(stem, Span::new(start + before, start + before + stem.len()), ahead, Kind::Word(script));
    if mode == Mode::Index {
        emitter.position += grams(run, start, emitter);
        return;
    }
    let ending = text::from(rest, stem.len()).chars().count();
    emitter.position += ahead;
    emitter.position += grams(stem, start + before, emitter) + ending;
}

#[cfg(test)]
mod tests {
    use super::{denied, stem};

    #[test]
    fn what_is_denied_is_a_word() {
        for (word, expected) in [
            ("안왔어요", "왔어요"),
            ("못받았어요", "받았어요"),
            ("안내", "안내"),
            ("안드로이드", "안드로이드"),
            ("안돼", "안돼"),
        ] {
            assert_eq!(denied(word), expected, "{word}");
        }
    }

    #[test]
    fn particles_and_verbs_are_taken_off_nouns() {
        for (word, expected) in [
            ("은행에서", "은행"),
            ("은행에서는", "은행"),
            ("은행에서만은", "은행에서만"),
            ("출금이", "출금"),
            ("출금을", "출금"),
            ("수수료는", "수수료"),
            ("이메일로", "이메일"),
            ("출금했는데", "출금"),
            ("출금하려면", "출금"),
            ("입금되었는데", "입금"),
            ("가능한가요", "가능한가요"),
            ("들어왔어요", "들어왔"),
            ("가져오려면", "가져오"),
            ("어떻게하나요", "어떻게"),
            // The form does not agree, or too little is left.
            ("국가", "국가"),
            ("한도", "한도"),
            ("문의", "문의"),
            ("하나요", "하나요"),
            ("돈이", "돈이"),
            ("코인", "코인"),
            ("바이비트", "바이비트"),
            ("", ""),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }
}
