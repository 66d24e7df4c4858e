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
pub mod machine;
pub mod protocol;
pub mod remote;
pub mod repository;
pub mod secret;
pub mod setup;
pub mod signature;
mod text;
pub mod trace;
pub mod verification;
pub mod world;

use cli::{Action, ExitStatus, Invocation};
use credentials::Profiles;
use failure::Failure;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Read, Write, stdin};
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

/// Runs the program. `arguments` are without the program's name.
pub fn run(arguments: &[OsString], world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let (action, options) = match cli::parse(arguments) {
        Ok(Invocation::Helper(action, options)) => (action, options),
        Ok(Invocation::Setup(arguments)) => return setup::run(&arguments, world, streams),
        Ok(Invocation::Doctor(arguments)) => {
            let status = doctor::run(&arguments, world, streams);
            // It does not wait for a slow sign-in, whose renewal is good for once.
            credentials::finish_replacements(Duration::from_secs(20));
            return status;
        }
        Ok(Invocation::Profiles) => {
            print_profiles(world, streams);
            return ExitStatus::Answered;
        }
        Ok(Invocation::Unknown { action, verbose }) => return unknown(&action, verbose, world, streams),
        Ok(Invocation::Nothing) => {
            let text = if stdin().is_terminal() { BEGIN } else { NO_COMMAND };
            let _ = streams.stderr.write_all(text.as_bytes());
            return ExitStatus::Usage;
        }
        Err(told) => {
            let to: &mut dyn Write = if told.use_stderr() { streams.stderr } else { streams.stdout };
            let _ = write!(to, "{}", told.render());
            return if told.use_stderr() { ExitStatus::Usage } else { ExitStatus::Answered };
        }
    };
    let trace = Trace::new(options.verbose, &world.environment, || Box::new(std::io::stderr()));
    match action {
        Action::Get => return get::get(&options, world, &trace, streams),
        Action::Capability => {
            let _ = streams.stdout.write_all(protocol::CAPABILITIES).and_then(|()| streams.stdout.flush());
        }
        Action::Store => store(world, streams),
        // No secret is kept, so there is nothing to erase.
        Action::Erase => {}
    }
    ExitStatus::Answered
}

/// For completion: the profiles of the shared files, a line each. A shell shows them on the terminal, so a name that may be a
/// secret or that could disturb the terminal is left out. A file that cannot be read has none: nobody wants an error there.
fn print_profiles(world: &World, streams: &mut Streams<'_>) {
    let names = Profiles::load(world).map(|profiles| profiles.names()).unwrap_or_default();
    // A value that starts with a dash would be taken for an option.
    let is_offered = |name: &&String| {
        !name.is_empty() && !name.starts_with('-') && secret::is_public(name) && escape::escape(name) == name.as_str()
    };
    let lines: String = names.iter().filter(is_offered).flat_map(|name| [name, "\n"]).collect();
    let _ = streams.stdout.write_all(lines.as_bytes()).and_then(|()| streams.stdout.flush());
}

/// gitcredentials(7): "If a helper receives any other operation, it should silently ignore the request." git gives a helper
/// a pipe to read; a person at a terminal has mistyped a command.
fn unknown(action: &str, verbose: bool, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    if !stdin().is_terminal() {
        let trace = Trace::new(verbose, &world.environment, || Box::new(std::io::stderr()));
        trace.line(|| format!("unknown action `{action}`: ignored"));
        return ExitStatus::Answered;
    }
    let shown = escape::escape(action);
    let meant = cli::nearest_command(action).map(|meant| format!("  did you mean `{meant}`?\n")).unwrap_or_default();
    let help = "  fix: git credential-codecommit -h\n";
    let text = format!("git-credential-codecommit: error: unknown command `{shown}`\n{meant}{help}");
    let _ = streams.stderr.write_all(text.as_bytes());
    ExitStatus::Usage
}

/// For a person who types nothing but the name.
const BEGIN: &str = "git-credential-codecommit: git credential helper for AWS CodeCommit over HTTPS\n\n\
                     git runs this program. To begin, configure git to do so:\n  \
                     git credential-codecommit setup\n\
                     When git fails and nothing says why:\n  \
                     git credential-codecommit doctor\n\
                     All commands and options:\n  \
                     git credential-codecommit -h\n";

/// Not through git, which makes a man page of `--help` (git 2.47.3 `git.c`, `handle_builtin`); it may not be installed.
const NO_COMMAND: &str = "git-credential-codecommit: error: a command is missing, such as get or setup\n  \
                          fix: git-credential-codecommit --help\n";

/// git says which password worked: the mark of that answer is confirmed. Whatever else is in the request is none of ours.
fn store(world: &World, streams: &mut Streams<'_>) {
    if let Some(password) = protocol::stored_password(streams.stdin) {
        Marks::of(world).confirm(&password);
    }
}
