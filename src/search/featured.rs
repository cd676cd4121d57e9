//! The section that clearly answers, whole.
//!
//! It is better to feature nothing than the wrong thing: the limits below were chosen so that
//! on the golden queries at least nine of ten featured answers are right.

use super::matcher::Matcher;
use super::names::Rung;
use super::query::Query;
use super::request::Error;
use super::response::{Featured, Hit, Matched, Reading};
use super::score::Ranking;
use crate::index::{Generation, SectionView};

/// The best hit must cover this share of what the query tells.
const COVERS: f32 = 0.8;
/// Its title, questions, headings and tags must have this share: what only the text says may be
/// said in passing.
const AHEAD: f32 = 0.2;
/// How much better than the next it must be.
const LEADS: f32 = 1.25;
/// The share of what was typed that a section must have to be the answer itself: where title,
/// questions or phrases of the article answer for more, the answer begins at its top.
const SPEAKS: f32 = 0.5;

/// The featured answer for a ranking whose best hit is `hit`, if it is sure.
pub(super) fn of(
    generation: &Generation,
    query: &Query<'_>,
    ranking: &Ranking,
    matcher: &Matcher<'_>,
    hit: &Hit,
) -> Result<Option<Featured>, Error> {
    let Some(best) = ranking.top.first() else { return Ok(None) };
    let is_named = matches!(best.rung, Rung::Pinned(_) | Rung::Title | Rung::Question);
    let leads = ranking.second.is_none_or(|next| {
        next.rung > best.rung && next.rung == Rung::Scored && is_named || best.score >= LEADS * next.score
    });
    let is_sure = match hit.matched {
        Matched::Pinned | Matched::Exact => is_named,
        Matched::Word
        | Matched::Script
        | Matched::Entity
        | Matched::Reading(Reading::Pinyin | Reading::Keyboard) => {
            best.coverage >= COVERS && best.ahead >= AHEAD && leads
        }
        Matched::Reading(_) | Matched::Synonym | Matched::Partial | Matched::Language => false,
    };
    if !is_sure || query.only_asks {
        return Ok(None);
    }
    let article = generation.catalog().article(hit.ordinal);
    // The section the hit leads to, if it is that which answers; else the first with a text.
    let speaks = |section: &SectionView<'_>| {
        let find = |text| matcher.find(text, generation.analyzer());
        matcher.share(&[find(section.heading()), find(section.text())].concat()) >= SPEAKS
    };
    let own = article.sections().find(|section| section.anchor() == hit.anchor && !hit.anchor.is_empty());
    let first = || article.sections().find(|section| !section.text().is_empty());
    let Some(section) = own.filter(speaks).or_else(first) else { return Ok(None) };
    Ok(Some(Featured {
        ordinal: hit.ordinal,
        id: hit.id.clone(),
        lang: hit.lang,
        title: hit.title.clone(),
        anchor: section.anchor().to_owned(),
        heading: section.heading().to_owned(),
        html: section.html()?,
    }))
}
