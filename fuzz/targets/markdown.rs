//! `cargo fuzz run markdown`: see `jieda_fuzz::markdown`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jieda_fuzz::markdown(bytes));
