//! Why an article is found, and what stands above what:
//!
//! 1. A query that is a title, a question or a heading has that article first, whatever its
//!    case, script and punctuation; a heading that many articles have names none.
//! 2. Each hit says the strongest reason for which it is there.
//! 3. Hashes, addresses, codes, tickets and links lead to the articles that name them, are no
//!    words, and can be named in front matter only by names that exist.
//! 4. A pinned article comes first, a hidden one never, for that query only; mistakes in
//!    `pins.toml` are named by line.
//! 5. Where a reader's language has nothing, other languages answer, marked as such.
//! 6. What no article speaks of finds nothing; what stands in quotes is found all the same.
//! 7. A section that clearly answers is featured whole; where two could, none is.
//! 8. What customers say (`phrases`) is found as a question is, and stands nowhere.

use jieda::lang::Lang;
use jieda::search::{Facets, Matched, Reading, SearchResponse};

use crate::world::{self, World, ids, request};

const FILES: &[(&str, &str)] = &[
    (
        "lexicon.toml",
        "words = ['提币']\n[[concepts]]\nid = 'fee'\nzh = ['手续费', '工本费']\nen = ['fee', 'charge']\n",
    ),
    (
        "zh/withdrawal/fees.md",
        "---\nquestions: [提币要花多少钱]\n---\n# 提币手续费是多少？\n\n每次提币收取固定的手续费。\n\n## 怎样更省\n\n1. 选择便宜的网络。\n2. 合并几次提币。\n\n## 参考\n\n网络拥堵时费用会上升。\n",
    ),
    (
        "zh/withdrawal/pending.md",
        "---\nentities: [hash, 'code:WD-209']\n---\n# 提币一直在处理\n\n区块链拥堵时提币要等确认，可以在区块浏览器查询。\n\n## 参考\n\n看看网络状态。\n",
    ),
    (
        "zh/withdrawal/address.md",
        "---\nentities: [address, 'address:tron']\n---\n# 地址格式\n\n不同网络的地址开头不同。\n\n## 参考\n\n看网络说明。\n",
    ),
    (
        "zh/account/login.md",
        "# 登录失败\n\n密码错误五次会锁定账户，二十四小时后自动解除。\n\n## 参考\n\n联系客服。\n",
    ),
    ("zh/account/close.md", "# 注销账户\n\n注销之前要提完余额。\n\n## 参考\n\n注销不能撤回。\n"),
    ("zh/support/tickets.md", "---\nentities: [ticket, link]\n---\n# 查询工单\n\n在工单页面输入工单号。\n"),
    (
        "en/api/limits.md",
        "# API rate limits\n\nThe exchange answers 429 when a key sends too many requests per minute.\n",
    ),
    ("ko/api/limits.md", "# API 호출 한도\n\n분당 호출 횟수를 넘으면 잠시 기다려야 합니다.\n"),
];

fn world() -> World {
    World::new(FILES)
}

fn ask(world: &World, query: &str, lang: Lang) -> SearchResponse {
    world.search(&request(query).with_lang(Some(lang)))
}

/// The first hit and its reason.
fn first(world: &World, query: &str) -> (String, &'static str) {
    let response = ask(world, query, Lang::Zh);
    let hit = response.hits.first().unwrap_or_else(|| panic!("{query} finds nothing"));
    (hit.id.clone(), hit.matched.name())
}

#[test]
fn phrases_are_searched_and_shown_nowhere() {
    let article = "---\nphrases: [钱像石沉大海]\n---\n# 提币一直在处理\n\n区块链拥堵时要等确认。\n";
    let world = World::new(&[("zh/withdrawal/pending.md", article), FILES[4]]);
    assert_eq!(first(&world, "钱像石沉大海"), ("withdrawal/pending".to_owned(), "exact"));
    let response = ask(&world, "石沉大海", Lang::Zh);
    assert_eq!(ids(&response), ["withdrawal/pending"]);
    assert!(!format!("{:?}", response.hits).contains("石沉"), "{:?}", response.hits);
    // No section has what was said: the answer begins at the top, not where one word stands.
    let article =
        "---\nphrases: [钱像石沉大海没动静]\n---\n# 提币一直在处理\n\n要等确认。\n\n## 参考\n\n钱包说明。\n";
    let other = World::new(&[("zh/withdrawal/pending.md", article), FILES[4]]);
    let featured = ask(&other, "钱像石沉大海没动静", Lang::Zh).featured.unwrap();
    assert!(featured.html.contains("要等确认"), "{featured:?}");
    let typed = request("石沉").with_lang(Some(Lang::Zh));
    assert_eq!(world.searcher().suggest(&typed).len(), 0);
}

#[test]
fn a_query_that_is_a_name_comes_first() {
    let world = world();
    for (query, id) in [
        ("提币手续费是多少", "withdrawal/fees"),
        (" 提幣手續費是多少?? ", "withdrawal/fees"),
        ("提币要花多少钱", "withdrawal/fees"),
        ("怎样更省", "withdrawal/fees"),
        ("登录失败", "account/login"),
    ] {
        assert_eq!(first(&world, query), (id.to_owned(), "exact"), "{query}");
    }
    // Five articles have it.
    let shared = ask(&world, "参考", Lang::Zh);
    assert_eq!(shared.total, 5);
    assert!(shared.hits.iter().all(|hit| hit.matched == Matched::Word), "{shared:?}");
}

#[test]
fn each_hit_says_why() {
    let world = world();
    for (query, reason) in [
        ("密码错误", "word"),
        ("密碼錯誤", "script"),
        ("工本费", "synonym"),
        ("链拥", "partial"),
        ("mimacuowu", "pinyin"),
        ("密马错误", "typo"),
    ] {
        assert_eq!(first(&world, query).1, reason, "{query}");
    }
    let names: Vec<&str> = Matched::ALL.iter().map(|matched| matched.name()).collect();
    assert_eq!(
        names,
        [
            "pinned", "exact", "entity", "word", "script", "synonym", "partial", "pinyin", "initials",
            "keyboard", "typo", "language"
        ]
    );
}

#[test]
fn what_is_pasted_leads_to_its_article() {
    let world = world();
    let hash = format!("0x{}", "4e".repeat(32));
    for (query, id) in [
        (hash.clone(), "withdrawal/pending"),
        (format!("我的交易{hash}怎么还没确认"), "withdrawal/pending"),
        ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8".to_owned(), "withdrawal/address"),
        ("0x52908400098527886E0F7030069857D2E4169EE7".to_owned(), "withdrawal/address"),
        ("T2026110312".to_owned(), "support/tickets"),
        ("https://example.com/login?x=1".to_owned(), "support/tickets"),
        ("报错 WD-209".to_owned(), "withdrawal/pending"),
    ] {
        assert_eq!(first(&world, &query), (id.to_owned(), "entity"), "{query}");
    }
    let corpus = world::corpus(
        world::folder(&[("zh/a/b.md", "---\nentities: [hash, purse, 'code:x']\n---\n# 甲\n\n乙\n")]).path(),
    );
    let named: Vec<_> = corpus.diagnostics.iter().map(|found| found.code.name()).collect();
    assert_eq!(named, ["invalid-value"; 2]);
    assert_eq!(corpus.articles[0].entities, ["hash"]);
}

#[test]
fn authors_pin_and_hide() {
    let pins = "[[pins]]\nqueries = ['提币', 'withdraw money']\nfirst = ['account/close', 'withdrawal/pending']\nhide = ['withdrawal/fees']\n";
    let mut files = FILES.to_vec();
    files.push(("pins.toml", pins));
    let world = World::new(&files);
    let pinned = ask(&world, " 提幣 ", Lang::Zh);
    assert_eq!(ids(&pinned)[..2], ["account/close", "withdrawal/pending"]);
    assert_eq!(pinned.hits[0].matched, Matched::Pinned);
    assert!(!ids(&pinned).contains(&"withdrawal/fees".to_owned()));
    // No word of it stands anywhere, and still.
    assert_eq!(first(&world, "Withdraw money!"), ("account/close".to_owned(), "pinned"));
    assert_eq!(first(&world, "提币手续费").0, "withdrawal/fees");
    let broken = "[[pins]]\nqueries = ['a', 'A', '']\nfirst = ['no/such']\n";
    let corpus = world::corpus(world::folder(&[("zh/a/b.md", "# 甲\n\n乙\n"), ("pins.toml", broken)]).path());
    let found: Vec<String> = corpus.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "pins.toml:2:17: warning[pins]: the query `A` is empty or stands here twice",
            "pins.toml:2:22: warning[pins]: the query `` is empty or stands here twice",
            "pins.toml:3:10: warning[pins]: no published article `no/such`",
        ]
    );
    let corpus = world::corpus(
        world::folder(&[("zh/a/b.md", "# 甲\n"), ("pins.toml", "[[pins]]\nquery = 'a'\n")]).path(),
    );
    assert_eq!(corpus.diagnostics[0].place.as_ref().map(|place| place.line), Some(2));
}

#[test]
fn another_language_answers_where_the_readers_has_nothing() {
    let world = world();
    let response = ask(&world, "429 too many requests", Lang::Zh);
    assert_eq!(ids(&response)[0], "api/limits");
    assert!(response.hits.iter().all(|hit| hit.matched == Matched::Language && hit.lang != Lang::Zh));
    let only = request("429 too many requests").with_lang(Some(Lang::Zh)).with_lang_only(true);
    assert_eq!(world.search(&only).total, 0);
}

#[test]
fn what_nothing_speaks_of_finds_nothing() {
    let world = World::help_center();
    for (query, lang) in [
        ("咖啡机怎么清洗", Lang::Zh),
        ("qwpeoi zmxnb", Lang::En),
        ("红烧肉怎么做", Lang::Zh),
        ("noodle soup in town", Lang::En),
        ("강아지 산책 시간표", Lang::Ko),
    ] {
        let response = ask(&world, query, lang);
        assert_eq!((response.total, response.hits.len()), (0, 0), "{query}: {:?}", ids(&response));
        assert!(
            response.featured.is_none()
                && response.did_you_mean.is_none()
                && response.facets == Facets::default()
        );
    }
    assert!(ask(&world, "怎么办", Lang::Zh).total > 0, "a common word that is all a query has counts");
}

#[test]
fn a_clear_answer_is_featured() {
    let world = world();
    let featured = ask(&world, "提币手续费是多少", Lang::Zh).featured.unwrap();
    assert_eq!((featured.id.as_str(), featured.anchor.as_str()), ("withdrawal/fees", ""));
    assert!(featured.html.contains("固定的手续费"), "{featured:?}");
    let steps = ask(&world, "怎样更省 便宜的网络 合并", Lang::Zh).featured.unwrap();
    assert_eq!(steps.heading, "怎样更省");
    assert!(steps.html.contains("<ol>") && steps.html.contains("合并几次提币"), "{steps:?}");
    assert_eq!(ask(&world, "参考", Lang::Zh).featured, None);
    let later = request("提币手续费是多少").with_lang(Some(Lang::Zh)).with_page(2, 1).unwrap();
    assert_eq!(world.search(&later).featured, None);
    let slip = ask(&world, "密马错误", Lang::Zh);
    assert!(matches!(slip.hits[0].matched, Matched::Reading(Reading::Typo)) && slip.featured.is_none());
}
