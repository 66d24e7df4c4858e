//! The streams of one run.

use std::io::{Read, Write};

/// The streams of one run.
pub struct Streams<'a> {
    /// git's request.
    pub stdin: &'a mut dyn Read,
    /// git's answer, and nothing else.
    pub stdout: &'a mut dyn Write,
    /// The user's terminal.
    pub stderr: &'a mut dyn Write,
}
