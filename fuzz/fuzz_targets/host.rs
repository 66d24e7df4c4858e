//! Any host and any path, in a request that is well formed.

#![no_main]

mod promises;

use git_credential_codecommit::protocol::Attributes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (host, path) = input;
    let (protocol, path) = (Some("https".into()), Some(path.into()));
    promises::hold_for(&Attributes { protocol, host: Some(host.into()), path, ..Attributes::default() });
});
