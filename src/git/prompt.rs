//! Prompts for an MFA code, as git prompts for a password.
//!
//! In git's order (git 2.47.3 `prompt.c`, `git_prompt`): `GIT_ASKPASS`, `core.askPass`, `SSH_ASKPASS`, then the
//! terminal, unless `GIT_TERMINAL_PROMPT=0`; no prompt if `credential.interactive` is off. Standard input is never
//! read: it is git's request. Two minutes are enough to find a phone.

use crate::failure::Code;
use crate::git;
use crate::machine::run::{NoOutput, Program};
use crate::machine::trace::Trace;
use crate::machine::world::World;
use codecommit::secret::{public, public_path};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long the user has to answer.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Why there is no MFA code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCode {
    /// No prompt is possible: no askpass program returned a code, and there is no terminal or it may not be used. The
    /// reason, in words.
    NobodyToAsk(String),
    /// The prompt timed out, or the answer was empty.
    NoAnswer,
    /// Another process asked AWS in the meantime, and failed with this code.
    AnotherFailed(Code),
    /// Another process is still asking AWS.
    AnotherIsAsking,
}

/// Prompts for the code of the device; `again` if AWS rejected the previous one.
pub(crate) fn ask(mfa_serial: &str, again: bool, world: &World, trace: &Trace) -> Result<String, NoCode> {
    let no_prompt = |why: &str| Err(NoCode::NobodyToAsk(why.to_owned()));
    if world.is_read_only() {
        return no_prompt("doctor does not prompt; git will");
    }
    // Besides a boolean, the value may be `never` (git 2.47.0 `credential.c`, `credential_getpass`).
    let interactive = git::value("credential.interactive");
    if interactive.is_some_and(|value| value == "never" || git::boolean(&value) == Some(false)) {
        return no_prompt("credential.interactive is false in git's configuration");
    }
    let refused = if again { "That code was rejected; wait for the next one. " } else { "" };
    let prompt = format!("{refused}Enter MFA code for {}: ", crate::text::escape::escape(&public(mfa_serial)));
    // The first one that is set counts, even if it is empty (git 2.47.3 `prompt.c`, `git_prompt`).
    let variable = world.environment.variables();
    let program = variable("GIT_ASKPASS")
        .or_else(|| git::value("core.askPass"))
        .or_else(|| variable("SSH_ASKPASS"))
        .filter(|program| !program.is_empty());
    if let Some(program) = &program {
        trace.line(|| format!("prompting for the MFA code with {}", public_path(program)));
        // If the program fails, git prompts at the terminal.
        if let Some(answer) = through_program(program, &prompt) {
            return answer;
        }
    }
    let failed = program.map(|program| format!("{} returned no code, and ", public_path(&program))).unwrap_or_default();
    if world.environment.get("GIT_TERMINAL_PROMPT").and_then(git::boolean) == Some(false) {
        return no_prompt(&format!("{failed}GIT_TERMINAL_PROMPT=0 disables terminal prompts"));
    }
    trace.line(|| "prompting for the MFA code on the terminal".to_owned());
    let without_program = "no terminal and no askpass program (GIT_ASKPASS, core.askPass, SSH_ASKPASS)";
    let why = if failed.is_empty() { without_program.to_owned() } else { failed + "no terminal" };
    at_terminal(&prompt).unwrap_or(Err(NoCode::NobodyToAsk(why)))
}

/// `None` if the program cannot be run or fails. Like git, uses the first line of its output.
fn through_program(program: &str, prompt: &str) -> Option<Result<String, NoCode>> {
    let program = Program::new(program).args([prompt]).with_our_stderr().may_use_terminal().without_aws_credentials();
    match program.at_most(1 << 16).run(PATIENCE) {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            Some(code(text.lines().next().unwrap_or_default()))
        }
        Err(NoOutput::TooLong) => Some(Err(NoCode::NoAnswer)),
        Ok(_) | Err(NoOutput::NotStarted(_) | NoOutput::TooMuch) => None,
    }
}

/// `None` if there is no terminal.
fn at_terminal(prompt: &str) -> Option<Result<String, NoCode>> {
    let (mut output, input) = terminal().ok()?;
    output.write_all(prompt.as_bytes()).and_then(|()| output.flush()).ok()?;
    let line = within(move || {
        let mut line = String::new();
        BufReader::new(input.take(1024)).read_line(&mut line).map(|_| line)
    });
    Some(line.map_or(Err(NoCode::NoAnswer), |line| code(&line)))
}

#[cfg(unix)]
fn terminal() -> std::io::Result<(File, File)> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    Ok((terminal.try_clone()?, terminal))
}

#[cfg(windows)]
fn terminal() -> std::io::Result<(File, File)> {
    let open = |name| OpenOptions::new().read(true).write(true).open(name);
    Ok((open("CONOUT$")?, open("CONIN$")?))
}

/// Reads on a separate thread, so that the wait can time out; `None` if that or the reading fails.
fn within(read: impl FnOnce() -> std::io::Result<String> + Send + 'static) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(read().unwrap_or_default()));
    receiver.recv_timeout(PATIENCE).ok()
}

/// An empty answer is not a code. AWS decides whether a code is correct.
fn code(line: &str) -> Result<String, NoCode> {
    let code: String = line.split_whitespace().collect();
    if code.is_empty() { Err(NoCode::NoAnswer) } else { Ok(code) }
}
