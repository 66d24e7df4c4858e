//! Beside the AWS CLI: the same identity and the same signature as `aws codecommit credential-helper`.
//!
//! Every expected value comes from an AWS CLI that is installed here, never from this program; without one the tests
//! are skipped (`oracles.rs`). Version 2 is the contract. Each one on the `PATH` is asked: `.ci/run` installs a new
//! version 1, which has everything but version 2's order of `AWS_PROFILE` and `AWS_DEFAULT_PROFILE`, its `AWS_REGION` and its
//! shared keys of SSO roles; and Debian's version 2.9, which has those and lacks what is younger.

mod cli;
mod config_files;
mod generated;
mod identities;
mod identity;
mod roles;
mod signatures;

pub use cli::{aws_clis, on_path};
