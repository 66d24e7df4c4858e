//! Runs git to be told something, or to have its configuration changed: always within a time, never at the terminal.
//!
//! A helper runs with the environment and directory of the git command, so this git sees what that command saw. It gets
//! no AWS credentials: nothing that it is asked here needs them.

use crate::machine::run::{NoOutput, Program};
use codecommit::quote::Quote;
use std::ffi::OsStr;
use std::io;
use std::time::Duration;

/// git answers such questions in milliseconds. A home directory on a network that is gone takes for ever.
const WITHIN: Duration = Duration::from_secs(5);

/// How git ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With what it printed.
    Well(String),
    /// With what it said on standard error.
    Badly(Quote),
}

/// Why git said nothing.
#[derive(Debug)]
pub(crate) enum NoGit {
    /// It could not be started.
    NotStarted(io::Error),
    /// It was still running after this time, and was ended.
    TooLong(Duration),
}

/// Runs git with these arguments.
///
/// # Errors
/// [`NoGit`]; a git that refuses is [`Ended::Badly`].
pub(crate) fn run(arguments: &[impl AsRef<OsStr>]) -> Result<Ended, NoGit> {
    run_with(arguments, &[])
}

/// The same with these variables set.
pub(crate) fn run_with(arguments: &[impl AsRef<OsStr>], variables: &[(&str, &str)]) -> Result<Ended, NoGit> {
    // What it says is compared, hence the language.
    let program = Program::new("git").args(arguments).env("LC_ALL", "C").without_aws_credentials();
    let program = variables.iter().fold(program, |program, (name, value)| program.env(name, value));
    let program = program.waited_for_as("git, which is asked for its configuration");
    let output = program.run(WITHIN).map_err(|none| match none {
        NoOutput::NotStarted(error) => NoGit::NotStarted(error),
        NoOutput::TooLong | NoOutput::TooMuch => NoGit::TooLong(WITHIN),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(if output.status.success() {
        Ended::Well(text(&output.stdout))
    } else {
        Ended::Badly(text(&output.stderr).into())
    })
}

/// What git prints, where it is there and does not refuse.
pub(crate) fn answer(arguments: &[impl AsRef<OsStr>]) -> Option<String> {
    match run(arguments) {
        Ok(Ended::Well(output)) => Some(output),
        Ok(Ended::Badly(_)) | Err(_) => None,
    }
}
