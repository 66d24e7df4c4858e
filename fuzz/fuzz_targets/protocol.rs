//! Any bytes on standard input.

#![no_main]

mod promises;

use git_credential_codecommit::protocol::Attributes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| promises::hold_for(&Attributes::parse(bytes)));
