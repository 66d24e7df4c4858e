//! One function for each parser of untrusted bytes. It panics if an invariant is violated.
//!
//! `fuzz_targets/` runs them under libFuzzer, `tests/replay.rs` with the committed `corpus/`. The parsers are in the
//! program's pure crates, or modules of the program included by path, so that the AWS SDK is not built. The invariants:
//! no panic; no secret in printed text; printed text parses to the same value; linear time.

#![allow(dead_code, missing_docs, reason = "a part of each module is used, and its documentation is the program's")]
#![allow(unused_imports, unfulfilled_lint_expectations, reason = "of the program's modules, as they stand")]

mod config;
mod git_side;
mod network;
#[path = "../../../tests/it/readers/mod.rs"]
mod readers;
mod request;

use machine::world::{Environment, World};

pub use config::{cache, config_files, credential_process, timestamps};
pub use git_side::{address, git_config, helper_value, netrc, shell_words, ssh_config, undo_record, url_match};
pub use network::{denial, ec_key, pem, reply};
pub use request::{host, protocol, url};

/// The targets by name, for the replay.
pub const TARGETS: [(&str, fn(&[u8])); 19] = [
    ("address", address),
    ("cache", cache),
    ("config_files", config_files),
    ("credential_process", credential_process),
    ("denial", denial),
    ("ec_key", ec_key),
    ("git_config", git_config),
    ("helper_value", helper_value),
    ("host", host),
    ("netrc", netrc),
    ("pem", pem),
    ("protocol", protocol),
    ("reply", reply),
    ("shell_words", shell_words),
    ("ssh_config", ssh_config),
    ("timestamps", timestamps),
    ("undo_record", undo_record),
    ("url", url),
    ("url_match", url_match),
];

#[path = "../../../src/failure/mod.rs"]
mod failure;
#[path = "../../../src/git/mod.rs"]
mod git;
#[path = "../../../src/machine/mod.rs"]
mod machine;
#[path = "../../../src/text/mod.rs"]
mod text;

#[path = "../../../src/credentials/sources"]
mod sources {
    pub(crate) mod proof;
}

#[path = "../../../src/commands"]
mod commands {
    pub(crate) mod doctor {
        pub(crate) mod netrc;
        pub(crate) mod ssh_config;
    }

    pub(crate) mod setup {
        pub(crate) mod entries;
        pub(crate) mod order;
        pub(crate) mod plan;
        pub(crate) mod undo;
    }
}

#[path = "../../../src/aws"]
mod aws {
    pub(crate) mod pem;
}

#[path = "../../../src/remote"]
mod remote {
    pub(crate) mod address;
}

/// A world without environment variables and home directory.
fn world() -> World {
    World { environment: Environment::default(), home: None, now: chrono::DateTime::UNIX_EPOCH }
}

/// A secret that no input contains. It is put into secret values and must not be printed.
const CANARY: &str = "cAnArY0123456789hush";

/// Panics if the canary is in `printed`.
fn no_canary(printed: &str) {
    assert!(!printed.contains(CANARY), "a secret is printed: {printed}");
}
