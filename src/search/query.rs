//! What a person typed becomes terms to score, phrases to require and words to exclude.
//!
//! - `"…"` (or `“…”`) must stand together; its words score too.
//! - `-word` (or `-"…"`, or `－word`) excludes, at a word's start and before a letter only (`-1021` is a number), and
//!   only where something is left to look for.
//! - Everything else scores; nothing is required.

use std::borrow::Cow;

use super::names::Named;
use super::request::Error;
use super::statistics::{Located, Rarity};
use super::synonyms::{self, Synonyms};
use super::told::{self, Told};
use crate::analysis::{Analyzer, Kind, Mode, stop_words};
use crate::entity;
use crate::index::Generation;
use crate::index::names::Name;
use crate::index::schema::Unit;
use crate::lang::Script;
use crate::text;

/// Most pasted things that are looked for.
const MAX_ENTITIES: usize = 4;
/// From this many characters on, a word of the lexicon that no article has is looked into.
const LONG_WORD: usize = 4;
/// Most words that score; of a longer query the rarest are taken.
const MAX_WORDS: usize = 32;
/// What a part of a word counts beside the word (`erc` of `ERC-20`).
const PART_WEIGHT: f32 = 0.5;
/// What two Latin words count for standing one behind the other.
const PAIR_WEIGHT: f32 = 0.3;
/// What a word that only asks counts beside words that tell.
const STOP_WEIGHT: f32 = 0.3;
/// What a synonym counts beside the word that was typed.
pub(super) const SYNONYM_WEIGHT: f32 = 0.7;

/// A query ready to be answered.
#[derive(Debug, Default)]
pub(super) struct Query<'a> {
    /// What was typed.
    pub(super) terms: Vec<Term>,
    /// What says the same in other words.
    pub(super) concepts: Vec<Concept<'a>>,
    /// All of these must be in an article.
    pub(super) required: Vec<Phrase>,
    /// Each of these must not: one entry for each excluded word.
    pub(super) excluded: Vec<Vec<Phrase>>,
    pub(super) is_shortened: bool,
    /// No word of it tells anything.
    pub(super) only_asks: bool,
    /// How telling terms are for this reader.
    pub(super) rarity: Rarity,
    pub(super) told: Told,
    /// What was pasted that articles answer for.
    pub(super) entities: Vec<Entity>,
    /// The articles that the query as a whole names.
    pub(super) named: Named,
    /// The languages whose articles come first where the request names none.
    pub(super) script_first: &'static [crate::lang::Lang],
}

/// Something pasted that articles answer for.
#[derive(Debug)]
pub(super) struct Entity {
    /// These articles.
    pub(super) ordinals: Vec<u32>,
    /// The part of [`Query::told`] that they have; none for a hint.
    pub(super) tells: u32,
    /// It only says where the question belongs.
    pub(super) is_hint: bool,
}

/// A meaning that was typed, and the other ways to say it. An article that says it in several
/// has it once, by the way that scores best.
#[derive(Debug)]
pub(super) struct Concept<'a> {
    pub(super) ways: Vec<Way<'a>>,
    /// The parts of [`Query::told`] that they say.
    pub(super) tells: u32,
}

/// One way to say something: all of its terms.
#[derive(Debug)]
pub(super) struct Way<'a> {
    pub(super) way: &'a synonyms::Way,
    /// What each of its terms counts; 0 for what was typed, which scores already.
    pub(super) weights: Vec<f32>,
}

/// A term to score.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) text: String,
    pub(super) unit: Unit,
    pub(super) script: Script,
    pub(super) weight: f32,
    /// Tells rather than asks: an article without any of these is no hit.
    pub(super) is_content: bool,
    /// A part of the word before it.
    pub(super) is_part: bool,
    /// The parts of [`Query::told`] that an article with this term has, a bit each.
    pub(super) tells: u32,
    pub(super) position: usize,
    pub(super) length: usize,
    pub(super) located: Located,
}

/// Terms that must follow each other, each with its distance from the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) unit: Unit,
    pub(super) terms: Vec<(String, usize)>,
}

/// The typed text, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Clauses<'a> {
    /// In order: words, and the insides of quotes.
    positive: Vec<&'a str>,
    quoted: Vec<&'a str>,
    excluded: Vec<&'a str>,
}

/// Reads a query for a generation.
pub(super) fn parse<'a>(
    typed: &str,
    generation: &Generation,
    synonyms: &'a Synonyms,
    rarity: Rarity,
) -> Result<Query<'a>, Error> {
    let analyzer = generation.analyzer();
    let (entities, words) = entities(typed, generation)?;
    let claims = entities.iter().filter(|entity| !entity.is_hint);
    let claimed: Vec<String> = claims.flat_map(|entity| entity.words.iter().cloned()).collect();
    let clauses = clauses(&words);
    let mut query = Query { script_first: super::languages_of_script(typed), rarity, ..Query::default() };
    let mut offset = 0;
    for clause in &clauses.positive {
        offset = collect(clause, analyzer, offset, &mut query.terms);
    }
    locate(&mut query.terms, generation)?;
    split_unknown(&mut query.terms, synonyms, generation)?;
    query.is_shortened = keep_rarest(&mut query.terms);
    query.only_asks = !weigh(&mut query.terms);
    let mut told = told::shares(&mut query.terms, &claimed, rarity);
    for Pasted { ordinals, words, is_hint } in entities {
        let tells = if is_hint { 0 } else { told.part(rarity.idf(ordinals.len() as u64)) };
        // Its words say the same once more.
        query.terms.iter_mut().filter(|term| words.contains(&term.text)).for_each(|term| term.tells |= tells);
        query.entities.push(Entity { ordinals, tells, is_hint });
    }
    query.told = Told::new(told);
    query.named = Named::of(typed, generation)?;
    query.concepts = concepts(&query.terms, synonyms);
    query.required = clauses.quoted.iter().flat_map(|quoted| phrases(quoted, analyzer)).collect();
    query.excluded = clauses
        .excluded
        .iter()
        .map(|word| phrases(word, analyzer))
        .filter(|phrases| !phrases.is_empty())
        .collect();
    Ok(query)
}

/// An entity in a query: the articles that answer for it, and its words.
struct Pasted {
    ordinals: Vec<u32>,
    words: Vec<String>,
    is_hint: bool,
}

/// What was pasted that articles answer for, and the text without what is no word.
fn entities<'a>(typed: &'a str, generation: &Generation) -> Result<(Vec<Pasted>, Cow<'a, str>), Error> {
    let mut entities = Vec::new();
    let mut words = Cow::Borrowed(typed);
    for found in entity::find(typed).into_iter().take(MAX_ENTITIES) {
        let mut ordinals = Vec::new();
        for name in &found.names {
            ordinals = generation.named(Name::Entity, name)?;
            if !ordinals.is_empty() {
                break;
            }
        }
        if ordinals.is_empty() && found.is_word {
            ordinals = with_code(text::slice(typed, found.span), generation)?;
        }
        if ordinals.is_empty() {
            continue;
        }
        if !found.is_word {
            let blank = " ".repeat(found.span.len());
            words.to_mut().replace_range(found.span.start..found.span.end, &blank);
        }
        let mut own = Vec::new();
        generation.analyzer().analyze(text::slice(typed, found.span), Mode::Query, |token| {
            own.push(token.text.to_owned());
        });
        entities.push(Pasted { ordinals, words: own, is_hint: found.is_hint });
    }
    Ok((entities, words))
}

/// The articles that have a code which no author names: `WD-207` or `-1016`, but not `429`, which may
/// be any number.
fn with_code(code: &str, generation: &Generation) -> Result<Vec<u32>, Error> {
    if code.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let mut whole = None;
    generation.analyzer().analyze(code, Mode::Query, |token| {
        if matches!(token.kind, Kind::Word(_)) {
            whole.get_or_insert(token.text.to_owned());
        }
    });
    Ok(whole.map_or(Ok(Vec::new()), |whole| generation.with_word(&whole))?)
}

/// Takes the typed text apart. Bounded by its length; never fails.
fn clauses(typed: &str) -> Clauses<'_> {
    let mut clauses = Clauses::default();
    let mut rest = typed;
    while let Some(c) = rest.chars().next() {
        let inside = text::from(rest, c.len_utf8());
        if c.is_whitespace() {
            rest = inside;
            continue;
        }
        let minus = matches!(c, '-' | '－');
        let (mark, start) = match inside.chars().next() {
            Some(next) if minus && closing(next).is_some() => (next, c.len_utf8()),
            _ => (c, 0),
        };
        let inner = text::from(rest, start + mark.len_utf8());
        if let Some(end) = closing(mark).and_then(|closing| inner.find(closing)) {
            let quoted = text::upto(inner, end);
            if start > 0 {
                clauses.excluded.push(quoted);
            } else {
                clauses.positive.push(quoted);
                clauses.quoted.push(quoted);
            }
            let after = text::from(inner, end);
            rest = text::from(after, after.chars().next().map_or(0, char::len_utf8));
            continue;
        }
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let word = text::upto(rest, length);
        if minus && inside.chars().next().is_some_and(char::is_alphabetic) {
            clauses.excluded.push(text::from(word, c.len_utf8()));
        } else {
            clauses.positive.push(word);
        }
        rest = text::from(rest, length);
    }
    let is_word = |clause: &&str| clause.chars().any(|c| Script::of(c) != Script::Other);
    if !clauses.positive.iter().any(is_word) {
        // Excluding from nothing leaves nothing: what was typed is looked for.
        clauses.positive = vec![typed];
        clauses.excluded.clear();
    }
    // Words typed without quotes go through the analysis together, as they would in an article.
    if clauses.quoted.is_empty() && clauses.excluded.is_empty() {
        clauses.positive = vec![typed];
    }
    clauses
}

/// The quote that closes what a quote opens.
const fn closing(quote: char) -> Option<char> {
    match quote {
        '"' => Some('"'),
        '“' => Some('”'),
        _ => None,
    }
}

/// Adds the terms of a clause whose positions begin at `offset`; returns where the next begins.
fn collect(clause: &str, analyzer: &Analyzer, offset: usize, terms: &mut Vec<Term>) -> usize {
    let mut end = offset;
    let mut last_script = Script::Other;
    analyzer.analyze(clause, Mode::Query, |token| {
        let count = token.text.chars().count();
        let (unit, script, weight, length) = match token.kind {
            Kind::Word(script) => (Unit::Word, script, 1.0, if script == Script::Latin { 1 } else { count }),
            Kind::Part => (Unit::Word, Script::Latin, PART_WEIGHT, 1),
            Kind::Gram => (Unit::Gram, last_script, 1.0, count),
            Kind::Pair => (Unit::Gram, Script::Latin, PAIR_WEIGHT, 2),
        };
        last_script = script;
        let position = offset + token.position;
        end = end.max(position + length);
        let term = Term {
            text: token.text.to_owned(),
            unit,
            script,
            weight,
            is_content: true,
            is_part: token.kind == Kind::Part,
            tells: 0,
            position,
            length,
            located: Located::default(),
        };
        // A word typed twice is not looked for twice.
        if !terms.iter().any(|known| known.unit == unit && known.text == term.text) {
            terms.push(term);
        }
    });
    end
}

/// Looks up what has not been.
fn locate(terms: &mut [Term], generation: &Generation) -> Result<(), Error> {
    for term in terms {
        term.located = Located::of(generation, term.unit, &term.text)?;
    }
    Ok(())
}

/// Adds the words inside long Chinese words of the lexicon that no article has as one: of
/// 提现手续费, articles may have only 手续费.
fn split_unknown(terms: &mut Vec<Term>, synonyms: &Synonyms, generation: &Generation) -> Result<(), Error> {
    let mut index = 0;
    while let Some(term) = terms.get(index) {
        index += 1;
        let is_long = term.unit == Unit::Word && term.script == Script::Han && term.length >= LONG_WORD;
        if !is_long || !synonyms.has(&term.text) || term.located.frequency() > 0 {
            continue;
        }
        let mut parts = Vec::new();
        generation.analyzer().analyze(&term.text, Mode::Index, |token| {
            let is_known = token.text == term.text || terms.iter().any(|known| known.text == token.text);
            if token.kind == Kind::Word(Script::Han) && !is_known {
                parts.push(Term {
                    text: token.text.to_owned(),
                    is_part: true,
                    position: term.position + token.position,
                    length: token.text.chars().count(),
                    ..term.clone()
                });
            }
        });
        locate(&mut parts, generation)?;
        let count = parts.len();
        terms.splice(index..index, parts);
        index += count;
    }
    Ok(())
}

/// Leaves the rarest words of a long query, and the grams inside them.
fn keep_rarest(terms: &mut Vec<Term>) -> bool {
    let is_word = |term: &Term| term.unit == Unit::Word;
    if terms.iter().filter(|term| is_word(term)).count() <= MAX_WORDS {
        return false;
    }
    let mut words: Vec<(u64, usize)> = Vec::new();
    for (index, term) in terms.iter().enumerate().filter(|(_, term)| is_word(term)) {
        let frequency = term.located.frequency();
        // A word that no article has finds nothing: it comes last.
        words.push((if frequency == 0 { u64::MAX } else { frequency }, index));
    }
    words.sort_unstable();
    let kept: Vec<usize> = words.into_iter().take(MAX_WORDS).map(|(_, index)| index).collect();
    let ranges: Vec<_> = kept
        .iter()
        .map(|index| terms[*index].position..terms[*index].position + terms[*index].length)
        .collect();
    let mut index = 0;
    terms.retain(|term| {
        let keeps = if is_word(term) {
            kept.contains(&index)
        } else {
            ranges.iter().any(|range| {
                range.contains(&term.position) && range.contains(&(term.position + term.length - 1))
            })
        };
        index += 1;
        keeps
    });
    true
}

/// Finds the words that only ask, and the grams inside them, and lets them count little
/// where any other word is left; whether one is, or there is no word at all.
fn weigh(terms: &mut [Term]) -> bool {
    let mut asked: Vec<usize> = terms
        .iter()
        .filter(|term| term.unit == Unit::Word && stop_words::is_stop_word(&term.text))
        .flat_map(|term| term.position..term.position + term.length)
        .collect();
    asked.sort_unstable();
    let only_asks = |term: &Term| {
        (term.position..term.position + term.length).all(|position| asked.binary_search(&position).is_ok())
    };
    if terms.iter().all(only_asks) {
        return terms.is_empty();
    }
    for term in terms.iter_mut() {
        if only_asks(term) {
            term.weight *= STOP_WEIGHT;
            term.is_content = false;
        }
    }
    true
}

/// Finds what says the same as the words that were typed, below them.
fn concepts<'a>(terms: &[Term], synonyms: &'a Synonyms) -> Vec<Concept<'a>> {
    let typed = terms.iter().filter(|term| term.unit == Unit::Word);
    let words: Vec<(&str, u32)> = typed.map(|term| (term.text.as_str(), term.tells)).collect();
    let is_typed = |text: &str, unit: Unit| terms.iter().any(|term| term.unit == unit && term.text == *text);
    let way = |way: &'a synonyms::Way| {
        #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
        let share = 1.0 / way.terms.len() as f32;
        let weight = |term: &synonyms::WayTerm| {
            if is_typed(&term.text, term.unit) { 0.0 } else { SYNONYM_WEIGHT * share }
        };
        Way { way, weights: way.terms.iter().map(weight).collect() }
    };
    let concepts = synonyms
        .of_words(&words)
        .into_iter()
        .map(|concept| Concept { ways: concept.ways.into_iter().map(way).collect(), tells: concept.tells });
    concepts.collect()
}

/// The phrases a text must match: one for each stretch whose terms stand in one field.
fn phrases(text: &str, analyzer: &Analyzer) -> Vec<Phrase> {
    let mut tokens: Vec<(Unit, String, usize)> = Vec::new();
    let mut whole: Option<(String, usize)> = None;
    analyzer.analyze(text, Mode::Query, |token| {
        let entry = |unit| (unit, token.text.to_owned(), token.position);
        match token.kind {
            Kind::Gram => tokens.push(entry(Unit::Gram)),
            // The parts of a word match more spellings than the word: they replace it.
            Kind::Part => {
                if let Some((_, position)) = whole.take() {
                    tokens.retain(|(unit, _, at)| !(*unit == Unit::Word && *at == position));
                }
                tokens.push(entry(Unit::Word));
            }
            Kind::Word(Script::Latin) => {
                whole = Some((token.text.to_owned(), token.position));
                tokens.push(entry(Unit::Word));
            }
            Kind::Word(Script::Hangul | Script::Kana) if token.text.chars().nth(1).is_none() => {
                tokens.push(entry(Unit::Word));
            }
            Kind::Word(_) | Kind::Pair => {}
        }
    });
    tokens.sort_by_key(|(_, _, position)| *position);
    let mut phrases: Vec<Phrase> = Vec::new();
    let mut start = 0;
    for (unit, term, position) in tokens {
        match phrases.last_mut().filter(|phrase| phrase.unit == unit) {
            Some(phrase) => phrase.terms.push((term, position - start)),
            None => {
                start = position;
                phrases.push(Phrase { unit, terms: vec![(term, 0)] });
            }
        }
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, positive: &[&str], quoted: &[&str], excluded: &[&str]) {
        let expect =
            Clauses { positive: positive.to_vec(), quoted: quoted.to_vec(), excluded: excluded.to_vec() };
        assert_eq!(clauses(typed), expect, "{typed}");
    }

    #[test]
    fn operators_are_few_and_forgiving() {
        check("提币 失败", &["提币 失败"], &[], &[]);
        check("-1021 错误", &["-1021 错误"], &[], &[]);
        check("提币 -内部", &["提币"], &[], &["内部"]);
        check("提币 －手续费", &["提币"], &[], &["手续费"]);
        check("withdraw -\"security hold\" fee", &["withdraw", "fee"], &[], &["security hold"]);
        check("-提币", &["-提币"], &[], &[]);
        check("- -提币 --x", &["-", "--x"], &[], &["提币"]);
        check("- -提币 -", &["- -提币 -"], &[], &[]);
        check("\"no results\" 2fa", &["no results", "2fa"], &["no results"], &[]);
        check("“提币 失败”x", &["提币 失败", "x"], &["提币 失败"], &[]);
        check("\"never closed", &["\"never closed"], &[], &[]);
        check("a-b self-service", &["a-b self-service"], &[], &[]);
        check("", &[""], &[], &[]);
        check(" \"\" ", &[" \"\" "], &[""], &[]);
    }

    #[test]
    fn phrases_stay_within_a_field() {
        let analyzer = Analyzer::new(&crate::lexicon::Lexicon::default());
        let unit = |phrase: &Phrase| (phrase.unit, phrase.terms.clone());
        let found: Vec<_> = phrases("提币失败 ERC-20 x", &analyzer).iter().map(unit).collect();
        let term = |text: &str, at| (text.to_owned(), at);
        assert_eq!(
            found,
            [
                (Unit::Gram, vec![term("提币", 0), term("币失", 1), term("失败", 2)]),
                (Unit::Word, vec![term("erc", 0), term("20", 1), term("x", 2)]),
            ]
        );
    }
}
