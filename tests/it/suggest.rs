//! What is suggested while somebody types:
//!
//! 1. A title typed whole comes first, in any language, also without its marks.
//! 2. Half the first word of a title suggests its article, or eight others with the same; so
//!    do any two neighboring characters of a Chinese title and any beginning of any word.
//! 3. Words match in any order, all of them.
//! 4. Pinyin, initials, half-typed Korean, the wrong keyboard, other spellings and slips
//!    suggest what was meant; nonsense suggests nothing.
//! 5. What is written as typed comes before what only sounds so, that before a slip; more of
//!    the title before less, titles before questions, then the authors' order.
//! 6. A reader gets articles in languages they read, others where nothing else fits; without
//!    a reader the languages of the script come first. No article comes twice.
//! 7. Spans are sorted, apart from each other, on whole characters inside the text, whatever
//!    was typed.
//! 8. Replies have the documented shapes, are kept by nobody, and stay below 10 KB.

use std::collections::BTreeSet;

use jieda::analysis::{Kind, Mode, fold::fold, hangul::keystrokes};
use jieda::lang::{Lang, Script};
use jieda::search::suggest::{MAX_SUGGESTIONS, Suggestion};
use jieda::search::{SearchRequest, Searcher};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::TestSite;
use crate::world::World;

fn suggest(searcher: &Searcher, typed: &str, lang: Option<Lang>) -> Vec<Suggestion> {
    searcher.suggest(&SearchRequest::new(typed).unwrap().with_lang(lang))
}

/// A suggestion with what was typed in brackets.
fn marked(suggestion: &Suggestion) -> String {
    let mut out = String::new();
    let mut at = 0;
    for span in &suggestion.spans {
        out += &suggestion.text[at..span.start];
        out += &format!("[{}]", &suggestion.text[span.start..span.end]);
        at = span.end;
    }
    out + &suggestion.text[at..]
}

fn letters(text: &str) -> String {
    fold(text).text.chars().filter(|c| Script::of(*c) != Script::Other).collect()
}

/// What is typed to write a text; a beginning of it is typed before.
fn keys(text: &str) -> String {
    let keys = |c: char| {
        if Script::of(c) == Script::Hangul { keystrokes(c.encode_utf8(&mut [0; 4])) } else { c.into() }
    };
    letters(text).chars().map(keys).collect()
}

/// The article is suggested, or there are as many as can be and each has what was typed.
fn is_found(suggestions: &[Suggestion], id: &str, typed: &str) -> bool {
    let typed = keys(typed);
    suggestions.iter().any(|suggestion| suggestion.id == id)
        || suggestions.len() == MAX_SUGGESTIONS
            && suggestions.iter().all(|suggestion| keys(&suggestion.text).contains(&typed))
}

fn half(word: &str) -> String {
    word.chars().take(word.chars().count().div_ceil(2)).collect()
}

#[test]
fn a_title_typed_whole_comes_first() {
    let site = TestSite::of_repository();
    let searcher = site.world().searcher();
    let mut seen = BTreeSet::new();
    for article in searcher.generation().catalog().iter() {
        seen.insert(article.lang());
        for typed in [article.title().to_owned(), article.title().to_uppercase(), letters(article.title())] {
            let suggestions = suggest(&searcher, &typed, Some(article.lang()));
            let first = suggestions.first().unwrap_or_else(|| panic!("`{typed}` suggests nothing"));
            assert_eq!((first.id.as_str(), first.text.as_str()), (article.id(), article.title()), "{typed}");
        }
        for (lang, typed) in
            [(Some(article.lang()), half(article.title())), (None, article.title().to_owned())]
        {
            let suggestions = suggest(&searcher, &typed, lang);
            assert!(is_found(&suggestions, article.id(), &typed), "{typed}: {suggestions:#?}");
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [Lang::En, Lang::Ko, Lang::Zh]);
}

#[test]
fn any_beginning_of_any_word_suggests_its_article() {
    let site = TestSite::of_repository();
    let searcher = site.world().searcher();
    let generation = searcher.generation();
    for article in generation.catalog().iter() {
        let mut typed = BTreeSet::new();
        generation.analyzer().analyze(article.title(), Mode::Query, |token| {
            let word = &article.title()[token.span.start..token.span.end];
            match token.kind {
                Kind::Word(_) => typed.extend([half(word), word.to_owned()]),
                Kind::Gram => drop(typed.insert(word.to_owned())),
                Kind::Part | Kind::Pair => {}
            }
        });
        for typed in typed.iter().filter(|typed| !letters(typed).is_empty()) {
            let suggestions = suggest(&searcher, typed, Some(article.lang()));
            assert!(
                is_found(&suggestions, article.id(), typed),
                "{typed} of {}: {suggestions:#?}",
                article.title()
            );
        }
    }
}

#[test]
fn every_reading_leads_to_what_was_meant() {
    let site = TestSite::of_repository();
    let searcher = site.world().searcher();
    for (lang, typed, expect) in [
        // Chinese, from any character; in Traditional; words in any order.
        ("zh", "失败怎么", "提币[失败怎么]办？"),
        ("zh", "提幣失敗", "[提币失败]怎么办？"),
        ("zh-Hant", "帳戶被盜", "[账户被盗]了，怎么马上冻结？"),
        ("zh", "密码忘记", "[忘记密码]怎么重置？"),
        ("zh", "手机号 更换", "怎么[更换]绑定的[手机号]？"),
        ("zh", "2fa 开启", "怎样[开启]两步验证（[2FA]）？"),
        ("zh", "wd209", "[WD-209]"),
        // Pinyin: whole, half-typed, in syllables, with sounds mixed up, of two words.
        ("zh", "tibi", "[提币]失败怎么办？"),
        ("zh", "tibishib", "[提币失败]怎么办？"),
        ("zh", "ti bi shi bai", "[提币失败]怎么办？"),
        ("zh", "zuxiao", "怎么[注销]账户？"),
        ("zh", "shenfen yanzen", "[身份验证]审核要多久？"),
        ("zh", "yinhangka", "怎么把钱提现到[银行卡]？多久到账？"),
        ("zh", "zhanghudongjie", "[账户]被盗了，怎么马上[冻结]？"),
        ("zh", "tongxingmiyao", "怎样用[通行密钥]（Passkey）登录？"),
        // Initials, of one word and of two.
        ("zh", "bmd", "怎样用提币[白名单]，只允许提到自己的地址？"),
        ("zh", "mmcz", "忘记[密码]怎么[重置]？"),
        // Wrong characters of the same sound; other words for the same.
        ("zh", "冲值没道账", "[充值]一直[没到账]怎么办？"),
        ("zh", "人连核验", "[人脸核验]总是失败怎么办？"),
        ("zh", "自帐户", "[子账户]怎么创建和使用？"),
        ("zh", "deposit 没到", "[充值]一直[没到]账怎么办？"),
        // English: beginnings, any order, slips from the fourth letter on.
        ("en", "phone chan", "How do I [chan]ge my [phone] number?"),
        ("en", "forgoten passwrod", "How do I reset a [forgotten] [password]?"),
        ("en", "calcualted", "How are trading fees [calculated]?"),
        ("en", "wtd", "nothing"),
        // Korean: syllables, half-typed, initials, spacing, keyboard, slips.
        ("ko", "수수료", "출금 [수수료]는 얼마인가요?"),
        ("ko", "출금 수ㅅ", "[출금] [수수]료는 얼마인가요?"),
        ("ko", "ㅂㅁㅂㅎ", "[비밀번호]를 잊었을 때 어떻게 재설정하나요?"),
        ("ko", "회원 가입", "[회원가입]은 어떻게 하나요?"),
        ("ko", "오류코드", "API [오류 코드]는 무슨 뜻인가요?"),
        ("ko", "ghldnjs", "[회원]가입은 어떻게 하나요?"),
        ("ko", "비밀번허", "[비밀번호]를 잊었을 때 어떻게 재설정하나요?"),
        // What nothing is about.
        ("zh", "咖啡机怎么清洗", "nothing"),
        ("zh", "qwpeoi zmxnb", "nothing"),
        ("en", "coffee machine", "nothing"),
        ("ko", "커피 머신 청소", "nothing"),
        ("zh", "。？！", "nothing"),
        ("zh", "", "nothing"),
    ] {
        let suggestions: Vec<String> =
            suggest(&searcher, typed, Lang::from_tag(lang)).iter().map(marked).collect();
        if expect == "nothing" {
            assert_eq!(suggestions, Vec::<String>::new(), "{typed}");
        } else {
            assert!(suggestions.iter().any(|found| found == expect), "{typed}: {suggestions:#?}");
        }
    }
}

/// The texts suggested, as `kind text`.
fn texts(world: &World, typed: &str, lang: Option<Lang>) -> Vec<String> {
    let suggestions = suggest(&world.searcher(), typed, lang);
    suggestions.iter().map(|found| format!("{} {}", found.kind.name(), marked(found))).collect()
}

#[test]
fn more_evidence_comes_first() {
    let world = World::new(&[
        ("zh/a/begins.md", "# 提币失败怎么办\n"),
        ("zh/a/whole.md", "# 提币\n"),
        ("zh/a/inside.md", "# 银行卡与提币\n"),
        ("zh/a/asked.md", "---\nquestions: [银行卡和提币]\n---\n# 转出\n"),
        ("zh/a/sound.md", "# 题笔帮助\n"),
        ("zh/a/none.md", "# 注册\n"),
    ]);
    assert_eq!(
        texts(&world, "提币", Some(Lang::Zh)),
        ["title [提币]", "title [提币]失败怎么办", "title 银行卡与[提币]", "question 银行卡和[提币]"]
    );
    assert_eq!(
        texts(&world, "tibi", Some(Lang::Zh)),
        [
            "title [提币]",
            "title [题笔]帮助",
            "title [提币]失败怎么办",
            "title 银行卡与[提币]",
            "question 银行卡和[提币]"
        ]
    );
    let world = World::new(&[
        ("en/a/sound.md", "# Tibia game\n"),
        ("en/a/b.md", "---\norder: 2\n---\n# Withdraw now\n"),
        ("en/a/c.md", "---\norder: 1\n---\n# Withdraw wow\n"),
        ("en/a/d.md", "# Withdraw how\n"),
        ("en/a/e.md", "# Withhold\n"),
        ("zh/a/sound.md", "# 提币失败 Tibia\n"),
        ("zh/a/other.md", "# 提币失败\n"),
    ]);
    assert_eq!(
        texts(&world, "withd", Some(Lang::En)),
        ["title [Withd]raw wow", "title [Withd]raw now", "title [Withd]raw how"]
    );
    // A slip is mended only where nothing is right.
    assert_eq!(texts(&world, "withh", Some(Lang::En)), ["title [Withh]old"]);
    assert_eq!(texts(&world, "wthho", Some(Lang::En)), ["title [Withho]ld"]);
    assert_eq!(texts(&world, "tibi", Some(Lang::Zh)), ["title 提币失败 [Tibi]a", "title [提币]失败"]);
}

#[test]
fn a_reader_gets_their_own_language() {
    let world = World::new(&[
        ("zh/a/code.md", "# 验证码 code\n"),
        ("zh/a/only.md", "# 只有简体的验证码 code\n"),
        ("zh-Hant/a/code.md", "# 驗證碼 code\n"),
        ("en/a/code.md", "# The code\n"),
        ("ko/a/code.md", "# 인증 번호 code\n"),
    ]);
    let found = |typed: &str, lang: &str| -> Vec<String> {
        let suggestions = suggest(&world.searcher(), typed, Lang::from_tag(lang));
        suggestions.iter().map(|found| format!("{} {}", found.id, found.lang)).collect()
    };
    assert_eq!(found("code", "en"), ["a/code en"]);
    assert_eq!(found("验证", "zh"), ["a/code zh", "a/only zh"]);
    // A Traditional reader reads Simplified where there is nothing else.
    assert_eq!(found("验证", "zh-Hant"), ["a/code zh-Hant", "a/only zh"]);
    assert_eq!(found("验证", "ko"), ["a/code zh", "a/only zh"]);
    assert_eq!(found("인증", "en"), ["a/code ko"]);
    // Without a reader: the languages of the script, then the others; no article twice.
    assert_eq!(found("code", ""), ["a/code en", "a/only zh"]);
    assert_eq!(found("ㅇㅈ", ""), ["a/code ko"]);
}

fn encoded(typed: &str) -> String {
    utf8_percent_encode(typed, NON_ALPHANUMERIC).to_string()
}

#[test]
fn replies_have_the_documented_shape() {
    let site = TestSite::new(&[("zh/a/code.md", "---\nquestions: [没有码]\n---\n# 收😀到验证码\n")]);
    let reply = site.get(&format!("/api/v1/suggest?q={}&lang=zh-CN", encoded("到验")));
    assert_eq!((reply.status, reply.header("content-type").as_str()), (200, "application/json"));
    assert_eq!(reply.header("cache-control"), "private, no-store");
    assert_eq!(
        reply.json(),
        json!({"query": "到验", "suggestions": [{
            "kind": "title", "text": "收😀到验证码", "spans": [[3, 5]],
            "id": "a/code", "lang": "zh", "url": "/zh/articles/a/code",
        }]})
    );
    let question = site.json(&format!("/api/v1/suggest?q={}", encoded("没有")));
    assert_eq!(question["suggestions"][0]["kind"], "question");
    let reply = site.get(&format!("/api/v1/suggest/opensearch?q={}", encoded("到验")));
    assert_eq!(
        (reply.status, reply.header("content-type").as_str(), reply.header("cache-control").as_str()),
        (200, "application/x-suggestions+json", "private, no-store")
    );
    assert_eq!(reply.json(), json!(["到验", ["收😀到验证码"], [""], ["/zh/articles/a/code"]]));
    for path in ["/api/v1/suggest", "/api/v1/suggest?q=", "/api/v1/suggest?q=%20", "/api/v1/suggest?q=zzz"] {
        assert_eq!(site.json(path)["suggestions"], json!([]), "{path}");
    }
    assert_eq!(site.json("/api/v1/suggest/opensearch"), json!(["", [], [], []]));
    for address in ["/api/v1/suggest", "/api/v1/suggest/opensearch"] {
        for (parameters, code) in [
            (format!("q={}", "a".repeat(257)), "query-too-long"),
            ("q=a&lang=fr".to_owned(), "bad-parameter"),
        ] {
            let reply = site.get(&format!("{address}?{parameters}"));
            assert_eq!((reply.status, &reply.json()["code"]), (400, &json!(code)), "{parameters}");
        }
        assert_eq!(site.get(&format!("{address}?q={}", "a".repeat(256))).status, 200);
    }
}

#[test]
fn a_browser_gets_absolute_addresses_where_the_site_has_one() {
    let config =
        jieda::config::Config { public_url: Some("https://help.example.com".into()), ..Default::default() };
    let site = TestSite::with(&[("en/a/code.md", "# The code\n")], jieda::app::Site::from(&config));
    let reply = site.json("/api/v1/suggest/opensearch?q=co&lang=en");
    assert_eq!(reply, json!(["co", ["The code"], [""], ["https://help.example.com/en/articles/a/code"]]));
}

#[test]
fn a_reply_stays_below_ten_kilobytes() {
    // Quotation marks take two bytes in JSON, and ideographs nine in an address.
    let long = |number: usize| format!("---\ntitle: '码{number} {}'\n---\n码\n", "\"币\"".repeat(80));
    let folder = "深".repeat(80);
    let files: Vec<(String, String)> =
        (0..12).map(|number| (format!("zh/{folder}/{folder}/{number}.md"), long(number))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let site = TestSite::new(&[&files[..], &[("zh/a/short.md", "# 短码\n")]].concat());
    for (address, count) in [("/api/v1/suggest", "suggestions"), ("/api/v1/suggest/opensearch", "1")] {
        let reply = site.get(&format!("{address}?q={}", encoded("码")));
        assert!(reply.status == 200 && reply.body.len() <= 10 * 1024, "{} bytes", reply.body.len());
        let reply = reply.json();
        let suggestions = reply.get(count).or_else(|| reply.get(1)).and_then(Value::as_array).unwrap();
        assert!((2..MAX_SUGGESTIONS).contains(&suggestions.len()), "{} suggestions", suggestions.len());
    }
}

#[test]
fn no_bytes_are_an_error_of_ours() {
    let site = TestSite::of_repository();
    for typed in [
        "%ff%fe%00".to_owned(),
        "%ED%A0%80".to_owned(),
        "%".to_owned(),
        "%zz%e6".to_owned(),
        "(".repeat(256),
        "NOT+".repeat(64),
        "*".repeat(256),
        "a+b+c+d+e+f+g+h+".repeat(16),
        "%E6%8F%90".repeat(256),
        "%EC%B6%9C+".repeat(128),
        "%E2%80%AE%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9".repeat(20),
    ] {
        for address in ["/api/v1/suggest", "/api/v1/suggest/opensearch"] {
            let reply = site.get(&format!("{address}?q={typed}"));
            assert!(reply.status == 200 && reply.body.len() <= 10 * 1024, "{typed}: {}", reply.status);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_typed_spans_are_whole(
        typed in "\\PC{0,60}|[提币失败验證码登录yzmtibi12 -“출금ㅊㄱcnfre\u{301}\u{1100}\u{1161}Ａﬁカ]{0,40}|[a-z ]{1,12}",
        lang in prop::option::of(prop::sample::select(Lang::ALL.to_vec())),
    ) {
        thread_local! {
            static SEARCHER: Searcher = World::new(&[
                ("zh/a/a.md", "---\nquestions: [驗證碼 (ＹＺＭ)？, '👨\u{200d}👩\u{200d}👧提币e\u{301}e\u{301}', カタカナ提币]\n---\n# 提币失败，验证码ﬁ登录12-34\n"),
                ("ko/a/a.md", "# 출금 실패 \u{110e}\u{116e}\u{11af}\u{1100}\u{1173}\u{11b7} cnfr\n"),
                ("en/a/a.md", "# Crème brûlée re-entry & tibi e\u{301}\n"),
            ]).searcher();
        }
        SEARCHER.with(|searcher| {
            let suggestions = suggest(searcher, &typed, lang);
            assert!(suggestions.len() <= MAX_SUGGESTIONS);
            let ids: BTreeSet<&str> = suggestions.iter().map(|found| found.id.as_str()).collect();
            assert_eq!(ids.len(), suggestions.len());
            for found in &suggestions {
                let mut last = None;
                for span in &found.spans {
                    assert!(span.start < span.end && last.is_none_or(|last| span.start > last), "{found:?}");
                    assert!(found.text.is_char_boundary(span.start) && found.text.is_char_boundary(span.end));
                    assert_eq!(jieda::text::widen_to_graphemes(&found.text, *span), *span, "{found:?}");
                    last = Some(span.end);
                }
                assert!(!found.spans.is_empty(), "{typed}: {found:?}");
            }
            assert_eq!(suggestions, suggest(searcher, &typed, lang));
        });
    }
}
