//! See `parsers::pem`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::pem(bytes));
