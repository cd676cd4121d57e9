//! `cargo fuzz run front_matter`: see `jieda_fuzz::front_matter`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| jieda_fuzz::front_matter(bytes));
