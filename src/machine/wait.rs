//! Says what this program is waiting for, once, if it takes longer than two seconds.
//!
//! git prints nothing while a helper runs: silence looks like a hang, and the user interrupts it. Every wait for a
//! process, a lock or the network holds a [`Waiting`]. Leaves deadlines to the wait itself.

use crate::text::escape::escape;
use std::io::Write as _;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// How long a wait is silent.
const PATIENCE: Duration = Duration::from_secs(2);

/// A wait in progress; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Waiting {
    _ends: Sender<()>,
}

impl Waiting {
    /// A wait for `what`, in words that follow "waiting for" and contain no secret. They are escaped here.
    pub(crate) fn on(what: impl Into<String>) -> Self {
        let (sender, receiver) = mpsc::channel::<()>();
        let what = what.into();
        thread::spawn(move || {
            // Nothing is sent: the end of the wait drops the sender.
            if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let line = format!("git-credential-codecommit: waiting for {}\n", escape(&what));
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
        });
        Self { _ends: sender }
    }
}
