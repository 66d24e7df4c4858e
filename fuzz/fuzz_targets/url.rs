//! See `parsers::url`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::url(bytes));
