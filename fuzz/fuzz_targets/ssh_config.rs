//! See `parsers::ssh_config`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::ssh_config(bytes));
