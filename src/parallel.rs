//! Work on all cores, with results in order.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many threads work side by side.
#[must_use]
pub fn threads() -> usize {
    /// Asking the system reads half a dozen files.
    static THREADS: LazyLock<usize> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    *THREADS
}

/// Maps `items` on all cores and keeps their order. Each thread takes `chunk` neighbors at a
/// time, the first ones first. A panic in `map` goes on here.
pub fn map<'a, T: Sync, R: Send>(items: &'a [T], chunk: usize, map: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let chunks: Vec<&'a [T]> = items.chunks(chunk.max(1)).collect();
    let mut results: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(index) else { return done };
                done.push((index, chunk.iter().map(&map).collect::<Vec<R>>()));
            }
        };
        let workers: Vec<_> = (1..threads().min(chunks.len())).map(|_| scope.spawn(work)).collect();
        let mut results = work();
        for worker in workers {
            match worker.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().flat_map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_the_order_of_items() {
        let items: Vec<usize> = (0..1_000).collect();
        for chunk in [0, 1, 7, 5_000] {
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(super::map(&items, chunk, |item| item * 2), doubled, "{chunk}");
        }
        assert!(super::map(&[], 3, |item: &usize| *item).is_empty());
    }
}
