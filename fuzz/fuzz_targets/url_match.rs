//! See `parsers::url_match`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::url_match(bytes));
