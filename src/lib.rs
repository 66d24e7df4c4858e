//! Git credential helper for AWS CodeCommit over HTTPS.
//!
//! The way of one `get`, each step a module:
//!
//! ```text
//! stdin ──protocol──▶ Attributes ──repository──▶ Repository      foreign host ▶ say nothing · near miss ▶ Failure
//!                                                    ▼
//!     credentials: environment · keys in a file ▶ at hand        everything else ▶ fetch (runtime, SDK, http)
//!                                                    ▼
//!     signature: canonical request ▶ string to sign ▶ GitPassword
//!                                                    ▼
//!     verification: unless in good standing, ask CodeCommit first    refused ▶ diagnosis ▶ Verdict ▶ Failure
//!                                                    ▼
//!     protocol::Answer ──▶ stdout                                Failure ▶ stderr, and quit=1 on stdout
//! ```
//!
//! `setup`, the command for people, has a way of its own: [`setup`].
//! [`doctor`] walks the same way as a `get` for what that cannot see, and shows what it found.
//!
//! [`get`] reads like this picture. `protocol`, `repository`, `signature`, `failure` and the plan in `credentials` are
//! pure: they take their input, clock and environment as arguments. Words for users are in [`failure`] alone.

pub mod cli;
pub mod credentials;
pub mod diagnosis;
pub mod doctor;
pub mod escape;
pub mod failure;
pub mod get;
pub mod git;

pub mod hex;
pub mod http;
pub mod identity;
mod machine;
pub mod protocol;
pub mod remote;
pub mod repository;
pub mod secret;
pub mod setup;
pub mod signature;
pub mod trace;
pub mod verification;
pub mod world;

use cli::Invocation;
use failure::Failure;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::time::Duration;
use trace::Trace;
use verification::marks::Marks;
use world::World;

/// The streams of one run.
pub struct Streams<'a> {
    /// git's request.
    pub stdin: &'a mut dyn Read,
    /// git's answer, and nothing else.
    pub stdout: &'a mut dyn Write,
    /// The user's terminal.
    pub stderr: &'a mut dyn Write,
}

impl Streams<'_> {
    /// Shows a failure. A standard error that cannot be written is no further failure.
    fn tell(&mut self, failure: &Failure, world: &World) {
        let _ = self.stderr.write_all(failure.render(world).as_bytes());
    }
}

/// How a run ended. The numbers are a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: an answer, a foreign host, `store`, `erase`, an action that is not known.
    Answered = 0,
    /// 1: a `get` or a command that failed, a `doctor` that found a problem. git ignores the status, other clients drop the
    /// output of a helper that has it.
    Failed = 1,
    /// 2: arguments that mean nothing.
    Usage = 2,
    /// 3: a `doctor` that had nothing to look at.
    CouldNotRun = 3,
}

/// Runs the program. `arguments` are without the program's name.
pub fn run(arguments: &[OsString], world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let arguments = match cli::parse(arguments) {
        Ok(Invocation::Helper(arguments)) => arguments,
        Ok(Invocation::Setup(arguments)) => return setup::run(&arguments, world, streams),
        Ok(Invocation::Doctor(arguments)) => {
            let status = doctor::run(&arguments, world, streams);
            // It does not wait for a slow sign-in, whose renewal is good for once.
            credentials::finish_replacements(Duration::from_secs(20));
            return status;
        }
        Err(told) => {
            let to: &mut dyn Write = if told.use_stderr() { streams.stderr } else { streams.stdout };
            let _ = write!(to, "{}", told.render());
            return if told.use_stderr() { ExitStatus::Usage } else { ExitStatus::Answered };
        }
    };
    let trace = Trace::new(arguments.verbose, &world.environment, || Box::new(std::io::stderr()));
    match arguments.action.as_str() {
        "get" => get::get(&arguments, world, &trace, streams),
        "capability" => {
            let _ = streams.stdout.write_all(protocol::CAPABILITIES).and_then(|()| streams.stdout.flush());
            ExitStatus::Answered
        }
        "store" => {
            store(world, streams);
            ExitStatus::Answered
        }
        // No secret is kept, so there is nothing to erase; gitcredentials(7) asks to ignore the rest.
        _ => ExitStatus::Answered,
    }
}

/// git says which password worked: the mark of that answer is confirmed. Whatever else is in the request is none of ours.
fn store(world: &World, streams: &mut Streams<'_>) {
    if let Some(password) = protocol::stored_password(streams.stdin) {
        Marks::of(world).confirm(&password);
    }
}
