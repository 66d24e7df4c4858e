//! See `parsers::credential_process`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::credential_process(bytes));
