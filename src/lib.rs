//! Git credential helper for AWS CodeCommit over HTTPS.
//!
//! `docs/architecture.md` has the module structure and the steps of one `get`; [`commands::get`] follows them. A module
//! uses only those below it, which `tests/it/house.rs` checks.

// Items are public for the two programs and the tests only.
#![warn(unreachable_pub)]

mod aws;
pub mod cli;
pub mod commands;
pub mod credentials;
mod diagnosis;
pub mod failure;
pub mod git;
pub mod machine;
mod remote;
mod session;
mod text;
mod verification;
mod words;

use cli::{Action, Color, ExitStatus, Invocation};
use commands::{doctor, explain, get, profiles, setup, store};
use machine::streams::Streams;
use machine::terminal::has_colors;
use machine::trace::Trace;
use machine::world::World;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write, stderr, stdin, stdout};
use text::escape::escape;

/// Runs the program. `arguments` do not include the program's name.
pub fn run(arguments: &[OsString], world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    let colors = Color::of(arguments).variables();
    let world = &if colors.is_empty() {
        world.clone()
    } else {
        World { environment: world.environment.with(colors), ..world.clone() }
    };
    let (action, options) = match cli::parse(arguments) {
        Ok(Invocation::Helper(action, options)) => (action, options),
        Ok(Invocation::Setup(arguments)) => return setup::run(&arguments, world, streams),
        Ok(Invocation::Doctor(arguments)) => return doctor::run(&arguments, world, streams),
        Ok(Invocation::Explain(arguments)) => return explain::run(&arguments, world, streams),
        Ok(Invocation::Profiles) => {
            profiles::print(world, streams.stdout);
            return ExitStatus::Answered;
        }
        Ok(Invocation::Unknown { action, verbose }) => return unknown(&action, verbose, world, streams),
        Ok(Invocation::Nothing) => {
            let text = if stdin().is_terminal() { BEGIN } else { NO_COMMAND };
            let _ = streams.stderr.write_all(text.as_bytes());
            return ExitStatus::Usage;
        }
        Err(told) => {
            let is_terminal = if told.use_stderr() { stderr().is_terminal() } else { stdout().is_terminal() };
            let to: &mut dyn Write = if told.use_stderr() { streams.stderr } else { streams.stdout };
            let _ = if has_colors(&world.environment, is_terminal) {
                write!(to, "{}", told.render().ansi())
            } else {
                write!(to, "{}", told.render())
            };
            return if told.use_stderr() { ExitStatus::Usage } else { ExitStatus::Answered };
        }
    };
    let trace = Trace::new(options.verbose, &world.environment, || Box::new(std::io::stderr()));
    match action {
        Action::Get => return get::get(&options, world, &trace, streams),
        Action::Capability => {
            let _ =
                streams.stdout.write_all(codecommit::attributes::CAPABILITIES).and_then(|()| streams.stdout.flush());
        }
        Action::Store => store::store(world, streams.stdin),
        // This helper stores no passwords, so there is nothing to erase.
        Action::Erase => {}
    }
    ExitStatus::Answered
}

/// gitcredentials(7): "If a helper receives any other operation, it should silently ignore the request." git gives a
/// helper a pipe to read; with a terminal as standard input, the user mistyped a command.
fn unknown(action: &str, verbose: bool, world: &World, streams: &mut Streams<'_>) -> ExitStatus {
    if !stdin().is_terminal() {
        let trace = Trace::new(verbose, &world.environment, || Box::new(std::io::stderr()));
        trace.line(|| format!("unknown action `{action}`: ignored"));
        return ExitStatus::Answered;
    }
    let shown = escape(action);
    let meant = cli::nearest_command(action).map(|meant| format!("  did you mean `{meant}`?\n")).unwrap_or_default();
    let help = "  fix: git credential-codecommit -h\n";
    let text = format!("git-credential-codecommit: error: unknown command `{shown}`\n{meant}{help}");
    let _ = streams.stderr.write_all(text.as_bytes());
    ExitStatus::Usage
}

/// Printed at a terminal if there is no argument.
const BEGIN: &str = "git-credential-codecommit: git credential helper for AWS CodeCommit over HTTPS\n\n\
                     To begin, configure git to use it:\n  \
                     git credential-codecommit setup\n\
                     If a clone, fetch or push fails without a reason:\n  \
                     git credential-codecommit doctor\n\
                     To explain an error code:\n  \
                     git credential-codecommit explain CC201\n\
                     For all commands and options:\n  \
                     git credential-codecommit -h\n";

/// Not through git, which makes a man page of `--help` (git 2.47.3 `git.c`, `handle_builtin`); it may not be installed.
const NO_COMMAND: &str = "git-credential-codecommit: error: missing command, such as setup\n  \
                          fix: git-credential-codecommit --help\n";
