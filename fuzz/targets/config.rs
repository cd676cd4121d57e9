//! `cargo fuzz run config`: see `jieda_fuzz::config`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jieda_fuzz::config(bytes));
