//! Text to tokens: one code path for articles and for queries, pure and deterministic.
//!
//! 1. [`fold`]: one spelling for what readers take for the same (case, width, accents,
//!    Traditional and Simplified), with a map back to the original text.
//! 2. Runs of one script: Han to `chinese`, Hangul and kana to `korean`, letters and
//!    digits to `english`.
//! 3. *Words* for precision, *grams* (pairs of neighboring characters) for recall, *pairs* of
//!    neighboring Latin words for closeness, each with its span in the original and a position.
//!
//! A position is a running count: one for each Han, Hangul or kana character, one for each
//! part of a Latin word. A word and its parts begin at the same position, so that phrases
//! match whatever the segmentation was.
//!
//! **Invariant:** spans lie on character boundaries of the original text.
//! **Invariant:** the positions of one term never fall.
//! **Invariant:** the same text gives the same grams in an article and in a query.

pub mod fold;
mod variants;

mod chinese;
mod english;
mod korean;

pub mod hangul;
pub mod lookalikes;
pub mod pinyin;

pub mod stop_words;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use self::english::Stems;
use crate::lang::Script;
use crate::lexicon::Lexicon;
use crate::text::{self, Span};

/// Raised whenever the tokens of any text change.
const VERSION: u32 = 3;

/// A token of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The folded text, stemmed where it is an English word.
    pub text: &'a str,
    /// Where it stands in the original.
    pub span: Span,
    /// Its place in the running count.
    pub position: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word; the script says how it was found.
    Word(Script),
    /// A part of the word before it: `erc` and `20` of `ERC-20`.
    Part,
    /// A pair of neighboring characters, or a single one that has no neighbor.
    Gram,
    /// Two Latin words with nothing but blanks between them, as `one two`.
    Pair,
}

/// For what a text is analyzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// An article: words and the shorter words inside them.
    Index,
    /// A query: words, not the words inside them.
    Query,
}

/// Begins to load the dictionaries on a thread of its own; the next [`Analyzer::new`] waits for
/// them instead of loading them itself.
pub fn prepare() {
    chinese::prepare();
}

/// The analysis with its dictionaries. Cloning shares them.
#[derive(Clone)]
pub struct Analyzer {
    segmenter: Arc<chinese::Segmenter>,
    stemmer: Arc<english::Stemmer>,
}

impl Analyzer {
    /// Loads the dictionaries and adds the words of a field.
    #[must_use]
    pub fn new(lexicon: &Lexicon) -> Self {
        Self {
            segmenter: Arc::new(chinese::Segmenter::new(lexicon)),
            stemmer: Arc::new(english::Stemmer::default()),
        }
    }

    /// Calls `each` for every token of `text`, by position.
    pub fn analyze(&self, text: &str, mode: Mode, mut each: impl FnMut(Token<'_>)) {
        let folded = fold::fold(text);
        let mut cursor = 0;
        self.emit(&folded.text, mode, &mut Stems::default(), |text, span, position, kind| {
            let span = folded.original_from(span, &mut cursor);
            each(Token { text, span, position, kind });
        });
    }

    /// Calls `each` with the text, the position and the kind of every token that
    /// [`Self::analyze`] finds in an article's text, in the same order; returns how many
    /// positions there are. What an index needs, without the way back to the original.
    /// `room` makes what comes after it faster.
    pub fn terms(&self, text: &str, room: &mut Room, mut each: impl FnMut(&str, usize, Kind)) -> usize {
        let Room { folded, stems } = room;
        folded.clear();
        fold::fold_into(text, folded, |_, _, _| {});
        self.emit(folded, Mode::Index, stems, |text, _, position, kind| each(text, position, kind))
    }

    fn emit(&self, folded: &str, mode: Mode, stems: &mut Stems, each: impl Each) -> usize {
        let mut emitter = Emitter { position: 0, each };
        // The Latin word before this run, where it stands, and its position.
        let mut before: Option<(Span, usize)> = None;
        let [mut first, mut second, mut pair] = [const { String::new() }; 3];
        for run in runs(folded) {
            let inner = text::slice(folded, run.span);
            match run.script {
                Script::Han => self.segmenter.tokens(inner, run.span.start, mode, &mut emitter),
                Script::Hangul | Script::Kana => {
                    korean::tokens(inner, run.span.start, run.script, mode, &mut emitter);
                }
                Script::Latin => {
                    self.stemmer.whole(inner, stems, &mut second);
                    if let Some((span, position)) = before
                        && folded.as_bytes()[span.end..run.span.start].iter().all(|byte| *byte == b' ')
                    {
                        pair.clear();
                        pair.extend([first.as_str(), " ", second.as_str()]);
                        (emitter.each)(&pair, Span::new(span.start, run.span.end), position, Kind::Pair);
                    }
                    let position = emitter.position;
                    self.stemmer.tokens(inner, &second, run.span.start, stems, &mut emitter);
                    before = Some((run.span, position));
                    std::mem::swap(&mut first, &mut second);
                    continue;
                }
                Script::Other => {}
            }
            before = None;
        }
        emitter.position
    }

    /// Whether a folded Chinese word stands in a dictionary, jieba's or the lexicon.
    #[must_use]
    pub fn is_chinese_word(&self, word: &str) -> bool {
        self.segmenter.has_word(word)
    }

    /// The stem of a folded Latin word.
    #[must_use]
    pub fn stem<'a>(&self, word: &'a str) -> std::borrow::Cow<'a, str> {
        self.stemmer.stem(word)
    }
}

/// Names this analysis: two builds with the same fingerprint make the same tokens. It
/// covers the version above, the variant table, and the tokens of a text in all scripts
/// (and with them the dictionaries behind them).
#[must_use]
pub fn fingerprint(analyzer: &Analyzer) -> String {
    let mut digest = Sha256::new();
    digest.update(VERSION.to_le_bytes());
    digest.update(variants::table_bytes());
    for mode in [Mode::Index, Mode::Query] {
        analyzer.analyze(PROBE, mode, |token| {
            digest.update(format!("{token:?}\n"));
        });
    }
    let hash = text::hex(&digest.finalize());
    format!("{VERSION}-{}", text::upto(&hash, 12))
}

/// A text in which every rule of the analysis has something to do.
const PROBE: &str = "如何在交易平台上解除帳號凍結？我的資產為什麼還沒有到賬，请问身份验证审核需要多久。ＥＲＣ－２０ erc20 2FA -1021 \
10,000.50 SK-II support@example.com withdrawals running studies café 출금이 안 돼요 2단계인증 パスワード 乾坤 頭髮 後台";

/// What the analysis of many texts uses again: room, and the stems of words that it has met.
pub struct Room {
    folded: String,
    stems: Stems,
}

impl Default for Room {
    fn default() -> Self {
        Self { folded: String::new(), stems: Stems::kept() }
    }
}

/// Takes a token's text, its span in the folded text, its position and its kind.
trait Each: FnMut(&str, Span, usize, Kind) {}

impl<F: FnMut(&str, Span, usize, Kind)> Each for F {}

/// Where tokens go, and the count of positions.
struct Emitter<E> {
    position: usize,
    each: E,
}

impl<E: Each> Emitter<E> {
    /// Sends a token that begins `ahead` positions after the current one.
    fn token(&mut self, text: &str, span: Span, ahead: usize, kind: Kind) {
        (self.each)(text, span, self.position + ahead, kind);
    }
}

/// A stretch of folded text in one script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The script; never [`Script::Other`].
    pub script: Script,
    /// Bytes of the folded text.
    pub span: Span,
}

/// Splits folded text into runs. A Latin run is a word with the marks that join its parts
/// (`erc-20`, `don't`, `support@example.com`, `-1021`).
pub fn runs(folded: &str) -> impl Iterator<Item = Run> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text::from(folded, at);
            let c = rest.chars().next()?;
            let script = Script::of(c);
            let length = match script {
                Script::Other if english::is_signed_number(text::upto(folded, at), rest) => {
                    english::chunk_length(rest)
                }
                Script::Other => {
                    at += c.len_utf8();
                    continue;
                }
                Script::Latin => english::chunk_length(rest),
                script => rest.find(|c| Script::of(c) != script).unwrap_or(rest.len()),
            };
            let span = Span::new(at, at + length);
            at = span.end;
            let script = if script == Script::Other { Script::Latin } else { script };
            return Some(Run { script, span });
        }
    })
}

/// The length of the Latin run that `rest` begins with, `before` being the character in
/// front of it; 0 where none begins.
#[must_use]
pub fn latin_run(rest: &str, before: char) -> usize {
    match rest.chars().next().map(Script::of) {
        Some(Script::Latin) => english::chunk_length(rest),
        Some(Script::Other) if english::is_signed_number(before.encode_utf8(&mut [0; 4]), rest) => {
            english::chunk_length(rest)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn analyzer() -> Analyzer {
        static ANALYZER: std::sync::OnceLock<Analyzer> = std::sync::OnceLock::new();
        ANALYZER
            .get_or_init(|| {
                Analyzer::new(&Lexicon {
                    words: vec!["提币".into(), "助记词".into()], concepts: Vec::new()
                })
            })
            .clone()
    }

    /// Words (with parts in parentheses), then grams, as `text@position`.
    fn check(text: &str, mode: Mode, words: &str, grams: &str) {
        let (mut seen_words, mut seen_grams) = (Vec::new(), Vec::new());
        analyzer().analyze(text, mode, |token| match token.kind {
            Kind::Word(_) => seen_words.push(format!("{}@{}", token.text, token.position)),
            Kind::Part => seen_words.push(format!("({}@{})", token.text, token.position)),
            Kind::Gram | Kind::Pair => seen_grams.push(format!("{}@{}", token.text, token.position)),
        });
        assert_eq!(seen_words.join(" "), words, "{text}");
        assert_eq!(seen_grams.join(" "), grams, "{text}");
    }

    #[test]
    fn chinese_is_words_and_pairs() {
        check(
            "提币失败怎么办",
            Mode::Query,
            "提币@0 失败@2 怎么办@4",
            "提币@0 币失@1 失败@2 败怎@3 怎么@4 么办@5",
        );
        check("身份验证", Mode::Index, "身份@0 验证@2 身份验证@0", "身份@0 份验@1 验证@2");
        check("忘记助记词", Mode::Query, "忘记@0 助记词@2", "忘记@0 记助@1 助记@2 记词@3");
        check("幣", Mode::Query, "币@0", "币@0");
    }

    #[test]
    fn traditional_is_folded_before_it_is_cut() {
        check("驗證碼", Mode::Query, "验证码@0", "验证@0 证码@1");
        check("帳號", Mode::Query, "账号@0", "账号@0");
    }

    #[test]
    fn latin_words_stay_whole_and_have_parts() {
        check("ERC-20", Mode::Query, "erc20@0 (erc@0) (20@1)", "");
        check("erc20", Mode::Query, "erc20@0 (erc@0) (20@1)", "");
        check("2FA 码", Mode::Query, "2fa@0 码@1", "码@1");
        check("-1021 a-1", Mode::Query, "-1021@0 (1021@0) a1@1 (a@1) (1@2)", "-1021 a1@0");
        check("SK-II", Mode::Query, "skii@0 (sk@0) (ii@1)", "");
        check("10,000.50 USDT", Mode::Query, "10000.50@0 usdt@1", "10000.50 usdt@0");
        check(
            "withdrawals, failing  twice\nnow",
            Mode::Query,
            "withdraw@0 fail@1 twice@2 now@3",
            "fail twice@1",
        );
        check("Ｗｉｔｈｄｒａｗａｌｓ", Mode::Query, "withdraw@0", "");
        check("don't café", Mode::Query, "dont@0 cafe@1", "dont cafe@0");
        check("a@b.com", Mode::Query, "a@b.com@0 (a@0) (b@1) (com@2)", "");
        check("USDT-TRC20提币", Mode::Query, "usdttrc20@0 (usdt@0) (trc@1) (20@2) 提币@3", "提币@3");
    }

    #[test]
    fn korean_is_words_and_pairs() {
        check("출금이 안 돼요", Mode::Query, "출금@0 안@3 돼요@4", "출금@0 돼요@4");
        check("출금이 안 돼요", Mode::Index, "출금@0 안@3 돼요@4", "출금@0 금이@1 돼요@4");
        check("2단계", Mode::Query, "2@0 단계@1", "단계@1");
        // Letters as they come from some phones and file systems are put together.
        check("\u{110e}\u{116e}\u{11af}\u{1100}\u{1173}\u{11b7}", Mode::Query, "출금@0", "출금@0");
    }

    #[test]
    fn spans_point_into_the_original() {
        let text = "a\u{200b}ＡＢ 驗證 caf\u{65}\u{301}!";
        let mut spans = Vec::new();
        analyzer().analyze(text, Mode::Query, |token| {
            if matches!(token.kind, Kind::Word(_)) {
                spans.push(format!("{}={}", token.text, text::slice(text, token.span)));
            }
        });
        assert_eq!(spans, ["aab=a\u{200b}ＡＢ", "验证=驗證", "cafe=cafe\u{301}"]);
    }

    #[test]
    fn fingerprint_is_stable() {
        assert_eq!(fingerprint(&analyzer()), fingerprint(&analyzer()));
    }

    proptest! {
        #[test]
        fn spans_lie_on_boundaries_and_positions_never_fall(text in "\\PC{0,40}|[提币驗證ab1 -.,가나ㅊ\u{301}\u{1100}\u{1161}Ａﬁ]{0,40}") {
            for mode in [Mode::Index, Mode::Query] {
                let mut last = std::collections::HashMap::new();
                analyzer().analyze(&text, mode, |token| {
                    assert!(text.is_char_boundary(token.span.start) && text.is_char_boundary(token.span.end));
                    assert!(!token.span.is_empty() && token.span.end <= text.len());
                    assert!(!token.text.is_empty());
                    // Those of one term; a word comes behind its parts.
                    let before = last.insert((token.kind == Kind::Gram, token.text.to_owned()), token.position);
                    assert!(before.unwrap_or_default() <= token.position);
                });
            }
        }

        #[test]
        fn terms_are_the_tokens_of_articles(text in "\\PC{0,60}|[提币失败驗證碼忘记助ab1 -.,가나ㅊ\u{301}\u{1100}\u{1161}Ａﬁ]{0,60}") {
            let (mut tokens, mut terms) = (Vec::new(), Vec::new());
            analyzer().analyze(&text, Mode::Index, |token| tokens.push((token.text.to_owned(), token.position, token.kind)));
            let mut room = Room::default();
            analyzer().terms("withdrawals left from before", &mut room, |_, _, _| {});
            let positions = analyzer().terms(&text, &mut room, |text, position, kind| terms.push((text.to_owned(), position, kind)));
            prop_assert!(terms.iter().all(|(_, position, _)| *position < positions));
            prop_assert_eq!(terms, tokens);
        }

        #[test]
        fn every_pair_inside_a_run_is_found_wherever_it_stands(text in "[提币失败怎么办验证码]{2,12}", start in 0usize..10, length in 2usize..6) {
            let chars: Vec<char> = text.chars().collect();
            let start = start.min(chars.len() - 2);
            let piece: String = chars[start..(start + length).min(chars.len())].iter().collect();
            let grams = |text: &str, mode| {
                let mut grams = Vec::new();
                analyzer().analyze(text, mode, |token| if token.kind == Kind::Gram { grams.push(token.text.to_owned()) });
                grams
            };
            let indexed = grams(&text, Mode::Index);
            prop_assert!(grams(&piece, Mode::Query).iter().all(|gram| indexed.contains(gram)));
        }
    }
}
