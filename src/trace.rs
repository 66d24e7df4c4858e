//! The story of one `get`, for `-v` and `GIT_TRACE_CODECOMMIT`.
//!
//! Decides where it goes; each module decides what is worth telling. Never told, in no mode: secret access key, session
//! token, signature. Traces are pasted: access key ids are masked, and what has the form of a secret is left out.

use crate::credentials::masked;
use crate::escape::escape;
use crate::world::Environment;
use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// Where the story goes; nowhere, as a rule.
#[derive(Default)]
pub struct Trace {
    sinks: RefCell<Vec<Box<dyn Write>>>,
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trace({} sinks)", self.sinks.borrow().len())
    }
}

/// As git's own trace variables (git(1), `GIT_TRACE`): `1`, `2` or `true` for standard error, an absolute path to
/// append to a file; anything else is off.
const VARIABLE: &str = "GIT_TRACE_CODECOMMIT";

impl Trace {
    /// The trace that the options and the environment ask for. A file that cannot be opened is no reason to fail.
    #[must_use]
    pub fn new(verbose: bool, environment: &Environment, stderr: impl FnOnce() -> Box<dyn Write>) -> Self {
        let mut sinks: Vec<Box<dyn Write>> = Vec::new();
        let value = environment.get(VARIABLE).unwrap_or_default();
        let to_stderr = matches!(value, "1" | "2") || value.eq_ignore_ascii_case("true");
        if verbose || to_stderr {
            sinks.push(stderr());
        }
        if Path::new(value).is_absolute()
            && let Ok(file) = OpenOptions::new().append(true).create(true).open(value)
        {
            sinks.push(Box::new(file));
        }
        Self { sinks: RefCell::new(sinks) }
    }

    /// Tells a line; `line` is called only where somebody listens. Line breaks in it become lines of their own,
    /// indented; everything else that could disturb a terminal is escaped.
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
