//! Nothing that stands in an article is missed, over the whole sample help center:
//!
//! 1. Every piece of two or three neighboring Han or Hangul characters of a title, question,
//!    heading or text finds every article it stands in.
//! 2. So does a sample of longer pieces, up to forty characters, chosen by a fixed seed.

use std::collections::{BTreeMap, BTreeSet};

use jieda::article::Article;
use jieda::lang::Script;
use jieda::search::{SearchRequest, Searcher};

use crate::world::{self, World};

/// The searcher of the sample help center, and its articles in the order of ordinals.
fn help_center() -> (Searcher, Vec<Article>) {
    (World::help_center().searcher(), world::corpus(&world::help_center()).articles)
}

/// The stretches of one script in everything an article says.
fn stretches(article: &Article) -> Vec<Vec<char>> {
    let read = article.sections.iter().flat_map(|section| [&section.heading, &section.text]);
    let mut stretches = Vec::new();
    for text in [&article.title].into_iter().chain(&article.questions).chain(read) {
        let script = |c: &char| match Script::of(*c) {
            script @ (Script::Han | Script::Hangul) => Some(script),
            _ => None,
        };
        let chars: Vec<char> = text.chars().collect();
        for stretch in chars.chunk_by(|a, b| script(a).is_some() && script(a) == script(b)) {
            if script(&stretch[0]).is_some() && stretch.len() > 1 {
                stretches.push(stretch.to_vec());
            }
        }
    }
    stretches
}

/// Asks every piece and names those that miss an article, on all cores.
fn missed(searcher: &Searcher, pieces: &BTreeMap<String, BTreeSet<u32>>) -> Vec<String> {
    let all: Vec<_> = pieces.iter().collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let ask = |part: &[(&String, &BTreeSet<u32>)]| {
        let mut missed = Vec::new();
        for (piece, expected) in part {
            let request = SearchRequest::new(piece).unwrap().with_depth(1000);
            let found: BTreeSet<u32> =
                searcher.documents(&request).unwrap().into_iter().map(|(ordinal, _)| ordinal).collect();
            if !expected.is_subset(&found) {
                missed.push(format!(
                    "{piece}: {} of {}",
                    expected.intersection(&found).count(),
                    expected.len()
                ));
            }
        }
        missed
    };
    std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(threads).max(1));
        let workers: Vec<_> = parts.map(|part| scope.spawn(move || ask(part))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
fn every_short_piece_finds_its_articles() {
    let (searcher, articles) = help_center();
    let mut pieces: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for (ordinal, article) in (0..).zip(&articles) {
        for stretch in stretches(article) {
            for length in [2, 3] {
                for piece in stretch.windows(length) {
                    pieces.entry(piece.iter().collect()).or_default().insert(ordinal);
                }
            }
        }
    }
    assert!(pieces.len() > 40_000, "{}", pieces.len());
    let missed = missed(&searcher, &pieces);
    assert!(missed.is_empty(), "{} of {}: {:?}", missed.len(), pieces.len(), &missed[..missed.len().min(20)]);
}

#[test]
fn longer_pieces_find_their_articles() {
    let (searcher, articles) = help_center();
    let mut pieces: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut state = 20_261_120u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    for (ordinal, article) in (0..).zip(&articles) {
        let stretches = stretches(article);
        if stretches.is_empty() {
            continue;
        }
        for _ in 0..20 {
            let stretch = &stretches[below(stretches.len())];
            let length = (4 + below(37)).min(stretch.len());
            let start = below(stretch.len() - length + 1);
            pieces.entry(stretch[start..start + length].iter().collect()).or_default().insert(ordinal);
        }
    }
    assert!(pieces.len() > 2_000, "{}", pieces.len());
    assert_eq!(missed(&searcher, &pieces), Vec::<String>::new());
}
