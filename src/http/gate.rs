//! Lets in what can be answered soon, and turns away the rest at once.
//!
//! Work runs on the threads that read requests, so what waits is what has been read and has
//! not begun. A request that is let in goes to the back of its thread's queue, behind all
//! that is yet to be read: so those who come in a flood are counted before work begins.
//!
//! A burst may wait, up to the bound. A queue that stands for longer than `STANDING` is
//! no burst: then only so many are let in that nobody waits for more than one other, until
//! for `CALM` nobody had to be turned away. What waits too long is measured by what the
//! work takes, so that it means the same on any machine.
//!
//! **Invariant:** a place is given back when the work has ended, whatever became of the client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A queue in which everybody waits too long for as long as this is no burst.
const STANDING: Duration = Duration::from_millis(100);
/// As long as this without turning anybody away, and bursts may wait again.
const CALM: Duration = Duration::from_secs(1);
/// Waiting for this many times the work of a request is too long …
const PATIENCE: u64 = 4;
/// … but never less than this many microseconds.
const LEAST_PATIENCE: u64 = 2_000;
/// A measured work counts as one part in so many of the average.
const SMOOTHING: u64 = 16;

/// Counts what has been let in.
#[derive(Debug)]
pub struct Gate {
    /// Places while bursts may wait.
    most: usize,
    /// Places while they may not.
    least: usize,
    in_flight: AtomicUsize,
    /// What the work of a request takes, in microseconds.
    work: AtomicU64,
    /// Since when everybody has waited too long; 0 if somebody has not. These are
    /// milliseconds since `started`, plus 1.
    standing_since: AtomicU64,
    /// Until when bursts may not wait.
    strict_until: AtomicU64,
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
            least: places.max(1).min(threads * 2),
            in_flight: AtomicUsize::new(0),
            work: AtomicU64::new(0),
            standing_since: AtomicU64::new(0),
            strict_until: AtomicU64::new(0),
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
        let entered = Instant::now();
        let now = self.millis(entered);
        let is_strict = now < self.strict_until.load(Ordering::Relaxed);
        let places = if is_strict { self.least } else { self.most };
        if self.in_flight.fetch_add(1, Ordering::Relaxed) < places {
            return Some(Place { gate: Arc::clone(self), entered, begun: None });
        }
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        if is_strict {
            self.strict_until.store(now + millis(CALM), Ordering::Relaxed);
        }
        None
    }

    /// Somebody's work begins.
    fn begin(&self, waited: Duration, at: Instant) {
        let patience = self.work.load(Ordering::Relaxed).saturating_mul(PATIENCE).max(LEAST_PATIENCE);
        if micros(waited) < patience {
            self.standing_since.store(0, Ordering::Relaxed);
            return;
        }
        let now = self.millis(at);
        match self.standing_since.load(Ordering::Relaxed) {
            0 => self.standing_since.store(now, Ordering::Relaxed),
            since if now.saturating_sub(since) >= millis(STANDING) => {
                let until = self.strict_until.swap(now + millis(CALM), Ordering::Relaxed);
                if until <= now {
                    tracing::warn!("more is asked than can be answered, turning requests away");
                }
            }
            _ => {}
        }
    }

    fn measure(&self, work: Duration) {
        let old = self.work.load(Ordering::Relaxed);
        let new = (old * (SMOOTHING - 1) + micros(work)) / SMOOTHING;
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
        self.gate.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
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
        gate.begin(long, at(0));
        gate.begin(long, at(50));
        assert_eq!(let_in(&gate), 10, "it may be a burst yet");
        gate.begin(Duration::from_millis(1), at(90));
        gate.begin(long, at(100));
        gate.begin(long, at(190));
        assert_eq!(let_in(&gate), 10, "somebody did not wait: it was a burst");
        gate.begin(long, at(200));
        assert_eq!(let_in(&gate), 4, "it stands");
    }

    #[test]
    fn bursts_may_wait_again_after_a_calm_second() {
        let mut gate = Gate::new(10, 2);
        let now = 60_000;
        gate.started -= Duration::from_millis(now);
        gate.strict_until = AtomicU64::new(now);
        let gate = Arc::new(gate);
        assert_eq!(let_in(&gate), 10, "calm");
        gate.strict_until.store(now + 500, Ordering::Relaxed);
        assert_eq!(let_in(&gate), 4, "not yet");
        let until = gate.strict_until.load(Ordering::Relaxed);
        assert!(until >= now + millis(CALM), "turning away prolongs it: {until}");
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
        assert_eq!(let_in(&gate), 4);
    }
}
