//! The text that all benches run on: a folder of Markdown articles of any size, the same on
//! every machine.
//!
//! Method: the articles of this repository are taken apart into titles, questions, sections
//! and paragraphs; each generated article recombines those of its language (Chinese, English,
//! Korean as 70 : 15 : 15) to about 1.5–2 KB. Numbers are drawn anew, coins are swapped, links
//! lead to other generated articles, and made-up names join in. Coins and names follow Simon's
//! process (*On a class of skew distribution functions*, 1955): some are new, the others are
//! drawn from all that were used before, so that few are frequent, most are rare, and the
//! vocabulary keeps growing with the text, as in real help centers.
//!
//! Fixed seed: [`SEED`].

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jieda::article::load;
use jieda::index::indexer::{self, Options, Outcome};
use jieda::index::{IndexDir, Manifest};
use jieda::lang::Lang;
use tempfile::TempDir;

/// Where all randomness begins.
pub(crate) const SEED: u64 = 0x6a69_6564_6120_3031;

/// An article is at least this long, in bytes, and seldom half as long again.
const ARTICLE_BYTES: std::ops::Range<usize> = 1_300..1_750;
/// Of 100 names, this many have never been used before.
const NEW_NAMES: usize = 40;
/// Of 100 coins, this many have never been used before.
const NEW_COINS: usize = 8;

/// Words of the sample articles that other coins can stand for.
const COINS: [&str; 26] = [
    "USDT", "BTC", "ETH", "USDC", "XRP", "TON", "SOL", "ATOM", "XLM", "DOGE", "TRX", "LTC", "BNB", "USD",
    "KRW", "HKD", "EUR", "Tron", "Ethereum", "Solana", "Stellar", "Cosmos", "Litecoin", "Dogecoin",
    "Bitcoin", "SEPA",
];
const ZH_SYLLABLES: &str = "星云海月光风雷山河金银玉石龙虎凤鹤鹰狼鲸象狮熊马鹿兔青蓝红紫黑白绿橙天地玄宇宙辰霜松竹梅兰泉谷峰岭原野\
    星瀚澜涛波湖溪岛港湾桥塔城庭轩阁楼台舟帆锚舵钟鼎琴棋书画诗酒茶花蝶燕雀鸿鹏麟翼羽鳞甲剑盾弓矢旗鼓旌烽火炎焰霞虹晨曦暮夜";
const ZH_ENDINGS: [&str; 7] = ["币", "链", "钱包", "协议", "卡", "宝", "节点"];
const EN_SYLLABLES: [&str; 30] = [
    "ka", "lo", "mi", "ra", "ven", "tor", "zu", "pel", "nix", "qua", "bri", "sol", "dex", "fa", "gor", "hy",
    "jun", "kel", "lum", "mor", "ny", "ost", "pra", "rix", "sta", "tev", "ul", "vor", "wex", "yara",
];
const EN_ENDINGS: [&str; 7] = ["pay", "chain", "coin", "swap", "vault", "", "x"];
const KO_SYLLABLES: &str =
    "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후별달빛꿈길솔";
const KO_ENDINGS: [&str; 6] = ["코인", "체인", "지갑", "페이", "넷", ""];

/// splitmix64 (Steele, Lea and Flood, 2014).
#[derive(Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("a length fits 64 bits");
        usize::try_from(self.next() % end).expect("the remainder is below a length")
    }

    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A folder of generated articles; removed when dropped.
pub(crate) struct Folder {
    dir: TempDir,
}

impl Folder {
    /// Writes `size` articles, with the lexicon and the categories of the sample articles.
    pub(crate) fn write(size: usize) -> Self {
        let samples = samples();
        let dir = TempDir::new().expect("a temporary folder can be made");
        copy_settings(dir.path());
        let mut generator = Generator {
            samples,
            rng: Rng::new(SEED),
            coins: COINS.map(str::to_owned).to_vec(),
            names: Default::default(),
            earlier: Default::default(),
        };
        let mut folders = BTreeSet::new();
        for number in 0..size {
            let (path, markdown) = generator.article(number);
            let path = dir.path().join(path);
            let folder = path.parent().expect("an article lies in a folder").to_owned();
            if !folders.contains(&folder) {
                std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
                folders.insert(folder);
            }
            std::fs::write(&path, markdown).expect("a temporary file can be written");
        }
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// Reads a folder as `jieda reindex` does.
pub(crate) fn load(folder: &Path) -> load::Corpus {
    load::load(folder, jiff::civil::date(2026, 1, 1), &|_, _| {}).expect("the folder can be read")
}

/// Publishes a generation of a folder in an index folder.
pub(crate) fn publish(corpus: load::Corpus, index: &IndexDir) -> Manifest {
    let lock = index.lock().expect("nobody else writes here");
    let outcome = indexer::reindex(index, &lock, corpus, Options::default(), &|_| Ok(()), &|_| {})
        .expect("a temporary folder can be written");
    let Outcome::Published { manifest, .. } = outcome else { panic!("nothing was published: {outcome:?}") };
    manifest
}

/// Whether `cargo bench` measures, rather than tests, lists or profiles.
pub(crate) fn is_measuring() -> bool {
    let other = ["--test", "--list", "--profile-time"];
    !std::env::args().any(|argument| other.contains(&argument.as_str()))
}

/// The time of one pass over `items`, each at its fastest of `rounds` passes: other work on
/// the machine interrupts a pass, but seldom the same short piece of it each time.
pub(crate) fn fastest_each<T>(items: &[T], rounds: usize, mut work: impl FnMut(&T)) -> Vec<Duration> {
    let mut best = vec![Duration::MAX; items.len()];
    for _ in 0..rounds {
        for (item, best) in items.iter().zip(&mut best) {
            let start = Instant::now();
            work(black_box(item));
            *best = (*best).min(start.elapsed());
        }
    }
    best
}

/// A count as a number to divide.
pub(crate) fn real(count: impl TryInto<u32>) -> f64 {
    count.try_into().map(f64::from).ok().expect("counts here stay below four billion")
}

fn articles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("articles")
}

fn copy_settings(to: &Path) {
    for name in ["lexicon.toml", "categories.toml"] {
        std::fs::copy(articles().join(name), to.join(name)).expect("the repository has its settings");
    }
}

/// A sample article, taken apart.
struct Sample {
    id: String,
    category: String,
    title: String,
    summary: String,
    questions: Vec<String>,
    tags: Vec<String>,
    /// What stands before the first heading comes first, with an empty heading.
    sections: Vec<Section>,
}

#[derive(Default)]
struct Section {
    heading: String,
    blocks: Vec<String>,
}

/// The languages generated, with their share of 100 articles.
const LANGS: [(Lang, usize); 3] = [(Lang::Zh, 70), (Lang::En, 15), (Lang::Ko, 15)];

/// The sample articles of each of [`LANGS`].
fn samples() -> [Vec<Sample>; 3] {
    let corpus = load::load(&articles(), jiff::civil::date(2026, 1, 1), &|_, _| {})
        .expect("the repository has its articles");
    LANGS.map(|(lang, _)| {
        let own = corpus.articles.iter().filter(|article| article.lang == lang);
        let samples: Vec<Sample> = own
            .map(|article| {
                let path = articles().join(lang.tag()).join(format!("{}.md", article.id));
                let markdown = std::fs::read_to_string(&path).expect("an article lies where its id says");
                Sample {
                    id: article.id.clone(),
                    category: article.category.clone(),
                    title: article.title.clone(),
                    summary: article.summary.clone().unwrap_or_else(|| article.title.clone()),
                    questions: article.questions.clone(),
                    tags: article.tags.clone(),
                    sections: sections(&markdown),
                }
            })
            .filter(|sample| !sample.questions.is_empty() && sample.sections.len() > 1)
            .collect();
        assert!(samples.len() >= 5, "the repository has too few articles in {lang}");
        samples
    })
}

/// Cuts the body of a Markdown file at headings and blank lines.
fn sections(markdown: &str) -> Vec<Section> {
    let body = markdown.splitn(3, "---\n").nth(2).expect("a sample article has front matter");
    let mut sections = vec![Section::default()];
    let mut block = String::new();
    let mut is_code = false;
    for line in body.lines().chain([""]) {
        let section = sections.last_mut().expect("there is always a section");
        is_code ^= line.starts_with("```");
        if line.is_empty() && !is_code {
            if !block.is_empty() {
                section.blocks.push(std::mem::take(&mut block));
            }
        } else if line.starts_with('#') && !is_code {
            sections.push(Section { heading: line.to_owned(), blocks: Vec::new() });
        } else {
            // What is indented behind a blank line belongs to the list before it.
            if line.starts_with(' ') && block.is_empty() {
                block = section.blocks.pop().map_or_else(String::new, |before| before + "\n\n");
            }
            block.push_str(line);
            block.push('\n');
        }
    }
    sections.retain(|section| !section.blocks.is_empty());
    sections
}

struct Generator {
    samples: [Vec<Sample>; 3],
    rng: Rng,
    /// Every coin used so far, as often as it was used.
    coins: Vec<String>,
    /// Every name used so far in each language, as often as it was used.
    names: [Vec<String>; 3],
    /// `<category>/<slug>` of the articles of each language so far.
    earlier: [Vec<String>; 3],
}

impl Generator {
    /// The next article: its path and its Markdown.
    fn article(&mut self, number: usize) -> (String, String) {
        let lang = match self.rng.below(100) {
            draw if draw < LANGS[0].1 => 0,
            draw if draw < LANGS[0].1 + LANGS[1].1 => 1,
            _ => 2,
        };
        // The samples stand aside while the rest of the generator changes.
        let samples = std::mem::take(&mut self.samples[lang]);
        let base = self.rng.pick(&samples);
        let markdown = self.markdown(lang, base, &samples);
        let id = format!("{}-{number}", base.id);
        let path = format!("{}/{id}.md", LANGS[lang].0);
        self.earlier[lang].push(id);
        self.samples[lang] = samples;
        (path, markdown)
    }

    fn markdown(&mut self, lang: usize, base: &Sample, samples: &[Sample]) -> String {
        let wanted = ARTICLE_BYTES.start + self.rng.below(ARTICLE_BYTES.len());
        let name = self.name(lang);
        let mut out = self.front_matter(lang, base, &name);
        for block in base.sections[0].blocks.iter().take(2) {
            let block = self.vary(lang, block);
            out.push_str(&block);
            out.push('\n');
        }
        let sentence = self.sentence(lang, &name);
        out.push_str(&sentence);
        let mut is_first = true;
        while out.len() < wanted {
            let same = samples.iter().filter(|sample| sample.category == base.category).collect::<Vec<_>>();
            let source = if self.rng.percent(60) { *self.rng.pick(&same) } else { self.rng.pick(samples) };
            let section = self.rng.pick(&source.sections);
            let heading =
                if section.heading.is_empty() { &base.sections[1].heading } else { &section.heading };
            let heading = self.vary(lang, heading);
            // The first heading stands at the highest level; any may follow it.
            let level = if is_first { "##" } else { heading.split(' ').next().unwrap_or("##") };
            let _ = write!(out, "\n{level} {}\n\n", heading.trim_start_matches(['#', ' ']));
            is_first = false;
            for block in section.blocks.iter().take(2) {
                let block = self.vary(lang, block);
                out.push_str(&block);
                out.push('\n');
            }
            if self.rng.percent(30) {
                let name = self.name(lang);
                let sentence = self.sentence(lang, &name);
                out.push_str(&sentence);
            }
        }
        out
    }

    fn front_matter(&mut self, lang: usize, base: &Sample, name: &str) -> String {
        let plain = if self.rng.percent(50) { &base.title } else { self.rng.pick(&base.questions) };
        let plain = self.vary(lang, plain);
        let title = match lang {
            0 if self.rng.percent(50) => format!("{name}：{plain}"),
            0 => format!("{plain}（{name}）"),
            _ if self.rng.percent(50) => format!("{name}: {plain}"),
            _ => format!("{plain} ({name})"),
        };
        let summary = self.vary(lang, &base.summary);
        let mut out = format!("---\ntitle: {title:?}\nsummary: {summary:?}\nquestions:\n");
        for question in base.questions.iter().take(4) {
            let question = self.vary(lang, question);
            let _ = writeln!(out, "  - {question:?}");
        }
        let _ = writeln!(out, "tags: {:?}", base.tags);
        let (month, day) = (1 + self.rng.below(12), 1 + self.rng.below(28));
        let _ = writeln!(out, "updated: 2025-{month:02}-{day:02}");
        if !self.earlier[lang].is_empty() {
            let related = self.rng.pick(&self.earlier[lang]);
            let _ = writeln!(out, "related: [{related:?}]");
        }
        out.push_str("---\n");
        out
    }

    /// A line about a name, another name and a number of its own.
    fn sentence(&mut self, lang: usize, name: &str) -> String {
        let other = self.name(lang);
        let number = 10_000 + self.rng.below(9_990_000);
        match (lang, self.rng.below(3)) {
            (0, 0) => format!("{name}和{other}的用户请以页面显示为准，参考编号 {number}。\n"),
            (0, 1) => format!("从{name}转到{other}之前，请先核对网络，再提供编号 {number}。\n"),
            (0, _) => format!("{name}支持{other}，规则见公告 {number}。\n"),
            (1, 0) => format!("For {name} and {other} the page is right; the reference is {number}.\n"),
            (1, 1) => format!("Check the network before you move coins from {name} to {other} ({number}).\n"),
            (1, _) => format!("{name} supports {other} as of notice {number}.\n"),
            (_, 0) => {
                format!("{name}, {other} 이용자는 화면 안내를 따라 주세요. 참고 번호 {number}입니다.\n")
            }
            (_, 1) => {
                format!("{name}에서 {other} 쪽으로 옮기기 전에 네트워크를 확인하세요. 번호 {number}.\n")
            }
            _ => format!("{name} 서비스는 {other} 전송을 지원합니다. 공지 {number} 참고.\n"),
        }
    }

    fn name(&mut self, lang: usize) -> String {
        let name = if self.names[lang].is_empty() || self.rng.percent(NEW_NAMES) {
            self.new_name(lang)
        } else {
            self.rng.pick(&self.names[lang]).clone()
        };
        self.names[lang].push(name.clone());
        name
    }

    fn new_name(&mut self, lang: usize) -> String {
        let syllables = if lang == 0 { 2 } else { 2 + self.rng.below(2) };
        let mut name = String::new();
        for _ in 0..syllables {
            match lang {
                0 => name.extend(ZH_SYLLABLES.chars().nth(self.rng.below(ZH_SYLLABLES.chars().count()))),
                1 => name.push_str(self.rng.pick::<&str>(&EN_SYLLABLES)),
                _ => name.extend(KO_SYLLABLES.chars().nth(self.rng.below(KO_SYLLABLES.chars().count()))),
            }
        }
        let ending = match lang {
            0 => self.rng.pick(&ZH_ENDINGS),
            1 => self.rng.pick(&EN_ENDINGS),
            _ => self.rng.pick(&KO_ENDINGS),
        };
        name + ending
    }

    fn coin(&mut self) -> String {
        let coin = if self.rng.percent(NEW_COINS) {
            let length = 3 + self.rng.below(3);
            (0..length).map(|_| char::from(*self.rng.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"))).collect()
        } else {
            self.rng.pick(&self.coins).clone()
        };
        self.coins.push(coin.clone());
        coin
    }

    /// A text with other numbers, coins and links.
    fn vary(&mut self, lang: usize, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while !rest.is_empty() {
            let is_word = rest.starts_with(|c: char| c.is_ascii_alphanumeric());
            let end = rest.find(|c: char| c.is_ascii_alphanumeric() != is_word).unwrap_or(rest.len());
            let (piece, behind) = rest.split_at(end);
            rest = behind;
            let is_joined = out.ends_with(['-', '.', '/', '_', ':']);
            if !is_word {
                // A link target begins here: it is replaced as a whole, or left alone.
                if let Some(from) = piece.rfind("](") {
                    let (label, opened) = piece.split_at(from + 2);
                    out.push_str(label);
                    let close = rest.find(')').unwrap_or(rest.len());
                    let (target, behind) = rest.split_at(close);
                    rest = behind;
                    let is_article = target.contains(".md");
                    match self.earlier[lang].last() {
                        Some(id) if is_article => {
                            let _ = write!(out, "../{id}.md");
                        }
                        _ if is_article => out.push('#'),
                        _ => out.extend([opened, target]),
                    }
                } else {
                    out.push_str(piece);
                }
            } else if COINS.contains(&piece) && !is_joined && self.rng.percent(50) {
                let coin = self.coin();
                out.push_str(&coin);
            } else if is_number(piece) && !is_joined && !rest.starts_with(". ") && self.rng.percent(50) {
                out.push(char::from(*self.rng.pick(b"123456789")));
                for _ in 1..piece.len() {
                    out.push(char::from(*self.rng.pick(b"0123456789")));
                }
            } else {
                out.push_str(piece);
            }
        }
        out
    }
}

fn is_number(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}
