//! See `parsers::git_config`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::git_config(bytes));
