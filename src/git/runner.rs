//! Runs git to query or to change its configuration, always with a deadline and never with the terminal.
//!
//! A helper has the environment and directory of the git command, so this git sees the same configuration. It gets no
//! AWS credentials, since none of these commands needs them.

use crate::machine::run::{NoOutput, Program};
use codecommit::quote::Quote;
use std::ffi::OsStr;
use std::io;
use std::time::Duration;

/// git answers such queries in milliseconds, but a home directory on an unreachable network never does.
const WITHIN: Duration = Duration::from_secs(5);

/// How git exited.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With status 0; its standard output.
    Well(String),
    /// With another status; its standard error.
    Badly(Quote),
}

/// Why there is no result from git.
#[derive(Debug)]
pub(crate) enum NoGit {
    /// git could not be started.
    NotStarted(io::Error),
    /// git was still running after this time and was terminated.
    TooLong(Duration),
}

/// Runs git with these arguments.
///
/// # Errors
/// [`NoGit`]. A nonzero exit status is [`Ended::Badly`], not an error.
pub(crate) fn run(arguments: &[impl AsRef<OsStr>]) -> Result<Ended, NoGit> {
    run_with(arguments, &[])
}

/// The same with these variables set.
pub(crate) fn run_with(arguments: &[impl AsRef<OsStr>], variables: &[(&str, &str)]) -> Result<Ended, NoGit> {
    // Its messages are compared, so they have to be in English.
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

/// The output of git, if it could be run and exited with status 0.
pub(crate) fn answer(arguments: &[impl AsRef<OsStr>]) -> Option<String> {
    match run(arguments) {
        Ok(Ended::Well(output)) => Some(output),
        Ok(Ended::Badly(_)) | Err(_) => None,
    }
}
