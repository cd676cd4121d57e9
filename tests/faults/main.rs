//! What may go wrong while Jieda runs, done to it on purpose: many tries, minutes long.
//! `./check faults` runs it; `cargo test` leaves it out. Needs Linux and strace.
//!
//! Each scenario prints one line: `promise | fault | tries | result`; SECURITY.md has them
//! as a table.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that fails this way has failed"
)]

#[path = "../it/process.rs"]
#[allow(dead_code, reason = "shared with tests/it")]
mod process;
#[path = "../it/world.rs"]
#[allow(dead_code, reason = "shared with tests/it")]
mod world;

mod answers;
mod crowd;
mod server;
mod trace;

mod bombs;
mod clock;
mod damage;
mod durable;
mod errors;
mod kills;
mod overload;
mod places;
mod slow_clients;
mod stopping;
mod swaps;
mod writers;

/// Says how a scenario went. Called behind its last assertion.
#[expect(clippy::print_stdout, reason = "what a scenario says")]
pub(crate) fn report(promise: &str, fault: &str, tries: usize, result: &str) {
    println!("\n{promise} | {fault} | {tries} | {result}");
}
