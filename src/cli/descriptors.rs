//! How many files and sockets this process may have open.

use rustix::process::{Resource, getrlimit, setrlimit};

/// For files of the index, the listeners, the watch and what a reload opens beside them.
const OURS: u64 = 200;

/// As many connections as are wanted, or as there are descriptors for: the system's limit is
/// raised as far as it may be, and some are kept for ourselves.
pub(super) fn connections(wanted: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let needed = u64::try_from(wanted).unwrap_or(u64::MAX).saturating_add(OURS);
    if limit.current.is_some_and(|current| current < needed) {
        let raised = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
        let attempt = rustix::process::Rlimit { current: Some(raised), maximum: limit.maximum };
        if setrlimit(Resource::Nofile, attempt).is_ok() {
            limit = attempt;
        }
    }
    let most = limit.current.map_or(usize::MAX, |limit| usize::try_from(within(limit)).unwrap_or(usize::MAX));
    if most < wanted {
        tracing::warn!(
            descriptors = limit.current,
            connections = most,
            wanted,
            "too few descriptors for all connections"
        );
    }
    most.min(wanted)
}

/// What is left of a limit for connections; of a tiny one the half.
fn within(limit: u64) -> u64 {
    limit.saturating_sub(OURS).max(limit / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_kept_for_ourselves() {
        assert_eq!([20_000, 1_024, 64, 1].map(within), [19_800, 824, 32, 1]);
    }
}
