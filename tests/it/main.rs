//! The program, run as git runs it: one binary, since each one links the whole AWS SDK.
//!
//! `cargo test --test it setup::` runs the tests of `setup.rs`.

#![allow(clippy::disallowed_methods, reason = "tests start programs, read files, the real PATH and the clock")]
#![allow(clippy::print_stdout, reason = "tests name the git they use, and say that they are skipped")]

mod accounts;
mod addresses;
mod adversity;
mod canaries;
mod children;
mod clients;
mod clock;
mod clone;
mod commands;
mod common;
mod compat;
mod completion;
mod credential_process;
mod credentials;
mod differential;
mod docs;
mod doctor;
mod files;
mod hostile;
mod hosts;
mod house;
mod install;
mod lines;
mod machines;
mod marks;
mod mends;
mod network;
mod not_there;
mod oracles;
mod precedence;
mod properties;
mod readers;
mod refusals;
mod regions;
mod remote;
mod requests;
mod rewrite;
mod roles;
mod setup;
mod trust;
mod urls;
mod values;
mod waits;
