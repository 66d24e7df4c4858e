//! See `parsers::undo_record`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::undo_record(bytes));
