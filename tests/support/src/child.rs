//! The one place where the tests, the benches, the demo and the stand-in start programs.
//!
//! Each child gets a session of its own (setsid(2)), and with it no controlling terminal: `/dev/tty` cannot be opened
//! there (tty(4)). So no AWS CLI and no git asks the person who typed `cargo test`. Ctrl-C does not reach such a child
//! either; it ends when the pipes and the servers of the test that started it are gone.
//!
//! A test that needs a terminal starts one for itself: `tests/it/common/terminal.rs`.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// A program that cannot reach the terminal. Its standard input is empty unless the caller sets another one.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    // `spawn` and `status` would let the child read what is typed.
    command.stdin(Stdio::null());
    in_a_session_of_its_own(&mut command);
    command
}

#[cfg(unix)]
fn in_a_session_of_its_own(command: &mut Command) {
    use process_wrap::std::{CommandWrap, CommandWrapper, ProcessSession};
    // The crate would hand over children of a type of its own. What is taken from it is its call before exec(2), which
    // does not look at the other command.
    let unused = CommandWrap::from(Command::new(""));
    ProcessSession.pre_spawn(command, &unused).expect("process-wrap only notes the call");
}

#[cfg(not(unix))]
fn in_a_session_of_its_own(_: &mut Command) {}

/// How many times as many inputs the generators of tests make: `GENERATE_TIMES` of the environment, or 1. `.ci/long` sets it.
///
/// # Panics
/// If the variable is no number.
#[must_use]
pub fn generate_times() -> u32 {
    std::env::var("GENERATE_TIMES").map_or(1, |times| times.parse().expect("a number"))
}
