//! Says what is being waited for, once, when it takes longer than two seconds.
//!
//! git shows nothing while a helper works: a silence looks like a hang, and a person ends it. Every wait for a process, a
//! lock or the network holds a [`Waiting`] for as long as it lasts; that it ends is for the wait itself to see to.

use crate::text::escape::escape;
use std::io::Write as _;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// How long nobody wonders.
const PATIENCE: Duration = Duration::from_secs(2);

/// A wait; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Waiting {
    _ends: Sender<()>,
}

impl Waiting {
    /// A wait for `what`, in words that follow "waiting for". Nothing secret; escaped here.
    pub(crate) fn on(what: impl Into<String>) -> Self {
        let (sender, receiver) = mpsc::channel::<()>();
        let what = what.into();
        thread::spawn(move || {
            // Nothing is ever sent: the sender that goes is the end.
            if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let line = format!("git-credential-codecommit: waiting for {}\n", escape(&what));
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
        });
        Self { _ends: sender }
    }
}
