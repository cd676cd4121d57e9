//! Lets in what can be answered soon, and turns away the rest at once.
//!
//! Work runs on the threads that read requests, so what waits is what has been read and has
//! not begun. A request that is let in goes to the back of its thread's queue, behind all
//! that is yet to be read: so those who come in a flood are counted before work begins.
//!
//! A burst may wait, up to the bound. A queue that stands for longer than `STANDING` is
//! no burst: then for a `SPELL` only one for each thread is let in, so that nobody waits for
//! others. Another spell follows only if in this one more was asked than could have been
//! done. That somebody was turned away says nothing of that: one browser asks for six files
//! at a time. Who asks again at once when turned away, though, prolongs it. What waits too
//! long, and what is too much, is measured by what the work takes, so that it means the same
//! on any machine.
//!
//! **Invariant:** a place is given back when the work has ended, whatever became of the client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A queue in which everybody waits too long for as long as this is no burst.
const STANDING: Duration = Duration::from_millis(100);
/// For so long bursts may not wait, once there was a queue.
const SPELL: Duration = Duration::from_secs(1);
/// Waiting for this many times the work of a request is too long …
const PATIENCE: u64 = 4;
/// … but never less than this many nanoseconds.
const LEAST_PATIENCE: u64 = 2_000_000;
/// A measured work counts as one part in so many of the average.
const SMOOTHING: u64 = 16;

/// Counts what has been let in.
#[derive(Debug)]
pub struct Gate {
    /// Places while bursts may wait.
    most: usize,
    /// Places while they may not.
    least: usize,
    threads: u64,
    in_flight: AtomicUsize,
    /// What the work of a request takes, in nanoseconds.
    work: AtomicU64,
    /// Since when everybody has waited too long; 0 if somebody has not. These are
    /// milliseconds since `started`, plus 1.
    standing_since: AtomicU64,
    /// When the spell ends in which bursts may not wait; 0 if there is none.
    strict_until: AtomicU64,
    /// The work that was asked for in this spell, in nanoseconds.
    asked: AtomicU64,
    started: Instant,
}

/// A place, for one request.
#[derive(Debug)]
pub struct Place {
    gate: Arc<Gate>,
    entered: Instant,
    begun: Option<Instant>,
}

impl Gate {
    /// A gate with so many places, in front of so many threads.
    #[must_use]
    pub fn new(places: usize, threads: usize) -> Self {
        Self {
            most: places.max(1),
            least: places.max(1).min(threads),
            threads: threads as u64,
            in_flight: AtomicUsize::new(0),
            work: AtomicU64::new(0),
            standing_since: AtomicU64::new(0),
            strict_until: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            started: Instant::now(),
        }
    }

    /// How many have a place.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// A place, if there is one.
    #[must_use]
    pub fn enter(self: &Arc<Self>) -> Option<Place> {
        self.enter_at(Instant::now())
    }

    fn enter_at(self: &Arc<Self>, entered: Instant) -> Option<Place> {
        let places = if self.is_strict(self.millis(entered)) { self.least } else { self.most };
        if self.in_flight.fetch_add(1, Ordering::Relaxed) < places {
            return Some(Place { gate: Arc::clone(self), entered, begun: None });
        }
        self.leave();
        None
    }

    /// Whether bursts may not wait, for somebody who comes now. The first one after a spell
    /// decides whether there is another.
    fn is_strict(&self, now: u64) -> bool {
        let until = self.strict_until.load(Ordering::Relaxed);
        if until == 0 {
            return false;
        }
        let work = self.work.load(Ordering::Relaxed);
        let asked = self.asked.fetch_add(work, Ordering::Relaxed) + work;
        if now < until {
            return true;
        }
        let lasted = now - until + millis(SPELL);
        let is_too_much = asked > lasted * 1_000_000 * self.threads;
        let next = if is_too_much { now + millis(SPELL) } else { 0 };
        if self.strict_until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.asked.store(0, Ordering::Relaxed);
        }
        is_too_much
    }

    /// Somebody's work begins.
    fn begin(&self, waited: Duration, at: Instant) {
        let patience = self.work.load(Ordering::Relaxed).saturating_mul(PATIENCE).max(LEAST_PATIENCE);
        if nanos(waited) < patience {
            self.standing_since.store(0, Ordering::Relaxed);
            return;
        }
        let now = self.millis(at);
        match self.standing_since.load(Ordering::Relaxed) {
            0 => self.standing_since.store(now, Ordering::Relaxed),
            since if now.saturating_sub(since) >= millis(STANDING) => {
                let spell = now + millis(SPELL);
                let begins =
                    self.strict_until.compare_exchange(0, spell, Ordering::Relaxed, Ordering::Relaxed);
                if begins.is_ok() {
                    self.asked.store(0, Ordering::Relaxed);
                    tracing::warn!("more is asked than can be answered, turning requests away");
                }
            }
            _ => {}
        }
    }

    /// Somebody leaves; a queue of nobody does not stand.
    fn leave(&self) {
        if self.in_flight.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.standing_since.store(0, Ordering::Relaxed);
        }
    }

    fn measure(&self, work: Duration) {
        let old = self.work.load(Ordering::Relaxed);
        let new = (old * (SMOOTHING - 1) + nanos(work)) / SMOOTHING;
        self.work.store(new, Ordering::Relaxed);
    }

    fn millis(&self, at: Instant) -> u64 {
        millis(at.saturating_duration_since(self.started)) + 1
    }
}

impl Place {
    /// Waits behind all that is yet to be read; then it is this request's turn.
    pub async fn turn(&mut self) {
        tokio::task::yield_now().await;
        let now = Instant::now();
        self.gate.begin(now.saturating_duration_since(self.entered), now);
        self.begun = Some(now);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(begun) = self.begun {
            self.gate.measure(begun.elapsed());
        }
        self.gate.leave();
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A gate of ten places and two threads, as it is a while after its start.
    fn gate() -> Arc<Gate> {
        let mut gate = Gate::new(10, 2);
        gate.started -= Duration::from_mins(1);
        Arc::new(gate)
    }

    fn let_in(gate: &Arc<Gate>) -> usize {
        let places: Vec<Place> = std::iter::from_fn(|| gate.enter()).collect();
        places.len()
    }

    #[test]
    fn a_place_is_given_back_when_the_work_has_ended() {
        let gate = gate();
        let first = gate.enter().unwrap();
        assert_eq!((gate.in_flight(), let_in(&gate)), (1, 9));
        drop(first);
        assert_eq!((gate.in_flight(), let_in(&gate)), (0, 10));
    }

    #[test]
    fn a_burst_may_wait_and_a_standing_queue_may_not() {
        let gate = gate();
        let start = Instant::now();
        let long = Duration::from_millis(3);
        let at = |millis| start + Duration::from_millis(millis);
        let _queue = gate.enter();
        gate.begin(long, at(0));
        gate.begin(long, at(50));
        assert_eq!(let_in(&gate), 9, "it may be a burst yet");
        gate.begin(Duration::from_millis(1), at(90));
        gate.begin(long, at(100));
        gate.begin(long, at(190));
        assert_eq!(let_in(&gate), 9, "somebody did not wait: it was a burst");
        gate.begin(long, at(200));
        assert_eq!(let_in(&gate), 1, "it stands");
    }

    /// So many come at one time, and all are done at once: how many were let in.
    fn come(gate: &Arc<Gate>, count: usize, at: Instant) -> usize {
        let places: Vec<Option<Place>> = (0..count).map(|_| gate.enter_at(at)).collect();
        places.iter().flatten().count()
    }

    /// A gate at the end of a peak: bursts may not wait any more. Work takes 1 ms.
    fn after_a_peak(at: Instant) -> Arc<Gate> {
        let gate = gate();
        gate.work.store(1_000_000, Ordering::Relaxed);
        let waited = Duration::from_millis(10);
        gate.begin(waited, at.checked_sub(STANDING).unwrap());
        gate.begin(waited, at);
        assert_eq!(come(&gate, 6, at), 2, "it is strict");
        gate
    }

    #[test]
    fn one_browser_does_not_keep_it_strict() {
        let start = Instant::now();
        let gate = after_a_peak(start);
        let views: Vec<usize> =
            (1..=50).map(|view| come(&gate, 6, start + Duration::from_millis(view * 100))).collect();
        assert_eq!(views[..9], [2; 9], "its second is not over");
        assert_eq!(views[9..], [6; 41], "60 requests of 1 ms in a second are nothing for two threads");
    }

    #[test]
    fn it_stays_strict_while_more_is_asked_than_can_be_done() {
        let start = Instant::now();
        let gate = after_a_peak(start);
        let tick = |tick: u64| start + Duration::from_millis(tick);
        // Two threads have 2,000 times 1 ms in a second; this is ten times as much.
        for now in 1..=10_000 {
            assert_eq!(come(&gate, 20, tick(now)), 2, "after {now} ms");
        }
        // The spell that the flood ended in, then one at most.
        let calm = (10_001..20_000).step_by(100).find(|now| come(&gate, 6, tick(*now)) == 6).unwrap();
        assert!(calm <= 12_001, "after {calm} ms");
        // What comes much later does not count for a spell long ago.
        let gate = after_a_peak(start);
        assert_eq!(come(&gate, 10_000, start), 2);
        assert_eq!(come(&gate, 10, start + Duration::from_mins(1)), 10);
    }

    #[test]
    fn a_queue_of_nobody_does_not_stand() {
        let gate = gate();
        let start = Instant::now();
        for minute in 0..3 {
            let at = start + Duration::from_mins(10) * minute;
            let place = gate.enter_at(at).unwrap();
            gate.begin(Duration::from_millis(50), at);
            drop(place);
        }
        assert_eq!(let_in(&gate), 10);
    }

    #[test]
    fn patience_grows_with_the_work() {
        let gate = gate();
        let start = Instant::now();
        for _ in 0..100 {
            gate.measure(Duration::from_millis(20));
        }
        gate.begin(Duration::from_millis(60), start);
        gate.begin(Duration::from_millis(60), start + STANDING);
        assert_eq!(let_in(&gate), 10);
        gate.begin(Duration::from_millis(90), start);
        gate.begin(Duration::from_millis(90), start + STANDING);
        assert_eq!(let_in(&gate), 2);
    }
}
