//! Runs one child process, bounded in time and in output.
//!
//! Decides how a child is fed, read and terminated; leaves what to run, and what its output means, to the caller. A
//! child runs in its own process group, so that it cannot read the terminal and is terminated together with its
//! descendants. A child that may talk to the user does not: a background process group would be stopped there (SIGTTIN,
//! `termios(3)`).

use super::signals;
use super::wait::Waiting;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The default limit of a program's output, in bytes; git's configuration and an answer to git are far shorter.
const OUTPUT_LIMIT: u64 = 4 << 20;

/// Fits into a pipe's buffer on every system (Linux 64 KiB, macOS 16 KiB): a write of at most this never blocks. In
/// bytes.
const FITS_A_PIPE: usize = 4 << 10;

/// How long standard error is read after the program has exited: a daemon that it started may keep it open.
const LINGER: Duration = Duration::from_millis(200);

/// Variables whose values are AWS credentials, removed for children that do not need them.
const AWS_CREDENTIALS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
];

/// A program to run.
#[derive(Debug)]
pub(crate) struct Program<'i> {
    command: Command,
    input: Option<&'i [u8]>,
    limit: u64,
    captures_stderr: bool,
    may_use_terminal: bool,
    ends_with_us: bool,
    waited_for: Option<String>,
}

/// The output and exit status of a program. Either stream may contain a password.
#[derive(Debug)]
pub(crate) struct Output {
    pub status: ExitStatus,
    pub stdout: Zeroizing<Vec<u8>>,
    /// Empty if it was not captured.
    pub stderr: Zeroizing<Vec<u8>>,
}

/// Why a program has no complete output.
#[derive(Debug)]
pub(crate) enum NoOutput {
    /// The program could not be started, or its output could not be read.
    NotStarted(io::Error),
    /// The program was still running at its deadline and was terminated.
    TooLong,
    /// The program printed more than its limit and was terminated.
    TooMuch,
}

impl<'i> Program<'i> {
    /// The program `name`, looked up in the `PATH`. Its standard input is empty, its standard error is captured, and it
    /// has no terminal.
    #[expect(clippy::disallowed_methods, reason = "the one place that starts programs which are waited for")]
    pub(crate) fn new(name: impl AsRef<OsStr>) -> Self {
        Self {
            command: Command::new(name),
            input: None,
            limit: OUTPUT_LIMIT,
            captures_stderr: true,
            may_use_terminal: false,
            ends_with_us: false,
            waited_for: None,
        }
    }

    /// Appends arguments.
    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Removes these environment variables.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        for name in names {
            self.command.env_remove(name);
        }
        self
    }

    /// Removes exported AWS credentials from the environment of a program that needs none.
    pub(crate) fn without_aws_credentials(self) -> Self {
        self.without(&AWS_CREDENTIALS)
    }

    /// Sets what the program reads on standard input.
    pub(crate) fn input(mut self, input: &'i [u8]) -> Self {
        self.input = Some(input);
        self
    }

    /// Limits standard output to this many bytes.
    pub(crate) fn at_most(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Sends its standard error to this program's.
    pub(crate) fn with_our_stderr(mut self) -> Self {
        self.captures_stderr = false;
        self
    }

    /// Lets it use the terminal, as askpass programs and `credential_process` do.
    pub(crate) fn may_use_terminal(mut self) -> Self {
        self.may_use_terminal = true;
        self
    }

    /// Terminates it if a signal terminates this process: Ctrl-C at a terminal does not reach another process group. For
    /// programs that may hang.
    pub(crate) fn ends_with_us(mut self) -> Self {
        self.ends_with_us = true;
        self
    }

    /// Sets what the user is told to wait for if it takes long. Nothing is printed while a program may use the terminal
    /// itself.
    pub(crate) fn waited_for_as(mut self, what: impl Into<String>) -> Self {
        self.waited_for = Some(what.into());
        self
    }

    /// Runs the program for at most `within`.
    ///
    /// # Errors
    /// [`NoOutput`]. A nonzero exit status is not an error, see [`Output::status`].
    pub(crate) fn run(mut self, within: Duration) -> Result<Output, NoOutput> {
        let ends = Instant::now() + within;
        let _waiting = self.waited_for.take().map(Waiting::on);
        let stdin = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        let stderr = if self.captures_stderr { Stdio::piped() } else { Stdio::inherit() };
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(stderr);
        #[cfg(unix)]
        if !self.may_use_terminal {
            std::os::unix::process::CommandExt::process_group(&mut self.command, 0);
        }
        // Dropped after the child has ended, whatever the reason.
        let held = self.ends_with_us.then(signals::hold);
        let mut child = self.command.spawn().map_err(NoOutput::NotStarted)?;
        let (stdout, stderr) = (read(child.stdout.take(), self.limit), read(child.stderr.take(), self.limit));
        if let (Some(pipe), Some(input)) = (child.stdin.take(), self.input) {
            feed(pipe, input);
        }
        let finished = finish(&mut child, &stdout, &stderr, ends, held.is_some());
        match finished {
            Ok(output) if output.stdout.len() as u64 > self.limit => {
                self.end(&mut child);
                Err(NoOutput::TooMuch)
            }
            Ok(output) => Ok(output),
            Err(none) => {
                self.end(&mut child);
                Err(none)
            }
        }
    }

    /// Terminates the program, and its descendants if it has its own process group.
    fn end(&self, child: &mut Child) {
        #[cfg(unix)]
        if !self.may_use_terminal {
            let _ = rustix::process::kill_process_group(
                rustix::process::Pid::from_child(child),
                rustix::process::Signal::KILL,
            );
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Writes the input and closes the pipe. A program that exits without reading its input is no error. Long inputs are
/// written by a thread, so that a program that reads late cannot delay the deadline.
fn feed(mut pipe: impl Write + Send + 'static, input: &[u8]) {
    if input.len() <= FITS_A_PIPE {
        let _ = pipe.write_all(input);
        return;
    }
    let input = Zeroizing::new(input.to_vec());
    thread::spawn(move || pipe.write_all(&input));
}

type Reading = mpsc::Receiver<io::Result<Zeroizing<Vec<u8>>>>;

/// How often it is looked whether a signal has come, in the middle of a wait.
const GLANCE: Duration = Duration::from_millis(50);

fn finish(
    child: &mut Child,
    stdout: &Reading,
    stderr: &Reading,
    ends: Instant,
    is_held: bool,
) -> Result<Output, NoOutput> {
    let left =
        || if is_held && signals::has_come() { Duration::ZERO } else { ends.saturating_duration_since(Instant::now()) };
    let stdout = loop {
        match stdout.recv_timeout(if is_held { left().min(GLANCE) } else { left() }) {
            Ok(read) => break read.map_err(NoOutput::NotStarted)?,
            Err(mpsc::RecvTimeoutError::Timeout) if !left().is_zero() => {}
            Err(_) => return Err(NoOutput::TooLong),
        }
    };
    let mut pause = Duration::from_micros(200);
    let status = loop {
        // It closed its output; it only has to exit.
        match child.try_wait().map_err(NoOutput::NotStarted)? {
            Some(status) => break status,
            None if left().is_zero() => return Err(NoOutput::TooLong),
            None => thread::sleep(pause),
        }
        pause = (pause * 2).min(Duration::from_millis(5));
    };
    let stderr = stderr.recv_timeout(left().min(LINGER)).ok().and_then(Result::ok).unwrap_or_default();
    Ok(Output { status, stdout, stderr })
}

/// Reads a pipe to its end or one byte past the limit, on a separate thread, so that a deadline can be kept.
fn read(pipe: Option<impl Read + Send + 'static>, limit: u64) -> Reading {
    let (sender, receiver) = mpsc::channel();
    let Some(pipe) = pipe else {
        let _ = sender.send(Ok(Zeroizing::default()));
        return receiver;
    };
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = pipe.take(limit + 1).read_to_end(&mut bytes);
        let _ = sender.send(read.map(|_| bytes));
    });
    receiver
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Program<'static> {
        Program::new("sh").args(["-c", script])
    }

    #[test]
    fn a_program_that_never_ends_is_ended_with_all_that_it_started() {
        let started = Instant::now();
        let limit = Duration::from_millis(300);
        assert!(matches!(sh("sleep 60").run(limit), Err(NoOutput::TooLong)));
        assert!(matches!(sh("exec >&- 2>&-; sleep 60").run(limit), Err(NoOutput::TooLong)));
        // The grandchild holds the pipes: reading ends only because it is terminated too.
        assert!(matches!(sh("sleep 61 & wait").run(limit), Err(NoOutput::TooLong)));
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_flood_is_cut_off_and_a_daemon_that_holds_standard_error_is_not_waited_for() {
        let started = Instant::now();
        assert!(matches!(sh("yes").at_most(1000).run(Duration::from_secs(20)), Err(NoOutput::TooMuch)));
        let output = sh("(sleep 30 >&- &) ; echo done").run(Duration::from_secs(20)).expect("an end");
        assert_eq!(&output.stdout[..], b"done\n");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn input_longer_than_a_pipe_that_nobody_reads_does_not_hold_up_the_deadline() {
        let input = vec![b'x'; 1 << 20];
        let unread = sh("sleep 60").input(&input).run(Duration::from_millis(300));
        assert!(matches!(unread, Err(NoOutput::TooLong)));
        let read = sh("wc -c").input(&input).run(Duration::from_secs(20)).expect("an end");
        assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), "1048576");
    }

    #[test]
    fn exported_aws_credentials_are_kept_from_children_that_need_none() {
        let shown = |program: Program<'_>| {
            let named = AWS_CREDENTIALS.iter().fold(program, |program, name| program.env(name, "canary"));
            let output = named.without_aws_credentials().run(Duration::from_secs(20)).expect("an end");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        assert!(!shown(sh("env")).contains("canary"));
    }
}
