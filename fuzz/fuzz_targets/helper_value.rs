//! See `parsers::helper_value`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::helper_value(bytes));
