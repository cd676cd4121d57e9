//! `cargo fuzz run query`: see `jieda_fuzz::query`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jieda_fuzz::query(bytes));
