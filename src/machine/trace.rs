//! The trace of one `get`, for `-v` and `GIT_TRACE_CODECOMMIT`.
//!
//! Decides where it is written; each module decides what to trace. Never traced: secret access key, session token,
//! signature. Traces are pasted, so access key ids are masked, and text in the form of a secret is left out.

use crate::machine::world::Environment;
use crate::text::escape::escape;
use codecommit::keys::masked;
use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The destinations of the trace; usually none.
#[derive(Default)]
pub struct Trace {
    sinks: RefCell<Vec<Box<dyn Write>>>,
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trace({} sinks)", self.sinks.borrow().len())
    }
}

/// Like git's trace variables (git(1), `GIT_TRACE`): `1`, `2` or `true` for standard error, an absolute path to append
/// to a file; any other value is off.
const VARIABLE: &str = "GIT_TRACE_CODECOMMIT";

/// Opens a regular file for appending. A link may lead to another user's file, and a FIFO would wait for a reader.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    let not_regular = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    // ELOOP for a link, ENXIO for a FIFO without a reader (open(2)).
    let is_odd = std::fs::symlink_metadata(path).is_ok_and(|data| !data.is_file());
    let file = options.open(path).map_err(|error| if is_odd { not_regular() } else { error })?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

impl Trace {
    /// The trace that the options and the environment configure. A file that cannot be opened is reported once and is
    /// not an error.
    #[must_use]
    pub fn new(verbose: bool, environment: &Environment, stderr: impl FnOnce() -> Box<dyn Write>) -> Self {
        let mut sinks: Vec<Box<dyn Write>> = Vec::new();
        let value = environment.get(VARIABLE).unwrap_or_default();
        let to_stderr = matches!(value, "1" | "2" | "/dev/stderr") || value.eq_ignore_ascii_case("true");
        if verbose || to_stderr {
            sinks.push(stderr());
        }
        if Path::new(value).is_absolute() && !to_stderr {
            match open(Path::new(value)) {
                Ok(file) => sinks.push(Box::new(file)),
                Err(why) => {
                    let line = format!("git-credential-codecommit: warning: no trace in {}: {why}\n", escape(value));
                    let _ = std::io::stderr().write_all(line.as_bytes());
                }
            }
        }
        Self { sinks: RefCell::new(sinks) }
    }

    /// Writes a line; `line` is called only if there is a destination. Line breaks in it become separate, indented
    /// lines; all other text that could disturb a terminal is escaped.
    pub fn line(&self, line: impl FnOnce() -> String) {
        let mut sinks = self.sinks.borrow_mut();
        if sinks.is_empty() {
            return;
        }
        let mut text = String::new();
        for (index, part) in line().trim_end_matches('\n').split('\n').enumerate() {
            text.push_str(if index == 0 { "codecommit: " } else { "codecommit:   " });
            text.push_str(&escape(&masked(part)));
            text.push('\n');
        }
        for sink in sinks.iter_mut() {
            let _ = sink.write_all(text.as_bytes());
        }
    }
}
