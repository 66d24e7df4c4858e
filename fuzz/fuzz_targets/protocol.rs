//! See `parsers::protocol`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::protocol(bytes));
