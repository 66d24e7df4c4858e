//! Any URL: the host is the one of git and of curl, or it is ambiguous; and what holds for every request holds for it.
//!
//! The oracle needs no process: two small models, which `tests/urls.rs` holds to the real git and curl.

#![no_main]

mod promises;
#[path = "../../tests/readers/mod.rs"]
mod readers;

use git_credential_codecommit::protocol::Attributes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|rest: &str| {
    readers::agree_about(rest);
    for url in [rest.to_owned(), format!("https://{rest}"), format!("https://git-codecommit.eu-west-1.amazonaws.com{rest}")]
    {
        promises::hold_for(&Attributes::of_url(&url));
    }
});
