//! What a question finds:
//!
//! 1. Words, pairs of characters, stems, parts and folded spellings find their article.
//! 2. Every two neighboring characters of an article find it.
//! 3. Quotes require, `-word` excludes, `-1021` is a number; nothing a person types fails.
//! 4. Titles and questions outrank bodies; words that only ask do not decide.
//! 5. A reader gets articles in a language they read; without one, the query's script leads.
//! 6. Totals and facets count articles; pages join without gap or repetition.
//! 7. Equal scores are ordered by id, then language; the same question has the same answer.
//! 8. Matches are marked in the original text, on whole characters, merged; the anchor is
//!    that of the section which answers.
//! 9. What finds nothing good is read otherwise: pinyin, initials, the wrong keyboard, slips
//!    of a letter or of a character; the reading is named, and used only then.
//! 10. The explanation adds up to the score.

use jieda::lang::Lang;
use jieda::search::SearchRequest;
use proptest::prelude::*;

use crate::world::{World, ids, marked, request};

const ZH: &str = "---\nquestions: [币怎么提不出来]\ntags: [提币]\n---\n# 提币失败怎么办？\n\n提币被拒时先看错误码。\n\n## 常见错误\n\n`WD-205` 表示余额不足，`-1021` 表示时间不同步。USDT-TRC20 的手续费是 1 USDT。\n\n## 身份验证\n\n未完成身份验证的账户不能提币。\n";
const LOGIN: &str = "# 无法登录\n\n检查密码，失败五次会锁定。\n\n## 收不到验证码\n\n短信验证码可能延迟。\n";
const HANT: &str = "# 驗證碼收不到\n\n請檢查帳號綁定的手機號碼。\n";
const EN: &str = "# Why is my withdrawal failing?\n\nWithdrawals fail when the balance is too low. Don't panic about café prices.\n\n## Error codes\n\nWD-205 means the balance is too low.\n";
const KO: &str = "# 출금이 실패했어요\n\n출금 한도를 확인하세요. 2단계 인증이 필요합니다.\n";

fn world() -> World {
    World::new(&[
        ("zh/withdrawal/failed.md", ZH),
        ("zh/account/login.md", LOGIN),
        ("zh-Hant/account/code.md", HANT),
        ("en/withdrawal/failed.md", EN),
        ("ko/withdrawal/failed.md", KO),
        ("lexicon.toml", "words = ['提币']\n[[concepts]]\nid = 'balance'\nzh = ['余额']\nen = ['funds']\n"),
    ])
}

/// The first hit of a query, as `id lang`.
fn first(world: &World, query: &str) -> String {
    let response = world.search(&request(query));
    response.hits.first().map_or_else(|| "nothing".to_owned(), |hit| format!("{} {}", hit.id, hit.lang))
}

#[test]
fn every_spelling_finds_its_article() {
    let world = world();
    for (query, expect) in [
        ("提币失败", "withdrawal/failed zh"),
        ("提幣失敗", "withdrawal/failed zh"),
        ("币失", "withdrawal/failed zh"),
        ("不能提币", "withdrawal/failed zh"),
        ("wd205", "withdrawal/failed en"),
        ("WD 205 余额", "withdrawal/failed zh"),
        ("ｗｄ－２０５ 余额", "withdrawal/failed zh"),
        ("-1021", "withdrawal/failed zh"),
        ("1021 时间", "withdrawal/failed zh"),
        ("trc20", "withdrawal/failed zh"),
        ("usdt-trc20", "withdrawal/failed zh"),
        ("withdrawals failed", "withdrawal/failed en"),
        ("cafe", "withdrawal/failed en"),
        ("dont panic", "withdrawal/failed en"),
        ("收不到验证码", "account/login zh"),
        ("短信验证码", "account/login zh"),
        ("帳號", "account/code zh-Hant"),
        ("账号绑定", "account/code zh-Hant"),
        ("출금", "withdrawal/failed ko"),
        ("출금한도", "withdrawal/failed ko"),
        ("단계", "withdrawal/failed ko"),
        ("funds too low", "withdrawal/failed en"),
        ("没有的东西xyzzy", "nothing"),
        ("咖啡机", "nothing"),
    ] {
        assert_eq!(first(&world, query), expect, "{query}");
    }
}

#[test]
fn every_pair_of_neighbors_finds_its_article() {
    let world = world();
    let searcher = world.searcher();
    let is_dense = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c) || ('\u{ac00}'..='\u{d7a3}').contains(&c);
    let mut pairs = 0;
    for article in searcher.generation().catalog().iter() {
        let texts = article.sections().flat_map(|section| [section.heading(), section.text()]);
        for text in std::iter::once(article.title()).chain(article.questions()).chain(texts) {
            let chars: Vec<char> = text.chars().collect();
            for pair in chars.windows(2).filter(|pair| pair.iter().all(|c| is_dense(*c))) {
                let query: String = pair.iter().collect();
                let response = searcher.search(&request(&query).with_depth(1_000)).unwrap();
                let finds = response.hits.iter().any(|hit| hit.ordinal == article.ordinal());
                assert!(finds, "`{query}` does not find {} {}", article.id(), article.lang());
                pairs += 1;
            }
        }
    }
    assert!(pairs > 100);
}

#[test]
fn operators_require_and_exclude() {
    let world = world();
    assert_eq!(world.ids("失败"), ["withdrawal/failed", "account/login"]);
    assert_eq!(world.ids("失败 -提币"), ["account/login"]);
    assert_eq!(world.ids("失败 -登录"), ["withdrawal/failed"]);
    assert_eq!(world.ids("\"提币失败\""), ["withdrawal/failed"]);
    assert_eq!(world.ids("\"失败提币\""), Vec::<String>::new());
    assert_eq!(world.ids("\"balance is too low\""), ["withdrawal/failed"]);
    assert_eq!(world.ids("\"too low balance\""), Vec::<String>::new());
    assert_eq!(world.ids("\"WD-205 means\""), ["withdrawal/failed"]);
    assert_eq!(world.ids("\"USDT TRC20\""), ["withdrawal/failed"]);
    // Excluding everything would leave nothing to look for: the word is looked for.
    assert_eq!(world.ids("-登录"), ["account/login"]);
}

#[test]
fn titles_lead_and_asking_words_do_not_decide() {
    let filler = "怎么办 怎么办 如何 怎么办";
    let world = World::new(&[
        ("zh/a/body.md", "# 其他\n\n这里说到充值地址，怎么办呢，怎么办才好。\n"),
        ("zh/a/title.md", "# 充值地址\n\n说明。\n"),
        ("zh/a/filler.md", &format!("# 怎么办\n\n{filler}\n")),
    ]);
    assert_eq!(world.ids("充值地址怎么办"), ["a/title", "a/body"]);
    // A word that only asks still counts where it is all there is.
    assert_eq!(world.ids("怎么办")[0], "a/filler");
}

#[test]
fn readers_get_their_language() {
    let world = world();
    let langs = |query: &str, lang: &str, only: bool| -> Vec<&'static str> {
        let request = request(query).with_lang(Lang::from_tag(lang)).with_lang_only(only);
        let mut langs: Vec<_> = world.search(&request).hits.iter().map(|hit| hit.lang.tag()).collect();
        langs.sort_unstable();
        langs.dedup();
        langs
    };
    assert_eq!(langs("验证", "zh", false), ["zh"]);
    assert_eq!(langs("验证", "zh-TW", false), ["zh", "zh-Hant"]);
    assert_eq!(langs("验证", "zh-TW", true), ["zh-Hant"]);
    assert_eq!(langs("출금", "ko-KR", false), ["ko"]);
    let first_of = |query: &str| world.search(&request(query)).hits[0].lang;
    assert_eq!(first_of("WD-205"), Lang::En);
    assert_eq!(first_of("WD-205 是什么"), Lang::Zh);
    assert_eq!(first_of("2단계 withdrawal"), Lang::Ko);
}

#[test]
fn totals_and_facets_count_articles() {
    let body = |number: usize| {
        format!(
            "---\ntags: [t{}]\n---\n# 标题 {number}\n\n提币 提币\n\n## 一\n\n提币\n\n## 二\n\n提币\n",
            number % 2
        )
    };
    let files: Vec<(String, String)> =
        (0..25).map(|number| (format!("zh/c{}/a{number:02}.md", number % 3), body(number))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, body)| (path.as_str(), body.as_str())).collect();
    let world = World::new(&files);
    let all = world.search(&request("提币").with_page(1, 50).unwrap());
    assert_eq!((all.total, all.hits.len()), (25, 25));
    let counts = |values: &[jieda::search::FacetValue]| -> Vec<(String, usize)> {
        values.iter().map(|value| (value.value.clone(), value.count)).collect()
    };
    let count = |value: &str, count| (value.to_owned(), count);
    assert_eq!(counts(&all.facets.category), [count("c0", 9), count("c1", 8), count("c2", 8)]);
    assert_eq!(counts(&all.facets.tag), [count("t0", 13), count("t1", 12)]);
    assert_eq!(counts(&all.facets.lang), [count("zh", 25)]);
    // A filter narrows every facet but its own.
    let one = world.search(&request("提币").with_category(Some("c1".to_owned())));
    assert_eq!(one.total, 8);
    assert_eq!(counts(&one.facets.category), [count("c0", 9), count("c1", 8), count("c2", 8)]);
    assert_eq!(counts(&one.facets.tag), [count("t0", 4), count("t1", 4)]);
    assert_eq!(world.search(&request("提币").with_tag(Some("none".to_owned()))).total, 0);
    let mut paged = Vec::new();
    for page in 1..=4 {
        paged.extend(ids(&world.search(&request("提币").with_page(page, 7).unwrap())));
    }
    assert_eq!(paged, ids(&all));
}

#[test]
fn equal_scores_are_ordered_by_id_then_language() {
    let world = World::new(&[
        ("zh/b.md", "# 2FA\n"),
        ("ko/a.md", "# 2FA\n"),
        ("zh/a.md", "# 2FA\n"),
        ("en/a.md", "# 2FA\n"),
        ("en/b.md", "# 2FA\n"),
    ]);
    let order: Vec<String> = world
        .search(&request("2FA").with_lang(None))
        .hits
        .iter()
        .map(|hit| format!("{} {}", hit.id, hit.lang))
        .collect();
    assert_eq!(order, ["a en", "b en", "a ko", "a zh", "b zh"]);
}

#[test]
fn matches_are_marked_where_they_stand() {
    let world = world();
    let best = |query: &str| world.search(&request(query)).hits.into_iter().next().unwrap();
    let hit = world.search(&request("收不到驗證碼").with_lang(Some(Lang::Zh))).hits.remove(0);
    assert_eq!(hit.anchor, "h-收不到验证码");
    assert_eq!(marked(&hit).1, "短信[验证码]可能延迟。");
    assert_eq!(marked(&best("帳号")).1, "請檢查[帳號]綁定的手機號碼。");
    let (title, snippet) = marked(&best("withdrawals"));
    assert_eq!(title, "Why is my [withdrawal] failing?");
    assert!(snippet.starts_with("[Withdrawals] fail when"), "{snippet}");
    let hit = best("WD-205 余额");
    assert_eq!(hit.anchor, "h-常见错误");
    assert!(marked(&hit).1.starts_with("[WD-205] 表示[余额]不足"), "{:?}", marked(&hit));
    assert_eq!(marked(&best("출금 한도")).1, "[출금] [한도]를 확인하세요. 2단계 인증이 필요합니다.");
    // Where the title answers, the article is shown from its beginning.
    assert_eq!(best("提币失败").anchor, "");
}

#[test]
fn long_sections_are_cut_around_the_match() {
    let long =
        format!("# 长\n\n{}。关键词在这里，后面还有。{}\n", "填充文字".repeat(200), "更多文字".repeat(200));
    let world = World::new(&[("zh/a.md", &long)]);
    let hit = world.search(&request("关键词")).hits.remove(0);
    let snippet = &hit.snippet;
    assert!(snippet.text.starts_with("关键词在这里"), "{}", snippet.text);
    assert!(snippet.is_cut_before && snippet.is_cut_after);
    assert!(snippet.text.chars().count() <= 101);
}

#[test]
fn what_finds_nothing_is_read_otherwise() {
    let world = World::new(&[
        (
            "zh/a/code.md",
            "# 收不到验证码怎么办\n\n短信验证码可能延迟，先检查手机号。\n\n## 充值没到账\n\n充值需要区块确认。\n",
        ),
        ("zh/a/frozen.md", "# 账户被冻结\n\n冻结后请联系客服。密码输错会冻结账户。\n"),
        (
            "en/a/withdraw.md",
            "# Withdrawal verification\n\nPassword and verification code for a withdrawal.\n",
        ),
        (
            "ko/a/deposit.md",
            "# 입금이 안 보여요\n\n입금 확인과 출금 한도, 입금 주소를 보세요. 출금 주소도요.\n",
        ),
        ("ko/a/withdraw.md", "# 출금 실패\n\n출금이 실패하면 입금 내역을 보세요.\n"),
    ]);
    for (query, lang, text, reading, hit) in [
        ("yanzhengma", "zh", "验证码", "pinyin", "a/code"),
        ("yanzh", "zh", "验证", "pinyin", "a/code"),
        ("zanghu donjie", "zh", "账户 冻结", "pinyin", "a/frozen"),
        ("yzm", "zh", "验证码", "initials", "a/code"),
        ("验正码", "zh", "验证码", "typo", "a/code"),
        ("冲值没道账", "zh", "充值没到账", "typo", "a/code"),
        ("pasword verificaton", "en", "password verification", "typo", "a/withdraw"),
        ("ㅊㄱ", "ko", "출금", "initials", "a/withdraw"),
        ("출굼", "ko", "출금", "typo", "a/withdraw"),
        ("dlqrma", "ko", "입금", "keyboard", "a/deposit"),
    ] {
        let response = world.search(&request(query).with_lang(Lang::from_tag(lang)));
        let meant = response.did_you_mean.as_ref().unwrap_or_else(|| panic!("{query}: no other reading"));
        assert_eq!(
            (meant.text.as_str(), meant.reading.name(), meant.is_applied),
            (text, reading, true),
            "{query}"
        );
        assert_eq!(response.hits.first().map(|hit| hit.id.as_str()), Some(hit), "{query}");
    }
    for (query, lang) in
        [("验证码", "zh"), ("withdrawal", "en"), ("출금", "ko"), ("qwpeoi zmxnb", "zh"), ("咖啡机", "zh")]
    {
        let response = world.search(&request(query).with_lang(Lang::from_tag(lang)));
        assert_eq!(response.did_you_mean, None, "{query}");
    }
}

#[test]
fn the_explanation_adds_up() {
    let world = world();
    let hits = world.search(&request("提币 失败 WD-205").with_explain(true)).hits;
    for (rank, hit) in hits.iter().enumerate() {
        let sum: f32 = hit.explanation.iter().map(|part| part.score).sum();
        assert!((sum - hit.score).abs() < 1e-3, "{sum} is not {}", hit.score);
        assert!(rank > 0 || hit.explanation.iter().any(|part| part.field == "body" && part.unit == "gram"));
    }
}

#[test]
fn very_long_queries_use_their_rarest_words() {
    let world = world();
    let words: Vec<String> = (0..60).map(|number| format!("w{number}")).collect();
    let query = format!("{} 身份验证", words.join(" "));
    let response = world.search(&request(&query));
    assert!(response.is_shortened);
    assert_eq!(ids(&response)[0], "withdrawal/failed");
    assert!(!world.search(&request("提币失败")).is_shortened);
}

#[test]
fn an_empty_question_has_no_answer() {
    let world = world();
    for query in ["", " ", "？？？", "\"\"", "-", "\u{200b}"] {
        let response = world.search(&request(query));
        assert_eq!((response.total, response.hits.len()), (0, 0), "{query:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_question_is_answered_and_its_marks_are_whole(
        query in "\\PC{0,80}|[提币失败验证码登录ab1\"“”\\-: 출금驗é\u{301}(){}*~^\\[\\]]{0,60}",
    ) {
        thread_local! {
            static SEARCHER: jieda::search::Searcher = world().searcher();
        }
        let (request, _) = SearchRequest::shortened(&query);
        SEARCHER.with(|searcher| {
            let response = searcher.search(&request).unwrap();
            for hit in &response.hits {
                for (text, spans) in [(&hit.title, &hit.title_spans), (&hit.snippet.text, &hit.snippet.spans)] {
                    let mut last = 0;
                    for span in spans {
                        assert!(span.start < span.end && span.end <= text.len() && span.start >= last);
                        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
                        last = span.end + 1;
                    }
                }
            }
            assert_eq!(&response, &searcher.search(&request).unwrap());
        });
    }
}
