//! See `parsers::ec_key`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::ec_key(bytes));
