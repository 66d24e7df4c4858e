//! Whether git itself gets through, where this program's own way to the host fails: it may know another one.

use super::fill::OURS_REMEMBERS_NOTHING;
use crate::git::fill::asking_nobody;
use crate::machine::run::{NoOutput, Program};
use crate::text::escape;
use std::time::Duration;

/// How long git may take.
const WITHIN: Duration = Duration::from_secs(10);

/// What git said.
#[derive(Debug)]
pub(super) enum ByGit {
    /// It listed the branches.
    Served,
    /// It failed, with these lines.
    Failed(Vec<String>),
    /// It was ended.
    TooLong,
}

/// Runs `git ls-remote` as if outside a repository, unable to prompt, and with no other transport than the URL's own
/// (git(1), `GIT_PROTOCOL_FROM_USER`). Helpers are asked as in every git command.
pub(super) fn ls_remote(url: &str) -> ByGit {
    let program = asking_nobody(Program::new("git").args(["ls-remote", "--quiet", "--", url, "HEAD"]))
        .env("GIT_PROTOCOL_FROM_USER", "0")
        .without(&["DISPLAY", "WAYLAND_DISPLAY", "GIT_TRACE_CODECOMMIT"])
        .waited_for_as("git ls-remote, since the connection failed");
    let program = OURS_REMEMBERS_NOTHING.iter().fold(program, |program, (name, value)| program.env(name, value));
    match program.run(WITHIN) {
        Ok(output) if output.status.success() => ByGit::Served,
        Ok(output) => {
            let stderr = String::from_utf8_lossy(&output.stderr);
            let told = stderr.lines().filter(|line| !line.starts_with("git-credential-codecommit: waiting"));
            ByGit::Failed(escape::lines(
                told.filter(|line| line.starts_with("fatal:") || line.starts_with("error:")),
                3,
                200,
            ))
        }
        Err(NoOutput::TooLong) => ByGit::TooLong,
        Err(NoOutput::NotStarted(_) | NoOutput::TooMuch) => ByGit::Failed(Vec::new()),
    }
}
