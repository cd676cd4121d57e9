//! How often a client may ask: a bucket for each, in a table that never grows.
//!
//! A bucket is one number, the time at which it will be full again (the generic cell rate
//! algorithm, ITU-T I.371). A table is many small sets; where a set is full, the client that
//! has asked least lately makes room, so that an attacker with many addresses cannot wash
//! away the bucket of one that asks much.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::client::Client;

/// Tables that are locked one at a time.
const SHARDS: usize = 64;
/// Sets of a table.
const SETS: usize = 256;
/// Clients of a set.
const WAYS: usize = 6;
/// Most clients that are known at one time, in 24 bytes or less for each.
pub const MOST: usize = SHARDS * SETS * WAYS;

/// Buckets of one size for all clients.
#[derive(Debug)]
pub struct RateLimit {
    /// Microseconds in which a bucket gains one request.
    every: u64,
    /// Microseconds in which an empty bucket fills up.
    whole: u64,
    hasher: RandomState,
    started: Instant,
    shards: Vec<Mutex<Vec<[Bucket; WAYS]>>>,
}

/// A client and when its bucket will be full, in microseconds; nobody's where that is 0.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    client: u64,
    full_at: u64,
}

impl RateLimit {
    /// Each client may ask `burst` times at once, then once in each `every`.
    #[must_use]
    pub fn new(every: Duration, burst: u32) -> Self {
        let every = micros(every).max(1);
        Self {
            every,
            whole: every * u64::from(burst.max(1)),
            hasher: RandomState::new(),
            started: Instant::now(),
            shards: (0..SHARDS).map(|_| Mutex::new(Vec::new())).collect(),
        }
    }

    /// Each client may ask so often in a second, and five seconds' worth at once, at least
    /// as much as a page with all that belongs to it.
    #[must_use]
    pub fn per_second(requests: u32) -> Self {
        Self::new(Duration::from_secs(1) / requests.max(1), requests.saturating_mul(5).max(20))
    }

    /// Takes one request out of a client's bucket.
    ///
    /// # Errors
    /// When it is empty: how long until there is one again.
    pub fn take(&self, client: Client) -> Result<(), Duration> {
        self.take_at(client, micros(self.started.elapsed()))
    }

    fn take_at(&self, client: Client, now: u64) -> Result<(), Duration> {
        let hash = self.hasher.hash_one(client);
        let place = usize::try_from(hash % (SHARDS * SETS) as u64).expect("a small number");
        let mut shard = self.shards[place % SHARDS].lock().unwrap_or_else(PoisonError::into_inner);
        if shard.is_empty() {
            shard.resize(SETS, [Bucket::default(); WAYS]);
        }
        let set = &mut shard[place / SHARDS];
        let known = set.iter().position(|bucket| bucket.client == hash && bucket.full_at != 0);
        let place = known.or_else(|| (0..WAYS).min_by_key(|way| set[*way].full_at)).expect("ways");
        let full_at = if known.is_some() { set[place].full_at.max(now) } else { now };
        let next = full_at + self.every;
        match next.checked_sub(now + self.whole) {
            None | Some(0) => {
                set[place] = Bucket { client: hash, full_at: next };
                Ok(())
            }
            Some(wait) => Err(Duration::from_micros(wait)),
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const SECOND: u64 = 1_000_000;

    fn client(number: u32) -> Client {
        Client::from(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    fn known(limit: &RateLimit) -> usize {
        let shards = limit.shards.iter().map(|shard| shard.lock().unwrap());
        shards.map(|shard| shard.iter().flatten().filter(|bucket| bucket.full_at != 0).count()).sum()
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let limit = RateLimit::new(Duration::from_secs(2), 3);
        let take = |now| limit.take_at(client(1), now);
        assert_eq!([take(10), take(10), take(10)], [Ok(()); 3]);
        assert_eq!(take(10), Err(Duration::from_secs(2)));
        assert_eq!(take(10 + SECOND), Err(Duration::from_secs(1)), "asking in vain costs nothing");
        assert_eq!(take(10 + 2 * SECOND), Ok(()));
        assert!(take(10 + 2 * SECOND).is_err());
        assert_eq!(limit.take_at(client(2), 10 + 2 * SECOND), Ok(()), "another client");
        // It never holds more than a burst.
        let later = 1_000 * SECOND;
        assert_eq!((0..10).filter(|_| take(later).is_ok()).count(), 3);
    }

    #[test]
    fn a_second_has_as_many_as_it_says() {
        let limit = RateLimit::per_second(50);
        let asked = (0..=100_000).filter(|now| limit.take_at(client(1), now * 100).is_ok()).count();
        // Ten seconds, and five at once.
        assert_eq!(asked, 750);
    }

    #[test]
    fn the_table_does_not_grow_and_keeps_who_asks_much() {
        let limit = RateLimit::new(Duration::from_secs(1), 100);
        while limit.take_at(client(0), 1).is_ok() {}
        for number in 1..=1_000_000 {
            assert_eq!(limit.take_at(client(number), 1), Ok(()));
        }
        const { assert!(MOST <= 100_000) };
        assert!(known(&limit) <= MOST && known(&limit) > MOST * 9 / 10, "{}", known(&limit));
        assert!(limit.take_at(client(0), 1).is_err(), "it was not washed away");
    }
}
