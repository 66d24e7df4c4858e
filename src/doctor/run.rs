//! Starts git where nothing may ask the user anything, and never waits longer than it was told to.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// No helper may prompt, open a window, start MFA or leave a mark: git's terminal prompt and both askpass programs
/// (gitcredentials(7)), Git Credential Manager's windows, browsers, and our own
/// verification and cache of roles, which remember.
pub(super) const QUIET: [(&str, &str); 7] = [
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "false"),
    ("SSH_ASKPASS", "false"),
    ("GCM_INTERACTIVE", "never"),
    ("BROWSER", "false"),
    ("GIT_CODECOMMIT_VERIFY", "never"),
    ("GIT_CODECOMMIT_READ_ONLY", "true"),
];

/// Without these there is no window to open, and no trace file grows.
const UNSET: [&str; 3] = ["DISPLAY", "WAYLAND_DISPLAY", "GIT_TRACE_CODECOMMIT"];

/// What git prints is short; a helper that floods is cut off.
const OUTPUT_LIMIT: u64 = 4 << 20;

/// What a program printed. Standard output may hold a password.
pub(super) struct Output {
    pub success: bool,
    pub stdout: Zeroizing<Vec<u8>>,
    pub stderr: Zeroizing<Vec<u8>>,
}

/// Why there is no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoOutput {
    /// It could not be started.
    NotStarted,
    /// It was still running, and was ended.
    TooLong,
}

/// Runs git with `input`, for at most `within`.
#[expect(clippy::disallowed_methods, reason = "git's own settings and helpers can only be had from git")]
pub(super) fn git(arguments: &[&str], input: &[u8], within: Duration) -> Result<Output, NoOutput> {
    let mut command = Command::new("git");
    command.args(arguments).envs(QUIET).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in UNSET {
        command.env_remove(name);
    }
    // In a process group of its own a program that reads the terminal all the same is stopped, and ended with the rest.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let ends = Instant::now() + within;
    let mut child = command.spawn().map_err(|_| NoOutput::NotStarted)?;
    let (stdout, stderr) = (read(child.stdout.take()), read(child.stderr.take()));
    if let Some(mut pipe) = child.stdin.take() {
        // A program that does not read its input closes the pipe: not our trouble. The input is shorter than a pipe.
        let _ = pipe.write_all(input);
    }
    let output = finish(&mut child, &stdout, &stderr, ends);
    if output.is_none() {
        end(&mut child);
    }
    output.ok_or(NoOutput::TooLong)
}

type Reading = mpsc::Receiver<Zeroizing<Vec<u8>>>;

fn finish(child: &mut Child, stdout: &Reading, stderr: &Reading, ends: Instant) -> Option<Output> {
    let left = || ends.saturating_duration_since(Instant::now());
    let stdout = stdout.recv_timeout(left()).ok()?;
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break status,
            None if left().is_zero() => return None,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    // A daemon that a helper left behind may hold it open.
    let stderr = stderr.recv_timeout(left().min(Duration::from_millis(200))).unwrap_or_default();
    Some(Output { success: status.success(), stdout, stderr })
}

/// Ends the program with everything that it started.
#[cfg_attr(unix, expect(clippy::disallowed_methods, reason = "only kill reaches a whole process group"))]
fn end(child: &mut Child) {
    #[cfg(unix)]
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", child.id())])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads on a thread of its own, so that a deadline can be kept.
fn read(pipe: Option<impl Read + Send + 'static>) -> Reading {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        if let Some(pipe) = pipe {
            let _ = pipe.take(OUTPUT_LIMIT).read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}
