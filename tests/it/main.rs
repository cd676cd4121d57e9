//! Everything that crosses module borders, as one binary.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that fails this way has failed"
)]

mod world;

mod tidy;

mod articles;
mod articles_findings;
mod fuzzed;
mod generations;
mod help_center;
mod ladder;
mod meaning;
mod search;
mod substrings;
mod suggest;

mod support;

mod brand;
mod budget;
mod feedback;
mod http;
mod language;
mod listener;
mod machines;
mod operation;
mod pages;
mod protection;
mod replies;
mod serve;

mod process;

mod cli;
