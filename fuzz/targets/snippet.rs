//! `cargo fuzz run snippet`: see `jieda_fuzz::snippet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jieda_fuzz::snippet(bytes));
