//! Asks for the code of an MFA device, the way git asks for a password.
//!
//! In git's order (git 2.47.3 `prompt.c`, `git_prompt`): `GIT_ASKPASS`, `core.askPass`, `SSH_ASKPASS`, then the terminal
//! itself, unless `GIT_TERMINAL_PROMPT=0`; nobody at all where `credential.interactive` is off. Never standard input:
//! that is git's request. Two minutes are enough to find a phone.

use crate::git_config;
use crate::trace::Trace;
use crate::world::World;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long somebody may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

/// Why there is no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCode {
    /// Nobody can be asked: no askpass program, and no terminal or none allowed.
    NobodyToAsk(&'static str),
    /// Nobody answered in time, or with nothing.
    NoAnswer,
    /// Another process asked for all, and got no code that AWS takes.
    AnotherGotNone,
    /// Another process is still asking for all.
    AnotherIsAsking,
}

/// Asks for the code of the device.
pub(super) fn ask(mfa_serial: &str, world: &World, trace: &Trace) -> Result<String, NoCode> {
    // Besides a boolean it may be `never` (git 2.47.0 `credential.c`, `credential_getpass`).
    let interactive = git_config::value("credential.interactive");
    if interactive.is_some_and(|value| value == "never" || git_config::boolean(&value) == Some(false)) {
        return Err(NoCode::NobodyToAsk("git's credential.interactive is off"));
    }
    let prompt = format!("Enter MFA code for {}: ", crate::escape::escape(mfa_serial));
    let environment = &world.environment;
    let program = environment
        .non_empty("GIT_ASKPASS")
        .map(str::to_owned)
        .or_else(|| git_config::value("core.askPass").filter(|program| !program.is_empty()))
        .or_else(|| environment.non_empty("SSH_ASKPASS").map(str::to_owned));
    if let Some(program) = program {
        trace.line(|| format!("asking for the MFA code through {program}"));
        // git goes on to the terminal where the program fails.
        if let Some(answer) = through_program(&program, &prompt) {
            return answer;
        }
    }
    if environment.get("GIT_TERMINAL_PROMPT").and_then(git_config::boolean) == Some(false) {
        return Err(NoCode::NobodyToAsk("GIT_TERMINAL_PROMPT=0 forbids to ask at the terminal"));
    }
    trace.line(|| "asking for the MFA code at the terminal".to_owned());
    at_terminal(&prompt)
}

/// `None` where the program cannot be started or fails. Of what it prints, the first line counts, as for git.
#[expect(clippy::disallowed_methods, reason = "starting the askpass program is what this is for")]
fn through_program(program: &str, prompt: &str) -> Option<Result<String, NoCode>> {
    let mut child = Command::new(program).arg(prompt).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().ok()?;
    let output = child.stdout.take()?;
    let answered = within(move || {
        let mut text = String::new();
        // To its end: a program that is cut off fails.
        output.take(1 << 16).read_to_string(&mut text).map(|_| text)
    });
    if answered.is_none() {
        let _ = child.kill();
        let _ = child.wait();
        return Some(Err(NoCode::NoAnswer));
    }
    let status = child.wait().ok()?;
    status.success().then(|| code(answered.unwrap_or_default().lines().next().unwrap_or_default()))
}

fn at_terminal(prompt: &str) -> Result<String, NoCode> {
    let nobody = |_| NoCode::NobodyToAsk("there is no terminal, and no askpass program is set");
    let (mut output, input) = terminal().map_err(nobody)?;
    output.write_all(prompt.as_bytes()).and_then(|()| output.flush()).map_err(nobody)?;
    let line = within(move || {
        let mut line = String::new();
        BufReader::new(input.take(1024)).read_line(&mut line).map(|_| line)
    });
    match line {
        Some(line) => code(&line),
        None => Err(NoCode::NoAnswer),
    }
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

/// What is read on a thread of its own, so that the wait can end; nothing where it cannot be read.
fn within(read: impl FnOnce() -> std::io::Result<String> + Send + 'static) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(read().unwrap_or_default()));
    receiver.recv_timeout(PATIENCE).ok()
}

/// Nothing is no code. Whether it is the right one is for AWS to say.
fn code(line: &str) -> Result<String, NoCode> {
    let code: String = line.split_whitespace().collect();
    if code.is_empty() { Err(NoCode::NoAnswer) } else { Ok(code) }
}
