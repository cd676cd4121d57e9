//! What a question means, beyond the words it is typed in:
//!
//! 1. An article says a concept of the lexicon only where it has a whole way to say it, and once,
//!    however many ways it has.
//! 2. Of Korean, how a word ends is no evidence, in articles as in questions.
//! 3. A code leads to the articles that have it, though no author names it; a coin's network says
//!    only where a question belongs.
//! 4. What the reader's language has nothing of, or mentions only, is answered by other languages:
//!    by the reader's own article where it is the translation. A filter does not change that.
//! 5. Pinyin keeps what denies.
//! 6. A heading does not put an article above those that are all about it.
//! 7. Whether an answer is featured does not depend on the page's size; what only asks has none.

use jieda::lang::Lang;
use jieda::search::{Matched, SearchResponse};

use crate::world::{World, ids, request};

fn ask(world: &World, query: &str, lang: Lang) -> SearchResponse {
    world.search(&request(query).with_lang(Some(lang)))
}

fn found(world: &World, query: &str, lang: Lang) -> Vec<String> {
    ids(&ask(world, query, lang))
}

#[test]
fn a_concept_is_said_by_a_whole_way_and_once() {
    let world = World::new(&[
        ("lexicon.toml", "[[concepts]]\nid = 'withdraw'\nko = ['출금', '코인 빼가기', '인출', '송금']\n"),
        ("ko/a/half.md", "# 코인 안내\n\n코인 종류를 설명하고 가기 쉬운 길을 보여 줍니다.\n"),
        ("ko/a/whole.md", "# 코인 빼가기 안내\n\n절차를 설명합니다.\n"),
        (
            "ko/a/many.md",
            "# 인출 기록\n\n송금 기록과 인출 기록은 여기에서 봅니다. 코인 빼가기 기록도 같습니다.\n",
        ),
        ("ko/a/typed.md", "# 출금 기록\n\n기록은 여기에서 봅니다.\n"),
    ]);
    let all = found(&world, "출금", Lang::Ko);
    assert_eq!(all[0], "a/typed", "the word itself stands above its synonyms, however many: {all:?}");
    assert!(all.contains(&"a/whole".to_owned()) && !all.contains(&"a/half".to_owned()), "{all:?}");
    let response = ask(&world, "출금", Lang::Ko);
    let whole = response.hits.iter().find(|hit| hit.id == "a/whole").unwrap();
    assert_eq!(whole.matched, Matched::Synonym);
    let explained = world.search(&request("출금").with_lang(Some(Lang::Ko)).with_explain(true));
    let many = explained.hits.iter().find(|hit| hit.id == "a/many").unwrap();
    let sum: f32 = many.explanation.iter().map(|part| part.score).sum();
    assert!((sum - many.score).abs() < 1e-3, "{many:?}");
}

#[test]
fn how_korean_words_end_is_no_evidence() {
    let world = World::new(&[
        ("ko/a/bank.md", "# 은행 계좌\n\n은행에서 보낸 돈을 확인해요.\n"),
        ("ko/a/other.md", "# 보안 문자\n\n회사에서 확인했는데 오류가 났어요.\n"),
        ("ko/a/third.md", "# 지갑 주소\n\n주소를 복사해요.\n"),
    ]);
    for query in ["은행", "은행에서는", "은행이", "은행했는데"] {
        assert_eq!(found(&world, query, Lang::Ko), ["a/bank"], "{query}");
    }
    // 에서, 했는데 and 어요 stand elsewhere and are not marked.
    let response = ask(&world, "은행에서 확인했어요", Lang::Ko);
    assert_eq!(response.hits[0].id, "a/bank");
    let snippet = &response.hits[0].snippet;
    let marked: Vec<&str> =
        snippet.spans.iter().map(|span| jieda::text::slice(&snippet.text, *span)).collect();
    assert_eq!(marked, ["은행", "확인"]);
}

#[test]
fn codes_lead_and_networks_hint() {
    let world = World::new(&[
        (
            "zh/a/codes.md",
            "# 错误码\n\n| 代码 | 原因 |\n| --- | --- |\n| `WD-301` | 地址不在名单里 |\n| `WD-302` | 超出限额 |\n",
        ),
        ("zh/a/list.md", "# 地址名单\n\n怎样把地址加进名单，地址不在名单里怎么办，名单多久生效。\n"),
        (
            "zh/a/network.md",
            "---\nentities: [network]\n---\n# 选错网络\n\nUSDT 充到 TRC20 以外的网络，找回要手续费。\n",
        ),
        ("zh/a/fees.md", "# 手续费\n\n手续费按网络：USDT 走 TRC20 手续费是 1。\n"),
        ("zh/a/other.md", "# 登录\n\n输入密码。\n"),
    ]);
    let code = ask(&world, "WD-301 地址", Lang::Zh);
    assert_eq!((code.hits[0].id.as_str(), code.hits[0].matched), ("a/codes", Matched::Entity));
    assert_eq!(found(&world, "USDT TRC20 手续费", Lang::Zh)[0], "a/fees");
    assert_eq!(found(&world, "USDT TRC20", Lang::Zh)[0], "a/network");
}

#[test]
fn other_languages_lead_to_translations() {
    let world = World::new(&[
        ("zh/a/reset.md", "# 重置密码\n\n在登录页重置。\n"),
        ("en/a/reset.md", "# Reset a password\n\nUse the link on the login page.\n"),
        ("en/a/only.md", "# Tax report\n\nDownload the report of a year for the tax office.\n"),
        ("zh/a/aside.md", "# 对账单\n\n对账单不是 tax report，也不是发票。\n"),
        ("zh/a/more.md", "# 登录\n\n输入邮箱。\n"),
    ]);
    let response = ask(&world, "reset a password", Lang::Zh);
    let hit = &response.hits[0];
    assert_eq!((hit.id.as_str(), hit.lang, hit.matched), ("a/reset", Lang::Zh, Matched::Exact));
    assert_eq!(response.total, 1, "an article and its translation are one");
    // What no one has translated comes as it is, before what is said in passing.
    let response = ask(&world, "tax report", Lang::Zh);
    let hits: Vec<_> = response.hits.iter().map(|hit| (hit.id.as_str(), hit.lang, hit.matched)).collect();
    assert_eq!(hits[0], ("a/only", Lang::En, Matched::Language));
    let second = request("tax report").with_lang(Some(Lang::Zh)).with_page(2, 1).unwrap();
    assert_eq!(world.search(&second).hits[0].id, hits[1].0, "pages are of one answer");
}

#[test]
fn a_filter_does_not_change_what_is_asked() {
    let world = World::new(&[
        ("lexicon.toml", "[[concepts]]\nid = 'statement'\nzh = ['对账单']\nen = ['statement']\n"),
        ("zh/a/statement.md", "# 对账单\n\n每月一份。\n"),
        ("zh/b/login.md", "# 登录\n\n输入邮箱。\n"),
        ("en/b/other.md", "# Statement\n\nOne for each month.\n"),
    ]);
    let asked = request("对账单").with_lang(Some(Lang::Zh));
    assert_eq!(ids(&world.search(&asked)), ["a/statement"]);
    let filtered = world.search(&asked.with_category(Some("b".to_owned())));
    assert_eq!((filtered.total, ids(&filtered)), (0, Vec::new()));
    assert_eq!(filtered.facets.category[0].value, "a", "other topics have it");
}

#[test]
fn pinyin_keeps_what_denies() {
    let world = World::new(&[
        ("lexicon.toml", "words = ['到账']\n"),
        ("zh/a/late.md", "# 充值不到账\n\n先查确认数。\n"),
        ("zh/a/how.md", "# 怎么充值\n\n充值到账要等网络确认，充值到账后会通知。\n"),
    ]);
    let response = ask(&world, "chongzhi bu daozhang", Lang::Zh);
    assert_eq!(response.hits[0].id, "a/late");
    let meant = response.did_you_mean.unwrap().text;
    assert!(meant.contains("不到账"), "{meant}");
}

#[test]
fn a_heading_does_not_stand_above_what_is_all_about_it() {
    let world = World::new(&[
        (
            "zh/a/guide.md",
            "---\nquestions: [提币要几步, 提币在哪里]\n---\n# 提币全攻略\n\n提币前看网络，提币后看记录，提币失败会退回。\n",
        ),
        (
            "zh/a/sub.md",
            "# 子账户\n\n子账户可以做很多事情，例如交易、查询、对账，以及设置权限和删除自己。\n\n## 提币\n\n由主账户办理。\n",
        ),
        ("zh/a/keys.md", "# 密钥\n\n说明密钥。\n\n## 轮换密钥\n\n每年轮换一次密钥。\n"),
    ]);
    assert_eq!(found(&world, "提币", Lang::Zh)[0], "a/guide");
    let named = ask(&world, "轮换密钥", Lang::Zh);
    assert_eq!((named.hits[0].id.as_str(), named.hits[0].matched), ("a/keys", Matched::Exact));
}

#[test]
fn what_is_featured_does_not_depend_on_the_page() {
    let world = World::help_center();
    let featured = |query: &str, lang: Lang, per_page: usize| {
        let request = request(query).with_lang(Some(lang)).with_page(1, per_page).unwrap();
        world.search(&request).featured.map(|featured| featured.id)
    };
    for (query, lang) in
        [("提币手续费", Lang::Zh), ("withdrawal", Lang::En), ("출금", Lang::Ko), ("reset password", Lang::En)]
    {
        assert_eq!(featured(query, lang, 1), featured(query, lang, 10), "{query}");
    }
    for (query, lang) in [("the", Lang::En), ("how", Lang::En), ("怎么", Lang::Zh), ("어떻게", Lang::Ko)]
    {
        assert_eq!(featured(query, lang, 1), None, "{query}");
    }
}
