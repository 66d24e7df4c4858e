//! See `parsers::denial`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::denial(bytes));
