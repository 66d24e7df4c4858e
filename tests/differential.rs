//! Beside the AWS CLI: the same identity and the same signature as `aws codecommit credential-helper`.
//!
//! Every expected value comes from the AWS CLI that is installed here, never from this program; without one the tests
//! print `skipped: …` and pass. Version 2 is the contract. Where the installed one is version 1, the two things in which
//! the versions differ are left out: version 1 asks `AWS_DEFAULT_PROFILE` before `AWS_PROFILE`, and does not know
//! `AWS_REGION`.

#![allow(clippy::disallowed_methods, reason = "tests start programs, read the real PATH and the clock")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

#[path = "differential/cli.rs"]
mod cli;
#[path = "differential/config_files.rs"]
mod config_files;
#[path = "differential/generated.rs"]
mod generated;
#[path = "differential/identities.rs"]
mod identities;
#[path = "differential/identity.rs"]
mod identity;
#[path = "differential/roles.rs"]
mod roles;
#[path = "differential/signatures.rs"]
mod signatures;
