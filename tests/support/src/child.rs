//! Starts the programs of the tests, the benches, the demo and the stand-in. No other module starts any.
//!
//! Each child gets a new session (setsid(2)) and therefore no controlling terminal: it cannot open `/dev/tty` (tty(4)).
//! So no AWS CLI and no git prompts the person who runs `cargo test`. Ctrl-C does not reach such a child either; it
//! exits when the pipes and servers of its test are closed.
//!
//! A test that needs a terminal creates one: `tests/it/common/terminal.rs`.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// A program without a terminal. Its standard input is empty unless the caller sets another one.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    // With `spawn` and `status` the child would inherit standard input.
    command.stdin(Stdio::null());
    in_a_session_of_its_own(&mut command);
    command
}

#[cfg(unix)]
fn in_a_session_of_its_own(command: &mut Command) {
    use process_wrap::std::{CommandWrap, CommandWrapper, ProcessSession};
    // The crate would return its own type of child. Only its call before exec(2) is used, which ignores the command
    // passed here.
    let unused = CommandWrap::from(Command::new(""));
    ProcessSession.pre_spawn(command, &unused).expect("process-wrap only notes the call");
}

#[cfg(not(unix))]
fn in_a_session_of_its_own(_: &mut Command) {}

/// The factor by which the tests' generators make more inputs: `GENERATE_TIMES` of the environment, or 1. `.ci/long`
/// sets it.
///
/// # Panics
/// If the variable is not a number.
#[must_use]
pub fn generate_times() -> u32 {
    std::env::var("GENERATE_TIMES").map_or(1, |times| times.parse().expect("a number"))
}
