//! See `parsers::config_files`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::config_files(bytes));
