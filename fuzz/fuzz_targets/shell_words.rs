//! See `parsers::shell_words`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::shell_words(bytes));
