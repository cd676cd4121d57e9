//! Korean (and kana): the word between blanks as a whole, and pairs of neighbors, which
//! find a noun whatever particle follows it and need no dictionary.

use super::chinese::grams;
use super::{Each, Emitter, Kind};
use crate::lang::Script;
use crate::text::Span;

/// Sends the tokens of a run of one script that begins at byte `start`.
pub(super) fn tokens<E: Each>(run: &str, start: usize, script: Script, emitter: &mut Emitter<E>) {
    let span = Span::new(start, start + run.len());
    emitter.token(run, span, 0, Kind::Word(script));
    if run.chars().nth(1).is_none() {
        // A single syllable is its own word; as a gram it would only repeat it.
        emitter.position += 1;
    } else {
        emitter.position += grams(run, start, emitter);
    }
}
