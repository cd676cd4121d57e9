//! Several ways to say one thing: an article says it by the way that scores best, and only by a
//! way all of whose terms it has.

use super::query::Way;
use super::request::Error;
use super::score::Index;
use crate::index::schema::Part;

/// What other ways count beside the best.
const REST: f32 = 0.3;

/// What is noted of each article while the ways of a concept are read. Kept for the next:
/// only what was touched is cleared.
#[derive(Default)]
pub(super) struct Ways {
    cells: Vec<Cell>,
    /// Articles with any term of the way that is read.
    of_way: Vec<u32>,
    /// Articles that say the concept.
    of_concept: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    /// What the terms of this way score so far.
    score: f32,
    /// How many of them it has.
    has: u16,
    /// Whether title, questions, headings or tags have one.
    is_ahead: bool,
    /// The best way so far; 0 for none.
    best: f32,
    /// All ways so far.
    sum: f32,
    /// Whether any way stands ahead.
    best_is_ahead: bool,
}

impl Ways {
    /// Forgets what was read, however that ended.
    pub(super) fn clear(&mut self, articles: usize) {
        for ordinal in self.of_way.drain(..).chain(self.of_concept.drain(..)) {
            self.cells[ordinal as usize] = Cell::default();
        }
        self.cells.resize(articles.max(self.cells.len()), Cell::default());
    }

    /// Reads a way.
    pub(super) fn read(&mut self, index: Index<'_>, Way { way, weights }: &Way<'_>) -> Result<(), Error> {
        for (term, weight) in way.terms.iter().zip(weights) {
            index.each(&term.located, term.unit, *weight, |part, ordinal, score| {
                let cell = &mut self.cells[ordinal as usize];
                if part == Part::Body {
                    if cell.has == 0 {
                        self.of_way.push(ordinal);
                    }
                    cell.has += 1;
                } else {
                    cell.is_ahead = true;
                }
                cell.score += score;
            })?;
        }
        for ordinal in self.of_way.drain(..) {
            let cell = &mut self.cells[ordinal as usize];
            if usize::from(cell.has) == way.terms.len() {
                if cell.best == 0.0 {
                    self.of_concept.push(ordinal);
                }
                // A way that was typed in part scores the less, and still says it.
                cell.best = cell.best.max(cell.score).max(f32::MIN_POSITIVE);
                cell.sum += cell.score;
                cell.best_is_ahead |= cell.is_ahead;
            }
            (cell.score, cell.has, cell.is_ahead) = (0.0, 0, false);
        }
        Ok(())
    }

    /// Calls `each` with every article that says the concept, the score of its best way, and
    /// whether any stands ahead; forgets them.
    pub(super) fn take_best(&mut self, mut each: impl FnMut(u32, f32, bool)) {
        for ordinal in self.of_concept.drain(..) {
            let cell = std::mem::take(&mut self.cells[ordinal as usize]);
            each(ordinal, cell.best + REST * (cell.sum - cell.best), cell.best_is_ahead);
        }
    }
}
