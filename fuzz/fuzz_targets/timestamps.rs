//! See `parsers::timestamps`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::timestamps(bytes));
