//! Which articles are near each other, by the rare words that they share.
//!
//! 1. Each article is described by its [`WORDS`] heaviest words: how often they stand, titles
//!    and tags counting most, times how rare they are; the vector has length one.
//! 2. Two articles are as near as the product of their vectors says; one category brings them
//!    nearer.
//!
//! A word that very many articles have leads only to the [`LISTED`] that have most of it, so
//! that the cost grows with the number of articles and no faster. Traditional and Simplified
//! articles are compared with each other, other languages are not.

use super::invert::Terms;
use super::schema::{Part, Unit};
use super::terms::{Name, Share};
use crate::analysis::stop_words;
use crate::article::Article;
use crate::lang::Lang;
use crate::parallel;

/// How many related articles an article has, those named by its author included.
pub(super) const RELATED: usize = 5;
/// How many words describe an article.
const WORDS: usize = 20;
/// How many articles a word leads to.
const LISTED: usize = 64;
/// What is less near than this is not related.
const NEAR: f32 = 0.05;
/// How much nearer articles of one category are.
const SAME_CATEGORY: f32 = 1.2;
/// What an occurrence in a part counts, in the order of [`Part::ALL`]. `body` has them all.
const COUNTS: [f32; 5] = [0.5, 4.0, 1.5, 1.0, 4.0];
/// The count at which a word has half of its weight.
const HALF: f32 = 2.0;

/// Languages whose articles are compared.
const GROUPS: [&[Lang]; 3] = [&[Lang::Zh, Lang::ZhHant], &[Lang::En], &[Lang::Ko]];

/// What an article says of itself: words by place, with weights.
type Vector = Vec<(u32, f32)>;

/// The articles nearest to each, nearest first; equally near ones by ordinal.
/// `frequencies` says in how many articles a term stands, by unit and place.
pub(super) fn nearest(
    articles: &[Article],
    shares: &[Share],
    terms: &[Terms<'_>],
    frequencies: &[Vec<u32>],
) -> Vec<Vec<u32>> {
    let source = Source::new(shares, terms, frequencies, articles.len());
    let mut nearest = vec![Vec::new(); articles.len()];
    for group in GROUPS {
        let members: Vec<u32> = (0..)
            .zip(articles)
            .filter(|(_, article)| group.contains(&article.lang))
            .map(|(ordinal, _)| ordinal)
            .collect();
        let chunks: Vec<&[u32]> =
            members.chunks(members.len().div_ceil(parallel::threads()).max(1)).collect();
        let with_grams = group.contains(&Lang::Ko);
        let vectors = parallel::map(&chunks, 1, |chunk| source.vectors(chunk, with_grams)).concat();
        let lists = Lists::of(&vectors, source.words());
        let places: Vec<usize> = (0..members.len()).collect();
        let chunks: Vec<&[usize]> = places.chunks(chunks.first().map_or(1, |chunk| chunk.len())).collect();
        let found = parallel::map(&chunks, 1, |chunk| lists.nearest(chunk, &members, &vectors, articles));
        for (ordinal, found) in members.iter().zip(found.into_iter().flatten()) {
            nearest[*ordinal as usize] = found;
        }
    }
    nearest
}

/// The words of articles, with what they weigh.
struct Source<'a> {
    shares: &'a [Share],
    terms: &'a [Terms<'a>],
    /// By share, unit and part: where the terms of each article begin.
    starts: Vec<[[Vec<usize>; 5]; 2]>,
    /// By unit and place: how telling a term is; 0 for those that do not count.
    rarity: Vec<Vec<f32>>,
}

impl<'a> Source<'a> {
    fn new(shares: &'a [Share], terms: &'a [Terms<'a>], frequencies: &[Vec<u32>], articles: usize) -> Self {
        let starts = |lengths: &[u32]| {
            let sums = lengths.iter().scan(0, |sum, length| {
                *sum += *length as usize;
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect::<Vec<usize>>()
        };
        let starts = |share: &Share| {
            share.fields.each_ref().map(|parts| parts.each_ref().map(|tokens| starts(&tokens.lengths)))
        };
        let rarity = terms.iter().zip(frequencies).map(|(terms, frequencies)| {
            terms.names.iter().zip(frequencies).map(|(name, count)| rarity(name, *count, articles)).collect()
        });
        Self { shares, terms, starts: shares.iter().map(starts).collect(), rarity: rarity.collect() }
    }

    /// How many words there are; grams are counted on from there.
    fn words(&self) -> usize {
        self.rarity.iter().map(Vec::len).sum()
    }

    fn vectors(&self, ordinals: &[u32], with_grams: bool) -> Vec<Vector> {
        let mut counts = vec![0.0; self.words()];
        let units = if with_grams { &Unit::ALL[..] } else { &Unit::ALL[..1] };
        ordinals.iter().map(|ordinal| self.vector(*ordinal as usize, units, &mut counts)).collect()
    }

    /// The vector of an article. `counts` has zeros before and after.
    fn vector(&self, ordinal: usize, units: &[Unit], counts: &mut [f32]) -> Vector {
        let (mut share, mut index) = (0, ordinal);
        while index >= self.shares[share].len() {
            index -= self.shares[share].len();
            share += 1;
        }
        let mut touched = Vec::new();
        for unit in units {
            let unit = *unit as usize;
            let base = if unit == 0 { 0 } else { self.rarity[0].len() };
            for part in Part::ALL {
                let starts = &self.starts[share][unit][part as usize];
                for term in
                    &self.shares[share].fields[unit][part as usize].terms[starts[index]..starts[index + 1]]
                {
                    let place = self.terms[unit].place(share, *term);
                    if self.rarity[unit][place] > 0.0 {
                        let count = &mut counts[base + place];
                        if *count == 0.0 {
                            touched.push(base + place);
                        }
                        *count += COUNTS[part as usize];
                    }
                }
            }
        }
        let rarity = |place: usize| {
            place
                .checked_sub(self.rarity[0].len())
                .map_or_else(|| self.rarity[0][place], |gram| self.rarity[1][gram])
        };
        let mut vector: Vector = touched
            .into_iter()
            .map(|place| {
                let count = std::mem::take(&mut counts[place]);
                (u32::try_from(place).unwrap_or(u32::MAX), rarity(place) * count / (count + HALF))
            })
            .collect();
        if vector.len() > WORDS {
            vector.select_nth_unstable_by(WORDS - 1, |a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            vector.truncate(WORDS);
        }
        // In a fixed order sums are the same each time.
        vector.sort_unstable_by_key(|(place, _)| *place);
        let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        for (_, weight) in &mut vector {
            *weight /= length;
        }
        vector
    }
}

/// How telling a term is that `count` of all articles have; 0 where it leads nowhere.
fn rarity(name: &Name<'_>, count: u32, articles: usize) -> f32 {
    // A word that every other article has, or no other.
    if count < 2 || count as usize > articles.div_ceil(2).max(2) {
        return 0.0;
    }
    let counts = name.with_bytes(|bytes| {
        let Ok(term) = std::str::from_utf8(bytes) else { return false };
        term.chars().nth(1).is_some()
            && term.chars().any(char::is_alphabetic)
            && !stop_words::is_stop_word(term)
    });
    #[expect(clippy::cast_precision_loss, reason = "weights are rounded figures")]
    let rarity = (1.0 + articles as f32 / count as f32).ln();
    if counts { rarity } else { 0.0 }
}

/// The articles of each word, those with most of it where there are many.
struct Lists {
    starts: Vec<usize>,
    ends: Vec<usize>,
    /// Place of the article in its group, and weight.
    entries: Vec<(u32, f32)>,
}

impl Lists {
    fn of(vectors: &[Vector], words: usize) -> Self {
        let mut starts = vec![0; words + 1];
        for (word, _) in vectors.iter().flatten() {
            starts[*word as usize + 1] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut ends = starts.clone();
        let mut entries = vec![(0, 0.0); total];
        for (member, vector) in (0..).zip(vectors) {
            for (word, weight) in vector {
                let end = &mut ends[*word as usize];
                entries[*end] = (member, *weight);
                *end += 1;
            }
        }
        for (start, end) in starts.iter().zip(&mut ends) {
            if *end - start > LISTED {
                let by_weight =
                    |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0));
                entries[*start..*end].select_nth_unstable_by(LISTED - 1, by_weight);
                *end = start + LISTED;
            }
        }
        Self { starts, ends, entries }
    }

    /// The ordinals of the articles nearest to those at `places` of a group.
    fn nearest(
        &self,
        places: &[usize],
        members: &[u32],
        vectors: &[Vector],
        articles: &[Article],
    ) -> Vec<Vec<u32>> {
        let article = |place: usize| &articles[members[place] as usize];
        let mut scores = vec![0.0; members.len()];
        let mut touched: Vec<u32> = Vec::new();
        let of = |place: &usize| {
            for (word, weight) in &vectors[*place] {
                for (other, other_weight) in
                    &self.entries[self.starts[*word as usize]..self.ends[*word as usize]]
                {
                    let score = &mut scores[*other as usize];
                    if *score == 0.0 {
                        touched.push(*other);
                    }
                    *score += weight * other_weight;
                }
            }
            let own = article(*place);
            let mut found: Vec<(f32, u32)> = Vec::new();
            for other in touched.drain(..) {
                let score = std::mem::take(&mut scores[other as usize]);
                let other = other as usize;
                let is_near = score >= NEAR && article(other).id != own.id;
                if is_near && own.lang.readable().contains(&article(other).lang) {
                    let is_same = article(other).category == own.category;
                    found.push((if is_same { score * SAME_CATEGORY } else { score }, members[other]));
                }
            }
            found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            choose(own, found.into_iter().map(|(_, ordinal)| ordinal), articles)
        };
        places.iter().map(of).collect()
    }
}

/// The first that no author has named and that are not translations of each other, as many
/// as there is room for.
fn choose(own: &Article, found: impl Iterator<Item = u32>, articles: &[Article]) -> Vec<u32> {
    let room = RELATED.saturating_sub(own.related.len());
    let mut chosen: Vec<u32> = Vec::new();
    for ordinal in found {
        if chosen.len() == room {
            break;
        }
        let id = &articles[ordinal as usize].id;
        if !own.related.contains(id) && chosen.iter().all(|other| articles[*other as usize].id != *id) {
            chosen.push(ordinal);
        }
    }
    chosen
}

/// Properties:
/// 1. Articles about one thing find each other, the nearest first.
/// 2. Nobody is related to itself, to its translation, or to what its readers do not read.
/// 3. What the author names is not named again, and takes its room.
/// 4. The shares in which articles are read change neither neighbors nor the index.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Analyzer;
    use crate::article::{Audience, Section, Status};
    use crate::index::invert::Postings;
    use crate::index::{invert, schema, segment};

    fn article(id: &str, lang: Lang, title: &str, text: &str) -> Article {
        let section = Section { text: text.to_owned(), ..Section::default() };
        Article {
            id: id.to_owned(),
            lang,
            category: id.split('/').next().unwrap().to_owned(),
            title: title.to_owned(),
            summary: None,
            questions: Vec::new(),
            phrases: Vec::new(),
            tags: Vec::new(),
            updated: None,
            status: Status::Published,
            audience: Audience::Public,
            related: Vec::new(),
            redirect_from: Vec::new(),
            order: None,
            entities: Vec::new(),
            pins: Vec::new(),
            sections: vec![section],
        }
    }

    fn articles() -> Vec<Article> {
        let zh = |id, title, text| article(id, Lang::Zh, title, text);
        vec![
            article(
                "a/address",
                Lang::En,
                "Check the withdrawal address",
                "Compare the network, then paste it.",
            ),
            zh("a/address", "怎么核对提币地址", "先看网络，再核对提币地址。"),
            article("a/address", Lang::ZhHant, "怎麼核對提幣地址", "先看網路，再核對提幣地址。"),
            article(
                "a/network",
                Lang::En,
                "Wrong network on a withdrawal",
                "The address exists on another network.",
            ),
            zh("a/network", "提币选错网络怎么找回", "提币地址在另一条网络上。"),
            zh("b/password", "忘记密码怎么重置", "重置密码要邮箱验证码。"),
            article("b/password", Lang::ZhHant, "忘記密碼怎麼重置", "重置密碼要郵箱驗證碼。"),
            zh("b/mail", "收不到邮箱验证码", "先看垃圾箱，再等一分钟重发验证码。"),
        ]
    }

    /// Neighbors, and every field as bytes, of articles read in shares of these sizes.
    fn indexed(articles: &[Article], sizes: &[usize]) -> (Vec<Vec<u32>>, Vec<segment::Written>) {
        let analyzer = Analyzer::new(&crate::lexicon::Lexicon::default());
        let mut rest = articles;
        let mut shares = Vec::new();
        for size in sizes {
            let (share, after) = rest.split_at(*size);
            shares.push(Share::read(share, &analyzer, || {}));
            rest = after;
        }
        assert!(rest.is_empty());
        let released = invert::release(&mut shares);
        let terms = Terms::of_units(&shares, &released);
        let (_, fields) = schema::build();
        let mut written = Vec::new();
        for part in Part::ALL {
            for unit in Unit::ALL {
                let terms = &terms[unit as usize];
                let postings = Postings::of(&shares, terms, part, unit);
                let field = fields.text(part, unit);
                written.push(segment::field(field, part.record(), terms, &postings).unwrap());
            }
        }
        let frequencies: Vec<Vec<u32>> =
            written.iter().take(2).map(|field| field.frequencies.clone()).collect();
        (nearest(articles, &shares, &terms, &frequencies), written)
    }

    fn ids(articles: &[Article], found: &[u32]) -> Vec<String> {
        let name = |ordinal: &u32| {
            let article = &articles[*ordinal as usize];
            format!("{} {}", article.lang, article.id)
        };
        found.iter().map(name).collect()
    }

    #[test]
    fn what_shares_rare_words_is_near() {
        let articles = articles();
        let (nearest, _) = indexed(&articles, &[8]);
        assert_eq!(ids(&articles, &nearest[1]).first().unwrap(), "zh a/network");
        assert_eq!(ids(&articles, &nearest[0]), ["en a/network"]);
        assert_eq!(ids(&articles, &nearest[5]).first().unwrap(), "zh b/mail");
        // A reader of Traditional reads Simplified, not the other way round.
        assert_eq!(ids(&articles, &nearest[2]).first().unwrap(), "zh a/network");
        for (own, found) in articles.iter().zip(&nearest) {
            assert!(found.len() <= RELATED);
            let mut seen: Vec<&str> = vec![&own.id];
            for other in found.iter().map(|ordinal| &articles[*ordinal as usize]) {
                assert!(own.lang.readable().contains(&other.lang), "{} {}", own.id, other.id);
                assert!(!seen.contains(&other.id.as_str()), "{} {}", own.id, other.id);
                seen.push(&other.id);
            }
        }
    }

    #[test]
    fn authors_come_first() {
        let mut articles = articles();
        articles[1].related = vec!["a/network".to_owned()];
        articles[5].related = ["v", "w", "x", "y", "z"].map(str::to_owned).to_vec();
        let (nearest, _) = indexed(&articles, &[8]);
        assert!(!ids(&articles, &nearest[1]).contains(&"zh a/network".to_owned()));
        assert_eq!(nearest[5], [0; 0]);
    }

    #[test]
    fn shares_change_nothing() {
        let articles = articles();
        let (nearest, written) = indexed(&articles, &[8]);
        for sizes in [&[4, 4][..], &[1, 6, 1], &[0, 3, 5], &[1; 8]] {
            let (other_nearest, other_written) = indexed(&articles, sizes);
            assert_eq!(other_nearest, nearest, "{sizes:?}");
            assert!(other_written == written, "{sizes:?}");
        }
    }
}
