//! What takes long to show: faults, floods and hostile clients against the built program.
//!
//! `cargo test --test faults -- --nocapture --test-threads 1` prints a line for each promise:
//! the promise, how often it was tried, what came of it.
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test that fails this way has failed")]
