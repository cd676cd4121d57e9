//! Names a corpus by what readers get: not by paths, times, drafts or diagnostics.

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::manifest::FORMAT;
use crate::article::pins::Pin;
use crate::article::{Article, Audience, Corpus, Section, Status};
use crate::{parallel, text};

/// Articles that a thread hashes at a time.
const CHUNK: usize = 64;

/// SHA-256 over articles, lexicon, categories, images and analysis, in hex.
pub(super) fn hash(corpus: &Corpus, analysis: &str) -> String {
    let mut content = Content::default();
    content.number(u64::from(FORMAT));
    content.text(analysis);
    for article in parallel::map(&corpus.articles, CHUNK, of_article) {
        content.bytes(&article);
    }
    content.bytes(&postcard::to_stdvec(&corpus.lexicon).expect("a lexicon is plain data"));
    content.bytes(&postcard::to_stdvec(&corpus.categories).expect("categories are plain data"));
    for media in &corpus.media {
        content.text(&media.name);
    }
    text::hex(&content.0.finalize())
}

/// The hash of an article. Whoever adds something to articles is told here that it counts.
fn of_article(article: &Article) -> [u8; 32] {
    let Article {
        id,
        lang,
        title,
        category,
        summary,
        questions,
        phrases,
        tags,
        updated,
        status,
        audience,
        related,
        redirect_from,
        order,
        entities,
        pins,
        sections,
    } = article;
    let mut content = Content::default();
    for one in [id, lang.tag(), title, category] {
        content.text(one);
    }
    content.optional(summary.as_deref(), Content::text);
    for list in [questions, phrases, tags, related, redirect_from, entities] {
        content.number(list.len() as u64);
        for one in list {
            content.text(one);
        }
    }
    content.optional(*updated, |content, date: Date| {
        for part in [i64::from(date.year()), i64::from(date.month()), i64::from(date.day())] {
            content.signed(part);
        }
    });
    content.optional(order.map(i64::from), Content::signed);
    content.number(u64::from(*status == Status::Published));
    content.number(u64::from(*audience == Audience::Public));
    content.number(pins.len() as u64);
    for Pin { query, place } in pins {
        content.text(query);
        content.optional(place.map(|place| place as u64), Content::number);
    }
    content.number(sections.len() as u64);
    for Section { level, heading, anchor, text, html } in sections {
        content.number(u64::from(*level));
        for one in [heading, anchor, text, html] {
            content.text(one);
        }
    }
    content.0.finalize().into()
}

/// Values one behind the other, each with what tells where it ends.
#[derive(Default)]
struct Content(Sha256);

impl Content {
    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn signed(&mut self, number: i64) {
        self.0.update(number.to_le_bytes());
    }

    fn optional<T>(&mut self, value: Option<T>, add: impl Fn(&mut Self, T)) {
        self.number(u64::from(value.is_some()));
        if let Some(value) = value {
            add(self, value);
        }
    }
}
