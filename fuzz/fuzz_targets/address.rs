//! See `parsers::address`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::address(bytes));
