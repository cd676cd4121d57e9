//! `cargo fuzz run url`: see `jieda_fuzz::url`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jieda_fuzz::url(bytes));
